//! Melding.

use leptos::prelude::*;

#[component]
pub fn ReportReadPage() -> impl IntoView {
    view! { <h1>"Melding"</h1> }
}
