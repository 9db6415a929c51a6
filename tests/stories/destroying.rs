//! What is destroyed, or past what a rule keeps, is in no file of any node afterwards, and everything else holds.

use dutynet_node::usecase::WarningKind;
use dutynet_relay::{
    files::{FileFault, FilesHeld},
    ids::{FileRef, Lane, LinkSeq, RecordId, RecordRef},
    link::frame::{Batch, Carried, Frame, Item},
    random,
    record::{Audience, DESTROY_KIND, Destruction},
    relay::{Made, SubmitError},
    upkeep::counts::Bodies,
    writer::intent::{Destroying, WriteRefusal},
};
use dutynet_tests::{
    desk::Desk,
    hostile::{Claims, Hostile},
    net::{Network, clerk, draft, office, until},
    search::files_with,
};

/// Words that stand nowhere else. Random, so that neither does a part of them, packed or not.
fn canary() -> String {
    format!("canary-{}", RecordId(random::bytes().unwrap()))
}

fn destroying(target: &RecordRef) -> Destroying {
    let destruction = Destruction { target: target.clone(), reason: "asked for".to_owned() };
    Destroying { id: draft(Lane::Control, vec![], b"").id, destruction, by: clerk() }
}

async fn destroy(net: &Network, at: &str, target: &RecordRef) -> Result<Made, SubmitError> {
    net.relay(at).destroy(destroying(target)).await
}

fn is_hollow(net: &Network, at: &str, record: &RecordRef) -> bool {
    net.relay(at).store().record(record).unwrap().is_some_and(|stored| stored.record.is_hollow())
}

async fn is_gone_from(net: &Network, at: &str, words: &str) {
    until(&format!("{words} is gone from {at}"), || files_with(&net.folder(at), words.as_bytes()).is_empty()).await;
}

