//! Cut-offs of reports (截止时刻): what is in force here and below today, every one that was set, and setting one from the next day on.

use askama::Template;
use axum::{Router, extract::State, response::IntoResponse as _, routing::get};
use dutynet_relay::ids::OfficeId;

use super::super::{
    Console,
    desk::Desk,
    page::{Frame, Paged, Part, html, moment, then},
    posted::{Posted, Typed, record_id},
    trouble::{Said, http_status},
};
use crate::{
    domain::{account::Right, beijing::TimeOfDay, cut_off::earliest, form::Forms},
    projection::CutOffEntry,
    text::{console_set as text, matter::person},
    usecase::{InForce, KnownCutOffs, Refused, SetCutOff},
};

pub(super) fn router() -> Router<Console> {
    Router::new().route("/cut-offs", get(list).post(set))
}

#[derive(Template)]
#[template(path = "cut_offs.html")]
struct Page {
    frame: Frame,
    today: Vec<TodayView>,
    set: Vec<SetView>,
    /// Id and title.
    forms: Vec<(String, String)>,
    /// First day that can be set.
    earliest: String,
    may: bool,
    has_below: bool,
    typed: Typed,
    id: String,
    said: Option<Said>,
}

/// What is in force today for a form: here and below, each with who set it.
struct TodayView {
    form: String,
    here: (String, String),
    below: (String, String),
}

/// One that was set.
struct SetView {
    form: String,
    time: String,
    from: String,
    by: String,
    recorded: String,
    /// It decides of no day yet.
    comes: bool,
}

async fn list(State(console): State<Console>, desk: Desk) -> Paged {
    html(&page(&console, &desk, Typed::default(), None).await?)
}

async fn page(console: &Console, desk: &Desk, typed: Typed, said: Option<Said>) -> Result<Page, Refused> {
    let KnownCutOffs { cut_offs, today } = console.office.list_cut_offs().await?;
    let offices = console.office.offices();
    let name = |office: &OfficeId| offices.iter().find(|entry| entry.office == *office).map(|entry| entry.name.clone());
    let in_force = |(time, by): &(TimeOfDay, Option<OfficeId>)| {
        let by = by.as_ref().map(|by| name(by).unwrap_or_else(|| by.to_string()));
        (time.to_string(), by.unwrap_or_else(|| text::BY_FORM.to_owned()))
    };
    let today_view =
        |form: &InForce| TodayView { form: title(&form.form), here: in_force(&form.here), below: in_force(&form.below) };
    let earliest = earliest(console.clock.wall());
    let set_view = |(entry, name): &(CutOffEntry, String)| SetView {
        form: title(&entry.cut_off.form),
        time: entry.cut_off.time.to_string(),
        from: entry.cut_off.from.to_string(),
        by: person(name, &entry.person.name),
        recorded: moment(entry.cut_off.recorded_at),
        comes: entry.cut_off.from >= earliest,
    };
    Ok(Page {
        frame: console.frame(desk, Part::Reports, text::CUT_OFFS)?,
        today: today.iter().map(today_view).collect(),
        set: cut_offs.iter().map(set_view).collect(),
        forms: Forms::built_in().iter().map(|form| (form.id.clone(), form.title.clone())).collect(),
        earliest: earliest.to_string(),
        may: desk.account.may(Right::Direct),
        has_below: !console.office.offices_below().is_empty(),
        typed,
        id: console.new_id()?,
        said,
    })
}

fn title(form: &str) -> String {
    Forms::built_in().get(form).map_or_else(|| form.to_owned(), |form| form.title.clone())
}

async fn set(State(console): State<Console>, posted: Posted) -> Paged {
    let Posted { desk, typed } = posted;
    desk.must(Right::Direct)?;
    let asked = SetCutOff {
        id: record_id(&typed)?,
        form: typed.text("form").to_owned(),
        time: typed.text("time").trim().to_owned(),
        from: typed.text("from").trim().to_owned(),
        by: desk.person(),
    };
    match console.office.set_cut_off(asked).await {
        Ok(_) => then("/cut-offs"),
        Err(refused) => {
            let page = page(&console, &desk, typed, Some(Said::of(&refused))).await?;
            Ok((http_status(refused.refusal), html(&page)?).into_response())
        }
    }
}
