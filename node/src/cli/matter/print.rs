//! Matters as people read them: lists; what is known with the steps that say so; what is owed; and everything that was done, in its order.

use std::collections::BTreeMap;

use dutynet_proto::{api, duty, record};
use dutynet_relay::{ids::UnixMillis, record::Mode};

use super::convert::{Placed, placed, taken_at};
use crate::{
    cli::{
        client::{Node, heard},
        convert::{mode, moment, progress},
        convert_report, due, shown as report,
        table::Table,
        told::Told,
    },
    domain::{
        form::{Field, FieldKind},
        number::{Number, parse_reference},
        step::{MatterKind, StepForm, StepForms},
    },
    text::{matter as text, notice, report as entered, words},
};

/// The fact of a follow-up report; only these are counted aloud.
const FOLLOW_UP: &str = "report.followup";

/// Names of the offices that this node knows.
pub(super) struct Names(BTreeMap<String, String>);

impl Names {
    pub(super) async fn of(node: &Node) -> Result<Self, Told> {
        let reply = heard(node.offices().list(api::ListOfficesRequest {}).await)?;
        Ok(Self(reply.offices.into_iter().map(|row| (row.office, row.name)).collect()))
    }

    #[cfg(test)]
    pub(super) fn given(names: &[(&str, &str)]) -> Self {
        Self(names.iter().map(|(office, name)| ((*office).to_owned(), (*name).to_owned())).collect())
    }

    pub(super) fn name(&self, office: &str) -> String {
        self.0.get(office).filter(|name| !name.is_empty()).cloned().unwrap_or_else(|| office.to_owned())
    }
}

pub(super) fn list(reply: &api::ListMattersReply, now: UnixMillis) -> String {
    if reply.matters.is_empty() {
        return text::NOTHING.to_owned();
    }
    let mut table = Table::new(&text::LIST);
    for head in &reply.matters {
        let kind = MatterKind::from_key(&head.kind);
        table.row([
            head.number.clone(),
            text::wanted(&head.wanted).to_owned(),
            notice::time(moment(head.due_ms), now),
            word(kind, &head.state),
            if head.grade.is_empty() { words::DASH.to_owned() } else { word(kind, &head.grade) },
            mark(head) + title(head),
            head.opener_name.clone(),
            notice::time(moment(head.last_at_ms), now),
        ]);
    }
    table.render()
}

pub(super) fn shown(reply: &api::ShowMatterReply, names: &Names) -> String {
    let (head, now) = (reply.head.clone().unwrap_or_default(), UnixMillis(reply.as_of_ms));
    let steps = placed(reply, &head);
    let mut lines = heading(&head, now);
    lines.push(text::FACTS.to_owned());
    lines.extend(Facts { reply, steps: &steps, names, kind: MatterKind::from_key(&head.kind) }.lines());
    if !reply.dues.is_empty() {
        lines.push(text::DUES.to_owned());
        lines.push(owed(&reply.dues, now));
    }
    if !reply.related.is_empty() {
        lines.push(text::RELATED.to_owned());
        lines.extend(reply.related.iter().filter_map(|related| related.head.as_ref()).map(related));
    }
    lines.push(text::TIMELINE.to_owned());
    lines.extend(Course { reply, head: &head, steps: &steps, names }.lines());
    lines.join("\n")
}

pub(super) fn timeline(reply: &api::ShowMatterReply, names: &Names) -> String {
    let head = reply.head.clone().unwrap_or_default();
    let steps = placed(reply, &head);
    let mut lines = heading(&head, UnixMillis(reply.as_of_ms));
    lines.extend(Course { reply, head: &head, steps: &steps, names }.lines());
    lines.join("\n")
}

fn heading(head: &api::MatterHead, now: UnixMillis) -> Vec<String> {
    let kind = MatterKind::from_key(&head.kind);
    let grade = if head.grade.is_empty() { String::new() } else { word(kind, &head.grade) };
    let due = moment(head.due_ms).map(|at| notice::time(Some(at), now));
    let mut lines = vec![
        text::title(&mark(head), kind_word(head), &head.number, title(head)),
        text::stands(&word(kind, &head.state), &grade),
    ];
    if !head.wanted.is_empty() || due.is_some() {
        lines.push(text::next(text::wanted(&head.wanted), due.as_deref()));
    }
    lines
}

