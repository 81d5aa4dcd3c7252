//! Which known pupil each line of a file is. First by id; then by name, where as many of that name are here as in the file, in
//! order of class, since everybody moves up a year together; else by name and class. Last, somebody who left, if alone of the
//! name on both sides.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use uuid::Uuid;

use super::Line;
use super::plan::{School, search_key};
use crate::store::roster::PupilRow;

/// For each line the place in `school.pupils` of the pupil it is, if the school knows one.
pub(super) fn match_lines(lines: &[Line], school: &School) -> Vec<Option<usize>> {
    let mut found = by_id(lines, &school.pupils);
    let taken: BTreeSet<usize> = found.iter().copied().flatten().collect();
    let class_names: HashMap<Uuid, &str> = school
        .classes
        .iter()
        .map(|class| (class.id.0, class.name.as_str()))
        .collect();
    let mut known: HashMap<&str, Vec<Known>> = HashMap::new();
    for (at, row) in school.pupils.iter().enumerate() {
        if !taken.contains(&at) {
            let class = row.class_id.and_then(|id| class_names.get(&id));
            let class = class.copied().unwrap_or_default();
            let of_name = known.entry(&row.search_key).or_default();
            of_name.push(Known { at, class, row });
        }
    }
    for (name, mut wanted) in unmatched_by_name(lines, &found) {
        wanted.sort_by_key(|at| class_order(&lines[*at].class));
        let known = known.remove(name.as_str()).unwrap_or_default();
        for (line, at) in pair(lines, &wanted, known) {
            found[line] = Some(at);
        }
    }
    found
}

/// A pupil who may be one of the lines.
struct Known<'a> {
    at: usize,
    class: &'a str,
    row: &'a PupilRow,
}

fn by_id(lines: &[Line], pupils: &[PupilRow]) -> Vec<Option<usize>> {
    let known: HashMap<&str, usize> = pupils
        .iter()
        .enumerate()
        .filter_map(|(at, row)| Some((row.external_id.as_deref()?, at)))
        .collect();
    let find = |line: &Line| known.get(line.external_id.as_deref()?).copied();
    lines.iter().map(find).collect()
}

fn unmatched_by_name(lines: &[Line], found: &[Option<usize>]) -> BTreeMap<String, Vec<usize>> {
    let mut names: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, line) in lines.iter().enumerate() {
        if found[at].is_none() {
            let name = search_key(&line.given_name, &line.family_name);
            names.entry(name).or_default().push(at);
        }
    }
    names
}

/// Pairs of line and pupil among those of one name; `wanted` is in order of class.
fn pair(lines: &[Line], wanted: &[usize], known: Vec<Known>) -> Vec<(usize, usize)> {
    // Two that both have an id are the same only by it.
    let any_has_id = wanted.iter().any(|line| lines[*line].external_id.is_some());
    let may_be = |known: &Known| !(any_has_id && known.row.external_id.is_some());
    let (mut here, left): (Vec<Known>, Vec<Known>) = known
        .into_iter()
        .filter(may_be)
        .partition(|known| known.row.left_at_ms.is_none());
    here.sort_by_key(|known| class_order(known.class));
    if here.len() == wanted.len() {
        return wanted
            .iter()
            .copied()
            .zip(here.iter().map(|known| known.at))
            .collect();
    }
    let mut of_class: HashMap<&str, Vec<usize>> = HashMap::new();
    for known in here.iter().rev() {
        of_class.entry(known.class).or_default().push(known.at);
    }
    let mut same_class = |line: usize| of_class.get_mut(lines[line].class.as_str())?.pop();
    let pairs: Vec<(usize, usize)> = wanted
        .iter()
        .filter_map(|line| Some((*line, same_class(*line)?)))
        .collect();
    match (wanted, &left[..]) {
        ([line], [back]) if pairs.is_empty() => vec![(*line, back.at)],
        _ => pairs,
    }
}

/// By number, then by letter: 9A before 10A.
pub(super) fn class_order(class: &str) -> (u32, String) {
    let digits: String = class.chars().take_while(char::is_ascii_digit).collect();
    (digits.parse().unwrap_or(0), class.to_owned())
}
