//! The record: what people do stands in it, an export of it can be verified by anybody, and whatever is done to its rows in the
//! database is found.

use std::collections::BTreeSet;
use std::convert::Infallible;

use friminutt_tests::database::Database;
use friminutt_tests::ledger::record_is_whole;
use friminutt_tests::on_both_databases;
use friminutt_tests::phone::Phone;
use friminutt_tests::rows;
use friminutt_tests::school::{Person, School};
use friminutt_tests::server::{Server, keys};
use friminutt_tests::visitor::Visitor;
use server::audit::export::head;
use server::audit::verify::verify_school;
use server::store::Database as Opened;
use shared::api::{Invitation, Reading, path};
use shared::audit::{AuditEvent, AuditRow, BEGINNING, Finding, SignedHead, read_head, verify_file};
use shared::domain::{AuditAct, Part, What};

const ENTRIES: usize = 4;

/// A school where something has happened, and a head that was kept then; another beside it.
async fn lived_in(server: &Server) -> (School, SignedHead) {
    let school = School::found(&server.store, "Lia skole").await;
    let elsewhere = School::found(&server.store, "Dal skole").await;
    for school in [&school, &elsewhere] {
        let mut kari = Phone::of(&school.kari);
        for _ in 0..ENTRIES {
            let now_ms = server::clock::now_ms();
            kari.log_pupil(What::Alone, now_ms, school.pupils[0], &Part::Alone);
            kari.sync(server).await;
            let log = path::with_id(path::PUPIL_LOG, school.pupils[0]);
            assert_eq!(server.status(&school.ida, "GET", &log).await, 200);
        }
    }
    assert_eq!(record_is_whole(&server.store).await, Ok(()));
    let kept = head(&server.store, &keys(), school.id, 1).await.unwrap();
    assert_eq!(kept.seq, 2 * ENTRIES as i64);
    (school, kept)
}

async fn findings(server: &Server, school: &School, heads: &[SignedHead]) -> Vec<Finding> {
    let verified = verify_school(&server.store, school.id, heads.to_vec()).await;
    verified.unwrap().findings
}

async fn tampered(database: &Database, sql: &'static str) -> Vec<Finding> {
    let server = Server::start(database).await;
    let (school, kept) = lived_in(&server).await;
    let sql = sql.replace("{school}", &id(&server, &school));
    assert!(rows::execute(&server.store, sql.leak()).await > 0);
    findings(&server, &school, &[kept]).await
}

/// The school's id as the database writes it in a statement.
fn id(server: &Server, school: &School) -> String {
    match server.store.database() {
        Opened::Sqlite { .. } => format!("x'{}'", school.id.0.simple()),
        Opened::Postgres(_) => format!("'{}'", school.id),
    }
}

async fn export(server: &Server, who: &Person) -> Vec<String> {
    let answer = server.ask(who, "GET", path::RECORD, &[]).await;
    assert_eq!(answer.status, 200);
    let text = String::from_utf8(answer.body).unwrap();
    text.lines().map(str::to_owned).collect()
}

fn found_in(lines: &[String], kept: Option<SignedHead>) -> Vec<Finding> {
    let lines = lines.iter().cloned().map(Ok::<_, Infallible>);
    verify_file(lines, kept, Some(keys().verifying()))
        .unwrap()
        .1
        .findings
}

/// Writes a school's rows anew from the second on, all hashes made to fit.
async fn rewrite(server: &Server, school: &School) {
    let mut tx = server.store.write().await.unwrap();
    let rows = tx.audit_after(school.id, 0, 1_000).await.unwrap();
    drop(tx);
    let mut last = BEGINNING;
    for row in rows {
        let detail = if row.seq == 2 {
            "another".into()
        } else {
            row.event.detail.clone()
        };
        let anew = AuditRow::after(
            &last,
            school.id,
            row.seq,
            AuditEvent {
                detail,
                ..row.event
            },
        );
        last = anew.hash;
        let of_row = format!(
            "where school_id = {} and seq = {}",
            id(server, school),
            row.seq
        );
        let bytes = match server.store.database() {
            Opened::Sqlite { .. } => format!("x'{last}'"),
            Opened::Postgres(_) => format!("'\\x{last}'"),
        };
        let text = anew.event.detail;
        let sql = format!("update audit set detail = '{text}', hash = {bytes} {of_row}");
        assert_eq!(rows::execute(&server.store, sql.leak()).await, 1);
        let sql = format!("update audit_head set hash = {bytes} {of_row}");
        rows::execute(&server.store, sql.leak()).await;
    }
}

