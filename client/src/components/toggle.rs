//! A choice that is on or off, large enough for a gloved thumb.

use leptos::prelude::*;

#[component]
pub fn Toggle(
    #[prop(into)] label: Signal<String>,
    #[prop(into)] is_on: Signal<bool>,
    #[prop(into)] test: String,
    #[prop(into)] pressed: Callback<()>,
) -> impl IntoView {
    view! {
        <button type="button" class="chip" aria-pressed=move || is_on.get().to_string() data-test=test
            on:click=move |_| pressed.run(())>
            {label}
        </button>
    }
}
