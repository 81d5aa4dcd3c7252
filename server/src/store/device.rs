//! The browsers that people have signed in on: whose they are, and shutting them out.

use shared::api::{Device, DeviceSession};
use shared::domain::{AccountStatus, DeviceId, SchoolId, StaffId};
use uuid::Uuid;

use super::session::{FoundSession, SessionRow, found_session};
use super::{StoreError, Tx};

/// Who has a device, whatever became of the device or the account.
#[derive(Debug)]
pub struct DevicePerson {
    pub person: FoundSession,
    pub revoked_at_ms: Option<i64>,
    pub is_active: bool,
}

row! {
    struct DeviceRow {
        school_id: Uuid,
        school_name: String,
        staff_id: Uuid,
        name: String,
        device_id: Uuid,
        actor_id: Uuid,
        revoked_at_ms: Option<i64>,
        status: String,
        ends_at_ms: Option<i64>,
        role: Option<String>,
        class_id: Option<Uuid>,
    }
}

row! {
    struct DeviceSessionRow {
        id: Uuid,
        name: String,
        created_at_ms: i64,
        revoked_at_ms: Option<i64>,
        began_at_ms: Option<i64>,
        last_seen_at_ms: Option<i64>,
    }
}

impl Tx {
    /// Whose these devices are; those that do not exist are passed over.
    pub async fn people_of_devices(
        &mut self,
        devices: &[DeviceId],
    ) -> Result<Vec<DevicePerson>, StoreError> {
        let ids: Vec<Uuid> = devices.iter().map(|device| device.0).collect();
        let rows = fetch_list!(
            self,
            DeviceRow,
            "select d.school_id, c.name as school_name, d.staff_id, s.name, d.id as device_id, d.actor_id, d.revoked_at_ms, s.status, s.ends_at_ms, r.role, t.class_id
             from device d
             join school c on c.id = d.school_id
             join staff s on s.school_id = d.school_id and s.id = d.staff_id
             left join staff_role r on r.school_id = d.school_id and r.staff_id = d.staff_id
             left join contact_teacher t on t.school_id = d.school_id and t.staff_id = d.staff_id
             where d.id in ({list})
             order by d.id, r.role, t.class_id",
            [],
            ids
        )?;
        let people = rows.chunk_by(|one, next| one.device_id == next.device_id);
        Ok(people.filter_map(device_person).collect())
    }

    /// A person's devices, the newest first, with the sessions that have neither run out nor lain idle since before
    /// `seen_after_ms`.
    pub async fn devices(
        &mut self,
        school: SchoolId,
        staff: StaffId,
        now_ms: i64,
        seen_after_ms: i64,
    ) -> Result<Vec<Device>, StoreError> {
        let rows = fetch_all!(
            self,
            DeviceSessionRow,
            "select d.id, d.name, d.created_at_ms, d.revoked_at_ms, e.created_at_ms as began_at_ms, e.last_seen_at_ms
             from device d left join session e on e.school_id = d.school_id and e.device_id = d.id and e.expires_at_ms > $3 and e.last_seen_at_ms > $4
             where d.school_id = $1 and d.staff_id = $2
             order by d.created_at_ms desc, d.id, e.created_at_ms desc",
            school.0,
            staff.0,
            now_ms,
            seen_after_ms
        )?;
        let devices = rows.chunk_by(|one, next| one.id == next.id);
        Ok(devices.filter_map(device).collect())
    }

    /// Whose device it is.
    pub async fn owner_of_device(
        &mut self,
        school: SchoolId,
        device: DeviceId,
    ) -> Result<Option<StaffId>, StoreError> {
        let found = fetch_optional!(
            self,
            (Uuid,),
            "select staff_id from device where school_id = $1 and id = $2",
            school.0,
            device.0
        )?;
        Ok(found.map(|(staff,)| staff.into()))
    }

    /// Shuts a device out; one that is out already stays so since then.
    pub async fn revoke_device(
        &mut self,
        school: SchoolId,
        device: DeviceId,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        execute!(
            self,
            "update device set revoked_at_ms = $3 where school_id = $1 and id = $2 and revoked_at_ms is null",
            school.0,
            device.0,
            now_ms
        )?;
        Ok(())
    }

