//! Who is signed in on this phone, and what happens when that changes. No change of it touches what is unsent.

use leptos::prelude::*;
use shared::api::{School, Session, path};
use shared::domain::{DeviceId, StaffId};

use super::{Access, State};
use crate::browser::{http, lock, wake};
use crate::storage::{StorageError, Write, disk};

pub(super) const SESSION: &str = "session";
const LAST_DEVICE: &str = "last_device";

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

    /// Takes over a session that the server has just given; `username` as typed, when it was.
    pub async fn accept_session(self, session: Session, username: Option<&str>) {
        let mut facts = vec![
            disk::fact(SESSION, &session),
            disk::fact(LAST_DEVICE, &session.device),
        ];
        if let Some(username) = username {
            facts.push(disk::fact(format!("device/{username}"), &session.device));
        }
        if let Err(failure) = self.disk.get_value().write(&facts).await {
            self.save_failure.set(Some(failure));
        }
        self.access.set(Access::SignedIn(session));
        self.fetch_school().await;
        self.read_disk().await;
        wake::tell_others();
        leptos::task::spawn_local(self.exchange());
    }

    /// Asks the server who is signed in; without contact what was known stays.
    pub(super) async fn check_session(self) {
        match http::get::<Session>(path::SESSION).await {
            Ok(session) if self.session_untracked().as_ref() == Some(&session) => {
                self.access.set(Access::SignedIn(session))
            }
            // Nobody was signed in here, or somebody else is now, in another tab or by a link.
            Ok(session) => Box::pin(self.accept_session(session, None)).await,
            Err(failure) if failure.is_signed_out() => self.session_expired(),
            Err(_) => {}
        }
    }

    /// The server answered that nobody is signed in.
    pub fn session_expired(self) {
        if let Some(session) = self.session_untracked() {
            self.access.set(Access::Expired(session));
        }
    }

    /// Fetches the school for the signed-in person and keeps it.
    pub(super) async fn fetch_school(self) {
        let Some(session) = self.session_untracked() else {
            return;
        };
        let Ok(school) = http::get::<School>(path::SCHOOL).await else {
            return;
        };
        if let Ok(json) = serde_json::to_string(&school) {
            let write = Write::School {
                staff: session.staff,
                json,
            };
            if let Err(failure) = self.disk.get_value().write(&[write]).await {
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
        self.access.set(Access::SignedOut);
        self.clear_screen();
        wake::tell_others();
    }

    async fn forget(self, staff: StaffId) -> Result<(), StorageError> {
        let _disk_lock = lock::take(lock::DISK).await;
        let disk = self.disk.get_value();
        let outbox = disk.outbox().await?;
        let is_unsent = |id| outbox.iter().any(|item| item.document == id);
        let mut writes = vec![
            Write::ForgetFact(SESSION.into()),
            Write::ForgetFact(cursors_key(staff)),
            Write::ForgetSchool(staff),
        ];
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
