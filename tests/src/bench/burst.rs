//! Everything at once: every phone opens a connection and sends its outbox in one request, all in the same moment.

use std::sync::Arc;
use std::time::{Duration, Instant};

use shared::domain::DeviceId;
use shared::sync::answer::{self, Answer};
use shared::sync::frame::{self, Version};
use shared::sync::{Cursor, SyncRequest};
use tokio::sync::Barrier;
use uuid::Uuid;

use super::municipality::Phone;
use crate::server::keys;
use crate::wire;

/// What a burst came to.
#[derive(Debug, Default)]
pub struct Burst {
    pub last_ack: Duration,
    pub median_ack: Duration,
    /// Entries that the server called stored.
    pub stored: u64,
    /// Phones that got no answer, or another than 200.
    pub refused: u64,
    pub bytes_up: u64,
    pub bytes_down: u64,
}

/// Sends every phone's outbox once.
pub async fn send(address: &str, phones: Vec<Phone>) -> Burst {
    let start = Arc::new(Barrier::new(phones.len() + 1));
    let tasks: Vec<_> = phones
        .into_iter()
        .map(|phone| {
            let (start, address) = (start.clone(), address.to_owned());
            tokio::spawn(async move {
                let body = body(&phone.cursors, &phone.items);
                start.wait().await;
                let began = Instant::now();
                let answer = wire::request(
                    &address,
                    "POST",
                    shared::api::path::SYNC,
                    &phone.cookie,
                    &body,
                )
                .await;
                (began.elapsed(), answer)
            })
        })
        .collect();
    start.wait().await;
    let mut burst = Burst::default();
    let mut acks = Vec::new();
    for task in tasks {
        match task.await {
            Ok((took, Ok(answer))) if answer.status == 200 => {
                acks.push(took);
                burst.bytes_up += answer.bytes_up;
                burst.bytes_down += answer.bytes_down;
                count(&answer.body, &mut burst);
            }
            _ => burst.refused += 1,
        }
    }
    acks.sort();
    burst.last_ack = acks.last().copied().unwrap_or_default();
    burst.median_ack = acks.get(acks.len() / 2).copied().unwrap_or_default();
    burst
}

/// A request with these items from a phone that has read so far.
pub fn body(cursors: &[Cursor], items: &[Vec<u8>]) -> Vec<u8> {
    let head = serde_json::to_vec(&SyncRequest {
        cursors: cursors.to_vec(),
        wants_feed: true,
        device: None,
    })
    .expect("a request");
    let parts = std::iter::once(head.as_slice()).chain(items.iter().map(Vec::as_slice));
    frame::write(Version::Two, parts)
}

/// An answer, its receipts verified.
pub fn read(body: &[u8]) -> Answer {
    let key = keys().sealing_keys(DeviceId(Uuid::nil())).verifying;
    answer::read(body, &key, usize::MAX).expect("an answer of the server's")
}

fn count(body: &[u8], burst: &mut Burst) {
    for receipt in read(body).receipts {
        match receipt.outcome {
            shared::sync::Outcome::Stored { .. } => burst.stored += 1,
            other => panic!("not stored: {other:?}"),
        }
    }
}
