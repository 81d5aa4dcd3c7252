//! Innsyn.

use leptos::prelude::*;

#[component]
pub fn ReadingsPage() -> impl IntoView {
    view! { <h1>"Innsyn"</h1> }
}
