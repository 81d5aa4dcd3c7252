//! What a file would change at a school: who is new, changed, gone. The same file twice changes nothing; who is gone keeps the
//! log, and is the same pupil if the name comes back.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};
use shared::api::{RosterChange, RosterLine, RosterPreview};
use shared::domain::{Class, ClassId};
use uuid::Uuid;

use super::matching::match_lines;
use super::{Follower, Line, RosterFile, Turn};
use crate::store::roster::PupilRow;

/// The school as it stands.
#[derive(Debug, Clone, Default)]
pub struct School {
    pub classes: Vec<Class>,
    /// Those who have left among them.
    pub pupils: Vec<PupilRow>,
    pub followers: Vec<Follower>,
}

/// What is shown before, and what is stored after, somebody says yes.
#[derive(Debug)]
pub struct Plan {
    pub preview: RosterPreview,
    pub new_classes: Vec<Class>,
    /// Pupils to be written; empty when the file has problems.
    pub pupils: Vec<PupilRow>,
    pub turn: Turn,
}

/// Makes the plan. `new_id` gives ids to new classes and pupils; `now_ms` is when those who are gone left.
pub fn plan(
    file: &RosterFile,
    file_bytes: &[u8],
    school: &School,
    now_ms: i64,
    new_id: &mut dyn FnMut() -> Uuid,
) -> Plan {
    let mut plan = Plan {
        preview: RosterPreview {
            fingerprint: fingerprint(file_bytes, school),
            new: Vec::new(),
            changed: Vec::new(),
            gone: Vec::new(),
            unchanged: 0,
            new_classes: Vec::new(),
            followers: Vec::new(),
            classes: Vec::new(),
            problems: file.problems.clone(),
            encoding: file.encoding.to_owned(),
        },
        new_classes: Vec::new(),
        pupils: Vec::new(),
        turn: Turn::default(),
    };
    if file.problems.is_empty() {
        plan.fill(file, school, now_ms, new_id);
    }
    plan
}

impl Plan {
    fn fill(
        &mut self,
        file: &RosterFile,
        school: &School,
        now_ms: i64,
        new_id: &mut dyn FnMut() -> Uuid,
    ) {
        let classes = self.classes(&file.lines, &school.classes, new_id);
        let class_names: BTreeMap<Uuid, &str> = school
            .classes
            .iter()
            .map(|class| (class.id.0, class.name.as_str()))
            .collect();
        let stands = |row: &PupilRow| RosterLine {
            name: format!("{} {}", row.given_name, row.family_name),
            class: row
                .class_id
                .and_then(|class| class_names.get(&class))
                .copied()
                .unwrap_or_default()
                .to_owned(),
        };
        // What stands in the roster of a protected pupil is shown to nobody.
        let shown = |row: &PupilRow| match &row.shown_as {
            None => stands(row),
            Some(name) => RosterLine {
                name: name.clone(),
                class: String::new(),
            },
        };
        let known = match_lines(&file.lines, school);
        let mut goes_to = BTreeMap::new();
        for (line, known) in file.lines.iter().zip(&known) {
            let before = known.map(|at| &school.pupils[at]);
            let after = row(line, before, classes[&line.class], new_id);
            goes_to.insert(after.id, classes[&line.class]);
            let now = RosterLine {
                name: format!("{} {}", line.given_name, line.family_name),
                class: line.class.clone(),
            };
            match before.filter(|row| row.left_at_ms.is_none()) {
                None => self.preview.new.push(now),
                Some(then) if stands(then) == now => self.preview.unchanged += 1,
                Some(then) => self.preview.changed.push(RosterChange {
                    before: shown(then),
                    after: now,
                }),
            }
            if before != Some(&after) {
                self.pupils.push(after);
            }
        }
        let here: BTreeSet<usize> = known.into_iter().flatten().collect();
        for (at, row) in school.pupils.iter().enumerate() {
            if row.left_at_ms.is_none() && !here.contains(&at) {
                self.preview.gone.push(shown(row));
                self.pupils.push(PupilRow {
                    left_at_ms: Some(now_ms),
                    ..row.clone()
                });
            }
        }
        let known = school.classes.iter().map(|it| (it.id, it.name.clone()));
        let names = known.chain(classes.into_iter().map(|(name, id)| (id, name)));
        self.turn = Turn::of(school, &goes_to, &names.collect());
        self.preview.followers = self.turn.followers.clone();
        self.preview.classes = self.turn.class_names();
    }

    /// The id of each class that the file names; classes that are new, or have got another grade, are to be written.
    fn classes(
        &mut self,
        lines: &[Line],
        known: &[Class],
        new_id: &mut dyn FnMut() -> Uuid,
    ) -> BTreeMap<String, ClassId> {
        let mut ids = BTreeMap::new();
        for line in lines {
            if ids.contains_key(&line.class) {
                continue;
            }
            let known = known.iter().find(|class| class.name == line.class);
            let id = known.map_or_else(|| ClassId(new_id()), |class| class.id);
            if known.is_none() {
                self.preview.new_classes.push(line.class.clone());
            }
            if known.is_none_or(|class| class.grade != line.grade) {
                self.new_classes.push(Class {
                    id,
                    name: line.class.clone(),
                    grade: line.grade,
                });
            }
            ids.insert(line.class.clone(), id);
        }
        ids
    }
}

/// As names are compared: small letters, one space.
pub fn search_key(given_name: &str, family_name: &str) -> String {
    format!("{given_name} {family_name}")
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .to_lowercase()
}

fn row(
    line: &Line,
    before: Option<&PupilRow>,
    class: ClassId,
    new_id: &mut dyn FnMut() -> Uuid,
) -> PupilRow {
    PupilRow {
        id: before.map_or_else(new_id, |row| row.id),
        given_name: line.given_name.clone(),
        family_name: line.family_name.clone(),
        class_id: Some(class.0),
        external_id: line
            .external_id
            .clone()
            .or_else(|| before.and_then(|row| row.external_id.clone())),
        search_key: search_key(&line.given_name, &line.family_name),
        left_at_ms: None,
        attention_until_ms: before.and_then(|row| row.attention_until_ms),
        shown_as: before.and_then(|row| row.shown_as.clone()),
    }
}

/// Names this file against this school: any change of either, or of who follows which class, gives another.
fn fingerprint(file_bytes: &[u8], school: &School) -> String {
    let mut hash = Sha256::new().chain_update(Sha256::digest(file_bytes));
    for class in &school.classes {
        hash.update(format!("{class:?}"));
    }
    for row in &school.pupils {
        hash.update(format!(
            "{:?}",
            PupilRow {
                attention_until_ms: None,
                ..row.clone()
            }
        ));
    }
    for Follower { staff, classes, .. } in &school.followers {
        hash.update(format!("{staff} {classes:?}"));
    }
    hash.finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
