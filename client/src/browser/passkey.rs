//! The phone's own lock as a key: a passkey whose PRF extension (WebAuthn Level 3) gives the same 32 bytes each time its owner is
//! verified by finger, face or the phone's code, with or without a network. Nothing of it leaves the phone. The passkeys by which people
//! sign in are others (`authenticator`).

use js_sys::{Array, Function, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};

use super::authenticator::{asked, call, class, get, object};

pub const SECRET_BYTES: usize = 32;
const TIMEOUT_MS: u32 = 60_000;
/// ES256, EdDSA and RS256: what platforms make. The signature is not looked at; a kind has to be named.
const ALGORITHMS: [i32; 3] = [-7, -8, -257];

/// A passkey that was made for this phone.
pub struct Passkey {
    pub credential: Vec<u8>,
    pub secret: [u8; SECRET_BYTES],
}

/// Whether this browser says that it can: on a phone with a lock of its own, and with the PRF extension.
pub async fn is_available() -> bool {
    can().await.unwrap_or(false)
}

async fn can() -> Option<bool> {
    let class = class()?;
    let verifies = call(&class, "isUserVerifyingPlatformAuthenticatorAvailable", &[]).await?;
    let capabilities = call(&class, "getClientCapabilities", &[]).await?;
    let has_prf = get(&capabilities, "extension:prf")?;
    Some(verifies.is_truthy() && has_prf.is_truthy())
}

/// Makes a passkey for a person; none when the person does not want to, or the phone cannot after all.
pub async fn create(user: &[u8], name: &str, salt: &[u8], challenge: &[u8]) -> Option<Passkey> {
    let algorithms = ALGORITHMS
        .map(|algorithm| object(&[("type", "public-key".into()), ("alg", algorithm.into())]));
    let options = object(&[
        ("rp", object(&[("name", "Friminutt".into())])),
        (
            "user",
            object(&[
                ("id", bytes(user)),
                ("name", name.into()),
                ("displayName", name.into()),
            ]),
        ),
        ("challenge", bytes(challenge)),
        ("pubKeyCredParams", Array::from_iter(algorithms).into()),
        (
            "authenticatorSelection",
            object(&[
                ("authenticatorAttachment", "platform".into()),
                ("userVerification", "required".into()),
            ]),
        ),
        ("timeout", TIMEOUT_MS.into()),
        ("extensions", prf(salt)),
    ]);
    let made = asked("create", options).await?;
    let credential = Uint8Array::new(&get(&made, "rawId")?).to_vec();
    let secret = match secret_of(&made) {
        Some(secret) => secret,
        // Some platforms give it only when the passkey is used.
        None => secret(&credential, salt, challenge).await?,
    };
    Some(Passkey { credential, secret })
}

/// What the passkey gives for a salt, once its owner is verified; none when that failed or was broken off.
pub async fn secret(
    credential: &[u8],
    salt: &[u8],
    challenge: &[u8],
) -> Option<[u8; SECRET_BYTES]> {
    let allowed = object(&[("type", "public-key".into()), ("id", bytes(credential))]);
    let options = object(&[
        ("challenge", bytes(challenge)),
        ("allowCredentials", Array::of1(&allowed).into()),
        ("userVerification", "required".into()),
        ("timeout", TIMEOUT_MS.into()),
        ("extensions", prf(salt)),
    ]);
    secret_of(&asked("get", options).await?)
}

fn secret_of(credential: &JsValue) -> Option<[u8; SECRET_BYTES]> {
    let read: Function = get(credential, "getClientExtensionResults")?
        .dyn_into()
        .ok()?;
    let results = get(&get(&read.call0(credential).ok()?, "prf")?, "results")?;
    let first = get(&results, "first")?;
    Uint8Array::new(&first).to_vec().try_into().ok()
}

fn prf(salt: &[u8]) -> JsValue {
    let salts = object(&[("first", bytes(salt))]);
    object(&[("prf", object(&[("eval", salts)]))])
}

fn bytes(bytes: &[u8]) -> JsValue {
    Uint8Array::from(bytes).into()
}
