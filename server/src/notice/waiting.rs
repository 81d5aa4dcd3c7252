//! For whom a report waits. It waits for the principal until somebody has opened it; for the deputy too once it was escalated, or
//! at once where no principal may receive it; and for whom it was handed to, until they open it themselves. Whoever wrote it or is
//! suspected is never among them.

use std::collections::BTreeSet;

use shared::domain::{AccountStatus, DocumentId, Report, Role, SchoolId, StaffId};
use uuid::Uuid;

use super::PAUSE_MS;
use crate::access::{Resource, Verb, may};
use crate::auth::SignedIn;
use crate::store::notice::NoticeKind;
use crate::store::report::ReportRow;
use crate::store::unopened::UnopenedRow;
use crate::store::{StoreError, Tx};

/// Reports that a count goes up to.
const MAX_COUNTED: i64 = 500;

/// A report that nobody has opened.
pub(super) struct Unopened {
    pub id: DocumentId,
    pub reporter: StaffId,
    pub received_at_ms: i64,
    pub is_escalated: bool,
    pub suspects_employee: bool,
    suspected: Vec<StaffId>,
}

impl Unopened {
    fn new(
        (id, author, received_at_ms): (Uuid, Uuid, i64),
        is_escalated: bool,
        content: &[u8],
    ) -> Result<Unopened, StoreError> {
        let report: Report =
            serde_json::from_slice(content).map_err(|_| StoreError::Unreadable("report"))?;
        Ok(Unopened {
            id: DocumentId(id),
            reporter: StaffId(author),
            received_at_ms,
            is_escalated,
            suspects_employee: report.suspects_employee(),
            suspected: report.suspected.into_iter().collect(),
        })
    }

    fn receivers<'a>(&self, people: &'a [SignedIn]) -> impl Iterator<Item = &'a SignedIn> {
        let on = Resource::Report {
            reporter: Some(self.reporter),
            told_by: None,
            is_handed: false,
            suspected: &self.suspected,
        };
        let receives = |who: &&SignedIn| who.staff != self.reporter && may(who, Verb::Receive, on);
        people
            .iter()
            .filter(receives)
            .collect::<Vec<_>>()
            .into_iter()
    }

    /// Those it waits for.
    pub fn for_whom(&self, people: &[SignedIn]) -> Vec<StaffId> {
        let is_principal = |who: &&SignedIn| who.roles.contains(&Role::Principal);
        let has_principal = self.receivers(people).any(|who| is_principal(&who));
        let waits = |who: &&SignedIn| self.is_escalated || !has_principal || is_principal(who);
        let waiting = self.receivers(people).filter(waits);
        waiting.map(|who| who.staff).collect()
    }

    /// Those who are told when it is escalated: whoever receives it beside the principals, also if they were told before.
    pub fn deputies(&self, people: &[SignedIn]) -> Vec<StaffId> {
        let all = self.receivers(people);
        let deputies = all.filter(|who| !who.roles.contains(&Role::Principal));
        deputies.map(|who| who.staff).collect()
    }
}

/// Everybody with an open account, as the table of access sees them.
pub(super) async fn people(tx: &mut Tx, school: SchoolId) -> Result<Vec<SignedIn>, StoreError> {
    let staff = tx.staff(school).await?.into_iter();
    Ok(staff
        .filter(|member| member.status == AccountStatus::Active)
        .map(|member| SignedIn::of_member(school, member))
        .collect())
}

pub(super) async fn unopened(tx: &mut Tx, school: SchoolId) -> Result<Vec<Unopened>, StoreError> {
    let rows = tx.unopened_reports(school, MAX_COUNTED).await?;
    let read = |row: UnopenedRow| {
        let about = (row.document_id, row.author_id, row.received_at_ms);
        Unopened::new(about, row.escalated_at_ms.is_some(), &row.content)
    };
    rows.into_iter().map(read).collect()
}

/// How many reports wait for this person to open them.
pub async fn count(tx: &mut Tx, who: &SignedIn) -> Result<u32, StoreError> {
    let mut waiting = unopened_in_hand(tx, who).await?;
    if may(who, Verb::Read, Resource::Inbox) {
        let people = people(tx, who.school).await?;
        let unopened = unopened(tx, who.school).await?;
        let waits = |report: &&Unopened| report.for_whom(&people).contains(&who.staff);
        waiting.extend(unopened.iter().filter(waits).map(|report| report.id));
    }
    let mut count = waiting.len();
    if may(who, Verb::Read, Resource::OwnerReports) {
        count += usize::try_from(tx.unopened_letters(who.school).await?).unwrap_or_default();
    }
    Ok(count as u32)
}

