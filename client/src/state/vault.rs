//! What opens and closes the vault on this phone. Locked, the yard still logs; what was written before is under its key, and the
//! outbox, sealed to the server, goes up all the same. The clock and the lease end it; wrong PINs destroy it; nothing here touches
//! the outbox.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::{Admission, School, path};
use shared::domain::StaffId;
use shared::sync::Hex;
use shared::sync::lease::{Lease, LeaseError};

use super::account::{VERIFYING, cursors_key, lease_key};
use super::{State, duty};
use crate::browser::http::{self, Nothing};
use crate::browser::{clock, lock, passkey, random, wake};
use crate::storage::{StorageError, Write, disk};
use crate::vault::{Keyring, MAX_WRONG_PINS, Unlock, Vault, VaultKey};

/// A phone with a PIN that nobody touches for so long is locked.
const IDLE_MS: i64 = 5 * 60 * 1000;
/// How often it is looked at.
const WATCH_EVERY_MS: u32 = 10_000;

/// Whether what lies here can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lock {
    Open,
    /// Closed, and what opens it.
    Closed(Unlock),
}

/// Why a PIN did not open it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnlockError {
    #[error("the PIN is wrong")]
    WrongPin { left: u8 },
    #[error("the phone did not verify its owner")]
    NotVerified,
    #[error("too many wrong PINs: sign in anew")]
    Destroyed,
    #[error("too long since the last contact, or the clock was set back: sign in anew")]
    LeaseEnded,
    #[error(transparent)]
    Storage(#[from] StorageError),
}

fn random_bytes() -> [u8; 32] {
    let mut bytes = [0; 32];
    random::fill(&mut bytes);
    bytes
}

pub(super) fn vault_key(staff: StaffId) -> String {
    format!("vault/{staff}")
}

fn yard_key(staff: StaffId) -> String {
    format!("yard/{staff}")
}

impl State {
    pub fn is_locked(self) -> bool {
        self.lock.get() != Lock::Open
    }

    pub fn lock(self) -> Lock {
        self.lock.get()
    }

    /// Whether the signed-in person has chosen a PIN, or the phone's own lock, here.
    pub fn has_lock(self) -> bool {
        self.vault
            .with(|vault| vault.as_ref().is_some_and(Vault::has_lock))
    }

    /// Whether wrong PINs, or being shut out, have ended the signed-in person's vault here.
    pub fn is_destroyed(self) -> bool {
        self.vault
            .with(|vault| vault.as_ref().is_some_and(Vault::is_destroyed))
    }

    /// Whether to ask for a PIN: nobody has chosen or declined one.
    pub fn wants_pin(self) -> bool {
        self.vault.with_untracked(|vault| {
            vault
                .as_ref()
                .is_some_and(|vault| !vault.has_lock() && !vault.declined_pin)
        })
    }

    /// A person's vault as it lies on the disk; closed, unless it is open already.
    pub(super) async fn meet_vault(self, staff: StaffId) -> Result<(), StorageError> {
        if self.open_for.get_value() == Some(staff) {
            return Ok(());
        }
        let disk = self.disk.get_value();
        let vault: Option<Vault> = disk.fact(&vault_key(staff)).await?;
        self.close(vault);
        Ok(())
    }

    fn close(self, vault: Option<Vault>) {
        let (ring, unlock) = match &vault {
            Some(vault) => (Keyring::Locked(vault.public), vault.unlock()),
            None => (Keyring::None, Unlock::Session),
        };
        self.disk.get_value().set_keyring(ring);
        self.open_for.set_value(None);
        self.vault.set(vault);
        self.lock.set(Lock::Closed(unlock));
    }

    /// The school as far as this phone may show it now: without people while it is locked.
    pub(super) async fn read_school(self, staff: StaffId) -> Result<(), StorageError> {
        let disk = self.disk.get_value();
        let school: Option<School> = match disk.is_open() {
            true => disk
                .school(staff)
                .await?
                .and_then(|json| serde_json::from_str(&json).ok()),
            false => disk.fact(&yard_key(staff)).await?,
        };
        self.school.set(school.map(Into::into));
        Ok(())
    }

