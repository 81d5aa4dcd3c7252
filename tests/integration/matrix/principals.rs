//! The rows: who asks.

use friminutt_tests::rows;
use friminutt_tests::school::{Person, School, hire, hire_as};
use friminutt_tests::server::Server;
use shared::domain::{AccountStatus, Role};

/// A row of the matrix.
pub struct Principal {
    pub name: String,
    pub person: Person,
    pub stands: Stands,
}

/// How a principal stands to the school that is asked about.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Stands {
    Here,
    Elsewhere,
    /// No session, or one that counts no more.
    Out,
}

/// Every role by itself, people with a part in what is asked for, accounts in every state, sessions that changed under way, and others.
pub async fn principals(
    server: &Server,
    school: &School,
    suspected: &Person,
    handed: &Person,
) -> Vec<Principal> {
    let store = &server.store;
    let elsewhere = School::found(store, "Dal skole").await;
    let mut all = Vec::new();
    let mut add = |name: String, person: Person, stands| {
        all.push(Principal {
            name,
            person,
            stands,
        });
    };
    let here = Stands::Here;
    for role in Role::ALL {
        let person = hire(store, school.id, "Bo Li", vec![role.clone()]).await;
        add(format!("only {role}"), person, here);
    }
    let of = async |roles: &[Role]| hire(store, school.id, "Bo Li", roles.to_vec()).await;
    add("no role".into(), of(&[]).await, here);
    let caretaker = [Role::Other("caretaker".into())];
    add(
        "a role of a newer version".into(),
        of(&caretaker).await,
        here,
    );
    add("every role".into(), of(Role::ALL).await, here);
    let both = [Role::Administrator, Role::DutyStaff];
    add("administrator on duty".into(), of(&both).await, here);
    add("the author".into(), school.kari.clone(), here);
    add("on the same shift".into(), school.ola.clone(), here);
    add("the contact teacher".into(), school.ida.clone(), here);
    add("the suspected".into(), suspected.clone(), here);
    add("to whom it was handed".into(), handed.clone(), here);
    add("the principal".into(), school.principal.clone(), here);
    add("the deputy".into(), school.deputy.clone(), here);

    let mut had_class = vec![(
        "a class without the role".to_owned(),
        of(&[Role::DutyStaff, Role::MailDistributor]).await,
    )];
    for role in Role::ALL.iter().filter(|role| role.follows_classes()) {
        let person = of(std::slice::from_ref(role)).await;
        had_class.push((format!("{role} who follows 5A"), person));
    }
    let mut tx = store.write().await.unwrap();
    for (_, person) in &had_class {
        tx.add_contact_teacher(school.id, person.staff, school.class_5a)
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
    for (name, person) in had_class {
        add(name, person, here);
    }
    let demoted = of(&[Role::Principal, Role::DutyStaff]).await;
    let change = "delete from staff_role where staff_id = $1 and role = 'principal'";
    rows::run(store, change, demoted.staff.0).await;
    add("a principal no longer".into(), demoted, here);
    let promoted = of(&[Role::DutyStaff]).await;
    let change = "update staff_role set role = 'principal' where staff_id = $1";
    rows::run(store, change, promoted.staff.0).await;
    add("a principal since a moment".into(), promoted, here);

    for status in [
        AccountStatus::Invited,
        AccountStatus::Suspended,
        AccountStatus::Left,
        AccountStatus::Other("asleep".into()),
    ] {
        let all_roles = Role::ALL.to_vec();
        let name = format!("every role, account {status}");
        let person = hire_as(store, school.id, "Tor Lie", all_roles, status).await;
        add(name, person, Stands::Out);
    }
    for (name, change) in [
        (
            "every role, device shut out",
            "update device set revoked_at_ms = 1 where staff_id = $1",
        ),
        (
            "every role, session run out",
            "update session set expires_at_ms = 1 where staff_id = $1",
        ),
        (
            "every role, session idle",
            "update session set last_seen_at_ms = 1 where staff_id = $1",
        ),
    ] {
        let person = of(Role::ALL).await;
        rows::run(store, change, person.staff.0).await;
        add(name.into(), person, Stands::Out);
    }
    let stranger = Person {
        cookie: String::new(),
        ..school.principal.clone()
    };
    add("nobody".into(), stranger, Stands::Out);
    for (name, person) in [
        ("another school's principal", elsewhere.principal),
        ("another school's administrator", elsewhere.administrator),
        ("another school's contact teacher", elsewhere.ida),
    ] {
        add(name.into(), person, Stands::Elsewhere);
    }
    all
}
