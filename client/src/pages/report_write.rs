//! Meld til rektor.

use leptos::prelude::*;

#[component]
pub fn ReportWritePage() -> impl IntoView {
    view! { <h1>"Meld til rektor"</h1> }
}
