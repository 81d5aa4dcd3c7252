//! Mønstre.

use leptos::prelude::*;

#[component]
pub fn PatternsPage() -> impl IntoView {
    view! { <h1>"Mønstre"</h1> }
}
