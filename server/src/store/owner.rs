//! School owners: their schools, their keys, and the reports that are sealed to them. What is in those nobody here can read.

use shared::api::ReportReceipts;
use shared::domain::{DocumentId, SchoolId};
use shared::sync::Hex;
use shared::sync::owner::OwnerKey;
use uuid::Uuid;

use super::{StoreError, Tx};

/// A report that came to an owner, sealed.
#[derive(Debug, Clone)]
pub struct NewLetter {
    pub owner: SchoolId,
    /// Of the item as it came.
    pub item_hash: String,
    pub report: DocumentId,
    /// `Keys::owner_tag` of the sender.
    pub sender_tag: Vec<u8>,
    pub key_id: u32,
    pub received_at_ms: i64,
    pub bytes: Vec<u8>,
}

row! {
    /// A sealed report with its receipts.
    #[derive(Debug, Clone)]
    pub struct LetterRow {
        pub report_id: Uuid,
        pub key_id: i32,
        pub bytes: Vec<u8>,
        pub received_at_ms: i64,
        pub opened_at_ms: Option<i64>,
        pub talk_at_ms: Option<i64>,
    }
}

impl Tx {
    /// Makes this place of work, founded like a school, an owner.
    pub async fn make_owner(&mut self, owner: SchoolId, phone: &str) -> Result<(), StoreError> {
        execute!(
            self,
            "insert into owner (school_id, phone) values ($1, $2) on conflict (school_id) do update set phone = excluded.phone",
            owner.0,
            phone
        )?;
        Ok(())
    }

    pub async fn is_owner(&mut self, id: SchoolId) -> Result<bool, StoreError> {
        let found = fetch_optional!(
            self,
            (Uuid,),
            "select school_id from owner where school_id = $1",
            id.0
        )?;
        Ok(found.is_some())
    }

    /// Puts a school under an owner.
    pub async fn set_owner(&mut self, school: SchoolId, owner: SchoolId) -> Result<(), StoreError> {
        execute!(
            self,
            "update school set owner_id = $2, version = version + 1 where id = $1",
            school.0,
            owner.0
        )?;
        Ok(())
    }

    /// The owner of a school, with name and telephone number.
    pub async fn owner_of(
        &mut self,
        school: SchoolId,
    ) -> Result<Option<(SchoolId, String, String)>, StoreError> {
        let found = fetch_optional!(
            self,
            (Uuid, String, String),
            "select o.school_id, n.name, o.phone from school s
             join owner o on o.school_id = s.owner_id join school n on n.id = o.school_id where s.id = $1",
            school.0
        )?;
        Ok(found.map(|(id, name, phone)| (SchoolId(id), name, phone)))
    }

    /// An owner's keys, the oldest first.
    pub async fn owner_keys(&mut self, owner: SchoolId) -> Result<Vec<OwnerKey>, StoreError> {
        let rows = fetch_all!(
            self,
            (i32, Vec<u8>),
            "select id, public_key from owner_key where owner_id = $1 order by id",
            owner.0
        )?;
        let key = |(id, public): (i32, Vec<u8>)| {
            Ok(OwnerKey {
                id: id.unsigned_abs(),
                public: Hex(public
                    .try_into()
                    .map_err(|_| StoreError::Unreadable("owner_key"))?),
            })
        };
        rows.into_iter().map(key).collect()
    }

    /// Adds a key, and tells the phones of all the owner's schools; false when somebody else added that one first.
    pub async fn add_owner_key(
        &mut self,
        owner: SchoolId,
        key: &OwnerKey,
        now_ms: i64,
    ) -> Result<bool, StoreError> {
        let added = execute!(
            self,
            "insert into owner_key (owner_id, id, public_key, created_at_ms) values ($1, $2, $3, $4) on conflict (owner_id, id) do nothing",
            owner.0,
            key.id as i32,
            &key.public.0[..],
            now_ms
        )?;
        execute!(
            self,
            "update school set version = version + 1 where owner_id = $1",
            owner.0
        )?;
        Ok(added > 0)
    }

    /// When this very item came, if it has.
    pub async fn letter_came_at(
        &mut self,
        owner: SchoolId,
        item_hash: &str,
    ) -> Result<Option<i64>, StoreError> {
        let found = fetch_optional!(
            self,
            (i64,),
            "select received_at_ms from owner_letter where owner_id = $1 and item_hash = $2",
            owner.0,
            item_hash
        )?;
        Ok(found.map(|(at_ms,)| at_ms))
    }

