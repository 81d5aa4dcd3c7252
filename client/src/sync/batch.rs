//! Which items go up together: oldest first, at most `MAX_BATCH_BYTES`, and never a later change of a document before an
//! earlier one.

use std::collections::BTreeSet;

use shared::domain::{DeviceId, DocumentId, StaffId};
use shared::sync::frame::{self, MAGIC_BYTES, Version};
use shared::sync::{Cursor, MAX_BATCH_BYTES, MAX_ITEMS, SyncRequest};

use crate::storage::{ItemRow, ItemState};

/// Bytes that the framing adds to each item.
const LENGTH_BYTES: usize = 4;

/// All that can be sent, whoever wrote it. What was written before items were sealed waits for its own person; what is behind a
/// problem waits for its solution.
pub fn waiting(outbox: &[ItemRow], staff: Option<StaffId>) -> impl Iterator<Item = &ItemRow> {
    let problems = outbox
        .iter()
        .filter(|item| item.state == ItemState::Problem);
    let stuck: BTreeSet<DocumentId> = problems.map(|item| item.document).collect();
    outbox.iter().filter(move |item| {
        let may_go = item.is_sealed() || Some(item.staff) == staff;
        may_go && item.state == ItemState::Waiting && !stuck.contains(&item.document)
    })
}

/// The next items to send, as many as fit.
pub fn next(outbox: &[ItemRow], staff: Option<StaffId>, header_bytes: usize) -> Vec<&ItemRow> {
    let mut batch = Vec::new();
    let mut size = MAGIC_BYTES + LENGTH_BYTES + header_bytes;
    for item in waiting(outbox, staff) {
        size += LENGTH_BYTES + item.bytes.len();
        let is_full = size > MAX_BATCH_BYTES || batch.len() == MAX_ITEMS;
        // One item alone goes up whatever its size: the server's limit is above that of any item.
        if is_full && !batch.is_empty() {
            break;
        }
        batch.push(item);
    }
    batch
}

/// The header of a request, in JSON. With no device nothing is to come down.
pub fn header(cursors: Vec<Cursor>, device: Option<DeviceId>) -> Vec<u8> {
    let request = SyncRequest {
        cursors,
        wants_feed: device.is_some(),
        device,
    };
    serde_json::to_vec(&request).unwrap_or_default()
}

/// The body of a request.
pub fn body(header: &[u8], batch: &[&ItemRow]) -> Vec<u8> {
    let items = batch.iter().map(|item| item.bytes.as_slice());
    frame::write(Version::Two, std::iter::once(header).chain(items))
}

#[cfg(test)]
mod tests {
    use shared::sync::sealing::SEALED_VERSION;
    use uuid::Uuid;

    use super::*;

    fn item(number: u32, document: u128, size: usize, state: ItemState) -> ItemRow {
        let id = DocumentId(Uuid::from_u128(document));
        let mut item = ItemRow::new(Uuid::from_u128(1).into(), id, vec![0; size], state);
        item.number = Some(number);
        item
    }

    fn numbers(outbox: &[ItemRow]) -> Vec<u32> {
        next(outbox, Some(Uuid::from_u128(1).into()), 100)
            .iter()
            .filter_map(|item| item.number)
            .collect()
    }

    #[test]
    fn the_oldest_that_fit_go_first() {
        let outbox: Vec<_> = (1..=4)
            .map(|n| item(n, n.into(), 20 * 1024, ItemState::Waiting))
            .collect();
        assert_eq!(numbers(&outbox), [1, 2]);
    }

    #[test]
    fn one_that_is_larger_than_a_batch_goes_alone() {
        let outbox = [
            item(1, 1, MAX_BATCH_BYTES, ItemState::Waiting),
            item(2, 2, 10, ItemState::Waiting),
        ];
        assert_eq!(numbers(&outbox), [1]);
    }

    #[test]
    fn drafts_stay_and_so_does_what_builds_on_a_problem() {
        let outbox = [
            item(1, 1, 10, ItemState::Problem),
            item(2, 1, 10, ItemState::Waiting),
            item(3, 2, 10, ItemState::Held),
            item(4, 3, 10, ItemState::Waiting),
        ];
        assert_eq!(numbers(&outbox), [4]);
    }

    #[test]
    fn what_is_sealed_goes_with_anybody_and_what_is_not_waits_for_its_person() {
        let mut other = item(1, 1, 10, ItemState::Waiting);
        other.staff = Uuid::from_u128(2).into();
        assert_eq!(numbers(std::slice::from_ref(&other)), [0; 0]);
        other.bytes[0] = SEALED_VERSION;
        assert_eq!(numbers(&[other]), [1]);
    }
}