/// Reports that were handed to this person, who has not opened them and may.
pub async fn unopened_in_hand(
    tx: &mut Tx,
    who: &SignedIn,
) -> Result<BTreeSet<DocumentId>, StoreError> {
    let handed = tx.handed_to(who.school, who.staff, MAX_COUNTED).await?;
    let unopened = handed.into_iter().filter(|(_, opened)| opened.is_none());
    let ids: Vec<Uuid> = unopened.map(|(id, _)| id).collect();
    let mut in_hand = BTreeSet::new();
    for row in tx.reports_by_id(who.school, &ids).await? {
        let report: Report =
            serde_json::from_slice(&row.content).map_err(|_| StoreError::Unreadable("report"))?;
        let suspected: Vec<StaffId> = report.suspected.into_iter().collect();
        let on = Resource::Report {
            reporter: Some(StaffId(row.author_id)),
            told_by: None,
            is_handed: true,
            suspected: &suspected,
        };
        if row.author_id != who.staff.0 && may(who, Verb::Receive, on) {
            in_hand.insert(DocumentId(row.document_id));
        }
    }
    Ok(in_hand)
}

/// A report was handed to somebody: they are told that something waits.
pub async fn handed_out(
    tx: &mut Tx,
    school: SchoolId,
    to: StaffId,
    now_ms: i64,
) -> Result<(), StoreError> {
    tell(tx, school, &[to], now_ms).await
}

/// Reports that are about to be stored: those that come to the inbox with it are told to whoever they wait for.
pub async fn arrived(
    tx: &mut Tx,
    school: SchoolId,
    reports: &[ReportRow],
    now_ms: i64,
) -> Result<(), StoreError> {
    if reports.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = reports.iter().map(|row| row.document_id).collect();
    let before = tx.in_inbox(school, &ids).await?;
    let people = people(tx, school).await?;
    for row in reports {
        if before.contains(&row.document_id) {
            continue;
        }
        let about = (row.document_id, row.author_id, row.received_at_ms);
        let report = Unopened::new(about, false, &row.content)?;
        tell(tx, school, &report.for_whom(&people), now_ms).await?;
    }
    Ok(())
}

/// Something came to a school owner.
pub async fn arrived_at_owner(tx: &mut Tx, owner: SchoolId, now_ms: i64) -> Result<(), StoreError> {
    let people = people(tx, owner).await?;
    let reads = |who: &&SignedIn| may(who, Verb::Read, Resource::OwnerReports);
    let readers: Vec<StaffId> = people.iter().filter(reads).map(|who| who.staff).collect();
    tell(tx, owner, &readers, now_ms).await
}

pub(super) async fn tell(
    tx: &mut Tx,
    school: SchoolId,
    people: &[StaffId],
    now_ms: i64,
) -> Result<(), StoreError> {
    for staff in people {
        for kind in [NoticeKind::Waiting, NoticeKind::Push] {
            tx.want_notice((school, *staff), kind, now_ms, PAUSE_MS)
                .await?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::domain::StaffMember;

    const REPORTER: u128 = 9;

    fn person(id: u128, roles: &[Role]) -> SignedIn {
        let member = StaffMember {
            id: Uuid::from_u128(id).into(),
            name: String::new(),
            username: String::new(),
            roles: roles.to_vec(),
            status: AccountStatus::Active,
        };
        SignedIn::of_member(Uuid::from_u128(1).into(), member)
    }

    fn waits_for(is_escalated: bool, suspected: &[u128], people: &[SignedIn]) -> Vec<u128> {
        let report = Unopened {
            id: Uuid::from_u128(5).into(),
            reporter: Uuid::from_u128(REPORTER).into(),
            received_at_ms: 0,
            is_escalated,
            suspects_employee: !suspected.is_empty(),
            suspected: suspected
                .iter()
                .map(|id| Uuid::from_u128(*id).into())
                .collect(),
        };
        let waiting = report.for_whom(people);
        waiting.iter().map(|staff| staff.0.as_u128()).collect()
    }

    #[test]
    fn a_report_waits_for_the_principal_and_once_escalated_for_the_deputy() {
        let people = [
            person(1, &[Role::Principal]),
            person(2, &[Role::Deputy]),
            person(3, &[Role::DepartmentLead, Role::Administrator]),
            person(REPORTER, &[Role::DutyStaff]),
        ];
        assert_eq!(waits_for(false, &[], &people), [1]);
        assert_eq!(waits_for(true, &[], &people), [1, 2]);
    }

    #[test]
    fn it_never_waits_for_whoever_is_suspected_or_wrote_it() {
        let people = [person(1, &[Role::Principal]), person(2, &[Role::Deputy])];
        assert_eq!(
            waits_for(false, &[1], &people),
            [2],
            "nobody else receives it"
        );
        assert_eq!(waits_for(true, &[2], &people), [1]);
        assert!(waits_for(true, &[1, 2], &people).is_empty());
        let wrote = [
            person(REPORTER, &[Role::Principal]),
            person(2, &[Role::Deputy]),
        ];
        assert_eq!(waits_for(false, &[], &wrote), [2]);
    }
}
