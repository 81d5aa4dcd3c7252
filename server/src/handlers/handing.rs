//! Handing out (*fordeling*): the leadership gives a report to somebody who then reads and receives it, and takes it back; the mail
//! distributor sees the way of each report, and says for whom of its readers it is.

use std::collections::HashMap;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use shared::api::{HandReport, Handed, Handing, Receiver, ReportLine, Routing, RoutingLine};
use shared::domain::{AccountStatus, AuditAct, DocumentId, Role, SchoolId, StaffId, StaffMember};
use uuid::Uuid;

use super::reports::{NEWEST, is_for, named, report_lines, suspected};
use crate::access::{Resource, Verb, may};
use crate::auth::SignedIn;
use crate::clock;
use crate::error::Error;
use crate::extract::{Body, Id};
use crate::notice::{handed_out, unopened_in_hand};
use crate::state::AppState;
use crate::store::Tx;
use crate::store::handed::HandedRow;
use crate::store::report::ReportRow;
use crate::sync::live::LOOK_AGAIN;

/// What was handed to the asker.
pub async fn inbox(
    State(state): State<AppState>,
    who: SignedIn,
) -> Result<Json<Vec<ReportLine>>, Error> {
    if !may(&who, Verb::Read, Resource::HandedInbox) {
        return Err(Error::Forbidden);
    }
    let mut tx = state.store.write().await?;
    let handed = tx.handed_to(who.school, who.staff, NEWEST).await?;
    let ids: Vec<Uuid> = handed.into_iter().map(|(id, _)| id).collect();
    let mut rows = Vec::new();
    for row in tx.reports_by_id(who.school, &ids).await? {
        if is_for(&who, Verb::Receive, &row, true)? {
            rows.push(row);
        }
    }
    let mut lines = report_lines(&mut tx, who.school, &rows).await?;
    mark_in_hand(&mut tx, &who, &mut lines).await?;
    tx.record(who.school, who.did(AuditAct::ReadInbox, clock::now_ms()));
    tx.commit().await?;
    Ok(Json(lines))
}

/// Marks what was handed to the asker, who has not opened it.
pub(super) async fn mark_in_hand(
    tx: &mut Tx,
    who: &SignedIn,
    lines: &mut [ReportLine],
) -> Result<(), Error> {
    let in_hand = unopened_in_hand(tx, who).await?;
    for line in lines {
        line.waits_in_hand = in_hand.contains(&line.id);
    }
    Ok(())
}

/// In whose hands a report is, for whoever may give it; none for others.
pub(super) async fn handing(
    tx: &mut Tx,
    who: &SignedIn,
    row: &ReportRow,
) -> Result<Option<Handing>, Error> {
    if !is_for(who, Verb::HandOut, row, false)? {
        return Ok(None);
    }
    let suspected = suspected(row)?;
    let staff = tx.staff(who.school).await?;
    let rows = tx.hands_of(who.school, &[row.document_id]).await?;
    let handed = hands(&rows, who.school, &staff, &suspected);
    let has = |member: &StaffMember| handed.iter().any(|it| it.staff == member.id);
    let offered = staff
        .iter()
        .filter(|member| ![who.staff.0, row.author_id].contains(&member.id.0) && !has(member))
        .filter(|member| takes(who, member) && !suspected.contains(&member.id))
        .map(receiver)
        .collect();
    Ok(Some(Handing { handed, offered }))
}

/// Gives a report to somebody or takes it back. Whom it cannot be given to is answered like somebody who is not there.
pub async fn hand(
    State(state): State<AppState>,
    who: SignedIn,
    Id(id): Id<DocumentId>,
    Body(asked): Body<HandReport>,
) -> Result<StatusCode, Error> {
    let now_ms = clock::now_ms();
    let mut tx = state.store.write().await?;
    // Whoever the reporter comes to suspect meanwhile waits for this, or this for it.
    tx.lock_head(who.school).await?;
    let who = who.as_of(&mut tx).await?;
    let row = tx.report(who.school, id).await?.ok_or(Error::NotFound)?;
    let suspected = suspected(&row)?;
    require(&mut tx, &who, &row, &suspected, asked.is_handed).await?;
    let member = tx.staff_member(who.school, asked.staff).await?;
    let member = member.ok_or(Error::NotFound)?;
    let is_done = match asked.is_handed {
        true if !takes(&who, &member)
            || suspected.contains(&member.id)
            || [who.staff.0, row.author_id].contains(&member.id.0) =>
        {
            return Err(Error::NotFound);
        }
        true => {
            tx.hand_report(who.school, id, member.id, who.staff, now_ms)
                .await?
        }
        false => tx.take_report_back(who.school, id, member.id).await?,
    };
    if !is_done {
        return Ok(StatusCode::NO_CONTENT);
    }
    let act = match asked.is_handed {
        true => AuditAct::HandedReport,
        false => AuditAct::TookReportBack,
    };
    let did = named(who.did(act, now_ms), &row);
    // Of a report that suspects an employee the record does not say in whose hands it is, either.
    tx.record(
        who.school,
        match row.suspects_employee {
            true => did,
            false => did.subject(member.id.0),
        },
    );
    if asked.is_handed {
        handed_out(&mut tx, who.school, member.id, now_ms).await?;
    }
    tx.announce(&state.live.announcement(&[(who.school, LOOK_AGAIN)]))
        .await?;
    tx.commit().await?;
    state.live.tell(who.school, LOOK_AGAIN);
    Ok(StatusCode::NO_CONTENT)
}

