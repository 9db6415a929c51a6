//! A browser's view: an ordinary TLS client that trusts the authority and nothing else.

use rustls::{ClientConfig, RootCertStore, pki_types::ServerName};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};
use tokio_rustls::TlsConnector;

use super::*;

const NOW: UnixMillis = UnixMillis(1_782_000_000_000);
const DAY: i64 = 86_400_000;

fn own(folder: &Path, names: &[&str]) -> FrontSource {
    let names = names.iter().map(|name| (*name).to_owned()).collect();
    FrontSource::Own { folder: folder.join("pages"), names, called: "dutynet 440825".to_owned() }
}

/// Whether a client that trusts this certificate gets an answer under that name, at the moment of the machine.
async fn reaches(front: &FrontTls, trusts: &[u8], name: &str) -> bool {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(trusts.to_vec())).unwrap();
    let config = ClientConfig::builder_with_provider(provider())
        .with_protocol_versions(&[&TLS13])
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let front = front.clone();
    let served = tokio::spawn(async move {
        let (tcp, _) = listener.accept().await.unwrap();
        let mut stream = front.shake_hands(tcp).await?;
        stream.write_all(b"page").await?;
        stream.shutdown().await
    });
    let name = ServerName::try_from(name.to_owned()).unwrap();
    let tcp = TcpStream::connect(address).await.unwrap();
    let Ok(mut stream) = TlsConnector::from(Arc::new(config)).connect(name, tcp).await else { return false };
    let mut page = Vec::new();
    stream.read_to_end(&mut page).await.unwrap();
    served.await.unwrap().unwrap();
    page == b"page"
}

fn now() -> UnixMillis {
    use crate::clock::{Clock as _, SystemClock};
    SystemClock::default().wall()
}

#[tokio::test]
async fn a_browser_that_trusts_the_authority_reaches_each_name_and_address_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let front = FrontTls::open(own(folder.path(), &["duty.xuwen.gov.cn", "10.44.8.25"]), now()).unwrap();
    let trusted = front.trusted();
    assert!(trusted.is_own && trusted.fingerprint.len() == 95 && trusted.fingerprint.contains(':'));
    for name in ["duty.xuwen.gov.cn", "10.44.8.25", "localhost", "127.0.0.1"] {
        assert!(reaches(&front, &trusted.certificate, name).await, "{name}");
    }
    for name in ["www.example.cn", "10.44.8.26"] {
        assert!(!reaches(&front, &trusted.certificate, name).await, "{name}");
    }
    let other = FrontTls::open(own(tempfile::tempdir().unwrap().path(), &["duty.xuwen.gov.cn"]), now()).unwrap();
    assert!(!reaches(&other, &trusted.certificate, "duty.xuwen.gov.cn").await, "another node's authority is not this one");
}

#[test]
fn it_is_kept_renewed_before_it_ends_and_trusted_further() {
    let folder = tempfile::tempdir().unwrap();
    let first = FrontTls::open(own(folder.path(), &["10.44.8.25"]), NOW).unwrap().trusted();
    let front = FrontTls::open(own(folder.path(), &["10.44.8.25"]), NOW).unwrap();
    assert_eq!(front.trusted(), first, "a restart makes none");
    assert_eq!(kept_in(&folder.path().join("pages")), Some(first.clone()));
    assert_eq!(kept_in(folder.path()), None);
    assert!(!front.renew(UnixMillis(NOW.0 + 200 * DAY)).unwrap());
    assert!(front.renew(UnixMillis(NOW.0 + 300 * DAY)).unwrap(), "less than a third is left");
    let second = front.trusted();
    assert_eq!(second.certificate, first.certificate, "trusting is not repeated");
    assert_eq!(second.not_after.0, NOW.0 + 690 * DAY);
    let other = FrontTls::open(own(folder.path(), &["10.44.8.26"]), NOW).unwrap();
    assert_ne!(other.trusted().certificate, first.certificate, "its constraints are for other names");
}

#[test]
fn half_of_a_pair_is_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    let first = FrontTls::open(own(folder.path(), &["a.b"]), NOW).unwrap().trusted();
    let pages = folder.path().join("pages");
    std::fs::remove_file(pages.join("leaf.key")).unwrap();
    let again = FrontTls::open(own(folder.path(), &["a.b"]), NOW).unwrap().trusted();
    assert_eq!(again.certificate, first.certificate);
    std::fs::copy(pages.join("leaf.key"), pages.join("authority.key")).unwrap();
    let other = FrontTls::open(own(folder.path(), &["a.b"]), NOW).unwrap().trusted();
    assert_ne!(other.certificate, first.certificate);
    use std::os::unix::fs::PermissionsExt as _;
    let mode = std::fs::metadata(pages.join("authority.key")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test]
async fn a_certificate_given_by_files_is_shown_and_read_again_when_it_is_exchanged() {
    let folder = tempfile::tempdir().unwrap();
    let (certificate, key) = (folder.path().join("c.pem"), folder.path().join("k.pem"));
    let pem = |label: &str, der: &[u8]| {
        let text = data_encoding::BASE64.encode(der);
        format!("-----BEGIN {label}-----\n{text}\n-----END {label}-----\n")
    };
    let given = |name: &str| {
        let pair = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).unwrap();
        let made = rcgen::CertificateParams::new(vec![name.to_owned()]).unwrap().self_signed(&pair).unwrap();
        std::fs::write(&certificate, pem("CERTIFICATE", made.der())).unwrap();
        std::fs::write(&key, pem("PRIVATE KEY", &pair.serialize_der())).unwrap();
        made.der().to_vec()
    };
    let first = given("duty.gov.cn");
    assert!(fault_of_files(&certificate, &key).is_none());
    assert_eq!(given_in(&certificate).unwrap().certificate, first);
    let source = FrontSource::Files { certificate: certificate.clone(), key: key.clone() };
    let front = FrontTls::open(source, NOW).unwrap();
    assert!(reaches(&front, &first, "duty.gov.cn").await && !front.trusted().is_own);
    let second = given("new.gov.cn");
    assert!(front.renew(NOW).unwrap() && reaches(&front, &second, "new.gov.cn").await);
    std::fs::write(&certificate, pem("CERTIFICATE", &first)).unwrap();
    assert!(matches!(front.renew(NOW), Err(FrontFault::Unfit(_))), "the key is another's");
    assert!(reaches(&front, &second, "new.gov.cn").await, "what was shown stays");
    std::fs::write(&certificate, "nothing").unwrap();
    assert!(matches!(fault_of_files(&certificate, &key), Some(FrontFault::Unreadable { .. })));
    assert!(matches!(fault_of_files(&folder.path().join("x"), &key), Some(FrontFault::Io { .. })));
}
