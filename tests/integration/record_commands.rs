//! The record by command: exported, kept, verified offline in plain words, and after a backup was restored.

use std::path::Path;

use friminutt_tests::ledger::Ledger;
use friminutt_tests::ledger::{Sent, send};
use friminutt_tests::mail::MailServer;
use friminutt_tests::phone::Phone;
use friminutt_tests::program::Program;
use friminutt_tests::school::found_by;
use server::store::Store;

const SCHOOL: &str = "Granlia skole";

async fn verify(program: &Program, arguments: &[&str]) -> (bool, String) {
    program.attempt(&[&["verify"], arguments].concat()).await
}

async fn copy_of(program: &Program, to: &Path) {
    let store = Store::open(program.database()).await.unwrap();
    let copy = format!("vacuum into '{}'", to.display());
    let server::store::Database::Sqlite { writer, .. } = store.database() else {
        panic!("SQLite");
    };
    sqlx::raw_sql(sqlx::AssertSqlSafe(copy))
        .execute(writer)
        .await
        .unwrap();
    store.close().await;
}

#[tokio::test]
async fn an_export_is_verified_with_no_database_and_every_tampering_is_told_in_words() {
    let mut program = Program::new();
    found_by(&mut program, 1).await;
    let outside = tempfile::tempdir().unwrap();
    let at = |name: &str| outside.path().join(name).display().to_string();
    program.run(&["rebuild"]).await;
    program.run(&["rebuild"]).await;
    std::fs::write(at("head"), program.run(&["audit-head", SCHOOL]).await).unwrap();
    program.run(&["rotate-key"]).await;
    program.run(&["audit-export", SCHOOL, &at("record")]).await;
    let (is_fine, words) = verify(&program, &[&at("record"), "--head", &at("head")]).await;
    assert!(
        is_fine && words.contains("As it was written, to row 5"),
        "{words}"
    );
    let (_, again) = program
        .attempt(&["audit-export", SCHOOL, &at("record")])
        .await;
    assert!(again.contains("exists"), "{again}");
    assert!(verify(&program, &[]).await.0, "the database");
    assert!(
        verify(&program, &["--head", &at("head")]).await.0,
        "the database against the head"
    );

    let whole = std::fs::read_to_string(at("record")).unwrap();
    let lines: Vec<&str> = whole.lines().collect();
    assert_eq!(lines.len(), 1 + 5 + 1);
    let without = |left_out: usize| {
        let left = lines.iter().enumerate().filter(|(at, _)| *at != left_out);
        left.map(|(_, line)| format!("{line}\n"))
            .collect::<String>()
    };
    let mut swapped = lines.clone();
    swapped.swap(2, 3);
    for (file, words) in [
        (
            whole.replace("generation 2", "generation 3"),
            "row 4 is not as written",
        ),
        (without(2), "row 2 is missing"),
        (swapped.join("\n"), "row 2 stands after a later one"),
        (without(6), "cut off"),
        (without(5), "row 5 is vouched for and missing"),
        (without(0), "does not begin as a record does"),
        (
            whole.replace("rotated_key", "rotated_kez"),
            "row 4 is not as written",
        ),
    ] {
        std::fs::write(at("tampered"), file).unwrap();
        let (is_fine, told) = verify(&program, &[&at("tampered"), "--head", &at("head")]).await;
        assert!(!is_fine && told.contains(words), "{words}: {told}");
    }
    let (is_fine, told) = verify(&program, &[&at("record"), "--key", &"07".repeat(32)]).await;
    assert!(!is_fine && told.contains("another key"), "{told}");
}

#[tokio::test]
async fn a_restored_backup_is_told_against_a_head_that_was_kept_and_the_record_goes_on() {
    let mut program = Program::new();
    let (people, pupils) = found_by(&mut program, 1).await;
    let outside = tempfile::tempdir().unwrap();
    let backup = outside.path().join("backup.db");
    copy_of(&program, &backup).await;
    program.start().await;
    let (mut phone, mut ledger) = (Phone::of(&people[0]), Ledger::default());
    ledger.log(&mut phone, pupils[0].id);
    let sent = send(&mut phone, &program.address(), usize::MAX).await;
    assert!(matches!(sent, Sent::Received(_)));
    program.kill().await;
    let kept = outside.path().join("head").display().to_string();
    std::fs::write(&kept, program.run(&["audit-head", SCHOOL]).await).unwrap();
    assert!(verify(&program, &["--head", &kept]).await.0);

    let database = program.database_file().unwrap().to_owned();
    for name in ["-wal", "-shm"] {
        // It is not there when the last connection was closed in order.
        let _ = std::fs::remove_file(format!("{database}{name}"));
    }
    std::fs::copy(&backup, &database).unwrap();
    let (is_fine, told) = verify(&program, &["--head", &kept]).await;
    assert!(
        !is_fine && told.contains("the record ends at row 1"),
        "{told}"
    );
    program.run(&["restored"]).await;
    let (is_fine, told) = verify(&program, &["--head", &kept]).await;
    let expected =
        "the record goes on from row 1, and of what the kept head vouches for, to row 2,";
    assert!(
        !is_fine && told.contains("a backup was restored") && told.contains(expected),
        "{told}"
    );
    let after = outside.path().join("after").display().to_string();
    std::fs::write(&after, program.run(&["audit-head", SCHOOL]).await).unwrap();
    assert!(
        verify(&program, &["--head", &after]).await.0,
        "a head from after it"
    );
}

#[tokio::test]
async fn the_head_is_mailed_outside_and_what_is_mailed_verifies() {
    let mut program = Program::new();
    found_by(&mut program, 1).await;
    let mut mail = MailServer::down();
    let url = mail.url();
    let ask = [
        "audit-head",
        SCHOOL,
        "--mail-to",
        "eier@kommune.example",
        "--smtp-url",
        &url,
        "--mail-from",
        "friminutt@skole.example",
    ];
    let (is_sent, words) = program.attempt(&ask).await;
    assert!(!is_sent && words.contains("could not be mailed"), "{words}");
    mail.rise().await;
    program.run(&ask).await;
    let mails = mail.mails(1).await;
    assert_eq!(
        (mails.len(), &mails[0].to),
        (1, &vec!["eier@kommune.example".to_owned()])
    );
    let outside = tempfile::tempdir().unwrap();
    let kept = outside.path().join("head").display().to_string();
    std::fs::write(&kept, mails[0].body.trim()).unwrap();
    assert!(verify(&program, &["--head", &kept]).await.0);
}
