//! Substitutes (*vikarer*): a code for today in two taps, who is here on one, and its end.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::{self, DayCode, MAX_SUBSTITUTE_NAME_CHARS, NewSubstitute, Substitute};
use shared::domain::StaffId;

use crate::browser::http::{self, ApiFailure, Nothing};
use crate::browser::{clock, page};
use crate::components::button::SubmitButton;
use crate::components::dialog::Dialog;
use crate::components::empty::Empty;
use crate::components::failure::Failure;
use crate::components::field::TextField;
use crate::components::loaded::Loaded;
use crate::components::page_head::PageHead;
use crate::components::{Texts, time};
use crate::i18n::*;
use crate::route;
use crate::state::State;

/// The code that was just given.
type Given = RwSignal<Option<Arc<DayCode>>>;

#[component]
pub fn SubstitutesPage() -> impl IntoView {
    let i18n = use_i18n();
    let loaded = Loaded::<Vec<Substitute>>::from(api::path::SUBSTITUTES.to_owned());
    let given: Given = RwSignal::new(None);
    view! {
        <PageHead title=t_string!(i18n, substitutes.title) lead=t_string!(i18n, substitutes.lead)/>
        <div class="columns">
            <div class="columns-main">
                {loaded.view(|_| None, move |list| view! { <Lately list=list given=given on_change=move || loaded.reload()/> }.into_any())}
            </div>
            <div class="columns-side"><Add given=given/></div>
        </div>
        <CodeDialog given=given on_close=move || loaded.reload()/>
    }
}

