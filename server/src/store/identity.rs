//! Who somebody is at an OpenID provider (issuer and subject, never an e-mail address), and ways there and back that are under
//! way. Of a way's token only the hash is here.

use shared::domain::{AccountStatus, SchoolId, StaffId};
use uuid::Uuid;

use super::{StoreError, Tx};

/// Most ways under way at once; beyond it the oldest are given up.
const MAX_FLOWS: i64 = 5_000;

/// A way to the provider and back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flow {
    pub started_at_ms: i64,
    pub invitation_hash: Option<[u8; 32]>,
    pub is_again: bool,
    pub shown: Option<ShownIdentity>,
}

/// Who the provider has said that it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownIdentity {
    pub issuer: String,
    pub subject: String,
    /// The school whose invitation has just bound it; otherwise every school where it is bound.
    pub school: Option<SchoolId>,
    /// When they showed it there.
    pub at_ms: i64,
    /// What the provider has said of their groups, as `auth::Groups` writes it.
    pub groups: Option<String>,
}

row! {
    struct FlowRow {
        started_at_ms: i64,
        invitation_hash: Option<Vec<u8>>,
        is_again: bool,
        issuer: Option<String>,
        subject: Option<String>,
        school_id: Option<Uuid>,
        shown_at_ms: i64,
        groups: Option<String>,
    }
}

impl Tx {
    /// The open accounts of an identity: one at each school, in the order of the schools' names.
    pub async fn accounts_of_identity(
        &mut self,
        issuer: &str,
        subject: &str,
    ) -> Result<Vec<(SchoolId, StaffId, String)>, StoreError> {
        let found = fetch_all!(
            self,
            (Uuid, Uuid, String),
            "select i.school_id, i.staff_id, s.name from staff_identity i
             join staff p on p.school_id = i.school_id and p.id = i.staff_id
             join school s on s.id = i.school_id
             where i.issuer = $1 and i.subject = $2 and p.status = $3",
            issuer,
            subject,
            AccountStatus::Active.as_str()
        )?;
        let mut found: Vec<_> = found
            .into_iter()
            .map(|(school, staff, name)| (school.into(), staff.into(), name))
            .collect();
        found.sort_by_key(|(_, _, name)| name.to_lowercase());
        Ok(found)
    }

    /// Ties an identity to a person, who has no other at that provider from then on. False if it is somebody else's at that school.
    pub async fn bind_identity(
        &mut self,
        (issuer, subject): (&str, &str),
        (school, staff): (SchoolId, StaffId),
        now_ms: i64,
    ) -> Result<bool, StoreError> {
        execute!(
            self,
            "delete from staff_identity where school_id = $1 and staff_id = $2 and issuer = $3",
            school.0,
            staff.0,
            issuer
        )?;
        let bound = execute!(
            self,
            "insert into staff_identity (issuer, subject, school_id, staff_id, bound_at_ms) values ($1, $2, $3, $4, $5)
             on conflict (issuer, subject, school_id) do nothing",
            issuer,
            subject,
            school.0,
            staff.0,
            now_ms
        )?;
        Ok(bound == 1)
    }

    /// Begins a way; those from before this time are given up.
    pub async fn begin_flow(
        &mut self,
        token_hash: &[u8; 32],
        flow: &Flow,
        before_ms: i64,
    ) -> Result<(), StoreError> {
        execute!(
            self,
            "delete from feide_flow where started_at_ms < $1",
            before_ms
        )?;
        execute!(
            self,
            "delete from feide_flow where token_hash in
             (select token_hash from feide_flow order by started_at_ms desc, token_hash limit $1 offset $1)",
            MAX_FLOWS
        )?;
        let shown = flow.shown.as_ref();
        execute!(
            self,
            "insert into feide_flow (token_hash, started_at_ms, invitation_hash, is_again, issuer, subject, school_id, shown_at_ms, groups)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            &token_hash[..],
            flow.started_at_ms,
            flow.invitation_hash.as_ref().map(|hash| &hash[..]),
            flow.is_again,
            shown.map(|shown| shown.issuer.as_str()),
            shown.map(|shown| shown.subject.as_str()),
            shown.and_then(|shown| shown.school).map(|school| school.0),
            shown.map_or(0, |shown| shown.at_ms),
            shown.and_then(|shown| shown.groups.as_deref())
        )?;
        Ok(())
    }

