//! Which records are read as notices and their answers, and which are not, whoever carried them here.
//!
//! A directive is one only when its maker stands above whoever is to obey it. An answer is one only when its maker may give it.

use dutynet_relay::{
    ids::{OfficeId, RecordRef},
    index::Batch,
    record::Header,
    registry::Registry,
    writer::Stored,
};

use super::stored::{self, DeliveredAnswer, Notice, SignedAnswer};
use crate::{
    body::{
        moment_of,
        notice::{DELIVERED, DeliveredBody, NOTICE, NoticeBody, SIGNED, SignedBody},
    },
    domain::{
        notice::{Addressed, Urgency, may_sign},
        number::{Number, parse_reference},
    },
    projection::{matters, value::clocked},
};

/// Name of this module in `not interpreted` marks.
pub(in crate::projection) const NAME: &str = "notices";

/// Whether records of a kind are notices or answers to them.
pub(in crate::projection) fn reads(kind: &str) -> bool {
    [NOTICE, DELIVERED, SIGNED].contains(&kind)
}

/// Puts what is left of one whose content was removed: a notice that nobody has to sign for any more, and that somebody has signed.
pub(in crate::projection) fn stub(tree: &Registry, from: &Stored, batch: &mut Batch) -> Result<(), String> {
    let header = from.record.header();
    if header.kind == NOTICE {
        return notice_stub(tree, from, batch);
    }
    let directive = parse_reference(&header.subject).ok_or("the subject names no directive")?;
    let office = header.on_behalf_of.as_ref().unwrap_or(&header.origin);
    answers(tree, header, (office, &directive))?;
    if header.kind == DELIVERED {
        let key = stored::delivered_key(&directive, &header.origin);
        batch.put(key, stored::delivered_value(&said_to_have_it(tree, from)));
        return Ok(());
    }
    let by = header.person.clone().filter(|person| !person.name.is_empty()).ok_or("nobody signed")?;
    let answer = SignedAnswer {
        office: office.clone(),
        reference: from.record.reference(),
        place: from.place,
        signed_at: clocked(tree, from, header.recorded_at),
        received_at: from.received_at,
        by,
        has_words: false,
    };
    batch.put(stored::signed_key(&directive, office, &answer.reference), stored::signed_value(&answer));
    Ok(())
}

fn notice_stub(tree: &Registry, from: &Stored, batch: &mut Batch) -> Result<(), String> {
    let (header, own, reference) = (from.record.header(), tree.own(), from.record.reference());
    if header.origin != *own && !tree.is_ancestor(&header.origin, own) {
        return Err(format!("{} does not stand above {own} and may not direct it", header.origin));
    }
    let addressed = Addressed::of(&header.audience, &header.origin).ok_or("nobody below the sender is addressed")?;
    let notice = Notice {
        moment: moment_of(from),
        received_at: from.received_at,
        number: Number::parse(&header.subject).ok_or("the subject is no number")?,
        urgency: Urgency::of_lane(header.lane()),
        sign_by: None,
        mode: header.mode,
        to_us: addressed.holds(own, tree),
        reference: reference.clone(),
        removed: true,
    };
    batch.put(stored::notice_key(&reference), stored::notice_value(&notice));
    batch.put(stored::dirty_key(&reference), stored::mark());
    batch.put(stored::number_key(&notice.number, &reference), stored::mark());
    Ok(())
}

/// Puts one of them into the batch.
pub(in crate::projection) fn digest(tree: &Registry, from: &Stored, batch: &mut Batch) -> Result<(), String> {
    match from.record.header().kind.as_str() {
        NOTICE => notice(tree, from, batch),
        DELIVERED => delivered(tree, from, batch),
        _ => signed(tree, from, batch),
    }
}

