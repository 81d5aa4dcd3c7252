//! What a school decides for itself, stored as the JSON it is sent as.

use shared::domain::{SchoolId, SchoolSettings};

use super::{StoreError, Tx};

impl Tx {
    pub async fn settings(&mut self, school: SchoolId) -> Result<SchoolSettings, StoreError> {
        let (json,) = fetch_optional!(
            self,
            (String,),
            "select settings from school where id = $1",
            school.0
        )?
        .ok_or(StoreError::Unreadable("settings"))?;
        serde_json::from_str(&json).map_err(|_| StoreError::Unreadable("settings"))
    }

    pub async fn save_settings(
        &mut self,
        school: SchoolId,
        settings: &SchoolSettings,
    ) -> Result<(), StoreError> {
        let json = to_json(settings)?;
        execute!(
            self,
            "update school set settings = $2 where id = $1",
            school.0,
            &json
        )?;
        self.bump_school_version(school).await
    }
}

pub(super) fn to_json(settings: &SchoolSettings) -> Result<String, StoreError> {
    serde_json::to_string(settings).map_err(|_| StoreError::Unreadable("settings"))
}

#[cfg(test)]
mod tests {
    use crate::store::fixture;

    on_both! {
        async fn settings_read_back_as_they_were_saved(store: Store) {
            let yard = fixture::school(&store).await;
            let mut tx = store.write().await.unwrap();
            let mut settings = tx.settings(yard.school).await.unwrap();
            settings.owner_name = "Blåfjell kommune".into();
            settings.pattern.days = 21;
            tx.save_settings(yard.school, &settings).await.unwrap();
            tx.commit().await.unwrap();
            let mut tx = store.read().await.unwrap();
            assert_eq!(tx.settings(yard.school).await.unwrap(), settings);
            assert_eq!(tx.school_version(yard.school).await.unwrap().unwrap().0, 2);
        }
    }
}
