//! Logg inn.

use leptos::prelude::*;

#[component]
pub fn SignInPage() -> impl IntoView {
    view! { <h1>"Logg inn"</h1> }
}
