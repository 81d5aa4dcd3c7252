//! A keypad for a PIN: no field, so that no browser remembers what was typed. Keys of the keyboard count too.

use leptos::prelude::*;

use crate::i18n::*;
use crate::vault::PIN_DIGITS;

const ROWS: [[char; 3]; 3] = [['1', '2', '3'], ['4', '5', '6'], ['7', '8', '9']];

/// Calls with the digits when there are enough of them; whoever takes them empties `typed`.
#[component]
pub fn PinPad(
    typed: RwSignal<String>,
    #[prop(into)] is_busy: Signal<bool>,
    #[prop(into)] take: Callback<String>,
) -> impl IntoView {
    let i18n = use_i18n();
    let add = move |digit: char| {
        if is_busy.get_untracked() || typed.with_untracked(String::len) >= PIN_DIGITS {
            return;
        }
        typed.update(|typed| typed.push(digit));
        if typed.with_untracked(String::len) == PIN_DIGITS {
            take.run(typed.get_untracked());
        }
    };
    let remove = move || {
        if !is_busy.get_untracked() {
            typed.update(|typed| {
                typed.pop();
            });
        }
    };
    let keys = window_event_listener(leptos::ev::keydown, move |event| {
        let key = event.key();
        match key.chars().next() {
            Some(digit) if key.len() == 1 && digit.is_ascii_digit() => add(digit),
            _ if key == "Backspace" => remove(),
            _ => {}
        }
    });
    on_cleanup(move || keys.remove());
    let digit = move |digit: char| {
        view! {
            <button type="button" class="pin-key" data-test=format!("pin-{digit}") disabled=is_busy
                on:click=move |_| add(digit)>{digit}</button>
        }
    };
    let dots = move || {
        let count = typed.with(String::len);
        (0..PIN_DIGITS)
            .map(|n| view! { <span class="pin-dot" class:is-filled=n < count></span> })
            .collect_view()
    };
    let told = move || {
        let count = typed.with(String::len);
        t_string!(i18n, lock.digits, count = count, of = PIN_DIGITS).to_string()
    };
    view! {
        <div class="pin" role="group" aria-label=move || t_string!(i18n, lock.pin)>
            <p class="pin-dots" aria-hidden="true">{dots}</p>
            <p class="for-screen-reader" aria-live="polite">{told}</p>
            <div class="pin-keys">
                {ROWS.into_iter().flatten().map(digit).collect_view()}
                <span></span>
                {digit('0')}
                <button type="button" class="pin-key pin-remove" data-test="pin-remove" disabled=is_busy
                    aria-label=move || t_string!(i18n, lock.remove_digit) on:click=move |_| remove()>"⌫"</button>
            </div>
        </div>
    }
}
