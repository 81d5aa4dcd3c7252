//! What somebody is at the school from now on: roles, classes, and whether the account is open.

use std::collections::BTreeSet;
use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::{self, ChangeStaff, StaffList};
use shared::domain::{AccountStatus, Class, ClassId, Role, StaffId, StaffMember};

use super::staff_classes::{OwnClasses, followed};
use crate::browser::http::{self, ApiFailure, Nothing};
use crate::components::Texts;
use crate::components::dialog::Dialog;
use crate::components::failure::Failure;
use crate::components::role_chips::RoleChips;
use crate::components::toggle::Toggle;
use crate::i18n::*;
use crate::state::State;

/// Opens for whoever is in `changing`.
#[component]
pub fn ChangeDialog(
    list: Arc<StaffList>,
    changing: RwSignal<Option<StaffId>>,
    on_change: impl Fn() + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let i18n = use_i18n();
    let is_open = RwSignal::new(false);
    Effect::new(move |_| is_open.set(changing.get().is_some()));
    Effect::new(move |was_open: Option<bool>| {
        let is_now = is_open.get();
        if was_open == Some(true) && !is_now {
            changing.set(None);
        }
        is_now
    });
    let content = move || {
        let member = list
            .staff
            .iter()
            .find(|one| Some(one.id) == changing.get())?;
        let classes = list.contact_teachers.iter();
        let own = classes.filter(|line| line.staff == member.id);
        let own = own.map(|line| line.class).collect();
        Some(view! {
            <Form member=member.clone() own=own classes=list.classes.clone() is_open=is_open on_change=on_change/>
        })
    };
    view! {
        <Dialog id="change-dialog" title=t_string!(i18n, staff.change) is_open=is_open>{content}</Dialog>
    }
}

#[component]
fn Form(
    member: StaffMember,
    own: BTreeSet<ClassId>,
    classes: Vec<Class>,
    is_open: RwSignal<bool>,
    on_change: impl Fn() + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let i18n = use_i18n();
    let state = State::here();
    let roles: RwSignal<BTreeSet<Role>> = RwSignal::new(member.roles.into_iter().collect());
    let own = RwSignal::new(own);
    let status = RwSignal::new(match member.status {
        AccountStatus::Invited => AccountStatus::Active,
        other => other,
    });
    let is_busy = RwSignal::new(false);
    let failure = RwSignal::new(None::<ApiFailure>);
    let path = StoredValue::new(api::path::with_id(api::path::STAFF_MEMBER, member.id));
    let save = move |_| {
        if is_busy.get_untracked() {
            return;
        }
        is_busy.set(true);
        let change = ChangeStaff {
            roles: roles.get_untracked().into_iter().collect(),
            own_classes: untrack(|| followed(&roles.get(), &own.get())),
            status: status.get_untracked(),
        };
        spawn_local(async move {
            let ask = async || http::put::<Nothing>(&path.get_value(), &change).await;
            match state.stepping_up(ask).await {
                Ok(_) => {
                    is_open.set(false);
                    on_change();
                }
                Err(why) => drop(failure.try_set(Some(why))),
            }
            is_busy.try_set(false);
        });
    };
    view! {
        <div class="stack">
            <p><strong>{member.name}</strong></p>
            <fieldset class="field">
                <legend>{t_string!(i18n, staff.roles)}</legend>
                <RoleChips roles=roles/>
            </fieldset>
            <OwnClasses classes=Signal::stored(classes) roles=roles own=own/>
            <fieldset class="field">
                <legend>{t_string!(i18n, staff.status)}</legend>
                <div class="chips">{statuses(i18n, status)}</div>
            </fieldset>
            <p class="quiet small">{t_string!(i18n, staff.change_means)}</p>
            {move || failure.get().map(|failure| view! { <Failure failure=failure/> })}
            <div class="buttons">
                <button type="button" class="button" data-test="change-save"
                    disabled=move || roles.get().is_empty() || is_busy.get() on:click=save>
                    {t_string!(i18n, staff.change_save)}
                </button>
                <button type="button" class="button button-quiet" on:click=move |_| is_open.set(false)>{t_string!(i18n, action.cancel)}</button>
            </div>
        </div>
    }
}

fn statuses(i18n: Texts, status: RwSignal<AccountStatus>) -> impl IntoView {
    [
        (AccountStatus::Active, t_string!(i18n, staff.status_active)),
        (
            AccountStatus::Suspended,
            t_string!(i18n, staff.status_suspended),
        ),
        (AccountStatus::Left, t_string!(i18n, staff.status_left)),
    ]
    .map(|(choice, label)| {
        let (this, pressed) = (choice.clone(), choice.clone());
        let is_on = Signal::derive(move || status.get() == this);
        view! {
            <Toggle label=label is_on=is_on test=format!("status-{choice}")
                pressed=Callback::new(move |()| status.set(pressed.clone()))/>
        }
    })
    .into_iter()
    .collect_view()
}
