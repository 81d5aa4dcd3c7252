//! Who is signed in on this phone, and what happens when that changes. No change of it touches what is unsent.

use leptos::prelude::*;
use shared::api::{Admission, ErrorCode, School, Session, path};
use shared::domain::{DeviceId, StaffId};
use shared::sync::Hex;
use shared::sync::sealing::SealingKeys;
use shared::sync::signing::are_vouched_for;

use super::saving::Sealer;
use super::vault::vault_key;
use super::{Access, State};
use crate::browser::http::ApiFailure;
use crate::browser::{http, lock, preferences, wake};
use crate::storage::{StorageError, Write, disk};
use crate::vault::{Keyring, Vault};

pub(super) const SESSION: &str = "session";
/// The server's public key; the service worker reads it too.
pub(super) const VERIFYING: &str = "verifying";
const LAST_DEVICE: &str = "last_device";
pub(super) const PEOPLE: &str = "people";
/// In the browser's small storage, which it empties at other times than the database.
pub(super) const HAS_HAD_PEOPLE: &str = "has-had-people";

fn session_key(staff: StaffId) -> String {
    format!("session/{staff}")
}

fn keys_key(staff: StaffId) -> String {
    format!("keys/{staff}")
}

pub(super) fn lease_key(staff: StaffId) -> String {
    format!("lease/{staff}")
}

pub(super) fn cursors_key(staff: StaffId) -> String {
    format!("cursors/{staff}")
}

impl State {
    /// The device that this user name had on this browser, to pass when signing in again.
    pub async fn device_for(self, username: &str) -> Option<DeviceId> {
        let disk = self.disk.get_value();
        let own = disk
            .fact(&format!("device/{username}"))
            .await
            .ok()
            .flatten();
        match own {
            Some(device) => Some(device),
            None => disk.fact(LAST_DEVICE).await.ok().flatten(),
        }
    }

    /// Takes over what the server has just given; `username` as typed, when it was.
    pub async fn accept(self, admission: Admission, username: Option<&str>) {
        if let Err(failure) = self.keep_admission(&admission, username).await {
            self.save_failure.set(Some(failure));
        }
        if admission.sign_in_share.is_some() {
            self.resets.set(admission.resets.clone());
        }
        let session = admission.session.clone();
        let is_another = |mine: Session| mine.staff != session.staff;
        if self.session_untracked().is_some_and(is_another) {
            self.clear_screen();
            // What this browser is told by push is the former person's.
            self.end_push().await;
        }
        let opened = self.open_by_admission(&admission).await;
        let is_new = self.session_untracked().as_ref() != Some(&session);
        self.access.set(Access::SignedIn(session));
        match opened {
            Ok(was_opened) if is_new || was_opened => {
                self.fetch_school().await;
                self.read_disk().await;
                wake::tell_others();
            }
            Ok(_) => {}
            Err(failure) => self.save_failure.set(Some(failure)),
        }
        leptos::task::spawn_local(self.exchange());
    }

    async fn keep_admission(
        self,
        admission: &Admission,
        username: Option<&str>,
    ) -> Result<(), StorageError> {
        let disk = self.disk.get_value();
        let session = &admission.session;
        let staff = session.staff;
        let mut people: Vec<(StaffId, String)> = disk.fact(PEOPLE).await?.unwrap_or_default();
        people.retain(|(other, _)| *other != staff);
        people.push((staff, session.name.clone()));
        let mut facts = vec![
            disk::fact(SESSION, session),
            disk::fact(session_key(staff), session),
            disk::fact(PEOPLE, &people),
            disk::fact(lease_key(staff), &admission.lease),
            disk::fact(LAST_DEVICE, &session.device),
        ];
        let trusted: Option<Hex<32>> = disk.fact(VERIFYING).await?;
        let is_sign_in = admission.sign_in_share.is_some();
        // Keys are changed by the server that this phone knows, or by somebody who signs in.
        if is_sign_in || trusted.is_none_or(|trusted| are_vouched_for(&admission.keys, &trusted)) {
            facts.push(disk::fact(keys_key(staff), &admission.keys));
            facts.push(disk::fact(VERIFYING, &admission.keys.verifying));
            self.sealer.set_value(Some(Sealer {
                staff,
                device: session.device,
                keys: admission.keys.clone(),
            }));
        }
        if let Some(username) = username {
            facts.push(disk::fact(format!("device/{username}"), &session.device));
        }
        disk.write(&facts).await?;
        preferences::keep_on(HAS_HAD_PEOPLE, true);
        self.was_evicted.set(false);
        self.is_shut_out.set(false);
        Ok(())
    }

    /// What a person's device seals with, as it lies on the disk.
    pub(super) async fn meet_sealer(self, session: &Session) -> Result<(), StorageError> {
        let disk = self.disk.get_value();
        let keys: Option<SealingKeys> = disk.fact(&keys_key(session.staff)).await?;
        self.sealer.set_value(keys.map(|keys| Sealer {
            staff: session.staff,
            device: session.device,
            keys,
        }));
        Ok(())
    }

