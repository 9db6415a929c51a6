//! 明件 only: what bears a mark of state secrecy is refused at save, at send and at receipt, and is in no file of whoever refused it.

use std::sync::Arc;

use dutynet_node::{
    text::refusal::Refusal,
    usecase::{AddClassified, Destroy, Guard, PurgeRecord, SendNotice, To, WarningKind},
};
use dutynet_relay::{
    ids::{Lane, RecordId},
    random,
    record::Audience,
};
use dutynet_tests::{
    desk::{Desk, new_id, notice},
    net::{Network, clerk, draft, office, until, until_seen},
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
        assert!(parked.detail.contains("涉密事项登记"), "{}", parked.detail);
    }
    assert_eq!(net.counter("p", "refused_content"), 2);
    let desk = Desk::at(&net, "p");
    assert!(desk.office.status().warnings.iter().any(|warning| warning.kind == WarningKind::MarkedRefused));
    desk.close().await;
    assert!(made.iter().all(|reference| net.body("p", reference).is_none()));
    net.stop("p").await;
    is_nowhere(&net, "p", &words);
    assert!(!files_with(&net.folder("p"), fine.as_bytes()).is_empty(), "a search that finds what is there");
}

/// The offices of the only purge that a desk knows of, with whether each has confirmed.
async fn confirmed(desk: &Desk) -> Vec<(String, bool)> {
    let purges = desk.office.purges().await.expect("purges can be listed");
    let offices = purges.into_iter().flat_map(|purge| purge.offices);
    offices.map(|office| (office.office.to_string(), office.confirmed_at.is_some())).collect()
}

async fn confirm(desk: &Desk, wanted: &[(&str, bool)]) {
    let as_wanted =
        |now: &Vec<(String, bool)>| now.iter().map(|(office, done)| (office.as_str(), *done)).eq(wanted.iter().copied());
    until_seen(&format!("{wanted:?}"), async || confirmed(desk).await, as_wanted).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_slipped_through_is_purged_from_every_node_and_each_office_confirms_it() {
    let mut net = Network::found("p").await;
    net.join("p", "c").await;
    net.join("c", "t").await;
    let (words, picture) = (canary(), canary());
    let file = net.relay("t").put_file(std::io::Cursor::new(picture.clone().into_bytes())).await.unwrap();
    let body = format!("words that nobody could tell for a secret {words}");
    let slipped = draft(Lane::Routine, vec![Audience::UpTo(office("p"))], body.as_bytes());
    let slipped = net.relay("t").submit_with(slipped, vec![file]).await.unwrap().reference;
    let after = net.report("t", "p", "after").await;
    net.has_arrived(&after, "t").await;
    for at in ["p", "c"] {
        net.relay(at).want_file(file).await.unwrap();
        until("the file comes", || net.relay(at).file(&file).is_some()).await;
    }
    net.stop("t").await;
    let county = Desk::at(&net, "c");
    let province = Desk::at(&net, "p");
    let asked = || PurgeRecord {
        id: new_id(),
        destroy: Destroy { id: new_id(), record: slipped.to_string(), reason: "it slipped through".into(), by: Some(clerk()) },
    };
    county.office.purge(asked()).await.unwrap();
    confirm(&county, &[("c", true), ("p", true), ("t", false)]).await;
    // Again is the same one.
    assert_eq!(county.office.purge(asked()).await.unwrap().offices.len(), 3);
    assert_eq!(county.office.purges().await.unwrap().len(), 1);
    net.start("t").await;
    let township = Desk::at(&net, "t");
    confirm(&county, &[("c", true), ("p", true), ("t", true)]).await;
    confirm(&province, &[("p", true)]).await;
    // The moment when an office has said so is the moment when it is so.
    for at in ["p", "c", "t"] {
        is_nowhere(&net, at, &words);
        is_nowhere(&net, at, &picture);
    }
    for desk in [county, province, township] {
        desk.close().await;
    }
    for at in ["t", "c", "p"] {
        net.stop(at).await;
        is_nowhere(&net, at, &words);
        net.start(at).await;
        assert_eq!(net.relay(at).opening().journal.damaged, [], "chains hold");
        assert_eq!(net.body(at, &after).unwrap(), "after".as_bytes());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_register_of_classified_items_holds_existence_alone_and_stays_at_home() {
    let net = guarded().await;
    let desk = Desk::at(&net, "c");
    let item = |number: &str, channel: &str| AddClassified {
        id: new_id(),
        number: number.into(),
        channel: channel.into(),
        receiver: "李四".into(),
        received_at: None,
        by: Some(clerk()),
    };
    let refused = desk.office.add_classified(item("机密★5年", "机要交通")).await.unwrap_err();
    assert_eq!(refused.refusal, Refusal::SecrecyMark);
    let refused = desk.office.add_classified(item("", " ")).await.unwrap_err();
    assert_eq!(refused.faults.len(), 1, "{refused:?}");
    desk.office.add_classified(item("", "机要交通")).await.unwrap();
    desk.office.add_classified(item("0007", "机要交换站")).await.unwrap();
    let items = desk.office.classified().await.unwrap();
    let told: Vec<_> = items.iter().map(|item| (item.body.number.as_str(), item.body.channel.as_str())).collect();
    assert_eq!(told, [("0007", "机要交换站"), ("", "机要交通")], "newest first");
    let after = net.report("c", "p", "after").await;
    net.arrives(&after, "p").await;
    assert_eq!(dutynet_tests::desk::records_of(&net, "p", "classified.item/1"), 0);
    desk.close().await;
}
