//! Signing in, showing anew who one is, and adding a passkey: a challenge from the server, what the phone says to it, and back.

use serde_json::Value;
use shared::api::{Admission, PasskeyAnswer, PasskeyChallenge, PasskeyLine, PasskeySignIn, path};

use super::State;
use crate::browser::http::{self, ApiFailure};
use crate::browser::{authenticator, device};

/// Why nothing came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasskeyFailure {
    /// Broken off by the person, or by the phone.
    NotShown,
    Server(ApiFailure),
}

impl From<ApiFailure> for PasskeyFailure {
    fn from(failure: ApiFailure) -> Self {
        PasskeyFailure::Server(failure)
    }
}

impl State {
    pub async fn sign_in_with_passkey(self) -> Result<Admission, PasskeyFailure> {
        let request = PasskeySignIn {
            answer: shown(path::PASSKEY_CHALLENGE).await?,
            device: self.device_for("").await,
            device_name: device::name(),
        };
        Ok(http::post(path::PASSKEY_SIGN_IN, &request).await?)
    }

    pub async fn step_up_with_passkey(self) -> Result<Admission, PasskeyFailure> {
        let answer = shown(path::PASSKEY_STEP_UP_CHALLENGE).await?;
        Ok(http::post(path::PASSKEY_STEP_UP, &PasskeyAnswer { answer }).await?)
    }

    /// Whether the phone can be asked for a passkey that this person has.
    pub async fn has_passkey(self) -> bool {
        let passkeys = match authenticator::is_available() {
            true => http::get::<Vec<PasskeyLine>>(path::PASSKEYS).await,
            false => return false,
        };
        passkeys.is_ok_and(|passkeys| !passkeys.is_empty())
    }

    pub async fn add_passkey(self) -> Result<(), PasskeyFailure> {
        let ask =
            async || http::post_nothing::<PasskeyChallenge>(path::PASSKEY_NEW_CHALLENGE).await;
        let challenge = self.stepping_up(ask).await?;
        let made = authenticator::make(&challenge.options).await;
        let answer = made.ok_or(PasskeyFailure::NotShown)?;
        http::post::<http::Nothing>(path::PASSKEYS, &PasskeyAnswer { answer }).await?;
        Ok(())
    }
}

async fn shown(address: &str) -> Result<Value, PasskeyFailure> {
    let challenge = http::post_nothing::<PasskeyChallenge>(address).await?;
    let shown = authenticator::show(&challenge.options).await;
    shown.ok_or(PasskeyFailure::NotShown)
}
