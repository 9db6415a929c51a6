//! Which gRPC code each refusal is sent under: a list for each code, one refusal a line. A test finds a refusal that is in none, or in two.

use tonic::Code;

use crate::text::refusal::Refusal;

/// The code of a refusal.
pub(crate) fn grpc_code(refusal: Refusal) -> Code {
    let listed = LISTS.iter().find(|(_, refusals)| refusals.contains(&refusal));
    listed.map_or(Code::Internal, |(code, _)| *code)
}

const LISTS: [(Code, &[Refusal]); 10] = [
    (Code::Unauthenticated, UNAUTHENTICATED),
    (Code::InvalidArgument, INVALID_ARGUMENT),
    (Code::FailedPrecondition, FAILED_PRECONDITION),
    (Code::NotFound, NOT_FOUND),
    (Code::PermissionDenied, PERMISSION_DENIED),
    (Code::AlreadyExists, ALREADY_EXISTS),
    (Code::ResourceExhausted, RESOURCE_EXHAUSTED),
    (Code::Unavailable, UNAVAILABLE),
    (Code::DataLoss, DATA_LOSS),
    (Code::Internal, INTERNAL),
];

/// Who calls is not known.
const UNAUTHENTICATED: &[Refusal] = &[Refusal::KeyWrong, Refusal::LogInWrong];

/// What was typed or sent is not as it must be.
const INVALID_ARGUMENT: &[Refusal] = &[
    Refusal::RequestUnreadable,
    Refusal::FormUnknown,
    Refusal::FormFaults,
    Refusal::PeriodInvalid,
    Refusal::PeriodFuture,
    Refusal::PeriodNoHoliday,
    Refusal::PeriodNotAnnounced,
    Refusal::ToldByAlone,
    Refusal::OnBehalfDraft,
    Refusal::CutOffInvalid,
    Refusal::CutOffTooEarly,
    Refusal::SpecialBrings,
    Refusal::SpecialReason,
    Refusal::ChaseFaults,
    Refusal::MonthInvalid,
    Refusal::PackFaulty,
    Refusal::RuleCase,
    Refusal::RecordIdInvalid,
    Refusal::RecordMalformed,
    Refusal::ModeInvalid,
    Refusal::PersonMissing,
    Refusal::PersonInvalid,
    Refusal::OfficeInvalid,
    Refusal::TimeInvalid,
    Refusal::SpanInvalid,
    Refusal::NameInvalid,
    Refusal::AreaCodeInvalid,
    Refusal::ClassInvalid,
    Refusal::ZoneInvalid,
    Refusal::InvitationTooLong,
    Refusal::InvitationUnreadable,
    Refusal::AddressInvalid,
    Refusal::DestroyReason,
    Refusal::SecrecyMark,
    Refusal::NoticeFaults,
    Refusal::StepUnknown,
    Refusal::StepOpens,
    Refusal::StepMatterMissing,
    Refusal::StepModeDiffers,
    Refusal::StepLinkUnknown,
    Refusal::StepLinkMissing,
    Refusal::StepLinksTooMany,
    Refusal::StepOfficesMissing,
    Refusal::StepNamesNobody,
    Refusal::MatterNumberInvalid,
    Refusal::IncidentTimeFuture,
    Refusal::IncidentTimesCrossed,
    Refusal::IncidentOfferOne,
    Refusal::IncidentSkipNotAbove,
    Refusal::IncidentElementsMissing,
    Refusal::VerificationOneOffice,
    Refusal::DirectiveTaskInside,
    Refusal::DirectiveOwnerMissing,
    Refusal::DirectiveLeaderMissing,
    Refusal::DirectiveDuePast,
    Refusal::DirectiveReadBackMissing,
    Refusal::StepOneOffice,
    Refusal::WarningNotHigher,
    Refusal::WarningNotLower,
    Refusal::WarningTimesWrong,
    Refusal::WarningAnswererMissing,
    Refusal::FindingResponsibleMissing,
    Refusal::FindingTransferWhere,
    Refusal::NoticeNumberInvalid,
    Refusal::UrgencyMissing,
    Refusal::SignByInvalid,
    Refusal::SignByPast,
    Refusal::AudienceUnclear,
    Refusal::AudienceTooLong,
    Refusal::ToldByMissing,
    Refusal::OnBehalfMissing,
    Refusal::GroupNameInvalid,
    Refusal::GroupEmpty,
    Refusal::AttachmentNotPlain,
    Refusal::AttachmentName,
    Refusal::AttachmentNameTwice,
    Refusal::AttachmentNameShared,
    Refusal::AttachmentKind,
    Refusal::AttachmentOther,
    Refusal::AttachmentRuns,
    Refusal::AttachmentPacked,
    Refusal::AttachmentLocked,
    Refusal::AttachmentSize,
    Refusal::AttachmentTooMany,
    Refusal::AttachmentBroken,
    Refusal::ConfigFaults,
    Refusal::ConfigUnreadable,
    Refusal::FileUnreadable,
    Refusal::StatusWithin,
    Refusal::StatusOffices,
    Refusal::RecoveryCodeMistyped,
    Refusal::RecoveryCodeWrong,
    Refusal::AccountId,
    Refusal::AccountName,
    Refusal::AccountPosts,
    Refusal::AccountPassword,
    Refusal::AccountPasswordTwice,
];

