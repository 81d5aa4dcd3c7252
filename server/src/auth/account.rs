//! What an account is while it changes, and what its person is told of it. An administrator can make anybody's invitation and give any
//! role, and so become the leadership: it stands in the record, and whoever finds their own way of signing in set anew is told.

use shared::audit::AuditEvent;
use shared::domain::{AccountStatus, AuditAct, ClassId, Role, SchoolId, StaffId, StaffMember};

use crate::error::Error;
use crate::store::Tx;

/// So long a reset is told at each sign-in: whoever took the account over must not be the only one who is told.
const RESET_TOLD_FOR_MS: i64 = 30 * 24 * 60 * 60 * 1000;
const MAX_RESETS: i64 = 5;

/// An invitation is taken up: a first way of signing in, or another in place of one that there was.
pub async fn set_anew(
    tx: &mut Tx,
    school: SchoolId,
    staff: StaffId,
    now_ms: i64,
) -> Result<(), Error> {
    let act = match tx.can_sign_in(school, staff).await? {
        true => AuditAct::ResetSignIn,
        false => AuditAct::TookInvitation,
    };
    tx.record(school, AuditEvent::unsigned(act, now_ms).subject(staff.0));
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

/// How an account stands, in the words of the record.
pub fn stands(roles: &[Role], status: &AccountStatus, classes: &[ClassId]) -> String {
    let roles: Vec<&str> = roles.iter().map(Role::as_str).collect();
    let classes: Vec<String> = classes.iter().map(ClassId::to_string).collect();
    let stands = format!("{status} {} {}", roles.join(","), classes.join(","));
    stands.trim_end().to_owned()
}

/// The roles that a person acts in: none while the account is closed.
pub fn acting(member: &StaffMember) -> &[Role] {
    match member.status {
        AccountStatus::Active | AccountStatus::Invited => &member.roles,
        _ => &[],
    }
}
