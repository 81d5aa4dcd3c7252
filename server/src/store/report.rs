//! The projection of reports, and the receipts their reporters follow.

use shared::domain::{DocumentId, SchoolId, StaffId};
use uuid::Uuid;

use super::content::Place;
use super::{StoreError, Tx};

row! {
    /// A report as it reads now.
    #[derive(Debug, Clone)]
    pub struct ReportRow {
        pub document_id: Uuid,
        pub author_id: Uuid,
        pub pupil_id: Option<Uuid>,
        pub recorded_at_ms: i64,
        pub received_at_ms: i64,
        pub is_serious: bool,
        pub missing_points: i32,
        /// Somebody who works at the school is suspected (§ 12-5): nothing that colleagues see may show that it is there.
        pub suspects_employee: bool,
        /// Who told it, when another wrote it down.
        pub told_by_id: Option<Uuid>,
        /// JSON; encrypted in the database.
        pub content: Vec<u8>,
    }
}

row! {
    /// An entry that a report builds on, in the version it had then.
    #[derive(Debug, Clone)]
    pub struct ReportEntryRow {
        pub report_id: Uuid,
        pub entry_id: Uuid,
        pub heads: String,
    }
}

impl Tx {
    pub async fn put_reports(
        &mut self,
        school: SchoolId,
        rows: &[ReportRow],
    ) -> Result<(), StoreError> {
        let sealed = self
            .seal_rows(school, rows, |row: &ReportRow| {
                (row.document_id, Place::Report, &row.content)
            })
            .await?;
        insert_rows!(
            self,
            "insert into report (school_id, document_id, author_id, pupil_id, recorded_at_ms, received_at_ms, is_serious, missing_points, suspects_employee, told_by_id, content)",
            sealed,
            |(row, content)| [
                school.0,
                row.document_id,
                row.author_id,
                row.pupil_id,
                row.recorded_at_ms,
                row.received_at_ms,
                row.is_serious,
                row.missing_points,
                row.suspects_employee,
                row.told_by_id,
                content.as_slice()
            ],
            "on conflict (school_id, document_id) do update
             set pupil_id = excluded.pupil_id, is_serious = excluded.is_serious,
                 missing_points = excluded.missing_points, suspects_employee = excluded.suspects_employee, told_by_id = excluded.told_by_id, content = excluded.content"
        )?;
        Ok(())
    }

    /// Takes reports out of every inbox: withdrawn by their reporter.
    pub async fn remove_reports(
        &mut self,
        school: SchoolId,
        documents: &[Uuid],
    ) -> Result<(), StoreError> {
        execute_list!(
            self,
            "delete from report where school_id = $1 and document_id in ({list})",
            [school.0],
            documents
        )?;
        Ok(())
    }

    /// Forgets which entries these reports build on, before it is written anew.
    pub async fn clear_report_entries(
        &mut self,
        school: SchoolId,
        reports: &[Uuid],
    ) -> Result<(), StoreError> {
        execute_list!(
            self,
            "delete from report_entry where school_id = $1 and report_id in ({list})",
            [school.0],
            reports
        )?;
        Ok(())
    }

    pub async fn put_report_entries(
        &mut self,
        school: SchoolId,
        rows: &[ReportEntryRow],
    ) -> Result<(), StoreError> {
        insert_rows!(
            self,
            "insert into report_entry (school_id, report_id, entry_id, heads)",
            rows,
            |row| [school.0, row.report_id, row.entry_id, row.heads.as_str()],
            "on conflict (school_id, report_id, entry_id) do nothing"
        )?;
        Ok(())
    }

    /// Which reports build on these entries.
    pub async fn reports_on_entries(
        &mut self,
        school: SchoolId,
        entries: &[Uuid],
    ) -> Result<Vec<ReportEntryRow>, StoreError> {
        fetch_list!(
            self,
            ReportEntryRow,
            "select report_id, entry_id, heads from report_entry where school_id = $1 and entry_id in ({list})",
            [school.0],
            entries
        )
    }

