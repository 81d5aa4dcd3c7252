//! What the record (*revisjonslogg*) tells of: who did or read what, in words that a program and a person both can read. How its rows
//! hang together is in `crate::audit`.

use super::code::codes;

codes! {
    /// What was done. Who reads was as much an act as who writes.
    pub enum AuditAct {
        ReadPupilLog = "read_pupil_log",
        ReadEntry = "read_entry",
        ReadReport = "read_report",
        ReadInbox = "read_inbox",
        ReadPatterns = "read_patterns",
        ReadErasures = "read_erasures",
        /// The record itself, or a pupil's part of it.
        ReadRecord = "read_record",
        /// All of the record, into a file.
        ExportedRecord = "exported_record",
        /// Changes of documents were stored: which, by whom and from which device.
        StoredChanges = "stored_changes",
        /// A report was opened by its receiver.
        OpenedReport = "opened_report",
        HeldTalk = "held_talk",
        /// A report was given to somebody who reads and receives it then.
        HandedReport = "handed_report",
        TookReportBack = "took_report_back",
        /// Which way each report went, without what it says.
        ReadRouting = "read_routing",
        Erased = "erased",
        SetAttention = "set_attention",
        SetProtection = "set_protection",
        /// A report went on to the school owner.
        PassedOnReport = "passed_on_report",
        /// A report that nobody had opened in time was told to the deputy.
        EscalatedReport = "escalated_report",
        /// Where somebody hears by e-mail that something waits.
        ChangedNoticeAddress = "changed_notice_address",
        /// Whether a device hears by push that something waits.
        ChangedNoticeDevice = "changed_notice_device",
        MadeOwnerKey = "made_owner_key",
        /// A report came to the school owner; in the owner's record alone.
        ReceivedOwnerReport = "received_owner_report",
        ChangedSettings = "changed_settings",
        ImportedRoster = "imported_roster",
        SignedIn = "signed_in",
        /// With a wrong password; one row for a wait, not for an attempt.
        RefusedSignIn = "refused_sign_in",
        SignedOut = "signed_out",
        RevokedDevice = "revoked_device",
        /// Whoever had the device was signed out.
        EndedSessions = "ended_sessions",
        MadeAccount = "made_account",
        /// Whoever has the invitation chooses a new password.
        InvitedToAccount = "invited_to_account",
        /// Roles, classes, or whether it is open.
        ChangedAccount = "changed_account",
        /// Somebody is a substitute for the day: whoever has the code signs in with it.
        GaveDayCode = "gave_day_code",
        /// A substitute's day was ended before it ended by itself.
        EndedDay = "ended_day",
        TookInvitation = "took_invitation",
        /// An invitation was taken up to an account that could be signed in to before.
        ResetSignIn = "reset_sign_in",
        AddedPasskey = "added_passkey",
        RemovedPasskey = "removed_passkey",
        /// A passkey's answer did not count; the detail says so if its count went back, as that of a copy does.
        RefusedPasskey = "refused_passkey",
        FoundedSchool = "founded_school",
        /// The school has an owner from now on: what goes past the leadership goes there.
        GotOwner = "got_owner",
        /// The record was begun at a school that was there before it.
        BeganRecord = "began_record",
        /// Somebody said that the database was restored from a backup.
        RestoredBackup = "restored_backup",
        ReadmittedItems = "readmitted_items",
        TookInFile = "took_in_file",
        RotatedKey = "rotated_key",
        ComputedAnew = "computed_anew",
    }
}

/// A part of the record, as a page shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuditPart {
    Readings,
    Changes,
    SignIns,
}

impl AuditAct {
    /// Where a page shows it; none for what stands in the logs themselves.
    pub fn part(&self) -> Option<AuditPart> {
        use AuditAct as Act;
        Some(match self {
            Act::ReadPupilLog | Act::ReadEntry | Act::ReadReport | Act::ReadInbox => {
                AuditPart::Readings
            }
            Act::ReadPatterns | Act::ReadErasures | Act::ReadRecord | Act::ExportedRecord => {
                AuditPart::Readings
            }
            Act::ReadRouting => AuditPart::Readings,
            Act::SignedIn | Act::RefusedSignIn | Act::SignedOut | Act::RevokedDevice => {
                AuditPart::SignIns
            }
            Act::MadeAccount
            | Act::InvitedToAccount
            | Act::GaveDayCode
            | Act::EndedDay
            | Act::TookInvitation
            | Act::ChangedAccount => AuditPart::SignIns,
            Act::ResetSignIn | Act::AddedPasskey | Act::RemovedPasskey | Act::RefusedPasskey => {
                AuditPart::SignIns
            }
            Act::StoredChanges => return None,
            _ => AuditPart::Changes,
        })
    }
}
