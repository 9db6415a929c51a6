//! `dutynet office` and `dutynet invite`: who is in the tree.

use dutynet_proto::api;
use dutynet_relay::clock::{Clock as _, SystemClock};

use super::{
    args::{AddOffice, Invite, NewOffice, OfficeVerb, Output, Place},
    client::{Node, heard},
    convert, json, person, printed, statuses,
    table::Table,
    told::Told,
};
use crate::{
    config,
    domain::board::Line,
    text::{notice, refusal::Refusal, words},
};

pub(super) async fn run(place: &Place, verb: &OfficeVerb) -> Result<String, Told> {
    match verb {
        OfficeVerb::List(output) => list(place, *output).await,
        OfficeVerb::Add(add) => self::add(place, add).await,
        OfficeVerb::Status(asked) => statuses::run(place, asked).await,
    }
}

pub(super) async fn invite(place: &Place, invite: &Invite) -> Result<String, Told> {
    let valid_for = config::duration(&invite.valid_for).and_then(|d| u64::try_from(d.as_millis()).ok());
    let request = api::InviteRequest {
        office: Some(office(&invite.office, person::named_or_account(&invite.by)?)),
        replace: invite.replace,
        valid_for_ms: valid_for.ok_or_else(|| Told::of(Refusal::InvitationTooLong).about(&invite.valid_for))?,
        addresses: invite.addresses.clone(),
    };
    let node = Node::find(place).await?;
    let reply = heard(node.offices().invite(request).await)?;
    if invite.output.json {
        return Ok(printed(&json::Invitation::from(&reply)));
    }
    let until = notice::time(convert::moment(reply.valid_until_ms), SystemClock::default().wall());
    Ok(notice::invited(&invite.office.office, &reply.invitation, &until))
}

async fn add(place: &Place, add: &AddOffice) -> Result<String, Told> {
    let request = office(&add.office, person::named_or_account(&add.by)?);
    let node = Node::find(place).await?;
    let row = heard(node.offices().add(request).await)?;
    if add.output.json {
        return Ok(printed(&json::Office::from(&row)));
    }
    Ok(notice::office_added(&row.name, &row.office))
}

async fn list(place: &Place, output: Output) -> Result<String, Told> {
    let node = Node::find(place).await?;
    let reply = heard(node.offices().list(api::ListOfficesRequest {}).await)?;
    if output.json {
        return Ok(printed(&json::Offices::from(&reply)));
    }
    let mut table = Table::new(&notice::OFFICES);
    let or_dash = |text: &str| if text.is_empty() { words::DASH.to_owned() } else { text.to_owned() };
    for row in &reply.offices {
        table.row([
            row.office.clone(),
            row.name.clone(),
            words::class(convert::class(row.class)).to_owned(),
            or_dash(&row.area_code),
            or_dash(&row.parent),
            if row.has_node { notice::HAS_NODE } else { words::line(Line::None) }.to_owned(),
        ]);
    }
    Ok(table.render())
}

fn office(from: &NewOffice, by: dutynet_proto::record::Person) -> api::AddOfficeRequest {
    api::AddOfficeRequest {
        office: from.office.clone(),
        name: from.name.clone(),
        area_code: from.area.clone(),
        class: from.class.map_or(0, |class| convert::class_to_wire(class).into()),
        by: Some(by),
    }
}
