//! Documents and their changes as they came, and the school's head: the commit number that orders everything.

use shared::domain::SchoolId;
use uuid::Uuid;

use super::content::Place;
use super::postgres::{CHANNEL, MAX_ANNOUNCEMENT_BYTES};
use super::{Connection, StoreError, Tx};

row! {
    /// A document without its changes.
    #[derive(Debug, Clone)]
    pub struct DocumentRow {
        pub id: Uuid,
        pub kind: i32,
        pub author_id: Uuid,
        pub received_at_ms: i64,
        pub locked_at: Option<String>,
        pub opened_at_ms: Option<i64>,
        pub talk_at_ms: Option<i64>,
        pub owner_told_at_ms: Option<i64>,
        pub escalated_at_ms: Option<i64>,
        pub erased_at_ms: Option<i64>,
    }
}

row! {
    /// One change of a document.
    #[derive(Debug, Clone)]
    pub struct ChangeRow {
        pub document_id: Uuid,
        pub hash: Vec<u8>,
        pub seq: i64,
        pub actor_id: Uuid,
        pub actor_seq: i64,
        pub staff_id: Uuid,
        pub device_id: Uuid,
        pub received_at_ms: i64,
        pub bytes: Vec<u8>,
    }
}

row! {
    /// What is known of a change without its content.
    #[derive(Debug, Clone)]
    pub struct ChangeHead {
        pub document_id: Uuid,
        pub seq: i64,
        pub actor_id: Uuid,
        pub staff_id: Uuid,
        pub device_id: Uuid,
    }
}

impl DocumentRow {
    /// The version it reads in since it was locked.
    pub fn locked_heads(&self) -> Option<Vec<String>> {
        self.locked_at.as_deref().map(split_heads)
    }
}

/// Change hashes as they are stored: in hex, with commas between.
pub fn split_heads(text: &str) -> Vec<String> {
    text.split(',')
        .filter(|hash| !hash.is_empty())
        .map(str::to_owned)
        .collect()
}

impl Tx {
    /// The school's head, held until this transaction ends: whoever writes documents of the school waits here.
    pub async fn lock_head(&mut self, school: SchoolId) -> Result<i64, StoreError> {
        let head = fetch_optional!(
            self,
            (i64,),
            "update school set head = head where id = $1 returning head",
            school.0
        )?;
        head.map(|(head,)| head)
            .ok_or(StoreError::Unreadable("school"))
    }

    pub async fn set_head(&mut self, school: SchoolId, head: i64) -> Result<(), StoreError> {
        execute!(
            self,
            "update school set head = $2 where id = $1",
            school.0,
            head
        )?;
        Ok(())
    }

    /// Tells the other server processes, once this transaction is committed; one for a group, since each costs PostgreSQL a lock
    /// over all commits.
    pub async fn announce(&mut self, announcement: &str) -> Result<(), StoreError> {
        if let Connection::Postgres(tx) = &mut self.connection {
            let fits = announcement.len() <= MAX_ANNOUNCEMENT_BYTES;
            let sender = announcement.split(' ').next().unwrap_or_default();
            sqlx::query("select pg_notify($1, $2)")
                .bind(CHANNEL)
                .bind(if fits { announcement } else { sender })
                .execute(&mut **tx)
                .await?;
        }
        Ok(())
    }

    pub async fn head(&mut self, school: SchoolId) -> Result<i64, StoreError> {
        let head = fetch_optional!(
            self,
            (i64,),
            "select head from school where id = $1",
            school.0
        )?;
        head.map(|(head,)| head)
            .ok_or(StoreError::Unreadable("school"))
    }

    /// Those of these documents that exist.
    pub async fn documents(
        &mut self,
        school: SchoolId,
        ids: &[Uuid],
    ) -> Result<Vec<DocumentRow>, StoreError> {
        fetch_list!(
            self,
            DocumentRow,
            "select id, kind, author_id, received_at_ms, locked_at, opened_at_ms, talk_at_ms, owner_told_at_ms, escalated_at_ms, erased_at_ms
             from document where school_id = $1 and id in ({list})",
            [school.0],
            ids
        )
    }

    /// All changes of these documents, those of a document in the order of their commits.
    pub async fn changes(
        &mut self,
        school: SchoolId,
        documents: &[Uuid],
    ) -> Result<Vec<ChangeRow>, StoreError> {
        let mut rows = fetch_list!(
            self,
            ChangeRow,
            "select document_id, hash, seq, actor_id, actor_seq, staff_id, device_id, received_at_ms, bytes
             from change where school_id = $1 and document_id in ({list})",
            [school.0],
            documents
        )?;
        // Here and not in the statement: SQLite would walk through all of the school's changes to have them in order.
        rows.sort_by_key(|row| row.seq);
        self.open_rows(school, rows, |row: &mut ChangeRow| {
            (row.document_id, Place::Change(&row.hash), &mut row.bytes)
        })
        .await
    }

