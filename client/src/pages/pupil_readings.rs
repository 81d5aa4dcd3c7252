//! Who has read about one pupil: what a principal prints for the pupil or the guardians.

use std::sync::Arc;

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use shared::api::{self, PupilReadings};

use super::readings::{head, what};
use crate::components::empty::Empty;
use crate::components::loaded::Loaded;
use crate::components::page_head::PageHead;
use crate::components::time::At;
use crate::i18n::*;
use crate::route;

#[component]
pub fn PupilReadingsPage() -> impl IntoView {
    let params = use_params_map();
    let page = move || {
        let id = params.read().get("id").unwrap_or_default();
        let path = api::path::with_id(api::path::PUPIL_READINGS, id);
        let loaded = Loaded::<PupilReadings>::from(path);
        loaded.view(
            |_| None,
            |found| view! { <Readings found=found/> }.into_any(),
        )
    };
    view! { {page} }
}

#[component]
fn Readings(found: Arc<PupilReadings>) -> impl IntoView {
    let i18n = use_i18n();
    let title = format!(
        "{}: {}",
        t_string!(i18n, readings.of_pupil),
        found.pupil_name
    );
    let rows: Vec<AnyView> = found
        .readings
        .iter()
        .map(|reading| {
            view! {
                <tr data-test="reading-row">
                    <td><At ms=reading.at_ms/></td>
                    <td><strong>{reading.staff_name.clone()}</strong></td>
                    <td>{what(i18n, &reading.what)}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    let table = match rows.is_empty() {
        true => view! { <Empty title=t_string!(i18n, readings.empty)/> }.into_any(),
        false => view! {
            <div class="table-frame">
                <table class="table">{head(i18n, false)}<tbody>{rows}</tbody></table>
            </div>
        }
        .into_any(),
    };
    view! {
        <PageHead title=title document_title=t_string!(i18n, readings.of_pupil) lead=t_string!(i18n, readings.of_pupil_lead)
            back_to=route::PUPILS/>
        {table}
    }
}
