//! What can be done with an entry: one function for each thing.

use leptos::prelude::*;
use shared::document::Edit;
use shared::document::entry::{self, NewEntry};
use shared::domain::{
    Choice, ChoiceGroup, DocumentId, EntryKind, PromptAnswer, PupilId, PupilRef, ZoneId,
};
use shared::sync::DocumentKind;

use super::saving::{SaveError, Target};
use super::{State, duty};
use crate::browser::clock;
use crate::storage::{ItemState, disk};

/// How many pupils are offered again.
const MOST_RECENT: usize = 8;

impl State {
    /// The first tap: a complete entry, with now, my zone and me.
    pub async fn save_new_entry(self, choice: &Choice) -> Result<DocumentId, SaveError> {
        let id = DocumentId(clock::new_id());
        let now_ms = clock::now_ms();
        let kind = match choice.group {
            ChoiceGroup::Good => EntryKind::GoodMoment,
            _ => EntryKind::Observation,
        };
        let new = NewEntry {
            kind,
            what: choice.what.clone(),
            happened_at_ms: now_ms,
            recorded_at_ms: now_ms,
            zone: self.zone_now(),
        };
        let target = Target::New {
            id,
            kind: DocumentKind::Entry,
            at_ms: now_ms,
        };
        self.save(target, entry::begin(&new), ItemState::Waiting)
            .await?;
        Ok(id)
    }

    /// Writes something more, or otherwise, in an entry.
    pub async fn amend(self, id: DocumentId, edit: Edit) -> Result<(), SaveError> {
        self.save(Target::Existing(id), edit, ItemState::Waiting)
            .await
    }

    /// Adds a pupil to an entry and remembers to offer that pupil again.
    pub async fn add_pupil(self, id: DocumentId, pupil: PupilId) -> Result<(), SaveError> {
        self.amend(id, entry::set_pupil(PupilRef::Known(pupil), None))
            .await?;
        self.remember_pupil(pupil).await;
        Ok(())
    }

    /// *Angre*: takes the entry back; its history stays.
    pub async fn undo(self, id: DocumentId) -> Result<(), SaveError> {
        self.amend(id, entry::withdraw()).await
    }

    /// Keeps the answer to the question of reporting, a no included.
    pub async fn answer_prompt(
        self,
        id: DocumentId,
        answer: PromptAnswer,
    ) -> Result<(), SaveError> {
        self.amend(id, entry::answer_prompt(&answer)).await
    }

    /// Says something more about an entry, also when it is locked.
    pub async fn add_to_entry(self, id: DocumentId, text: &str) -> Result<(), SaveError> {
        self.amend(id, entry::add(clock::new_id(), text)?).await
    }

    /// The zone where I have duty now.
    pub fn zone_now(self) -> Option<ZoneId> {
        let (weekday, minute) = clock::weekday_and_minute(clock::now_ms());
        let staff = self.session_untracked()?.staff;
        duty::zone_now(
            self.school.get_untracked()?.as_ref(),
            staff,
            weekday,
            minute,
        )
    }

    /// The names of those on duty with me now.
    pub fn partners_now(self) -> Vec<String> {
        let (weekday, minute) = clock::weekday_and_minute(clock::now_ms());
        let (Some(session), Some(school)) = (self.session(), self.school()) else {
            return Vec::new();
        };
        let partners = duty::partners_now(&school, session.staff, weekday, minute);
        partners
            .into_iter()
            .filter_map(|staff| self.staff_name(staff))
            .collect()
    }

    async fn remember_pupil(self, pupil: PupilId) {
        let Some(session) = self.session_untracked() else {
            return;
        };
        self.recent.update(|recent| {
            recent.retain(|other| *other != pupil);
            recent.insert(0, pupil);
            recent.truncate(MOST_RECENT);
        });
        let fact = disk::fact(
            format!("recent/{}", session.staff),
            &self.recent.get_untracked(),
        );
        // Only a convenience: forgotten pupils are found by searching.
        let _ = self.disk.get_value().write(&[fact]).await;
    }
}
