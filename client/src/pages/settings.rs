//! Innstillinger.

use leptos::prelude::*;

#[component]
pub fn SettingsPage() -> impl IntoView {
    view! { <h1>"Innstillinger"</h1> }
}
