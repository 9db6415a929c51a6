//! Refusals as gRPC status, and back: the one function that maps errors to status, and the one that maps status to what a client says.
//!
//! A status carries the stable code in `dutynet-code`, the Chinese sentence as its message, a reference number in `dutynet-ref` that also
//! stands in the log, and, for a form, its faults in `dutynet-faults-bin`.

use data_encoding::BASE32_NOPAD;
use dutynet_proto::api;
use dutynet_relay::random;
use prost::Message as _;
use tonic::{
    Code, Status,
    metadata::{MetadataMap, MetadataValue},
};

use super::codes::grpc_code;
use crate::{
    text::{fault, notice, refusal::Refusal},
    usecase::Refused,
};

const CODE: &str = "dutynet-code";
const REFERENCE: &str = "dutynet-ref";
const FAULTS: &str = "dutynet-faults-bin";
/// Most faults that a status carries; its headers must stay small.
const FAULTS_MAX: usize = 64;
/// Longest message of a status, bytes.
const MESSAGE_BYTES_MAX: usize = 1024;

/// What a client was told.
#[derive(Debug, Clone, PartialEq)]
pub struct Heard {
    /// What was refused; [`Refusal::NotReachable`] when nobody answered.
    pub refusal: Refusal,
    /// The sentence, as the node said it.
    pub sentence: String,
    /// Where to find it in the node's log.
    pub reference: Option<String>,
    /// At which fields.
    pub faults: Vec<api::FieldFault>,
}

/// A reference number that can be said on the telephone: eight letters and digits, none of them easily mistaken.
pub fn reference() -> String {
    let random: [u8; 5] = random::bytes().unwrap_or_default();
    BASE32_NOPAD.encode(&random)
}

/// Says a refusal, and logs it under the reference number that the officer is given.
pub fn to_status(refused: &Refused, reference: &str) -> Status {
    let refusal = refused.refusal;
    log(refused, reference);
    let message = cut(match &refused.about {
        Some(about) => format!("{}{}", refusal.sentence(), notice::in_brackets(about)),
        None => refusal.sentence().to_owned(),
    });
    let mut metadata = MetadataMap::new();
    metadata.insert(CODE, MetadataValue::from_static(refusal.code()));
    if let Ok(reference) = MetadataValue::try_from(reference) {
        metadata.insert(REFERENCE, reference);
    }
    if !refused.faults.is_empty() {
        let faults = refused.faults.iter().take(FAULTS_MAX).map(fault_to_wire).collect();
        metadata.insert_bin(FAULTS, MetadataValue::from_bytes(&api::FieldFaults { faults }.encode_to_vec()));
    }
    Status::with_metadata(grpc_code(refusal), message, metadata)
}

/// Understands a status, whoever made it.
pub fn from_status(status: &Status) -> Heard {
    let text = |key| status.metadata().get(key).and_then(|value| value.to_str().ok());
    let Some(refusal) = text(CODE).and_then(Refusal::from_code) else { return unsaid(status) };
    let faults = status.metadata().get_bin(FAULTS).and_then(|value| value.to_bytes().ok());
    let faults = faults.and_then(|bytes| api::FieldFaults::decode(bytes).ok()).unwrap_or_default();
    Heard { refusal, sentence: status.message().to_owned(), reference: text(REFERENCE).map(str::to_owned), faults: faults.faults }
}

/// A status that no use case made: the transport's, or a newer node's with a code that this program does not know.
fn unsaid(status: &Status) -> Heard {
    let refusal = match status.code() {
        Code::Unavailable | Code::DeadlineExceeded | Code::Cancelled | Code::Unknown => Refusal::NotReachable,
        Code::ResourceExhausted | Code::OutOfRange => Refusal::RequestTooLarge,
        Code::Unauthenticated | Code::PermissionDenied => Refusal::KeyWrong,
        Code::Unimplemented | Code::InvalidArgument | Code::NotFound | Code::FailedPrecondition | Code::AlreadyExists => {
            Refusal::RequestUnreadable
        }
        Code::Ok | Code::Aborted | Code::Internal | Code::DataLoss => Refusal::Internal,
    };
    Heard { refusal, sentence: refusal.sentence().to_owned(), reference: None, faults: Vec::new() }
}

pub(crate) fn log(refused: &Refused, reference: &str) {
    let (code, about) = (refused.refusal.code(), refused.about.as_deref().unwrap_or_default());
    let cause = refused.cause.as_ref().map(ToString::to_string).unwrap_or_default();
    if matches!(grpc_code(refused.refusal), Code::Internal | Code::DataLoss) {
        tracing::error!(reference, code, about, cause, "a call failed");
    } else {
        tracing::info!(reference, code, about, cause, "a call was refused");
    }
}

fn fault_to_wire(from: &crate::domain::form::Fault) -> api::FieldFault {
    api::FieldFault {
        field: from.field.clone(),
        label: from.label.clone(),
        code: fault::code(&from.kind).to_owned(),
        sentence: fault::sentence(&from.kind),
    }
}

fn cut(mut message: String) -> String {
    if message.len() > MESSAGE_BYTES_MAX {
        let end = (0..=MESSAGE_BYTES_MAX).rev().find(|at| message.is_char_boundary(*at)).unwrap_or(0);
        message.truncate(end);
    }
    message
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::form::{Fault, FaultKind};

    #[test]
    fn every_refusal_comes_back_as_it_was_said() {
        for refusal in Refusal::all() {
            let heard = from_status(&to_status(&Refused::about(refusal, "440825"), "K7QF2M9X"));
            assert_eq!((heard.refusal, heard.reference.as_deref()), (refusal, Some("K7QF2M9X")));
            assert_eq!(heard.sentence, format!("{}（440825）", refusal.sentence()));
        }
    }

    #[test]
    fn faults_of_a_form_stand_at_their_fields() {
        let fault = Fault { field: "calls".into(), label: "接报件数".into(), kind: FaultKind::Missing };
        let heard = from_status(&to_status(&Refused::at_fields(vec![fault; 100]), "K7QF2M9X"));
        assert_eq!((heard.refusal, heard.faults.len()), (Refusal::FormFaults, FAULTS_MAX));
        assert_eq!((&*heard.faults[0].field, &*heard.faults[0].code), ("calls", "MISSING"));
    }

    #[test]
    fn a_status_of_the_transport_has_a_sentence_too() {
        assert_eq!(from_status(&Status::unavailable("tcp connect error")).refusal, Refusal::NotReachable);
        assert_eq!(from_status(&Status::out_of_range("too large")).refusal, Refusal::RequestTooLarge);
        let long = to_status(&Refused::about(Refusal::Internal, "错".repeat(2000)), "x");
        assert!(long.message().len() <= MESSAGE_BYTES_MAX);
    }
}
