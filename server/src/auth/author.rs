//! Who wrote an item, as its device shows it, with or without a session.

use std::sync::Arc;

use shared::sync::lease::LEASE_LASTS_MS;

use super::SignedIn;
use crate::store::device::DevicePerson;

/// So long what a revoked device sends is put aside, to be looked at; then it is refused.
const REVOKED_SENDS_FOR_MS: i64 = 30 * 24 * 60 * 60 * 1000;

/// So long after their account has ended by itself what somebody wrote is taken in: as long as a phone may be away.
const ENDED_SENDS_FOR_MS: i64 = LEASE_LASTS_MS;

/// The person of a device.
#[derive(Clone)]
pub struct Author {
    pub who: Arc<SignedIn>,
    /// Why what they wrote is not simply stored.
    pub bar: Option<Bar>,
}

/// What stands between an author and the record.
#[derive(Clone)]
pub struct Bar {
    pub reason: &'static str,
    /// Whether it is put aside for the administrator to look at.
    pub keeps_aside: bool,
}

impl Author {
    /// As of now.
    pub fn of(found: DevicePerson, now_ms: i64) -> Author {
        let bar = |reason, keeps_aside| {
            Some(Bar {
                reason,
                keeps_aside,
            })
        };
        let ends_at_ms = found.person.ends_at_ms;
        let has_ended = ends_at_ms.is_some_and(|at_ms| now_ms - at_ms > ENDED_SENDS_FOR_MS);
        let bar = match found.revoked_at_ms {
            Some(at_ms) if now_ms - at_ms > REVOKED_SENDS_FOR_MS => {
                bar("device-revoked-long-ago", false)
            }
            Some(_) => bar("device-revoked", true),
            None if !found.is_active || has_ended => bar("account-closed", true),
            None => None,
        };
        Author {
            who: Arc::new(found.person.into()),
            bar,
        }
    }
}
