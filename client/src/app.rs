//! The frame around every page: the table of addresses, the menu, the status line, and who may be here at all.

use leptos::prelude::*;
use leptos_router::components::{Route, Router, Routes};
use leptos_router::path;

use crate::i18n::I18nContextProvider;
use crate::pages::{
    capture::CapturePage, entry_read::EntryReadPage, inbox::InboxPage, invitation::InvitationPage, me::MePage,
    my_reports::MyReportsPage, patterns::PatternsPage, pupil_log::PupilLogPage, pupils::PupilsPage,
    readings::ReadingsPage, report_read::ReportReadPage, report_write::ReportWritePage, roster::RosterPage,
    settings::SettingsPage, sign_in::SignInPage, staff::StaffPage, today::TodayPage,
};
use crate::state::State;

/// The whole app.
#[component]
pub fn App() -> impl IntoView {
    State::provide();
    view! {
        <I18nContextProvider set_lang_attr_on_html=false set_dir_attr_on_html=false>
            <Router>
                <main id="main" class="main">
                    <Routes fallback=CapturePage>
                        <Route path=path!("/") view=CapturePage/>
                        <Route path=path!("/i-dag") view=TodayPage/>
                        <Route path=path!("/meld") view=ReportWritePage/>
                        <Route path=path!("/mine-meldinger") view=MyReportsPage/>
                        <Route path=path!("/logg-inn") view=SignInPage/>
                        <Route path=path!("/invitasjon") view=InvitationPage/>
                        <Route path=path!("/elever") view=PupilsPage/>
                        <Route path=path!("/elever/:id") view=PupilLogPage/>
                        <Route path=path!("/loggforinger/:id") view=EntryReadPage/>
                        <Route path=path!("/innboks") view=InboxPage/>
                        <Route path=path!("/meldinger/:id") view=ReportReadPage/>
                        <Route path=path!("/monstre") view=PatternsPage/>
                        <Route path=path!("/innsyn") view=ReadingsPage/>
                        <Route path=path!("/ansatte") view=StaffPage/>
                        <Route path=path!("/elevliste") view=RosterPage/>
                        <Route path=path!("/innstillinger") view=SettingsPage/>
                        <Route path=path!("/meg") view=MePage/>
                    </Routes>
                </main>
            </Router>
        </I18nContextProvider>
    }
}
