//! How often signing in has failed, and browsers in which it has not. What is counted is the business of `auth::attempts`: here are
//! keys and numbers.

use shared::domain::{SchoolId, StaffId};
use uuid::Uuid;

use super::{StoreError, Tx};

/// Most browsers that a person is known in.
const MAX_BROWSERS: i64 = 20;

/// A count as it stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Failures {
    pub count: i64,
    pub last_at_ms: i64,
}

impl Tx {
    /// The count under a key, which nobody else changes until this transaction ends; a new one when there is none.
    pub async fn hold_failures(&mut self, counted: &[u8; 32]) -> Result<Failures, StoreError> {
        let found = fetch_optional!(
            self,
            (i64, i64),
            "insert into failed_attempt (counted, failures, last_at_ms) values ($1, 0, 0)
             on conflict (counted) do update set failures = failed_attempt.failures
             returning failures, last_at_ms",
            &counted[..]
        )?;
        let (count, last_at_ms) = found.ok_or(StoreError::Unreadable("failed_attempt"))?;
        Ok(Failures { count, last_at_ms })
    }

    pub async fn set_failures(
        &mut self,
        counted: &[u8; 32],
        failures: Failures,
    ) -> Result<(), StoreError> {
        execute!(
            self,
            "update failed_attempt set failures = $2, last_at_ms = $3 where counted = $1",
            &counted[..],
            failures.count,
            failures.last_at_ms
        )?;
        Ok(())
    }

    pub async fn forget_failures(&mut self, counted: &[u8; 32]) -> Result<(), StoreError> {
        execute!(
            self,
            "delete from failed_attempt where counted = $1",
            &counted[..]
        )?;
        Ok(())
    }

    /// Forgets counts that have lain since before this time, and beyond `most` those that are lowest: guessing at one account
    /// cannot be hidden by guessing at many.
    pub async fn forget_old_failures(
        &mut self,
        before_ms: i64,
        most: i64,
    ) -> Result<(), StoreError> {
        execute!(
            self,
            "delete from failed_attempt where last_at_ms < $1",
            before_ms
        )?;
        execute!(
            self,
            "delete from failed_attempt where counted in
             (select counted from failed_attempt order by failures desc, last_at_ms desc limit $2 offset $1)",
            most,
            most
        )?;
        Ok(())
    }

    /// Whether somebody with this user name has signed in before in the browser that has this secret.
    pub async fn is_known_browser(
        &mut self,
        token_hash: &[u8; 32],
        username: &str,
    ) -> Result<bool, StoreError> {
        let found = fetch_optional!(
            self,
            (Uuid,),
            "select b.staff_id from known_browser b join staff s on s.school_id = b.school_id and s.id = b.staff_id
             where b.token_hash = $1 and s.username = $2",
            &token_hash[..],
            username
        )?;
        Ok(found.is_some())
    }

    /// From now on the person is known in that browser; beyond a number the one that was used longest ago is forgotten.
    pub async fn know_browser(
        &mut self,
        token_hash: &[u8; 32],
        school: SchoolId,
        staff: StaffId,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        execute!(
            self,
            "insert into known_browser (token_hash, school_id, staff_id, last_at_ms) values ($1, $2, $3, $4)
             on conflict (token_hash, school_id, staff_id) do update set last_at_ms = excluded.last_at_ms",
            &token_hash[..],
            school.0,
            staff.0,
            now_ms
        )?;
        execute!(
            self,
            "delete from known_browser where school_id = $1 and staff_id = $2 and token_hash in
             (select token_hash from known_browser where school_id = $1 and staff_id = $2
              order by last_at_ms desc, token_hash limit $3 offset $3)",
            school.0,
            staff.0,
            MAX_BROWSERS
        )?;
        Ok(())
    }

    /// The person is known in no browser any more, such as when the password was set anew.
    pub async fn forget_browsers(
        &mut self,
        school: SchoolId,
        staff: StaffId,
    ) -> Result<(), StoreError> {
        execute!(
            self,
            "delete from known_browser where school_id = $1 and staff_id = $2",
            school.0,
            staff.0
        )?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::fixture;

    const KEY: [u8; 32] = [3; 32];

    on_both! {
        async fn a_count_is_kept_until_it_is_forgotten(store: Store) {
            let mut tx = store.write().await.unwrap();
            assert_eq!(tx.hold_failures(&KEY).await.unwrap(), Failures::default());
            tx.set_failures(&KEY, Failures { count: 3, last_at_ms: 7 }).await.unwrap();
            assert_eq!(tx.hold_failures(&KEY).await.unwrap(), Failures { count: 3, last_at_ms: 7 });
            tx.forget_old_failures(7, 10).await.unwrap();
            assert_eq!(tx.hold_failures(&KEY).await.unwrap().count, 3);
            tx.forget_failures(&KEY).await.unwrap();
            assert_eq!(tx.hold_failures(&KEY).await.unwrap().count, 0);
            tx.forget_old_failures(8, 10).await.unwrap();
        }

        async fn beyond_a_number_the_lowest_counts_are_forgotten(store: Store) {
            let mut tx = store.write().await.unwrap();
            for n in 1..=5 {
                tx.hold_failures(&[n; 32]).await.unwrap();
                tx.set_failures(&[n; 32], Failures { count: n.into(), last_at_ms: 1 }).await.unwrap();
            }
            tx.forget_old_failures(0, 3).await.unwrap();
            for (n, count) in [(1, 0), (2, 0), (3, 3), (4, 4), (5, 5)] {
                assert_eq!(tx.hold_failures(&[n; 32]).await.unwrap().count, count);
            }
        }

        async fn a_browser_is_known_for_those_who_signed_in_there(store: Store) {
            let yard = fixture::school(&store).await;
            let mut tx = store.write().await.unwrap();
            let (ida, per) = (format!("ida-{}", yard.teacher), format!("per-{}", yard.principal));
            for n in 0..25 {
                tx.know_browser(&[n; 32], yard.school, yard.teacher, n.into()).await.unwrap();
            }
            assert!(tx.is_known_browser(&[24; 32], &ida).await.unwrap());
            assert!(!tx.is_known_browser(&[24; 32], &per).await.unwrap());
            assert!(!tx.is_known_browser(&[0; 32], &ida).await.unwrap(), "the oldest is forgotten");
            tx.forget_browsers(yard.school, yard.teacher).await.unwrap();
            assert!(!tx.is_known_browser(&[24; 32], &ida).await.unwrap());
        }
    }
}
