//! Erasing documents: their rows and projections go; that they were erased, by whom and why, stays.

use shared::api::ErasedLine;
use shared::domain::{ErasureGround, SchoolId, StaffId};
use shared::sync::DocumentKind;
use uuid::Uuid;

use super::{StoreError, Tx};

/// What is recorded of an erasure.
#[derive(Debug, Clone)]
pub struct Erasure {
    pub document: Uuid,
    pub kind: i32,
    pub at_ms: i64,
    /// None when a command did it.
    pub by: Option<StaffId>,
    pub ground: ErasureGround,
}

row! {
    /// A document whose time has run out.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct DueRow {
        pub document_id: Uuid,
        pub author_id: Uuid,
        pub at_ms: i64,
    }
}

row! {
    struct ErasureRow {
        kind: i32,
        erased_at_ms: i64,
        staff_name: Option<String>,
        ground: String,
    }
}

impl Tx {
    /// Entries that happened before a time and on which no report builds, oldest first.
    pub async fn entries_due(
        &mut self,
        school: SchoolId,
        before_ms: i64,
        limit: i64,
    ) -> Result<Vec<DueRow>, StoreError> {
        fetch_all!(
            self,
            DueRow,
            "select e.document_id, e.author_id, e.happened_at_ms as at_ms from entry e
             where e.school_id = $1 and e.happened_at_ms < $2 and not exists
                 (select 1 from report_entry r where r.school_id = e.school_id and r.entry_id = e.document_id)
             order by e.happened_at_ms, e.document_id limit $3",
            school.0,
            before_ms,
            limit
        )
    }

    /// Reports that came before a time, those withdrawn by their reporters included, oldest first; none of which somebody who reads the
    /// list may not know.
    pub async fn reports_due(
        &mut self,
        school: SchoolId,
        before_ms: i64,
        limit: i64,
    ) -> Result<Vec<DueRow>, StoreError> {
        fetch_all!(
            self,
            DueRow,
            "select id as document_id, author_id, received_at_ms as at_ms from document
             where school_id = $1 and kind = $2 and received_at_ms < $3 and erased_at_ms is null and not exists
                 (select 1 from past_leadership p where p.school_id = document.school_id and p.document_id = document.id)
                 and not exists
                 (select 1 from report r where r.school_id = document.school_id and r.document_id = document.id and r.suspects_employee)
             order by received_at_ms, id limit $4",
            school.0,
            i32::from(DocumentKind::Report.to_byte()),
            before_ms,
            limit
        )
    }

    /// Takes documents out of everything but the record of their erasure and the feed, which tells phones to forget them. Their
    /// lines in pupil logs are cleared before (`clear_log_of`), their keys destroyed after it.
    pub async fn erase(
        &mut self,
        school: SchoolId,
        erasures: &[Erasure],
    ) -> Result<(), StoreError> {
        let documents: Vec<Uuid> = erasures.iter().map(|erasure| erasure.document).collect();
        execute_list!(
            self,
            "delete from change where school_id = $1 and document_id in ({list})",
            [school.0],
            documents
        )?;
        execute_list!(
            self,
            "delete from entry where school_id = $1 and document_id in ({list})",
            [school.0],
            documents
        )?;
        self.remove_reports(school, &documents).await?;
        self.clear_report_entries(school, &documents).await?;
        self.forget_handed(school, &documents).await?;
        for erasure in erasures {
            execute!(
                self,
                "update document set erased_at_ms = $3, locked_at = null, opened_at_ms = null, opened_by = null, talk_at_ms = null, owner_told_at_ms = null, escalated_at_ms = null
                 where school_id = $1 and id = $2",
                school.0,
                erasure.document,
                erasure.at_ms
            )?;
        }
        insert_rows!(
            self,
            "insert into erasure (school_id, document_id, kind, erased_at_ms, staff_id, ground, is_pending)",
            erasures,
            |erasure| [
                school.0,
                erasure.document,
                erasure.kind,
                erasure.at_ms,
                erasure.by.map(|by| by.0),
                erasure.ground.as_str(),
                true
            ],
            "on conflict (school_id, document_id) do nothing"
        )?;
        Ok(())
    }

