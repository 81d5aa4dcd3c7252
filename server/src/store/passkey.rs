//! Passkeys of accounts, and challenges that are under way. What a passkey and a challenge's state say is read by `auth::passkey`
//! alone; of a challenge's token only the hash is here.

use shared::api::PasskeyLine;
use shared::domain::{DeviceId, PasskeyId, SchoolId, StaffId};
use uuid::Uuid;

use super::{StoreError, Tx};

/// Most challenges of strangers under way at once; beyond it the oldest are given up.
const MAX_CHALLENGES: i64 = 5_000;

/// What a challenge is for: an answer to one counts nowhere else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    Add,
    SignIn,
    StepUp,
}

impl Purpose {
    fn as_str(self) -> &'static str {
        match self {
            Purpose::Add => "add",
            Purpose::SignIn => "sign_in",
            Purpose::StepUp => "step_up",
        }
    }
}

/// A challenge that was given and not answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    pub started_at_ms: i64,
    pub purpose: Purpose,
    /// Whom it was given to; nobody yet at a sign-in.
    pub person: Option<(SchoolId, StaffId)>,
    pub state: String,
}

/// A passkey with whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredPasskey {
    pub credential: Vec<u8>,
    pub school: SchoolId,
    pub staff: StaffId,
    /// Where it was made.
    pub device: DeviceId,
    pub passkey: String,
}

row! {
    struct LineRow {
        id: Uuid,
        added_at_ms: i64,
        last_used_at_ms: Option<i64>,
    }
}

impl Tx {
    /// Gives a challenge; those from before this time are given up.
    pub async fn give_challenge(
        &mut self,
        token_hash: &[u8; 32],
        challenge: &Challenge,
        before_ms: i64,
    ) -> Result<(), StoreError> {
        execute!(
            self,
            "delete from passkey_challenge where started_at_ms < $1",
            before_ms
        )?;
        execute!(
            self,
            "delete from passkey_challenge where token_hash in
             (select token_hash from passkey_challenge where purpose = $2
              order by started_at_ms desc, token_hash limit $1 offset $1)",
            MAX_CHALLENGES,
            Purpose::SignIn.as_str()
        )?;
        let (school, staff) = challenge.person.unzip();
        execute!(
            self,
            "insert into passkey_challenge (token_hash, started_at_ms, purpose, school_id, staff_id, state)
             values ($1, $2, $3, $4, $5, $6)",
            &token_hash[..],
            challenge.started_at_ms,
            challenge.purpose.as_str(),
            school.map(|school| school.0),
            staff.map(|staff| staff.0),
            &challenge.state
        )?;
        Ok(())
    }

    /// The challenge of a token, if it was given for this to this person; it is gone whether it was or not.
    pub async fn take_challenge(
        &mut self,
        token_hash: &[u8; 32],
        purpose: Purpose,
        person: Option<(SchoolId, StaffId)>,
    ) -> Result<Option<Challenge>, StoreError> {
        let found = fetch_optional!(
            self,
            (i64, String, Option<Uuid>, Option<Uuid>, String),
            "delete from passkey_challenge where token_hash = $1
             returning started_at_ms, purpose, school_id, staff_id, state",
            &token_hash[..]
        )?;
        let Some((started_at_ms, of, school, staff, state)) = found else {
            return Ok(None);
        };
        let given_to = school
            .zip(staff)
            .map(|(school, staff)| (school.into(), staff.into()));
        let is_it = of == purpose.as_str() && given_to == person;
        Ok(is_it.then_some(Challenge {
            started_at_ms,
            purpose,
            person,
            state,
        }))
    }

    /// False if somebody has it already.
    pub async fn add_passkey(
        &mut self,
        id: PasskeyId,
        new: &StoredPasskey,
        now_ms: i64,
    ) -> Result<bool, StoreError> {
        let added = execute!(
            self,
            "insert into staff_passkey (credential_id, id, school_id, staff_id, passkey, added_at_ms, device_id)
             values ($1, $2, $3, $4, $5, $6, $7) on conflict (credential_id) do nothing",
            &new.credential,
            id.0,
            new.school.0,
            new.staff.0,
            &new.passkey,
            now_ms,
            new.device.0
        )?;
        Ok(added == 1)
    }