/// The leadership gives and takes back; who knows of a report by its way alone gives. Others who may read it are told that they may
/// not, and the rest that there is none.
async fn require(
    tx: &mut Tx,
    who: &SignedIn,
    row: &ReportRow,
    suspected: &[StaffId],
    is_handed: bool,
) -> Result<(), Error> {
    let on_way = Resource::Routing { suspected };
    if is_for(who, Verb::HandOut, row, false)? || is_handed && may(who, Verb::HandOut, on_way) {
        return Ok(());
    }
    let id = DocumentId(row.document_id);
    let has = tx.is_handed(who.school, id, who.staff).await?;
    match is_for(who, Verb::Read, row, has)? || may(who, Verb::Read, on_way) {
        true => Err(Error::Forbidden),
        false => Err(Error::NotFound),
    }
}

/// Every report that the school has received, but for those that suspect the asker.
pub async fn routing(State(state): State<AppState>, who: SignedIn) -> Result<Json<Routing>, Error> {
    if !may(&who, Verb::Read, Resource::Routing { suspected: &[] }) {
        return Err(Error::Forbidden);
    }
    let mut tx = state.store.write().await?;
    let all = tx.reports(who.school, None, NEWEST).await?;
    let ids: Vec<Uuid> = all.iter().map(|row| row.document_id).collect();
    let ways = tx.ways_of(who.school, &ids).await?.into_iter();
    let mut ways: HashMap<Uuid, _> = ways.map(|way| (way.id, way)).collect();
    let mut in_hands: HashMap<Uuid, Vec<HandedRow>> = HashMap::new();
    for row in tx.hands_of(who.school, &ids).await? {
        in_hands.entry(row.report_id).or_default().push(row);
    }
    let staff = tx.staff(who.school).await?;
    let mut lines = Vec::new();
    for row in all {
        let suspected = suspected(&row)?;
        let on = Resource::Routing {
            suspected: &suspected,
        };
        let Some(way) = ways.remove(&row.document_id) else {
            continue;
        };
        if may(&who, Verb::Read, on) {
            let rows = in_hands.remove(&row.document_id).unwrap_or_default();
            lines.push(RoutingLine {
                report: DocumentId(row.document_id),
                received_at_ms: row.received_at_ms,
                suspects_employee: row.suspects_employee,
                owner_told_at_ms: way.owner_told_at_ms,
                opened_at_ms: way.opened_at_ms,
                opened_by_name: way.opened_by_name,
                // Whoever is suspected since does not have it any more, and is not told of here by being left out.
                handed: hands(&rows, who.school, &staff, &[]),
            });
        }
    }
    // The same for every report: who is missing would be the one it suspects.
    let offered = staff.iter().filter(|member| takes(&who, member));
    let offered = offered.map(receiver).collect();
    tx.record(who.school, who.did(AuditAct::ReadRouting, clock::now_ms()));
    tx.commit().await?;
    Ok(Json(Routing { lines, offered }))
}

/// Whether the asker's roles hand reports to this person's, whose account is open.
fn takes(who: &SignedIn, member: &StaffMember) -> bool {
    let hands = |to: &Role| who.roles.iter().any(|role| role.hands_reports_to(to));
    member.status == AccountStatus::Active && member.roles.iter().any(hands)
}

/// Those who may read it by having it.
fn hands(
    rows: &[HandedRow],
    school: SchoolId,
    staff: &[StaffMember],
    suspected: &[StaffId],
) -> Vec<Handed> {
    let on = Resource::Report {
        reporter: None,
        told_by: None,
        is_handed: true,
        suspected,
    };
    let handed = |row: &HandedRow| {
        let member = staff.iter().find(|member| member.id.0 == row.staff_id)?;
        let who = SignedIn::of_member(school, member.clone());
        let is_open = member.status == AccountStatus::Active;
        (is_open && may(&who, Verb::Receive, on)).then(|| Handed {
            staff: member.id,
            name: member.name.clone(),
            by_name: row.by_name.clone(),
            handed_at_ms: row.handed_at_ms,
            opened_at_ms: row.opened_at_ms,
        })
    };
    rows.iter().filter_map(handed).collect()
}

fn receiver(member: &StaffMember) -> Receiver {
    Receiver {
        staff: member.id,
        name: member.name.clone(),
        roles: member.roles.clone(),
    }
}
