//! The school itself, its version, and all that a phone keeps of it.

use std::collections::BTreeSet;

use shared::api::{Colleague, School};
use shared::domain::{ClassId, SchoolId, SchoolSettings, StaffId};
use uuid::Uuid;

use super::{StoreError, Tx};

/// More commits than a school makes between a backup and its restoring; 2^53, beyond which JavaScript counts no more, is nine
/// million leaps away.
pub const EPOCH_LEAP: i64 = 1_000_000_000;

/// A school as it is founded.
#[derive(Debug)]
pub struct NewSchool {
    pub id: SchoolId,
    pub name: String,
    /// Any word that no earlier database of this school had.
    pub epoch: String,
    pub roster_salt: [u8; 16],
}

row! {
    /// Where a school stands.
    #[derive(Debug)]
    pub struct SchoolState {
        /// Of what it administers.
        pub version: i64,
        pub epoch: String,
        /// The last commit number.
        pub head: i64,
    }
}

impl Tx {
    pub async fn create_school(&mut self, new: &NewSchool) -> Result<(), StoreError> {
        let settings = super::settings::to_json(&SchoolSettings::default())?;
        execute!(
            self,
            "insert into school (id, name, epoch, settings, roster_salt) values ($1, $2, $3, $4, $5)",
            new.id.0,
            &new.name,
            &new.epoch,
            &settings,
            &new.roster_salt[..]
        )?;
        self.begin_audit(new.id).await
    }

    /// Every school that this server serves; no owner among them.
    pub async fn schools(&mut self) -> Result<Vec<(SchoolId, String)>, StoreError> {
        let rows = fetch_all!(
            self,
            (Uuid, String),
            "select id, name from school where not exists (select 1 from owner o where o.school_id = school.id) order by id"
        )?;
        Ok(rows
            .into_iter()
            .map(|(id, name)| (id.into(), name))
            .collect())
    }

    /// What a school or an owner is called.
    pub async fn school_name(&mut self, school: SchoolId) -> Result<Option<String>, StoreError> {
        let found = fetch_optional!(
            self,
            (String,),
            "select name from school where id = $1",
            school.0
        )?;
        Ok(found.map(|(name,)| name))
    }

    /// Where the school stands, if there is such a school.
    pub async fn school_state(
        &mut self,
        school: SchoolId,
    ) -> Result<Option<SchoolState>, StoreError> {
        fetch_optional!(
            self,
            SchoolState,
            "select version, epoch, head from school where id = $1",
            school.0
        )
    }

    /// Tells the phones of every school that the database was restored from a backup. Commit numbers go on beyond all that
    /// were given in the time that was lost: a phone that had read those must not take new ones for them.
    pub async fn begin_epoch(&mut self, epoch: &str) -> Result<(), StoreError> {
        execute!(
            self,
            "update school set epoch = $1, head = head + $2",
            epoch,
            EPOCH_LEAP
        )?;
        Ok(())
    }

    /// Phones fetch the school again: call it in the transaction that changed something of `school`.
    pub async fn bump_school_version(&mut self, school: SchoolId) -> Result<(), StoreError> {
        execute!(
            self,
            "update school set version = version + 1 where id = $1",
            school.0
        )?;
        Ok(())
    }

    /// What the phone keeps of the school: names and classes, the yard and the plan. Classes that nobody goes to now are
    /// left out.
    pub async fn school(
        &mut self,
        school: SchoolId,
        own_classes: &[ClassId],
    ) -> Result<Option<School>, StoreError> {
        let Some(SchoolState { version, .. }) = self.school_state(school).await? else {
            return Ok(None);
        };
        let settings = self.settings(school).await?;
        let (owner_name, owner_phone, owner_key) = match self.owner_of(school).await? {
            Some((owner, name, phone)) => (name, phone, self.owner_keys(owner).await?.pop()),
            None => (settings.owner_name, settings.owner_phone, None),
        };
        let pupils = self.pupils(school).await?;
        let in_use: BTreeSet<ClassId> = pupils.iter().filter_map(|pupil| pupil.class).collect();
        let mut classes = self.classes(school).await?;
        classes.retain(|class| in_use.contains(&class.id));
        Ok(Some(School {
            version,
            classes,
            pupils,
            zones: self.zones(school).await?,
            recesses: self.recesses(school).await?,
            duties: self.duties(school).await?,
            staff: self.colleagues(school).await?,
            own_classes: own_classes
                .iter()
                .copied()
                .filter(|class| in_use.contains(class))
                .collect(),
            choices: settings.choices,
            owner_name,
            owner_phone,
            owner_key,
        }))
    }

    /// Names of all who work or have worked at the school: what they wrote stays.
    pub async fn colleagues(&mut self, school: SchoolId) -> Result<Vec<Colleague>, StoreError> {
        let rows = fetch_all!(
            self,
            (Uuid, String, Option<i64>),
            "select id, name, ends_at_ms from staff where school_id = $1 order by id",
            school.0
        )?;
        let leaders = self.leaders(school).await?;
        Ok(rows
            .into_iter()
            .map(|(id, name, ends_at_ms)| Colleague {
                id: StaffId(id),
                name,
                ends_at_ms,
                is_leader: leaders.contains(&StaffId(id)),
            })
            .collect())
    }
}

#[cfg(test)]
mod tests {
    use super::EPOCH_LEAP;
    use crate::store::fixture;

    on_both! {
        async fn a_school_is_founded_and_read_back(store: Store) {
            let yard = fixture::school(&store).await;
            let mut tx = store.read().await.unwrap();
            let found = tx.school(yard.school, &[yard.class]).await.unwrap().unwrap();
            assert_eq!(found.pupils.len(), 2);
            assert_eq!(found.own_classes, [yard.class]);
            assert_eq!(found.version, 1);
            assert_eq!(found.choices, shared::domain::Choice::built_in());
            assert_eq!((found.zones.len(), found.recesses.len(), found.duties.len()), (1, 1, 1));
            assert!(tx.school(uuid::Uuid::new_v4().into(), &[]).await.unwrap().is_none());
        }

        async fn a_new_epoch_is_begun_for_every_school(store: Store) {
            let yards = [fixture::school(&store).await, fixture::school(&store).await];
            let mut tx = store.write().await.unwrap();
            tx.begin_epoch("second").await.unwrap();
            for yard in yards {
                let found = tx.school_state(yard.school).await.unwrap().unwrap();
                assert_eq!((found.version, found.epoch.as_str(), found.head), (1, "second", EPOCH_LEAP));
                assert_eq!(tx.head(yard.school).await.unwrap(), EPOCH_LEAP);
            }
        }

        async fn a_bump_counts_only_when_it_is_committed(store: Store) {
            let yard = fixture::school(&store).await;
            let mut dropped = store.write().await.unwrap();
            dropped.bump_school_version(yard.school).await.unwrap();
            drop(dropped);
            let mut tx = store.write().await.unwrap();
            tx.bump_school_version(yard.school).await.unwrap();
            tx.commit().await.unwrap();
            let found = store.read().await.unwrap().school_state(yard.school).await.unwrap().unwrap();
            assert_eq!(found.version, 2);
        }
    }
}
