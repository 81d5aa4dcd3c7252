//! Where people's devices hear by push that something waits: one address each, as the browser's push service gave it.

use shared::domain::{DeviceId, SchoolId, StaffId};
use uuid::Uuid;

use super::{StoreError, Tx};

row! {
    /// A device that hears by push, and what is sent there is encrypted for.
    #[derive(Clone, PartialEq, Eq)]
    pub struct PushRow {
        pub device_id: Uuid,
        pub endpoint: String,
        pub public_key: Vec<u8>,
        pub secret: Vec<u8>,
        pub told_of_ms: Option<i64>,
    }
}

impl Tx {
    /// A person's, the newest first.
    pub async fn pushes(
        &mut self,
        school: SchoolId,
        staff: StaffId,
    ) -> Result<Vec<PushRow>, StoreError> {
        fetch_all!(
            self,
            PushRow,
            "select device_id, endpoint, public_key, secret, told_of_ms from push_subscription
             where school_id = $1 and staff_id = $2 order by subscribed_at_ms desc, device_id",
            school.0,
            staff.0
        )
    }

    /// In place of the one that the device had, and of any by which the same browser was reached: it is this person's now.
    pub async fn set_push(
        &mut self,
        (school, staff): (SchoolId, StaffId),
        new: &PushRow,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        execute!(
            self,
            "delete from push_subscription where school_id = $1 and (device_id = $2 or endpoint = $3)",
            school.0,
            new.device_id,
            &new.endpoint
        )?;
        execute!(
            self,
            "insert into push_subscription (school_id, device_id, staff_id, endpoint, public_key, secret, subscribed_at_ms, told_of_ms)
             values ($1, $2, $3, $4, $5, $6, $7, $8)",
            school.0,
            new.device_id,
            staff.0,
            &new.endpoint,
            &new.public_key,
            &new.secret,
            now_ms,
            new.told_of_ms
        )?;
        Ok(())
    }

    /// False when the device had none.
    pub async fn forget_push(
        &mut self,
        school: SchoolId,
        device: DeviceId,
    ) -> Result<bool, StoreError> {
        let gone = execute!(
            self,
            "delete from push_subscription where school_id = $1 and device_id = $2",
            school.0,
            device.0
        )?;
        Ok(gone > 0)
    }

    /// All of a person's but this device's.
    pub async fn forget_pushes_elsewhere(
        &mut self,
        school: SchoolId,
        staff: StaffId,
        here: DeviceId,
    ) -> Result<(), StoreError> {
        execute!(
            self,
            "delete from push_subscription where school_id = $1 and staff_id = $2 and device_id <> $3",
            school.0,
            staff.0,
            here.0
        )?;
        Ok(())
    }

    /// All of a person's, with what was to go there.
    pub async fn forget_pushes(
        &mut self,
        school: SchoolId,
        staff: StaffId,
    ) -> Result<(), StoreError> {
        execute!(
            self,
            "delete from notice where school_id = $1 and staff_id = $2 and kind = 3",
            school.0,
            staff.0
        )?;
        execute!(
            self,
            "delete from push_subscription where school_id = $1 and staff_id = $2",
            school.0,
            staff.0
        )?;
        Ok(())
    }

    /// The push service knows it no more; one that the device has got meanwhile stays.
    pub async fn forget_gone_push(
        &mut self,
        school: SchoolId,
        gone: &PushRow,
    ) -> Result<(), StoreError> {
        execute!(
            self,
            "delete from push_subscription where school_id = $1 and device_id = $2 and endpoint = $3",
            school.0,
            gone.device_id,
            &gone.endpoint
        )?;
        Ok(())
    }

