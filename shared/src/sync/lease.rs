//! The lease: until when a device may open what it keeps without having been at the server, signed by the server.

use serde::{Deserialize, Serialize};

use super::Hex;
use super::signing::{Purpose, sign, verify};
use crate::domain::DeviceId;

/// Longest lease, in milliseconds: seven days.
pub const LEASE_LASTS_MS: i64 = 7 * 24 * 60 * 60 * 1000;
/// So far back a phone's clock may go before it counts as set back, in milliseconds: phones correct themselves by seconds.
pub const CLOCK_MAY_GO_BACK_MS: i64 = 10 * 60 * 1000;

/// A server's word to a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    pub until_ms: i64,
    pub signature: Hex<64>,
}

/// Why a device may not open what it keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LeaseError {
    #[error("the lease is not the server's")]
    NotSigned,
    #[error("the lease has ended")]
    Ended,
    #[error("the clock was set back")]
    ClockSetBack,
}

fn bytes(device: DeviceId, until_ms: i64) -> Vec<u8> {
    [&device.0.as_bytes()[..], &until_ms.to_le_bytes()].concat()
}

impl Lease {
    /// A lease from now on, that ends with the account if that ends by itself.
    pub fn grant(device: DeviceId, ends_at_ms: Option<i64>, now_ms: i64, seed: &[u8; 32]) -> Lease {
        let longest_ms = now_ms + LEASE_LASTS_MS;
        let until_ms = ends_at_ms.map_or(longest_ms, |ends_at_ms| ends_at_ms.min(longest_ms));
        Lease {
            until_ms,
            signature: sign(Purpose::Lease, &bytes(device, until_ms), seed),
        }
    }

    /// Whether it holds now; `seen_ms` is the latest time that the device's clock has shown.
    pub fn check(
        &self,
        device: DeviceId,
        key: &Hex<32>,
        now_ms: i64,
        seen_ms: i64,
    ) -> Result<(), LeaseError> {
        let signed = bytes(device, self.until_ms);
        if !verify(Purpose::Lease, &signed, &self.signature.0, key) {
            return Err(LeaseError::NotSigned);
        }
        if now_ms < seen_ms - CLOCK_MAY_GO_BACK_MS
            || now_ms < self.until_ms - LEASE_LASTS_MS - CLOCK_MAY_GO_BACK_MS
        {
            return Err(LeaseError::ClockSetBack);
        }
        match now_ms < self.until_ms {
            true => Ok(()),
            false => Err(LeaseError::Ended),
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::sync::signing::verifying_of;

    const SEED: [u8; 32] = [5; 32];
    const NOW_MS: i64 = 1_800_000_000_000;

    fn check(now_ms: i64, seen_ms: i64) -> Result<(), LeaseError> {
        let device = Uuid::from_u128(9).into();
        Lease::grant(device, None, NOW_MS, &SEED).check(
            device,
            &verifying_of(&SEED),
            now_ms,
            seen_ms,
        )
    }

    #[test]
    fn it_holds_for_seven_days_and_not_a_moment_longer() {
        assert_eq!(check(NOW_MS, NOW_MS), Ok(()));
        assert_eq!(check(NOW_MS + LEASE_LASTS_MS - 1, NOW_MS), Ok(()));
        assert_eq!(
            check(NOW_MS + LEASE_LASTS_MS, NOW_MS),
            Err(LeaseError::Ended)
        );
    }

    #[test]
    fn a_clock_set_back_ends_it_and_one_that_corrects_itself_does_not() {
        let seen_ms = NOW_MS + 60 * 60 * 1000;
        assert_eq!(check(seen_ms - CLOCK_MAY_GO_BACK_MS, seen_ms), Ok(()));
        let back = Err(LeaseError::ClockSetBack);
        assert_eq!(check(seen_ms - CLOCK_MAY_GO_BACK_MS - 1, seen_ms), back);
        assert_eq!(check(0, 0), back, "before it was granted");
    }

    #[test]
    fn another_devices_and_a_longer_one_are_not_the_servers() {
        let (device, other) = (Uuid::from_u128(9).into(), Uuid::from_u128(8).into());
        let lease = Lease::grant(device, None, NOW_MS, &SEED);
        let key = verifying_of(&SEED);
        let not_signed = Err(LeaseError::NotSigned);
        assert_eq!(lease.check(other, &key, NOW_MS, NOW_MS), not_signed);
        let longer = Lease {
            until_ms: lease.until_ms + 1,
            ..lease
        };
        assert_eq!(longer.check(device, &key, NOW_MS, NOW_MS), not_signed);
    }
}
