//! Invitations, devices and sessions. Of a token only the hash is here.

use shared::domain::{AccountStatus, ActorId, ClassId, DeviceId, Role, SchoolId, StaffId};
use uuid::Uuid;

use super::{StoreError, Tx};

#[derive(Debug)]
pub struct NewInvitation {
    pub token_hash: [u8; 32],
    pub school: SchoolId,
    pub staff: StaffId,
    pub created_at_ms: i64,
    pub expires_at_ms: i64,
}

#[derive(Debug, Clone)]
pub struct NewDevice {
    pub id: DeviceId,
    pub actor: ActorId,
    pub name: String,
    pub created_at_ms: i64,
}

#[derive(Debug)]
pub struct NewSession {
    pub token_hash: [u8; 32],
    pub school: SchoolId,
    pub staff: StaffId,
    pub device: DeviceId,
    pub created_at_ms: i64,
    pub expires_at_ms: i64,
    /// When the person showed who they are.
    pub shown_at_ms: i64,
}

/// Who is behind a session token, as of now: roles and classes are never older than the request.
#[derive(Debug)]
pub struct FoundSession {
    pub school: SchoolId,
    pub school_name: String,
    pub staff: StaffId,
    pub name: String,
    pub device: DeviceId,
    pub actor: ActorId,
    pub roles: Vec<Role>,
    pub own_classes: Vec<ClassId>,
    pub last_seen_at_ms: i64,
    pub shown_at_ms: i64,
    /// When the account ends by itself.
    pub ends_at_ms: Option<i64>,
}

row! {
    pub(super) struct SessionRow {
        pub school_id: Uuid,
        pub school_name: String,
        pub staff_id: Uuid,
        pub name: String,
        pub device_id: Uuid,
        pub actor_id: Uuid,
        pub last_seen_at_ms: i64,
        pub shown_at_ms: i64,
        pub ends_at_ms: Option<i64>,
        pub role: Option<String>,
        pub class_id: Option<Uuid>,
    }
}

impl Tx {
    /// From now on the only one that its person can take up.
    pub async fn add_invitation(&mut self, new: &NewInvitation) -> Result<(), StoreError> {
        self.withdraw_invitations(new.school, new.staff).await?;
        execute!(
            self,
            "insert into invitation (token_hash, school_id, staff_id, created_at_ms, expires_at_ms) values ($1, $2, $3, $4, $5)",
            &new.token_hash[..],
            new.school.0,
            new.staff.0,
            new.created_at_ms,
            new.expires_at_ms
        )?;
        Ok(())
    }

    /// Ends invitations that nobody has taken up.
    pub async fn withdraw_invitations(
        &mut self,
        school: SchoolId,
        staff: StaffId,
    ) -> Result<(), StoreError> {
        execute!(
            self,
            "delete from invitation where school_id = $1 and staff_id = $2 and used_at_ms is null",
            school.0,
            staff.0
        )?;
        Ok(())
    }

    /// Whether it can be taken.
    pub async fn is_invitation(
        &mut self,
        token_hash: &[u8; 32],
        now_ms: i64,
    ) -> Result<bool, StoreError> {
        let found = fetch_optional!(
            self,
            (Uuid,),
            "select staff_id from invitation where token_hash = $1 and used_at_ms is null and expires_at_ms > $2",
            &token_hash[..],
            now_ms
        )?;
        Ok(found.is_some())
    }

    /// Whose invitation it was; it can be taken once.
    pub async fn take_invitation(
        &mut self,
        token_hash: &[u8; 32],
        now_ms: i64,
    ) -> Result<Option<(SchoolId, StaffId)>, StoreError> {
        let taken = fetch_optional!(
            self,
            (Uuid, Uuid),
            "update invitation set used_at_ms = $2 where token_hash = $1 and used_at_ms is null and expires_at_ms > $2
             returning school_id, staff_id",
            &token_hash[..],
            now_ms
        )?;
        Ok(taken.map(|(school, staff)| (school.into(), staff.into())))
    }

    /// The actor of a device, if it is this person's and not revoked.
    pub async fn actor_of_device(
        &mut self,
        school: SchoolId,
        staff: StaffId,
        device: DeviceId,
    ) -> Result<Option<ActorId>, StoreError> {
        let found = fetch_optional!(
            self,
            (Uuid,),
            "select actor_id from device where school_id = $1 and staff_id = $2 and id = $3 and revoked_at_ms is null",
            school.0,
            staff.0,
            device.0
        )?;
        Ok(found.map(|(actor,)| actor.into()))
    }