    /// Erased documents whose keys are yet to be destroyed.
    pub async fn pending_erasures(
        &mut self,
        limit: i64,
    ) -> Result<Vec<(SchoolId, Uuid)>, StoreError> {
        let rows = fetch_all!(
            self,
            (Uuid, Uuid),
            "select school_id, document_id from erasure where is_pending order by school_id, document_id limit $1",
            limit
        )?;
        Ok(rows
            .into_iter()
            .map(|(school, document)| (SchoolId(school), document))
            .collect())
    }

    /// Their keys are destroyed.
    pub async fn end_erasures(
        &mut self,
        school: SchoolId,
        documents: &[Uuid],
    ) -> Result<(), StoreError> {
        execute_list!(
            self,
            "update erasure set is_pending = false where school_id = $1 and document_id in ({list})",
            [school.0],
            documents
        )?;
        Ok(())
    }

    /// The record of what was erased, newest first.
    pub async fn erasures(
        &mut self,
        school: SchoolId,
        limit: i64,
    ) -> Result<Vec<ErasedLine>, StoreError> {
        let rows = fetch_all!(
            self,
            ErasureRow,
            "select e.kind, e.erased_at_ms, s.name as staff_name, e.ground from erasure e
             left join staff s on s.school_id = e.school_id and s.id = e.staff_id
             where e.school_id = $1 order by e.erased_at_ms desc, e.document_id limit $2",
            school.0,
            limit
        )?;
        rows.into_iter().map(line).collect()
    }
}

