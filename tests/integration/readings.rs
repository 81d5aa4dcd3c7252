//! Who has read what: recorded with the reading, and shown to those who answer for it.

use friminutt_tests::on_both_databases;
use friminutt_tests::phone::Phone;
use friminutt_tests::rows;
use friminutt_tests::school::School;
use friminutt_tests::server::Server;
use shared::api::{EntryDetail, PupilLog, PupilReadings, Reading, ReportDetail, path};
use shared::document::report;
use shared::domain::{AuditAct, Part, PupilRef, What};

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
            let told = readings.iter().map(|it| (it.staff_name.as_str(), it.what.as_str(), it.pupil_name.as_deref()));
            let told: Vec<_> = told.filter(|(_, what, _)| *what != "read_record").collect();
            assert_eq!(told, [
                ("Eli Rud", "read_report", None),
                ("Per Vik", "read_report", Some("Elev0 Østby Ås")),
                ("Kari Lunde", "read_report", Some("Elev0 Østby Ås")),
                ("Ola Berg", "read_entry", Some("Elev0 Østby Ås")),
                ("Ida Moen", "read_pupil_log", Some("Elev0 Østby Ås")),
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
        for who in [&school.kari, &school.ida, &school.administrator] {
            assert_eq!(server.status(who, "GET", path::READINGS).await, 403);
        }
        assert!(rows::of_table(&server.store, "audit").await.iter().all(|row| !row.contains("read_")));
        server.get::<PupilLog>(&school.ida, &path::with_id(path::PUPIL_LOG, school.pupils[0])).await;
        assert!(server.get::<Vec<Reading>>(&elsewhere.principal, path::READINGS).await.is_empty(), "another school's");
    }

    async fn a_pupils_own_reading_record_has_every_reading_that_was_about_the_pupil(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let mut kari = Phone::of(&school.kari);
        let entry = kari.log_pupil(What::Exclusion, server::clock::now_ms(), school.pupils[0], &Part::Exposed);
        kari.amend(entry, shared::document::entry::set_pupil(PupilRef::Known(school.pupils[1]), Some(&Part::Acting)));
        let report = kari.begin_report(Some(school.pupils[0]), &[entry]);
        kari.write_report(report, report::send());
        kari.sync(&server).await;
        server.get::<EntryDetail>(&school.ola, &path::with_id(path::ENTRY, entry)).await;
        server.get::<ReportDetail>(&school.principal, &path::with_id(path::REPORT, report)).await;
        server.get::<PupilLog>(&school.ida, &path::with_id(path::PUPIL_LOG, school.pupils[0])).await;
        server.get::<PupilLog>(&school.ida, &path::with_id(path::PUPIL_LOG, school.pupils[2])).await;
        let about = |pupil: usize| path::with_id(path::PUPIL_READINGS, school.pupils[pupil]);
        let told = async |pupil: usize| {
            let record: PupilReadings = server.get(&school.deputy, &about(pupil)).await;
            assert_eq!(record.pupil_name, format!("Elev{pupil} Østby Ås"));
            record.readings.into_iter().map(|it| (it.staff_name, it.what)).collect::<Vec<_>>()
        };
        let ida = ("Ida Moen".to_owned(), AuditAct::ReadPupilLog);
        let both = [("Per Vik".to_owned(), AuditAct::ReadReport), ("Ola Berg".to_owned(), AuditAct::ReadEntry)];
        assert_eq!(told(0).await, [[ida.clone()].as_slice(), &both].concat());
        assert_eq!(told(1).await, both, "named in the entry that the report shows");
        assert_eq!(told(2).await, [ida]);
        let elsewhere = School::found(&server.store, "Dal skole").await;
        assert_eq!(server.status(&elsewhere.principal, "GET", &about(0)).await, 404);
    }

    async fn lists_of_reports_patterns_erasures_and_the_record_are_readings_too(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        for address in [path::REPORTS, path::PATTERNS, path::ERASURES, path::READINGS] {
            assert_eq!(server.status(&school.principal, "GET", address).await, 200);
        }
        assert_eq!(server.status(&school.kari, "GET", path::REPORTS).await, 200, "one's own reports are no inbox");
        let readings: Vec<Reading> = server.get(&school.deputy, path::READINGS).await;
        let told: Vec<_> = readings.iter().map(|it| it.what.clone()).collect();
        assert_eq!(told, [AuditAct::ReadRecord, AuditAct::ReadErasures, AuditAct::ReadPatterns, AuditAct::ReadInbox]);
    }
}
