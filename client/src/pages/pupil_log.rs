//! Elevlogg.

use leptos::prelude::*;

#[component]
pub fn PupilLogPage() -> impl IntoView {
    view! { <h1>"Elevlogg"</h1> }
}
