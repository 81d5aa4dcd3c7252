//! Reports to the principal (§ 12-4): the inbox, one report, and the receipts that its reporter follows.

use std::collections::{BTreeSet, HashMap};

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use shared::api::{ActorName, LogLine, ReportDetail, ReportLine, ReportReceipts};
use shared::audit::AuditEvent;
use shared::document::{read_entry, read_revisions};
use shared::domain::{AuditAct, ClassId, DocumentId, PupilId, Report, SchoolId, StaffId};
use uuid::Uuid;

use super::entries::{changes_of, record_about};
use super::handing::{handing, mark_in_hand};
use super::log_line::{actor_names, full_name, log_lines};
use crate::access::{Resource, Verb, may};
use crate::auth::SignedIn;
use crate::clock;
use crate::error::Error;
use crate::extract::Id;
use crate::state::AppState;
use crate::store::Tx;
use crate::store::report::ReportRow;
use crate::sync::feed::tell_reporter;
use crate::sync::live::LOOK_AGAIN;

/// Newest reports that a list shows.
pub(super) const NEWEST: i64 = 500;

pub async fn list(
    State(state): State<AppState>,
    who: SignedIn,
) -> Result<Json<Vec<ReportLine>>, Error> {
    if !may(&who, Verb::Read, Resource::Inbox) {
        let mut tx = state.store.read().await?;
        let own = tx.reports(who.school, Some(who.staff.0), NEWEST).await?;
        let own = readable(&who, own)?;
        return Ok(Json(report_lines(&mut tx, who.school, &own).await?));
    }
    let mut tx = state.store.write().await?;
    let all = tx.reports(who.school, None, NEWEST).await?;
    let rows = readable(&who, all)?;
    let mut lines = report_lines(&mut tx, who.school, &rows).await?;
    mark_in_hand(&mut tx, &who, &mut lines).await?;
    tx.record(who.school, who.did(AuditAct::ReadInbox, clock::now_ms()));
    tx.commit().await?;
    Ok(Json(lines))
}

fn readable(who: &SignedIn, all: Vec<ReportRow>) -> Result<Vec<ReportRow>, Error> {
    let mut rows = Vec::with_capacity(all.len());
    for row in all {
        if is_for(who, Verb::Read, &row, false)? {
            rows.push(row);
        }
    }
    Ok(rows)
}

/// Opening a report is recorded; when its receiver opens it, its reporter is told.
pub async fn show(
    State(state): State<AppState>,
    who: SignedIn,
    Id(id): Id<DocumentId>,
) -> Result<Json<ReportDetail>, Error> {
    let now_ms = clock::now_ms();
    let mut tx = state.store.write().await?;
    // The head first: whoever the reporter comes to suspect meanwhile waits for this, or this for it.
    let head = tx.lock_head(who.school).await?;
    let who = who.as_of(&mut tx).await?;
    let row = find(&mut tx, &who, id, Verb::Read).await?;
    let reporter = StaffId(row.author_id);
    let is_handed = tx.is_handed(who.school, id, who.staff).await?;
    let is_receiver = is_for(&who, Verb::Receive, &row, is_handed)?;
    let mut seq = None;
    if is_receiver && reporter != who.staff {
        if tx
            .mark_handed_opened(who.school, id, who.staff, now_ms)
            .await?
        {
            // What waits for them is one less.
            seq = Some(LOOK_AGAIN);
        }
        if tx.mark_opened(who.school, id, who.staff, now_ms).await? {
            tx.record(
                who.school,
                named(who.did(AuditAct::OpenedReport, now_ms), &row),
            );
            seq = Some(tell_reporter(&mut tx, who.school, head, reporter, id).await?);
        }
    }
    let reading = named(who.did(AuditAct::ReadReport, now_ms), &row);
    let is_named = !row.suspects_employee;
    // Whoever told it sees what was written of it, and not what else the writer built it on.
    let sees_all = reporter == who.staff || is_receiver;
    let handing = handing(&mut tx, &who, &row).await?;
    let mut detail = detail(&mut tx, who.school, row).await?;
    detail.is_receiver = is_receiver;
    detail.handing = handing;
    if !sees_all {
        detail.entries.clear();
        detail.pattern = None;
        detail.revisions.clear();
        detail.actors.clear();
        detail.report.entries.clear();
    }
    let shown = detail.entries.iter();
    let shown = shown.flat_map(|line| line.entry.known_pupils().into_keys());
    let pupils = detail.report.pupil.into_iter().chain(shown);
    record_about(&mut tx, who.school, &reading, pupils.filter(|_| is_named));
    let told: Vec<_> = seq.into_iter().map(|seq| (who.school, seq)).collect();
    tx.announce(&state.live.announcement(&told)).await?;
    tx.commit().await?;
    for (school, seq) in told {
        state.live.tell(school, seq);
    }
    Ok(Json(detail))
}