    /// Takes away those that were made on a device.
    pub async fn forget_passkeys_of_device(
        &mut self,
        school: SchoolId,
        device: DeviceId,
    ) -> Result<u64, StoreError> {
        execute!(
            self,
            "delete from staff_passkey where school_id = $1 and device_id = $2",
            school.0,
            device.0
        )
    }

    /// A person's, the oldest first, as the list shows them.
    pub async fn passkeys(
        &mut self,
        school: SchoolId,
        staff: StaffId,
    ) -> Result<Vec<PasskeyLine>, StoreError> {
        let rows = fetch_all!(
            self,
            LineRow,
            "select id, added_at_ms, last_used_at_ms from staff_passkey
             where school_id = $1 and staff_id = $2 order by added_at_ms, id",
            school.0,
            staff.0
        )?;
        let line = |row: LineRow| PasskeyLine {
            id: row.id.into(),
            added_at_ms: row.added_at_ms,
            last_used_at_ms: row.last_used_at_ms,
        };
        Ok(rows.into_iter().map(line).collect())
    }

    /// What the authenticators of a person call theirs.
    pub async fn credentials_of(
        &mut self,
        school: SchoolId,
        staff: StaffId,
    ) -> Result<Vec<Vec<u8>>, StoreError> {
        let rows = fetch_all!(
            self,
            (Vec<u8>,),
            "select credential_id from staff_passkey where school_id = $1 and staff_id = $2 order by added_at_ms, id",
            school.0,
            staff.0
        )?;
        Ok(rows.into_iter().map(|(credential,)| credential).collect())
    }

    /// A passkey as it stands, which nobody else uses until this transaction ends: two answers cannot show the same count.
    pub async fn hold_passkey(
        &mut self,
        credential: &[u8],
    ) -> Result<Option<StoredPasskey>, StoreError> {
        let found = fetch_optional!(
            self,
            (Uuid, Uuid, Uuid, String),
            "update staff_passkey set passkey = passkey where credential_id = $1
             returning school_id, staff_id, device_id, passkey",
            credential
        )?;
        Ok(found.map(|(school, staff, device, passkey)| StoredPasskey {
            credential: credential.to_vec(),
            school: school.into(),
            staff: staff.into(),
            device: device.into(),
            passkey,
        }))
    }

    /// It was used, and stands so from now on.
    pub async fn used_passkey(
        &mut self,
        credential: &[u8],
        passkey: &str,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        execute!(
            self,
            "update staff_passkey set passkey = $2, last_used_at_ms = $3 where credential_id = $1",
            credential,
            passkey,
            now_ms
        )?;
        Ok(())
    }

