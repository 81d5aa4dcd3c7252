//! One group in one transaction: each school's head is held, its documents are read in one go, every item is accepted or not,
//! and changes, projections and feed are written together.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use shared::audit::{AuditEvent, ChangeBy, join_changes};
use shared::domain::{AuditAct, SchoolId, StaffId};
use shared::sync::{DocumentKind, Hex, Outcome, Receipt};
use uuid::Uuid;

use super::accept::{Open, Standing};
use super::live::Live;
use super::prepare::{Checked, Prepared};
use super::scope::{Plan, own, shift};
use crate::auth::SignedIn;
use crate::notice;
use crate::projection::{Lane, Projected, project_entry, project_report};
use crate::store::change::{ChangeRow, split_heads};
use crate::store::content_key::OfSchool;
use crate::store::feed::FeedRow;
use crate::store::quarantine::QuarantineRow;
use crate::store::{Store, StoreError, Tx};

/// What a group came to.
pub(super) struct Committed {
    /// In the order of the batches.
    pub receipts: Vec<Vec<Receipt>>,
}

/// Stores a group. When this returns, what the receipts call stored is on disk.
pub(super) async fn commit_group(
    store: &Store,
    live: &Live,
    group: &[&[Prepared]],
    now_ms: i64,
) -> Result<Committed, StoreError> {
    // A request may carry items of several people, even of several schools.
    let mut by_school: BTreeMap<SchoolId, Vec<(usize, usize)>> = BTreeMap::new();
    for (at, batch) in group.iter().enumerate() {
        for (place, item) in batch.iter().enumerate() {
            let of_school = by_school.entry(item.author.school).or_default();
            of_school.push((at, place));
        }
    }
    let mut receipts: Vec<Vec<(usize, Receipt)>> = group.iter().map(|_| Vec::new()).collect();
    let mut tx = store.write().await?;
    let mut begun = Vec::with_capacity(by_school.len());
    // In sorted order, so that two server processes never wait for each other.
    for (school, places) in &by_school {
        let items = places.iter().map(|(at, place)| &group[*at][*place]);
        let head = tx.lock_head(*school).await?;
        begun.push((*school, head, named_documents(items)));
    }
    // The keys of all schools in one go: their database is another one, with transactions and syncs of its own.
    tx.meet_keys(of_schools(
        begun
            .iter()
            .map(|(school, _, ids)| (*school, ids.iter().copied())),
    ))
    .await?;
    let mut desks = Vec::with_capacity(begun.len());
    for ((school, head, ids), places) in begun.into_iter().zip(by_school.values()) {
        let mut desk = Desk::open(&mut tx, school, head, &ids, now_ms).await?;
        for (at, place) in places {
            receipts[*at].push((*place, desk.take(&group[*at][*place])));
        }
        desks.push(desk);
    }
    tx.provide_keys(of_schools(
        desks.iter().map(|desk| (desk.school, desk.moved())),
    ))
    .await?;
    let mut heads = Vec::new();
    for desk in desks {
        let school = desk.school;
        if let Some(head) = desk.close(&mut tx).await? {
            heads.push((school, head));
        }
    }
    if !heads.is_empty() {
        tx.announce(&live.announcement(&heads)).await?;
    }
    tx.commit().await?;
    for (school, head) in heads {
        live.tell(school, head);
    }
    let in_order = |mut placed: Vec<(usize, Receipt)>| {
        placed.sort_by_key(|(place, _)| *place);
        placed.into_iter().map(|(_, receipt)| receipt).collect()
    };
    Ok(Committed {
        receipts: receipts.into_iter().map(in_order).collect(),
    })
}

/// One school's part of a group.
struct Desk {
    school: SchoolId,
    now_ms: i64,
    head: i64,
    plan: Plan,
    open: HashMap<Uuid, Open>,
    /// Documents that were erased: nothing is stored in them any more.
    erased: HashSet<Uuid>,
    quarantined: Vec<QuarantineRow>,
    /// Hashes of items that were taken in, as they came: they may have been refused before.
    taken: Vec<String>,
    /// Entries that a report builds on, with the versions it names: locked as soon as these are here.
    awaited: HashMap<Uuid, Vec<(StaffId, Vec<String>)>>,
}

