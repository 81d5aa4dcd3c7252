//! The record (`shared::audit`): rows are added with the commit of what they tell, never changed, and gapless, since the number and
//! the row stand or fall together. The head is taken as the last thing of a transaction, schools in order, so nobody waits long for it
//! and no two wait for each other.

use std::collections::BTreeMap;

use shared::audit::{AuditEvent, AuditRow, BEGINNING, ChangeBy};
use shared::domain::{AuditAct, SchoolId};
use shared::sync::Hex;
use uuid::Uuid;

use super::{StoreError, Tx};

row! {
    struct Stored {
        seq: i64,
        at_ms: i64,
        staff_id: Option<Uuid>,
        device_id: Option<Uuid>,
        act: String,
        pupil_id: Option<Uuid>,
        document_id: Option<Uuid>,
        subject_id: Option<Uuid>,
        detail: String,
        hash: Vec<u8>,
    }
}

row! {
    struct OldReading {
        at_ms: i64,
        staff_id: Uuid,
        what: String,
        pupil_id: Option<Uuid>,
        document_id: Option<Uuid>,
    }
}

impl Tx {
    /// Records what this transaction does or reads: it is on disk when `commit` returns, and nothing is without it.
    pub fn record(&mut self, school: SchoolId, event: AuditEvent) {
        self.recorded.push((school, event));
    }

    pub(super) async fn append_recorded(&mut self) -> Result<(), StoreError> {
        let mut by_school: BTreeMap<SchoolId, Vec<AuditEvent>> = BTreeMap::new();
        for (school, event) in std::mem::take(&mut self.recorded) {
            by_school.entry(school).or_default().push(event);
        }
        for (school, events) in by_school {
            self.append(school, events).await?;
        }
        Ok(())
    }

    async fn append(
        &mut self,
        school: SchoolId,
        events: Vec<AuditEvent>,
    ) -> Result<(), StoreError> {
        let count = events.len() as i64;
        let (seq, mut last) = self.advance(school, count).await?;
        let rows: Vec<AuditRow> = (seq - count + 1..)
            .zip(events)
            .map(|(seq, event)| {
                let row = AuditRow::after(&last, school, seq, event);
                last = row.hash;
                row
            })
            .collect();
        insert_rows!(
            self,
            "insert into audit (school_id, seq, at_ms, staff_id, device_id, act, pupil_id, document_id, subject_id, detail, hash)",
            rows,
            |row| [
                school.0,
                row.seq,
                row.event.at_ms,
                row.event.staff.map(|id| id.0),
                row.event.device.map(|id| id.0),
                row.event.act.as_str(),
                row.event.pupil.map(|id| id.0),
                row.event.document.map(|id| id.0),
                row.event.subject,
                row.event.detail.as_str(),
                row.hash.0.as_slice()
            ],
            ""
        )?;
        execute!(
            self,
            "update audit_head set hash = $2 where school_id = $1",
            school.0,
            last.0.as_slice()
        )?;
        Ok(())
    }

    /// Takes so many numbers: the last of them, and the hash before the first. Held until the transaction ends.
    async fn advance(
        &mut self,
        school: SchoolId,
        count: i64,
    ) -> Result<(i64, Hex<32>), StoreError> {
        let head = fetch_optional!(
            self,
            (i64, Vec<u8>),
            "update audit_head set seq = seq + $2 where school_id = $1 returning seq, hash",
            school.0,
            count
        )?;
        let (seq, hash) = head.ok_or(StoreError::Unreadable("audit_head"))?;
        Ok((seq, hash_of(&hash)))
    }

    /// Everywhere that a record is kept: the schools, and the owners of schools, who see nothing of each other's.
    pub async fn places(&mut self) -> Result<Vec<(SchoolId, String)>, StoreError> {
        let rows = fetch_all!(
            self,
            (Uuid, String),
            "select id, name from school order by id"
        )?;
        let place = |(id, name): (Uuid, String)| (id.into(), name);
        Ok(rows.into_iter().map(place).collect())
    }

    /// A school's record before its first row.
    pub(super) async fn begin_audit(&mut self, school: SchoolId) -> Result<(), StoreError> {
        execute!(
            self,
            "insert into audit_head (school_id, seq, hash) values ($1, 0, $2)",
            school.0,
            BEGINNING.0.as_slice()
        )?;
        Ok(())
    }

    /// The number and the hash of the last row; 0 before the first.
    pub async fn audit_head(&mut self, school: SchoolId) -> Result<(i64, Hex<32>), StoreError> {
        let head = fetch_optional!(
            self,
            (i64, Vec<u8>),
            "select seq, hash from audit_head where school_id = $1",
            school.0
        )?;
        let (seq, hash) = head.ok_or(StoreError::Unreadable("audit_head"))?;
        Ok((seq, hash_of(&hash)))
    }