/// It would be taken at another time or in another state.
const FAILED_PRECONDITION: &[Refusal] = &[
    Refusal::PeriodClosed,
    Refusal::NothingToCorrect,
    Refusal::ChoiceNoDifference,
    Refusal::ChaseClosed,
    Refusal::PackVersion,
    Refusal::NoChildren,
    Refusal::OfficeNoLine,
    Refusal::InvitationExpired,
    Refusal::NotListening,
    Refusal::NoAudience,
    Refusal::DestroyNever,
    Refusal::MatterNumberShared,
    Refusal::MatterClosed,
    Refusal::IncidentOffered,
    Refusal::IncidentOfferMissing,
    Refusal::IncidentNotAddressed,
    Refusal::IncidentSameNothing,
    Refusal::IncidentHandoverBehalf,
    Refusal::DrillNone,
    Refusal::DrillSuspended,
    Refusal::DrillRuns,
    Refusal::DrillOver,
    Refusal::DrillNotIn,
    Refusal::IncidentInitialMissing,
    Refusal::IncidentInitialTwice,
    Refusal::IncidentFinalTwice,
    Refusal::IncidentAfterFinal,
    Refusal::IncidentGradeLowered,
    Refusal::IncidentApprovalMissing,
    Refusal::IncidentConfirmNothing,
    Refusal::IncidentJoinItself,
    Refusal::IncidentWithdrawNothing,
    Refusal::VerificationAnswered,
    Refusal::VerificationUnanswered,
    Refusal::DirectiveRecalled,
    Refusal::DirectiveDone,
    Refusal::DirectiveOpenParts,
    Refusal::ResponseNotRunning,
    Refusal::ResponseRunning,
    Refusal::FindingUnheard,
    Refusal::FindingRuled,
    Refusal::FindingNotUpheld,
    Refusal::FindingOpenDemands,
    Refusal::FindingUnruled,
    Refusal::FindingNoEvidence,
    Refusal::NoticeNumberShared,
    Refusal::NoticeRemoved,
    Refusal::NothingBelow,
    Refusal::AttachmentNotHere,
    Refusal::FolderEmpty,
    Refusal::FolderOfAnother,
    Refusal::FolderNoRights,
    Refusal::FolderReadOnly,
    Refusal::KeyOpenToOthers,
    Refusal::FolderLocked,
    Refusal::FolderNewer,
    Refusal::PortInUse,
    Refusal::PortNotAllowed,
    Refusal::StopFirst,
    Refusal::FileExists,
    Refusal::BackupAbsent,
    Refusal::BackupSeveral,
    Refusal::BackupOfAnother,
    Refusal::BackupNewer,
    Refusal::BackupDiskFailed,
    Refusal::BackupInsideData,
    Refusal::RecoveryCodeMissing,
    Refusal::FolderNotEmpty,
    Refusal::AccountEnded,
    Refusal::AccountLastOperator,
    Refusal::PageStale,
];

