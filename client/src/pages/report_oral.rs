//! A report that one person tells and another writes down: who told it, chosen among colleagues or by name.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::{Colleague, OFFERED_FOR_MS};
use shared::document::{Edit, report as edit};
use shared::domain::{DocumentId, Report, StaffId, alphabetical};

use crate::browser::{clock, page};
use crate::components::saved_text::{Saved, SavedText};
use crate::components::toggle::Toggle;
use crate::i18n::*;
use crate::state::State;

#[component]
pub fn ToldBy(id: DocumentId, report: Memo<Option<Report>>) -> impl IntoView {
    let i18n = use_i18n();
    let state = State::here();
    let teller = Memo::new(move |_| report.with(|it| it.as_ref()?.told_by));
    let name = Signal::derive(move || {
        report.with(|it| {
            it.as_ref()
                .map(|it| it.told_by_name.clone())
                .unwrap_or_default()
        })
    });
    let write = move |edit: Edit| {
        spawn_local(async move {
            // The state shows a failure until it is none.
            let _ = state.write_report(id, edit).await;
        });
    };
    let write_name = Callback::new(move |text: String| -> Saved {
        Box::pin(async move { state.write_report(id, edit::set_told_by_name(&text)?).await })
    });
    // As it stands when the form is drawn: it does not close under somebody who takes a name away.
    let is_oral = report.with_untracked(|it| it.as_ref().is_some_and(Report::is_oral));
    let chosen = move || teller.get().and_then(|staff| state.staff_name(staff));
    view! {
        <details class="detail-part fold" data-test="oral" open=is_oral>
            <summary>{t!(i18n, report.told_by_other)}</summary>
            <p class="hint">{t!(i18n, report.told_by_hint)}</p>
            <Show when=move || teller.get().is_some() fallback=move || view! {
                <Colleagues write=Callback::new(write)/>
                <SavedText id="told-by-name" label=t_string!(i18n, report.told_by_name) rows=1 value=name
                    test="told-by-name" save=write_name/>
            }>
                <div class="chips">
                    <Toggle label=Signal::derive(move || chosen().unwrap_or_default()) is_on=true test="told-by-chosen"
                        pressed=move |()| write(edit::set_told_by(None))/>
                </div>
            </Show>
        </details>
    }
}

#[component]
fn Colleagues(write: Callback<Edit>) -> impl IntoView {
    let i18n = use_i18n();
    let state = State::here();
    let offered = move || {
        let me = state.session().map(|session| session.staff);
        let school = state.school();
        let is_here = |it: &&Colleague| it.was_here_since(clock::now_ms() - OFFERED_FOR_MS);
        let staff = school
            .iter()
            .flat_map(|school| &school.staff)
            .filter(is_here);
        let mut offered: Vec<_> = staff
            .filter(|it| Some(it.id) != me)
            .map(|it| (it.id, it.name.clone()))
            .collect();
        offered.sort_by_cached_key(|(_, name)| alphabetical(name));
        offered
    };
    let choose = move |event| {
        if let Ok(staff) = event_target_value(&event).parse::<StaffId>() {
            write.run(edit::set_told_by(Some(staff)));
        }
    };
    let field = page::own_id("told-by");
    let label_for = field.clone();
    view! {
        <div class="field">
            <label class="field-label" for=label_for>{t!(i18n, report.told_by_colleague)}</label>
            <select id=field class="input" data-test="told-by" on:change=choose>
                <option value="" selected=true>{t!(i18n, report.suspected_choose)}</option>
                {move || offered().into_iter().map(|(id, name)| view! { <option value=id.to_string()>{name}</option> }).collect_view()}
            </select>
        </div>
    }
}
