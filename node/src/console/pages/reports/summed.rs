//! The sum of those below in a report's form: each figure with what it was summed from, who is not in it, and, where something stands
//! already, that beside what the sum is now.

use super::super::super::{
    Console,
    fields::{self, FieldView},
};
use crate::{
    domain::form::{Answer, Form, said_to},
    text::{console as text, console_matter as more, refusal::Refusal, words},
    usecase::{OpenDraft, Refused, SummedChild},
};

/// What a draft was summed from.
pub(super) struct DraftView {
    pub(super) sources: Vec<String>,
    /// Each with where what it says by telephone can be entered.
    pub(super) missing: Vec<(String, String)>,
    /// Of each field that was summed: what each child says, and where that stands.
    pub(super) figures: Vec<(String, Vec<Figure>)>,
    /// What the form brings back, so that nobody files a sum that is another by now.
    pub(super) held: String,
}

/// What one child says to one field.
pub(super) struct Figure {
    pub(super) name: String,
    pub(super) value: String,
    pub(super) path: String,
}

/// What those below come to now, where there are any.
pub(super) async fn summed(console: &Console, form: &Form, day: &str) -> Result<Option<(Vec<Answer>, DraftView)>, Refused> {
    let draft = match console.office.open_draft(&form.id, day).await {
        Ok(draft) => draft,
        Err(refused) if refused.refusal == Refusal::NoChildren => return Ok(None),
        Err(refused) => return Err(refused),
    };
    let said = draft.fields.iter().filter_map(|field| Some(Answer { field: field.field.clone(), value: field.value.clone()? }));
    Ok(Some((said.collect(), view(form, &draft))))
}

fn view(form: &Form, draft: &OpenDraft) -> DraftView {
    let period = draft.period.to_string();
    let missing = draft.missing.iter().map(|missing| {
        let path = format!("/reports/new/{}?day={period}&office={}", form.id, missing.office);
        (text::missing(&missing.name, words::why(missing.why)), path)
    });
    let figures = draft.fields.iter().filter(|drafted| drafted.sum.is_some()).filter_map(|drafted| {
        let field = form.field(&drafted.field)?;
        let figure = |child: &SummedChild| {
            let value = said_to(&child.answers, &field.key)?;
            Some(Figure {
                name: child.name.clone(),
                value: fields::for_reading(field, value),
                path: format!("/reports/show/{}/{}/{period}", child.source.form, child.source.office),
            })
        };
        let figures: Vec<Figure> = draft.sources.iter().filter_map(figure).collect();
        (!figures.is_empty()).then(|| (field.label.clone(), figures))
    });
    DraftView {
        sources: draft.sources.iter().map(|source| source.name.clone()).collect(),
        missing: missing.collect(),
        figures: figures.collect(),
        held: draft.held(),
    }
}

/// What was filed, with the sums as they are now; what no sum says stays as it stands.
pub(super) fn anew(form: &Form, stands: &[Answer], sums: Vec<Answer>) -> Vec<Answer> {
    let is_sum = |answer: &Answer| form.field(&answer.field).is_some_and(|field| field.sum.is_some());
    let (mut answers, spare): (Vec<Answer>, Vec<Answer>) = sums.into_iter().partition(is_sum);
    for answer in stands.iter().cloned().chain(spare) {
        if said_to(&answers, &answer.field).is_none() {
            answers.push(answer);
        }
    }
    answers
}

/// Says beside each field what stands, where the form says something else.
pub(super) fn beside(views: &mut [FieldView], form: &Form, (stands, says): (&[Answer], &[Answer])) {
    for view in views {
        let (Some(field), Some(stood)) = (form.field(&view.key), said_to(stands, &view.key)) else { continue };
        if said_to(says, &view.key) != Some(stood) {
            view.carried = more::stands(&fields::for_reading(field, stood));
        }
    }
}
