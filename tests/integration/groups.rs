//! Schools and classes that Feide knows: a hint that is taken where it fits, and never the condition of anything.

use friminutt_tests::database::Database;
use friminutt_tests::on_both_databases;
use friminutt_tests::program::Program;
use friminutt_tests::provider::OpenId;
use friminutt_tests::rows;
use friminutt_tests::school::{Person, School};
use friminutt_tests::server::Server;
use friminutt_tests::visitor::Visitor;
use serde_json::{Value, json};
use server::store::Store;
use shared::api::{Admission, FeideFinished, FeideOffer, FeideOutcome, Reading, path};
use shared::domain::{AuditAct, ClassId, SchoolId, SchoolSettings};

use super::feide::{at_provider, finish, invite, outcome, start};

const LIA: &str = "fc:org:kommune.example:unit:NO1";
const DAL: &str = "fc:org:kommune.example:unit:NO2";
const ACCOUNT: &str = "feide-ida";

/// A server that asks the provider for groups, there or wherever else is said.
async fn with_groups(database: &Database, elsewhere: Option<&str>) -> (Server, OpenId) {
    let (listener, origin) = Server::listen().await;
    let mut provider = OpenId::honest(&format!("{origin}{}", path::FEIDE_CALLBACK)).await;
    let own = format!("{}/api", provider.issuer);
    provider.groups = Some(elsewhere.map_or(own, str::to_owned));
    let server = Server::start_with(database, listener, &provider).await;
    (server, provider)
}

async fn set_up(server: &Server, school: &School, feide_org: &str, has_feide_classes: bool) {
    let settings = SchoolSettings {
        feide_org: feide_org.into(),
        has_feide_classes,
        ..SchoolSettings::default()
    };
    let answer = Visitor::of(&school.administrator)
        .send(
            server,
            "PUT",
            path::SETTINGS,
            &serde_json::to_value(settings).unwrap(),
        )
        .await;
    assert_eq!(answer.status, 204);
}

/// Ties the identity to somebody by an invitation.
async fn bind(server: &Server, school: &School, person: &Person) {
    let token = invite(server, school, person.staff).await;
    let mut visitor = Visitor::default();
    let address = start(server, &mut visitor, Some(&token)).await;
    let back = at_provider(&address, ACCOUNT).await;
    assert_eq!(
        outcome(&visitor.go(&server.address, &back, "").await),
        Some(FeideOutcome::Shown)
    );
    assert_eq!(finish(server, &mut visitor).await.status, 200);
}

/// Signs in from a new browser.
async fn come(server: &Server) -> (Visitor, FeideFinished) {
    let mut visitor = Visitor::default();
    let address = start(server, &mut visitor, None).await;
    let back = at_provider(&address, ACCOUNT).await;
    assert_eq!(
        outcome(&visitor.go(&server.address, &back, "").await),
        Some(FeideOutcome::Shown)
    );
    let answer = finish(server, &mut visitor).await;
    assert_eq!(answer.status, 200);
    (visitor, serde_json::from_slice(&answer.body).unwrap())
}

async fn admitted(server: &Server) -> (Visitor, Admission) {
    match come(server).await {
        (visitor, FeideFinished::Admitted(admission)) => (visitor, *admission),
        (_, FeideFinished::Several { schools }) => panic!("asked for one of {}", schools.len()),
    }
}

/// The school that the person goes to without being asked, if there is one.
async fn goes_to(server: &Server) -> Option<SchoolId> {
    match come(server).await.1 {
        FeideFinished::Admitted(admission) => Some(admission.session.school),
        FeideFinished::Several { schools } => {
            assert_eq!(schools.len(), 2);
            None
        }
    }
}

fn class(name: &str, parent: &str) -> Value {
    json!({
        "id": format!("fc:gogroup:kommune.example:b:NO1:{name}:2026-08-01:2027-07-31"),
        "type": "fc:gogroup",
        "go_type": "b",
        "displayName": name,
        "parent": parent,
        "membership": {"basic": "admin", "affiliation": "faculty", "displayName": "Lærer"},
    })
}

fn school(id: &str) -> Value {
    json!({"id": id, "type": "fc:org", "displayName": "En skole", "parent": "fc:org:kommune.example", "membership": {"basic": "member"}})
}

fn groups(all: &[Value]) -> Value {
    json!({"body": json!(all).to_string()})
}

async fn followed(server: &Server, school: &School, person: &Person) -> Vec<ClassId> {
    let mut tx = server.store.read().await.unwrap();
    tx.followed_classes(school.id, person.staff).await.unwrap()
}

