//! Where a substitute begins: with the code that the picture holds, one tap; or with its digits. The picture's code stands after `#`, so
//! that no server log ever sees it, and is taken out of the address at once. It is used by the tap and not by the visit: cameras open
//! pages in browsers that nobody will find again.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_navigate;
use shared::api::{self, Admission, DAY_CODE_DIGITS, ErrorCode, TakeDayCode};

use crate::browser::http::{self, ApiFailure};
use crate::browser::{device, page, preferences};
use crate::components::button::SubmitButton;
use crate::components::failure::Failure;
use crate::components::field::TextField;
use crate::components::notice::{Notice, Tone};
use crate::components::page_head::PageHead;
use crate::i18n::*;
use crate::route;
use crate::state::State;

/// With room for spaces between the digits.
const MAX_TYPED_CHARS: usize = 2 * DAY_CODE_DIGITS;

#[component]
pub fn DayCodePage() -> impl IntoView {
    let i18n = use_i18n();
    let state = State::here();
    let picture = StoredValue::new(page::take_fragment());
    let has_picture = RwSignal::new(!picture.get_value().is_empty());
    // Kept for as long as the page, also where the browser keeps nothing.
    let phone = StoredValue::new(preferences::phone_secret());
    let typed = RwSignal::new(String::new());
    let has_tried = RwSignal::new(false);
    let is_busy = RwSignal::new(false);
    let failure = RwSignal::new(None::<ApiFailure>);
    let is_whole =
        move || typed.get().chars().filter(char::is_ascii_digit).count() == DAY_CODE_DIGITS;
    let not_whole = Signal::derive(move || {
        (has_tried.get() && !is_whole()).then(|| t_string!(i18n, day_code.not_whole).to_owned())
    });
    let navigate = use_navigate();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        has_tried.set(true);
        let code = match has_picture.get_untracked() {
            true => picture.get_value(),
            false => typed.get_untracked(),
        };
        if is_busy.get_untracked() || untrack(|| !has_picture.get() && !is_whole()) {
            request_animation_frame(page::focus_first_invalid);
            return;
        }
        is_busy.set(true);
        let navigate = navigate.clone();
        let secret = phone.get_value();
        spawn_local(async move {
            let request = TakeDayCode {
                code,
                phone: secret,
                device: state.device_for("").await,
                device_name: device::name(),
            };
            match http::post::<Admission>(api::path::DAY_CODE, &request).await {
                Ok(admission) => {
                    state.accept(admission, None).await;
                    let next = route::after_sign_in(state.wants_pin());
                    navigate(next, Default::default());
                }
                Err(why) => {
                    // The digits are left when the picture is no good.
                    if why == ApiFailure::Refused(ErrorCode::DayCodeInvalid) {
                        has_picture.set(false);
                        has_tried.set(false);
                    }
                    failure.set(Some(why));
                    is_busy.set(false);
                }
            }
        });
    };
    let label = move || match has_picture.get() {
        true => t_string!(i18n, day_code.here),
        false => t_string!(i18n, day_code.submit),
    };
    view! {
        <div class="welcome">
            <p class="welcome-mark">{t_string!(i18n, app.name)}</p>
            <PageHead title=t_string!(i18n, day_code.title) lead=t_string!(i18n, day_code.lead)/>
            {move || state.session().map(|session| {
                let told = t_string!(i18n, day_code.instead_of, name = session.name).to_string();
                view! { <Notice tone=Tone::Info test="instead-of"><p>{told}</p></Notice> }
            })}
            <form class="form card" novalidate on:submit=submit>
                {move || failure.get().map(|failure| view! { <Failure failure=failure/> })}
                <Show when=move || !has_picture.get()>
                    <TextField id="day-code" label=t_string!(i18n, day_code.digits) hint=t_string!(i18n, day_code.digits_hint).to_owned()
                        value=typed error=not_whole kind=Signal::stored("tel") autocomplete="one-time-code"
                        class="input code-digits" max_chars=MAX_TYPED_CHARS test="day-code"/>
                </Show>
                {move || view! { <SubmitButton label=label() is_busy=is_busy test="take-day-code" class="button button-wide"/> }}
            </form>
            <p class="quiet small"><a href=route::SIGN_IN>{t_string!(i18n, sign_in.submit)}</a></p>
        </div>
    }
}
