//! Taking a step that was typed, and adding the files that came with it.

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use dutynet_relay::{ids::RecordRef, record::Mode};

use super::{
    super::super::{
        Console,
        desk::Desk,
        fields::{self, Beside},
        page::{Paged, Taken, html, then},
        posted::{Typed, record_id},
        trouble::{Said, Trouble, http_status},
        upload::{Files, PostedWithFiles, beside},
    },
    super::files,
    changed::since,
    intake, known,
    step::{Of, StepPage, blank, form, mark, said_before},
};
use crate::{
    body::{Channel, Entered},
    domain::{
        beijing,
        form::Fault,
        step::{LinkRole, StepForm},
    },
    text::refusal::Refusal,
    usecase::{AddAttachments, NamedRecord, OnBehalf, Refused, ShownMatter, TakeStep, TakenStep},
};

/// Where leaders come from, and go back to.
const INBOX: &str = "/inbox";

pub(super) async fn open(
    State(console): State<Console>,
    Path((kind, verb)): Path<(String, String)>,
    posted: PostedWithFiles,
) -> Paged {
    let form = form(known(&kind)?, &verb)?;
    take_step(&console, posted, (form, None)).await
}

pub(super) async fn take(
    State(console): State<Console>,
    Path((origin, id, verb)): Path<(String, String, String)>,
    posted: PostedWithFiles,
) -> Paged {
    let matter = console.office.matter(&format!("{origin}/{id}")).await?;
    let form = form(matter.row.summary.kind, &verb)?;
    take_step(&console, posted, (form, Some(&matter))).await
}

async fn take_step(console: &Console, posted: PostedWithFiles, of: Of<'_>) -> Paged {
    let PostedWithFiles { desk, typed, files } = posted;
    if let Err(refused) = desk.must_for_step(&of.0.id) {
        files.throw_away().await;
        return Err(refused.into());
    }
    let typed = completed(console, of.0, typed);
    let is_plain = !typed.text("plain_by").trim().is_empty();
    if (files.any() || typed.ticked("pass")) && !is_plain {
        files.throw_away().await;
        return again(console, &desk, of, (typed, Refusal::AttachmentNotPlain.into())).await;
    }
    let asked = match asked(&desk, &typed, of) {
        Ok(asked) => asked,
        Err(refused) => {
            files.throw_away().await;
            return again(console, &desk, of, (typed, refused)).await;
        }
    };
    if let Some(matter) = of.1 {
        let changed = since(&typed, matter, console.office.own(), asked.id);
        if !changed.is_empty() {
            files.throw_away().await;
            return look_again(console, &desk, of, (typed, changed)).await;
        }
    }
    match console.office.take_step(asked).await {
        Ok(taken) => with_files(console, &desk, taken, (&typed, files)).await,
        Err(refused) => {
            files.throw_away().await;
            again(console, &desk, of, (typed, refused)).await
        }
    }
}

/// What an officer need not say: of a call, what nobody knows yet; of a word that is given here, that it is given now.
fn completed(console: &Console, form: &StepForm, typed: Typed) -> Typed {
    if form.id == intake::CALL {
        return intake::completed(form, typed);
    }
    let is_given_now = typed.ticked("said_now") && form.field("said_at").is_some() && typed.text("f.said_at").is_empty();
    if is_given_now { typed.with("f.said_at", beijing::minute(console.clock.wall())) } else { typed }
}

/// The step stands; its files follow, and what is refused of them never takes it back.
async fn with_files(console: &Console, desk: &Desk, taken: TakenStep, (typed, sent): (&Typed, Files)) -> Paged {
    let asked = AddAttachments {
        id: beside(taken.reference.id),
        record: taken.reference.to_string(),
        stated_plain_by: typed.text("plain_by").to_owned(),
        by: desk.person(),
    };
    let passed = typed.all("pass").map(|digest| (taken.matter.to_string(), digest.to_owned())).collect();
    match sent.add(&console.office, asked, passed).await {
        Ok(_) if typed.text("back") == INBOX => then(&format!("{INBOX}?saved={}", taken.reference)),
        Ok(_) => then(&place(&taken.matter, &taken.reference)),
        Err(not_added) => {
            let mut answer = files::not_added(console, desk, (&taken.matter, &taken.reference), not_added).await?;
            answer.extensions_mut().insert(Taken);
            Ok(answer)
        }
    }
}