fn owed(dues: &[api::DueRow], now: UnixMillis) -> String {
    let mut table = Table::new(&text::OWED);
    for row in dues {
        let (due, debtor) = (notice::time(moment(row.due_ms), now), row.debtor_name.clone());
        let (stands, duty, creditor) = (due::stands(row), due::duty_word(&row.duty), due::creditor(row));
        table.row([due, stands, duty, debtor, creditor, row.article.clone(), row.key.clone()]);
    }
    table.render()
}

fn related(head: &api::MatterHead) -> String {
    let kind = MatterKind::from_key(&head.kind);
    text::related(kind_word(head), &head.number, title(head), &word(kind, &head.state))
}

/// Its title, or that it has none any more.
fn title(head: &api::MatterHead) -> &str {
    if head.title.is_empty() { words::REMOVED } else { &head.title }
}

/// What is not real says so before anything else.
pub(super) fn mark(head: &api::MatterHead) -> String {
    match mode(head.mode) {
        Mode::Real => String::new(),
        unreal @ (Mode::Exercise | Mode::Test) => text::mark(words::mode(unreal)),
    }
}

fn kind_word(head: &api::MatterHead) -> &str {
    MatterKind::from_key(&head.kind).map_or(&head.kind, |kind| text::kind(kind))
}

fn word(kind: Option<MatterKind>, code: &str) -> String {
    kind.and_then(|kind| text::word(kind, code)).map_or_else(|| code.to_owned(), str::to_owned)
}

/// Where a step stands in the timeline, from 1.
fn place_of(steps: &[Placed<'_>], record: &record::RecordRef) -> Option<usize> {
    steps.iter().position(|(_, step)| step.record.as_ref() == Some(record)).map(|at| at + 1)
}

/// A value, and where the steps stand that say it.
type Sourced = (String, Vec<usize>);

/// What is known of a matter.
struct Facts<'a> {
    reply: &'a api::ShowMatterReply,
    steps: &'a [Placed<'a>],
    names: &'a Names,
    kind: Option<MatterKind>,
}

impl Facts<'_> {
    /// One line for each name, in the order in which they came.
    fn lines(&self) -> Vec<String> {
        let mut by_key: Vec<(&str, Vec<Sourced>)> = Vec::new();
        for fact in &self.reply.facts {
            let Some(value) = self.value(fact) else { continue };
            let places: Vec<_> = fact.sources.iter().filter_map(|source| place_of(self.steps, source)).collect();
            match by_key.iter_mut().find(|(key, _)| *key == fact.key) {
                Some((_, values)) => values.push((value, places)),
                None => by_key.push((&fact.key, vec![(value, places)])),
            }
        }
        let label = |key: &str| self.kind.and_then(|kind| text::label(kind, key)).unwrap_or(key).to_owned();
        by_key.iter().map(|(key, values)| text::fact(&label(key), &together(values))).collect()
    }

    fn value(&self, fact: &api::MatterFact) -> Option<String> {
        use api::matter_fact::Value;
        let now = UnixMillis(self.reply.as_of_ms);
        Some(match fact.value.as_ref()? {
            Value::Text(said) => parse_reference(said).map_or_else(|| said.clone(), |other| Number::of(&other).to_string()),
            Value::Number(number) => number.to_string(),
            Value::TimeMs(at) => notice::time(moment(*at), now),
            Value::Code(code) => word(self.kind, code),
            Value::Office(office) => self.names.name(office),
            Value::Person(of) => {
                let name = of.person.as_ref().map_or(words::DASH, |person| person.name.as_str());
                text::person(&self.names.name(&of.office), name)
            }
        })
    }
}

/// Values of one fact; where all are said by the same steps, these stand once.
fn together(values: &[Sourced]) -> String {
    let places = values.first().map(|(_, places)| places.as_slice()).unwrap_or_default();
    if values.iter().all(|(_, others)| others == places) {
        let values: Vec<_> = values.iter().map(|(value, _)| value.clone()).collect();
        return text::sourced(&text::values(&values), places);
    }
    text::values(&values.iter().map(|(value, places)| text::sourced(value, places)).collect::<Vec<_>>())
}

/// Everything that was done about a matter.
struct Course<'a> {
    reply: &'a api::ShowMatterReply,
    head: &'a api::MatterHead,
    steps: &'a [Placed<'a>],
    names: &'a Names,
}

