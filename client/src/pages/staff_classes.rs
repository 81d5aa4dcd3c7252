//! The classes that somebody follows: chosen one by one or all at once, and asked for only in a role that follows classes.

use std::collections::BTreeSet;

use leptos::prelude::*;
use shared::domain::{Class, ClassId, Role};

use crate::components::toggle::Toggle;
use crate::i18n::*;

/// The classes to send with these roles: none where no role follows any.
pub fn followed(roles: &BTreeSet<Role>, own: &BTreeSet<ClassId>) -> Vec<ClassId> {
    match roles.iter().any(Role::follows_classes) {
        true => own.iter().copied().collect(),
        false => Vec::new(),
    }
}

#[component]
pub fn OwnClasses(
    #[prop(into)] classes: Signal<Vec<Class>>,
    roles: RwSignal<BTreeSet<Role>>,
    own: RwSignal<BTreeSet<ClassId>>,
) -> impl IntoView {
    let i18n = use_i18n();
    let is_asked = Memo::new(move |_| {
        roles.get().iter().any(Role::follows_classes) && !classes.get().is_empty()
    });
    let all = move || {
        let ids = classes.get().into_iter().map(|class| class.id);
        ids.collect::<BTreeSet<_>>()
    };
    let has_all = Signal::derive(move || own.get().is_superset(&all()));
    let toggle_all = move |()| {
        own.set(untrack(|| match has_all.get() {
            true => BTreeSet::new(),
            false => all(),
        }))
    };
    let chips = move || {
        let each = classes.get().into_iter();
        each.map(|class| class_chip(class, own)).collect_view()
    };
    view! {
        <Show when=move || is_asked.get()>
            <fieldset class="field">
                <legend>{t_string!(i18n, staff.classes)}</legend>
                <p class="field-hint">{t_string!(i18n, staff.classes_hint)}</p>
                <div class="chips">
                    <Toggle label=t_string!(i18n, staff.all_classes) is_on=has_all test="own-all" pressed=toggle_all/>
                    {chips}
                </div>
            </fieldset>
        </Show>
    }
}

fn class_chip(class: Class, own: RwSignal<BTreeSet<ClassId>>) -> impl IntoView {
    let id = class.id;
    view! {
        <label class="chip">
            <input type="checkbox" prop:checked=move || own.get().contains(&id) data-test=format!("own-{}", class.name)
                on:change=move |event| own.update(|own| {
                    if event_target_checked(&event) { own.insert(id) } else { own.remove(&id) };
                })/>
            {class.name.clone()}
        </label>
    }
}