    /// False if this person has no such passkey.
    pub async fn remove_passkey(
        &mut self,
        school: SchoolId,
        staff: StaffId,
        id: PasskeyId,
    ) -> Result<bool, StoreError> {
        let removed = execute!(
            self,
            "delete from staff_passkey where school_id = $1 and staff_id = $2 and id = $3",
            school.0,
            staff.0,
            id.0
        )?;
        Ok(removed == 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::fixture::{self, Yard};

    fn passkey(yard: &Yard, credential: u8) -> StoredPasskey {
        StoredPasskey {
            credential: vec![credential; 16],
            school: yard.school,
            staff: yard.teacher,
            device: DeviceId(Uuid::from_u128(u128::from(credential))),
            passkey: "count 1".into(),
        }
    }

    on_both! {
        async fn a_passkey_is_one_persons_and_is_found_until_it_is_removed(store: Store) {
            let yard = fixture::school(&store).await;
            let mut tx = store.write().await.unwrap();
            let (one, other) = (PasskeyId(Uuid::from_u128(1)), PasskeyId(Uuid::from_u128(2)));
            assert!(tx.add_passkey(one, &passkey(&yard, 1), 5).await.unwrap());
            assert!(tx.add_passkey(other, &passkey(&yard, 2), 6).await.unwrap());
            let stolen = StoredPasskey { staff: yard.principal, ..passkey(&yard, 1) };
            assert!(!tx.add_passkey(PasskeyId(Uuid::from_u128(3)), &stolen, 7).await.unwrap());
            assert!(tx.can_sign_in(yard.school, yard.teacher).await.unwrap());
            assert_eq!(tx.credentials_of(yard.school, yard.teacher).await.unwrap(), [vec![1; 16], vec![2; 16]]);
            assert_eq!(tx.hold_passkey(&[1; 16]).await.unwrap(), Some(passkey(&yard, 1)));
            let third = passkey(&yard, 3);
            assert!(tx.add_passkey(PasskeyId(Uuid::from_u128(4)), &third, 7).await.unwrap());
            assert_eq!(tx.forget_passkeys_of_device(yard.school, third.device).await.unwrap(), 1);
            assert_eq!(tx.hold_passkey(&[3; 16]).await.unwrap(), None);
            tx.used_passkey(&[1; 16], "count 2", 8).await.unwrap();
            assert_eq!(tx.hold_passkey(&[1; 16]).await.unwrap().unwrap().passkey, "count 2");
            let line = |id, added_at_ms, last_used_at_ms| PasskeyLine { id, added_at_ms, last_used_at_ms };
            assert_eq!(tx.passkeys(yard.school, yard.teacher).await.unwrap(), [line(one, 5, Some(8)), line(other, 6, None)]);
            assert!(!tx.remove_passkey(yard.school, yard.principal, one).await.unwrap());
            assert!(tx.remove_passkey(yard.school, yard.teacher, one).await.unwrap());
            assert_eq!(tx.hold_passkey(&[1; 16]).await.unwrap(), None);
            tx.forget_ways(yard.school, yard.teacher).await.unwrap();
            assert_eq!(tx.passkeys(yard.school, yard.teacher).await.unwrap(), []);
            assert!(!tx.can_sign_in(yard.school, yard.teacher).await.unwrap());
        }

        async fn a_challenge_is_taken_once_for_what_and_by_whom_it_was_given(store: Store) {
            let yard = fixture::school(&store).await;
            let mut tx = store.write().await.unwrap();
            let (ida, per) = (Some((yard.school, yard.teacher)), Some((yard.school, yard.principal)));
            let given = Challenge { started_at_ms: 5, purpose: Purpose::StepUp, person: ida, state: "{}".into() };
            for n in 1..=4 {
                tx.give_challenge(&[n; 32], &given, 0).await.unwrap();
            }
            assert_eq!(tx.take_challenge(&[1; 32], Purpose::StepUp, ida).await.unwrap(), Some(given.clone()));
            assert_eq!(tx.take_challenge(&[1; 32], Purpose::StepUp, ida).await.unwrap(), None, "twice");
            assert_eq!(tx.take_challenge(&[2; 32], Purpose::StepUp, per).await.unwrap(), None, "somebody else's");
            assert_eq!(tx.take_challenge(&[3; 32], Purpose::Add, ida).await.unwrap(), None, "for something else");
            assert_eq!(tx.take_challenge(&[3; 32], Purpose::StepUp, ida).await.unwrap(), None, "it was taken all the same");
            let of_nobody = Challenge { person: None, purpose: Purpose::SignIn, ..given };
            tx.give_challenge(&[5; 32], &of_nobody, 6).await.unwrap();
            assert_eq!(tx.take_challenge(&[4; 32], Purpose::StepUp, ida).await.unwrap(), None, "given up in time");
            assert_eq!(tx.take_challenge(&[5; 32], Purpose::SignIn, None).await.unwrap(), Some(of_nobody));
        }
    }
}
