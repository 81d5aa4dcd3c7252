//! How this phone is set: language, outdoor mode (*utemodus*), hand.

use leptos::prelude::*;

use super::State;
use crate::browser::{page, preferences};
use crate::i18n::Locale;

const OUTDOOR: &str = "outdoor";
const LEFT_HANDED: &str = "left-handed";

/// The language chosen on this phone; bokmål until another is.
fn chosen_locale() -> Locale {
    match preferences::language().as_deref() {
        Some("nn") => Locale::nn,
        Some("en") => Locale::en,
        _ => Locale::nb,
    }
}

fn tag(locale: Locale) -> &'static str {
    match locale {
        Locale::nb => "nb",
        Locale::nn => "nn",
        Locale::en => "en",
    }
}

impl State {
    pub(super) fn read_preferences(self) {
        self.locale.set(chosen_locale());
        page::set_language(tag(chosen_locale()));
        self.show_outdoor(preferences::is_on(OUTDOOR));
        self.show_left_handed(preferences::is_on(LEFT_HANDED));
    }

    /// The language chosen; `App` hands it to the texts.
    pub fn locale(self) -> Locale {
        self.locale.get()
    }

    pub fn set_language(self, locale: Locale) {
        preferences::keep_language(tag(locale));
        page::set_language(tag(locale));
        self.locale.set(locale);
    }

    pub fn is_outdoor(self) -> bool {
        self.is_outdoor.get()
    }

    pub fn set_outdoor(self, is_on: bool) {
        preferences::keep_on(OUTDOOR, is_on);
        self.show_outdoor(is_on);
    }

    pub fn is_left_handed(self) -> bool {
        self.is_left_handed.get()
    }

    pub fn set_left_handed(self, is_on: bool) {
        preferences::keep_on(LEFT_HANDED, is_on);
        self.show_left_handed(is_on);
    }

    fn show_outdoor(self, is_on: bool) {
        page::set_root_class(OUTDOOR, is_on);
        self.is_outdoor.set(is_on);
    }

    fn show_left_handed(self, is_on: bool) {
        page::set_root_class(LEFT_HANDED, is_on);
        self.is_left_handed.set(is_on);
    }
}
