//! What is refused, by a stable code, with one sentence that says what to do.
//!
//! A code never changes its meaning and is never used again. The sentence is for the officer; what a person who looks after machines
//! needs stands in the log under the same reference number.

mod codes;
mod sentences;

/// Everything that this program refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// The API key is missing or wrong.
    KeyWrong,
    /// The call cannot be read at all.
    RequestUnreadable,
    /// The call is larger than the API takes.
    RequestTooLarge,
    /// No form has this id.
    FormUnknown,
    /// Fields of a form are not as they must be.
    FormFaults,
    /// Not a day.
    PeriodInvalid,
    /// The day has not begun.
    PeriodFuture,
    /// Only a correction is taken now.
    PeriodClosed,
    /// The day is in no statutory holiday.
    PeriodNoHoliday,
    /// The holidays of that year are not announced.
    PeriodNotAnnounced,
    /// Nothing was filed that could be corrected.
    NothingToCorrect,
    /// Something else is held than what was when the report was begun.
    ReportChanged,
    /// Somebody said it, and nobody said for which office.
    ToldByAlone,
    /// Only offices below may be spoken for.
    OnBehalfElsewhere,
    /// A sum is nobody else's words.
    OnBehalfDraft,
    /// There is nothing to choose between.
    ChoiceNoDifference,
    /// Not one of the versions that are compared.
    ChoiceUnknown,
    /// Not a time of day.
    CutOffInvalid,
    /// It would decide of a day that has begun.
    CutOffTooEarly,
    /// No special period has this number.
    SpecialUnknown,
    /// The number names more than one.
    SpecialNumberShared,
    /// A special period that brings nothing, or more than it can.
    SpecialBrings,
    /// Why is not said, or in too many words.
    SpecialReason,
    /// A special period that ends before it begins, or is over, or is longer than a year.
    SpecialSpan,
    /// Nothing with this key is owed.
    DueUnknown,
    /// Who was spoken to, or what was answered, is not as it must be.
    ChaseFaults,
    /// It is owed no more.
    ChaseClosed,
    /// Neither a month nor a year.
    MonthInvalid,
    /// A pack of rules with faults, or laxer than what binds this office.
    PackFaulty,
    /// A pack whose version is not higher than the one that is known.
    PackVersion,
    /// A category, grade, tier or flag that there is not.
    RuleCase,
    /// There is nobody below.
    NoChildren,
    /// Too short, or too long.
    StatusWithin,
    /// Too many live questions are under way.
    StatusBusy,
    /// Too many offices are named.
    StatusOffices,
    /// The id of a record is not a UUIDv7.
    RecordIdInvalid,
    /// The id was used for something else.
    RecordIdUsed,
    /// The record is beyond a limit of the format.
    RecordMalformed,
    /// Neither real nor exercise nor test.
    ModeInvalid,
    /// Nobody is named who does it.
    PersonMissing,
    /// The person cannot be read.
    PersonInvalid,
    /// Not an office id.
    OfficeInvalid,
    /// Nobody in the tree has this id.
    OfficeUnknown,
    /// An office with this id exists.
    OfficeExists,
    /// Only its parent may do it.
    OfficeNotYours,
    /// The office is not below this one.
    OfficeElsewhere,
    /// It has no line: it has no node, or it is the root.
    OfficeNoLine,
    /// Not a moment.
    TimeInvalid,
    /// From when is not before until when.
    SpanInvalid,
    /// Not a name.
    NameInvalid,
    /// Not an area code.
    AreaCodeInvalid,
    /// What the office is to the tree is not said.
    ClassInvalid,
    /// Not a network zone.
    ZoneInvalid,
    /// An invitation that would be good for too long.
    InvitationTooLong,
    /// Not an invitation.
    InvitationUnreadable,
    /// The parent made no such invitation.
    InvitationUnknown,
    /// It was used by another machine.
    InvitationUsed,
    /// Too late.
    InvitationExpired,
    /// For somebody else.
    InvitationForAnother,
    /// Not an address that a child could dial.
    AddressInvalid,
    /// This node takes no children.
    NotListening,
    /// The root dials nobody.
    NoParent,
    /// The parent cannot be reached for enrolment.
    ParentUnreachable,
    /// What answered does not fit the invitation.
    ParentNotBelieved,
    /// No parked record stands there.
    ParkedUnknown,
    /// Nobody is there to receive it.
    NoAudience,
    /// No such record is held here.
    RecordUnknown,
    /// Why a record is destroyed is not said, or in too many words.
    DestroyReason,
    /// Another office's to destroy.
    DestroyElsewhere,
    /// Without it others could not be believed.
    DestroyNever,
    /// What was to be kept bears a mark of state secrecy.
    SecrecyMark,
    /// Words of a notice, or of whoever answers it, are not as they must be.
    NoticeFaults,
    /// No step has this name.
    StepUnknown,
    /// The step begins a matter, and one was named.
    StepOpens,
    /// The step goes on with a matter, and none was named.
    StepMatterMissing,
    /// A matter is real or an exercise as a whole.
    StepModeDiffers,
    /// The step names no such record.
    StepLinkUnknown,
    /// The step must name a record.
    StepLinkMissing,
    /// The step names too many records.
    StepLinksTooMany,
    /// The step must name offices.
    StepOfficesMissing,
    /// The step names no offices.
    StepNamesNobody,
    /// It would correct a step that the matter does not have.
    StepCorrectsUnknown,
    /// Neither a number nor a reference.
    MatterNumberInvalid,
    /// No such matter is held here.
    MatterUnknown,
    /// The number names several.
    MatterNumberShared,
    /// Nothing more can be done about it.
    MatterClosed,
    /// The step is one of another kind of matter.
    MatterOtherKind,
    /// What was done was done later than now.
    StepTimeFuture,
    /// No such paper form, or none of such a matter.
    PaperUnknown,
    /// A paper is not kept as such a file.
    PaperShape,
    /// Nothing on this machine can draw Chinese.
    PaperNoFont,
    /// Something happened later than now.
    IncidentTimeFuture,
    /// Learnt of before it happened.
    IncidentTimesCrossed,
    /// It corrects a step of another office or kind.
    IncidentCorrectsOther,
    /// Only the office that handles it may.
    IncidentNotHandler,
    /// It is offered to another office.
    IncidentOffered,
    /// An offer to nobody else, or to several.
    IncidentOfferOne,
    /// An exercise outside of any drill.
    DrillNone,
    /// The drill is suspended.
    DrillSuspended,
    /// The drill is not suspended.
    DrillRuns,
    /// The drill is over.
    DrillOver,
    /// The office does not take part in the drill, or has left it.
    DrillNotIn,
    /// A skip to an office that does not stand above.
    IncidentSkipNotAbove,
    /// Not an event that one office entered in another's name and that one itself.
    IncidentSameNothing,
    /// A receipt for what was sent to others.
    IncidentNotAddressed,
    /// Nothing was offered to this office.
    IncidentOfferMissing,
    /// Handing over, or accepting, for an office that has a node, or whose parent is another.
    IncidentHandoverBehalf,
    /// A follow-up to nothing.
    IncidentInitialMissing,
    /// A second initial report.
    IncidentInitialTwice,
    /// A second final report.
    IncidentFinalTwice,
    /// A report after the final one.
    IncidentAfterFinal,
    /// Elements of a report are blank.
    IncidentElementsMissing,
    /// A grade would go down silently.
    IncidentGradeLowered,
    /// Nothing waits for approval.
    IncidentApprovalMissing,
    /// Approved by whoever asked.
    IncidentApprovedByAsker,
    /// Another person's word.
    IncidentNotThePerson,
    /// It was not put before this leader.
    IncidentApproverNotAsked,
    /// No approval by telephone waits for it.
    IncidentConfirmNothing,
    /// It is joined already.
    IncidentJoinItself,
    /// Another office's report.
    IncidentWithdrawOther,
    /// No report that could be withdrawn.
    IncidentWithdrawNothing,
    /// Nobody has asked for that paper.
    IncidentPaperUnasked,
    /// Only the office that began the matter may do it.
    MatterNotOpener,
    /// The step names an office that is not below whose step it is.
    StepNotBelow,
    /// The matter was not sent to this office for it.
    StepNotAddressed,
    /// An office corrects only its own words, by the same step.
    StepCorrectsOther,
    /// A question is asked of one office.
    VerificationOneOffice,
    /// It was another office that was asked.
    VerificationElsewhere,
    /// There is an answer already.
    VerificationAnswered,
    /// Nothing closes without an answer.
    VerificationUnanswered,
    /// A roll call for a time that is over, or too far off.
    RollTime,
    /// More are to be drawn than there are.
    RollDraw,
    /// It has not begun, or the first call is not over.
    RollEarly,
    /// It is over, and is answered no more.
    RollOver,
    /// It was over before this office had it.
    RollMissed,
    /// There is an answer already.
    RollAnswered,
    /// No call waits for an answer.
    RollNoneOpen,
    /// What is said by telephone is entered as a call to the telephone.
    RollByPhone,
    /// Who took up the telephone, or after how many rings, is not said.
    RollRings,
    /// It was answered in time, or may be yet.
    RollNoFault,
    /// Only who called, or stands above it, rules.
    RollRuler,
    /// Something else has been recorded since the form was opened.
    RollChanged,
    /// Nobody is ruled to have been off its post before it was heard.
    RollUnheard,
    /// Nobody was drawn in it.
    RollNoDraw,
    /// A task stays inside the own office.
    DirectiveTaskInside,
    /// A task names who is to do it.
    DirectiveOwnerMissing,
    /// An instruction names who gave it and when.
    DirectiveLeaderMissing,
    /// The time is over before it begins.
    DirectiveDuePast,
    /// It was recalled.
    DirectiveRecalled,
    /// There is an outcome already.
    DirectiveDone,
    /// Offices that were addressed have given no outcome.
    DirectiveOpenParts,
    /// What is sent back is no outcome of that office that still stands.
    DirectiveOutcomeUnknown,
    /// Only whoever gave the part to an office sends its outcome back.
    DirectiveNotSource,
    /// Who answered, and what was read back, is not said.
    DirectiveReadBackMissing,
    /// The step is about one office.
    StepOneOffice,
    /// The level does not rise.
    WarningNotHigher,
    /// The level does not fall.
    WarningNotLower,
    /// It was issued after it was taken.
    WarningTimesWrong,
    /// Who answered is not said.
    WarningAnswererMissing,
    /// No response of this office is running.
    ResponseNotRunning,
    /// A response of this office is running.
    ResponseRunning,
    /// Only the office that began the matter, or one above it, may do it.
    MatterNotAbove,
    /// The finding is about another office.
    FindingElsewhere,
    /// The office was not heard, and had no time for it.
    FindingUnheard,
    /// It was ruled, and is ruled anew from above alone.
    FindingRuled,
    /// Nobody is named who is responsible.
    FindingResponsibleMissing,
    /// Conclusions before the ruling, or against it.
    FindingNotUpheld,
    /// Where it was transferred to is not said.
    FindingTransferWhere,
    /// Not a demand of this finding.
    FindingDemandUnknown,
    /// Nothing that says that a demand is done, and waits to be accepted.
    FindingFeedbackUnknown,
    /// Something is still to be put right.
    FindingOpenDemands,
    /// It closes only after a ruling.
    FindingUnruled,
    /// Somebody has decided about this obligation already.
    FindingTwice,
    /// The obligation is no evidence of a fault.
    FindingNoEvidence,
    /// The obligation is another office's.
    FindingOtherDebtor,
    /// It answers nothing that was said in this session.
    ConsultationStatementUnknown,
    /// Not an outcome of this session.
    ConsultationOutcomeUnknown,
    /// It became a directive already, or was said to need none.
    ConsultationOutcomeSettled,
    /// Not a directive that this office has given.
    ConsultationNoDirective,
    /// Outcomes are neither directives nor expressly none.
    ConsultationOpenOutcomes,
    /// Nothing closes without minutes.
    ConsultationMinutesMissing,
    /// Not a text of this session's summary.
    ConsultationDraftUnknown,
    /// Reviewed by whoever wrote it.
    ConsultationReviewedByWriter,
    /// Published only after it was reviewed.
    ConsultationNotReviewed,
    /// The status is asked for, not typed.
    ConsultationStatusTyped,
    /// More offices than the record of one session can keep.
    ConsultationStatusTooLong,
    /// Neither a number nor a reference.
    NoticeNumberInvalid,
    /// No such notice is held here.
    NoticeUnknown,
    /// The number names more than one.
    NoticeNumberShared,
    /// It was removed: there is nothing to sign for.
    NoticeRemoved,
    /// The urgency is not said.
    UrgencyMissing,
    /// Not a time until which to sign.
    SignByInvalid,
    /// The time to sign is over before it begins.
    SignByPast,
    /// Not exactly one of everybody, offices, or a group.
    AudienceUnclear,
    /// More offices than one notice can name.
    AudienceTooLong,
    /// An office that is not below this one.
    NotBelow,
    /// There is nobody below.
    NothingBelow,
    /// The office was not addressed.
    NotAddressed,
    /// On behalf, and nobody said who telephoned.
    ToldByMissing,
    /// Somebody telephoned, and nobody said for which office.
    OnBehalfMissing,
    /// No group has this name.
    GroupUnknown,
    /// Not a name of a group.
    GroupNameInvalid,
    /// Nobody is in it.
    GroupEmpty,
    /// Files are added to records of this office alone.
    AttachmentNotOwn,
    /// Nobody has stated by name that the files are no secret.
    AttachmentNotPlain,
    /// Not a name of a file.
    AttachmentName,
    /// A file of that record has this name.
    AttachmentNameTwice,
    /// Several files have this name.
    AttachmentNameShared,
    /// No format that is taken.
    AttachmentKind,
    /// Another format than its name says.
    AttachmentOther,
    /// A program, or something in it that runs.
    AttachmentRuns,
    /// An archive.
    AttachmentPacked,
    /// Locked with a password.
    AttachmentLocked,
    /// Empty, or too large.
    AttachmentSize,
    /// More files than a record may have.
    AttachmentTooMany,
    /// There is no room for files.
    AttachmentNoRoom,
    /// It broke off, or is not as long as was said.
    AttachmentBroken,
    /// No such file belongs to it.
    AttachmentUnknown,
    /// The file has not come here yet.
    AttachmentNotHere,
    /// The file was removed by rule.
    AttachmentGone,
    /// What came is not what its name says.
    AttachmentUnsafe,
    /// The disk is too full for it.
    NoSpace,
    /// The configuration has faults.
    ConfigFaults,
    /// The configuration cannot be read.
    ConfigUnreadable,
    /// The folder holds no office yet.
    FolderEmpty,
    /// The folder holds an office already.
    FolderTaken,
    /// The folder is another office's.
    FolderOfAnother,
    /// The folder cannot be entered or written.
    FolderNoRights,
    /// The file system is read-only.
    FolderReadOnly,
    /// Others can read a key.
    KeyOpenToOthers,
    /// Another process has the folder.
    FolderLocked,
    /// Something in the folder is damaged.
    FolderDamaged,
    /// The folder was written by a newer program.
    FolderNewer,
    /// A port is in use.
    PortInUse,
    /// A port may not be opened.
    PortNotAllowed,
    /// No node is serving from this folder.
    NotServing,
    /// The node does not answer.
    NotReachable,
    /// The node must be stopped first.
    StopFirst,
    /// A file that was named cannot be read.
    FileUnreadable,
    /// A file of that name is there.
    FileExists,
    /// The folder for backups is not there.
    BackupAbsent,
    /// No backup stands there.
    BackupEmpty,
    /// Backups of several offices stand there.
    BackupSeveral,
    /// The backup is another office's.
    BackupOfAnother,
    /// A newer program made the backup.
    BackupNewer,
    /// The backup is not whole.
    BackupDamaged,
    /// The disk for backups is full.
    BackupFull,
    /// The disk for backups cannot be read or written.
    BackupDiskFailed,
    /// The backup would lie inside of what it is a backup of.
    BackupInsideData,
    /// There is no recovery code yet.
    RecoveryCodeMissing,
    /// A slip of the pen.
    RecoveryCodeMistyped,
    /// A whole code that does not open it.
    RecoveryCodeWrong,
    /// The folder must be empty for this.
    FolderNotEmpty,
    /// Not what an account may be called.
    AccountId,
    /// Not a person's name.
    AccountName,
    /// An account without a post.
    AccountPosts,
    /// Not good enough for a password.
    AccountPassword,
    /// The two entries of a new password differ.
    AccountPasswordTwice,
    /// There is such an account, or was.
    AccountTaken,
    /// There is no such account.
    AccountUnknown,
    /// The account has ended.
    AccountEnded,
    /// Another person has changed it since the page was opened.
    AccountChanged,
    /// Nobody could look after accounts any more.
    AccountLastOperator,
    /// The first account is there.
    AccountsExist,
    /// The first account is made at the machine itself.
    AccountFirst,
    /// Account or password is wrong.
    LogInWrong,
    /// Too many wrong attempts.
    LogInWait,
    /// The person's posts do not allow it.
    RightMissing,
    /// The page was made for a session that is over.
    PageStale,
    /// There is no such page.
    PageUnknown,
    /// What was written cannot be read yet.
    Behind,
    /// The node is stopping.
    Stopping,
    /// The store has failed; the node stops serving.
    StoreFailed,
    /// Whatever should not happen.
    Internal,
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{sentences::TABLE, *};

    #[test]
    fn every_code_is_its_own_and_has_one_sentence_that_says_what_to_do() {
        let codes: BTreeSet<_> = Refusal::all().map(Refusal::code).collect();
        assert_eq!(codes.len(), TABLE.len());
        for (place, refusal) in Refusal::all().enumerate() {
            assert_eq!(refusal as usize, place, "{refusal:?} stands in another row");
            let (code, sentence) = (refusal.code(), refusal.sentence());
            assert_eq!(Refusal::from_code(code), Some(refusal));
            assert!(code.bytes().all(|b| b.is_ascii_uppercase() || b == b'_'), "{code}");
            assert!(sentence.ends_with('。') && sentence.matches('。').count() == 1, "{code}: one sentence");
            let says_what_to_do = ["请", "未启动"].iter().any(|word| sentence.contains(word));
            assert!(says_what_to_do, "{code}: {sentence}");
        }
    }
}
