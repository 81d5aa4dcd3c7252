//! Which sessions were seen lately. Written once in a while for all of them together: a write for each request would make a
//! thousand phones at the bell a thousand commits. What a crash loses is at most one round of marks.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::clock;
use crate::store::{Store, StoreError};

use super::session::idle_since_ms;

/// A session that was marked within this time is not marked again.
const MARK_EVERY_MS: i64 = 60 * 60 * 1000;
const WRITE_EVERY: Duration = Duration::from_secs(30);
const MAX_WAITING: usize = 50_000;

#[derive(Debug, Default)]
pub struct LastSeen {
    waiting: Mutex<HashSet<[u8; 32]>>,
}

impl LastSeen {
    /// Notes that a session was used.
    pub fn saw(&self, token_hash: [u8; 32], last_seen_at_ms: i64, now_ms: i64) {
        if now_ms - last_seen_at_ms < MARK_EVERY_MS {
            return;
        }
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() < MAX_WAITING {
            waiting.insert(token_hash);
        }
    }

    /// Writes the marks and clears away sessions that have run out; what could not be written waits for the next round.
    pub async fn write(&self, store: &Store, now_ms: i64) -> Result<(), StoreError> {
        let seen = self
            .waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        if seen.is_empty() {
            return Ok(());
        }
        let mut tx = store.write().await?;
        tx.touch_sessions(&seen.iter().copied().collect::<Vec<_>>(), now_ms)
            .await?;
        tx.end_expired_sessions(now_ms, idle_since_ms(now_ms))
            .await?;
        tx.commit().await?;
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.retain(|hash| !seen.contains(hash));
        Ok(())
    }

    /// Writes every now and then, for as long as the server runs.
    pub async fn keep_writing(&self, store: &Store) {
        loop {
            tokio::time::sleep(WRITE_EVERY).await;
            if let Err(error) = self.write(store, clock::now_ms()).await {
                tracing::warn!(%error, "sessions could not be marked as seen");
            }
        }
    }
}
