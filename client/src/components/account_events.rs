//! What was done with accounts of the leadership, and with anybody's sign-in; nothing is drawn where nothing was.

use std::sync::Arc;

use leptos::prelude::*;
use shared::api::{self, AccountEvent, AccountEventKind};

use super::Texts;
use super::loaded::Loaded;
use super::time::At;
use crate::i18n::*;

#[component]
pub fn AccountEvents() -> impl IntoView {
    let i18n = use_i18n();
    let loaded = Loaded::<Vec<AccountEvent>>::from(api::path::ACCOUNT_EVENTS.to_owned());
    let draw = move |events: Arc<Vec<AccountEvent>>| {
        if events.is_empty() {
            return ().into_any();
        }
        let rows: Vec<_> = events.iter().map(|event| row(i18n, event)).collect();
        view! {
            <section class="stack-tight">
                <h2>{t_string!(i18n, account_event.title)}</h2>
                <p class="quiet small">{t_string!(i18n, account_event.lead)}</p>
                <div class="table-frame">
                    <table class="table">
                        <caption class="for-screen-reader">{t_string!(i18n, account_event.title)}</caption>
                        <thead><tr>
                            <th scope="col">{t_string!(i18n, readings.at)}</th>
                            <th scope="col">{t_string!(i18n, account_event.whom)}</th>
                            <th scope="col">{t_string!(i18n, readings.what)}</th>
                            <th scope="col">{t_string!(i18n, readings.who)}</th>
                        </tr></thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            </section>
        }
        .into_any()
    };
    loaded.view(|_| None, draw)
}

fn row(i18n: Texts, event: &AccountEvent) -> AnyView {
    let what = match event.what {
        AccountEventKind::LeaderInvited => t_string!(i18n, account_event.leader_invited),
        AccountEventKind::LeadershipGiven => t_string!(i18n, account_event.leadership_given),
        AccountEventKind::LeadershipTaken => t_string!(i18n, account_event.leadership_taken),
        AccountEventKind::SignInReset => t_string!(i18n, account_event.sign_in_reset),
        AccountEventKind::Unknown => t_string!(i18n, account_event.unknown),
    };
    view! {
        <tr data-test="account-event">
            <td><At ms=event.at_ms/></td>
            <td><strong>{event.staff_name.clone()}</strong></td>
            <td>{what}</td>
            <td>{event.by_name.clone().unwrap_or_default()}</td>
        </tr>
    }
    .into_any()
}
