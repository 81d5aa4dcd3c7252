//! The school owner's reports (§ 12-5): what came past the leadership or was passed on by the principal, the key that they are
//! sealed to, and the receipts that reporters follow. What they say is opened in the owner's browser and nowhere else.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use shared::api::{
    NewOwnerKey, OwnerLetter, OwnerReceipt, OwnerReport, OwnerReports, OwnerSender, ReportReceipts,
};
use shared::document::read_report;
use shared::domain::{AuditAct, DocumentId, SchoolId, StaffId};
use shared::sync::HexBytes;
use shared::sync::owner::OwnerKey;

use super::entries::changes_of;
use super::log_line::full_name;
use super::reports::{entries_then, find, named};
use crate::access::{Resource, Verb, may};
use crate::auth::{SignedIn, stepped_up};
use crate::clock;
use crate::error::Error;
use crate::extract::{Body, Id};
use crate::state::AppState;
use crate::store::Tx;
use crate::store::roster::PupilRow;
use crate::sync::feed::tell_reporter;
use crate::sync::letter::{self, Composed};

/// Newest letters that the list has.
const NEWEST: i64 = 200;
/// Reports sealed to their owners at once.
const AT_ONCE: i64 = 100;
const FORWARD_EVERY: Duration = Duration::from_secs(60);
const NO_KEY: &str = "the school owner has made no key yet: call them";

pub async fn list(
    State(state): State<AppState>,
    who: SignedIn,
) -> Result<Json<OwnerReports>, Error> {
    require(&who, Verb::Read)?;
    let mut tx = state.store.write().await?;
    tx.record(who.school, who.did(AuditAct::ReadInbox, clock::now_ms()));
    let keys = tx.owner_keys(who.school).await?;
    let letters = tx.letters(who.school, NEWEST).await?;
    let letter = |row: crate::store::owner::LetterRow| OwnerLetter {
        report: row.report_id.into(),
        key_id: row.key_id.unsigned_abs(),
        sealed: HexBytes(row.bytes),
        receipts: ReportReceipts {
            received_at_ms: Some(row.received_at_ms),
            opened_at_ms: row.opened_at_ms,
            talk_at_ms: row.talk_at_ms,
            owner_told_at_ms: None,
            escalated_at_ms: None,
        },
    };
    tx.commit().await?;
    Ok(Json(OwnerReports {
        keys,
        letters: letters.into_iter().map(letter).collect(),
    }))
}

/// From now on reports are sealed to this key; what came before is opened with the codes before.
pub async fn add_key(
    State(state): State<AppState>,
    who: SignedIn,
    Body(asked): Body<NewOwnerKey>,
) -> Result<StatusCode, Error> {
    require(&who, Verb::Write)?;
    let now_ms = clock::now_ms();
    let mut tx = state.store.write().await?;
    if !tx.is_owner(who.school).await? {
        return Err(Error::Forbidden);
    }
    stepped_up(&who, now_ms)?;
    if !letter::takes(&asked.public) {
        return Err(Error::Malformed("nothing can be sealed to this key"));
    }
    let newest = tx.owner_keys(who.school).await?.pop();
    let key = OwnerKey {
        id: newest.map_or(1, |newest| newest.id + 1),
        public: asked.public,
    };
    if !tx.add_owner_key(who.school, &key, now_ms).await? {
        return Err(Error::Conflict("somebody else made a key just now"));
    }
    let act = who.did(AuditAct::MadeOwnerKey, now_ms);
    tx.record(who.school, act.detail(format!("{} {}", key.id, key.public)));
    tx.commit().await?;
    forward(&state, now_ms).await?;
    Ok(StatusCode::CREATED)
}

/// The owner read a report: its reporter is shown.
pub async fn opened(
    State(state): State<AppState>,
    who: SignedIn,
    Id(id): Id<DocumentId>,
) -> Result<StatusCode, Error> {
    require(&who, Verb::Write)?;
    let mut tx = state.store.write().await?;
    let now_ms = clock::now_ms();
    let is_theirs = tx.mark_letter_opened(who.school, id, now_ms).await?;
    let reading = who.did(AuditAct::ReadReport, now_ms).document(id);
    tx.record(who.school, reading);
    noted(tx, is_theirs).await
}

/// The owner talked with its reporter.
pub async fn talk_held(
    State(state): State<AppState>,
    who: SignedIn,
    Id(id): Id<DocumentId>,
) -> Result<StatusCode, Error> {
    require(&who, Verb::Write)?;
    let mut tx = state.store.write().await?;
    let now_ms = clock::now_ms();
    let is_theirs = tx.mark_letter_talk(who.school, id, now_ms).await?;
    tx.record(who.school, who.did(AuditAct::HeldTalk, now_ms).document(id));
    noted(tx, is_theirs).await
}

