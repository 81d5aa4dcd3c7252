//! What of the notices by e-mail and by push did not go out, for the administrator: counts by cause, nobody's name.

use std::sync::Arc;

use leptos::prelude::*;
use shared::api::{NoticeFailure, path};

use super::Texts;
use super::loaded::Loaded;
use super::time::At;
use crate::i18n::*;

#[component]
pub fn NoticeFailures() -> impl IntoView {
    let i18n = use_i18n();
    let loaded = Loaded::<Vec<NoticeFailure>>::from(path::NOTICE_FAILURES.to_owned());
    let draw = move |failures: Arc<Vec<NoticeFailure>>| {
        let rows: Vec<_> = failures.iter().map(|failure| row(i18n, failure)).collect();
        match rows.is_empty() {
            true => view! { <p class="quiet small">{t_string!(i18n, notices.none_failed)}</p> }
                .into_any(),
            false => view! { <ul class="rows" data-test="notice-failures">{rows}</ul> }.into_any(),
        }
    };
    loaded.view(|_| None, draw)
}

fn row(i18n: Texts, failure: &NoticeFailure) -> impl IntoView + use<> {
    let cause = match failure.cause.as_str() {
        "unreachable" => t_string!(i18n, notices.unreachable).to_owned(),
        "timeout" => t_string!(i18n, notices.timeout).to_owned(),
        "tls" => t_string!(i18n, notices.tls).to_owned(),
        "push/unreachable" => t_string!(i18n, push.unreachable).to_owned(),
        "push/timeout" => t_string!(i18n, push.timeout).to_owned(),
        "push/address" => t_string!(i18n, push.address).to_owned(),
        code => match code.strip_prefix("push/") {
            Some(code) => t_string!(i18n, push.answered, code = code.to_owned()).to_string(),
            None => t_string!(i18n, notices.answered, code = code.to_owned()).to_string(),
        },
    };
    let counts = t_string!(
        i18n,
        notices.counts,
        failures = failure.failures,
        given_up = failure.given_up
    );
    view! {
        <li class="row">
            <span class="row-main">
                <span class="row-title">{cause}</span>
                <span class="row-note">{counts.to_string()}" · "<At ms=failure.last_at_ms/></span>
            </span>
        </li>
    }
}
