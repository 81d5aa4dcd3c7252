//! What a list says when there is nothing in it: that this is fine, and what will come here.

use leptos::prelude::*;

use super::icon::Icon;

#[component]
pub fn Empty(
    #[prop(into)] title: String,
    #[prop(optional, into)] hint: Option<String>,
) -> impl IntoView {
    view! {
        <div class="empty" data-test="empty">
            {Icon::Calm.view()}
            <p class="empty-title">{title}</p>
            {hint.map(|hint| view! { <p class="empty-hint">{hint}</p> })}
        </div>
    }
}
