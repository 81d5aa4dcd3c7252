//! Codes by which a substitute (*vikar*) signs in for a day, and the accounts that end with them. Of a code only hashes are here.

use shared::api::Substitute;
use shared::domain::{Role, SchoolId, StaffId};
use uuid::Uuid;

use super::{StoreError, Tx};

/// A code as it is made.
#[derive(Debug)]
pub struct NewDayCode {
    pub token_hash: [u8; 32],
    pub digits_hash: [u8; 32],
    pub made_at_ms: i64,
    pub ends_at_ms: i64,
}

row! {
    struct SubstituteRow {
        staff_id: Uuid,
        name: String,
        made_at_ms: i64,
        ends_at_ms: i64,
        taken_at_ms: Option<i64>,
    }
}

impl Tx {
    /// From now on the person's only code, and the account is open for as long as it counts.
    pub async fn add_day_code(
        &mut self,
        school: SchoolId,
        staff: StaffId,
        new: &NewDayCode,
    ) -> Result<(), StoreError> {
        execute!(
            self,
            "insert into day_code (school_id, staff_id, token_hash, digits_hash, made_at_ms, ends_at_ms) values ($1, $2, $3, $4, $5, $6)
             on conflict (school_id, staff_id) do update set token_hash = excluded.token_hash, digits_hash = excluded.digits_hash,
             made_at_ms = excluded.made_at_ms, ends_at_ms = excluded.ends_at_ms",
            school.0,
            staff.0,
            &new.token_hash[..],
            &new.digits_hash[..],
            new.made_at_ms,
            new.ends_at_ms
        )?;
        execute!(
            self,
            "update staff set ends_at_ms = $3 where school_id = $1 and id = $2",
            school.0,
            staff.0,
            new.ends_at_ms
        )?;
        Ok(())
    }

    /// Whose code it was, by either of its hashes. From then on it is that phone's, which may take it again.
    pub async fn take_day_code(
        &mut self,
        hash: &[u8; 32],
        phone: &[u8; 32],
        now_ms: i64,
    ) -> Result<Option<(SchoolId, StaffId)>, StoreError> {
        let taken = fetch_optional!(
            self,
            (Uuid, Uuid),
            "update day_code set taken_at_ms = coalesce(taken_at_ms, $2), phone_hash = $3
             where (token_hash = $1 or digits_hash = $1) and ends_at_ms > $2 and (taken_at_ms is null or phone_hash = $3)
             returning school_id, staff_id",
            &hash[..],
            now_ms,
            &phone[..]
        )?;
        Ok(taken.map(|(school, staff)| (school.into(), staff.into())))
    }

    /// The person's code and account are open until then, unless they have ended before.
    pub async fn end_day_code(
        &mut self,
        school: SchoolId,
        staff: StaffId,
        ends_at_ms: i64,
    ) -> Result<(), StoreError> {
        execute!(
            self,
            "update day_code set ends_at_ms = $3 where school_id = $1 and staff_id = $2 and ends_at_ms > $3",
            school.0,
            staff.0,
            ends_at_ms
        )?;
        execute!(
            self,
            "update staff set ends_at_ms = $3 where school_id = $1 and id = $2 and ends_at_ms > $3",
            school.0,
            staff.0,
            ends_at_ms
        )?;
        Ok(())
    }

    /// Those who have had a code since then, the latest first.
    pub async fn substitutes(
        &mut self,
        school: SchoolId,
        since_ms: i64,
    ) -> Result<Vec<Substitute>, StoreError> {
        let rows = fetch_all!(
            self,
            SubstituteRow,
            "select c.staff_id, s.name, c.made_at_ms, c.ends_at_ms, c.taken_at_ms from day_code c
             join staff s on s.school_id = c.school_id and s.id = c.staff_id
             where c.school_id = $1 and c.made_at_ms >= $2 order by c.made_at_ms desc, c.staff_id",
            school.0,
            since_ms
        )?;
        let line = |row: SubstituteRow| Substitute {
            staff: row.staff_id.into(),
            name: row.name,
            made_at_ms: row.made_at_ms,
            ends_at_ms: row.ends_at_ms,
            taken_at_ms: row.taken_at_ms,
        };
        Ok(rows.into_iter().map(line).collect())
    }

