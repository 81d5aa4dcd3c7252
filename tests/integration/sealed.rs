//! What phones sealed: opened for nobody but the server, taken from whoever carries it, and receipted with the server's name.

use friminutt_tests::on_both_databases;
use friminutt_tests::phone::{Phone, seal, unseal};
use friminutt_tests::rows;
use friminutt_tests::school::School;
use friminutt_tests::server::{Server, keys};
use server::clock::now_ms;
use server::sync::readmit::{Readmitted, readmit};
use server::sync::rescue::{Rescued, take_in};
use shared::api::path;
use shared::document::entry;
use shared::domain::What;
use shared::sync::frame::{self, Version};
use shared::sync::{ItemHash, Outcome, Receipt, SyncAnswer, SyncRequest, answer};

/// Changes of one document, each on the one before it.
const CHAIN: usize = 12;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// A request with these items, and nothing to come down.
fn upload(version: Version, items: &[Vec<u8>]) -> Vec<u8> {
    let head = serde_json::to_vec(&SyncRequest::default()).unwrap();
    let parts = std::iter::once(head.as_slice()).chain(items.iter().map(Vec::as_slice));
    frame::write(version, parts)
}

/// The receipts of an answer that was given to a device of the tests.
fn receipts(phone: &Phone, body: &[u8]) -> Vec<Receipt> {
    let key = keys().sealing_keys(phone.person.device).verifying;
    answer::read(body, &key, 100).unwrap().receipts
}

