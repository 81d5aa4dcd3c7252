//! The code by which somebody shows that mail to an address reaches them. It follows from the file of secrets and is stored nowhere.

use shared::api::MAX_ADDRESS_CHARS;

use super::mailer;
use crate::auth::SignedIn;
use crate::keys::Keys;
use crate::store::notice_address::NoticeAddressRow;

/// So long a code counts.
const CODE_COUNTS_FOR_MS: i64 = 24 * 60 * 60 * 1000;
/// Attempts that a code bears.
pub const MAX_ATTEMPTS: i32 = 5;
/// Between two codes for the same person.
pub const CODE_PAUSE_MS: i64 = 60 * 1000;
const CODES: u64 = 1_000_000;

/// The code that confirms this address; none when its time is over.
pub fn code(keys: &Keys, who: &SignedIn, row: &NoticeAddressRow, now_ms: i64) -> Option<String> {
    if now_ms - row.asked_at_ms > CODE_COUNTS_FOR_MS {
        return None;
    }
    let asked = row.asked_at_ms.to_le_bytes();
    let about = [
        who.school.0.as_bytes(),
        who.staff.0.as_bytes(),
        &asked[..],
        row.address.as_bytes(),
    ];
    let bytes = keys.blind("notice address", &about.concat());
    let number = bytes[..8]
        .iter()
        .fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
    Some(format!("{:06}", number % CODES))
}

/// An address as it was typed, if mail can be sent to it.
pub fn read(typed: &str) -> Option<String> {
    let address = typed.trim();
    let fits = address.is_ascii() && address.len() <= MAX_ADDRESS_CHARS;
    (fits && mailer::is_address(address)).then(|| address.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_address_is_refused() {
        assert_eq!(
            read(" per@example.org ").as_deref(),
            Some("per@example.org")
        );
        let long = format!("{}@example.org", "a".repeat(MAX_ADDRESS_CHARS));
        for wrong in [
            "per",
            "a@b c",
            "a@b\r\nBcc: x@y",
            "Per <per@example.org>",
            long.as_str(),
        ] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
