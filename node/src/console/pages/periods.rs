//! Special periods (敏感特殊时期): what is in force, what comes, what is over; declaring one, prolonging and ending one.

use askama::Template;
use axum::{
    Router,
    extract::{Path, State},
    response::IntoResponse as _,
    routing::{get, post},
};
use dutynet_relay::ids::UnixMillis;

use super::super::{
    Console,
    desk::Desk,
    page::{Frame, Paged, Part, html, moment, then},
    posted::{Posted, Typed, record_id},
    trouble::{Said, http_status},
};
use crate::{
    domain::{
        account::Right,
        beijing::{self, Day, TimeOfDay},
        number::Number,
        special::{BRINGS_MAX, Brings, Change, SPECIAL_REASON_CHARS_MAX},
    },
    text::{console_set as text, due, matter::person, refusal::Refusal, words},
    usecase::{AmendPeriod, DeclarePeriod, KnownPeriod, Refused},
};

pub(super) fn router() -> Router<Console> {
    Router::new().route("/periods", get(list).post(declare)).route("/periods/{origin}/{id}", post(amend))
}

#[derive(Template)]
#[template(path = "periods.html")]
struct Page {
    frame: Frame,
    rows: Vec<PeriodView>,
    may: bool,
    /// For the one that is declared.
    id: String,
    typed: Typed,
    said: Option<Said>,
}

impl Page {
    const REASON_MAX: usize = SPECIAL_REASON_CHARS_MAX;
    const MOST: [u32; 4] = BRINGS_MAX;

    /// What was typed to change this one.
    fn again(&self, row: &PeriodView, name: &str) -> &str {
        if self.typed.text("period") == row.path { self.typed.text(name) } else { "" }
    }
}

/// A period on the page.
struct PeriodView {
    path: String,
    number: String,
    by: String,
    from: String,
    to: String,
    reason: String,
    brings: String,
    changes: Vec<String>,
    stands: Stands,
    /// For its change; empty: it may not be changed here.
    id: String,
}

/// How a period stands; what needs a person comes first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stands {
    Holds,
    Comes,
    Over,
    TakenBack,
}

impl Stands {
    fn of(period: &KnownPeriod, now: UnixMillis) -> Self {
        match period.special.end() {
            None => Self::TakenBack,
            Some(_) if period.holds => Self::Holds,
            Some(end) if now < end => Self::Comes,
            Some(_) => Self::Over,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Holds => due::HOLDS,
            Self::Comes => text::COMING,
            Self::Over => text::OVER,
            Self::TakenBack => text::TAKEN_BACK,
        }
    }

    fn tone(self) -> &'static str {
        match self {
            Self::Holds => "bad",
            Self::Comes => "soon",
            Self::Over | Self::TakenBack => "none",
        }
    }

    /// It can still be prolonged or ended.
    fn is_open(self) -> bool {
        match self {
            Self::Holds | Self::Comes => true,
            Self::Over | Self::TakenBack => false,
        }
    }
}

async fn list(State(console): State<Console>, desk: Desk) -> Paged {
    html(&page(&console, &desk, Typed::default(), None).await?)
}

async fn page(console: &Console, desk: &Desk, typed: Typed, said: Option<Said>) -> Result<Page, Refused> {
    let (now, may) = (console.clock.wall(), desk.account.may(Right::Direct));
    let known = console.office.list_periods().await?;
    let mut rows = known.iter().map(|known| view(console, known, (may, now))).collect::<Result<Vec<_>, _>>()?;
    // The sort is stable: of one kind the latest stays first.
    rows.sort_by_key(|row| row.stands);
    Ok(Page { frame: console.frame(desk, Part::Dues, text::PERIODS)?, rows, may, id: console.new_id()?, typed, said })
}

