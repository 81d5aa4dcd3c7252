//! Choosing what opens this phone's vault: the phone's own lock, a PIN typed twice, or nothing now.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_navigate;

use crate::browser::passkey;
use crate::components::page_head::PageHead;
use crate::components::pin_pad::PinPad;
use crate::i18n::*;
use crate::route;
use crate::state::State;
use crate::vault::is_weak_pin;

/// What the last six digits came to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Told {
    Nothing,
    Weak,
    Differs,
    NeedsContact,
    NotVerified,
}

#[component]
pub fn PinPage() -> impl IntoView {
    let i18n = use_i18n();
    let state = State::here();
    let navigate = use_navigate();
    let typed = RwSignal::new(String::new());
    let first = RwSignal::new(None::<String>);
    let told = RwSignal::new(Told::Nothing);
    let is_busy = RwSignal::new(false);
    let leave = Callback::new(move |()| navigate(route::CAPTURE, Default::default()));
    let take = move |pin: String| {
        typed.set(String::new());
        match first.get_untracked() {
            None if is_weak_pin(&pin) => told.set(Told::Weak),
            None => {
                told.set(Told::Nothing);
                first.set(Some(pin));
            }
            Some(earlier) if earlier == pin => {
                is_busy.set(true);
                spawn_local(async move {
                    // The state shows what the disk refuses.
                    if state.choose_pin(&pin).await.is_ok() {
                        leave.run(());
                    }
                    let _ = is_busy.try_set(false);
                });
            }
            Some(_) => {
                first.set(None);
                told.set(Told::Differs);
            }
        }
    };
    let decline = move |_| {
        spawn_local(async move {
            match state.decline_pin().await {
                Ok(true) => leave.run(()),
                Ok(false) => drop(told.try_set(Told::NeedsContact)),
                // The state shows what the disk refuses.
                Err(_) => {}
            }
        });
    };
    let has_passkey = RwSignal::new(false);
    spawn_local(async move {
        // The page may have been left meanwhile.
        let _ = has_passkey.try_set(passkey::is_available().await);
    });
    let by_passkey = move |_| {
        is_busy.set(true);
        spawn_local(async move {
            match state.choose_passkey().await {
                Ok(true) => leave.run(()),
                Ok(false) => drop(told.try_set(Told::NotVerified)),
                // The state shows what the disk refuses.
                Err(_) => {}
            }
            let _ = is_busy.try_set(false);
        });
    };
    let asked = move || match first.with(Option::is_some) {
        true => t_string!(i18n, lock.choose_again),
        false => t_string!(i18n, lock.choose_first),
    };
    let wrong = move || match told.get() {
        Told::Nothing => None,
        Told::Weak => Some(t_string!(i18n, lock.weak)),
        Told::Differs => Some(t_string!(i18n, lock.differs)),
        Told::NeedsContact => Some(t_string!(i18n, lock.remove_needs_contact)),
        Told::NotVerified => Some(t_string!(i18n, lock.not_verified)),
    };
    view! {
        <div class="welcome">
            <PageHead title=t_string!(i18n, lock.choose_title) lead=t_string!(i18n, lock.choose_lead)/>
            <Show when=move || has_passkey.get()>
                <div class="card stack-tight">
                    <button type="button" class="button button-wide" data-test="choose-passkey" disabled=is_busy on:click=by_passkey>
                        {t!(i18n, lock.choose_passkey)}
                    </button>
                    <p class="quiet small">{t!(i18n, lock.choose_passkey_hint)}</p>
                </div>
            </Show>
            <div class="card stack">
                <p data-test="pin-asked" aria-live="polite">{asked}</p>
                <p role="alert" class="field-error" data-test="pin-error">{wrong}</p>
                <PinPad typed=typed is_busy=is_busy take=take/>
            </div>
            <button type="button" class="button button-quiet button-wide" data-test="pin-later" disabled=is_busy on:click=decline>
                {t_string!(i18n, lock.decline)}
            </button>
            <p class="quiet small">{t_string!(i18n, lock.decline_hint)}</p>
        </div>
    }
}
