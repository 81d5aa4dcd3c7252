//! Where a person hears by e-mail that something waits: an address, the code that was sent there, and the way out.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::{
    ConfirmNoticeAddress, ErrorCode, MAX_ADDRESS_CHARS, NoticeAddress, SetNoticeAddress, path,
};

use super::button::SubmitButton;
use super::failure::Failure;
use super::field::TextField;
use super::loaded::Loaded;
use crate::browser::http::{self, ApiFailure, Nothing};
use crate::i18n::*;

#[component]
pub fn NoticeAddressCard() -> impl IntoView {
    let i18n = use_i18n();
    let loaded = Loaded::<NoticeAddress>::from(path::NOTICE_ADDRESS.to_owned());
    let draw = move |now: Arc<NoticeAddress>| match (&now.address, now.is_confirmed) {
        (Some(address), true) => {
            let told = t_string!(i18n, notices.goes_to, address = address.clone()).to_string();
            view! { <p data-test="notices-on">{told}</p> <Forget loaded=loaded/> }.into_any()
        }
        (Some(address), false) => {
            let told = t_string!(i18n, notices.code_sent, address = address.clone()).to_string();
            view! { <p>{told}</p> <CodeForm loaded=loaded/> <Forget loaded=loaded/> }.into_any()
        }
        (None, _) if now.is_offered => view! { <AddressForm loaded=loaded/> }.into_any(),
        (None, _) => {
            view! { <p class="quiet">{t_string!(i18n, notices.not_offered)}</p> }.into_any()
        }
    };
    view! {
        <section class="card stack" aria-labelledby="notices-title">
            <h2 id="notices-title">{t_string!(i18n, notices.title)}</h2>
            <p class="quiet small">{t_string!(i18n, notices.hint)}</p>
            {loaded.view(|_| None, draw)}
        </section>
    }
}

#[component]
fn AddressForm(loaded: Loaded<NoticeAddress>) -> impl IntoView {
    let i18n = use_i18n();
    let address = RwSignal::new(String::new());
    let is_busy = RwSignal::new(false);
    let failure = RwSignal::new(None::<ApiFailure>);
    let error = Signal::derive(move || {
        let is_refused = failure.get() == Some(ApiFailure::Refused(ErrorCode::Malformed));
        is_refused.then(|| t_string!(i18n, notices.no_address).to_owned())
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let asked = SetNoticeAddress {
            address: address.get_untracked(),
        };
        let sent = async move { http::put::<Nothing>(path::NOTICE_ADDRESS, &asked).await };
        send(sent, loaded, is_busy, failure);
    };
    view! {
        <form class="stack-tight" novalidate on:submit=submit>
            <TextField id="notice-address" label=t_string!(i18n, notices.address) value=address error=error kind="email"
                autocomplete="email" max_chars=MAX_ADDRESS_CHARS test="notice-address"/>
            {other_failure(failure, ErrorCode::Malformed)}
            <SubmitButton label=t_string!(i18n, notices.send_code) is_busy=is_busy test="notice-address-save"/>
        </form>
    }
}

#[component]
fn CodeForm(loaded: Loaded<NoticeAddress>) -> impl IntoView {
    let i18n = use_i18n();
    let code = RwSignal::new(String::new());
    let is_busy = RwSignal::new(false);
    let failure = RwSignal::new(None::<ApiFailure>);
    let error = Signal::derive(move || {
        let is_refused = failure.get() == Some(ApiFailure::Refused(ErrorCode::Conflict));
        is_refused.then(|| t_string!(i18n, notices.wrong_code).to_owned())
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let asked = ConfirmNoticeAddress {
            code: code.get_untracked(),
        };
        let sent = async move { http::post::<Nothing>(path::NOTICE_ADDRESS_CODE, &asked).await };
        send(sent, loaded, is_busy, failure);
    };
    view! {
        <form class="stack-tight" novalidate on:submit=submit>
            <TextField id="notice-code" label=t_string!(i18n, notices.code) value=code error=error
                autocomplete="one-time-code" class="input input-short" test="notice-code"/>
            {other_failure(failure, ErrorCode::Conflict)}
            <SubmitButton label=t_string!(i18n, notices.confirm) is_busy=is_busy test="notice-code-save"/>
        </form>
    }
}

#[component]
fn Forget(loaded: Loaded<NoticeAddress>) -> impl IntoView {
    let i18n = use_i18n();
    let is_busy = RwSignal::new(false);
    let failure = RwSignal::new(None::<ApiFailure>);
    let forget = move |_| {
        let sent = async { http::delete::<Nothing>(path::NOTICE_ADDRESS).await };
        send(sent, loaded, is_busy, failure);
    };
    view! {
        {move || failure.get().map(|failure| view! { <Failure failure=failure/> })}
        <div class="buttons">
            <button type="button" class="button button-quiet" data-test="notices-off" on:click=forget>
                {t_string!(i18n, notices.forget)}
            </button>
        </div>
    }
}

/// Sends once at a time, and shows how it stands then.
fn send(
    sent: impl Future<Output = Result<Nothing, ApiFailure>> + 'static,
    loaded: Loaded<NoticeAddress>,
    is_busy: RwSignal<bool>,
    failure: RwSignal<Option<ApiFailure>>,
) {
    if is_busy.get_untracked() {
        return;
    }
    is_busy.set(true);
    failure.set(None);
    spawn_local(async move {
        match sent.await {
            Ok(_) => loaded.reload(),
            Err(why) => failure.set(Some(why)),
        }
        is_busy.set(false);
    });
}

/// What the field itself does not say.
fn other_failure(failure: RwSignal<Option<ApiFailure>>, said: ErrorCode) -> impl IntoView {
    move || {
        let other = failure
            .get()
            .filter(|why| *why != ApiFailure::Refused(said));
        other.map(|failure| view! { <Failure failure=failure/> })
    }
}
