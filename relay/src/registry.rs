//! The registry (名录): who is who in the tree, from a pinned root key down.
//!
//! An immutable picture that the writer replaces when an entry is accepted. It answers who is above and below whom, which key an office
//! seals with, and whether a new entry may be believed. Old keys stay for old seals.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    ids::{Digest, KeyId, OfficeId, UnixMillis, Zone},
    record::PublicKey,
};

/// What an office is to the tree. For people; nothing is decided by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfficeClass {
    /// 省
    Province,
    /// 市
    City,
    /// 县 区
    County,
    /// 镇 乡 街道
    Township,
    /// 部门
    Department,
    /// Anything else.
    Other,
}

/// One office in the tree. Meaning of the fields: `registry.proto`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its id.
    pub office: OfficeId,
    /// Its name.
    pub name: String,
    /// Empty: no area.
    pub area_code: String,
    /// For people.
    pub class: OfficeClass,
    /// Network zone.
    pub zone: Zone,
    /// `None`: the root.
    pub parent: Option<OfficeId>,
    /// `None`: it has no node (无终端).
    pub key: Option<PublicKey>,
    /// Key that this entry takes the place of.
    pub replaces: Option<KeyId>,
    /// From when.
    pub valid_from: UnixMillis,
    /// Root only.
    pub successor_hash: Option<Digest>,
}

/// Why an entry is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EntryFault {
    /// Only the parent registers a child.
    #[error("made by another office than the parent that it names")]
    NotByParent,
    /// The parent itself is not known.
    #[error("its parent is not known")]
    UnknownParent,
    /// A root entry whose key is not the pinned one.
    #[error("not the pinned root")]
    NotTheRoot,
    /// A second entry that does not say what it replaces.
    #[error("the office is registered with another key or place")]
    Exists,
    /// Another zone.
    #[error("another zone")]
    Zone,
    /// The tree would have a circle, or be deeper than 32 tiers.
    #[error("the tree would be too deep")]
    TooDeep,
}

/// Deepest tree.
pub const DEPTH_MAX: usize = 32;

/// The picture. Cheap to share, replaced whole.
#[derive(Debug, Clone)]
pub struct Registry {
    own: OfficeId,
    root_pin: Digest,
    entries: BTreeMap<OfficeId, Entry>,
    children: BTreeMap<OfficeId, BTreeSet<OfficeId>>,
    old_keys: BTreeMap<(OfficeId, KeyId), PublicKey>,
}

impl Registry {
    /// Knows nobody yet but who it is for and which root key counts ([`PublicKey::pin`]).
    pub fn new(own: OfficeId, root_pin: Digest) -> Self {
        let (entries, children, old_keys) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        Self { own, root_pin, entries, children, old_keys }
    }

    /// The office whose picture this is.
    pub fn own(&self) -> &OfficeId {
        &self.own
    }

    /// Entry of an office.
    pub fn entry(&self, office: &OfficeId) -> Option<&Entry> {
        self.entries.get(office)
    }

