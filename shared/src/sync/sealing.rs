//! An item as it lies on the phone and goes up: sealed to the server's public key, so that not even the phone can read it
//! again, and bound to the device it was written on, so that anybody may carry it. HPKE (RFC 9180) in PSK mode with X25519,
//! HKDF-SHA256 and AES-256-GCM; the pre-shared key is the device's credential, with which one can write and never read.

use std::convert::Infallible;

use hpke::aead::AesGcm256;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::rand_core::{TryCryptoRng, TryRng};
use hpke::{
    Deserializable, Kem, OpModeR, OpModeS, PskBundle, Serializable, single_shot_open,
    single_shot_seal_with_rng,
};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use uuid::Uuid;

use super::Hex;
use crate::domain::DeviceId;

/// First byte of a sealed item, where an open one has `ITEM_VERSION`. Layout: version, key id (u32, little endian), device
/// (16 bytes), encapsulated key (32), ciphertext with its tag.
pub const SEALED_VERSION: u8 = 2;
const KEY_ID_AT: usize = 1;
const DEVICE_AT: usize = 5;
const ENCAPSULATED_AT: usize = 21;
const ENCAPSULATED_BYTES: usize = 32;
const CIPHERTEXT_AT: usize = ENCAPSULATED_AT + ENCAPSULATED_BYTES;
const TAG_BYTES: usize = 16;
/// What a sealed item is longer than an open one, in bytes.
pub const SEAL_BYTES: usize = CIPHERTEXT_AT + TAG_BYTES;
const INFO: &[u8] = b"friminutt item 2";

type Key32 = Hex<32>;

/// What a device needs to seal: given with a session, kept openly on the phone, useless for reading.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealingKeys {
    /// Which of the server's keys these belong to; grows when they are changed.
    pub key_id: u32,
    /// X25519 public key to which items are sealed.
    pub sealing: Key32,
    /// Ed25519 public key that receipts and leases are signed with.
    pub verifying: Key32,
    /// The device's own secret: shows that an item comes from it.
    pub credential: Key32,
    /// Ed25519 signature over all of the above but the credential: new keys count when the key that the phone trusts made it.
    pub signature: Hex<64>,
}

impl std::fmt::Debug for SealingKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SealingKeys {{ key_id: {} }}", self.key_id)
    }
}

/// Why an item could not be sealed or opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SealError {
    #[error("the key is not an X25519 key")]
    BadKey,
    #[error("the item is not a sealed item of a version this server knows")]
    NotSealed,
    #[error("the item was not sealed by this device to this key, or was changed on its way")]
    DoesNotOpen,
}

/// Seals an item; the phone cannot undo it. `fill` fills with random bytes.
pub fn seal(
    item: &[u8],
    device: DeviceId,
    keys: &SealingKeys,
    fill: impl FnMut(&mut [u8]),
) -> Result<Vec<u8>, SealError> {
    let to = <X25519HkdfSha256 as Kem>::PublicKey::from_bytes(&keys.sealing.0)
        .map_err(|_| SealError::BadKey)?;
    let mut sealed = Vec::with_capacity(SEAL_BYTES + item.len());
    sealed.push(SEALED_VERSION);
    sealed.extend(keys.key_id.to_le_bytes());
    sealed.extend(device.0.as_bytes());
    let psk =
        PskBundle::new(&keys.credential.0, device.0.as_bytes()).map_err(|_| SealError::BadKey)?;
    let (encapsulated, ciphertext) =
        single_shot_seal_with_rng::<AesGcm256, HkdfSha256, X25519HkdfSha256>(
            &OpModeS::Psk(psk),
            &to,
            INFO,
            item,
            &sealed,
            &mut Random(fill),
        )
        .map_err(|_| SealError::BadKey)?;
    sealed.extend(encapsulated.to_bytes());
    sealed.extend(ciphertext);
    Ok(sealed)
}

/// The caller's random bytes, as HPKE asks for them.
struct Random<F>(F);

