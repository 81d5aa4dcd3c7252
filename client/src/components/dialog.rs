//! A question that stops everything: only for what cannot be taken back.

use leptos::prelude::*;

use crate::browser;

/// Opens when `is_open` becomes true; Escape and the buttons within set it back.
#[component]
pub fn Dialog(
    id: &'static str,
    #[prop(into)] title: String,
    is_open: RwSignal<bool>,
    children: Children,
) -> impl IntoView {
    Effect::new(move |_| {
        if is_open.get() {
            browser::dialog::open(id)
        } else {
            browser::dialog::close(id)
        }
    });
    let title_id = format!("{id}-title");
    let labelled_by = title_id.clone();
    view! {
        <dialog id=id class="dialog" aria-labelledby=labelled_by on:close=move |_| is_open.set(false)>
            <div class="dialog-body">
                <h2 id=title_id>{title}</h2>
                {children()}
            </div>
        </dialog>
    }
}
