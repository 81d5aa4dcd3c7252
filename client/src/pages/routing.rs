//! Fordeling: the way of each report, for the mail distributor, who hands it out without reading it.

use std::sync::Arc;

use leptos::prelude::*;
use shared::api::{self, Routing, RoutingLine};

use crate::components::Texts;
use crate::components::empty::Empty;
use crate::components::hand_out::HandOut;
use crate::components::loaded::Loaded;
use crate::components::page_head::PageHead;
use crate::components::time::At;
use crate::i18n::*;

#[component]
pub fn RoutingPage() -> impl IntoView {
    let i18n = use_i18n();
    let loaded = Loaded::<Routing>::from(api::path::ROUTING.to_owned());
    view! {
        <PageHead title=t_string!(i18n, routing.title) lead=t_string!(i18n, routing.lead)/>
        {loaded.view(|_| None, move |routing| list(i18n, &routing, loaded))}
    }
}

fn list(i18n: Texts, routing: &Arc<Routing>, loaded: Loaded<Routing>) -> AnyView {
    if routing.lines.is_empty() {
        return view! { <Empty title=t_string!(i18n, routing.empty) hint=t_string!(i18n, routing.empty_hint)/> }.into_any();
    }
    let rows = routing.lines.iter();
    let rows: Vec<_> = rows.map(|line| row(i18n, line, routing, loaded)).collect();
    view! { <ul class="stack-tight routing">{rows}</ul> }.into_any()
}

fn row(
    i18n: Texts,
    line: &RoutingLine,
    routing: &Routing,
    loaded: Loaded<Routing>,
) -> impl IntoView + use<> {
    let (way_class, way) = match line.suspects_employee {
        true => ("tag tag-bad", t_string!(i18n, routing.on_employee)),
        false => ("tag tag-quiet", t_string!(i18n, routing.ordinary)),
    };
    let by = line.opened_by_name.clone();
    let opened = line.opened_at_ms.map(|at_ms| {
        let said = match by {
            Some(name) => t_string!(i18n, routing.opened_by, name = name).to_string(),
            None => t_string!(i18n, routing.opened).to_owned(),
        };
        view! { <p class="row-note" data-test="way-opened">{said}" "<At ms=at_ms/></p> }
    });
    let is_open = opened.is_some();
    let to_owner = line.owner_told_at_ms.map(|at_ms| {
        view! { <p class="row-note" data-test="way-owner">{t_string!(i18n, routing.to_owner)}" "<At ms=at_ms/></p> }
    });
    view! {
        <li class="card stack-tight" data-test="way">
            <h2>{t_string!(i18n, report.mark, mark = line.report.mark())}</h2>
            <p class="row-note">{t_string!(i18n, routing.received)}" "<At ms=line.received_at_ms/></p>
            <p class="tags">
                <span class=way_class>{way}</span>
                {(!is_open).then(|| view! { <span class="tag tag-warning">{t_string!(i18n, routing.not_opened)}</span> })}
            </p>
            {opened}
            {to_owner}
            <HandOut report=line.report handed=line.handed.clone() offered=routing.offered.clone() may_take_back=false
                on_change=move || loaded.reload()/>
        </li>
    }
}
