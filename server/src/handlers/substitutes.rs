//! Substitutes (*vikarer*) and their codes for the day, for whoever meets them in the morning. What is done stands in the record.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use shared::api::{DayCode, MAX_SUBSTITUTE_NAME_CHARS, NewSubstitute, Substitute};
use shared::domain::{AccountStatus, AuditAct, Role, StaffId, StaffMember, is_plain};
use uuid::Uuid;

use crate::access::{Resource, Verb, may};
use crate::auth::{SignedIn, day_code, stepped_up};
use crate::clock;
use crate::error::Error;
use crate::extract::{Body, Id};
use crate::state::AppState;
use crate::store::Tx;
use crate::sync::live::LOOK_AGAIN;

/// So long whoever was a substitute can be given a code again without being written down anew.
const LISTED_FOR_MS: i64 = 30 * 24 * 60 * 60 * 1000;
/// Most codes that a school gives in that time.
const MAX_SUBSTITUTES: usize = 1_000;

pub async fn list(
    State(state): State<AppState>,
    who: SignedIn,
) -> Result<Json<Vec<Substitute>>, Error> {
    if !may(&who, Verb::Read, Resource::Substitutes) {
        return Err(Error::Forbidden);
    }
    let mut tx = state.store.read().await?;
    Ok(Json(lately(&mut tx, &who, clock::now_ms()).await?))
}

/// Somebody new: an account that ends with the day, and its code.
pub async fn create(
    State(state): State<AppState>,
    who: SignedIn,
    Body(asked): Body<NewSubstitute>,
) -> Result<(StatusCode, Json<DayCode>), Error> {
    if !may(&who, Verb::Write, Resource::Substitutes) {
        return Err(Error::Forbidden);
    }
    let now_ms = clock::now_ms();
    stepped_up(&who, now_ms)?;
    let member = new_member(&asked.name)?;
    let mut tx = state.store.write().await?;
    if tx.is_owner(who.school).await? {
        return Err(Error::NotFound);
    }
    // Holds the school: those who give codes at the same time wait for one another here.
    tx.bump_school_version(who.school).await?;
    has_room(&mut tx, &who, now_ms).await?;
    if !tx.add_staff(who.school, &member).await? {
        return Err(Error::Conflict("the user name is taken"));
    }
    let person = (who.school, member.id, member.name);
    let code = day_code::make(&mut tx, &state, person, now_ms).await?;
    let act = who.did(AuditAct::GaveDayCode, now_ms);
    tx.record(who.school, act.subject(member.id.0));
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(code)))
}

/// A code for today for somebody who has had one. One that nobody has taken is replaced. After one that was taken there is a new
/// account of the same name: whoever gives a code must not come by what was written and told before.
pub async fn give_again(
    State(state): State<AppState>,
    who: SignedIn,
    Id(staff): Id<StaffId>,
) -> Result<Json<DayCode>, Error> {
    if !may(&who, Verb::Write, Resource::Substitutes) {
        return Err(Error::Forbidden);
    }
    let now_ms = clock::now_ms();
    stepped_up(&who, now_ms)?;
    let mut tx = state.store.write().await?;
    let substitute = tx.hold_substitute(who.school, staff).await?;
    let (name, is_taken) = substitute.ok_or(Error::NotFound)?;
    let staff = match is_taken {
        false => staff,
        true => {
            has_room(&mut tx, &who, now_ms).await?;
            end_day(&mut tx, &who, staff, now_ms).await?;
            let member = new_member(&name)?;
            if !tx.add_staff(who.school, &member).await? {
                return Err(Error::Conflict("the user name is taken"));
            }
            tx.bump_school_version(who.school).await?;
            member.id
        }
    };
    let code = day_code::make(&mut tx, &state, (who.school, staff, name), now_ms).await?;
    let act = who.did(AuditAct::GaveDayCode, now_ms);
    tx.record(who.school, act.subject(staff.0));
    tell(tx, &state, &who).await?;
    Ok(Json(code))
}

/// The substitute's day ends now. What they wrote until then is still taken in.
pub async fn end(
    State(state): State<AppState>,
    who: SignedIn,
    Id(staff): Id<StaffId>,
) -> Result<StatusCode, Error> {
    if !may(&who, Verb::Write, Resource::Substitutes) {
        return Err(Error::Forbidden);
    }
    let now_ms = clock::now_ms();
    let mut tx = state.store.write().await?;
    let substitute = tx.hold_substitute(who.school, staff).await?;
    substitute.ok_or(Error::NotFound)?;
    end_day(&mut tx, &who, staff, now_ms).await?;
    tell(tx, &state, &who).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn end_day(tx: &mut Tx, who: &SignedIn, staff: StaffId, now_ms: i64) -> Result<(), Error> {
    tx.end_day_code(who.school, staff, now_ms).await?;
    tx.end_sessions_of(who.school, staff).await?;
    let act = who.did(AuditAct::EndedDay, now_ms);
    tx.record(who.school, act.subject(staff.0));
    Ok(())
}

/// Open clients look again, those whose session has ended among them.
async fn tell(mut tx: Tx, state: &AppState, who: &SignedIn) -> Result<(), Error> {
    tx.announce(&state.live.announcement(&[(who.school, LOOK_AGAIN)]))
        .await?;
    tx.commit().await?;
    state.live.tell(who.school, LOOK_AGAIN);
    Ok(())
}

async fn has_room(tx: &mut Tx, who: &SignedIn, now_ms: i64) -> Result<(), Error> {
    match lately(tx, who, now_ms).await?.len() {
        ..MAX_SUBSTITUTES => Ok(()),
        _ => Err(Error::TooLarge("too many substitutes in a month")),
    }
}

async fn lately(tx: &mut Tx, who: &SignedIn, now_ms: i64) -> Result<Vec<Substitute>, Error> {
    Ok(tx.substitutes(who.school, now_ms - LISTED_FOR_MS).await?)
}

fn new_member(name: &str) -> Result<StaffMember, Error> {
    let name = name.trim();
    let is_name = (1..=MAX_SUBSTITUTE_NAME_CHARS).contains(&name.chars().count());
    if !is_name || !is_plain(name) {
        return Err(Error::Malformed("a name has 1 to 120 characters"));
    }
    let id = Uuid::now_v7();
    Ok(StaffMember {
        id: id.into(),
        name: name.to_owned(),
        username: format!("vikar-{id}"),
        roles: vec![Role::Substitute],
        status: AccountStatus::Active,
    })
}
