//! `dutynet report draft`: an office's own report as the sum of its children's, before it is filed.

use std::fs;

use dutynet_proto::{api, duty};
use dutynet_relay::ids::UnixMillis;
use toml::{Table as Toml, Value};

use super::{
    answers::Answers,
    args::{
        Place,
        report::{Draft, Fields},
    },
    client::{Node, file_told, heard},
    convert, convert_report as convert_to, json_report as json, person, printed, report, shown,
    table::Table,
    told::Told,
};
use crate::{
    body,
    domain::{
        beijing::minute,
        form::{Form, Forms},
    },
    text::{draft as text, notice, report as words_of, words},
};

pub(super) async fn run(place: &Place, asked: &Draft) -> Result<String, Told> {
    let form = report::form(&asked.form)?;
    let own = edits(form, &asked.fields)?;
    let replace = edits(form, &Fields { fields: asked.replace.clone(), ..Fields::default() })?;
    let node = Node::find(place).await?;
    let reply = if own.is_empty() && replace.is_empty() {
        heard(node.drafts().open(api::OpenDraftRequest { form: form.id.clone(), period: asked.period.clone() }).await)?
    } else {
        let by = Some(person::named(&asked.by)?);
        let request = api::SaveDraftRequest { form: form.id.clone(), period: asked.period.clone(), own, replace, by };
        heard(node.drafts().save(request).await)?
    };
    if let Some(path) = &asked.out {
        fs::write(path, file(form, &reply)).map_err(|error| file_told(&error, path))?;
    }
    if asked.output.json {
        return Ok(printed(&json::Draft::from(&reply)));
    }
    let written = asked.out.as_ref().map(|path| text::written(&path.display().to_string()));
    Ok([page(form, &reply)].into_iter().chain(written).collect::<Vec<_>>().join("\n"))
}

/// What was typed; a field that was emptied is taken back.
fn edits(form: &Form, fields: &Fields) -> Result<Vec<duty::Answer>, Told> {
    let answers = Answers::default().typed(form, fields)?;
    let emptied: Vec<_> = answers.emptied().map(|field| duty::Answer { field: field.to_owned(), value: None }).collect();
    Ok(answers.into_vec(&form.fields).iter().map(body::answer_to_wire).chain(emptied).collect())
}

fn page(form: &Form, draft: &api::Draft) -> String {
    let now = UnixMillis(draft.as_of_ms);
    let time = |millis| notice::time(convert::moment(millis), now);
    let saved = match &draft.saved_by {
        Some(by) => text::saved(&time(draft.saved_at_ms), &by.name),
        None => text::NEVER_SAVED.to_owned(),
    };
    let mut fields = Table::new(&text::FIELDS);
    for field in &draft.fields {
        let said = |answer: &Option<duty::Answer>| answer.as_ref().map(|answer| one_line(&shown::value(Some(form), answer)));
        let value = said(&field.answer).unwrap_or_default();
        fields.row([field.label.clone(), value, notes(field, &said)]);
    }
    let mut sources = Table::new(&text::SOURCES);
    for source in &draft.sources {
        let entered = words_of::source(&source.entered_by);
        let entered = words_of::differing(&entered, if source.changed { text::CHANGED_SOURCE } else { "" });
        let title = Forms::built_in().get(&source.form).map_or(source.form.as_str(), |form| form.title.as_str()).to_owned();
        sources.row([source.name.clone(), title, entered, one_line(&shown::all(Some(form), &source.answers))]);
    }
    let title = text::title(&form.title, &words_of::period(&draft.period), &time(draft.as_of_ms));
    let parts = [title, saved, fields.render(), missing(draft, now), sources.render(), text::NEXT.to_owned()];
    parts.join("\n\n")
}

fn notes(field: &api::DraftField, said: &impl Fn(&Option<duty::Answer>) -> Option<String>) -> String {
    let dash = |text: Option<String>| text.unwrap_or_else(|| words::DASH.to_owned());
    let changed = || text::changed(&dash(said(&field.sum)));
    let notes = [
        field.wanting.then(|| text::WANTING.to_owned()),
        (field.sums && !field.replaced && !field.wanting).then(|| text::SUM.to_owned()),
        (field.cut && !field.replaced).then(|| text::CUT.to_owned()),
        field.replaced.then(|| text::REPLACED.to_owned()),
        field.changed.then(changed),
    ];
    text::notes(&notes.into_iter().flatten().collect::<Vec<_>>())
}

fn missing(draft: &api::Draft, now: UnixMillis) -> String {
    let named = |missing: &api::DraftMissing| {
        let since = convert::moment(missing.line_since_ms).map(|since| notice::time(Some(since), now));
        text::missing_child(&missing.name, words::why(convert_to::why(missing.why)), since.as_deref())
    };
    match draft.missing.as_slice() {
        [] => text::NOBODY_MISSING.to_owned(),
        missing => text::missing(&missing.iter().map(named).collect::<Vec<_>>()),
    }
}

fn one_line(text: &str) -> String {
    text.replace('\n', " / ")
}

/// The draft as an answers file.
fn file(form: &Form, draft: &api::Draft) -> String {
    let answered = draft.fields.iter().filter_map(|field| field.answer.clone());
    let table: Toml = answered.filter_map(|answer| Some((answer.field.clone(), written(&answer)?))).collect();
    let title = text::title(&form.title, &words_of::period(&draft.period), &draft.period);
    text::file_head(&title, &missing(draft, UnixMillis(draft.as_of_ms))) + &table.to_string()
}

fn written(answer: &duty::Answer) -> Option<Value> {
    use duty::answer::Value as From;
    Some(match answer.value.as_ref()? {
        From::Text(text) => Value::String(text.clone()),
        From::Number(number) => Value::Integer(*number),
        From::Nil(_) => Value::String(words::NONE.to_owned()),
        From::Unknown(_) => Value::String(words::UNKNOWN.to_owned()),
        From::TimeMs(at) => Value::String(minute(UnixMillis(*at))),
        From::Choices(choices) => Value::Array(choices.codes.iter().cloned().map(Value::String).collect()),
        From::Rows(rows) => {
            let row = |row: &duty::Row| match row.text.as_str() {
                "" => Value::String(format!("{}={}", row.code, row.number)),
                text => Value::String(format!("{}={}:{text}", row.code, row.number)),
            };
            Value::Array(rows.rows.iter().map(row).collect())
        }
    })
}
