//! The rows of a pack: which keys each kind has, and how lengths of time are written.

use toml::de::DeValue;

use super::{
    answers::{ApprovalRule, Brings, Category, ElementRule, Goes, LeaderRole, SpecialRule, Stage, Threshold},
    case::{CategoryCode, Channel, Flag, Grade, Tier},
    duty::{Basis, Duty, Receiver},
    fault::Allowed,
    limit::Limited,
    pack::{LimitRule, NOWHERE, Row, Scope},
    reader::{Entry, id, number},
};
use crate::domain::beijing::{Day, TimeOfDay};

const MINUTE_MS: i64 = 60_000;

/// What every row says beside its rule.
pub(super) fn row<'t, T>(entry: &mut Entry<'_, 't, '_>, rule: impl Fn(&mut Entry<'_, 't, '_>) -> Option<T>) -> Option<Row<T>> {
    let line = entry.line();
    let row_id = entry.required("id", Allowed::Id, id);
    let scope = scope(entry);
    let article = entry.text("article");
    let title = entry.maybe_text("title");
    let source = entry.maybe_text("source");
    let rule = rule(entry);
    Some(Row { id: row_id?, line, scope, article: article?, title, source, rule: rule? })
}

fn scope(entry: &mut Entry<'_, '_, '_>) -> Scope {
    Scope {
        areas: entry.list("areas", Allowed::Area, area),
        by_reference: entry.optional("by_reference", Allowed::YesNo, DeValue::as_bool).unwrap_or(false),
        tiers: entry.some_of("tiers", &Tier::ALL, Tier::key),
        categories: entry.list("categories", Allowed::Category, code),
        not_categories: entry.list("not_categories", Allowed::Category, code),
        grades: entry.some_of("grades", &Grade::ALL, Grade::key),
        lifted: entry.optional("lifted", Allowed::YesNo, DeValue::as_bool).unwrap_or(false),
        flags: entry.some_of("flags", &Flag::ALL, Flag::key),
        channel: entry.maybe_one_of("channel", &Channel::ALL, Channel::key),
        from: entry.optional("from", Allowed::Day, day),
        until: entry.optional("until", Allowed::Day, day),
    }
}

pub(super) fn limit(entry: &mut Entry<'_, '_, '_>) -> Option<LimitRule> {
    let duty = entry.one_of("duty", &Duty::ALL, Duty::key);
    let to = entry.one_of("to", &Receiver::ALL, Receiver::key);
    let slot = entry.optional("slot", Allowed::Id, id).unwrap_or_default();
    let basis = entry.one_of("basis", &Basis::ALL, Basis::key);
    let limit = entry.required("limit", Allowed::Limit, limited);
    let says = entry.text("says");
    Some(LimitRule { duty: duty?, to: to?, slot, basis: basis?, limit: limit?, says: says? })
}

pub(super) fn threshold(entry: &mut Entry<'_, '_, '_>) -> Option<Threshold> {
    let grade = entry.one_of("grade", &Grade::ALL, Grade::key);
    let mut least = |key| entry.optional(key, Allowed::Number, number);
    let (dead, badly_hurt) = (least("dead"), least("badly_hurt"));
    let (missing, loss_yuan) = (least("missing"), least("loss_yuan"));
    Some(Threshold { grade: grade?, dead, badly_hurt, missing, loss_yuan })
}

pub(super) fn element(entry: &mut Entry<'_, '_, '_>) -> Option<ElementRule> {
    let key = entry.required("key", Allowed::Id, id);
    let label = entry.text("label");
    let stage = entry.one_of("stage", &Stage::ALL, Stage::key);
    Some(ElementRule { key: key?, label: label?, stage: stage? })
}

pub(super) fn approval(entry: &mut Entry<'_, '_, '_>) -> Option<ApprovalRule> {
    let by = entry.one_of("role", &LeaderRole::ALL, LeaderRole::key);
    let within_ms = entry.required("within", Allowed::Duration, duration);
    let next_after_ms = entry.required("next_after", Allowed::Duration, duration);
    let at_end = entry.one_of("at_end", &Goes::ALL, Goes::key);
    Some(ApprovalRule { by: by?, within_ms: within_ms?, next_after_ms: next_after_ms?, at_end: at_end? })
}

pub(super) fn special(entry: &mut Entry<'_, '_, '_>) -> Option<SpecialRule> {
    let brings = entry.one_of("brings", &Brings::ALL, Brings::key);
    let number = entry.optional("number", Allowed::Number, |value| u32::try_from(number(value)?).ok()).unwrap_or(0);
    let says = entry.text("says");
    let on_holidays = entry.optional("on_holidays", Allowed::YesNo, DeValue::as_bool).unwrap_or(false);
    Some(SpecialRule { brings: brings?, number, says: says?, on_holidays })
}

pub(super) fn category(entry: &mut Entry<'_, '_, '_>) -> Option<Category> {
    let line = entry.line();
    let category = entry.required("code", Allowed::Category, code);
    let label = entry.text("label");
    let official = entry.maybe_text("official");
    Some(Category { code: category?, label: label?, official, line })
}

/// Digits with which area codes begin, or that there is no such area.
pub(super) fn area(value: &DeValue<'_>) -> Option<String> {
    let text = value.as_str()?;
    let digits = (2..=9).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    (digits || text == NOWHERE).then(|| text.to_owned())
}

fn code(value: &DeValue<'_>) -> Option<CategoryCode> {
    CategoryCode::parse(value.as_str()?).ok()
}

fn day(value: &DeValue<'_>) -> Option<Day> {
    Day::parse(value.as_str()?).ok()
}

fn limited(value: &DeValue<'_>) -> Option<Limited> {
    let text = value.as_str()?;
    if text == "at-once" {
        return Some(Limited::AtOnce);
    }
    if let Some(time) = text.strip_prefix("by ") {
        return TimeOfDay::parse(time).ok().map(Limited::By);
    }
    if let Some(days) = text.strip_suffix(" days before") {
        return days.parse().ok().filter(|days| *days > 0).map(Limited::DaysBefore);
    }
    duration(value).map(Limited::Within)
}

/// Milliseconds of `15min`, `2h`, `30d`.
fn duration(value: &DeValue<'_>) -> Option<i64> {
    let text = value.as_str()?;
    let units = [("min", MINUTE_MS), ("h", 60 * MINUTE_MS), ("d", 24 * 60 * MINUTE_MS)];
    let (count, unit) = units.into_iter().find_map(|(unit, ms)| Some((text.strip_suffix(unit)?, ms)))?;
    let count = count.parse::<u16>().ok().filter(|count| *count > 0)?;
    Some(i64::from(count) * unit)
}