    /// Every entry, by id.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.values()
    }

    /// Direct children, by id.
    pub fn children<'a>(&'a self, office: &OfficeId) -> impl Iterator<Item = &'a Entry> {
        self.children.get(office).into_iter().flatten().filter_map(|id| self.entries.get(id))
    }

    /// Parent of an office.
    pub fn parent(&self, office: &OfficeId) -> Option<&OfficeId> {
        self.entries.get(office)?.parent.as_ref()
    }

    /// Parent of this office.
    pub fn own_parent(&self) -> Option<&OfficeId> {
        self.parent(&self.own)
    }

    /// The office and everything above it, nearest first.
    pub fn path_up<'a>(&'a self, office: &'a OfficeId) -> impl Iterator<Item = &'a OfficeId> {
        std::iter::successors(Some(office), |at| self.parent(at)).take(DEPTH_MAX + 1)
    }

    /// Whether `office` is `top` or below it.
    pub fn is_within(&self, office: &OfficeId, top: &OfficeId) -> bool {
        self.path_up(office).any(|at| at == top)
    }

    /// Whether `above` is a proper ancestor of `office`.
    pub fn is_ancestor(&self, above: &OfficeId, office: &OfficeId) -> bool {
        above != office && self.is_within(office, above)
    }

    /// The direct child of this office whose subtree holds `office`.
    pub fn child_towards(&self, office: &OfficeId) -> Option<&OfficeId> {
        let mut below = office;
        for above in self.path_up(office).skip(1) {
            if *above == self.own {
                return self.entries.get(below).map(|e| &e.office);
            }
            below = above;
        }
        None
    }

    /// The office and everything below it, each directly followed by what is below it, with its depth under `top`.
    pub fn subtree(&self, top: &OfficeId) -> Vec<(usize, &Entry)> {
        let mut found = Vec::new();
        let mut stack: Vec<(usize, &OfficeId)> = vec![(0, top)];
        while let Some((depth, id)) = stack.pop() {
            let Some(entry) = self.entries.get(id) else { continue };
            found.push((depth, entry));
            let below = self.children.get(id).into_iter().flatten();
            stack.extend(below.rev().map(|child| (depth + 1, child)));
        }
        found
    }

    /// Key with which an office made seals under that key id, current or old.
    pub fn key(&self, office: &OfficeId, id: KeyId) -> Option<&PublicKey> {
        let current = self.entries.get(office).and_then(|e| e.key.as_ref()).filter(|k| k.id() == id);
        current.or_else(|| self.old_keys.get(&(office.clone(), id)))
    }

    /// Every key that an office has or had.
    pub fn keys<'a>(&'a self, office: &'a OfficeId) -> impl Iterator<Item = &'a PublicKey> {
        let current = self.entries.get(office).and_then(|entry| entry.key.as_ref());
        let old = self.old_keys.iter().filter(move |((of, _), _)| of == office).map(|(_, key)| key);
        current.into_iter().chain(old)
    }

    /// Whether a key was once this office's and has been replaced.
    pub fn is_old_key(&self, office: &OfficeId, id: KeyId) -> bool {
        self.old_keys.contains_key(&(office.clone(), id))
    }

    /// Whose current key this is.
    pub fn office_of_key(&self, id: KeyId) -> Option<&OfficeId> {
        self.entries.values().find(|e| e.key.as_ref().is_some_and(|k| k.id() == id)).map(|e| &e.office)
    }

    /// Whether an entry made by `maker` may be believed. Its seal was verified already.
    pub fn judge(&self, entry: &Entry, maker: &OfficeId) -> Result<(), EntryFault> {
        let Some(parent) = &entry.parent else { return self.judge_root(entry, maker) };
        if parent != maker {
            return Err(EntryFault::NotByParent);
        }
        let above = self.entries.get(parent).ok_or(EntryFault::UnknownParent)?;
        if above.zone != entry.zone {
            return Err(EntryFault::Zone);
        }
        if self.path_up(parent).count() >= DEPTH_MAX || self.is_within(parent, &entry.office) {
            return Err(EntryFault::TooDeep);
        }
        let Some(held) = self.entries.get(&entry.office) else { return Ok(()) };
        let replaced = held.key.as_ref().map(PublicKey::id);
        let known = held == entry || (held.parent == entry.parent && replaced == entry.replaces);
        if known { Ok(()) } else { Err(EntryFault::Exists) }
    }

    fn judge_root(&self, entry: &Entry, maker: &OfficeId) -> Result<(), EntryFault> {
        let pinned = entry.key.as_ref().is_some_and(|key| key.pin() == self.root_pin);
        if pinned && entry.office == *maker { Ok(()) } else { Err(EntryFault::NotTheRoot) }
    }

    /// The picture with one more entry, which [`Registry::judge`] has found good.
    #[must_use]
    pub fn with(&self, entry: Entry) -> Self {
        let mut next = self.clone();
        if let Some(old) = next.entries.get(&entry.office).and_then(|e| e.key.clone())
            && entry.key.as_ref() != Some(&old)
        {
            next.old_keys.insert((entry.office.clone(), old.id()), old);
        }
        if let Some(parent) = &entry.parent {
            next.children.entry(parent.clone()).or_default().insert(entry.office.clone());
        }
        next.entries.insert(entry.office.clone(), entry);
        next
    }
}
