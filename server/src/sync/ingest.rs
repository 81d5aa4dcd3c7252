//! Group commit: one writer takes what has arrived, stores all of it in one transaction, and only then answers. A disk does a
//! few hundred syncs a second, so a bell's thousand phones share a few dozen.

use shared::sync::Receipt;
use tokio::sync::{mpsc, oneshot};

use super::commit::commit_group;
use super::live::Live;
use super::prepare::Prepared;
use crate::store::{Store, StoreError};

/// Requests that wait for the writer; beyond it senders wait in turn.
const MAX_WAITING: usize = 4_096;
/// Items that one transaction takes at most: a group asks some twenty statements for each of its schools, so when a whole city
/// comes back at once few large groups are done sooner than many small ones.
const MAX_GROUP_ITEMS: usize = 4_000;
/// Their bytes: no group takes much of the memory.
const MAX_GROUP_BYTES: usize = 16 * 1024 * 1024;

/// The way in: hand over a request's items, get their receipts after the commit.
#[derive(Debug, Clone)]
pub struct Ingest(mpsc::Sender<Batch>);

/// One request's items.
struct Batch {
    items: Vec<Prepared>,
    answer: oneshot::Sender<Result<Vec<Receipt>, IngestError>>,
}

/// Why nothing of a request was stored; the phone keeps everything.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    #[error("the writer has stopped")]
    Stopped,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Ingest {
    /// Starts the writer; it ends when every handle is gone and all that waited is answered.
    pub fn start(store: Store, live: Live, clock: fn() -> i64) -> Self {
        let (sender, mut waiting) = mpsc::channel(MAX_WAITING);
        tokio::spawn(async move {
            while let Some(first) = waiting.recv().await {
                let group = gather(first, &mut waiting);
                write(&store, &live, group, clock()).await;
            }
        });
        Ingest(sender)
    }

    /// Stores a request's items; the receipts are in the order of the items.
    pub async fn store(&self, items: Vec<Prepared>) -> Result<Vec<Receipt>, IngestError> {
        let (answer, receipts) = oneshot::channel();
        self.0
            .send(Batch { items, answer })
            .await
            .map_err(|_| IngestError::Stopped)?;
        receipts.await.map_err(|_| IngestError::Stopped)?
    }
}

fn gather(first: Batch, waiting: &mut mpsc::Receiver<Batch>) -> Vec<Batch> {
    let (mut items, mut bytes) = (first.items.len(), first.bytes());
    let mut group = vec![first];
    while items < MAX_GROUP_ITEMS
        && bytes < MAX_GROUP_BYTES
        && let Ok(next) = waiting.try_recv()
    {
        items += next.items.len();
        bytes += next.bytes();
        group.push(next);
    }
    group
}

impl Batch {
    fn bytes(&self) -> usize {
        self.items.iter().map(|item| item.bytes.len()).sum()
    }
}

/// Commits the group; when that fails, each half of it, so that one request cannot take the others with it and few are tried again.
async fn write(store: &Store, live: &Live, group: Vec<Batch>, now_ms: i64) {
    let items: Vec<&[Prepared]> = group.iter().map(|batch| batch.items.as_slice()).collect();
    let committed = commit_group(store, live, &items, now_ms).await;
    match committed {
        Ok(committed) => {
            for (batch, receipts) in group.into_iter().zip(committed.receipts) {
                // An error means that the phone has gone; it asks again and gets the same answer.
                let _ = batch.answer.send(Ok(receipts));
            }
        }
        Err(error) => match <[Batch; 1]>::try_from(group) {
            // Logged by the request that asked for it.
            Ok([batch]) => drop(batch.answer.send(Err(error.into()))),
            Err(mut group) => {
                tracing::warn!(%error, requests = group.len(), "a group could not be stored; storing its halves");
                let rest = group.split_off(group.len() / 2);
                for half in [group, rest] {
                    Box::pin(write(store, live, half, now_ms)).await;
                }
            }
        },
    }
}
