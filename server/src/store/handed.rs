//! To whom reports were handed, and who opened them first. Whether that lets somebody in is decided in `access`.

use shared::domain::{DocumentId, SchoolId, StaffId};
use uuid::Uuid;

use super::{StoreError, Tx};

row! {
    /// A report in the hands of somebody.
    #[derive(Debug, Clone)]
    pub struct HandedRow {
        pub report_id: Uuid,
        pub staff_id: Uuid,
        pub by_name: String,
        pub handed_at_ms: i64,
        /// None while it waits for them.
        pub opened_at_ms: Option<i64>,
    }
}

row! {
    /// The way of a report so far.
    #[derive(Debug, Clone)]
    pub struct WayRow {
        pub id: Uuid,
        pub owner_told_at_ms: Option<i64>,
        pub opened_at_ms: Option<i64>,
        /// None for what was opened before this was kept.
        pub opened_by_name: Option<String>,
    }
}

impl Tx {
    /// False when it was handed to this person before.
    pub async fn hand_report(
        &mut self,
        school: SchoolId,
        report: DocumentId,
        to: StaffId,
        by: StaffId,
        at_ms: i64,
    ) -> Result<bool, StoreError> {
        let added = execute!(
            self,
            "insert into report_handed (school_id, report_id, staff_id, handed_by, handed_at_ms) values ($1, $2, $3, $4, $5)
             on conflict (school_id, report_id, staff_id) do nothing",
            school.0,
            report.0,
            to.0,
            by.0,
            at_ms
        )?;
        Ok(added > 0)
    }

    /// False when this person did not have it.
    pub async fn take_report_back(
        &mut self,
        school: SchoolId,
        report: DocumentId,
        from: StaffId,
    ) -> Result<bool, StoreError> {
        let taken = execute!(
            self,
            "delete from report_handed where school_id = $1 and report_id = $2 and staff_id = $3",
            school.0,
            report.0,
            from.0
        )?;
        Ok(taken > 0)
    }

    /// Takes back all that was handed to somebody who may have nothing handed any more.
    pub async fn take_reports_back_from(
        &mut self,
        school: SchoolId,
        staff: StaffId,
    ) -> Result<(), StoreError> {
        execute!(
            self,
            "delete from report_handed where school_id = $1 and staff_id = $2",
            school.0,
            staff.0
        )?;
        Ok(())
    }

    /// Forgets to whom these were handed: they were erased, or are nobody's at the school any more.
    pub async fn forget_handed(
        &mut self,
        school: SchoolId,
        reports: &[Uuid],
    ) -> Result<(), StoreError> {
        execute_list!(
            self,
            "delete from report_handed where school_id = $1 and report_id in ({list})",
            [school.0],
            reports
        )?;
        Ok(())
    }

    /// Whether a report was handed to somebody.
    pub async fn is_handed(
        &mut self,
        school: SchoolId,
        report: DocumentId,
        to: StaffId,
    ) -> Result<bool, StoreError> {
        let found = fetch_optional!(
            self,
            (Uuid,),
            "select report_id from report_handed where school_id = $1 and report_id = $2 and staff_id = $3",
            school.0,
            report.0,
            to.0
        )?;
        Ok(found.is_some())
    }

    /// In whose hands these reports are.
    pub async fn hands_of(
        &mut self,
        school: SchoolId,
        reports: &[Uuid],
    ) -> Result<Vec<HandedRow>, StoreError> {
        let mut rows = fetch_list!(
            self,
            HandedRow,
            "select h.report_id, h.staff_id, s.name as by_name, h.handed_at_ms, h.opened_at_ms from report_handed h
             join staff s on s.school_id = h.school_id and s.id = h.handed_by
             where h.school_id = $1 and h.report_id in ({list})",
            [school.0],
            reports
        )?;
        rows.sort_by_key(|row| (row.handed_at_ms, row.staff_id));
        Ok(rows)
    }

    /// What was handed to somebody: each report with when they opened it, the latest first.
    pub async fn handed_to(
        &mut self,
        school: SchoolId,
        staff: StaffId,
        limit: i64,
    ) -> Result<Vec<(Uuid, Option<i64>)>, StoreError> {
        fetch_all!(
            self,
            (Uuid, Option<i64>),
            "select report_id, opened_at_ms from report_handed where school_id = $1 and staff_id = $2
             order by handed_at_ms desc, report_id limit $3",
            school.0,
            staff.0,
            limit
        )
    }

