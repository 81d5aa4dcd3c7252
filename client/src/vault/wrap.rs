//! The vault's key behind what opens it: the phone's own lock (a passkey with PRF), or a PIN through Argon2id, or the server's half
//! for whoever has a session when neither was chosen; and the server's other half, given only with a new sign-in, when the lock is
//! of no use any more.

use argon2::{Algorithm, Argon2, Params, Version};
use serde::{Deserialize, Serialize};
use shared::sync::Hex;

use super::Fill;
use super::key::{KEY_BYTES, VaultKey, WRAPPED_BYTES, open, seal};

/// Digits of a PIN.
pub const PIN_DIGITS: usize = 6;
/// So many wrong PINs in a row end the vault.
pub const MAX_WRONG_PINS: u8 = 10;

/// Argon2id (RFC 9106): memory in KiB, passes. About half a second on a slow phone; six digits are guessed in a day by whoever has
/// the phone's disk and a fast machine, which the documentation says openly.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const SALT_BYTES: usize = 16;

const BY_PIN: &str = "pin";
const BY_PASSKEY: &str = "passkey";
const BY_SESSION: &str = "session";
const BY_SIGN_IN: &str = "sign-in";

/// What lies on the phone's disk of one person's vault, in the clear.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vault {
    /// What a locked phone seals to.
    pub public: Hex<32>,
    pin: Option<PinWrap>,
    #[serde(default)]
    passkey: Option<PasskeyWrap>,
    session: Option<Hex<WRAPPED_BYTES>>,
    sign_in: Option<Hex<WRAPPED_BYTES>>,
    /// In a row; counted before each attempt, so that taking the battery out gives none back.
    pub wrong_pins: u8,
    /// The latest time this phone's clock has shown, in unix milliseconds.
    pub seen_ms: i64,
    /// Was asked for a PIN here and did not want one.
    pub declined_pin: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct PinWrap {
    salt: Hex<SALT_BYTES>,
    wrapped: Hex<WRAPPED_BYTES>,
}

/// A key behind what a passkey gives for a salt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasskeyWrap {
    pub credential: Vec<u8>,
    pub salt: Hex<32>,
    wrapped: Hex<WRAPPED_BYTES>,
}

/// What opens it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unlock {
    /// The phone's own lock.
    Passkey,
    Pin,
    /// Contact with the server, with the session there is.
    Session,
    /// Signing in anew.
    SignIn,
}

impl Vault {
    /// A new vault for a key, behind the server's halves until a PIN is chosen.
    pub fn new(
        key: &VaultKey,
        session_share: &Hex<32>,
        sign_in_share: Option<&Hex<32>>,
        now_ms: i64,
        fill: Fill,
    ) -> Vault {
        Vault {
            public: key.public(),
            pin: None,
            passkey: None,
            session: wrap(key, BY_SESSION, &session_share.0, fill),
            sign_in: sign_in_share.and_then(|share| wrap(key, BY_SIGN_IN, &share.0, fill)),
            wrong_pins: 0,
            seen_ms: now_ms,
            declined_pin: false,
        }
    }

    /// What opens it now.
    pub fn unlock(&self) -> Unlock {
        if self.passkey.is_some() {
            Unlock::Passkey
        } else if self.pin.is_some() {
            Unlock::Pin
        } else if self.session.is_some() {
            Unlock::Session
        } else {
            Unlock::SignIn
        }
    }

    pub fn has_pin(&self) -> bool {
        self.pin.is_some()
    }

    pub fn passkey(&self) -> Option<&PasskeyWrap> {
        self.passkey.as_ref()
    }

    /// Whether it closes at all: behind a PIN or the phone's own lock.
    pub fn has_lock(&self) -> bool {
        self.has_pin() || self.passkey.is_some()
    }

    /// The key, if the PIN is right. Slow on purpose.
    pub fn open_by_pin(&self, pin: &str) -> Option<VaultKey> {
        let kept = self.pin.as_ref()?;
        unwrap(&kept.wrapped, BY_PIN, &stretched(pin, &kept.salt.0)?)
    }

    /// The key, behind what the passkey gives for its salt.
    pub fn open_by_passkey(&self, secret: &[u8; KEY_BYTES]) -> Option<VaultKey> {
        unwrap(&self.passkey.as_ref()?.wrapped, BY_PASSKEY, secret)
    }

