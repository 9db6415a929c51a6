//! Several stores side by side, without sessions: what one has for another is carried over by hand.

use std::{collections::BTreeMap, sync::Arc};

use bytes::Bytes;

use super::{
    Identity, Moment, Random, Space, Store, WANTED_BACK, Writer,
    intent::{Answer, Draft, Enrolment, Intent, Invitation, WriteRefusal},
    open_invitations,
};
use crate::{
    disk::memory::MemoryDisk,
    ids::{Digest, Lane, LinkSeq, OfficeId, PerLane, RecordId, UnixMillis, Zone},
    index::map::MapIndex,
    journal::Options,
    link::{
        event::Event,
        frame::{Arrived, Batch, Custody},
    },
    record::{Audience, Mode, OfficeKey},
    registry::{Entry, OfficeClass},
    verify::Verifier,
};

const AT: Moment = Moment { wall: UnixMillis(1_750_000_000_000), offset_ms: 0, space: Space::Enough };

fn id(office: &str) -> OfficeId {
    OfficeId::parse(office).unwrap()
}

fn key(office: &str) -> OfficeKey {
    OfficeKey::from_secret(&[office.as_bytes()[0]; 32])
}

fn entry(office: &str, parent: Option<&str>) -> Entry {
    Entry {
        office: id(office),
        name: office.to_owned(),
        area_code: String::new(),
        class: OfficeClass::Other,
        zone: Zone::parse("test").unwrap(),
        parent: parent.map(id),
        key: parent.is_none().then(|| key(office).public()),
        replaces: None,
        valid_from: AT.wall,
        successor_hash: parent.is_none().then_some(Digest::ZERO),
    }
}

fn opened(office: &str, seed: u8) -> Writer {
    let root_pin = key("p").public().pin();
    let identity = Identity { key: key(office), office: id(office), zone: Zone::parse("test").unwrap(), root_pin };
    let mut next = seed;
    let random: Random = Box::new(move |bytes| {
        bytes.iter_mut().for_each(|byte| {
            next = next.wrapping_mul(29).wrapping_add(17);
            *byte = next;
        });
    });
    let disk = (Arc::new(MemoryDisk::default()) as Arc<dyn crate::disk::Disk>, Options::default());
    Writer::open(disk, Arc::new(MapIndex::default()), identity, AT, random).unwrap().0
}

/// A tree of stores.
struct Tree {
    writers: BTreeMap<String, Writer>,
    seed: u8,
}

impl Tree {
    /// `rows`: offices with their parents, the root first.
    fn of(rows: &[(&str, &str)]) -> Self {
        let mut tree = Self { writers: BTreeMap::new(), seed: 1 };
        tree.begin("p");
        tree.write("p", Intent::Register(Box::new(entry("p", None)), None));
        for (child, parent) in rows {
            let secret = Digest::of("test", &[child.as_bytes()]);
            let invitation =
                Invitation { secret, entry: entry(child, Some(parent)), valid_until: AT.wall, replace: None, by: None };
            tree.write(parent, Intent::Invite(Box::new(invitation)));
            let shown = Enrolment { secret, office: id(child), key: key(child).public() };
            tree.write(parent, Intent::Enrol(Box::new(shown)));
            tree.enrol(child, parent);
        }
        tree
    }

    fn begin(&mut self, office: &str) {
        self.seed += 1;
        self.writers.insert(office.to_owned(), opened(office, self.seed));
    }

    fn store(&self, office: &str) -> Store {
        self.writers[office].store()
    }

    fn commit(&mut self, office: &str, intents: Vec<Intent>) -> Vec<Answer> {
        self.writers.get_mut(office).unwrap().commit(intents, AT).unwrap().answers
    }

    fn write(&mut self, office: &str, intent: Intent) -> Answer {
        let answer = self.commit(office, vec![intent]).remove(0);
        assert!(!matches!(answer, Answer::Refused(_)), "{office}: {answer:?}");
        answer
    }

