//! The roster file: what it would change, and changing it.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use shared::api::{RosterImported, RosterPreview};
use shared::domain::AuditAct;
use uuid::Uuid;

use crate::access::{Resource, Verb, may};
use crate::auth::{SignedIn, stepped_up};
use crate::clock;
use crate::error::Error;
use crate::extract::{Asked, Raw};
use crate::roster::{self, Plan, School};
use crate::state::AppState;
use crate::store::Tx;

/// Which preview was said yes to.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accepted {
    fingerprint: String,
}

pub async fn preview(
    State(state): State<AppState>,
    who: SignedIn,
    Raw(file): Raw,
) -> Result<Json<RosterPreview>, Error> {
    let mut tx = state.store.read().await?;
    Ok(Json(plan(&mut tx, &who, &file).await?.preview))
}

/// All of it in one transaction, and only what was previewed.
pub async fn import(
    State(state): State<AppState>,
    who: SignedIn,
    Asked(accepted): Asked<Accepted>,
    Raw(file): Raw,
) -> Result<Json<RosterImported>, Error> {
    let mut tx = state.store.write().await?;
    let plan = plan(&mut tx, &who, &file).await?;
    stepped_up(&who, clock::now_ms())?;
    let Plan {
        preview,
        new_classes,
        pupils,
    } = plan;
    if !preview.problems.is_empty() {
        return Err(Error::RosterUnreadable);
    }
    if preview.fingerprint != accepted.fingerprint {
        return Err(Error::Conflict(
            "the file or the school is not as it was previewed",
        ));
    }
    tx.add_classes(who.school, &new_classes).await?;
    tx.save_pupils(who.school, &pupils).await?;
    if !(new_classes.is_empty() && pupils.is_empty()) {
        tx.bump_school_version(who.school).await?;
    }
    let imported = RosterImported {
        new: preview.new.len() as u32,
        changed: preview.changed.len() as u32,
        gone: preview.gone.len() as u32,
    };
    let act = who.did(AuditAct::ImportedRoster, clock::now_ms());
    let RosterImported { new, changed, gone } = imported;
    tx.record(
        who.school,
        act.detail(format!("{new} new, {changed} changed, {gone} gone")),
    );
    tx.commit().await?;
    Ok(Json(imported))
}

async fn plan(tx: &mut Tx, who: &SignedIn, file: &[u8]) -> Result<Plan, Error> {
    if !may(who, Verb::Write, Resource::Roster) {
        return Err(Error::Forbidden);
    }
    let salt = tx.roster_salt(who.school).await?;
    let school = School {
        classes: tx.classes(who.school).await?,
        pupils: tx.roster(who.school).await?,
    };
    let read = roster::read(file, &salt);
    Ok(roster::plan(
        &read,
        file,
        &school,
        clock::now_ms(),
        &mut Uuid::now_v7,
    ))
}
