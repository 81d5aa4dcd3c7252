//! Signing in with a passkey. What goes to the authenticator and what comes from it is JSON as WebAuthn Level 3 has it
//! (`parseCreationOptionsFromJSON`, `toJSON`): only the browser and the library that verifies look into it.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::domain::{DeviceId, PasskeyId};

/// Most that one person has.
pub const MAX_PASSKEYS: usize = 10;

/// What a browser asks its authenticator: counts once and for five minutes, in the browser that it was given to. Answer of
/// `POST /api/session/passkey/challenge`, `POST /api/session/step-up/passkey/challenge` and `POST /api/passkeys/challenge`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PasskeyChallenge {
    pub options: Value,
}

/// `POST /api/session/passkey`: answers with an `Admission`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PasskeySignIn {
    pub answer: Value,
    /// As in `SignIn`.
    #[serde(deserialize_with = "Option::deserialize")]
    pub device: Option<DeviceId>,
    pub device_name: String,
}

/// `POST /api/session/step-up/passkey`, which answers with an `Admission`, and `POST /api/passkeys`, which adds the passkey that was
/// made.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PasskeyAnswer {
    pub answer: Value,
}

/// One of one's own: `GET /api/passkeys`, the oldest first; `DELETE /api/passkeys/{id}` removes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasskeyLine {
    pub id: PasskeyId,
    pub added_at_ms: i64,
    pub last_used_at_ms: Option<i64>,
}