impl<F: FnMut(&mut [u8])> TryRng for Random<F> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        (self.0)(&mut bytes);
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        (self.0)(&mut bytes);
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        (self.0)(bytes);
        Ok(())
    }
}

impl<F: FnMut(&mut [u8])> TryCryptoRng for Random<F> {}

/// A sealed item, its envelope read and its content closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sealed<'a> {
    pub key_id: u32,
    pub device: DeviceId,
    bytes: &'a [u8],
}

impl<'a> Sealed<'a> {
    /// Reads the envelope; says nothing yet of whether it is true.
    pub fn read(bytes: &'a [u8]) -> Result<Self, SealError> {
        if bytes.len() < SEAL_BYTES || bytes[0] != SEALED_VERSION {
            return Err(SealError::NotSealed);
        }
        let key_id = bytes[KEY_ID_AT..DEVICE_AT]
            .try_into()
            .map(u32::from_le_bytes)
            .map_err(|_| SealError::NotSealed)?;
        let device = Uuid::from_slice(&bytes[DEVICE_AT..ENCAPSULATED_AT])
            .map_err(|_| SealError::NotSealed)?;
        Ok(Sealed {
            key_id,
            device: device.into(),
            bytes,
        })
    }

    /// The item, if it was sealed by the device of this credential to this key.
    pub fn open(&self, key: &OpeningKey, credential: &[u8; 32]) -> Result<Vec<u8>, SealError> {
        let encapsulated = <X25519HkdfSha256 as Kem>::EncappedKey::from_bytes(
            &self.bytes[ENCAPSULATED_AT..CIPHERTEXT_AT],
        )
        .map_err(|_| SealError::DoesNotOpen)?;
        let psk =
            PskBundle::new(credential, self.device.0.as_bytes()).map_err(|_| SealError::BadKey)?;
        single_shot_open::<AesGcm256, HkdfSha256, X25519HkdfSha256>(
            &OpModeR::Psk(psk),
            &key.0,
            &encapsulated,
            INFO,
            &self.bytes[CIPHERTEXT_AT..],
            &self.bytes[..ENCAPSULATED_AT],
        )
        .map_err(|_| SealError::DoesNotOpen)
    }
}

/// The server's private key, made from its seed once: that costs as much as opening an item.
pub struct OpeningKey(<X25519HkdfSha256 as Kem>::PrivateKey);

impl OpeningKey {
    pub fn of(seed: &[u8; 32]) -> OpeningKey {
        OpeningKey(X25519HkdfSha256::derive_keypair(seed).0)
    }
}

/// Seals bytes to the public key of a seed (`public_of`), for whoever has the seed: what a locked phone writes for itself.
pub fn seal_to(
    public: &[u8; 32],
    info: &[u8],
    plain: &[u8],
    fill: impl FnMut(&mut [u8]),
) -> Result<Vec<u8>, SealError> {
    let to =
        <X25519HkdfSha256 as Kem>::PublicKey::from_bytes(public).map_err(|_| SealError::BadKey)?;
    let (encapsulated, ciphertext) = single_shot_seal_with_rng::<
        AesGcm256,
        HkdfSha256,
        X25519HkdfSha256,
    >(&OpModeS::Base, &to, info, plain, &[], &mut Random(fill))
    .map_err(|_| SealError::BadKey)?;
    Ok([encapsulated.to_bytes().as_slice(), &ciphertext].concat())
}

/// Opens what `seal_to` sealed.
pub fn open_by(seed: &[u8; 32], info: &[u8], sealed: &[u8]) -> Result<Vec<u8>, SealError> {
    let (private, _) = X25519HkdfSha256::derive_keypair(seed);
    let (encapsulated, ciphertext) = sealed
        .split_at_checked(ENCAPSULATED_BYTES)
        .ok_or(SealError::NotSealed)?;
    let encapsulated = <X25519HkdfSha256 as Kem>::EncappedKey::from_bytes(encapsulated)
        .map_err(|_| SealError::DoesNotOpen)?;
    single_shot_open::<AesGcm256, HkdfSha256, X25519HkdfSha256>(
        &OpModeR::Base,
        &private,
        &encapsulated,
        info,
        ciphertext,
        &[],
    )
    .map_err(|_| SealError::DoesNotOpen)
}