    pub async fn add_device(
        &mut self,
        school: SchoolId,
        staff: StaffId,
        new: &NewDevice,
    ) -> Result<(), StoreError> {
        execute!(
            self,
            "insert into device (school_id, id, staff_id, actor_id, name, created_at_ms) values ($1, $2, $3, $4, $5, $6)",
            school.0,
            new.id.0,
            staff.0,
            new.actor.0,
            &new.name,
            new.created_at_ms
        )?;
        Ok(())
    }

    /// Whose these actors are; those of other schools are passed over.
    pub async fn staff_of_actors(
        &mut self,
        school: SchoolId,
        actors: &[ActorId],
    ) -> Result<Vec<(ActorId, StaffId, String)>, StoreError> {
        let ids: Vec<Uuid> = actors.iter().map(|actor| actor.0).collect();
        let rows = fetch_list!(
            self,
            (Uuid, Uuid, String),
            "select d.actor_id, s.id, s.name from device d join staff s on s.school_id = d.school_id and s.id = d.staff_id
             where d.school_id = $1 and d.actor_id in ({list})",
            [school.0],
            ids
        )?;
        Ok(rows
            .into_iter()
            .map(|(actor, staff, name)| (actor.into(), staff.into(), name))
            .collect())
    }

    pub async fn add_session(&mut self, new: &NewSession) -> Result<(), StoreError> {
        execute!(
            self,
            "insert into session (token_hash, school_id, staff_id, device_id, created_at_ms, last_seen_at_ms, expires_at_ms, shown_at_ms)
             values ($1, $2, $3, $4, $5, $5, $6, $7)",
            &new.token_hash[..],
            new.school.0,
            new.staff.0,
            new.device.0,
            new.created_at_ms,
            new.expires_at_ms,
            new.shown_at_ms
        )?;
        Ok(())
    }

    /// The session of a token if it has neither expired nor lain idle since before `seen_after_ms`, its device is not
    /// revoked and its account is open and has not ended.
    pub async fn session(
        &mut self,
        token_hash: &[u8; 32],
        now_ms: i64,
        seen_after_ms: i64,
    ) -> Result<Option<FoundSession>, StoreError> {
        let rows = fetch_all!(
            self,
            SessionRow,
            "select e.school_id, c.name as school_name, e.staff_id, s.name, e.device_id, d.actor_id, e.last_seen_at_ms, e.shown_at_ms, s.ends_at_ms, r.role, t.class_id
             from session e
             join school c on c.id = e.school_id
             join staff s on s.school_id = e.school_id and s.id = e.staff_id
             join device d on d.school_id = e.school_id and d.id = e.device_id
             left join staff_role r on r.school_id = e.school_id and r.staff_id = e.staff_id
             left join contact_teacher t on t.school_id = e.school_id and t.staff_id = e.staff_id
             where e.token_hash = $1 and e.expires_at_ms > $2 and e.last_seen_at_ms > $3 and d.revoked_at_ms is null and s.status = $4
             and (s.ends_at_ms is null or s.ends_at_ms > $2)
             order by r.role, t.class_id",
            &token_hash[..],
            now_ms,
            seen_after_ms,
            AccountStatus::Active.as_str()
        )?;
        Ok(found_session(rows))
    }

    /// Forgets one session.
    pub async fn end_session(
        &mut self,
        token_hash: &[u8; 32],
    ) -> Result<Option<(SchoolId, StaffId, DeviceId)>, StoreError> {
        let ended = fetch_optional!(
            self,
            (Uuid, Uuid, Uuid),
            "delete from session where token_hash = $1 returning school_id, staff_id, device_id",
            &token_hash[..]
        )?;
        Ok(ended.map(|(school, staff, device)| (school.into(), staff.into(), device.into())))
    }

    /// Who is in the session has shown anew who they are: from now on it has another token.
    pub async fn step_up_session(
        &mut self,
        token_hash: &[u8; 32],
        new_token_hash: &[u8; 32],
        now_ms: i64,
    ) -> Result<(), StoreError> {
        execute!(
            self,
            "update session set token_hash = $2, shown_at_ms = $3, last_seen_at_ms = $3 where token_hash = $1",
            &token_hash[..],
            &new_token_hash[..],
            now_ms
        )?;
        Ok(())
    }

