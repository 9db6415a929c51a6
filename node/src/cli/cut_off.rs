//! `dutynet report cut-off`: until when reports are in time, for everything below.

use dutynet_proto::api;
use dutynet_relay::{
    clock::{Clock as _, SystemClock},
    ids::UnixMillis,
};

use super::{
    args::{
        Place,
        report::{CutOffVerb, SetCutOff},
    },
    client::{Node, heard, patiently},
    convert, json_report as json, person, printed, report,
    table::Table,
    told::Told,
};
use crate::{
    domain::form::Forms,
    text::{notice, report as text},
};

pub(super) async fn run(place: &Place, verb: &CutOffVerb) -> Result<String, Told> {
    match verb {
        CutOffVerb::Set(set) => self::set(place, set).await,
        CutOffVerb::List(output) => {
            let node = Node::find(place).await?;
            let reply = heard(node.cut_offs().list(api::ListCutOffsRequest {}).await)?;
            if output.json { Ok(printed(&json::CutOffs::from(&reply))) } else { Ok(list(&reply, SystemClock::default().wall())) }
        }
    }
}

async fn set(place: &Place, set: &SetCutOff) -> Result<String, Told> {
    let request = api::SetCutOffRequest {
        id: report::new_id()?.0.to_vec().into(),
        form: set.form.clone(),
        time: set.time.clone(),
        from: set.from.clone(),
        by: Some(person::named(&set.by)?),
    };
    let node = Node::find(place).await?;
    let reply = patiently(|| {
        let (mut cut_offs, request) = (node.cut_offs(), request.clone());
        async move { cut_offs.set(request).await }
    });
    let reply = reply.await?;
    if set.output.json {
        return Ok(printed(&json::SetAs::from(&reply)));
    }
    Ok(text::cut_off_set(&title(&reply.form), &reply.time, &reply.from))
}

fn list(reply: &api::ListCutOffsReply, now: UnixMillis) -> String {
    let mut today = Table::new(&text::TODAY);
    let by = |set_by: &str| if set_by.is_empty() { text::DEFAULT.to_owned() } else { set_by.to_owned() };
    for form in &reply.today {
        let (here, below) = (by(&form.set_by), by(&form.set_by_below));
        today.row([title(&form.form), form.time.clone(), here, form.time_below.clone(), below]);
    }
    if reply.cut_offs.is_empty() {
        return [today.render(), text::NO_CUT_OFF.to_owned()].join("\n\n");
    }
    let mut known = Table::new(&text::CUT_OFFS);
    for set in &reply.cut_offs {
        let person = set.by.as_ref().map(|person| person.name.clone()).unwrap_or_default();
        let recorded = notice::time(convert::moment(set.recorded_at_ms), now);
        known.row([title(&set.form), set.time.clone(), set.from.clone(), set.name.clone(), person, recorded]);
    }
    [today.render(), known.render()].join("\n\n")
}

fn title(form: &str) -> String {
    Forms::built_in().get(form).map_or_else(|| form.to_owned(), |form| form.title.clone())
}