on_both_databases! {
    async fn an_edited_row_is_found(database: Database) {
        let found = tampered(&database, "update audit set at_ms = at_ms + 1 where school_id = {school} and seq = 3").await;
        assert_eq!(found, [Finding::Edited { from: 3, to: 3 }]);
    }

    async fn a_reader_who_took_their_name_out_is_found(database: Database) {
        let found = tampered(&database, "update audit set staff_id = null where school_id = {school} and act = 'read_pupil_log' and seq < 5").await;
        assert_eq!(found, [Finding::Edited { from: 2, to: 2 }, Finding::Edited { from: 4, to: 4 }]);
    }

    async fn a_deleted_row_is_found(database: Database) {
        let found = tampered(&database, "delete from audit where school_id = {school} and seq = 4").await;
        assert_eq!(found, [Finding::Missing { from: 4, to: 4 }]);
    }

    async fn rows_that_changed_places_are_found(database: Database) {
        let server = Server::start(&database).await;
        let (school, kept) = lived_in(&server).await;
        for (from, to) in [(2, -2), (3, 2), (-2, 3)] {
            let of_school = id(&server, &school);
            let moved = format!("update audit set seq = {to} where school_id = {of_school} and seq = {from}");
            assert_eq!(rows::execute(&server.store, moved.leak()).await, 1);
        }
        assert_eq!(findings(&server, &school, &[kept]).await, [Finding::Edited { from: 2, to: 4 }]);
    }

    async fn a_row_of_another_school_is_found(database: Database) {
        let found = tampered(&database, "update audit set
            staff_id = (select staff_id from audit b where b.school_id <> audit.school_id and b.seq = 4),
            device_id = (select device_id from audit b where b.school_id <> audit.school_id and b.seq = 4),
            pupil_id = (select pupil_id from audit b where b.school_id <> audit.school_id and b.seq = 4),
            at_ms = (select at_ms from audit b where b.school_id <> audit.school_id and b.seq = 4),
            hash = (select hash from audit b where b.school_id <> audit.school_id and b.seq = 4)
            where school_id = {school} and seq = 4").await;
        assert_eq!(found, [Finding::Edited { from: 4, to: 5 }]);
    }

    async fn a_cut_tail_is_found_by_what_the_database_keeps_and_by_a_head_from_outside(database: Database) {
        let server = Server::start(&database).await;
        let (school, kept) = lived_in(&server).await;
        let cut = format!("delete from audit where school_id = {} and seq > 7", id(&server, &school));
        rows::execute(&server.store, cut.leak()).await;
        let alone = findings(&server, &school, &[]).await;
        assert_eq!(alone, [Finding::LastRowDiffers { last: 7, head: 8 }]);
        assert!(findings(&server, &school, std::slice::from_ref(&kept)).await.contains(&Finding::Cut { last: 7, head: 8 }));
        // The head in the database made to fit.
        let fit = format!(
            "update audit_head set seq = 7, hash = (select hash from audit where audit.school_id = audit_head.school_id and audit.seq = 7)
             where school_id = {}", id(&server, &school));
        rows::execute(&server.store, fit.leak()).await;
        assert_eq!(findings(&server, &school, &[]).await, []);
        assert_eq!(findings(&server, &school, &[kept]).await, [Finding::Cut { last: 7, head: 8 }]);
    }

    async fn a_record_written_anew_with_fitting_hashes_is_found_by_a_head_from_outside(database: Database) {
        let server = Server::start(&database).await;
        let (school, kept) = lived_in(&server).await;
        rewrite(&server, &school).await;
        assert_eq!(findings(&server, &school, &[]).await, [], "the database alone cannot tell");
        let told = Finding::Rewritten { head: kept.seq, at_ms: kept.at_ms };
        assert_eq!(findings(&server, &school, std::slice::from_ref(&kept)).await, std::slice::from_ref(&told));
        let lines = export(&server, &school.principal).await;
        assert_eq!(found_in(&lines, None), []);
        assert_eq!(found_in(&lines, Some(kept)), [told]);
    }

    async fn a_change_that_vanished_and_one_that_came_by_no_upload_are_found(database: Database) {
        let server = Server::start(&database).await;
        let (school, _) = lived_in(&server).await;
        let of_school = id(&server, &school);
        let gone = format!("delete from change where school_id = {of_school} and seq = (select max(seq) from change where school_id = {of_school})");
        assert_eq!(rows::execute(&server.store, gone.leak()).await, 1);
        let found = findings(&server, &school, &[]).await;
        assert!(matches!(found[..], [Finding::ChangeGone { .. }]), "{found:?}");
        let foreign = format!("update change set hash = (select hash from change b where b.school_id <> change.school_id and b.seq = 1)
            where school_id = {of_school} and seq = 1");
        assert_eq!(rows::execute(&server.store, foreign.leak()).await, 1);
        let found = findings(&server, &school, &[]).await;
        assert!(matches!(found[..], [Finding::ChangeNotRecorded { .. }, Finding::ChangeGone { .. }, Finding::ChangeGone { .. }]), "{found:?}");
    }

    async fn what_is_erased_stays_verifiable_and_says_no_word(database: Database) {
        let server = Server::start(&database).await;
        let (school, kept) = lived_in(&server).await;
        let mut kari = Phone::of(&school.kari);
        let entry = kari.log_pupil(What::Alone, server::clock::now_ms(), school.pupils[0], &Part::Alone);
        kari.amend(entry, shared::document::entry::set_text("Kanarifuglen sang").unwrap());
        kari.sync(&server).await;
        let asked = format!(r#"{{"documents":["{entry}"],"ground":"mistake"}}"#);
        assert_eq!(server.ask_json(&school.principal, "POST", path::ERASURES, asked.as_bytes()).await.status, 204);
        assert_eq!(findings(&server, &school, std::slice::from_ref(&kept)).await, []);
        let lines = export(&server, &school.principal).await;
        assert_eq!(found_in(&lines, Some(kept)), []);
        for word in ["Kanarifuglen", "Elev0", "Østby", "Kari", "Lia skole"] {
            assert!(lines.iter().all(|line| !line.contains(word)), "{word}");
        }
        let changes: Vec<Reading> = server.get(&school.principal, "/api/readings?of=changes").await;
        assert_eq!((changes[0].what.clone(), changes[0].detail.as_str()), (AuditAct::Erased, "mistake"));
    }

    async fn an_export_tells_of_itself_and_fits_a_head_that_was_kept_before_it(database: Database) {
        let server = Server::start(&database).await;
        let (school, kept) = lived_in(&server).await;
        let first = export(&server, &school.deputy).await;
        assert_eq!(first.len(), 1 + 9 + 1);
        assert!(first[9].contains("exported_record"));
        assert_eq!(found_in(&first, Some(kept)), []);
        let second = export(&server, &school.principal).await;
        assert_eq!(found_in(&second, read_head(first.iter().map(String::as_str))), []);
        assert_eq!(second[1..10], first[1..10]);
    }

    async fn what_people_do_stands_in_the_record_and_the_leadership_sees_a_password_being_reset(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let (administrator, principal) = (&school.administrator, &school.principal);
        let invitation = path::with_id(path::STAFF_INVITATION, principal.staff);
        let answer = server.ask_json(administrator, "POST", &invitation, b"").await;
        let invitation: Invitation = serde_json::from_slice(&answer.body).unwrap();
        let taken = Visitor::default().take_up(&server, &invitation.token, "et langt passord").await;
        assert_eq!(taken.status, 200);
        let wrong = format!(r#"{{"username":"{}","password":"feil","device_name":"x"}}"#, principal.staff);
        for _ in 0..4 {
            assert_eq!(server.ask_json(administrator, "POST", path::SESSION, wrong.as_bytes()).await.status, 401);
        }
        let new = br#"{"name":"Bo Li","username":"bo","roles":["duty_staff"]}"#;
        assert_eq!(server.ask_json(administrator, "POST", path::STAFF, new).await.status, 201);
        let mut settings: serde_json::Value = server.get(administrator, path::SETTINGS).await;
        settings["owner_name"] = "Granlia kommune".into();
        let settings = serde_json::to_vec(&settings).unwrap();
        assert_eq!(server.ask_json(administrator, "PUT", path::SETTINGS, &settings).await.status, 204);
        let attention = path::with_id(path::PUPIL_ATTENTION, school.pupils[0]);
        assert_eq!(server.ask_json(&school.deputy, "PUT", &attention, br#"{"until_ms":null}"#).await.status, 204);
        let device = path::with_id(path::DEVICE, school.kari.device);
        assert_eq!(server.ask_json(administrator, "DELETE", &device, b"").await.status, 204);
        assert_eq!(server.ask_json(&school.nina, "DELETE", path::SESSION, b"").await.status, 204);

        let told = async |of: &str| {
            let address = format!("{}?of={of}", path::READINGS);
            let lines: Vec<Reading> = server.get(&school.deputy, &address).await;
            lines.into_iter().map(|it| (it.what, it.staff_name, it.subject_name.unwrap_or_default(), it.detail)).collect::<Vec<_>>()
        };
        let line = |what, who: &str, subject: &str, detail: &str| (what, who.to_owned(), subject.to_owned(), detail.to_owned());
        assert_eq!(told("changes").await, [
            line(AuditAct::SetAttention, "Eli Rud", "", "ended"),
            line(AuditAct::ChangedSettings, "Jon Aas", "", "owner"),
        ]);
        // What is refused is recorded apart from its answer.
        let sign_ins = loop {
            let sign_ins = told("sign_ins").await;
            if sign_ins.iter().any(|it| it.0 == AuditAct::RefusedSignIn) {
                break sign_ins;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        };
        assert_eq!(sign_ins.len(), 7, "four wrong passwords are one row: {sign_ins:?}");
        let sign_ins: BTreeSet<_> = sign_ins.into_iter().collect();
        for expected in [
            line(AuditAct::InvitedToAccount, "Jon Aas", "Per Vik", ""),
            line(AuditAct::TookInvitation, "", "Per Vik", ""),
            line(AuditAct::SignedIn, "Per Vik", "", "invitation"),
            line(AuditAct::RefusedSignIn, "", "Per Vik", ""),
            line(AuditAct::MadeAccount, "Jon Aas", "Bo Li", "invited duty_staff"),
            line(AuditAct::RevokedDevice, "Jon Aas", "Kari Lunde", &school.kari.device.to_string()),
            line(AuditAct::SignedOut, "Nina Dahl", "", ""),
        ] {
            assert!(sign_ins.contains(&expected), "{expected:?} in {sign_ins:?}");
        }
        assert_eq!(record_is_whole(&server.store).await, Ok(()));
    }
}
