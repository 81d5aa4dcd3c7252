//! The read log (*innsynslogg*): who has read a pupil's log, an entry or a report, and when.

use shared::api;
use shared::domain::{DocumentId, PupilId, SchoolId, StaffId};
use uuid::Uuid;

use super::{StoreError, Tx};

/// One reading, as it is recorded in the transaction that reads.
#[derive(Debug, Clone)]
pub struct Reading {
    pub at_ms: i64,
    pub staff: StaffId,
    pub what: ReadingOf,
    pub pupil: Option<PupilId>,
    pub document: Option<DocumentId>,
}

/// What was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadingOf {
    PupilLog,
    Entry,
    Report,
}

impl ReadingOf {
    fn as_str(self) -> &'static str {
        match self {
            ReadingOf::PupilLog => "pupil_log",
            ReadingOf::Entry => "entry",
            ReadingOf::Report => "report",
        }
    }
}

row! {
    struct ReadingRow {
        at_ms: i64,
        staff_id: Uuid,
        staff_name: String,
        what: String,
        given_name: Option<String>,
        family_name: Option<String>,
    }
}

impl Tx {
    pub async fn record_reading(
        &mut self,
        school: SchoolId,
        reading: &Reading,
    ) -> Result<(), StoreError> {
        execute!(
            self,
            "insert into reading (school_id, at_ms, id, staff_id, what, pupil_id, document_id) values ($1, $2, $3, $4, $5, $6, $7)",
            school.0,
            reading.at_ms,
            Uuid::now_v7(),
            reading.staff.0,
            reading.what.as_str(),
            reading.pupil.map(|pupil| pupil.0),
            reading.document.map(|document| document.0)
        )?;
        Ok(())
    }

    /// The newest readings first.
    pub async fn readings(
        &mut self,
        school: SchoolId,
        limit: i64,
    ) -> Result<Vec<api::Reading>, StoreError> {
        let rows = fetch_all!(
            self,
            ReadingRow,
            "select r.at_ms, r.staff_id, s.name as staff_name, r.what, p.given_name, p.family_name
             from reading r
             join staff s on s.school_id = r.school_id and s.id = r.staff_id
             left join pupil p on p.school_id = r.school_id and p.id = r.pupil_id
             where r.school_id = $1 order by r.at_ms desc, r.id desc limit $2",
            school.0,
            limit
        )?;
        Ok(rows.into_iter().map(reading).collect())
    }
}

fn reading(row: ReadingRow) -> api::Reading {
    api::Reading {
        at_ms: row.at_ms,
        staff: row.staff_id.into(),
        staff_name: row.staff_name,
        what: row.what,
        pupil_name: row
            .given_name
            .zip(row.family_name)
            .map(|(given, family)| format!("{given} {family}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::fixture;

    on_both! {
        async fn readings_come_newest_first_with_the_name_of_the_pupil_if_there_is_one(store: Store) {
            let yard = fixture::school(&store).await;
            let mut tx = store.write().await.unwrap();
            let of = |at_ms, what, pupil| Reading { at_ms, staff: yard.principal, what, pupil, document: None };
            tx.record_reading(yard.school, &of(1, ReadingOf::PupilLog, Some(yard.pupil))).await.unwrap();
            tx.record_reading(yard.school, &of(2, ReadingOf::Report, None)).await.unwrap();
            let found = tx.readings(yard.school, 500).await.unwrap();
            assert_eq!(found.iter().map(|r| r.what.as_str()).collect::<Vec<_>>(), ["report", "pupil_log"]);
            assert_eq!(found[0].pupil_name, None);
            assert_eq!(found[1].pupil_name.as_deref(), Some("Åse Østby Lien"));
            assert_eq!(tx.readings(yard.school, 1).await.unwrap().len(), 1);
        }
    }
}
