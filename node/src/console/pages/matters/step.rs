//! The form of a step: what it asks, whom it names, for whom it is entered; and taking it.

use askama::Template;
use axum::{
    extract::{Path, State},
    response::IntoResponse as _,
};
use dutynet_relay::{record::Mode, registry::Entry};

use super::{
    super::super::{
        Console,
        desk::Desk,
        fields::{self, FieldView, Input},
        page::{Frame, Paged, Part, html, moment, then},
        posted::{Posted, Typed, record_id},
        trouble::{Said, http_status},
    },
    known,
};
use crate::{
    body::{Channel, Entered},
    domain::{
        access::{How, Seen},
        step::{LinkRole, MatterKind, Naming, StepForm, StepForms},
    },
    projection::Openness,
    text::refusal::Refusal,
    usecase::{MatterRow, NamedRecord, OnBehalf, Refused, ShownMatter, TakeStep},
};

#[derive(Template)]
#[template(path = "step.html")]
struct StepPage {
    frame: Frame,
    form: &'static StepForm,
    /// Where it is posted.
    action: String,
    /// The matter that it is taken of; empty: it begins one.
    back: String,
    fields: Vec<FieldView>,
    /// Offices that it may name.
    offices: Vec<(String, String)>,
    /// Offices below, for which it may be entered.
    below: Vec<(String, String)>,
    /// Matters and records that it may name, by role.
    links: Vec<LinkView>,
    typed: Typed,
    id: String,
    said: Option<Said>,
}

/// A record that a step names.
struct LinkView {
    role: String,
    label: String,
    must: bool,
    options: Vec<(String, String)>,
}

impl StepPage {
    fn names_must(&self) -> bool {
        self.form.names_offices == Some(Naming::Must)
    }

    fn is_to(&self, office: &str) -> bool {
        self.typed.all("to").any(|to| to == office)
    }

    fn is(&self, name: &str, value: &str) -> bool {
        self.typed.text(name) == value
    }
}

/// The step of a matter's kind that is named in a path.
fn form(kind: MatterKind, verb: &str) -> Result<&'static StepForm, Refused> {
    StepForms::built_in().of(kind).find(|form| form.command == verb).ok_or_else(|| Refusal::PageUnknown.into())
}

pub(super) async fn begin(State(console): State<Console>, desk: Desk, Path((kind, verb)): Path<(String, String)>) -> Paged {
    let form = form(known(&kind)?, &verb)?;
    html(&step_page(&console, &desk, (form, None), Typed::default()).await?)
}

pub(super) async fn step(
    State(console): State<Console>,
    desk: Desk,
    Path((origin, id, verb)): Path<(String, String, String)>,
) -> Paged {
    let matter = console.office.matter(&format!("{origin}/{id}")).await?;
    let form = form(matter.row.summary.kind, &verb)?;
    console.saw(&desk, How::Opened, Seen::matter(&matter.row.matter));
    html(&step_page(&console, &desk, (form, Some(&matter)), Typed::default()).await?)
}

