//! Changes damaged on purpose, by byte and by operation, with the checksum repaired. What still passes must be taken
//! by Automerge without panic, saved, and read back.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use automerge::{Automerge, Change};

use super::super::{History, Limits, decode};
use super::documents::{self, Random};
use super::frame;

/// Beyond this, Automerge's own work on a change that passed counts as an attack.
const MAX_APPLY_TIME: Duration = Duration::from_secs(1);
const MUTANTS_OF_A_DOCUMENT: usize = 200;

#[derive(Debug, Default)]
pub struct Tally {
    pub cases: usize,
    pub passed: usize,
    pub fitted: usize,
    pub slowest_gate: Duration,
    pub slowest_apply: Duration,
}

/// Runs `cases` mutants from `seed` on; panics with the bytes of the first that harms Automerge.
pub fn run(seed: u64, cases: usize) -> Tally {
    let mut random = Random(seed);
    let mut tally = Tally::default();
    while tally.cases < cases {
        let step_count = random.below(40);
        let changes = documents::write(&random.steps(step_count));
        let at = random.below(changes.len());
        let stage = Stage::new(&changes[..at], &changes[at + 1..]);
        for _ in 0..MUTANTS_OF_A_DOCUMENT {
            let mutant = match random.below(2) {
                0 => Some(mutate_body(&mut random, &changes, at)),
                _ => mutate_operations(&mut random, &changes, at),
            };
            if let Some(bytes) = mutant {
                stage.try_one(&bytes, &mut tally);
            }
        }
    }
    tally
}

/// The document as it stands before the mutant arrives.
struct Stage {
    doc: Automerge,
    history: History,
    /// Changes of colleagues that arrive after the mutant.
    later: Vec<Change>,
}

impl Stage {
    fn new(changes: &[Change], later: &[Change]) -> Self {
        let mut history = History::default();
        for change in changes {
            history
                .add(&decode(change.raw_bytes(), &Limits::default()).unwrap())
                .unwrap();
        }
        let mut doc = Automerge::new();
        doc.apply_changes(changes.iter().cloned()).unwrap();
        Self {
            doc,
            history,
            later: later.to_vec(),
        }
    }

    fn try_one(&self, bytes: &[u8], tally: &mut Tally) {
        tally.cases += 1;
        let started = Instant::now();
        let decoded = decode(bytes, &Limits::default());
        let fits = decoded
            .as_ref()
            .is_ok_and(|change| self.history.check(change).is_ok());
        tally.slowest_gate = tally.slowest_gate.max(started.elapsed());
        let Ok(change) = decoded else { return };
        tally.passed += 1;
        let started = Instant::now();
        accept(Automerge::new(), bytes, change.facts.deps.is_empty(), &[]);
        if fits {
            tally.fitted += 1;
            accept(self.doc.clone(), bytes, true, &self.later);
        }
        tally.slowest_apply = tally.slowest_apply.max(started.elapsed());
        assert!(started.elapsed() < MAX_APPLY_TIME, "slow: {}", hex(bytes));
    }
}

/// Automerge takes the change into `doc`, which can then be read, saved, loaded, merged into and written in.
fn accept(mut doc: Automerge, bytes: &[u8], must_be_applied: bool, later: &[Change]) {
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        let change = Change::try_from(bytes).map_err(|error| error.to_string())?;
        let hash = change.hash();
        doc.apply_changes([change])
            .map_err(|error| error.to_string())?;
        if must_be_applied {
            assert!(doc.get_heads().contains(&hash), "not applied");
        }
        save_and_load(&doc)?;
        doc.apply_changes(later.iter().cloned())
            .map_err(|error| error.to_string())?;
        save_and_load(&doc)?;
        save_and_load(&documents::write_further(doc))
    }));
    match outcome {
        Ok(Ok(())) => {}
        Ok(Err(error)) => panic!("Automerge refused ({error}) what passed: {}", hex(bytes)),
        Err(_) => panic!("Automerge panicked on what passed: {}", hex(bytes)),
    }
}

fn save_and_load(doc: &Automerge) -> Result<(), String> {
    documents::read_all(doc);
    let loaded = Automerge::load(&doc.save()).map_err(|error| error.to_string())?;
    assert_eq!(loaded.get_heads(), doc.get_heads());
    assert_eq!(documents::read_all(&loaded), documents::read_all(doc));
    Ok(())
}

fn mutate_body(random: &mut Random, changes: &[Change], at: usize) -> Vec<u8> {
    let mut body = frame::body(changes[at].raw_bytes()).to_vec();
    let donor = frame::body(changes[random.below(changes.len())].raw_bytes()).to_vec();
    for _ in 0..=random.below(3) {
        mutate_bytes(random, &mut body, &donor);
    }
    frame::chunk(1, &body)
}

fn mutate_bytes(random: &mut Random, body: &mut Vec<u8>, donor: &[u8]) {
    if body.is_empty() {
        return;
    }
    let at = random.below(body.len());
    let end = (at + random.below(6)).min(body.len());
    let from = random.below(donor.len());
    let until = (from + random.below(6)).min(donor.len());
    match random.below(8) {
        0 => body[at] ^= 1 << random.below(8),
        1 => body[at] = body[at].wrapping_add(1),
        2 => body[at] = body[at].wrapping_sub(1),
        3 => body[at] = random.next() as u8,
        4 => drop(body.remove(at)),
        5 => body.insert(at, random.below(8) as u8),
        6 => drop(body.splice(at..end, donor[from..until].iter().copied())),
        _ => {
            let other = random.below(body.len());
            body.swap(at, other);
        }
    }
}

/// Shuffles the parts of whole operations and lets Automerge encode the result, if it can.
fn mutate_operations(random: &mut Random, changes: &[Change], at: usize) -> Option<Vec<u8>> {
    let mut change = changes[at].decode();
    let donor = changes[random.below(changes.len())].decode();
    for _ in 0..=random.below(3) {
        let operations = &mut change.operations;
        if operations.is_empty() {
            return None;
        }
        let one = random.below(operations.len());
        let pool = if random.below(2) == 0 {
            &donor.operations
        } else {
            &operations.clone()
        };
        let other = pool[random.below(pool.len())].clone();
        match random.below(11) {
            9 => {
                change.seq = change
                    .seq
                    .wrapping_add(random.below(3) as u64)
                    .wrapping_sub(1)
            }
            10 => change
                .deps
                .push(changes[random.below(changes.len())].hash()),
            0 => drop(operations.remove(one)),
            1 => operations.insert(one, other),
            2 => operations[one].key = other.key,
            3 => operations[one].obj = other.obj,
            4 => operations[one].pred = other.pred,
            5 => operations[one].action = other.action,
            6 => operations[one].insert ^= true,
            7 => operations[one] = other,
            _ => {
                let other = random.below(operations.len());
                operations.swap(one, other);
            }
        }
    }
    catch_unwind(AssertUnwindSafe(|| {
        Change::from(change).raw_bytes().to_vec()
    }))
    .ok()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
