//! What comes down: for each of a person's scopes the documents that are new, changed or gone since its cursor, in one reading
//! of the database as of one moment. A scope the client does not name begins at 0; one that is not the person's is not answered.

use std::collections::{BTreeSet, HashMap, HashSet};

use shared::api::ReportReceipts;
use shared::domain::{ActorId, DocumentId, Duty, SchoolId, StaffId};
use shared::sync::{Cursor, DocumentKind, FeedDocument, PAGE_DOCUMENTS, PHONE_KEEPS_MS};
use uuid::Uuid;

use super::scope::{OWN, own, shift, shifts_on_day};
use crate::access::{Resource, Verb, may};
use crate::auth::SignedIn;
use crate::store::change::{ChangeHead, ChangeRow, DocumentRow};
use crate::store::feed::FeedRow;
use crate::store::{StoreError, Tx};

/// What a colleague wrote on a shift of one's own.
const OF_A_SHIFT: Resource<'static> = Resource::Entry {
    author: None,
    is_on_its_shift: true,
    classes: &[],
};

/// A page of the feed.
#[derive(Debug, Default)]
pub struct Page {
    pub cursors: Vec<Cursor>,
    pub documents: Vec<FeedDocument>,
    /// In the order of `documents`, `changes` of each.
    pub changes: Vec<Vec<u8>>,
    pub has_more: bool,
}

/// One scope as its owner reads it.
struct Scope {
    /// As the client knows it.
    name: String,
    /// As it is stored.
    stored: String,
    after_seq: i64,
    since: Since,
}

/// A document that moved on in a scope.
struct Moved<'a> {
    scope: String,
    row: FeedRow,
    document: &'a DocumentRow,
    all: &'a [ChangeHead],
    /// Commit numbers of the changes that the phone lacks.
    news: HashSet<i64>,
}

/// Up to where the client has everything: less than the cursor's number between two pages, none when it begins.
type Since = Option<i64>;

/// Reads the next page of all scopes that are the person's now, up to the school's head in the same reading.
pub async fn pull(
    tx: &mut Tx,
    who: &SignedIn,
    head: i64,
    cursors: &[Cursor],
    now_ms: i64,
) -> Result<Page, StoreError> {
    let duties = tx.duties_of(who.school, who.staff).await?;
    let mut page = Page::default();
    let mut found: Vec<(String, Since, FeedRow)> = Vec::new();
    for scope in scopes(&duties, who, cursors, now_ms) {
        let room = PAGE_DOCUMENTS - found.len();
        let floor_ms = now_ms - PHONE_KEEPS_MS;
        // One more than there is room for tells whether the scope goes on.
        let mut rows = match room {
            0 => Vec::new(),
            _ => {
                tx.feed_page(
                    who.school,
                    &scope.stored,
                    scope.after_seq,
                    floor_ms,
                    room as i64 + 1,
                )
                .await?
            }
        };
        let goes_on = room == 0 || rows.len() > room;
        rows.truncate(room);
        let seq = match rows.last() {
            Some(last) if goes_on => last.seq,
            None if goes_on => scope.after_seq,
            _ => head,
        };
        page.has_more |= goes_on;
        found.extend(
            rows.into_iter()
                .map(|row| (scope.name.clone(), scope.since, row)),
        );
        page.cursors.push(Cursor {
            scope: scope.name,
            seq,
            since: goes_on.then_some(scope.since.unwrap_or_default()),
        });
    }
    fill(tx, who, found, &mut page).await?;
    Ok(page)
}

fn scopes(duties: &[Duty], who: &SignedIn, cursors: &[Cursor], now_ms: i64) -> Vec<Scope> {
    let read = |name: &str| {
        let cursor = cursors.iter().find(|cursor| cursor.scope == name);
        let after_seq = cursor.map_or(0, |cursor| cursor.seq.max(0));
        let since = cursor.and_then(|cursor| match cursor.since {
            // Between two pages of a beginning.
            Some(..=0) => None,
            Some(since) => Some(since.min(after_seq)),
            None => Some(after_seq),
        });
        (after_seq, since)
    };
    let shifts = match may(who, Verb::Read, OF_A_SHIFT) {
        true => shifts_on_day(duties, who.staff, now_ms),
        false => Vec::new(),
    };
    let shifts = shifts.iter().map(|it| (shift(it), shift(it)));
    let all = std::iter::once((OWN.to_owned(), own(who.staff))).chain(shifts);
    all.map(|(name, stored)| {
        let (after_seq, since) = read(&name);
        Scope {
            name,
            stored,
            after_seq,
            since,
        }
    })
    .collect()
}

