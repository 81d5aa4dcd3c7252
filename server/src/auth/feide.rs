//! Signing in by way of an OpenID provider: there, back, and in. The browser is known on the way by a cookie whose secret gives state,
//! nonce and verifier; it changes when the provider has said who it is, and a session is opened only when our own page asks for it, so
//! nobody is signed in by being sent to an address. Who an identity is was said by an invitation, never by an e-mail address.

use shared::api::{FeideOutcome, FinishFeide, SchoolChoice, StartFeide};
use shared::audit::AuditEvent;
use shared::domain::{AuditAct, ClassId, Role, SchoolId, StaffId};

use super::account;
use super::browser::Browser;
use super::groups::Groups;
use super::provider::{Provider, ProviderError, Secrets, Shown};
use super::session::{Arrival, OpenedSession, Way, open_session};
use super::sign_in::take_invitation;
use super::token::Token;
use crate::error::Error;
use crate::state::AppState;
use crate::store::Tx;
use crate::store::identity::{Flow, ShownIdentity};
use crate::sync::live::LOOK_AGAIN;

/// So long there, back and in may take.
pub const FLOW_LASTS_MS: i64 = 10 * 60 * 1000;
/// How far the provider's clock may be from ours.
const CLOCKS_DIFFER_MS: i64 = 60 * 1000;

/// What the browser came back with.
pub struct Return {
    pub code: Option<String>,
    pub state: Option<String>,
    /// Who says that it sent it, where it does.
    pub issuer: Option<String>,
}

/// Begins a way: the secret for the browser's cookie, and where it goes.
pub async fn start(
    state: &AppState,
    provider: &Provider,
    asked: &StartFeide,
    now_ms: i64,
) -> Result<(Token, String), Error> {
    let invitation = asked.invitation.as_deref().map(Token::from_text);
    if matches!(invitation, Some(None)) {
        return Err(Error::InvitationInvalid);
    }
    let token = new_token()?;
    let address = provider
        .address(&Secrets::of(&token), asked.is_again, now_ms)
        .await
        .map_err(|_| Error::ProviderUnavailable)?;
    let flow = Flow {
        started_at_ms: now_ms,
        invitation_hash: invitation.flatten().map(|token| token.hash()),
        is_again: asked.is_again,
        shown: None,
    };
    let mut tx = state.store.write().await?;
    tx.begin_flow(&token.hash(), &flow, now_ms - FLOW_LASTS_MS)
        .await?;
    tx.commit().await?;
    Ok((token, address))
}

/// Takes what the browser came back with; on success with the secret of the rest of the way.
pub async fn come_back(
    state: &AppState,
    provider: &Provider,
    token: Token,
    back: Return,
    now_ms: i64,
) -> Result<Result<Token, FeideOutcome>, Error> {
    // Taken first, so that it counts once whatever it leads to.
    let mut tx = state.store.write().await?;
    let flow = tx.take_flow(&token.hash()).await?;
    tx.commit().await?;
    let flow = flow.filter(|flow| flow.shown.is_none() && is_in_time(flow, now_ms));
    let secrets = Secrets::of(&token);
    let is_ours = back.state.as_deref() == Some(secrets.state.as_str())
        && back.issuer.is_none_or(|issuer| issuer == provider.issuer());
    let (Some(flow), true, Some(code)) = (flow, is_ours, back.code) else {
        return Ok(Err(FeideOutcome::Failed));
    };
    let shown = match provider.ask(secrets, code, now_ms).await {
        Ok(shown) => shown,
        Err(ProviderError::Unavailable) => return Ok(Err(FeideOutcome::Unavailable)),
        Err(ProviderError::NotShown(why)) => {
            tracing::warn!(why, "a sign-in by way of the provider was refused");
            return Ok(Err(FeideOutcome::Failed));
        }
    };
    let Some(shown_at_ms) = shown_at(&flow, &shown, now_ms) else {
        return Ok(Err(FeideOutcome::Failed));
    };
    let identity = match identity(state, provider, &flow, &shown, shown_at_ms, now_ms).await? {
        Ok(identity) => identity,
        Err(outcome) => return Ok(Err(outcome)),
    };
    let token = new_token()?;
    let flow = Flow {
        invitation_hash: None,
        shown: Some(identity),
        ..flow
    };
    let mut tx = state.store.write().await?;
    tx.begin_flow(&token.hash(), &flow, now_ms - FLOW_LASTS_MS)
        .await?;
    tx.commit().await?;
    Ok(Ok(token))
}

