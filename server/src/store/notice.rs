//! Notices that are to go out by e-mail and by push, and how often that failed. A row says that a person is to be told something, never what:
//! that is computed when it is sent (`crate::notice`).

use shared::api::NoticeFailure;
use shared::domain::{SchoolId, StaffId};
use uuid::Uuid;

use super::{StoreError, Tx};

/// What a notice is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoticeKind {
    /// Something waits for the person: by e-mail.
    Waiting,
    /// The code that confirms an address.
    Confirmation,
    /// Something waits for the person: by push, to each of their devices that hears it.
    Push,
}

row! {
    /// A notice that is to go out.
    #[derive(Debug, Clone)]
    pub struct NoticeRow {
        pub school_id: Uuid,
        pub staff_id: Uuid,
        kind: i32,
        pub wanted_at_ms: i64,
        pub due_at_ms: i64,
        pub last_wanted_at_ms: i64,
        pub failures: i64,
    }
}

impl NoticeKind {
    fn to_code(self) -> i32 {
        match self {
            NoticeKind::Waiting => 1,
            NoticeKind::Confirmation => 2,
            NoticeKind::Push => 3,
        }
    }
}

impl NoticeRow {
    /// None for a kind of a newer version.
    pub fn kind(&self) -> Option<NoticeKind> {
        let all = [
            NoticeKind::Waiting,
            NoticeKind::Confirmation,
            NoticeKind::Push,
        ];
        all.into_iter().find(|kind| kind.to_code() == self.kind)
    }
}

impl Tx {
    /// Somebody is to be told; no sooner than `pause_ms` after the last of this kind went out. One that waits already tells it too.
    /// Whoever has no address or device that this kind may go to is not told. A push that waits for one device that cannot be reached
    /// keeps the others waiting no longer than the pause.
    pub async fn want_notice(
        &mut self,
        (school, staff): (SchoolId, StaffId),
        kind: NoticeKind,
        now_ms: i64,
        pause_ms: i64,
    ) -> Result<(), StoreError> {
        execute!(
            self,
            "insert into notice (school_id, staff_id, kind, wanted_at_ms, due_at_ms, last_wanted_at_ms, failures)
             select s.school_id, s.id, $3, $4, $4, $4, 0 from staff s
             where s.school_id = $1 and s.id = $2 and (
                 ($3 = 3 and exists (select 1 from push_subscription p where p.school_id = $1 and p.staff_id = $2))
                 or ($3 <> 3 and exists (select 1 from notice_address a
                     where a.school_id = $1 and a.staff_id = $2 and (a.confirmed_at_ms is not null or $3 = 2))))
             on conflict (school_id, staff_id, kind) do update
             set wanted_at_ms = coalesce(notice.wanted_at_ms, excluded.wanted_at_ms),
                 last_wanted_at_ms = excluded.last_wanted_at_ms,
                 due_at_ms = case
                     when notice.wanted_at_ms is not null and $3 = 3 and notice.failures > 0 and notice.due_at_ms > excluded.due_at_ms + $5
                         then excluded.due_at_ms + $5
                     when notice.wanted_at_ms is not null then notice.due_at_ms
                     when notice.sent_at_ms + $5 > excluded.due_at_ms then notice.sent_at_ms + $5 else excluded.due_at_ms end",
            school.0,
            staff.0,
            kind.to_code(),
            now_ms,
            pause_ms
        )?;
        Ok(())
    }

    /// Notices of these kinds whose time has come, the oldest first.
    pub async fn due_notices(
        &mut self,
        kinds: &[NoticeKind],
        now_ms: i64,
        limit: i64,
    ) -> Result<Vec<NoticeRow>, StoreError> {
        let kinds: Vec<i32> = kinds.iter().map(|kind| kind.to_code()).collect();
        fetch_list!(
            self,
            NoticeRow,
            "select school_id, staff_id, kind, wanted_at_ms, due_at_ms, last_wanted_at_ms, failures from notice
             where wanted_at_ms is not null and due_at_ms <= $1 and kind in ({list}) order by due_at_ms, staff_id limit $2",
            [now_ms, limit],
            kinds
        )
    }

    /// Holds a notice until a time; false when somebody else has it. Whoever dies with it leaves it due then.
    pub async fn hold_notice(
        &mut self,
        notice: &NoticeRow,
        until_ms: i64,
    ) -> Result<bool, StoreError> {
        let touched = execute!(
            self,
            "update notice set due_at_ms = $5
             where school_id = $1 and staff_id = $2 and kind = $3 and due_at_ms = $4 and wanted_at_ms is not null",
            notice.school_id,
            notice.staff_id,
            notice.kind,
            notice.due_at_ms,
            until_ms
        )?;
        Ok(touched > 0)
    }

