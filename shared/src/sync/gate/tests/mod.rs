//! The gate against Automerge itself: what clients write passes, what passes never harms.

mod bombs;
mod documents;
mod frame;
mod mutation;

use proptest::prelude::*;

use super::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_a_client_writes_passes_with_the_facts_automerge_reads(
        steps in proptest::collection::vec(any::<documents::Step>(), 0..80),
    ) {
        let mut history = History::default();
        for change in documents::write(&steps) {
            let passed = decode(change.raw_bytes(), &Limits::default());
            let decoded = passed.unwrap_or_else(|refusal| panic!("{refusal:?} {:?}", change.decode()));
            let facts = &decoded.facts;
            prop_assert_eq!(facts.hash, change.hash().0);
            prop_assert_eq!(facts.actor.as_slice(), change.actor_id().to_bytes());
            prop_assert_eq!(facts.seq, change.seq());
            prop_assert_eq!(facts.start_op, change.start_op().get());
            prop_assert_eq!(facts.max_op(), change.max_op());
            prop_assert_eq!(facts.time, change.timestamp());
            prop_assert_eq!(&facts.deps, &change.deps().iter().map(|hash| hash.0).collect::<Vec<_>>());
            prop_assert_eq!(facts.op_count, change.len());
            prop_assert_eq!(history.add(&decoded), Ok(()));
            prop_assert_eq!(history.check(&decoded), Err(Refusal::AlreadyKnown));
        }
    }
}

#[test]
fn a_mutant_that_passes_never_harms_automerge() {
    let tally = mutation::run(1, 800);
    assert!(tally.passed > 0 && tally.fitted > 0, "{tally:?}");
}

/// By hand, in release: `FRIMINUTT_GATE_CASES=1000000 cargo test --release -p friminutt-shared a_million -- --ignored --nocapture`.
#[test]
#[ignore = "takes minutes: run by hand in release"]
fn a_million_mutants_never_harm_automerge() {
    let read = |name, default| {
        std::env::var(name)
            .ok()
            .and_then(|text| text.parse().ok())
            .unwrap_or(default)
    };
    let cases = read("FRIMINUTT_GATE_CASES", 1_000_000);
    let tally = mutation::run(read("FRIMINUTT_GATE_SEED", 2), cases as usize);
    println!("{tally:?}");
}

#[test]
fn a_damaged_change_is_refused_wherever_it_was_cut_or_flipped() {
    let changes = documents::write(&documents::Random(5).steps(60));
    for change in &changes {
        let whole = change.raw_bytes();
        for end in 0..whole.len() {
            assert!(inspect(&whole[..end], &Limits::default()).is_err());
        }
        for bit in 0..whole.len() * 8 {
            let mut flipped = whole.to_vec();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(inspect(&flipped, &Limits::default()).is_err());
        }
    }
}

#[test]
fn every_cut_with_its_checksum_repaired_is_refused() {
    for change in documents::write(&documents::Random(6).steps(60)) {
        let body = frame::body(change.raw_bytes());
        for end in 0..body.len() {
            assert!(inspect(&frame::chunk(1, &body[..end]), &Limits::default()).is_err());
        }
    }
}

#[test]
fn the_document_refuses_what_does_not_follow_from_it() {
    let changes = documents::write(&documents::Random(7).steps(60));
    let decoded: Vec<_> = changes
        .iter()
        .map(|change| decode(change.raw_bytes(), &Limits::default()).unwrap())
        .collect();
    let [first, second, ..] = decoded.as_slice() else {
        panic!("too few changes")
    };
    let mut history = History::default();
    assert_eq!(history.check(second), Err(Refusal::DependencyNotKnown));
    assert_eq!(
        history.missing(&second.facts).count(),
        second.facts.deps.len()
    );
    history.add(first).unwrap();
    assert_eq!(history.add(first), Err(Refusal::AlreadyKnown));
    let skewed = |edit: fn(&mut ChangeFacts)| {
        let mut change = second.clone();
        edit(&mut change.facts);
        history.check(&change)
    };
    assert_eq!(skewed(|_| ()), Ok(()));
    assert_eq!(skewed(|facts| facts.seq += 1), Err(Refusal::WrongSequence));
    assert_eq!(
        skewed(|facts| facts.start_op += 1),
        Err(Refusal::WrongStart)
    );
    assert_eq!(
        skewed(|facts| facts.start_op -= 1),
        Err(Refusal::WrongStart)
    );
}

#[test]
fn a_forged_fork_of_an_authors_changes_is_refused() {
    let changes = documents::write(&documents::Random(8).steps(20));
    let mut history = History::default();
    for change in &changes {
        history
            .add(&decode(change.raw_bytes(), &Limits::default()).unwrap())
            .unwrap();
    }
    let mut forged = changes[1].decode();
    forged.time += 1;
    let forged = automerge::Change::from(forged);
    let decoded = decode(forged.raw_bytes(), &Limits::default()).unwrap();
    assert_eq!(history.check(&decoded), Err(Refusal::WrongSequence));
}

#[test]
fn every_refusal_has_a_code_of_its_own() {
    let codes: std::collections::HashSet<_> =
        Refusal::ALL.iter().map(|refusal| refusal.code()).collect();
    assert_eq!(codes.len(), Refusal::ALL.len());
}

/// Automerge 0.12 panics when it applies one, so it may not be relayed.
#[test]
fn an_insertion_after_what_is_no_element_is_refused_by_the_document() {
    use automerge::legacy::{ElementId, Key, OpId};
    use automerge::transaction::Transactable;

    let mut doc = automerge::AutoCommit::new().with_actor([7; 16].as_slice().into());
    doc.put(automerge::ROOT, "kind", "observation").unwrap();
    let list = doc
        .put_object(automerge::ROOT, "pupils", automerge::ObjType::List)
        .unwrap();
    doc.insert(&list, 0, "A").unwrap();
    doc.commit();
    doc.insert(&list, 1, "B").unwrap();
    doc.commit();
    let changes = doc.get_changes(&[]);
    let mut history = History::default();
    history
        .add(&decode(changes[0].raw_bytes(), &Limits::default()).unwrap())
        .unwrap();
    let mut forged = changes[1].decode();
    let actor = forged.actor_id.clone();
    for (counter, expected) in [
        (3, Ok(())),
        (1, Err(Refusal::InvalidKey)),
        (2, Err(Refusal::InvalidKey)),
    ] {
        forged.operations[0].key = Key::Seq(ElementId::Id(OpId::new(counter, &actor)));
        let change = automerge::Change::from(forged.clone());
        let passed = decode(change.raw_bytes(), &Limits::default()).unwrap();
        assert_eq!(history.check(&passed), expected);
    }
}
