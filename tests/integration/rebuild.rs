//! Projections computed anew: the same rows, whatever the documents have been through.

use friminutt_tests::on_both_databases;
use friminutt_tests::phone::Phone;
use friminutt_tests::rows;
use friminutt_tests::school::School;
use friminutt_tests::server::Server;
use server::projection::rebuild::rebuild;
use shared::document::{entry, report};
use shared::domain::{Part, PupilId, PupilRef, What};
use uuid::Uuid;

on_both_databases! {
    async fn every_row_comes_out_the_same(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let now_ms = server::clock::now_ms();
        let nobody = PupilId(Uuid::now_v7());
        let (mut kari, mut ola) = (Phone::of(&school.kari), Phone::of(&school.ola));
        let mut entries = Vec::new();
        for pupil in [school.pupils[0], school.others[0], nobody] {
            for phone in [&mut kari, &mut ola] {
                entries.push(phone.log_pupil(What::Alone, now_ms, pupil, &Part::Alone));
                phone.log_pupil(What::Fight, now_ms - 1, pupil, &Part::Exposed);
            }
        }
        kari.sync(&server).await;
        ola.sync(&server).await;
        kari.sync(&server).await;
        kari.amend(entries[0], entry::set_pupil(PupilRef::Known(school.pupils[1]), Some(&Part::Present)));
        kari.amend(entries[2], entry::withdraw());
        let sent = kari.begin_report(Some(school.pupils[0]), &[entries[0], entries[1]]);
        kari.write_report(sent, report::send());
        let withdrawn = kari.begin_report(None, &[entries[3]]);
        kari.write_report(withdrawn, report::send());
        kari.begin_report(None, &[entries[4]]);
        kari.sync(&server).await;
        kari.write_report(withdrawn, report::withdraw());
        ola.amend(entries[1], entry::set_text("etterpå").unwrap());
        kari.sync(&server).await;
        ola.sync(&server).await;

        let before = rows::of_projections(&server.store).await;
        let of = |table| before.iter().find(|(name, _)| *name == table).map_or(0, |(_, rows)| rows.len());
        assert_eq!((of("entry"), of("report"), of("report_entry"), of("pattern")), (12, 1, 2, 2));
        rebuild(&server.store, |_| {}).await.unwrap();
        assert_eq!(rows::of_projections(&server.store).await, before);
    }
}
