//! How far a school's record goes and what it says up to there, signed by the installation. Kept outside, it holds the record to its
//! word: what is cut off or written anew afterwards does not fit it.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::domain::SchoolId;
use crate::sync::Hex;
use crate::sync::signing::{Purpose, sign, verify, verifying_of};

/// First byte of what is signed.
const ENCODING_VERSION: u8 = 1;

/// The last row at a moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedHead {
    pub school: SchoolId,
    /// 0 when there is no row yet.
    pub seq: i64,
    /// Of that row.
    pub hash: Hex<32>,
    /// When it was signed; unix milliseconds.
    pub at_ms: i64,
    /// The installation's public key.
    pub key: Hex<32>,
    pub signature: Hex<64>,
}

impl SignedHead {
    /// Signs with the installation's seed.
    pub fn sign(
        school: SchoolId,
        (seq, hash): (i64, Hex<32>),
        at_ms: i64,
        seed: &[u8; 32],
    ) -> SignedHead {
        let mut head = SignedHead {
            school,
            seq,
            hash,
            at_ms,
            key: verifying_of(seed),
            signature: Hex([0; 64]),
        };
        head.signature = sign(Purpose::RecordHead, &head.signed_bytes(), seed);
        head
    }

    /// Whether the owner of the key that it names signed it.
    pub fn is_signed(&self) -> bool {
        let bytes = self.signed_bytes();
        verify(Purpose::RecordHead, &bytes, &self.signature.0, &self.key)
    }

    /// Every part has a fixed length, so nothing stands between them.
    fn signed_bytes(&self) -> Vec<u8> {
        [
            [ENCODING_VERSION].as_slice(),
            &fingerprint_of(&self.key).0,
            self.school.0.as_bytes(),
            &self.seq.to_be_bytes(),
            &self.hash.0,
            &self.at_ms.to_be_bytes(),
        ]
        .concat()
    }
}

/// What tells one installation's public key from another's, short enough to be read aloud.
pub fn fingerprint_of(key: &Hex<32>) -> Hex<32> {
    Hex(Sha256::digest(key.0).into())
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_signature_counts_for_all_that_the_head_says() {
        let school = SchoolId(Uuid::from_u128(1));
        let head = SignedHead::sign(school, (3, Hex([4; 32])), 5, &[6; 32]);
        assert!(head.is_signed());
        let other = SchoolId(Uuid::from_u128(2));
        let forged = [
            SignedHead {
                school: other,
                ..head.clone()
            },
            SignedHead {
                seq: 2,
                ..head.clone()
            },
            SignedHead {
                hash: Hex([5; 32]),
                ..head.clone()
            },
            SignedHead {
                at_ms: 6,
                ..head.clone()
            },
            SignedHead {
                key: verifying_of(&[7; 32]),
                ..head.clone()
            },
        ];
        assert!(forged.iter().all(|head| !head.is_signed()));
    }
}
