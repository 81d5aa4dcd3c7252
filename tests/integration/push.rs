//! Push: a device hears that something waits, with a push service that says what it likes and may be named by whoever is signed in.

use std::time::Duration;

use friminutt_tests::mail::PUBLIC_URL;
use friminutt_tests::on_both_databases;
use friminutt_tests::phone::Phone;
use friminutt_tests::push_service::{Listener, PushService, Says, claims};
use friminutt_tests::rows;
use friminutt_tests::school::{Person, School, give_password, hire, sign_in};
use friminutt_tests::server::{Server, keys};
use friminutt_tests::visitor::Visitor;
use serde_json::json;
use server::clock::now_ms;
use server::notice::{KNOWN_HOSTS, PAUSE_MS, Pusher, escalate, push_next};
use server::store::Store;
use server::store::notice::NoticeKind;
use server::sync::Live;
use shared::api::{NoticeFailure, PushOffer, PushSubscription, ReportLine, path};
use shared::document::report;
use shared::domain::{AuditAct, DocumentId, Role, Suspicion};

const HOUR_MS: i64 = 60 * 60 * 1000;
const DAY_MS: i64 = 24 * HOUR_MS;

async fn push_all(store: &Store, now_ms: i64) {
    let pusher = PushService::pusher();
    while push_next(store, &pusher, now_ms).await.unwrap() {}
}

async fn put(server: &Server, who: &Person, subscription: &PushSubscription) -> u16 {
    let body = serde_json::to_vec(subscription).unwrap();
    let answer = server.ask_json(who, "PUT", path::NOTICE_PUSH, &body).await;
    answer.status
}

async fn subscribe(server: &Server, who: &Person, browser: &Listener) {
    assert_eq!(put(server, who, &browser.subscription()).await, 204);
}

/// Another device of somebody, which hears at this path.
async fn listen(server: &Server, school: &School, who: &Person, browser: &Listener) -> Person {
    let device = sign_in(&server.store, school.id, who.staff).await;
    subscribe(server, &device, browser).await;
    device
}

async fn is_on(server: &Server, who: &Person) -> bool {
    server.get::<PushOffer>(who, path::NOTICE_PUSH).await.is_on
}

async fn send_report(server: &Server, school: &School) -> DocumentId {
    let mut kari = Phone::of(&school.kari);
    let id = kari.begin_report(Some(school.pupils[0]), &[]);
    kari.write_report(id, report::send());
    kari.sync(server).await;
    id
}

async fn subscriptions(store: &Store) -> usize {
    rows::of_table(store, "push_subscription").await.len()
}

async fn failures(server: &Server, school: &School) -> Vec<(String, i64, i64)> {
    let failed: Vec<NoticeFailure> = server
        .get(&school.administrator, path::NOTICE_FAILURES)
        .await;
    let mut told: Vec<_> = failed
        .into_iter()
        .map(|it| (it.cause, it.failures, it.given_up))
        .collect();
    told.sort();
    told
}

/// What the record tells of devices that hear.
async fn recorded(store: &Store, school: &School) -> Vec<String> {
    let mut tx = store.read().await.unwrap();
    let rows = tx.audit_after(school.id, 0, 1_000).await.unwrap();
    let acts = rows.into_iter().map(|row| row.event);
    acts.filter(|event| event.act == AuditAct::ChangedNoticeDevice)
        .map(|event| event.detail)
        .collect()
}

