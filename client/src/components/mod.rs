//! Parts that pages are made of, and the words for every code of the domain. They draw what they are given and fetch
//! nothing, but for `loaded`, which is the one way a desk page waits for the server.

pub mod actors;
pub mod button;
pub mod device_list;
pub mod dialog;
pub mod empty;
pub mod entry_card;
pub mod entry_form;
pub mod erase;
pub mod failure;
pub mod feide_button;
pub mod field;
pub mod hand_out;
pub mod icon;
pub mod loaded;
pub mod lock_control;
pub mod log_line;
pub mod menu;
pub mod not_fetched;
pub mod notice;
pub mod notice_address;
pub mod notice_failures;
pub mod notice_push;
pub mod page_head;
pub mod passkey_button;
pub mod passkey_list;
pub mod password;
pub mod password_change;
pub mod pattern_reason;
pub mod pin_pad;
pub mod pupil_search;
pub mod receipts;
pub mod report_points;
pub mod report_prompt;
pub mod rescue;
pub mod reset_notice;
pub mod revisions;
pub mod role_chips;
pub mod saved_text;
pub mod status_line;
pub mod step_up;
pub mod storage_notice;
pub mod time;
pub mod toggle;
pub mod whom_to_tell;
pub mod words;

use leptos_i18n::I18nContext;

use crate::i18n::Locale;

/// The texts in the language chosen.
pub type Texts = I18nContext<Locale>;
