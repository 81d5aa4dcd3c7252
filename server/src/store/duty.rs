//! The yard and the duty plan: zones, recesses, and who is where.

use shared::domain::{Duty, Recess, SchoolId, StaffId, Zone};
use uuid::Uuid;

use super::{StoreError, Tx};

impl Tx {
    /// In the order the school gave them.
    pub async fn zones(&mut self, school: SchoolId) -> Result<Vec<Zone>, StoreError> {
        let rows = fetch_all!(
            self,
            (Uuid, String),
            "select id, name from zone where school_id = $1 order by position, id",
            school.0
        )?;
        Ok(rows
            .into_iter()
            .map(|(id, name)| Zone {
                id: id.into(),
                name,
            })
            .collect())
    }

    /// In the order of the day.
    pub async fn recesses(&mut self, school: SchoolId) -> Result<Vec<Recess>, StoreError> {
        let rows = fetch_all!(
            self,
            (Uuid, String, i32, i32),
            "select id, name, starts_at_min, ends_at_min from recess where school_id = $1 order by starts_at_min, ends_at_min, id",
            school.0
        )?;
        let recess = |(id, name, starts_at_min, ends_at_min): (Uuid, String, i32, i32)| Recess {
            id: id.into(),
            name,
            starts_at_min,
            ends_at_min,
        };
        Ok(rows.into_iter().map(recess).collect())
    }

    /// The whole plan, by weekday.
    pub async fn duties(&mut self, school: SchoolId) -> Result<Vec<Duty>, StoreError> {
        let rows = fetch_all!(
            self,
            (Uuid, Uuid, Uuid, i32),
            "select staff_id, recess_id, zone_id, weekday from duty where school_id = $1 order by weekday, recess_id, zone_id, staff_id",
            school.0
        )?;
        Ok(rows.into_iter().map(duty).collect())
    }

    /// One person's lines of the plan.
    pub async fn duties_of(
        &mut self,
        school: SchoolId,
        staff: StaffId,
    ) -> Result<Vec<Duty>, StoreError> {
        let rows = fetch_all!(
            self,
            (Uuid, Uuid, Uuid, i32),
            "select staff_id, recess_id, zone_id, weekday from duty where school_id = $1 and staff_id = $2 order by weekday, recess_id, zone_id",
            school.0,
            staff.0
        )?;
        Ok(rows.into_iter().map(duty).collect())
    }

    pub async fn add_zones(&mut self, school: SchoolId, zones: &[Zone]) -> Result<(), StoreError> {
        let placed: Vec<(i32, &Zone)> = (0..).zip(zones).collect();
        insert_rows!(
            self,
            "insert into zone (school_id, position, id, name)",
            placed,
            |(position, zone)| [school.0, *position, zone.id.0, &zone.name],
            ""
        )?;
        Ok(())
    }

    pub async fn add_recesses(
        &mut self,
        school: SchoolId,
        recesses: &[Recess],
    ) -> Result<(), StoreError> {
        insert_rows!(
            self,
            "insert into recess (school_id, id, name, starts_at_min, ends_at_min)",
            recesses,
            |recess| [
                school.0,
                recess.id.0,
                &recess.name,
                recess.starts_at_min,
                recess.ends_at_min
            ],
            ""
        )?;
        Ok(())
    }

    pub async fn add_duties(
        &mut self,
        school: SchoolId,
        duties: &[Duty],
    ) -> Result<(), StoreError> {
        insert_rows!(
            self,
            "insert into duty (school_id, staff_id, recess_id, zone_id, weekday)",
            duties,
            |duty| [
                school.0,
                duty.staff.0,
                duty.recess.0,
                duty.zone.0,
                duty.weekday
            ],
            "on conflict (school_id, staff_id, recess_id, zone_id, weekday) do nothing"
        )?;
        Ok(())
    }
}

fn duty((staff, recess, zone, weekday): (Uuid, Uuid, Uuid, i32)) -> Duty {
    Duty {
        staff: staff.into(),
        recess: recess.into(),
        zone: zone.into(),
        weekday,
    }
}

#[cfg(test)]
mod tests {
    use crate::store::fixture;

    on_both! {
        async fn a_duty_said_twice_stands_once(store: Store) {
            let yard = fixture::school(&store).await;
            let mut tx = store.write().await.unwrap();
            let duties = tx.duties(yard.school).await.unwrap();
            tx.add_duties(yard.school, &duties).await.unwrap();
            assert_eq!(tx.duties_of(yard.school, yard.teacher).await.unwrap(), duties);
            assert!(tx.duties_of(yard.school, yard.principal).await.unwrap().is_empty());
        }
    }
}
