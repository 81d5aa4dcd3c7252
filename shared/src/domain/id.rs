//! Identifiers. Those of documents are UUID v7 made on the phone and are the idempotency key;
//! all others are issued by the server.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$meta:meta])* pub struct $name:ident;)+) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map($name)
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                $name(id)
            }
        }
    )+};
}

ids! {
    /// A school: the border nothing crosses.
    pub struct SchoolId;
    /// A pupil, kept when the pupil is gone from the roster.
    pub struct PupilId;
    /// Whoever works at the school, with or without an account.
    pub struct StaffId;
    /// A class in one school year.
    pub struct ClassId;
    /// A named part of the yard or the building.
    pub struct ZoneId;
    /// A recess of the school day, such as the long one.
    pub struct RecessId;
    /// An entry or a report; UUID v7 made where it was written.
    pub struct DocumentId;
    /// A browser that someone has signed in on.
    pub struct DeviceId;
    /// A passkey by which somebody signs in, as one's own list names it.
    pub struct PasskeyId;
    /// Who writes in a document: issued by the server per staff member and device, 16 bytes in every change.
    pub struct ActorId;
}

/// Crockford's base 32: no letter that is taken for a digit or for another letter.
const MARK_LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const MARK_CHARS: u32 = 4;

impl DocumentId {
    /// Four characters by which people speak of a document on the telephone, such as `7K2M`. From the random end of the id: it says
    /// nothing, leaves no gap where something is hidden, and is one of a million.
    pub fn mark(self) -> String {
        let random = self.0.as_u128();
        let letter =
            |place: u32| MARK_LETTERS[(random >> (5 * place)) as usize % MARK_LETTERS.len()];
        (0..MARK_CHARS)
            .rev()
            .map(|place| char::from(letter(place)))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_four_characters_from_the_end_of_the_id() {
        let mark = |id: u128| DocumentId(Uuid::from_u128(id)).mark();
        assert_eq!(
            (mark(0).as_str(), mark(31).as_str(), mark(32).as_str()),
            ("0000", "000Z", "0010")
        );
        assert_eq!(
            (mark(u128::MAX).as_str(), mark(1 << 20).as_str()),
            ("ZZZZ", "0000")
        );
    }
}
