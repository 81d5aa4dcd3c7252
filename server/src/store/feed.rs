//! The feed: which documents are new, changed or gone in a scope since a commit number. Costs what changed, never what exists.

use shared::domain::SchoolId;
use uuid::Uuid;

use super::{StoreError, Tx};

row! {
    /// A document's place in one scope.
    #[derive(Debug, Clone)]
    pub struct FeedRow {
        pub scope: String,
        pub document_id: Uuid,
        pub seq: i64,
        pub entered_seq: i64,
        pub is_gone: bool,
        pub happened_at_ms: Option<i64>,
    }
}

impl Tx {
    /// The next rows of a scope after `after_seq`; entries that happened before `floor_ms` are passed over.
    pub async fn feed_page(
        &mut self,
        school: SchoolId,
        scope: &str,
        after_seq: i64,
        floor_ms: i64,
        limit: i64,
    ) -> Result<Vec<FeedRow>, StoreError> {
        fetch_all!(
            self,
            FeedRow,
            "select scope, document_id, seq, entered_seq, is_gone, happened_at_ms from feed
             where school_id = $1 and scope = $2 and seq > $3 and (happened_at_ms is null or happened_at_ms >= $4)
             order by seq limit $5",
            school.0,
            scope,
            after_seq,
            floor_ms,
            limit
        )
    }

    /// The scopes these documents are in now.
    pub async fn feed_of_documents(
        &mut self,
        school: SchoolId,
        documents: &[Uuid],
    ) -> Result<Vec<FeedRow>, StoreError> {
        fetch_list!(
            self,
            FeedRow,
            "select scope, document_id, seq, entered_seq, is_gone, happened_at_ms from feed
             where school_id = $1 and document_id in ({list})",
            [school.0],
            documents
        )
    }

    pub async fn put_feed(&mut self, school: SchoolId, rows: &[FeedRow]) -> Result<(), StoreError> {
        insert_rows!(
            self,
            "insert into feed (school_id, scope, document_id, seq, entered_seq, is_gone, happened_at_ms)",
            rows,
            |row| [school.0, row.scope.as_str(), row.document_id, row.seq, row.entered_seq, row.is_gone, row.happened_at_ms],
            "on conflict (school_id, scope, document_id) do update
             set seq = excluded.seq, entered_seq = excluded.entered_seq, is_gone = excluded.is_gone, happened_at_ms = excluded.happened_at_ms"
        )?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::fixture;

    fn row(scope: &str, document: u128, seq: i64, happened_at_ms: Option<i64>) -> FeedRow {
        FeedRow {
            scope: scope.into(),
            document_id: Uuid::from_u128(document),
            seq,
            entered_seq: seq,
            is_gone: false,
            happened_at_ms,
        }
    }

    fn seqs(rows: &[FeedRow]) -> Vec<i64> {
        rows.iter().map(|row| row.seq).collect()
    }

    on_both! {
        async fn a_page_holds_the_next_rows_of_one_scope_in_the_order_of_commits(store: Store) {
            let yard = fixture::school(&store).await;
            let other = fixture::school(&store).await;
            let mut tx = store.write().await.unwrap();
            let rows = [row("own:a", 1, 5, Some(100)), row("own:a", 2, 3, Some(100)), row("own:a", 3, 9, Some(100)), row("own:b", 1, 5, Some(100))];
            tx.put_feed(yard.school, &rows).await.unwrap();
            tx.put_feed(other.school, &[row("own:a", 4, 4, Some(100))]).await.unwrap();
            assert_eq!(seqs(&tx.feed_page(yard.school, "own:a", 0, 0, 10).await.unwrap()), [3, 5, 9]);
            assert_eq!(seqs(&tx.feed_page(yard.school, "own:a", 3, 0, 1).await.unwrap()), [5]);
            assert!(tx.feed_page(yard.school, "own:a", 9, 0, 10).await.unwrap().is_empty());
            assert!(tx.feed_page(yard.school, "own:c", 0, 0, 10).await.unwrap().is_empty());
        }

        async fn what_happened_before_the_floor_is_passed_over_and_what_has_no_time_is_not(store: Store) {
            let yard = fixture::school(&store).await;
            let mut tx = store.write().await.unwrap();
            tx.put_feed(yard.school, &[row("s", 1, 1, Some(49)), row("s", 2, 2, Some(50)), row("s", 3, 3, None)]).await.unwrap();
            assert_eq!(seqs(&tx.feed_page(yard.school, "s", 0, 50, 10).await.unwrap()), [2, 3]);
        }

        async fn a_document_has_one_row_in_a_scope_which_moves_on(store: Store) {
            let yard = fixture::school(&store).await;
            let mut tx = store.write().await.unwrap();
            tx.put_feed(yard.school, &[row("s", 1, 1, Some(10)), row("t", 1, 1, Some(10)), row("s", 2, 2, Some(10))]).await.unwrap();
            let moved = FeedRow { entered_seq: 1, is_gone: true, ..row("s", 1, 3, Some(20)) };
            tx.put_feed(yard.school, &[moved]).await.unwrap();
            let mut found = tx.feed_of_documents(yard.school, &[Uuid::from_u128(1)]).await.unwrap();
            found.sort_by(|a, b| a.scope.cmp(&b.scope));
            let told: Vec<_> = found.iter().map(|row| (row.scope.as_str(), row.seq, row.entered_seq, row.is_gone, row.happened_at_ms)).collect();
            assert_eq!(told, [("s", 3, 1, true, Some(20)), ("t", 1, 1, false, Some(10))]);
            assert_eq!(seqs(&tx.feed_page(yard.school, "s", 0, 0, 10).await.unwrap()), [2, 3]);
            assert!(tx.feed_of_documents(yard.school, &[]).await.unwrap().is_empty());
        }
    }
}
