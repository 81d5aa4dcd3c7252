//! Who is asking. A way of showing who one is (here: a local account's password or an invitation) ends in a school and a staff
//! id; opening a session for that person is the same for every way. What the person may do is the business of `access`.

mod attempts;
mod author;
mod cookie;
mod last_seen;
mod password;
mod session;
mod sign_in;
mod signed_in;
mod token;

pub use attempts::Attempts;
pub use author::{Author, Bar};
pub use cookie::SessionCookie;
pub use last_seen::LastSeen;
pub use password::Passwords;
pub use session::{OpenedSession, idle_since_ms, open_session};
pub use sign_in::{accept_invitation, invite, sign_in, username};
pub use signed_in::SignedIn;
pub use token::Token;
