//! The vault's key. Open, rows are sealed with AES-256-GCM; locked, they are sealed to a public key that belongs to it, so that a
//! locked phone writes what it cannot read.

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use shared::sync::Hex;
use shared::sync::sealing::{open_by, public_of, seal_to};

use super::Fill;

pub(super) const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 12;
const TAG_BYTES: usize = 16;
/// A wrapped key: nonce, key, tag.
pub(super) const WRAPPED_BYTES: usize = NONCE_BYTES + KEY_BYTES + TAG_BYTES;
/// First byte of a row: how it was sealed.
const BY_KEY: u8 = 1;
const TO_PUBLIC: u8 = 2;

/// The key to one person's rows on one phone. It has no `Debug`: it belongs in no log.
#[derive(Clone, PartialEq, Eq)]
pub struct VaultKey(pub(super) [u8; KEY_BYTES]);

impl VaultKey {
    pub fn random(fill: Fill) -> VaultKey {
        let mut key = [0; KEY_BYTES];
        fill(&mut key);
        VaultKey(key)
    }

    /// What a locked phone seals to.
    pub fn public(&self) -> Hex<32> {
        Hex(public_of(&self.0))
    }

    /// Opens a row that was sealed under this name, open or locked; none for anything else.
    pub fn open(&self, name: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        let (how, sealed) = sealed.split_first()?;
        match *how {
            BY_KEY => open(&self.0, name, sealed),
            TO_PUBLIC => open_by(&self.0, name.as_bytes(), sealed).ok(),
            _ => None,
        }
    }
}

/// What there is to seal and open rows with.
#[derive(Clone, Default)]
pub enum Keyring {
    /// Nobody has a vault here.
    #[default]
    None,
    /// Writes, and reads nothing.
    Locked(Hex<32>),
    Open(VaultKey),
}

impl Keyring {
    /// Seals a row under its name; none when there is nothing to seal with.
    pub fn seal(&self, name: &str, plain: &[u8], fill: Fill) -> Option<Vec<u8>> {
        match self {
            Keyring::None => None,
            Keyring::Locked(public) => {
                let sealed = seal_to(&public.0, name.as_bytes(), plain, fill).ok()?;
                Some([&[TO_PUBLIC], sealed.as_slice()].concat())
            }
            Keyring::Open(key) => {
                let sealed = seal(&key.0, name, plain, fill)?;
                Some([&[BY_KEY], sealed.as_slice()].concat())
            }
        }
    }

    /// Opens a row; none when it is locked or not of this vault.
    pub fn open(&self, name: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        match self {
            Keyring::Open(key) => key.open(name, sealed),
            Keyring::None | Keyring::Locked(_) => None,
        }
    }

    pub fn is_open(&self) -> bool {
        matches!(self, Keyring::Open(_))
    }
}

/// AES-256-GCM with a random nonce before the ciphertext; `name` is bound to it.
pub(super) fn seal(key: &[u8; KEY_BYTES], name: &str, plain: &[u8], fill: Fill) -> Option<Vec<u8>> {
    let mut nonce = [0; NONCE_BYTES];
    fill(&mut nonce);
    let payload = Payload {
        msg: plain,
        aad: name.as_bytes(),
    };
    let sealed = Aes256Gcm::new(key.into())
        .encrypt(&Nonce::from(nonce), payload)
        .ok()?;
    Some([nonce.as_slice(), &sealed].concat())
}

/// Opens what `seal` sealed.
pub(super) fn open(key: &[u8; KEY_BYTES], name: &str, sealed: &[u8]) -> Option<Vec<u8>> {
    let (nonce, msg) = sealed.split_first_chunk::<NONCE_BYTES>()?;
    let payload = Payload {
        msg,
        aad: name.as_bytes(),
    };
    Aes256Gcm::new(key.into())
        .decrypt(&Nonce::from(*nonce), payload)
        .ok()
}

#[cfg(test)]
pub(super) fn test_fill(bytes: &mut [u8]) {
    getrandom::fill(bytes).unwrap();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_open_or_locked_is_opened_by_its_key_under_its_name() {
        let key = VaultKey::random(test_fill);
        for ring in [Keyring::Open(key.clone()), Keyring::Locked(key.public())] {
            let sealed = ring
                .seal("document/1", b"alone by the gate", test_fill)
                .unwrap();
            assert!(!sealed.windows(5).any(|five| five == b"alone"));
            assert_eq!(
                key.open("document/1", &sealed).unwrap(),
                b"alone by the gate"
            );
            assert_eq!(key.open("document/2", &sealed), None);
            assert_eq!(
                VaultKey::random(test_fill).open("document/1", &sealed),
                None
            );
            for at in 0..sealed.len() {
                let mut changed = sealed.clone();
                changed[at] ^= 1;
                assert_eq!(key.open("document/1", &changed), None);
                assert_eq!(key.open("document/1", &sealed[..at]), None);
            }
        }
    }

    #[test]
    fn a_locked_phone_writes_and_does_not_read() {
        let key = VaultKey::random(test_fill);
        let locked = Keyring::Locked(key.public());
        let sealed = locked.seal("a", b"b", test_fill).unwrap();
        assert_eq!(locked.open("a", &sealed), None);
        assert_eq!(Keyring::None.seal("a", b"b", test_fill), None);
    }
}
