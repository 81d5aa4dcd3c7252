//! The roles that there are here, to choose among; each is on or off.

use std::collections::BTreeSet;

use leptos::prelude::*;
use shared::domain::Role;

use super::words;
use crate::i18n::*;
use crate::state::State;

#[component]
pub fn RoleChips(roles: RwSignal<BTreeSet<Role>>) -> impl IntoView {
    let i18n = use_i18n();
    let chip = move |role: &'static Role| {
        view! {
            <label class="chip">
                <input type="checkbox" prop:checked=move || roles.get().contains(role) data-test=format!("role-{role}")
                    on:change=move |event| roles.update(|roles| {
                        if event_target_checked(&event) { roles.insert(role.clone()) } else { roles.remove(role) };
                    })/>
                {words::role(i18n, role)}
            </label>
        }
    };
    let is_at_an_owner = untrack(|| State::here().session())
        .is_some_and(|session| session.roles.contains(&Role::Owner));
    let offered = match is_at_an_owner {
        true => Role::AT_AN_OWNER,
        false => Role::AT_A_SCHOOL,
    };
    view! { <div class="chips">{offered.iter().map(chip).collect_view()}</div> }
}
