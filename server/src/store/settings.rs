//! What a school decides for itself, stored as the JSON it is sent as.

use shared::domain::{self, Retention, SchoolId, SchoolSettings};

use super::{StoreError, Tx};

const RETENTION: &str = "retention";
const ESCALATE_AFTER_HOURS: &str = "escalate_after_hours";
const FEIDE_ORG: &str = "feide_org";
const HAS_FEIDE_CLASSES: &str = "has_feide_classes";

impl Tx {
    pub async fn settings(&mut self, school: SchoolId) -> Result<SchoolSettings, StoreError> {
        let (json,) = fetch_optional!(
            self,
            (String,),
            "select settings from school where id = $1",
            school.0
        )?
        .ok_or(StoreError::Unreadable("settings"))?;
        read(&json).map_err(|_| StoreError::Unreadable("settings"))
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

/// Settings from before there was a time to keep things have none, from before anything was escalated the ordinary time, and from
/// before Feide was asked for classes none of it.
fn read(json: &str) -> Result<SchoolSettings, serde_json::Error> {
    let mut settings: serde_json::Map<String, serde_json::Value> = serde_json::from_str(json)?;
    let since = [
        (RETENTION, serde_json::to_value(Retention::default())?),
        (ESCALATE_AFTER_HOURS, domain::ESCALATE_AFTER_HOURS.into()),
        (FEIDE_ORG, String::new().into()),
        (HAS_FEIDE_CLASSES, false.into()),
    ];
    for (field, at_first) in since {
        settings.entry(field).or_insert(at_first);
    }
    serde_json::from_value(settings.into())
}

pub(super) fn to_json(settings: &SchoolSettings) -> Result<String, StoreError> {
    serde_json::to_string(settings).map_err(|_| StoreError::Unreadable("settings"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::fixture;

    #[test]
    fn settings_of_an_earlier_version_keep_everything() {
        let mut before = serde_json::to_value(SchoolSettings::default()).unwrap();
        for field in [
            RETENTION,
            ESCALATE_AFTER_HOURS,
            FEIDE_ORG,
            HAS_FEIDE_CLASSES,
        ] {
            before.as_object_mut().unwrap().remove(field).unwrap();
        }
        assert_eq!(
            read(&before.to_string()).unwrap(),
            SchoolSettings::default()
        );
    }

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
            assert_eq!(tx.school_state(yard.school).await.unwrap().unwrap().version, 2);
        }
    }
}
