//! An office as its operator sees it: a folder with `node.toml`, the program `dutynet`, and what it answers.

use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU16, Ordering},
    time::Duration,
};

use dutynet_node::domain::beijing::Day;
use dutynet_relay::clock::{Clock as _, SystemClock};
use serde_json::Value;

use crate::ground::program;

/// One office's machine.
pub struct Site {
    /// Holds `node.toml` and `data`.
    pub folder: PathBuf,
    serving: Option<Child>,
}

/// What a command came to.
#[derive(Debug)]
pub struct Said {
    /// 0 done, 1 refused, 2 usage, 3 not reachable.
    pub status: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Said {
    /// Asserts a refusal with this stable code, in words that an officer can read.
    pub fn is_refused(&self, status: i32, code: &str) {
        assert_eq!(self.status, status, "{self:?}");
        assert!(self.err.contains(&format!("代码 {code}")), "expected {code}: {}", self.err);
        let sentence = self.err.lines().next().unwrap_or_default();
        assert!(sentence.chars().any(|c| ('\u{4e00}'..'\u{9fff}').contains(&c)), "no sentence: {}", self.err);
    }

    /// Output of `--json`.
    pub fn json(&self) -> Value {
        assert_eq!(self.status, 0, "{self:?}");
        serde_json::from_str(&self.out).expect("--json prints JSON")
    }
}

impl Site {
    /// A machine with a configuration whose ports are free ones.
    pub fn new(folder: &Path) -> Self {
        std::fs::create_dir_all(folder).expect("a folder");
        let site = Self { folder: folder.to_path_buf(), serving: None };
        site.configure(
            "[node]\ndata = \"data\"\n\n[link]\nlisten = \"127.0.0.1:0\"\nheartbeat = \"500ms\"\nconnect_timeout = \"2s\"\n\
             retry_delay_max = \"1s\"\n\n[api]\nlisten = \"127.0.0.1:0\"\n",
        );
        site
    }

    /// A machine that serves an office which `parent` has just invited.
    pub fn below(parent: &Self, folder: &Path, office: [&str; 3]) -> Self {
        Self::below_by(parent, &parent.link(), folder, office)
    }

    /// The same, which dials another address than its parent's.
    pub fn below_by(parent: &Self, address: &str, folder: &Path, [id, name, class]: [&str; 3]) -> Self {
        let mut site = Self::new(folder);
        let invite = ["invite", id, "--name", name, "--class", class, "--json", "--address", address, "--as", "z01:张三"];
        let invitation = parent.done(&invite).json()["invitation"].as_str().expect("an invitation").to_owned();
        assert_eq!(site.run_with(&["enrol", "-"], &invitation).status, 0);
        site.serve();
        site
    }

    /// Writes another `node.toml`.
    pub fn configure(&self, text: &str) {
        std::fs::write(self.folder.join("node.toml"), text).expect("a configuration");
    }

    /// Gives the link a port that it keeps when the node starts again: those below dial where it was.
    pub fn keeps_its_port(&self) {
        let config = std::fs::read_to_string(self.folder.join("node.toml")).expect("a configuration");
        self.configure(&config.replacen("127.0.0.1:0", &format!("127.0.0.1:{}", free_port()), 1));
    }

    /// Types a command.
    pub fn run(&self, words: &[&str]) -> Said {
        self.run_with(words, "")
    }

    /// Types a command and gives it something to read.
    pub fn run_with(&self, words: &[&str], input: &str) -> Said {
        use std::io::Write as _;
        let mut child = self.command(words).stdin(Stdio::piped()).spawn().expect("the program starts");
        // A program that does not read has ended already.
        let _ = child.stdin.take().expect("a pipe").write_all(input.as_bytes());
        let ended = child.wait_with_output().expect("the program ends");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Said { status: ended.status.code().unwrap_or(-1), out: text(&ended.stdout), err: text(&ended.stderr) }
    }

    /// Types a command that must be done.
    pub fn done(&self, words: &[&str]) -> Said {
        let said = self.run(words);
        assert_eq!(said.status, 0, "{words:?}: {said:?}");
        said
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(program("dutynet"));
        command.args(words).current_dir(&self.folder).env_remove("DUTYNET_CONFIG");
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Starts the program of the first run; its page is at the console's address.
    pub fn set_up(&mut self) {
        self.serving = Some(self.start("setup"));
    }

    fn start(&self, verb: &str) -> Child {
        let log = std::fs::File::create(self.folder.join("node.log")).expect("a log");
        let mut command = self.command(&[verb, "--until-stdin-closes"]);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(log);
        command.spawn().expect("the program starts")
    }

    /// Starts the node and waits until it serves.
    pub fn serve(&mut self) {
        let mut child = self.start("serve");
        let serving = self.folder.join("data/serving.json");
        wait_for("the node serves", || {
            let ended = child.try_wait().expect("a child that can be asked");
            assert!(ended.is_none(), "{}", std::fs::read_to_string(self.folder.join("node.log")).unwrap_or_default());
            serving.is_file()
        });
        self.serving = Some(child);
    }

    /// Stops the node cleanly.
    pub fn stop(&mut self) {
        if let Some(mut child) = self.serving.take() {
            drop(child.stdin.take());
            child.wait().expect("the node ends");
        }
    }

    /// Ends the node as a power switch would end its program.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.serving.take() {
            child.kill().expect("a child of ours");
            child.wait().expect("the node ends");
            // What a killed node leaves behind must not look like a serving one.
            let _ = std::fs::remove_file(self.folder.join("data/serving.json"));
        }
    }

    /// What the node says of its ports.
    pub fn ports(&self) -> Value {
        let text = std::fs::read_to_string(self.folder.join("data/serving.json")).expect("a serving node");
        serde_json::from_str(&text).expect("serving.json is JSON")
    }

    /// Whether the line to a neighbour is up.
    pub fn is_linked(&self, office: &str) -> bool {
        let links = self.run(&["links", "--json"]);
        let up = |link: &Value| link["office"] == office && link["line"] == "up";
        links.status == 0 && links.json()["links"].as_array().is_some_and(|links| links.iter().any(up))
    }

    /// The link address.
    pub fn link(&self) -> String {
        self.ports()["link"].as_str().expect("a link address").to_owned()
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A port that nobody has, and that the system gives to nobody who asks for any: it is still free when it is bound later, or bound again.
pub fn free_port() -> u16 {
    static TAKEN: AtomicU16 = AtomicU16::new(0);
    // Each test program has a hundred of its own.
    let first = 20_000 + u16::try_from(std::process::id() % 100).expect("less than a hundred") * 100;
    loop {
        let port = first + TAKEN.fetch_add(1, Ordering::Relaxed);
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

/// The day in Beijing, as it is typed. Whoever reports more than once names it each time: midnight may come in between.
pub fn today() -> String {
    Day::of(SystemClock::default().wall()).to_string()
}

/// Waits for a condition; the story fails when it never comes true.
pub fn wait_for(what: &str, mut holds: impl FnMut() -> bool) {
    for _ in 0..6000 {
        if holds() {
            return;
        }
        std::thread::sleep(Duration::from_millis(15));
    }
    panic!("never came true: {what}");
}
