//! Mine meldinger.

use leptos::prelude::*;

#[component]
pub fn MyReportsPage() -> impl IntoView {
    view! { <h1>"Mine meldinger"</h1> }
}
