//! Accounts, for the administrator. What is done with them stands in the record, which the leadership reads.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use shared::api::{ChangeStaff, Invitation, NewStaff, StaffList};
use shared::domain::{AccountStatus, AuditAct, ClassId, Role, StaffId, StaffMember, is_plain};
use uuid::Uuid;

use crate::access::{Resource, Verb, may};
use crate::auth::account::{self, acting};
use crate::auth::{self, SignedIn, stepped_up};
use crate::clock;
use crate::error::Error;
use crate::extract::{Body, Id};
use crate::state::AppState;
use crate::store::Tx;
use crate::sync::live::LOOK_AGAIN;

const MAX_NAME_CHARS: usize = 120;
const MAX_USERNAME_CHARS: usize = 60;
const MAX_CLASSES: usize = 100;

pub async fn list(State(state): State<AppState>, who: SignedIn) -> Result<Json<StaffList>, Error> {
    if !may(&who, Verb::Read, Resource::Staff) {
        return Err(Error::Forbidden);
    }
    let mut tx = state.store.read().await?;
    let mut staff = tx.staff(who.school).await?;
    staff.retain(has_account);
    Ok(Json(StaffList {
        staff,
        classes: tx.classes(who.school).await?,
        contact_teachers: tx.contact_teachers(who.school).await?,
    }))
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
    let now_ms = clock::now_ms();
    stepped_up(&who, now_ms)?;
    let mut tx = state.store.write().await?;
    // Holds the school: classes are not filled by others meanwhile.
    tx.bump_school_version(who.school).await?;
    let offered = offered(&mut tx, &who).await?;
    let asked_classes = asked.own_classes.clone();
    let member = new_member(asked, offered)?;
    let own_classes = own_classes(&mut tx, &who, asked_classes, &member.roles).await?;
    if !tx.add_staff(who.school, &member).await? {
        return Err(Error::Conflict("the user name is taken"));
    }
    for class in &own_classes {
        tx.add_contact_teacher(who.school, member.id, *class)
            .await?;
    }
    let act = who.did(AuditAct::MadeAccount, now_ms);
    let stands = account::stands(&member.roles, &member.status, &own_classes);
    tx.record(who.school, act.subject(member.id.0).detail(stands));
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(member)).into_response())
}

/// What the person may do changes with the next request; open clients are told, and closed accounts' sessions end.
pub async fn change(
    State(state): State<AppState>,
    who: SignedIn,
    Id(staff): Id<StaffId>,
    Body(asked): Body<ChangeStaff>,
) -> Result<StatusCode, Error> {
    if !may(&who, Verb::Write, Resource::Staff) {
        return Err(Error::Forbidden);
    }
    let now_ms = clock::now_ms();
    stepped_up(&who, now_ms)?;
    let mut tx = state.store.write().await?;
    let offered = offered(&mut tx, &who).await?;
    let mut change = checked(asked, offered)?;
    // Holds the school: two administrators who close each other's account wait for one another here.
    tx.bump_school_version(who.school).await?;
    let before = tx.staff_member(who.school, staff).await?;
    let before = before.filter(has_account).ok_or(Error::NotFound)?;
    change.own_classes = own_classes(&mut tx, &who, change.own_classes, &change.roles).await?;
    let is_opened =
        change.status == AccountStatus::Active && before.status != AccountStatus::Active;
    if is_opened && !tx.can_sign_in(who.school, staff).await? {
        change.status = AccountStatus::Invited;
    }
    tx.change_staff(who.school, staff, &change).await?;
    if !has_administrator(&tx.staff(who.school).await?) {
        return Err(Error::LastAdministrator);
    }
    let after = StaffMember {
        roles: change.roles,
        status: change.status,
        ..before.clone()
    };
    if acting(&after).is_empty() {
        tx.end_sessions_of(who.school, staff).await?;
        tx.withdraw_invitations(who.school, staff).await?;
    }
    let acts = SignedIn::of_member(who.school, after.clone());
    if acting(&after).is_empty() || !may(&acts, Verb::Write, Resource::Notices) {
        tx.forget_notice_address(who.school, staff).await?;
        tx.forget_pushes(who.school, staff).await?;
    }
    // Whoever received all of them was handed some as such, and keeps none of those as something else.
    let acted = SignedIn::of_member(who.school, before.clone());
    let receives = |who| may(who, Verb::Read, Resource::Inbox);
    let steps_down = receives(&acted) && !receives(&acts);
    if acting(&after).is_empty() || steps_down || !may(&acts, Verb::Read, Resource::HandedInbox) {
        tx.take_reports_back_from(who.school, staff).await?;
    }
    let act = who.did(AuditAct::ChangedAccount, now_ms);
    let stands = account::stands(&after.roles, &after.status, &change.own_classes);
    tx.record(who.school, act.subject(staff.0).detail(stands));
    tx.announce(&state.live.announcement(&[(who.school, LOOK_AGAIN)]))
        .await?;
    tx.commit().await?;
    state.live.tell(who.school, LOOK_AGAIN);
    Ok(StatusCode::NO_CONTENT)
}

