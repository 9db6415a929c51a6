//! Every pack that is known, of every version: those that the program brings, those that offices above sent, and the one laid here.
//!
//! An old version stays, so that whatever was begun under it is judged by it for ever.

use std::sync::{Arc, LazyLock};

use dutynet_relay::ids::{OfficeId, RecordId, UnixMillis};

use super::{
    cited::Stamp,
    evaluate::Rules,
    fault::{PackFault, PackFaultKind},
    pack::Pack,
};

static BUILT_IN: LazyLock<Packs> = LazyLock::new(|| {
    let texts = [
        include_str!("../../../rules/statute.toml"),
        include_str!("../../../rules/places.toml"),
        include_str!("../../../rules/office.toml"),
        include_str!("../../../rules/zhanjiang.toml"),
        include_str!("../../../rules/guoyang.toml"),
        include_str!("../../../rules/standard.toml"),
        include_str!("../../../rules/jiaohe.toml"),
        include_str!("../../../rules/default.toml"),
    ];
    let packs = texts.iter().map(|text| Arc::new(Pack::parse(text).expect("a test parses the built-in packs")));
    let known: Vec<_> = packs.collect();
    Packs { in_force: Rules::new(newest(known.iter()), Vec::new()), known }
});

/// Packs, and which of them are in force here.
#[derive(Debug, Clone)]
pub struct Packs {
    known: Vec<Arc<Pack>>,
    in_force: Rules,
}

/// A pack that an office sent or laid.
#[derive(Debug, Clone)]
pub struct Spread {
    /// Who.
    pub by: OfficeId,
    /// For whom.
    pub reach: Reach,
    /// By the clock of who did it.
    pub recorded_at: UnixMillis,
    /// Of its record.
    pub id: RecordId,
    /// The pack, with the key of that office.
    pub pack: Arc<Pack>,
}

/// For whom an office's pack is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// The office and everything below it.
    Subtree,
    /// The office alone (本单位加严).
    Own,
}

impl Packs {
    /// Those that the program brings.
    pub fn built_in() -> &'static Self {
        &BUILT_IN
    }

    /// Those that the program brings, and what was sent and laid. `above` are the offices above this one.
    pub fn of_office(own: &OfficeId, above: &[OfficeId], mut spread: Vec<Spread>) -> Self {
        // Two records of one version: the earlier stands, everywhere.
        spread.sort_by_key(|spread| (spread.recorded_at, spread.id));
        let mut kept: Vec<Spread> = Vec::new();
        for one in spread {
            if !kept.iter().any(|held| held.pack.key == one.pack.key && held.pack.version == one.pack.version) {
                kept.push(one);
            }
        }
        let ours = kept.iter().filter(|spread| match spread.reach {
            Reach::Subtree => spread.by == *own || above.contains(&spread.by),
            Reach::Own => spread.by == *own,
        });
        let in_force = newest(BUILT_IN.known.iter().chain(ours.map(|spread| &spread.pack)));
        let known = BUILT_IN.known.iter().cloned().chain(kept.iter().map(|spread| spread.pack.clone())).collect();
        Self { known, in_force: Rules::new(in_force, Vec::new()) }
    }

    /// The rules that are in force here now.
    pub fn in_force(&self) -> &Rules {
        &self.in_force
    }

    /// The rules of a stamp, of this office or of another. An empty one is of a record from before there were rules: those of now.
    pub fn of(&self, stamp: &Stamp) -> Rules {
        if stamp.0.is_empty() {
            return self.in_force.clone();
        }
        let mut packs = Vec::new();
        let mut unknown = Vec::new();
        for (key, version) in &stamp.0 {
            match self.known.iter().find(|pack| pack.key == *key && pack.version == *version) {
                Some(pack) => packs.push(pack.clone()),
                None => unknown.push((key.clone(), *version)),
            }
        }
        Rules::new(packs, unknown)
    }

    /// A pack by its key and version.
    pub fn get(&self, key: &str, version: u32) -> Option<&Pack> {
        self.known.iter().map(Arc::as_ref).find(|pack| pack.key == key && pack.version == version)
    }

    /// The highest version of a pack that is known.
    pub fn newest_version(&self, key: &str) -> Option<u32> {
        self.known.iter().filter(|pack| pack.key == key).map(|pack| pack.version).max()
    }
}

impl Rules {
    /// Categories that rows of a pack name and that neither it nor a pack in force has.
    pub fn strange_categories(&self, pack: &Pack) -> Vec<PackFault> {
        let known = |code: &_| pack.categories.iter().any(|held| held.code == *code) || self.category(code).is_some();
        let strange = pack.named_categories().filter(|(_, _, _, code)| !known(code));
        let fault = |(kind, id, line, code): (&str, &str, usize, &super::case::CategoryCode)| PackFault {
            line,
            place: format!("{kind} {id}"),
            kind: PackFaultKind::NoSuchCategory(code.to_string()),
        };
        strange.map(fault).collect()
    }
}

/// Of each key the highest version, in the order in which keys come.
fn newest<'a>(packs: impl Iterator<Item = &'a Arc<Pack>>) -> Vec<Arc<Pack>> {
    let mut found: Vec<Arc<Pack>> = Vec::new();
    for pack in packs {
        match found.iter_mut().find(|held| held.key == pack.key) {
            Some(held) if held.version < pack.version => *held = pack.clone(),
            Some(_) => {}
            None => found.push(pack.clone()),
        }
    }
    found
}
