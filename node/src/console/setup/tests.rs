//! The page of the first run, asked as a browser asks it. A whole enrolment with a parent is a story.

use std::path::{Path, PathBuf};

use dutynet_relay::{
    backup::{
        code::RecoveryCode,
        make::{First, Source, Terms, make},
    },
    clock::SystemClock,
    folder::DataFolder,
    ids::UnixMillis,
    relay::{Relay, RelayConfig},
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::*;
use crate::usecase::tests::House;

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

const GET: &str = "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";

/// A stick with a backup of office 440000, and the code that opens it.
fn backed_up(folder: &Path) -> (PathBuf, RecoveryCode) {
    let (stick, office) = (folder.join("stick"), House::found());
    std::fs::create_dir(&stick).unwrap();
    let code = usecase::new_recovery_code(&Config::with_data(office.path().to_owned())).unwrap();
    let relay = Relay::open(RelayConfig::new(office.path().to_owned()), Arc::new(SystemClock::default())).unwrap();
    let terms = Terms { at: UnixMillis(1), by: "z1".into(), keep: 3, first: First::Begin };
    make(&Source { store: relay.store(), folder: relay.data_folder() }, &stick, &terms, &HowFar::default()).unwrap();
    (stick, code)
}

/// The page when nothing is restored any more.
async fn restored(address: std::net::SocketAddr) -> String {
    loop {
        let page = ask(address, GET).await;
        if !page.contains("正在从备份恢复") {
            return page;
        }
        assert!(page.contains("http-equiv=\"refresh\" content=\"2; url=/\""), "{page}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_that_is_damaged_is_said_so_on_the_page_and_whoever_mends_it_tries_again() {
    let folder = tempfile::tempdir().unwrap();
    let (stick, code) = backed_up(folder.path());
    let stored = std::fs::read_dir(stick.join("dutynet-440000")).unwrap().map(|entry| entry.unwrap().path());
    let segment = stored.into_iter().find(|path| path.to_string_lossy().contains("segment-")).unwrap();
    let whole = std::fs::read(&segment).unwrap();
    std::fs::write(&segment, &whole[..whole.len() - 1]).unwrap();

    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (_stop, stopped) = watch::channel(false);
    let data = folder.path().join("data");
    let page = tokio::spawn(run(Config::with_data(data.clone()), listener, "http://127.0.0.1/", stopped));
    let typed = format!("folder={}&code={}&id=wang&name=%E7%8E%8B%E4%BA%94", stick.display(), code.text());
    let begun = ask(address, &post("/restore", "http://127.0.0.1", &typed)).await;
    assert!(begun.starts_with("HTTP/1.1 303") && begun.contains("location: /"), "nobody waits for it: {begun}");
    let failed = restored(address).await;
    assert!(failed.contains("role=\"alert\"") && failed.contains(Refusal::BackupDamaged.sentence()), "{failed}");
    assert!(failed.contains(&stick.display().to_string()) && failed.contains("王五"), "what was typed stays: {failed}");
    let secret = code.text();
    assert!(!failed.contains(secret.split('-').next().unwrap()), "but for the code, on a page that anybody here may open");
    let early = ask(address, &post("/done", "http://127.0.0.1", "")).await;
    assert!(early.contains("location: /"), "{early}");

    std::fs::write(&segment, &whole).unwrap();
    ask(address, &post("/restore", "http://127.0.0.1", &typed)).await;
    let done = restored(address).await;
    assert!(done.contains("已恢复：440000") && !done.contains("role=\"alert\""), "{done}");
    assert_eq!(DataFolder::at(&data).office().unwrap().office.as_str(), "440000");
    let starting = ask(address, &post("/done", "http://127.0.0.1", "")).await;
    assert!(starting.contains("正在启动值班台"), "{starting}");
    page.await.unwrap().unwrap();
}

#[tokio::test]
async fn while_a_backup_is_restored_its_page_says_how_far_and_nothing_else_begins() {
    let folder = tempfile::tempdir().unwrap();
    let setup = Setup {
        config: Arc::new(Config::with_data(folder.path().join("data"))),
        stand: Arc::new(Mutex::new(Stand::Restoring(Restoring::begin(HowFar::default())))),
        done: Arc::new(watch::channel(false).0),
        console: "http://127.0.0.1/".into(),
    };
    let Step::Restoring { share, said } = shown(&*setup.stand.lock().await).step else { panic!("it goes on") };
    assert!(share.is_none() && said.contains("准备"), "{said}");
    let page = Page::of(Step::Restoring { said: "已 3 秒。".into(), share: Some(375) }).render().unwrap();
    assert!(
        page.contains("已 3 秒。") && page.contains("<progress max=\"1000\" value=\"375\" aria-labelledby=\"far\">"),
        "{page}"
    );
    assert!(page.contains("http-equiv=\"refresh\"") && !page.contains("<form"), "{page}");
    let state = || State(setup.clone());
    let answers = [
        enrol(state(), Form(Pasted { invitation: "x".into() })).await,
        restore(state(), Form(FromWhere::default())).await,
        finish(state()).await,
    ];
    for answer in answers {
        let answer = answer.unwrap_or_else(axum::response::IntoResponse::into_response);
        assert_eq!(answer.headers()["location"], "/");
    }
    assert!(!*setup.done.borrow() && matches!(*setup.stand.lock().await, Stand::Restoring(_)));
}
