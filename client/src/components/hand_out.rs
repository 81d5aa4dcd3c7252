//! In whose hands a report is: giving it to somebody, and taking it back. What it says is not known here.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::{self, HandReport, Handed, Receiver};
use shared::domain::{DocumentId, StaffId};

use super::failure::Failure;
use super::time::At;
use super::{Texts, words};
use crate::browser::http::{self, ApiFailure, Nothing};
use crate::i18n::*;

/// What a press does: to whom, and whether they have it then.
type Press = Callback<(StaffId, bool)>;

#[component]
pub fn HandOut(
    report: DocumentId,
    handed: Vec<Handed>,
    /// Those who have it already are passed over.
    offered: Vec<Receiver>,
    may_take_back: bool,
    on_change: impl Fn() + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let i18n = use_i18n();
    let is_busy = RwSignal::new(false);
    let failure = RwSignal::new(None::<ApiFailure>);
    let press = Callback::new(move |(staff, is_handed)| {
        if is_busy.get_untracked() {
            return;
        }
        is_busy.set(true);
        spawn_local(async move {
            let asked = HandReport { staff, is_handed };
            let path = api::path::with_id(api::path::REPORT_HANDED, report);
            match http::put::<Nothing>(&path, &asked).await {
                Ok(_) => on_change(),
                Err(why) => drop(failure.try_set(Some(why))),
            }
            is_busy.try_set(false);
        });
    });
    let has = |it: &Receiver| handed.iter().any(|line| line.staff == it.staff);
    let left: Vec<_> = offered.iter().filter(|it| !has(it)).collect();
    let choices = (!left.is_empty()).then(|| {
        let each = left.iter().map(|it| choice(i18n, it, press)).collect_view();
        view! {
            <details class="hand-out">
                <summary class="button button-quiet" data-test="hand-out">{t_string!(i18n, handing.give)}</summary>
                <ul class="stack-tight">{each}</ul>
            </details>
        }
    });
    let lines = handed.iter();
    let lines: Vec<_> = lines
        .map(|line| in_hand(i18n, line, may_take_back.then_some(press)))
        .collect();
    view! {
        <div class="stack-tight">
            {(!lines.is_empty()).then(|| view! { <ul class="stack-tight">{lines}</ul> })}
            {choices}
            {move || failure.get().map(|failure| view! { <Failure failure=failure/> })}
        </div>
    }
}

fn in_hand(i18n: Texts, line: &Handed, take_back: Option<Press>) -> impl IntoView + use<> {
    let staff = line.staff;
    let by = t_string!(i18n, handing.given_by, name = line.by_name.clone()).to_string();
    let label = t_string!(i18n, handing.take_back_from, name = line.name.clone()).to_string();
    let opened = match line.opened_at_ms {
        Some(at_ms) => view! { {t_string!(i18n, handing.opened)}" "<At ms=at_ms/> }.into_any(),
        None => t_string!(i18n, handing.not_opened).into_any(),
    };
    view! {
        <li class="hand" data-test="in-hand">
            <span class="row-main">
                <span class="row-title">{line.name.clone()}</span>
                <span class="row-note">{by}" "<At ms=line.handed_at_ms/></span>
                <span class="row-note">{opened}</span>
            </span>
            {take_back.map(|press| view! {
                <button type="button" class="button button-quiet" data-test="take-back" aria-label=label
                    on:click=move |_| press.run((staff, false))>
                    {t_string!(i18n, handing.take_back)}
                </button>
            })}
        </li>
    }
}

fn choice(i18n: Texts, it: &Receiver, press: Press) -> impl IntoView + use<> {
    let staff = it.staff;
    let roles: Vec<_> = it
        .roles
        .iter()
        .map(|role| words::role(i18n, role))
        .collect();
    let label = t_string!(i18n, handing.give_to, name = it.name.clone()).to_string();
    view! {
        <li class="hand">
            <span class="row-main">
                <span class="row-title">{it.name.clone()}</span>
                <span class="row-note">{roles.join(" · ")}</span>
            </span>
            <button type="button" class="button" data-test="hand-to" aria-label=label on:click=move |_| press.run((staff, true))>
                {t_string!(i18n, handing.give_this)}
            </button>
        </li>
    }
}
