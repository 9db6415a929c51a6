//! Rules in force with their articles, to be searched; what they say of a day and a case; and which office runs which version of which pack;
//! [`put`]: a stricter one.

mod put;

use askama::Template;
use axum::{
    Router,
    extract::{Query, State},
    routing::get,
};
use serde::Deserialize;

use super::super::{
    Console,
    desk::Desk,
    page::{Frame, Paged, Part, html, moment},
    trouble::Said,
};
use crate::{
    domain::{
        account::Right,
        beijing::Day,
        holiday::DayKind,
        rules::{Duty, Pack, Row, Rules, Scope},
    },
    text::{console_look as look, due, incident, refusal::Refusal, rules as words, words as common},
    usecase::{AnsweredRules, AskRules, OfficeRuns, Ruled},
};

/// Rows that are listed at once.
const ROWS_MAX: usize = 250;

pub(super) fn router() -> Router<Console> {
    Router::new().route("/rules", get(rules)).route("/rules/ask", get(ask)).route("/rules/put", get(put::open).post(put::put))
}

#[derive(Template)]
#[template(path = "rules.html")]
struct Page {
    frame: Frame,
    q: String,
    pack: String,
    packs: Vec<PackView>,
    rows: Vec<RowView>,
    all: usize,
    runs: Vec<RunsView>,
    may_put: bool,
}

/// A pack that is in force.
struct PackView {
    key: String,
    title: String,
    version: u32,
    source: String,
    rows: usize,
    here: bool,
}

/// One of its rows.
struct RowView {
    kind: &'static str,
    what: String,
    limit: String,
    says: String,
    /// When it applies.
    scope: String,
    article: String,
    id: String,
}

impl RowView {
    fn holds(&self, q: &str) -> bool {
        let all = [self.kind, &self.what, &self.limit, &self.says, &self.scope, &self.article, &self.id];
        all.iter().any(|text| text.to_lowercase().contains(q))
    }
}

struct RunsView {
    office: String,
    name: String,
    packs: String,
    since: String,
    /// It runs what this office runs.
    same: bool,
}

#[derive(Deserialize, Default)]
struct Asked {
    #[serde(default)]
    q: String,
    #[serde(default)]
    pack: String,
}

async fn rules(State(console): State<Console>, desk: Desk, Query(asked): Query<Asked>) -> Paged {
    let packs = console.office.packs()?;
    let in_force = packs.in_force();
    let held: Vec<&Pack> = in_force.stamp().0.iter().filter_map(|(key, version)| packs.get(key, *version)).collect();
    let q = asked.q.trim().to_lowercase();
    let wanted = held.iter().filter(|pack| if asked.pack.is_empty() { !q.is_empty() } else { pack.key == asked.pack });
    let mut found: Vec<RowView> =
        wanted.flat_map(|pack| rows(pack, in_force)).filter(|row| q.is_empty() || row.holds(&q)).collect();
    let all = found.len();
    found.truncate(ROWS_MAX);
    let pack = |pack: &&Pack| PackView {
        key: pack.key.clone(),
        title: pack.title.clone(),
        version: pack.version,
        source: pack.source.clone(),
        rows: pack.row_ids().count(),
        here: pack.key == asked.pack,
    };
    let runs = console.office.rules_in_force().await?;
    let ours = runs.first().and_then(|ours| ours.runs.as_ref()).map(|runs| runs.stamp.clone());
    let view = |runs: &OfficeRuns| RunsView {
        office: runs.office.to_string(),
        name: runs.name.clone(),
        packs: runs.runs.as_ref().map_or_else(
            || words::NOT_TOLD.to_owned(),
            |runs| look::listed(&runs.stamp.0.iter().map(|(key, version)| look::pack(key, *version)).collect::<Vec<_>>()),
        ),
        since: runs.runs.as_ref().filter(|runs| runs.since.0 > 0).map(|runs| moment(runs.since)).unwrap_or_default(),
        same: runs.runs.as_ref().map(|runs| &runs.stamp) == ours.as_ref(),
    };
    html(&Page {
        frame: console.frame(&desk, Part::Rules, look::RULES)?,
        packs: held.iter().map(pack).collect(),
        q: asked.q,
        pack: asked.pack,
        rows: found,
        all,
        runs: runs.iter().map(view).collect(),
        may_put: desk.account.may(Right::Direct),
    })
}

/// Every row of a pack.
fn rows(pack: &Pack, rules: &Rules) -> Vec<RowView> {
    let mut rows = Vec::new();
    rows.extend(pack.limits.iter().map(|row| {
        let rule = &row.rule;
        let limit = format!("{} {}", due::basis(rule.basis), words::limited(rule.limit));
        row_view(row, (look::ROW_LIMIT, due::duty(rule.duty).to_owned(), limit, rule.says.clone()), rules)
    }));
    rows.extend(
        pack.tells
            .iter()
            .map(|row| row_view(row, (look::ROW_TELL, words::role(row.rule).to_owned(), String::new(), String::new()), rules)),
    );
    rows.extend(pack.approvals.iter().map(|row| {
        let (limit, says) = (words::millis(row.rule.within_ms), words::goes(row.rule.at_end).to_owned());
        row_view(row, (look::ROW_APPROVAL, words::role(row.rule.by).to_owned(), limit, says), rules)
    }));
    rows.extend(
        pack.elements
            .iter()
            .map(|row| row_view(row, (look::ROW_ELEMENT, row.rule.label.clone(), String::new(), String::new()), rules)),
    );
    rows.extend(
        pack.specials
            .iter()
            .map(|row| row_view(row, (look::ROW_SPECIAL, row.rule.says.clone(), String::new(), String::new()), rules)),
    );
    rows.extend(pack.thresholds.iter().map(|row| {
        let grade = incident::word(row.rule.grade.key()).unwrap_or(row.rule.grade.key()).to_owned();
        let figures = [
            (look::DEAD, row.rule.dead),
            (look::BADLY_HURT, row.rule.badly_hurt),
            (look::MISSING, row.rule.missing),
            (look::LOSS_YUAN, row.rule.loss_yuan),
        ];
        let says = figures.into_iter().filter_map(|(name, figure)| Some(look::from(name, figure?)));
        row_view(row, (look::ROW_GRADE, grade, String::new(), look::listed(&says.collect::<Vec<_>>())), rules)
    }));
    rows
}

