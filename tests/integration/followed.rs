//! The classes that an account follows: in a role that follows classes they are its scope, in every other they open nothing.

use friminutt_tests::on_both_databases;
use friminutt_tests::phone::Phone;
use friminutt_tests::school::{Person, School, hire};
use friminutt_tests::server::Server;
use server::clock::now_ms;
use shared::api::{ChangeStaff, PatternLine, School as SchoolOnPhone, Session, StaffList, path};
use shared::domain::{AccountStatus, ClassId, DocumentId, Part, Role, StaffMember, What};

async fn become_this(
    server: &Server,
    school: &School,
    who: &Person,
    roles: &[Role],
    own: &[ClassId],
) -> u16 {
    let change = ChangeStaff {
        roles: roles.to_vec(),
        own_classes: own.to_vec(),
        status: AccountStatus::Active,
    };
    let body = serde_json::to_vec(&change).unwrap();
    let address = path::with_id(path::STAFF_MEMBER, who.staff);
    let answer = server.ask_json(&school.administrator, "PUT", &address, &body);
    answer.await.status
}

/// A pattern on a pupil of 5A, and one of its entries.
async fn write_a_pattern(server: &Server, school: &School) -> DocumentId {
    let (mut kari, mut ola) = (Phone::of(&school.kari), Phone::of(&school.ola));
    let pupil = school.pupils[0];
    kari.log_pupil(What::Alone, now_ms(), pupil, &Part::Alone);
    kari.log_pupil(What::Alone, now_ms(), pupil, &Part::Alone);
    let entry = ola.log_pupil(What::Exclusion, now_ms(), pupil, &Part::Exposed);
    kari.sync(server).await;
    ola.sync(server).await;
    entry
}

/// What somebody is answered at the log of 5A, the log of 5B, an entry on 5A, and when setting attention in 5A; how many patterns
/// they see; and how many classes their phone has as their own.
async fn opens(
    server: &Server,
    school: &School,
    who: &Person,
    entry: DocumentId,
) -> ([u16; 4], usize, usize) {
    let log = |pupil| path::with_id(path::PUPIL_LOG, pupil);
    let until = format!("{{\"until_ms\":{}}}", now_ms() + 60_000);
    let attention = path::with_id(path::PUPIL_ATTENTION, school.pupils[0]);
    let statuses = [
        server.status(who, "GET", &log(school.pupils[0])).await,
        server.status(who, "GET", &log(school.others[0])).await,
        server
            .status(who, "GET", &path::with_id(path::ENTRY, entry))
            .await,
        server
            .ask_json(who, "PUT", &attention, until.as_bytes())
            .await
            .status,
    ];
    let patterns: Vec<PatternLine> = server.get(who, path::PATTERNS).await;
    let on_phone: SchoolOnPhone = server.get(who, path::SCHOOL).await;
    (statuses, patterns.len(), on_phone.own_classes.len())
}

on_both_databases! {
    async fn each_role_that_follows_classes_sees_its_own_and_the_contact_teacher_alone_sharpens_attention(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let entry = write_a_pattern(&server, &school).await;
        let followers = [Role::SocialTeacher, Role::LearningEnvironmentLead, Role::DepartmentLead, Role::ContactTeacher];
        for role in followers {
            let who = hire(&server.store, school.id, "Bo Li", vec![role.clone()]).await;
            assert_eq!(opens(&server, &school, &who, entry).await, ([404; 4], 0, 0), "{role} of no class");
            assert_eq!(become_this(&server, &school, &who, std::slice::from_ref(&role), &[school.class_5a]).await, 204);
            let attention = if role == Role::ContactTeacher { 204 } else { 404 };
            assert_eq!(opens(&server, &school, &who, entry).await, ([200, 404, 200, attention], 1, 1), "{role} of 5A");
            let session: Session = server.get(&who, path::SESSION).await;
            assert!(session.may.read_pupil_logs && session.may.see_patterns);
            assert_eq!(session.may.set_attention, role == Role::ContactTeacher);
        }
    }

    async fn a_role_that_is_taken_away_takes_the_classes_along_and_so_does_a_class(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let entry = write_a_pattern(&server, &school).await;
        let roles = [Role::SocialTeacher, Role::DutyStaff];
        let who = hire(&server.store, school.id, "Bo Li", roles.to_vec()).await;
        let list: StaffList = server.get(&school.administrator, path::STAFF).await;
        let all: Vec<ClassId> = list.classes.iter().map(|class| class.id).collect();
        assert_eq!(become_this(&server, &school, &who, &roles, &all).await, 204);
        assert_eq!(opens(&server, &school, &who, entry).await, ([200, 200, 200, 404], 1, 2));
        let other = all.iter().find(|class| **class != school.class_5a).unwrap();
        assert_eq!(become_this(&server, &school, &who, &roles, &[*other]).await, 204);
        assert_eq!(opens(&server, &school, &who, entry).await, ([404, 200, 404, 404], 0, 1));
        assert_eq!(become_this(&server, &school, &who, &roles[1..], &all).await, 204);
        assert_eq!(opens(&server, &school, &who, entry).await, ([404; 4], 0, 0), "classes without a role that follows them");
        let unknown = [school.class_5a, ClassId(uuid::Uuid::now_v7())];
        assert_eq!(become_this(&server, &school, &who, &roles, &unknown).await, 404);
        assert_eq!(opens(&server, &school, &who, entry).await, ([404; 4], 0, 0));
    }

    async fn a_new_account_has_the_classes_that_it_was_made_with_and_another_schools_make_none(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let elsewhere = School::found(&server.store, "Dal skole").await;
        let admin = &school.administrator;
        let make = async |username: &str, classes: &[ClassId]| {
            let new = serde_json::json!({"name": "Bo Li", "username": username, "roles": ["social_teacher"], "own_classes": classes});
            server.ask_json(admin, "POST", path::STAFF, new.to_string().as_bytes()).await
        };
        let (mine, other) = (uuid::Uuid::new_v4().to_string(), uuid::Uuid::new_v4().to_string());
        let made = make(&mine, &[school.class_5a, school.class_5a]).await;
        assert_eq!(made.status, 201);
        let made: StaffMember = serde_json::from_slice(&made.body).unwrap();
        assert_eq!(make(&other, &[school.class_5a, elsewhere.class_5a]).await.status, 404);
        assert_eq!(make(&other, &[school.class_5a; 101]).await.status, 400);
        let list: StaffList = server.get(admin, path::STAFF).await;
        assert!(list.staff.iter().all(|member| member.username != other));
        let own: Vec<ClassId> = list.contact_teachers.iter().filter(|it| it.staff == made.id).map(|it| it.class).collect();
        assert_eq!(own, [school.class_5a]);
    }
}
