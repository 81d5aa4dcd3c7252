//! The projection of patterns: for each pupil the latest period in which the rule is met.

use shared::domain::{Pattern, PupilId, SchoolId};
use uuid::Uuid;

use super::{StoreError, Tx};

impl Tx {
    /// Replaces the patterns of these pupils; a pupil without one in `patterns` has none any more.
    pub async fn replace_patterns(
        &mut self,
        school: SchoolId,
        pupils: &[Uuid],
        patterns: &[Pattern],
    ) -> Result<(), StoreError> {
        execute_list!(
            self,
            "delete from pattern where school_id = $1 and pupil_id in ({list})",
            [school.0],
            pupils
        )?;
        let rows = patterns.iter().map(|p| {
            Ok((
                p,
                serde_json::to_string(p).map_err(|_| StoreError::Unreadable("pattern"))?,
            ))
        });
        let rows = rows.collect::<Result<Vec<_>, StoreError>>()?;
        insert_rows!(
            self,
            "insert into pattern (school_id, pupil_id, last_at_ms, content)",
            rows,
            |row| [school.0, row.0.pupil.0, row.0.last_at_ms, row.1.as_str()],
            ""
        )?;
        Ok(())
    }

    /// Patterns whose last entry happened at or after a time, newest first.
    pub async fn patterns_since(
        &mut self,
        school: SchoolId,
        since_ms: i64,
    ) -> Result<Vec<Pattern>, StoreError> {
        let rows = fetch_all!(
            self,
            (String,),
            "select content from pattern where school_id = $1 and last_at_ms >= $2 order by last_at_ms desc, pupil_id",
            school.0,
            since_ms
        )?;
        rows.into_iter().map(|(content,)| read(&content)).collect()
    }

    pub async fn pattern_of(
        &mut self,
        school: SchoolId,
        pupil: PupilId,
    ) -> Result<Option<Pattern>, StoreError> {
        let row = fetch_optional!(
            self,
            (String,),
            "select content from pattern where school_id = $1 and pupil_id = $2",
            school.0,
            pupil.0
        )?;
        row.map(|(content,)| read(&content)).transpose()
    }
}

fn read(content: &str) -> Result<Pattern, StoreError> {
    serde_json::from_str(content).map_err(|_| StoreError::Unreadable("pattern"))
}

#[cfg(test)]
mod tests {
    use shared::domain::PatternRule;

    use super::*;
    use crate::store::fixture;

    fn pattern(pupil: u128, last_at_ms: i64) -> Pattern {
        Pattern {
            pupil: Uuid::from_u128(pupil).into(),
            rule: PatternRule {
                entries: 3,
                adults: 2,
                days: 14,
            },
            entries: vec![Uuid::from_u128(9).into()],
            adults: 2,
            first_at_ms: 1,
            last_at_ms,
        }
    }

    on_both! {
        async fn the_patterns_of_late_come_newest_first_and_of_one_school(store: Store) {
            let yard = fixture::school(&store).await;
            let other = fixture::school(&store).await;
            let mut tx = store.write().await.unwrap();
            let pupils = [1, 2, 3].map(Uuid::from_u128);
            tx.replace_patterns(yard.school, &pupils, &[pattern(1, 10), pattern(2, 30), pattern(3, 20)]).await.unwrap();
            tx.replace_patterns(other.school, &pupils, &[pattern(1, 40)]).await.unwrap();
            assert_eq!(tx.patterns_since(yard.school, 20).await.unwrap(), [pattern(2, 30), pattern(3, 20)]);
            assert_eq!(tx.pattern_of(yard.school, Uuid::from_u128(1).into()).await.unwrap(), Some(pattern(1, 10)));
            assert_eq!(tx.pattern_of(other.school, Uuid::from_u128(2).into()).await.unwrap(), None);
        }

        async fn a_pupil_whose_pattern_is_not_there_any_more_has_none_and_others_keep_theirs(store: Store) {
            let yard = fixture::school(&store).await;
            let mut tx = store.write().await.unwrap();
            tx.replace_patterns(yard.school, &[1, 2, 3].map(Uuid::from_u128), &[pattern(1, 10), pattern(2, 20), pattern(3, 30)]).await.unwrap();
            tx.replace_patterns(yard.school, &[1, 2].map(Uuid::from_u128), &[pattern(2, 25)]).await.unwrap();
            assert_eq!(tx.patterns_since(yard.school, 0).await.unwrap(), [pattern(3, 30), pattern(2, 25)]);
            tx.replace_patterns(yard.school, &[], &[]).await.unwrap();
            assert_eq!(tx.patterns_since(yard.school, 0).await.unwrap().len(), 2);
        }
    }
}