    /// What is kept of the school so that a locked phone logs: choices, zones and one's own duty, and nobody's name.
    pub(super) fn yard_fact(self, staff: StaffId, school: &School) -> Write {
        let own = |duty: &&shared::domain::Duty| duty.staff == staff;
        let yard = School {
            version: 0,
            classes: Vec::new(),
            pupils: Vec::new(),
            staff: Vec::new(),
            own_classes: Vec::new(),
            duties: school.duties.iter().filter(own).cloned().collect(),
            zones: school.zones.clone(),
            recesses: school.recesses.clone(),
            choices: school.choices.clone(),
            owner_name: school.owner_name.clone(),
            owner_phone: school.owner_phone.clone(),
            owner_key: school.owner_key.clone(),
        };
        disk::fact(yard_key(staff), &yard)
    }

    /// Opens the vault by what the server gave, or makes one; true when it was opened now.
    pub(super) async fn open_by_admission(
        self,
        admission: &Admission,
    ) -> Result<bool, StorageError> {
        let staff = admission.session.staff;
        self.session_share.set_value(Some(admission.session_share));
        let disk = self.disk.get_value();
        let sign_in = admission.sign_in_share.as_ref();
        let kept: Option<Vault> = disk.fact(&vault_key(staff)).await?;
        if sign_in.is_none() && self.open_for.get_value() == Some(staff) {
            self.see_clock(kept).await?;
            return Ok(false);
        }
        let opened = kept.as_ref().and_then(|vault| {
            sign_in
                .and_then(|share| vault.open_by_sign_in(share))
                .or_else(|| vault.open_by_session(&admission.session_share))
        });
        match (kept, opened) {
            (Some(vault), Some(key)) => self.open(staff, vault, key, sign_in).await?,
            // Behind a PIN, or ended, and the person has not signed in anew: a session alone makes no new one.
            (Some(vault), None) if sign_in.is_none() => {
                self.see_clock(Some(vault)).await?;
                return Ok(false);
            }
            // The first on this phone, or one that even signing in does not open.
            (_, _) => {
                let key = VaultKey::random(random::fill);
                let share = &admission.session_share;
                let vault = Vault::new(&key, share, sign_in, clock::now_ms(), random::fill);
                // What was under the old key comes down again.
                disk.write(&[Write::ForgetFact(cursors_key(staff))]).await?;
                self.open(staff, vault, key, sign_in).await?;
            }
        }
        Ok(true)
    }

    async fn open(
        self,
        staff: StaffId,
        mut vault: Vault,
        key: VaultKey,
        sign_in: Option<&Hex<32>>,
    ) -> Result<(), StorageError> {
        vault.seen_ms = clock::now_ms();
        vault.wrong_pins = 0;
        if let Some(share) = sign_in {
            vault.renew_sign_in(&key, share, random::fill);
            if let Some(share) = self.session_share.get_value() {
                vault.renew_session(&key, &share, random::fill);
            }
        }
        let disk = self.disk.get_value();
        disk.write(&[disk::fact(vault_key(staff), &vault)]).await?;
        disk.set_keyring(Keyring::Open(key.clone()));
        disk.seal_clear_rows(staff).await?;
        self.vault_key.set_value(Some(key));
        self.open_for.set_value(Some(staff));
        self.vault.set(Some(vault));
        self.note_touch();
        if self
            .session_untracked()
            .is_none_or(|session| session.staff != staff)
        {
            self.forget_screen();
        }
        self.read_school(staff).await?;
        self.lock.set(Lock::Open);
        Ok(())
    }

    /// The vault that is to be opened, as long as its lease runs.
    async fn leased_vault(self) -> Result<(StaffId, Vault), UnlockError> {
        let Some(session) = self.session_untracked() else {
            return Err(UnlockError::LeaseEnded);
        };
        let staff = session.staff;
        let kept: Option<Vault> = self.disk.get_value().fact(&vault_key(staff)).await?;
        let Some(vault) = kept.filter(Vault::has_lock) else {
            return Err(UnlockError::LeaseEnded);
        };
        if self.check_lease(&vault, staff).await?.is_err() {
            self.end_lease(staff, vault).await?;
            return Err(UnlockError::LeaseEnded);
        }
        Ok((staff, vault))
    }

