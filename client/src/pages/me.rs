//! What each person sets for themselves, the way to the pages that the phone's bar has no room for, and signing out.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::{self, Abilities};

use crate::browser::http::{self, Nothing};
use crate::browser::page;
use crate::components::device_list::DeviceList;
use crate::components::dialog::Dialog;
use crate::components::icon::Icon;
use crate::components::notice_address::NoticeAddressCard;
use crate::components::notice_push::NoticePushCard;
use crate::components::page_head::PageHead;
use crate::components::passkey_list::PasskeyList;
use crate::components::password_change::PasswordChange;
use crate::components::rescue::Rescue;
use crate::components::{Texts, words};
use crate::i18n::*;
use crate::route;
use crate::state::{State, has_inbox};

#[component]
pub fn MePage() -> impl IntoView {
    let i18n = use_i18n();
    let content = move || {
        // The only page on which the language changes under one's eyes.
        let _ = i18n.get_locale();
        view! { <Content/> }
    };
    view! { {content} }
}

#[component]
fn Content() -> impl IntoView {
    let i18n = use_i18n();
    let state = State::here();
    view! {
        <PageHead title=t_string!(i18n, me.title)/>
        <div class="columns">
            <div class="columns-main stack">
                {move || state.session().map(|session| {
                    let roles: Vec<_> = session.roles.iter().map(|role| words::role(i18n, role)).collect();
                    view! {
                        <section class="card">
                            <dl class="facts">
                                <div class="fact"><dt>{t_string!(i18n, me.signed_in_as)}</dt><dd data-test="me-name">{session.name.clone()}</dd></div>
                                <div class="fact"><dt>{t_string!(i18n, me.roles)}</dt><dd>{roles.join(" · ")}</dd></div>
                                <div class="fact"><dt>{t_string!(i18n, me.school)}</dt><dd>{session.school_name.clone()}</dd></div>
                            </dl>
                        </section>
                    }
                })}
                <Choices/>
                <Lock/>
                <Show when=move || !state.is_for_a_day()><PasskeyList/><PasswordChange/></Show>
                <Show when=move || has_inbox(state.may())><NoticeAddressCard/><NoticePushCard/></Show>
                <section class="card stack" aria-labelledby="devices-title">
                    <h2 id="devices-title">{t_string!(i18n, devices.title)}</h2>
                    <DeviceList path=api::path::DEVICES.to_owned()/>
                </section>
            </div>
            <div class="columns-side stack">
                {move || more_pages(i18n, state.may())}
                <Rescue/>
                <Kept/>
                <SignOut/>
            </div>
        </div>
    }
}

#[component]
fn Choices() -> impl IntoView {
    let i18n = use_i18n();
    let state = State::here();
    let languages = [
        (Locale::nb, "nb", t_string!(i18n, me.language_nb)),
        (Locale::nn, "nn", t_string!(i18n, me.language_nn)),
        (Locale::en, "en", t_string!(i18n, me.language_en)),
    ];
    let language = move |(locale, code, name): (Locale, &'static str, &'static str)| {
        view! {
            <label class="chip" lang=code>
                <input type="radio" name="language" prop:checked=i18n.get_locale_untracked() == locale
                    data-test=format!("language-{code}") on:change=move |_| state.set_language(locale)/>
                {name}
            </label>
        }
    };
    let hands = [
        (true, "left", t_string!(i18n, me.hand_left)),
        (false, "right", t_string!(i18n, me.hand_right)),
    ];
    let hand = move |(is_left, code, name): (bool, &'static str, &'static str)| {
        view! {
            <label class="chip">
                <input type="radio" name="hand" prop:checked=move || state.is_left_handed() == is_left
                    data-test=format!("hand-{code}") on:change=move |_| state.set_left_handed(is_left)/>
                {name}
            </label>
        }
    };
    view! {
        <section class="card stack">
            <fieldset class="field">
                <legend>{t_string!(i18n, me.language)}</legend>
                <div class="chips">{languages.into_iter().map(language).collect_view()}</div>
            </fieldset>
            <div class="field">
                <label class="switch">
                    <span class="field-label">{t_string!(i18n, me.outdoor)}</span>
                    <input type="checkbox" role="switch" data-test="outdoor" prop:checked=move || state.is_outdoor()
                        on:change=move |event| state.set_outdoor(event_target_checked(&event))/>
                </label>
                <p class="field-hint">{t_string!(i18n, me.outdoor_hint)}</p>
            </div>
            <fieldset class="field">
                <legend>{t_string!(i18n, me.hand)}</legend>
                <p class="field-hint">{t_string!(i18n, me.hand_hint)}</p>
                <div class="chips">{hands.into_iter().map(hand).collect_view()}</div>
            </fieldset>
        </section>
    }
}

/// What the browser has said to the question whether it keeps what lies here.
#[component]
fn Kept() -> impl IntoView {
    let i18n = use_i18n();
    let state = State::here();
    let told = move || match state.is_kept() {
        Some(true) => Some(t_string!(i18n, me.kept)),
        Some(false) => Some(t_string!(i18n, me.not_kept)),
        None => None,
    };
    view! { <p class="small quiet" data-test="is-kept">{told}</p> }
}

