//! A labelled place to write in: label, hint and error are tied to the control, so that they are read out with it.

use leptos::prelude::*;

use super::icon::Icon;
use crate::browser::page;

/// Follows what is written in `value`; `error` is shown below and read out when it comes.
#[component]
pub fn TextField(
    id: &'static str,
    #[prop(into)] label: String,
    value: RwSignal<String>,
    #[prop(default = None, into)] hint: Option<String>,
    #[prop(default = Signal::stored(None), into)] error: Signal<Option<String>>,
    #[prop(default = Signal::stored("text"), into)] kind: Signal<&'static str>,
    #[prop(default = "off")] autocomplete: &'static str,
    #[prop(default = "input")] class: &'static str,
    #[prop(optional)] max_chars: Option<usize>,
    /// Keys that a phone offers for it, such as digits; a field for numbers only would empty itself at a stroke that is none.
    #[prop(default = "text")]
    keys: &'static str,
    #[prop(optional)] test: &'static str,
) -> impl IntoView {
    let hint_id = format!("{id}-hint");
    let error_id = format!("{id}-error");
    let described_by = format!("{hint_id} {error_id}");
    view! {
        <div class="field">
            <label class="field-label" for=id>{label}</label>
            {hint.map(|hint| view! { <p class="field-hint" id=hint_id.clone()>{hint}</p> })}
            <input id=id class=class type=move || kind.get() autocomplete=autocomplete spellcheck="false"
                autocapitalize="none" inputmode=keys maxlength=max_chars.map(|max| max.to_string())
                aria-describedby=described_by data-test=test
                aria-invalid=move || error.get().is_some().then_some("true")
                prop:value=move || value.get()
                on:input=move |event| value.set(event_target_value(&event))/>
            <div id=error_id aria-live="polite">
                {move || error.get().map(|text| view! { <p class="field-error">{Icon::Error.view()}{text}</p> })}
            </div>
        </div>
    }
}

/// Search: a field with a magnifying glass that filters as one writes.
#[component]
pub fn SearchField(
    id: &'static str,
    #[prop(into)] label: String,
    value: RwSignal<String>,
    #[prop(optional)] test: &'static str,
) -> impl IntoView {
    let id = page::own_id(id);
    view! {
        <div class="field search-field">
            <label class="field-label" for=id.clone()>{label}</label>
            {Icon::Search.view()}
            <input id=id class="input" type="search" autocomplete="off" spellcheck="false" enterkeyhint="search"
                data-test=test prop:value=move || value.get()
                on:input=move |event| value.set(event_target_value(&event))/>
        </div>
    }
}
