//! Passkeys: a challenge is given, its answer is verified by `webauthn-rs`, and what it was for is done. The authenticator must have
//! verified its person, and finds the passkey by itself, so nobody says who they are before. A challenge is for one browser, by a
//! cookie, and counts once whatever comes of it. Which passkeys there are is told to nobody who has shown none.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use shared::api::{MAX_PASSKEYS, PasskeyLine, PasskeySignIn};
use shared::audit::AuditEvent;
use shared::domain::{AccountStatus, AuditAct, SchoolId, StaffId};
use uuid::Uuid;
use webauthn_rs::prelude::{
    DiscoverableAuthentication, Passkey, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential, Url, Webauthn, WebauthnBuilder, WebauthnError,
};

use super::attempts::{Attempt, Knock};
use super::browser::Browser;
use super::session::{Arrival, OpenedSession, Way, open_session};
use super::signed_in::SignedIn;
use super::token::Token;
use crate::error::Error;
use crate::state::AppState;
use crate::store::Tx;
use crate::store::passkey::{Challenge, Purpose, StoredPasskey};

/// So long an answer may take.
pub const CHALLENGE_LASTS_MS: i64 = 5 * 60 * 1000;
const COUNT_WENT_BACK: &str = "count-went-back";

/// What passkeys of this installation belong to: the name and the origin of the address that people use.
pub struct Passkeys(Webauthn);

impl Passkeys {
    /// None where the address has no name. On this machine it is `localhost`, also when the server was told no name: browsers give
    /// passkeys to names only.
    pub fn new(public_url: &str) -> Option<Passkeys> {
        let mut origin = Url::parse(public_url).ok()?;
        let address = origin.host_str()?.trim_matches(['[', ']']).parse();
        if address.is_ok_and(|address: std::net::IpAddr| address.is_loopback()) {
            origin.set_host(Some("localhost")).ok()?;
        }
        let name = origin.domain()?.to_owned();
        let builder = WebauthnBuilder::new(&name, &origin).ok()?;
        let verifier = builder.rp_name("Friminutt").build().ok()?;
        Some(Passkeys(verifier))
    }
}

/// A challenge as it goes to the browser: the secret for its cookie, and what it asks its authenticator.
pub type Given = (Token, Value);

/// For whoever has a passkey.
pub async fn begin_sign_in(state: &AppState, now_ms: i64) -> Result<Given, Error> {
    let (options, kept) = request(state, &[])?;
    give(state, Purpose::SignIn, None, options, &kept, now_ms).await
}

/// For the passkeys of whoever is signed in.
pub async fn begin_step_up(state: &AppState, who: &SignedIn, now_ms: i64) -> Result<Given, Error> {
    let mut tx = state.store.read().await?;
    let credentials = tx.credentials_of(who.school, who.staff).await?;
    drop(tx);
    let (options, kept) = request(state, &credentials)?;
    let person = Some((who.school, who.staff));
    give(state, Purpose::StepUp, person, options, &kept, now_ms).await
}

/// For a new passkey, on an authenticator that has none of this person's yet.
pub async fn begin_adding(state: &AppState, who: &SignedIn, now_ms: i64) -> Result<Given, Error> {
    let mut tx = state.store.read().await?;
    let credentials = tx.credentials_of(who.school, who.staff).await?;
    drop(tx);
    if credentials.len() >= MAX_PASSKEYS {
        return Err(Error::Conflict("there are ten passkeys: remove one first"));
    }
    let shown_as = format!("{} ({})", who.name, who.school_name);
    let (asked, kept) = verifier(state)?
        .start_passkey_registration(handle(who.staff), &shown_as, &who.name, Some(credentials))
        .map_err(unusable)?;
    let mut options = json!(asked.public_key);
    // The library asks for less than signing in without a user name takes.
    options["authenticatorSelection"]["residentKey"] = "required".into();
    options["authenticatorSelection"]["requireResidentKey"] = true.into();
    let person = Some((who.school, who.staff));
    give(state, Purpose::Add, person, options, &json!(kept), now_ms).await
}

