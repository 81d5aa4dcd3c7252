//! The local account: signing in with a password, and the invitation by which one is chosen.

use shared::api::{AcceptInvitation, Invitation, MIN_PASSWORD_CHARS, SignIn};
use shared::audit::AuditEvent;
use shared::domain::{AccountStatus, AuditAct, SchoolId, StaffId};

use super::session::{OpenedSession, open_session};
use super::token::Token;
use crate::error::Error;
use crate::state::AppState;
use crate::store::session::NewInvitation;
use crate::store::staff::Credentials;
use crate::store::{Store, Tx};

const INVITATION_LASTS_MS: i64 = 14 * 24 * 60 * 60 * 1000;
/// Longer than any user name or password that is stored; what is over fits nobody.
const MAX_CREDENTIAL_BYTES: usize = 400;

/// Checks user name and password. Every way of not fitting, an unknown or closed account among them, is the same answer
/// after the same work.
pub async fn sign_in(
    state: &AppState,
    asked: &SignIn,
    now_ms: i64,
) -> Result<OpenedSession, Error> {
    if asked.username.len().max(asked.password.len()) > MAX_CREDENTIAL_BYTES {
        return Err(Error::WrongCredentials);
    }
    let username = username(&asked.username);
    if !state.attempts.may_try(&username, now_ms) {
        return Err(Error::TooManyAttempts);
    }
    let found = state.store.read().await?.credentials(&username).await?;
    let stored = found.as_ref().map(|credentials| credentials.hash.as_str());
    let fits = state
        .passwords
        .fits(&asked.password, stored)
        .await
        .map_err(|_| Error::Broken("a password could not be compared"))?;
    let is_active = |it: &&Credentials| it.status == AccountStatus::Active.as_str();
    let Some(account) = found.as_ref().filter(|_| fits).filter(is_active) else {
        if let Some(account) = found.filter(|_| state.attempts.is_to_be_recorded(&username)) {
            record_refusal(state.store.clone(), account, now_ms);
        }
        return Err(Error::WrongCredentials);
    };
    state.attempts.succeeded(&username);
    let mut tx = state.store.write().await?;
    let opened = open_session(
        &mut tx,
        (account.school_id.into(), account.staff_id.into()),
        asked.device,
        &asked.device_name,
        now_ms,
    )
    .await?;
    tx.commit().await?;
    Ok(opened)
}

/// Apart from the answer, which must not take longer for an account that exists.
fn record_refusal(store: Store, account: Credentials, now_ms: i64) {
    let refused = AuditEvent::unsigned(AuditAct::RefusedSignIn, now_ms).subject(account.staff_id);
    tokio::spawn(async move {
        let recorded = async {
            let mut tx = store.write().await?;
            tx.record(account.school_id.into(), refused);
            tx.commit().await
        };
        if let Err(error) = recorded.await {
            tracing::error!(%error, "a refused sign-in could not be recorded");
        }
    });
}

/// Takes up an invitation: the password is set, earlier sessions ended, the invitation used up and a session opened, or none
/// of it.
pub async fn accept_invitation(
    state: &AppState,
    asked: &AcceptInvitation,
    now_ms: i64,
) -> Result<OpenedSession, Error> {
    if asked.password.len() > MAX_CREDENTIAL_BYTES {
        return Err(Error::TooLarge("the password is too long"));
    }
    if asked.password.chars().count() < MIN_PASSWORD_CHARS {
        return Err(Error::PasswordTooShort);
    }
    let token = Token::from_text(&asked.token).ok_or(Error::InvitationInvalid)?;
    let hash = state
        .passwords
        .hash(&asked.password)
        .await
        .map_err(|_| Error::Broken("a password could not be hashed"))?;
    let mut tx = state.store.write().await?;
    let (school, staff) = tx
        .take_invitation(&token.hash(), now_ms)
        .await?
        .ok_or(Error::InvitationInvalid)?;
    tx.set_password(school, staff, &hash, now_ms).await?;
    tx.end_sessions_of(school, staff).await?;
    let took = AuditEvent::unsigned(AuditAct::TookInvitation, now_ms);
    tx.record(school, took.subject(staff.0));
    let opened = open_session(&mut tx, (school, staff), None, &asked.device_name, now_ms).await?;
    tx.commit().await?;
    Ok(opened)
}

/// Writes an invitation down and returns it, the only time its token is known.
pub async fn invite(
    tx: &mut Tx,
    school: SchoolId,
    staff: StaffId,
    now_ms: i64,
) -> Result<Invitation, Error> {
    let token =
        Token::random().map_err(|_| Error::Broken("the machine gives no random numbers"))?;
    let expires_at_ms = now_ms + INVITATION_LASTS_MS;
    tx.add_invitation(&NewInvitation {
        token_hash: token.hash(),
        school,
        staff,
        created_at_ms: now_ms,
        expires_at_ms,
    })
    .await?;
    Ok(Invitation {
        token: token.to_text(),
        expires_at_ms,
    })
}

/// As user names are stored and compared.
pub fn username(typed: &str) -> String {
    typed.trim().to_lowercase()
}
