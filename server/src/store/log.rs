//! The projection of entries: each as it reads now, and the log of every pupil it names.

use shared::domain::{PupilId, SchoolId};
use uuid::Uuid;

use super::content::Place;
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
        /// JSON; encrypted in the database.
        pub content: Vec<u8>,
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
        let sealed = self
            .seal_rows(school, rows, |row: &EntryRow| {
                (row.document_id, Place::Entry, &row.content)
            })
            .await?;
        insert_rows!(
            self,
            "insert into entry (school_id, document_id, author_id, happened_at_ms, received_at_ms, amendments, is_locked, content)",
            sealed,
            |(row, content)| [
                school.0,
                row.document_id,
                row.author_id,
                row.happened_at_ms,
                row.received_at_ms,
                row.amendments,
                row.is_locked,
                content.as_slice()
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
        let rows = fetch_list!(
            self,
            EntryRow,
            "select document_id, author_id, happened_at_ms, received_at_ms, amendments, is_locked, content
             from entry where school_id = $1 and document_id in ({list})",
            [school.0],
            documents
        )?;
        self.open_entries(school, rows).await
    }

    /// Takes these documents out of every pupil's log; the pupils whose logs they stood in, one for each line.
    pub async fn clear_log_of(
        &mut self,
        school: SchoolId,
        documents: &[Uuid],
    ) -> Result<Vec<Uuid>, StoreError> {
        let pupils = fetch_list!(
            self,
            (Uuid,),
            "select pupil_id from pupil_log where school_id = $1 and document_id in ({list})",
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
        let rows = fetch_all!(
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
        )?;
        self.open_entries(school, rows).await
    }

    async fn open_entries(
        &mut self,
        school: SchoolId,
        rows: Vec<EntryRow>,
    ) -> Result<Vec<EntryRow>, StoreError> {
        self.open_rows(school, rows, |row: &mut EntryRow| {
            (row.document_id, Place::Entry, &mut row.content)
        })
        .await
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::fixture;

    fn entry(document: u128, happened_at_ms: i64) -> EntryRow {
        EntryRow {
            document_id: Uuid::from_u128(document),
            author_id: Uuid::from_u128(7),
            happened_at_ms,
            received_at_ms: 10,
            amendments: 0,
            is_locked: false,
            content: format!("entry {document}").into(),
        }
    }

    fn line(pupil: u128, document: u128, happened_at_ms: i64, is_sighting: bool) -> LogRow {
        LogRow {
            pupil_id: Uuid::from_u128(pupil),
            document_id: Uuid::from_u128(document),
            author_id: Uuid::from_u128(7),
            happened_at_ms,
            is_sighting,
        }
    }

    fn pupil(id: u128) -> PupilId {
        PupilId(Uuid::from_u128(id))
    }

    on_both! {
        async fn an_entry_put_again_reads_anew_and_keeps_who_wrote_it_and_when_it_came(store: Store) {
            let yard = fixture::school(&store).await;
            let other = fixture::school(&store).await;
            let mut tx = store.write().await.unwrap();
            tx.put_entries(yard.school, &[entry(1, 100), entry(2, 200)]).await.unwrap();
            let again = EntryRow { author_id: Uuid::from_u128(99), received_at_ms: 99, amendments: 3, is_locked: true, content: "anew".into(), ..entry(1, 150) };
            tx.put_entries(yard.school, &[again]).await.unwrap();
            let found = tx.entries(yard.school, &[Uuid::from_u128(1), Uuid::from_u128(99)]).await.unwrap();
            let [row] = &found[..] else { panic!("{found:?}") };
            assert_eq!((row.author_id, row.received_at_ms), (Uuid::from_u128(7), 10));
            assert_eq!((row.happened_at_ms, row.amendments, row.is_locked, row.content.as_slice()), (150, 3, true, b"anew".as_slice()));
            assert!(tx.entries(other.school, &[Uuid::from_u128(1)]).await.unwrap().is_empty());
        }

        async fn a_log_comes_newest_first_before_a_time_and_is_one_pupils_alone(store: Store) {
            let yard = fixture::school(&store).await;
            let other = fixture::school(&store).await;
            let mut tx = store.write().await.unwrap();
            for school in [yard.school, other.school] {
                tx.put_entries(school, &[entry(1, 100), entry(2, 300), entry(3, 200), entry(4, 200)]).await.unwrap();
            }
            tx.add_log_lines(yard.school, &[line(1, 1, 100, true), line(1, 2, 300, true), line(1, 3, 200, true), line(1, 4, 200, true), line(2, 2, 300, true)]).await.unwrap();
            let log = async |tx: &mut Tx, before_ms, limit| {
                let rows = tx.pupil_log(yard.school, pupil(1), before_ms, limit).await.unwrap();
                rows.iter().map(|row| row.document_id.as_u128()).collect::<Vec<_>>()
            };
            assert_eq!(log(&mut tx, i64::MAX, 10).await, [2, 4, 3, 1]);
            assert_eq!(log(&mut tx, 300, 2).await, [4, 3]);
            assert_eq!(log(&mut tx, 100, 10).await, []);
            assert!(tx.pupil_log(other.school, pupil(1), i64::MAX, 10).await.unwrap().is_empty());
        }

        async fn a_document_taken_out_of_the_logs_tells_whose_they_were(store: Store) {
            let yard = fixture::school(&store).await;
            let mut tx = store.write().await.unwrap();
            tx.put_entries(yard.school, &[entry(1, 100), entry(2, 200)]).await.unwrap();
            tx.add_log_lines(yard.school, &[line(1, 1, 100, true), line(2, 1, 100, false), line(2, 2, 200, true), line(3, 2, 200, true)]).await.unwrap();
            let mut pupils = tx.clear_log_of(yard.school, &[Uuid::from_u128(1)]).await.unwrap();
            pupils.sort();
            assert_eq!(pupils, [1, 2].map(Uuid::from_u128));
            assert!(tx.clear_log_of(yard.school, &[Uuid::from_u128(1)]).await.unwrap().is_empty());
            assert!(tx.pupil_log(yard.school, pupil(1), i64::MAX, 10).await.unwrap().is_empty());
            assert_eq!(tx.pupil_log(yard.school, pupil(2), i64::MAX, 10).await.unwrap().len(), 1);
        }

        async fn sightings_are_the_lines_in_which_one_of_the_pupils_is_exposed_or_alone(store: Store) {
            let yard = fixture::school(&store).await;
            let mut tx = store.write().await.unwrap();
            let lines = [line(1, 1, 100, true), line(1, 2, 200, false), line(2, 2, 200, true), line(3, 3, 300, true)];
            tx.add_log_lines(yard.school, &lines).await.unwrap();
            let mut found = tx.sightings(yard.school, &[1, 2].map(Uuid::from_u128)).await.unwrap();
            found.sort();
            assert_eq!(found, [lines[0].clone(), lines[2].clone()]);
            assert!(tx.sightings(yard.school, &[]).await.unwrap().is_empty());
        }

        async fn projections_thrown_away_are_one_schools_and_what_was_written_stays(store: Store) {
            let yard = fixture::school(&store).await;
            let other = fixture::school(&store).await;
            let mut tx = store.write().await.unwrap();
            for school in [yard.school, other.school] {
                tx.put_entries(school, &[entry(1, 100)]).await.unwrap();
                tx.add_log_lines(school, &[line(1, 1, 100, true)]).await.unwrap();
            }
            tx.clear_projections(yard.school).await.unwrap();
            let id = [Uuid::from_u128(1)];
            assert!(tx.entries(yard.school, &id).await.unwrap().is_empty() && tx.sightings(yard.school, &id).await.unwrap().is_empty());
            assert_eq!((tx.entries(other.school, &id).await.unwrap().len(), tx.sightings(other.school, &id).await.unwrap().len()), (1, 1));
            assert_eq!(tx.roster(yard.school).await.unwrap().len(), 2);
        }
    }
}