fn line(row: ErasureRow) -> Result<ErasedLine, StoreError> {
    let kind = u8::try_from(row.kind)
        .ok()
        .and_then(DocumentKind::from_byte);
    Ok(ErasedLine {
        kind: kind.ok_or(StoreError::Unreadable("erasure"))?,
        erased_at_ms: row.erased_at_ms,
        by: row.staff_name,
        ground: row.ground.as_str().into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::change::{ChangeRow, DocumentRow};
    use crate::store::fixture::{self, Yard};
    use crate::store::log::EntryRow;
    use crate::store::report::ReportEntryRow;

    const ENTRY: i32 = 1;
    const REPORT: i32 = 2;

    fn document(id: u128, kind: i32) -> DocumentRow {
        DocumentRow {
            id: Uuid::from_u128(id),
            kind,
            author_id: Uuid::from_u128(7),
            received_at_ms: id as i64,
            locked_at: Some("ab".into()),
            opened_at_ms: None,
            talk_at_ms: None,
            owner_told_at_ms: None,
            escalated_at_ms: None,
            erased_at_ms: None,
        }
    }

    /// Entries 1 to 3 and report 9, each with a change; the report builds on entry 2.
    async fn written(tx: &mut Tx, yard: &Yard) {
        let documents = [(1, ENTRY), (2, ENTRY), (3, ENTRY), (9, REPORT)];
        for (id, kind) in documents {
            tx.put_documents(yard.school, &[document(id, kind)])
                .await
                .unwrap();
            let change = ChangeRow {
                document_id: Uuid::from_u128(id),
                hash: vec![id as u8; 32],
                seq: id as i64,
                actor_id: Uuid::from_u128(8),
                actor_seq: 1,
                staff_id: Uuid::from_u128(7),
                device_id: Uuid::from_u128(9),
                received_at_ms: 10,
                bytes: b"change".to_vec(),
            };
            tx.add_changes(yard.school, &[change]).await.unwrap();
        }
        let entry = |id: u128| EntryRow {
            document_id: Uuid::from_u128(id),
            author_id: Uuid::from_u128(7),
            happened_at_ms: id as i64 * 100,
            received_at_ms: 10,
            amendments: 0,
            is_locked: false,
            content: b"entry".to_vec(),
        };
        tx.put_entries(yard.school, &[entry(1), entry(2), entry(3)])
            .await
            .unwrap();
        let builds = ReportEntryRow {
            report_id: Uuid::from_u128(9),
            entry_id: Uuid::from_u128(2),
            heads: String::new(),
        };
        tx.put_report_entries(yard.school, &[builds]).await.unwrap();
    }

    fn erasure(id: u128, kind: i32, by: Option<StaffId>) -> Erasure {
        Erasure {
            document: Uuid::from_u128(id),
            kind,
            at_ms: 50,
            by,
            ground: ErasureGround::Order,
        }
    }

    on_both! {
        async fn due_is_what_is_old_enough_and_no_report_builds_on(store: Store) {
            let yard = fixture::school(&store).await;
            let mut tx = store.write().await.unwrap();
            written(&mut tx, &yard).await;
            let ids = |rows: Vec<DueRow>| rows.iter().map(|row| row.document_id.as_u128()).collect::<Vec<_>>();
            assert_eq!(ids(tx.entries_due(yard.school, 301, 9).await.unwrap()), [1, 3]);
            assert_eq!(ids(tx.entries_due(yard.school, 300, 9).await.unwrap()), [1]);
            assert_eq!(ids(tx.entries_due(yard.school, 301, 1).await.unwrap()), [1]);
            assert_eq!(ids(tx.reports_due(yard.school, 10, 9).await.unwrap()), [9]);
            assert!(tx.reports_due(yard.school, 9, 9).await.unwrap().is_empty());
            tx.erase(yard.school, &[erasure(9, REPORT, None)]).await.unwrap();
            assert_eq!(ids(tx.entries_due(yard.school, 301, 9).await.unwrap()), [1, 2, 3]);
            assert!(tx.reports_due(yard.school, 10, 9).await.unwrap().is_empty());
        }

        async fn what_is_erased_leaves_its_record_and_nothing_else(store: Store) {
            let yard = fixture::school(&store).await;
            let other = fixture::school(&store).await;
            let mut tx = store.write().await.unwrap();
            written(&mut tx, &yard).await;
            written(&mut tx, &other).await;
            let one = [Uuid::from_u128(1)];
            tx.erase(yard.school, &[erasure(1, ENTRY, Some(yard.principal))]).await.unwrap();
            assert!(tx.entries(yard.school, &one).await.unwrap().is_empty() && tx.changes(yard.school, &one).await.unwrap().is_empty());
            let left = tx.documents(yard.school, &one).await.unwrap().pop().unwrap();
            assert_eq!((left.erased_at_ms, left.locked_at), (Some(50), None));
            assert_eq!((tx.entries(other.school, &one).await.unwrap().len(), tx.changes(other.school, &one).await.unwrap().len()), (1, 1));
            let record = tx.erasures(yard.school, 9).await.unwrap();
            assert_eq!((record.len(), record[0].kind, record[0].erased_at_ms), (1, DocumentKind::Entry, 50));
            assert!(record[0].by.is_some() && record[0].ground == ErasureGround::Order);
            assert!(tx.erasures(other.school, 9).await.unwrap().is_empty());
        }

        async fn an_erasure_is_pending_until_its_key_is_destroyed(store: Store) {
            let yard = fixture::school(&store).await;
            let mut tx = store.write().await.unwrap();
            written(&mut tx, &yard).await;
            tx.erase(yard.school, &[erasure(1, ENTRY, None), erasure(3, ENTRY, None)]).await.unwrap();
            assert_eq!(tx.pending_erasures(1).await.unwrap().len(), 1);
            tx.end_erasures(yard.school, &[Uuid::from_u128(1)]).await.unwrap();
            assert_eq!(tx.pending_erasures(9).await.unwrap(), [(yard.school, Uuid::from_u128(3))]);
            assert_eq!(tx.erasures(yard.school, 9).await.unwrap().len(), 2);
        }
    }
}