/// Adds the passkey that was made.
pub async fn add(
    state: &AppState,
    who: &SignedIn,
    token: &Token,
    answer: Value,
    now_ms: i64,
) -> Result<PasskeyLine, Error> {
    let answer: RegisterPublicKeyCredential = read(answer)?;
    let person = Some((who.school, who.staff));
    let kept = take(state, token, Purpose::Add, person, now_ms).await?;
    let kept: PasskeyRegistration = restored(&kept)?;
    let passkey = verifier(state)?
        .finish_passkey_registration(&answer, &kept)
        .map_err(refused)?;
    let line = PasskeyLine {
        id: Uuid::now_v7().into(),
        added_at_ms: now_ms,
        last_used_at_ms: None,
    };
    let new = StoredPasskey {
        credential: passkey.cred_id().to_vec(),
        school: who.school,
        staff: who.staff,
        device: who.device,
        passkey: json!(passkey).to_string(),
    };
    let mut tx = state.store.write().await?;
    if tx.credentials_of(who.school, who.staff).await?.len() >= MAX_PASSKEYS {
        return Err(Error::Conflict("there are ten passkeys: remove one first"));
    }
    if !tx.add_passkey(line.id, &new, now_ms).await? {
        return Err(Error::PasskeyRefused);
    }
    let act = who.did(AuditAct::AddedPasskey, now_ms);
    tx.record(who.school, act.subject(who.staff.0));
    tx.commit().await?;
    Ok(line)
}

/// Opens a session for whose passkey it is.
pub async fn sign_in(
    state: &AppState,
    token: &Token,
    asked: PasskeySignIn,
    browser: &Browser,
    now_ms: i64,
) -> Result<OpenedSession, Error> {
    let answer = read(asked.answer)?;
    let (mut tx, person) = shown(state, token, None, &answer, now_ms).await?;
    let arrival = Arrival {
        way: Way::Passkey,
        device: asked.device,
        device_name: &asked.device_name,
        browser: browser.token(),
    };
    let opened = open_session(&mut tx, person, &arrival, now_ms, now_ms).await?;
    tx.commit().await?;
    Ok(opened)
}

/// Shows who is in a session, which goes on under a new token.
pub async fn step_up(
    state: &AppState,
    who: &SignedIn,
    (session, token): (&Token, &Token),
    answer: Value,
    now_ms: i64,
) -> Result<OpenedSession, Error> {
    let answer = read(answer)?;
    let person = Some((who.school, who.staff));
    let (mut tx, _) = shown(state, token, person, &answer, now_ms).await?;
    let new = new_token()?;
    tx.step_up_session(&session.hash(), &new.hash(), now_ms)
        .await?;
    tx.commit().await?;
    Ok(OpenedSession {
        token: new,
        device: who.device,
        actor: who.actor,
    })
}

/// Whose passkey has answered, in the transaction that has it noted; `who` is the one that it must be.
async fn shown(
    state: &AppState,
    token: &Token,
    who: Option<(SchoolId, StaffId)>,
    answer: &PublicKeyCredential,
    now_ms: i64,
) -> Result<(Tx, (SchoolId, StaffId)), Error> {
    let purpose = who.map_or(Purpose::SignIn, |_| Purpose::StepUp);
    let kept = take(state, token, purpose, who, now_ms).await?;
    let kept: DiscoverableAuthentication = restored(&kept)?;
    let credential = answer.get_credential_id();
    let attempt = Attempt::begin(state, Knock::Passkey(credential), now_ms).await?;
    let mut tx = state.store.write().await?;
    let stored = tx.hold_passkey(credential).await?;
    let stored = stored.ok_or(Error::PasskeyRefused)?;
    let person = (stored.school, stored.staff);
    let is_whose = who.is_none_or(|who| who == person) && names(answer, who.is_none(), person.1);
    let mut passkey: Passkey = restored(&stored.passkey)?;
    let verified = verifier(state)?.finish_discoverable_authentication_v2(answer, kept, &passkey);
    let member = tx.staff_member(person.0, person.1).await?;
    let is_open = member.is_some_and(|member| member.status == AccountStatus::Active);
    let result = match verified {
        Ok(result) if is_whose && is_open => result,
        refusal => {
            let has_gone_back = matches!(refusal, Err(WebauthnError::CredentialPossibleCompromise));
            if has_gone_back || attempt.is_to_be_recorded() {
                let detail = if has_gone_back { COUNT_WENT_BACK } else { "" };
                record_refusal(tx, person, detail, now_ms).await?;
            }
            return Err(Error::PasskeyRefused);
        }
    };
    passkey.update_credential(&result);
    tx.used_passkey(credential, &json!(passkey).to_string(), now_ms)
        .await?;
    attempt.succeeded(&mut tx, &state.keys).await?;
    Ok((tx, person))
}

/// What an authenticator calls this person. Not the id itself: the passkey that opens a phone's vault is made for that, and a new
/// one for the same would take its place.
fn handle(staff: StaffId) -> Uuid {
    Uuid::from_u128(!staff.0.as_u128())
}

