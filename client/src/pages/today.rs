//! I dag.

use leptos::prelude::*;

#[component]
pub fn TodayPage() -> impl IntoView {
    view! { <h1>"I dag"</h1> }
}
