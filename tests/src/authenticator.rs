//! An authenticator with one passkey (ES256, WebAuthn Level 3), as honest as its fields are: a test changes one of them and has a
//! liar. It answers the JSON that pages pass on.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

const IS_PRESENT: u8 = 0x01;
const IS_VERIFIED: u8 = 0x04;
const HAS_CREDENTIAL: u8 = 0x40;
/// ES256 on P-256, in the words of COSE: the map up to the point.
const KEY_BEGINS: [u8; 7] = [0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01];

/// What signs, and what it says.
#[derive(Clone)]
pub struct Authenticator {
    /// What it signs with.
    pub key: SigningKey,
    pub credential: Vec<u8>,
    /// Whom the passkey is for.
    pub user: Option<String>,
    /// The page that the browser says it is on.
    pub origin: String,
    /// The name that it says the passkey belongs to.
    pub belongs_to: String,
    /// It has seen a finger, a face or a code.
    pub is_verified: bool,
    /// How often it says that it was used.
    pub count: u32,
}

impl Authenticator {
    /// With no passkey yet, in a browser that is on this page.
    pub fn on(origin: &str) -> Authenticator {
        let random = [Uuid::new_v4().into_bytes(), Uuid::new_v4().into_bytes()].concat();
        Authenticator {
            key: SigningKey::from_slice(&random).expect("a secret"),
            credential: Uuid::new_v4().as_bytes().to_vec(),
            user: None,
            origin: origin.into(),
            belongs_to: "localhost".into(),
            is_verified: true,
            count: 1,
        }
    }

    /// Makes its passkey for whom the options name.
    pub fn make(&mut self, options: &Value) -> Value {
        assert_eq!(options["authenticatorSelection"]["residentKey"], "required");
        assert_eq!(
            options["authenticatorSelection"]["userVerification"],
            "required"
        );
        self.user = options["user"]["id"].as_str().map(str::to_owned);
        let mut data = self.data(HAS_CREDENTIAL);
        data.extend([0; 16]);
        data.extend((self.credential.len() as u16).to_be_bytes());
        data.extend(&self.credential);
        data.extend(self.public_key());
        let attestation = [
            b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58".as_slice(),
            &[data.len() as u8],
            &data,
        ];
        self.says(json!({
            "clientDataJSON": BASE64.encode(self.client_data("webauthn.create", options)),
            "attestationObject": BASE64.encode(attestation.concat()),
        }))
    }

    /// Shows its passkey.
    pub fn show(&mut self, options: &Value) -> Value {
        assert_eq!(options["userVerification"], "required");
        self.count += 1;
        let (data, client_data) = (self.data(0), self.client_data("webauthn.get", options));
        let signed = [data.as_slice(), &Sha256::digest(&client_data)].concat();
        let signature: Signature = self.key.sign(&signed);
        self.says(json!({
            "clientDataJSON": BASE64.encode(client_data),
            "authenticatorData": BASE64.encode(data),
            "signature": BASE64.encode(signature.to_der()),
            "userHandle": self.user,
        }))
    }

    fn says(&self, response: Value) -> Value {
        let id = BASE64.encode(&self.credential);
        json!({"id": id, "rawId": id, "type": "public-key", "response": response, "clientExtensionResults": {}})
    }

    fn client_data(&self, what: &str, options: &Value) -> Vec<u8> {
        let data = json!({"type": what, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": false});
        data.to_string().into_bytes()
    }

    fn data(&self, flags: u8) -> Vec<u8> {
        let verified = if self.is_verified { IS_VERIFIED } else { 0 };
        let mut data = Sha256::digest(&self.belongs_to).to_vec();
        data.push(IS_PRESENT | verified | flags);
        data.extend(self.count.to_be_bytes());
        data
    }

    fn public_key(&self) -> Vec<u8> {
        let point = self.key.verifying_key().to_sec1_point(false);
        let (x, y) = point.as_bytes()[1..].split_at(32);
        [
            &KEY_BEGINS,
            b"\x21\x58\x20".as_slice(),
            x,
            b"\x22\x58\x20",
            y,
        ]
        .concat()
    }
}
