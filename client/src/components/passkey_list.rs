//! One's own passkeys: when each was added and last used, with the way to add one and to remove it. Both ask who one is.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::{self, MAX_PASSKEYS, PasskeyLine};
use shared::domain::PasskeyId;

use super::dialog::Dialog;
use super::loaded::Loaded;
use super::passkey_button::told;
use super::time;
use crate::browser::authenticator;
use crate::browser::http::{self, Nothing};
use crate::i18n::*;
use crate::state::{PasskeyFailure, State};

#[component]
pub fn PasskeyList() -> impl IntoView {
    let i18n = use_i18n();
    let state = State::here();
    let loaded = Loaded::<Vec<PasskeyLine>>::from(api::path::PASSKEYS.to_owned());
    let failure = RwSignal::new(None::<PasskeyFailure>);
    let asked = RwSignal::new(None::<PasskeyId>);
    let is_asking = RwSignal::new(false);
    let is_busy = RwSignal::new(false);
    let finish = move |answer: Result<(), PasskeyFailure>| {
        // The page may have been left meanwhile.
        let _ = is_busy.try_set(false);
        let _ = failure.try_set(answer.err());
        loaded.reload();
    };
    let add = move |_| {
        is_busy.set(true);
        spawn_local(async move { finish(state.add_passkey().await) });
    };
    let remove = move |_| {
        is_asking.set(false);
        let Some(id) = asked.get_untracked() else {
            return;
        };
        spawn_local(async move {
            let path = api::path::with_id(api::path::PASSKEY, id);
            let ask = async || http::delete::<Nothing>(&path).await;
            let answer = state.stepping_up(ask).await;
            finish(answer.map(drop).map_err(PasskeyFailure::Server));
        });
    };
    let ask = Callback::new(move |id: PasskeyId| {
        asked.set(Some(id));
        is_asking.set(true);
    });
    let draw = move |passkeys: Arc<Vec<PasskeyLine>>| {
        let may_add = authenticator::is_available() && passkeys.len() < MAX_PASSKEYS;
        let rows = passkeys
            .iter()
            .map(|line| view! { <Row line=line.clone() ask=ask/> });
        view! {
            <ul class="rows">{rows.collect_view()}</ul>
            {may_add.then(|| view! {
                <button type="button" class="button" data-test="add-passkey" disabled=is_busy on:click=add>{t_string!(i18n, passkey.add)}</button>
            })}
        }
        .into_any()
    };
    view! {
        <section class="card stack" aria-labelledby="passkeys-title">
            <h2 id="passkeys-title">{t_string!(i18n, passkey.title)}</h2>
            <p class="quiet small">{t_string!(i18n, passkey.lead)}</p>
            {move || failure.get().map(|why| told(i18n, why))}
            {loaded.view(|_| None, draw)}
            <Dialog id="remove-passkey-dialog" title=t_string!(i18n, passkey.remove_title) is_open=is_asking>
                <p>{t_string!(i18n, passkey.remove_means)}</p>
                <div class="buttons">
                    <button type="button" class="button" on:click=move |_| is_asking.set(false)>{t_string!(i18n, action.cancel)}</button>
                    <button type="button" class="button button-quiet" data-test="remove-passkey-sure" on:click=remove>{t_string!(i18n, action.remove)}</button>
                </div>
            </Dialog>
        </section>
    }
}

#[component]
fn Row(line: PasskeyLine, ask: Callback<PasskeyId>) -> impl IntoView {
    let i18n = use_i18n();
    let added = time::at(i18n, line.added_at_ms);
    let title = t_string!(i18n, passkey.added, when = added).to_string();
    let used = match line.last_used_at_ms {
        Some(ms) => t_string!(i18n, passkey.used, when = time::at(i18n, ms)).to_string(),
        None => t_string!(i18n, passkey.unused).to_owned(),
    };
    let label = format!("{}: {title}", t_string!(i18n, action.remove));
    view! {
        <li class="row row-wraps" data-test="passkey-row">
            <span class="row-main">
                <span class="row-title">{title}</span>
                <span class="row-note">{used}</span>
            </span>
            <button type="button" class="button button-quiet" aria-label=label data-test="remove-passkey" on:click=move |_| ask.run(line.id)>
                {t_string!(i18n, action.remove)}
            </button>
        </li>
    }
}