    /// How many letters came under a tag since a time.
    pub async fn letters_since(
        &mut self,
        owner: SchoolId,
        sender_tag: &[u8],
        since_ms: i64,
    ) -> Result<i64, StoreError> {
        let found = fetch_optional!(
            self,
            (i64,),
            "select count(*) from owner_letter l
             join owner_report r on r.owner_id = l.owner_id and r.report_id = l.report_id
             where r.owner_id = $1 and r.sender_tag = $2 and l.received_at_ms >= $3",
            owner.0,
            sender_tag,
            since_ms
        )?;
        Ok(found.map_or(0, |(count,)| count))
    }

    /// Keeps a letter; false when the report is another sender's.
    pub async fn add_letter(&mut self, new: &NewLetter) -> Result<bool, StoreError> {
        execute!(
            self,
            "insert into owner_report (owner_id, report_id, sender_tag, received_at_ms) values ($1, $2, $3, $4)
             on conflict (owner_id, report_id) do nothing",
            new.owner.0,
            new.report.0,
            new.sender_tag.as_slice(),
            new.received_at_ms
        )?;
        let added = execute!(
            self,
            "insert into owner_letter (owner_id, item_hash, report_id, key_id, received_at_ms, bytes)
             select owner_id, $3, report_id, $4, $5, $6 from owner_report
             where owner_id = $1 and report_id = $2 and sender_tag = $7
             on conflict (owner_id, item_hash) do nothing",
            new.owner.0,
            new.report.0,
            &new.item_hash,
            new.key_id as i32,
            new.received_at_ms,
            new.bytes.as_slice(),
            new.sender_tag.as_slice()
        )?;
        Ok(added > 0)
    }

    /// An owner's letters, the newest first.
    pub async fn letters(
        &mut self,
        owner: SchoolId,
        limit: i64,
    ) -> Result<Vec<LetterRow>, StoreError> {
        fetch_all!(
            self,
            LetterRow,
            "select l.report_id, l.key_id, l.bytes, l.received_at_ms, r.opened_at_ms, r.talk_at_ms from owner_letter l
             join owner_report r on r.owner_id = l.owner_id and r.report_id = l.report_id
             where l.owner_id = $1 order by l.received_at_ms desc, l.item_hash limit $2",
            owner.0,
            limit
        )
    }

    /// Notes that the owner opened it; false when it is not the owner's.
    pub async fn mark_letter_opened(
        &mut self,
        owner: SchoolId,
        report: DocumentId,
        at_ms: i64,
    ) -> Result<bool, StoreError> {
        let touched = execute!(
            self,
            "update owner_report set opened_at_ms = coalesce(opened_at_ms, $3) where owner_id = $1 and report_id = $2",
            owner.0,
            report.0,
            at_ms
        )?;
        Ok(touched > 0)
    }

    /// Notes that the owner talked with the reporter; false when it is not the owner's.
    pub async fn mark_letter_talk(
        &mut self,
        owner: SchoolId,
        report: DocumentId,
        at_ms: i64,
    ) -> Result<bool, StoreError> {
        let touched = execute!(
            self,
            "update owner_report set talk_at_ms = coalesce(talk_at_ms, $3) where owner_id = $1 and report_id = $2",
            owner.0,
            report.0,
            at_ms
        )?;
        Ok(touched > 0)
    }

    /// What became of the reports of one sender.
    pub async fn letter_receipts(
        &mut self,
        owner: SchoolId,
        sender_tag: &[u8],
    ) -> Result<Vec<(DocumentId, ReportReceipts)>, StoreError> {
        let rows = fetch_all!(
            self,
            (Uuid, i64, Option<i64>, Option<i64>),
            "select report_id, received_at_ms, opened_at_ms, talk_at_ms from owner_report
             where owner_id = $1 and sender_tag = $2 order by received_at_ms desc, report_id limit 500",
            owner.0,
            sender_tag
        )?;
        let receipt = |(id, received, opened_at_ms, talk_at_ms)| {
            let receipts = ReportReceipts {
                received_at_ms: Some(received),
                opened_at_ms,
                talk_at_ms,
                owner_told_at_ms: None,
                escalated_at_ms: None,
            };
            (DocumentId(id), receipts)
        };
        Ok(rows.into_iter().map(receipt).collect())
    }

