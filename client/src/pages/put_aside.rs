//! What the server has put aside, for the administrator: who sent it, when and why. What it says stands here for nobody.

use std::sync::Arc;

use leptos::prelude::*;
use shared::api::{self, PutAside};

use crate::components::empty::Empty;
use crate::components::loaded::Loaded;
use crate::components::page_head::PageHead;
use crate::components::time::At;
use crate::components::words;
use crate::i18n::*;

#[component]
pub fn PutAsidePage() -> impl IntoView {
    let i18n = use_i18n();
    let loaded = Loaded::<Vec<PutAside>>::from(api::path::QUARANTINE.to_owned());
    view! {
        <PageHead title=t_string!(i18n, put_aside.title) lead=t_string!(i18n, put_aside.lead)/>
        {loaded.view(|_| None, |items| view! { <Table items=items/> }.into_any())}
    }
}

#[component]
fn Table(items: Arc<Vec<PutAside>>) -> impl IntoView {
    let i18n = use_i18n();
    if items.is_empty() {
        return view! { <Empty title=t_string!(i18n, put_aside.empty)/> }.into_any();
    }
    let rows: Vec<_> = items
        .iter()
        .map(|item| {
            view! {
                <tr data-test="put-aside-row">
                    <td><At ms=item.received_at_ms/></td>
                    <td><strong>{item.staff_name.clone()}</strong></td>
                    <td>{item.device_name.clone()}</td>
                    <td>{words::refusal(i18n, &item.reason)}</td>
                </tr>
            }
        })
        .collect();
    view! {
        <p>{t_string!(i18n, put_aside.how)}</p>
        <div class="table-frame">
            <table class="table">
                <caption class="for-screen-reader">{t_string!(i18n, put_aside.title)}</caption>
                <thead><tr>
                    <th scope="col">{t_string!(i18n, readings.at)}</th>
                    <th scope="col">{t_string!(i18n, readings.who)}</th>
                    <th scope="col">{t_string!(i18n, put_aside.device)}</th>
                    <th scope="col">{t_string!(i18n, put_aside.reason)}</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}