async fn step_page(
    console: &Console,
    desk: &Desk,
    (form, matter): (&'static StepForm, Option<&ShownMatter>),
    typed: Typed,
) -> Result<StepPage, Refused> {
    let named = |(_, entry): (usize, Entry)| (entry.office.to_string(), entry.name);
    let below: Vec<_> = console.office.offices_below().into_iter().map(named).collect();
    let own = console.office.status().office;
    let all = console.office.offices().into_iter().filter(|entry| entry.office != own);
    let offices = match form.names_offices {
        Some(Naming::Must | Naming::May) => all.map(|entry| (entry.office.to_string(), entry.name)).collect(),
        None => Vec::new(),
    };
    let action = match matter {
        Some(matter) => format!("/matter/{}/{}/{}", matter.row.matter.origin, matter.row.matter.id, form.command),
        None => format!("/matters/{}/{}", form.matter.key(), form.command),
    };
    Ok(StepPage {
        frame: console.frame(desk, Part::Matters(form.matter), form.title.clone())?,
        form,
        back: matter.map(|matter| format!("/matter/{}/{}", matter.row.matter.origin, matter.row.matter.id)).unwrap_or_default(),
        action,
        fields: fields::said(&form.fields, &[]),
        offices,
        below,
        links: links(console, form, matter).await?,
        typed,
        id: console.new_id()?,
        said: None,
    })
}

/// What a step may name: steps of its own matter, and matters of this office.
async fn links(console: &Console, form: &StepForm, matter: Option<&ShownMatter>) -> Result<Vec<LinkView>, Refused> {
    if form.links.is_empty() {
        return Ok(Vec::new());
    }
    let mut options: Vec<(String, String)> = Vec::new();
    for step in matter.iter().flat_map(|matter| matter.steps.iter().rev()) {
        let title = StepForms::built_in().get(&step.step.form).map_or(step.step.form.as_str(), |form| form.title.as_str());
        let words = format!("{title} {}", moment(step.step.times.recorded.here));
        options.push((step.step.reference.to_string(), words));
    }
    for kind in MatterKind::ALL {
        let rows = console.office.matters(kind, Openness::Open).await?;
        let view =
            |row: &MatterRow| (row.matter.to_string(), format!("{} {}", row.number, row.title.clone().unwrap_or_default()));
        options.extend(rows.iter().map(view));
    }
    let view = |role: &LinkRole| LinkView {
        role: role.role.clone(),
        label: role.label.clone(),
        must: role.naming == Naming::Must,
        options: options.clone(),
    };
    Ok(form.links.iter().map(view).collect())
}

pub(super) async fn open(State(console): State<Console>, Path((kind, verb)): Path<(String, String)>, posted: Posted) -> Paged {
    let form = form(known(&kind)?, &verb)?;
    take_step(&console, posted, form, None).await
}

pub(super) async fn take(
    State(console): State<Console>,
    Path((origin, id, verb)): Path<(String, String, String)>,
    posted: Posted,
) -> Paged {
    let matter = console.office.matter(&format!("{origin}/{id}")).await?;
    let form = form(matter.row.summary.kind, &verb)?;
    take_step(&console, posted, form, Some(&matter)).await
}

async fn take_step(
    console: &Console,
    Posted { desk, typed }: Posted,
    form: &'static StepForm,
    matter: Option<&ShownMatter>,
) -> Paged {
    desk.must_for_step(&form.id)?;
    let asked = asked(&desk, &typed, form, matter)?;
    match console.office.take_step(asked).await {
        Ok(taken) => then(&format!("/matter/{}/{}", taken.matter.origin, taken.matter.id)),
        Err(refused) => {
            let (fields, id) = (fields::typed_again(&form.fields, &typed, &refused.faults), typed.text("id").to_owned());
            let page = step_page(console, &desk, (form, matter), typed).await?;
            let page = StepPage { fields, id, said: Some(Said::of(&refused)), ..page };
            Ok((http_status(refused.refusal), html(&page)?).into_response())
        }
    }
}

fn asked(desk: &Desk, typed: &Typed, form: &StepForm, matter: Option<&ShownMatter>) -> Result<TakeStep, Refused> {
    let behalf = typed.text("on_behalf_of");
    let entered =
        Entered { channel: Channel::Telephone, told_by: typed.text("told_by").to_owned(), phone: typed.text("phone").to_owned() };
    let link = |role: &LinkRole| {
        let record = typed.text(&format!("link.{}", role.role)).to_owned();
        (!record.is_empty()).then(|| NamedRecord { role: role.role.clone(), record })
    };
    Ok(TakeStep {
        id: record_id(typed)?,
        form: form.id.clone(),
        matter: matter.map(|matter| matter.row.matter.to_string()).unwrap_or_default(),
        answers: fields::answers(&form.fields, typed),
        links: form.links.iter().filter_map(link).collect(),
        to: typed.all("to").map(str::to_owned).collect(),
        by: desk.person(),
        mode: (typed.text("mode") == "exercise").then_some(Mode::Exercise),
        on_behalf: (!behalf.is_empty()).then(|| OnBehalf { office: behalf.to_owned(), entered }),
        corrects: typed.text("corrects").to_owned(),
    })
}
