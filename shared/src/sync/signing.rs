//! What the server puts its name to: receipts, leases and its own keys. Ed25519 (RFC 8032) over a word that says what is signed and
//! the very bytes that are sent, so that nothing has to be written the same way twice.

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};

use super::Hex;
use super::sealing::SealingKeys;

/// What a signature is for: one for one thing never counts for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    Receipts,
    Lease,
    Keys,
    /// How far the record goes, and what it says up to there.
    RecordHead,
}

impl Purpose {
    /// The word before the signed bytes; the service worker knows that of receipts.
    fn word(self) -> &'static [u8] {
        match self {
            Purpose::Receipts => b"friminutt receipts\n",
            Purpose::Lease => b"friminutt lease\n",
            Purpose::Keys => b"friminutt keys\n",
            Purpose::RecordHead => b"friminutt record head\n",
        }
    }

    fn message(self, bytes: &[u8]) -> Vec<u8> {
        [self.word(), bytes].concat()
    }
}

/// Signs bytes with the key of a seed.
pub fn sign(purpose: Purpose, bytes: &[u8], seed: &[u8; 32]) -> Hex<64> {
    let key = SigningKey::from_bytes(seed);
    Hex(key.sign(&purpose.message(bytes)).to_bytes())
}

/// The public key of a seed.
pub fn verifying_of(seed: &[u8; 32]) -> Hex<32> {
    Hex(SigningKey::from_bytes(seed).verifying_key().to_bytes())
}

/// Whether the key's owner signed these bytes for this purpose.
pub fn verify(purpose: Purpose, bytes: &[u8], signature: &[u8], key: &Hex<32>) -> bool {
    let (Ok(key), Ok(signature)) = (
        VerifyingKey::from_bytes(&key.0),
        Signature::from_slice(signature),
    ) else {
        return false;
    };
    key.verify_strict(&purpose.message(bytes), &signature)
        .is_ok()
}

/// What of the keys is signed: the credential is secret and shows itself.
fn keys_bytes(keys: &SealingKeys) -> Vec<u8> {
    let mut bytes = keys.key_id.to_le_bytes().to_vec();
    bytes.extend(keys.sealing.0);
    bytes.extend(keys.verifying.0);
    bytes
}

/// Puts the signature on a device's keys; `seed` is that of the key which the device trusts already.
pub fn sign_keys(keys: &mut SealingKeys, seed: &[u8; 32]) {
    keys.signature = sign(Purpose::Keys, &keys_bytes(keys), seed);
}

/// Whether new keys are vouched for by the key that the device trusts; the first it takes with its sign-in.
pub fn are_vouched_for(keys: &SealingKeys, trusted: &Hex<32>) -> bool {
    verify(Purpose::Keys, &keys_bytes(keys), &keys.signature.0, trusted)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEED: [u8; 32] = [5; 32];

    #[test]
    fn a_signature_counts_for_its_bytes_its_purpose_and_its_key_alone() {
        let key = verifying_of(&SEED);
        let signature = sign(Purpose::Receipts, b"stored", &SEED);
        assert!(verify(Purpose::Receipts, b"stored", &signature.0, &key));
        assert!(!verify(Purpose::Lease, b"stored", &signature.0, &key));
        assert!(!verify(Purpose::Receipts, b"storeD", &signature.0, &key));
        let other = verifying_of(&[6; 32]);
        assert!(!verify(Purpose::Receipts, b"stored", &signature.0, &other));
        assert!(!verify(Purpose::Receipts, b"stored", &[0; 63], &key));
        assert!(!verify(
            Purpose::Receipts,
            b"stored",
            &[0; 64],
            &Hex([0; 32])
        ));
    }

    #[test]
    fn the_same_bytes_are_signed_the_same() {
        let sign = || sign(Purpose::Receipts, b"stored", &SEED);
        assert_eq!(sign(), sign());
    }
}