async fn class_5b(server: &Server, school: &School) -> ClassId {
    let mut tx = server.store.read().await.unwrap();
    let classes = tx.classes(school.id).await.unwrap();
    classes.iter().find(|class| class.name == "5B").unwrap().id
}

on_both_databases! {
    async fn a_contact_teacher_follows_the_classes_that_feide_names_from_the_sign_in_on(database: Database) {
        let (server, provider) = with_groups(&database, None).await;
        let lia = School::found(&server.store, "Lia skole").await;
        set_up(&server, &lia, LIA, true).await;
        let offer: FeideOffer = server.get(&lia.kari, path::FEIDE).await;
        assert!(offer.knows_groups);
        bind(&server, &lia, &lia.ida).await;
        assert_eq!(followed(&server, &lia, &lia.ida).await, [lia.class_5a], "of whom nothing is said everything stays");
        let class_5b = class_5b(&server, &lia).await;
        provider.say_groups(ACCOUNT, &groups(&[school(LIA), class("5B", LIA), class("9Z", LIA)])).await;
        let (mut ida, admission) = admitted(&server).await;
        assert_eq!(admission.session.staff, lia.ida.staff);
        assert_eq!(followed(&server, &lia, &lia.ida).await, [class_5b]);
        for (pupil, status) in [(lia.others[0], 200), (lia.pupils[0], 404)] {
            let log = path::with_id(path::PUPIL_LOG, pupil);
            assert_eq!(ida.send(&server, "GET", &log, &Value::Null).await.status, status);
        }
        let readings = format!("{}?of=sign_ins", path::READINGS);
        let told: Vec<Reading> = server.get(&lia.principal, &readings).await;
        let changes: Vec<_> = told.iter().filter(|it| it.what == AuditAct::ChangedAccount).collect();
        assert_eq!(changes.len(), 1);
        assert_eq!((changes[0].staff, changes[0].detail.clone()), (Some(lia.ida.staff), format!("active contact_teacher {class_5b} feide")));
        // Said once more, nothing changes.
        let before = rows::of_table(&server.store, "contact_teacher").await;
        admitted(&server).await;
        assert_eq!(rows::of_table(&server.store, "contact_teacher").await, before);
        let told: Vec<Reading> = server.get(&lia.principal, &readings).await;
        assert_eq!(told.iter().filter(|it| it.what == AuditAct::ChangedAccount).count(), 1);
    }

    async fn what_does_not_fit_or_is_no_answer_takes_nothing_away_and_keeps_nobody_out(database: Database) {
        let (server, provider) = with_groups(&database, None).await;
        let lia = School::found(&server.store, "Lia skole").await;
        set_up(&server, &lia, LIA, true).await;
        bind(&server, &lia, &lia.ida).await;
        let with = |field: &str, value: Value| {
            let mut class = class("5B", LIA);
            class[field] = value;
            groups(&[class])
        };
        let one = class("5B", LIA).to_string();
        for answer in [
            groups(&[]),
            groups(&[class("5B", DAL)]),
            groups(&[class("9Z", LIA)]),
            with("membership", json!({"basic": "member", "affiliation": "student"})),
            with("notAfter", json!("2020-07-31T22:00:00Z")),
            with("go_type", json!("u")),
            json!({"status": 500, "body": format!("[{one}]")}),
            json!({"body": "<html>"}),
            json!({"body": ""}),
            json!({"body": format!("{one},"), "times": 1_000_000 / 4}),
            json!({"body": "[", "times": 100_000}),
            json!({"body": format!("[{one}]"), "delay_ms": 6_000}),
        ] {
            provider.say_groups(ACCOUNT, &answer).await;
            let begun = std::time::Instant::now();
            let (_, admission) = admitted(&server).await;
            assert_eq!(admission.session.staff, lia.ida.staff);
            assert!(begun.elapsed().as_secs() < 6, "nobody waits for it longer");
            assert_eq!(followed(&server, &lia, &lia.ida).await, [lia.class_5a], "{}", answer.to_string().len());
        }
    }

    async fn a_groups_api_that_is_down_keeps_nobody_out(database: Database) {
        let (server, _provider) = with_groups(&database, Some("http://127.0.0.1:9")).await;
        let lia = School::found(&server.store, "Lia skole").await;
        set_up(&server, &lia, LIA, true).await;
        bind(&server, &lia, &lia.ida).await;
        admitted(&server).await;
        assert_eq!(followed(&server, &lia, &lia.ida).await, [lia.class_5a]);
    }

    async fn classes_change_only_where_the_school_wants_it_and_of_contact_teachers(database: Database) {
        let (server, provider) = with_groups(&database, None).await;
        let lia = School::found(&server.store, "Lia skole").await;
        let dal = School::found(&server.store, "Dal skole").await;
        provider.say_groups(ACCOUNT, &groups(&[school(LIA), school(DAL), class("5B", LIA), class("5B", DAL)])).await;
        set_up(&server, &lia, LIA, false).await;
        bind(&server, &lia, &lia.ida).await;
        assert_eq!(followed(&server, &lia, &lia.ida).await, [lia.class_5a], "the school has not turned it on");
        set_up(&server, &lia, "", true).await;
        admitted(&server).await;
        assert_eq!(followed(&server, &lia, &lia.ida).await, [lia.class_5a], "it is not said which school it is there");
        set_up(&server, &dal, DAL, true).await;
        bind(&server, &dal, &dal.principal).await;
        assert_eq!(followed(&server, &dal, &dal.principal).await, [], "a role is given here and not there");
    }

    async fn who_works_at_two_schools_goes_to_the_one_that_the_groups_name(database: Database) {
        let (server, provider) = with_groups(&database, None).await;
        let lia = School::found(&server.store, "Lia skole").await;
        let dal = School::found(&server.store, "Dal skole").await;
        set_up(&server, &lia, LIA, false).await;
        set_up(&server, &dal, DAL, false).await;
        for school in [&lia, &dal] {
            bind(&server, school, &school.kari).await;
        }
        let owner = school("fc:org:kommune.example");
        for (said, goes) in [
            (groups(&[owner.clone(), school(DAL)]), Some(dal.id)),
            (groups(&[owner.clone(), class("5A", LIA)]), Some(lia.id)),
            (groups(std::slice::from_ref(&owner)), None),
            (groups(&[school(LIA), school(DAL)]), None),
            (json!({"status": 500}), None),
        ] {
            provider.say_groups(ACCOUNT, &said).await;
            assert_eq!(goes_to(&server).await, goes, "{said}");
        }
        // Where the groups point elsewhere, whoever chooses a school themselves goes there.
        provider.say_groups(ACCOUNT, &groups(&[school(DAL)])).await;
        let mut visitor = Visitor::default();
        let address = start(&server, &mut visitor, None).await;
        let back = at_provider(&address, ACCOUNT).await;
        visitor.go(&server.address, &back, "").await;
        let asked = json!({"device": null, "device_name": "test", "school": lia.id});
        let answer = visitor.send(&server, "POST", path::FEIDE_FINISH, &asked).await;
        let admission: Admission = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!(admission.session.school, lia.id);
        // Of whom no account here knows, groups make nobody.
        provider.say_groups("feide-stranger", &groups(&[school(LIA), class("5A", LIA)])).await;
        let address = start(&server, &mut visitor, None).await;
        let back = at_provider(&address, "feide-stranger").await;
        assert_eq!(outcome(&visitor.go(&server.address, &back, "").await), Some(FeideOutcome::Stranger));
    }
}

