//! Who has read what: recorded with the reading, and shown to those who answer for it.

use friminutt_tests::on_both_databases;
use friminutt_tests::phone::Phone;
use friminutt_tests::rows;
use friminutt_tests::school::School;
use friminutt_tests::server::Server;
use shared::api::{EntryDetail, PupilLog, Reading, ReportDetail, path};
use shared::document::report;
use shared::domain::{Part, What};

on_both_databases! {
    async fn logs_entries_and_reports_that_were_opened_are_shown_newest_first_with_reader_and_pupil(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let mut kari = Phone::of(&school.kari);
        let entry = kari.log_pupil(What::Exclusion, server::clock::now_ms(), school.pupils[0], &Part::Exposed);
        let report = kari.begin_report(Some(school.pupils[0]), &[entry]);
        kari.write_report(report, report::send());
        let nameless = kari.begin_report(None, &[]);
        kari.write_report(nameless, report::send());
        kari.sync(&server).await;
        assert!(server.get::<Vec<Reading>>(&school.principal, path::READINGS).await.is_empty(), "writing is no reading");
        server.get::<PupilLog>(&school.ida, &path::with_id(path::PUPIL_LOG, school.pupils[0])).await;
        server.get::<EntryDetail>(&school.ola, &path::with_id(path::ENTRY, entry)).await;
        server.get::<ReportDetail>(&school.kari, &path::with_id(path::REPORT, report)).await;
        server.get::<ReportDetail>(&school.principal, &path::with_id(path::REPORT, report)).await;
        server.get::<ReportDetail>(&school.deputy, &path::with_id(path::REPORT, nameless)).await;
        for reader in [&school.principal, &school.deputy] {
            let readings: Vec<Reading> = server.get(reader, path::READINGS).await;
            let told: Vec<_> = readings.iter().map(|it| (it.staff_name.as_str(), it.what.as_str(), it.pupil_name.as_deref())).collect();
            assert_eq!(told, [
                ("Eli Rud", "report", None),
                ("Per Vik", "report", Some("Elev0 Østby Ås")),
                ("Kari Lunde", "report", Some("Elev0 Østby Ås")),
                ("Ola Berg", "entry", Some("Elev0 Østby Ås")),
                ("Ida Moen", "pupil_log", Some("Elev0 Østby Ås")),
            ]);
        }
    }

    async fn what_was_not_shown_is_not_recorded_as_read(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let elsewhere = School::found(&server.store, "Dal skole").await;
        let mut kari = Phone::of(&school.kari);
        let entry = kari.log_pupil(What::Alone, server::clock::now_ms(), school.pupils[0], &Part::Alone);
        let report = kari.begin_report(None, &[entry]);
        kari.write_report(report, report::send());
        kari.sync(&server).await;
        for who in [&school.nina, &school.administrator, &elsewhere.principal] {
            for (address, id) in [(path::PUPIL_LOG, school.pupils[0].0), (path::ENTRY, entry.0), (path::REPORT, report.0)] {
                assert_eq!(server.status(who, "GET", &path::with_id(address, id)).await, 404);
            }
        }
        assert!(rows::of_table(&server.store, "reading").await.is_empty());
        for who in [&school.kari, &school.ida, &school.administrator] {
            assert_eq!(server.status(who, "GET", path::READINGS).await, 403);
        }
        server.get::<PupilLog>(&school.ida, &path::with_id(path::PUPIL_LOG, school.pupils[0])).await;
        assert!(server.get::<Vec<Reading>>(&elsewhere.principal, path::READINGS).await.is_empty(), "another school's");
    }
}