fn row_view<T>(row: &Row<T>, (kind, what, limit, says): (&'static str, String, String, String), rules: &Rules) -> RowView {
    RowView { kind, what, limit, says, scope: scope(&row.scope, rules), article: row.article.clone(), id: row.id.clone() }
}

/// When a row applies, as far as that has words.
fn scope(scope: &Scope, rules: &Rules) -> String {
    let category = |code| rules.category(code).map_or_else(|| code.to_string(), |category| category.label.clone());
    let grades = scope.grades.iter().map(|grade| incident::word(grade.key()).unwrap_or(grade.key()).to_owned());
    let from = scope.from.map(|day| look::from_day(&day.to_string()));
    let until = scope.until.map(|day| look::until_day(&day.to_string()));
    let reference = scope.by_reference.then(|| look::BY_REFERENCE.to_owned());
    let parts: Vec<String> =
        scope.categories.iter().map(category).chain(grades).chain(from).chain(until).chain(reference).collect();
    look::listed(&parts)
}

#[derive(Template)]
#[template(path = "rules_ask.html")]
struct AskPage {
    frame: Frame,
    asked: AskCase,
    categories: Vec<(String, String)>,
    grades: [(&'static str, &'static str); 4],
    head: String,
    rows: Vec<AnswerView>,
    said: Option<Said>,
}

struct AnswerView {
    kind: &'static str,
    what: String,
    limit: String,
    says: String,
    article: String,
    source: String,
}

#[derive(Deserialize, Default)]
struct AskCase {
    /// `YYYY-MM-DD`; empty: today.
    #[serde(default)]
    day: String,
    #[serde(default)]
    category: String,
    #[serde(default)]
    grade: String,
}

async fn ask(State(console): State<Console>, desk: Desk, Query(asked): Query<AskCase>) -> Paged {
    let case =
        AskRules { day: asked.day.clone(), category: asked.category.clone(), grade: asked.grade.clone(), ..AskRules::default() };
    let (head, rows, said) = match console.office.ask_rules(&case).await {
        Ok(answered) => (day(&answered), answered.rows.iter().map(answer).collect(), None),
        Err(refused) if matches!(refused.refusal, Refusal::RuleCase | Refusal::PeriodInvalid) => {
            (String::new(), Vec::new(), Some(Said::of(&refused)))
        }
        Err(refused) => return Err(refused.into()),
    };
    let packs = console.office.packs()?;
    let held: Vec<&Pack> = packs.in_force().stamp().0.iter().filter_map(|(key, version)| packs.get(key, *version)).collect();
    let categories = held.iter().flat_map(|pack| &pack.categories);
    html(&AskPage {
        frame: console.frame(&desk, Part::Rules, look::RULES_ASK)?,
        asked: AskCase { day: if asked.day.is_empty() { Day::of(console.clock.wall()).to_string() } else { asked.day }, ..asked },
        categories: categories.map(|category| (category.code.to_string(), category.label.clone())).collect(),
        grades: ["ordinary", "considerable", "major", "exceptional"].map(|key| (key, incident::word(key).unwrap_or(key))),
        head,
        rows,
        said,
    })
}

fn day(answered: &AnsweredRules) -> String {
    let (kind, name) = match &answered.known.kind {
        DayKind::Work => ("work", ""),
        DayKind::Rest { name } => ("rest", name.as_str()),
        DayKind::Unannounced => ("unannounced", ""),
    };
    words::day(&answered.day.to_string(), kind, name)
}

fn answer(row: &Ruled) -> AnswerView {
    let duty = Duty::from_key(&row.key).map(|duty| due::duty(duty).to_owned());
    let (kind, what) = match row.kind {
        "limit" => (look::ROW_LIMIT, duty.unwrap_or_else(|| row.key.clone())),
        "tell" => (look::ROW_TELL, row.says.clone()),
        "approval" => (look::ROW_APPROVAL, row.says.clone()),
        "element" => (look::ROW_ELEMENT, row.says.clone()),
        _ => (look::ROW_SPECIAL, row.says.clone()),
    };
    AnswerView {
        kind,
        says: if row.kind == "limit" { row.says.clone() } else { String::new() },
        limit: if row.limit.is_empty() { common::DASH.to_owned() } else { row.limit.clone() },
        what,
        article: row.cited.article.clone(),
        source: row.cited.source.clone(),
    }
}
