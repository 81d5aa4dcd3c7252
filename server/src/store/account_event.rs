//! What an administrator did with accounts that others must learn of: those of the leadership, and those whose way of signing in
//! was set anew. The record of everything else is not here.

use shared::api::{AccountEvent, AccountEventKind};
use shared::domain::{SchoolId, StaffId};
use uuid::Uuid;

use super::{StoreError, Tx};

fn word(kind: AccountEventKind) -> &'static str {
    match kind {
        AccountEventKind::LeaderInvited => "leader_invited",
        AccountEventKind::LeadershipGiven => "leadership_given",
        AccountEventKind::LeadershipTaken => "leadership_taken",
        AccountEventKind::SignInReset => "sign_in_reset",
        AccountEventKind::Unknown => "unknown",
    }
}

fn kind(word: &str) -> AccountEventKind {
    match word {
        "leader_invited" => AccountEventKind::LeaderInvited,
        "leadership_given" => AccountEventKind::LeadershipGiven,
        "leadership_taken" => AccountEventKind::LeadershipTaken,
        "sign_in_reset" => AccountEventKind::SignInReset,
        _ => AccountEventKind::Unknown,
    }
}

row! {
    struct EventRow {
        at_ms: i64,
        what: String,
        staff_name: String,
        by_name: Option<String>,
    }
}

impl Tx {
    pub async fn record_account_event(
        &mut self,
        school: SchoolId,
        staff: StaffId,
        by: Option<StaffId>,
        what: AccountEventKind,
        at_ms: i64,
    ) -> Result<(), StoreError> {
        execute!(
            self,
            "insert into account_event (school_id, at_ms, id, staff_id, by_staff_id, what) values ($1, $2, $3, $4, $5, $6)",
            school.0,
            at_ms,
            Uuid::now_v7(),
            staff.0,
            by.map(|by| by.0),
            word(what)
        )?;
        Ok(())
    }

    /// The newest first.
    pub async fn account_events(
        &mut self,
        school: SchoolId,
        limit: i64,
    ) -> Result<Vec<AccountEvent>, StoreError> {
        let rows = fetch_all!(
            self,
            EventRow,
            "select e.at_ms, e.what, s.name as staff_name, b.name as by_name from account_event e
             join staff s on s.school_id = e.school_id and s.id = e.staff_id
             left join staff b on b.school_id = e.school_id and b.id = e.by_staff_id
             where e.school_id = $1 order by e.at_ms desc, e.id desc limit $2",
            school.0,
            limit
        )?;
        let event = |row: EventRow| AccountEvent {
            at_ms: row.at_ms,
            what: kind(&row.what),
            staff_name: row.staff_name,
            by_name: row.by_name,
        };
        Ok(rows.into_iter().map(event).collect())
    }

    /// When a person's way of signing in was set anew after this time, the newest first.
    pub async fn resets(
        &mut self,
        school: SchoolId,
        staff: StaffId,
        after_ms: i64,
        limit: i64,
    ) -> Result<Vec<i64>, StoreError> {
        let rows = fetch_all!(
            self,
            (i64,),
            "select at_ms from account_event where school_id = $1 and staff_id = $2 and what = $3 and at_ms > $4
             order by at_ms desc limit $5",
            school.0,
            staff.0,
            word(AccountEventKind::SignInReset),
            after_ms,
            limit
        )?;
        Ok(rows.into_iter().map(|(at_ms,)| at_ms).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::fixture;

    on_both! {
        async fn what_was_done_with_an_account_is_told_newest_first_and_a_reset_to_its_person(store: Store) {
            let yard = fixture::school(&store).await;
            let mut tx = store.write().await.unwrap();
            let all = [AccountEventKind::LeaderInvited, AccountEventKind::LeadershipGiven, AccountEventKind::LeadershipTaken, AccountEventKind::SignInReset];
            for (at_ms, what) in (1..).zip(all) {
                tx.record_account_event(yard.school, yard.principal, (at_ms > 1).then_some(yard.teacher), what, at_ms).await.unwrap();
            }
            let told = tx.account_events(yard.school, 3).await.unwrap();
            assert_eq!(told.iter().map(|it| it.what).collect::<Vec<_>>(), [all[3], all[2], all[1]]);
            assert_eq!((told[0].staff_name.as_str(), told[0].by_name.as_deref()), ("Per Vik", Some("Ida Moen")));
            assert_eq!(tx.account_events(yard.school, 9).await.unwrap()[3].by_name, None);
            assert_eq!(tx.resets(yard.school, yard.principal, 3, 9).await.unwrap(), [4]);
            assert!(tx.resets(yard.school, yard.principal, 4, 9).await.unwrap().is_empty());
            assert!(tx.resets(yard.school, yard.teacher, 0, 9).await.unwrap().is_empty());
        }
    }
}
