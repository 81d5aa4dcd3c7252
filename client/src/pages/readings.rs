//! The read log (*innsynslogg*): who has read what, and when.

use std::sync::Arc;

use leptos::prelude::*;
use shared::api::{self, Reading};

use crate::components::Texts;
use crate::components::account_events::AccountEvents;
use crate::components::empty::Empty;
use crate::components::field::SearchField;
use crate::components::loaded::Loaded;
use crate::components::page_head::PageHead;
use crate::components::time::At;
use crate::i18n::*;

#[component]
pub fn ReadingsPage() -> impl IntoView {
    let i18n = use_i18n();
    let loaded = Loaded::<Vec<Reading>>::from(api::path::READINGS.to_owned());
    view! {
        <PageHead title=t_string!(i18n, readings.title) lead=t_string!(i18n, readings.lead)/>
        <div class="stack">
        <AccountEvents/>
        {loaded.view(|_| None, |readings| view! { <Table readings=readings/> }.into_any())}
        </div>
    }
}

#[component]
fn Table(readings: Arc<Vec<Reading>>) -> impl IntoView {
    let i18n = use_i18n();
    let search = RwSignal::new(String::new());
    if readings.is_empty() {
        return view! { <Empty title=t_string!(i18n, readings.empty)/> }.into_any();
    }
    let rows = move || {
        let wanted = search.get().to_lowercase();
        let fits = |reading: &&Reading| {
            let pupil = reading.pupil_name.as_deref().unwrap_or_default();
            format!("{} {pupil}", reading.staff_name)
                .to_lowercase()
                .contains(wanted.trim())
        };
        let hits: Vec<_> = readings
            .iter()
            .filter(fits)
            .map(|reading| row(i18n, reading))
            .collect();
        if hits.is_empty() {
            return view! { <p class="quiet" role="status">{t_string!(i18n, readings.none_match)}</p> }.into_any();
        }
        view! {
            <div class="table-frame">
                <table class="table">
                    <caption class="for-screen-reader">{t_string!(i18n, readings.title)}</caption>
                    <thead><tr>
                        <th scope="col">{t_string!(i18n, readings.at)}</th>
                        <th scope="col">{t_string!(i18n, readings.who)}</th>
                        <th scope="col">{t_string!(i18n, readings.what)}</th>
                        <th scope="col">{t_string!(i18n, readings.pupil)}</th>
                    </tr></thead>
                    <tbody>{hits}</tbody>
                </table>
            </div>
        }
        .into_any()
    };
    view! {
        <div class="stack">
            <SearchField id="reading-filter" label=t_string!(i18n, readings.filter) value=search test="reading-filter"/>
            {rows}
        </div>
    }
    .into_any()
}

fn row(i18n: Texts, reading: &Reading) -> AnyView {
    let what = match reading.what.as_str() {
        "pupil_log" => t_string!(i18n, readings.pupil_log),
        "entry" => t_string!(i18n, readings.entry),
        "report" => t_string!(i18n, readings.report),
        _ => t_string!(i18n, readings.other),
    };
    view! {
        <tr data-test="reading-row">
            <td><At ms=reading.at_ms/></td>
            <td><strong>{reading.staff_name.clone()}</strong></td>
            <td>{what}</td>
            <td>{reading.pupil_name.clone().unwrap_or_default()}</td>
        </tr>
    }
    .into_any()
}