    /// The key, behind the half that comes with a session.
    pub fn open_by_session(&self, share: &Hex<32>) -> Option<VaultKey> {
        unwrap(self.session.as_ref()?, BY_SESSION, &share.0)
    }

    /// The key, behind the half that comes with signing in.
    pub fn open_by_sign_in(&self, share: &Hex<32>) -> Option<VaultKey> {
        unwrap(self.sign_in.as_ref()?, BY_SIGN_IN, &share.0)
    }

    /// From now on the PIN opens it, and a session alone does not.
    pub fn choose_pin(&mut self, key: &VaultKey, pin: &str, fill: Fill) {
        let mut salt = [0; SALT_BYTES];
        fill(&mut salt);
        let by_pin =
            stretched(pin, &salt).and_then(|stretched| wrap(key, BY_PIN, &stretched, fill));
        if let Some(wrapped) = by_pin {
            let salt = Hex(salt);
            self.pin = Some(PinWrap { salt, wrapped });
            self.passkey = None;
            self.session = None;
            self.wrong_pins = 0;
        }
    }

    /// From now on the phone's own lock opens it, and neither a PIN nor a session does.
    pub fn choose_passkey(
        &mut self,
        key: &VaultKey,
        credential: Vec<u8>,
        salt: Hex<32>,
        secret: &[u8; KEY_BYTES],
        fill: Fill,
    ) {
        if let Some(wrapped) = wrap(key, BY_PASSKEY, secret, fill) {
            self.passkey = Some(PasskeyWrap {
                credential,
                salt,
                wrapped,
            });
            self.pin = None;
            self.session = None;
            self.wrong_pins = 0;
        }
    }

    /// From now on whoever has the session opens it.
    pub fn drop_lock(&mut self, key: &VaultKey, session_share: &Hex<32>, fill: Fill) {
        self.session = wrap(key, BY_SESSION, &session_share.0, fill);
        self.pin = None;
        self.passkey = None;
        self.declined_pin = true;
    }

    /// After signing in, where nothing locks it: the session opens it again, which signing out and the lease's end had ended.
    pub fn renew_session(&mut self, key: &VaultKey, share: &Hex<32>, fill: Fill) {
        if !self.has_lock() {
            self.session = wrap(key, BY_SESSION, &share.0, fill);
        }
    }

    /// After signing in: the half that opens it next time the PIN is forgotten.
    pub fn renew_sign_in(&mut self, key: &VaultKey, share: &Hex<32>, fill: Fill) {
        self.sign_in = wrap(key, BY_SIGN_IN, &share.0, fill);
        self.wrong_pins = 0;
    }

    /// The lease has ended: only a new sign-in opens it.
    pub fn end_lease(&mut self) {
        self.pin = None;
        self.passkey = None;
        self.session = None;
    }

    /// Nothing opens it any more.
    pub fn destroy(&mut self) {
        self.end_lease();
        self.sign_in = None;
    }

    pub fn is_destroyed(&self) -> bool {
        self.unlock() == Unlock::SignIn && self.sign_in.is_none()
    }
}

/// Whether a text can be a PIN.
pub fn is_pin(text: &str) -> bool {
    text.len() == PIN_DIGITS && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a PIN is among the first that anybody tries: one digit, or a run of them.
pub fn is_weak_pin(pin: &str) -> bool {
    let digits: Vec<i16> = pin.bytes().map(i16::from).collect();
    let steps = || digits.windows(2).map(|two| two[1] - two[0]);
    [0, 1, -1]
        .into_iter()
        .any(|step| steps().all(|other| other == step))
}

fn stretched(pin: &str, salt: &[u8]) -> Option<[u8; KEY_BYTES]> {
    let parameters = Params::new(MEMORY_KIB, PASSES, 1, Some(KEY_BYTES)).ok()?;
    let mut stretched = [0; KEY_BYTES];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters)
        .hash_password_into(pin.as_bytes(), salt, &mut stretched)
        .ok()?;
    Some(stretched)
}

fn wrap(key: &VaultKey, how: &str, by: &[u8; KEY_BYTES], fill: Fill) -> Option<Hex<WRAPPED_BYTES>> {
    let wrapped = seal(by, how, &key.0, fill)?;
    wrapped.try_into().ok().map(Hex)
}

