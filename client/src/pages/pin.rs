//! Choosing a PIN for this phone: typed twice, or not now.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_navigate;

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
    let asked = move || match first.with(Option::is_some) {
        true => t_string!(i18n, lock.choose_again),
        false => t_string!(i18n, lock.choose_first),
    };
    let wrong = move || match told.get() {
        Told::Nothing => None,
        Told::Weak => Some(t_string!(i18n, lock.weak)),
        Told::Differs => Some(t_string!(i18n, lock.differs)),
        Told::NeedsContact => Some(t_string!(i18n, lock.remove_needs_contact)),
    };
    view! {
        <div class="welcome">
            <PageHead title=t_string!(i18n, lock.choose_title) lead=t_string!(i18n, lock.choose_lead)/>
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
