//! Signing in by way of an OpenID provider: with an honest one, and with one that lies.

use friminutt_tests::database::Database;
use friminutt_tests::on_both_databases;
use friminutt_tests::provider::OpenId;
use friminutt_tests::rows;
use friminutt_tests::school::{School, give_password};
use friminutt_tests::server::Server;
use friminutt_tests::visitor::{Visitor, code};
use friminutt_tests::wire::{self, Answer};
use serde_json::{Value, json};
use shared::api::{
    Admission, ErrorCode, FeideFinished, FeideOffer, FeideOutcome, FeideStarted, Invitation, path,
};
use shared::domain::StaffId;

const COOKIE: &str = "friminutt-feide";

async fn with_honest(database: &Database) -> (Server, OpenId) {
    let (listener, origin) = Server::listen().await;
    let provider = OpenId::honest(&format!("{origin}{}", path::FEIDE_CALLBACK)).await;
    let server = Server::start_with(database, listener, &provider).await;
    (server, provider)
}

async fn with_lying(database: &Database) -> (Server, OpenId) {
    let (listener, _) = Server::listen().await;
    let provider = OpenId::lying().await;
    let server = Server::start_with(database, listener, &provider).await;
    (server, provider)
}

pub async fn invite(server: &Server, school: &School, staff: StaffId) -> String {
    let address = path::with_id(path::STAFF_INVITATION, staff);
    let answer = server
        .ask(&school.administrator, "POST", &address, &[])
        .await;
    let invitation: Invitation = serde_json::from_slice(&answer.body).unwrap();
    invitation.token
}

pub async fn start(server: &Server, visitor: &mut Visitor, invitation: Option<&str>) -> String {
    let asked = json!({"invitation": invitation, "is_again": false});
    started(
        &visitor
            .send(server, "POST", path::FEIDE_START, &asked)
            .await,
    )
}

fn started(answer: &Answer) -> String {
    assert_eq!(answer.status, 200);
    let started: FeideStarted = serde_json::from_slice(&answer.body).unwrap();
    started.address
}

pub async fn finish(server: &Server, visitor: &mut Visitor) -> Answer {
    let asked = json!({"device": null, "device_name": "test"});
    visitor
        .send(server, "POST", path::FEIDE_FINISH, &asked)
        .await
}

/// What the callback tells the page.
pub fn outcome(answer: &Answer) -> Option<FeideOutcome> {
    assert_eq!((answer.status, answer.body.len()), (303, 0));
    let to = answer.headers("location").next().unwrap();
    FeideOutcome::from_fragment(to.strip_prefix("/logg-inn#").unwrap())
}

/// Follows the provider's redirects until it sends the browser back; the address it sends it to.
pub async fn at_provider(address: &str, account: &str) -> String {
    let mut browser = Visitor::default();
    let mut next = address.to_owned();
    let host = host(address);
    for _ in 0..10 {
        let at = next
            .strip_prefix(&format!("http://{host}"))
            .map_or(next.clone(), str::to_owned);
        let answer = browser.go(&host, &at, account).await;
        next = answer.headers("location").next().unwrap().to_owned();
        if next.contains(path::FEIDE_CALLBACK) {
            let (_, query) = next.split_once(path::FEIDE_CALLBACK).unwrap();
            return format!("{}{query}", path::FEIDE_CALLBACK);
        }
    }
    panic!("the provider does not send the browser back");
}

fn host(address: &str) -> String {
    let rest = address.strip_prefix("http://").unwrap();
    rest.split('/').next().unwrap().to_owned()
}

fn parameter(address: &str, name: &str) -> String {
    let (_, query) = address.split_once('?').unwrap();
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let mut found = pairs.filter(|(its, _)| *its == name);
    found.next().unwrap().1.to_owned()
}

/// The address at which a browser comes back from the lying provider with a wish for what it says.
fn back(address: &str, mut wish: Value) -> String {
    let claims = wish
        .as_object_mut()
        .unwrap()
        .entry("claims")
        .or_insert(json!({}));
    let claims = claims.as_object_mut().unwrap();
    claims
        .entry("nonce")
        .or_insert(json!(parameter(address, "nonce")));
    claims.entry("sub").or_insert(json!("7"));
    format!(
        "{}?state={}&code={}",
        path::FEIDE_CALLBACK,
        parameter(address, "state"),
        base64url(wish.to_string().as_bytes())
    )
}

