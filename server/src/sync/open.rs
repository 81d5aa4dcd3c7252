//! Opening what phones sealed, and finding out who sealed it. An item shows by itself which device it comes from, so anybody's
//! session carries it up, and so does none.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use shared::domain::DeviceId;
use shared::sync::item::ITEM_VERSION;
use shared::sync::owner::{OWNER_ITEM_VERSION, OwnerItem};
use shared::sync::sealing::Sealed;
use shared::sync::{ItemHash, Outcome};

use super::letter::Letter;
use super::prepare::{Prepared, prepare, prepare_barred, put_aside};
use crate::auth::{Author, SignedIn};
use crate::keys::Keys;
use crate::store::{Store, StoreError};

/// So many items of a request without a session are tried that do not open; then the rest is refused untried.
pub const MAX_UNOPENED: usize = 8;

/// Not sealed by the device it names to this server, or changed on its way.
const NOT_OPENED: &str = "not-opened";
/// From before items were sealed: only a session says whose it is.
const NO_SESSION: &str = "no-session";
const UNKNOWN_DEVICE: &str = "unknown-device";
const NOT_A_REPORT: &str = "not-an-item";

/// What is to be done with one item.
pub enum Opened {
    /// To be stored, or put aside under its author's name.
    Known(Box<Prepared>),
    /// A report past the leadership: none of the school's.
    Letter(Box<Letter>),
    /// Nobody knows whose it is.
    Refused(ItemHash, Outcome),
}

/// An item out of its envelope.
enum Content<'a> {
    Sealed(DeviceId, Vec<u8>),
    Open(&'a [u8]),
    Unreadable,
}

/// Opens a request's items, each by itself, and looks up their authors; after `max_unopened` that do not open the rest is not tried.
pub async fn open(
    store: &Store,
    keys: &Keys,
    who: Option<&Arc<SignedIn>>,
    items: &[&[u8]],
    max_unopened: usize,
    now_ms: i64,
) -> Result<Vec<Opened>, StoreError> {
    let contents = contents(keys, max_unopened, items);
    let authors = authors(store, who, &contents, now_ms).await?;
    let opened = items.iter().zip(contents).map(|(bytes, content)| {
        let session = |reason| match who {
            Some(who) => Opened::known(put_aside(bytes, who.clone(), reason)),
            None => Opened::refused(bytes, reason),
        };
        match content {
            Content::Unreadable => session(NOT_OPENED),
            Content::Open(item) => match who {
                Some(who) => Opened::known(prepare(bytes, item.to_vec(), who.clone())),
                None => session(NO_SESSION),
            },
            Content::Sealed(device, item) if item.first() == Some(&OWNER_ITEM_VERSION) => {
                letter(bytes, &item, authors.get(&device))
            }
            Content::Sealed(device, item) => match authors.get(&device) {
                Some(Author { who, bar: None }) => Opened::known(prepare(bytes, item, who.clone())),
                Some(Author {
                    who,
                    bar: Some(bar),
                }) if bar.keeps_aside => {
                    Opened::known(prepare_barred(bytes, item, who.clone(), bar.reason))
                }
                Some(Author { bar: Some(bar), .. }) => Opened::refused(bytes, bar.reason),
                None => session(UNKNOWN_DEVICE),
            },
        }
    });
    Ok(opened.collect())
}

impl Opened {
    fn known(prepared: Prepared) -> Opened {
        Opened::Known(Box::new(prepared))
    }

    fn refused(bytes: &[u8], reason: &str) -> Opened {
        let reason = reason.to_owned();
        Opened::Refused(ItemHash::of(bytes), Outcome::Refused { reason })
    }
}

/// A report past the leadership is taken from a device that was shut out and an account that was closed, too: the leadership could
/// do both. Nothing of it is put aside.
fn letter(bytes: &[u8], item: &[u8], author: Option<&Author>) -> Opened {
    let Some(author) = author else {
        return Opened::refused(bytes, UNKNOWN_DEVICE);
    };
    if let Some(bar) = author.bar.as_ref().filter(|bar| !bar.keeps_aside) {
        return Opened::refused(bytes, bar.reason);
    }
    match OwnerItem::decode(item) {
        Some(item) => Opened::Letter(Box::new(Letter {
            hash: ItemHash::of(bytes),
            item,
            author: author.clone(),
        })),
        None => Opened::refused(bytes, NOT_A_REPORT),
    }
}

fn contents<'a>(keys: &Keys, max_unopened: usize, items: &[&'a [u8]]) -> Vec<Content<'a>> {
    let mut unopened = 0;
    let mut content = |bytes: &'a [u8]| {
        if bytes.first() == Some(&ITEM_VERSION) {
            return Content::Open(bytes);
        }
        if unopened >= max_unopened {
            return Content::Unreadable;
        }
        let opened = Sealed::read(bytes)
            .and_then(|sealed| Ok(Content::Sealed(sealed.device, keys.open_item(&sealed)?)));
        opened.unwrap_or_else(|_| {
            unopened += 1;
            Content::Unreadable
        })
    };
    items.iter().map(|bytes| content(bytes)).collect()
}

/// The authors of what opened; the session's own device is not looked up again.
async fn authors(
    store: &Store,
    who: Option<&Arc<SignedIn>>,
    contents: &[Content<'_>],
    now_ms: i64,
) -> Result<HashMap<DeviceId, Author>, StoreError> {
    let mut authors = HashMap::new();
    if let Some(who) = who {
        let author = Author {
            who: who.clone(),
            bar: None,
        };
        authors.insert(who.device, author);
    }
    let others: HashSet<DeviceId> = contents
        .iter()
        .filter_map(|content| match content {
            Content::Sealed(device, _) if !authors.contains_key(device) => Some(*device),
            _ => None,
        })
        .collect();
    if !others.is_empty() {
        let others: Vec<DeviceId> = others.into_iter().collect();
        let found = store.read().await?.people_of_devices(&others).await?;
        authors.extend(
            found
                .into_iter()
                .map(|person| Author::of(person, now_ms))
                .map(|author| (author.who.device, author)),
        );
    }
    Ok(authors)
}
