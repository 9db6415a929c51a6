//! 明件 only: what bears a mark of state secrecy is refused at save, at send and at receipt, and is in no file of whoever refused it.

use std::sync::Arc;

use bytes::Bytes;
use dutynet_node::{
    text::refusal::Refusal,
    usecase::{Guard, SendNotice, To, WarningKind},
};
use dutynet_relay::{
    ids::{Lane, RecordId},
    random,
    record::Audience,
};
use dutynet_tests::{
    desk::{Desk, notice},
    net::{Network, draft, office, until},
    search::files_with,
};

/// Words that stand nowhere else.
fn canary() -> String {
    format!("canary-{}", RecordId(random::bytes().unwrap()))
}

/// Province and county, whose province judges what comes.
async fn guarded() -> Network {
    let mut net = Network::found("p").await;
    net.join("p", "c").await;
    net.stop("p").await;
    net.start_with("p", |config| config.inspector = Arc::new(Guard)).await;
    net.is_linked("p", "c").await;
    net
}

fn is_nowhere(net: &Network, at: &str, words: &str) {
    assert_eq!(files_with(&net.folder(at), words.as_bytes()), Vec::<std::path::PathBuf>::new(), "{at}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn marked_words_are_refused_at_save_and_are_in_no_file() {
    let mut net = guarded().await;
    let desk = Desk::at(&net, "p");
    let words = canary();
    let marked = [
        SendNotice { title: format!("机密★5年 {words}"), ..notice("", To::EverybodyBelow) },
        SendNotice { text: format!("{words}\n（秘 密）"), ..notice("通知", To::EverybodyBelow) },
    ];
    for asked in marked {
        let refused = desk.office.send_notice(asked).await.unwrap_err();
        assert_eq!(refused.refusal, Refusal::SecrecyMark, "{refused:?}");
        assert!(!format!("{refused:?}").contains(&words), "a refusal says nothing of what it refused");
    }
    let sent = desk.send(&format!("商业秘密保护 {words}"), To::EverybodyBelow).await;
    net.arrives(&sent.reference, "c").await;
    desk.close().await;
    let other = canary();
    let desk = Desk::at(&net, "p");
    let asked = SendNotice { text: format!("密级：绝密 {other}"), ..notice("通知", To::EverybodyBelow) };
    desk.office.send_notice(asked).await.unwrap_err();
    desk.close().await;
    for at in ["p", "c"] {
        net.stop(at).await;
        is_nowhere(&net, at, &other);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_marked_record_of_a_neighbour_is_on_no_disk_of_whoever_refused_it() {
    let mut net = guarded().await;
    let (words, fine) = (canary(), canary());
    // Whoever made it runs a program without a guard. One text, and one inside of a message of a kind that nobody here knows.
    let plain = format!("密级：机密\n{words}");
    let inner = [&[0x0a, u8::try_from(plain.len()).unwrap()][..], plain.as_bytes()].concat();
    let nested = [&[0x12, u8::try_from(inner.len()).unwrap()][..], &inner].concat();
    let mut made = Vec::new();
    for body in [plain.as_bytes(), &nested] {
        let marked = draft(Lane::Urgent, vec![Audience::UpTo(office("p"))], body);
        made.push(net.submit("c", marked).await.unwrap().reference);
    }
    let after = draft(Lane::Urgent, vec![Audience::UpTo(office("p"))], fine.as_bytes());
    let after = net.submit("c", after).await.unwrap().reference;
    net.arrives(&after, "p").await;
    until("both are parked at their maker", || net.relay("c").parked().unwrap().len() == 2).await;
    for parked in net.relay("c").parked().unwrap() {
        assert!(made.contains(&parked.reference));
        assert_eq!(parked.code, "CONTENT");
        assert!(parked.detail.contains("classified add"), "{}", parked.detail);
    }
    assert_eq!(net.counter("p", "refused_content"), 2);
    let desk = Desk::at(&net, "p");
    assert!(desk.office.status().warnings.iter().any(|warning| warning.kind == WarningKind::MarkedRefused));
    desk.close().await;
    assert!(made.iter().all(|reference| net.body("p", reference) == None::<Bytes>));
    net.stop("p").await;
    is_nowhere(&net, "p", &words);
    assert!(!files_with(&net.folder("p"), fine.as_bytes()).is_empty(), "a search that finds what is there");
}
