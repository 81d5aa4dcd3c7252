//! The button that sends a form: it cannot be pressed twice while the server thinks.

use leptos::prelude::*;

#[component]
pub fn SubmitButton(
    #[prop(into)] label: String,
    is_busy: RwSignal<bool>,
    #[prop(optional)] test: &'static str,
    #[prop(default = "button")] class: &'static str,
) -> impl IntoView {
    let busy = move || is_busy.get().to_string();
    view! {
        <button type="submit" class=class aria-disabled=busy aria-busy=busy data-test=test>
            {label}
        </button>
    }
}
