//! The pages of the desk, in a module of their own that a phone in the yard never fetches. What only they reach goes with them when
//! the client is split (`xtask/src/web/split.rs`); whoever draws one of them in another way brings it back into the yard's module.
//! All of them ask the server, so nothing is lost to a phone without a network.

use futures_util::FutureExt;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_split::{SplitLoaderError, wasm_split};

use crate::components::not_fetched::NotFetched;
use crate::i18n::*;
use crate::pages::{
    entry_read::EntryReadPage, erasures::ErasuresPage, inbox::InboxPage, owner::OwnerPage,
    patterns::PatternsPage, pupil_log::PupilLogPage, pupil_readings::PupilReadingsPage,
    put_aside::PutAsidePage, readings::ReadingsPage, report_read::ReportReadPage,
    roster::RosterPage, routing::RoutingPage, settings::SettingsPage, staff::StaffPage,
    staff_devices::StaffDevicesPage, substitutes::SubstitutesPage,
};
use crate::state::State;

/// A page of the desk.
#[derive(Debug, Clone, Copy)]
pub enum DeskPage {
    EntryRead,
    Erasures,
    Inbox,
    Owner,
    Patterns,
    PupilLog,
    PupilReadings,
    PutAside,
    Readings,
    ReportRead,
    Roster,
    Routing,
    Settings,
    Staff,
    StaffDevices,
    Substitutes,
}

// The only way into the desk's module.
#[wasm_split(desk, fallible, wasm_split_path = ::leptos::wasm_split, preload(fetch))]
fn draw(page: DeskPage) -> Result<AnyView, SplitLoaderError> {
    Ok(match page {
        DeskPage::EntryRead => view! { <EntryReadPage/> }.into_any(),
        DeskPage::Erasures => view! { <ErasuresPage/> }.into_any(),
        DeskPage::Inbox => view! { <InboxPage/> }.into_any(),
        DeskPage::Owner => view! { <OwnerPage/> }.into_any(),
        DeskPage::Patterns => view! { <PatternsPage/> }.into_any(),
        DeskPage::PupilLog => view! { <PupilLogPage/> }.into_any(),
        DeskPage::PupilReadings => view! { <PupilReadingsPage/> }.into_any(),
        DeskPage::PutAside => view! { <PutAsidePage/> }.into_any(),
        DeskPage::Readings => view! { <ReadingsPage/> }.into_any(),
        DeskPage::ReportRead => view! { <ReportReadPage/> }.into_any(),
        DeskPage::Roster => view! { <RosterPage/> }.into_any(),
        DeskPage::Routing => view! { <RoutingPage/> }.into_any(),
        DeskPage::Settings => view! { <SettingsPage/> }.into_any(),
        DeskPage::Staff => view! { <StaffPage/> }.into_any(),
        DeskPage::StaffDevices => view! { <StaffDevicesPage/> }.into_any(),
        DeskPage::Substitutes => view! { <SubstitutesPage/> }.into_any(),
    })
}

/// Fetches the desk's module when it is not here yet, and draws the page.
#[component]
pub fn Desk(page: DeskPage) -> impl IntoView {
    let i18n = use_i18n();
    let state = State::here();
    let is_fetched = RwSignal::new(None);
    let fetch = move || {
        is_fetched.set(None);
        spawn_local(async move {
            let is_here = fetch().await.is_ok();
            if !is_here {
                state.look_for_update();
            }
            // The page may have been left meanwhile.
            is_fetched.try_set(Some(is_here));
        });
    };
    fetch();
    move || match is_fetched.get() {
        // The page's own title comes with the page; no page is without one.
        None => view! {
            <h1 class="for-screen-reader">{t_string!(i18n, app.name)}</h1>
            <p class="loading" role="status">{t_string!(i18n, action.loading)}</p>
        }
        .into_any(),
        Some(false) => view! { <NotFetched retry=fetch/> }.into_any(),
        // Ready at once: the module is here.
        Some(true) => match untrack(|| draw(page)).now_or_never() {
            Some(Ok(view)) => view,
            _ => view! { <NotFetched retry=fetch/> }.into_any(),
        },
    }
}