fn unwrap(wrapped: &Hex<WRAPPED_BYTES>, how: &str, by: &[u8; KEY_BYTES]) -> Option<VaultKey> {
    let key = open(by, how, &wrapped.0)?;
    key.try_into().ok().map(VaultKey)
}

#[cfg(test)]
mod tests {
    use super::super::key::test_fill;
    use super::*;

    const SESSION: Hex<32> = Hex([1; 32]);
    const SIGN_IN: Hex<32> = Hex([2; 32]);

    fn made() -> (VaultKey, Vault) {
        let key = VaultKey::random(test_fill);
        let vault = Vault::new(&key, &SESSION, Some(&SIGN_IN), 5, test_fill);
        (key, vault)
    }

    #[test]
    fn without_a_pin_the_servers_half_opens_it() {
        let (key, vault) = made();
        assert_eq!(vault.unlock(), Unlock::Session);
        assert!(vault.open_by_session(&SESSION) == Some(key));
        assert!(vault.open_by_session(&SIGN_IN).is_none());
        assert!(vault.open_by_pin("123456").is_none());
    }

    #[test]
    fn with_a_pin_a_session_is_not_enough_and_a_new_sign_in_is() {
        let (key, mut vault) = made();
        vault.choose_pin(&key, "123456", test_fill);
        assert_eq!(vault.unlock(), Unlock::Pin);
        assert!(vault.open_by_session(&SESSION).is_none());
        assert!(vault.open_by_pin("123457").is_none());
        assert!(vault.open_by_pin("123456") == Some(key.clone()));
        assert!(vault.open_by_sign_in(&SIGN_IN) == Some(key.clone()));
        vault.drop_lock(&key, &SESSION, test_fill);
        assert!(vault.open_by_pin("123456").is_none());
        assert!(vault.open_by_session(&SESSION) == Some(key));
    }

    #[test]
    fn with_the_phones_own_lock_neither_a_pin_nor_a_session_opens_it() {
        let (key, mut vault) = made();
        vault.choose_pin(&key, "271828", test_fill);
        vault.choose_passkey(&key, vec![1, 2], Hex([3; 32]), &[4; 32], test_fill);
        assert_eq!(vault.unlock(), Unlock::Passkey);
        assert!(vault.open_by_passkey(&[4; 32]) == Some(key.clone()));
        assert!(vault.open_by_passkey(&[5; 32]).is_none());
        assert!(vault.open_by_pin("271828").is_none() && vault.open_by_session(&SESSION).is_none());
        assert!(vault.open_by_sign_in(&SIGN_IN) == Some(key.clone()));
        let written = serde_json::to_string(&vault).unwrap();
        assert!(serde_json::from_str::<Vault>(&written).unwrap() == vault);
        vault.choose_pin(&key, "271828", test_fill);
        assert!(vault.unlock() == Unlock::Pin && vault.open_by_passkey(&[4; 32]).is_none());
    }

    #[test]
    fn when_the_lease_ends_only_signing_in_opens_it_and_when_it_is_destroyed_nothing() {
        let (key, mut vault) = made();
        vault.choose_pin(&key, "123456", test_fill);
        vault.end_lease();
        assert_eq!(vault.unlock(), Unlock::SignIn);
        assert!(vault.open_by_pin("123456").is_none());
        assert!(vault.open_by_sign_in(&SIGN_IN) == Some(key));
        assert!(!vault.is_destroyed());
        vault.destroy();
        assert!(vault.is_destroyed() && vault.open_by_sign_in(&SIGN_IN).is_none());
    }

    #[test]
    fn what_lies_on_the_disk_holds_neither_key_nor_pin() {
        let (key, mut vault) = made();
        vault.choose_pin(&key, "918273", test_fill);
        let written = serde_json::to_string(&vault).unwrap();
        assert!(!written.contains("918273") && !written.contains(&Hex(key.0).to_string()));
        assert!(serde_json::from_str::<Vault>(&written).unwrap() == vault);
    }

    #[test]
    fn a_pin_is_six_digits() {
        assert!(is_pin("000000"));
        for other in ["", "12345", "1234567", "12345a", "１２３４５６"] {
            assert!(!is_pin(other));
        }
        for weak in ["000000", "123456", "987654"] {
            assert!(is_weak_pin(weak));
        }
        assert!(!is_weak_pin("112345") && !is_weak_pin("271828"));
    }
}