impl Desk {
    async fn open(
        tx: &mut Tx,
        school: SchoolId,
        head: i64,
        ids: &[Uuid],
        now_ms: i64,
    ) -> Result<Self, StoreError> {
        let plan = Plan {
            recesses: tx.recesses(school).await?,
            duties: tx.duties(school).await?,
        };
        let mut rows: HashMap<Uuid, Vec<ChangeRow>> = HashMap::new();
        let mut documents = tx.documents(school, ids).await?;
        let mut erased: HashSet<Uuid> = tx.erased_among(school, ids).await?.into_iter().collect();
        erased.extend(
            documents
                .iter()
                .filter(|row| row.erased_at_ms.is_some())
                .map(|row| row.id),
        );
        documents.retain(|row| !erased.contains(&row.id));
        let known: Vec<Uuid> = documents.iter().map(|row| row.id).collect();
        for row in tx.changes(school, &known).await? {
            rows.entry(row.document_id).or_default().push(row);
        }
        let mut open = HashMap::with_capacity(ids.len());
        for row in documents {
            let id = row.id;
            // No document is without a change: its key is not where it should be.
            let changes = rows.remove(&id).ok_or(StoreError::NoContentKeys)?;
            open.insert(
                id,
                Open::load(row, changes).map_err(|_| StoreError::Unreadable("change"))?,
            );
        }
        let awaited = awaited(tx, school, ids).await?;
        Ok(Desk {
            school,
            now_ms,
            head,
            plan,
            open,
            erased,
            quarantined: Vec::new(),
            taken: Vec::new(),
            awaited,
        })
    }

    fn take(&mut self, item: &Prepared) -> Receipt {
        let sender = &item.author;
        let outcome = match &item.checked {
            Ok(checked) if self.erased.contains(&checked.document) => Outcome::Erased,
            Ok(checked) => self.accept(item, checked, sender),
            Err(reason) => Outcome::Quarantined {
                reason: reason.clone(),
            },
        };
        match &outcome {
            Outcome::Stored { seq, .. } => {
                self.head = self.head.max(*seq);
                self.taken.push(item.hash.0.clone());
            }
            Outcome::Quarantined { reason } => self.quarantined.push(QuarantineRow {
                item_hash: item.hash.0.clone(),
                staff_id: sender.staff.0,
                device_id: sender.device.0,
                reason: reason.clone(),
                received_at_ms: self.now_ms,
                bytes: item.bytes.clone(),
            }),
            _ => {}
        }
        Receipt {
            item: item.hash.clone(),
            outcome,
        }
    }

    fn accept(&mut self, item: &Prepared, checked: &Checked, sender: &SignedIn) -> Outcome {
        let seq = self.head + 1;
        let Some(open) = self.open.get_mut(&checked.document) else {
            let mut open = Open::new(checked, sender, self.now_ms);
            let outcome = open.accept(
                item,
                checked,
                sender,
                &Standing {
                    was_on_shift: false,
                },
                seq,
                self.now_ms,
            );
            if is_news(&outcome, seq) {
                self.open.insert(checked.document, open);
                self.lock_for_report(checked.document);
            }
            return outcome;
        };
        let happened = open.happened_at_ms();
        let was_on_shift = open.row.author_id != sender.staff.0
            && happened.is_some_and(|at_ms| self.plan.was_on_shift(sender.staff, at_ms));
        let outcome = open.accept(
            item,
            checked,
            sender,
            &Standing { was_on_shift },
            seq,
            self.now_ms,
        );
        if is_news(&outcome, seq) {
            self.lock_for_report(checked.document);
        }
        outcome
    }

    /// A sent report locks the entries it builds on; one that comes after its report, or in parts, when it is here as far as
    /// the report had it.
    fn lock_for_report(&mut self, document: Uuid) {
        let Some(open) = self.open.get(&document) else {
            return;
        };
        match open.kind() {
            Some(DocumentKind::Report) => {
                for (entry, heads) in open.reported_entries() {
                    let reporter = open_author(&self.open, document);
                    self.lock(entry, &heads, reporter);
                    let awaited = self.awaited.entry(entry).or_default();
                    awaited.push((reporter, heads));
                }
            }
            Some(DocumentKind::Entry) => {
                for (reporter, heads) in self.awaited.get(&document).cloned().unwrap_or_default() {
                    self.lock(document, &heads, reporter);
                }
            }
            None => {}
        }
    }

