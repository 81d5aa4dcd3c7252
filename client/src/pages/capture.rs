//! Logg.

use leptos::prelude::*;

#[component]
pub fn CapturePage() -> impl IntoView {
    view! { <h1>"Logg"</h1> }
}
