//! Somebody who is logged in at a console, as a browser speaks.

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// His account.
pub(crate) const PERSON: &str = "zhangsan";
/// And its password.
pub(crate) const PASSWORD: &str = "shuideng-2026";

/// See the module.
pub(crate) struct Desk {
    /// `host:port`.
    pub(crate) address: String,
    cookie: String,
}

impl Desk {
    /// Logs in.
    pub(crate) async fn enter(address: String) -> Self {
        let mut this = Self { address, cookie: String::new() };
        let (head, _) = this.ask("POST", "/enter", &format!("id={PERSON}&password={PASSWORD}")).await;
        let cookie = head.lines().find_map(|line| line.strip_prefix("set-cookie: ")).expect("a session");
        cookie.split(';').next().unwrap_or_default().clone_into(&mut this.cookie);
        this
    }

    /// Head and body of an answer.
    pub(crate) async fn ask(&self, method: &str, path: &str, body: &str) -> (String, Vec<u8>) {
        let mut line = TcpStream::connect(&self.address).await.expect("a console");
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\ncookie: {}\r\nconnection: close\r\ncontent-type: application/x-www-form-urlencoded\r\n\
             content-length: {}\r\n\r\n{body}",
            self.address,
            self.cookie,
            body.len()
        );
        line.write_all(request.as_bytes()).await.expect("a request goes out");
        let mut answer = Vec::new();
        line.read_to_end(&mut answer).await.expect("an answer");
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n").expect("a head") + 4;
        (String::from_utf8_lossy(&answer[..end]).into_owned(), answer[end..].to_vec())
    }
}
