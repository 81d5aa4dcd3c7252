//! What is known on this phone and what can be done with it: one `State`, reached from any page by `State::here()`.
//! Reading a method inside a view or an effect follows it; what is done is one named function each, in `entry`, `report`,
//! `account`. `saving` puts it on the disk, `trouble` says when that fails, `exchange` sends it.

mod account;
mod boot;
pub mod duty;
mod entry;
mod exchange;
mod passkey;
mod preference;
mod push;
mod report;
mod saving;
pub mod search;
mod step_up;
mod trouble;
mod unopened;
mod vault;
mod view;

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_channel::oneshot;
use leptos::prelude::*;
use shared::api::{Abilities, School, Session};
use shared::domain::{Choice, ClassId, DocumentId, Pupil, PupilId, StaffId, ZoneId};
use shared::sync::Hex;

pub use passkey::PasskeyFailure;
pub use push::PushFailure;
pub use report::ReportStart;
pub use saving::SaveError;
pub use unopened::has_inbox;
pub use vault::{Lock, UnlockError};
pub use view::{EntryView, OutboxView, ReportView, View};

use crate::browser::clock;
use crate::browser::wake::Live;
use crate::i18n::Locale;
use crate::storage::{Disk, DocumentRow, StorageError};
use crate::vault::{Unlock, Vault, VaultKey};
use saving::{Pending, Sealer};

/// Whether somebody is signed in here.
#[derive(Debug, Clone, PartialEq)]
pub enum Access {
    /// The disk has not been read yet.
    Loading,
    /// Nobody has signed in on this phone.
    SignedOut,
    /// Signed in, as far as is known.
    SignedIn(Session),
    /// The server asks for a new sign-in; writing goes on and nothing is lost.
    Expired(Session),
}

/// Handles to everything known; copied freely.
#[derive(Clone, Copy)]
pub struct State {
    access: RwSignal<Access>,
    school: RwSignal<Option<Arc<School>>>,
    entries: RwSignal<BTreeMap<DocumentId, EntryView>>,
    reports: RwSignal<BTreeMap<DocumentId, ReportView>>,
    outbox: RwSignal<OutboxView>,
    recent: RwSignal<Vec<PupilId>>,
    last_contact_ms: RwSignal<Option<i64>>,
    is_online: RwSignal<bool>,
    is_sending: RwSignal<bool>,
    is_out_of_sight: RwSignal<bool>,
    save_failure: RwSignal<Option<StorageError>>,
    is_nearly_full: RwSignal<bool>,
    has_update: RwSignal<bool>,
    is_outdoor: RwSignal<bool>,
    is_left_handed: RwSignal<bool>,
    locale: RwSignal<Locale>,
    /// Written, and refused by the disk so far.
    refused: StoredValue<Vec<Pending>>,
    /// What stands on the screen, as it lies on the disk: what has not changed is not read again.
    shown: StoredValue<BTreeMap<DocumentId, DocumentRow>>,
    /// How often this page has written to the disk.
    writes: StoredValue<u32>,
    disk: StoredValue<Disk, LocalStorage>,
    live: StoredValue<Option<Live>, LocalStorage>,
    failures: StoredValue<u32>,
    /// Somebody wanted an exchange while one was under way.
    is_wanted: StoredValue<bool>,
    has_asked_to_persist: StoredValue<bool>,
    /// Whether the browser has promised to keep what lies here; none where it gives no answer.
    is_kept: RwSignal<Option<bool>>,
    /// The browser has thrown away what lay here.
    was_evicted: RwSignal<bool>,
    /// The server has shut this device out.
    is_shut_out: RwSignal<bool>,
    lock: RwSignal<Lock>,
    vault: RwSignal<Option<Vault>>,
    /// In memory only, and only while the vault is open.
    vault_key: StoredValue<Option<VaultKey>>,
    /// Whose vault is open.
    open_for: StoredValue<Option<StaffId>>,
    session_share: StoredValue<Option<Hex<32>>>,
    /// What the signed-in person's device seals with.
    sealer: StoredValue<Option<Sealer>>,
    /// Which of the server's keys were asked for last.
    asked_key: StoredValue<Option<u32>>,
    /// The version of the school for which the session was last fetched anew.
    asked_version: StoredValue<Option<i64>>,
    /// When this person's way of signing in was set anew, until they have seen it.
    resets: RwSignal<Vec<i64>>,
    /// Reports that wait to be opened by this person.
    unopened: RwSignal<u32>,
    /// The person is asked who they are.
    asks_who: RwSignal<bool>,
    /// Waits for the answer.
    who_waits: StoredValue<Option<oneshot::Sender<bool>>, LocalStorage>,
    /// When somebody last used the phone, by its clock.
    touched_ms: StoredValue<i64>,
}