    /// Notes that somebody opened what was handed to them, the first time.
    pub async fn mark_handed_opened(
        &mut self,
        school: SchoolId,
        report: DocumentId,
        by: StaffId,
        at_ms: i64,
    ) -> Result<bool, StoreError> {
        let touched = execute!(
            self,
            "update report_handed set opened_at_ms = $4
             where school_id = $1 and report_id = $2 and staff_id = $3 and opened_at_ms is null",
            school.0,
            report.0,
            by.0,
            at_ms
        )?;
        Ok(touched > 0)
    }

    /// How far these reports have come.
    pub async fn ways_of(
        &mut self,
        school: SchoolId,
        reports: &[Uuid],
    ) -> Result<Vec<WayRow>, StoreError> {
        fetch_list!(
            self,
            WayRow,
            "select d.id, d.owner_told_at_ms, d.opened_at_ms, s.name as opened_by_name from document d
             left join staff s on s.school_id = d.school_id and s.id = d.opened_by
             where d.school_id = $1 and d.id in ({list})",
            [school.0],
            reports
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::fixture;

    on_both! {
        async fn a_report_is_in_somebodys_hands_once_until_it_is_taken_back(store: Store) {
            let yard = fixture::school(&store).await;
            let other = fixture::school(&store).await;
            let mut tx = store.write().await.unwrap();
            for school in [yard.school, other.school] {
                tx.put_documents(school, &[fixture::document(1, 2), fixture::document(2, 2)]).await.unwrap();
            }
            let id = |id| DocumentId(Uuid::from_u128(id));
            let all = [id(1).0, id(2).0];
            assert!(tx.hand_report(yard.school, id(1), yard.teacher, yard.principal, 5).await.unwrap());
            assert!(!tx.hand_report(yard.school, id(1), yard.teacher, yard.principal, 6).await.unwrap());
            assert!(tx.hand_report(yard.school, id(2), yard.teacher, yard.principal, 7).await.unwrap());
            assert!(tx.is_handed(yard.school, id(1), yard.teacher).await.unwrap());
            assert!(!tx.is_handed(yard.school, id(1), yard.principal).await.unwrap());
            assert!(tx.hands_of(other.school, &all).await.unwrap().is_empty());
            assert!(tx.mark_handed_opened(yard.school, id(1), yard.teacher, 8).await.unwrap());
            assert!(!tx.mark_handed_opened(yard.school, id(1), yard.teacher, 9).await.unwrap());
            let told = tx.handed_to(yard.school, yard.teacher, 9).await.unwrap();
            assert_eq!(told, [(id(2).0, None), (id(1).0, Some(8))]);
            let hands = tx.hands_of(yard.school, &all).await.unwrap();
            assert_eq!(hands.iter().map(|row| (row.report_id, row.handed_at_ms)).collect::<Vec<_>>(), [(id(1).0, 5), (id(2).0, 7)]);
            assert!(tx.take_report_back(yard.school, id(1), yard.teacher).await.unwrap());
            assert!(!tx.take_report_back(yard.school, id(1), yard.teacher).await.unwrap());
            tx.take_reports_back_from(yard.school, yard.teacher).await.unwrap();
            assert!(tx.hands_of(yard.school, &all).await.unwrap().is_empty());
            tx.hand_report(yard.school, id(2), yard.teacher, yard.principal, 7).await.unwrap();
            tx.forget_handed(yard.school, &[id(2).0]).await.unwrap();
            assert!(tx.handed_to(yard.school, yard.teacher, 9).await.unwrap().is_empty());
        }

        async fn who_opened_a_report_first_is_kept(store: Store) {
            let yard = fixture::school(&store).await;
            let mut tx = store.write().await.unwrap();
            tx.put_documents(yard.school, &[fixture::document(1, 2)]).await.unwrap();
            let id = DocumentId(Uuid::from_u128(1));
            assert!(tx.mark_opened(yard.school, id, yard.principal, 5).await.unwrap());
            assert!(!tx.mark_opened(yard.school, id, yard.teacher, 6).await.unwrap());
            let way = tx.ways_of(yard.school, &[id.0]).await.unwrap().remove(0);
            let principal = tx.staff_member(yard.school, yard.principal).await.unwrap().unwrap();
            assert_eq!((way.opened_at_ms, way.opened_by_name), (Some(5), Some(principal.name)));
        }
    }
}
