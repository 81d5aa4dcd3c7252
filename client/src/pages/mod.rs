//! One file per page. A page draws what `state` knows (the phone) or what `browser::http` fetches (the desk).

pub mod capture;
pub mod today;
pub mod report_write;
pub mod my_reports;
pub mod sign_in;
pub mod invitation;
pub mod pupils;
pub mod pupil_attention;
pub mod pupil_log;
pub mod entry_read;
pub mod inbox;
pub mod report_read;
pub mod patterns;
pub mod readings;
pub mod staff;
pub mod staff_add;
pub mod roster;
pub mod roster_preview;
pub mod settings;
pub mod settings_choices;
pub mod me;
