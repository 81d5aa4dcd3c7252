//! The record (*innsynslogg*): who has read and done what, and when, in three parts; and all of it as a file for somebody outside.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::{self, Reading};
use shared::domain::{AuditAct, AuditPart};

use crate::browser::http::ApiFailure;
use crate::browser::{file, http};
use crate::components::empty::Empty;
use crate::components::failure::Failure;
use crate::components::field::SearchField;
use crate::components::loaded::Loaded;
use crate::components::page_head::PageHead;
use crate::components::time::At;
use crate::components::toggle::Toggle;
use crate::components::{Texts, words};
use crate::i18n::*;
use crate::state::State;

const FILE_NAME: &str = "friminutt-record.jsonl";

#[component]
pub fn ReadingsPage() -> impl IntoView {
    let i18n = use_i18n();
    let part = RwSignal::new(AuditPart::Readings);
    let choice = move |of, test: &'static str, label: fn(Texts) -> &'static str| {
        view! {
            <Toggle label=Signal::derive(move || label(i18n).to_owned()) is_on=Signal::derive(move || part.get() == of) test=test
                pressed=move |()| part.set(of)/>
        }
    };
    let table = move || {
        let of = match part.get() {
            AuditPart::Readings => "readings",
            AuditPart::Changes => "changes",
            AuditPart::SignIns => "sign_ins",
        };
        let loaded = Loaded::<Vec<Reading>>::from(format!("{}?of={of}", api::path::READINGS));
        loaded.view(
            |_| None,
            |readings| view! { <Table readings=readings/> }.into_any(),
        )
    };
    view! {
        <PageHead title=t_string!(i18n, readings.title) lead=t_string!(i18n, readings.lead)/>
        <div class="stack">
            <div class="chips" role="group">
                {choice(AuditPart::Readings, "part-readings", |i18n| t_string!(i18n, readings.part_readings))}
                {choice(AuditPart::Changes, "part-changes", |i18n| t_string!(i18n, readings.part_changes))}
                {choice(AuditPart::SignIns, "part-sign-ins", |i18n| t_string!(i18n, readings.part_sign_ins))}
            </div>
            {table}
            <Export/>
        </div>
    }
}