    /// The same without their content, for which no key is asked.
    pub async fn change_heads(
        &mut self,
        school: SchoolId,
        documents: &[Uuid],
    ) -> Result<Vec<ChangeHead>, StoreError> {
        fetch_list!(
            self,
            ChangeHead,
            "select document_id, seq, actor_id, staff_id, device_id from change
             where school_id = $1 and document_id in ({list})",
            [school.0],
            documents
        )
    }

    /// The ids of all documents after `after`, in the order of ids.
    pub async fn document_ids_after(
        &mut self,
        school: SchoolId,
        after: Uuid,
        limit: i64,
    ) -> Result<Vec<Uuid>, StoreError> {
        let ids = fetch_all!(
            self,
            (Uuid,),
            "select id from document where school_id = $1 and id > $2 order by id limit $3",
            school.0,
            after,
            limit
        )?;
        Ok(ids.into_iter().map(|(id,)| id).collect())
    }

    /// Adds documents; one that exists keeps what it has, but for its lock.
    pub async fn put_documents(
        &mut self,
        school: SchoolId,
        rows: &[DocumentRow],
    ) -> Result<(), StoreError> {
        insert_rows!(
            self,
            "insert into document (school_id, id, kind, author_id, received_at_ms, locked_at)",
            rows,
            |row| [
                school.0,
                row.id,
                row.kind,
                row.author_id,
                row.received_at_ms,
                row.locked_at.as_deref()
            ],
            "on conflict (school_id, id) do update set locked_at = excluded.locked_at"
        )?;
        Ok(())
    }

    pub async fn add_changes(
        &mut self,
        school: SchoolId,
        rows: &[ChangeRow],
    ) -> Result<(), StoreError> {
        let sealed = self
            .seal_rows(school, rows, |row: &ChangeRow| {
                (row.document_id, Place::Change(&row.hash), &row.bytes)
            })
            .await?;
        insert_rows!(
            self,
            "insert into change (school_id, document_id, hash, seq, actor_id, actor_seq, staff_id, device_id, received_at_ms, bytes)",
            sealed,
            |(row, bytes)| [
                school.0,
                row.document_id,
                row.hash.as_slice(),
                row.seq,
                row.actor_id,
                row.actor_seq,
                row.staff_id,
                row.device_id,
                row.received_at_ms,
                bytes.as_slice()
            ],
            ""
        )?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Store, fixture};

    fn document(id: u128) -> DocumentRow {
        DocumentRow {
            id: Uuid::from_u128(id),
            kind: 1,
            author_id: Uuid::from_u128(7),
            received_at_ms: 10,
            locked_at: None,
            opened_at_ms: None,
            talk_at_ms: None,
            owner_told_at_ms: None,
            escalated_at_ms: None,
            erased_at_ms: None,
        }
    }

    fn change(document: u128, seq: i64) -> ChangeRow {
        ChangeRow {
            document_id: Uuid::from_u128(document),
            hash: vec![seq as u8; 32],
            seq,
            actor_id: Uuid::from_u128(8),
            actor_seq: seq,
            staff_id: Uuid::from_u128(7),
            device_id: Uuid::from_u128(9),
            received_at_ms: 10,
            bytes: vec![0, 255, seq as u8],
        }
    }

    async fn advance(store: &Store, school: SchoolId, times: usize) {
        for _ in 0..times {
            let mut tx = store.write().await.unwrap();
            let head = tx.lock_head(school).await.unwrap();
            tokio::task::yield_now().await;
            tx.set_head(school, head + 1).await.unwrap();
            tx.commit().await.unwrap();
        }
    }

    #[test]
    fn heads_are_stored_with_commas_between() {
        assert_eq!(split_heads("ab,cd"), ["ab", "cd"]);
        assert!(split_heads("").is_empty());
    }