    /// There is nothing more to send: it went out at `sent_at_ms`, or was not needed any more or given up. What was wanted since it
    /// was held is sent when the hold ends.
    pub async fn end_notice(
        &mut self,
        notice: &NoticeRow,
        sent_at_ms: Option<i64>,
    ) -> Result<(), StoreError> {
        execute!(
            self,
            "update notice set wanted_at_ms = case when last_wanted_at_ms = $5 then null else last_wanted_at_ms end,
                 failures = 0, sent_at_ms = coalesce($4, sent_at_ms)
             where school_id = $1 and staff_id = $2 and kind = $3",
            notice.school_id,
            notice.staff_id,
            notice.kind,
            sent_at_ms,
            notice.last_wanted_at_ms
        )?;
        Ok(())
    }

    /// It did not go out: again at a time.
    pub async fn put_notice_off(
        &mut self,
        notice: &NoticeRow,
        until_ms: i64,
    ) -> Result<(), StoreError> {
        execute!(
            self,
            "update notice set due_at_ms = $4, failures = failures + 1 where school_id = $1 and staff_id = $2 and kind = $3",
            notice.school_id,
            notice.staff_id,
            notice.kind,
            until_ms
        )?;
        Ok(())
    }

    /// Counts an attempt that failed; counting begins anew when the last lies before `since_ms`.
    pub async fn count_notice_failure(
        &mut self,
        school: SchoolId,
        cause: &str,
        is_given_up: bool,
        now_ms: i64,
        since_ms: i64,
    ) -> Result<(), StoreError> {
        execute!(
            self,
            "insert into notice_failure (school_id, cause, failures, given_up, last_at_ms) values ($1, $2, 1, $3, $4)
             on conflict (school_id, cause) do update
             set failures = case when notice_failure.last_at_ms < $5 then 1 else notice_failure.failures + 1 end,
                 given_up = excluded.given_up + case when notice_failure.last_at_ms < $5 then 0 else notice_failure.given_up end,
                 last_at_ms = excluded.last_at_ms",
            school.0,
            cause,
            i64::from(is_given_up),
            now_ms,
            since_ms
        )?;
        Ok(())
    }

