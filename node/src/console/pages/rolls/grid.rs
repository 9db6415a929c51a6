//! One call: its clock, how many stand how, the grid, and beside an office's cell what it said and what may be done about it.

use askama::Template;
use axum::extract::{Path, Query, State};
use serde::Deserialize;

use super::{
    super::super::{
        Console,
        desk::Desk,
        fields::{self, Beside, FieldView, Input},
        page::{Frame, Paged, html, moment, plain},
        trouble::Said,
    },
    PART, act,
    cells::{self, Count, Section, Show},
};
use crate::{
    domain::{
        access::{How, Seen},
        account::Right,
        step::{MatterKind, StepForm},
    },
    text::{console as text, console_look as look, rollcall as words, words as common},
    usecase::{DrawProof, Refused, RollCallRow, RollTable},
};

#[derive(Template)]
#[template(path = "roll.html")]
pub(super) struct Page {
    frame: Frame,
    mode: &'static str,
    head: String,
    state: String,
    closes_ms: i64,
    left: String,
    /// Seconds after which the grid is looked at anew, records or none; 0: nobody is waited for any more.
    every: u32,
    counts: Vec<Count>,
    all: usize,
    missing: usize,
    show: String,
    /// What is asked of the grid besides the office, as a part of a query.
    keep: String,
    /// Without what is open.
    keep_show: String,
    sections: Vec<Section>,
    draw: Option<DrawView>,
    /// What may be done about the whole call.
    acts: Vec<ActView>,
    pub(super) form: Option<ActForm>,
    panel: Option<Panel>,
    /// `<origin>/<id>`, as its table is printed.
    reference: String,
    id: String,
    pub(super) said: Option<Said>,
}

/// A draw laid open.
struct DrawView {
    head: String,
    seed: String,
    eligible: String,
}

/// Something that may be done.
struct ActView {
    key: &'static str,
    title: &'static str,
    here: bool,
}

/// Its form.
pub(super) struct ActForm {
    pub(super) key: &'static str,
    pub(super) title: String,
    pub(super) source: String,
    pub(super) fields: Vec<FieldView>,
    /// Said by telephone, by the office whose cell it is.
    pub(super) on_behalf: bool,
    pub(super) told_by: String,
    pub(super) phone: String,
    /// What is wrong with these two.
    pub(super) beside: Beside,
    /// What was recorded when it was opened.
    pub(super) seen: String,
    /// What to know before it is sent.
    pub(super) note: &'static str,
}

/// What stands beside the cell that is open.
struct Panel {
    office: String,
    name: String,
    said: Vec<(&'static str, String)>,
    acts: Vec<ActView>,
}

/// What a page of a call was asked for.
#[derive(Deserialize, Default, Clone)]
pub(super) struct Asked {
    /// Which cells.
    #[serde(default)]
    pub(super) show: String,
    /// Which sections are open.
    #[serde(default)]
    pub(super) open: String,
    /// Whose cell is open.
    #[serde(default)]
    pub(super) office: String,
    /// Which form is open; empty: the likeliest.
    #[serde(default, rename = "do")]
    pub(super) act: String,
}

impl Asked {
    /// As a part of a query, without the office.
    pub(super) fn keep(&self) -> String {
        let open = if self.open.is_empty() { String::new() } else { format!("open={}&", plain(&self.open)) };
        format!("{}{open}", self.keep_show())
    }

