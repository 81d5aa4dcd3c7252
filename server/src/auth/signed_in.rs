//! The signed-in person, as handlers ask for one. Roles and classes are read with each request.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use shared::domain::{ActorId, ClassId, DeviceId, Role, SchoolId, StaffId};

use super::session::idle_since_ms;
use crate::clock;
use crate::error::Error;
use crate::state::AppState;
use crate::store::session::FoundSession;

#[derive(Debug, Clone)]
pub struct SignedIn {
    pub school: SchoolId,
    pub school_name: String,
    pub staff: StaffId,
    pub name: String,
    pub device: DeviceId,
    pub actor: ActorId,
    pub roles: Vec<Role>,
    /// Classes this person is contact teacher of.
    pub own_classes: Vec<ClassId>,
}

impl FromRequestParts<AppState> for SignedIn {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Error> {
        let token = state.cookie.read(&parts.headers).ok_or(Error::SignedOut)?;
        let (token_hash, now_ms) = (token.hash(), clock::now_ms());
        let found = state
            .store
            .read()
            .await?
            .session(&token_hash, now_ms, idle_since_ms(now_ms))
            .await?;
        let found = found.ok_or(Error::SignedOut)?;
        state
            .last_seen
            .saw(token_hash, found.last_seen_at_ms, now_ms);
        Ok(found.into())
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
        }
    }
}