    on_both! {
        async fn whoever_holds_the_head_is_waited_for(store: Store) {
            let yard = fixture::school(&store).await;
            let other = fixture::school(&store).await;
            tokio::join!(advance(&store, yard.school, 20), advance(&store, yard.school, 20), advance(&store, other.school, 5));
            let mut tx = store.read().await.unwrap();
            assert_eq!((tx.head(yard.school).await.unwrap(), tx.head(other.school).await.unwrap()), (40, 5));
            assert!(tx.head(SchoolId(Uuid::from_u128(1))).await.is_err());
        }

        async fn changes_come_back_byte_for_byte_in_the_order_of_their_commits(store: Store) {
            let yard = fixture::school(&store).await;
            let other = fixture::school(&store).await;
            let mut tx = store.write().await.unwrap();
            tx.put_documents(yard.school, &[document(1), document(2), document(3)]).await.unwrap();
            tx.put_documents(other.school, &[document(1)]).await.unwrap();
            tx.add_changes(yard.school, &[change(1, 3), change(2, 2), change(1, 1), change(3, 4)]).await.unwrap();
            tx.add_changes(other.school, &[change(1, 1)]).await.unwrap();
            let found = tx.changes(yard.school, &[Uuid::from_u128(1), Uuid::from_u128(2), Uuid::from_u128(99)]).await.unwrap();
            assert_eq!(found.iter().map(|row| row.seq).collect::<Vec<_>>(), [1, 2, 3]);
            let (first, written) = (&found[0], change(1, 1));
            assert_eq!((&first.hash, &first.bytes, first.actor_seq), (&written.hash, &written.bytes, 1));
            assert_eq!((first.actor_id, first.staff_id, first.device_id), (written.actor_id, written.staff_id, written.device_id));
            assert!(tx.changes(yard.school, &[]).await.unwrap().is_empty());
            let ids: Vec<_> = tx.documents(other.school, &[Uuid::from_u128(1), Uuid::from_u128(2)]).await.unwrap().iter().map(|row| row.id).collect();
            assert_eq!(ids, [Uuid::from_u128(1)]);
        }

        async fn neither_a_change_nor_a_commit_number_is_stored_twice(store: Store) {
            let yard = fixture::school(&store).await;
            let mut tx = store.write().await.unwrap();
            tx.put_documents(yard.school, &[document(1), document(2)]).await.unwrap();
            tx.add_changes(yard.school, &[change(1, 1)]).await.unwrap();
            tx.commit().await.unwrap();
            let same_number = ChangeRow { hash: vec![9; 32], actor_seq: 9, ..change(2, 1) };
            let same_hash = ChangeRow { seq: 2, actor_seq: 2, ..change(1, 1) };
            let same_place = ChangeRow { hash: vec![9; 32], seq: 2, ..change(1, 1) };
            let nowhere = change(3, 2);
            for row in [same_number, same_hash, same_place, nowhere] {
                let mut tx = store.write().await.unwrap();
                assert!(tx.add_changes(yard.school, &[row]).await.is_err());
            }
        }

        async fn a_document_put_again_changes_its_lock_and_nothing_else(store: Store) {
            let yard = fixture::school(&store).await;
            let mut tx = store.write().await.unwrap();
            tx.put_documents(yard.school, &[document(1)]).await.unwrap();
            assert!(tx.mark_opened(yard.school, Uuid::from_u128(1).into(), yard.principal, 20).await.unwrap());
            let again = DocumentRow { locked_at: Some("ab,cd".into()), author_id: Uuid::from_u128(99), received_at_ms: 99, ..document(1) };
            tx.put_documents(yard.school, &[again]).await.unwrap();
            let found = tx.documents(yard.school, &[Uuid::from_u128(1)]).await.unwrap().pop().unwrap();
            assert_eq!((found.author_id, found.received_at_ms, found.opened_at_ms), (Uuid::from_u128(7), 10, Some(20)));
            assert_eq!(found.locked_heads().unwrap(), ["ab", "cd"]);
        }

        async fn documents_are_paged_through_by_their_ids_without_a_gap(store: Store) {
            let yard = fixture::school(&store).await;
            let other = fixture::school(&store).await;
            let mut tx = store.write().await.unwrap();
            // Both databases must order ids alike, by their bytes.
            let ids = [1, 2, 0x80, 0x100, u128::MAX / 2, u128::MAX - 1];
            tx.put_documents(yard.school, &ids.map(document)).await.unwrap();
            tx.put_documents(other.school, &[document(3)]).await.unwrap();
            let mut found = Vec::new();
            let mut after = Uuid::nil();
            loop {
                let page = tx.document_ids_after(yard.school, after, 2).await.unwrap();
                let Some(last) = page.last() else { break };
                after = *last;
                found.extend(page);
            }
            assert_eq!(found, ids.map(Uuid::from_u128));
        }
    }
}
