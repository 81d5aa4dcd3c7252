//! For somebody who logs and does not report, such as a substitute: a colleague who works here writes the report with them, and
//! who can be called when it is about the leadership.

use leptos::prelude::*;

use super::icon::Icon;
use crate::i18n::*;
use crate::state::State;

#[component]
pub fn WhomToTell() -> impl IntoView {
    let i18n = use_i18n();
    let state = State::here();
    let owner = move || {
        let school = state.school()?;
        let is_known = !school.owner_phone.is_empty();
        is_known.then(|| {
            let phone = school.owner_phone.clone();
            let number = format!("tel:{}", phone.replace(' ', ""));
            (school.owner_name.clone(), phone, number)
        })
    };
    view! {
        <section class="prompt" role="status" data-test="prompt-tell">
            <p>{Icon::Report.view()} " " {t!(i18n, prompt.tell)}</p>
            {move || owner().map(|(name, phone, number)| view! {
                <p>{t!(i18n, prompt.tell_owner)} " " {name} ": " <a href=number>{phone}</a></p>
            })}
        </section>
    }
}