fn view(console: &Console, known: &KnownPeriod, (may, now): (bool, UnixMillis)) -> Result<PeriodView, Refused> {
    let (special, declared) = (&known.special, &known.special.declared);
    let stands = Stands::of(known, now);
    let from = special.spans.first().map_or(declared.from, |(from, _)| *from);
    let changed = |change: &Change| text::period_changed(&moment(change.recorded_at), &moment(change.to), &change.reason);
    Ok(PeriodView {
        path: format!("{}/{}", declared.reference.origin, declared.reference.id),
        number: Number::of(&declared.reference).to_string(),
        by: person(&known.name, &declared.person.name),
        from: moment(from),
        to: special.end().map_or_else(|| words::DASH.to_owned(), moment),
        reason: declared.reason.clone(),
        brings: in_words(&declared.brings),
        changes: special.changes.iter().map(changed).collect(),
        id: if may && known.changeable && stands.is_open() { console.new_id()? } else { String::new() },
        stands,
    })
}

fn in_words(brings: &Brings) -> String {
    let numbers = (brings.leaders, brings.officers, brings.roll_calls, brings.silence_minutes);
    let daily = brings.daily.map(|time| time.to_string()).unwrap_or_default();
    let roster_by = brings.roster_by.map(|day| day.to_string()).unwrap_or_default();
    due::brings(numbers, &daily, &roster_by)
}

async fn declare(State(console): State<Console>, posted: Posted) -> Paged {
    let Posted { desk, typed } = posted;
    desk.must(Right::Direct)?;
    let made = match declared(&desk, &typed) {
        Ok(asked) => console.office.declare_period(asked).await,
        Err(refused) => Err(refused),
    };
    answered(&console, &desk, typed, made).await
}

fn declared(desk: &Desk, typed: &Typed) -> Result<DeclarePeriod, Refused> {
    Ok(DeclarePeriod {
        id: record_id(typed)?,
        from: if typed.text("from").trim().is_empty() { None } else { Some(time(typed, "from")?) },
        to: time(typed, "to")?,
        reason: typed.text("reason").to_owned(),
        brings: brings(typed)?,
        by: desk.person(),
    })
}

/// A moment that must be there.
fn time(typed: &Typed, name: &str) -> Result<UnixMillis, Refused> {
    beijing::moment(typed.text(name).trim()).ok_or_else(|| Refusal::TimeInvalid.into())
}

/// What it brings; what is no number, time or day is refused as what is out of bounds.
fn brings(typed: &Typed) -> Result<Brings, Refused> {
    let said = |name: &str| Some(typed.text(name).trim()).filter(|text| !text.is_empty());
    let count = |name: &str| said(name).map_or(Ok(0), |text| text.parse().map_err(|_| Refusal::SpecialBrings));
    Ok(Brings {
        leaders: if typed.ticked("double_leaders") { 2 } else { 0 },
        officers: count("officers")?,
        daily: said("daily").map(TimeOfDay::parse).transpose().map_err(|_| Refusal::SpecialBrings)?,
        roll_calls: count("roll_calls")?,
        roster_by: said("roster_by").map(Day::parse).transpose().map_err(|_| Refusal::SpecialBrings)?,
        silence_minutes: count("silence")?,
    })
}

async fn amend(State(console): State<Console>, Path((origin, id)): Path<(String, String)>, posted: Posted) -> Paged {
    let Posted { desk, typed } = posted;
    desk.must(Right::Direct)?;
    let period = format!("{origin}/{id}");
    let made = match amended(&desk, &typed, &period) {
        Ok(asked) => console.office.amend_period(asked).await,
        Err(refused) => Err(refused),
    };
    answered(&console, &desk, typed.with("period", period), made).await
}

fn amended(desk: &Desk, typed: &Typed, period: &str) -> Result<AmendPeriod, Refused> {
    Ok(AmendPeriod {
        id: record_id(typed)?,
        period: period.to_owned(),
        to: if typed.ticked("end") { None } else { Some(time(typed, "until")?) },
        reason: typed.text("why").to_owned(),
        by: desk.person(),
    })
}

async fn answered(console: &Console, desk: &Desk, typed: Typed, made: Result<KnownPeriod, Refused>) -> Paged {
    match made {
        Ok(_) => then("/periods"),
        Err(refused) => {
            let page = page(console, desk, typed, Some(Said::of(&refused))).await?;
            Ok((http_status(refused.refusal), html(&page)?).into_response())
        }
    }
}
