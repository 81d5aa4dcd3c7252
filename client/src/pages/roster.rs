//! The roster from a file: choose, see what would change, import. While one line cannot be read nothing is imported.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::{self, RosterChoices, RosterImported, RosterPreview};

use super::roster_preview::{Preview, Problems};
use crate::browser::file::{self, FileError};
use crate::browser::http::{self, ApiFailure};
use crate::components::failure::Failure;
use crate::components::icon::Icon;
use crate::components::notice::{Notice, Tone};
use crate::components::page_head::PageHead;
use crate::i18n::*;
use crate::state::State;

/// A school of a thousand pupils is a tenth of this.
const MAX_FILE_BYTES: usize = 2 * 1024 * 1024;

/// Where the person is on the way.
#[derive(Clone)]
enum Step {
    Choosing,
    Reading,
    Previewed(RosterPreview),
    Imported(RosterImported),
    FileRefused(FileError),
    Failed(ApiFailure),
}

#[component]
pub fn RosterPage() -> impl IntoView {
    let i18n = use_i18n();
    let state = State::here();
    let step = RwSignal::new(Step::Choosing);
    let bytes = StoredValue::new(Vec::<u8>::new());
    let choose = move |event: leptos::ev::Event| {
        spawn_local(async move {
            match file::chosen(event, MAX_FILE_BYTES).await {
                Err(FileError::NothingChosen) => {}
                Err(why) => step.set(Step::FileRefused(why)),
                Ok(chosen) => {
                    step.set(Step::Reading);
                    bytes.set_value(chosen.clone());
                    let answer =
                        http::post_bytes::<RosterPreview>(api::path::ROSTER_PREVIEW, chosen).await;
                    step.set(answer.map_or_else(Step::Failed, Step::Previewed));
                }
            }
        });
    };
    let import = move |fingerprint: String, choices: RosterChoices| {
        step.set(Step::Reading);
        spawn_local(async move {
            let ask = async || {
                let follows = http::in_query(&choices)?;
                let import = api::path::ROSTER_IMPORT;
                let path = format!("{import}?fingerprint={fingerprint}&follows={follows}");
                http::post_bytes::<RosterImported>(&path, bytes.get_value()).await
            };
            let answer = state.stepping_up(ask).await;
            step.set(answer.map_or_else(Step::Failed, Step::Imported));
        });
    };
    let shown = move || match step.get() {
        Step::Choosing => ().into_any(),
        Step::Reading => {
            view! { <p class="loading" role="status">{t_string!(i18n, roster.reading)}</p> }
                .into_any()
        }
        Step::Failed(failure) => view! { <Failure failure=failure/> }.into_any(),
        Step::FileRefused(why) => {
            let text = if why == FileError::TooLarge {
                t_string!(i18n, roster.file_too_large)
            } else {
                t_string!(i18n, roster_problem.not_text)
            };
            view! { <Notice tone=Tone::Error test="file-refused"><p>{text}</p></Notice> }.into_any()
        }
        Step::Previewed(preview) if !preview.problems.is_empty() => {
            view! { <Problems problems=preview.problems/> }.into_any()
        }
        Step::Previewed(preview) => {
            view! { <Preview preview=preview on_import=import/> }.into_any()
        }
        Step::Imported(RosterImported { new, changed, gone }) => {
            let text = t_string!(
                i18n,
                roster.imported,
                new = new,
                changed = changed,
                gone = gone
            )
            .to_string();
            view! { <Notice tone=Tone::Success test="roster-imported"><p>{text}</p></Notice> }
                .into_any()
        }
    };
    let label = move || match step.get() {
        Step::Choosing | Step::Imported(_) => t_string!(i18n, roster.choose),
        _ => t_string!(i18n, roster.choose_other),
    };
    view! {
        <PageHead title=t_string!(i18n, roster.title) lead=t_string!(i18n, roster.lead)/>
        <div class="stack roster">
            <div class="file-drop">
                <input id="roster-file" type="file" accept=".csv,.txt,text/csv,text/plain" data-test="roster-file" on:change=choose/>
                <label class="button" for="roster-file">{Icon::Upload.view()}<span>{label}</span></label>
                <p class="small quiet">{t_string!(i18n, roster.columns)}</p>
            </div>
            <div aria-live="polite" class="stack">{shown}</div>
        </div>
    }
}
