//! Judging anew what was put aside: after a mended rule, a returned file of secrets, or a look at what a revoked device sent.

use shared::domain::SchoolId;
use shared::sync::item::ITEM_VERSION;
use shared::sync::sealing::Sealed;

use super::commit::commit_group;
use super::live::Live;
use super::prepare::{Prepared, prepare};
use crate::auth::Author;
use crate::keys::Keys;
use crate::store::quarantine::QuarantineRow;
use crate::store::{Store, StoreError};

/// Items judged in one transaction.
const AT_ONCE: i64 = 200;

/// What became of them.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Readmitted {
    pub taken: u64,
    pub left: u64,
}

/// Judges a school's refused items again, under the names of those who wrote them, whatever became of their devices and accounts
/// since; those of one reason, if one is given.
pub async fn readmit(
    store: &Store,
    keys: &Keys,
    school: SchoolId,
    reason: Option<&str>,
    now_ms: i64,
) -> Result<Readmitted, StoreError> {
    let mut taken = 0;
    loop {
        let round = judge_all(store, keys, school, reason, now_ms).await?;
        taken += round.taken;
        // They lie in no order: what builds on another is taken in the round after it.
        if round.taken == 0 || round.left == 0 {
            let left = round.left;
            return Ok(Readmitted { taken, left });
        }
    }
}

async fn judge_all(
    store: &Store,
    keys: &Keys,
    school: SchoolId,
    reason: Option<&str>,
    now_ms: i64,
) -> Result<Readmitted, StoreError> {
    let mut readmitted = Readmitted::default();
    let mut after = String::new();
    loop {
        let mut tx = store.read().await?;
        let rows = tx
            .quarantined_after(school, &after, reason, AT_ONCE)
            .await?;
        let Some(last) = rows.last() else {
            return Ok(readmitted);
        };
        after.clone_from(&last.item_hash);
        let devices: Vec<_> = rows.iter().map(|row| row.device_id.into()).collect();
        let authors: Vec<Author> = tx
            .people_of_devices(&devices)
            .await?
            .into_iter()
            .map(|person| Author::of(person, now_ms))
            .collect();
        drop(tx);
        let items: Vec<Prepared> = rows
            .iter()
            .filter_map(|row| again(keys, &authors, row))
            .collect();
        let committed = commit_group(store, &Live::default(), &[items.as_slice()], now_ms).await?;
        let taken = committed.receipts.iter().flatten();
        let taken = taken.filter(|receipt| receipt.outcome.is_safe()).count();
        readmitted.taken += taken as u64;
        readmitted.left += (rows.len() - taken) as u64;
    }
}

/// The item as if it came now; none when it cannot be opened or nobody has its device.
fn again(keys: &Keys, authors: &[Author], row: &QuarantineRow) -> Option<Prepared> {
    let author = authors
        .iter()
        .find(|author| author.who.device.0 == row.device_id)?;
    Some(prepare(&row.bytes, item_of(keys, row)?, author.who.clone()))
}

/// The item out of its envelope; none when it cannot be opened.
pub(super) fn item_of(keys: &Keys, row: &QuarantineRow) -> Option<Vec<u8>> {
    if row.bytes.first() == Some(&ITEM_VERSION) {
        return Some(row.bytes.clone());
    }
    let sealed = Sealed::read(&row.bytes).ok()?;
    // What came with somebody else's session was kept under that person's name, for want of the writer's.
    if sealed.device.0 != row.device_id {
        return None;
    }
    keys.open_item(&sealed).ok()
}
