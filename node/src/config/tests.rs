//! Configurations that are refused: every fault, named at its key.

use super::*;
use crate::text;

#[test]
fn the_commented_sample_is_a_configuration_with_the_defaults() {
    let sample = Config::parse(include_str!("../../../deploy/node.toml")).unwrap();
    let default = Config::with_data("/var/lib/dutynet".into());
    let console = ConsoleConfig { listen: "127.0.0.1:7680".parse().unwrap(), ..default.console.clone() };
    let wanted = Config { api: "127.0.0.1:7601".parse().unwrap(), console, ..default };
    assert_eq!(sample, wanted);
}

#[test]
fn every_key_of_the_sample_that_is_commented_out_can_be_used() {
    let sample = include_str!("../../../deploy/node.toml");
    let is_key = |line: &str| line.strip_prefix("# ").is_some_and(|l| l.split_once(" = ").is_some_and(|(k, _)| k.is_ascii()));
    let text: String = sample.lines().map(|l| if is_key(l) { format!("{}\n", &l[2..]) } else { format!("{l}\n") }).collect();
    // The files that it names are not there: the only faults.
    let faults = Config::parse(&text).unwrap_err();
    let places: Vec<_> = faults.iter().map(|fault| (fault.place.as_str(), matches!(fault.kind, FaultKind::File(_)))).collect();
    assert_eq!(places, [("console.certificate", true), ("retention.rules", true)]);
    let text = text.replace("certificate = \"zhiban.pem\"", "").replace("key = \"zhiban.key\"", "");
    let text = text.replace("rules = \"retention.toml\"", "");
    let config = Config::parse(&text.replace("[retention]", "")).unwrap();
    assert_eq!(config.office.unwrap().as_str(), "440825");
    assert_eq!(config.console.opened_by(), ["10.44.8.25", "zhiban.xuwen.gov.cn"]);
    assert_eq!(config.link.listen, Some("0.0.0.0:7600".parse().unwrap()));
    assert_eq!(config.link.advertise, ["10.44.8.25:7600"]);
    assert_eq!(config.link.heartbeat, LinkConfig::default().heartbeat);
    assert_eq!(config.backup, BackupConfig { folders: vec!["/mnt/dutynet-backup".into()], ..BackupConfig::default() });
}

#[test]
fn all_faults_of_a_file_are_reported_together() {
    let text = r#"
        [node]
        date = "/var/lib/dutynet"
        office = "徐闻县"
        [link]
        listen = 7600
        heartbeat = "15"
        retry_delay_max = "1000d"
        [api]
        listen = "0.0.0.0:7601"
        [store]
        index_cache = "1TiB"
        [backup]
        folders = ["a", "b", "a"]
        every = "1ms"
        keep = 0
        [log]
        level = "loud"
        [colour]
        red = true
    "#;
    let faults = Config::parse(text).unwrap_err();
    let mut places: Vec<_> = faults.iter().map(|f| f.place.as_str()).collect();
    places.sort_unstable();
    let wanted = [
        "api.listen",
        "backup.every",
        "backup.folders",
        "backup.keep",
        "colour",
        "link.heartbeat",
        "link.listen",
        "link.retry_delay_max",
        "log.level",
        "node.data",
        "node.date",
        "node.office",
        "store.index_cache",
    ];
    assert_eq!(places, wanted);
    for fault in &faults {
        let what = text::config::what(fault);
        assert!(what.contains('应') || what.contains("可用"), "{}: {what}", fault.place);
    }
}

#[test]
fn a_text_that_is_no_toml_names_its_line() {
    let faults = Config::parse("[node]\ndata = /var\n").unwrap_err();
    assert_eq!((faults.len(), faults[0].place.as_str()), (1, "line 2"));
}

#[test]
fn a_section_written_as_a_key_is_a_fault() {
    let faults = Config::parse("link = 3\n[node]\ndata = \"x\"\n").unwrap_err();
    assert_eq!(faults, [ConfigFault { place: "link".into(), kind: FaultKind::NotASection }]);
}

#[test]
fn a_relative_data_folder_is_beside_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("node.toml");
    fs::write(&path, "[node]\ndata = \"data\"\n").unwrap();
    assert_eq!(Config::read(&path).unwrap().data, folder.path().join("data"));
    assert!(matches!(Config::read(&folder.path().join("none")), Err(ConfigError::Unreadable { .. })));
}

#[test]
fn durations_and_hosts_are_written_one_way() {
    assert_eq!(reader::duration("250ms"), Some(Duration::from_millis(250)));
    assert_eq!(reader::duration("7d"), Some(Duration::from_secs(7 * 86_400)));
    for bad in ["", "s", "5", "5 s", "-5s", "1.5s", "5S", "99999999999999999999s", "18446744073709551615d"] {
        assert_eq!(reader::duration(bad), None, "{bad}");
    }
    for good in ["10.0.0.1:7600", "zhanjiang.duty:1", "[::1]:7600"] {
        assert!(reader::is_host_and_port(good), "{good}");
    }
    for bad in ["", "host", ":7600", "host:0", "host:70000", "a b:1", "http://x:1/"] {
        assert!(!reader::is_host_and_port(bad), "{bad}");
    }
}

#[test]
fn retention_rules_are_read_from_the_file_beside_and_their_faults_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let (config, rules) = (folder.path().join("node.toml"), folder.path().join("keep.toml"));
    std::fs::write(&config, "[node]\ndata = \"data\"\n[retention]\nrules = \"keep.toml\"\n").unwrap();
    let row = "[[rule]]\nid = \"a\"\nabout = [\"notice\"]\nclass = \"10y\"\narticle = \"a\"\nsource = \"s\"\n";
    std::fs::write(&rules, row).unwrap();
    assert_eq!(Config::read(&config).unwrap().retention.0.len(), 1);
    std::fs::write(&rules, row.replace("10y", "7y")).unwrap();
    let Err(ConfigError::Faults(faults)) = Config::read(&config) else { panic!("it is faulty") };
    assert!(text::config::what(&faults[0]).contains("规则 a"), "{faults:?}");
}

#[test]
fn a_console_beyond_loopback_is_secure_and_says_by_which_names_it_is_opened() {
    let console = |text: &str| Config::parse(&format!("[node]\ndata = \"x\"\n[console]\n{text}")).map(|config| config.console);
    assert!(!console("listen = \"127.0.0.1:1\"").unwrap().is_secure());
    let own = console("listen = \"10.44.8.25:443\"\nnames = [\"zhiban.gov.cn\"]").unwrap();
    assert!(own.is_secure() && own.opened_by() == ["zhiban.gov.cn", "10.44.8.25"]);
    for (text, place) in [
        ("listen = \"0.0.0.0:443\"", "console.names"),
        ("names = [\"zhiban:443\"]", "console.names"),
        ("names = [\"a\", \"a\"]", "console.names"),
        ("certificate = \"c.pem\"", "console.key"),
        ("key = \"k.pem\"", "console.certificate"),
    ] {
        let faults = console(text).unwrap_err();
        assert_eq!(faults.iter().map(|fault| fault.place.as_str()).collect::<Vec<_>>(), [place], "{text}");
    }
}
