//! The local account: signing in with a password, and the invitation by which one is chosen.

use shared::api::{AcceptInvitation, Invitation, MAX_PASSWORD_CHARS, MIN_PASSWORD_CHARS, SignIn};
use shared::audit::AuditEvent;
use shared::domain::{AccountStatus, AuditAct, SchoolId, StaffId, StaffMember};

use super::account;
use super::attempts::{Attempt, Knock};
use super::browser::Browser;
use super::password_choice::is_common;
use super::session::{Arrival, OpenedSession, Way, open_session};
use super::token::Token;
use crate::error::Error;
use crate::state::AppState;
use crate::store::session::NewInvitation;
use crate::store::staff::Credentials;
use crate::store::{Store, Tx};

const INVITATION_LASTS_MS: i64 = 14 * 24 * 60 * 60 * 1000;
/// Longer than any user name or password that is stored; what is over fits nobody.
const MAX_USERNAME_BYTES: usize = 400;
pub(super) const MAX_PASSWORD_BYTES: usize = 4 * MAX_PASSWORD_CHARS;

/// Checks user name and password. Every way of not fitting, an unknown or closed account among them, is the same answer
/// after the same work.
pub async fn sign_in(
    state: &AppState,
    asked: &SignIn,
    browser: &Browser,
    now_ms: i64,
) -> Result<OpenedSession, Error> {
    if asked.username.len() > MAX_USERNAME_BYTES || asked.password.len() > MAX_PASSWORD_BYTES {
        return Err(Error::WrongCredentials);
    }
    let username = username(&asked.username);
    let knock = Knock::SignIn {
        username: &username,
        browser: browser.shown(),
    };
    let attempt = Attempt::begin(state, knock, now_ms).await?;
    let found = state.store.read().await?.credentials(&username).await?;
    let stored = found.as_ref().map(|credentials| credentials.hash.as_str());
    let fits = state
        .passwords
        .fits(&asked.password, stored, attempt.is_known())
        .await?;
    let is_active = |it: &&Credentials| it.status == AccountStatus::Active.as_str();
    let Some(account) = found.as_ref().filter(|_| fits).filter(is_active) else {
        if let Some(account) = found.filter(|_| attempt.is_to_be_recorded()) {
            let person = (account.school_id.into(), account.staff_id.into());
            record_refusal(state.store.clone(), person, now_ms);
        }
        return Err(Error::WrongCredentials);
    };
    let mut tx = state.store.write().await?;
    attempt.succeeded(&mut tx, &state.keys).await?;
    let arrival = Arrival {
        way: Way::Password,
        device: asked.device,
        device_name: &asked.device_name,
        browser: browser.token(),
    };
    let person = (account.school_id.into(), account.staff_id.into());
    let opened = open_session(&mut tx, person, &arrival, now_ms, now_ms).await?;
    tx.commit().await?;
    Ok(opened)
}

/// Apart from the answer, which must not take longer for an account that exists.
pub(super) fn record_refusal(store: Store, (school, staff): (SchoolId, StaffId), now_ms: i64) {
    let refused = AuditEvent::unsigned(AuditAct::RefusedSignIn, now_ms).subject(staff.0);
    tokio::spawn(async move {
        let recorded = async {
            let mut tx = store.write().await?;
            tx.record(school, refused);
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
    browser: &Browser,
    now_ms: i64,
) -> Result<OpenedSession, Error> {
    check_length(&asked.password)?;
    let token = Token::from_text(&asked.token).ok_or(Error::InvitationInvalid)?;
    // Before the work: who has no invitation does not stand in the line of those who are known.
    let mut tx = state.store.read().await?;
    if !tx.is_invitation(&token.hash(), now_ms).await? {
        return Err(Error::InvitationInvalid);
    }
    drop(tx);
    let hash = state.passwords.hash(&asked.password).await?;
    let mut tx = state.store.write().await?;
    let member = take_invitation(&mut tx, &token.hash(), now_ms).await?;
    let (school, staff) = (member.school, member.member.id);
    check_choice(&asked.password, &member.member, &member.school_name)?;
    tx.set_password(school, staff, &hash, now_ms).await?;
    let arrival = Arrival {
        way: Way::Invitation,
        device: None,
        device_name: &asked.device_name,
        browser: browser.token(),
    };
    let opened = open_session(&mut tx, (school, staff), &arrival, now_ms, now_ms).await?;
    tx.commit().await?;
    Ok(opened)
}

/// Whether a password that somebody chooses is neither too short nor too long.
pub(super) fn check_length(password: &str) -> Result<(), Error> {
    match password.chars().count() {
        ..MIN_PASSWORD_CHARS => Err(Error::PasswordTooShort),
        MIN_PASSWORD_CHARS..=MAX_PASSWORD_CHARS => Ok(()),
        _ => Err(Error::TooLarge("the password is too long")),
    }
}

/// Whether a password that this person chooses is none of those that are tried first.
pub(super) fn check_choice(
    password: &str,
    member: &StaffMember,
    school_name: &str,
) -> Result<(), Error> {
    let names = [member.username.as_str(), &member.name, school_name];
    match is_common(password, &names) {
        true => Err(Error::PasswordCommon),
        false => Ok(()),
    }
}

/// Who is invited, where.
pub struct Invited {
    pub school: SchoolId,
    pub school_name: String,
    pub member: StaffMember,
}

/// Uses an invitation up, for whichever way of signing in is about to be set: what was open before ends, and it does not go unseen.
pub async fn take_invitation(
    tx: &mut Tx,
    token_hash: &[u8; 32],
    now_ms: i64,
) -> Result<Invited, Error> {
    let (school, staff) = tx
        .take_invitation(token_hash, now_ms)
        .await?
        .ok_or(Error::InvitationInvalid)?;
    let member = tx.staff_member(school, staff).await?;
    let member = member.filter(|member| {
        matches!(
            member.status,
            AccountStatus::Active | AccountStatus::Invited
        )
    });
    let member = member.ok_or(Error::InvitationInvalid)?;
    account::set_anew(tx, school, staff, now_ms).await?;
    // Whoever took the account over must not leave the owner a way that still works and tells nothing.
    tx.forget_ways(school, staff).await?;
    tx.forget_notice_address(school, staff).await?;
    tx.forget_pushes(school, staff).await?;
    tx.end_sessions_of(school, staff).await?;
    tx.forget_browsers(school, staff).await?;
    let school_name = tx.school_name(school).await?;
    Ok(Invited {
        school,
        school_name: school_name.unwrap_or_default(),
        member,
    })
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