fn base64url(bytes: &[u8]) -> String {
    const SIGNS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let sixes = |chunk: &[u8]| {
        let bits = chunk
            .iter()
            .fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte))
            << (8 * (3 - chunk.len()));
        (0..=chunk.len())
            .map(|n| char::from(SIGNS[(bits >> (18 - 6 * n) & 63) as usize]))
            .collect::<String>()
    };
    bytes.chunks(3).map(sixes).collect()
}

/// Ties an identity of the lying provider to somebody.
async fn bound(server: &Server, school: &School, staff: StaffId, subject: &str) -> Visitor {
    let token = invite(server, school, staff).await;
    let mut visitor = Visitor::default();
    let address = start(server, &mut visitor, Some(&token)).await;
    let back = back(&address, json!({"claims": {"sub": subject}}));
    assert_eq!(
        outcome(&visitor.go(&server.address, &back, "").await),
        Some(FeideOutcome::Shown)
    );
    assert_eq!(finish(server, &mut visitor).await.status, 200);
    visitor
}

/// One way with the lying provider, in a new browser.
async fn come_back_with(server: &Server, wish: Value) -> Option<FeideOutcome> {
    let mut visitor = Visitor::default();
    let address = start(server, &mut visitor, None).await;
    let answer = visitor.go(&server.address, &back(&address, wish), "").await;
    let how = outcome(&answer);
    let is_in = finish(server, &mut visitor).await.status == 200;
    assert_eq!(is_in, how == Some(FeideOutcome::Shown));
    how
}

