//! What is sent to a browser: one message for everybody, encrypted for the browser (RFC 8291) and signed by this installation
//! (RFC 8292). The push service between reads neither.

use aes_gcm::aead::{Aead, KeyInit};
use aes_gcm::{Aes128Gcm, Nonce};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use hkdf::Hkdf;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use p256::elliptic_curve::sec1::ToSec1Point;
use p256::{PublicKey, SecretKey};
use serde_json::json;
use sha2::Sha256;

/// All that a push says. The browser does not show it: it has words of its own.
const WORDS: &[u8] = b"noe venter";
/// Bytes that are encrypted, padding and its mark included: what every message is long.
const PADDED_BYTES: usize = 128;
/// Of a record (RFC 8188); the message is one, and shorter.
const RECORD_BYTES: u32 = 4096;
/// The mark of the last record; zeros follow.
const LAST_RECORD: u8 = 2;
const POINT_BYTES: usize = 65;
const SALT_BYTES: usize = 16;
const SECRET_BYTES: usize = 16;
/// RFC 8292 allows a day.
const SIGNED_FOR_S: i64 = 12 * 60 * 60;

/// For whom a message is encrypted.
pub(super) struct Receiver {
    key: PublicKey,
    secret: [u8; SECRET_BYTES],
}

impl Receiver {
    /// None when these are no browser's: a point of the curve, and a secret.
    pub(super) fn read(public_key: &[u8], secret: &[u8]) -> Option<Receiver> {
        let is_point = public_key.len() == POINT_BYTES;
        let key = PublicKey::from_sec1_bytes(public_key)
            .ok()
            .filter(|_| is_point)?;
        let secret = secret.try_into().ok()?;
        Some(Receiver { key, secret })
    }
}

/// The message for one browser, as the body of a request; none when the machine gives no random numbers.
pub(super) fn message(receiver: &Receiver) -> Option<Vec<u8>> {
    let (mut once, mut salt) = ([0; 32], [0; SALT_BYTES]);
    getrandom::fill(&mut once).ok()?;
    getrandom::fill(&mut salt).ok()?;
    let mut plain = WORDS.to_vec();
    plain.push(LAST_RECORD);
    plain.resize(PADDED_BYTES, 0);
    encrypt(&plain, receiver, &SecretKey::from_slice(&once).ok()?, &salt)
}

/// `plain` ends with the mark of the last record and its padding.
fn encrypt(
    plain: &[u8],
    to: &Receiver,
    once: &SecretKey,
    salt: &[u8; SALT_BYTES],
) -> Option<Vec<u8>> {
    let own = point(&once.public_key());
    let shared = once.diffie_hellman(&to.key);
    let info = [b"WebPush: info\0", point(&to.key).as_slice(), &own].concat();
    let secret: [u8; 32] = derived(&to.secret, shared.raw_secret_bytes(), &info)?;
    let key: [u8; 16] = derived(salt, &secret, b"Content-Encoding: aes128gcm\0")?;
    let nonce: [u8; 12] = derived(salt, &secret, b"Content-Encoding: nonce\0")?;
    let cipher = Aes128Gcm::new_from_slice(&key).ok()?;
    let record = cipher.encrypt(&Nonce::from(nonce), plain).ok()?;
    let length = [own.len() as u8];
    let head = [salt.as_slice(), &RECORD_BYTES.to_be_bytes(), &length, &own];
    Some([&head.concat(), record.as_slice()].concat())
}

fn derived<const BYTES: usize>(salt: &[u8], secret: &[u8], info: &[u8]) -> Option<[u8; BYTES]> {
    let mut derived = [0; BYTES];
    let keys = Hkdf::<Sha256>::new(Some(salt), secret);
    keys.expand(info, &mut derived).ok()?;
    Some(derived)
}

fn point(key: &PublicKey) -> Vec<u8> {
    key.to_sec1_point(false).as_bytes().to_vec()
}

/// What browsers subscribe to.
pub(super) fn public_key(key: &SigningKey) -> String {
    BASE64.encode(key.verifying_key().to_sec1_point(false).as_bytes())
}

/// By which a push service knows who asks. `contact` is where the one who runs the server is found.
pub(super) fn authorization(
    key: &SigningKey,
    audience: &str,
    contact: Option<&str>,
    now_ms: i64,
) -> String {
    let mut claims = json!({ "aud": audience, "exp": now_ms / 1000 + SIGNED_FOR_S });
    if let Some(contact) = contact {
        claims["sub"] = contact.into();
    }
    let head = json!({ "typ": "JWT", "alg": "ES256" });
    let signed = format!(
        "{}.{}",
        BASE64.encode(head.to_string()),
        BASE64.encode(claims.to_string())
    );
    let signature: Signature = key.sign(signed.as_bytes());
    let signature = BASE64.encode(signature.to_bytes());
    format!("vapid t={signed}.{signature}, k={}", public_key(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(text: &str) -> Vec<u8> {
        BASE64.decode(text).unwrap()
    }

    /// RFC 8291, appendix A.
    #[test]
    fn the_example_of_the_rfc_is_encrypted_as_there() {
        let receiver = Receiver::read(
            &bytes("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"),
            &bytes("BTBZMqHH6r4Tts7J_aSIgg"),
        )
        .unwrap();
        let once =
            SecretKey::from_slice(&bytes("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw")).unwrap();
        let salt = bytes("DGv6ra1nlYgDCS1FRnbzlw").try_into().unwrap();
        let plain = b"When I grow up, I want to be a watermelon\x02";
        let sealed = encrypt(plain, &receiver, &once, &salt).unwrap();
        let expected = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN";
        assert_eq!(BASE64.encode(sealed), expected);
    }

    #[test]
    fn every_message_is_as_long_and_another() {
        let key = SecretKey::from_slice(&[7; 32]).unwrap();
        let receiver = Receiver::read(&point(&key.public_key()), &[1; 16]).unwrap();
        let (one, other) = (message(&receiver).unwrap(), message(&receiver).unwrap());
        assert_eq!(one.len(), other.len());
        assert_ne!(one, other);
        assert!(one.len() < RECORD_BYTES as usize);
    }

    #[test]
    fn what_is_no_key_of_a_browser_is_refused() {
        let key = SecretKey::from_slice(&[7; 32]).unwrap();
        let point = point(&key.public_key());
        assert!(Receiver::read(&point, &[1; 16]).is_some());
        let compressed = key.public_key().to_sec1_point(true);
        let mut beside = point.clone();
        beside[64] ^= 1;
        for wrong in [
            &[][..],
            &[0],
            &[4; 65],
            &beside,
            &point[..64],
            compressed.as_bytes(),
        ] {
            assert!(Receiver::read(wrong, &[1; 16]).is_none(), "{wrong:?}");
        }
        for wrong in [0, 15, 17] {
            assert!(Receiver::read(&point, &vec![1; wrong]).is_none(), "{wrong}");
        }
    }
}