    /// What has failed since a time, the last first.
    pub async fn notice_failures(
        &mut self,
        school: SchoolId,
        since_ms: i64,
    ) -> Result<Vec<NoticeFailure>, StoreError> {
        let rows = fetch_all!(
            self,
            (String, i64, i64, i64),
            "select cause, failures, given_up, last_at_ms from notice_failure
             where school_id = $1 and last_at_ms >= $2 order by last_at_ms desc, cause",
            school.0,
            since_ms
        )?;
        let failure = |(cause, failures, given_up, last_at_ms)| NoticeFailure {
            cause,
            failures,
            given_up,
            last_at_ms,
        };
        Ok(rows.into_iter().map(failure).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::fixture;

    const PAUSE_MS: i64 = 100;
    const MAIL: [NoticeKind; 2] = [NoticeKind::Waiting, NoticeKind::Confirmation];

    async fn want(tx: &mut Tx, to: (SchoolId, StaffId), kind: NoticeKind, now_ms: i64) {
        tx.want_notice(to, kind, now_ms, PAUSE_MS).await.unwrap();
    }

    on_both! {
        async fn a_notice_is_one_however_often_it_is_wanted_and_pauses_after_it_went_out(store: Store) {
            let yard = fixture::school(&store).await;
            let to = (yard.school, yard.principal);
            let mut tx = store.write().await.unwrap();
            want(&mut tx, to, NoticeKind::Waiting, 5).await;
            assert!(tx.due_notices(&MAIL, 10, 10).await.unwrap().is_empty(), "there is no address");
            tx.set_notice_address(to.0, to.1, "per@example.org", 1).await.unwrap();
            want(&mut tx, to, NoticeKind::Waiting, 5).await;
            assert!(tx.due_notices(&MAIL, 10, 10).await.unwrap().is_empty(), "it is not confirmed");
            want(&mut tx, to, NoticeKind::Confirmation, 5).await;
            let due = tx.due_notices(&MAIL, 10, 10).await.unwrap();
            assert_eq!((due.len(), due[0].kind()), (1, Some(NoticeKind::Confirmation)));
            tx.end_notice(&due[0], Some(6)).await.unwrap();
            tx.confirm_notice_address(to.0, to.1, 7).await.unwrap();

            want(&mut tx, to, NoticeKind::Waiting, 10).await;
            want(&mut tx, to, NoticeKind::Waiting, 20).await;
            let due = tx.due_notices(&MAIL, 30, 10).await.unwrap();
            assert_eq!(due.iter().map(|it| (it.wanted_at_ms, it.due_at_ms)).collect::<Vec<_>>(), [(10, 10)]);
            tx.end_notice(&due[0], Some(30)).await.unwrap();
            want(&mut tx, to, NoticeKind::Waiting, 40).await;
            assert!(tx.due_notices(&MAIL, 129, 10).await.unwrap().is_empty());
            assert_eq!(tx.due_notices(&MAIL, 130, 10).await.unwrap()[0].wanted_at_ms, 40);
        }

        async fn who_holds_a_notice_holds_it_alone_and_for_a_while(store: Store) {
            let yard = fixture::school(&store).await;
            let to = (yard.school, yard.principal);
            let mut tx = store.write().await.unwrap();
            tx.set_notice_address(to.0, to.1, "per@example.org", 1).await.unwrap();
            tx.confirm_notice_address(to.0, to.1, 1).await.unwrap();
            want(&mut tx, to, NoticeKind::Waiting, 5).await;
            let due = tx.due_notices(&MAIL, 5, 10).await.unwrap().remove(0);
            assert!(tx.hold_notice(&due, 50).await.unwrap());
            assert!(!tx.hold_notice(&due, 60).await.unwrap(), "another has it");
            assert!(tx.due_notices(&MAIL, 49, 10).await.unwrap().is_empty());
            tx.put_notice_off(&due, 70).await.unwrap();
            let due = tx.due_notices(&MAIL, 70, 10).await.unwrap().remove(0);
            assert_eq!((due.failures, due.due_at_ms, due.wanted_at_ms), (1, 70, 5));
            tx.end_notice(&due, None).await.unwrap();
            assert!(!tx.hold_notice(&due, 90).await.unwrap(), "nothing is wanted");
            want(&mut tx, to, NoticeKind::Waiting, 80).await;
            assert_eq!(tx.due_notices(&MAIL, 80, 10).await.unwrap()[0].failures, 0, "nothing went out: there is no pause");
        }

        async fn what_is_wanted_while_a_notice_goes_out_is_not_told_by_it(store: Store) {
            let yard = fixture::school(&store).await;
            let to = (yard.school, yard.principal);
            let mut tx = store.write().await.unwrap();
            tx.set_notice_address(to.0, to.1, "per@example.org", 1).await.unwrap();
            tx.confirm_notice_address(to.0, to.1, 1).await.unwrap();
            want(&mut tx, to, NoticeKind::Waiting, 5).await;
            let due = tx.due_notices(&MAIL, 5, 10).await.unwrap().remove(0);
            assert!(tx.hold_notice(&due, 50).await.unwrap());
            want(&mut tx, to, NoticeKind::Waiting, 7).await;
            tx.end_notice(&due, Some(8)).await.unwrap();
            assert!(tx.due_notices(&MAIL, 49, 10).await.unwrap().is_empty());
            let due = tx.due_notices(&MAIL, 50, 10).await.unwrap().remove(0);
            assert_eq!(due.wanted_at_ms, 7);
            tx.end_notice(&due, Some(51)).await.unwrap();
            assert!(tx.due_notices(&MAIL, i64::MAX, 10).await.unwrap().is_empty());
        }

        async fn failures_are_counted_by_cause_and_begin_anew_after_a_while(store: Store) {
            let yard = fixture::school(&store).await;
            let mut tx = store.write().await.unwrap();
            for (cause, is_given_up, at_ms) in [("550", false, 10), ("550", true, 20), ("timeout", false, 15)] {
                tx.count_notice_failure(yard.school, cause, is_given_up, at_ms, 0).await.unwrap();
            }
            let told = |all: Vec<NoticeFailure>| all.into_iter().map(|it| (it.cause, it.failures, it.given_up, it.last_at_ms)).collect::<Vec<_>>();
            let all = tx.notice_failures(yard.school, 0).await.unwrap();
            assert_eq!(told(all), [("550".into(), 2, 1, 20), ("timeout".into(), 1, 0, 15)]);
            tx.count_notice_failure(yard.school, "550", false, 90, 50).await.unwrap();
            assert_eq!(told(tx.notice_failures(yard.school, 50).await.unwrap()), [("550".into(), 1, 0, 90)]);
        }
    }
}
