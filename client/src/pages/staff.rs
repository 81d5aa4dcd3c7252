//! Ansatte.

use leptos::prelude::*;

#[component]
pub fn StaffPage() -> impl IntoView {
    view! { <h1>"Ansatte"</h1> }
}
