//! The projection of reports, and the receipts their reporters follow.

use shared::domain::{DocumentId, SchoolId};
use uuid::Uuid;

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
        pub content: String,
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
        insert_rows!(
            self,
            "insert into report (school_id, document_id, author_id, pupil_id, recorded_at_ms, received_at_ms, is_serious, missing_points, content)",
            rows,
            |row| [
                school.0,
                row.document_id,
                row.author_id,
                row.pupil_id,
                row.recorded_at_ms,
                row.received_at_ms,
                row.is_serious,
                row.missing_points,
                row.content.as_str()
            ],
            "on conflict (school_id, document_id) do update
             set pupil_id = excluded.pupil_id, is_serious = excluded.is_serious,
                 missing_points = excluded.missing_points, content = excluded.content"
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

    /// All reports of a school, or those of one reporter, newest first.
    pub async fn reports(
        &mut self,
        school: SchoolId,
        by: Option<Uuid>,
        limit: i64,
    ) -> Result<Vec<ReportRow>, StoreError> {
        match by {
            None => fetch_all!(
                self,
                ReportRow,
                "select document_id, author_id, pupil_id, recorded_at_ms, received_at_ms, is_serious, missing_points, content
                 from report where school_id = $1 order by received_at_ms desc, document_id desc limit $2",
                school.0,
                limit
            ),
            Some(author) => fetch_all!(
                self,
                ReportRow,
                "select document_id, author_id, pupil_id, recorded_at_ms, received_at_ms, is_serious, missing_points, content
                 from report where school_id = $1 and author_id = $2 order by received_at_ms desc, document_id desc limit $3",
                school.0,
                author,
                limit
            ),
        }
    }

    pub async fn report(
        &mut self,
        school: SchoolId,
        id: DocumentId,
    ) -> Result<Option<ReportRow>, StoreError> {
        fetch_optional!(
            self,
            ReportRow,
            "select document_id, author_id, pupil_id, recorded_at_ms, received_at_ms, is_serious, missing_points, content
             from report where school_id = $1 and document_id = $2",
            school.0,
            id.0
        )
    }

    /// When the newest report on each of these pupils came.
    pub async fn latest_reports_on(
        &mut self,
        school: SchoolId,
        pupils: &[Uuid],
    ) -> Result<Vec<(Uuid, i64)>, StoreError> {
        fetch_list!(
            self,
            (Uuid, i64),
            "select pupil_id, max(received_at_ms) from report where school_id = $1 and pupil_id in ({list}) group by pupil_id",
            [school.0],
            pupils
        )
    }

    /// Notes that the principal opened it; false when it was open already.
    pub async fn mark_opened(
        &mut self,
        school: SchoolId,
        id: DocumentId,
        at_ms: i64,
    ) -> Result<bool, StoreError> {
        let touched = execute!(
            self,
            "update document set opened_at_ms = $3 where school_id = $1 and id = $2 and opened_at_ms is null",
            school.0,
            id.0,
            at_ms
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
