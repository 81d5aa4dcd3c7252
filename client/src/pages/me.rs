//! Meg.

use leptos::prelude::*;

#[component]
pub fn MePage() -> impl IntoView {
    view! { <h1>"Meg"</h1> }
}
