//! Choosing another password, with the one that one has.

use shared::api::ChangePassword;
use shared::domain::AuditAct;

use super::attempts::{Attempt, Knock};
use super::session::OpenedSession;
use super::sign_in::{MAX_PASSWORD_BYTES, check_choice, check_length, record_refusal};
use super::{SignedIn, Token};
use crate::error::Error;
use crate::state::AppState;

/// Sets the new password: whoever was signed in elsewhere, and an invitation that is out, are ended with the old one, and this session
/// goes on under a new token.
pub async fn change(
    state: &AppState,
    who: &SignedIn,
    session: &Token,
    asked: &ChangePassword,
    now_ms: i64,
) -> Result<OpenedSession, Error> {
    if asked.old.len() > MAX_PASSWORD_BYTES {
        return Err(Error::WrongCredentials);
    }
    check_length(&asked.new)?;
    let attempt = Attempt::begin(state, Knock::StepUp(who.staff), now_ms).await?;
    let mut tx = state.store.read().await?;
    let stored = tx.password_hash(who.school, who.staff).await?;
    let member = tx.staff_member(who.school, who.staff).await?;
    drop(tx);
    let fits = state
        .passwords
        .fits(&asked.old, stored.as_deref(), attempt.is_known())
        .await?;
    if !fits {
        if attempt.is_to_be_recorded() {
            record_refusal(state.store.clone(), (who.school, who.staff), now_ms);
        }
        return Err(Error::WrongCredentials);
    }
    check_choice(
        &asked.new,
        &member.ok_or(Error::SignedOut)?,
        &who.school_name,
    )?;
    let hash = state.passwords.hash(&asked.new).await?;
    let new = Token::random().map_err(|_| Error::Broken("the machine gives no random numbers"))?;
    let mut tx = state.store.write().await?;
    // Another may have been chosen meanwhile, by an invitation too.
    if tx.password_hash(who.school, who.staff).await? != stored {
        return Err(Error::Conflict("the password was changed elsewhere"));
    }
    attempt.succeeded(&mut tx, &state.keys).await?;
    tx.set_password(who.school, who.staff, &hash, now_ms)
        .await?;
    tx.end_other_sessions(who.school, who.staff, &session.hash())
        .await?;
    tx.forget_pushes_elsewhere(who.school, who.staff, who.device)
        .await?;
    tx.withdraw_invitations(who.school, who.staff).await?;
    tx.step_up_session(&session.hash(), &new.hash(), now_ms)
        .await?;
    let act = who.did(AuditAct::ResetSignIn, now_ms);
    tx.record(who.school, act.subject(who.staff.0).detail("password"));
    tx.commit().await?;
    Ok(OpenedSession {
        token: new,
        device: who.device,
        actor: who.actor,
    })
}
