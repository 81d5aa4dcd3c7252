//! The menu: on a phone a bar within reach of the thumb, at a desk a column. It draws what the server said the person may open.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::icon::Icon;
use crate::i18n::*;
use crate::route;
use crate::state::State;

/// Largest figure in a badge; above it is said that there are more.
const MOST_SHOWN: u32 = 99;

#[component]
pub fn Menu() -> impl IntoView {
    let i18n = use_i18n();
    let state = State::here();
    let may = Memo::new(move |_| state.may());
    let unopened = Signal::derive(move || state.unopened());
    let logs = move || may.get().log;
    let receives = move || may.get().receive_reports || may.get().receive_handed;
    let reports = move || logs() && may.get().report;
    let reads = move || may.get().read_pupil_logs;
    view! {
        <nav class="menu" aria-label=move || t_string!(i18n, nav.label)>
            <p class="menu-title">{t!(i18n, app.name)}</p>
            <ul>
                <Show when=logs>
                    <Item path=route::CAPTURE icon=Icon::Log label=move || t_string!(i18n, nav.log)/>
                    <Item path=route::TODAY icon=Icon::Today label=move || t_string!(i18n, nav.today)/>
                </Show>
                <Show when=receives fallback=move || view! {
                    <Show when=reports><Item path=route::MY_REPORTS icon=Icon::Report label=move || t_string!(i18n, nav.my_reports)/></Show>
                }>
                    <Item path=route::INBOX icon=Icon::Inbox count=unopened label=move || t_string!(i18n, nav.inbox)/>
                </Show>
                <Show when=move || may.get().read_owner_reports>
                    <Item path=route::OWNER icon=Icon::Inbox count=unopened label=move || t_string!(i18n, nav.owner)/>
                </Show>
                <Show when=move || may.get().see_routing>
                    <Item path=route::ROUTING icon=Icon::Route label=move || t_string!(i18n, nav.routing)/>
                </Show>
                <Show when=reads>
                    <Item path=route::PUPILS icon=Icon::Pupils label=move || t_string!(i18n, nav.pupils)/>
                </Show>
                <Show when=move || may.get().administer>
                    <Item path=route::STAFF icon=Icon::Staff label=move || t_string!(i18n, nav.staff)/>
                </Show>
                <Show when=move || may.get().administer && !may.get().read_owner_reports>
                    <Item path=route::ROSTER icon=Icon::Roster label=move || t_string!(i18n, nav.roster)/>
                    <Item path=route::SETTINGS icon=Icon::Settings label=move || t_string!(i18n, nav.settings)/>
                </Show>
                <Item path=route::ME icon=Icon::Person label=move || t_string!(i18n, nav.me)/>
                <Show when=move || receives() && reports()>
                    <Item path=route::MY_REPORTS icon=Icon::Report class="menu-desk" label=move || t_string!(i18n, nav.my_reports)/>
                </Show>
                <Show when=move || may.get().see_patterns>
                    <Item path=route::PATTERNS icon=Icon::Pattern class="menu-desk" label=move || t_string!(i18n, nav.patterns)/>
                </Show>
                <Show when=move || may.get().give_day_codes && !may.get().read_owner_reports>
                    <Item path=route::SUBSTITUTES icon=Icon::Person class="menu-desk" label=move || t_string!(i18n, nav.substitutes)/>
                </Show>
                <Show when=move || may.get().see_readings>
                    <Item path=route::READINGS icon=Icon::Eye class="menu-desk" label=move || t_string!(i18n, nav.readings)/>
                </Show>
                <Show when=move || may.get().see_erasures>
                    <Item path=route::ERASURES icon=Icon::Erase class="menu-desk" label=move || t_string!(i18n, nav.erasures)/>
                </Show>
            </ul>
        </nav>
    }
}

#[component]
fn Item(
    path: &'static str,
    icon: Icon,
    #[prop(into)] label: Signal<&'static str>,
    #[prop(default = "")] class: &'static str,
    /// How many wait there.
    #[prop(default = Signal::stored(0))]
    count: Signal<u32>,
) -> impl IntoView {
    let i18n = use_i18n();
    let location = use_location();
    let is_here = move || location.pathname.get() == path;
    let badge = move || match count.get() {
        count @ 0..=MOST_SHOWN => count.to_string(),
        _ => format!("{MOST_SHOWN}+"),
    };
    view! {
        <li class=class>
            <a href=path aria-current=move || is_here().then_some("page")>
                {icon.view()}
                <span>{label}</span>
                <Show when=move || count.get() != 0>
                    <span class="badge" data-test="unopened-badge" aria-hidden="true">{badge}</span>
                    <span class="for-screen-reader">{move || t_string!(i18n, nav.unopened_badge, count = count.get()).to_string()}</span>
                </Show>
            </a>
        </li>
    }
}