async fn noted(tx: Tx, is_theirs: bool) -> Result<StatusCode, Error> {
    if !is_theirs {
        return Err(Error::NotFound);
    }
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What became of what the asker sent past the leadership; found by the asker's tag and nothing else.
pub async fn receipts(
    State(state): State<AppState>,
    who: SignedIn,
) -> Result<Json<Vec<OwnerReceipt>>, Error> {
    let mut tx = state.store.read().await?;
    let Some((owner, ..)) = tx.owner_of(who.school).await? else {
        return Ok(Json(Vec::new()));
    };
    let tag = state.keys.owner_tag(who.staff);
    let found = tx.letter_receipts(owner, &tag).await?;
    let receipt = |(report, receipts)| OwnerReceipt { report, receipts };
    Ok(Json(found.into_iter().map(receipt).collect()))
}

/// The principal passes a report on to the owner: one step, and when it was done is kept.
pub async fn pass_on(
    State(state): State<AppState>,
    who: SignedIn,
    Id(id): Id<DocumentId>,
) -> Result<StatusCode, Error> {
    let now_ms = clock::now_ms();
    let mut tx = state.store.write().await?;
    let head = tx.lock_head(who.school).await?;
    let who = who.as_of(&mut tx).await?;
    let row = find(&mut tx, &who, id, Verb::PassOn).await?;
    if !tx.mark_owner_told(who.school, id, now_ms).await? {
        return Ok(StatusCode::NO_CONTENT);
    }
    let reporter = StaffId(row.author_id);
    let composed = compose(&mut tx, who.school, (id, reporter), true, now_ms).await?;
    let composed = Composed {
        sender: OwnerSender {
            staff_name: who.name.clone(),
            ..composed.sender
        },
        ..composed
    };
    if !letter::pass_on(&mut tx, &state.keys, (who.school, id), &composed).await? {
        return Err(Error::Conflict(NO_KEY));
    }
    let did = who.did(AuditAct::PassedOnReport, now_ms);
    tx.record(who.school, named(did, &row));
    let seq = tell_reporter(&mut tx, who.school, head, reporter, id).await?;
    tx.announce(&state.live.announcement(&[(who.school, seq)]))
        .await?;
    tx.commit().await?;
    state.live.tell(who.school, seq);
    Ok(StatusCode::NO_CONTENT)
}

/// Seals to their owners what came the ordinary way and is theirs; what waits for an owner's first key waits on, and what fails is
/// tried again at the next occasion.
pub async fn forward(state: &AppState, now_ms: i64) -> Result<(), Error> {
    let waiting = state
        .store
        .read()
        .await?
        .untold_past_leadership(AT_ONCE)
        .await?;
    for target in waiting {
        if let Err(error) = forward_one(state, target, now_ms).await {
            tracing::error!(%error, "a report could not be sealed to the school owner: it waits");
        }
    }
    Ok(())
}

async fn forward_one(
    state: &AppState,
    (school, document): (SchoolId, DocumentId),
    now_ms: i64,
) -> Result<(), Error> {
    let mut tx = state.store.write().await?;
    let row = tx.documents(school, &[document.0]).await?.pop();
    let author = StaffId(row.ok_or(Error::NotFound)?.author_id);
    let composed = compose(&mut tx, school, (document, author), false, now_ms).await?;
    if letter::pass_on(&mut tx, &state.keys, (school, document), &composed).await? {
        tx.mark_told_past_leadership(school, document, now_ms)
            .await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Forwards at the start and every now and then, for as long as the server runs.
pub async fn keep_forwarding(state: AppState) {
    loop {
        if let Err(error) = forward(&state, clock::now_ms()).await {
            tracing::warn!(%error, "what is the school owner's waits");
        }
        tokio::time::sleep(FORWARD_EVERY).await;
    }
}

/// A report with all that somebody who has no roster needs to read it.
async fn compose(
    tx: &mut Tx,
    school: SchoolId,
    (id, reporter): (DocumentId, StaffId),
    is_passed_on: bool,
    now_ms: i64,
) -> Result<Composed, Error> {
    let changes = changes_of(tx, school, id).await?;
    let count = changes.len();
    let report = read_report(id, &changes).map_err(|_| Error::Broken("a report cannot be read"))?;
    let (entries, _) = entries_then(tx, school, &report).await?;
    let colleagues = tx.colleagues(school).await?;
    let names: BTreeMap<StaffId, String> = colleagues
        .into_iter()
        .map(|staff| (staff.id, staff.name))
        .collect();
    let name = |staff: &StaffId| names.get(staff).cloned().unwrap_or_default();
    let pupil = match report.pupil {
        Some(pupil) => tx.pupils_by_id(school, &[pupil]).await?.pop(),
        None => None,
    };
    let class = pupil.as_ref().and_then(PupilRow::shown_class);
    let classes = tx.classes(school).await?;
    let school_name = tx.school_name(school).await?.unwrap_or_default();
    Ok(Composed {
        sender: OwnerSender {
            school_name,
            staff_name: name(&reporter),
            received_at_ms: now_ms,
            is_barred: false,
        },
        reporter,
        changes: count,
        report: OwnerReport {
            pupil_name: pupil
                .as_ref()
                .map_or(report.pupil_description.clone(), full_name),
            class_name: classes
                .into_iter()
                .find(|it| Some(it.id) == class)
                .map(|class| class.name),
            suspected_names: report.suspected.iter().map(name).collect(),
            reporter_name: name(&reporter),
            told_by_name: report
                .told_by
                .as_ref()
                .map_or(report.told_by_name.clone(), name),
            entries,
            report,
            is_passed_on,
        },
    })
}

fn require(who: &SignedIn, verb: Verb) -> Result<(), Error> {
    match may(who, verb, Resource::OwnerReports) {
        true => Ok(()),
        false => Err(Error::Forbidden),
    }
}
