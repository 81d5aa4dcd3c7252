//! A colleague's devices, for the administrator: the first thing to do when somebody has lost a phone.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use shared::api;

use crate::components::device_list::DeviceList;
use crate::components::page_head::PageHead;
use crate::i18n::*;
use crate::route;
use crate::state::State;

#[component]
pub fn StaffDevicesPage() -> impl IntoView {
    let i18n = use_i18n();
    let id = use_params_map().with_untracked(|params| params.get("id").unwrap_or_default());
    let state = State::here();
    let owner = id.clone();
    let whose = move || {
        let school = state.school()?;
        let colleague = school
            .staff
            .iter()
            .find(|one| one.id.to_string() == owner)?;
        Some(t_string!(i18n, devices.of, name = colleague.name.clone()).to_string())
    };
    view! {
        <PageHead title=t_string!(i18n, devices.title) lead=t_string!(i18n, devices.lead)/>
        <h2 data-test="devices-of">{whose}</h2>
        <a href=route::STAFF>{t_string!(i18n, nav.staff)}</a>
        <DeviceList path=api::path::with_id(api::path::STAFF_DEVICES, id)/>
    }
}
