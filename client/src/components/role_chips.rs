//! Roles to choose among; each is on or off.

use std::collections::BTreeSet;

use leptos::prelude::*;
use shared::domain::Role;

use super::words;
use crate::i18n::*;

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
    view! { <div class="chips">{Role::ALL.iter().map(chip).collect_view()}</div> }
}
