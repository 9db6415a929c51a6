//! Two windows on one report: what has come to stand since a form was opened, field by field beside what was typed, so that the second
//! knows before it goes on.

use super::{
    super::super::{Console, fields, page::moment},
    known, versions,
};
use crate::{
    domain::{
        board::About,
        form::{Answer, Form, said_to},
        number::parse_reference,
    },
    text::words,
    usecase::{Refused, Revision, ShowReport},
};

/// Something that stands now and did not when the form was opened.
pub(super) struct StandsView {
    /// Which form it is on.
    pub(super) form: &'static str,
    pub(super) title: &'static str,
    pub(super) number: u32,
    /// Who entered it, when, and on whose words where they are another's.
    pub(super) by: String,
    pub(super) at: String,
    pub(super) entered: String,
    pub(super) path: String,
    /// Where it says something else than what was typed: field, what stands, what was typed.
    pub(super) differs: Vec<(String, String, String)>,
}

/// What has come to stand of an office's period since somebody saw `seen`.
pub(super) async fn since(
    console: &Console,
    asked: &ShowReport,
    (seen, typed): (&str, &[Answer]),
) -> Result<Vec<StandsView>, Refused> {
    let seen: Vec<_> = seen.split(' ').filter_map(parse_reference).collect();
    let mut stands = Vec::new();
    // The form itself first: what stands of it is what would be corrected.
    let about = About::form(&asked.form);
    let mut forms = about.forms();
    forms.sort_by_key(|form| *form != asked.form);
    for id in forms {
        let shown = console.office.show(&ShowReport { form: id.to_owned(), ..asked.clone() }).await?;
        let held: Vec<_> = shown.held.split(' ').filter_map(parse_reference).filter(|record| !seen.contains(record)).collect();
        let new = shown.revisions.iter().filter(|revision| held.contains(&revision.reference));
        let latest = new.max_by_key(|revision| (shown.standing.as_ref() == Some(&revision.reference), revision.received_at));
        let (form, is_same) = (known(id)?, id == asked.form);
        stands.extend(latest.map(|revision| view(form, revision, if is_same { Some(typed) } else { None })));
    }
    Ok(stands)
}

fn view(form: &'static Form, revision: &Revision, typed: Option<&[Answer]>) -> StandsView {
    let said = &revision.body.filled.answers;
    StandsView {
        form: &form.id,
        title: &form.title,
        number: revision.body.revision,
        by: revision.by.as_ref().map(|by| by.name.clone()).unwrap_or_default(),
        at: moment(revision.received_at),
        entered: versions::entered(revision),
        path: format!("/reports/show/{}/{}/{}", form.id, revision.body.office, revision.body.period),
        differs: typed.map(|typed| differences(form, said, typed)).unwrap_or_default(),
    }
}

/// Where two say something else, field by field.
pub(super) fn differences(form: &Form, stands: &[Answer], typed: &[Answer]) -> Vec<(String, String, String)> {
    let differs = form.fields.iter().filter_map(|field| {
        let (stands, typed) = (said_to(stands, &field.key), said_to(typed, &field.key));
        let read = |said: Option<_>| said.map_or_else(|| words::DASH.to_owned(), |value| fields::for_reading(field, value));
        (stands != typed).then(|| (field.label.clone(), read(stands), read(typed)))
    });
    differs.collect()
}
