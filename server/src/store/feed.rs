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
