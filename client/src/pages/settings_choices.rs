//! The school's own list of choices for the capture screen: their order, wording and size, and choices of its own.

use leptos::prelude::*;
use shared::domain::{Choice, ChoiceGroup, What};

use crate::browser::format;
use crate::components::icon::Icon;
use crate::components::{Texts, words};
use crate::i18n::*;

const MAX_LABEL_CHARS: usize = 60;

/// One choice as it is being edited.
#[derive(Clone)]
pub struct ChoiceRow {
    what: What,
    group: RwSignal<ChoiceGroup>,
    label: RwSignal<String>,
    is_large: RwSignal<bool>,
}

impl ChoiceRow {
    pub fn of(choice: &Choice) -> Self {
        ChoiceRow {
            what: choice.what.clone(),
            group: RwSignal::new(choice.group.clone()),
            label: RwSignal::new(choice.label.clone().unwrap_or_default()),
            is_large: RwSignal::new(choice.is_large),
        }
    }

    fn new_own() -> Self {
        let what = What::Other(format!("own_{}", format::now_ms()));
        ChoiceRow::of(&Choice {
            what,
            group: ChoiceGroup::Neutral,
            label: None,
            is_large: false,
        })
    }

    fn is_own(&self) -> bool {
        matches!(self.what, What::Other(_))
    }

    /// The choice; none while a choice of the school's own has no words.
    pub fn read(self) -> Option<Choice> {
        let label = Some(self.label.get().trim().to_owned()).filter(|label| !label.is_empty());
        if self.is_own() && label.is_none() {
            return None;
        }
        Some(Choice {
            what: self.what,
            group: self.group.get(),
            label,
            is_large: self.is_large.get(),
        })
    }

    fn name(&self, i18n: Texts) -> String {
        let label = self.label.get();
        let built_in = || {
            words::built_in_what(i18n, &self.what)
                .unwrap_or(t_string!(i18n, settings.choice_new))
                .to_owned()
        };
        if label.trim().is_empty() {
            built_in()
        } else {
            label
        }
    }
}

#[component]
pub fn ChoicesEditor(choices: RwSignal<Vec<ChoiceRow>>) -> impl IntoView {
    let i18n = use_i18n();
    let large = move || {
        let count = choices
            .get()
            .iter()
            .filter(|choice| choice.is_large.get())
            .count();
        t_string!(i18n, settings.large_count, count = count).to_string()
    };
    let add = move |_| choices.update(|choices| choices.push(ChoiceRow::new_own()));
    view! {
        <section class="card stack-tight">
            <h2>{t_string!(i18n, settings.choices)}</h2>
            <p class="quiet small">{t_string!(i18n, settings.choices_hint)}</p>
            <p role="status"><span class="tag">{large}</span></p>
            <ol class="plain-rows">
                <For each=move || choices.get() key=|choice| choice.what.clone() let:choice>
                    <ChoiceItem choice=choice choices=choices/>
                </For>
            </ol>
            <div class="buttons">
                <button type="button" class="button button-quiet" data-test="choice-add" on:click=add>{t_string!(i18n, settings.choice_add)}</button>
            </div>
        </section>
    }
}

/// Moves a choice one place up or down.
fn shift(choices: RwSignal<Vec<ChoiceRow>>, what: &What, is_up: bool) {
    choices.update(|choices| {
        let Some(from) = choices.iter().position(|choice| choice.what == *what) else {
            return;
        };
        let to = if is_up {
            from.checked_sub(1)
        } else {
            Some(from + 1).filter(|to| *to < choices.len())
        };
        if let Some(to) = to {
            choices.swap(from, to);
        }
    });
}

#[component]
fn ChoiceItem(choice: ChoiceRow, choices: RwSignal<Vec<ChoiceRow>>) -> impl IntoView {
    let i18n = use_i18n();
    let is_own = choice.is_own();
    let row = StoredValue::new(choice.clone());
    let name = move || row.with_value(|row| row.name(i18n));
    let what = move || row.with_value(|row| row.what.clone());
    let (label, group, is_large) = (choice.label, choice.group, choice.is_large);
    let id = format!("choice-{}", choice.what);
    let lacks_words = move || is_own && label.get().trim().is_empty();
    view! {
        <li class="choice-row" data-test="choice-row">
            <div class="choice-row-head">
                <span class="row-main">
                    <span class="row-title">{name}</span>
                    <span class="row-note">{move || words::choice_group(i18n, &group.get())}
                        {move || is_large.get().then(|| format!(" · {}", t_string!(i18n, settings.choice_large)))}</span>
                </span>
                <button type="button" class="button button-text button-icon" on:click=move |_| shift(choices, &what(), true)
                    aria-label=move || t_string!(i18n, settings.choice_up, name = name()).to_string()>{Icon::Up.view()}</button>
                <button type="button" class="button button-text button-icon" on:click=move |_| shift(choices, &what(), false)
                    aria-label=move || t_string!(i18n, settings.choice_down, name = name()).to_string()>{Icon::Down.view()}</button>
            </div>
            <details class="fold" open=is_own && label.get_untracked().is_empty()>
                <summary class="link-like">{t_string!(i18n, action.change)}<span class="for-screen-reader">" "{name}</span></summary>
                <div class="stack-tight">
                    <div class="field">
                        <label class="field-label" for=id.clone()>{t_string!(i18n, settings.choice_label)}</label>
                        <input id=id class="input" type="text" autocomplete="off" maxlength=MAX_LABEL_CHARS.to_string() data-test="choice-label"
                            aria-invalid=move || lacks_words().then_some("true")
                            prop:value=move || label.get() on:input=move |event| label.set(event_target_value(&event))/>
                        {move || lacks_words().then(|| view! {
                            <p class="field-error">{Icon::Error.view()}{t_string!(i18n, settings.choice_label_needed)}</p>
                        })}
                    </div>
                    {is_own.then(|| view! { <GroupChoice group=group/> })}
                    <label class="switch">
                        <span>{t_string!(i18n, settings.choice_large)}</span>
                        <input type="checkbox" role="switch" prop:checked=move || is_large.get()
                            on:change=move |event| is_large.set(event_target_checked(&event))/>
                    </label>
                    {is_own.then(|| view! {
                        <button type="button" class="button button-quiet"
                            on:click=move |_| choices.update(|choices| choices.retain(|choice| choice.what != what()))>
                            {move || t_string!(i18n, settings.choice_remove, name = name()).to_string()}
                        </button>
                    })}
                </div>
            </details>
        </li>
    }
}

#[component]
fn GroupChoice(group: RwSignal<ChoiceGroup>) -> impl IntoView {
    let i18n = use_i18n();
    let option = |code: &'static ChoiceGroup| {
        let word = words::choice_group(i18n, code);
        view! { <option value=code.as_str() selected=move || group.get() == *code>{word}</option> }
    };
    view! {
        <label class="field">
            <span class="field-label">{t_string!(i18n, settings.choice_group)}</span>
            <select
                class="input"
                on:change=move |event| group.set(ChoiceGroup::from(event_target_value(&event).as_str()))
            >
                {ChoiceGroup::ALL.iter().map(option).collect_view()}
            </select>
        </label>
    }
}
