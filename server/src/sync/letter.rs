//! Reports past the leadership (§ 12-5): what phones sealed to the school owner is sealed once more with who the sender is, and kept
//! where nobody at the school looks. Nothing of it is ever put aside: the list of what is put aside is the school's.

use shared::api::{OwnerReport, OwnerSender};
use shared::audit::AuditEvent;
use shared::domain::{AuditAct, DocumentId, SchoolId, StaffId};
use shared::sync::owner::{OwnerItem, OwnerKey};
use shared::sync::{Hex, ItemHash, Outcome, Receipt};

use crate::auth::Author;
use crate::keys::Keys;
use crate::notice;
use crate::store::owner::NewLetter;
use crate::store::{Store, StoreError, Tx};

/// Letters that one person's devices may send in a day; a report and a few additions are far below.
pub const MAX_LETTERS_A_DAY: i64 = 100;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;
const NO_OWNER: &str = "no-owner";
const UNKNOWN_OWNER_KEY: &str = "unknown-owner-key";
const TOO_MANY: &str = "too-many";
const ANOTHERS: &str = "no-part-in-document";

/// A letter as it came, with who sent it.
pub struct Letter {
    pub hash: ItemHash,
    pub item: OwnerItem,
    pub author: Author,
}

/// A report of the school's, with all that the owner needs to read it.
pub struct Composed {
    pub report: OwnerReport,
    pub sender: OwnerSender,
    /// Who follows its receipts.
    pub reporter: StaffId,
    /// How many changes it has.
    pub changes: usize,
}

impl Composed {
    fn version(&self, document: DocumentId) -> Vec<u8> {
        let changes = self.changes as u64;
        [document.0.as_bytes(), &changes.to_le_bytes()[..]].concat()
    }
}

/// Keeps a letter, or says why not.
pub async fn keep(
    store: &Store,
    keys: &Keys,
    letter: &Letter,
    now_ms: i64,
) -> Result<Receipt, StoreError> {
    let mut tx = store.write().await?;
    let outcome = match judge(&mut tx, keys, letter, now_ms).await? {
        // It has no place in the school's order.
        Ok(at_ms) => Outcome::Stored { seq: 0, at_ms },
        Err(reason) => Outcome::Refused {
            reason: reason.to_owned(),
        },
    };
    tx.commit().await?;
    let item = letter.hash.clone();
    Ok(Receipt { item, outcome })
}

/// When it was stored, or the reason why it was not.
async fn judge(
    tx: &mut Tx,
    keys: &Keys,
    letter: &Letter,
    now_ms: i64,
) -> Result<Result<i64, &'static str>, StoreError> {
    let who = &letter.author.who;
    let Some((owner, ..)) = tx.owner_of(who.school).await? else {
        return Ok(Err(NO_OWNER));
    };
    if let Some(at_ms) = tx.letter_came_at(owner, &letter.hash.0).await? {
        return Ok(Ok(at_ms));
    }
    let tag = keys.owner_tag(who.staff);
    if tx.letters_since(owner, &tag, now_ms - DAY_MS).await? >= MAX_LETTERS_A_DAY {
        return Ok(Err(TOO_MANY));
    }
    let known = tx.owner_keys(owner).await?;
    let Some(key) = known.iter().find(|key| key.public == letter.item.public) else {
        return Ok(Err(UNKNOWN_OWNER_KEY));
    };
    let sender = OwnerSender {
        school_name: who.school_name.clone(),
        staff_name: who.name.clone(),
        received_at_ms: now_ms,
        is_barred: letter.author.bar.is_some(),
    };
    let new = NewLetter {
        owner,
        item_hash: letter.hash.0.clone(),
        report: letter.item.report,
        sender_tag: tag,
        key_id: key.id,
        received_at_ms: now_ms,
        bytes: sealed(&letter.item, &sender, key)?,
    };
    if !tx.add_letter(&new).await? {
        return Ok(Err(ANOTHERS));
    }
    received(tx, owner, &new).await?;
    Ok(Ok(now_ms))
}

/// Seals a report of the school's to its owner; false when the owner has no key yet.
pub async fn pass_on(
    tx: &mut Tx,
    keys: &Keys,
    (school, document): (SchoolId, DocumentId),
    composed: &Composed,
) -> Result<bool, StoreError> {
    let Some((owner, ..)) = tx.owner_of(school).await? else {
        return Ok(false);
    };
    let Some(key) = tx.owner_keys(owner).await?.pop() else {
        return Ok(false);
    };
    let item = with_randomness(|fill| OwnerItem::seal(&composed.report, &key, fill))?;
    let new = NewLetter {
        owner,
        // Once for each version of it.
        item_hash: ItemHash::of(&composed.version(document)).0,
        report: document,
        sender_tag: keys.owner_tag(composed.reporter),
        key_id: key.id,
        received_at_ms: composed.sender.received_at_ms,
        bytes: sealed(&item, &composed.sender, &key)?,
    };
    if !tx.add_letter(&new).await? && tx.letter_came_at(owner, &new.item_hash).await?.is_none() {
        // Somebody else has written under this id before.
        return Err(StoreError::Unsealed);
    }
    received(tx, owner, &new).await?;
    Ok(true)
}

/// That the owner got a report: in the owner's record, with nobody's name, and told to the owner's people alone.
async fn received(tx: &mut Tx, owner: SchoolId, new: &NewLetter) -> Result<(), StoreError> {
    let event = AuditEvent::unsigned(AuditAct::ReceivedOwnerReport, new.received_at_ms);
    tx.record(owner, event.document(new.report));
    notice::arrived_at_owner(tx, owner, new.received_at_ms).await
}

/// Whether anything can be sealed to this key.
pub fn takes(public: &Hex<32>) -> bool {
    with_randomness(|fill| match OwnerItem::takes(public, fill) {
        true => Ok(()),
        false => Err(()),
    })
    .is_ok()
}

fn sealed(item: &OwnerItem, sender: &OwnerSender, key: &OwnerKey) -> Result<Vec<u8>, StoreError> {
    with_randomness(|fill| item.seal_letter(sender, &key.public, fill))
}

/// Seals with the machine's random numbers; without them nothing is sealed.
fn with_randomness<T, E>(
    seal: impl FnOnce(&mut dyn FnMut(&mut [u8])) -> Result<T, E>,
) -> Result<T, StoreError> {
    let mut has_failed = false;
    let sealed = seal(&mut |bytes| has_failed |= getrandom::fill(bytes).is_err());
    sealed
        .ok()
        .filter(|_| !has_failed)
        .ok_or(StoreError::Unsealed)
}
