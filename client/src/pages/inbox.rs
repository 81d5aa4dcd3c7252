//! Innboks.

use leptos::prelude::*;

#[component]
pub fn InboxPage() -> impl IntoView {
    view! { <h1>"Innboks"</h1> }
}
