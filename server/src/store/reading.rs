//! The record as pages show it: its parts, newest first, and who has read about one pupil.

use shared::api;
use shared::domain::{AuditAct, AuditPart, PupilId, SchoolId, StaffId};
use uuid::Uuid;

use super::{StoreError, Tx};

row! {
    struct ReadingRow {
        seq: i64,
        at_ms: i64,
        staff_id: Option<Uuid>,
        staff_name: Option<String>,
        act: String,
        detail: String,
        given_name: Option<String>,
        family_name: Option<String>,
        subject_name: Option<String>,
    }
}

impl Tx {
    /// The newest rows of a part.
    pub async fn readings(
        &mut self,
        school: SchoolId,
        part: AuditPart,
        limit: i64,
    ) -> Result<Vec<api::Reading>, StoreError> {
        let of_part = |act: &&AuditAct| act.part() == Some(part);
        let acts: Vec<&str> = AuditAct::ALL
            .iter()
            .filter(of_part)
            .map(AuditAct::as_str)
            .collect();
        let mut rows = fetch_list!(
            self,
            ReadingRow,
            "select a.seq, a.at_ms, a.staff_id, s.name as staff_name, a.act, a.detail, coalesce(p.shown_as, p.given_name) as given_name,
                 case when p.shown_as is null then p.family_name else '' end as family_name,
                 o.name as subject_name
             from audit a
             left join staff s on s.school_id = a.school_id and s.id = a.staff_id
             left join pupil p on p.school_id = a.school_id and p.id = a.pupil_id
             left join staff o on o.school_id = a.school_id and o.id = a.subject_id
             where a.school_id = $1 and a.act in ({list}) order by a.seq desc limit $2",
            [school.0, limit],
            acts
        )?;
        rows.truncate(usize::try_from(limit).unwrap_or_default());
        Ok(rows.into_iter().map(reading).collect())
    }

    /// When a person's way of signing in was set anew after this time, the newest first.
    pub async fn resets(
        &mut self,
        school: SchoolId,
        staff: StaffId,
        after_ms: i64,
        limit: i64,
    ) -> Result<Vec<i64>, StoreError> {
        let rows = fetch_all!(
            self,
            (i64,),
            "select at_ms from audit where school_id = $1 and subject_id = $2 and (act = $3 or act = $6) and at_ms > $4 order by seq desc limit $5",
            school.0,
            staff.0,
            AuditAct::ResetSignIn.as_str(),
            after_ms,
            limit,
            AuditAct::AddedPasskey.as_str()
        )?;
        Ok(rows.into_iter().map(|(at_ms,)| at_ms).collect())
    }

    /// The newest readings of what is written about a pupil: the log, entries, reports.
    pub async fn readings_about(
        &mut self,
        school: SchoolId,
        pupil: PupilId,
        limit: i64,
    ) -> Result<Vec<api::Reading>, StoreError> {
        let rows = fetch_all!(
            self,
            ReadingRow,
            "select a.seq, a.at_ms, a.staff_id, s.name as staff_name, a.act, a.detail, coalesce(p.shown_as, p.given_name) as given_name,
                 case when p.shown_as is null then p.family_name else '' end as family_name,
                 o.name as subject_name
             from audit a
             left join staff s on s.school_id = a.school_id and s.id = a.staff_id
             left join pupil p on p.school_id = a.school_id and p.id = a.pupil_id
             left join staff o on o.school_id = a.school_id and o.id = a.subject_id
             where a.school_id = $1 and a.pupil_id = $2 and a.act in ($3, $4, $5) order by a.seq desc limit $6",
            school.0,
            pupil.0,
            AuditAct::ReadPupilLog.as_str(),
            AuditAct::ReadEntry.as_str(),
            AuditAct::ReadReport.as_str(),
            limit
        )?;
        Ok(rows.into_iter().map(reading).collect())
    }
}

fn reading(row: ReadingRow) -> api::Reading {
    api::Reading {
        seq: row.seq,
        at_ms: row.at_ms,
        staff: row.staff_id.map(Into::into),
        staff_name: row.staff_name.unwrap_or_default(),
        what: AuditAct::from(row.act.as_str()),
        pupil_name: row
            .given_name
            .zip(row.family_name)
            .map(|(given, family)| format!("{given} {family}").trim_end().to_owned()),
        subject_name: row.subject_name,
        // Hashes are for whoever verifies.
        detail: row.detail.split('=').next().unwrap_or_default().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use shared::audit::AuditEvent;

    use super::*;
    use crate::store::fixture;

    on_both! {
        async fn each_part_comes_newest_first_with_the_names_of_pupil_and_people(store: Store) {
            let yard = fixture::school(&store).await;
            let mut tx = store.write().await.unwrap();
            let by = |act, at_ms| AuditEvent::by(yard.principal, Uuid::from_u128(9).into(), act, at_ms);
            tx.record(yard.school, by(AuditAct::ReadPupilLog, 1).pupil(Some(yard.pupil)));
            tx.record(yard.school, by(AuditAct::ReadReport, 2));
            tx.record(yard.school, by(AuditAct::InvitedToAccount, 3).subject(yard.teacher.0));
            tx.record(yard.school, by(AuditAct::Erased, 4).detail("order=00,11"));
            tx.record(yard.school, AuditEvent::unsigned(AuditAct::ComputedAnew, 5));
            tx.record(yard.school, by(AuditAct::SetAttention, 6).pupil(Some(yard.pupil)));
            tx.commit().await.unwrap();
            let mut tx = store.read().await.unwrap();
            let told = async |tx: &mut Tx, part| {
                let rows = tx.readings(yard.school, part, 500).await.unwrap();
                rows.into_iter().map(|it| (it.seq, it.what, it.pupil_name, it.subject_name, it.detail)).collect::<Vec<_>>()
            };
            let name = Some("Åse Østby Lien".to_owned());
            assert_eq!(told(&mut tx, AuditPart::Readings).await, [
                (2, AuditAct::ReadReport, None, None, String::new()),
                (1, AuditAct::ReadPupilLog, name.clone(), None, String::new()),
            ]);
            assert_eq!(told(&mut tx, AuditPart::SignIns).await, [
                (3, AuditAct::InvitedToAccount, None, Some("Ida Moen".into()), String::new()),
            ]);
            let changes = told(&mut tx, AuditPart::Changes).await;
            assert_eq!(changes.iter().map(|it| (it.0, it.4.as_str())).collect::<Vec<_>>(), [(6, ""), (5, ""), (4, "order")]);
            assert_eq!(tx.readings(yard.school, AuditPart::Changes, 1).await.unwrap().len(), 1);
            let mut tx = store.write().await.unwrap();
            tx.record(yard.school, AuditEvent::unsigned(AuditAct::ResetSignIn, 7).subject(yard.teacher.0));
            tx.record(yard.school, AuditEvent::unsigned(AuditAct::TookInvitation, 8).subject(yard.teacher.0));
            tx.commit().await.unwrap();
            let mut tx = store.read().await.unwrap();
            assert_eq!(tx.resets(yard.school, yard.teacher, 6, 9).await.unwrap(), [7]);
            assert!(tx.resets(yard.school, yard.teacher, 7, 9).await.unwrap().is_empty());
            assert!(tx.resets(yard.school, yard.principal, 0, 9).await.unwrap().is_empty());
            let about = tx.readings_about(yard.school, yard.pupil, 500).await.unwrap();
            assert_eq!(about.iter().map(|it| (it.seq, it.staff_name.as_str())).collect::<Vec<_>>(), [(1, "Per Vik")]);
        }
    }
}
