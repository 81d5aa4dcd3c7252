//! A password that can be shown: whoever stands in the rain with gloves on needs to see it.

use leptos::prelude::*;

use super::field::TextField;
use crate::i18n::*;

#[component]
pub fn PasswordField(
    id: &'static str,
    #[prop(into)] label: String,
    value: RwSignal<String>,
    #[prop(into)] error: Signal<Option<String>>,
    is_shown: RwSignal<bool>,
    autocomplete: &'static str,
    #[prop(optional, into)] hint: Option<String>,
) -> impl IntoView {
    let kind = Signal::derive(move || if is_shown.get() { "text" } else { "password" });
    view! {
        <TextField id=id label=label hint=hint value=value error=error kind=kind autocomplete=autocomplete test=id/>
    }
}

/// Shows every password field that follows `is_shown`.
#[component]
pub fn ShowPassword(is_shown: RwSignal<bool>) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <label class="check">
            <input type="checkbox" on:change=move |event| is_shown.set(event_target_checked(&event))/>
            {t_string!(i18n, sign_in.show_password)}
        </label>
    }
}