async fn fill(
    tx: &mut Tx,
    who: &SignedIn,
    found: Vec<(String, Since, FeedRow)>,
    page: &mut Page,
) -> Result<(), StoreError> {
    let ids: Vec<Uuid> = found
        .iter()
        .map(|(_, _, row)| row.document_id)
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    let documents: HashMap<Uuid, DocumentRow> = tx
        .documents(who.school, &ids)
        .await?
        .into_iter()
        .map(|row| (row.id, row))
        .collect();
    let mut heads: HashMap<Uuid, Vec<ChangeHead>> = HashMap::new();
    for head in tx.change_heads(who.school, &ids).await? {
        heads.entry(head.document_id).or_default().push(head);
    }
    let mut moved = Vec::new();
    for (scope, since, row) in found {
        let Some(document) = documents.get(&row.document_id) else {
            continue;
        };
        let is_mine = document.author_id == who.staff.0;
        // What one wrote comes down as `own`, not once more with the shift.
        if is_mine && scope != OWN {
            continue;
        }
        let all = heads.get(&row.document_id).map_or(&[][..], Vec::as_slice);
        let is_news = |head: &&ChangeHead| is_news(head, &row, since, who, is_mine);
        let news = match row.is_gone {
            true => HashSet::new(),
            false => all.iter().filter(is_news).map(|head| head.seq).collect(),
        };
        moved.push(Moved {
            scope,
            row,
            document,
            all,
            news,
        });
    }
    // Most of what a phone hears of is its own: only of what it lacks is the content read and decrypted.
    let (lacking, known): (Vec<&Moved>, Vec<&Moved>) =
        moved.iter().partition(|it| !it.news.is_empty());
    let ids = |all: Vec<&Moved>| -> Vec<Uuid> {
        let ids: BTreeSet<Uuid> = all.iter().map(|it| it.row.document_id).collect();
        ids.into_iter().collect()
    };
    let lacking = ids(lacking);
    // A document whose key was destroyed may still stand here after a backup was brought back.
    let told_again = known.into_iter().filter(|it| it.is_told_without_news());
    let told_again = ids(told_again.collect());
    let erased = tx.erased_among(who.school, &told_again).await?;
    let mut contents: HashMap<Uuid, Vec<ChangeRow>> = HashMap::new();
    for change in tx.changes(who.school, &lacking).await? {
        contents.entry(change.document_id).or_default().push(change);
    }
    for it in moved {
        let changes = contents.get(&it.row.document_id).into_iter().flatten();
        let bytes: Vec<Vec<u8>> = changes
            .filter(|change| it.news.contains(&change.seq))
            .map(|change| change.bytes.clone())
            .collect();
        // What was erased has no content any more: that it is gone is told, and nothing else.
        let is_whole = bytes.len() == it.news.len() && !it.all.is_empty();
        if !it.row.is_gone && (!is_whole || erased.contains(&it.row.document_id)) {
            continue;
        }
        if let Some(told) = it.tell(bytes.len()) {
            page.documents.push(told);
            page.changes.extend(bytes);
        }
    }
    Ok(())
}

/// Whether the phone lacks the change. It has what it wrote itself, unless it begins anew or the document came to it anew.
fn is_news(
    change: &ChangeHead,
    row: &FeedRow,
    since: Since,
    who: &SignedIn,
    is_mine: bool,
) -> bool {
    let Some(since) = since else {
        return true;
    };
    let begins = !is_mine && row.entered_seq > since;
    begins || (change.device_id != who.device.0 && (change.seq > since || row.entered_seq > since))
}

/// Moves the report on in its reporter's feed, so that the receipt comes down.
pub async fn tell_reporter(
    tx: &mut Tx,
    school: SchoolId,
    head: i64,
    reporter: StaffId,
    id: DocumentId,
) -> Result<i64, StoreError> {
    let seq = head + 1;
    let scope = own(reporter);
    let mut rows = tx.feed_of_documents(school, &[id.0]).await?;
    rows.retain(|row| row.scope == scope);
    rows.iter_mut().for_each(|row| row.seq = seq);
    tx.put_feed(school, &rows).await?;
    tx.set_head(school, seq).await?;
    Ok(seq)
}

impl Moved<'_> {
    /// Whether there is something to tell though no change is: its lock, or a report's receipts.
    fn is_told_without_news(&self) -> bool {
        let is_report = self.kind() == Some(DocumentKind::Report);
        !self.row.is_gone && (is_report || self.document.locked_at.is_some())
    }

    fn kind(&self) -> Option<DocumentKind> {
        let kind = u8::try_from(self.document.kind).ok()?;
        DocumentKind::from_byte(kind)
    }

    /// With so many changes; none when there is nothing to tell: the phone's own entry has come back to it.
    fn tell(self, changes: usize) -> Option<FeedDocument> {
        let kind = self.kind()?;
        let Moved { row, document, .. } = self;
        let locked_at = document.locked_heads();
        let receipts = (kind == DocumentKind::Report).then_some(ReportReceipts {
            received_at_ms: Some(document.received_at_ms),
            opened_at_ms: document.opened_at_ms,
            talk_at_ms: document.talk_at_ms,
            owner_told_at_ms: document.owner_told_at_ms,
            escalated_at_ms: document.escalated_at_ms,
        });
        if changes == 0 && !row.is_gone && locked_at.is_none() && receipts.is_none() {
            return None;
        }
        let actors: BTreeSet<_> = self
            .all
            .iter()
            .map(|change| (ActorId(change.actor_id), StaffId(change.staff_id)))
            .collect();
        Some(FeedDocument {
            document: DocumentId(document.id),
            kind,
            scope: self.scope,
            is_gone: row.is_gone,
            is_erased: document.erased_at_ms.is_some(),
            author: StaffId(document.author_id),
            actors: actors.into_iter().collect(),
            locked_at,
            receipts,
            changes: changes as u32,
        })
    }
}
