//! What can be done with a report: one function for each thing. A draft lies on the phone from its first word and reaches
//! nobody until it is sent.

use std::collections::{BTreeMap, BTreeSet};

use leptos::prelude::*;
use shared::api::{LogLine, OwnerReceipt, path};
use shared::document::Edit;
use shared::document::report::{self, NewReport};
use shared::domain::{DocumentId, PupilId, ReportOrigin, StaffId, Suspicion};
use shared::sync::DocumentKind;

use super::State;
use super::saving::{SaveError, Target, ToOwner};
use crate::browser::{clock, http};
use crate::storage::{DocumentRow, ItemState, Write};

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

    /// Hands the report over: all that was held goes up with the sending change. One that suspects somebody in the leadership goes
    /// to the school owner, sealed, and nothing of its draft goes anywhere.
    pub async fn send_report(self, id: DocumentId) -> Result<(), SaveError> {
        let target = Target::Existing(id);
        match self.goes_past_leadership(id) {
            false => self.save(target, report::send(), ItemState::Waiting).await,
            true => {
                let edit = report::set_suspicion(&Suspicion::Leadership).and(report::send());
                let to = self.to_owner(id).ok_or(SaveError::NoOwner)?;
                self.save_for_owner(target, edit, to).await
            }
        }
    }

    /// Whether a report on this phone is for the owner and nobody at the school.
    pub fn goes_past_leadership(self, id: DocumentId) -> bool {
        let leaders = self.leaders();
        self.reports.with(|all| {
            let view = all.get(&id);
            view.is_some_and(|view| view.report.is_past_leadership(&leaders))
        })
    }

    fn leaders(self) -> BTreeSet<StaffId> {
        let school = self.school();
        let staff = school.iter().flat_map(|school| &school.staff);
        staff.filter(|it| it.is_leader).map(|it| it.id).collect()
    }

    /// What the owner needs beside the report itself: names, and the entries it builds on as far as they are on this phone.
    fn to_owner(self, id: DocumentId) -> Option<ToOwner> {
        let key = self.school.get_untracked()?.owner_key.clone()?;
        let report = self
            .reports
            .with_untracked(|all| all.get(&id).cloned())?
            .report;
        let name = |staff: &StaffId| untrack(|| self.staff_name(*staff)).unwrap_or_default();
        let school = self.school.get_untracked()?;
        let pupil = school.pupils.iter().find(|it| Some(it.id) == report.pupil);
        let pupil_name = untrack(|| report.pupil.and_then(|pupil| self.pupil_name(pupil)));
        let entries = report.entries.keys();
        let entries = entries.filter_map(|id| untrack(|| self.log_line(*id)));
        Some(ToOwner {
            key,
            pupil_name: pupil_name.unwrap_or(report.pupil_description.clone()),
            class_name: pupil
                .and_then(|pupil| pupil.class)
                .and_then(|class| untrack(|| self.class_name(class))),
            suspected_names: report.suspected.iter().map(name).collect(),
            reporter_name: self.session_untracked()?.name,
            told_by_name: report
                .told_by
                .as_ref()
                .map_or(report.told_by_name.clone(), name),
            entries: entries.collect(),
        })
    }

    fn log_line(self, id: DocumentId) -> Option<LogLine> {
        let view = self.entry(id)?;
        let name = |pupil: Option<PupilId>| pupil.and_then(|id| self.pupil_name(id));
        Some(LogLine {
            author: view.author,
            author_name: self.staff_name(view.author).unwrap_or_default(),
            received_at_ms: view.entry.recorded_at_ms,
            zone_name: view.entry.zone.and_then(|zone| self.zone_name(zone)),
            pupil_names: view
                .entry
                .pupils
                .iter()
                .map(|pupil| name(pupil.pupil_id()).unwrap_or_default())
                .collect(),
            amendments: 0,
            is_locked: view.is_locked,
            entry: view.entry,
        })
    }

    /// Asks what became of the reports to the owner; without contact what is known stands.
    pub async fn fetch_owner_receipts(self) {
        // Asked by everybody who opens the page: that somebody asks tells nothing.
        let Ok(found) = http::get::<Vec<OwnerReceipt>>(path::OWNER_RECEIPTS).await else {
            return;
        };
        let disk = self.disk.get_value();
        for receipt in found {
            let Ok(Some(row)) = disk.document(receipt.report).await else {
                continue;
            };
            let receipts = Some(receipt.receipts);
            if row.receipts != receipts {
                let row = DocumentRow { receipts, ..row };
                if disk.write(&[Write::Document(row.clone())]).await.is_ok() {
                    self.note_write();
                    self.show(&row);
                }
            }
        }
    }

    /// Puts a draft away: it is shown no more and goes nowhere.
    pub async fn discard_report(self, id: DocumentId) -> Result<(), SaveError> {
        self.save(Target::Existing(id), report::withdraw(), ItemState::Held)
            .await
    }
}