on_both_databases! {
    async fn an_invitation_ties_an_identity_which_signs_in_from_then_on(database: Database) {
        let (server, _provider) = with_honest(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let offer: FeideOffer = server.get(&school.kari, path::FEIDE).await;
        assert!(offer.is_offered);
        let staff = school.kari.staff;
        let token = invite(&server, &school, staff).await;
        let mut visitor = Visitor::default();
        let address = start(&server, &mut visitor, Some(&token)).await;
        assert!(address.contains("code_challenge_method=S256") && !address.contains(&token), "{address}");
        let before = visitor.cookies[COOKIE].clone();
        let back = at_provider(&address, "feide-kari").await;
        assert_eq!(outcome(&visitor.go(&server.address, &back, "").await), Some(FeideOutcome::Shown));
        assert_ne!(visitor.cookies[COOKIE], before, "the way goes on under another secret");
        let answer = finish(&server, &mut visitor).await;
        let admission: Admission = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!(admission.session.staff, staff);
        assert!(admission.sign_in_share.is_some() && !visitor.cookies.contains_key(COOKIE));
        assert_eq!(server.status(&school.kari, "GET", path::SESSION).await, 401, "what was open before has ended");
        // From another browser, with no invitation; and another person is nobody here.
        for (account, how) in [("feide-kari", FeideOutcome::Shown), ("feide-ola", FeideOutcome::Stranger)] {
            let mut visitor = Visitor::default();
            let address = start(&server, &mut visitor, None).await;
            let back = at_provider(&address, account).await;
            assert_eq!(outcome(&visitor.go(&server.address, &back, "").await), Some(how));
            assert_eq!(finish(&server, &mut visitor).await.status == 200, how == FeideOutcome::Shown);
        }
        // The invitation is used up.
        let mut visitor = Visitor::default();
        let address = start(&server, &mut visitor, Some(&token)).await;
        let back = at_provider(&address, "feide-ola").await;
        assert_eq!(outcome(&visitor.go(&server.address, &back, "").await), Some(FeideOutcome::InvitationInvalid));
        // An account that is closed is nobody's.
        rows::run(&server.store, "update staff set status = 'suspended' where id = $1", staff.0).await;
        let address = start(&server, &mut visitor, None).await;
        let back = at_provider(&address, "feide-kari").await;
        assert_eq!(outcome(&visitor.go(&server.address, &back, "").await), Some(FeideOutcome::Stranger));
    }

    async fn what_is_shown_again_at_the_provider_counts_as_shown(database: Database) {
        let (server, _provider) = with_honest(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let token = invite(&server, &school, school.principal.staff).await;
        let mut visitor = Visitor::default();
        let address = start(&server, &mut visitor, Some(&token)).await;
        let back = at_provider(&address, "feide-per").await;
        visitor.go(&server.address, &back, "").await;
        assert_eq!(finish(&server, &mut visitor).await.status, 200);
        let erase = json!({"documents": [uuid::Uuid::now_v7()], "ground": "mistake"});
        rows::run(&server.store, "update session set shown_at_ms = 0 where staff_id = $1", school.principal.staff.0).await;
        assert_eq!(code(&visitor.send(&server, "POST", path::ERASURES, &erase).await), Some(ErrorCode::StepUpNeeded));
        let asked = json!({"invitation": null, "is_again": true});
        let address = started(&visitor.send(&server, "POST", path::FEIDE_START, &asked).await);
        assert!(address.contains("prompt=login") && address.contains("max_age=0"), "{address}");
        let back = at_provider(&address, "feide-per").await;
        assert_eq!(outcome(&visitor.go(&server.address, &back, "").await), Some(FeideOutcome::Shown));
        assert_eq!(finish(&server, &mut visitor).await.status, 200);
        assert_eq!(code(&visitor.send(&server, "POST", path::ERASURES, &erase).await), Some(ErrorCode::NotFound));
    }

    async fn what_a_provider_says_counts_only_when_all_of_it_is_right(database: Database) {
        let (server, _provider) = with_lying(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        bound(&server, &school, school.kari.staff, "7").await;
        assert_eq!(come_back_with(&server, json!({})).await, Some(FeideOutcome::Shown), "the truth");
        let wrong = [
            ("issuer", json!({"claims": {"iss": "https://elsewhere.example"}})),
            ("audience", json!({"claims": {"aud": "somebody else"}})),
            ("one more audience", json!({"claims": {"aud": ["friminutt", "somebody else"]}})),
            ("nonce", json!({"claims": {"nonce": "another"}})),
            ("no nonce", json!({"claims": {"nonce": null}})),
            ("expired", json!({"claims": {"exp": 1_700_000_000}})),
            ("no end", json!({"claims": {"exp": null}})),
            ("no subject", json!({"claims": {"sub": null}})),
            ("no signature", json!({"alg": "none"})),
            ("the public key taken for a secret", json!({"alg": "HS256", "key": "public"})),
            ("the client's secret", json!({"alg": "HS256", "key": "secret"})),
            ("another method", json!({"alg": "RS512"})),
            ("another's key", json!({"key": "other"})),
            ("an unknown key", json!({"kid": "other", "key": "other"})),
            ("a code that is refused", json!({"status": 400})),
        ];
        for (what, wish) in wrong {
            assert_eq!(come_back_with(&server, wish).await, Some(FeideOutcome::Failed), "{what}");
        }
        // An e-mail address says nothing, least of all an unverified one.
        let username = give_password(&server.store, school.id, school.principal.staff, "snømann og kakao").await;
        let claims = json!({"sub": "8", "email": username, "preferred_username": username, "email_verified": false});
        assert_eq!(come_back_with(&server, json!({"claims": claims})).await, Some(FeideOutcome::Stranger));
        for wish in [json!({"status": 500}), json!({"size": 300_000})] {
            let how = come_back_with(&server, wish).await;
            assert!(matches!(how, Some(FeideOutcome::Failed | FeideOutcome::Unavailable)), "{how:?}");
        }
    }

    async fn a_way_is_its_browsers_alone_and_is_gone_once(database: Database) {
        let (server, _provider) = with_lying(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        bound(&server, &school, school.kari.staff, "7").await;
        let host = server.address.clone();
        // Sent to an address that somebody else began: there is no cookie, or another one.
        let mut thief = Visitor::default();
        let address = start(&server, &mut thief, None).await;
        let theirs = back(&address, json!({}));
        assert_eq!(outcome(&Visitor::default().go(&host, &theirs, "").await), Some(FeideOutcome::Failed));
        let mut victim = Visitor::default();
        start(&server, &mut victim, None).await;
        assert_eq!(outcome(&victim.go(&host, &theirs, "").await), Some(FeideOutcome::Failed));
        assert_eq!(finish(&server, &mut victim).await.status, 401);
        // A state that is not one's own, or none, ends the way.
        for query in ["state=0&code=x", "code=x", "state=&code=", "error=access_denied&error_description=%3Cscript%3E", ""] {
            let mut visitor = Visitor::default();
            start(&server, &mut visitor, None).await;
            let answer = visitor.go(&host, &format!("{}?{query}", path::FEIDE_CALLBACK), "").await;
            assert_eq!(outcome(&answer), Some(FeideOutcome::Failed), "{query}");
        }
        // Sent by another issuer than the one it was begun with (RFC 9207).
        let mut visitor = Visitor::default();
        let address = start(&server, &mut visitor, None).await;
        let mixed = format!("{}&iss=https://elsewhere.example", back(&address, json!({})));
        assert_eq!(outcome(&visitor.go(&host, &mixed, "").await), Some(FeideOutcome::Failed));
        // Once there, once back, once in; and nobody goes in with the secret from before.
        let mut visitor = Visitor::default();
        let address = start(&server, &mut visitor, None).await;
        let mut planted = visitor.clone();
        let there = back(&address, json!({}));
        assert_eq!(finish(&server, &mut visitor).await.status, 401, "not yet shown");
        let address = start(&server, &mut visitor, None).await;
        let back_here = back(&address, json!({}));
        planted.cookies = visitor.cookies.clone();
        assert_eq!(outcome(&visitor.go(&host, &back_here, "").await), Some(FeideOutcome::Shown));
        assert_eq!(finish(&server, &mut planted).await.status, 401, "fixation");
        assert_eq!(outcome(&planted.go(&host, &back_here, "").await), Some(FeideOutcome::Failed), "replay");
        assert_eq!(outcome(&planted.go(&host, &there, "").await), Some(FeideOutcome::Failed));
        let shown = visitor.clone();
        let session = finish(&server, &mut visitor).await;
        assert_eq!(session.status, 200);
        assert_eq!(finish(&server, &mut shown.clone()).await.status, 401);
        // Signing in again gives another session, and ends the one there was.
        let before = visitor.clone();
        let address = start(&server, &mut visitor, None).await;
        visitor.go(&host, &back(&address, json!({})), "").await;
        assert_eq!(finish(&server, &mut visitor).await.status, 200);
        assert_ne!(visitor.cookies["friminutt"], before.cookies["friminutt"]);
        assert_eq!(before.clone().send(&server, "GET", path::SESSION, &Value::Null).await.status, 401);
    }

    async fn an_identity_that_is_somebodys_is_not_bound_to_another(database: Database) {
        let (server, _provider) = with_lying(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        bound(&server, &school, school.kari.staff, "7").await;
        let token = invite(&server, &school, school.principal.staff).await;
        let mut visitor = Visitor::default();
        let address = start(&server, &mut visitor, Some(&token)).await;
        assert_eq!(outcome(&visitor.go(&server.address, &back(&address, json!({})), "").await), Some(FeideOutcome::Failed));
        assert_eq!(server.status(&school.principal, "GET", path::SESSION).await, 200, "nothing was changed");
        assert_eq!(visitor.take_up(&server, &token, "snømann og kakao").await.status, 200, "nor the invitation used up");
    }

    async fn one_identity_at_two_schools_goes_in_at_the_one_that_is_chosen(database: Database) {
        let (server, _provider) = with_lying(&database).await;
        let lia = School::found(&server.store, "Lia skole").await;
        let vik = School::found(&server.store, "Vik skole").await;
        let stranger = School::found(&server.store, "Ås skole").await;
        bound(&server, &lia, lia.kari.staff, "7").await;
        // The invitation says which school is meant.
        bound(&server, &vik, vik.ola.staff, "7").await;
        let mut visitor = Visitor::default();
        let address = start(&server, &mut visitor, None).await;
        visitor.go(&server.address, &back(&address, json!({})), "").await;
        let answer = finish(&server, &mut visitor).await;
        let FeideFinished::Several { schools } = serde_json::from_slice(&answer.body).unwrap() else {
            panic!("nobody was asked where");
        };
        let names: Vec<&str> = schools.iter().map(|school| school.name.as_str()).collect();
        assert_eq!(names, ["Lia skole", "Vik skole"]);
        assert!(!visitor.cookies.contains_key("friminutt"), "nobody is in yet");
        let mut choose = async |school: shared::domain::SchoolId| {
            let asked = json!({"device": null, "device_name": "test", "school": school});
            visitor.send(&server, "POST", path::FEIDE_FINISH, &asked).await
        };
        assert_eq!(choose(stranger.id).await.status, 401, "an account of one's own, or none");
        let mut visitor = Visitor::default();
        let address = start(&server, &mut visitor, None).await;
        visitor.go(&server.address, &back(&address, json!({})), "").await;
        let mut choose = async |school: shared::domain::SchoolId| {
            let asked = json!({"device": null, "device_name": "test", "school": school});
            visitor.send(&server, "POST", path::FEIDE_FINISH, &asked).await
        };
        let answer = choose(vik.id).await;
        let admission: Admission = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!((admission.session.staff, answer.status), (vik.ola.staff, 200));
        assert_eq!(choose(lia.id).await.status, 401, "the way is gone");
        // Closed at one, the other is the only one.
        rows::run(&server.store, "update staff set status = 'suspended' where id = $1", vik.ola.staff.0).await;
        let mut visitor = Visitor::default();
        let address = start(&server, &mut visitor, None).await;
        visitor.go(&server.address, &back(&address, json!({})), "").await;
        let admission: Admission = serde_json::from_slice(&finish(&server, &mut visitor).await.body).unwrap();
        assert_eq!(admission.session.staff, lia.kari.staff);
    }

    async fn a_provider_that_is_down_leaves_the_password(database: Database) {
        let (server, mut provider) = with_lying(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let mut visitor = bound(&server, &school, school.kari.staff, "7").await;
        let username = give_password(&server.store, school.id, school.ola.staff, "snømann og kakao").await;
        let address = start(&server, &mut visitor, None).await;
        provider.kill().await;
        assert_eq!(outcome(&visitor.go(&server.address, &back(&address, json!({})), "").await), Some(FeideOutcome::Unavailable));
        assert_eq!(Visitor::default().sign_in(&server, &username, "snømann og kakao").await.status, 200);
        // A server that has not met it yet says so too.
        let (listener, _) = Server::listen().await;
        let other = Server::start_with(&database, listener, &provider).await;
        let asked = json!({"invitation": null, "is_again": false});
        let answer = Visitor::default().send(&other, "POST", path::FEIDE_START, &asked).await;
        assert_eq!((answer.status, code(&answer)), (502, Some(ErrorCode::ProviderUnavailable)));
    }

    async fn where_there_is_no_provider_nothing_is_offered_and_only_coming_back_is_a_page(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let offer: FeideOffer = server.get(&school.kari, path::FEIDE).await;
        assert!(!offer.is_offered);
        let asked = json!({"invitation": null, "is_again": false});
        assert_eq!(Visitor::default().send(&server, "POST", path::FEIDE_START, &asked).await.status, 404);
        assert_eq!(outcome(&Visitor::default().go(&server.address, path::FEIDE_CALLBACK, "").await), Some(FeideOutcome::Failed));
        for address in [path::FEIDE, path::SESSION] {
            assert_eq!(Visitor::of(&school.kari).go(&server.address, address, "").await.status, 403);
        }
        let headers = [("sec-fetch-dest", "iframe")];
        let framed = wire::request_with(&server.address, "GET", path::FEIDE_CALLBACK, &headers, &[]).await.unwrap();
        assert_eq!(framed.status, 403);
    }
}

/// A key that came after the server had met the provider is found, and one that never comes is not looked for each time.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_are_fetched_anew_when_there_are_new_ones_and_seldom() {
    let (server, provider) = with_lying(&Database::sqlite()).await;
    let school = School::found(&server.store, "Lia skole").await;
    bound(&server, &school, school.kari.staff, "7").await;
    let host = host(&provider.issuer);
    let ask = async |path: &str| -> u64 {
        let answer = wire::request_with(&host, "GET", path, &[("connection", "close")], &[]).await;
        let body = String::from_utf8(answer.unwrap().body).unwrap();
        body.trim().parse().unwrap()
    };
    ask("/rotate").await;
    assert_eq!(
        come_back_with(&server, json!({"kid": "next", "key": "next"})).await,
        Some(FeideOutcome::Shown)
    );
    for _ in 0..3 {
        assert_eq!(
            come_back_with(&server, json!({"kid": "other", "key": "other"})).await,
            Some(FeideOutcome::Failed)
        );
    }
    assert_eq!(ask("/fetched").await, 2);
}