    /// Asks the server who is signed in; without contact what was known stays.
    pub(super) async fn check_session(self) {
        match http::get::<Admission>(path::SESSION).await {
            // On a shared phone the session may be another person's.
            Ok(admission)
                if self
                    .session_untracked()
                    .is_some_and(|mine| mine.staff != admission.session.staff) =>
            {
                self.session_expired()
            }
            Ok(admission) => Box::pin(self.accept(admission, None)).await,
            Err(ApiFailure::Refused(ErrorCode::DeviceRevoked)) => self.device_revoked().await,
            Err(failure) if failure.is_signed_out() => self.session_expired(),
            Err(_) => {}
        }
    }

    /// Everybody who has signed in on this phone and not out again.
    pub async fn people(self) -> Vec<(StaffId, String)> {
        let people = self.disk.get_value().fact(PEOPLE).await;
        people.ok().flatten().unwrap_or_default()
    }

    /// Hands the phone to another of its people, who opens it with a PIN.
    pub async fn switch_to(self, staff: StaffId) {
        let disk = self.disk.get_value();
        let session: Option<Session> = disk.fact(&session_key(staff)).await.ok().flatten();
        let Some(session) = session else { return };
        self.end_push().await;
        self.lock_now().await;
        if let Err(failure) = disk.write(&[disk::fact(SESSION, &session)]).await {
            self.save_failure.set(Some(failure));
            return;
        }
        self.close_live();
        self.clear_screen();
        self.read_disk().await;
        wake::tell_others();
        leptos::task::spawn_local(self.check_session());
    }

    /// The server answered that nobody is signed in.
    pub fn session_expired(self) {
        if let Some(session) = self.session_untracked() {
            self.access.set(Access::Expired(session));
        }
    }

    /// This device was shut out: what can be read here is destroyed, what is unsent goes up all the same.
    async fn device_revoked(self) {
        if let Some(session) = self.session_untracked()
            && let Err(failure) = self.destroy_vault(session.staff).await
        {
            self.save_failure.set(Some(failure));
        }
        self.is_shut_out.set(true);
        self.session_expired();
        wake::tell_others();
    }

    /// Fetches the school for the signed-in person and keeps it.
    pub(super) async fn fetch_school(self) {
        let Some(session) = self.session_untracked() else {
            return;
        };
        if !self.disk.get_value().is_open() {
            return;
        }
        let Ok(school) = http::get::<School>(path::SCHOOL).await else {
            return;
        };
        if let Ok(json) = serde_json::to_string(&school) {
            let yard = self.yard_fact(session.staff, &school);
            let write = Write::School {
                staff: session.staff,
                json,
            };
            if let Err(failure) = self.disk.get_value().write(&[write, yard]).await {
                self.save_failure.set(Some(failure));
            }
        }
        self.school.set(Some(school.into()));
    }

    /// Forgets who is signed in and what may be forgotten. What is unsent stays and goes up when the same person signs in
    /// again.
    pub async fn sign_out(self) {
        self.close_live();
        if let Some(session) = self.session_untracked()
            && let Err(failure) = self.forget(session.staff).await
        {
            leptos::logging::error!("signing out could not clear the disk: {failure}");
        }
        self.vault_key.set_value(None);
        self.open_for.set_value(None);
        self.disk.get_value().set_keyring(Keyring::None);
        self.access.set(Access::SignedOut);
        self.has_seen_resets();
        self.clear_screen();
        wake::tell_others();
    }

    async fn forget(self, staff: StaffId) -> Result<(), StorageError> {
        let _disk_lock = lock::take(lock::DISK).await;
        let disk = self.disk.get_value();
        let outbox = disk.outbox().await?;
        let is_unsent = |id| outbox.iter().any(|item| item.document == id);
        let mut people: Vec<(StaffId, String)> = disk.fact(PEOPLE).await?.unwrap_or_default();
        people.retain(|(other, _)| *other != staff);
        let mut writes = vec![
            Write::ForgetFact(SESSION.into()),
            Write::ForgetFact(session_key(staff)),
            Write::ForgetFact(cursors_key(staff)),
            Write::ForgetSchool(staff),
            disk::fact(PEOPLE, &people),
        ];
        // What is unsent can be read again by whoever signs in anew, and by no PIN.
        if let Some(mut vault) = disk.fact::<Vault>(&vault_key(staff)).await? {
            vault.end_lease();
            writes.push(disk::fact(vault_key(staff), &vault));
        }
        let documents = disk.document_ids(staff).await?;
        writes.extend(
            documents
                .into_iter()
                .filter(|id| !is_unsent(*id))
                .map(Write::ForgetDocument),
        );
        disk.write(&writes).await
    }
}