    /// Rows after a number, in order, as they are stored.
    pub async fn audit_after(
        &mut self,
        school: SchoolId,
        seq: i64,
        limit: i64,
    ) -> Result<Vec<AuditRow>, StoreError> {
        let rows = fetch_all!(
            self,
            Stored,
            "select seq, at_ms, staff_id, device_id, act, pupil_id, document_id, subject_id, detail, hash from audit
             where school_id = $1 and seq > $2 order by seq limit $3",
            school.0,
            seq,
            limit
        )?;
        Ok(rows.into_iter().map(AuditRow::from).collect())
    }

    /// Changes after a commit number, in its order, with that number and their writers.
    pub async fn changes_by_after(
        &mut self,
        school: SchoolId,
        seq: i64,
        limit: i64,
    ) -> Result<Vec<(i64, ChangeBy)>, StoreError> {
        let rows = fetch_all!(
            self,
            (i64, Uuid, Uuid, Vec<u8>),
            "select seq, staff_id, device_id, hash from change where school_id = $1 and seq > $2 order by seq limit $3",
            school.0,
            seq,
            limit
        )?;
        let change = |(seq, staff, device, hash): (i64, Uuid, Uuid, Vec<u8>)| {
            let (staff, device, hash) = (staff.into(), device.into(), hash_of(&hash));
            (
                seq,
                ChangeBy {
                    staff,
                    device,
                    hash,
                },
            )
        };
        Ok(rows.into_iter().map(change).collect())
    }

    /// The hashes of the changes of these documents, each with its document.
    pub async fn change_hashes_of(
        &mut self,
        school: SchoolId,
        documents: &[Uuid],
    ) -> Result<Vec<(Uuid, Hex<32>)>, StoreError> {
        let rows = fetch_list!(
            self,
            (Uuid, Vec<u8>),
            "select document_id, hash from change where school_id = $1 and document_id in ({list})",
            [school.0],
            documents
        )?;
        let read = |(document, hash): (Uuid, Vec<u8>)| (document, hash_of(&hash));
        Ok(rows.into_iter().map(read).collect())
    }

    /// Takes the readings that were recorded before there was a record out of their table, oldest first; none once that was done.
    /// Whoever else takes them waits and then finds none.
    pub async fn take_old_readings(
        &mut self,
        school: SchoolId,
    ) -> Result<Vec<AuditEvent>, StoreError> {
        self.advance(school, 0).await?;
        let rows = fetch_all!(
            self,
            OldReading,
            "select at_ms, staff_id, what, pupil_id, document_id from reading where school_id = $1 order by at_ms, id",
            school.0
        )?;
        execute!(self, "delete from reading where school_id = $1", school.0)?;
        Ok(rows.into_iter().map(AuditEvent::from).collect())
    }
}

/// What is no hash fits nothing.
fn hash_of(bytes: &[u8]) -> Hex<32> {
    Hex(bytes.try_into().unwrap_or([0; 32]))
}

impl From<Stored> for AuditRow {
    fn from(row: Stored) -> AuditRow {
        AuditRow {
            seq: row.seq,
            hash: hash_of(&row.hash),
            event: AuditEvent {
                at_ms: row.at_ms,
                staff: row.staff_id.map(Into::into),
                device: row.device_id.map(Into::into),
                act: AuditAct::from(row.act.as_str()),
                pupil: row.pupil_id.map(Into::into),
                document: row.document_id.map(Into::into),
                subject: row.subject_id,
                detail: row.detail,
            },
        }
    }
}

