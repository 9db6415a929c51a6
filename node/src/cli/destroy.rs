//! `dutynet destroy`: the words of a record go, for good.

use bytes::Bytes;
use dutynet_proto::api;

use super::{
    args::{Destroy, Place},
    client::{Node, patiently},
    convert, json, person, printed, report,
    told::Told,
};
use crate::text::destruction;

pub(super) async fn run(place: &Place, destroy: &Destroy) -> Result<String, Told> {
    let request = api::DestroyRequest {
        id: Bytes::copy_from_slice(&report::new_id()?.0),
        record: destroy.record.clone(),
        reason: destroy.reason.clone(),
        by: Some(person::named(&destroy.by)?),
    };
    let node = Node::find(place).await?;
    let reply = patiently(|| {
        let (mut client, request) = (node.destructions(), request.clone());
        async move { client.destroy(request).await }
    });
    let reply = reply.await?;
    let by = convert::reference(reply.destruction.as_ref());
    if destroy.output.json {
        let record = convert::reference(reply.record.as_ref());
        return Ok(printed(&json::Destroyed { record, destruction: by, folded: reply.folded }));
    }
    let by = format!("{}/{}", by.origin, by.id);
    Ok(if reply.folded { destruction::destroyed_before(&by) } else { destruction::destroyed(&by) })
}
