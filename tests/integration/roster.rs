//! A roster over HTTP: who leaves it keeps the log, and who comes back gets it again.

use friminutt_tests::on_both_databases;
use friminutt_tests::phone::Phone;
use friminutt_tests::school::School;
use friminutt_tests::server::Server;
use shared::api::{self, ErrorCode, PupilLog, RosterImported, RosterPreview, path};
use shared::domain::{Part, PupilId, What};

const HEAD: &str = "Fornavn;Etternavn;Klasse\n";
const EVERYBODY: [&str; 5] = [
    "Elev0;Østby Ås;5A",
    "Elev1;Østby Ås;5A",
    "Elev2;Østby Ås;5A",
    "Elev3;Østby Ås;5B",
    "Elev4;Østby Ås;5B",
];

/// Previews a file and imports what was previewed.
async fn import(server: &Server, school: &School, lines: &[&str]) -> RosterImported {
    let file = format!("{HEAD}{}\n", lines.join("\n"));
    let preview = server
        .ask(
            &school.administrator,
            "POST",
            path::ROSTER_PREVIEW,
            file.as_bytes(),
        )
        .await;
    let preview: RosterPreview = serde_json::from_slice(&preview.body).unwrap();
    assert_eq!(preview.problems, []);
    let address = format!(
        "{}?fingerprint={}",
        path::ROSTER_IMPORT,
        preview.fingerprint
    );
    let answer = server
        .ask(&school.administrator, "POST", &address, file.as_bytes())
        .await;
    assert_eq!(answer.status, 200);
    serde_json::from_slice(&answer.body).unwrap()
}

async fn known(server: &Server, school: &School) -> Vec<PupilId> {
    let known: api::School = server.get(&school.kari, path::SCHOOL).await;
    known.pupils.iter().map(|pupil| pupil.id).collect()
}

on_both_databases! {
    async fn a_pupil_gone_from_the_roster_keeps_the_log_and_gets_it_again_when_back(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let leaving = school.pupils[0];
        let address = path::with_id(path::PUPIL_LOG, leaving);
        let mut kari = Phone::of(&school.kari);
        let seen = kari.log_pupil(What::Alone, server::clock::now_ms(), leaving, &Part::Alone);
        kari.sync(&server).await;
        let before: PupilLog = server.get(&school.principal, &address).await;

        let gone = import(&server, &school, &EVERYBODY[1..]).await;
        assert_eq!((gone.new, gone.changed, gone.gone), (0, 0, 1));
        assert!(!known(&server, &school).await.contains(&leaving));
        let log: PupilLog = server.get(&school.principal, &address).await;
        assert!(log.has_left);
        assert_eq!(log.lines, before.lines);
        // A phone that has not heard of it yet still writes about the pupil.
        let late = kari.log_pupil(What::Fight, server::clock::now_ms() + 1, leaving, &Part::Exposed);
        kari.sync(&server).await;

        let back = import(&server, &school, &EVERYBODY).await;
        assert_eq!((back.new, back.changed, back.gone), (1, 0, 0));
        assert!(known(&server, &school).await.contains(&leaving));
        let log: PupilLog = server.get(&school.ida, &address).await;
        assert!(!log.has_left);
        assert_eq!(log.lines.iter().map(|line| line.entry.id).collect::<Vec<_>>(), [late, seen]);
    }

    async fn only_what_was_previewed_is_imported(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let file = format!("{HEAD}{}\n", EVERYBODY.join("\n"));
        let preview = server.ask(&school.administrator, "POST", path::ROSTER_PREVIEW, file.as_bytes()).await;
        let preview: RosterPreview = serde_json::from_slice(&preview.body).unwrap();
        let address = format!("{}?fingerprint={}", path::ROSTER_IMPORT, preview.fingerprint);
        let other = format!("{file}Bo;Li;5B\n");
        let (status, error) = server.refusal(&school.administrator, "POST", &address, other.as_bytes()).await;
        assert_eq!((status, error.code), (409, ErrorCode::Conflict));
        let (status, error) = server.refusal(&school.administrator, "POST", &address, b"Fornavn;Etternavn\nBo;Li\n").await;
        assert_eq!((status, error.code), (422, ErrorCode::RosterUnreadable));
        assert_eq!(known(&server, &school).await.len(), 5);
    }
}