    /// The way of a token; it is there once.
    pub async fn take_flow(&mut self, token_hash: &[u8; 32]) -> Result<Option<Flow>, StoreError> {
        let found = fetch_optional!(
            self,
            FlowRow,
            "delete from feide_flow where token_hash = $1
             returning started_at_ms, invitation_hash, is_again, issuer, subject, school_id, shown_at_ms, groups",
            &token_hash[..]
        )?;
        let flow = |row: FlowRow| Flow {
            started_at_ms: row.started_at_ms,
            invitation_hash: row.invitation_hash.and_then(|hash| hash.try_into().ok()),
            is_again: row.is_again,
            shown: row
                .issuer
                .zip(row.subject)
                .map(|(issuer, subject)| ShownIdentity {
                    issuer,
                    subject,
                    school: row.school_id.map(SchoolId::from),
                    at_ms: row.shown_at_ms,
                    groups: row.groups,
                }),
        };
        Ok(found.map(flow))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::store::fixture;

    const ISSUER: &str = "https://provider.example";

    async fn accounts(tx: &mut Tx, issuer: &str, subject: &str) -> BTreeSet<(SchoolId, StaffId)> {
        let found = tx.accounts_of_identity(issuer, subject).await.unwrap();
        people(found.into_iter().map(|(school, staff, _)| (school, staff)))
    }

    fn people(
        those: impl IntoIterator<Item = (SchoolId, StaffId)>,
    ) -> BTreeSet<(SchoolId, StaffId)> {
        those.into_iter().collect()
    }

    on_both! {
        async fn an_identity_is_one_persons_at_a_school_and_a_person_has_one(store: Store) {
            let yard = fixture::school(&store).await;
            let other = fixture::school(&store).await;
            let mut tx = store.write().await.unwrap();
            let (ida, per) = ((yard.school, yard.teacher), (yard.school, yard.principal));
            let elsewhere = (other.school, other.teacher);
            assert!(tx.bind_identity((ISSUER, "1"), ida, 0).await.unwrap());
            assert!(!tx.bind_identity((ISSUER, "1"), per, 0).await.unwrap());
            assert!(tx.bind_identity((ISSUER, "1"), elsewhere, 0).await.unwrap());
            assert_eq!(accounts(&mut tx, ISSUER, "1").await, people([ida, elsewhere]));
            assert_eq!(accounts(&mut tx, "https://other.example", "1").await, people([]));
            assert!(tx.bind_identity((ISSUER, "2"), ida, 0).await.unwrap());
            assert_eq!(accounts(&mut tx, ISSUER, "1").await, people([elsewhere]));
            assert!(tx.can_sign_in(yard.school, yard.teacher).await.unwrap());
        }

        async fn a_way_is_taken_once_and_given_up_in_time(store: Store) {
            let yard = fixture::school(&store).await;
            let mut tx = store.write().await.unwrap();
            let begun = Flow { started_at_ms: 5, invitation_hash: Some([9; 32]), is_again: true, shown: None };
            let identity = ShownIdentity { issuer: ISSUER.into(), subject: "1".into(), school: Some(yard.school), at_ms: 4, groups: Some("{}".into()) };
            let shown = Flow { shown: Some(identity), invitation_hash: None, is_again: false, ..begun.clone() };
            tx.begin_flow(&[1; 32], &begun, 0).await.unwrap();
            tx.begin_flow(&[2; 32], &shown, 5).await.unwrap();
            assert_eq!(tx.take_flow(&[1; 32]).await.unwrap(), Some(begun.clone()));
            assert_eq!(tx.take_flow(&[1; 32]).await.unwrap(), None);
            tx.begin_flow(&[3; 32], &begun, 5).await.unwrap();
            assert_eq!(tx.take_flow(&[2; 32]).await.unwrap(), Some(shown));
            tx.begin_flow(&[4; 32], &begun, 6).await.unwrap();
            assert_eq!(tx.take_flow(&[3; 32]).await.unwrap(), None);
        }
    }
}
