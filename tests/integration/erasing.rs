//! Erased means erased: from the log, the inbox, the patterns, the phones, what was put aside, and from a backup that is restored.

use friminutt_tests::database::Database;
use friminutt_tests::on_both_databases;
use friminutt_tests::phone::Phone;
use friminutt_tests::rows;
use friminutt_tests::school::{Person, School};
use friminutt_tests::server::{Server, keys};
use server::clock::now_ms;
use server::store::{Store, StoreError};
use server::sync::erase::{destroy_keys, erase_again};
use shared::api::{Erase, Erasures, ErrorCode, PatternLine, PupilLog, ReportLine, path};
use shared::document::{entry, report};
use shared::domain::{DocumentId, ErasureGround, Part, PupilId, Retention, What};
use shared::sync::{DocumentKind, Outcome};

const CANARY: &str = "Kanarifuglen sang";
const YEAR_MS: i64 = 366 * 24 * 60 * 60 * 1000;
const TABLES: [&str; 9] = [
    "change",
    "document",
    "feed",
    "quarantine",
    "entry",
    "pupil_log",
    "report",
    "report_entry",
    "pattern",
];

async fn erase(
    server: &Server,
    who: &Person,
    documents: &[DocumentId],
    ground: ErasureGround,
) -> (u16, Option<ErrorCode>) {
    let asked = Erase {
        documents: documents.to_vec(),
        ground,
    };
    let body = serde_json::to_vec(&asked).unwrap();
    let answer = server.ask_json(who, "POST", path::ERASURES, &body).await;
    let refusal = serde_json::from_slice::<shared::api::ApiError>(&answer.body).ok();
    (answer.status, refusal.map(|refusal| refusal.code))
}

async fn log(server: &Server, school: &School, pupil: PupilId) -> Vec<DocumentId> {
    let address = path::with_id(path::PUPIL_LOG, pupil);
    let log: PupilLog = server.get(&school.principal, &address).await;
    log.lines.iter().map(|line| line.entry.id).collect()
}

async fn keep_for(server: &Server, school: &School, retention: Retention) {
    let mut tx = server.store.write().await.unwrap();
    let mut settings = tx.settings(school.id).await.unwrap();
    settings.retention = retention;
    tx.save_settings(school.id, &settings).await.unwrap();
    tx.commit().await.unwrap();
}

/// How many rows of what is written and computed name the document.
async fn rows_naming(store: &Store, id: DocumentId) -> usize {
    let (plain, dashed) = (id.0.simple().to_string(), id.0.to_string());
    let mut count = 0;
    for table in TABLES {
        let names = |row: &&String| {
            let row = row.to_lowercase();
            row.contains(&plain) || row.contains(&dashed)
        };
        count += rows::of_table(store, table)
            .await
            .iter()
            .filter(names)
            .count();
    }
    count
}

