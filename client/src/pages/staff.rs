//! Everyone who works at the school: their roles, a new one, what becomes of one, and an invitation whose link is shown once.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::{self, Invitation, StaffList};
use shared::domain::{AccountStatus, StaffId, StaffMember};

use super::staff_add::AddStaff;
use super::staff_change::ChangeDialog;
use crate::browser::http::{self, ApiFailure};
use crate::browser::{file, page};
use crate::components::dialog::Dialog;
use crate::components::empty::Empty;
use crate::components::failure::Failure;
use crate::components::field::SearchField;
use crate::components::loaded::Loaded;
use crate::components::notice::{Notice, Tone};
use crate::components::page_head::PageHead;
use crate::components::{Texts, time, words};
use crate::i18n::*;
use crate::route;
use crate::state::State;

/// For whom an invitation was just made.
type Invited = RwSignal<Option<(String, Invitation)>>;

#[component]
pub fn StaffPage() -> impl IntoView {
    let i18n = use_i18n();
    let loaded = Loaded::<StaffList>::from(api::path::STAFF.to_owned());
    view! {
        <PageHead title=t_string!(i18n, staff.title) lead=t_string!(i18n, staff.lead)/>
        <div class="columns">
            <div class="columns-main">
                {loaded.view(|_| None, move |list| view! { <Members list=list on_change=move || loaded.reload()/> }.into_any())}
            </div>
            <div class="columns-side"><AddStaff on_added=move || loaded.reload()/></div>
        </div>
    }
}

#[component]
fn Members(
    list: Arc<StaffList>,
    on_change: impl Fn() + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let i18n = use_i18n();
    let search = RwSignal::new(String::new());
    let invited: Invited = RwSignal::new(None);
    let changing = RwSignal::new(None::<StaffId>);
    let failure = RwSignal::new(None::<ApiFailure>);
    let state = State::here();
    let whole = list.clone();
    if list.staff.is_empty() {
        return view! { <Empty title=t_string!(i18n, staff.empty)/> }.into_any();
    }
    let rows = move || {
        let wanted = search.get().to_lowercase();
        let fits = |member: &&StaffMember| {
            format!("{} {}", member.name, member.username)
                .to_lowercase()
                .contains(wanted.trim())
        };
        let hits: Vec<_> = list
            .staff
            .iter()
            .filter(fits)
            .map(|member| row(i18n, state, member, invited, changing, failure))
            .collect();
        let told = match hits.len() {
            0 => t_string!(i18n, staff.none_match).to_owned(),
            1 => t_string!(i18n, staff.count_single).to_owned(),
            count => t_string!(i18n, staff.count_many, count = count).to_string(),
        };
        view! { <p class="quiet" role="status">{told}</p><ul class="rows">{hits}</ul> }
    };
    view! {
        <div class="stack">
            <SearchField id="staff-filter" label=t_string!(i18n, staff.search) value=search test="staff-filter"/>
            {move || failure.get().map(|failure| view! { <Failure failure=failure/> })}
            {rows}
        </div>
        <InvitationDialog invited=invited on_close=on_change/>
        <ChangeDialog list=whole changing=changing on_change=on_change/>
    }
    .into_any()
}

