//! How this phone is set: language, outdoor mode, hand. Nothing about anybody, and needed before the first paint, so it lies
//! in the browser's small storage.

use shared::sync::Hex;

use super::page::window;
use super::random;

const LANGUAGE: &str = "language";
const PHONE_SECRET: &str = "phone-secret";

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

/// A secret by which the server knows this phone again when it takes a day code once more; it opens nothing by itself.
pub fn phone_secret() -> Hex<32> {
    let kept = window()
        .and_then(|window| window.local_storage().ok()?)
        .and_then(|kept| kept.get_item(PHONE_SECRET).ok()?);
    if let Some(known) = kept.and_then(|text| Hex::parse(&text)) {
        return known;
    }
    let mut bytes = [0; 32];
    random::fill(&mut bytes);
    keep(PHONE_SECRET, &Hex(bytes).to_string());
    Hex(bytes)
}

fn keep(name: &str, value: &str) {
    if let Some(Ok(Some(storage))) = window().map(|window| window.local_storage()) {
        // A private window keeps nothing: the choice lasts as long as the page.
        let _ = storage.set_item(name, value);
    }
}
