//! The school owner's reports. They are opened here, in this browser, with the code that the owner keeps on paper; it is held for as
//! long as the page is open, written nowhere and sent nowhere.

use std::collections::BTreeSet;
use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::{self, NewOwnerKey, OwnerLetter, OwnerReport, OwnerReports, OwnerSender};
use shared::domain::DocumentId;
use shared::sync::owner::OwnerCode;

use crate::browser::http::{self, ApiFailure, Nothing};
use crate::browser::{page, random};
use crate::components::actors::Actors;
use crate::components::empty::Empty;
use crate::components::failure::Failure;
use crate::components::loaded::Loaded;
use crate::components::log_line::EntryBody;
use crate::components::notice::{Notice, Tone};
use crate::components::page_head::PageHead;
use crate::components::receipts::ReceiptChain;
use crate::components::report_points::{report_points, told_by};
use crate::components::saved_text::UNREMEMBERED_FORM;
use crate::components::time::At;
use crate::components::{Texts, words};
use crate::i18n::*;
use crate::state::State;

type Code = RwSignal<Option<OwnerCode>>;
/// Which reports stand open on the screen; the list is fetched again when one is opened.
type Shown = RwSignal<BTreeSet<DocumentId>>;

#[component]
pub fn OwnerPage() -> impl IntoView {
    let i18n = use_i18n();
    let code: Code = RwSignal::new(None);
    let shown: Shown = RwSignal::new(BTreeSet::new());
    let loaded = Loaded::<OwnerReports>::from(api::path::OWNER_REPORTS.to_owned());
    let draw = move |found: Arc<OwnerReports>| match (code.get(), found.keys.is_empty()) {
        (_, true) => view! { <MakeCode loaded=loaded/> }.into_any(),
        (None, false) => view! { <Open found=found code=code/> }.into_any(),
        (Some(code), false) => letters(i18n, &found, &code, (shown, loaded)),
    };
    view! {
        <PageHead title=t_string!(i18n, owner.title) lead=t_string!(i18n, owner.lead)/>
        {loaded.view(|_| None, draw)}
    }
}

/// The first day: a code is made here, shown once, and its public half told to the server.
#[component]
fn MakeCode(loaded: Loaded<OwnerReports>) -> impl IntoView {
    let i18n = use_i18n();
    let state = State::here();
    let made = RwSignal::new(None::<OwnerCode>);
    let is_busy = RwSignal::new(false);
    let failure = RwSignal::new(None::<ApiFailure>);
    let keep = move |_| {
        let Some(public) = made.with_untracked(|made| made.as_ref().map(OwnerCode::public)) else {
            return;
        };
        is_busy.set(true);
        spawn_local(async move {
            let asked = NewOwnerKey { public };
            let ask = async || http::post::<Nothing>(api::path::OWNER_KEY, &asked).await;
            match state.stepping_up(ask).await {
                Ok(_) => loaded.reload(),
                Err(why) => drop(failure.try_set(Some(why))),
            }
            is_busy.try_set(false);
        });
    };
    let shown = move || {
        made.get().map(|code| {
            view! {
                <p class="owner-code" data-test="owner-code">{code.shown()}</p>
                <p>{t_string!(i18n, owner.code_keep)}</p>
                <div class="buttons">
                    <button type="button" class="button" data-test="code-kept" disabled=move || is_busy.get() on:click=keep>
                        {t_string!(i18n, owner.code_kept)}
                    </button>
                </div>
            }
        })
    };
    view! {
        <section class="card stack-tight">
            <h2>{t_string!(i18n, owner.make_code)}</h2>
            <p>{t_string!(i18n, owner.make_code_why)}</p>
            {move || failure.get().map(|failure| view! { <Failure failure=failure/> })}
            <Show when=move || made.with(Option::is_none) fallback=move || shown()>
                <div class="buttons">
                    <button type="button" class="button" data-test="make-code"
                        on:click=move |_| made.set(Some(OwnerCode::random(random::fill)))>
                        {t_string!(i18n, owner.make_code)}
                    </button>
                </div>
            </Show>
        </section>
    }
}

#[component]
fn Open(found: Arc<OwnerReports>, code: Code) -> impl IntoView {
    let i18n = use_i18n();
    let typed = RwSignal::new(String::new());
    let is_wrong = RwSignal::new(false);
    let waiting = found
        .letters
        .iter()
        .filter(|letter| letter.receipts.opened_at_ms.is_none())
        .count();
    let told = match waiting {
        0 => t_string!(i18n, owner.none_waiting).to_owned(),
        1 => t_string!(i18n, owner.waiting_single).to_owned(),
        count => t_string!(i18n, owner.waiting_many, count = count).to_string(),
    };
    let open = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let parsed = OwnerCode::parse(&typed.get_untracked());
        let known = parsed.filter(|it| found.keys.iter().any(|key| key.public == it.public()));
        is_wrong.set(known.is_none());
        if known.is_some() {
            code.set(known);
        }
    };
    let field = page::own_id("owner-code");
    let label_for = field.clone();
    view! {
        <form id=UNREMEMBERED_FORM class="card stack-tight" autocomplete="off" on:submit=open>
            <p data-test="owner-waiting"><strong>{told}</strong></p>
            <div class="field">
                <label class="field-label" for=label_for>{t_string!(i18n, owner.code)}</label>
                <p class="hint">{t_string!(i18n, owner.code_hint)}</p>
                <input id=field class="input" type="text" autocomplete="off" autocapitalize="characters" spellcheck="false"
                    data-test="owner-code-field" prop:value=typed on:input=move |event| typed.set(event_target_value(&event))/>
                <p class="field-error" role="alert">{move || is_wrong.get().then(|| t_string!(i18n, owner.code_wrong))}</p>
            </div>
            <div class="buttons"><button type="submit" class="button" data-test="owner-open">{t_string!(i18n, owner.open)}</button></div>
        </form>
    }
}

