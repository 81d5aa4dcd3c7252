//! A text that saves itself: a moment after the last letter, and when it is left. What is too long is said, and kept on the
//! screen.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::browser::{clock, page};
use crate::i18n::*;
use crate::state::{SaveError, State};
use shared::document::EditError;

/// How long after the last letter the text is saved; it is saved at once when the field is left or the page goes out of sight.
const PAUSE_MS: u32 = 300;

/// In `index.html`: what is typed in a field of this form a browser does not keep on its disk for the next start, in the clear.
pub const UNREMEMBERED_FORM: &str = "unremembered";

/// What saving a text gives back.
pub type Saved = std::pin::Pin<Box<dyn Future<Output = Result<(), SaveError>>>>;

#[component]
pub fn SavedText(
    id: &'static str,
    #[prop(into)] label: String,
    #[prop(optional, into)] hint: String,
    #[prop(into)] value: Signal<String>,
    #[prop(default = 4)] rows: u32,
    test: &'static str,
    #[prop(into)] save: Callback<String, Saved>,
) -> impl IntoView {
    let i18n = use_i18n();
    let typed = RwSignal::new(value.get_untracked());
    let edits = StoredValue::new(0u32);
    let is_dirty = RwSignal::new(false);
    let too_long = RwSignal::new(None::<usize>);
    let id = page::own_id(id);
    let hint_id = format!("{id}-hint");
    let described_by = hint_id.clone();
    // What a colleague wrote comes in, but never over what is being typed.
    Effect::new(move |_| {
        let newer = value.get();
        if !is_dirty.get_untracked() {
            typed.set(newer);
        }
    });
    let keep = move || {
        let (Some(true), Some(text)) = (is_dirty.try_get_untracked(), typed.try_get_untracked())
        else {
            return;
        };
        let edit = edits.try_get_value();
        // Begun while the field is here: it may be gone when the disk answers.
        let saving = save.run(text.clone());
        spawn_local(async move {
            // The state shows every other failure until it is none.
            let longest = match saving.await {
                Err(SaveError::Edit(EditError::TooLong { max_chars })) => Some(max_chars),
                _ => None,
            };
            if let Some(max_chars) = longest {
                // Nothing but what is over the limit is lost when the page is left now.
                let _ = save.run(text.chars().take(max_chars).collect()).await;
            }
            let _ = too_long.try_set(longest);
            if edits.try_get_value() == edit {
                let _ = is_dirty.try_set(false);
            }
        });
    };
    let state = State::here();
    Effect::new(move |_| {
        if state.is_out_of_sight() {
            untrack(keep);
        }
    });
    // A page that is left in the middle of a word keeps it.
    on_cleanup(keep);
    let typing = move |event| {
        typed.set(event_target_value(&event));
        is_dirty.set(true);
        edits.update_value(|edits| *edits += 1);
        let edit = edits.get_value();
        spawn_local(async move {
            clock::wait(PAUSE_MS).await;
            if edits.try_get_value() == Some(edit) {
                keep();
            }
        });
    };
    view! {
        <div class="field">
            <label class="field-label" for=id.clone()>{label}</label>
            <p class="field-hint" id=hint_id>{hint}</p>
            <textarea id=id class="input" rows=rows autocomplete="off" form=UNREMEMBERED_FORM data-test=test aria-describedby=described_by
                aria-invalid=move || too_long.get().is_some().to_string()
                prop:value=move || typed.get() on:input=typing on:change=move |_| keep() on:blur=move |_| keep()></textarea>
            <p class="field-hint" data-test="unsaved">{move || is_dirty.get().then_some(t_string!(i18n, capture.unsaved))}</p>
            <p class="field-error" aria-live="polite">
                {move || too_long.get().map(|max| t_string!(i18n, capture.too_long, max = max).to_string())}
            </p>
        </div>
    }
}
