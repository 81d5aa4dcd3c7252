//! Who may open what: every role at every address, and other schools' ids.

use friminutt_tests::on_both_databases;
use friminutt_tests::phone::Phone;
use friminutt_tests::school::{Person, School};
use friminutt_tests::server::Server;
use friminutt_tests::wire;
use shared::api::path;
use shared::domain::{Part, What};

on_both_databases! {
    async fn an_address_of_the_api_opened_as_a_page_shows_nothing(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let log = path::with_id(path::PUPIL_LOG, school.pupils[0]);
        for (destination, status) in [("document", 403), ("iframe", 403), ("image", 403), ("empty", 200)] {
            for address in [path::SCHOOL, path::SESSION, &log] {
                let headers = [("cookie", school.principal.cookie.as_str()), ("sec-fetch-dest", destination)];
                let answer = wire::request_with(&server.address, "GET", address, &headers, &[]).await.unwrap();
                assert_eq!(answer.status, status, "{address} as {destination}");
            }
        }
    }

    async fn an_address_of_the_api_answers_our_own_pages_alone_and_is_kept_nowhere(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let log = path::with_id(path::PUPIL_LOG, school.pupils[0]);
        for (site, status) in [("cross-site", 403), ("same-site", 403), ("same-origin", 200), ("none", 200)] {
            for address in [path::SCHOOL, path::SESSION, &log] {
                let headers = [("cookie", school.principal.cookie.as_str()), ("sec-fetch-site", site), ("sec-fetch-dest", "empty")];
                let answer = wire::request_with(&server.address, "GET", address, &headers, &[]).await.unwrap();
                assert_eq!(answer.status, status, "{address} from {site}");
                assert_eq!(answer.headers("cache-control").collect::<Vec<_>>(), ["no-store"], "{address}");
            }
        }
        for address in [path::SCHOOL, path::HEALTH, "/", "/nowhere", "/api/nowhere"] {
            let answer = server.ask(&school.kari, "GET", address, &[]).await;
            let policy = answer.headers("content-security-policy").next().unwrap();
            for part in ["default-src 'none'", "require-trusted-types-for 'script'", "trusted-types default", "frame-ancestors 'none'"] {
                assert!(policy.contains(part), "{address}: {policy}");
            }
            assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{policy}");
            for (name, value) in [("x-content-type-options", "nosniff"), ("referrer-policy", "no-referrer"), ("cross-origin-opener-policy", "same-origin"), ("cross-origin-resource-policy", "same-origin")] {
                assert_eq!(answer.headers(name).collect::<Vec<_>>(), [value], "{address}");
            }
        }
    }

    async fn every_role_opens_what_is_its_own_and_nothing_else(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let mut kari = Phone::of(&school.kari);
        let entry = kari.log_pupil(What::Exclusion, server::clock::now_ms(), school.pupils[0], &Part::Exposed);
        let report = kari.begin_report(Some(school.pupils[0]), &[entry]);
        kari.write_report(report, shared::document::report::send());
        kari.sync(&server).await;
        let own_class = path::with_id(path::PUPIL_LOG, school.pupils[0]);
        let other_class = path::with_id(path::PUPIL_LOG, school.others[0]);
        let entry = path::with_id(path::ENTRY, entry);
        let report = path::with_id(path::REPORT, report);
        let about = path::with_id(path::PUPIL_READINGS, school.pupils[0]);
        let addresses = [path::SCHOOL, &own_class, &other_class, &entry, &report, path::READINGS, path::STAFF, path::SETTINGS, path::RECORD, "/api/readings?of=sign_ins", &about];
        let table: [(&str, &Person, [u16; 11]); 7] = [
            ("author", &school.kari, [200, 404, 404, 200, 200, 403, 403, 403, 403, 403, 403]),
            ("same shift", &school.ola, [200, 404, 404, 200, 404, 403, 403, 403, 403, 403, 403]),
            ("no duty", &school.nina, [200, 404, 404, 404, 404, 403, 403, 403, 403, 403, 403]),
            ("contact teacher", &school.ida, [200, 200, 404, 200, 404, 403, 403, 403, 403, 403, 403]),
            ("principal", &school.principal, [200, 200, 200, 200, 200, 200, 403, 403, 200, 200, 200]),
            ("deputy", &school.deputy, [200, 200, 200, 200, 200, 200, 403, 403, 200, 200, 200]),
            ("administrator", &school.administrator, [200, 404, 404, 404, 404, 403, 200, 200, 403, 403, 403]),
        ];
        for (who, person, statuses) in table {
            for (address, status) in addresses.iter().zip(statuses) {
                assert_eq!(server.status(person, "GET", address).await, status, "{who} at {address}");
            }
        }
    }

    async fn another_schools_ids_are_answered_like_ids_that_do_not_exist(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let elsewhere = School::found(&server.store, "Dal skole").await;
        let mut kari = Phone::of(&school.kari);
        let entry = kari.log_pupil(What::Alone, server::clock::now_ms(), school.pupils[0], &Part::Alone);
        let report = kari.begin_report(Some(school.pupils[0]), &[entry]);
        kari.write_report(report, shared::document::report::send());
        kari.sync(&server).await;
        let nothing = uuid::Uuid::now_v7();
        for (address, id) in [(path::PUPIL_LOG, school.pupils[0].0), (path::ENTRY, entry.0), (path::REPORT, report.0)] {
            let theirs = server.refusal(&elsewhere.principal, "GET", &path::with_id(address, id), &[]).await;
            let missing = server.refusal(&elsewhere.principal, "GET", &path::with_id(address, nothing), &[]).await;
            assert_eq!((theirs.0, &theirs.1), (404, &missing.1));
        }
    }
}
