//! The browsers that somebody has signed in on, each with the way to shut it out: what a phone that was lost needs first.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::{self, Device};
use shared::domain::DeviceId;

use super::dialog::Dialog;
use super::failure::Failure;
use super::loaded::Loaded;
use super::time;
use crate::browser::http::{self, ApiFailure, Nothing};
use crate::i18n::*;

#[component]
pub fn DeviceList(path: String) -> impl IntoView {
    let i18n = use_i18n();
    let loaded = Loaded::<Vec<Device>>::from(path);
    let failure = RwSignal::new(None::<ApiFailure>);
    let asked = RwSignal::new(None::<(DeviceId, String)>);
    let is_asking = RwSignal::new(false);
    let ask = Callback::new(move |device: (DeviceId, String)| {
        asked.set(Some(device));
        is_asking.set(true);
    });
    let revoke = move |_| {
        is_asking.set(false);
        let Some((device, _)) = asked.get_untracked() else {
            return;
        };
        spawn_local(async move {
            let path = api::path::with_id(api::path::DEVICE, device);
            match http::delete::<Nothing>(&path).await {
                Ok(_) => loaded.reload(),
                Err(why) => failure.set(Some(why)),
            }
        });
    };
    let end = Callback::new(move |device: DeviceId| {
        spawn_local(async move {
            let path = api::path::with_id(api::path::DEVICE_SESSIONS, device);
            match http::delete::<Nothing>(&path).await {
                Ok(_) => loaded.reload(),
                Err(why) => failure.set(Some(why)),
            }
        });
    });
    let draw = move |devices: Arc<Vec<Device>>| {
        let rows: Vec<_> = devices
            .iter()
            .map(|device| view! { <Row device=device.clone() ask=ask end=end/> })
            .collect();
        view! { <ul class="rows">{rows}</ul> }.into_any()
    };
    view! {
        {move || failure.get().map(|failure| view! { <Failure failure=failure/> })}
        {loaded.view(|_| None, draw)}
        <Dialog id="revoke-dialog" title=t_string!(i18n, devices.revoke_title) is_open=is_asking>
            <p>{move || asked.get().map(|(_, name)| name)}</p>
            <p>{t_string!(i18n, devices.revoke_means)}</p>
            <div class="buttons">
                <button type="button" class="button" on:click=move |_| is_asking.set(false)>{t_string!(i18n, action.cancel)}</button>
                <button type="button" class="button button-quiet" data-test="revoke-sure" on:click=revoke>{t_string!(i18n, devices.revoke)}</button>
            </div>
        </Dialog>
    }
}

#[component]
fn Row(
    device: Device,
    ask: Callback<(DeviceId, String)>,
    end: Callback<DeviceId>,
) -> impl IntoView {
    let i18n = use_i18n();
    let name = match device.name.is_empty() {
        true => t_string!(i18n, devices.nameless).to_owned(),
        false => device.name.clone(),
    };
    let when = match (device.revoked_at_ms, device.sessions.first()) {
        (Some(ms), _) => t_string!(i18n, devices.revoked, when = time::at(i18n, ms)).to_string(),
        (None, Some(session)) => {
            let began = time::at(i18n, session.began_at_ms);
            let seen = time::at(i18n, session.last_seen_at_ms);
            t_string!(i18n, devices.began, began = began, seen = seen).to_string()
        }
        (None, None) => t_string!(i18n, devices.signed_out).to_owned(),
    };
    let is_out = device.revoked_at_ms.is_some();
    let label = format!("{}: {name}", t_string!(i18n, devices.revoke));
    let asked = StoredValue::new((device.id, name.clone()));
    // One's own way out is on the page of oneself: it clears what lies on the phone too.
    let may_end = !is_out && !device.is_this && !device.sessions.is_empty();
    let end_label = format!("{}: {name}", t_string!(i18n, devices.end_sessions));
    let id = device.id;
    view! {
        <li class="row row-wraps" data-test="device-row">
            <span class="row-main">
                <span class="row-title">{name}</span>
                <span class="row-note">{when}</span>
                {device.is_this.then(|| view! { <span class="tags"><span class="tag tag-good">{t_string!(i18n, devices.this)}</span></span> })}
            </span>
            {may_end.then(|| view! {
                <button type="button" class="button button-quiet" aria-label=end_label data-test="end-sessions" on:click=move |_| end.run(id)>
                    {t_string!(i18n, devices.end_sessions)}
                </button>
            })}
            {(!is_out).then(|| view! {
                <button type="button" class="button button-quiet" aria-label=label data-test="revoke" on:click=move |_| ask.run(asked.get_value())>
                    {t_string!(i18n, devices.revoke)}
                </button>
            })}
        </li>
    }
}
