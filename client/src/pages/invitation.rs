//! Invitasjon.

use leptos::prelude::*;

#[component]
pub fn InvitationPage() -> impl IntoView {
    view! { <h1>"Invitasjon"</h1> }
}
