//! The access matrix: every principal at every address, each cell as the one table in the code says. That the table itself is what was
//! decided is held in `server::access`; here it is held that every handler asks it, with the facts as they are at that moment.

mod addresses;
mod facts;
mod principals;

use addresses::addresses;
use facts::{Facts, facts};
use friminutt_tests::on_both_databases;
use friminutt_tests::school::{Person, School, hire};
use friminutt_tests::server::Server;
use principals::{Stands, principals};
use server::auth::SignedIn;
use server::clock::now_ms;
use shared::domain::Role;

const FEWEST_CELLS: usize = 1_000;

async fn signed_in(server: &Server, person: &Person) -> SignedIn {
    let text = person.cookie.split_once('=').unwrap().1;
    let token = server::auth::Token::from_text(text).unwrap();
    let mut tx = server.store.read().await.unwrap();
    let found = tx.session(&token.hash(), now_ms(), 0).await.unwrap();
    found.unwrap().into()
}

on_both_databases! {
    async fn every_principal_at_every_address_gets_what_the_table_says(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let roles = vec![Role::SocialTeacher, Role::ContactTeacher];
        let suspected = hire(&server.store, school.id, "Liv Moe", roles).await;
        let handed = hire(&server.store, school.id, "Siv Vold", vec![Role::LearningEnvironmentLead]).await;
        let principals = principals(&server, &school, &suspected, &handed).await;
        let facts: &'static Facts = Box::leak(Box::new(facts(&server, &school, [&suspected, &handed], principals.len()).await));
        let addresses = addresses(facts, &school);
        let (mut cells, mut let_through) = (0, 0);
        for address in &addresses {
            for (row, principal) in principals.iter().enumerate() {
                let (path, body) = (address.request)(row);
                let answer = server.ask_json(&principal.person, address.method, &path, &body).await;
                let cell = format!("{} · {} · {}", principal.name, address.name, String::from_utf8_lossy(&answer.body));
                let is_let_through = match principal.stands {
                    Stands::Out => {
                        assert_eq!(answer.status, 401, "{cell}");
                        false
                    }
                    Stands::Elsewhere if address.has_id => {
                        assert!([403, 404].contains(&answer.status), "{} {cell}", answer.status);
                        false
                    }
                    _ => {
                        let who = signed_in(&server, &principal.person).await;
                        let allows = (address.allows)(&who);
                        let is_refused = [401, 403, 404].contains(&answer.status);
                        // Nothing came to this owner: that is no refusal of the table's.
                        let is_missing = allows && answer.status == 404 && address.name.ends_with("owner");
                        assert!(allows != is_refused || is_missing, "{allows} {} {cell}", answer.status);
                        // Whoever may read a thing is told that it is there.
                        let is_as_told = [403, address.refusal].contains(&answer.status);
                        assert!(allows || is_as_told, "{} {cell}", answer.status);
                        allows
                    }
                };
                cells += 1;
                let_through += usize::from(is_let_through);
            }
        }
        assert!(cells >= FEWEST_CELLS, "{cells} cells");
        assert!(let_through * 10 > cells && let_through * 2 < cells, "{let_through} of {cells} let through");
    }
}
