//! One file per page. A page draws what `state` knows (the phone) or what `browser::http` fetches (the desk).

pub mod capture;
pub mod entry_read;
pub mod erasures;
pub mod inbox;
pub mod invitation;
pub mod me;
pub mod my_reports;
pub mod patterns;
pub mod pin;
pub mod pupil_attention;
pub mod pupil_log;
pub mod pupils;
pub mod put_aside;
pub mod readings;
pub mod report_read;
pub mod report_write;
pub mod roster;
pub mod roster_preview;
pub mod settings;
pub mod settings_choices;
pub mod sign_in;
pub mod staff;
pub mod staff_add;
mod staff_change;
pub mod staff_devices;
pub mod today;
pub mod unlock;
