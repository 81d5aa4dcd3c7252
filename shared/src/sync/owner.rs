//! Reports past the leadership (Opplæringslova § 12-5, second paragraph): sealed on the phone to a key that only the school owner's
//! people can bring into use, carried by the server and read by nobody on the way. The key is made of a code that is kept on paper.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use thiserror::Error;
use uuid::Uuid;

use super::Hex;
use super::sealing::{SealError, open_by, public_of, seal_to};
use crate::api::{OwnerReport, OwnerSender};
use crate::domain::DocumentId;

/// First byte of an item that is a report past the leadership, where a change of a document has `ITEM_VERSION`. Layout: version, the
/// report's id (16 bytes), the owner's public key it is sealed to (32), the sealed report.
pub const OWNER_ITEM_VERSION: u8 = 3;
const KEY_AT: usize = 17;
const SEALED_AT: usize = 49;
/// Largest sealed report that a phone sends, in bytes: one request carries it.
pub const MAX_OWNER_REPORT_BYTES: usize = 56 * 1024;
const REPORT_INFO: &[u8] = b"friminutt owner report 1";
const LETTER_INFO: &[u8] = b"friminutt owner letter 1";

/// Letters of a code: digits and capitals without those that are taken for others (Crockford's base 32).
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// 125 bits: nobody guesses it, so it is hashed and not stretched.
const CODE_CHARS: usize = 25;
const GROUP_CHARS: usize = 5;

/// What the owner's reports are sealed to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnerKey {
    /// Grows with each new code.
    pub id: u32,
    pub public: Hex<32>,
}

/// The code behind an owner's key, as it is shown once and kept on paper. It has no `Debug`: it belongs in no log.
#[derive(Clone, PartialEq, Eq)]
pub struct OwnerCode([u8; CODE_CHARS]);

impl OwnerCode {
    /// A new code; `fill` fills with random bytes.
    pub fn random(fill: impl FnOnce(&mut [u8])) -> OwnerCode {
        let mut bytes = [0; CODE_CHARS];
        fill(&mut bytes);
        OwnerCode(bytes.map(|byte| ALPHABET[usize::from(byte) % ALPHABET.len()]))
    }

    /// As somebody typed it: small or capital letters, with or without the dashes, and `O`, `I`, `L` for the digits they look like.
    pub fn parse(typed: &str) -> Option<OwnerCode> {
        let letter = |c: char| match c.to_ascii_uppercase() {
            'O' => Some(b'0'),
            'I' | 'L' => Some(b'1'),
            c => ALPHABET
                .iter()
                .copied()
                .find(|known| char::from(*known) == c),
        };
        let typed = typed.chars().filter(|c| !c.is_whitespace() && *c != '-');
        let letters: Option<Vec<u8>> = typed.take(CODE_CHARS + 1).map(letter).collect();
        letters?.try_into().ok().map(OwnerCode)
    }

    /// In groups, as it is shown and written down.
    pub fn shown(&self) -> String {
        let groups = self.0.chunks(GROUP_CHARS).map(String::from_utf8_lossy);
        groups.collect::<Vec<_>>().join("-")
    }

    /// The public key of the code.
    pub fn public(&self) -> Hex<32> {
        Hex(public_of(&self.seed()))
    }

    fn seed(&self) -> [u8; 32] {
        Sha256::new()
            .chain_update(b"friminutt owner code 1\n")
            .chain_update(self.0)
            .finalize()
            .into()
    }

    /// Opens what `seal_letter` sealed.
    pub fn open(&self, letter: &[u8]) -> Result<(OwnerSender, OwnerReport), OwnerError> {
        let seed = self.seed();
        let letter = open_by(&seed, LETTER_INFO, letter)?;
        let (length, rest) = letter
            .split_first_chunk::<4>()
            .ok_or(OwnerError::Unreadable)?;
        let (sender, sealed) = rest
            .split_at_checked(u32::from_le_bytes(*length) as usize)
            .ok_or(OwnerError::Unreadable)?;
        let report = open_by(&seed, REPORT_INFO, sealed)?;
        let unreadable = |_| OwnerError::Unreadable;
        Ok((
            serde_json::from_slice(sender).map_err(unreadable)?,
            serde_json::from_slice(&report).map_err(unreadable)?,
        ))
    }
}