/// The PIN of this phone.
#[component]
fn Lock() -> impl IntoView {
    let i18n = use_i18n();
    let state = State::here();
    let has_failed = RwSignal::new(false);
    let remove = move |_| {
        spawn_local(async move {
            let is_done = state.decline_pin().await.is_ok_and(|done| done);
            let _ = has_failed.try_set(!is_done);
        });
    };
    view! {
        <section class="card stack" aria-labelledby="lock-title">
            <h2 id="lock-title">{t_string!(i18n, lock.title)}</h2>
            <Show when=move || state.has_lock() fallback=move || view! {
                <p>{t_string!(i18n, lock.no_pin)}</p>
                <a class="button" href=route::PIN data-test="choose-pin">{t_string!(i18n, lock.choose)}</a>
            }>
                <p>{t_string!(i18n, lock.has_pin)}</p>
                <p role="alert" class="field-error">{move || has_failed.get().then_some(t_string!(i18n, lock.remove_needs_contact))}</p>
                <div class="buttons">
                    <button type="button" class="button" data-test="lock-now" on:click=move |_| spawn_local(state.lock_now())>{t_string!(i18n, lock.lock_now)}</button>
                    <a class="button button-quiet" href=route::PIN data-test="change-pin">{t_string!(i18n, lock.change)}</a>
                    <button type="button" class="button button-quiet" data-test="remove-pin" on:click=remove>{t_string!(i18n, lock.remove)}</button>
                </div>
            </Show>
        </section>
    }
}

/// The pages that this person has, as the server decided.
fn more_pages(i18n: Texts, may: Abilities) -> Option<AnyView> {
    let pages = [
        (
            may.see_patterns,
            route::PATTERNS,
            Icon::Pattern,
            t_string!(i18n, nav.patterns),
        ),
        (
            may.see_readings,
            route::READINGS,
            Icon::Eye,
            t_string!(i18n, nav.readings),
        ),
        (
            may.administer,
            route::STAFF,
            Icon::Staff,
            t_string!(i18n, nav.staff),
        ),
        (
            may.administer,
            route::ROSTER,
            Icon::Roster,
            t_string!(i18n, nav.roster),
        ),
        (
            may.administer,
            route::SETTINGS,
            Icon::Settings,
            t_string!(i18n, nav.settings),
        ),
        (
            may.give_day_codes && !may.read_owner_reports,
            route::SUBSTITUTES,
            Icon::Person,
            t_string!(i18n, nav.substitutes),
        ),
        (
            may.administer,
            route::PUT_ASIDE,
            Icon::Warning,
            t_string!(i18n, put_aside.title),
        ),
        (
            may.log && may.report,
            route::MY_REPORTS,
            Icon::Report,
            t_string!(i18n, nav.my_reports),
        ),
    ];
    let links: Vec<_> = pages
        .into_iter()
        .filter(|(is_open, ..)| *is_open)
        .map(|(_, path, icon, name)| view! {
            <li><a class="row" href=path>{icon.view()}<span class="row-main row-title">{name}</span>{Icon::Forward.view()}</a></li>
        })
        .collect();
    (!links.is_empty()).then(|| {
        view! {
            <nav class="stack-tight" aria-labelledby="more-pages">
                <h2 id="more-pages">{t_string!(i18n, me.more_pages)}</h2>
                <ul class="rows">{links}</ul>
            </nav>
        }
        .into_any()
    })
}

#[component]
fn SignOut() -> impl IntoView {
    let i18n = use_i18n();
    let state = State::here();
    let is_asking = RwSignal::new(false);
    let leave = move || {
        is_asking.set(false);
        spawn_local(async move {
            // With no contact the session ends by itself on the server; this phone forgets it now all the same.
            let _ = http::delete::<Nothing>(api::path::SESSION).await;
            state.sign_out().await;
            // Also where the server has forgotten the session, or is not reached.
            state.end_push().await;
            page::load(route::SIGN_IN);
        });
    };
    let ask = move |_| {
        if untrack(|| state.waiting()) > 0 {
            is_asking.set(true)
        } else {
            leave()
        }
    };
    let warning = move || match state.waiting() {
        1 => t_string!(i18n, me.sign_out_unsent_single).to_owned(),
        count => t_string!(i18n, me.sign_out_unsent_many, count = count).to_string(),
    };
    view! {
        <button type="button" class="button button-quiet button-wide" data-test="sign-out" on:click=ask>{t_string!(i18n, me.sign_out)}</button>
        <Dialog id="sign-out-dialog" title=t_string!(i18n, me.sign_out_unsent_title) is_open=is_asking>
            <p data-test="unsent-warning">{warning}</p>
            <div class="buttons">
                <button type="button" class="button" on:click=move |_| is_asking.set(false)>{t_string!(i18n, me.stay)}</button>
                <button type="button" class="button button-quiet" data-test="sign-out-anyway" on:click=move |_| leave()>{t_string!(i18n, me.sign_out_anyway)}</button>
            </div>
        </Dialog>
    }
}