/// Whether the answer names this person: it must where nobody was asked for, and may not name another.
fn names(answer: &PublicKeyCredential, must: bool, staff: StaffId) -> bool {
    match answer.get_user_unique_id() {
        Some(named) => named == handle(staff).as_bytes(),
        None => !must,
    }
}

async fn record_refusal(
    mut tx: Tx,
    (school, staff): (SchoolId, StaffId),
    detail: &str,
    now_ms: i64,
) -> Result<(), Error> {
    let act = AuditEvent::unsigned(AuditAct::RefusedPasskey, now_ms).subject(staff.0);
    tx.record(school, act.detail(detail.to_owned()));
    Ok(tx.commit().await?)
}

/// What is asked of an authenticator, and what is kept until it answers.
fn request(state: &AppState, credentials: &[Vec<u8>]) -> Result<(Value, Value), Error> {
    let (asked, kept) = verifier(state)?
        .start_discoverable_authentication()
        .map_err(unusable)?;
    let mut options = json!(asked.public_key);
    let named = |credential: &Vec<u8>| json!({"type": "public-key", "id": BASE64_URL_SAFE_NO_PAD.encode(credential)});
    options["allowCredentials"] = credentials.iter().map(named).collect();
    Ok((options, json!(kept)))
}

async fn give(
    state: &AppState,
    purpose: Purpose,
    person: Option<(SchoolId, StaffId)>,
    options: Value,
    kept: &Value,
    now_ms: i64,
) -> Result<Given, Error> {
    let token = new_token()?;
    let challenge = Challenge {
        started_at_ms: now_ms,
        purpose,
        person,
        state: kept.to_string(),
    };
    let mut tx = state.store.write().await?;
    tx.give_challenge(&token.hash(), &challenge, now_ms - CHALLENGE_LASTS_MS)
        .await?;
    tx.commit().await?;
    Ok((token, options))
}

/// What was kept of a challenge; it is used up.
async fn take(
    state: &AppState,
    token: &Token,
    purpose: Purpose,
    person: Option<(SchoolId, StaffId)>,
    now_ms: i64,
) -> Result<String, Error> {
    let mut tx = state.store.write().await?;
    let challenge = tx.take_challenge(&token.hash(), purpose, person).await?;
    tx.commit().await?;
    let lasts = 0..CHALLENGE_LASTS_MS;
    let challenge = challenge.filter(|it| lasts.contains(&(now_ms - it.started_at_ms)));
    Ok(challenge.ok_or(Error::PasskeyRefused)?.state)
}

fn verifier(state: &AppState) -> Result<&Webauthn, Error> {
    let passkeys = state.passkeys.as_deref().ok_or(Error::NotFound)?;
    Ok(&passkeys.0)
}

fn read<T: serde::de::DeserializeOwned>(answer: Value) -> Result<T, Error> {
    serde_json::from_value(answer)
        .map_err(|_| Error::Malformed("that is no answer of an authenticator"))
}

fn restored<T: serde::de::DeserializeOwned>(kept: &str) -> Result<T, Error> {
    serde_json::from_str(kept).map_err(|_| Error::Broken("what is kept of a passkey is unreadable"))
}

fn refused(why: WebauthnError) -> Error {
    tracing::debug!(%why, "a passkey was refused");
    Error::PasskeyRefused
}

fn unusable(why: WebauthnError) -> Error {
    tracing::error!(%why, "no challenge could be made");
    Error::Broken("no challenge for a passkey could be made")
}

fn new_token() -> Result<Token, Error> {
    Token::random().map_err(|_| Error::Broken("the machine gives no random numbers"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn belongs_to(public_url: &str) -> Option<String> {
        let passkeys = Passkeys::new(public_url)?;
        let (asked, _) = passkeys.0.start_discoverable_authentication().unwrap();
        let origin = passkeys.0.get_allowed_origins()[0].origin();
        Some(format!(
            "{} {}",
            asked.public_key.rp_id,
            origin.ascii_serialization()
        ))
    }

    #[test]
    fn passkeys_belong_to_the_name_that_people_use_and_on_this_machine_to_localhost() {
        for (public_url, belongs) in [
            (
                "https://friminutt.example",
                Some("friminutt.example https://friminutt.example"),
            ),
            (
                "https://lia.example:8443",
                Some("lia.example https://lia.example:8443"),
            ),
            (
                "http://127.0.0.1:8080",
                Some("localhost http://localhost:8080"),
            ),
            ("http://[::1]:8080", Some("localhost http://localhost:8080")),
            ("http://192.0.2.7:8080", None),
            ("friminutt", None),
        ] {
            assert_eq!(belongs_to(public_url).as_deref(), belongs, "{public_url}");
        }
    }
}