async fn three_tiers() -> Network {
    let mut net = Network::found("p").await;
    net.join("p", "c").await;
    net.join("c", "t").await;
    net
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_destroyed_record_is_in_no_file_of_any_tier() {
    let mut net = three_tiers().await;
    let words = canary();
    let before = net.report("t", "p", "before").await;
    let record = net.report("t", "p", &words).await;
    let after = net.report("t", "p", "after").await;
    net.has_arrived(&after, "t").await;
    for at in ["p", "c", "t"] {
        assert!(!files_with(&net.folder(at), words.as_bytes()).is_empty(), "it can be found at {at}");
    }
    let destruction = destroy(&net, "t", &record).await.unwrap().reference;
    net.has_arrived(&destruction, "t").await;
    for at in ["t", "c", "p"] {
        is_gone_from(&net, at, &words).await;
        assert!(is_hollow(&net, at, &record));
        assert_eq!(net.bodies(at), ["before", "after"]);
        assert_eq!(net.relay(at).store().destruction_of(&record).unwrap().as_ref(), Some(&destruction));
        until("it is noted that it is done", || net.relay(at).upkept().unwrap().bodies.on_disk == 0).await;
        let bodies = net.relay(at).upkept().unwrap().bodies;
        assert_eq!((bodies.destroyed, bodies.intended, bodies.removed()), (1, 1, 1));
    }
    // Again is the same one.
    let again = destroy(&net, "c", &record).await.unwrap();
    assert!(again.folded && again.reference == destruction);
    for at in ["t", "c", "p"] {
        net.stop(at).await;
        assert!(files_with(&net.folder(at), words.as_bytes()).is_empty(), "{at}");
    }
    for at in ["p", "c", "t"] {
        net.start(at).await;
        assert_eq!(net.relay(at).opening().journal.damaged, []);
        assert_eq!(net.body(at, &before).unwrap(), "before".as_bytes());
        assert!(is_hollow(&net, at, &record));
    }
    let later = net.report("t", "p", "later").await;
    net.has_arrived(&later, "t").await;
}

/// A report of the township that this file belongs to.
async fn report_with(net: &Network, words: &str, file: FileRef) -> RecordRef {
    let note = draft(Lane::Routine, vec![Audience::UpTo(office("p"))], words.as_bytes());
    let made = net.relay("t").submit_with(note, vec![file]).await.unwrap().reference;
    net.has_arrived(&made, "t").await;
    made
}

async fn put(net: &Network, words: &str) -> FileRef {
    net.relay("t").put_file(std::io::Cursor::new(words.as_bytes().to_vec())).await.unwrap()
}

async fn comes_to(net: &Network, at: &str, file: FileRef) {
    net.relay(at).want_file(file).await.unwrap();
    until(&format!("a file comes to {at}"), || net.relay(at).file(&file).is_some()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_files_of_a_destroyed_record_go_with_it_and_one_that_another_record_names_stays() {
    let mut net = three_tiers().await;
    let (alone, shared) = (canary(), canary());
    let (photo, plan) = (put(&net, &alone).await, put(&net, &shared).await);
    let first = report_with(&net, "with a photograph", photo).await;
    let second = report_with(&net, "with a plan", plan).await;
    let third = report_with(&net, "with the same plan", plan).await;
    for file in [photo, plan] {
        comes_to(&net, "c", file).await;
        comes_to(&net, "p", file).await;
    }
    // One tier is off, and finds its file to be removed when it is told.
    net.stop("p").await;
    destroy(&net, "c", &first).await.unwrap();
    destroy(&net, "c", &second).await.unwrap();
    for at in ["c", "t"] {
        is_gone_from(&net, at, &alone).await;
    }
    net.start("p").await;
    is_gone_from(&net, "p", &alone).await;
    for at in ["t", "c", "p"] {
        until("it is told of both", || is_hollow(&net, at, &first) && is_hollow(&net, at, &second)).await;
        until("nothing is to be done", || net.relay(at).upkept().unwrap().bodies.on_disk == 0).await;
        assert!(net.relay(at).file(&plan).is_some(), "{at}: another record needs it");
        let refused = net.relay(at).want_file(photo).await.unwrap_err();
        assert!(matches!(refused, FileFault::Unwanted), "{at}: {refused}");
    }
    destroy(&net, "t", &third).await.unwrap();
    for at in ["t", "c", "p"] {
        is_gone_from(&net, at, &shared).await;
        assert_eq!(net.relay(at).status().files, FilesHeld::default(), "{at}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_destroyed_while_others_are_off_reaches_them_without_its_words() {
    let mut net = three_tiers().await;
    let (up, down) = (canary(), canary());
    net.stop("c").await;
    // The county's machine keeps what it had; what waits for it below and above is destroyed before it comes back.
    let report = net.report("t", "p", &up).await;
    let notice = draft(Lane::Urgent, vec![Audience::Subtree(office("p"))], down.as_bytes());
    let notice = net.submit("p", notice).await.unwrap().reference;
    destroy(&net, "t", &report).await.unwrap();
    destroy(&net, "p", &notice).await.unwrap();
    net.start("c").await;
    net.arrives(&report, "p").await;
    net.arrives(&notice, "t").await;
    net.has_arrived(&report, "t").await;
    net.has_arrived(&notice, "p").await;
    for at in ["t", "c", "p"] {
        assert!(is_hollow(&net, at, &report) && is_hollow(&net, at, &notice), "{at}");
        is_gone_from(&net, at, &up).await;
        is_gone_from(&net, at, &down).await;
    }
    assert_eq!(net.counter("c", "refused") + net.counter("p", "refused") + net.counter("t", "refused"), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_late_copy_from_a_restored_neighbour_is_kept_without_its_words() {
    let mut net = three_tiers().await;
    let words = canary();
    let record = net.report("t", "p", &words).await;
    net.has_arrived(&record, "t").await;
    net.stop("t").await;
    let copy = net.copy("t");
    net.start("t").await;
    let destruction = destroy(&net, "c", &record).await.unwrap().reference;
    net.has_arrived(&destruction, "c").await;
    for at in ["t", "c", "p"] {
        is_gone_from(&net, at, &words).await;
    }
    // The township's copy still has it, and learns of the destruction as soon as it meets its parent.
    net.stop("t").await;
    net.put_back("t", &copy);
    assert!(!files_with(&net.folder("t"), words.as_bytes()).is_empty());
    net.start("t").await;
    net.arrives(&destruction, "t").await;
    is_gone_from(&net, "t", &words).await;
    // So does a new machine, which gets back everything but the words.
    net.stop("t").await;
    net.replace("c", "t").await;
    net.arrives(&record, "t").await;
    for at in ["t", "c", "p"] {
        assert!(is_hollow(&net, at, &record), "{at}");
        assert!(files_with(&net.folder(at), words.as_bytes()).is_empty(), "{at}");
    }
}

/// A destruction as an office makes it that has no right to: sealed with its real key.
fn unlawful(bad: &mut Hostile, target: &RecordRef, subject: String) -> Carried {
    let destruction = Destruction { target: target.clone(), reason: "without any right".to_owned() };
    let mut header = bad.header(&office("p"));
    header.stream.lane = Lane::Control;
    (header.kind, header.subject) = (DESTROY_KIND.to_owned(), subject);
    bad.sealed(header, &destruction.to_body())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unlawful_destruction_over_a_link_is_refused_by_name_removes_nothing_and_is_raised_on_both_sides() {
    let mut net = Network::found("p").await;
    net.join("p", "honest").await;
    net.enrol_only("p", "bad").await;
    let (report, order) = (canary(), canary());
    let reported = net.report("honest", "p", &report).await;
    net.has_arrived(&reported, "honest").await;
    let ordered = draft(Lane::Urgent, vec![Audience::Subtree(office("p"))], order.as_bytes());
    let ordered = net.submit("p", ordered).await.unwrap().reference;
    net.arrives(&ordered, "honest").await;
    let claims = Claims { office: office("bad"), zone: net.zone() };
    let mut bad = Hostile::knock(&net.folder("bad"), &net.line("bad").address(), claims).await.unwrap();
    // Of an office beside it, of one above it, and of the latter again in its own name.
    let own = RecordRef { origin: office("bad"), id: RecordId([9; 16]) };
    let sent = [
        unlawful(&mut bad, &reported, reported.to_string()),
        unlawful(&mut bad, &ordered, ordered.to_string()),
        unlawful(&mut bad, &ordered, own.to_string()),
    ];
    let items = sent.into_iter().map(Item::Record).collect();
    bad.say(&Frame::Batch(Batch { lane: Lane::Control, epoch: bad.epoch, first: LinkSeq(1), items }));
    let custody = bad.custody(3).await;
    let refused: Vec<_> = custody.iter().flat_map(|custody| &custody.refusals).collect();
    let told: Vec<_> = refused.iter().map(|refusal| (refusal.code.name(), refusal.detail.as_str())).collect();
    let expected = [
        ("NOT_YOURS_TO_SEND", "bad may not destroy what honest said"),
        ("NOT_YOURS_TO_SEND", "bad may not destroy what p said"),
        ("NOT_YOURS_TO_SEND", "subject and body do not name the same record"),
    ];
    assert_eq!(told, expected, "the sender is told each by name");
    let desk = Desk::at(&net, "p");
    let raised = desk.office.status().warnings.into_iter().find(|warning| warning.kind == WarningKind::UnlawfulRefused);
    assert_eq!(raised.expect("it is raised where it came").about, "3");
    desk.close().await;
    for at in ["p", "honest"] {
        assert_eq!(net.relay(at).upkept().unwrap().bodies, Bodies::default(), "{at}");
        for target in [&reported, &ordered] {
            assert!(!is_hollow(&net, at, target), "{at}");
            assert_eq!(net.relay(at).store().destruction_of(target).unwrap(), None, "{at}");
        }
        assert!(!files_with(&net.folder(at), report.as_bytes()).is_empty(), "{at}: nothing was removed");
    }
    let after = net.report("honest", "p", "the lane goes on").await;
    net.has_arrived(&after, "honest").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_destroys_what_is_not_its_own_or_its_subtrees() {
    let mut net = three_tiers().await;
    let notice = draft(Lane::Urgent, vec![Audience::Subtree(office("p"))], b"notice");
    let notice = net.submit("p", notice).await.unwrap().reference;
    net.arrives(&notice, "t").await;
    let refused = destroy(&net, "t", &notice).await.unwrap_err();
    assert!(matches!(refused, SubmitError::Refused(WriteRefusal::NotYoursToDestroy(of)) if of == office("p")));
    let unknown = RecordRef { origin: office("t"), id: RecordId([9; 16]) };
    let refused = destroy(&net, "c", &unknown).await.unwrap_err();
    assert!(matches!(refused, SubmitError::Refused(WriteRefusal::UnknownRecord(_))));
    let entry = net.relay("c").store().by_origin(&office("c"), None, 1).unwrap().remove(0).0;
    let refused = destroy(&net, "p", &entry).await.unwrap_err();
    assert!(matches!(refused, SubmitError::Refused(WriteRefusal::NotDestroyable(_))));
    assert!(!is_hollow(&net, "t", &notice));
    net.stop("t").await;
}
