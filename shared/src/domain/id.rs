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
