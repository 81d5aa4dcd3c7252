//! A pupil at a hidden address: from the moment the school decides, no answer to anybody holds the roster's name or the class.

use friminutt_tests::on_both_databases;
use friminutt_tests::phone::Phone;
use friminutt_tests::school::{Person, School};
use friminutt_tests::server::Server;
use server::clock::now_ms;
use shared::api::{PupilLog, School as SchoolOnPhone, path};
use shared::document::report;
use shared::domain::{Part, What};

const OWN_NAME: &str = "Elev0";

async fn set(server: &Server, who: &Person, path: &str, shown_as: &str) -> u16 {
    let body = format!("{{\"shown_as\":{shown_as}}}");
    server
        .ask_json(who, "PUT", path, body.as_bytes())
        .await
        .status
}

on_both_databases! {
    async fn a_protected_pupils_own_name_leaves_the_server_no_more(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let pupil = school.pupils[0];
        let mut kari = Phone::of(&school.kari);
        let mut entries = Vec::new();
        for _ in 0..3 {
            entries.push(kari.log_pupil(What::Exclusion, now_ms(), pupil, &Part::Exposed));
        }
        let report = kari.begin_report(Some(pupil), &entries);
        kari.write_report(report, report::send());
        kari.sync(&server).await;
        let log = path::with_id(path::PUPIL_LOG, pupil);
        let mut addresses: Vec<String> = [path::SCHOOL, path::REPORTS, path::PATTERNS, path::READINGS, path::ERASURES].map(str::to_owned).into();
        addresses.extend([log.clone(), path::with_id(path::ENTRY, entries[0]), path::with_id(path::REPORT, report)]);
        let people = [&school.kari, &school.ola, &school.ida, &school.principal, &school.deputy, &school.administrator];
        let named = async || {
            let mut named = 0;
            for person in people {
                for address in &addresses {
                    let answer = server.ask(person, "GET", address, &[]).await;
                    named += usize::from(String::from_utf8_lossy(&answer.body).contains(OWN_NAME));
                }
            }
            named
        };
        assert!(named().await > 10, "the name is in the answers before");

        let address = path::with_id(path::PUPIL_PROTECTION, pupil);
        for other in [&school.kari, &school.ida, &school.administrator] {
            assert_eq!(set(&server, other, &address, "\"Elev Å\"").await, 404);
        }
        for wrong in ["\"\"", "\"  \"", "\"a\\u0000\"", &format!("\"{}\"", "a".repeat(81))] {
            assert_eq!(set(&server, &school.principal, &address, wrong).await, 400, "{wrong}");
        }
        assert_eq!(set(&server, &school.principal, &address, "\"Elev Å\"").await, 204);
        assert_eq!(named().await, 0);
        let on_phone: SchoolOnPhone = server.get(&school.kari, path::SCHOOL).await;
        let shown = on_phone.pupils.iter().find(|it| it.id == pupil).unwrap();
        assert_eq!((shown.full_name().as_str(), shown.class), ("Elev Å", None));
        // The contact teacher still has the log of an own class, without its name.
        let read: PupilLog = server.get(&school.ida, &log).await;
        assert_eq!((read.lines.len(), read.class_name, read.is_protected), (3, None, true));

        assert_eq!(set(&server, &school.principal, &address, "null").await, 204);
        assert!(named().await > 10);
    }
}
