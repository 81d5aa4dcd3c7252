//! A page of the desk whose part of the app could not be fetched: why, and the ways on. What is on the phone is not touched by it.

use leptos::prelude::*;

use super::notice::{Notice, Tone};
use super::page_head::PageHead;
use crate::i18n::*;
use crate::route;
use crate::state::State;

#[component]
pub fn NotFetched(retry: impl Fn() + Copy + Send + Sync + 'static) -> impl IntoView {
    let i18n = use_i18n();
    let state = State::here();
    let why = move || match (state.has_update(), state.may_take_update()) {
        (false, _) => t_string!(i18n, not_fetched.no_contact),
        (true, true) => t_string!(i18n, not_fetched.new_version),
        (true, false) => t_string!(i18n, not_fetched.new_version_waits),
    };
    let back = if state.may().log {
        route::CAPTURE
    } else {
        route::ME
    };
    view! {
        <PageHead title=t_string!(i18n, not_fetched.title)/>
        <div class="stack-tight">
            <Notice tone=Tone::Error test="not-fetched"><p>{why}</p></Notice>
            <div class="buttons">
                <Show when=move || state.may_take_update()>
                    <button type="button" class="button" data-test="take-update" on:click=move |_| state.take_update()>
                        {t!(i18n, app.new_version_take)}
                    </button>
                </Show>
                <button type="button" class="button button-quiet" data-test="fetch-again" on:click=move |_| retry()>
                    {t!(i18n, action.retry)}
                </button>
                <a class="button button-quiet" href=back>{t!(i18n, action.back)}</a>
            </div>
        </div>
    }
}