#[component]
fn Add(given: Given) -> impl IntoView {
    let i18n = use_i18n();
    let state = State::here();
    let name = RwSignal::new(String::new());
    let has_tried = RwSignal::new(false);
    let is_busy = RwSignal::new(false);
    let failure = RwSignal::new(None::<ApiFailure>);
    let missing = Signal::derive(move || {
        let is_missing = has_tried.get() && name.get().trim().is_empty();
        is_missing.then(|| t_string!(i18n, sign_in.required).to_owned())
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        has_tried.set(true);
        failure.set(None);
        let request = NewSubstitute {
            name: name.get_untracked().trim().to_owned(),
        };
        if is_busy.get_untracked() || request.name.is_empty() {
            request_animation_frame(page::focus_first_invalid);
            return;
        }
        is_busy.set(true);
        spawn_local(async move {
            let ask = async || http::post::<DayCode>(api::path::SUBSTITUTES, &request).await;
            match state.stepping_up(ask).await {
                Ok(code) => {
                    name.set(String::new());
                    has_tried.set(false);
                    given.set(Some(code.into()));
                }
                Err(why) => failure.set(Some(why)),
            }
            is_busy.set(false);
        });
    };
    view! {
        <form class="form card" novalidate on:submit=submit>
            <h2>{t_string!(i18n, substitutes.add)}</h2>
            {move || failure.get().map(|failure| view! { <Failure failure=failure/> })}
            <TextField id="substitute-name" label=t_string!(i18n, substitutes.name) value=name error=missing
                max_chars=MAX_SUBSTITUTE_NAME_CHARS test="substitute-name"/>
            <div class="buttons"><SubmitButton label=t_string!(i18n, substitutes.give) is_busy=is_busy test="give-day-code"/></div>
        </form>
    }
}

/// What is asked about before it is done: it signs out whoever is at work.
#[derive(Clone, Copy, PartialEq)]
enum Question {
    GiveAgain(StaffId),
    End(StaffId),
}

#[component]
fn Lately(
    list: Arc<Vec<Substitute>>,
    given: Given,
    on_change: impl Fn() + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let i18n = use_i18n();
    let state = State::here();
    let failure = RwSignal::new(None::<ApiFailure>);
    let is_busy = RwSignal::new(false);
    let question = RwSignal::new(None::<Question>);
    let is_asking = RwSignal::new(false);
    if list.is_empty() {
        return view! { <Empty title=t_string!(i18n, substitutes.empty)/> }.into_any();
    }
    let finish = move |answer: Result<(), ApiFailure>| {
        is_busy.set(false);
        failure.set(answer.err());
    };
    let give = move |staff: StaffId| {
        spawn_local(async move {
            let path = api::path::with_id(api::path::SUBSTITUTE, staff);
            let ask = async || http::post_nothing::<DayCode>(&path).await;
            let answer = state.stepping_up(ask).await;
            finish(answer.map(|code| given.set(Some(code.into()))));
        });
    };
    let end = move |staff: StaffId| {
        spawn_local(async move {
            let path = api::path::with_id(api::path::SUBSTITUTE, staff);
            let answer = http::delete::<Nothing>(&path).await;
            finish(answer.map(|_| on_change()));
        });
    };
    let sure = move |_| {
        is_asking.set(false);
        if is_busy.get_untracked() {
            return;
        }
        is_busy.set(true);
        match question.get_untracked() {
            Some(Question::GiveAgain(staff)) => give(staff),
            Some(Question::End(staff)) => end(staff),
            None => is_busy.set(false),
        }
    };
    let ask = Callback::new(move |asked: Question| {
        question.set(Some(asked));
        is_asking.set(true);
    });
    let at_once = Callback::new(move |staff: StaffId| {
        if !is_busy.get_untracked() {
            is_busy.set(true);
            give(staff);
        }
    });
    let sees_devices = state.may().administer;
    let rows = list
        .iter()
        .map(|line| row(i18n, line, sees_devices, ask, at_once));
    let rows = rows.collect_view();
    let names = StoredValue::new(list.clone());
    let whose = move || {
        let staff = match question.get()? {
            Question::End(staff) | Question::GiveAgain(staff) => staff,
        };
        names.with_value(|list| {
            list.iter()
                .find(|it| it.staff == staff)
                .map(|it| it.name.clone())
        })
    };
    let do_it = move || match question.get() {
        Some(Question::End(_)) => t_string!(i18n, substitutes.end),
        _ => t_string!(i18n, substitutes.give_again),
    };
    let (title, means) = (
        move || match question.get() {
            Some(Question::End(_)) => t_string!(i18n, substitutes.end_title),
            _ => t_string!(i18n, substitutes.give_title),
        },
        move || match question.get() {
            Some(Question::End(_)) => t_string!(i18n, substitutes.end_means),
            _ => t_string!(i18n, substitutes.give_means),
        },
    );
    view! {
        <div class="stack">
            {move || failure.get().map(|failure| view! { <Failure failure=failure/> })}
            <ul class="rows">{rows}</ul>
        </div>
        <Dialog id="substitute-dialog" title=t_string!(i18n, substitutes.title) is_open=is_asking>
            <p><strong>{title} " " {whose}</strong></p>
            <p>{means}</p>
            <div class="buttons">
                <button type="button" class="button" on:click=move |_| is_asking.set(false)>{t_string!(i18n, action.cancel)}</button>
                <button type="button" class="button button-quiet" data-test="substitute-sure" on:click=sure>{do_it}</button>
            </div>
        </Dialog>
    }
    .into_any()
}

fn row(
    i18n: Texts,
    substitute: &Substitute,
    sees_devices: bool,
    ask: Callback<Question>,
    give: Callback<StaffId>,
) -> AnyView {
    let staff = substitute.staff;
    let name = substitute.name.clone();
    let is_open = substitute.ends_at_ms > clock::now_ms();
    let is_at_work = is_open && substitute.taken_at_ms.is_some();
    let give_label = t_string!(i18n, substitutes.give_again_for, name = name.clone()).to_string();
    let end_label = t_string!(i18n, substitutes.end_for, name = name.clone()).to_string();
    let devices_label = format!("{}: {name}", t_string!(i18n, devices.title));
    let give = move |_| match is_at_work {
        true => ask.run(Question::GiveAgain(staff)),
        false => give.run(staff),
    };
    view! {
        <li class="row row-wraps" data-test="substitute">
            <span class="row-main">
                <span class="row-title">{name}</span>
                <span class="row-note">{stands(i18n, substitute, is_open)}</span>
            </span>
            {sees_devices.then(|| view! {
                <a class="button button-quiet" href=route::staff_devices(staff) aria-label=devices_label>{t_string!(i18n, devices.title)}</a>
            })}
            {is_open.then(|| view! {
                <button type="button" class="button button-quiet" aria-label=end_label data-test="end-day"
                    on:click=move |_| ask.run(Question::End(staff))>{t_string!(i18n, substitutes.end)}</button>
            })}
            <button type="button" class="button button-quiet" aria-label=give_label data-test="give-again" on:click=give>
                {t_string!(i18n, substitutes.give_again)}
            </button>
        </li>
    }
    .into_any()
}

fn stands(i18n: Texts, substitute: &Substitute, is_open: bool) -> String {
    match (is_open, substitute.taken_at_ms) {
        (true, None) => t_string!(i18n, substitutes.unused).to_owned(),
        (true, Some(_)) => {
            let until = time::at(i18n, substitute.ends_at_ms);
            t_string!(i18n, substitutes.open, until = until).to_string()
        }
        (false, _) => {
            let when = time::date(i18n, substitute.made_at_ms);
            t_string!(i18n, substitutes.over, when = when).to_string()
        }
    }
}

#[component]
fn CodeDialog(given: Given, on_close: impl Fn() + Copy + Send + Sync + 'static) -> impl IntoView {
    let i18n = use_i18n();
    let is_open = RwSignal::new(false);
    Effect::new(move |_| {
        if given.get().is_some() {
            is_open.set(true);
        }
    });
    Effect::new(move |was_open: Option<bool>| {
        let is_now = is_open.get();
        if was_open == Some(true) && !is_now {
            given.set(None);
            on_close();
        }
        is_now
    });
    let content = move || {
        given.get().map(|code| {
            let field = format!("0 0 {0} {0}", code.picture.size);
            let (start, end) = code.digits.split_at(code.digits.len() / 2);
            let digits = format!("{start} {end}");
            let address = format!("{}{}", page::origin(), route::DAY_CODE);
            let until = time::at(i18n, code.ends_at_ms);
            view! {
                <p><strong>{t_string!(i18n, substitutes.code_for, name = code.name.clone()).to_string()}</strong></p>
                <svg class="qr" viewBox=field role="img" aria-label=t_string!(i18n, substitutes.picture)>
                    <path d=code.picture.path.clone()/>
                </svg>
                <p class="code-digits" data-test="day-code-digits">{digits}</p>
                <p>{t_string!(i18n, substitutes.how, address = address).to_string()}</p>
                <p>{t_string!(i18n, substitutes.once)}</p>
                <p class="quiet small">{t_string!(i18n, substitutes.until, until = until).to_string()}</p>
            }
        })
    };
    view! {
        <Dialog id="day-code-dialog" title=t_string!(i18n, substitutes.code_title) is_open=is_open>
            {content}
            <div class="buttons">
                <button type="button" class="button button-quiet" data-test="day-code-close" on:click=move |_| is_open.set(false)>
                    {t_string!(i18n, action.done)}
                </button>
            </div>
        </Dialog>
    }
}
