//! The question after a violation with an exposed pupil: suspicion is enough. The answer, a no included, is kept.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_navigate;
use shared::domain::{DocumentId, PromptAnswer};

use super::icon::Icon;
use super::whom_to_tell::WhomToTell;
use crate::i18n::*;
use crate::route;
use crate::state::State;

#[component]
pub fn ReportPrompt(id: DocumentId) -> impl IntoView {
    let i18n = use_i18n();
    let state = State::here();
    let navigate = use_navigate();
    let is_asked = Memo::new(move |_| {
        let is_mine = |author| {
            state
                .session()
                .is_some_and(|session| session.staff == author)
        };
        state.entry(id).is_some_and(|view| {
            view.entry.calls_for_report(&state.choices()) && is_mine(view.author)
        })
    });
    let answer = Memo::new(move |_| state.entry(id).and_then(|view| view.entry.prompt_answer));
    // A substitute reports by word of mouth.
    let may_report = Memo::new(move |_| state.may().report);
    let report = Callback::new(move |()| {
        let navigate = navigate.clone();
        spawn_local(async move {
            // Reporting goes on also when the answer could not be kept: the state shows that failure.
            let _ = state.answer_prompt(id, PromptAnswer::Report).await;
            navigate(&route::report_from_entry(id), Default::default());
        });
    });
    let not_now = move |_| {
        spawn_local(async move {
            let _ = state.answer_prompt(id, PromptAnswer::NotNow).await;
        });
    };
    view! {
        <Show when=move || is_asked.get() && !may_report.get()>
            <WhomToTell/>
        </Show>
        <Show when=move || is_asked.get() && may_report.get() && answer.get().is_none()>
            <section class="prompt" role="status" data-test="prompt">
                <h2>{Icon::Report.view()} {t!(i18n, prompt.question)}</h2>
                <p>{t!(i18n, prompt.suspicion_is_enough)}</p>
                <p class="buttons">
                    <button type="button" class="button" data-test="prompt-report" on:click=move |_| report.run(())>
                        {t!(i18n, prompt.report)}
                    </button>
                    <button type="button" class="button button-quiet" data-test="prompt-not-now" on:click=not_now>{t!(i18n, prompt.not_now)}</button>
                </p>
            </section>
        </Show>
        <Show when=move || answer.get() == Some(PromptAnswer::NotNow)>
            <p class="hint" role="status" data-test="prompt-kept">{t!(i18n, prompt.kept)}</p>
        </Show>
    }
}