    /// What a substitute is called, and whether their code has been taken; none for anybody else. Held until this transaction ends.
    pub async fn hold_substitute(
        &mut self,
        school: SchoolId,
        staff: StaffId,
    ) -> Result<Option<(String, bool)>, StoreError> {
        execute!(
            self,
            "update day_code set ends_at_ms = ends_at_ms where school_id = $1 and staff_id = $2",
            school.0,
            staff.0
        )?;
        let found = fetch_optional!(
            self,
            (String, Option<i64>),
            "select s.name, c.taken_at_ms from staff s
             join staff_role r on r.school_id = s.school_id and r.staff_id = s.id
             join day_code c on c.school_id = s.school_id and c.staff_id = s.id
             where s.school_id = $1 and s.id = $2 and r.role = $3",
            school.0,
            staff.0,
            Role::Substitute.as_str()
        )?;
        Ok(found.map(|(name, taken_at_ms)| (name, taken_at_ms.is_some())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::fixture;

    const PHONE: [u8; 32] = [7; 32];

    fn code(seed: u8, ends_at_ms: i64) -> NewDayCode {
        NewDayCode {
            token_hash: [seed; 32],
            digits_hash: [seed + 1; 32],
            made_at_ms: 10,
            ends_at_ms,
        }
    }

    on_both! {
        async fn a_code_is_taken_once_by_either_of_its_hashes_and_before_it_ends(store: Store) {
            let yard = fixture::school(&store).await;
            let (school, staff) = (yard.school, yard.teacher);
            let mut tx = store.write().await.unwrap();
            tx.add_day_code(school, staff, &code(1, 100)).await.unwrap();
            assert_eq!(tx.take_day_code(&[9; 32], &PHONE, 50).await.unwrap(), None);
            assert_eq!(tx.take_day_code(&[1; 32], &PHONE, 100).await.unwrap(), None);
            assert_eq!(tx.take_day_code(&[2; 32], &PHONE, 99).await.unwrap(), Some((school, staff)));
            assert_eq!(tx.take_day_code(&[1; 32], &[8; 32], 99).await.unwrap(), None, "another phone");
            assert_eq!(tx.take_day_code(&[1; 32], &PHONE, 99).await.unwrap(), Some((school, staff)));
            assert_eq!(tx.take_day_code(&[1; 32], &PHONE, 100).await.unwrap(), None);
        }

        async fn a_code_that_is_ended_counts_no_more_and_is_listed_as_ended(store: Store) {
            let yard = fixture::school(&store).await;
            let (school, staff) = (yard.school, yard.teacher);
            let mut tx = store.write().await.unwrap();
            tx.add_day_code(school, staff, &code(1, 100)).await.unwrap();
            tx.end_day_code(school, staff, 20).await.unwrap();
            assert_eq!(tx.take_day_code(&[1; 32], &PHONE, 20).await.unwrap(), None);
            let listed = tx.substitutes(school, 10).await.unwrap();
            assert_eq!((listed.len(), listed[0].ends_at_ms, listed[0].taken_at_ms), (1, 20, None));
            assert!(tx.substitutes(school, 11).await.unwrap().is_empty());
            tx.end_day_code(school, staff, 50).await.unwrap();
            assert_eq!(tx.substitutes(school, 0).await.unwrap()[0].ends_at_ms, 20, "it is not opened again");
        }

        async fn only_a_substitute_has_a_substitutes_name(store: Store) {
            let yard = fixture::school(&store).await;
            let mut tx = store.write().await.unwrap();
            assert_eq!(tx.hold_substitute(yard.school, yard.teacher).await.unwrap(), None);
        }
    }
}
