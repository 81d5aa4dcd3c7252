//! § 12-5 in the report: whether somebody who works at the school is suspected, who, and where the report goes then. The owner's
//! telephone number stands here also with no network.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::{Colleague, OFFERED_FOR_MS};
use shared::document::{Edit, report as edit};
use shared::domain::{DocumentId, Report, StaffId, Suspicion, alphabetical};

use crate::browser::{clock, page};
use crate::components::notice::{Notice, Tone};
use crate::components::toggle::Toggle;
use crate::components::words;
use crate::i18n::*;
use crate::state::State;

#[component]
pub fn AboutStaff(id: DocumentId, report: Memo<Option<Report>>) -> impl IntoView {
    let i18n = use_i18n();
    let state = State::here();
    let chosen = Memo::new(move |_| report.with(|it| it.as_ref()?.suspicion.clone()));
    let names_some =
        Memo::new(move |_| report.with(|it| it.as_ref().is_some_and(Report::suspects_employee)));
    let write = move |edit: Edit| {
        spawn_local(async move {
            // The state shows a failure until it is none.
            let _ = state.write_report(id, edit).await;
        });
    };
    let choose = move |suspicion: &'static Suspicion| {
        let mut edit = edit::set_suspicion(suspicion);
        if *suspicion == Suspicion::Nobody {
            let named = report.with_untracked(|it| it.as_ref().map(|it| it.suspected.clone()));
            for staff in named.into_iter().flatten() {
                edit = edit.and(edit::set_suspected(staff, false));
            }
        }
        write(edit);
    };
    let toggles = Suspicion::ALL.iter().map(|one| {
        let is_on = Signal::derive(move || chosen.get().as_ref() == Some(one));
        view! {
            <Toggle label=Signal::derive(move || words::suspicion(i18n, one).to_owned()) is_on=is_on
                test=format!("suspicion-{one}") pressed=move |()| choose(one)/>
        }
    });
    view! {
        <fieldset class="detail-part" data-test="about-staff">
            <legend>{t!(i18n, report.about_staff)}</legend>
            <p class="hint">{t!(i18n, report.about_staff_hint)}</p>
            <div class="chips">{toggles.collect_view()}</div>
            <Show when=move || names_some.get()>
                <Whom report=report write=Callback::new(write)/>
                <WhereItGoes id=id/>
            </Show>
        </fieldset>
    }
}

/// Whoever is named sees nothing of it.
#[component]
fn Whom(report: Memo<Option<Report>>, write: Callback<Edit>) -> impl IntoView {
    let i18n = use_i18n();
    let state = State::here();
    let named = Memo::new(move |_| {
        report.with(|it| {
            it.as_ref()
                .map(|it| it.suspected.clone())
                .unwrap_or_default()
        })
    });
    let offered = move || {
        let me = state.session().map(|session| session.staff);
        let school = state.school();
        let is_here = |it: &&Colleague| it.was_here_since(clock::now_ms() - OFFERED_FOR_MS);
        let staff = school
            .iter()
            .flat_map(|school| &school.staff)
            .filter(is_here);
        let mut offered: Vec<_> = staff
            .filter(|it| Some(it.id) != me && named.with(|named| !named.contains(&it.id)))
            .map(|it| (it.id, it.name.clone()))
            .collect();
        offered.sort_by_cached_key(|(_, name)| alphabetical(name));
        offered
    };
    let field = page::own_id("suspected");
    let label_for = field.clone();
    let choose = move |event| {
        if let Ok(staff) = event_target_value(&event).parse::<StaffId>() {
            write.run(edit::set_suspected(staff, true));
        }
    };
    let chip = move |staff: StaffId| {
        let name = state.staff_name(staff).unwrap_or_default();
        view! {
            <Toggle label=name is_on=true test="suspected-named" pressed=move |()| write.run(edit::set_suspected(staff, false))/>
        }
    };
    // Drawn anew with each choice: a list that kept its place would show the next colleague as if chosen.
    let list = move || {
        named.track();
        let field = field.clone();
        view! {
            <select id=field class="input" data-test="suspected" on:change=choose>
                <option value="" selected=true>{t!(i18n, report.suspected_choose)}</option>
                {offered().into_iter().map(|(id, name)| view! { <option value=id.to_string()>{name}</option> }).collect_view()}
            </select>
        }
    };
    view! {
        <div class="field">
            <label class="field-label" for=label_for>{t!(i18n, report.suspected)}</label>
            <p class="hint">{t!(i18n, report.suspected_hint)}</p>
            <div class="chips">{move || named.get().into_iter().map(chip).collect_view()}</div>
            {list}
        </div>
    }
}

#[component]
fn WhereItGoes(id: DocumentId) -> impl IntoView {
    let i18n = use_i18n();
    let state = State::here();
    let is_past = Memo::new(move |_| state.goes_past_leadership(id));
    let has_key = move || {
        state
            .school()
            .is_some_and(|school| school.owner_key.is_some())
    };
    let told = move || {
        match (is_past.get(), has_key()) {
        (false, _) => view! {
            <Notice tone=Tone::Info test="to-principal"><p>{t_string!(i18n, report.to_principal)}</p><CallOwner/></Notice>
        }
        .into_any(),
        (true, true) => view! {
            <Notice tone=Tone::Info title=t_string!(i18n, report.to_owner_title) test="to-owner">
                <p>{t_string!(i18n, report.to_owner)}</p><CallOwner/>
            </Notice>
        }
        .into_any(),
        (true, false) => view! {
            <Notice tone=Tone::Warning title=t_string!(i18n, report.owner_cannot_title) test="owner-cannot">
                <p>{t_string!(i18n, report.owner_cannot)}</p><CallOwner/>
            </Notice>
        }
        .into_any(),
    }
    };
    view! { {told} }
}

#[component]
fn CallOwner() -> impl IntoView {
    let i18n = use_i18n();
    let school = State::here()
        .school()
        .filter(|school| !school.owner_phone.is_empty());
    let told = match school {
        Some(school) => view! {
            <strong>{school.owner_name.clone()}</strong> " "
            <a href=format!("tel:{}", school.owner_phone.replace(' ', ""))>{school.owner_phone.clone()}</a>
        }
        .into_any(),
        None => t_string!(i18n, report.owner_unknown).into_any(),
    };
    view! { <p data-test="call-owner">{told}</p> }
}