    /// Documents that are the owner's from now on, or were written in since: nobody at the school sees them.
    pub async fn send_past_leadership(
        &mut self,
        school: SchoolId,
        documents: &[Uuid],
    ) -> Result<(), StoreError> {
        insert_rows!(
            self,
            "insert into past_leadership (school_id, document_id)",
            documents,
            |document| [school.0, *document],
            "on conflict (school_id, document_id) do update set told_at_ms = null"
        )?;
        self.forget_handed(school, documents).await
    }

    /// Those of these documents that went past the leadership.
    pub async fn past_leadership(
        &mut self,
        school: SchoolId,
        documents: &[Uuid],
    ) -> Result<Vec<Uuid>, StoreError> {
        let rows = fetch_list!(
            self,
            (Uuid,),
            "select document_id from past_leadership where school_id = $1 and document_id in ({list})",
            [school.0],
            documents
        )?;
        Ok(rows.into_iter().map(|(id,)| id).collect())
    }

    /// Documents that the owner has yet to be told of.
    pub async fn untold_past_leadership(
        &mut self,
        limit: i64,
    ) -> Result<Vec<(SchoolId, DocumentId)>, StoreError> {
        let rows = fetch_all!(
            self,
            (Uuid, Uuid),
            "select p.school_id, p.document_id from past_leadership p
             join school s on s.id = p.school_id
             where p.told_at_ms is null and exists (select 1 from owner_key k where k.owner_id = s.owner_id)
             order by p.school_id, p.document_id limit $1",
            limit
        )?;
        Ok(rows
            .into_iter()
            .map(|(school, document)| (SchoolId(school), DocumentId(document)))
            .collect())
    }

    /// The owner has it.
    pub async fn mark_told_past_leadership(
        &mut self,
        school: SchoolId,
        document: DocumentId,
        at_ms: i64,
    ) -> Result<(), StoreError> {
        execute!(
            self,
            "update past_leadership set told_at_ms = $3 where school_id = $1 and document_id = $2",
            school.0,
            document.0,
            at_ms
        )?;
        Ok(())
    }