on_both_databases! {
    async fn a_push_says_once_that_something_waits_and_nothing_else(database: Database) {
        let service = PushService::start().await;
        let server = Server::start_with_push(&database, PushService::pusher()).await;
        let school = School::found(&server.store, "Lia skole").await;
        let (per, browser) = (&school.principal, service.browser("per"));
        let offer: PushOffer = server.get(per, path::NOTICE_PUSH).await;
        let key = offer.public_key.unwrap();
        assert!(!offer.is_on);
        subscribe(&server, per, &browser).await;
        assert!(is_on(&server, per).await);
        assert_eq!(recorded(&server.store, &school).await, [per.device.to_string()]);

        let first = send_report(&server, &school).await;
        send_report(&server, &school).await;
        push_all(&server.store, now_ms()).await;
        let taken = service.taken();
        let [pushed] = taken.as_slice() else { panic!("{taken:?}") };
        assert_eq!(browser.open(&pushed.body).unwrap(), b"noe venter");
        assert!(service.browser("per").open(&pushed.body).is_none(), "only that browser opens it");
        let claims = claims(pushed, &key);
        assert_eq!((claims["aud"].as_str(), claims["sub"].as_str()), (Some(service.origin.as_str()), Some(PUBLIC_URL)));
        let ends_in_ms = claims["exp"].as_i64().unwrap() * 1000 - now_ms();
        assert!((0..=DAY_MS).contains(&ends_in_ms), "{ends_in_ms}");
        let header = |name: &str| pushed.headers[name].as_str();
        assert_eq!((header("content-encoding"), header("topic"), header("urgency")), ("aes128gcm", "venter", "normal"));
        assert!((1..=14 * 86_400).contains(&header("ttl").parse::<i64>().unwrap()));
        let all = format!("{pushed:?} {}", String::from_utf8_lossy(&pushed.body));
        for canary in ["Elev0", "Lia", "Kari", "Per", &school.id.to_string(), &per.staff.to_string(), &per.device.to_string(), &first.to_string()] {
            assert!(!all.contains(canary), "{canary} in {all}");
        }

        // No more of it for a while; then once for what came meanwhile.
        send_report(&server, &school).await;
        push_all(&server.store, now_ms() + PAUSE_MS / 2).await;
        assert_eq!(service.taken().len(), 1);
        push_all(&server.store, now_ms() + PAUSE_MS).await;
        let taken = service.taken();
        assert_eq!(taken.len(), 2);
        assert_eq!(taken[0].body.len(), taken[1].body.len());

        // What was opened before it could be told is not told.
        send_report(&server, &school).await;
        for line in server.get::<Vec<ReportLine>>(per, path::REPORTS).await {
            assert_eq!(server.status(per, "GET", &path::with_id(path::REPORT, line.id)).await, 200);
        }
        push_all(&server.store, now_ms() + DAY_MS).await;
        assert_eq!(service.taken().len(), 2);

        assert_eq!(server.status(per, "DELETE", path::NOTICE_PUSH).await, 204);
        assert_eq!(server.status(per, "DELETE", path::NOTICE_PUSH).await, 204);
        assert!(!is_on(&server, per).await);
        assert_eq!(recorded(&server.store, &school).await.len(), 2, "switched on and off");
        send_report(&server, &school).await;
        push_all(&server.store, now_ms() + 2 * DAY_MS).await;
        assert_eq!(service.taken().len(), 2);
    }

    async fn what_the_push_service_answers_decides_what_becomes_of_each_device(database: Database) {
        let service = PushService::start().await;
        let server = Server::start_with_push(&database, PushService::pusher()).await;
        let school = School::found(&server.store, "Lia skole").await;
        let gone = [("not-found", Says::Status(404, "X: y")), ("gone", Says::Status(410, "X: y"))];
        let inside = "Location: http://169.254.169.254/inside";
        let refused = [("too-large", Says::Status(413, "X: y")), ("elsewhere", Says::Status(307, inside)), ("back", Says::Status(303, "Location: /inside"))];
        let later = [
            ("busy", Says::Status(429, "Retry-After: 3600")),
            ("broken", Says::Status(500, "X: y")),
            ("closes", Says::Closes),
            ("babbles", Says::Babbles),
            ("hangs", Says::Hangs),
        ];
        subscribe(&server, &school.principal, &service.browser("well")).await;
        for (path, says) in gone.iter().chain(&refused).chain(&later) {
            service.says(path, *says);
            listen(&server, &school, &school.principal, &service.browser(path)).await;
        }
        send_report(&server, &school).await;
        let began_ms = now_ms();
        push_all(&server.store, began_ms).await;
        assert_eq!(service.taken().len(), 11, "each once, and no redirect followed");
        assert_eq!(subscriptions(&server.store).await, 9);
        let told = failures(&server, &school).await;
        assert_eq!(told.len(), 4, "{told:?}");
        for (cause, given_up) in [("push/303", 1), ("push/307", 1), ("push/413", 1)] {
            assert!(told.contains(&(cause.into(), 1, given_up)), "{told:?}");
        }
        assert!(told.iter().any(|(_, attempts, given_up)| (*attempts, *given_up) == (1, 0)), "{told:?}");
        let answer = server.ask(&school.administrator, "GET", path::NOTICE_FAILURES, &[]).await;
        assert!(!String::from_utf8_lossy(&answer.body).contains("127.0.0.1"));

        // Nobody asks again before the push service wants it, and then only where it is still to be said.
        for (path, _) in later {
            service.says(path, Says::Status(201, "X: y"));
        }
        push_all(&server.store, began_ms + HOUR_MS - 1000).await;
        assert_eq!(service.taken().len(), 11);
        push_all(&server.store, began_ms + HOUR_MS).await;
        assert_eq!(service.taken().len(), 16);
        for (path, _) in later {
            assert_eq!(service.taken_at(path), 2, "{path}");
        }
        push_all(&server.store, began_ms + DAY_MS).await;
        assert_eq!(service.taken().len(), 16);
        assert!(server.store.read().await.unwrap().due_notices(&[NoticeKind::Push], i64::MAX, 10).await.unwrap().is_empty());
    }

    async fn a_device_that_cannot_be_reached_keeps_the_others_waiting_no_longer_than_the_pause(database: Database) {
        const PAUSE_MS: i64 = 15 * 60 * 1000;
        let service = PushService::start().await;
        let server = Server::start_with_push(&database, PushService::pusher()).await;
        let school = School::found(&server.store, "Lia skole").await;
        subscribe(&server, &school.principal, &service.browser("well")).await;
        service.says("ill", Says::Status(503, "Retry-After: 86400"));
        listen(&server, &school, &school.principal, &service.browser("ill")).await;
        send_report(&server, &school).await;
        push_all(&server.store, now_ms()).await;
        assert_eq!((service.taken_at("well"), service.taken_at("ill")), (1, 1));
        send_report(&server, &school).await;
        push_all(&server.store, now_ms() + PAUSE_MS - 60_000).await;
        assert_eq!(service.taken_at("well"), 1);
        push_all(&server.store, now_ms() + PAUSE_MS).await;
        assert_eq!(service.taken_at("well"), 2);
    }

    async fn what_never_goes_out_is_given_up_after_three_days(database: Database) {
        let service = PushService::start().await;
        let server = Server::start_with_push(&database, PushService::pusher()).await;
        let school = School::found(&server.store, "Lia skole").await;
        service.says("per", Says::Status(503, "Retry-After: 99999999999"));
        subscribe(&server, &school.principal, &service.browser("per")).await;
        send_report(&server, &school).await;
        let began_ms = now_ms();
        for hour in 0..100 {
            push_all(&server.store, began_ms + hour * HOUR_MS).await;
        }
        let told = failures(&server, &school).await;
        assert_eq!(told, [("push/503".to_owned(), 3, 1)], "a day is the longest wait that is believed");
        assert!(is_on(&server, &school.principal).await);
    }

    async fn no_address_leads_anywhere_but_to_a_known_push_service(database: Database) {
        let service = PushService::start().await;
        let pusher = Pusher::new(&keys(), KNOWN_HOSTS.parse().unwrap(), PUBLIC_URL).unwrap();
        let server = Server::start_with_push(&database, pusher).await;
        let school = School::found(&server.store, "Lia skole").await;
        let per = &school.principal;
        let good = PushSubscription { endpoint: "https://fcm.googleapis.com/fcm/send/abc".into(), ..service.browser("x").subscription() };
        let long = format!("https://fcm.googleapis.com/{}", "a".repeat(10 * 1024));
        for endpoint in [
            service.browser("x").endpoint.as_str(), "http://fcm.googleapis.com/x", "https://127.0.0.1/x", "https://[::1]/x", "https://10.0.0.1/x",
            "https://169.254.169.254/latest/meta-data/", "https://localhost/x", "https://user@fcm.googleapis.com/x",
            "https://fcm.googleapis.com:8080/x", "https://push.example/x", "https://fcm.googleapis.com.push.example/x", "file:///etc/passwd", "", &long,
        ] {
            assert_eq!(put(&server, per, &PushSubscription { endpoint: endpoint.into(), ..good.clone() }).await, 400, "{endpoint}");
        }
        for p256dh in ["", "BA", "not base64", &"A".repeat(87), &"B".repeat(10_000)] {
            assert_eq!(put(&server, per, &PushSubscription { p256dh: p256dh.into(), ..good.clone() }).await, 400, "{p256dh}");
        }
        for auth in ["", "AAAA", "!", &"A".repeat(10_000)] {
            assert_eq!(put(&server, per, &PushSubscription { auth: auth.into(), ..good.clone() }).await, 400, "{auth}");
        }
        for body in ["", "[]", "null", "{\"endpoint\":7}", "{\"endpoint\":\"x\",\"p256dh\":\"\",\"auth\":\"\",\"staff\":\"x\"}"] {
            assert_eq!(server.ask_json(per, "PUT", path::NOTICE_PUSH, body.as_bytes()).await.status, 400, "{body}");
        }
        assert!(!is_on(&server, per).await);
        assert_eq!(put(&server, per, &good).await, 204);
        assert!(is_on(&server, per).await);

        // One that was allowed before is not asked when the list has changed.
        let endpoint = service.browser("inside").endpoint;
        let mut tx = server.store.write().await.unwrap();
        let mut row = tx.pushes(school.id, per.staff).await.unwrap().remove(0);
        row.endpoint = endpoint;
        tx.set_push((school.id, per.staff), &row, 1).await.unwrap();
        tx.commit().await.unwrap();
        send_report(&server, &school).await;
        let pusher = Pusher::new(&keys(), KNOWN_HOSTS.parse().unwrap(), PUBLIC_URL).unwrap();
        while push_next(&server.store, &pusher, now_ms()).await.unwrap() {}
        assert!(service.taken().is_empty());
        assert_eq!(failures(&server, &school).await, [("push/address".to_owned(), 1, 1)]);
    }

    async fn a_device_hears_for_its_own_person_and_a_person_on_so_many_devices(database: Database) {
        let service = PushService::start().await;
        let server = Server::start_with_push(&database, PushService::pusher()).await;
        let school = School::found(&server.store, "Lia skole").await;
        let elsewhere = School::found(&server.store, "Dal skole").await;
        let shared = service.browser("shared");
        for who in [&school.kari, &school.administrator] {
            assert_eq!(put(&server, who, &shared.subscription()).await, 403);
            assert_eq!(server.status(who, "GET", path::NOTICE_PUSH).await, 403);
        }
        for who in [&school.principal, &school.deputy, &elsewhere.principal] {
            subscribe(&server, who, &shared).await;
        }
        // A browser is one person's at a school: whoever takes it over hears there, and nobody else.
        assert!(!is_on(&server, &school.principal).await && is_on(&server, &school.deputy).await);
        assert_eq!(server.status(&school.deputy, "DELETE", path::NOTICE_PUSH).await, 204);
        assert!(!is_on(&server, &school.deputy).await && is_on(&server, &elsewhere.principal).await);
        let other_device = sign_in(&server.store, school.id, school.principal.staff).await;
        assert!(!is_on(&server, &other_device).await);
        send_report(&server, &elsewhere).await;
        push_all(&server.store, now_ms()).await;
        assert_eq!(service.taken().len(), 1, "one school's notice is not another's");

        for _ in 0..100 {
            subscribe(&server, &school.principal, &service.browser("again")).await;
        }
        assert_eq!(subscriptions(&server.store).await, 2);
        for n in 0..25 {
            listen(&server, &school, &school.principal, &service.browser(&format!("device-{n}"))).await;
        }
        assert_eq!(subscriptions(&server.store).await, 21, "the oldest made room");
        assert!(!is_on(&server, &school.principal).await);
        send_report(&server, &school).await;
        push_all(&server.store, now_ms()).await;
        assert_eq!(service.taken().len(), 21);
    }

    async fn two_processes_push_once_and_what_dies_among_the_devices_goes_on_there(database: Database) {
        let service = PushService::start().await;
        let server = Server::start_with_push(&database, PushService::pusher()).await;
        let other = Store::open(&database.address).await.unwrap();
        let school = School::found(&server.store, "Lia skole").await;
        subscribe(&server, &school.principal, &service.browser("phone")).await;
        send_report(&server, &school).await;
        tokio::join!(push_all(&server.store, now_ms()), push_all(&other, now_ms()));
        assert_eq!(service.taken().len(), 1);

        // The newest device is told first, and the next one's push service hangs.
        listen(&server, &school, &school.principal, &service.browser("desk")).await;
        service.says("phone", Says::Hangs);
        let later_ms = now_ms() + DAY_MS;
        send_report(&server, &school).await;
        let store = server.store.clone();
        let dying = tokio::spawn(async move { push_all(&store, later_ms).await });
        while service.taken_at("phone") < 2 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        dying.abort();
        service.says("phone", Says::Status(201, "X: y"));
        push_all(&other, later_ms).await;
        assert_eq!((service.taken_at("desk"), service.taken_at("phone")), (1, 2), "it is held");
        push_all(&other, later_ms + HOUR_MS).await;
        assert_eq!((service.taken_at("desk"), service.taken_at("phone")), (1, 3));
    }

    async fn what_comes_while_a_push_goes_out_is_told_by_another(database: Database) {
        let service = PushService::start().await;
        let server = Server::start_with_push(&database, PushService::pusher()).await;
        let school = School::found(&server.store, "Lia skole").await;
        subscribe(&server, &school.principal, &service.browser("per")).await;
        send_report(&server, &school).await;
        service.says("per", Says::Closes);
        push_all(&server.store, now_ms()).await;
        send_report(&server, &school).await;
        service.says("per", Says::Status(201, "X: y"));
        push_all(&server.store, now_ms() + HOUR_MS).await;
        assert_eq!(service.taken().len(), 2, "one for both");
        push_all(&server.store, now_ms() + DAY_MS).await;
        assert_eq!(service.taken().len(), 2);
    }

    async fn signing_out_shutting_out_and_losing_the_inbox_end_it(database: Database) {
        let service = PushService::start().await;
        let server = Server::start_with_push(&database, PushService::pusher()).await;
        let school = School::found(&server.store, "Lia skole").await;
        let (per, admin) = (&school.principal, &school.administrator);
        let count = async || subscriptions(&server.store).await;
        let new = async |who: &Person| listen(&server, &school, who, &service.browser("per")).await;

        let device = new(per).await;
        assert_eq!(server.status(&device, "DELETE", path::SESSION).await, 204);
        assert_eq!(count().await, 0);
        for address in [path::DEVICE, path::DEVICE_SESSIONS] {
            let device = new(per).await;
            assert_eq!(server.status(&school.deputy, "DELETE", &path::with_id(address, device.device)).await, 404);
            assert_eq!(count().await, 1);
            assert_eq!(server.status(admin, "DELETE", &path::with_id(address, device.device)).await, 204);
            assert_eq!(count().await, 0, "{address}");
        }

        // The same person who signs in again on the same device goes on hearing; somebody else who signs in ends it.
        let username = give_password(&server.store, school.id, per.staff, "gåsa går i gresset").await;
        let others = give_password(&server.store, school.id, school.deputy.staff, "gåsa går i gresset").await;
        let device = new(per).await;
        let mut browser = Visitor::of(&device);
        let mut sign_in_as = async |name: &str| {
            let asked = json!({"username": name, "password": "gåsa går i gresset", "device": device.device, "device_name": "test"});
            assert_eq!(browser.send(&server, "POST", path::SESSION, &asked).await.status, 200);
        };
        sign_in_as(&username).await;
        assert_eq!(count().await, 1);
        sign_in_as(&others).await;
        assert_eq!(count().await, 0);

        let eli = hire(&server.store, school.id, "Eli Ås", vec![Role::Deputy]).await;
        for asked in [
            json!({"roles": ["duty_staff"], "own_classes": [], "status": "active"}),
            json!({"roles": ["deputy"], "own_classes": [], "status": "suspended"}),
        ] {
            rows::run(&server.store, "update staff_role set role = 'deputy' where staff_id = $1", eli.staff.0).await;
            new(&eli).await;
            assert_eq!(count().await, 1);
            let address = path::with_id(path::STAFF_MEMBER, eli.staff);
            assert_eq!(Visitor::of(admin).send(&server, "PUT", &address, &asked).await.status, 204);
            assert_eq!(count().await, 0, "{asked}");
        }
        send_report(&server, &school).await;
        push_all(&server.store, now_ms() + DAY_MS).await;
        assert!(service.taken().is_empty());
    }

    async fn whoever_is_suspected_hears_nothing(database: Database) {
        let service = PushService::start().await;
        let server = Server::start_with_push(&database, PushService::pusher()).await;
        let school = School::found(&server.store, "Lia skole").await;
        let liv = hire(&server.store, school.id, "Liv Moe", vec![Role::SocialTeacher]).await;
        let heard = PushService::pusher().read(liv.device, &service.browser("liv").subscription()).unwrap();
        let mut tx = server.store.write().await.unwrap();
        tx.set_push((school.id, liv.staff), &heard, 1).await.unwrap();
        tx.commit().await.unwrap();
        subscribe(&server, &school.principal, &service.browser("per")).await;
        let mut kari = Phone::of(&school.kari);
        let id = kari.begin_report(Some(school.pupils[0]), &[]);
        let suspects = report::set_suspicion(&Suspicion::Employee).and(report::set_suspected(liv.staff, true)).and(report::send());
        kari.write_report(id, suspects);
        kari.sync(&server).await;
        push_all(&server.store, now_ms()).await;
        assert_eq!((service.taken_at("liv"), service.taken_at("per")), (0, 1));
        // Nor once they have come to lead.
        rows::run(&server.store, "update staff_role set role = 'principal' where staff_id = $1", liv.staff.0).await;
        escalate(&server.store, &Live::default(), now_ms() + DAY_MS).await.unwrap();
        push_all(&server.store, now_ms() + DAY_MS).await;
        assert_eq!(service.taken_at("liv"), 0);
    }

    async fn without_push_nothing_is_offered_and_nothing_taken(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let offer: PushOffer = server.get(&school.principal, path::NOTICE_PUSH).await;
        assert_eq!(offer, PushOffer::default());
        let browser = PushService::start().await.browser("x");
        assert_eq!(put(&server, &school.principal, &browser.subscription()).await, 409);
    }
}
