//! The record, for those who answer for it: a part of it, what of it is about one pupil, and all of it as a file. Looking at it is
//! recorded in it.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use shared::api::{PupilReadings, Reading};
use shared::domain::{AuditAct, AuditPart, PupilId};

use super::log_line::full_name;
use crate::access::{Resource, Verb, may};
use crate::audit::export::export;
use crate::auth::{SignedIn, stepped_up};
use crate::clock;
use crate::error::Error;
use crate::extract::{Asked, Id};
use crate::state::AppState;

const NEWEST: i64 = 500;

/// Which part; the readings when none is named.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Of {
    of: Option<AuditPart>,
}

pub async fn list(
    State(state): State<AppState>,
    who: SignedIn,
    Asked(asked): Asked<Of>,
) -> Result<Json<Vec<Reading>>, Error> {
    let part = asked.of.unwrap_or(AuditPart::Readings);
    let resource = match part {
        AuditPart::Readings => Resource::Readings,
        AuditPart::Changes | AuditPart::SignIns => Resource::Audit,
    };
    if !may(&who, Verb::Read, resource) {
        return Err(Error::Forbidden);
    }
    let mut tx = state.store.write().await?;
    let lines = tx.readings(who.school, part, NEWEST).await?;
    tx.record(who.school, who.did(AuditAct::ReadRecord, clock::now_ms()));
    tx.commit().await?;
    Ok(Json(lines))
}

pub async fn of_pupil(
    State(state): State<AppState>,
    who: SignedIn,
    Id(pupil): Id<PupilId>,
) -> Result<Json<PupilReadings>, Error> {
    if !may(&who, Verb::Read, Resource::Readings) {
        return Err(Error::Forbidden);
    }
    let mut tx = state.store.write().await?;
    let row = tx.pupil(who.school, pupil).await?.ok_or(Error::NotFound)?;
    let readings = tx.readings_about(who.school, pupil, NEWEST).await?;
    let reading = who.did(AuditAct::ReadRecord, clock::now_ms());
    tx.record(who.school, reading.pupil(Some(pupil)));
    tx.commit().await?;
    Ok(Json(PupilReadings {
        pupil_name: full_name(&row),
        readings,
    }))
}

/// Piece by piece: a school's record of years fits no memory.
pub async fn export_all(State(state): State<AppState>, who: SignedIn) -> Result<Response, Error> {
    if !may(&who, Verb::Export, Resource::Audit) {
        return Err(Error::Forbidden);
    }
    let now_ms = clock::now_ms();
    stepped_up(&who, now_ms)?;
    let exported = who.did(AuditAct::ExportedRecord, now_ms);
    let pieces = export(&state.store, &state.keys, who.school, exported).await?;
    let headers = [
        (CONTENT_TYPE, "application/x-ndjson; charset=utf-8"),
        (
            CONTENT_DISPOSITION,
            "attachment; filename=\"friminutt-record.jsonl\"",
        ),
    ];
    Ok((headers, Body::from_stream(pieces)).into_response())
}
