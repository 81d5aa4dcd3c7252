//! What is wrong is refused by name, kept aside, never relayed, and does not hold the rest.

use std::time::{Duration, Instant};

use friminutt_tests::on_both_databases;
use friminutt_tests::phone::{Phone, unseal};
use friminutt_tests::rows;
use friminutt_tests::school::School;
use friminutt_tests::server::Server;
use friminutt_tests::wire;
use shared::api::{ApiError, EntryDetail, ErrorCode, PupilLog, path};
use shared::document::{Document, entry};
use shared::domain::{DocumentId, Part, What};
use shared::sync::{DocumentKind, Item, ItemHash, MAX_REQUEST_BYTES, Outcome};

fn reason(outcome: &Outcome) -> &str {
    match outcome {
        Outcome::Quarantined { reason } => reason,
        other => panic!("{other:?}"),
    }
}

fn item_with(change: &[u8]) -> Vec<u8> {
    let document = DocumentId(uuid::Uuid::now_v7());
    Item {
        kind: DocumentKind::Entry,
        document,
        change,
    }
    .encode()
}

/// A change of less than a hundred bytes that says `put(ROOT, "k", true)` a million times, in run lengths.
fn million_operations() -> Vec<u8> {
    const MILLION: [u8; 3] = [0xc0, 0x84, 0x3d];
    let run = |of: &[u8]| [&MILLION[..], of].concat();
    let columns = [
        (0x15, run(&[1, b'k'])),
        (0x34, MILLION.to_vec()),
        (0x42, run(&[1])),
        (0x56, run(&[2])),
        (0x70, run(&[0])),
    ];
    // No dependencies, actor of 16 bytes, first change, first operation, no time, no message, no other actors.
    let mut body = [
        &[0, 16][..],
        &[1; 16],
        &[1, 1, 0, 0, 0],
        &[columns.len() as u8],
    ]
    .concat();
    for (specification, data) in &columns {
        body.push(*specification);
        body.push(data.len() as u8);
    }
    body.extend(columns.iter().flat_map(|(_, data)| data));
    let hashed = [&[1, body.len() as u8][..], &body].concat();
    let digest = ItemHash::of(&hashed).0;
    let checksum: Vec<u8> = (0..4)
        .map(|at| u8::from_str_radix(&digest[2 * at..2 * at + 2], 16).unwrap())
        .collect();
    item_with(&[&[0x85, 0x6f, 0x4a, 0x83], &checksum[..], &hashed].concat())
}

/// A change as Automerge compresses it: what it grows to is not known before it is there.
fn deflated(actor: shared::domain::ActorId) -> Vec<u8> {
    use automerge::transaction::Transactable;
    let mut document = automerge::Automerge::new();
    document.set_actor(actor.0.as_bytes().as_slice().into());
    let mut transaction = document.transaction();
    transaction
        .put(automerge::ROOT, "text", "x".repeat(1_000_000))
        .unwrap();
    transaction.commit();
    let bytes = document
        .get_last_local_change()
        .unwrap()
        .bytes()
        .into_owned();
    assert!(bytes.len() < 10_000);
    item_with(&bytes)
}

