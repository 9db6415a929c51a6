//! Starting and stopping a node, and everything that keeps one from starting.

use std::{fs, os::unix::fs::PermissionsExt as _};

use super::*;
use crate::usecase::tests::House;

/// The data folder of office 440000, and a configuration for it.
fn home() -> (tempfile::TempDir, Config) {
    let folder = House::found();
    let config = Config::with_data(folder.path().to_owned());
    (folder, config)
}

async fn refusal(config: Config) -> Refusal {
    match Running::start(config).await {
        Ok(_) => panic!("it serves"),
        Err(refused) => refused.refusal,
    }
}

#[tokio::test]
async fn a_node_says_where_it_serves_and_no_longer_when_it_has_stopped() {
    let (folder, mut config) = home();
    config.link.listen = Some("127.0.0.1:0".parse().unwrap());
    let running = Running::start(config.clone()).await.unwrap();
    let path = Serving::path(folder.path());
    let written: Serving = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    assert_eq!(&written, running.serving());
    assert_eq!((written.office.as_str(), running.name()), ("440000", "广东省"));
    assert!(written.is_alive() && !Serving { pid: i32::MAX.unsigned_abs(), ..written.clone() }.is_alive());
    assert!(tokio::net::TcpStream::connect(&written.api).await.is_ok());
    assert!(tokio::net::TcpStream::connect(written.link.as_deref().unwrap()).await.is_ok());
    running.until(async {}).await.unwrap();
    assert!(!path.exists());
    assert!(tokio::net::TcpStream::connect(&written.api).await.is_err());
    Running::start(config).await.unwrap().until(async {}).await.unwrap();
}

#[tokio::test]
async fn a_port_in_use_is_refused() {
    let (_folder, config) = home();
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = taken.local_addr().unwrap();
    assert_eq!(refusal(Config { api: address, ..config.clone() }).await, Refusal::PortInUse);
    let mut link = config.clone();
    link.link.listen = Some(address);
    assert_eq!(refusal(link).await, Refusal::PortInUse);
    let mut elsewhere = config;
    elsewhere.link.listen = Some("192.0.2.1:7600".parse().unwrap());
    assert_eq!(refusal(elsewhere).await, Refusal::PortNotAllowed);
}

#[tokio::test]
async fn a_folder_of_another_office_or_of_none_is_refused() {
    let (_folder, config) = home();
    let wanted = dutynet_relay::ids::OfficeId::parse("440800").unwrap();
    assert_eq!(refusal(Config { office: Some(wanted), ..config }).await, Refusal::FolderOfAnother);
    let empty = tempfile::tempdir().unwrap();
    assert_eq!(refusal(Config::with_data(empty.path().to_owned())).await, Refusal::FolderEmpty);
    assert_eq!(refusal(Config::with_data(empty.path().join("none"))).await, Refusal::FolderEmpty);
}

#[tokio::test]
async fn a_folder_in_which_a_node_runs_is_refused() {
    let (_folder, config) = home();
    let running = Running::start(config.clone()).await.unwrap();
    assert_eq!(refusal(config).await, Refusal::FolderLocked);
    running.until(async {}).await.unwrap();
}

#[tokio::test]
async fn a_key_that_others_can_read_is_refused() {
    let (folder, config) = home();
    let key = folder.path().join("keys/office.key");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!(refusal(config).await, Refusal::KeyOpenToOthers);
}

#[tokio::test]
async fn a_folder_that_lost_what_it_needs_is_damaged() {
    let (folder, config) = home();
    fs::write(folder.path().join("office.toml"), "office = 3").unwrap();
    assert_eq!(refusal(config).await, Refusal::FolderDamaged);
}

#[tokio::test]
async fn the_journal_of_another_office_is_refused() {
    let (folder, config) = home();
    let office = folder.path().join("office.toml");
    let text = fs::read_to_string(&office).unwrap().replace("440000", "440001");
    fs::write(&office, text).unwrap();
    assert_eq!(refusal(config).await, Refusal::FolderOfAnother);
}

#[tokio::test]
async fn a_founding_that_was_broken_off_is_begun_again() {
    let (folder, config) = home();
    fs::remove_file(folder.path().join("office.toml")).unwrap();
    let class = Some(dutynet_relay::registry::OfficeClass::Province);
    let by = Some(dutynet_relay::record::Person { id: "z1".into(), name: "张三".into() });
    let (office, name, area_code) = ("440000".to_owned(), "广东省".to_owned(), "440000".to_owned());
    let root = crate::usecase::NewChild { office, name, area_code, class, by };
    crate::usecase::found(&config, &root, "gov").unwrap();
    assert_eq!(crate::usecase::found(&config, &root, "gov").unwrap_err().refusal, Refusal::FolderTaken);
    Running::start(config).await.unwrap().until(async {}).await.unwrap();
}
