//! Lines of the log as pages show them: the entry with the names around it. Whether the reader may see it is asked before.

use std::collections::{BTreeSet, HashMap};

use shared::api::{ActorName, LogLine};
use shared::domain::{ActorId, ClassId, Entry, PupilId, SchoolId, StaffId, ZoneId};

use crate::error::Error;
use crate::store::Tx;
use crate::store::log::EntryRow;
use crate::store::roster::PupilRow;

/// The lines of these rows, in their order, and who the actors in them are.
pub async fn log_lines(
    tx: &mut Tx,
    school: SchoolId,
    rows: &[EntryRow],
) -> Result<(Vec<LogLine>, Vec<ActorName>), Error> {
    let entries = rows.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    let names = Names::load(tx, school, &entries).await?;
    let actors: BTreeSet<ActorId> = entries.iter().flat_map(actors_in).collect();
    let lines = rows
        .iter()
        .zip(entries)
        .map(|(row, entry)| names.line(row, entry))
        .collect();
    Ok((lines, actor_names(tx, school, actors).await?))
}

/// Who wrote with these actor ids.
pub async fn actor_names(
    tx: &mut Tx,
    school: SchoolId,
    actors: BTreeSet<ActorId>,
) -> Result<Vec<ActorName>, Error> {
    let actors: Vec<_> = actors.into_iter().collect();
    let found = tx.staff_of_actors(school, &actors).await?;
    Ok(found
        .into_iter()
        .map(|(actor, staff, name)| ActorName { actor, staff, name })
        .collect())
}

/// The classes of the pupils that an entry names: what decides who may read it by following one.
pub async fn classes_of(
    tx: &mut Tx,
    school: SchoolId,
    entry: &Entry,
) -> Result<Vec<ClassId>, Error> {
    let pupils: Vec<PupilId> = entry.known_pupils().into_keys().collect();
    Ok(tx
        .pupils_by_id(school, &pupils)
        .await?
        .iter()
        .filter_map(|pupil| pupil.current_class())
        .collect())
}

/// The entry in a row.
pub fn read(row: &EntryRow) -> Result<Entry, Error> {
    serde_json::from_slice(&row.content)
        .map_err(|_| Error::Broken("an entry's projection cannot be read: run `friminutt rebuild`"))
}

/// As staff write a pupil's name.
pub fn full_name(pupil: &PupilRow) -> String {
    format!("{} {}", pupil.given_name, pupil.family_name)
        .trim_end()
        .to_owned()
}

fn actors_in(entry: &Entry) -> Vec<ActorId> {
    let wordings = entry.contested.values().flatten().map(|wording| wording.by);
    wordings
        .chain(entry.additions.iter().map(|addition| addition.by))
        .collect()
}

struct Names {
    staff: HashMap<StaffId, String>,
    zones: HashMap<ZoneId, String>,
    pupils: HashMap<PupilId, String>,
}

impl Names {
    async fn load(tx: &mut Tx, school: SchoolId, entries: &[Entry]) -> Result<Self, Error> {
        let pupils: BTreeSet<PupilId> = entries
            .iter()
            .flat_map(|entry| entry.known_pupils().into_keys())
            .collect();
        let pupils: Vec<_> = pupils.into_iter().collect();
        Ok(Names {
            staff: tx
                .colleagues(school)
                .await?
                .into_iter()
                .map(|staff| (staff.id, staff.name))
                .collect(),
            zones: tx
                .zones(school)
                .await?
                .into_iter()
                .map(|zone| (zone.id, zone.name))
                .collect(),
            pupils: tx
                .pupils_by_id(school, &pupils)
                .await?
                .iter()
                .map(|pupil| (PupilId(pupil.id), full_name(pupil)))
                .collect(),
        })
    }

    fn line(&self, row: &EntryRow, entry: Entry) -> LogLine {
        let author = StaffId(row.author_id);
        let pupil_name = |id: Option<PupilId>| {
            id.and_then(|id| self.pupils.get(&id))
                .cloned()
                .unwrap_or_default()
        };
        LogLine {
            author,
            author_name: self.staff.get(&author).cloned().unwrap_or_default(),
            received_at_ms: row.received_at_ms,
            zone_name: entry.zone.and_then(|zone| self.zones.get(&zone)).cloned(),
            pupil_names: entry
                .pupils
                .iter()
                .map(|involved| pupil_name(involved.pupil_id()))
                .collect(),
            amendments: row.amendments.unsigned_abs(),
            is_locked: row.is_locked,
            entry,
        }
    }
}
