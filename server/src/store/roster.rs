//! Classes and pupils. A pupil is never deleted here: who has left the roster keeps the log.

use shared::domain::{Class, ClassId, Pupil, PupilId, SchoolId, StaffId, alphabetical};
use uuid::Uuid;

use super::{StoreError, Tx};

row! {
    /// A pupil with what only the desk and the roster need.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct PupilRow {
        pub id: Uuid,
        pub given_name: String,
        pub family_name: String,
        pub class_id: Option<Uuid>,
        pub external_id: Option<String>,
        pub search_key: String,
        pub left_at_ms: Option<i64>,
        pub attention_until_ms: Option<i64>,
        /// The name that is shown of a protected pupil.
        pub shown_as: Option<String>,
    }
}

impl PupilRow {
    /// As the phone knows the pupil.
    pub fn pupil(&self) -> Pupil {
        Pupil {
            id: PupilId(self.id),
            given_name: self.given_name.clone(),
            family_name: self.family_name.clone(),
            class: self.shown_class(),
        }
    }

    /// The class that the pupil goes in now; none of one who has left, whose class is others' after the summer.
    pub fn current_class(&self) -> Option<ClassId> {
        self.class_id
            .filter(|_| self.left_at_ms.is_none())
            .map(ClassId)
    }

    /// The class as it is shown; none of a protected pupil.
    pub fn shown_class(&self) -> Option<ClassId> {
        self.class_id
            .filter(|_| self.shown_as.is_none())
            .map(ClassId)
    }

    /// A protected pupil under the name that the school has decided on: the roster's goes nowhere.
    fn shown(self) -> PupilRow {
        match &self.shown_as {
            None => self,
            Some(name) => PupilRow {
                given_name: name.clone(),
                family_name: String::new(),
                ..self
            },
        }
    }

    /// Until when sharpened attention applies, if it applies now.
    pub fn attention_at(&self, now_ms: i64) -> Option<i64> {
        self.attention_until_ms
            .filter(|until_ms| *until_ms > now_ms)
    }
}

impl Tx {
    /// Every class there has been, by grade.
    pub async fn classes(&mut self, school: SchoolId) -> Result<Vec<Class>, StoreError> {
        let rows = fetch_all!(
            self,
            (Uuid, String, i32),
            "select id, name, grade from class where school_id = $1 order by grade, name, id",
            school.0
        )?;
        Ok(rows
            .into_iter()
            .map(|(id, name, grade)| Class {
                id: id.into(),
                name,
                grade,
            })
            .collect())
    }

    /// Those who go here now, in the order of their names.
    pub async fn pupils(&mut self, school: SchoolId) -> Result<Vec<Pupil>, StoreError> {
        let rows = self.roster(school).await?;
        let mut pupils: Vec<Pupil> = rows
            .into_iter()
            .filter(|row| row.left_at_ms.is_none())
            .map(|row| row.shown().pupil())
            .collect();
        pupils.sort_by_cached_key(|it| {
            (
                alphabetical(&it.given_name),
                alphabetical(&it.family_name),
                it.id,
            )
        });
        Ok(pupils)
    }

    /// Everybody by the names of the roster, those who have left and the protected among them: for importing a roster and nothing else.
    pub async fn roster(&mut self, school: SchoolId) -> Result<Vec<PupilRow>, StoreError> {
        fetch_all!(
            self,
            PupilRow,
            "select id, given_name, family_name, class_id, external_id, search_key, left_at_ms, attention_until_ms, shown_as
             from pupil where school_id = $1 order by id",
            school.0
        )
    }

    /// One pupil of this school, also one who has left.
    pub async fn pupil(
        &mut self,
        school: SchoolId,
        pupil: PupilId,
    ) -> Result<Option<PupilRow>, StoreError> {
        let row = fetch_optional!(
            self,
            PupilRow,
            "select id, given_name, family_name, class_id, external_id, search_key, left_at_ms, attention_until_ms, shown_as
             from pupil where school_id = $1 and id = $2",
            school.0,
            pupil.0
        )?;
        Ok(row.map(PupilRow::shown))
    }

    /// These pupils of this school, in no order; ids of others are passed over.
    pub async fn pupils_by_id(
        &mut self,
        school: SchoolId,
        pupils: &[PupilId],
    ) -> Result<Vec<PupilRow>, StoreError> {
        let ids: Vec<Uuid> = pupils.iter().map(|pupil| pupil.0).collect();
        let rows = fetch_list!(
            self,
            PupilRow,
            "select id, given_name, family_name, class_id, external_id, search_key, left_at_ms, attention_until_ms, shown_as
             from pupil where school_id = $1 and id in ({list})",
            [school.0],
            ids
        )?;
        Ok(rows.into_iter().map(PupilRow::shown).collect())
    }

    pub async fn roster_salt(&mut self, school: SchoolId) -> Result<Vec<u8>, StoreError> {
        let found = fetch_optional!(
            self,
            (Vec<u8>,),
            "select roster_salt from school where id = $1",
            school.0
        )?;
        found
            .map(|(salt,)| salt)
            .ok_or(StoreError::Unreadable("school"))
    }

    pub async fn add_classes(
        &mut self,
        school: SchoolId,
        classes: &[Class],
    ) -> Result<(), StoreError> {
        insert_rows!(
            self,
            "insert into class (school_id, id, name, grade)",
            classes,
            |class| [school.0, class.id.0, &class.name, class.grade],
            "on conflict (school_id, name) do update set grade = excluded.grade"
        )?;
        Ok(())
    }

