//! The frame around every page: the table of addresses, the menu, the status line, and who may be here at all.

use leptos::prelude::*;
use leptos_router::components::{Redirect, Route, Router, Routes};
use leptos_router::hooks::use_location;
use leptos_router::path;

use crate::components::menu::Menu;
use crate::components::reset_notice::ResetNotice;
use crate::components::status_line::StatusLine;
use crate::components::step_up::StepUpDialog;
use crate::components::storage_notice::StorageNotice;
use crate::desk::{Desk, DeskPage};
use crate::i18n::*;
use crate::pages::{
    capture::CapturePage, day_code::DayCodePage, invitation::InvitationPage, me::MePage,
    my_reports::MyReportsPage, pin::PinPage, pupils::PupilsPage, report_write::ReportWritePage,
    sign_in::SignInPage, today::TodayPage, unlock::LockedPage, unlock::UnlockPage,
};
use crate::route;
use crate::state::{Access, State};

/// The whole app.
#[component]
pub fn App() -> impl IntoView {
    let state = State::provide();
    view! {
        <I18nContextProvider set_lang_attr_on_html=false set_dir_attr_on_html=false>
            <Language/>
            <Router>
                <Frame state=state/>
            </Router>
        </I18nContextProvider>
    }
}

/// The language chosen on this phone, settled before anything is drawn.
#[component]
fn Language() -> impl IntoView {
    let i18n = use_i18n();
    let state = State::here();
    i18n.set_locale(untrack(move || state.locale()));
    Effect::new(move |_| i18n.set_locale(state.locale()));
}

#[component]
fn Frame(state: State) -> impl IntoView {
    let i18n = use_i18n();
    let location = use_location();
    // Whoever is not signed in sees the ways of signing in, and nothing else.
    let is_entrance = Memo::new(move |_| {
        let path = location.pathname.get();
        [route::SIGN_IN, route::INVITATION, route::DAY_CODE].contains(&path.as_str())
    });
    // A locked phone logs, and shows nothing else.
    let is_closed = Memo::new(move |_| {
        let is_yard = [route::CAPTURE, route::UNLOCK].contains(&location.pathname.get().as_str());
        state.is_locked() && !is_yard && !is_entrance.get()
    });
    let is_signed_out = Memo::new(move |_| state.access() == Access::SignedOut);
    let is_known = Memo::new(move |_| state.access() != Access::Loading);
    let draws_frame = move || is_known.get() && !is_entrance.get() && !is_signed_out.get();
    view! {
        <Show when=draws_frame fallback=StorageNotice>
            <a class="skip-link" href="#main">{t!(i18n, action.skip_to_content)}</a>
            <StatusLine/>
            <Menu/>
            <ResetNotice/>
            <StepUpDialog/>
        </Show>
        <main id="main" class="main">
            <Show when=move || is_known.get() fallback=|| ()>
                <Show when=move || !is_signed_out.get() || is_entrance.get()
                    fallback=|| view! { <Redirect path=route::SIGN_IN/> }>
                    <Show when=move || !is_closed.get() fallback=LockedPage><Pages/></Show>
                </Show>
            </Show>
        </main>
    }
}

#[component]
fn Pages() -> impl IntoView {
    view! {
        <Routes fallback=Home>
            <Route path=path!("/") view=Home/>
            <Route path=path!("/i-dag") view=TodayPage/>
            <Route path=path!("/meld") view=ReportWritePage/>
            <Route path=path!("/mine-meldinger") view=MyReportsPage/>
            <Route path=path!("/logg-inn") view=SignInPage/>
            <Route path=path!("/invitasjon") view=InvitationPage/>
            <Route path=path!("/dagskode") view=DayCodePage/>
            <Route path=path!("/vikarer") view=desk(DeskPage::Substitutes)/>
            <Route path=path!("/elever") view=PupilsPage/>
            <Route path=path!("/elever/:id") view=desk(DeskPage::PupilLog)/>
            <Route path=path!("/elever/:id/innsyn") view=desk(DeskPage::PupilReadings)/>
            <Route path=path!("/loggforinger/:id") view=desk(DeskPage::EntryRead)/>
            <Route path=path!("/innboks") view=desk(DeskPage::Inbox)/>
            <Route path=path!("/meldinger/:id") view=desk(DeskPage::ReportRead)/>
            <Route path=path!("/fordeling") view=desk(DeskPage::Routing)/>
            <Route path=path!("/monstre") view=desk(DeskPage::Patterns)/>
            <Route path=path!("/innsyn") view=desk(DeskPage::Readings)/>
            <Route path=path!("/skoleeier") view=desk(DeskPage::Owner)/>
            <Route path=path!("/sletting") view=desk(DeskPage::Erasures)/>
            <Route path=path!("/ansatte") view=desk(DeskPage::Staff)/>
            <Route path=path!("/ansatte/:id/enheter") view=desk(DeskPage::StaffDevices)/>
            <Route path=path!("/satt-til-side") view=desk(DeskPage::PutAside)/>
            <Route path=path!("/elevliste") view=desk(DeskPage::Roster)/>
            <Route path=path!("/innstillinger") view=desk(DeskPage::Settings)/>
            <Route path=path!("/meg") view=MePage/>
            <Route path=path!("/pin") view=PinPage/>
            <Route path=path!("/las-opp") view=UnlockPage/>
        </Routes>
    }
}

fn desk(page: DeskPage) -> impl Fn() -> AnyView + Clone {
    move || view! { <Desk page=page/> }.into_any()
}

/// Where one begins: whoever works with pupils logs, the others have a desk.
#[component]
fn Home() -> impl IntoView {
    let state = State::here();
    let desk = Memo::new(move |_| {
        let may = state.may();
        let is_at_a_desk = state.session().is_some() && !may.log;
        is_at_a_desk.then_some(match (may.read_owner_reports, may.administer) {
            (true, _) => route::OWNER,
            (false, true) => route::STAFF,
            (false, false) => route::ME,
        })
    });
    move || match desk.get() {
        Some(path) => view! { <Redirect path=path/> }.into_any(),
        None => view! { <CapturePage/> }.into_any(),
    }
}
