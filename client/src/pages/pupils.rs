//! Elever.

use leptos::prelude::*;

#[component]
pub fn PupilsPage() -> impl IntoView {
    view! { <h1>"Elever"</h1> }
}
