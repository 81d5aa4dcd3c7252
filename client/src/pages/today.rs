//! What was logged today: mine, and that of colleagues on the same shift. Everything here can be amended, offline too.

use leptos::prelude::*;
use shared::domain::DocumentId;

use crate::components::empty::Empty;
use crate::components::entry_card::EntryCard;
use crate::components::notice::{Notice, Tone};
use crate::components::page_head::PageHead;
use crate::components::whom_to_tell::WhomToTell;
use crate::components::words;
use crate::i18n::*;
use crate::state::State;

#[component]
pub fn TodayPage() -> impl IntoView {
    let i18n = use_i18n();
    let state = State::here();
    let entries = Memo::new(move |_| {
        let me = state.session().map(|session| session.staff);
        let entries = state.entries().into_iter();
        let (mine, others): (Vec<_>, Vec<_>) = entries
            .map(|view| (view.entry.id, Some(view.author) == me))
            .partition(|(_, is_mine)| *is_mine);
        let ids =
            |part: Vec<(DocumentId, bool)>| part.into_iter().map(|(id, _)| id).collect::<Vec<_>>();
        (ids(mine), ids(others))
    });
    let mine = Signal::derive(move || entries.get().0);
    let others = Signal::derive(move || entries.get().1);
    let must_tell = Memo::new(move |_| {
        let choices = state.choices();
        let calls = |id| {
            let view = state.entry(id);
            view.is_some_and(|view| view.entry.calls_for_report(&choices))
        };
        !state.may().report && mine.get().into_iter().any(calls)
    });
    view! {
        {move || view! { <PageHead title=t_string!(i18n, today.title)/> }}
        <Problems/>
        <Show when=move || mine.get().is_empty() && others.get().is_empty()>
            <Empty title=t_string!(i18n, today.empty) hint=t_string!(i18n, today.empty_hint)/>
        </Show>
        <Show when=move || must_tell.get()><WhomToTell/></Show>
        <Show when=move || !mine.get().is_empty()>
            <section class="stack" data-test="own-entries">
                <h2>{t!(i18n, today.own)}</h2>
                <Cards ids=mine/>
            </section>
        </Show>
        <Show when=move || !others.get().is_empty()>
            <section class="stack" data-test="shift-entries">
                <h2>{t!(i18n, today.shift)}</h2>
                <Cards ids=others/>
            </section>
        </Show>
    }
}

#[component]
fn Cards(ids: Signal<Vec<DocumentId>>) -> impl IntoView {
    view! {
        <ul class="entry-cards">
            <For each=move || ids.get() key=|id| *id let:id><EntryCard id=id/></For>
        </ul>
    }
}

/// What the server put aside: that it lies safely here, why, and what can be done.
#[component]
fn Problems() -> impl IntoView {
    let i18n = use_i18n();
    let state = State::here();
    let problems = Memo::new(move |_| state.outbox().problems);
    let again = move |id: DocumentId| {
        leptos::task::spawn_local(async move {
            if let Err(failure) = state.send_again(id).await {
                leptos::logging::error!("sending again failed: {failure}");
            }
        });
    };
    view! {
        <Show when=move || !problems.with(|problems| problems.is_empty())>
            <Notice tone=Tone::Warning title=t_string!(i18n, status.problem_title) test="problems">
                <p>{t_string!(i18n, status.problem_lead)}</p>
                <ul>
                    <For each=move || problems.get() key=|problem| problem.clone() let:problem>
                        <li data-test="problem-line">
                            <p>{t_string!(i18n, status.problem_reason, reason = words::refusal(i18n, &problem.1)).to_string()}</p>
                            <button type="button" class="button button-quiet" data-test="problem-retry" on:click=move |_| again(problem.0)>
                                {t_string!(i18n, status.problem_retry)}
                            </button>
                        </li>
                    </For>
                </ul>
                <p>{t_string!(i18n, status.problem_tell)}</p>
            </Notice>
        </Show>
    }
}