on_both_databases! {
    async fn with_no_session_what_was_sealed_is_stored_and_nothing_comes_down(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let mut phone = Phone::of(&school.kari);
        let id = phone.log(What::Alone, now_ms());
        phone.person.cookie = "friminutt=long-gone".into();
        let answer = phone.exchange(&server, true).await;
        assert!(!answer.is_signed_in);
        assert!(answer.receipts.iter().all(|receipt| receipt.outcome.is_safe()));
        assert!(phone.outbox.is_empty() && answer.documents.is_empty() && answer.cursors.is_empty());
        let (status, _) = phone.send(&server, &phone.body(true)).await;
        assert_eq!(status, 401, "nothing to take in and nobody there");
        let entry = path::with_id(path::ENTRY, id);
        assert_eq!(server.status(&phone.person, "GET", &entry).await, 401);
        assert_eq!(server.status(&school.kari, "GET", &entry).await, 200);
    }

    async fn what_builds_on_another_is_readmitted_with_it_in_whatever_order_they_lie(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let mut phone = Phone::of(&school.kari);
        let id = phone.log(What::Alone, now_ms());
        for n in 0..CHAIN - 1 {
            phone.amend(id, entry::set_text(&format!("ordlyd {n}")).unwrap());
        }
        rows::run(&server.store, "update staff set status = 'suspended' where id = $1", phone.person.staff.0).await;
        let body = upload(Version::Two, &phone.outbox);
        server.ask(&school.ida, "POST", path::SYNC, &body).await;
        assert_eq!(rows::of_table(&server.store, "quarantine").await.len(), CHAIN);
        let done = readmit(&server.store, &keys(), school.id, None, now_ms()).await.unwrap();
        assert_eq!(done, Readmitted { taken: CHAIN as u64, left: 0 });
        assert_eq!(rows::of_table(&server.store, "change").await.len(), CHAIN);
    }

    async fn anybodys_session_carries_it_up_under_its_authors_name(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let elsewhere = School::found(&server.store, "Dal skole").await;
        let (mut kari, mut ola) = (Phone::of(&school.kari), Phone::of(&school.ola));
        let mut stranger = Phone::of(&elsewhere.kari);
        let of_kari = kari.log(What::Alone, now_ms());
        stranger.log(What::Fight, now_ms());
        ola.log(What::Fight, now_ms());
        let own = ola.outbox.pop().unwrap();
        ola.outbox = [kari.outbox.clone(), vec![own], stranger.outbox.clone()].concat();
        assert!(ola.sync(&server).await.iter().all(Outcome::is_safe));
        assert!(ola.outbox.is_empty());
        let detail: shared::api::EntryDetail =
            server.get(&school.principal, &path::with_id(path::ENTRY, of_kari)).await;
        assert_eq!(detail.line.author, school.kari.staff);
        let theirs = path::with_id(path::ENTRY, of_kari);
        assert_eq!(server.status(&elsewhere.principal, "GET", &theirs).await, 404);
        assert_eq!(rows::of_table(&server.store, "entry").await.len(), 3);
    }

    async fn a_receipt_is_the_same_each_time_and_signed(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let mut phone = Phone::of(&school.kari);
        phone.log(What::Alone, now_ms());
        let body = upload(Version::Two, &phone.outbox);
        let (_, first) = phone.send(&server, &body).await;
        let (_, second) = phone.send(&server, &body).await;
        assert_eq!(receipts(&phone, &first), receipts(&phone, &second));
        assert!(receipts(&phone, &first)[0].outcome.is_safe());
        let stranger = server::keys::Keys::of(&[(1, [8; 32])]).sealing_keys(phone.person.device);
        let read = answer::read(&first, &stranger.verifying, 100).unwrap();
        assert!(read.receipts.is_empty(), "to another server's phone these are none");
    }

    async fn what_another_device_sealed_in_ones_name_does_not_open(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let mut kari = Phone::of(&school.kari);
        kari.log(What::Alone, now_ms());
        let good = kari.outbox.pop().unwrap();
        let item = unseal(&good);
        // Ola's device says that it is Kari's.
        let mut forged = seal(school.ola.device, &item);
        forged[5..21].copy_from_slice(school.kari.device.0.as_bytes());
        let mut flipped = good.clone();
        let last = flipped.len() - 1;
        flipped[last] ^= 1;
        // Kari's actor in what Ola sealed himself.
        let borrowed = seal(school.ola.device, &item);
        let nobody = seal(uuid::Uuid::new_v4().into(), &item);
        let items = [forged, flipped, borrowed, nobody, good];
        let (_, body) = kari.send(&server, &upload(Version::Two, &items)).await;
        let outcomes: Vec<_> = receipts(&kari, &body).into_iter().map(|it| it.outcome).collect();
        let aside = |reason: &str| Outcome::Quarantined { reason: reason.into() };
        assert_eq!(outcomes[..2], [aside("not-opened"), aside("not-opened")]);
        assert_eq!(outcomes[2..4], [aside("not-your-actor"), aside("unknown-device")]);
        assert!(outcomes[4].is_safe());
        let mut nobody = Phone::of(&school.kari);
        nobody.person.cookie = String::new();
        let (status, body) = nobody.send(&server, &upload(Version::Two, &items)).await;
        assert_eq!(status, 200);
        let refused = |reason: &str| Outcome::Refused { reason: reason.into() };
        let outcomes: Vec<_> = receipts(&nobody, &body).into_iter().map(|it| it.outcome).collect();
        assert_eq!(outcomes[..2], [refused("not-opened"), refused("not-opened")]);
        assert_eq!(outcomes[3], refused("unknown-device"));
        let kept = rows::of_table(&server.store, "quarantine").await.len();
        assert_eq!(kept, 4, "what nobody is known to have sent is not kept");
    }

    async fn a_revoked_device_and_a_closed_account_are_heard_and_put_aside(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let cases: [(&str, i64, &str); 3] = [
            ("device-revoked", now_ms(), "update device set revoked_at_ms = {at} where id = $1"),
            ("device-revoked-long-ago", now_ms() - 31 * DAY_MS, "update device set revoked_at_ms = {at} where id = $1"),
            ("account-closed", 0, "update staff set status = 'suspended' where id = $1"),
        ];
        let mut barred = Vec::new();
        for (reason, at_ms, sql) in cases {
            let person = match reason {
                "account-closed" => &school.ola,
                _ => &school.kari,
            };
            let mut phone = Phone::of(person);
            phone.log(What::Alone, now_ms());
            let sql = sql.replace("{at}", &at_ms.to_string()).leak();
            let id = if reason == "account-closed" { person.staff.0 } else { person.device.0 };
            rows::run(&server.store, sql, id).await;
            // By themselves, and by a colleague: the answer is the same.
            for carrier in [&phone.person, &school.ida] {
                let body = upload(Version::Two, &phone.outbox);
                let answer = server.ask(carrier, "POST", path::SYNC, &body).await;
                if answer.status == 401 {
                    assert_eq!(reason, "device-revoked-long-ago");
                    continue;
                }
                let expected = match reason {
                    "device-revoked-long-ago" => Outcome::Refused { reason: reason.into() },
                    _ => Outcome::Quarantined { reason: reason.into() },
                };
                assert_eq!(receipts(&phone, &answer.body)[0].outcome, expected);
            }
            if reason != "device-revoked-long-ago" {
                barred.push(phone);
            }
        }
        assert!(rows::of_table(&server.store, "change").await.is_empty());
        assert_eq!(rows::of_table(&server.store, "quarantine").await.len(), 2);
        let keys = keys();
        let readmit = |reason| readmit(&server.store, &keys, school.id, reason, now_ms());
        let nothing = Readmitted::default();
        assert_eq!(readmit(Some("another")).await.unwrap(), nothing);
        assert_eq!(readmit(Some("device-revoked")).await.unwrap(), Readmitted { taken: 1, left: 0 });
        assert_eq!(readmit(None).await.unwrap(), Readmitted { taken: 1, left: 0 });
        assert!(rows::of_table(&server.store, "quarantine").await.is_empty());
        assert_eq!(rows::of_table(&server.store, "entry").await.len(), 2);
        // The phones that still have it learn that it is here; what is new is put aside as before.
        rows::run(&server.store, "update device set revoked_at_ms = seen where id = $1".replace("seen", &now_ms().to_string()).leak(), school.kari.device.0).await;
        for mut phone in barred {
            let stored = upload(Version::Two, &phone.outbox);
            let answer = server.ask(&school.ida, "POST", path::SYNC, &stored).await;
            assert!(receipts(&phone, &answer.body)[0].outcome.is_safe());
            phone.log(What::Fight, now_ms());
            let with_news = upload(Version::Two, &phone.outbox);
            let answer = server.ask(&school.ida, "POST", path::SYNC, &with_news).await;
            let outcomes: Vec<bool> = receipts(&phone, &answer.body).iter().map(|receipt| receipt.outcome.is_safe()).collect();
            assert_eq!(outcomes, [true, false]);
        }
    }

    async fn the_file_of_a_phone_that_cannot_send_is_taken_in_once_and_what_is_broken_in_it_holds_nothing(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let mut phone = Phone::of(&school.kari);
        for _ in 0..12 {
            phone.log(What::Alone, now_ms());
        }
        let broken = vec![vec![2; 200]; 20];
        let file = upload(Version::Two, &[broken, phone.outbox.clone()].concat());
        for _ in 0..2 {
            let rescued = take_in(&server.store, &keys(), &file, now_ms()).await.unwrap();
            assert_eq!(rescued, Rescued { stored: 12, aside: 0, refused: 20 });
        }
        assert_eq!(rows::of_table(&server.store, "entry").await.len(), 12);
        assert!(phone.sync(&server).await.iter().all(Outcome::is_safe));
        assert!(take_in(&server.store, &keys(), b"<html>", now_ms()).await.is_err());
    }

    async fn a_phone_from_before_the_seal_is_served_as_it_was(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let mut phone = Phone::of(&school.kari);
        phone.log(What::Alone, now_ms());
        let item = unseal(&phone.outbox[0]);
        // As the released client of version one wrote it.
        let mut body = b"FRI1".to_vec();
        let head = br#"{"cursors":[],"wants_feed":true}"#;
        for part in [head.as_slice(), &item] {
            body.extend((part.len() as u32).to_le_bytes());
            body.extend(part);
        }
        let (status, answer) = phone.send(&server, &body).await;
        let parts = frame::read(&answer, 100).unwrap();
        assert_eq!((status, parts.version), (200, Version::One));
        let head: SyncAnswer = serde_json::from_slice(parts.whole[0]).unwrap();
        assert_eq!(head.receipts[0].item, ItemHash::of(&item));
        assert!(head.receipts[0].outcome.is_safe());
        let promised: u32 = head.documents.iter().map(|document| document.changes).sum();
        assert_eq!(parts.whole.len(), 1 + promised as usize);
        // Without a session nobody knows whose it is.
        phone.person.cookie = String::new();
        assert_eq!(phone.send(&server, &body).await.0, 401);
    }
}