/// Why a report to the owner could not be sealed or opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum OwnerError {
    #[error(transparent)]
    Seal(#[from] SealError),
    #[error("this is not a report to an owner")]
    Unreadable,
}

/// A report on its way from a phone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnerItem {
    pub report: DocumentId,
    /// What it is sealed to: a number would be another owner's, or that of a key which a restored database has forgotten.
    pub public: Hex<32>,
    pub sealed: Vec<u8>,
}

impl OwnerItem {
    /// Seals a report to an owner: neither the phone nor the server reads it again.
    pub fn seal(
        report: &OwnerReport,
        key: &OwnerKey,
        fill: impl FnMut(&mut [u8]),
    ) -> Result<OwnerItem, OwnerError> {
        let plain = serde_json::to_vec(report).map_err(|_| OwnerError::Unreadable)?;
        Ok(OwnerItem {
            report: report.report.id,
            public: key.public,
            sealed: seal_to(&key.public.0, REPORT_INFO, &plain, fill)?,
        })
    }

    /// Whether anything can be sealed to this key.
    pub fn takes(public: &Hex<32>, fill: impl FnMut(&mut [u8])) -> bool {
        seal_to(&public.0, REPORT_INFO, b"", fill).is_ok()
    }

    /// Whether it can go up in one request.
    pub fn is_sendable(&self) -> bool {
        self.sealed.len() <= MAX_OWNER_REPORT_BYTES
    }

