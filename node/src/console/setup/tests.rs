//! The page of the first run, asked as a browser asks it. A whole enrolment with a parent is a story.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::*;

async fn ask(address: std::net::SocketAddr, request: &str) -> String {
    let mut tcp = tokio::net::TcpStream::connect(address).await.unwrap();
    tcp.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    tcp.read_to_string(&mut answer).await.unwrap();
    answer
}

fn post(path: &str, origin: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: {origin}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mistyped_invitation_comes_back_as_it_was_and_nothing_ends_before_there_is_an_office() {
    let folder = tempfile::tempdir().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = watch::channel(false);
    let page = tokio::spawn(run(Config::with_data(folder.path().join("data")), listener, "http://127.0.0.1/", stopped));
    let first = ask(address, "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n").await;
    assert!(first.starts_with("HTTP/1.1 200") && first.contains("name=\"invitation\""), "{first}");
    let wrong = ask(address, &post("/", "http://127.0.0.1", "invitation=dutynet-invite-1.abcd%3Cb%3E")).await;
    assert!(wrong.starts_with("HTTP/1.1 422") && wrong.contains("dutynet-invite-1.abcd&#60;b&#62;"), "{wrong}");
    let none = post("/restore", "http://127.0.0.1", "folder=/nowhere%3Cb%3E&code=XXXXX&id=wang&name=%E7%8E%8B%E4%BA%94");
    let none = ask(address, &none).await;
    assert!(!none.starts_with("HTTP/1.1 200") && none.contains("/nowhere&#60;b&#62;") && none.contains("王五"), "{none}");
    let early = ask(address, &post("/done", "http://127.0.0.1", "")).await;
    assert!(early.starts_with("HTTP/1.1 303") && early.contains("location: /"), "{early}");
    let foreign = ask(address, &post("/", "http://evil.example", "invitation=x")).await;
    assert!(foreign.contains("PAGE_STALE"), "{foreign}");
    let named = ask(address, "GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n").await;
    assert!(!named.contains("invitation"), "{named}");
    stop.send_replace(true);
    page.await.unwrap().unwrap();
    assert!(!folder.path().join("data/office.toml").exists());
}