/// How a way ends.
pub enum Finished {
    Opened(OpenedSession),
    /// The identity has an account at each of these schools; the way goes on when one is chosen.
    Several(Vec<SchoolChoice>),
}

/// Opens the session at the school that was chosen, or the only one.
pub async fn finish(
    state: &AppState,
    token: &Token,
    asked: &FinishFeide,
    browser: &Browser,
    now_ms: i64,
) -> Result<Finished, Error> {
    let mut tx = state.store.write().await?;
    let flow = tx.take_flow(&token.hash()).await?;
    let flow = flow.filter(|flow| is_in_time(flow, now_ms));
    let flow = flow.ok_or(Error::SignedOut)?;
    let shown = flow.shown.as_ref().ok_or(Error::SignedOut)?;
    let accounts = tx
        .accounts_of_identity(&shown.issuer, &shown.subject)
        .await?;
    let chosen = shown.school.or(asked.school);
    let mut accounts: Vec<_> = accounts
        .into_iter()
        .filter(|(school, ..)| chosen.is_none_or(|chosen| chosen == *school))
        .collect();
    let groups = shown.groups.as_deref().map(Groups::from_json);
    let groups = groups.unwrap_or_default();
    if accounts.len() > 1 && asked.school.is_none() {
        accounts = those_named(&mut tx, accounts, &groups).await?;
    }
    if accounts.len() > 1 {
        tx.begin_flow(&token.hash(), &flow, now_ms - FLOW_LASTS_MS)
            .await?;
        tx.commit().await?;
        let choice = |(id, _, name)| SchoolChoice { id, name };
        return Ok(Finished::Several(
            accounts.into_iter().map(choice).collect(),
        ));
    }
    let (school, staff, _) = accounts.pop().ok_or(Error::SignedOut)?;
    let arrival = Arrival {
        way: Way::Provider,
        device: asked.device,
        device_name: &asked.device_name,
        browser: browser.token(),
    };
    let opened = open_session(&mut tx, (school, staff), &arrival, shown.at_ms, now_ms).await?;
    let followed = follow(&mut tx, (school, staff), &groups).await?;
    if let Some(stands) = &followed {
        let act = AuditEvent::by(staff, opened.device, AuditAct::ChangedAccount, now_ms);
        tx.record(
            school,
            act.subject(staff.0).detail(format!("{stands} feide")),
        );
        tx.announce(&state.live.announcement(&[(school, LOOK_AGAIN)]))
            .await?;
    }
    tx.commit().await?;
    if followed.is_some() {
        state.live.tell(school, LOOK_AGAIN);
    }
    Ok(Finished::Opened(opened))
}

type Account = (SchoolId, StaffId, String);

/// The one account at whose school the groups say that the person is; all where they name none or several.
async fn those_named(
    tx: &mut Tx,
    accounts: Vec<Account>,
    groups: &Groups,
) -> Result<Vec<Account>, Error> {
    let mut named = Vec::new();
    for account in &accounts {
        if groups.name(&tx.settings(account.0).await?.feide_org) {
            named.push(account.clone());
        }
    }
    Ok(match named.len() {
        1 => named,
        _ => accounts,
    })
}

