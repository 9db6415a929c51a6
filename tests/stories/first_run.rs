//! A machine that was just installed: its page takes the invitation, and becomes the console of the office at the same address.

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
};

use dutynet_tests::program::{Site, free_port, wait_for};

/// One request as a browser sends it; the whole answer. `None`: nobody listens there yet.
fn ask(address: SocketAddr, method: &str, path: &str, body: &str) -> Option<String> {
    let mut tcp = TcpStream::connect(address).ok()?;
    let length = body.len();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nOrigin: http://{address}\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    tcp.write_all(head.as_bytes()).ok()?;
    let mut answer = String::new();
    tcp.read_to_string(&mut answer).ok()?;
    Some(answer)
}

#[test]
fn an_invitation_pasted_into_the_page_of_an_empty_machine_makes_it_an_office() {
    let folder = tempfile::tempdir().unwrap();
    let mut root = Site::new(&folder.path().join("root"));
    root.done(&["init", "440000", "--name", "广东省", "--class", "province", "--area", "440000", "--zone", "gov"]);
    root.serve();
    let invite = ["invite", "440800", "--name", "湛江市", "--class", "city", "--area", "440800", "--as", "z01:张三", "--json"];
    let invitation = root.done(&invite).json()["invitation"].as_str().unwrap().to_owned();

    let mut city = Site::new(&folder.path().join("city"));
    let address = SocketAddr::from(([127, 0, 0, 1], free_port()));
    let config = std::fs::read_to_string(city.folder.join("node.toml")).unwrap();
    city.configure(&format!("{config}\n[console]\nlisten = \"{address}\"\n"));
    city.set_up();
    let page = |method: &str, path: &str, body: &str| ask(address, method, path, body).unwrap_or_default();
    wait_for("the page of the first run", || page("GET", "/", "").contains("name=\"invitation\""));
    let cut = &invitation[..invitation.len() - 7];
    let refused = page("POST", "/", &format!("invitation={cut}"));
    assert!(refused.contains("编号") && refused.contains(cut), "{refused}");
    // As it is typed from a sheet: capitals, spaces and line breaks.
    let typed = invitation.to_uppercase().replace('-', "+-%0A").replace("DUTYNET+-%0AINVITE+-%0A", "DUTYNET-INVITE-");
    page("POST", "/", &format!("invitation={typed}"));
    let code = page("GET", "/", "");
    assert!(code.contains("已入网：440800") && code.contains("恢复码"), "{code}");
    page("POST", "/done", "");
    wait_for("the console asks for the first account", || page("GET", "/first", "").contains("建立第一个帐号"));
    wait_for("the line is up", || root.is_linked("440800"));
    city.stop();
    city.set_up();
    wait_for("once it is an office, the same command serves it", || page("GET", "/first", "").contains("建立第一个帐号"));
}
