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