pub async fn invite(
    State(state): State<AppState>,
    who: SignedIn,
    Id(staff): Id<StaffId>,
) -> Result<Json<Invitation>, Error> {
    if !may(&who, Verb::Write, Resource::Staff) {
        return Err(Error::Forbidden);
    }
    let now_ms = clock::now_ms();
    stepped_up(&who, now_ms)?;
    let mut tx = state.store.write().await?;
    let member = tx.staff_member(who.school, staff).await?;
    let member = member.filter(has_account).ok_or(Error::NotFound)?;
    if acting(&member).is_empty() {
        return Err(Error::Conflict("the account is closed: open it first"));
    }
    let invitation = auth::invite(&mut tx, who.school, staff, now_ms).await?;
    let act = who.did(AuditAct::InvitedToAccount, now_ms);
    tx.record(who.school, act.subject(staff.0));
    tx.commit().await?;
    Ok(Json(invitation))
}

/// The roles that there are at the asker's place of work.
async fn offered(tx: &mut Tx, who: &SignedIn) -> Result<&'static [Role], Error> {
    Ok(match tx.is_owner(who.school).await? {
        true => Role::AT_AN_OWNER,
        false => Role::AT_A_SCHOOL,
    })
}

/// Whether it is somebody whom the administrator makes something of; a substitute has a code and nothing else.
fn has_account(member: &StaffMember) -> bool {
    !member.roles.contains(&Role::Substitute)
}

/// Each once, and all of them of the asker's school; none for whom no role lets follow any.
async fn own_classes(
    tx: &mut Tx,
    who: &SignedIn,
    mut asked: Vec<ClassId>,
    roles: &[Role],
) -> Result<Vec<ClassId>, Error> {
    if asked.len() > MAX_CLASSES {
        return Err(Error::Malformed("at most 100 classes"));
    }
    asked.sort();
    asked.dedup();
    let classes = tx.classes(who.school).await?;
    let is_here = |id: &ClassId| classes.iter().any(|class| class.id == *id);
    match asked.iter().all(is_here) {
        true if roles.iter().any(Role::follows_classes) => Ok(asked),
        true => Ok(Vec::new()),
        false => Err(Error::NotFound),
    }
}

/// Somebody who is merely invited may never come.
fn has_administrator(staff: &[StaffMember]) -> bool {
    let administers = |member: &StaffMember| {
        member.status == AccountStatus::Active && member.roles.contains(&Role::Administrator)
    };
    staff.iter().any(administers)
}

fn checked(mut asked: ChangeStaff, offered: &[Role]) -> Result<ChangeStaff, Error> {
    let is_known = AccountStatus::ALL.contains(&asked.status);
    if !is_known || asked.status == AccountStatus::Invited {
        return Err(Error::Malformed("an account is active, suspended or left"));
    }
    asked.roles = sorted_roles(asked.roles, offered)?;
    Ok(asked)
}

fn sorted_roles(mut roles: Vec<Role>, offered: &[Role]) -> Result<Vec<Role>, Error> {
    roles.sort();
    roles.dedup();
    if roles.is_empty() || roles.iter().any(|role| !offered.contains(role)) {
        return Err(Error::Malformed(
            "at least one role, and only roles that there are here",
        ));
    }
    Ok(roles)
}

fn new_member(asked: NewStaff, offered: &[Role]) -> Result<StaffMember, Error> {
    let name = asked.name.trim().to_owned();
    if name.is_empty() || name.chars().count() > MAX_NAME_CHARS || !is_plain(&name) {
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
    Ok(StaffMember {
        id: Uuid::now_v7().into(),
        name,
        username,
        roles: sorted_roles(asked.roles, offered)?,
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
                own_classes: Vec::new(),
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
    fn what_an_account_becomes_is_something_that_there_is() {
        let becomes = |roles: &[Role], status| {
            checked(
                ChangeStaff {
                    roles: roles.to_vec(),
                    own_classes: Vec::new(),
                    status,
                },
                Role::AT_A_SCHOOL,
            )
            .is_ok()
        };
        assert!(becomes(&[Role::DutyStaff], AccountStatus::Left));
        assert!(!becomes(&[Role::DutyStaff], AccountStatus::Invited));
        assert!(!becomes(
            &[Role::DutyStaff],
            AccountStatus::Other("asleep".into())
        ));
        assert!(!becomes(&[], AccountStatus::Active));
        assert!(!becomes(
            &[Role::Other("king".into())],
            AccountStatus::Active
        ));
    }

    #[test]
    fn nameless_roleless_or_unknown_accounts_are_refused() {
        assert!(asked(" ", "ase", &[Role::DutyStaff]).is_err());
        assert!(asked("Åse", "a b", &[Role::DutyStaff]).is_err());
        assert!(asked("Åse", "ase", &[]).is_err());
        assert!(asked("Åse", "ase", &[Role::Other("king".into())]).is_err());
    }
}
