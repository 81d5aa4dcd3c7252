//! A new member of staff: name, user name, roles, and the classes that a role follows. The invitation comes after.

use std::collections::BTreeSet;

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::{self, ErrorCode, NewStaff};
use shared::domain::Role;

use super::staff_classes::{OwnClasses, followed};
use crate::browser::http::{self, ApiFailure, Nothing};
use crate::browser::page;
use crate::components::button::SubmitButton;
use crate::components::failure::Failure;
use crate::components::field::TextField;
use crate::components::icon::Icon;
use crate::components::notice::{Notice, Tone};
use crate::components::role_chips::RoleChips;
use crate::i18n::*;
use crate::state::State;

const MAX_NAME_CHARS: usize = 100;
const MAX_USERNAME_CHARS: usize = 60;

#[component]
pub fn AddStaff(on_added: impl Fn() + Copy + Send + Sync + 'static) -> impl IntoView {
    let i18n = use_i18n();
    let state = State::here();
    let name = RwSignal::new(String::new());
    let username = RwSignal::new(String::new());
    let roles = RwSignal::new(BTreeSet::from([Role::DutyStaff]));
    let own = RwSignal::new(BTreeSet::new());
    let classes = Signal::derive(move || {
        let school = state.school();
        school
            .map(|school| school.classes.clone())
            .unwrap_or_default()
    });
    let has_tried = RwSignal::new(false);
    let is_busy = RwSignal::new(false);
    let is_taken = RwSignal::new(false);
    let failure = RwSignal::new(None::<ApiFailure>);
    let added = RwSignal::new(None::<String>);
    let required = move |value: RwSignal<String>| {
        (has_tried.get() && value.get().trim().is_empty())
            .then(|| t_string!(i18n, sign_in.required).to_owned())
    };
    let username_error = Signal::derive(move || {
        if is_taken.get() {
            Some(t_string!(i18n, staff.username_taken).to_owned())
        } else {
            required(username)
        }
    });
    let send = move |request: NewStaff| async move {
        let added_name = request.name.clone();
        let ask = async || http::post::<Nothing>(api::path::STAFF, &request).await;
        match state.stepping_up(ask).await {
            Ok(_) => {
                name.set(String::new());
                username.set(String::new());
                own.set(BTreeSet::new());
                has_tried.set(false);
                added.set(Some(added_name));
                on_added();
            }
            Err(ApiFailure::Refused(ErrorCode::Conflict)) => is_taken.set(true),
            Err(why) => failure.set(Some(why)),
        }
        is_busy.set(false);
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        has_tried.set(true);
        is_taken.set(false);
        failure.set(None);
        added.set(None);
        let request = untrack(|| NewStaff {
            name: name.get().trim().to_owned(),
            username: username.get().trim().to_lowercase(),
            own_classes: followed(&roles.get(), &own.get()),
            roles: roles.get().into_iter().collect(),
        });
        let is_whole =
            !request.name.is_empty() && !request.username.is_empty() && !request.roles.is_empty();
        if is_whole && !is_busy.get_untracked() {
            is_busy.set(true);
            spawn_local(send(request));
        } else {
            request_animation_frame(page::focus_first_invalid);
        }
    };
    view! {
        <form class="form card" novalidate on:submit=submit>
            <h2>{t_string!(i18n, staff.add)}</h2>
            {move || failure.get().map(|failure| view! { <Failure failure=failure/> })}
            {move || added.get().map(|name| view! {
                <Notice tone=Tone::Success test="staff-added"><p>{t_string!(i18n, staff.added, name = name).to_string()}</p></Notice>
            })}
            <TextField id="staff-name" label=t_string!(i18n, staff.name) value=name error=Signal::derive(move || required(name))
                max_chars=MAX_NAME_CHARS test="staff-name"/>
            <TextField id="staff-username" label=t_string!(i18n, staff.username) hint=t_string!(i18n, staff.username_hint).to_owned()
                value=username error=username_error max_chars=MAX_USERNAME_CHARS test="staff-username"/>
            <fieldset class="field">
                <legend>{t_string!(i18n, staff.roles)}</legend>
                <RoleChips roles=roles/>
                {move || (has_tried.get() && roles.get().is_empty()).then(|| view! {
                    <p class="field-error" role="alert">{Icon::Error.view()}{t_string!(i18n, staff.roles_needed)}</p>
                })}
            </fieldset>
            <OwnClasses classes=classes roles=roles own=own/>
            <div class="buttons"><SubmitButton label=t_string!(i18n, staff.add) is_busy=is_busy test="staff-add"/></div>
        </form>
    }
}