/// Lets a contact teacher follow the classes that the groups name, where the school wants it and knows any of them; how the account
/// stands then, if that is another way than before.
async fn follow(
    tx: &mut Tx,
    (school, staff): (SchoolId, StaffId),
    groups: &Groups,
) -> Result<Option<String>, Error> {
    let settings = tx.settings(school).await?;
    let named = groups.classes_at(&settings.feide_org);
    if !settings.has_feide_classes || named.is_empty() {
        return Ok(None);
    }
    // Holds the school: pupils do not move between classes meanwhile.
    tx.lock_head(school).await?;
    let Some(member) = tx.staff_member(school, staff).await? else {
        return Ok(None);
    };
    let classes = tx.classes(school).await?.into_iter();
    let mut classes: Vec<ClassId> = classes
        .filter(|class| named.contains(class.name.as_str()))
        .map(|class| class.id)
        .collect();
    classes.sort();
    let mut before = tx.followed_classes(school, staff).await?;
    before.sort();
    // Whoever follows classes as something else too follows those that the administrator says.
    let mut following = member.roles.iter().filter(|role| role.follows_classes());
    let is_contact_teacher = following.all(|role| *role == Role::ContactTeacher)
        && member.roles.contains(&Role::ContactTeacher);
    if !is_contact_teacher || classes.is_empty() || classes == before {
        return Ok(None);
    }
    tx.follow_classes(school, staff, &classes).await?;
    tx.bump_school_version(school).await?;
    Ok(Some(account::stands(
        &member.roles,
        &member.status,
        &classes,
    )))
}

/// Whose identity it is: bound by the invitation that the way was begun with, or before.
async fn identity(
    state: &AppState,
    provider: &Provider,
    flow: &Flow,
    shown: &Shown,
    at_ms: i64,
    now_ms: i64,
) -> Result<Result<ShownIdentity, FeideOutcome>, Error> {
    let mut identity = ShownIdentity {
        issuer: provider.issuer().into(),
        subject: shown.subject.clone(),
        school: None,
        at_ms,
        groups: shown.groups.to_json(),
    };
    let named = (provider.issuer(), shown.subject.as_str());
    let mut tx = state.store.write().await?;
    if let Some(hash) = &flow.invitation_hash {
        let invited = match take_invitation(&mut tx, hash, now_ms).await {
            Ok(invited) => (invited.school, invited.member.id),
            Err(Error::InvitationInvalid) => return Ok(Err(FeideOutcome::InvitationInvalid)),
            Err(error) => return Err(error),
        };
        if !tx.bind_identity(named, invited, now_ms).await? {
            return Ok(Err(FeideOutcome::Failed));
        }
        tx.open_invited(invited.0, invited.1).await?;
        tx.commit().await?;
        identity.school = Some(invited.0);
        return Ok(Ok(identity));
    }
    let accounts = tx.accounts_of_identity(named.0, named.1).await?;
    Ok(match accounts.is_empty() {
        false => Ok(identity),
        true => Err(FeideOutcome::Stranger),
    })
}

/// When the person showed who they are: a provider that knows the browser may have asked nothing. None if that was to be done
/// again and was not.
fn shown_at(flow: &Flow, shown: &Shown, now_ms: i64) -> Option<i64> {
    let at_ms = shown.shown_at_ms.unwrap_or(0).min(now_ms);
    let is_new = at_ms >= flow.started_at_ms - CLOCKS_DIFFER_MS;
    (is_new || !flow.is_again).then_some(at_ms)
}

fn is_in_time(flow: &Flow, now_ms: i64) -> bool {
    (0..FLOW_LASTS_MS).contains(&(now_ms - flow.started_at_ms))
}

fn new_token() -> Result<Token, Error> {
    Token::random().map_err(|_| Error::Broken("the machine gives no random numbers"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_to_show_it_again_must_have_shown_it_since_the_way_was_begun() {
        let flow = |is_again| Flow {
            started_at_ms: 1_000_000,
            invitation_hash: None,
            is_again,
            shown: None,
        };
        let shown = |shown_at_ms| Shown {
            subject: "1".into(),
            shown_at_ms,
            groups: Groups::default(),
        };
        let now_ms = 1_050_000;
        assert_eq!(shown_at(&flow(false), &shown(None), now_ms), Some(0));
        assert_eq!(shown_at(&flow(false), &shown(Some(7)), now_ms), Some(7));
        assert_eq!(shown_at(&flow(true), &shown(None), now_ms), None);
        assert_eq!(shown_at(&flow(true), &shown(Some(7)), now_ms), None);
        assert_eq!(
            shown_at(&flow(true), &shown(Some(1_040_000)), now_ms),
            Some(1_040_000)
        );
        assert_eq!(
            shown_at(&flow(true), &shown(Some(i64::MAX)), now_ms),
            Some(now_ms)
        );
    }
}