    /// All reports of a school, or those that one person wrote or told, newest first.
    pub async fn reports(
        &mut self,
        school: SchoolId,
        by: Option<Uuid>,
        limit: i64,
    ) -> Result<Vec<ReportRow>, StoreError> {
        let rows = match by {
            None => fetch_all!(
                self,
                ReportRow,
                "select document_id, author_id, pupil_id, recorded_at_ms, received_at_ms, is_serious, missing_points, suspects_employee, told_by_id, content
                 from report where school_id = $1 order by received_at_ms desc, document_id desc limit $2",
                school.0,
                limit
            ),
            Some(author) => fetch_all!(
                self,
                ReportRow,
                "select document_id, author_id, pupil_id, recorded_at_ms, received_at_ms, is_serious, missing_points, suspects_employee, told_by_id, content
                 from report where school_id = $1 and (author_id = $2 or told_by_id = $2) order by received_at_ms desc, document_id desc limit $3",
                school.0,
                author,
                limit
            ),
        }?;
        self.open_reports(school, rows).await
    }

    /// Those of these reports that are in the inbox.
    pub async fn in_inbox(
        &mut self,
        school: SchoolId,
        reports: &[Uuid],
    ) -> Result<Vec<Uuid>, StoreError> {
        let rows = fetch_list!(
            self,
            (Uuid,),
            "select document_id from report where school_id = $1 and document_id in ({list})",
            [school.0],
            reports
        )?;
        Ok(rows.into_iter().map(|(id,)| id).collect())
    }

    /// These of the school's reports, in no order.
    pub async fn reports_by_id(
        &mut self,
        school: SchoolId,
        reports: &[Uuid],
    ) -> Result<Vec<ReportRow>, StoreError> {
        let rows = fetch_list!(
            self,
            ReportRow,
            "select document_id, author_id, pupil_id, recorded_at_ms, received_at_ms, is_serious, missing_points, suspects_employee, told_by_id, content
             from report where school_id = $1 and document_id in ({list})",
            [school.0],
            reports
        )?;
        self.open_reports(school, rows).await
    }

    async fn open_reports(
        &mut self,
        school: SchoolId,
        rows: Vec<ReportRow>,
    ) -> Result<Vec<ReportRow>, StoreError> {
        self.open_rows(school, rows, |row: &mut ReportRow| {
            (row.document_id, Place::Report, &mut row.content)
        })
        .await
    }

    pub async fn report(
        &mut self,
        school: SchoolId,
        id: DocumentId,
    ) -> Result<Option<ReportRow>, StoreError> {
        let row = fetch_optional!(
            self,
            ReportRow,
            "select document_id, author_id, pupil_id, recorded_at_ms, received_at_ms, is_serious, missing_points, suspects_employee, told_by_id, content
             from report where school_id = $1 and document_id = $2",
            school.0,
            id.0
        )?;
        let rows = row.into_iter().collect();
        Ok(self.open_reports(school, rows).await?.pop())
    }

    /// Which reports lock these entries: those of which colleagues may know.
    pub async fn reports_that_lock(
        &mut self,
        school: SchoolId,
        entries: &[Uuid],
    ) -> Result<Vec<ReportEntryRow>, StoreError> {
        fetch_list!(
            self,
            ReportEntryRow,
            "select e.report_id, e.entry_id, e.heads from report_entry e
             join report r on r.school_id = e.school_id and r.document_id = e.report_id
             where e.school_id = $1 and not r.suspects_employee and e.entry_id in ({list})",
            [school.0],
            entries
        )
    }

    /// When the newest report on each of these pupils came, of which colleagues may know.
    pub async fn latest_reports_on(
        &mut self,
        school: SchoolId,
        pupils: &[Uuid],
    ) -> Result<Vec<(Uuid, i64)>, StoreError> {
        fetch_list!(
            self,
            (Uuid, i64),
            "select pupil_id, max(received_at_ms) from report where school_id = $1 and not suspects_employee and pupil_id in ({list}) group by pupil_id",
            [school.0],
            pupils
        )
    }

