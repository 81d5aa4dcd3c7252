//! Taking up an invitation. Its token stands after `#`, so that no server log ever sees it, and is taken out of the
//! address at once.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_navigate;
use shared::api::{self, AcceptInvitation, Admission, MIN_PASSWORD_CHARS};

use crate::browser::http::{self, ApiFailure};
use crate::browser::{device, page};
use crate::components::button::SubmitButton;
use crate::components::failure::Failure;
use crate::components::feide_button::FeideButton;
use crate::components::notice::{Notice, Tone};
use crate::components::page_head::PageHead;
use crate::components::password::{PasswordField, ShowPassword};
use crate::i18n::*;
use crate::route;
use crate::state::State;

#[component]
pub fn InvitationPage() -> impl IntoView {
    let i18n = use_i18n();
    let token = page::take_fragment();
    view! {
        <div class="welcome">
            <p class="welcome-mark">{t_string!(i18n, app.name)}</p>
            <PageHead title=t_string!(i18n, invitation.title) lead=t_string!(i18n, invitation.lead)/>
            {if token.is_empty() {
                view! { <Notice tone=Tone::Error test="no-token"><p>{t_string!(i18n, invitation.no_token)}</p></Notice> }.into_any()
            } else {
                view! { <PasswordForm token=token.clone()/><FeideButton invitation=Some(token)/> }.into_any()
            }}
        </div>
    }
}

#[component]
fn PasswordForm(token: String) -> impl IntoView {
    let i18n = use_i18n();
    let state = State::here();
    let token = StoredValue::new(token);
    let password = RwSignal::new(String::new());
    let again = RwSignal::new(String::new());
    let is_shown = RwSignal::new(false);
    let has_tried = RwSignal::new(false);
    let is_busy = RwSignal::new(false);
    let failure = RwSignal::new(None::<ApiFailure>);
    let is_short = move || password.get().chars().count() < MIN_PASSWORD_CHARS;
    let differs = move || password.get() != again.get();
    let too_short = Signal::derive(move || {
        let text =
            || t_string!(i18n, error.password_too_short, min = MIN_PASSWORD_CHARS).to_string();
        (has_tried.get() && is_short()).then(text)
    });
    let not_equal = Signal::derive(move || {
        (has_tried.get() && !is_short() && differs())
            .then(|| t_string!(i18n, invitation.differs).to_owned())
    });

    let go = use_navigate();
    let navigate = Callback::new(move |path: &'static str| go(path, Default::default()));
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        has_tried.set(true);
        if is_busy.get_untracked() || untrack(|| is_short() || differs()) {
            request_animation_frame(page::focus_first_invalid);
            return;
        }
        is_busy.set(true);
        spawn_local(async move {
            let request = AcceptInvitation {
                token: token.get_value(),
                password: password.get_untracked(),
                device_name: device::name(),
            };
            match http::post::<Admission>(api::path::INVITATION, &request).await {
                Ok(admission) => {
                    state.accept(admission, None).await;
                    navigate.run(route::after_sign_in(state.wants_pin()));
                }
                Err(why) => {
                    failure.set(Some(why));
                    is_busy.set(false);
                }
            }
        });
    };

    view! {
        <form class="form card" novalidate on:submit=submit>
            {move || failure.get().map(|failure| view! { <Failure failure=failure/> })}
            <PasswordField id="new-password" label=t_string!(i18n, invitation.password) value=password error=too_short
                is_shown=is_shown autocomplete="new-password"
                hint=t_string!(i18n, invitation.password_hint, min = MIN_PASSWORD_CHARS)/>
            <PasswordField id="password-again" label=t_string!(i18n, invitation.password_again) value=again
                error=not_equal is_shown=is_shown autocomplete="new-password"/>
            <ShowPassword is_shown=is_shown/>
            <SubmitButton label=t_string!(i18n, invitation.submit) is_busy=is_busy test="accept-invitation" class="button button-wide"/>
        </form>
    }
}