impl From<OldReading> for AuditEvent {
    fn from(row: OldReading) -> AuditEvent {
        let act = match row.what.as_str() {
            "pupil_log" => AuditAct::ReadPupilLog,
            "entry" => AuditAct::ReadEntry,
            _ => AuditAct::ReadReport,
        };
        AuditEvent {
            staff: Some(row.staff_id.into()),
            document: row.document_id.map(Into::into),
            pupil: row.pupil_id.map(Into::into),
            ..AuditEvent::unsigned(act, row.at_ms)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use shared::audit::Verifier;

    use super::*;
    use crate::store::{Store, fixture};

    fn event(at_ms: i64) -> AuditEvent {
        AuditEvent::unsigned(AuditAct::ReadInbox, at_ms)
    }

    async fn times(store: &Store, school: SchoolId) -> Vec<i64> {
        let mut tx = store.read().await.unwrap();
        let rows = tx.audit_after(school, 0, 10_000).await.unwrap();
        let mut verifier = Verifier::new(school, Vec::new());
        rows.iter().for_each(|row| verifier.take(row));
        let verified = verifier.finish();
        assert_eq!(
            (verified.findings, verified.last),
            (Vec::new(), tx.audit_head(school).await.unwrap())
        );
        rows.iter().map(|row| row.event.at_ms).collect()
    }

    on_both! {
        async fn rows_read_back_as_they_were_recorded_with_all_their_fields(store: Store) {
            let yard = fixture::school(&store).await;
            let mut tx = store.write().await.unwrap();
            let full = AuditEvent::by(yard.teacher, Uuid::from_u128(9).into(), AuditAct::ReadEntry, 7)
                .pupil(Some(yard.pupil)).document(Uuid::from_u128(3).into()).subject(yard.principal.0).detail("Åse;=,");
            tx.record(yard.school, full.clone());
            tx.record(yard.school, event(8));
            tx.commit().await.unwrap();
            assert_eq!(times(&store, yard.school).await, [7, 8]);
            let rows = store.read().await.unwrap().audit_after(yard.school, 0, 1).await.unwrap();
            assert_eq!((rows.len(), rows[0].seq, &rows[0].event), (1, 1, &full));
        }

        async fn what_is_rolled_back_takes_no_number_and_schools_do_not_meet(store: Store) {
            let yards = [fixture::school(&store).await, fixture::school(&store).await];
            let (mut chance, mut expected) = (1_u64, [Vec::new(), Vec::new()]);
            for at_ms in 0..200 {
                chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let at = (chance >> 60) as usize % 2;
                let mut tx = store.write().await.unwrap();
                tx.record(yards[at].school, event(at_ms));
                match (chance >> 40) % 3 {
                    // Dropped before the row is written, and after it.
                    0 => drop(tx),
                    1 => { tx.append_recorded().await.unwrap(); drop(tx); }
                    _ => { tx.commit().await.unwrap(); expected[at].push(at_ms); }
                }
            }
            for (yard, expected) in yards.iter().zip(expected) {
                assert!(!expected.is_empty());
                assert_eq!(times(&store, yard.school).await, expected);
            }
        }

        async fn many_who_record_at_once_stand_one_after_the_other(store: Store) {
            let yards = Arc::new([fixture::school(&store).await, fixture::school(&store).await]);
            let write = |n: i64| {
                let (store, yards) = (store.clone(), yards.clone());
                tokio::spawn(async move {
                    for round in 0..10 {
                        let mut tx = store.write().await.unwrap();
                        // In either order: the heads are taken in one.
                        tx.record(yards[(n % 2) as usize].school, event(n * 100 + round));
                        tx.record(yards[((n + 1) % 2) as usize].school, event(n * 100 + round));
                        tx.commit().await.unwrap();
                    }
                })
            };
            for writer in (0..8).map(write).collect::<Vec<_>>() {
                writer.await.unwrap();
            }
            for yard in yards.iter() {
                assert_eq!(times(&store, yard.school).await.len(), 80);
            }
        }

        async fn an_owner_is_a_place_with_a_record_like_a_school(store: Store) {
            let (yard, owner) = (fixture::school(&store).await, fixture::school(&store).await);
            let mut tx = store.write().await.unwrap();
            tx.make_owner(owner.school, "00 00 00 00").await.unwrap();
            let places: Vec<SchoolId> = tx.places().await.unwrap().into_iter().map(|(id, _)| id).collect();
            assert!(places.contains(&yard.school) && places.contains(&owner.school));
        }

        async fn changes_are_read_with_their_writers_and_by_their_documents(store: Store) {
            let yard = fixture::school(&store).await;
            let mut tx = store.write().await.unwrap();
            let document = Uuid::from_u128(1);
            fixture::change(&mut tx, &yard, document, b"x").await;
            let change = ChangeBy { staff: yard.teacher, device: Uuid::from_u128(9).into(), hash: Hex([1; 32]) };
            assert_eq!(tx.changes_by_after(yard.school, 0, 10).await.unwrap(), [(1, change)]);
            assert!(tx.changes_by_after(yard.school, 1, 10).await.unwrap().is_empty());
            assert_eq!(tx.change_hashes_of(yard.school, &[document]).await.unwrap(), [(document, Hex([1; 32]))]);
        }

        async fn readings_of_before_are_taken_once_oldest_first(store: Store) {
            let yard = fixture::school(&store).await;
            let mut tx = store.write().await.unwrap();
            for (at_ms, what) in [(2_i64, "report"), (1, "pupil_log")] {
                execute!(
                    tx,
                    "insert into reading (school_id, at_ms, id, staff_id, what, pupil_id) values ($1, $2, $3, $4, $5, $6)",
                    yard.school.0, at_ms, Uuid::new_v4(), yard.principal.0, what, yard.pupil.0
                ).unwrap();
            }
            let taken = tx.take_old_readings(yard.school).await.unwrap();
            assert_eq!(taken.iter().map(|event| (event.at_ms, event.act.clone(), event.pupil)).collect::<Vec<_>>(),
                [(1, AuditAct::ReadPupilLog, Some(yard.pupil)), (2, AuditAct::ReadReport, Some(yard.pupil))]);
            assert!(tx.take_old_readings(yard.school).await.unwrap().is_empty());
        }
    }
}