#[tokio::test]
async fn a_school_is_founded_with_its_organisation() {
    let program = Program::new();
    let found = [
        "create-school",
        "Lia skole",
        "--admin",
        "jon",
        "--feide-org",
    ];
    let (is_founded, told) = program.attempt(&[&found[..], &["Lia"]].concat()).await;
    assert!(!is_founded && told.contains("fc:org:"), "{told}");
    program.run(&[&found[..], &[LIA]].concat()).await;
    let store = Store::open(program.database()).await.unwrap();
    let mut tx = store.read().await.unwrap();
    let schools = tx.schools().await.unwrap();
    assert_eq!(schools.len(), 1, "what was refused founded none");
    let settings = tx.settings(schools[0].0).await.unwrap();
    assert_eq!(
        (settings.feide_org.as_str(), settings.has_feide_classes),
        (LIA, false)
    );
    drop(tx);
    store.close().await;
}

#[tokio::test]
async fn without_a_groups_api_its_scope_is_not_asked_for() {
    let database = Database::sqlite();
    for (has_groups, scope) in [(false, "scope=openid&"), (true, "scope=openid+groups-edu&")] {
        let (listener, origin) = Server::listen().await;
        let mut provider = OpenId::honest(&format!("{origin}{}", path::FEIDE_CALLBACK)).await;
        provider.groups = has_groups.then(|| provider.issuer.clone());
        let server = Server::start_with(&database, listener, &provider).await;
        let address = start(&server, &mut Visitor::default(), None).await;
        assert!(format!("{address}&").contains(scope), "{address}");
    }
}