impl State {
    /// Makes the state, hands it to every component below and begins to read the disk.
    pub fn provide() -> State {
        let state = State {
            access: RwSignal::new(Access::Loading),
            school: RwSignal::new(None),
            entries: RwSignal::new(BTreeMap::new()),
            reports: RwSignal::new(BTreeMap::new()),
            outbox: RwSignal::new(OutboxView::default()),
            recent: RwSignal::new(Vec::new()),
            last_contact_ms: RwSignal::new(None),
            is_online: RwSignal::new(true),
            is_sending: RwSignal::new(false),
            is_out_of_sight: RwSignal::new(false),
            save_failure: RwSignal::new(None),
            is_nearly_full: RwSignal::new(false),
            has_update: RwSignal::new(false),
            is_outdoor: RwSignal::new(false),
            is_left_handed: RwSignal::new(false),
            locale: RwSignal::new(Locale::nb),
            refused: StoredValue::new(Vec::new()),
            shown: StoredValue::new(BTreeMap::new()),
            writes: StoredValue::new(0),
            disk: StoredValue::new_local(Disk::default()),
            live: StoredValue::new_local(None),
            failures: StoredValue::new(0),
            is_wanted: StoredValue::new(false),
            has_asked_to_persist: StoredValue::new(false),
            is_kept: RwSignal::new(None),
            was_evicted: RwSignal::new(false),
            is_shut_out: RwSignal::new(false),
            lock: RwSignal::new(Lock::Closed(Unlock::Session)),
            vault: RwSignal::new(None),
            vault_key: StoredValue::new(None),
            open_for: StoredValue::new(None),
            session_share: StoredValue::new(None),
            sealer: StoredValue::new(None),
            asked_key: StoredValue::new(None),
            asked_version: StoredValue::new(None),
            resets: RwSignal::new(Vec::new()),
            unopened: RwSignal::new(0),
            asks_who: RwSignal::new(false),
            who_waits: StoredValue::new_local(None),
            touched_ms: StoredValue::new(clock::now_ms()),
        };
        provide_context(state);
        state.read_preferences();
        state.boot();
        state
    }

    /// The state of the app.
    pub fn here() -> State {
        expect_context::<State>()
    }

    pub fn access(self) -> Access {
        self.access.get()
    }

    /// Who is signed in, also when the server has forgotten it.
    pub fn session(self) -> Option<Session> {
        signed_in(self.access.get())
    }

    fn session_untracked(self) -> Option<Session> {
        signed_in(self.access.get_untracked())
    }

    /// Whether this person is here by a code, which ends by itself.
    pub fn is_for_a_day(self) -> bool {
        self.session()
            .is_some_and(|session| session.ends_at_ms.is_some())
    }

    /// Whether the day for which this person is here is over, by this phone's clock.
    pub fn is_day_over(self) -> bool {
        let ends_at_ms = self.session().and_then(|session| session.ends_at_ms);
        ends_at_ms.is_some_and(|at_ms| at_ms <= clock::now_ms())
    }

    /// What the signed-in person may open, as the server said.
    pub fn may(self) -> Abilities {
        self.session()
            .map(|session| session.may)
            .unwrap_or_default()
    }

    /// The school as last fetched.
    pub fn school(self) -> Option<Arc<School>> {
        self.school.get()
    }

    /// The school's choices; the built-in ones until the school is known.
    pub fn choices(self) -> Vec<Choice> {
        self.school
            .get()
            .map_or_else(Choice::built_in, |school| school.choices.clone())
    }

