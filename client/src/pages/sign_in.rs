//! Signing in with a password, a passkey, or by way of Feide. Whoever is signed out while offline keeps what lies on the phone.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_navigate;
use shared::api::{
    self, Admission, FeideFinished, FeideOutcome, FinishFeide, SchoolChoice, SignIn,
};
use shared::domain::SchoolId;

use crate::browser::http::{self, ApiFailure};
use crate::browser::{authenticator, device, page};
use crate::components::button::SubmitButton;
use crate::components::failure::Failure;
use crate::components::feide_button::FeideButton;
use crate::components::field::TextField;
use crate::components::notice::{Notice, Tone};
use crate::components::page_head::PageHead;
use crate::components::passkey_button::PasskeyButton;
use crate::components::password::{PasswordField, ShowPassword};
use crate::i18n::*;
use crate::route;
use crate::state::{Access, State};

#[component]
pub fn SignInPage() -> impl IntoView {
    let i18n = use_i18n();
    let state = State::here();
    let username = RwSignal::new(String::new());
    let password = RwSignal::new(String::new());
    let shows_password = RwSignal::new(false);
    let tried_empty = RwSignal::new(false);
    let is_busy = RwSignal::new(false);
    let failure = RwSignal::new(None::<ApiFailure>);
    let missing = move |value: RwSignal<String>| {
        let lacks = move || tried_empty.get() && value.get().trim().is_empty();
        Signal::derive(move || lacks().then(|| t_string!(i18n, sign_in.required).to_owned()))
    };

    let go = use_navigate();
    let navigate = Callback::new(move |path: &'static str| go(path, Default::default()));
    // Back from Feide: what is after `#` says how it went.
    let feide_outcome = FeideOutcome::from_fragment(&page::take_fragment());
    let schools = RwSignal::new(Vec::<SchoolChoice>::new());
    let finish = Callback::new(move |school: Option<SchoolId>| {
        spawn_local(async move {
            let request = FinishFeide {
                device: state.device_for("").await,
                device_name: device::name(),
                school,
            };
            match http::post::<FeideFinished>(api::path::FEIDE_FINISH, &request).await {
                Ok(FeideFinished::Admitted(admission)) => {
                    enter(state, *admission, None, navigate).await;
                }
                Ok(FeideFinished::Several { schools: found }) => schools.set(found),
                Err(why) => {
                    schools.set(Vec::new());
                    failure.set(Some(why));
                }
            }
        });
    });
    if feide_outcome == Some(FeideOutcome::Shown) {
        finish.run(None);
    }
    let feide_failure = match feide_outcome {
        Some(FeideOutcome::Failed) => Some(t_string!(i18n, feide.failed)),
        Some(FeideOutcome::Stranger) => Some(t_string!(i18n, feide.stranger)),
        Some(FeideOutcome::InvitationInvalid) => Some(t_string!(i18n, error.invitation_invalid)),
        Some(FeideOutcome::Unavailable) => Some(t_string!(i18n, error.provider_unavailable)),
        Some(FeideOutcome::Shown) | None => None,
    };
    let shown = Callback::new(move |admission: Admission| {
        spawn_local(enter(state, admission, None, navigate));
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        tried_empty.set(true);
        let name = username.get_untracked().trim().to_owned();
        if is_busy.get_untracked() || name.is_empty() || password.get_untracked().is_empty() {
            request_animation_frame(page::focus_first_invalid);
            return;
        }
        is_busy.set(true);
        let password = password.get_untracked();
        spawn_local(async move {
            let request = SignIn {
                username: name.clone(),
                password,
                device: state.device_for(&name).await,
                device_name: device::name(),
            };
            match http::post::<Admission>(api::path::SESSION, &request).await {
                Ok(admission) => enter(state, admission, Some(&name), navigate).await,
                Err(why) => {
                    failure.set(Some(why));
                    is_busy.set(false);
                }
            }
        });
    };

    view! {
        <div class="welcome">
            <p class="welcome-mark">{t_string!(i18n, app.name)}</p>
            <PageHead title=t_string!(i18n, sign_in.title) lead=t_string!(i18n, sign_in.lead)/>
            {move || matches!(state.access(), Access::Expired(_)).then(|| view! {
                <Notice tone=Tone::Info><p>{t_string!(i18n, sign_in.again)}</p></Notice>
            })}
            {move || state.is_for_a_day().then(|| view! {
                <p><a class="button button-wide" href=route::DAY_CODE>{t_string!(i18n, day_code.from_sign_in)}</a></p>
            })}
            {move || state.was_evicted().then(|| view! {
                <Notice tone=Tone::Error test="evicted"><p>{t_string!(i18n, sign_in.evicted)}</p></Notice>
            })}
            {move || (!schools.read().is_empty()).then(|| view! { <Schools schools=schools.get() chosen=finish/> })}
            {feide_failure.map(|told| view! { <Notice tone=Tone::Error test="feide-failed"><p>{told}</p></Notice> })}
            <form class="form card" novalidate on:submit=submit>
                {move || failure.get().map(|failure| view! { <Failure failure=failure/> })}
                <TextField id="username" label=t_string!(i18n, sign_in.username) value=username error=missing(username)
                    autocomplete="username" test="username"/>
                <PasswordField id="password" label=t_string!(i18n, sign_in.password) value=password
                    error=missing(password) is_shown=shows_password autocomplete="current-password"/>
                <ShowPassword is_shown=shows_password/>
                <SubmitButton label=t_string!(i18n, sign_in.submit) is_busy=is_busy test="sign-in" class="button button-wide"/>
            </form>
            {authenticator::is_available().then(|| view! { <PasskeyButton shown=shown/> })}
            <FeideButton/>
            <p><a href=route::DAY_CODE data-test="to-day-code">{t_string!(i18n, day_code.from_sign_in)}</a></p>
            <p class="quiet small">{t_string!(i18n, sign_in.forgot)}</p>
            <p class="quiet small">{t_string!(i18n, sign_in.needs_network)}</p>
        </div>
    }
}

/// For somebody who works at several schools.
#[component]
fn Schools(schools: Vec<SchoolChoice>, chosen: Callback<Option<SchoolId>>) -> impl IntoView {
    let i18n = use_i18n();
    let choices = schools.into_iter().map(|school| {
        view! {
            <button type="button" class="button button-wide" data-test="school-choice"
                on:click=move |_| chosen.run(Some(school.id))>{school.name}</button>
        }
    });
    view! {
        <section class="card" aria-labelledby="school-choice-title">
            <h2 id="school-choice-title">{t_string!(i18n, feide.choose_school)}</h2>
            <div class="stack">{choices.collect_view()}</div>
        </section>
    }
}

/// Takes over what the server has given, and goes to work.
async fn enter(
    state: State,
    admission: Admission,
    username: Option<&str>,
    navigate: Callback<&'static str>,
) {
    state.accept(admission, username).await;
    navigate.run(route::after_sign_in(state.wants_pin()));
}