    /// Forgets every session on a device, which may begin another.
    pub async fn end_sessions_on(
        &mut self,
        school: SchoolId,
        device: DeviceId,
    ) -> Result<(), StoreError> {
        execute!(
            self,
            "delete from session where school_id = $1 and device_id = $2",
            school.0,
            device.0
        )?;
        Ok(())
    }

    /// Forgets every session of a person, such as when the password changed.
    pub async fn end_sessions_of(
        &mut self,
        school: SchoolId,
        staff: StaffId,
    ) -> Result<(), StoreError> {
        execute!(
            self,
            "delete from session where school_id = $1 and staff_id = $2",
            school.0,
            staff.0
        )?;
        Ok(())
    }

    /// Forgets every session of a person but one.
    pub async fn end_other_sessions(
        &mut self,
        school: SchoolId,
        staff: StaffId,
        kept: &[u8; 32],
    ) -> Result<(), StoreError> {
        execute!(
            self,
            "delete from session where school_id = $1 and staff_id = $2 and token_hash <> $3",
            school.0,
            staff.0,
            &kept[..]
        )?;
        Ok(())
    }

    /// Forgets every session that has run out.
    pub async fn end_expired_sessions(
        &mut self,
        now_ms: i64,
        seen_after_ms: i64,
    ) -> Result<u64, StoreError> {
        execute!(
            self,
            "delete from session where expires_at_ms <= $1 or last_seen_at_ms <= $2",
            now_ms,
            seen_after_ms
        )
    }

    /// Marks these sessions as seen.
    pub async fn touch_sessions(
        &mut self,
        token_hashes: &[[u8; 32]],
        now_ms: i64,
    ) -> Result<(), StoreError> {
        let hashes: Vec<&[u8]> = token_hashes.iter().map(|hash| &hash[..]).collect();
        execute_list!(
            self,
            "update session set last_seen_at_ms = $1 where token_hash in ({list})",
            [now_ms],
            hashes
        )?;
        Ok(())
    }
}