    /// Opens it by the phone's own lock, with or without contact.
    pub async fn open_by_passkey(self) -> Result<(), UnlockError> {
        // Asked before anything else is waited for: a browser wants to see a tap just before.
        let Some(vault) = self.vault.get_untracked() else {
            return Err(UnlockError::LeaseEnded);
        };
        let kept = vault.passkey().ok_or(UnlockError::LeaseEnded)?;
        let secret = passkey::secret(&kept.credential, &kept.salt.0, &random_bytes()).await;
        let secret = secret.ok_or(UnlockError::NotVerified)?;
        let (staff, vault) = self.leased_vault().await?;
        let key = vault.open_by_passkey(&secret);
        let key = key.ok_or(UnlockError::NotVerified)?;
        self.opened(staff, vault, key).await
    }

    async fn opened(self, staff: StaffId, vault: Vault, key: VaultKey) -> Result<(), UnlockError> {
        self.open(staff, vault, key, None).await?;
        self.read_disk().await;
        self.forget_old().await?;
        spawn_local(self.exchange());
        Ok(())
    }

    /// Opens it by PIN, with or without contact. Slow on purpose.
    pub async fn open_by_pin(self, pin: &str) -> Result<(), UnlockError> {
        let (staff, mut vault) = self.leased_vault().await?;
        let disk = self.disk.get_value();
        vault.wrong_pins += 1;
        disk.write(&[disk::fact(vault_key(staff), &vault)]).await?;
        // The page says that it is at work before the work holds it.
        clock::painted().await;
        match vault.open_by_pin(pin) {
            Some(key) => self.opened(staff, vault, key).await,
            None if vault.wrong_pins >= MAX_WRONG_PINS => {
                self.destroy_vault(staff).await?;
                // Whoever guesses has no use for the session; with no contact it ends by itself.
                let _ = http::delete::<Nothing>(path::SESSION).await;
                self.session_expired();
                Err(UnlockError::Destroyed)
            }
            None => Err(UnlockError::WrongPin {
                left: MAX_WRONG_PINS - vault.wrong_pins,
            }),
        }
    }

    async fn check_lease(
        self,
        vault: &Vault,
        staff: StaffId,
    ) -> Result<Result<(), LeaseError>, StorageError> {
        let disk = self.disk.get_value();
        let lease: Option<Lease> = disk.fact(&lease_key(staff)).await?;
        let key: Option<Hex<32>> = disk.fact(VERIFYING).await?;
        let (Some(lease), Some(key), Some(session)) = (lease, key, self.session_untracked()) else {
            return Ok(Err(LeaseError::NotSigned));
        };
        Ok(lease.check(session.device, &key, clock::now_ms(), vault.seen_ms))
    }

    async fn end_lease(self, staff: StaffId, mut vault: Vault) -> Result<(), StorageError> {
        vault.end_lease();
        let disk = self.disk.get_value();
        disk.write(&[disk::fact(vault_key(staff), &vault)]).await?;
        self.close(Some(vault));
        Ok(())
    }

    /// Its key is gone for good, and what was under it; the outbox is not.
    pub(super) async fn destroy_vault(self, staff: StaffId) -> Result<(), StorageError> {
        let _disk_lock = lock::take(lock::DISK).await;
        let disk = self.disk.get_value();
        let documents = disk.document_ids(staff).await?.into_iter();
        let mut writes: Vec<Write> = documents.map(Write::ForgetDocument).collect();
        writes.push(Write::ForgetSchool(staff));
        writes.push(Write::ForgetFact(cursors_key(staff)));
        if let Some(mut vault) = disk.fact::<Vault>(&vault_key(staff)).await? {
            vault.destroy();
            writes.push(disk::fact(vault_key(staff), &vault));
            self.close(Some(vault));
        }
        self.vault_key.set_value(None);
        self.forget_screen();
        disk.write(&writes).await
    }

    /// From now on this PIN opens it, also with no network.
    pub async fn choose_pin(self, pin: &str) -> Result<(), StorageError> {
        self.change_vault(|vault, key| vault.choose_pin(key, pin, random::fill))
            .await
    }

    /// From now on the phone's own lock opens it, also with no network. False when the phone cannot, or its owner would not.
    pub async fn choose_passkey(self) -> Result<bool, StorageError> {
        let Some(session) = self.session_untracked() else {
            return Ok(false);
        };
        let salt = random_bytes();
        let user = session.staff.0.into_bytes();
        let made = passkey::create(&user, &session.name, &salt, &random_bytes()).await;
        let Some(made) = made else {
            return Ok(false);
        };
        self.change_vault(|vault, key| {
            vault.choose_passkey(key, made.credential, Hex(salt), &made.secret, random::fill);
        })
        .await?;
        Ok(true)
    }

