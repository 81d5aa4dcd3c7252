//! The turn of a school year: pupils and those who follow them go on together, in one moment, or not at all.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use friminutt_tests::on_both_databases;
use friminutt_tests::phone::Phone;
use friminutt_tests::rows;
use friminutt_tests::school::{Person, School, hire};
use friminutt_tests::server::Server;
use friminutt_tests::wire::Answer;
use serde_json::{Value, json};
use shared::api::{self, ApiError, ErrorCode, Reading, RosterFollower, RosterPreview, path};
use shared::domain::{AuditAct, Part, PupilId, Role, StaffId, What};

const HEAD: &str = "Fornavn;Etternavn;Klasse\n";
const SPRING: &str = "Elev0;Østby Ås;5A\nElev1;Østby Ås;5A\nElev2;Østby Ås;5A\n\
    Elev3;Østby Ås;6A\nElev4;Østby Ås;6A\nBo;Li;4A\nSiv;Å;4A\n";
/// Everybody a class up, the oldest gone, and new ones at the bottom.
const AUTUMN: &str = "Elev0;Østby Ås;6A\nElev1;Østby Ås;6A\nElev2;Østby Ås;6A\n\
    Bo;Li;5A\nSiv;Å;5A\nTor;Ny;4A\n";
const TABLES: [&str; 7] = [
    "school",
    "class",
    "pupil",
    "staff",
    "staff_role",
    "contact_teacher",
    "audit",
];
const PATIENCE: Duration = Duration::from_secs(10);

/// A school in spring, with somebody who follows each of three classes.
struct Spring {
    school: School,
    tuva: Person,
    eva: Person,
    /// One of each class.
    fourth: PupilId,
    fifth: PupilId,
    sixth: PupilId,
}