    /// The device is not told of that notice again.
    pub async fn told_by_push(
        &mut self,
        school: SchoolId,
        told: &PushRow,
        of_ms: i64,
    ) -> Result<(), StoreError> {
        execute!(
            self,
            "update push_subscription set told_of_ms = $4 where school_id = $1 and device_id = $2 and endpoint = $3",
            school.0,
            told.device_id,
            &told.endpoint,
            of_ms
        )?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::notice::NoticeKind;
    use crate::store::session::NewDevice;
    use crate::store::{fixture, fixture::Yard};

    async fn device_of_teacher(tx: &mut Tx, yard: &Yard) -> Uuid {
        let id = Uuid::new_v4();
        let device = NewDevice {
            id: id.into(),
            actor: Uuid::new_v4().into(),
            name: "Firefox, Linux".into(),
            created_at_ms: 0,
        };
        tx.add_device(yard.school, yard.teacher, &device)
            .await
            .unwrap();
        id
    }

    fn reached(device_id: Uuid, endpoint: &str) -> PushRow {
        PushRow {
            device_id,
            endpoint: endpoint.into(),
            public_key: vec![4; 65],
            secret: vec![1; 16],
            told_of_ms: None,
        }
    }

    async fn endpoints(tx: &mut Tx, yard: &Yard) -> Vec<String> {
        let all = tx.pushes(yard.school, yard.teacher).await.unwrap();
        all.into_iter().map(|row| row.endpoint).collect()
    }

    on_both! {
        async fn a_device_hears_at_one_address_and_a_browser_once_for_a_person(store: Store) {
            let yard = fixture::school(&store).await;
            let to = (yard.school, yard.teacher);
            let mut tx = store.write().await.unwrap();
            let (phone, desk) = (device_of_teacher(&mut tx, &yard).await, device_of_teacher(&mut tx, &yard).await);
            tx.set_push(to, &reached(phone, "a"), 1).await.unwrap();
            tx.set_push(to, &reached(phone, "b"), 2).await.unwrap();
            tx.set_push(to, &reached(desk, "c"), 3).await.unwrap();
            assert_eq!(endpoints(&mut tx, &yard).await, ["c", "b"]);
            tx.set_push(to, &reached(desk, "b"), 4).await.unwrap();
            assert_eq!(endpoints(&mut tx, &yard).await, ["b"], "the browser is another device now");
            assert!(tx.pushes(yard.school, yard.principal).await.unwrap().is_empty());
            assert!(!tx.forget_push(yard.school, phone.into()).await.unwrap());
            assert!(tx.forget_push(yard.school, desk.into()).await.unwrap());
        }

        async fn what_the_push_service_has_forgotten_goes_but_not_what_came_in_its_place(store: Store) {
            let yard = fixture::school(&store).await;
            let to = (yard.school, yard.teacher);
            let mut tx = store.write().await.unwrap();
            let phone = device_of_teacher(&mut tx, &yard).await;
            let before = reached(phone, "a");
            tx.set_push(to, &reached(phone, "b"), 2).await.unwrap();
            tx.forget_gone_push(yard.school, &before).await.unwrap();
            tx.told_by_push(yard.school, &before, 7).await.unwrap();
            let now = tx.pushes(to.0, to.1).await.unwrap().remove(0);
            assert_eq!((now.endpoint.as_str(), now.told_of_ms), ("b", None));
            tx.told_by_push(yard.school, &now, 7).await.unwrap();
            assert_eq!(tx.pushes(to.0, to.1).await.unwrap()[0].told_of_ms, Some(7));
            tx.forget_gone_push(yard.school, &now).await.unwrap();
            assert!(endpoints(&mut tx, &yard).await.is_empty());
        }

        async fn a_push_is_wanted_where_there_is_a_device_and_goes_with_the_last(store: Store) {
            let yard = fixture::school(&store).await;
            let to = (yard.school, yard.teacher);
            let mut tx = store.write().await.unwrap();
            tx.want_notice(to, NoticeKind::Push, 5, 0).await.unwrap();
            assert!(tx.due_notices(&[NoticeKind::Push], 5, 10).await.unwrap().is_empty(), "there is no device");
            let phone = device_of_teacher(&mut tx, &yard).await;
            tx.set_push(to, &reached(phone, "a"), 1).await.unwrap();
            tx.want_notice(to, NoticeKind::Push, 5, 0).await.unwrap();
            tx.want_notice(to, NoticeKind::Waiting, 5, 0).await.unwrap();
            let due = tx.due_notices(&[NoticeKind::Push, NoticeKind::Waiting], 5, 10).await.unwrap();
            assert_eq!(due.iter().map(|it| it.kind()).collect::<Vec<_>>(), [Some(NoticeKind::Push)]);
            tx.forget_notice_address(to.0, to.1).await.unwrap();
            assert_eq!(tx.due_notices(&[NoticeKind::Push], 5, 10).await.unwrap().len(), 1, "an address is another way");
            tx.forget_pushes(to.0, to.1).await.unwrap();
            assert!(tx.due_notices(&[NoticeKind::Push], 5, 10).await.unwrap().is_empty());
        }
    }
}