impl Course<'_> {
    fn lines(&self) -> Vec<String> {
        self.steps.iter().enumerate().flat_map(|(at, (of, step))| self.one(at + 1, (of, step))).collect()
    }

    fn one(&self, place: usize, (of, step): Placed<'_>) -> Vec<String> {
        let now = UnixMillis(self.reply.as_of_ms);
        let form = StepForms::built_in().get(&step.form);
        let at = notice::time(Some(taken_at(step)), now);
        let mut lines = vec![text::step(place, &at, &self.names.name(&step.office), &(mark(of) + &self.title((of, step), form)))];
        lines.extend(step.entered.as_ref().map(|how| self.entered(step, how)));
        lines.push(self.by(step, form, now));
        if !step.to.is_empty() {
            let to: Vec<_> = step.to.iter().map(|office| self.names.name(office)).collect();
            lines.push(text::answer(text::TO, &text::values(&to)));
        }
        lines.extend(step.corrects.as_ref().map(|old| text::answer(text::CORRECTS, &self.record(old))));
        lines.extend(step.links.iter().map(|link| text::answer(&role(form, &link.role), &self.named(&link.record))));
        lines.extend(step.answers.iter().map(|answer| answered(form, answer)));
        lines
    }

    fn title(&self, (of, step): Placed<'_>, form: Option<&StepForm>) -> String {
        let plain = form.map_or(step.form.as_str(), |form| form.title.as_str());
        let title = self.report_title(step).unwrap_or_else(|| plain.to_owned());
        let title = if step.hollow { title + text::HOLLOW } else { title };
        if of.number == self.head.number {
            return title;
        }
        text::of_another(kind_word(of), &of.number, &title)
    }

    /// 首报, 续报 n, 终报: what its number among the reports of its office makes of it.
    fn report_title(&self, step: &api::MatterStep) -> Option<String> {
        let says_so = |fact: &&api::MatterFact| fact.key.starts_with("report.") && fact.sources.first() == step.record.as_ref();
        let fact = self.reply.facts.iter().find(says_so)?;
        let api::matter_fact::Value::Number(number) = fact.value.as_ref()? else { return None };
        let label = text::label(MatterKind::Incident, &fact.key)?;
        Some(if fact.key == FOLLOW_UP { text::report(label, *number) } else { label.to_owned() })
    }

    fn entered(&self, step: &api::MatterStep, how: &duty::Entered) -> String {
        let by = step.record.as_ref().map(|record| self.names.name(&record.origin)).unwrap_or_default();
        let channel = words::channel(convert_report::channel(how.channel));
        format!("  {}", entered::entered(&by, channel, &how.told_by, &how.phone))
    }

    fn by(&self, step: &api::MatterStep, form: Option<&StepForm>, now: UnixMillis) -> String {
        let name = step.by.as_ref().map_or(text::BY_ITSELF, |by| by.name.as_str());
        let stays = step.entered.is_none() && form.is_some_and(|form| form.goes.is_empty());
        let got = match progress(step.state) {
            Some(_) if stays => text::KEPT_HERE.to_owned(),
            Some(progress) => words::progress(progress).to_owned(),
            None => text::came(&notice::time(moment(step.here_at_ms), now)),
        };
        text::by(name, &convert_report::record_text(step.record.as_ref()), &got)
    }

    /// A record as the timeline names it, or its reference.
    fn record(&self, record: &record::RecordRef) -> String {
        let reference = convert_report::record_text(Some(record));
        place_of(self.steps, record).map_or(reference, |place| text::sourced("", &[place]).trim_start().to_owned())
    }

    fn named(&self, reference: &str) -> String {
        let known = parse_reference(reference);
        let wire = known.as_ref().map(|r| record::RecordRef { origin: r.origin.to_string(), id: r.id.0.to_vec().into() });
        match wire {
            Some(record) if place_of(self.steps, &record).is_some() => self.record(&record),
            Some(_) | None => known.map_or_else(|| reference.to_owned(), |other| Number::of(&other).to_string()),
        }
    }
}

fn role(form: Option<&StepForm>, role: &str) -> String {
    let known = form.and_then(|form| form.links.iter().find(|known| known.role == role));
    known.map_or_else(|| role.to_owned(), |known| known.label.clone())
}

fn answered(form: Option<&StepForm>, answer: &duty::Answer) -> String {
    let field = form.and_then(|form| form.field(&answer.field));
    text::answer(field.map_or(&answer.field, |field| &field.label), &value(field, answer))
}

/// A value with its unit, where it is a figure.
pub(super) fn value(field: Option<&Field>, answer: &duty::Answer) -> String {
    let value = report::value_of(field, answer);
    match (field.map(|field| &field.kind), &answer.value) {
        (Some(FieldKind::Number(range)), Some(duty::answer::Value::Number(_))) => text::with_unit(&value, &range.unit),
        (Some(_) | None, _) => value,
    }
}
