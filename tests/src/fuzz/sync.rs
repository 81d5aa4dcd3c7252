//! The sync's own formats: the frame of a request with its head and items, one item, and the answer as a phone verifies it.

use shared::domain::DocumentId;
use shared::sync::frame::{self, Version};
use shared::sync::sealing::Sealed;
use shared::sync::{
    Cursor, DocumentKind, FeedDocument, Item, ItemHash, MAX_ITEMS, Outcome, Receipt, Receipts,
    SyncAnswer, SyncRequest, answer as answers_of,
};
use uuid::Uuid;

use super::change::{entry_changes, report_changes};
use super::{Input, sealed};
use crate::server::keys;

const MAX_PARTS: usize = 1_000;
const ENTRY: DocumentId = DocumentId(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001));
const REPORT: DocumentId = DocumentId(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0002));

/// What was read is written as it came, up to where it was cut off.
pub fn request(bytes: &[u8]) {
    let Ok(parts) = frame::read(bytes, MAX_ITEMS + 1) else {
        return;
    };
    let again = frame::write(parts.version, parts.whole.iter().copied());
    assert!(bytes.starts_with(&again) && (parts.is_truncated || again.len() == bytes.len()));
    let Some((head, items)) = parts.whole.split_first() else {
        return;
    };
    if let Ok(head) = serde_json::from_slice::<SyncRequest>(head) {
        let again = serde_json::to_vec(&head).expect("JSON");
        assert_eq!(
            serde_json::from_slice::<SyncRequest>(&again).ok(),
            Some(head)
        );
    }
    items.iter().for_each(|bytes| item(bytes));
}

/// An item is one of the two kinds, and says the same when it is written again.
pub fn item(bytes: &[u8]) {
    let sealed = Sealed::read(bytes);
    let open = Item::decode(bytes);
    assert!(sealed.is_err() || open.is_err());
    if let Ok(item) = open {
        assert_eq!(item.encode(), bytes);
    }
}

/// Receipts count when the server has signed them and not otherwise.
pub fn answer(bytes: &[u8]) {
    let key = keys().sealing_keys(sealed::DEVICE).verifying;
    if let Ok(read) = answers_of::read(bytes, &key, MAX_PARTS) {
        assert!(read.receipts.is_empty() || read.receipts == receipts().receipts);
    }
    let Ok(mut parts) = frame::read(bytes, MAX_PARTS) else {
        return;
    };
    if parts.whole.len() > 2 {
        let signature = keys().sign_receipts(parts.whole[1]);
        parts.whole[2] = &signature.0;
        let signed = frame::write(Version::Two, parts.whole.iter().copied());
        let _ = answers_of::read(&signed, &key, MAX_PARTS);
    }
}

pub fn requests() -> Vec<Input> {
    let sent = |version, head: &SyncRequest, items: &[Vec<u8>]| {
        let head = serde_json::to_vec(head).expect("JSON");
        frame::write(
            version,
            std::iter::once(head.as_slice()).chain(items.iter().map(Vec::as_slice)),
        )
    };
    let cursors = ["own", "shift/2026-11-23/1"].map(|scope| Cursor {
        scope: scope.into(),
        seq: 17,
        since: Some(3),
    });
    let pull = SyncRequest {
        cursors: cursors.into(),
        wants_feed: true,
        device: Some(sealed::DEVICE),
    };
    let push = SyncRequest::default();
    let open: Vec<Vec<u8>> = items().into_iter().map(|(_, bytes)| bytes).collect();
    vec![
        ("pull", sent(Version::Two, &pull, &[])),
        ("push", sent(Version::Two, &push, &sealed_items())),
        ("old", sent(Version::One, &pull, &open)),
    ]
}

fn sealed_items() -> Vec<Vec<u8>> {
    sealed::items()
        .into_iter()
        .map(|(_, bytes)| bytes)
        .collect()
}

pub fn items() -> Vec<Input> {
    let (entry, report) = (entry_changes(), report_changes());
    vec![
        ("entry", entry_item(&entry[0])),
        ("amended", entry_item(&entry[2])),
        ("report", report_item(&report[0])),
    ]
}

pub fn entry_item(change: &[u8]) -> Vec<u8> {
    let kind = DocumentKind::Entry;
    Item {
        kind,
        document: ENTRY,
        change,
    }
    .encode()
}

pub fn report_item(change: &[u8]) -> Vec<u8> {
    let kind = DocumentKind::Report;
    Item {
        kind,
        document: REPORT,
        change,
    }
    .encode()
}

pub fn answers() -> Vec<Input> {
    let told = FeedDocument {
        document: ENTRY,
        kind: DocumentKind::Entry,
        scope: "own".into(),
        is_gone: false,
        is_erased: false,
        author: Uuid::from_u128(6).into(),
        actors: vec![(super::change::ACTOR, Uuid::from_u128(6).into())],
        locked_at: Some(vec!["ab".repeat(32)]),
        receipts: None,
        changes: entry_changes().len() as u32,
    };
    let head = |documents| SyncAnswer {
        is_signed_in: true,
        key_id: 1,
        epoch: "first".into(),
        receipts: Vec::new(),
        cursors: vec![Cursor {
            scope: "own".into(),
            seq: 9,
            since: None,
        }],
        documents,
        has_more: false,
        school_version: 1,
        server_time_ms: 1_800_000_000_000,
    };
    let nothing = Receipts {
        school: Uuid::from_u128(7).into(),
        receipts: Vec::new(),
    };
    let write = |head: SyncAnswer, receipts: &Receipts, changes: &[Vec<u8>]| {
        let sign = |bytes: &[u8]| keys().sign_receipts(bytes);
        answers_of::write(&head, receipts, changes, sign).expect("JSON")
    };
    vec![
        ("receipts", write(head(Vec::new()), &receipts(), &[])),
        ("feed", write(head(vec![told]), &nothing, &entry_changes())),
    ]
}

fn receipts() -> Receipts {
    let outcomes = [
        Outcome::Stored {
            seq: 9,
            at_ms: 1_800_000_000_000,
        },
        Outcome::MissingDependency,
        Outcome::Quarantined {
            reason: "not-your-actor".into(),
        },
        Outcome::Refused {
            reason: "not-opened".into(),
        },
        Outcome::Erased,
    ];
    let receipt = |(n, outcome)| Receipt {
        item: ItemHash::of(&[n]),
        outcome,
    };
    Receipts {
        school: Uuid::from_u128(7).into(),
        receipts: (0..).zip(outcomes).map(receipt).collect(),
    }
}
