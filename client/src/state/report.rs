//! What can be done with a report: one function for each thing. A draft lies on the phone from its first word and reaches
//! nobody until it is sent.

use std::collections::BTreeMap;

use leptos::prelude::*;
use shared::document::Edit;
use shared::document::report::{self, NewReport};
use shared::domain::{DocumentId, PupilId, ReportOrigin};
use shared::sync::DocumentKind;

use super::State;
use super::saving::{SaveError, Target};
use crate::browser::clock;
use crate::storage::ItemState;

/// What a report begins with.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ReportStart {
    pub entry: Option<DocumentId>,
    pub pupil: Option<PupilId>,
    pub is_pattern: bool,
    /// In words, what the entry says; the reporter changes it freely.
    pub happened: String,
    /// Entries that the desk has shown, each with its heads.
    pub entries: BTreeMap<DocumentId, Vec<String>>,
}

impl State {
    /// Begins a draft, or goes on with the one that was opened and left with nothing in it.
    pub async fn start_report(self, start: ReportStart) -> Result<DocumentId, SaveError> {
        if start == ReportStart::default()
            && let Some(blank) = self.blank_draft()
        {
            return Ok(blank);
        }
        let id = DocumentId(clock::new_id());
        let now_ms = clock::now_ms();
        let entry = start
            .entry
            .and_then(|id| self.entries.get_untracked().get(&id).cloned());
        let mut entries = start.entries;
        let is_prompted = entry
            .as_ref()
            .is_some_and(|view| view.entry.prompt_answer.is_some());
        if let Some(view) = entry {
            entries.insert(view.entry.id, view.heads);
        }
        let origin = match (start.is_pattern, is_prompted) {
            (true, _) => ReportOrigin::Pattern,
            (false, true) => ReportOrigin::Prompted,
            (false, false) => ReportOrigin::ByHand,
        };
        let new = NewReport {
            recorded_at_ms: now_ms,
            origin,
            pupil: start.pupil,
            happened: start.happened,
            entries,
        };
        let target = Target::New {
            id,
            kind: DocumentKind::Report,
            at_ms: now_ms,
        };
        self.save(target, report::begin(&new)?, ItemState::Held)
            .await?;
        Ok(id)
    }

    fn blank_draft(self) -> Option<DocumentId> {
        let me = self.session_untracked()?.staff;
        self.reports.with_untracked(|all| {
            let blank = all
                .values()
                .find(|view| view.author == me && view.is_blank_draft());
            blank.map(|view| view.report.id)
        })
    }

    /// Writes in a draft.
    pub async fn write_report(self, id: DocumentId, edit: Edit) -> Result<(), SaveError> {
        self.save(Target::Existing(id), edit, ItemState::Held).await
    }

    /// Hands the report over: all that was held goes up with the sending change.
    pub async fn send_report(self, id: DocumentId) -> Result<(), SaveError> {
        self.save(Target::Existing(id), report::send(), ItemState::Waiting)
            .await
    }

    /// Puts a draft away: it is shown no more and goes nowhere.
    pub async fn discard_report(self, id: DocumentId) -> Result<(), SaveError> {
        self.save(Target::Existing(id), report::withdraw(), ItemState::Held)
            .await
    }
}
