//! Taking in the file into which a phone wrote what it could not send.

use std::collections::BTreeMap;

use shared::audit::AuditEvent;
use shared::domain::{AuditAct, SchoolId};
use shared::sync::frame::{self, FrameError};

use super::commit::commit_group;
use super::letter::keep;
use super::live::Live;
use super::open::{Opened, open};
use super::prepare::Prepared;
use crate::keys::Keys;
use crate::store::{Store, StoreError};

/// Items stored in one transaction.
const AT_ONCE: usize = 200;
/// Most items of a file; a phone's outbox of a year is far below.
const MAX_ITEMS: usize = 100_000;

/// What became of a file's items.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Rescued {
    /// On disk now, or before.
    pub stored: usize,
    /// Kept aside with a reason.
    pub aside: usize,
    /// Not sealed for this server, or broken.
    pub refused: usize,
}

/// Why a file cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum RescueError {
    #[error("this is not a file that a phone wrote: {0}")]
    Unreadable(#[from] FrameError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Tells each school whose items are in the file that it was taken in.
async fn record(store: &Store, items: &[Prepared], now_ms: i64) -> Result<(), StoreError> {
    let mut counts: BTreeMap<SchoolId, usize> = BTreeMap::new();
    for item in items {
        *counts.entry(item.author.school).or_default() += 1;
    }
    let mut tx = store.write().await?;
    for (school, count) in counts {
        let event = AuditEvent::unsigned(AuditAct::TookInFile, now_ms);
        tx.record(school, event.detail(format!("{count} items")));
    }
    tx.commit().await
}

/// Takes in a file, as if its items had come over the network. A second time changes nothing.
pub async fn take_in(
    store: &Store,
    keys: &Keys,
    file: &[u8],
    now_ms: i64,
) -> Result<Rescued, RescueError> {
    let parts = frame::read(file, MAX_ITEMS)?;
    let mut rescued = Rescued::default();
    // The first part is the head of a request, which says nothing here.
    for items in parts.whole.get(1..).unwrap_or_default().chunks(AT_ONCE) {
        let opened = open(store, keys, None, items, items.len(), now_ms).await?;
        let mut known: Vec<Prepared> = Vec::new();
        for opened in opened {
            match opened {
                Opened::Known(prepared) => known.push(*prepared),
                Opened::Refused(..) => rescued.refused += 1,
                Opened::Letter(letter) => {
                    match keep(store, keys, &letter, now_ms).await?.outcome.is_safe() {
                        true => rescued.stored += 1,
                        false => rescued.refused += 1,
                    }
                }
            }
        }
        record(store, &known, now_ms).await?;
        let committed = commit_group(store, &Live::default(), &[&known], now_ms).await?;
        let receipts = committed.receipts.iter().flatten();
        let stored = receipts.filter(|receipt| receipt.outcome.is_safe()).count();
        rescued.stored += stored;
        rescued.aside += known.len() - stored;
    }
    Ok(rescued)
}
