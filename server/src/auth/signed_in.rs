//! The signed-in person, as handlers ask for one. Roles and classes are read with each request.

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::request::Parts;
use shared::audit::AuditEvent;
use shared::domain::{
    AccountStatus, ActorId, AuditAct, ClassId, DeviceId, Role, SchoolId, StaffId, StaffMember,
};
use uuid::Uuid;

use super::session::idle_since_ms;
use crate::clock;
use crate::error::Error;
use crate::state::AppState;
use crate::store::session::FoundSession;
use crate::store::{StoreError, Tx};

#[derive(Debug, Clone)]
pub struct SignedIn {
    pub school: SchoolId,
    pub school_name: String,
    pub staff: StaffId,
    pub name: String,
    pub device: DeviceId,
    pub actor: ActorId,
    pub roles: Vec<Role>,
    /// Classes of the account; what they open is said by `followed_classes`.
    pub own_classes: Vec<ClassId>,
    /// When this person last showed who they are, in this session.
    pub shown_at_ms: i64,
    /// When the account ends by itself.
    pub ends_at_ms: Option<i64>,
}

impl SignedIn {
    /// Somebody who works here as the table of access sees them for what is the school's, signed in or not.
    pub fn of_member(school: SchoolId, member: StaffMember) -> SignedIn {
        SignedIn {
            school,
            school_name: String::new(),
            staff: member.id,
            name: member.name,
            device: DeviceId(Uuid::nil()),
            actor: ActorId(Uuid::nil()),
            roles: member.roles,
            own_classes: Vec::new(),
            shown_at_ms: 0,
            ends_at_ms: None,
        }
    }

    /// The same person as of this transaction: a request may have waited while roles were taken away. Who follows classes holds the
    /// school, or would read last year's classes off this year's pupils when the school year turns.
    pub async fn as_of(mut self, tx: &mut Tx) -> Result<SignedIn, StoreError> {
        if !self.own_classes.is_empty() {
            tx.lock_head(self.school).await?;
            self.own_classes = tx.followed_classes(self.school, self.staff).await?;
        }
        let member = tx.staff_member(self.school, self.staff).await?;
        let is_open = |member: &StaffMember| member.status == AccountStatus::Active;
        self.roles = member.filter(is_open).map_or(Vec::new(), |it| it.roles);
        Ok(self)
    }

    /// The classes that this person follows: none without a role that follows classes, whatever stands on the account.
    pub fn followed_classes(&self) -> &[ClassId] {
        match self.roles.iter().any(Role::follows_classes) {
            true => &self.own_classes,
            false => &[],
        }
    }

    /// What this person did, as it is recorded.
    pub fn did(&self, act: AuditAct, at_ms: i64) -> AuditEvent {
        AuditEvent::by(self.staff, self.device, act, at_ms)
    }
}

impl FromRequestParts<AppState> for SignedIn {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Error> {
        let token = state.cookie.read(&parts.headers).ok_or(Error::SignedOut)?;
        let (token_hash, now_ms) = (token.hash(), clock::now_ms());
        let mut tx = state.store.read().await?;
        let found = tx
            .session(&token_hash, now_ms, idle_since_ms(now_ms))
            .await?;
        let Some(found) = found else {
            return Err(match tx.is_of_revoked_device(&token_hash).await? {
                true => Error::DeviceRevoked,
                false => Error::SignedOut,
            });
        };
        drop(tx);
        state
            .last_seen
            .saw(token_hash, found.last_seen_at_ms, now_ms);
        Ok(found.into())
    }
}

/// For an address that also takes requests without a session.
impl OptionalFromRequestParts<AppState> for SignedIn {
    type Rejection = Error;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &AppState,
    ) -> Result<Option<Self>, Error> {
        match <SignedIn as FromRequestParts<AppState>>::from_request_parts(parts, state).await {
            Ok(who) => Ok(Some(who)),
            Err(Error::SignedOut | Error::DeviceRevoked) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

impl From<FoundSession> for SignedIn {
    fn from(found: FoundSession) -> Self {
        SignedIn {
            school: found.school,
            school_name: found.school_name,
            staff: found.staff,
            name: found.name,
            device: found.device,
            actor: found.actor,
            roles: found.roles,
            own_classes: found.own_classes,
            shown_at_ms: found.shown_at_ms,
            ends_at_ms: found.ends_at_ms,
        }
    }
}