/// Where a matter is shown after a step was taken.
pub(in crate::console) fn place(matter: &RecordRef, saved: &RecordRef) -> String {
    format!("/matter/{}/{}?saved={saved}", matter.origin, matter.id)
}

/// The form as it was typed, with what is wrong.
async fn again(console: &Console, desk: &Desk, of: Of<'_>, (typed, refused): (Typed, Refused)) -> Paged {
    let (said, status) = (Said::of(&refused), http_status(refused.refusal));
    let beside = Beside::of(&refused, &typed);
    let page = typed_again(console, desk, of, (typed, &refused.faults)).await?;
    shown(console, of.0, StepPage { said: Some(said), beside, ..page }).await.map(|page| (status, page).into_response())
}

/// The form as it was typed, with what has happened meanwhile.
async fn look_again(console: &Console, desk: &Desk, of: Of<'_>, (typed, changed): (Typed, Vec<String>)) -> Paged {
    let page = typed_again(console, desk, of, (typed, &[])).await?;
    let page = shown(console, of.0, StepPage { changed, ..page }).await?;
    Ok((StatusCode::CONFLICT, page).into_response())
}

async fn shown(console: &Console, form: &StepForm, page: StepPage) -> Result<Response, Trouble> {
    if form.id == intake::CALL { intake::again(console, page).await } else { html(&page) }
}

async fn typed_again(
    console: &Console,
    desk: &Desk,
    of: Of<'_>,
    (typed, faults): (Typed, &[Fault]),
) -> Result<StepPage, Refused> {
    let id = typed.text("id").to_owned();
    let mut views = fields::typed_again(&of.0.fields, &typed, faults);
    // What it corrects, or for whom it is, may be the very thing that is wrong.
    let said = said_before(console, of, &typed, None).await.unwrap_or_default();
    mark(&mut views, &said, &fields::answers(&of.0.fields, &typed));
    let page = blank(console, desk, of, typed).await?;
    Ok(StepPage { fields: views, id: if id.is_empty() { page.id } else { id }, ..page })
}

fn asked(desk: &Desk, typed: &Typed, (form, matter): (&StepForm, Option<&ShownMatter>)) -> Result<TakeStep, Refused> {
    let link = |role: &LinkRole| {
        let name = format!("link.{}", role.role);
        let records: Vec<NamedRecord> =
            typed.all(&name).map(|record| NamedRecord { role: role.role.clone(), record: record.to_owned() }).collect();
        records
    };
    let on_behalf = on_behalf(typed);
    if on_behalf.is_none() && !(typed.text("told_by").trim().is_empty() && typed.text("phone").trim().is_empty()) {
        return Err(Refusal::ToldByAlone.into());
    }
    Ok(TakeStep {
        id: record_id(typed)?,
        form: form.id.clone(),
        matter: matter.map(|matter| matter.row.matter.to_string()).unwrap_or_default(),
        answers: fields::answers(&form.fields, typed),
        links: form.links.iter().flat_map(link).collect(),
        to: typed.offices(),
        by: desk.person(),
        mode: (typed.text("mode") == "exercise").then_some(Mode::Exercise),
        on_behalf,
        corrects: typed.text("corrects").to_owned(),
    })
}

/// Whose words they are, where they are another office's.
pub(in crate::console) fn on_behalf(typed: &Typed) -> Option<OnBehalf> {
    let office = typed.text("on_behalf_of").to_owned();
    let channel = if typed.text("channel") == "written" { Channel::Written } else { Channel::Telephone };
    let entered = Entered { channel, told_by: typed.text("told_by").to_owned(), phone: typed.text("phone").to_owned() };
    (!office.is_empty()).then_some(OnBehalf { office, entered })
}
