//! How the tree comes into being: by the intents that real offices use.

use std::time::Duration;

use bytes::Bytes;
use dutynet_relay::{
    ids::{Digest, OfficeId, UnixMillis},
    record::{Person, PublicKey},
    registry::{Entry, OfficeClass},
    verify::Verifier,
    writer::{
        Moment, Space, WANTED_BACK,
        intent::{Answer, Enrolment, Intent, Invitation},
    },
};

use crate::{
    driver::zone,
    office::{Reply, Request},
    world::{Checked, Fault, Happening, World},
};

/// Whoever acts.
pub fn clerk() -> Person {
    Person { id: "z01".into(), name: "张三".into() }
}

impl World {
    /// The root registers itself; the others are invited one after the other.
    pub fn found(&mut self) -> Checked {
        for at in 0..self.offices.len() {
            let key = self.offices[at].key.public();
            self.ledger.has_key(at, key);
        }
        self.ledger.root_pin = self.offices[0].key.public().pin();
        self.enrolled.insert(0);
        self.start_office(0)?;
        let entry = self.entry(0);
        self.write(0, Intent::Register(Box::new(entry), Some(clerk())));
        self.after(Duration::from_millis(50), Happening::Invite { child: 1 });
        Ok(())
    }

    fn entry(&self, office: usize) -> Entry {
        Entry {
            office: self.offices[office].id.clone(),
            name: format!("{} 值班室", self.offices[office].id),
            area_code: String::new(),
            class: OfficeClass::Other,
            zone: zone(),
            parent: self.offices[office].parent.map(|parent| self.offices[parent].id.clone()),
            key: self.offices[office].parent.is_none().then(|| self.offices[office].key.public()),
            replaces: None,
            valid_from: self.wall(office),
            successor_hash: self.offices[office].parent.is_none().then_some(Digest::ZERO),
        }
    }

    /// An office gets a child that has no node. If it goes down before it has written that, nobody asks again.
    pub fn add_without_node(&mut self, parent: usize) {
        let id = OfficeId::parse(&format!("n{}", self.ledger.without_node.len())).expect("a valid id");
        if self.offices[parent].live.as_ref().is_none_or(|live| live.stopping) {
            return;
        }
        let own = self.offices[parent].id.clone();
        let entry = Entry { office: id.clone(), parent: Some(own), key: None, successor_hash: None, ..self.entry(parent) };
        self.ledger.without_node.insert(id, parent);
        self.count("offices without node");
        self.write(parent, Intent::Register(Box::new(entry), Some(clerk())));
    }

    /// The parent invites, the child shows the invitation.
    pub fn invite(&mut self, child: usize) {
        let parent = self.offices[child].parent.expect("the root is not invited");
        let secret = secret_for(child);
        let invitation = Invitation {
            secret,
            entry: self.entry(child),
            valid_until: UnixMillis(self.wall(parent).0 + 3_600_000),
            replace: None,
            by: Some(clerk()),
        };
        self.request(parent, Request { intents: vec![Intent::Invite(Box::new(invitation))], reply: Reply::Nobody });
        self.after(Duration::from_millis(60), Happening::Enrolled { child });
    }

    /// The child takes the way from the root to itself as its first records.
    pub fn enrol(&mut self, child: usize) -> Checked {
        let parent = self.offices[child].parent.expect("the root does not enrol");
        let fault = |what: &str| Fault(format!("enrolment fails: {what}"));
        let Some(live) = self.offices[parent].live.as_ref().filter(|live| !live.stopping) else {
            self.after(Duration::from_millis(20), Happening::Enrolled { child });
            return Ok(());
        };
        let store = live.store.clone();
        let registered = store.registry().entry(&self.offices[child].id).and_then(|entry| entry.key.clone());
        if registered != Some(self.offices[child].key.public()) {
            self.show_invitation(child, parent, registered);
            self.after(Duration::from_millis(8), Happening::Enrolled { child });
            return Ok(());
        }
        let office = &mut self.offices[child];
        office.joining = false;
        (office.armed, office.cramped) = (false, false);
        office.index.mend();
        office.disk.kill();
        office.disk.full(u64::MAX);
        let (tree, id) = (store.registry(), self.offices[child].id.clone());
        let path: Vec<_> = tree.path_up(&id).cloned().collect();
        let mut records = Vec::new();
        for above in path.iter().rev() {
            records.extend(store.registrations(above).map_err(|e| fault(&e.to_string()))?);
        }
        self.start_office(child)?;
        let neighbour = self.offices[parent].id.clone();
        let moment = Moment { wall: self.wall(child), offset_ms: 0, space: Space::Enough };
        let live = self.offices[child].live_mut();
        let records = Verifier::new(self.ledger.root_pin).judge_all(live.store.registry(), records);
        let wanted =
            Intent::Local { namespace: WANTED_BACK.into(), key: neighbour.to_string(), bytes: Bytes::from_static(b"own") };
        for intent in [Intent::TakeBack { neighbour, records }, wanted] {
            let committed = live.writer.commit(vec![intent], moment).map_err(|e| fault(&e.to_string()))?;
            if committed.answers != [Answer::Done] {
                return Err(fault("the child cannot take its registry"));
            }
        }
        let store = live.store.clone();
        if store.registry().path_up(&id).count() != path.len() {
            return Err(fault("no way leads from the root to the child"));
        }
        self.ledger.committed(child, &store)?;
        self.enrolled.insert(child);
        let run = self.offices[child].run;
        self.after(Duration::from_millis(5), Happening::Dial { office: child, run });
        self.ask_again(child);
        if !self.founded && child + 1 < self.offices.len() {
            let wait = self.up_to(Duration::from_millis(150));
            self.after(wait, Happening::Invite { child: child + 1 });
        }
        Ok(())
    }
}

impl World {
    /// Again and again: the reply to the first time may have been lost, and the invitation with its maker's disk.
    fn show_invitation(&mut self, child: usize, parent: usize, registered: Option<PublicKey>) {
        let (office, key) = (self.offices[child].id.clone(), self.offices[child].key.public());
        let secret = secret_for(child);
        let mut intents = Vec::new();
        if let Some(old) = registered {
            intents.push(Intent::Invite(Box::new(Invitation {
                secret,
                entry: self.entry(child),
                valid_until: UnixMillis(self.wall(parent).0 + 3_600_000),
                replace: Some(old.id()),
                by: Some(clerk()),
            })));
        }
        intents.push(Intent::Enrol(Box::new(Enrolment { secret, office, key })));
        self.request(parent, Request { intents, reply: Reply::Nobody });
    }
}

fn secret_for(child: usize) -> Digest {
    Digest::of("sim.invitation", &[&[u8::try_from(child).unwrap_or(0)]])
}
