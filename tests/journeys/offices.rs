//! Offices of a journey: each a process of its own with a console, a line that can be cut, and people who may log in.

use dutynet_tests::{
    between::GoBetween,
    program::{Site, free_port},
};

use super::journey::Journey;

/// Everybody's.
pub const PASSWORD: &str = "shuideng-2026";

/// One office.
pub struct Seat {
    /// The machine.
    pub site: Site,
    /// Its number.
    pub id: String,
    /// Between it and its parent; the first office has none.
    line: Option<GoBetween>,
    /// The console keeps it when its node starts again: what a browser keeps, it keeps for a port.
    port: u16,
}

impl Seat {
    /// The first office of a network, serving, with a leader `li`, an officer `zhang` and a manager `wang`.
    pub fn first(journey: &Journey, [id, name, class]: [&str; 3]) -> Self {
        let site = Site::new(&journey.folder.path().join(id));
        let mut seat = Self { site, id: id.to_owned(), line: None, port: free_port() };
        seat.configure("");
        seat.site.done(&["init", id, "--name", name, "--class", class, "--zone", "gov"]);
        seat.site.serve();
        seat.with_people()
    }

    /// An office below, over a line of its own, serving, with the same people.
    pub async fn below(&self, journey: &Journey, who: [&str; 3]) -> Self {
        let (mut seat, invitation) = self.invited(journey, who).await;
        assert_eq!(seat.site.run_with(&["enrol", "-"], &invitation).status, 0);
        seat.site.serve();
        seat.with_people()
    }

    /// A machine for an office below that has its invitation and nothing else.
    pub async fn invited(&self, journey: &Journey, [id, name, class]: [&str; 3]) -> (Self, String) {
        let line = GoBetween::reserve().await;
        line.aim(self.site.link().parse().expect("an address"));
        let invite = ["invite", id, "--name", name, "--class", class, "--json", "--address", &line.address(), "--as", "z01:张三"];
        let invitation = self.site.done(&invite).json()["invitation"].as_str().expect("an invitation").to_owned();
        let site = Site::new(&journey.folder.path().join(id));
        let seat = Self { site, id: id.to_owned(), line: Some(line), port: free_port() };
        seat.configure("");
        (seat, invitation)
    }

    /// A machine with the program and a configuration, and nothing else.
    pub fn new_machine(journey: &Journey, id: &str) -> Self {
        let seat = Self { site: Site::new(&journey.folder.path().join(id)), id: id.to_owned(), line: None, port: free_port() };
        seat.configure("");
        seat
    }

    /// Writes `node.toml`, with more in it.
    pub fn configure(&self, more: &str) {
        self.site.configure(&format!(
            "[node]\ndata = \"data\"\n\n[link]\nlisten = \"127.0.0.1:0\"\nheartbeat = \"1s\"\nconnect_timeout = \"2s\"\n\
             retry_delay_max = \"1s\"\n\n[api]\nlisten = \"127.0.0.1:0\"\n\n[console]\nlisten = \"127.0.0.1:{}\"\n{more}",
            self.port
        ));
    }

    /// What stands in the address bar.
    pub fn console(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Cuts the line to the parent.
    pub fn cut(&self) {
        self.line.as_ref().expect("it has a parent").cut();
    }

    /// Heals it.
    pub fn heal(&self) {
        self.line.as_ref().expect("it has a parent").heal();
    }

    fn with_people(self) -> Self {
        for (id, name, posts) in [("zhang", "张三", "officer"), ("li", "李四", "leader"), ("wang", "王五", "manager,auditor")]
        {
            let add = ["account", "add", id, "--name", name, "--post", posts, "--own"];
            let added = self.site.run_with(&add, &format!("{PASSWORD}\n"));
            assert_eq!(added.status, 0, "{added:?}");
        }
        self
    }
}
