//! The projection of entries: each as it reads now, and the log of every pupil it names.

use shared::domain::{PupilId, SchoolId};
use uuid::Uuid;

use super::{StoreError, Tx};

row! {
    /// An entry as it reads now.
    #[derive(Debug, Clone)]
    pub struct EntryRow {
        pub document_id: Uuid,
        pub author_id: Uuid,
        pub happened_at_ms: i64,
        pub received_at_ms: i64,
        pub amendments: i32,
        pub is_locked: bool,
        pub content: String,
    }
}

row! {
    /// A line of a pupil's log.
    #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
    pub struct LogRow {
        pub pupil_id: Uuid,
        pub document_id: Uuid,
        pub author_id: Uuid,
        pub happened_at_ms: i64,
        pub is_sighting: bool,
    }
}

impl Tx {
    pub async fn put_entries(
        &mut self,
        school: SchoolId,
        rows: &[EntryRow],
    ) -> Result<(), StoreError> {
        insert_rows!(
            self,
            "insert into entry (school_id, document_id, author_id, happened_at_ms, received_at_ms, amendments, is_locked, content)",
            rows,
            |row| [
                school.0,
                row.document_id,
                row.author_id,
                row.happened_at_ms,
                row.received_at_ms,
                row.amendments,
                row.is_locked,
                row.content.as_str()
            ],
            "on conflict (school_id, document_id) do update
             set happened_at_ms = excluded.happened_at_ms, amendments = excluded.amendments,
                 is_locked = excluded.is_locked, content = excluded.content"
        )?;
        Ok(())
    }

    /// Those of these entries that exist.
    pub async fn entries(
        &mut self,
        school: SchoolId,
        documents: &[Uuid],
    ) -> Result<Vec<EntryRow>, StoreError> {
        fetch_list!(
            self,
            EntryRow,
            "select document_id, author_id, happened_at_ms, received_at_ms, amendments, is_locked, content
             from entry where school_id = $1 and document_id in ({list})",
            [school.0],
            documents
        )
    }

    /// Takes these documents out of every pupil's log; the pupils whose logs they stood in.
    pub async fn clear_log_of(
        &mut self,
        school: SchoolId,
        documents: &[Uuid],
    ) -> Result<Vec<Uuid>, StoreError> {
        let pupils = fetch_list!(
            self,
            (Uuid,),
            "select distinct pupil_id from pupil_log where school_id = $1 and document_id in ({list})",
            [school.0],
            documents
        )?;
        execute_list!(
            self,
            "delete from pupil_log where school_id = $1 and document_id in ({list})",
            [school.0],
            documents
        )?;
        Ok(pupils.into_iter().map(|(id,)| id).collect())
    }

    pub async fn add_log_lines(
        &mut self,
        school: SchoolId,
        rows: &[LogRow],
    ) -> Result<(), StoreError> {
        insert_rows!(
            self,
            "insert into pupil_log (school_id, pupil_id, document_id, author_id, happened_at_ms, is_sighting)",
            rows,
            |row| [
                school.0,
                row.pupil_id,
                row.document_id,
                row.author_id,
                row.happened_at_ms,
                row.is_sighting
            ],
            ""
        )?;
        Ok(())
    }

    /// A pupil's log, newest first, before a time.
    pub async fn pupil_log(
        &mut self,
        school: SchoolId,
        pupil: PupilId,
        before_ms: i64,
        limit: i64,
    ) -> Result<Vec<EntryRow>, StoreError> {
        fetch_all!(
            self,
            EntryRow,
            "select e.document_id, e.author_id, e.happened_at_ms, e.received_at_ms, e.amendments, e.is_locked, e.content
             from pupil_log l join entry e on e.school_id = l.school_id and e.document_id = l.document_id
             where l.school_id = $1 and l.pupil_id = $2 and l.happened_at_ms < $3
             order by l.happened_at_ms desc, l.document_id desc limit $4",
            school.0,
            pupil.0,
            before_ms,
            limit
        )
    }

    /// Every line in which one of these pupils is exposed or alone.
    pub async fn sightings(
        &mut self,
        school: SchoolId,
        pupils: &[Uuid],
    ) -> Result<Vec<LogRow>, StoreError> {
        fetch_list!(
            self,
            LogRow,
            "select pupil_id, document_id, author_id, happened_at_ms, is_sighting from pupil_log
             where school_id = $1 and is_sighting and pupil_id in ({list})",
            [school.0],
            pupils
        )
    }

    /// Throws away the projections of a school, before they are computed anew.
    pub async fn clear_projections(&mut self, school: SchoolId) -> Result<(), StoreError> {
        execute!(self, "delete from entry where school_id = $1", school.0)?;
        execute!(self, "delete from pupil_log where school_id = $1", school.0)?;
        execute!(self, "delete from report where school_id = $1", school.0)?;
        execute!(
            self,
            "delete from report_entry where school_id = $1",
            school.0
        )?;
        execute!(self, "delete from pattern where school_id = $1", school.0)?;
        Ok(())
    }
}