    /// Notes who of its receivers opened it first; false when it was open already.
    pub async fn mark_opened(
        &mut self,
        school: SchoolId,
        id: DocumentId,
        by: StaffId,
        at_ms: i64,
    ) -> Result<bool, StoreError> {
        let touched = execute!(
            self,
            "update document set opened_at_ms = $3, opened_by = $4 where school_id = $1 and id = $2 and opened_at_ms is null",
            school.0,
            id.0,
            at_ms,
            by.0
        )?;
        Ok(touched > 0)
    }

    /// Notes that the talk with the reporter was held; false when it was noted already.
    pub async fn mark_talk(
        &mut self,
        school: SchoolId,
        id: DocumentId,
        at_ms: i64,
    ) -> Result<bool, StoreError> {
        let touched = execute!(
            self,
            "update document set talk_at_ms = $3 where school_id = $1 and id = $2 and talk_at_ms is null",
            school.0,
            id.0,
            at_ms
        )?;
        Ok(touched > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::change::DocumentRow;
    use crate::store::fixture;

    fn report(id: u128, author: u128, pupil: Option<u128>, received_at_ms: i64) -> ReportRow {
        ReportRow {
            document_id: Uuid::from_u128(id),
            author_id: Uuid::from_u128(author),
            pupil_id: pupil.map(Uuid::from_u128),
            recorded_at_ms: 5,
            received_at_ms,
            is_serious: false,
            missing_points: 2,
            suspects_employee: false,
            told_by_id: None,
            content: format!("report {id}").into(),
        }
    }

    fn on_entry(report: u128, entry: u128) -> ReportEntryRow {
        ReportEntryRow {
            report_id: Uuid::from_u128(report),
            entry_id: Uuid::from_u128(entry),
            heads: "ab,cd".into(),
        }
    }

    fn ids(rows: &[ReportRow]) -> Vec<u128> {
        rows.iter().map(|row| row.document_id.as_u128()).collect()
    }

    on_both! {
        async fn reports_come_newest_first_all_of_them_or_one_reporters(store: Store) {
            let yard = fixture::school(&store).await;
            let other = fixture::school(&store).await;
            let mut tx = store.write().await.unwrap();
            tx.put_reports(yard.school, &[report(1, 7, Some(1), 10), report(2, 8, None, 30), report(3, 7, None, 20), report(4, 7, None, 20)]).await.unwrap();
            tx.put_reports(other.school, &[report(5, 7, None, 40)]).await.unwrap();
            assert_eq!(ids(&tx.reports(yard.school, None, 10).await.unwrap()), [2, 4, 3, 1]);
            assert_eq!(ids(&tx.reports(yard.school, None, 2).await.unwrap()), [2, 4]);
            assert_eq!(ids(&tx.reports(yard.school, Some(Uuid::from_u128(7)), 2).await.unwrap()), [4, 3]);
            let told = ReportRow { told_by_id: Some(Uuid::from_u128(9)), ..report(3, 7, None, 20) };
            tx.put_reports(yard.school, &[told]).await.unwrap();
            assert_eq!(ids(&tx.reports(yard.school, Some(Uuid::from_u128(9)), 2).await.unwrap()), [3]);
            assert!(tx.report(other.school, Uuid::from_u128(1).into()).await.unwrap().is_none());
            assert_eq!(tx.in_inbox(yard.school, &[1, 5].map(Uuid::from_u128)).await.unwrap(), [Uuid::from_u128(1)]);
        }

        async fn a_report_put_again_reads_anew_and_keeps_its_reporter_and_its_times(store: Store) {
            let yard = fixture::school(&store).await;
            let mut tx = store.write().await.unwrap();
            tx.put_reports(yard.school, &[report(1, 7, None, 10)]).await.unwrap();
            let again = ReportRow { recorded_at_ms: 99, is_serious: true, missing_points: 0, content: "anew".into(), ..report(1, 8, Some(1), 99) };
            tx.put_reports(yard.school, &[again]).await.unwrap();
            let found = tx.report(yard.school, Uuid::from_u128(1).into()).await.unwrap().unwrap();
            assert_eq!((found.author_id, found.recorded_at_ms, found.received_at_ms), (Uuid::from_u128(7), 5, 10));
            assert_eq!((found.pupil_id, found.is_serious, found.missing_points, found.content.as_slice()), (Some(Uuid::from_u128(1)), true, 0, b"anew".as_slice()));
            tx.remove_reports(yard.school, &[Uuid::from_u128(1)]).await.unwrap();
            assert!(tx.report(yard.school, Uuid::from_u128(1).into()).await.unwrap().is_none());
        }

        async fn the_latest_report_on_each_pupil_is_told(store: Store) {
            let yard = fixture::school(&store).await;
            let mut tx = store.write().await.unwrap();
            tx.put_reports(yard.school, &[report(1, 7, Some(1), 10), report(2, 7, Some(1), 30), report(3, 7, Some(2), 20), report(4, 7, None, 40),
                ReportRow { suspects_employee: true, ..report(5, 7, Some(2), 90) }]).await.unwrap();
            let mut found = tx.latest_reports_on(yard.school, &[1, 2, 3].map(Uuid::from_u128)).await.unwrap();
            found.sort();
            assert_eq!(found, [(Uuid::from_u128(1), 30), (Uuid::from_u128(2), 20)]);
        }

        async fn which_reports_build_on_an_entry_is_known_until_it_is_written_anew(store: Store) {
            let yard = fixture::school(&store).await;
            let mut tx = store.write().await.unwrap();
            tx.put_report_entries(yard.school, &[on_entry(1, 1), on_entry(1, 2), on_entry(2, 1)]).await.unwrap();
            tx.put_report_entries(yard.school, &[ReportEntryRow { heads: "ef".into(), ..on_entry(1, 1) }]).await.unwrap();
            tx.put_reports(yard.school, &[report(1, 7, None, 10), ReportRow { suspects_employee: true, ..report(2, 7, None, 10) }]).await.unwrap();
            let locking = tx.reports_that_lock(yard.school, &[Uuid::from_u128(1)]).await.unwrap();
            assert_eq!(locking.iter().map(|row| row.report_id.as_u128()).collect::<Vec<_>>(), [1]);
            let mut found = tx.reports_on_entries(yard.school, &[Uuid::from_u128(1)]).await.unwrap();
            found.sort_by_key(|row| row.report_id);
            assert_eq!(found.iter().map(|row| (row.report_id.as_u128(), row.heads.as_str())).collect::<Vec<_>>(), [(1, "ab,cd"), (2, "ab,cd")]);
            tx.clear_report_entries(yard.school, &[Uuid::from_u128(1)]).await.unwrap();
            let found = tx.reports_on_entries(yard.school, &[1, 2].map(Uuid::from_u128)).await.unwrap();
            assert_eq!(found.iter().map(|row| row.report_id.as_u128()).collect::<Vec<_>>(), [2]);
        }

        async fn the_first_opening_and_the_first_talk_count(store: Store) {
            let yard = fixture::school(&store).await;
            let other = fixture::school(&store).await;
            let mut tx = store.write().await.unwrap();
            let id = DocumentId(Uuid::from_u128(1));
            let row = DocumentRow { id: id.0, kind: 2, author_id: Uuid::from_u128(7), received_at_ms: 1, locked_at: None, opened_at_ms: None, talk_at_ms: None, owner_told_at_ms: None, escalated_at_ms: None, erased_at_ms: None };
            tx.put_documents(yard.school, &[row]).await.unwrap();
            assert!(!tx.mark_opened(other.school, id, other.principal, 5).await.unwrap() && !tx.mark_talk(other.school, id, 5).await.unwrap());
            assert!(tx.mark_opened(yard.school, id, yard.principal, 10).await.unwrap() && !tx.mark_opened(yard.school, id, yard.principal, 20).await.unwrap());
            assert!(tx.mark_talk(yard.school, id, 30).await.unwrap() && !tx.mark_talk(yard.school, id, 40).await.unwrap());
            let found = tx.documents(yard.school, &[id.0]).await.unwrap().pop().unwrap();
            assert_eq!((found.opened_at_ms, found.talk_at_ms), (Some(10), Some(30)));
        }
    }
}
