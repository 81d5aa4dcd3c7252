//! Elevliste.

use leptos::prelude::*;

#[component]
pub fn RosterPage() -> impl IntoView {
    view! { <h1>"Elevliste"</h1> }
}
