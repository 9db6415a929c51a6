//! From replies about matters to what is printed.

use dutynet_proto::api;
use dutynet_relay::{ids::UnixMillis, record::Mode};

use super::json;
use crate::{
    cli::{
        args::matter::ModeName,
        convert::{mode_name, person, reference, said, state_name, time},
        convert_report::{answered_all, entered},
        due::json::{Due, Hop},
        json_status,
    },
    domain::status::StatusTable,
};

pub(super) fn mode_of(name: ModeName) -> Mode {
    match name {
        ModeName::Exercise => Mode::Exercise,
        ModeName::Test => Mode::Test,
    }
}

/// A step of a matter, and that matter.
pub(super) type Placed<'a> = (&'a api::MatterHead, &'a api::MatterStep);

/// Steps of a matter and of those that are related to it, in the order in which they were taken as far as clocks are known to differ.
pub(super) fn placed<'a>(from: &'a api::ShowMatterReply, head: &'a api::MatterHead) -> Vec<Placed<'a>> {
    let mut steps: Vec<Placed<'a>> = from.steps.iter().map(|step| (head, step)).collect();
    for related in &from.related {
        steps.extend(related.head.iter().flat_map(|head| related.steps.iter().map(move |step| (head, step))));
    }
    // A stable order: those of one matter stay in theirs.
    steps.sort_by_key(|(_, step)| taken_at(step));
    steps
}

/// When a step was taken, by the clock of this node.
pub(super) fn taken_at(step: &api::MatterStep) -> UnixMillis {
    UnixMillis(step.recorded_at_ms.saturating_sub(step.ahead_ms))
}

impl From<&api::TakeStepReply> for json::Taken {
    fn from(from: &api::TakeStepReply) -> Self {
        Self {
            record: reference(from.record.as_ref()),
            matter: reference(from.matter.as_ref()),
            number: from.number.clone(),
            folded: from.folded,
            state: state_name(from.state).unwrap_or("saved"),
            carried: Vec::new(),
        }
    }
}

impl From<&api::PaperReply> for json::Paper {
    fn from(from: &api::PaperReply) -> Self {
        let row = |row: &api::PaperRow| json::PaperRow {
            label: row.label.clone(),
            value: said(&row.value),
            lines: row.lines,
            article: row.article.clone(),
            sources: row.sources.iter().map(|source| reference(Some(source))).collect(),
        };
        Self {
            paper: from.paper.clone(),
            title: from.title.clone(),
            article: from.article.clone(),
            matter: head(&from.matter.clone().unwrap_or_default()),
            office_name: from.office_name.clone(),
            rows: from.rows.iter().map(row).collect(),
            as_of: time(from.as_of_ms),
        }
    }
}

impl From<&api::ListMattersReply> for json::List {
    fn from(from: &api::ListMattersReply) -> Self {
        Self { matters: from.matters.iter().map(head).collect() }
    }
}

fn head(from: &api::MatterHead) -> json::Head {
    json::Head {
        matter: reference(from.matter.as_ref()),
        number: from.number.clone(),
        kind: from.kind.clone(),
        title: said(&from.title),
        open: from.open,
        state: from.state.clone(),
        grade: said(&from.grade),
        mode: mode_name(from.mode),
        last_at: time(from.last_at_ms),
        wanted: said(&from.wanted),
        due: time(from.due_ms),
        opener_name: from.opener_name.clone(),
    }
}

impl From<&api::ShowMatterReply> for json::Shown {
    fn from(from: &api::ShowMatterReply) -> Self {
        let related = |related: &api::RelatedMatter| json::Related {
            matter: head(&related.head.clone().unwrap_or_default()),
            steps: related.steps.iter().map(step).collect(),
        };
        Self {
            matter: head(&from.head.clone().unwrap_or_default()),
            facts: from.facts.iter().filter_map(fact).collect(),
            steps: from.steps.iter().map(step).collect(),
            dues: from.dues.iter().map(Due::from).collect(),
            related: from.related.iter().map(related).collect(),
            as_of: time(from.as_of_ms),
        }
    }
}

impl From<&api::ShowMatterReply> for json::Timeline {
    fn from(from: &api::ShowMatterReply) -> Self {
        let own = from.head.clone().unwrap_or_default();
        let steps = placed(from, &own).into_iter();
        let steps = steps.map(|(of, taken)| json::Placed { number: of.number.clone(), step: step(taken) });
        Self { steps: steps.collect(), matter: head(&own), as_of: time(from.as_of_ms) }
    }
}

/// `None`: of a kind that this program does not know.
fn fact(from: &api::MatterFact) -> Option<json::Fact> {
    use api::matter_fact::Value as From;
    use json::FactValue as To;
    let value = match from.value.clone()? {
        From::Text(text) => To::Text(text),
        From::Number(number) => To::Number(number),
        From::TimeMs(at) => To::Time { time: time(at) },
        From::Code(code) => To::Code { code },
        From::Office(office) => To::Office { office },
        From::Person(named) => To::Person { office: named.office, person: person(named.person.as_ref()) },
    };
    let sources = from.sources.iter().map(|source| reference(Some(source))).collect();
    Some(json::Fact { key: from.key.clone(), value, sources })
}