    /// Notes that the principal passed a report on to the owner; false when that was noted already.
    pub async fn mark_owner_told(
        &mut self,
        school: SchoolId,
        document: DocumentId,
        at_ms: i64,
    ) -> Result<bool, StoreError> {
        let touched = execute!(
            self,
            "update document set owner_told_at_ms = $3 where school_id = $1 and id = $2 and owner_told_at_ms is null",
            school.0,
            document.0,
            at_ms
        )?;
        Ok(touched > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::fixture;

    fn letter(owner: SchoolId, hash: &str, report: u128, tag: u8, at_ms: i64) -> NewLetter {
        NewLetter {
            owner,
            item_hash: hash.into(),
            report: Uuid::from_u128(report).into(),
            sender_tag: vec![tag; 32],
            key_id: 1,
            received_at_ms: at_ms,
            bytes: hash.as_bytes().to_vec(),
        }
    }

    on_both! {
        async fn a_school_has_an_owner_whose_keys_its_phones_hear_of(store: Store) {
            let (yard, owner) = (fixture::school(&store).await, fixture::school(&store).await);
            let mut tx = store.write().await.unwrap();
            assert!(!tx.is_owner(owner.school).await.unwrap());
            tx.make_owner(owner.school, "00 00 00 00").await.unwrap();
            assert!(tx.is_owner(owner.school).await.unwrap() && !tx.is_owner(yard.school).await.unwrap());
            assert_eq!(tx.owner_of(yard.school).await.unwrap(), None);
            tx.set_owner(yard.school, owner.school).await.unwrap();
            assert_eq!(tx.owner_of(yard.school).await.unwrap(), Some((owner.school, "Lia skole".into(), "00 00 00 00".into())));
            let before = tx.school_state(yard.school).await.unwrap().unwrap().version;
            let key = OwnerKey { id: 1, public: Hex([7; 32]) };
            assert!(tx.add_owner_key(owner.school, &key, 5).await.unwrap());
            assert!(!tx.add_owner_key(owner.school, &OwnerKey { public: Hex([8; 32]), ..key.clone() }, 6).await.unwrap());
            assert_eq!(tx.owner_keys(owner.school).await.unwrap(), [key]);
            assert!(tx.school_state(yard.school).await.unwrap().unwrap().version > before);
            // An owner is served like a school and is none.
            assert!(!tx.schools().await.unwrap().iter().any(|(id, _)| *id == owner.school));
        }

        async fn a_letter_is_kept_once_under_its_senders_tag_and_followed_by_it(store: Store) {
            let (owner, other) = (fixture::school(&store).await.school, fixture::school(&store).await.school);
            let mut tx = store.write().await.unwrap();
            tx.make_owner(owner, "").await.unwrap();
            tx.make_owner(other, "").await.unwrap();
            assert!(tx.add_letter(&letter(owner, "a", 1, 1, 10)).await.unwrap());
            assert!(!tx.add_letter(&letter(owner, "a", 1, 1, 20)).await.unwrap());
            assert!(!tx.add_letter(&letter(owner, "b", 1, 2, 20)).await.unwrap(), "another's report");
            assert!(tx.add_letter(&letter(owner, "c", 1, 1, 30)).await.unwrap());
            assert_eq!(tx.letter_came_at(owner, "a").await.unwrap(), Some(10));
            assert_eq!(tx.letter_came_at(other, "a").await.unwrap(), None);
            assert_eq!(tx.letters_since(owner, &[1; 32], 11).await.unwrap(), 1);
            let found = tx.letters(owner, 10).await.unwrap();
            assert_eq!(found.iter().map(|row| (row.bytes.as_slice(), row.received_at_ms)).collect::<Vec<_>>(), [(b"c".as_slice(), 30), (b"a", 10)]);
            assert_eq!(tx.letters(owner, 1).await.unwrap().len(), 1);
            assert!(tx.letters(other, 10).await.unwrap().is_empty());
        }

        async fn the_first_opening_and_the_first_talk_of_the_owner_count(store: Store) {
            let (owner, other) = (fixture::school(&store).await.school, fixture::school(&store).await.school);
            let report = DocumentId(Uuid::from_u128(1));
            let mut tx = store.write().await.unwrap();
            tx.make_owner(owner, "").await.unwrap();
            tx.make_owner(other, "").await.unwrap();
            tx.add_letter(&letter(owner, "a", 1, 1, 10)).await.unwrap();
            assert!(!tx.mark_letter_opened(other, report, 20).await.unwrap() && !tx.mark_letter_talk(other, report, 20).await.unwrap());
            for at_ms in [30, 40] {
                assert!(tx.mark_letter_opened(owner, report, at_ms).await.unwrap() && tx.mark_letter_talk(owner, report, at_ms + 1).await.unwrap());
            }
            let found = tx.letter_receipts(owner, &[1; 32]).await.unwrap();
            assert_eq!((found.len(), found[0].1.received_at_ms, found[0].1.opened_at_ms, found[0].1.talk_at_ms), (1, Some(10), Some(30), Some(31)));
            assert!(tx.letter_receipts(owner, &[2; 32]).await.unwrap().is_empty());
        }

        async fn what_went_past_the_leadership_waits_for_an_owner_with_a_key(store: Store) {
            let (yard, owner) = (fixture::school(&store).await, fixture::school(&store).await.school);
            let document = DocumentId(Uuid::from_u128(5));
            let mut tx = store.write().await.unwrap();
            tx.put_documents(yard.school, &[fixture::document(5, 2)]).await.unwrap();
            tx.send_past_leadership(yard.school, &[document.0]).await.unwrap();
            tx.send_past_leadership(yard.school, &[document.0]).await.unwrap();
            assert_eq!(tx.past_leadership(yard.school, &[document.0, Uuid::from_u128(6)]).await.unwrap(), [document.0]);
            assert!(tx.past_leadership(owner, &[document.0]).await.unwrap().is_empty());
            assert!(tx.untold_past_leadership(10).await.unwrap().is_empty());
            tx.make_owner(owner, "").await.unwrap();
            tx.set_owner(yard.school, owner).await.unwrap();
            tx.add_owner_key(owner, &OwnerKey { id: 1, public: Hex([7; 32]) }, 5).await.unwrap();
            assert_eq!(tx.untold_past_leadership(10).await.unwrap(), [(yard.school, document)]);
            tx.mark_told_past_leadership(yard.school, document, 9).await.unwrap();
            assert!(tx.untold_past_leadership(10).await.unwrap().is_empty());
            assert!(tx.mark_owner_told(yard.school, document, 9).await.unwrap() && !tx.mark_owner_told(yard.school, document, 10).await.unwrap());
            assert_eq!(tx.documents(yard.school, &[document.0]).await.unwrap()[0].owner_told_at_ms, Some(9));
        }
    }
}
