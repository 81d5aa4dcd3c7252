//! Documents as clients write them: up to three actors editing and merging, step by step, through Automerge's own API.

use automerge::transaction::Transactable;
use automerge::{AutoCommit, Automerge, Change, ObjId, ObjType, ROOT, ReadDoc, ScalarValue, Value};

pub const ACTORS: usize = 3;

/// One thing an actor does. Every combination of numbers means something.
pub type Step = (u8, u8, u8, u8);

/// Small and seeded (splitmix64), so that a failing case can be run again.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    pub fn steps(&mut self, count: usize) -> Vec<Step> {
        (0..count)
            .map(|_| {
                let [actor, kind, one, two, ..] = self.next().to_le_bytes();
                (actor, kind, one, two)
            })
            .collect()
    }
}

/// Lets the actors do the steps, merges all, and returns every change in an order in which it can be applied.
pub fn write(steps: &[Step]) -> Vec<Change> {
    let mut actors = start();
    for step in steps {
        take(&mut actors, *step);
    }
    let [one, two, three] = &mut actors;
    one.merge(two).unwrap();
    one.merge(three).unwrap();
    one.get_changes(&[])
}

fn start() -> [AutoCommit; ACTORS] {
    let mut first = AutoCommit::new().with_actor([7; 16].as_slice().into());
    first.put(ROOT, "kind", "observation").unwrap();
    let pupils = first.put_object(ROOT, "pupils", ObjType::List).unwrap();
    first.insert(&pupils, 0, "A").unwrap();
    first.put_object(ROOT, "where", ObjType::Map).unwrap();
    first.commit();
    let second = first.fork().with_actor([3; 16].as_slice().into());
    let third = first.fork().with_actor([11; 16].as_slice().into());
    [first, second, third]
}

fn take(actors: &mut [AutoCommit; ACTORS], (who, kind, one, two): Step) {
    let who = usize::from(who) % ACTORS;
    let other = usize::from(one) % ACTORS;
    if kind % 12 == 0 && who != other {
        actors[other].commit();
        let mut theirs = actors[other].clone();
        actors[who].merge(&mut theirs).unwrap();
        return;
    }
    edit(&mut actors[who], kind, one, two);
    if kind % 3 != 0 {
        actors[who].commit();
    }
}

fn edit(doc: &mut AutoCommit, kind: u8, one: u8, two: u8) {
    let object = pick_object(doc, one);
    match doc.object_type(&object).unwrap() {
        ObjType::Map | ObjType::Table => edit_map(doc, &object, kind, two),
        ObjType::List => edit_list(doc, &object, kind, two),
        ObjType::Text => edit_text(doc, &object, kind, two),
    }
}

fn pick_object(doc: &AutoCommit, choice: u8) -> ObjId {
    let mut objects = vec![ROOT];
    let mut next = 0;
    while let Some(object) = objects.get(next).cloned() {
        objects.extend(inner_objects(doc, &object));
        next += 1;
    }
    objects.swap_remove(usize::from(choice) % objects.len())
}

fn edit_map(doc: &mut AutoCommit, map: &ObjId, kind: u8, two: u8) {
    let key = ["kind", "when", "where", "", "å", "text"][usize::from(two) % 6];
    match kind % 8 {
        0 if doc.get(map, key).unwrap().is_some() => doc.delete(map, key).unwrap(),
        1 => drop(doc.put_object(map, key, made(two)).unwrap()),
        _ => doc.put(map, key, scalar(kind, two)).unwrap(),
    }
}

fn edit_list(doc: &mut AutoCommit, list: &ObjId, kind: u8, two: u8) {
    let length = doc.length(list);
    let at = usize::from(two) % (length + 1);
    match kind % 6 {
        0 if at < length => doc.delete(list, at).unwrap(),
        1 if at < length => doc.put(list, at, scalar(kind / 6, two)).unwrap(),
        2 => drop(doc.insert_object(list, at, made(two)).unwrap()),
        3 if at < length => drop(doc.put_object(list, at, made(two)).unwrap()),
        _ => doc.insert(list, at, scalar(kind / 6, two)).unwrap(),
    }
}

fn edit_text(doc: &mut AutoCommit, text: &ObjId, kind: u8, two: u8) {
    let length = doc.length(text);
    let at = usize::from(two) % (length + 1);
    let deleted = isize::from(kind % 3).min((length - at) as isize);
    doc.splice_text(
        text,
        at,
        deleted,
        ["å satt alene", "aaaaaaaa", "", "på nytt"][usize::from(kind / 3) % 4],
    )
    .unwrap();
}

fn made(two: u8) -> ObjType {
    [ObjType::Map, ObjType::List, ObjType::Text][usize::from(two) % 3]
}

fn scalar(kind: u8, two: u8) -> ScalarValue {
    match kind % 10 {
        0 => ScalarValue::Null,
        1 => true.into(),
        2 => false.into(),
        3 => ScalarValue::Uint(u64::from(two) << (two % 57)),
        4 => ScalarValue::Int(-(i64::from(two) << (two % 56))),
        5 => ScalarValue::F64(f64::from(two) / 3.0),
        6 => ScalarValue::Bytes(vec![two; usize::from(two % 40)]),
        7 => ScalarValue::Timestamp(1_795_000_000_000 + i64::from(two)),
        8 => "".into(),
        _ => "ordknapp æøå ".repeat(usize::from(two % 30)).into(),
    }
}

/// The document after another actor has gone on writing in it.
pub fn write_further(doc: Automerge) -> Automerge {
    let bytes = doc.save();
    let mut further = AutoCommit::load(&bytes)
        .unwrap()
        .with_actor([5; 16].as_slice().into());
    for (_, kind, one, two) in Random(bytes.len() as u64).steps(8) {
        edit(&mut further, kind, one, two);
    }
    further.commit();
    further.document().clone()
}

/// Reads the whole document, as a projection would.
pub fn read_all(doc: &Automerge) -> usize {
    let mut objects = vec![ROOT];
    let mut next = 0;
    while let Some(object) = objects.get(next).cloned() {
        if doc.object_type(&object) == Ok(ObjType::Text) {
            doc.text(&object).unwrap();
        }
        objects.extend(inner_objects(doc, &object));
        next += 1;
    }
    next
}

fn inner_objects(doc: &impl ReadDoc, object: &ObjId) -> Vec<ObjId> {
    doc.values(object)
        .filter(|(value, _)| matches!(value, Value::Object(_)))
        .map(|(_, id)| id)
        .collect()
}
