//! Accounts, for the administrator.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use shared::api::{Invitation, NewStaff, StaffList};
use shared::domain::{AccountStatus, AuditAct, Role, StaffId, StaffMember};
use uuid::Uuid;

use crate::access::{Resource, Verb, may};
use crate::auth::{self, SignedIn};
use crate::clock;
use crate::error::Error;
use crate::extract::{Body, Id};
use crate::state::AppState;

const MAX_NAME_CHARS: usize = 120;
const MAX_USERNAME_CHARS: usize = 60;

pub async fn list(State(state): State<AppState>, who: SignedIn) -> Result<Json<StaffList>, Error> {
    if !may(&who, Verb::Read, Resource::Staff) {
        return Err(Error::Forbidden);
    }
    let staff = state.store.read().await?.staff(who.school).await?;
    Ok(Json(StaffList { staff }))
}

/// The account is there but closed until an invitation to it is taken up.
pub async fn create(
    State(state): State<AppState>,
    who: SignedIn,
    Body(asked): Body<NewStaff>,
) -> Result<Response, Error> {
    if !may(&who, Verb::Write, Resource::Staff) {
        return Err(Error::Forbidden);
    }
    let mut tx = state.store.write().await?;
    let offered = match tx.is_owner(who.school).await? {
        true => Role::AT_AN_OWNER,
        false => Role::AT_A_SCHOOL,
    };
    let member = new_member(asked, offered)?;
    if !tx.add_staff(who.school, &member).await? {
        return Err(Error::Conflict("the user name is taken"));
    }
    tx.bump_school_version(who.school).await?;
    let act = who.did(AuditAct::MadeAccount, clock::now_ms());
    tx.record(who.school, act.subject(member.id.0));
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(member)).into_response())
}

pub async fn invite(
    State(state): State<AppState>,
    who: SignedIn,
    Id(staff): Id<StaffId>,
) -> Result<Json<Invitation>, Error> {
    if !may(&who, Verb::Write, Resource::Staff) {
        return Err(Error::Forbidden);
    }
    let mut tx = state.store.write().await?;
    if !tx.has_staff(who.school, staff).await? {
        return Err(Error::NotFound);
    }
    let now_ms = clock::now_ms();
    let invitation = auth::invite(&mut tx, who.school, staff, now_ms).await?;
    let act = who.did(AuditAct::InvitedToAccount, now_ms);
    tx.record(who.school, act.subject(staff.0));
    tx.commit().await?;
    Ok(Json(invitation))
}

fn new_member(asked: NewStaff, offered: &[Role]) -> Result<StaffMember, Error> {
    let name = asked.name.trim().to_owned();
    if name.is_empty()
        || name.chars().count() > MAX_NAME_CHARS
        || name.chars().any(char::is_control)
    {
        return Err(Error::Malformed("a name has 1 to 120 characters"));
    }
    let username = auth::username(&asked.username);
    let is_plain = username
        .chars()
        .all(|c| c.is_alphanumeric() || ".-_@".contains(c));
    if username.is_empty() || username.chars().count() > MAX_USERNAME_CHARS || !is_plain {
        return Err(Error::Malformed(
            "a user name has 1 to 60 letters, digits or . - _ @",
        ));
    }
    let mut roles = asked.roles;
    roles.sort();
    roles.dedup();
    if roles.is_empty() || roles.iter().any(|role| !offered.contains(role)) {
        return Err(Error::Malformed(
            "at least one role, and only roles that there are here",
        ));
    }
    Ok(StaffMember {
        id: Uuid::now_v7().into(),
        name,
        username,
        roles,
        status: AccountStatus::Invited,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(name: &str, username: &str, roles: &[Role]) -> Result<StaffMember, Error> {
        new_member(
            NewStaff {
                name: name.into(),
                username: username.into(),
                roles: roles.to_vec(),
            },
            Role::AT_A_SCHOOL,
        )
    }

    #[test]
    fn a_new_account_is_tidied_and_closed() {
        let member = asked(" Åse Bø ", "Åse.Bø", &[Role::DutyStaff, Role::DutyStaff]).unwrap();
        assert_eq!(
            (member.name.as_str(), member.username.as_str()),
            ("Åse Bø", "åse.bø")
        );
        assert_eq!(
            (member.roles, member.status),
            (vec![Role::DutyStaff], AccountStatus::Invited)
        );
    }

    #[test]
    fn nameless_roleless_or_unknown_accounts_are_refused() {
        assert!(asked(" ", "ase", &[Role::DutyStaff]).is_err());
        assert!(asked("Åse", "a b", &[Role::DutyStaff]).is_err());
        assert!(asked("Åse", "ase", &[]).is_err());
        assert!(asked("Åse", "ase", &[Role::Other("king".into())]).is_err());
    }
}