    /// No lock: it opens when there is contact and a session. False when there is none to open it with.
    pub async fn decline_pin(self) -> Result<bool, StorageError> {
        let Some(share) = self.session_share.get_value() else {
            return Ok(false);
        };
        self.change_vault(|vault, key| vault.drop_lock(key, &share, random::fill))
            .await?;
        Ok(true)
    }

    async fn change_vault(
        self,
        change: impl FnOnce(&mut Vault, &VaultKey),
    ) -> Result<(), StorageError> {
        let (Some(mut vault), Some(key), Some(session)) = (
            self.vault.get_untracked(),
            self.vault_key.get_value(),
            self.session_untracked(),
        ) else {
            return Ok(());
        };
        clock::painted().await;
        change(&mut vault, &key);
        let fact = disk::fact(vault_key(session.staff), &vault);
        self.disk.get_value().write(&[fact]).await?;
        self.vault.set(Some(vault));
        Ok(())
    }

    /// Locks now, if there is a PIN to open it with; what is being typed is saved first.
    pub async fn lock_now(self) {
        let Some(session) = self.session_untracked() else {
            return;
        };
        if self.lock.get_untracked() != Lock::Open || !untrack(|| self.has_lock()) {
            return;
        }
        let disk_lock = self.settle_disk().await;
        self.vault_key.set_value(None);
        self.close(self.vault.get_untracked());
        self.forget_screen();
        drop(disk_lock);
        if let Err(failure) = self.read_school(session.staff).await {
            self.save_failure.set(Some(failure));
        }
    }

    /// What is being typed is saved, and nobody writes while this is held.
    pub(super) async fn settle_disk(self) -> lock::Lock {
        self.is_out_of_sight.set(true);
        clock::wait(0).await;
        // Whoever saves now has asked for the disk before.
        let disk_lock = lock::take(lock::DISK).await;
        self.is_out_of_sight.set(!wake::is_visible());
        disk_lock
    }

    /// Somebody is using the phone.
    pub(super) fn note_touch(self) {
        self.touched_ms.set_value(clock::now_ms());
    }

    /// Locks by itself: when nobody touches it, when one's duty is over, when the lease has ended.
    pub(super) fn watch_lock(self) {
        wake::on_touch(move || self.note_touch());
        spawn_local(async move {
            let mut was_on_duty = false;
            loop {
                clock::wait(WATCH_EVERY_MS).await;
                let is_on_duty = self.is_on_duty();
                let duty_ended = was_on_duty && !is_on_duty;
                was_on_duty = is_on_duty;
                self.lock_if_due(duty_ended).await;
            }
        });
    }

    /// As above, asked once.
    pub(super) async fn lock_if_due(self, duty_ended: bool) {
        if self.lock.get_untracked() != Lock::Open {
            return;
        }
        let idle_ms = clock::now_ms() - self.touched_ms.get_value();
        // A clock that went back says nothing of how long nobody was here.
        if duty_ended || !(0..IDLE_MS).contains(&idle_ms) {
            self.lock_now().await;
        }
        let (Some(vault), Some(session)) = (self.vault.get_untracked(), self.session_untracked())
        else {
            return;
        };
        if let Ok(Err(LeaseError::Ended | LeaseError::ClockSetBack)) =
            self.check_lease(&vault, session.staff).await
            && self.end_lease(session.staff, vault).await.is_ok()
        {
            self.vault_key.set_value(None);
            self.forget_screen();
        }
    }

    fn is_on_duty(self) -> bool {
        let (weekday, minute) = clock::weekday_and_minute(clock::now_ms());
        let (Some(session), Some(school)) = (self.session_untracked(), self.school.get_untracked())
        else {
            return false;
        };
        duty::zone_now(&school, session.staff, weekday, minute).is_some()
    }

    /// The clock has been here: it may not go back behind it.
    async fn see_clock(self, kept: Option<Vault>) -> Result<(), StorageError> {
        let (Some(mut vault), Some(session)) = (kept, self.session_untracked()) else {
            return Ok(());
        };
        let now_ms = clock::now_ms();
        if now_ms > vault.seen_ms {
            vault.seen_ms = now_ms;
            let fact = disk::fact(vault_key(session.staff), &vault);
            self.disk.get_value().write(&[fact]).await?;
            self.vault.set(Some(vault));
        }
        Ok(())
    }
}