/// The join repeats the session for every role and class.
pub(super) fn found_session(rows: Vec<SessionRow>) -> Option<FoundSession> {
    let mut roles: Vec<Role> = rows
        .iter()
        .filter_map(|row| row.role.as_deref().map(Role::from))
        .collect();
    let mut own_classes: Vec<ClassId> = rows
        .iter()
        .filter_map(|row| row.class_id.map(ClassId))
        .collect();
    roles.sort();
    roles.dedup();
    own_classes.sort();
    own_classes.dedup();
    let row = rows.into_iter().next()?;
    Some(FoundSession {
        school: row.school_id.into(),
        school_name: row.school_name,
        staff: row.staff_id.into(),
        name: row.name,
        device: row.device_id.into(),
        actor: row.actor_id.into(),
        roles,
        own_classes,
        last_seen_at_ms: row.last_seen_at_ms,
        shown_at_ms: row.shown_at_ms,
        ends_at_ms: row.ends_at_ms,
    })
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::store::{Store, fixture};

    pub(in crate::store) const HASH: [u8; 32] = [7; 32];

    /// The teacher, on a device of their own.
    pub(in crate::store) async fn signed_in(store: &Store) -> (fixture::Yard, NewDevice) {
        let yard = fixture::school(store).await;
        let device = NewDevice {
            id: Uuid::new_v4().into(),
            actor: Uuid::new_v4().into(),
            name: "Firefox, Linux".into(),
            created_at_ms: 0,
        };
        let mut tx = store.write().await.unwrap();
        tx.add_device(yard.school, yard.teacher, &device)
            .await
            .unwrap();
        let (school, staff) = (yard.school, yard.teacher);
        tx.add_session(&NewSession {
            token_hash: HASH,
            school,
            staff,
            device: device.id,
            created_at_ms: 100,
            expires_at_ms: 1000,
            shown_at_ms: 100,
        })
        .await
        .unwrap();
        tx.commit().await.unwrap();
        (yard, device)
    }

    on_both! {
        async fn a_session_knows_its_person_and_ends_by_time_and_by_idleness(store: Store) {
            let (yard, device) = signed_in(&store).await;
            let mut tx = store.read().await.unwrap();
            let found = tx.session(&HASH, 999, 99).await.unwrap().unwrap();
            assert_eq!((found.staff, found.actor, found.device), (yard.teacher, device.actor, device.id));
            assert_eq!(found.roles, [Role::DutyStaff, Role::ContactTeacher]);
            assert_eq!(found.own_classes, [yard.class]);
            assert!(tx.session(&HASH, 1000, 99).await.unwrap().is_none());
            assert!(tx.session(&HASH, 999, 100).await.unwrap().is_none());
            assert!(tx.session(&[8; 32], 999, 99).await.unwrap().is_none());
        }

        async fn a_session_that_was_seen_lives_on_and_one_that_was_ended_does_not(store: Store) {
            signed_in(&store).await;
            let mut tx = store.write().await.unwrap();
            tx.touch_sessions(&[HASH], 500).await.unwrap();
            assert_eq!(tx.end_expired_sessions(501, 499).await.unwrap(), 0);
            assert_eq!(tx.session(&HASH, 501, 499).await.unwrap().unwrap().last_seen_at_ms, 500);
            assert!(tx.end_session(&HASH).await.unwrap().is_some());
            assert!(tx.end_session(&HASH).await.unwrap().is_none());
            assert!(tx.session(&HASH, 501, 0).await.unwrap().is_none());
        }

        async fn all_sessions_of_one_person_end_together(store: Store) {
            let (yard, _) = signed_in(&store).await;
            let mut tx = store.write().await.unwrap();
            tx.end_sessions_of(yard.school, yard.principal).await.unwrap();
            assert!(tx.session(&HASH, 500, 0).await.unwrap().is_some());
            tx.end_sessions_of(yard.school, yard.teacher).await.unwrap();
            assert!(tx.session(&HASH, 500, 0).await.unwrap().is_none());
        }

        async fn who_shows_who_they_are_again_gets_another_token(store: Store) {
            let (yard, device) = signed_in(&store).await;
            let mut tx = store.write().await.unwrap();
            tx.step_up_session(&HASH, &[8; 32], 700).await.unwrap();
            assert!(tx.session(&HASH, 701, 0).await.unwrap().is_none());
            assert_eq!(tx.session(&[8; 32], 701, 0).await.unwrap().unwrap().shown_at_ms, 700);
            tx.end_sessions_on(yard.school, Uuid::new_v4().into()).await.unwrap();
            assert!(tx.session(&[8; 32], 701, 0).await.unwrap().is_some());
            tx.end_sessions_on(yard.school, device.id).await.unwrap();
            assert!(tx.session(&[8; 32], 701, 0).await.unwrap().is_none());
        }

        async fn a_device_is_its_owners_alone(store: Store) {
            let (yard, device) = signed_in(&store).await;
            let mut tx = store.read().await.unwrap();
            assert_eq!(tx.actor_of_device(yard.school, yard.teacher, device.id).await.unwrap(), Some(device.actor));
            assert_eq!(tx.actor_of_device(yard.school, yard.principal, device.id).await.unwrap(), None);
            let known = tx.staff_of_actors(yard.school, &[device.actor, Uuid::new_v4().into()]).await.unwrap();
            assert_eq!(known, [(device.actor, yard.teacher, "Ida Moen".to_owned())]);
        }

        async fn an_invitation_is_taken_once_and_in_time(store: Store) {
            let yard = fixture::school(&store).await;
            let mut tx = store.write().await.unwrap();
            let (school, staff) = (yard.school, yard.teacher);
            tx.add_invitation(&NewInvitation { token_hash: HASH, school, staff, created_at_ms: 0, expires_at_ms: 10 }).await.unwrap();
            assert_eq!(tx.take_invitation(&HASH, 10).await.unwrap(), None);
            assert!(!tx.is_invitation(&HASH, 10).await.unwrap());
            assert!(tx.is_invitation(&HASH, 9).await.unwrap());
            assert_eq!(tx.take_invitation(&HASH, 9).await.unwrap(), Some((school, staff)));
            assert!(!tx.is_invitation(&HASH, 9).await.unwrap());
            assert_eq!(tx.take_invitation(&HASH, 9).await.unwrap(), None);
            // A newer one ends those before it, and none is left when they are withdrawn.
            for hash in [[1; 32], [2; 32]] {
                tx.add_invitation(&NewInvitation { token_hash: hash, school, staff, created_at_ms: 0, expires_at_ms: 10 }).await.unwrap();
            }
            assert_eq!(tx.take_invitation(&[1; 32], 9).await.unwrap(), None);
            tx.withdraw_invitations(school, yard.principal).await.unwrap();
            tx.withdraw_invitations(school, staff).await.unwrap();
            assert_eq!(tx.take_invitation(&[2; 32], 9).await.unwrap(), None);
        }
    }
}
