//! Loggføring.

use leptos::prelude::*;

#[component]
pub fn EntryReadPage() -> impl IntoView {
    view! { <h1>"Loggføring"</h1> }
}