/// What was named is not here.
const NOT_FOUND: &[Refusal] = &[
    Refusal::ChoiceUnknown,
    Refusal::SpecialUnknown,
    Refusal::DueUnknown,
    Refusal::OfficeUnknown,
    Refusal::InvitationUnknown,
    Refusal::ParkedUnknown,
    Refusal::RecordUnknown,
    Refusal::StepCorrectsUnknown,
    Refusal::MatterUnknown,
    Refusal::DirectiveOutcomeUnknown,
    Refusal::FindingDemandUnknown,
    Refusal::FindingFeedbackUnknown,
    Refusal::NoticeUnknown,
    Refusal::GroupUnknown,
    Refusal::AttachmentUnknown,
    Refusal::AttachmentGone,
    Refusal::BackupEmpty,
    Refusal::AccountUnknown,
    Refusal::PageUnknown,
];

/// It is not for this office or person to do.
const PERMISSION_DENIED: &[Refusal] = &[
    Refusal::OnBehalfElsewhere,
    Refusal::OfficeNotYours,
    Refusal::OfficeElsewhere,
    Refusal::InvitationForAnother,
    Refusal::ParentNotBelieved,
    Refusal::DestroyElsewhere,
    Refusal::IncidentCorrectsOther,
    Refusal::IncidentNotHandler,
    Refusal::IncidentApprovedByAsker,
    Refusal::IncidentNotThePerson,
    Refusal::IncidentWithdrawOther,
    Refusal::MatterNotOpener,
    Refusal::StepNotBelow,
    Refusal::StepNotAddressed,
    Refusal::StepCorrectsOther,
    Refusal::VerificationElsewhere,
    Refusal::DirectiveNotSource,
    Refusal::MatterNotAbove,
    Refusal::FindingElsewhere,
    Refusal::FindingOtherDebtor,
    Refusal::NotBelow,
    Refusal::NotAddressed,
    Refusal::AttachmentNotOwn,
    Refusal::RightMissing,
];

/// It was done already, by another.
const ALREADY_EXISTS: &[Refusal] = &[
    Refusal::RecordIdUsed,
    Refusal::OfficeExists,
    Refusal::InvitationUsed,
    Refusal::FindingTwice,
    Refusal::FolderTaken,
    Refusal::AccountTaken,
    Refusal::AccountsExist,
];

/// There is too much of it.
const RESOURCE_EXHAUSTED: &[Refusal] = &[
    Refusal::RequestTooLarge,
    Refusal::AttachmentNoRoom,
    Refusal::NoSpace,
    Refusal::BackupFull,
    Refusal::LogInWait,
    Refusal::StatusBusy,
];

/// Later.
const UNAVAILABLE: &[Refusal] =
    &[Refusal::ParentUnreachable, Refusal::NotServing, Refusal::NotReachable, Refusal::Behind, Refusal::Stopping];

/// A store is damaged.
const DATA_LOSS: &[Refusal] = &[Refusal::FolderDamaged, Refusal::BackupDamaged, Refusal::StoreFailed];

/// Whatever should not happen.
const INTERNAL: &[Refusal] = &[Refusal::Internal];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_has_one_code() {
        for refusal in Refusal::all() {
            let times = LISTS.iter().flat_map(|(_, refusals)| *refusals).filter(|listed| **listed == refusal).count();
            assert_eq!(times, 1, "{refusal:?}");
        }
    }
}