    /// Whether a session token was given to a device that has been shut out since.
    pub async fn is_of_revoked_device(
        &mut self,
        token_hash: &[u8; 32],
    ) -> Result<bool, StoreError> {
        let found = fetch_optional!(
            self,
            (Uuid,),
            "select d.id from session e join device d on d.school_id = e.school_id and d.id = e.device_id
             where e.token_hash = $1 and d.revoked_at_ms is not null",
            &token_hash[..]
        )?;
        Ok(found.is_some())
    }
}

/// The join repeats the device for every session.
fn device(rows: &[DeviceSessionRow]) -> Option<Device> {
    let session = |row: &DeviceSessionRow| {
        Some(DeviceSession {
            began_at_ms: row.began_at_ms?,
            last_seen_at_ms: row.last_seen_at_ms?,
        })
    };
    let first = rows.first()?;
    Some(Device {
        id: first.id.into(),
        name: first.name.clone(),
        created_at_ms: first.created_at_ms,
        sessions: rows.iter().filter_map(session).collect(),
        revoked_at_ms: first.revoked_at_ms,
        is_this: false,
    })
}

/// The join repeats the device for every role and class.
fn device_person(rows: &[DeviceRow]) -> Option<DevicePerson> {
    let session_row = |row: &DeviceRow| SessionRow {
        school_id: row.school_id,
        school_name: row.school_name.clone(),
        staff_id: row.staff_id,
        name: row.name.clone(),
        device_id: row.device_id,
        actor_id: row.actor_id,
        last_seen_at_ms: 0,
        shown_at_ms: 0,
        ends_at_ms: row.ends_at_ms,
        role: row.role.clone(),
        class_id: row.class_id,
    };
    let first = rows.first()?;
    Some(DevicePerson {
        person: found_session(rows.iter().map(session_row).collect())?,
        revoked_at_ms: first.revoked_at_ms,
        is_active: first.status == AccountStatus::Active.as_str(),
    })
}

#[cfg(test)]
mod tests {
    use shared::domain::Role;

    use super::*;
    use crate::store::session::tests::{HASH, signed_in};

    on_both! {
        async fn a_device_that_is_shut_out_is_known_as_such_and_ends_its_sessions(store: Store) {
            let (yard, device) = signed_in(&store).await;
            let mut tx = store.write().await.unwrap();
            assert!(!tx.is_of_revoked_device(&HASH).await.unwrap());
            assert_eq!(tx.owner_of_device(yard.school, device.id).await.unwrap(), Some(yard.teacher));
            tx.revoke_device(yard.school, device.id, 200).await.unwrap();
            tx.revoke_device(yard.school, device.id, 300).await.unwrap();
            assert!(tx.is_of_revoked_device(&HASH).await.unwrap());
            assert!(tx.session(&HASH, 500, 0).await.unwrap().is_none());
            let devices = tx.devices(yard.school, yard.teacher, 500, 0).await.unwrap();
            assert_eq!((devices.len(), devices[0].revoked_at_ms), (1, Some(200)));
            assert_eq!(devices[0].sessions, [DeviceSession { began_at_ms: 100, last_seen_at_ms: 100 }]);
            assert!(tx.devices(yard.school, yard.teacher, 1000, 0).await.unwrap()[0].sessions.is_empty());
            assert!(tx.devices(yard.school, yard.teacher, 500, 100).await.unwrap()[0].sessions.is_empty());
            assert!(tx.devices(yard.school, yard.principal, 500, 0).await.unwrap().is_empty());
            let people = tx.people_of_devices(&[device.id, Uuid::new_v4().into()]).await.unwrap();
            assert_eq!((people.len(), people[0].revoked_at_ms, people[0].is_active), (1, Some(200), true));
            assert_eq!(people[0].person.roles, [Role::DutyStaff, Role::ContactTeacher]);
        }
    }
}