    fn keep_show(&self) -> String {
        if self.show.is_empty() { String::new() } else { format!("show={}&", plain(&self.show)) }
    }
}

pub(super) async fn show(
    State(console): State<Console>,
    desk: Desk,
    Path((origin, id)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Paged {
    let page = page(&console, &desk, &format!("{origin}/{id}"), &asked).await?;
    console.saw(&desk, How::Opened, Seen::at(&format!("/roll/{}", page.reference)));
    html(&page)
}

pub(super) async fn page(console: &Console, desk: &Desk, call: &str, asked: &Asked) -> Result<Page, Refused> {
    let table = console.office.roll_table(call).await?;
    let names = super::names(console);
    let draw = if table.seed.is_some() { Some(draw_view(&console.office.draw_of(call).await?)) } else { None };
    let show = Show::of(&asked.show);
    let row = table.rows.iter().find(|row| row.seat.office.as_str() == asked.office);
    let may = act::open_to(console, desk, &table);
    let form = act::form(&may, (row, console.office.own()), asked, &table);
    let here = form.as_ref().map_or("", |form| form.key);
    let views = |whole: bool| {
        let of = |form: &&'static StepForm| act::is_whole(form) == whole;
        may.iter().filter(move |form| of(form)).map(move |form| act_view(form, here)).collect::<Vec<_>>()
    };
    let count = |missing: &&RollCallRow| cells::is_missing(missing.outcome);
    Ok(Page {
        frame: console.frame(desk, PART, look::roll(&table.number.to_string(), &table.title))?,
        mode: look::not_real(table.mode),
        head: look::roll_head(&table.caller_name, &moment(table.opens), table.minutes),
        state: state(&table),
        closes_ms: if table.complete { 0 } else { table.closes.0 },
        left: text::left(table.closes, table.as_of),
        every: if table.complete { 0 } else { 5 },
        counts: cells::counts(&table.rows),
        all: table.rows.len(),
        missing: table.rows.iter().filter(count).count(),
        show: asked.show.clone(),
        keep: asked.keep(),
        keep_show: asked.keep_show(),
        sections: cells::sections(&table, &names, &cells::Asked { show, open: &asked.open, office: &asked.office }),
        draw,
        acts: views(true),
        panel: row.map(|row| panel(row, &table, &names, views(false))),
        form,
        reference: table.call.to_string(),
        id: console.new_id()?,
        said: None,
    })
}

fn act_view(form: &'static StepForm, here: &str) -> ActView {
    ActView { key: act::key(form), title: &form.title, here: act::key(form) == here }
}

fn state(table: &RollTable) -> String {
    match (table.closed, table.complete) {
        (Some(at), _) => words::closed_at(&moment(at)),
        (None, true) => words::COMPLETE.to_owned(),
        (None, false) => words::until(&moment(table.closes)),
    }
}

fn draw_view(proof: &DrawProof) -> DrawView {
    let eligible: Vec<_> = proof.eligible.iter().map(ToString::to_string).collect();
    DrawView {
        head: look::draw(proof.eligible.len(), proof.count, &proof.number.to_string()),
        seed: proof.seed.to_string(),
        eligible: eligible.join(" "),
    }
}

fn panel(row: &RollCallRow, table: &RollTable, names: &super::Names, acts: Vec<ActView>) -> Panel {
    let mut said = vec![
        (look::STANDS, words::stands(row.outcome, row.outcome.late_ms(), row.second_needed)),
        (look::DUE, moment(row.due)),
        (look::DELIVERED, row.received.map_or_else(|| common::DASH.to_owned(), moment)),
    ];
    said.extend(row.why.as_ref().map(|why| (look::WHY_NOT, super::why_not(why, names, table.as_of))));
    said.extend(row.answer.as_ref().map(|said| {
        let all = words::on_duty(&said.leader, &said.officer, &said.work);
        (look::ANSWERED, look::at(&moment(said.at), &all))
    }));
    let stated = row.expected.as_ref().map_or_else(|| words::NOT_STATED.to_owned(), |who| words::duty(&who.leader, &who.officer));
    said.push((look::STATED, stated));
    said.extend(row.phoned.iter().map(|phoned| {
        let (call, code) = (&phoned.call, words::word(&phoned.call.result).unwrap_or(common::DASH));
        let rest = [&call.phone, &call.answered_by, &call.remark].map(String::as_str).join(" ");
        let result = look::beside(&words::phoned(code, call.rings, phoned.slow), rest.trim());
        (words::PHONED, look::at(&moment(phoned.at), &result))
    }));
    said.extend(row.explained.as_ref().map(|said| (words::EXPLAINED, look::at(&moment(said.at), &said.words))));
    said.extend(row.ruled.as_ref().map(|ruled| {
        let by = ruled.by.as_ref().map_or(common::DASH, |by| by.name.as_str());
        let word = words::word(&ruled.ruling).unwrap_or(common::DASH);
        (words::RULED, look::at(&moment(ruled.said.at), &look::ruled(word, by, &ruled.said.words)))
    }));
    Panel { office: row.seat.office.to_string(), name: row.seat.name.clone(), said, acts }
}

/// Whether somebody may call, and end calls.
pub(super) fn directs(desk: &Desk) -> bool {
    desk.account.may(Right::Direct)
}

/// The kind of matter that a call is.
pub(super) const KIND: MatterKind = MatterKind::RollCall;

/// Fields of a form without what was typed.
pub(super) fn blank(form: &StepForm) -> Vec<FieldView> {
    let mut blank = fields::said(&form.fields, &[]);
    // The rules say how long a second call waits, where nobody does.
    blank.iter_mut().filter(|view| view.key == "minutes").for_each(|view| view.required = false);
    blank
}