    /// A machine with an empty disk and the key of the office takes the way from the root to itself, and wants its past back.
    fn enrol(&mut self, child: &str, parent: &str) {
        self.begin(child);
        let (above, office) = (self.store(parent), id(child));
        let tree = above.registry();
        let path: Vec<_> = tree.path_up(&office).cloned().collect();
        let records = path.iter().rev().flat_map(|office| above.registrations(office).unwrap()).collect();
        let records = Verifier::new(key("p").public().pin()).judge_all(self.store(child).registry(), records);
        self.write(child, Intent::TakeBack { neighbour: id(parent), records });
        let (namespace, key) = (WANTED_BACK.to_owned(), parent.to_owned());
        self.write(child, Intent::Local { namespace, key, bytes: Bytes::from_static(b"own") });
    }

    /// What goes into a lane of the other, and is not there yet.
    fn incoming(&self, from: &str, to: &str, lane: Lane) -> (Intent, Vec<crate::link::event::Outgoing>) {
        let (sender, receiver) = (self.store(from), self.store(to));
        let held = receiver.held(&id(from)).filter(|held| held.epoch == sender.epoch());
        let after = held.map_or(LinkSeq(0), |held| held.lanes[lane].seq);
        let items = sender.load(&id(to), lane, after, (usize::MAX, usize::MAX)).unwrap();
        let records = items.iter().map(|outgoing| outgoing.item.clone()).collect();
        let batch = Batch { epoch: sender.epoch(), lane, first: after.next(), items: records };
        let mut verifier = Verifier::new(key("p").public().pin());
        (Intent::Accept(verifier.judge(receiver.registry(), &id(from), batch)), items)
    }

    fn carry(&mut self, from: &str, to: &str, lane: Lane) {
        let (intent, items) = self.incoming(from, to, lane);
        if items.is_empty() {
            return;
        }
        let Answer::Custody { at, refusals } = self.write(to, intent) else { panic!("no custody") };
        assert_eq!(refusals, []);
        let custody = Custody { epoch: self.store(from).epoch(), lane, at, refusals };
        self.write(from, Intent::Custody { neighbour: id(to), custody });
    }

    /// What has arrived at or beyond an office, told to who sent it.
    fn arrived(&self, from: &str, to: &str, lane: Lane) -> Intent {
        let event = self.store(to).arrived_event(&id(from), lane, Some(LinkSeq(0)));
        let Some(Event::ArrivedBefore { seq, refused, late, .. }) = event else { panic!("nothing was received") };
        let arrived = Arrived { epoch: self.store(from).epoch(), lane, seq, refused, late };
        Intent::Arrived { neighbour: id(to), arrived }
    }

    fn tell_arrived(&mut self, from: &str, to: &str, lane: Lane) {
        let arrived = self.arrived(from, to, lane);
        self.write(from, arrived);
    }

    fn draft(&mut self, office: &str, lane: Lane, audience: Vec<Audience>) -> RecordId {
        self.seed += 1;
        let id = RecordId::from_parts(AT.wall, [self.seed; 10]);
        let draft = Draft {
            id,
            kind: "test.note/1".into(),
            subject: String::new(),
            lane,
            audience,
            mode: Mode::Test,
            happened_at: None,
            learnt_at: None,
            person: None,
            corrects: None,
            on_behalf_of: None,
            body: Bytes::from_static(b"note"),
        };
        self.write(office, Intent::Submit(Box::new(draft)));
        id
    }

    /// The machine is lost with its disk; what its neighbours had sent it has to be sent again.
    fn lose(&mut self, office: &str, parent: &str) {
        self.enrol(office, parent);
        let neighbours: Vec<String> = self.writers.keys().filter(|other| *other != office).cloned().collect();
        for other in neighbours {
            self.write(&other, Intent::Rewind { neighbour: id(office), holds: PerLane::default() });
            self.write(&other, Intent::Rebase { neighbour: id(office), holds: None });
        }
    }

    fn has_past_back_from(&mut self, office: &str, neighbour: &str) {
        let (namespace, key) = (WANTED_BACK.to_owned(), neighbour.to_owned());
        self.write(office, Intent::Local { namespace, key, bytes: Bytes::new() });
    }
}

const ROWS: [(&str, &str); 3] = [("c", "p"), ("x", "c"), ("t", "x")];