async fn spring(server: &Server) -> Spring {
    let school = School::found(&server.store, "Lia skole").await;
    assert_eq!(import(server, &school, SPRING, json!({})).await.status, 200);
    let tuva = hire(
        &server.store,
        school.id,
        "Tuva Nes",
        vec![Role::ContactTeacher],
    )
    .await;
    let eva = hire(
        &server.store,
        school.id,
        "Eva Tveit",
        vec![Role::ContactTeacher],
    )
    .await;
    let mut tx = server.store.write().await.unwrap();
    for (person, name) in [(&tuva, "4A"), (&eva, "6A")] {
        let classes = tx.classes(school.id).await.unwrap();
        let class = classes.iter().find(|class| class.name == name).unwrap().id;
        tx.add_contact_teacher(school.id, person.staff, class)
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
    let known: api::School = server.get(&school.kari, path::SCHOOL).await;
    let bo = known.pupils.iter().find(|pupil| pupil.given_name == "Bo");
    let (fifth, sixth) = (school.pupils[0], school.others[0]);
    let fourth = bo.unwrap().id;
    let mut kari = Phone::of(&school.kari);
    for pupil in [fourth, fifth, sixth] {
        kari.log_pupil(What::Alone, server::clock::now_ms(), pupil, &Part::Alone);
    }
    kari.sync(server).await;
    Spring {
        school,
        tuva,
        eva,
        fourth,
        fifth,
        sixth,
    }
}

impl Spring {
    /// Whose logs somebody may read, of the three.
    async fn reads(&self, server: &Server, who: &Person) -> [bool; 3] {
        let mut reads = [false; 3];
        for (reads, pupil) in reads.iter_mut().zip([self.fourth, self.fifth, self.sixth]) {
            let status = server
                .status(who, "GET", &path::with_id(path::PUPIL_LOG, pupil))
                .await;
            assert!(status == 200 || status == 404);
            *reads = status == 200;
        }
        reads
    }

    async fn all_read(&self, server: &Server) -> [[bool; 3]; 3] {
        [
            self.reads(server, &self.tuva).await,
            self.reads(server, &self.school.ida).await,
            self.reads(server, &self.eva).await,
        ]
    }

    /// As the file proposes it.
    fn proposed(&self) -> Value {
        json!({self.tuva.staff.to_string(): ["5A"], self.school.ida.staff.to_string(): ["6A"], self.eva.staff.to_string(): []})
    }
}

async fn preview(server: &Server, school: &School, lines: &str) -> RosterPreview {
    let file = format!("{HEAD}{lines}");
    let answer = server
        .ask(
            &school.administrator,
            "POST",
            path::ROSTER_PREVIEW,
            file.as_bytes(),
        )
        .await;
    serde_json::from_slice(&answer.body).unwrap()
}

async fn import(server: &Server, school: &School, lines: &str, follows: Value) -> Answer {
    let fingerprint = preview(server, school, lines).await.fingerprint;
    import_as_of(server, school, lines, &fingerprint, &follows.to_string()).await
}

async fn import_as_of(
    server: &Server,
    school: &School,
    lines: &str,
    fingerprint: &str,
    follows: &str,
) -> Answer {
    let follows: String = follows.bytes().map(|byte| format!("%{byte:02x}")).collect();
    let address = format!(
        "{}?fingerprint={fingerprint}&follows={follows}",
        path::ROSTER_IMPORT
    );
    server
        .ask(
            &school.administrator,
            "POST",
            &address,
            format!("{HEAD}{lines}").as_bytes(),
        )
        .await
}

async fn all_rows(server: &Server) -> Vec<Vec<String>> {
    let mut all = Vec::new();
    for table in TABLES {
        all.push(rows::of_table(&server.store, table).await);
    }
    all
}

/// Of whom the record says that their account was changed, and to what.
async fn changed(server: &Server, school: &School) -> Vec<(String, String)> {
    let told: Vec<Reading> = server
        .get(
            &school.principal,
            &format!("{}?of=sign_ins", path::READINGS),
        )
        .await;
    let told = told
        .into_iter()
        .filter(|it| it.what == AuditAct::ChangedAccount);
    told.map(|it| (it.subject_name.unwrap(), it.detail))
        .collect()
}

on_both_databases! {
    async fn pupils_and_those_who_follow_them_go_on_together(database: Database) {
        let server = Server::start(&database).await;
        let spring = spring(&server).await;
        let school = &spring.school;
        assert_eq!(spring.all_read(&server).await, [[true, false, false], [false, true, false], [false, false, true]]);
        let previewed = preview(&server, school, AUTUMN).await;
        let line = |it: &RosterFollower| (it.staff, it.now.concat(), it.proposed.concat(), it.filled_by_others.concat());
        let lines: BTreeSet<_> = previewed.followers.iter().map(line).collect();
        let expected = [
            (spring.tuva.staff, "4A", "5A", "4A"),
            (school.ida.staff, "5A", "6A", "5A"),
            (spring.eva.staff, "6A", "", "6A"),
        ];
        assert_eq!(lines, expected.map(|(staff, now, then, others)| (staff, now.into(), then.into(), others.into())).into());
        assert_eq!(previewed.classes, ["4A", "5A", "6A"]);

        let mut live = reqwest::Client::new()
            .get(format!("http://{}{}", server.address, path::LIVE))
            .header("cookie", &school.ida.cookie)
            .send()
            .await
            .unwrap();
        assert_eq!(live.status(), 200);
        let before: api::School = server.get(&school.ida, path::SCHOOL).await;
        assert_eq!(import(&server, school, AUTUMN, spring.proposed()).await.status, 200);
        // Each has their own as before; whose class left has none, and nobody got another's.
        assert_eq!(spring.all_read(&server).await, [[true, false, false], [false, true, false], [false, false, false]]);
        let ping = tokio::time::timeout(PATIENCE, live.chunk()).await.expect("a ping").unwrap().unwrap();
        assert!(String::from_utf8_lossy(&ping).contains("\"seq\":0"), "look again");
        let after: api::School = server.get(&school.ida, path::SCHOOL).await;
        let sixth = after.classes.iter().find(|class| class.name == "6A").unwrap().id;
        assert!(after.version > before.version);
        assert_eq!((before.own_classes, after.own_classes), (vec![school.class_5a], vec![sixth]));

        let told: BTreeMap<String, String> = changed(&server, school).await.into_iter().collect();
        assert_eq!(told.len(), 3);
        assert_eq!(told["Ida Moen"], format!("active contact_teacher {sixth}"));
        assert_eq!(told["Eva Tveit"], "active contact_teacher");

        // The same again asks nothing and changes nothing.
        let followed = rows::of_table(&server.store, "contact_teacher").await;
        let again = preview(&server, school, AUTUMN).await;
        assert_eq!((again.followers, again.classes), (vec![], vec![]));
        assert_eq!(import(&server, school, AUTUMN, json!({})).await.status, 200);
        assert_eq!(rows::of_table(&server.store, "contact_teacher").await, followed);
        assert_eq!(changed(&server, school).await.len(), 3);
    }

    async fn another_choice_than_the_proposed_is_carried_out(database: Database) {
        let server = Server::start(&database).await;
        let spring = spring(&server).await;
        let school = &spring.school;
        let chosen = json!({spring.tuva.staff.to_string(): [], school.ida.staff.to_string(): ["5A", "6A", "6A"], spring.eva.staff.to_string(): ["6A"]});
        assert_eq!(import(&server, school, AUTUMN, chosen).await.status, 200);
        // Whoever left is nobody's, also not of the one who still follows the class of that name.
        assert_eq!(spring.all_read(&server).await, [[false, false, false], [true, true, false], [false, true, false]]);
        let told: BTreeSet<String> = changed(&server, school).await.into_iter().map(|(name, _)| name).collect();
        assert_eq!(told, ["Ida Moen".to_owned(), "Tuva Nes".to_owned()].into(), "Eva follows what she followed");
        // The oldest are read by the leadership alone, and so are new ones by whoever gets their class.
        let log = path::with_id(path::PUPIL_LOG, spring.sixth);
        assert_eq!(server.status(&school.principal, "GET", &log).await, 200);
    }

    async fn without_a_sound_choice_for_everybody_nothing_changes(database: Database) {
        let server = Server::start(&database).await;
        let spring = spring(&server).await;
        let school = &spring.school;
        let elsewhere = School::found(&server.store, "Dal skole").await;
        let fingerprint = preview(&server, school, AUTUMN).await.fingerprint;
        let before = all_rows(&server).await;
        let with = |staff: StaffId, classes: Value| {
            let mut all = spring.proposed();
            all[staff.to_string()] = classes;
            all.to_string()
        };
        let [tuva, ida] = [spring.tuva.staff, school.ida.staff].map(|staff| staff.to_string());
        let refused = [
            ("{}".to_owned(), 409, ErrorCode::Conflict),
            (json!({&tuva: ["5A"], &ida: ["6A"]}).to_string(), 409, ErrorCode::Conflict),
            (with(school.ida.staff, json!(["9Z"])), 404, ErrorCode::NotFound),
            (with(school.ida.staff, json!(["5B"])), 404, ErrorCode::NotFound),
            (with(elsewhere.ida.staff, json!(["5A"])), 404, ErrorCode::NotFound),
            (with(school.kari.staff, json!(["5A"])), 404, ErrorCode::NotFound),
            (with(school.ida.staff, json!("6A")), 400, ErrorCode::Malformed),
            ("[]".to_owned(), 400, ErrorCode::Malformed),
            ("{\"5A\":[]}".to_owned(), 400, ErrorCode::Malformed),
            ("".to_owned(), 400, ErrorCode::Malformed),
        ];
        for (follows, status, code) in refused {
            let answer = import_as_of(&server, school, AUTUMN, &fingerprint, &follows).await;
            let error: ApiError = serde_json::from_slice(&answer.body).unwrap();
            assert_eq!((answer.status, error.code), (status, code), "{follows}");
            assert!(all_rows(&server).await == before, "{follows}");
        }
        let (status, _) = server.refusal(&school.principal, "POST", &format!("{}?fingerprint={fingerprint}", path::ROSTER_IMPORT), &[]).await;
        assert_eq!(status, 403);
        // What the choices were made on is a part of what was previewed.
        let mut tx = server.store.write().await.unwrap();
        tx.add_contact_teacher(school.id, school.nina.staff, school.class_5a).await.unwrap();
        tx.commit().await.unwrap();
        let answer = import_as_of(&server, school, AUTUMN, &fingerprint, &spring.proposed().to_string()).await;
        assert_eq!(answer.status, 409);
        assert_eq!(spring.all_read(&server).await, [[true, false, false], [false, true, false], [false, false, true]]);
    }

    async fn in_the_middle_of_the_year_nothing_is_asked(database: Database) {
        let server = Server::start(&database).await;
        let spring = spring(&server).await;
        let school = &spring.school;
        let moved = SPRING.replace("Elev2;Østby Ås;5A", "Elev2;Østby Ås;4A").replace("Elev4;Østby Ås;6A\n", "Ny;Elev;6A\n");
        assert_eq!(preview(&server, school, &moved).await.followers, []);
        assert_eq!(import(&server, school, &moved, json!({})).await.status, 200);
        assert_eq!(spring.all_read(&server).await, [[true, false, false], [false, true, false], [false, false, true]]);
        assert_eq!(changed(&server, school).await, []);
    }

    async fn while_the_year_turns_nobody_reads_what_is_not_theirs(database: Database) {
        let server = Server::start(&database).await;
        let spring = spring(&server).await;
        let school = &spring.school;
        let fingerprint = preview(&server, school, AUTUMN).await.fingerprint;
        let follows = spring.proposed().to_string();
        let (own, others) = ([(&spring.tuva, spring.fourth), (&school.ida, spring.fifth)], [
            (&school.ida, spring.fourth),
            (&spring.eva, spring.fifth),
            (&spring.tuva, spring.fifth),
            (&school.ida, spring.sixth),
        ]);
        let read = async |who: &Person, pupil| server.status(who, "GET", &path::with_id(path::PUPIL_LOG, pupil)).await;
        let reading = async {
            for _ in 0..15 {
                let theirs = own.map(|(who, pupil)| read(who, pupil));
                let not_theirs = others.map(|(who, pupil)| read(who, pupil));
                let (theirs, not_theirs) = futures_util::future::join(
                    futures_util::future::join_all(theirs),
                    futures_util::future::join_all(not_theirs),
                ).await;
                assert_eq!((theirs, not_theirs), (vec![200; 2], vec![404; 4]));
            }
        };
        let importing = async {
            tokio::time::sleep(Duration::from_millis(20)).await;
            import_as_of(&server, school, AUTUMN, &fingerprint, &follows).await.status
        };
        let ((), status) = futures_util::future::join(reading, importing).await;
        assert_eq!(status, 200);
    }

    async fn a_school_of_forty_classes_turns_at_once(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let classes: Vec<(usize, char)> = (1..=10).flat_map(|grade| "ABCD".chars().map(move |letter| (grade, letter))).collect();
        let pupils = |up: usize| -> String {
            let of_class = |(grade, letter): &(usize, char)| {
                let class = format!("{}{letter}", grade + up);
                (0..5).map(|n| format!("Elev{n};Bø {grade}{letter};{class}\n")).collect::<String>()
            };
            classes.iter().filter(|(grade, _)| grade + up <= 10).map(of_class).collect()
        };
        assert_eq!(import(&server, &school, &pupils(0), json!({school.ida.staff.to_string(): []})).await.status, 200);
        let mut teachers = Vec::new();
        for (at, (grade, letter)) in classes.iter().enumerate() {
            let teacher = hire(&server.store, school.id, &format!("Ansatt {at}"), vec![Role::ContactTeacher]).await;
            let mut tx = server.store.write().await.unwrap();
            let known = tx.classes(school.id).await.unwrap();
            let class = known.iter().find(|class| class.name == format!("{grade}{letter}")).unwrap().id;
            tx.add_contact_teacher(school.id, teacher.staff, class).await.unwrap();
            tx.commit().await.unwrap();
            teachers.push(teacher);
        }
        let previewed = preview(&server, &school, &pupils(1)).await;
        assert_eq!((previewed.followers.len(), previewed.classes.len()), (40, 36));
        let proposed: BTreeMap<String, Vec<String>> = previewed.followers.iter().map(|it| (it.staff.to_string(), it.proposed.clone())).collect();
        let answer = import_as_of(&server, &school, &pupils(1), &previewed.fingerprint, &json!(proposed).to_string()).await;
        assert_eq!(answer.status, 200);
        let known: api::School = server.get(&school.kari, path::SCHOOL).await;
        for (at, (grade, letter)) in classes.iter().enumerate().step_by(7) {
            let pupil = known.pupils.iter().find(|pupil| pupil.family_name == format!("Bø {grade}{letter}"));
            let Some(pupil) = pupil else { continue };
            let log = path::with_id(path::PUPIL_LOG, pupil.id);
            assert_eq!(server.status(&teachers[at], "GET", &log).await, 200, "{grade}{letter}");
            assert_eq!(server.status(&teachers[(at + 4) % 40], "GET", &log).await, 404, "{grade}{letter}");
        }
    }
}
