//! How this phone is set: language, outdoor mode, hand. Nothing about anybody, and needed before the first paint, so it lies
//! in the browser's small storage.

use super::page::window;

const LANGUAGE: &str = "language";

/// The language chosen on this phone, such as `nn`.
pub fn language() -> Option<String> {
    window()?.local_storage().ok()??.get_item(LANGUAGE).ok()?
}

/// Keeps the language.
pub fn keep_language(language: &str) {
    keep(LANGUAGE, language);
}

/// Whether something is switched on.
pub fn is_on(name: &str) -> bool {
    let kept = window()
        .and_then(|window| window.local_storage().ok()?)
        .and_then(|kept| kept.get_item(name).ok()?);
    kept.as_deref() == Some("on")
}

/// Switches something on or off.
pub fn keep_on(name: &str, is_on: bool) {
    keep(name, if is_on { "on" } else { "off" });
}

fn keep(name: &str, value: &str) {
    if let Some(Ok(Some(storage))) = window().map(|window| window.local_storage()) {
        // A private window keeps nothing: the choice lasts as long as the page.
        let _ = storage.set_item(name, value);
    }
}