    /// New pupils, and new names, classes and ids of known ones; sharpened attention stays as it is.
    pub async fn save_pupils(
        &mut self,
        school: SchoolId,
        pupils: &[PupilRow],
    ) -> Result<(), StoreError> {
        insert_rows!(
            self,
            "insert into pupil (school_id, id, given_name, family_name, class_id, external_id, search_key, left_at_ms)",
            pupils,
            |row| [school.0, row.id, &row.given_name, &row.family_name, row.class_id, &row.external_id, &row.search_key, row.left_at_ms],
            "on conflict (school_id, id) do update set given_name = excluded.given_name, family_name = excluded.family_name,
             class_id = excluded.class_id, external_id = excluded.external_id, search_key = excluded.search_key,
             left_at_ms = excluded.left_at_ms"
        )?;
        Ok(())
    }

    /// Decides under which name a protected pupil is shown, or ends the protection; false if there is no such pupil.
    pub async fn set_shown_as(
        &mut self,
        school: SchoolId,
        pupil: PupilId,
        shown_as: Option<&str>,
    ) -> Result<bool, StoreError> {
        let touched = execute!(
            self,
            "update pupil set shown_as = $3 where school_id = $1 and id = $2",
            school.0,
            pupil.0,
            shown_as
        )?;
        Ok(touched == 1)
    }

    /// Sets or ends sharpened attention; false if there is no such pupil.
    pub async fn set_attention(
        &mut self,
        school: SchoolId,
        pupil: PupilId,
        until_ms: Option<i64>,
        by: StaffId,
    ) -> Result<bool, StoreError> {
        let touched = execute!(
            self,
            "update pupil set attention_until_ms = $3, attention_set_by = $4 where school_id = $1 and id = $2",
            school.0,
            pupil.0,
            until_ms,
            by.0
        )?;
        Ok(touched == 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::fixture;

    on_both! {
        async fn a_pupil_who_left_is_no_longer_listed_but_still_found(store: Store) {
            let yard = fixture::school(&store).await;
            let mut tx = store.write().await.unwrap();
            let mut row = tx.pupil(yard.school, yard.pupil).await.unwrap().unwrap();
            row.left_at_ms = Some(7);
            tx.save_pupils(yard.school, &[row.clone()]).await.unwrap();
            assert_eq!(tx.pupils(yard.school).await.unwrap().len(), 1);
            assert_eq!(tx.pupils_by_id(yard.school, &[yard.pupil]).await.unwrap(), [row]);
            assert!(tx.pupils_by_id(yard.school, &[]).await.unwrap().is_empty());
            assert!(tx.pupil(Uuid::new_v4().into(), yard.pupil).await.unwrap().is_none());
        }

        async fn a_new_roster_leaves_sharpened_attention_as_it_is(store: Store) {
            let yard = fixture::school(&store).await;
            let mut tx = store.write().await.unwrap();
            assert!(tx.set_attention(yard.school, yard.pupil, Some(100), yard.principal).await.unwrap());
            let row = tx.pupil(yard.school, yard.pupil).await.unwrap().unwrap();
            tx.save_pupils(yard.school, &[PupilRow { attention_until_ms: None, ..row }]).await.unwrap();
            let row = tx.pupil(yard.school, yard.pupil).await.unwrap().unwrap();
            assert_eq!((row.attention_at(99), row.attention_at(100)), (Some(100), None));
            assert!(!tx.set_attention(yard.school, Uuid::new_v4().into(), None, yard.principal).await.unwrap());
        }

        async fn a_protected_pupil_is_shown_as_was_decided_and_stays_so_when_a_roster_comes(store: Store) {
            let yard = fixture::school(&store).await;
            let mut tx = store.write().await.unwrap();
            let own = tx.pupil(yard.school, yard.pupil).await.unwrap().unwrap();
            assert!(tx.set_shown_as(yard.school, yard.pupil, Some("Elev Å")).await.unwrap());
            assert!(!tx.set_shown_as(yard.school, Uuid::new_v4().into(), Some("Elev Å")).await.unwrap());
            tx.save_pupils(yard.school, std::slice::from_ref(&own)).await.unwrap();
            for row in [tx.pupil(yard.school, yard.pupil).await.unwrap().unwrap(), tx.pupils_by_id(yard.school, &[yard.pupil]).await.unwrap().remove(0)] {
                assert_eq!((row.given_name.as_str(), row.family_name.as_str(), row.shown_class(), row.class_id), ("Elev Å", "", None, own.class_id));
            }
            let shown = tx.pupils(yard.school).await.unwrap().into_iter().find(|it| it.id == yard.pupil).unwrap();
            assert_eq!((shown.given_name.as_str(), shown.class), ("Elev Å", None));
            assert!(tx.roster(yard.school).await.unwrap().iter().any(|row| row.given_name == own.given_name));
            tx.set_shown_as(yard.school, yard.pupil, None).await.unwrap();
            assert_eq!(tx.pupil(yard.school, yard.pupil).await.unwrap().unwrap(), own);
        }

        async fn a_class_named_again_keeps_its_id(store: Store) {
            let yard = fixture::school(&store).await;
            let mut tx = store.write().await.unwrap();
            tx.add_classes(yard.school, &[Class { id: Uuid::new_v4().into(), name: "5A".into(), grade: 6 }]).await.unwrap();
            assert_eq!(tx.classes(yard.school).await.unwrap(), [Class { id: yard.class, name: "5A".into(), grade: 6 }]);
            assert_eq!(tx.roster_salt(yard.school).await.unwrap().len(), 16);
        }
    }
}
