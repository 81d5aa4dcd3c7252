//! The chain that the reporter follows: on the phone, received, opened, talk held, each with its time.

use leptos::prelude::*;
use shared::api::ReportReceipts;

use super::icon::Icon;
use super::time::At;
use crate::i18n::*;

#[component]
pub fn ReceiptChain(
    recorded_at_ms: i64,
    receipts: ReportReceipts,
    /// It went past the leadership.
    #[prop(default = false)]
    to_owner: bool,
) -> impl IntoView {
    let i18n = use_i18n();
    let links = [
        (
            "on-phone",
            t_string!(i18n, receipts.on_phone),
            Some(recorded_at_ms),
        ),
        (
            "received",
            t_string!(i18n, receipts.received),
            receipts.received_at_ms,
        ),
        (
            "opened",
            match to_owner {
                true => t_string!(i18n, receipts.opened_by_owner),
                false => t_string!(i18n, receipts.opened),
            },
            receipts.opened_at_ms,
        ),
        ("talk", t_string!(i18n, receipts.talk), receipts.talk_at_ms),
    ];
    // Not every report goes there: each stands in the chain when it did.
    let escalated = receipts.escalated_at_ms.map(|at_ms| {
        (
            "escalated",
            t_string!(i18n, receipts.escalated),
            Some(at_ms),
        )
    });
    let told = receipts.owner_told_at_ms.map(|at_ms| {
        (
            "owner-told",
            t_string!(i18n, receipts.owner_told),
            Some(at_ms),
        )
    });
    let link = move |(name, label, at_ms): (&'static str, &'static str, Option<i64>)| {
        let class = if at_ms.is_some() {
            "receipt receipt-given"
        } else {
            "receipt receipt-waiting"
        };
        view! {
            <li class=class data-test=format!("receipt-{name}") data-given=at_ms.is_some().to_string()>
                <span class="receipt-mark">{at_ms.map(|_| Icon::Check.view())}</span>
                <span>
                    <span class="receipt-label">{label}</span>
                    <span class="row-note">
                        {match at_ms {
                            Some(ms) => view! { <At ms=ms/> }.into_any(),
                            None => t_string!(i18n, receipts.not_yet).into_any(),
                        }}
                    </span>
                </span>
            </li>
        }
    };
    view! { <ol class="receipts">{links.into_iter().chain(escalated).chain(told).map(link).collect_view()}</ol> }
}