fn notice(tree: &Registry, from: &Stored, batch: &mut Batch) -> Result<(), String> {
    let (header, own) = (from.record.header(), tree.own());
    if header.origin != *own && !tree.is_ancestor(&header.origin, own) {
        return Err(format!("{} does not stand above {own} and may not direct it", header.origin));
    }
    let body = NoticeBody::decode(&from.record.raw().body).map_err(|fault| fault.to_string())?;
    let addressed = Addressed::of(&header.audience, &header.origin).ok_or("nobody below the sender is addressed")?;
    if header.subject != body.number.as_str() || header.on_behalf_of.is_some() || header.lane() != body.urgency.lane() {
        return Err("header and body do not say the same".to_owned());
    }
    let reference = from.record.reference();
    let to_us = addressed.holds(own, tree);
    let notice = Notice {
        moment: moment_of(from),
        received_at: from.received_at,
        number: body.number,
        urgency: body.urgency,
        sign_by: body.sign_by,
        mode: header.mode,
        to_us,
        reference: reference.clone(),
        removed: false,
    };
    batch.put(stored::notice_key(&reference), stored::notice_value(&notice));
    batch.put(stored::dirty_key(&reference), stored::mark());
    batch.put(stored::number_key(&notice.number, &reference), stored::mark());
    if to_us {
        batch.put(stored::undelivered_key(&reference), stored::mark());
    }
    Ok(())
}

fn delivered(tree: &Registry, from: &Stored, batch: &mut Batch) -> Result<(), String> {
    let header = from.record.header();
    let body = DeliveredBody::decode(&from.record.raw().body).map_err(|fault| fault.to_string())?;
    answers(tree, header, (&header.origin, &body.directive))?;
    if header.on_behalf_of.is_some() || header.person.is_some() {
        return Err("only a node itself says that it was delivered to".to_owned());
    }
    let answer = said_to_have_it(tree, from);
    batch.put(stored::delivered_key(&body.directive, &header.origin), stored::delivered_value(&answer));
    // What another office has says nothing of this one, which may come to speak after those below it.
    if header.origin == *tree.own() {
        batch.delete(stored::undelivered_key(&body.directive));
        matters::delivered_here(&body.directive, batch);
    }
    match &body.matter {
        Some(matter) => matters::delivered(matter, batch),
        None => batch.put(stored::dirty_key(&body.directive), stored::mark()),
    }
    Ok(())
}

/// That an office has it, by what the header says.
fn said_to_have_it(tree: &Registry, from: &Stored) -> DeliveredAnswer {
    let header = from.record.header();
    DeliveredAnswer {
        office: header.origin.clone(),
        recorded_at: header.recorded_at,
        received_at: from.received_at,
        had_at: clocked(tree, from, header.learnt_at.map_or(header.recorded_at, |at| at.min(header.recorded_at))),
        reference: from.record.reference(),
    }
}

fn signed(tree: &Registry, from: &Stored, batch: &mut Batch) -> Result<(), String> {
    let header = from.record.header();
    let body = SignedBody::decode(&from.record.raw().body).map_err(|fault| fault.to_string())?;
    let office = header.on_behalf_of.as_ref().unwrap_or(&header.origin);
    answers(tree, header, (office, &body.directive))?;
    if body.told_by.is_some() != header.on_behalf_of.is_some() {
        return Err("who said so by telephone goes with an office that was spoken for".to_owned());
    }
    let by = header.person.clone().filter(|person| !person.name.is_empty()).ok_or("nobody signed")?;
    let answer = SignedAnswer {
        office: office.clone(),
        reference: from.record.reference(),
        place: from.place,
        signed_at: clocked(tree, from, header.recorded_at),
        received_at: from.received_at,
        by,
        has_words: body.told_by.is_some() || !body.remark.is_empty(),
    };
    let key = stored::signed_key(&body.directive, office, &answer.reference);
    batch.put(key, stored::signed_value(&answer));
    batch.put(stored::dirty_key(&body.directive), stored::mark());
    Ok(())
}

/// Whether the maker of an answer may give it for that office.
fn answers(tree: &Registry, header: &Header, (office, directive): (&OfficeId, &RecordRef)) -> Result<(), String> {
    if header.subject != directive.to_string() {
        return Err("header and body do not say the same".to_owned());
    }
    if !may_sign(tree, &header.origin, office, &directive.origin) {
        return Err(format!("{} may not answer {directive} for {office}", header.origin));
    }
    Ok(())
}
