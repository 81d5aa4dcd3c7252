//! Documents and their changes as they came, and the school's head: the commit number that orders everything.

use shared::domain::SchoolId;
use uuid::Uuid;

use super::{StoreError, Tx};

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
    /// An item that was refused.
    #[derive(Debug, Clone)]
    pub struct QuarantineRow {
        pub item_hash: String,
        pub staff_id: Uuid,
        pub device_id: Uuid,
        pub reason: String,
        pub received_at_ms: i64,
        pub bytes: Vec<u8>,
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
            "select id, kind, author_id, received_at_ms, locked_at, opened_at_ms, talk_at_ms
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
        fetch_list!(
            self,
            ChangeRow,
            "select document_id, hash, seq, actor_id, actor_seq, staff_id, device_id, received_at_ms, bytes
             from change where school_id = $1 and document_id in ({list}) order by seq",
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
        insert_rows!(
            self,
            "insert into change (school_id, document_id, hash, seq, actor_id, actor_seq, staff_id, device_id, received_at_ms, bytes)",
            rows,
            |row| [
                school.0,
                row.document_id,
                row.hash.as_slice(),
                row.seq,
                row.actor_id,
                row.actor_seq,
                row.staff_id,
                row.device_id,
                row.received_at_ms,
                row.bytes.as_slice()
            ],
            ""
        )?;
        Ok(())
    }

    /// Keeps refused items; one that is there already stays as it is.
    pub async fn add_quarantined(
        &mut self,
        school: SchoolId,
        rows: &[QuarantineRow],
    ) -> Result<(), StoreError> {
        insert_rows!(
            self,
            "insert into quarantine (school_id, item_hash, staff_id, device_id, reason, received_at_ms, bytes)",
            rows,
            |row| [
                school.0,
                row.item_hash.as_str(),
                row.staff_id,
                row.device_id,
                row.reason.as_str(),
                row.received_at_ms,
                row.bytes.as_slice()
            ],
            "on conflict (school_id, item_hash) do nothing"
        )?;
        Ok(())
    }

    /// What a person's refused items are, newest first.
    pub async fn quarantined_of(
        &mut self,
        school: SchoolId,
        staff: Uuid,
        limit: i64,
    ) -> Result<Vec<QuarantineRow>, StoreError> {
        fetch_all!(
            self,
            QuarantineRow,
            "select item_hash, staff_id, device_id, reason, received_at_ms, bytes from quarantine
             where school_id = $1 and staff_id = $2 order by received_at_ms desc limit $3",
            school.0,
            staff,
            limit
        )
    }
}