    /// The bytes that are sealed to the server like any item and put into the outbox.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(SEALED_AT + self.sealed.len());
        bytes.push(OWNER_ITEM_VERSION);
        bytes.extend(self.report.0.as_bytes());
        bytes.extend(self.public.0);
        bytes.extend(&self.sealed);
        bytes
    }

    /// Reads what `encode` wrote; none for anything else.
    pub fn decode(bytes: &[u8]) -> Option<OwnerItem> {
        let (head, sealed) = bytes.split_at_checked(SEALED_AT)?;
        let id = Uuid::from_slice(&head[1..KEY_AT]).ok()?;
        let public = Hex(head[KEY_AT..].try_into().ok()?);
        let is_one = head[0] == OWNER_ITEM_VERSION && id.get_version_num() == 7;
        (is_one && !sealed.is_empty()).then(|| OwnerItem {
            report: DocumentId(id),
            public,
            sealed: sealed.to_vec(),
        })
    }

    /// As the server keeps it: sealed once more, with who the sender is.
    pub fn seal_letter(
        &self,
        sender: &OwnerSender,
        public: &Hex<32>,
        fill: impl FnMut(&mut [u8]),
    ) -> Result<Vec<u8>, OwnerError> {
        let sender = serde_json::to_vec(sender).map_err(|_| OwnerError::Unreadable)?;
        let length = u32::try_from(sender.len()).map_err(|_| OwnerError::Unreadable)?;
        let plain = [&length.to_le_bytes(), sender.as_slice(), &self.sealed].concat();
        Ok(seal_to(&public.0, LETTER_INFO, &plain, fill)?)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;
    use crate::domain::{Report, ReportOrigin, Suspicion};

    /// Never the same twice.
    fn fill(bytes: &mut [u8]) {
        static CALLS: AtomicU64 = AtomicU64::new(0);
        let call = CALLS.fetch_add(1, Ordering::Relaxed).to_le_bytes();
        for (at, chunk) in bytes.chunks_mut(32).enumerate() {
            let block = Sha256::digest([&call[..], &at.to_le_bytes()].concat());
            chunk.copy_from_slice(&block[..chunk.len()]);
        }
    }

    fn report() -> OwnerReport {
        let id = DocumentId(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001));
        OwnerReport {
            report: Report {
                id,
                recorded_at_ms: 5,
                origin: ReportOrigin::ByHand,
                pupil: None,
                pupil_description: String::new(),
                ground: None,
                happened: "shouted at by the gate".into(),
                entries: BTreeMap::new(),
                tellers: BTreeSet::new(),
                done_at_once: String::new(),
                pupil_told: None,
                pupil_words: String::new(),
                seriousness: None,
                suspicion: Some(Suspicion::Leadership),
                suspected: BTreeSet::new(),
                told_by: None,
                told_by_name: String::new(),
                is_withdrawn: false,
                is_sent: true,
                additions: Vec::new(),
                contested: BTreeMap::new(),
            },
            pupil_name: "Åse Lien".into(),
            class_name: None,
            entries: Vec::new(),
            suspected_names: vec!["Per Vik".into()],
            reporter_name: "Ida Moen".into(),
            told_by_name: String::new(),
            is_passed_on: false,
        }
    }

    fn sender() -> OwnerSender {
        OwnerSender {
            school_name: "Lia skole".into(),
            staff_name: "Ida Moen".into(),
            received_at_ms: 7,
            is_barred: false,
        }
    }

    #[test]
    fn the_code_opens_what_was_sealed_to_its_key_and_another_does_not() {
        let code = OwnerCode::random(fill);
        let key = OwnerKey {
            id: 1,
            public: code.public(),
        };
        let item = OwnerItem::seal(&report(), &key, fill).unwrap();
        let item = OwnerItem::decode(&item.encode()).unwrap();
        let letter = item.seal_letter(&sender(), &key.public, fill).unwrap();
        assert!(
            !letter
                .windows(4)
                .any(|four| four == b"gate" || four == b"Moen")
        );
        assert_eq!(code.open(&letter).unwrap(), (sender(), report()));
        assert!(OwnerCode::random(fill).open(&letter).is_err());
        for at in 0..letter.len() {
            let mut changed = letter.clone();
            changed[at] ^= 1;
            assert!(code.open(&changed).is_err() && code.open(&letter[..at]).is_err());
        }
    }

    #[test]
    fn a_code_is_read_as_people_type_it() {
        let code = OwnerCode::random(|bytes| bytes.fill(0x21));
        assert_eq!(code.shown(), "11111-11111-11111-11111-11111");
        for typed in [
            "11111-11111-11111-11111-11111",
            " lIl1i 11111 11111 11111 11111 ",
            "1111111111111111111111111",
        ] {
            assert!(OwnerCode::parse(typed) == Some(code.clone()), "{typed}");
        }
        let long = "1".repeat(26);
        for typed in ["", "1111", "u1111-11111-11111-11111-11111", long.as_str()] {
            assert!(OwnerCode::parse(typed).is_none(), "{typed}");
        }
    }

    #[test]
    fn what_is_no_report_to_an_owner_is_refused() {
        let code = OwnerCode::random(fill);
        let key = OwnerKey {
            id: 1,
            public: code.public(),
        };
        let bytes = OwnerItem::seal(&report(), &key, fill).unwrap().encode();
        for at in 0..=SEALED_AT {
            assert!(OwnerItem::decode(&bytes[..at]).is_none());
        }
        let short = report();
        assert!(OwnerItem::takes(&key.public, fill) && !OwnerItem::takes(&Hex([0; 32]), fill));
        let mut long = report();
        long.report.happened = "x".repeat(MAX_OWNER_REPORT_BYTES);
        let is_sendable =
            |report: &OwnerReport| OwnerItem::seal(report, &key, fill).unwrap().is_sendable();
        assert!(is_sendable(&short) && !is_sendable(&long));
    }
}