fn letters(
    i18n: Texts,
    found: &OwnerReports,
    code: &OwnerCode,
    (shown, loaded): (Shown, Loaded<OwnerReports>),
) -> AnyView {
    if found.letters.is_empty() {
        return view! { <Empty title=t_string!(i18n, owner.empty) hint=t_string!(i18n, owner.empty_hint)/> }
            .into_any();
    }
    let item = |letter: &OwnerLetter| {
        match code.open(&letter.sealed.0) {
        Ok((sender, report)) => {
            view! { <Letter letter=letter.clone() sender=sender report=report shown=shown loaded=loaded/> }
                .into_any()
        }
        Err(_) => view! {
            <li><Notice tone=Tone::Warning test="unopened-letter"><p>{t_string!(i18n, owner.another_code)}</p></Notice></li>
        }
        .into_any(),
    }
    };
    let items = found.letters.iter().map(item).collect_view();
    view! { <ul class="stack" data-test="owner-letters">{items}</ul> }.into_any()
}

#[component]
fn Letter(
    letter: OwnerLetter,
    sender: OwnerSender,
    report: OwnerReport,
    shown: Shown,
    loaded: Loaded<OwnerReports>,
) -> impl IntoView {
    let i18n = use_i18n();
    let receipts = letter.receipts;
    let failure = RwSignal::new(None::<ApiFailure>);
    let note = move |path: &'static str| {
        spawn_local(async move {
            match http::post_nothing::<Nothing>(&api::path::with_id(path, letter.report)).await {
                Ok(_) => loaded.reload(),
                Err(why) => drop(failure.try_set(Some(why))),
            }
        });
    };
    let is_shown = Memo::new(move |_| shown.with(|shown| shown.contains(&letter.report)));
    let show = move |_| {
        // Each reading is recorded, not the first alone.
        shown.update(|shown| {
            shown.insert(letter.report);
        });
        note(api::path::OWNER_REPORT_OPENED);
    };
    let way = match report.is_passed_on {
        true => t_string!(i18n, owner.passed_on),
        false => t_string!(i18n, owner.past_leadership),
    };
    let name = match report.pupil_name.is_empty() {
        true => t_string!(i18n, inbox.no_pupil).to_owned(),
        false => report.pupil_name.clone(),
    };
    let class = report.class_name.clone().map(|class| format!(", {class}"));
    let talk = (receipts.opened_at_ms.is_some() && receipts.talk_at_ms.is_none()).then(|| {
        view! {
            <button type="button" class="button" data-test="owner-talk" on:click=move |_| note(api::path::OWNER_REPORT_TALK)>
                {t_string!(i18n, report.talk_held)}
            </button>
        }
    });
    let is_open = receipts.opened_at_ms.is_some();
    let report = StoredValue::new(report);
    view! {
        <li class="card stack-tight" data-test="owner-letter">
            <h2>{name}{class}</h2>
            <p class="tags">
                <span class="tag tag-quiet">{way}</span>
                {(!is_open).then(|| view! { <span class="tag tag-warning">{t_string!(i18n, inbox.unopened)}</span> })}
                {sender.is_barred.then(|| view! { <span class="tag tag-warning">{t_string!(i18n, owner.barred)}</span> })}
            </p>
            <p>{sender.school_name.clone()}" · "{sender.staff_name.clone()}" · "<At ms=sender.received_at_ms/></p>
            {move || failure.get().map(|failure| view! { <Failure failure=failure/> })}
            <Show when=move || is_shown.get() fallback=move || view! {
                <div class="buttons"><button type="button" class="button" data-test="read-letter" on:click=show>{t_string!(i18n, owner.read)}</button></div>
            }>
                {report.with_value(|report| words_of(i18n, report))}
            </Show>
            <ReceiptChain recorded_at_ms=report.with_value(|it| it.report.recorded_at_ms) receipts=receipts to_owner=true/>
            {talk}
        </li>
    }
}

fn words_of(i18n: Texts, whole: &OwnerReport) -> AnyView {
    let report = &whole.report;
    let suspicion = report
        .suspicion
        .as_ref()
        .map(|it| words::suspicion(i18n, it).to_owned());
    let suspected = match whole.suspected_names.is_empty() {
        true => suspicion.unwrap_or_default(),
        false => whole.suspected_names.join(", "),
    };
    let entry = |line: &api::LogLine| {
        view! {
            <li class="entry">
                <p class="quiet"><At ms=line.entry.happened_at_ms/></p>
                <EntryBody line=line.clone() actors=Actors::from(&[])/>
            </li>
        }
    };
    view! {
        <dl class="facts" data-test="letter-words">
            <div class="fact"><dt>{t_string!(i18n, report.reporter)}</dt><dd>{whole.reporter_name.clone()}</dd></div>
            {told_by(i18n, &whole.told_by_name)}
            <div class="fact"><dt>{t_string!(i18n, report.suspected)}</dt><dd>{suspected}</dd></div>
            {report_points(i18n, report, &whole.pupil_name)}
        </dl>
        <ul class="stack-tight">{whole.entries.iter().map(entry).collect_view()}</ul>
    }
    .into_any()
}
