//! Notices (通知): what one says, whom it addresses, who may sign for whom, and what it asks for.

mod owed;

use std::collections::BTreeSet;

use dutynet_relay::{
    ids::{Lane, OfficeId},
    record::Audience,
    registry::{Entry, Registry},
};

pub use self::owed::{Asked, Signer};
use super::{
    form::{FaultKind, Lines, words},
    then::Then,
};

/// Longest title, characters.
pub const TITLE_CHARS_MAX: usize = 100;
/// Longest text, characters: whatever they are, a record holds them.
pub const TEXT_CHARS_MAX: usize = 3000;
/// Longest remark of whoever signs, characters.
pub const REMARK_CHARS_MAX: usize = 200;
/// Longest telephone number, characters.
pub const PHONE_CHARS_MAX: usize = 32;
/// Longest name of a person, characters.
pub const NAME_CHARS_MAX: usize = 64;
/// Longest name of a group, characters.
pub const GROUP_CHARS_MAX: usize = 32;

/// Room for names of addressed offices in a record's header (4 KiB), beside everything else that stands there.
const AUDIENCE_BYTES_MAX: usize = 3400;
/// Most offices of one clause of an audience.
const CLAUSE_OFFICES_MAX: usize = 256;

/// Urgency of a paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Urgency {
    /// 特急
    Flash,
    /// 加急
    Urgent,
    /// 平件
    Routine,
}

impl Urgency {
    /// Lane in which such a notice travels.
    pub fn lane(self) -> Lane {
        match self {
            Self::Flash => Lane::Flash,
            Self::Urgent => Lane::Urgent,
            Self::Routine => Lane::Routine,
        }
    }

    /// By the lane in which a notice travelled.
    pub fn of_lane(lane: Lane) -> Self {
        match lane {
            Lane::Control | Lane::Flash => Self::Flash,
            Lane::Urgent => Self::Urgent,
            Lane::Routine => Self::Routine,
        }
    }

    /// Lane in which an answer to it travels: never in the way of anybody's flash.
    pub fn answer_lane(self) -> Lane {
        match self {
            Self::Flash | Self::Urgent => Lane::Urgent,
            Self::Routine => Lane::Routine,
        }
    }
}

/// What a person signs with (签收).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldBy {
    /// Who said so by telephone.
    pub name: String,
    /// Number.
    pub phone: String,
}

/// To whom a notice is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Addressed {
    /// Everything below this office, which itself is not addressed.
    Below(OfficeId),
    /// Exactly these.
    Offices(BTreeSet<OfficeId>),
}

/// Why a list of offices cannot be addressed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAddressable {
    /// Nobody is on it.
    #[error("nobody is addressed")]
    Nobody,
    /// Nobody in the tree has this id.
    #[error("{0} is not known")]
    Unknown(OfficeId),
    /// It is not below the sender.
    #[error("{0} is not below")]
    NotBelow(OfficeId),
    /// More than one record can name.
    #[error("more offices than one record can name")]
    TooMany,
}

impl Addressed {
    /// Checks whom the sender may address: what is below it, as many as one record can name.
    pub fn checked(self, tree: &Registry) -> Result<Self, NotAddressable> {
        let Self::Offices(offices) = &self else {
            let anybody = tree.children(tree.own()).next().is_some();
            return if anybody { Ok(self) } else { Err(NotAddressable::Nobody) };
        };
        for office in offices {
            if tree.entry(office).is_none() {
                return Err(NotAddressable::Unknown(office.clone()));
            }
            if !tree.is_ancestor(tree.own(), office) {
                return Err(NotAddressable::NotBelow(office.clone()));
            }
        }
        match offices.len() {
            0 => Err(NotAddressable::Nobody),
            _ if !fits_a_header(offices) => Err(NotAddressable::TooMany),
            _ => Ok(self),
        }
    }

    /// As a header says it.
    pub fn to_audience(&self) -> Vec<Audience> {
        match self {
            Self::Below(top) => vec![Audience::Subtree(top.clone())],
            Self::Offices(offices) => {
                let ids: Vec<_> = offices.iter().cloned().collect();
                ids.chunks(CLAUSE_OFFICES_MAX).map(|ids| Audience::Offices(ids.to_vec())).collect()
            }
        }
    }

    /// As it stands in the header of a notice from `sender`; `None`: no notice has such an audience.
    pub fn of(audience: &[Audience], sender: &OfficeId) -> Option<Self> {
        if let [Audience::Subtree(top)] = audience {
            return (top == sender).then(|| Self::Below(top.clone()));
        }
        let named = audience.iter().map(|clause| match clause {
            Audience::Offices(ids) => Some(ids.iter().cloned()),
            Audience::UpTo(_) | Audience::Subtree(_) => None,
        });
        let offices: BTreeSet<_> = named.collect::<Option<Vec<_>>>()?.into_iter().flatten().collect();
        (!offices.is_empty() && !offices.contains(sender)).then_some(Self::Offices(offices))
    }

    /// Whether an office is addressed, by this tree.
    pub fn holds(&self, office: &OfficeId, tree: &Registry) -> bool {
        match self {
            Self::Below(top) => tree.is_ancestor(top, office),
            Self::Offices(offices) => offices.contains(office),
        }
    }
}

