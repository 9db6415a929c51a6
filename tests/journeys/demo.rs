//! The demonstration's network, with consoles that a browser can open.

use std::{
    collections::BTreeMap,
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Child, Command, Stdio},
};

use dutynet_tests::{
    browser::{Browser, Window},
    ground::program,
};

/// It; it ends when its standard input closes.
pub struct Demo {
    child: Child,
    /// Addresses of consoles by the office's name.
    pub consoles: BTreeMap<String, String>,
    /// Everybody's.
    pub password: String,
}

impl Demo {
    /// Starts it, and types these commands; returns when all were obeyed.
    pub fn start(folder: &Path, commands: &[&str]) -> Self {
        let mut command = Command::new(program("dutynet"));
        command
            .arg("demo")
            .arg("--data")
            .arg(folder.join("demo"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut child = command.spawn().expect("the program starts");
        let mut typed = child.stdin.take().expect("a pipe");
        for line in commands.iter().chain(&["help"]) {
            writeln!(typed, "{line}").expect("it reads");
        }
        let (mut consoles, mut password, mut helped) = (BTreeMap::new(), String::new(), 0);
        let lines = BufReader::new(child.stdout.take().expect("a pipe")).lines().map_while(Result::ok);
        for line in lines {
            if let Some((_, said)) = line.split_once("密码都是 ") {
                password = said.trim().to_owned();
            }
            if let Some((address, name)) = line.trim().split_once("/  ") {
                consoles.insert(name.to_owned(), address.to_owned());
            }
            // Said when it is ready, and again when everything was obeyed.
            helped += usize::from(line.starts_with("quit "));
            if helped == 2 {
                break;
            }
        }
        child.stdin = Some(typed);
        Self { child, consoles, password }
    }

    /// A window at the console of an office, logged in as `zhiban` or `lingdao`.
    pub async fn seated(&self, browser: &mut Browser, office: &str, person: &str) -> Window {
        let window = browser.window(office, &self.consoles[office]).await;
        window.enter(person, &self.password).await;
        window.sees("本单位该办的").await;
        window
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}
