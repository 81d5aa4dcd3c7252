//! Items that the gate or the rules refused, as they came, with the reason: for their author, and for the administrator.

use shared::domain::SchoolId;
use uuid::Uuid;

use super::{StoreError, Tx};

row! {
    /// An item that was refused.
    #[derive(Debug, Clone)]
    pub struct QuarantineRow {
        pub item_hash: String,
        pub staff_id: Uuid,
        pub device_id: Uuid,
        pub reason: String,
        pub received_at_ms: i64,
        pub bytes: Vec<u8>,
    }
}

row! {
    /// A refused item in the administrator's list: nothing of its content.
    #[derive(Debug)]
    pub struct QuarantineLine {
        pub item_hash: String,
        pub staff_name: String,
        pub device_name: String,
        pub reason: String,
        pub received_at_ms: i64,
    }
}

impl Tx {
    /// Keeps refused items; one that is there already stays as it is.
    pub async fn add_quarantined(
        &mut self,
        school: SchoolId,
        rows: &[QuarantineRow],
    ) -> Result<(), StoreError> {
        insert_rows!(
            self,
            "insert into quarantine (school_id, item_hash, staff_id, device_id, reason, received_at_ms, bytes)",
            rows,
            |row| [
                school.0,
                row.item_hash.as_str(),
                row.staff_id,
                row.device_id,
                row.reason.as_str(),
                row.received_at_ms,
                row.bytes.as_slice()
            ],
            "on conflict (school_id, item_hash) do nothing"
        )?;
        Ok(())
    }

    /// What a person's refused items are, newest first.
    pub async fn quarantined_of(
        &mut self,
        school: SchoolId,
        staff: Uuid,
        limit: i64,
    ) -> Result<Vec<QuarantineRow>, StoreError> {
        fetch_all!(
            self,
            QuarantineRow,
            "select item_hash, staff_id, device_id, reason, received_at_ms, bytes from quarantine
             where school_id = $1 and staff_id = $2 order by received_at_ms desc limit $3",
            school.0,
            staff,
            limit
        )
    }

    /// The school's refused items without their content, newest first.
    pub async fn quarantine(
        &mut self,
        school: SchoolId,
        limit: i64,
    ) -> Result<Vec<QuarantineLine>, StoreError> {
        fetch_all!(
            self,
            QuarantineLine,
            "select q.item_hash, s.name as staff_name, coalesce(d.name, '') as device_name, q.reason, q.received_at_ms
             from quarantine q
             join staff s on s.school_id = q.school_id and s.id = q.staff_id
             left join device d on d.school_id = q.school_id and d.id = q.device_id
             where q.school_id = $1 order by q.received_at_ms desc, q.item_hash limit $2",
            school.0,
            limit
        )
    }

    /// The school's refused items after one of them, in the order of their hashes; of one reason, if one is given.
    pub async fn quarantined_after(
        &mut self,
        school: SchoolId,
        item_hash: &str,
        reason: Option<&str>,
        limit: i64,
    ) -> Result<Vec<QuarantineRow>, StoreError> {
        fetch_all!(
            self,
            QuarantineRow,
            "select item_hash, staff_id, device_id, reason, received_at_ms, bytes from quarantine
             where school_id = $1 and item_hash > $2 and (reason = $3 or $4) order by item_hash limit $5",
            school.0,
            item_hash,
            reason.unwrap_or_default(),
            reason.is_none(),
            limit
        )
    }

    /// Lets go of items that were taken in after all.
    pub async fn end_quarantine(
        &mut self,
        school: SchoolId,
        item_hashes: &[&str],
    ) -> Result<(), StoreError> {
        let has_any = fetch_optional!(
            self,
            (String,),
            "select item_hash from quarantine where school_id = $1 limit 1",
            school.0
        )?;
        if has_any.is_some() {
            execute_list!(
                self,
                "delete from quarantine where school_id = $1 and item_hash in ({list})",
                [school.0],
                item_hashes
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::fixture;

    fn refused(hash: &str, reason: &str, received_at_ms: i64) -> QuarantineRow {
        QuarantineRow {
            item_hash: hash.into(),
            staff_id: Uuid::from_u128(7),
            device_id: Uuid::from_u128(9),
            reason: reason.into(),
            received_at_ms,
            bytes: b"item".to_vec(),
        }
    }

    on_both! {
        async fn a_refused_item_keeps_its_first_reason_and_is_its_writers_alone(store: Store) {
            let yard = fixture::school(&store).await;
            let other = fixture::school(&store).await;
            let mut tx = store.write().await.unwrap();
            tx.add_quarantined(yard.school, &[refused("a", "first", 1), refused("b", "newer", 2)]).await.unwrap();
            tx.add_quarantined(yard.school, &[refused("a", "second", 3)]).await.unwrap();
            tx.add_quarantined(yard.school, &[QuarantineRow { staff_id: Uuid::from_u128(99), ..refused("c", "another's", 4) }]).await.unwrap();
            tx.add_quarantined(other.school, &[refused("d", "elsewhere", 5)]).await.unwrap();
            let found = tx.quarantined_of(yard.school, Uuid::from_u128(7), 10).await.unwrap();
            assert_eq!(found.iter().map(|row| row.reason.as_str()).collect::<Vec<_>>(), ["newer", "first"]);
            assert_eq!(found[0].bytes, b"item");
            assert_eq!(tx.quarantined_of(yard.school, Uuid::from_u128(7), 1).await.unwrap().len(), 1);
        }
        async fn what_was_taken_in_after_all_leaves_and_the_rest_is_listed_by_its_reason(store: Store) {
            let yard = fixture::school(&store).await;
            let of = |hash: &str, reason: &str, at_ms| QuarantineRow { staff_id: yard.teacher.0, ..refused(hash, reason, at_ms) };
            let mut tx = store.write().await.unwrap();
            tx.end_quarantine(yard.school, &["a"]).await.unwrap();
            tx.add_quarantined(yard.school, &[of("a", "x", 1), of("b", "y", 2), of("c", "x", 3)]).await.unwrap();
            let hashes = |rows: Vec<QuarantineRow>| rows.into_iter().map(|row| row.item_hash).collect::<Vec<_>>();
            assert_eq!(hashes(tx.quarantined_after(yard.school, "", Some("x"), 9).await.unwrap()), ["a", "c"]);
            assert_eq!(hashes(tx.quarantined_after(yard.school, "a", None, 1).await.unwrap()), ["b"]);
            tx.end_quarantine(yard.school, &["a", "unknown"]).await.unwrap();
            let lines = tx.quarantine(yard.school, 9).await.unwrap();
            assert_eq!(lines.iter().map(|line| line.item_hash.as_str()).collect::<Vec<_>>(), ["c", "b"]);
            assert_eq!((lines[0].staff_name.as_str(), lines[0].reason.as_str()), ("Ida Moen", "x"));
        }
    }
}
