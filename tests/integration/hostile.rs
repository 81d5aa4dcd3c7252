//! What is wrong is refused by name, kept aside, never relayed, and does not hold the rest.

use friminutt_tests::on_both_databases;
use friminutt_tests::phone::Phone;
use friminutt_tests::school::School;
use friminutt_tests::server::Server;
use shared::api::{ErrorCode, PupilLog, path};
use shared::document::{Document, entry};
use shared::domain::{DocumentId, Part, What};
use shared::sync::{DocumentKind, Item, MAX_REQUEST_BYTES, Outcome};

fn reason(outcome: &Outcome) -> &str {
    match outcome {
        Outcome::Quarantined { reason } => reason,
        other => panic!("{other:?}"),
    }
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
    Item {
        kind: DocumentKind::Entry,
        document: DocumentId(uuid::Uuid::now_v7()),
        change: change.raw_bytes(),
    }
    .encode()
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
        assert_eq!(reason(&outcomes[0]), "not-an-item");
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
