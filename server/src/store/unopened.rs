//! Reports that nobody has opened: what waits, and what the deputy was told.

use shared::domain::{DocumentId, SchoolId};
use uuid::Uuid;

use super::content::Place;
use super::{StoreError, Tx};

row! {
    /// A report in the inbox that nobody has opened.
    #[derive(Debug, Clone)]
    pub struct UnopenedRow {
        pub document_id: Uuid,
        pub author_id: Uuid,
        pub received_at_ms: i64,
        pub escalated_at_ms: Option<i64>,
        /// JSON; encrypted in the database.
        pub content: Vec<u8>,
    }
}

impl Tx {
    /// The oldest of them.
    pub async fn unopened_reports(
        &mut self,
        school: SchoolId,
        limit: i64,
    ) -> Result<Vec<UnopenedRow>, StoreError> {
        let rows = fetch_all!(
            self,
            UnopenedRow,
            "select r.document_id, r.author_id, r.received_at_ms, d.escalated_at_ms, r.content from report r
             join document d on d.school_id = r.school_id and d.id = r.document_id
             where r.school_id = $1 and d.opened_at_ms is null order by r.received_at_ms, r.document_id limit $2",
            school.0,
            limit
        )?;
        self.open_rows(school, rows, |row: &mut UnopenedRow| {
            (row.document_id, Place::Report, &mut row.content)
        })
        .await
    }

    /// Schools with a report that came before a time and that neither somebody has opened nor the deputy was told of.
    pub async fn schools_with_unopened(
        &mut self,
        before_ms: i64,
    ) -> Result<Vec<SchoolId>, StoreError> {
        let rows = fetch_all!(
            self,
            (Uuid,),
            "select distinct r.school_id from report r join document d on d.school_id = r.school_id and d.id = r.document_id
             where d.opened_at_ms is null and d.escalated_at_ms is null and r.received_at_ms <= $1",
            before_ms
        )?;
        Ok(rows.into_iter().map(|(id,)| SchoolId(id)).collect())
    }

    /// Notes that the deputy is told; false when somebody has opened it or it was noted already.
    pub async fn mark_escalated(
        &mut self,
        school: SchoolId,
        id: DocumentId,
        at_ms: i64,
    ) -> Result<bool, StoreError> {
        let touched = execute!(
            self,
            "update document set escalated_at_ms = $3
             where school_id = $1 and id = $2 and opened_at_ms is null and escalated_at_ms is null",
            school.0,
            id.0,
            at_ms
        )?;
        Ok(touched > 0)
    }

    /// How many reports the people of an owner have not opened.
    pub async fn unopened_letters(&mut self, owner: SchoolId) -> Result<i64, StoreError> {
        let found = fetch_optional!(
            self,
            (i64,),
            "select count(*) from owner_report where owner_id = $1 and opened_at_ms is null",
            owner.0
        )?;
        Ok(found.map_or(0, |(count,)| count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::fixture;
    use crate::store::owner::NewLetter;
    use crate::store::report::ReportRow;

    async fn receive(tx: &mut Tx, school: SchoolId, id: u128, received_at_ms: i64) {
        tx.put_documents(school, &[fixture::document(id, 2)])
            .await
            .unwrap();
        let row = ReportRow {
            document_id: Uuid::from_u128(id),
            author_id: Uuid::from_u128(7),
            pupil_id: None,
            recorded_at_ms: 5,
            received_at_ms,
            is_serious: false,
            missing_points: 0,
            suspects_employee: false,
            told_by_id: None,
            content: format!("report {id}").into(),
        };
        tx.put_reports(school, &[row]).await.unwrap();
    }

    on_both! {
        async fn what_nobody_has_opened_waits_and_is_escalated_once(store: Store) {
            let yard = fixture::school(&store).await;
            let other = fixture::school(&store).await;
            let mut tx = store.write().await.unwrap();
            for (id, at_ms) in [(1, 10), (2, 20), (3, 30)] {
                receive(&mut tx, yard.school, id, at_ms).await;
            }
            receive(&mut tx, other.school, 4, 100).await;
            let id = |id| DocumentId(Uuid::from_u128(id));
            assert_eq!(tx.schools_with_unopened(50).await.unwrap(), [yard.school]);
            assert!(tx.mark_opened(yard.school, id(2), yard.principal, 40).await.unwrap());
            assert!(!tx.mark_escalated(yard.school, id(2), 50).await.unwrap(), "somebody has opened it");
            assert!(tx.mark_escalated(yard.school, id(1), 50).await.unwrap());
            assert!(!tx.mark_escalated(yard.school, id(1), 60).await.unwrap(), "it was told before");
            let found = tx.unopened_reports(yard.school, 10).await.unwrap();
            let found: Vec<_> = found.iter().map(|row| (row.document_id.as_u128(), row.escalated_at_ms, row.content.as_slice())).collect();
            assert_eq!(found, [(1, Some(50), b"report 1".as_slice()), (3, None, b"report 3".as_slice())]);
            assert!(tx.schools_with_unopened(29).await.unwrap().is_empty());
            let document = tx.documents(yard.school, &[Uuid::from_u128(1)]).await.unwrap().pop().unwrap();
            assert_eq!(document.escalated_at_ms, Some(50));
        }

        async fn an_owners_report_counts_until_it_is_opened(store: Store) {
            let yard = fixture::school(&store).await;
            let mut tx = store.write().await.unwrap();
            tx.make_owner(yard.school, "00 00 00 00").await.unwrap();
            let report = DocumentId(Uuid::from_u128(1));
            let letter = |hash: &str| NewLetter { owner: yard.school, item_hash: hash.into(), report, sender_tag: vec![1], key_id: 1, received_at_ms: 5, bytes: vec![2] };
            for hash in ["a", "b"] {
                assert!(tx.add_letter(&letter(hash)).await.unwrap());
            }
            assert_eq!(tx.unopened_letters(yard.school).await.unwrap(), 1);
            tx.mark_letter_opened(yard.school, report, 9).await.unwrap();
            assert_eq!(tx.unopened_letters(yard.school).await.unwrap(), 0);
        }
    }
}
