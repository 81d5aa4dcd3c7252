//! The first half of the gate: what can be said of an item without the database. Runs in parallel, before the one writer.

use std::sync::Arc;

use shared::document::DecodedChange;
use shared::sync::gate::{self, Limits, PassedChange, Refusal};
use shared::sync::{DocumentKind, Item, ItemHash};
use uuid::Uuid;

use crate::auth::SignedIn;

/// An item with what the gate says of it.
#[derive(Debug)]
pub struct Prepared {
    /// Names the item in its receipt: of the bytes as they came.
    pub hash: ItemHash,
    /// As it came.
    pub bytes: Vec<u8>,
    /// Out of its envelope.
    item: Vec<u8>,
    pub author: Arc<SignedIn>,
    /// Why it goes to quarantine, else what it is.
    pub checked: Result<Checked, String>,
    /// Why nothing new is taken from its author's device; what is here already keeps its receipt.
    pub bar: Option<String>,
}

/// What passed the first half of the gate.
#[derive(Debug)]
pub struct Checked {
    pub kind: DocumentKind,
    pub document: Uuid,
    pub change: DecodedChange,
}

/// The reason given when a change is signed with somebody else's actor id; Automerge itself cannot tell.
const NOT_YOUR_ACTOR: &str = "not-your-actor";
const NOT_AN_ITEM: &str = "not-an-item";
const NOT_A_DOCUMENT: &str = "not-a-document";

/// Looks at one item; `bytes` as it came, `item` out of its envelope.
pub fn prepare(bytes: &[u8], item: Vec<u8>, author: Arc<SignedIn>) -> Prepared {
    let checked = check(&item, &author);
    Prepared {
        hash: ItemHash::of(bytes),
        bytes: bytes.to_vec(),
        item,
        author,
        checked,
        bar: None,
    }
}

/// The same of a device from which nothing new is taken.
pub fn prepare_barred(
    bytes: &[u8],
    item: Vec<u8>,
    author: Arc<SignedIn>,
    reason: &str,
) -> Prepared {
    let prepared = prepare(bytes, item, author);
    Prepared {
        checked: prepared.checked.map_err(|_| reason.to_owned()),
        bar: Some(reason.to_owned()),
        ..prepared
    }
}

/// An item that goes to quarantine without being looked at.
pub fn put_aside(bytes: &[u8], author: Arc<SignedIn>, reason: &str) -> Prepared {
    Prepared {
        hash: ItemHash::of(bytes),
        bytes: bytes.to_vec(),
        item: Vec::new(),
        author,
        checked: Err(reason.to_owned()),
        bar: None,
    }
}

/// Reads the change of an item that has passed the gate before.
pub fn passed(change: &[u8]) -> Result<PassedChange<'_>, Refusal> {
    gate::decode(change, &Limits::default())
}

impl Prepared {
    /// Whether it belongs to a report.
    pub fn is_report(&self) -> bool {
        let checked = self.checked.as_ref();
        checked.is_ok_and(|checked| checked.kind == DocumentKind::Report)
    }

    /// The raw change chunk in the item.
    pub fn change_bytes(&self) -> &[u8] {
        Item::decode(&self.item).map_or(&[], |item| item.change)
    }
}

fn check(item: &[u8], author: &SignedIn) -> Result<Checked, String> {
    let item = Item::decode(item).map_err(|_| NOT_AN_ITEM.to_owned())?;
    let change = passed(item.change).map_err(|refusal| refusal.code().to_owned())?;
    if change.facts.actor != *author.actor.0.as_bytes() {
        return Err(NOT_YOUR_ACTOR.to_owned());
    }
    let change = DecodedChange::from_passed(&change).map_err(|_| NOT_A_DOCUMENT.to_owned())?;
    Ok(Checked {
        kind: item.kind,
        document: item.document.0,
        change,
    })
}