fn step(from: &api::MatterStep) -> json::Step {
    let record = reference(from.record.as_ref());
    let link = |link: &api::NamedRecord| json::Link { role: link.role.clone(), record: link.record.clone() };
    json::Step {
        form: from.form.clone(),
        office: from.office.clone(),
        by: person(from.by.as_ref()),
        entered: from.entered.as_ref().map(|how| entered(&record.origin, how)),
        record,
        answers: answered_all(&from.answers),
        links: from.links.iter().map(link).collect(),
        to: from.to.clone(),
        recorded_at: time(from.recorded_at_ms),
        received_at: time(from.here_at_ms),
        ahead_ms: from.ahead_ms,
        corrects: from.corrects.as_ref().map(|corrected| reference(Some(corrected))),
        hollow: from.hollow,
        mode: mode_name(from.mode),
        state: state_name(from.state),
    }
}

impl From<&api::SuggestFindingsReply> for json::Suggestions {
    fn from(from: &api::SuggestFindingsReply) -> Self {
        let suggestion = |row: &api::FindingSuggestion| json::Suggestion {
            kind: row.kind.clone(),
            due: Due::from(&row.due.clone().unwrap_or_default()),
            lines: row.hops.iter().map(Hop::from).collect(),
        };
        Self { as_of: time(from.as_of_ms), suggestions: from.suggestions.iter().map(suggestion).collect() }
    }
}

impl From<&api::DraftCircularReply> for json::Circular {
    fn from(from: &api::DraftCircularReply) -> Self {
        let counted = |matter: &api::CountedMatter| json::Counted {
            matter: reference(matter.matter.as_ref()),
            number: matter.number.clone(),
        };
        let figure = |figure: &api::CircularFigure| json::Figure {
            office: figure.office.clone(),
            name: figure.name.clone(),
            kind: figure.kind.clone(),
            matters: figure.matters.iter().map(counted).collect(),
        };
        let figures = from.figures.iter().map(figure).collect();
        Self { title: from.title.clone(), words: from.words.clone(), figures }
    }
}

impl From<&api::SuggestConsultationsReply> for json::Occasions {
    fn from(from: &api::SuggestConsultationsReply) -> Self {
        let occasion = |row: &api::ConsultationOccasion| json::Occasion {
            trigger: row.trigger.clone(),
            reason: row.reason.clone(),
            name: said(&row.name),
            from: time(row.from_ms),
            record: row.record.as_ref().map(|record| reference(Some(record))),
        };
        Self { occasions: from.occasions.iter().map(occasion).collect() }
    }
}

impl From<&api::AnalyseReply> for json::Analysis {
    fn from(from: &api::AnalyseReply) -> Self {
        let fault =
            |row: &api::DutyAtFault| json::AtFault { office: row.office.clone(), name: row.name.clone(), due: row.due.clone() };
        let figures = |row: &api::DutyFigures| json::DutyFigures {
            duty: row.duty.clone(),
            counts: row.counts.clone(),
            at_fault: row.at_fault.iter().map(fault).collect(),
        };
        Self {
            month: from.month.clone(),
            offices: from.offices,
            duties: from.duties.iter().map(figures).collect(),
            incidents: from.incidents.iter().map(head).collect(),
            findings: from.findings.iter().map(head).collect(),
            words: from.words.clone(),
            records: from.records.iter().map(|record| reference(Some(record))).collect(),
            as_of: time(from.as_of_ms),
        }
    }
}

impl json::KeptTables {
    pub(super) fn of(from: &api::ShowStatusReply, table: Option<&StatusTable>) -> Self {
        let kept = |row: &api::KeptStatusTable| json::KeptTable {
            record: reference(row.record.as_ref()),
            asked_at: time(row.asked_at_ms),
            closed_at: time(row.closed_at_ms),
            offices: row.offices,
            answered: row.answered,
            by: person(row.by.as_ref()),
        };
        let there = match api::StatusTableThere::try_from(from.there) {
            Ok(api::StatusTableThere::Whole) => Some("whole"),
            Ok(api::StatusTableThere::Parts) => Some("parts"),
            Ok(api::StatusTableThere::Removed) => Some("removed"),
            Ok(api::StatusTableThere::Unreadable) => Some("unreadable"),
            Ok(api::StatusTableThere::Unspecified) | Err(_) => None,
        };
        Self {
            matter: reference(from.matter.as_ref()),
            number: from.number.clone(),
            kept: from.kept.iter().map(kept).collect(),
            shown: from.shown.as_ref().map(|shown| reference(Some(shown))),
            there,
            table: table.map(json_status::StatusTable::from),
        }
    }
}

impl From<&api::OrderOutcomeReply> for json::Ordered {
    fn from(from: &api::OrderOutcomeReply) -> Self {
        let taken = |reply: &Option<api::TakeStepReply>| json::Taken::from(&reply.clone().unwrap_or_default());
        Self { directive: taken(&from.directive), ordered: taken(&from.ordered) }
    }
}
