//! The page itself: its elements, its root's classes, its language and focus.

use std::sync::atomic::{AtomicU32, Ordering};

use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, Window};

/// The window this code runs in; none only where there is no page.
pub fn window() -> Option<Window> {
    web_sys::window()
}

/// The element with an id.
pub fn element(id: &str) -> Option<HtmlElement> {
    window()?.document()?.get_element_by_id(id)?.dyn_into().ok()
}

/// An id that no other element of the page has, for a part that may be drawn several times.
pub fn own_id(base: &str) -> String {
    static DRAWN: AtomicU32 = AtomicU32::new(0);
    format!("{base}-{}", DRAWN.fetch_add(1, Ordering::Relaxed))
}

/// Moves the keyboard and the screen reader to an element.
pub fn focus(id: &str) {
    if let Some(element) = element(id) {
        // An element that cannot take focus is no reason to stop.
        let _ = element.focus();
    }
}

/// Moves the focus to the first field that is not right, if there is one.
pub fn focus_first_invalid() {
    let found = window()
        .and_then(|window| window.document())
        .and_then(|document| {
            document
                .query_selector("[aria-invalid=true]")
                .ok()
                .flatten()
        })
        .and_then(|element| element.dyn_into::<HtmlElement>().ok());
    if let Some(field) = found {
        let _ = field.focus();
    }
}

fn root() -> Option<web_sys::Element> {
    window()?.document()?.document_element()
}

/// Adds or takes away a class of the root element, such as `outdoor`.
pub fn set_root_class(class: &str, is_on: bool) {
    if let Some(root) = root() {
        let _ = root.class_list().toggle_with_force(class, is_on);
    }
}

/// Tells the browser and the screen reader which language the page is in.
pub fn set_language(language: &str) {
    if let Some(root) = root() {
        let _ = root.set_attribute("lang", language);
    }
}

/// What the tab and the browser's history say; names nobody.
pub fn set_title(title: &str) {
    if let Some(document) = window().and_then(|window| window.document()) {
        document.set_title(&format!("{title} – Friminutt"));
    }
}

/// What stands after `#` in the address; taken out of the address and of the browser's history.
pub fn take_fragment() -> String {
    let Some(window) = window() else {
        return String::new();
    };
    let fragment = window.location().hash().unwrap_or_default();
    if let (Ok(history), Ok(path)) = (window.history(), window.location().pathname()) {
        let _ = history.replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(&path));
    }
    fragment.trim_start_matches('#').to_owned()
}

/// This site's address, such as `https://skole.example`.
pub fn origin() -> String {
    window()
        .and_then(|window| window.location().origin().ok())
        .unwrap_or_default()
}

/// Goes to another address by loading it, for when nothing of this page should stay.
pub fn load(path: &str) {
    if let Some(window) = window() {
        let _ = window.location().assign(path);
    }
}
