//! Where people want notices by e-mail: an address each, confirmed or not. It is never an identity.

use shared::domain::{SchoolId, StaffId};

use super::{StoreError, Tx};

row! {
    /// An address as its person gave it.
    #[derive(Clone)]
    pub struct NoticeAddressRow {
        pub address: String,
        pub asked_at_ms: i64,
        pub attempts: i32,
        pub confirmed_at_ms: Option<i64>,
    }
}

impl Tx {
    pub async fn notice_address(
        &mut self,
        school: SchoolId,
        staff: StaffId,
    ) -> Result<Option<NoticeAddressRow>, StoreError> {
        fetch_optional!(
            self,
            NoticeAddressRow,
            "select address, asked_at_ms, attempts, confirmed_at_ms from notice_address where school_id = $1 and staff_id = $2",
            school.0,
            staff.0
        )
    }

    /// In place of the one before, and not confirmed; what was to go there does not go.
    pub async fn set_notice_address(
        &mut self,
        school: SchoolId,
        staff: StaffId,
        address: &str,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        execute!(
            self,
            "delete from notice where school_id = $1 and staff_id = $2 and kind <> 3",
            school.0,
            staff.0
        )?;
        execute!(
            self,
            "insert into notice_address (school_id, staff_id, address, asked_at_ms, attempts) values ($1, $2, $3, $4, 0)
             on conflict (school_id, staff_id) do update
             set address = excluded.address, asked_at_ms = excluded.asked_at_ms, attempts = 0, confirmed_at_ms = null",
            school.0,
            staff.0,
            address,
            now_ms
        )?;
        Ok(())
    }

    /// Counts an attempt to confirm it; how many there were with this one, none when there is no address.
    pub async fn attempt_notice_code(
        &mut self,
        school: SchoolId,
        staff: StaffId,
    ) -> Result<Option<i32>, StoreError> {
        let found = fetch_optional!(
            self,
            (i32,),
            "update notice_address set attempts = attempts + 1 where school_id = $1 and staff_id = $2 returning attempts",
            school.0,
            staff.0
        )?;
        Ok(found.map(|(attempts,)| attempts))
    }

    pub async fn confirm_notice_address(
        &mut self,
        school: SchoolId,
        staff: StaffId,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        execute!(
            self,
            "update notice_address set confirmed_at_ms = $3 where school_id = $1 and staff_id = $2",
            school.0,
            staff.0,
            now_ms
        )?;
        Ok(())
    }

    /// With what was to go there; false when there was none.
    pub async fn forget_notice_address(
        &mut self,
        school: SchoolId,
        staff: StaffId,
    ) -> Result<bool, StoreError> {
        execute!(
            self,
            "delete from notice where school_id = $1 and staff_id = $2 and kind <> 3",
            school.0,
            staff.0
        )?;
        let gone = execute!(
            self,
            "delete from notice_address where school_id = $1 and staff_id = $2",
            school.0,
            staff.0
        )?;
        Ok(gone > 0)
    }
}

#[cfg(test)]
mod tests {
    use crate::store::fixture;
    use crate::store::notice::NoticeKind;

    on_both! {
        async fn an_address_is_one_persons_and_has_to_be_confirmed_anew_when_it_changes(store: Store) {
            let yard = fixture::school(&store).await;
            let (school, per) = (yard.school, yard.principal);
            let mut tx = store.write().await.unwrap();
            assert!(tx.notice_address(school, per).await.unwrap().is_none());
            assert_eq!(tx.attempt_notice_code(school, per).await.unwrap(), None);
            tx.set_notice_address(school, per, "per@example.org", 5).await.unwrap();
            assert_eq!(tx.attempt_notice_code(school, per).await.unwrap(), Some(1));
            assert_eq!(tx.attempt_notice_code(school, per).await.unwrap(), Some(2));
            tx.confirm_notice_address(school, per, 6).await.unwrap();
            let row = tx.notice_address(school, per).await.unwrap().unwrap();
            assert_eq!((row.address.as_str(), row.confirmed_at_ms), ("per@example.org", Some(6)));
            tx.set_notice_address(school, per, "vik@example.org", 9).await.unwrap();
            let row = tx.notice_address(school, per).await.unwrap().unwrap();
            assert_eq!((row.address.as_str(), row.asked_at_ms, row.attempts, row.confirmed_at_ms), ("vik@example.org", 9, 0, None));
            assert!(tx.notice_address(school, yard.teacher).await.unwrap().is_none());
        }

        async fn a_forgotten_address_takes_what_was_to_go_there_along(store: Store) {
            let yard = fixture::school(&store).await;
            let to = (yard.school, yard.principal);
            let mut tx = store.write().await.unwrap();
            tx.set_notice_address(to.0, to.1, "per@example.org", 5).await.unwrap();
            tx.want_notice(to, NoticeKind::Confirmation, 5, 0).await.unwrap();
            assert!(tx.forget_notice_address(to.0, to.1).await.unwrap());
            assert!(!tx.forget_notice_address(to.0, to.1).await.unwrap());
            assert!(tx.due_notices(&[NoticeKind::Confirmation], 5, 10).await.unwrap().is_empty());
        }
    }
}