/// The X25519 public key of a seed (RFC 9180, section 7.1.3).
pub fn public_of(seed: &[u8; 32]) -> [u8; 32] {
    let (_, public) = X25519HkdfSha256::derive_keypair(seed);
    public.to_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEED: [u8; 32] = [1; 32];

    fn keys() -> SealingKeys {
        SealingKeys {
            key_id: 7,
            sealing: Hex(public_of(&SEED)),
            verifying: Hex([0; 32]),
            credential: Hex([3; 32]),
            signature: Hex([0; 64]),
        }
    }

    fn device() -> DeviceId {
        Uuid::from_u128(9).into()
    }

    /// Not random at all.
    fn counting(mut next: u8) -> impl FnMut(&mut [u8]) {
        move |bytes| {
            for byte in bytes {
                *byte = next;
                next = next.wrapping_add(1);
            }
        }
    }

    fn sealed(item: &[u8]) -> Vec<u8> {
        seal(item, device(), &keys(), counting(0)).unwrap()
    }

    #[test]
    fn what_was_sealed_is_opened_by_the_servers_key_and_the_devices_credential() {
        let bytes = sealed(b"an item");
        assert_eq!(bytes.len(), b"an item".len() + SEAL_BYTES);
        let read = Sealed::read(&bytes).unwrap();
        assert_eq!((read.key_id, read.device), (7, device()));
        assert_eq!(
            read.open(&OpeningKey::of(&SEED), &[3; 32]).unwrap(),
            b"an item"
        );
        assert_eq!(
            read.open(&OpeningKey::of(&SEED), &[4; 32]),
            Err(SealError::DoesNotOpen),
            "another device's"
        );
        assert_eq!(
            read.open(&OpeningKey::of(&[2; 32]), &[3; 32]),
            Err(SealError::DoesNotOpen),
            "another server's"
        );
    }

    #[test]
    fn a_changed_byte_anywhere_and_every_shorter_one_is_refused() {
        let bytes = sealed(b"an item");
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            let opened =
                Sealed::read(&changed).and_then(|read| read.open(&OpeningKey::of(&SEED), &[3; 32]));
            assert!(opened.is_err(), "byte {at}");
        }
        for length in 0..bytes.len() {
            let opened = Sealed::read(&bytes[..length])
                .and_then(|s| s.open(&OpeningKey::of(&SEED), &[3; 32]));
            assert!(opened.is_err(), "length {length}");
        }
    }

    #[test]
    fn the_same_item_sealed_twice_does_not_look_the_same() {
        let once = |start| seal(b"an item", device(), &keys(), counting(start)).unwrap();
        assert_eq!(once(0), once(0));
        assert_ne!(once(0), once(1));
    }

    #[test]
    fn what_is_sealed_to_a_public_key_is_opened_by_its_seed_alone() {
        let sealed = seal_to(&public_of(&SEED), b"note", b"mine", counting(0)).unwrap();
        assert_eq!(open_by(&SEED, b"note", &sealed).unwrap(), b"mine");
        assert_eq!(
            open_by(&[2; 32], b"note", &sealed),
            Err(SealError::DoesNotOpen)
        );
        assert_eq!(
            open_by(&SEED, b"other", &sealed),
            Err(SealError::DoesNotOpen)
        );
        assert_eq!(
            open_by(&SEED, b"note", &sealed[..31]),
            Err(SealError::NotSealed)
        );
    }

    #[test]
    fn a_credential_is_not_printed() {
        assert_eq!(format!("{:?}", keys()), "SealingKeys { key_id: 7 }");
    }
}
