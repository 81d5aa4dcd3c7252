//! Who is asking. A way of showing who one is (a password, an invitation, a provider such as Feide) ends in a school and a staff
//! id; opening a session for that person is the same for every way. What the person may do is the business of `access`.

pub mod account;
mod attempts;
mod author;
mod browser;
mod cookie;
pub mod day_code;
pub mod feide;
mod groups;
mod last_seen;
pub mod passkey;
mod password;
pub mod password_change;
mod password_choice;
mod provider;
mod session;
mod sign_in;
mod signed_in;
mod step_up;
mod token;

pub use author::{Author, Bar};
pub use browser::{Browser, KEPT_S as BROWSER_KEPT_S};
pub use cookie::TokenCookie;
pub use groups::Groups;
pub use last_seen::LastSeen;
pub use passkey::Passkeys;
pub use password::Passwords;
pub use provider::{Provider, ProviderSettings, ProviderSettingsError};
pub use session::{Arrival, OpenedSession, idle_since_ms, open_session};
pub use sign_in::{accept_invitation, invite, sign_in, username};
pub use signed_in::SignedIn;
pub use step_up::{SHOWN_FOR_MS, step_up, stepped_up};
pub use token::Token;
