//! The top of a page: its title, which takes the focus when the page opens, and what the whole page is about.

use leptos::prelude::*;

use super::icon::Icon;
use crate::browser;
use crate::i18n::*;

pub const TITLE_ID: &str = "title";

/// `title` is what the person reads, a pupil's name included; `document_title` is what the browser keeps in its history
/// and names nobody. Without one the title itself is used.
#[component]
pub fn PageHead(
    #[prop(into)] title: String,
    #[prop(optional, into)] document_title: Option<String>,
    #[prop(optional, into)] lead: Option<String>,
    #[prop(optional)] back_to: Option<&'static str>,
) -> impl IntoView {
    let i18n = use_i18n();
    browser::page::set_title(document_title.as_deref().unwrap_or(&title));
    Effect::new(|_| browser::page::focus(TITLE_ID));
    view! {
        {back_to.map(|path| view! {
            <a class="back-link" href=path>{Icon::Back.view()}{t_string!(i18n, action.back)}</a>
        })}
        <header class="page-head">
            <div class="page-head-text">
                <h1 id=TITLE_ID tabindex="-1" data-test="page-title">{title}</h1>
                {lead.map(|lead| view! { <p class="page-lead">{lead}</p> })}
            </div>
        </header>
    }
}