#[test]
fn an_office_that_lost_its_disk_is_told_who_is_below_it_before_anything_else() {
    let mut tree = Tree::of(&ROWS);
    tree.carry("x", "c", Lane::Control);
    tree.carry("c", "p", Lane::Control);
    tree.lose("c", "p");
    assert!(tree.store("c").registry().entry(&id("x")).is_none());
    tree.carry("p", "c", Lane::Control);
    let known = tree.store("c").registry();
    assert!(known.entry(&id("x")).is_some() && known.entry(&id("t")).is_some(), "both of those below");
    let before = tree.store("p").sent(&id("c"));
    tree.write("p", Intent::Rebase { neighbour: id("c"), holds: None });
    assert_eq!(tree.store("p").sent(&id("c")), before, "once");
}

#[test]
fn two_that_send_each_other_the_same_record_do_not_wait_for_each_other() {
    let mut tree = Tree::of(&ROWS);
    tree.carry("x", "t", Lane::Control);
    tree.tell_arrived("x", "t", Lane::Control);
    tree.carry("x", "c", Lane::Control);
    tree.carry("c", "p", Lane::Control);
    tree.lose("c", "p");
    // The township's entry comes from above and goes on to the county that made it, which sends it as well.
    tree.carry("p", "c", Lane::Control);
    tree.carry("c", "x", Lane::Control);
    tree.carry("x", "c", Lane::Control);
    for _ in 0..3 {
        tree.tell_arrived("c", "x", Lane::Control);
        tree.tell_arrived("x", "c", Lane::Control);
    }
    for (own, other) in [("c", "x"), ("x", "c")] {
        let (sent, arrived) = (tree.store(own).sent(&id(other)), tree.store(own).arrived_at(&id(other)));
        assert_eq!(arrived[Lane::Control], sent[Lane::Control].seq, "{own} to {other}");
    }
}

#[test]
fn what_an_office_makes_before_it_knows_again_who_is_below_it_reaches_them_later() {
    let mut tree = Tree::of(&ROWS);
    tree.carry("c", "p", Lane::Control);
    tree.lose("c", "p");
    tree.draft("c", Lane::Routine, vec![Audience::Subtree(id("c"))]);
    tree.draft("c", Lane::Urgent, vec![Audience::Offices(vec![id("x")])]);
    tree.carry("p", "c", Lane::Control);
    let sent = |tree: &Tree| tree.store("c").sent(&id("x")).0.map(|at| at.seq.0);
    assert_eq!(sent(&tree)[2..], [0, 0]);
    for _ in 0..2 {
        tree.has_past_back_from("c", "p");
        assert_eq!(sent(&tree)[2..], [1, 1], "once");
    }
    tree.draft("c", Lane::Routine, vec![Audience::Subtree(id("c"))]);
    tree.has_past_back_from("c", "p");
    assert_eq!(sent(&tree)[2..], [1, 2], "later ones go there by themselves");
}

#[test]
fn what_a_neighbour_once_gave_back_is_sent_to_it_when_it_has_lost_that_in_turn() {
    let mut tree = Tree::of(&ROWS);
    tree.carry("c", "p", Lane::Control);
    tree.draft("c", Lane::Routine, vec![Audience::Subtree(id("c"))]);
    tree.carry("c", "x", Lane::Control);
    tree.carry("c", "x", Lane::Routine);
    tree.lose("c", "p");
    tree.carry("p", "c", Lane::Control);
    let below = tree.store("x");
    let given = below.by_origin(&id("c"), None, usize::MAX).unwrap();
    let given = given.into_iter().map(|(_, place)| below.carried_at(place).unwrap()).collect();
    let records = Verifier::new(key("p").public().pin()).judge_all(tree.store("c").registry(), given);
    tree.write("c", Intent::TakeBack { neighbour: id("x"), records });
    assert_eq!(tree.store("c").sent(&id("x"))[Lane::Routine].seq, LinkSeq(0), "it has it");
    tree.lose("x", "c");
    for _ in 0..2 {
        assert_eq!(tree.store("c").sent(&id("x"))[Lane::Routine].seq, LinkSeq(1), "once");
        tree.write("c", Intent::Rebase { neighbour: id("x"), holds: None });
    }
}

