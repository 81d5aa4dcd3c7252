//! Who somebody is at an OpenID provider (issuer and subject, never an e-mail address), and ways there and back that are under
//! way. Of a way's token only the hash is here.

use shared::domain::{SchoolId, StaffId};
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
    /// Once the provider has said who it is: the person, and when they showed it there.
    pub shown: Option<(SchoolId, StaffId, i64)>,
}

row! {
    struct FlowRow {
        started_at_ms: i64,
        invitation_hash: Option<Vec<u8>>,
        is_again: bool,
        school_id: Option<Uuid>,
        staff_id: Option<Uuid>,
        shown_at_ms: i64,
    }
}

impl Tx {
    /// Whose identity it is.
    pub async fn staff_of_identity(
        &mut self,
        issuer: &str,
        subject: &str,
    ) -> Result<Option<(SchoolId, StaffId)>, StoreError> {
        let found = fetch_optional!(
            self,
            (Uuid, Uuid),
            "select school_id, staff_id from staff_identity where issuer = $1 and subject = $2",
            issuer,
            subject
        )?;
        Ok(found.map(|(school, staff)| (school.into(), staff.into())))
    }

    /// Ties an identity to a person, who has no other at that provider from then on. False if it is somebody else's.
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
             on conflict (issuer, subject) do nothing",
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
        let (school, staff, shown_at_ms) = match flow.shown {
            Some((school, staff, at_ms)) => (Some(school.0), Some(staff.0), at_ms),
            None => (None, None, 0),
        };
        execute!(
            self,
            "insert into feide_flow (token_hash, started_at_ms, invitation_hash, is_again, school_id, staff_id, shown_at_ms)
             values ($1, $2, $3, $4, $5, $6, $7)",
            &token_hash[..],
            flow.started_at_ms,
            flow.invitation_hash.as_ref().map(|hash| &hash[..]),
            flow.is_again,
            school,
            staff,
            shown_at_ms
        )?;
        Ok(())
    }

    /// The way of a token; it is there once.
    pub async fn take_flow(&mut self, token_hash: &[u8; 32]) -> Result<Option<Flow>, StoreError> {
        let found = fetch_optional!(
            self,
            FlowRow,
            "delete from feide_flow where token_hash = $1
             returning started_at_ms, invitation_hash, is_again, school_id, staff_id, shown_at_ms",
            &token_hash[..]
        )?;
        let flow = |row: FlowRow| Flow {
            started_at_ms: row.started_at_ms,
            invitation_hash: row.invitation_hash.and_then(|hash| hash.try_into().ok()),
            is_again: row.is_again,
            shown: row
                .school_id
                .zip(row.staff_id)
                .map(|(school, staff)| (school.into(), staff.into(), row.shown_at_ms)),
        };
        Ok(found.map(flow))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::fixture;

    const ISSUER: &str = "https://provider.example";

    on_both! {
        async fn an_identity_is_one_persons_and_a_person_has_one(store: Store) {
            let yard = fixture::school(&store).await;
            let mut tx = store.write().await.unwrap();
            let (ida, per) = ((yard.school, yard.teacher), (yard.school, yard.principal));
            assert!(tx.bind_identity((ISSUER, "1"), ida, 0).await.unwrap());
            assert!(!tx.bind_identity((ISSUER, "1"), per, 0).await.unwrap());
            assert_eq!(tx.staff_of_identity(ISSUER, "1").await.unwrap(), Some(ida));
            assert_eq!(tx.staff_of_identity("https://other.example", "1").await.unwrap(), None);
            assert!(tx.bind_identity((ISSUER, "2"), ida, 0).await.unwrap());
            assert_eq!(tx.staff_of_identity(ISSUER, "1").await.unwrap(), None);
            assert!(tx.can_sign_in(yard.school, yard.teacher).await.unwrap());
        }

        async fn a_way_is_taken_once_and_given_up_in_time(store: Store) {
            let yard = fixture::school(&store).await;
            let mut tx = store.write().await.unwrap();
            let begun = Flow { started_at_ms: 5, invitation_hash: Some([9; 32]), is_again: true, shown: None };
            let shown = Flow { shown: Some((yard.school, yard.teacher, 4)), invitation_hash: None, is_again: false, ..begun.clone() };
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