#[component]
fn Export() -> impl IntoView {
    let i18n = use_i18n();
    let state = State::here();
    let failure = RwSignal::new(None::<ApiFailure>);
    let fetch = move |_| {
        spawn_local(async move {
            let ask = async || http::get_file(api::path::RECORD).await;
            let fetched = state.stepping_up(ask).await;
            failure.set(fetched.as_ref().err().copied());
            if let Ok(text) = fetched
                && !file::save(FILE_NAME, text.as_bytes())
            {
                leptos::logging::error!("the browser takes no file");
            }
        });
    };
    view! {
        <section class="stack-tight">
            <div class="buttons">
                <button type="button" class="button button-quiet" data-test="record-export" on:click=fetch>
                    {t_string!(i18n, readings.export)}
                </button>
            </div>
            <p class="small quiet">{t_string!(i18n, readings.export_hint)}</p>
            {move || failure.get().map(|failure| view! { <Failure failure=failure/> })}
        </section>
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
            format!("{} {}", reading.staff_name, about(i18n, reading))
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
                <table class="table">{head(i18n, true)}<tbody>{hits}</tbody></table>
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

/// The head of a table of readings.
pub fn head(i18n: Texts, has_about: bool) -> AnyView {
    view! {
        <caption class="for-screen-reader">{t_string!(i18n, readings.title)}</caption>
        <thead><tr>
            <th scope="col">{t_string!(i18n, readings.at)}</th>
            <th scope="col">{t_string!(i18n, readings.who)}</th>
            <th scope="col">{t_string!(i18n, readings.what)}</th>
            {has_about.then(|| view! { <th scope="col">{t_string!(i18n, readings.pupil)}</th> })}
        </tr></thead>
    }
    .into_any()
}

/// The pupil or the person whom it was about.
fn about(i18n: Texts, reading: &Reading) -> String {
    let subject = || reading.subject_name.clone();
    let name = reading.pupil_name.clone().or_else(subject);
    let is_account = matches!(
        reading.what,
        AuditAct::MadeAccount | AuditAct::ChangedAccount
    );
    let stands = is_account.then(|| stands(i18n, &reading.detail));
    let said = [name, stands].into_iter().flatten();
    said.filter(|it| !it.is_empty())
        .collect::<Vec<_>>()
        .join(": ")
}

/// How an account stands since: what it is, and its roles.
fn stands(i18n: Texts, detail: &str) -> String {
    let mut parts = detail.split(' ');
    let status = parts.next().unwrap_or_default();
    let roles = parts
        .next()
        .unwrap_or_default()
        .split(',')
        .filter(|role| !role.is_empty());
    let roles = roles.map(|role| words::role(i18n, &role.into()));
    let status = words::account_status(i18n, &status.into());
    std::iter::once(status)
        .chain(roles)
        .collect::<Vec<_>>()
        .join(", ")
}

fn row(i18n: Texts, reading: &Reading) -> AnyView {
    let who = match (reading.staff, reading.what.part()) {
        (Some(_), _) => reading.staff_name.clone(),
        (None, Some(AuditPart::SignIns)) => t_string!(i18n, readings.unknown_who).to_owned(),
        (None, _) => t_string!(i18n, readings.command).to_owned(),
    };
    view! {
        <tr data-test="reading-row">
            <td><At ms=reading.at_ms/></td>
            <td><strong>{who}</strong></td>
            <td>{what(i18n, &reading.what)}</td>
            <td>{about(i18n, reading)}</td>
        </tr>
    }
    .into_any()
}

/// What was done, in a few words.
pub fn what(i18n: Texts, act: &AuditAct) -> &'static str {
    match act {
        AuditAct::ReadPupilLog => t_string!(i18n, readings.pupil_log),
        AuditAct::ReadEntry => t_string!(i18n, readings.entry),
        AuditAct::ReadReport => t_string!(i18n, readings.report),
        AuditAct::ReadInbox => t_string!(i18n, readings.inbox),
        AuditAct::ReadPatterns => t_string!(i18n, readings.patterns),
        AuditAct::ReadErasures => t_string!(i18n, readings.erasures),
        AuditAct::ReadRecord => t_string!(i18n, readings.record),
        AuditAct::ExportedRecord => t_string!(i18n, readings.exported),
        AuditAct::OpenedReport => t_string!(i18n, readings.opened),
        AuditAct::HeldTalk => t_string!(i18n, readings.talk),
        AuditAct::HandedReport => t_string!(i18n, readings.handed),
        AuditAct::TookReportBack => t_string!(i18n, readings.took_back),
        AuditAct::ReadRouting => t_string!(i18n, readings.routing),
        AuditAct::Erased => t_string!(i18n, readings.erased),
        AuditAct::SetAttention => t_string!(i18n, readings.attention),
        AuditAct::SetProtection => t_string!(i18n, protection.title),
        AuditAct::PassedOnReport => t_string!(i18n, readings.passed_on),
        AuditAct::EscalatedReport => t_string!(i18n, readings.escalated),
        AuditAct::ChangedNoticeAddress => t_string!(i18n, readings.notice_address),
        AuditAct::ChangedNoticeDevice => t_string!(i18n, readings.notice_device),
        AuditAct::MadeOwnerKey => t_string!(i18n, readings.owner_key),
        AuditAct::ReceivedOwnerReport => t_string!(i18n, readings.received),
        AuditAct::EndedSessions => t_string!(i18n, readings.ended_sessions),
        AuditAct::ChangedSettings => t_string!(i18n, readings.settings),
        AuditAct::ImportedRoster => t_string!(i18n, readings.roster),
        AuditAct::SignedIn => t_string!(i18n, readings.signed_in),
        AuditAct::RefusedSignIn => t_string!(i18n, readings.refused),
        AuditAct::SignedOut => t_string!(i18n, readings.signed_out),
        AuditAct::RevokedDevice => t_string!(i18n, readings.revoked),
        AuditAct::MadeAccount => t_string!(i18n, readings.made),
        AuditAct::InvitedToAccount => t_string!(i18n, readings.invited),
        AuditAct::GaveDayCode => t_string!(i18n, readings.gave_day_code),
        AuditAct::EndedDay => t_string!(i18n, readings.ended_day),
        AuditAct::TookInvitation => t_string!(i18n, readings.took),
        AuditAct::ChangedAccount => t_string!(i18n, readings.changed_account),
        AuditAct::ResetSignIn => t_string!(i18n, readings.reset_sign_in),
        AuditAct::AddedPasskey => t_string!(i18n, readings.added_passkey),
        AuditAct::RemovedPasskey => t_string!(i18n, readings.removed_passkey),
        AuditAct::RefusedPasskey => t_string!(i18n, readings.refused_passkey),
        AuditAct::FoundedSchool => t_string!(i18n, readings.founded),
        AuditAct::GotOwner => t_string!(i18n, readings.got_owner),
        AuditAct::BeganRecord => t_string!(i18n, readings.began),
        AuditAct::RestoredBackup => t_string!(i18n, readings.restored),
        AuditAct::ReadmittedItems => t_string!(i18n, readings.readmitted),
        AuditAct::TookInFile => t_string!(i18n, readings.took_in),
        AuditAct::RotatedKey => t_string!(i18n, readings.rotated),
        AuditAct::ComputedAnew => t_string!(i18n, readings.anew),
        AuditAct::StoredChanges | AuditAct::Other(_) => t_string!(i18n, readings.other),
    }
}