#[test]
fn one_commit_that_brings_a_record_and_an_arrival_calls_only_that_arrived_which_has() {
    let mut tree = Tree::of(&[("c", "p"), ("t", "c"), ("x", "c")]);
    tree.carry("c", "t", Lane::Control);
    let up = vec![Audience::UpTo(id("p"))];
    tree.draft("t", Lane::Routine, vec![Audience::Offices(vec![id("x")])]);
    tree.carry("t", "c", Lane::Routine);
    tree.carry("c", "x", Lane::Control);
    tree.carry("c", "x", Lane::Routine);
    // The next one is for the province, whose lane is looked at before that of the township which the first one waits for.
    tree.draft("t", Lane::Routine, up);
    let (accept, _) = tree.incoming("t", "c", Lane::Routine);
    let arrived = tree.arrived("c", "x", Lane::Routine);
    tree.commit("c", vec![accept, arrived]);
    let Intent::Arrived { arrived, .. } = tree.arrived("t", "c", Lane::Routine) else { panic!() };
    assert_eq!(arrived.seq, LinkSeq(1), "the province has not got the second");
}

#[test]
fn what_a_lane_waited_for_before_its_sender_was_replaced_does_not_let_it_skip_what_it_waits_for_now() {
    let mut tree = Tree::of(&[("c", "p"), ("t", "c"), ("x", "c")]);
    tree.carry("c", "t", Lane::Control);
    tree.draft("x", Lane::Routine, vec![Audience::Offices(vec![id("t")])]);
    tree.carry("x", "c", Lane::Routine);
    // Of what its new machine sends first, the province's lane is looked at before that of the township, which the old one's waited for.
    tree.lose("x", "c");
    tree.draft("x", Lane::Routine, vec![Audience::UpTo(id("p")), Audience::Offices(vec![id("t")])]);
    tree.carry("x", "c", Lane::Routine);
    tree.carry("c", "t", Lane::Control);
    tree.carry("c", "t", Lane::Routine);
    tree.tell_arrived("c", "t", Lane::Routine);
    let Intent::Arrived { arrived, .. } = tree.arrived("x", "c", Lane::Routine) else { panic!() };
    assert_eq!(arrived.seq, LinkSeq(0), "the province has not got it");
    tree.carry("c", "p", Lane::Control);
    tree.carry("c", "p", Lane::Routine);
    tree.tell_arrived("c", "p", Lane::Routine);
    let Intent::Arrived { arrived, .. } = tree.arrived("x", "c", Lane::Routine) else { panic!() };
    assert_eq!(arrived.seq, LinkSeq(1));
}

#[test]
fn an_invitation_that_was_taken_back_enrols_nobody_and_one_that_was_used_stays_used() {
    let mut tree = Tree::of(&[("c", "p")]);
    assert_eq!(open_invitations(&tree.store("p")).unwrap(), [], "the one of c was used up");
    let used = Digest::of("test", &[b"c"]);
    assert_eq!(tree.commit("p", vec![Intent::Revoke(used)]), [Answer::Refused(WriteRefusal::InvitationUsed)]);
    let secret = Digest::of("test", &[b"d"]);
    let invitation = Invitation { secret, entry: entry("d", Some("p")), valid_until: AT.wall, replace: None, by: None };
    tree.write("p", Intent::Invite(Box::new(invitation)));
    let open = open_invitations(&tree.store("p")).unwrap();
    assert_eq!((open.len(), open[0].secret, open[0].entry.office.as_str(), open[0].replaces), (1, secret, "d", false));
    tree.write("p", Intent::Revoke(secret));
    assert_eq!(open_invitations(&tree.store("p")).unwrap(), []);
    let shown = Enrolment { secret, office: id("d"), key: key("d").public() };
    assert_eq!(tree.commit("p", vec![Intent::Enrol(Box::new(shown))]), [Answer::Refused(WriteRefusal::InvitationExpired)]);
    let unknown = Digest::of("test", &[b"x"]);
    assert_eq!(tree.commit("p", vec![Intent::Revoke(unknown)]), [Answer::Refused(WriteRefusal::InvitationUnknown)]);
}
