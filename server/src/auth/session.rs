//! Opening a session, the same for every way of showing who one is. Each opening gives a new token.

use shared::audit::AuditEvent;
use shared::domain::{ActorId, AuditAct, DeviceId, SchoolId, StaffId, turns_writing};
use uuid::Uuid;

use super::Token;
use crate::error::Error;
use crate::store::Tx;
use crate::store::session::{NewDevice, NewSession};

/// A session ends this long after it was opened, whatever happens.
pub const SESSION_LASTS_MS: i64 = 7 * 24 * 60 * 60 * 1000;
/// It ends earlier when it has not been used for this long.
const IDLE_FOR_MS: i64 = 24 * 60 * 60 * 1000;
const MAX_DEVICE_NAME_CHARS: usize = 80;

/// Sessions last seen at this time or before have run out.
pub fn idle_since_ms(now_ms: i64) -> i64 {
    now_ms - IDLE_FOR_MS
}

/// A new session and the device it is on.
pub struct OpenedSession {
    pub token: Token,
    pub device: DeviceId,
    pub actor: ActorId,
}

impl OpenedSession {
    /// What the cookie says.
    pub fn max_age_s(&self) -> i64 {
        SESSION_LASTS_MS / 1000
    }
}

/// How somebody shows who they are, in a word of the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Password,
    Invitation,
    Passkey,
    Provider,
    DayCode,
}

impl Way {
    fn as_str(self) -> &'static str {
        match self {
            Way::Password => "password",
            Way::Invitation => "invitation",
            Way::Passkey => "passkey",
            Way::Provider => "provider",
            Way::DayCode => "day_code",
        }
    }
}

/// How and where somebody signs in.
pub struct Arrival<'a> {
    pub way: Way,
    /// The device that the browser was given before, as it says.
    pub device: Option<DeviceId>,
    pub device_name: &'a str,
    /// The browser's own secret: its person is known in it from now on.
    pub browser: &'a Token,
}

/// Opens a session for a person whose identity is shown. A device that the browser names is used again only if it is this
/// person's and not revoked; otherwise the server issues a new one, with an actor of its own.
pub async fn open_session(
    tx: &mut Tx,
    (school, staff): (SchoolId, StaffId),
    arrival: &Arrival<'_>,
    shown_at_ms: i64,
    now_ms: i64,
) -> Result<OpenedSession, Error> {
    let known = match arrival.device {
        Some(device) => tx
            .actor_of_device(school, staff, device)
            .await?
            .map(|actor| (device, actor)),
        None => None,
    };
    let (device, actor) = match known {
        Some(known) => known,
        None => {
            let name = arrival
                .device_name
                .chars()
                .filter(|c| !c.is_control() && !turns_writing(*c))
                .take(MAX_DEVICE_NAME_CHARS)
                .collect();
            let new = NewDevice {
                id: Uuid::now_v7().into(),
                actor: Uuid::new_v4().into(),
                name,
                created_at_ms: now_ms,
            };
            tx.add_device(school, staff, &new).await?;
            (new.id, new.actor)
        }
    };
    let token =
        Token::random().map_err(|_| Error::Broken("the machine gives no random numbers"))?;
    tx.add_session(&NewSession {
        token_hash: token.hash(),
        school,
        staff,
        device,
        created_at_ms: now_ms,
        expires_at_ms: now_ms + SESSION_LASTS_MS,
        shown_at_ms,
    })
    .await?;
    tx.record(
        school,
        AuditEvent::by(staff, device, AuditAct::SignedIn, now_ms).detail(arrival.way.as_str()),
    );
    tx.know_browser(&arrival.browser.hash(), school, staff, now_ms)
        .await?;
    Ok(OpenedSession {
        token,
        device,
        actor,
    })
}