/// The talk with the reporter was held.
pub async fn talk_held(
    State(state): State<AppState>,
    who: SignedIn,
    Id(id): Id<DocumentId>,
) -> Result<StatusCode, Error> {
    let mut tx = state.store.write().await?;
    let head = tx.lock_head(who.school).await?;
    let who = who.as_of(&mut tx).await?;
    let row = find(&mut tx, &who, id, Verb::Receive).await?;
    if row.author_id == who.staff.0 {
        // Nobody holds it with themselves.
        return Err(Error::Forbidden);
    }
    let now_ms = clock::now_ms();
    if tx.mark_talk(who.school, id, now_ms).await? {
        tx.record(who.school, named(who.did(AuditAct::HeldTalk, now_ms), &row));
        let seq = tell_reporter(&mut tx, who.school, head, StaffId(row.author_id), id).await?;
        tx.announce(&state.live.announcement(&[(who.school, seq)]))
            .await?;
        tx.commit().await?;
        state.live.tell(who.school, seq);
    }
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn find(
    tx: &mut Tx,
    who: &SignedIn,
    id: DocumentId,
    verb: Verb,
) -> Result<ReportRow, Error> {
    let row = tx.report(who.school, id).await?.ok_or(Error::NotFound)?;
    let is_handed = tx.is_handed(who.school, id, who.staff).await?;
    match is_for(who, verb, &row, is_handed)? {
        true => Ok(row),
        false if is_for(who, Verb::Read, &row, is_handed)? => Err(Error::Forbidden),
        false => Err(Error::NotFound),
    }
}

/// Which report it was; not when it suspects an employee, who may be among those that see the record.
pub(super) fn named(event: AuditEvent, row: &ReportRow) -> AuditEvent {
    match row.suspects_employee {
        true => event,
        false => event.document(DocumentId(row.document_id)),
    }
}

pub(super) fn is_for(
    who: &SignedIn,
    verb: Verb,
    row: &ReportRow,
    is_handed: bool,
) -> Result<bool, Error> {
    let suspected = suspected(row)?;
    let resource = Resource::Report {
        reporter: Some(StaffId(row.author_id)),
        told_by: row.told_by_id.map(StaffId),
        is_handed,
        suspected: &suspected,
    };
    Ok(may(who, verb, resource))
}

/// Those whom a report suspects.
pub(super) fn suspected(row: &ReportRow) -> Result<Vec<StaffId>, Error> {
    Ok(read(row)?.suspected.into_iter().collect())
}

/// The lines of a list, with the names around them.
pub(super) async fn report_lines(
    tx: &mut Tx,
    school: SchoolId,
    rows: &[ReportRow],
) -> Result<Vec<ReportLine>, Error> {
    let pupils: BTreeSet<PupilId> = rows
        .iter()
        .filter_map(|row| row.pupil_id.map(PupilId))
        .collect();
    let pupils: Vec<_> = pupils.into_iter().collect();
    let pupils: HashMap<Uuid, _> = tx
        .pupils_by_id(school, &pupils)
        .await?
        .into_iter()
        .map(|row| (row.id, row))
        .collect();
    let classes: HashMap<ClassId, String> = tx
        .classes(school)
        .await?
        .into_iter()
        .map(|class| (class.id, class.name))
        .collect();
    let staff: HashMap<StaffId, String> = tx
        .colleagues(school)
        .await?
        .into_iter()
        .map(|it| (it.id, it.name))
        .collect();
    let ids: Vec<Uuid> = rows.iter().map(|row| row.document_id).collect();
    let receipts: HashMap<Uuid, _> = tx
        .documents(school, &ids)
        .await?
        .into_iter()
        .map(|row| (row.id, row))
        .collect();
    let line = |row: &ReportRow| {
        let pupil = row.pupil_id.and_then(|id| pupils.get(&id));
        let report = read(row)?;
        let told_by_name = report
            .told_by
            .and_then(|teller| staff.get(&teller).cloned())
            .unwrap_or(report.told_by_name);
        let document = receipts.get(&row.document_id);
        Ok(ReportLine {
            id: DocumentId(row.document_id),
            reporter: StaffId(row.author_id),
            reporter_name: staff
                .get(&StaffId(row.author_id))
                .cloned()
                .unwrap_or_default(),
            told_by: report.told_by,
            told_by_name,
            pupil: row.pupil_id.map(PupilId),
            pupil_name: pupil.map_or(report.pupil_description, full_name),
            class_name: pupil
                .and_then(|pupil| classes.get(&pupil.shown_class()?))
                .cloned(),
            is_serious: row.is_serious,
            recorded_at_ms: row.recorded_at_ms,
            receipts: ReportReceipts {
                received_at_ms: Some(row.received_at_ms),
                opened_at_ms: document.and_then(|document| document.opened_at_ms),
                talk_at_ms: document.and_then(|document| document.talk_at_ms),
                owner_told_at_ms: document.and_then(|document| document.owner_told_at_ms),
                escalated_at_ms: document.and_then(|document| document.escalated_at_ms),
            },
            missing_points: row.missing_points.unsigned_abs(),
            suspects_employee: row.suspects_employee,
            waits_in_hand: false,
        })
    };
    rows.iter().map(line).collect()
}

async fn detail(tx: &mut Tx, school: SchoolId, row: ReportRow) -> Result<ReportDetail, Error> {
    let id = DocumentId(row.document_id);
    let report = read(&row)?;
    let (lines, mut actors) = entries_then(tx, school, &report).await?;
    let revisions = read_revisions(&changes_of(tx, school, id).await?, None);
    let writers: BTreeSet<_> = revisions.iter().map(|revision| revision.by).collect();
    actors.extend(actor_names(tx, school, writers).await?);
    let pattern = match report.pupil {
        Some(pupil) => tx.pattern_of(school, pupil).await?,
        None => None,
    };
    let line = report_lines(tx, school, &[row])
        .await?
        .pop()
        .ok_or(Error::NotFound)?;
    Ok(ReportDetail {
        line,
        report,
        entries: lines,
        pattern,
        revisions,
        actors,
        is_receiver: false,
        handing: None,
    })
}

/// The entries that a report builds on as the reporter had them, also where they were locked in another version.
pub(super) async fn entries_then(
    tx: &mut Tx,
    school: SchoolId,
    report: &Report,
) -> Result<(Vec<LogLine>, Vec<ActorName>), Error> {
    let ids: Vec<Uuid> = report.entries.keys().map(|id| id.0).collect();
    let mut entries = tx.entries(school, &ids).await?;
    entries.sort_by_key(|entry| entry.happened_at_ms);
    let (mut lines, actors) = log_lines(tx, school, &entries).await?;
    for line in &mut lines {
        let changes = changes_of(tx, school, line.entry.id).await?;
        if let Some(then) = report
            .entries
            .get(&line.entry.id)
            .and_then(|heads| read_entry(line.entry.id, &changes, Some(heads)).ok())
        {
            line.entry = then;
        }
    }
    Ok((lines, actors))
}

fn read(row: &ReportRow) -> Result<Report, Error> {
    serde_json::from_slice(&row.content)
        .map_err(|_| Error::Broken("a report's projection cannot be read: run `friminutt rebuild`"))
}
