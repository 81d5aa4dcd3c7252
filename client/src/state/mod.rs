//! What is known on this phone and what can be done with it: one `State`, reached from any page by `State::here()`.
//! Reading a method inside a view or an effect follows it.

use std::sync::Arc;

use leptos::prelude::*;
use shared::api::{Abilities, School, Session};
use shared::domain::{ClassId, DeviceId, PupilId, StaffId, ZoneId};

/// Whether somebody is signed in here.
#[derive(Debug, Clone, PartialEq)]
pub enum Access {
    /// The disk has not been read yet.
    Loading,
    /// Nobody has signed in on this phone.
    SignedOut,
    /// Signed in, as far as is known.
    SignedIn(Session),
    /// The server asks for a new sign-in; writing goes on and nothing is lost.
    Expired(Session),
}

/// Handles to everything known; copied freely.
#[derive(Clone, Copy)]
pub struct State {
    access: RwSignal<Access>,
    school: RwSignal<Option<Arc<School>>>,
    waiting: RwSignal<usize>,
}

impl State {
    /// Makes the state and hands it to every component below.
    pub fn provide() -> State {
        let state = State { access: RwSignal::new(Access::Loading), school: RwSignal::new(None), waiting: RwSignal::new(0) };
        provide_context(state);
        state
    }

    /// The state of the app.
    pub fn here() -> State {
        expect_context::<State>()
    }

    pub fn access(self) -> Access {
        self.access.get()
    }

    /// Who is signed in, also when the server has forgotten it.
    pub fn session(self) -> Option<Session> {
        match self.access.get() {
            Access::SignedIn(session) | Access::Expired(session) => Some(session),
            Access::Loading | Access::SignedOut => None,
        }
    }

    /// What the signed-in person may open, as the server said.
    pub fn may(self) -> Abilities {
        self.session().map(|session| session.may).unwrap_or_default()
    }

    /// The school as last fetched.
    pub fn school(self) -> Option<Arc<School>> {
        self.school.get()
    }

    pub fn pupil_name(self, pupil: PupilId) -> Option<String> {
        let school = self.school.get()?;
        school.pupils.iter().find(|p| p.id == pupil).map(|p| format!("{} {}", p.given_name, p.family_name))
    }

    pub fn class_name(self, class: ClassId) -> Option<String> {
        self.school.get()?.classes.iter().find(|c| c.id == class).map(|c| c.name.clone())
    }

    pub fn zone_name(self, zone: ZoneId) -> Option<String> {
        self.school.get()?.zones.iter().find(|z| z.id == zone).map(|z| z.name.clone())
    }

    pub fn staff_name(self, staff: StaffId) -> Option<String> {
        self.school.get()?.staff.iter().find(|s| s.id == staff).map(|s| s.name.clone())
    }

    /// How many documents lie here with something unsent.
    pub fn waiting(self) -> usize {
        self.waiting.get()
    }

    /// The device that this user name had on this browser, to pass when signing in again.
    pub async fn device_for(self, _username: &str) -> Option<DeviceId> {
        None
    }

    /// Takes over a session that the server has just given; `username` as typed, when it was.
    pub async fn accept_session(self, session: Session, _username: Option<&str>) {
        self.access.set(Access::SignedIn(session));
    }

    /// The server answered that nobody is signed in.
    pub fn session_expired(self) {
        if let Some(session) = self.session() {
            self.access.set(Access::Expired(session));
        }
    }

    /// Forgets who is signed in. What is unsent stays and goes up when the same person signs in again.
    pub async fn sign_out(self) {
        self.access.set(Access::SignedOut);
    }
}
