//! What was done with an account and must not go unseen: recorded in the transaction that does it. An administrator can make
//! anybody's invitation and give any role, and so become the leadership; the leadership is shown it, and so is whoever finds their
//! own way of signing in set anew.

use shared::api::AccountEventKind;
use shared::domain::{AccountStatus, Role, SchoolId, StaffId, StaffMember};

use super::SignedIn;
use crate::error::Error;
use crate::store::Tx;

/// So long a reset is told at each sign-in: whoever took the account over must not be the only one who is told.
const RESET_TOLD_FOR_MS: i64 = 30 * 24 * 60 * 60 * 1000;
const MAX_RESETS: i64 = 5;

/// An invitation was made to an account.
pub async fn invited(
    tx: &mut Tx,
    who: &SignedIn,
    member: &StaffMember,
    now_ms: i64,
) -> Result<(), Error> {
    if !leads(&member.roles) || !tx.can_sign_in(who.school, member.id).await? {
        return Ok(());
    }
    let kind = AccountEventKind::LeaderInvited;
    tx.record_account_event(who.school, member.id, Some(who.staff), kind, now_ms)
        .await?;
    Ok(())
}

/// An account became something else than it was; it was nothing when it is new.
pub async fn changed(
    tx: &mut Tx,
    who: &SignedIn,
    staff: StaffId,
    before: &[Role],
    after: &[Role],
    now_ms: i64,
) -> Result<(), Error> {
    let gains = |from: &[Role], to: &[Role]| {
        to.iter()
            .any(|role| role.is_leadership() && !from.contains(role))
    };
    for (has_happened, kind) in [
        (gains(before, after), AccountEventKind::LeadershipGiven),
        (gains(after, before), AccountEventKind::LeadershipTaken),
    ] {
        if has_happened {
            tx.record_account_event(who.school, staff, Some(who.staff), kind, now_ms)
                .await?;
        }
    }
    Ok(())
}

/// A person's way of signing in is about to be set by an invitation.
pub async fn set_anew(
    tx: &mut Tx,
    school: SchoolId,
    staff: StaffId,
    now_ms: i64,
) -> Result<(), Error> {
    if tx.can_sign_in(school, staff).await? {
        let kind = AccountEventKind::SignInReset;
        tx.record_account_event(school, staff, None, kind, now_ms)
            .await?;
    }
    Ok(())
}

/// When somebody has lately set anew how this person signs in, but for what happened at this very time.
pub async fn resets(
    tx: &mut Tx,
    school: SchoolId,
    staff: StaffId,
    now_ms: i64,
) -> Result<Vec<i64>, Error> {
    let mut resets = tx
        .resets(school, staff, now_ms - RESET_TOLD_FOR_MS, MAX_RESETS)
        .await?;
    resets.retain(|at_ms| *at_ms != now_ms);
    Ok(resets)
}

/// The roles that a person acts in: none while the account is closed.
pub fn acting(member: &StaffMember) -> &[Role] {
    match member.status {
        AccountStatus::Active | AccountStatus::Invited => &member.roles,
        _ => &[],
    }
}

fn leads(roles: &[Role]) -> bool {
    roles.iter().any(Role::is_leadership)
}