on_both_databases! {
    async fn an_erased_entry_is_gone_from_the_log_the_pattern_and_both_phones(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let pupil = school.pupils[0];
        let (mut kari, mut ola) = (Phone::of(&school.kari), Phone::of(&school.ola));
        let gone = kari.log_pupil(What::Alone, now_ms(), pupil, &Part::Alone);
        kari.amend(gone, entry::set_text(CANARY).unwrap());
        let kept = [kari.log_pupil(What::Alone, now_ms(), pupil, &Part::Alone), ola.log_pupil(What::Alone, now_ms(), pupil, &Part::Alone)];
        kari.sync(&server).await;
        ola.sync(&server).await;
        kari.sync(&server).await;
        let before: Vec<PatternLine> = server.get(&school.principal, path::PATTERNS).await;
        assert_eq!((before.len(), ola.documents.len(), kari.documents.len()), (1, 3, 3));

        assert_eq!(erase(&server, &school.principal, &[gone], ErasureGround::Mistake).await, (204, None));
        let mut left = log(&server, &school, pupil).await;
        left.sort();
        let mut kept = kept.to_vec();
        kept.sort();
        assert_eq!(left, kept);
        let address = path::with_id(path::ENTRY, gone);
        for person in [&school.kari, &school.ola, &school.principal] {
            assert_eq!(server.status(person, "GET", &address).await, 404);
        }
        assert!(server.get::<Vec<PatternLine>>(&school.principal, path::PATTERNS).await.is_empty(), "two entries are no pattern");
        ola.sync(&server).await;
        kari.sync(&server).await;
        assert!(!ola.documents.contains_key(&gone) && !kari.documents.contains_key(&gone));
        assert_eq!((ola.documents.len(), kari.documents.len(), kari.sent.len()), (2, 2, 2));
        // What is left says that there was a document and that it is gone: its row, and its place in two feeds.
        assert_eq!(rows_naming(&server.store, gone).await, 3);
        let record: Erasures = server.get(&school.principal, path::ERASURES).await;
        assert_eq!((record.erased.len(), record.erased[0].kind, &record.erased[0].ground), (1, DocumentKind::Entry, &ErasureGround::Mistake));
        let again = erase(&server, &school.principal, &[gone], ErasureGround::Mistake).await;
        assert_eq!(again, (404, Some(ErrorCode::NotFound)));
    }

    async fn what_a_phone_still_sends_to_it_is_let_go_and_stored_nowhere(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let mut kari = Phone::of(&school.kari);
        let id = kari.log_pupil(What::Alone, now_ms(), school.pupils[0], &Part::Alone);
        let first = kari.outbox.clone();
        kari.sync(&server).await;
        kari.amend(id, entry::set_text(CANARY).unwrap());
        assert_eq!(erase(&server, &school.principal, &[id], ErasureGround::Request).await.0, 204);
        // The answer to the first upload was lost, and there is a later word.
        kari.outbox = [first, kari.outbox.clone()].concat();
        let outcomes = kari.exchange(&server, true).await.receipts;
        assert!(outcomes.iter().all(|receipt| receipt.outcome == Outcome::Erased), "{outcomes:?}");
        assert!(kari.outbox.is_empty() && outcomes.len() == 3);
        assert!(rows::of_table(&server.store, "change").await.is_empty());
        assert!(log(&server, &school, school.pupils[0]).await.is_empty());
        assert!(server.status(&school.principal, "GET", path::READINGS).await == 200);
    }

    async fn an_entry_goes_before_its_report_never_and_together_with_it(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let mut kari = Phone::of(&school.kari);
        let entry = kari.log_pupil(What::Exclusion, now_ms(), school.pupils[0], &Part::Exposed);
        let sent = kari.begin_report(Some(school.pupils[0]), &[entry]);
        kari.write_report(sent, report::send());
        kari.sync(&server).await;
        let refused = erase(&server, &school.principal, &[entry], ErasureGround::Order).await;
        assert_eq!(refused, (409, Some(ErrorCode::ReportBuildsOnIt)));
        assert_eq!(log(&server, &school, school.pupils[0]).await, [entry]);
        assert_eq!(erase(&server, &school.principal, &[entry, sent], ErasureGround::Order).await.0, 204);
        assert!(server.get::<Vec<ReportLine>>(&school.principal, path::REPORTS).await.is_empty());
        assert!(server.get::<Vec<ReportLine>>(&school.kari, path::REPORTS).await.is_empty());
        kari.sync(&server).await;
        assert!(kari.documents.is_empty() && kari.sent.is_empty());
    }

    async fn what_was_put_aside_of_it_goes_too(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let (mut kari, mut nina) = (Phone::of(&school.kari), Phone::of(&school.nina));
        let id = kari.log(What::Alone, now_ms());
        let other = kari.log(What::Alone, now_ms());
        kari.sync(&server).await;
        // Nina has no part in either: what she writes is put aside.
        for id in [id, other] {
            nina.documents.insert(id, kari.documents[&id].clone());
            nina.amend(id, entry::set_text(CANARY).unwrap());
        }
        nina.exchange(&server, false).await;
        assert_eq!(rows::of_table(&server.store, "quarantine").await.len(), 2);
        assert_eq!(erase(&server, &school.principal, &[id], ErasureGround::Mistake).await.0, 204);
        assert_eq!(rows::of_table(&server.store, "quarantine").await.len(), 1);
    }

    async fn nothing_is_due_before_the_school_says_so_and_then_what_is_old_and_no_more(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let mut kari = Phone::of(&school.kari);
        let old = kari.log(What::Alone, now_ms() - 3 * YEAR_MS);
        let reported = kari.log(What::Fight, now_ms() - 3 * YEAR_MS);
        let new = kari.log(What::Alone, now_ms() - YEAR_MS);
        let sent = kari.begin_report(Some(school.pupils[0]), &[reported]);
        kari.write_report(sent, report::send());
        kari.sync(&server).await;
        let due = async || server.get::<Erasures>(&school.deputy, path::ERASURES).await.due.iter().map(|line| line.document).collect::<Vec<_>>();
        assert!(due().await.is_empty());
        let refused = erase(&server, &school.principal, &[old], ErasureGround::RetentionEnded).await;
        assert_eq!(refused, (409, Some(ErrorCode::Conflict)));
        keep_for(&server, &school, Retention { entry_years: Some(2), report_years: None }).await;
        assert_eq!(due().await, [old]);
        for not_due in [[old, new], [old, reported]] {
            let refused = erase(&server, &school.principal, &not_due, ErasureGround::RetentionEnded).await;
            assert_eq!(refused, (409, Some(ErrorCode::Conflict)));
        }
        assert_eq!(erase(&server, &school.principal, &[old], ErasureGround::RetentionEnded).await.0, 204);
        assert!(due().await.is_empty());
        assert_eq!(rows::of_table(&server.store, "entry").await.len(), 2);
    }

    async fn only_the_principal_erases_and_only_at_the_own_school(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let elsewhere = School::found(&server.store, "Dal skole").await;
        let mut kari = Phone::of(&school.kari);
        let id = kari.log(What::Alone, now_ms());
        kari.sync(&server).await;
        for person in [&school.kari, &school.ola, &school.ida, &school.deputy, &school.administrator] {
            assert_eq!(erase(&server, person, &[id], ErasureGround::Mistake).await.0, 403);
        }
        assert_eq!(erase(&server, &elsewhere.principal, &[id], ErasureGround::Mistake).await.0, 404);
        for ground in [ErasureGround::Restored, ErasureGround::Other("x".into())] {
            assert_eq!(erase(&server, &school.principal, &[id], ground).await.0, 400);
        }
        assert_eq!(erase(&server, &school.principal, &[], ErasureGround::Mistake).await.0, 413);
        assert_eq!(rows::of_table(&server.store, "change").await.len(), 1);
        for person in [&school.kari, &school.ida, &school.administrator] {
            assert_eq!(server.status(person, "GET", path::ERASURES).await, 403);
        }
    }

    async fn an_erasure_that_was_cut_off_is_finished_at_the_next_start(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let mut kari = Phone::of(&school.kari);
        let id = kari.log(What::Alone, now_ms());
        kari.sync(&server).await;
        let row = server::store::erasure::Erasure {
            document: id.0,
            kind: 1,
            at_ms: 1,
            by: None,
            ground: ErasureGround::Order,
        };
        let mut tx = server.store.write().await.unwrap();
        tx.erase(school.id, &[row]).await.unwrap();
        tx.commit().await.unwrap();
        assert!(server.store.read().await.unwrap().erased_among(school.id, &[id.0]).await.unwrap().is_empty());
        destroy_keys(&server.store, now_ms()).await.unwrap();
        assert_eq!(server.store.read().await.unwrap().erased_among(school.id, &[id.0]).await.unwrap(), [id.0]);
    }
}

