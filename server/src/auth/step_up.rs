//! What asks to show anew who one is, when that lies some time back: a phone left on a table must not become an erasure. Each
//! handler of it asks `stepped_up`; the addresses are listed in `tests/integration/step_up.rs`, which asks all of them.

use shared::api::StepUp;

use super::attempts::{Attempt, Knock};
use super::session::OpenedSession;
use super::sign_in::{MAX_PASSWORD_BYTES, record_refusal};
use super::{SignedIn, Token};
use crate::error::Error;
use crate::state::AppState;

/// So long who one is need not be shown anew.
pub const SHOWN_FOR_MS: i64 = 10 * 60 * 1000;

/// Whether this person has shown lately who they are.
pub fn stepped_up(who: &SignedIn, now_ms: i64) -> Result<(), Error> {
    match (0..=SHOWN_FOR_MS).contains(&(now_ms - who.shown_at_ms)) {
        true => Ok(()),
        false => Err(Error::StepUpNeeded),
    }
}

/// Shows with the password who is in a session, which goes on under a new token.
pub async fn step_up(
    state: &AppState,
    who: &SignedIn,
    token: &Token,
    asked: &StepUp,
    now_ms: i64,
) -> Result<OpenedSession, Error> {
    if asked.password.len() > MAX_PASSWORD_BYTES {
        return Err(Error::WrongCredentials);
    }
    let attempt = Attempt::begin(state, Knock::StepUp(who.staff), now_ms).await?;
    let mut tx = state.store.read().await?;
    let stored = tx.password_hash(who.school, who.staff).await?;
    drop(tx);
    let fits = state
        .passwords
        .fits(&asked.password, stored.as_deref(), attempt.is_known())
        .await?;
    if !fits {
        if attempt.is_to_be_recorded() {
            record_refusal(state.store.clone(), (who.school, who.staff), now_ms);
        }
        return Err(Error::WrongCredentials);
    }
    let new = Token::random().map_err(|_| Error::Broken("the machine gives no random numbers"))?;
    let mut tx = state.store.write().await?;
    attempt.succeeded(&mut tx, &state.keys).await?;
    tx.step_up_session(&token.hash(), &new.hash(), now_ms)
        .await?;
    tx.commit().await?;
    Ok(OpenedSession {
        token: new,
        device: who.device,
        actor: who.actor,
    })
}