/// Who stands on a notice's list, of this office and those below it, each with how far down: whoever was addressed when it was sent, and
/// whoever has it now although it came later, because it is addressed now and has said so.
pub fn listed<'a>(
    tree: &'a Registry,
    addressed: &Addressed,
    (then, answered): (&Then, &BTreeSet<OfficeId>),
) -> Vec<(usize, &'a Entry)> {
    let was_addressed = |office: &OfficeId| match addressed {
        Addressed::Below(top) => then.is_below(office, top),
        Addressed::Offices(offices) => offices.contains(office),
    };
    let stands = |office: &OfficeId| was_addressed(office) || (answered.contains(office) && addressed.holds(office, tree));
    tree.subtree(tree.own()).into_iter().filter(|(_, entry)| stands(&entry.office)).collect()
}

/// Whether a record's header can name so many offices.
pub fn fits_a_header<'a>(offices: impl IntoIterator<Item = &'a OfficeId>) -> bool {
    offices.into_iter().map(|office| office.as_str().len() + 2).sum::<usize>() <= AUDIENCE_BYTES_MAX
}

/// Whether `signer` may say that `office` has signed a directive of `sender`: the office itself, and who stands between the two for it.
pub fn may_sign(tree: &Registry, signer: &OfficeId, office: &OfficeId, sender: &OfficeId) -> bool {
    let itself_or_above = signer == office || tree.is_ancestor(signer, office);
    itself_or_above && tree.is_within(signer, sender) && office != sender
}

/// A text that must be said, on one line or many, as it is kept; or what is wrong with it.
pub fn said(text: &str, chars_max: usize, lines: Lines) -> Result<String, Vec<FaultKind>> {
    let kept = words(text, chars_max, lines)?;
    if kept.is_empty() { Err(vec![FaultKind::Missing]) } else { Ok(kept) }
}

#[cfg(test)]
mod tests {
    use dutynet_relay::{
        ids::{Digest, UnixMillis, Zone},
        registry::{Entry, OfficeClass},
    };

    use super::*;

    pub(crate) fn id(text: &str) -> OfficeId {
        OfficeId::parse(text).unwrap()
    }

    /// p → c1, c2; c1 → a, b
    fn tree(own: &str) -> Registry {
        let rows = [("p", ""), ("c1", "p"), ("c2", "p"), ("a", "c1"), ("b", "c1")];
        rows.iter().fold(Registry::new(id(own), Digest::ZERO), |tree, (office, parent)| {
            tree.with(Entry {
                office: id(office),
                name: (*office).into(),
                area_code: String::new(),
                class: OfficeClass::Other,
                zone: Zone::parse("z").unwrap(),
                parent: OfficeId::parse(parent).ok(),
                key: None,
                replaces: None,
                valid_from: UnixMillis(0),
                successor_hash: None,
            })
        })
    }

    fn offices(ids: &[&str]) -> Addressed {
        Addressed::Offices(ids.iter().map(|text| id(text)).collect())
    }

    #[test]
    fn only_those_below_are_addressed_and_as_many_as_a_header_can_name() {
        let tree = tree("c1");
        assert!(offices(&["a", "b"]).checked(&tree).is_ok());
        assert!(Addressed::Below(id("c1")).checked(&tree).is_ok());
        assert_eq!(offices(&[]).checked(&tree), Err(NotAddressable::Nobody));
        assert_eq!(offices(&["x"]).checked(&tree), Err(NotAddressable::Unknown(id("x"))));
        for above in ["p", "c2", "c1"] {
            assert_eq!(offices(&["a", above]).checked(&tree), Err(NotAddressable::NotBelow(id(above))));
        }
        assert_eq!(Addressed::Below(id("a")).checked(&self::tree("a")), Err(NotAddressable::Nobody));
    }

    #[test]
    fn the_longest_list_that_is_taken_fits_a_header_and_the_next_office_is_one_too_many() {
        let mut tree = tree("p");
        let template = tree.entry(&id("a")).unwrap().clone();
        let ids: Vec<_> = (0..400).map(|n| format!("4408{n:05}")).collect();
        for office in &ids {
            tree = tree.with(Entry { office: id(office), ..template.clone() });
        }
        let many = |count: usize| Addressed::Offices(ids[..count].iter().map(|text| id(text)).collect());
        let fits = AUDIENCE_BYTES_MAX / 11;
        let audience = many(fits).checked(&tree).unwrap().to_audience();
        assert_eq!(audience.len(), 2, "a clause names 256");
        assert_eq!(Addressed::of(&audience, &id("p")), Some(many(fits)));
        assert_eq!(many(fits + 1).checked(&tree), Err(NotAddressable::TooMany));
    }

    #[test]
    fn an_audience_of_another_shape_is_no_notices() {
        let sender = id("c1");
        assert_eq!(Addressed::of(&[Audience::Subtree(id("a"))], &sender), None);
        assert_eq!(Addressed::of(&[Audience::UpTo(id("p"))], &sender), None);
        assert_eq!(Addressed::of(&[], &sender), None);
        assert_eq!(Addressed::of(&[Audience::Offices(vec![id("c1")])], &sender), None);
        let below = Addressed::of(&[Audience::Subtree(id("c1"))], &sender).unwrap();
        assert!(below.holds(&id("a"), &tree("b")) && !below.holds(&id("c1"), &tree("b")) && !below.holds(&id("c2"), &tree("b")));
    }

    #[test]
    fn an_office_signs_for_itself_and_those_between_it_and_the_sender_for_it() {
        let tree = tree("p");
        let may = |signer, office, sender| may_sign(&tree, &id(signer), &id(office), &id(sender));
        assert!(may("a", "a", "p") && may("c1", "a", "p") && may("p", "a", "p") && may("c1", "a", "c1"));
        assert!(!may("p", "a", "c1"), "above the sender");
        assert!(!may("b", "a", "p") && !may("c2", "a", "p") && !may("a", "c1", "p"));
        assert!(!may("c1", "c1", "c1"), "nobody signs for what it sent");
    }
}