/// Whether a file holds the words.
fn holds(file: &str, words: &str) -> bool {
    let bytes = std::fs::read(file).unwrap();
    bytes
        .windows(words.len())
        .any(|some| some == words.as_bytes())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restored_backup_brings_back_everything_but_what_was_erased() {
    let database = Database::sqlite();
    let mut server = Server::start_apart(&database.address).await;
    let school = School::found(&server.store, "Lia skole").await;
    let pupil = school.pupils[0];
    let mut kari = Phone::of(&school.kari);
    let gone = kari.log_pupil(What::Alone, now_ms(), pupil, &Part::Alone);
    kari.amend(gone, entry::set_text(CANARY).unwrap());
    let kept = kari.log_pupil(What::Alone, now_ms(), pupil, &Part::Alone);
    kari.sync(&server).await;
    let backup = Database::backup_of(&server.store).await;
    assert!(
        holds(backup.file(), "Lia skole"),
        "names are rows and stand in the backup"
    );
    assert!(
        !holds(backup.file(), CANARY),
        "words are not to be read in it"
    );
    assert_eq!(
        erase(&server, &school.principal, &[gone], ErasureGround::Order)
            .await
            .0,
        204
    );
    server.kill();

    // Without the keys nothing starts: the school would look empty.
    assert!(matches!(
        Store::open(&backup.address).await,
        Err(StoreError::NoContentKeys)
    ));
    assert!(
        !backup.has_keys_in_write_ahead(),
        "it would be laid over the keys that are brought"
    );
    backup.bring_keys_of(&database);
    let server = Server::start_apart(&backup.address).await;
    assert_eq!(log(&server, &school, pupil).await, [kept]);
    assert_eq!(
        erase_again(&server.store, &keys(), now_ms()).await.unwrap(),
        (1, 0)
    );
    assert_eq!(
        erase_again(&server.store, &keys(), now_ms()).await.unwrap(),
        (0, 0)
    );
    assert_eq!(log(&server, &school, pupil).await, [kept]);
    assert!(rows::of_table(&server.store, "erasure").await[0].contains("restored"));
    // A phone that was away since offers what it has, and the server takes nothing of it.
    kari.outbox.extend(kari.sent.values().cloned());
    let outcomes = kari.sync(&server).await;
    let erased = outcomes
        .iter()
        .filter(|outcome| **outcome == Outcome::Erased);
    assert_eq!((erased.count(), outcomes.len()), (3, 5));
    assert_eq!(kari.documents.keys().copied().collect::<Vec<_>>(), [kept]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_erased_is_erased_again_also_where_the_backup_has_a_report_on_it() {
    let database = Database::sqlite();
    let mut server = Server::start_apart(&database.address).await;
    let school = School::found(&server.store, "Lia skole").await;
    let mut kari = Phone::of(&school.kari);
    let gone = kari.log_pupil(What::Fight, now_ms(), school.pupils[0], &Part::Exposed);
    let sent = kari.begin_report(Some(school.pupils[0]), &[gone]);
    kari.write_report(sent, report::send());
    kari.sync(&server).await;
    let backup = Database::backup_of(&server.store).await;
    kari.write_report(sent, report::withdraw());
    kari.sync(&server).await;
    assert_eq!(
        erase(&server, &school.principal, &[gone], ErasureGround::Order)
            .await
            .0,
        204
    );
    server.kill();
    backup.bring_keys_of(&database);
    let server = Server::start_apart(&backup.address).await;
    let again = erase_again(&server.store, &keys(), now_ms()).await;
    assert_eq!(again.unwrap(), (1, 0));
    assert_eq!(rows::of_table(&server.store, "report").await.len(), 1);
    assert!(rows::of_table(&server.store, "entry").await.is_empty());
}