/// A change made with Automerge itself, past every rule of ours.
fn forged(
    actor: shared::domain::ActorId,
    write: impl FnOnce(&mut automerge::transaction::Transaction<'_>),
) -> Vec<u8> {
    let mut document = automerge::Automerge::new();
    document.set_actor(actor.0.as_bytes().as_slice().into());
    let mut transaction = document.transaction();
    write(&mut transaction);
    transaction.commit();
    let change = document.get_last_local_change().unwrap();
    item_with(change.raw_bytes())
}

on_both_databases! {
    async fn one_bad_item_does_not_hold_the_others_and_is_kept_aside_with_its_reason(database: Database) {
        use automerge::ROOT;
        use automerge::transaction::Transactable;
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let mut kari = Phone::of(&school.kari);
        let actor = school.kari.actor;
        let good = kari.log_pupil(What::Alone, server::clock::now_ms(), school.pupils[0], &Part::Alone);
        kari.outbox.insert(0, b"no item".to_vec());
        kari.outbox.push(forged(actor, |tx| tx.put(ROOT, "grade", "A").unwrap()));
        kari.outbox.push(forged(actor, |tx| tx.put(ROOT, "text", 7).unwrap()));
        kari.outbox.push(forged(actor, |tx| tx.put(ROOT, "text", "x".repeat(9_000)).unwrap()));
        kari.outbox.push(forged(actor, |tx| tx.put(ROOT, "text", "uten resten").unwrap()));
        kari.outbox.push(forged(school.ola.actor, |tx| tx.put(ROOT, "text", "i en annens navn").unwrap()));
        kari.outbox.push(forged(actor, |tx| drop(tx.put_object(ROOT, "text", automerge::ObjType::Map).unwrap())));
        let outcomes = kari.exchange(&server, false).await.receipts;
        let outcomes: Vec<_> = outcomes.into_iter().map(|receipt| receipt.outcome).collect();
        assert_eq!(reason(&outcomes[0]), "not-opened");
        assert!(outcomes[1].is_safe() && outcomes[2].is_safe());
        let reasons: Vec<_> = outcomes[3..].iter().map(reason).collect();
        assert_eq!(reasons, ["unknown-field", "wrong-type", "too-long", "missing-field", "not-your-actor", "not-a-document"]);

        let log: PupilLog = server.get(&school.principal, &path::with_id(path::PUPIL_LOG, school.pupils[0])).await;
        assert_eq!(log.lines.iter().map(|line| line.entry.id).collect::<Vec<_>>(), [good]);
        let mut ola = Phone::of(&school.ola);
        ola.sync(&server).await;
        assert_eq!(ola.documents.len(), 1);
        let aside = server.store.read().await.unwrap().quarantined_of(school.id, school.kari.staff.0, 100).await.unwrap();
        assert_eq!(aside.len(), 7);
    }

    async fn nobody_writes_in_a_document_without_a_part_in_it(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let mut kari = Phone::of(&school.kari);
        let id = kari.log(What::Alone, server::clock::now_ms());
        kari.sync(&server).await;
        let mut nina = Phone::of(&school.nina);
        nina.documents.insert(id, kari.documents[&id].clone());
        nina.amend(id, entry::set_text("ikke min vakt").unwrap());
        assert_eq!(reason(&nina.sync(&server).await[0]), "no-part-in-document");
        let mut ola = Phone::of(&school.ola);
        ola.sync(&server).await;
        ola.amend(id, entry::withdraw());
        assert_eq!(reason(&ola.sync(&server).await[0]), "only-author");
        let mut administrator = Phone::of(&school.administrator);
        administrator.log(What::Alone, server::clock::now_ms());
        assert_eq!(reason(&administrator.sync(&server).await[0]), "no-part-in-document");
    }

    async fn a_second_history_under_the_same_actor_is_refused(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let mut kari = Phone::of(&school.kari);
        let id = kari.log(What::Alone, server::clock::now_ms());
        let mut twin: Document = kari.documents[&id].clone();
        kari.amend(id, entry::set_text("den ene").unwrap());
        kari.sync(&server).await;
        let other = twin.write(school.kari.actor, 0, entry::set_text("den andre").unwrap()).unwrap().unwrap();
        kari.outbox.push(Item { kind: DocumentKind::Entry, document: id, change: &other }.encode());
        assert_eq!(reason(&kari.sync(&server).await[0]), "wrong-sequence");
    }

    async fn a_bomb_is_put_aside_at_once_and_what_comes_with_it_goes_on(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let mut kari = Phone::of(&school.kari);
        kari.log(What::Alone, server::clock::now_ms());
        kari.outbox.extend([million_operations(), deflated(school.kari.actor)]);
        let begun = Instant::now();
        let receipts = kari.exchange(&server, false).await.receipts;
        let took = begun.elapsed();
        assert!(receipts[0].outcome.is_safe());
        assert_eq!(reason(&receipts[1].outcome), "too-many-operations");
        assert_eq!(reason(&receipts[2].outcome), "not-a-change");
        assert!(took < Duration::from_millis(500), "{took:?}");
        assert_eq!(server.status(&school.principal, "GET", path::REPORTS).await, 200);
    }

    async fn a_compressed_body_is_refused_before_anything_is_made_of_it(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let mut kari = Phone::of(&school.kari);
        kari.log(What::Alone, server::clock::now_ms());
        let body = kari.body(false);
        for encoding in ["gzip", "br", "deflate", "zstd", "gzip, gzip", "identity, gzip", "GZIP"] {
            let headers = [("cookie", school.kari.cookie.as_str()), ("sec-fetch-site", "same-origin"), ("content-encoding", encoding)];
            let answer = wire::request_with(&server.address, "POST", path::SYNC, &headers, &body).await.unwrap();
            let error: ApiError = serde_json::from_slice(&answer.body).unwrap();
            assert_eq!((answer.status, error.code), (415, ErrorCode::Malformed), "{encoding}");
        }
        assert!(rows::of_table(&server.store, "change").await.is_empty());
    }

    async fn a_document_of_another_school_is_not_there_to_write_in(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let elsewhere = School::found(&server.store, "Dal skole").await;
        let mut kari = Phone::of(&school.kari);
        let id = kari.log(What::Alone, server::clock::now_ms());
        kari.sync(&server).await;
        let before = rows::of_table(&server.store, "change").await;
        let mut stranger = Phone::of(&elsewhere.kari);
        stranger.documents.insert(id, kari.documents[&id].clone());
        stranger.amend(id, entry::set_text("ikke min skole").unwrap());
        assert_eq!(stranger.exchange(&server, false).await.receipts[0].outcome, Outcome::MissingDependency);
        assert_eq!(rows::of_table(&server.store, "change").await, before);
        // Under the same id begins another document, of the other school.
        let mut begun = Phone::of(&elsewhere.kari);
        let own = begun.log(What::Fight, server::clock::now_ms());
        let item = begun.outbox.pop().unwrap();
        let item = unseal(&item);
        let change = Item::decode(&item).unwrap().change;
        begun.outbox.push(Item { kind: DocumentKind::Entry, document: id, change }.encode());
        assert!(begun.sync(&server).await[0].is_safe());
        assert_ne!(own, id);
        let seen: EntryDetail = server.get(&school.principal, &path::with_id(path::ENTRY, id)).await;
        let theirs: EntryDetail = server.get(&elsewhere.principal, &path::with_id(path::ENTRY, id)).await;
        assert_eq!((seen.line.entry.what, theirs.line.entry.what), ([What::Alone].into(), [What::Fight].into()));
    }

    async fn bodies_that_are_no_requests_get_a_clear_error(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        for body in [b"".as_slice(), b"<html>", b"FRI1", b"FRI1\x02\0\0\0{]", b"FRI1\x0f\0\0\0{\"surprise\":true}"] {
            let (status, error) = server.refusal(&school.kari, "POST", path::SYNC, body).await;
            assert_eq!((status, error.code), (400, ErrorCode::Malformed));
        }
        let (status, error) = server.refusal(&school.kari, "POST", path::SYNC, &vec![0; MAX_REQUEST_BYTES + 1]).await;
        assert_eq!((status, error.code), (413, ErrorCode::TooLarge));
    }
}