    /// Locks an entry in the version that the report names, once it is here; as it stands when the report names none. A reporter
    /// locks only what the reporter had a part in.
    fn lock(&mut self, entry: Uuid, heads: &[String], reporter: StaffId) {
        let Some(open) = self.open.get_mut(&entry) else {
            return;
        };
        let happened = open.happened_at_ms();
        let has_part = open.row.author_id == reporter.0
            || happened.is_some_and(|at_ms| self.plan.was_on_shift(reporter, at_ms));
        if open.kind() != Some(DocumentKind::Entry) || open.row.locked_at.is_some() || !has_part {
            return;
        }
        let at = match heads {
            [] => open.heads(),
            known if open.has_all(known) => known.to_vec(),
            _ => return,
        };
        open.row.locked_at = Some(at.join(","));
        open.is_touched = true;
    }

    /// The documents that will be written.
    fn moved(&self) -> impl Iterator<Item = Uuid> {
        let moved = self.open.values().filter(|open| has_moved(open));
        moved.map(|open| open.row.id)
    }

    /// Writes everything; the new head, if there is one.
    async fn close(mut self, tx: &mut Tx) -> Result<Option<i64>, StoreError> {
        tx.add_quarantined(self.school, &self.quarantined).await?;
        let taken: Vec<&str> = self.taken.iter().map(String::as_str).collect();
        tx.end_quarantine(self.school, &taken).await?;
        let mut touched: Vec<Open> = self
            .open
            .drain()
            .map(|(_, open)| open)
            .filter(has_moved)
            .collect();
        if touched.is_empty() {
            return Ok(None);
        }
        touched.sort_by_key(|open| open.row.id);
        // A document that was only locked moves on in the feed as well.
        for open in &mut touched {
            open.feed_seq = match open.rows.last() {
                Some(row) if open.has_news() => row.seq,
                _ => {
                    self.head += 1;
                    self.head
                }
            };
        }
        let existing: Vec<Uuid> = touched
            .iter()
            .filter(|open| !open.is_new())
            .map(|open| open.row.id)
            .collect();
        let (projected, feed) = self.read(tx, &touched, &existing).await?;
        let documents: Vec<_> = touched.iter().map(|open| open.row.clone()).collect();
        tx.put_documents(self.school, &documents).await?;
        let changes: Vec<_> = touched
            .iter()
            .flat_map(|open| &open.rows[open.stored..])
            .cloned()
            .collect();
        tx.add_changes(self.school, &changes).await?;
        if let Some(event) = stored_changes(&changes, self.now_ms) {
            tx.record(self.school, event);
        }
        notice::arrived(tx, self.school, &projected.reports, self.now_ms).await?;
        projected.store(tx, self.school, &existing).await?;
        tx.put_feed(self.school, &feed).await?;
        tx.set_head(self.school, self.head).await?;
        Ok(Some(self.head))
    }

    /// What the documents read as now, and where they stand in the feed.
    async fn read(
        &self,
        tx: &mut Tx,
        touched: &[Open],
        existing: &[Uuid],
    ) -> Result<(Projected, Vec<FeedRow>), StoreError> {
        let mut projected = Projected::default();
        let mut feed = Vec::new();
        let before = tx.feed_of_documents(self.school, existing).await?;
        let is_report = |open: &&Open| open.kind() == Some(DocumentKind::Report);
        let reports: Vec<Uuid> = touched
            .iter()
            .filter(is_report)
            .map(|open| open.row.id)
            .collect();
        let lane = Lane::now(tx, self.school, &reports).await?;
        for open in touched {
            let mut scopes = vec![own(StaffId(open.row.author_id))];
            let mut happened_at_ms = None;
            let unreadable = |_| StoreError::Unreadable("document");
            match open.kind() {
                Some(DocumentKind::Entry) => {
                    let happened = project_entry(
                        &open.row,
                        &open.changes,
                        open.locked_at().as_deref(),
                        &mut projected,
                    )
                    .map_err(unreadable)?;
                    happened_at_ms = Some(happened);
                    scopes.extend(self.plan.shift_of(happened).as_ref().map(shift));
                }
                Some(DocumentKind::Report) => {
                    project_report(&open.row, &open.changes, &lane, &mut projected)
                        .map_err(unreadable)?
                }
                None => return Err(StoreError::Unreadable("document")),
            }
            feed.extend(feed_rows(open, &scopes, happened_at_ms, &before));
        }
        Ok((projected, feed))
    }
}

