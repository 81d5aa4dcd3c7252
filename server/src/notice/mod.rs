//! Notices (*varsel*): that something waits for somebody, in the app, by e-mail and by push, and never what. For whom a report
//! waits is said in one place (`waiting`), which the count, the mails, the pushes and the escalation to the deputy all ask.

pub mod address;
mod escalation;
mod mailer;
mod push;
mod sending;
mod waiting;

pub use escalation::{escalate, keep_escalating};
pub use mailer::{MailSettings, MailSettingsError, Mailer};
pub use push::{KNOWN_HOSTS, PushError, PushHosts, Pusher};
pub use sending::{FAILURES_TOLD_FOR_MS, keep_sending, push_next, send_next};
pub use waiting::{arrived, arrived_at_owner, count, handed_out, unopened_in_hand};

/// Between two mails, and between two pushes, that say to the same person that something waits.
pub const PAUSE_MS: i64 = 15 * 60 * 1000;