fn row(
    i18n: Texts,
    state: State,
    member: &StaffMember,
    invited: Invited,
    changing: RwSignal<Option<StaffId>>,
    failure: RwSignal<Option<ApiFailure>>,
) -> AnyView {
    let id = member.id;
    let name = StoredValue::new(member.name.clone());
    let roles: Vec<_> = member
        .roles
        .iter()
        .map(|role| words::role(i18n, role))
        .collect();
    let status_class = if member.status == AccountStatus::Active {
        "tag tag-good"
    } else {
        "tag tag-quiet"
    };
    let may_invite = matches!(
        member.status,
        AccountStatus::Invited | AccountStatus::Active
    );
    let invite = move |_| {
        spawn_local(async move {
            let path = api::path::with_id(api::path::STAFF_INVITATION, id);
            let ask = async || http::post_nothing::<Invitation>(&path).await;
            match state.stepping_up(ask).await {
                Ok(invitation) => invited.set(Some((name.get_value(), invitation))),
                Err(why) => failure.set(Some(why)),
            }
        });
    };
    let devices_label = format!("{}: {}", t_string!(i18n, devices.title), member.name);
    let change_label = t_string!(i18n, staff.change_for, name = member.name.clone()).to_string();
    let label = t_string!(i18n, staff.invite_for, name = member.name.clone()).to_string();
    view! {
        <li class="row row-wraps" data-test="staff-row">
            <span class="row-main">
                <span class="row-title">{member.name.clone()}</span>
                <span class="row-note">{roles.join(" · ")}</span>
                <span class="tags">
                    <span class="tag tag-quiet">{member.username.clone()}</span>
                    <span class=status_class>{words::account_status(i18n, &member.status)}</span>
                </span>
            </span>
            <a class="button button-quiet" href=route::staff_devices(id) aria-label=devices_label data-test="staff-devices">
                {t_string!(i18n, devices.title)}
            </a>
            <button type="button" class="button button-quiet" aria-label=change_label data-test="change" on:click=move |_| changing.set(Some(id))>
                {t_string!(i18n, staff.change)}
            </button>
            {may_invite.then(|| view! {
                <button type="button" class="button button-quiet" aria-label=label data-test="invite" on:click=invite>
                    {t_string!(i18n, staff.invite)}
                </button>
            })}
        </li>
    }
    .into_any()
}

#[component]
fn InvitationDialog(
    invited: Invited,
    on_close: impl Fn() + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let i18n = use_i18n();
    let is_open = RwSignal::new(false);
    Effect::new(move |was_shown: Option<bool>| {
        let is_shown = invited.get().is_some();
        if is_shown {
            is_open.set(true);
        } else if was_shown == Some(true) {
            on_close();
        }
        is_shown
    });
    Effect::new(move |was_open: Option<bool>| {
        let is_now = is_open.get();
        if was_open == Some(true) && !is_now {
            invited.set(None);
        }
        is_now
    });
    let content = move || {
        invited.get().map(|(name, invitation)| {
            let link = format!("{}{}#{}", page::origin(), route::INVITATION, invitation.token);
            let until = time::at(i18n, invitation.expires_at_ms);
            view! {
                <p><strong>{t_string!(i18n, staff.invitation_title, name = name).to_string()}</strong></p>
                <p>{t_string!(i18n, staff.invitation_once)}</p>
                <CopyableLink link=link/>
                <p class="quiet small">{t_string!(i18n, staff.invitation_expires, date = until).to_string()}</p>
            }
        })
    };
    view! {
        <Dialog id="invitation-dialog" title=t_string!(i18n, staff.invitation_link) is_open=is_open>
            {content}
            <div class="buttons">
                <button type="button" class="button button-quiet" data-test="invitation-close" on:click=move |_| is_open.set(false)>
                    {t_string!(i18n, action.done)}
                </button>
            </div>
        </Dialog>
    }
}

#[component]
fn CopyableLink(link: String) -> impl IntoView {
    let i18n = use_i18n();
    let was_copied = RwSignal::new(false);
    let to_copy = StoredValue::new(link.clone());
    let copy =
        move |_| spawn_local(async move { was_copied.set(file::copy(&to_copy.get_value()).await) });
    view! {
        <label class="field">
            <span class="field-label">{t_string!(i18n, staff.invitation_link)}</span>
            <input class="input" readonly value=link data-test="invitation-link"/>
        </label>
        <div class="buttons">
            <button type="button" class="button" data-test="copy" on:click=copy>{t_string!(i18n, action.copy)}</button>
        </div>
        {move || was_copied.get().then(|| view! { <Notice tone=Tone::Success><p>{t_string!(i18n, action.copied)}</p></Notice> })}
    }
}