/// One row for all that a group stores of a school: which changes, and of each its writer. Nothing when a document was only locked.
fn stored_changes(changes: &[ChangeRow], now_ms: i64) -> Option<AuditEvent> {
    let by = |row: &ChangeRow| {
        Some(ChangeBy {
            staff: row.staff_id.into(),
            device: row.device_id.into(),
            hash: Hex(row.hash.as_slice().try_into().ok()?),
        })
    };
    let mut in_order: Vec<&ChangeRow> = changes.iter().collect();
    in_order.sort_by_key(|row| row.seq);
    let changes: Vec<ChangeBy> = in_order.into_iter().filter_map(by).collect();
    let event = AuditEvent::unsigned(AuditAct::StoredChanges, now_ms);
    (!changes.is_empty()).then(|| event.detail(join_changes(&changes)))
}

fn has_moved(open: &Open) -> bool {
    open.is_touched || open.has_news()
}

fn of_schools(
    schools: impl Iterator<Item = (SchoolId, impl Iterator<Item = Uuid>)>,
) -> BTreeSet<OfSchool> {
    schools
        .flat_map(|(school, ids)| ids.map(move |id| (school, id)))
        .collect()
}

/// Stored now, not answered as it was before.
fn is_news(outcome: &Outcome, next: i64) -> bool {
    matches!(outcome, Outcome::Stored { seq, .. } if *seq == next)
}

/// For each of these entries the reports of earlier groups that build on it: by whom, on which version.
async fn awaited(
    tx: &mut Tx,
    school: SchoolId,
    entries: &[Uuid],
) -> Result<HashMap<Uuid, Vec<(StaffId, Vec<String>)>>, StoreError> {
    let rows = tx.reports_that_lock(school, entries).await?;
    let reports: Vec<Uuid> = rows.iter().map(|row| row.report_id).collect();
    let reporters: HashMap<Uuid, Uuid> = tx
        .documents(school, &reports)
        .await?
        .into_iter()
        .map(|row| (row.id, row.author_id))
        .collect();
    let mut awaited: HashMap<Uuid, Vec<(StaffId, Vec<String>)>> = HashMap::new();
    for row in rows {
        if let Some(reporter) = reporters.get(&row.report_id) {
            let waiting = awaited.entry(row.entry_id).or_default();
            waiting.push((StaffId(*reporter), split_heads(&row.heads)));
        }
    }
    Ok(awaited)
}

fn open_author(open: &HashMap<Uuid, Open>, document: Uuid) -> StaffId {
    StaffId(
        open.get(&document)
            .map(|open| open.row.author_id)
            .unwrap_or_default(),
    )
}

/// The document in each of its scopes, and gone from those it was in before.
fn feed_rows(
    open: &Open,
    scopes: &[String],
    happened_at_ms: Option<i64>,
    before: &[FeedRow],
) -> Vec<FeedRow> {
    let was = |scope: &str| {
        before
            .iter()
            .find(|row| row.document_id == open.row.id && row.scope == scope && !row.is_gone)
    };
    let row = |scope: &str, entered_seq, is_gone| FeedRow {
        scope: scope.to_owned(),
        document_id: open.row.id,
        seq: open.feed_seq,
        entered_seq,
        is_gone,
        happened_at_ms,
    };
    let here = scopes.iter().map(|scope| {
        row(
            scope,
            was(scope).map_or(open.feed_seq, |row| row.entered_seq),
            false,
        )
    });
    let left = before.iter().filter(|row| {
        row.document_id == open.row.id && !row.is_gone && !scopes.contains(&row.scope)
    });
    // With the time it had there: an entry moved to long ago must still be heard of as gone.
    let gone = |old: &FeedRow| FeedRow {
        happened_at_ms: old.happened_at_ms,
        ..row(&old.scope, old.entered_seq, true)
    };
    here.chain(left.map(gone)).collect()
}

/// Every document that the group's items belong to, or that a report among them builds on; each once.
fn named_documents<'a>(items: impl Iterator<Item = &'a Prepared>) -> Vec<Uuid> {
    let mut seen = HashSet::new();
    let mut ids = Vec::new();
    for checked in items.filter_map(|item| item.checked.as_ref().ok()) {
        let reported = checked
            .change
            .writes
            .iter()
            .filter_map(|write| shared::document::reported_entry(&write.key));
        for id in std::iter::once(checked.document).chain(reported.map(|entry| entry.0)) {
            if seen.insert(id) {
                ids.push(id);
            }
        }
    }
    ids
}