    pub fn pupil_name(self, pupil: PupilId) -> Option<String> {
        let school = self.school.get()?;
        school
            .pupils
            .iter()
            .find(|p| p.id == pupil)
            .map(Pupil::full_name)
    }

    pub fn class_name(self, class: ClassId) -> Option<String> {
        self.school
            .get()?
            .classes
            .iter()
            .find(|c| c.id == class)
            .map(|c| c.name.clone())
    }

    pub fn zone_name(self, zone: ZoneId) -> Option<String> {
        self.school
            .get()?
            .zones
            .iter()
            .find(|z| z.id == zone)
            .map(|z| z.name.clone())
    }

    pub fn staff_name(self, staff: StaffId) -> Option<String> {
        self.school
            .get()?
            .staff
            .iter()
            .find(|s| s.id == staff)
            .map(|s| s.name.clone())
    }

    /// One entry on this phone.
    pub fn entry(self, id: DocumentId) -> Option<EntryView> {
        self.entries.with(|all| all.get(&id).cloned())
    }

    /// The entries on this phone, newest first by the time they happened.
    pub fn entries(self) -> Vec<EntryView> {
        let mut entries: Vec<_> = self.entries.with(|all| all.values().cloned().collect());
        entries.sort_by_key(|view| std::cmp::Reverse((view.entry.happened_at_ms, view.entry.id)));
        entries
    }

    /// One report on this phone.
    pub fn report(self, id: DocumentId) -> Option<ReportView> {
        self.reports.with(|all| all.get(&id).cloned())
    }

    /// My reports and drafts, newest first.
    pub fn reports(self) -> Vec<ReportView> {
        let me = self.session().map(|session| session.staff);
        let is_mine = |view: &&ReportView| {
            let report = &view.report;
            Some(view.author) == me
                && (report.is_sent || !report.is_withdrawn)
                && !view.is_blank_draft()
        };
        let mut reports: Vec<_> = self
            .reports
            .with(|all| all.values().filter(is_mine).cloned().collect());
        reports.sort_by_key(|view| std::cmp::Reverse((view.report.recorded_at_ms, view.report.id)));
        reports
    }

    /// The outbox by document, counted from what lies on the disk.
    pub fn outbox(self) -> OutboxView {
        self.outbox.get()
    }

    /// How many documents lie here with something unsent, drafts included.
    pub fn waiting(self) -> usize {
        self.outbox.with(OutboxView::unsent)
    }

    /// Pupils lately named here, the latest first.
    pub fn recent_pupils(self) -> Vec<PupilId> {
        self.recent.get()
    }

    /// Whether the page has left the screen: it may be gone the next moment.
    pub fn is_out_of_sight(self) -> bool {
        self.is_out_of_sight.get()
    }

    /// When the server last answered, by the phone's clock; unix milliseconds.
    pub fn last_contact_ms(self) -> Option<i64> {
        self.last_contact_ms.get()
    }

    pub fn is_online(self) -> bool {
        self.is_online.get()
    }

    pub fn is_sending(self) -> bool {
        self.is_sending.get()
    }

    /// Why the disk refused the last saving, while it does.
    pub fn save_failure(self) -> Option<StorageError> {
        self.save_failure.get()
    }

    /// Whether the browser has promised to keep what lies here; none where it gives no answer.
    pub fn is_kept(self) -> Option<bool> {
        self.is_kept.get()
    }

    /// Whether the browser has thrown away what lay here.
    pub fn was_evicted(self) -> bool {
        self.was_evicted.get()
    }

    /// Whether the server has shut this device out.
    pub fn is_shut_out(self) -> bool {
        self.is_shut_out.get()
    }

    /// Whether a new version of the app lies ready.
    pub fn has_update(self) -> bool {
        self.has_update.get()
    }

    /// Whether it may be taken into use: not while something has yet to be sent or saved.
    pub fn may_take_update(self) -> bool {
        self.has_update() && self.outbox().waiting.is_empty() && self.save_failure().is_none()
    }
}

fn signed_in(access: Access) -> Option<Session> {
    match access {
        Access::SignedIn(session) | Access::Expired(session) => Some(session),
        Access::Loading | Access::SignedOut => None,
    }
}
