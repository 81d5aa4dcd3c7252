//! Two phones of one shift write in the same entry without knowing of each other.

use friminutt_tests::on_both_databases;
use friminutt_tests::phone::Phone;
use friminutt_tests::school::School;
use friminutt_tests::server::Server;
use shared::api::{EntryDetail, path};
use shared::document::entry;
use shared::domain::{Act, What};

on_both_databases! {
    async fn both_wordings_stand_on_both_phones_and_every_earlier_one_is_readable(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let (mut kari, mut ola) = (Phone::of(&school.kari), Phone::of(&school.ola));
        let id = kari.log(What::Alone, server::clock::now_ms());
        kari.sync(&server).await;
        ola.sync(&server).await;
        assert_eq!(ola.entry(id), kari.entry(id));

        kari.amend(id, entry::set_text("Sto ved porten").unwrap());
        ola.amend(id, entry::set_text("Sto alene ved porten").unwrap());
        ola.amend(id, entry::set_act(&Act::TalkedWith, true));
        for phone in [&mut ola, &mut kari] {
            phone.sync(&server).await;
        }
        ola.sync(&server).await;
        assert_eq!(ola.entry(id), kari.entry(id));
        let texts: Vec<_> = kari.entry(id).contested["text"].iter().map(|wording| (wording.text.clone(), wording.by)).collect();
        assert_eq!(texts.len(), 2);
        assert!(texts.contains(&("Sto ved porten".into(), school.kari.actor)));
        assert!(texts.contains(&("Sto alene ved porten".into(), school.ola.actor)));
        assert!(kari.entry(id).acts.contains(&Act::TalkedWith));

        let detail: EntryDetail = server.get(&school.principal, &path::with_id(path::ENTRY, id)).await;
        assert_eq!(detail.line.entry, kari.entry(id));
        assert_eq!(detail.revisions.len(), 4);
        let name = |actor| detail.actors.iter().find(|it| it.actor == actor).map(|it| it.name.as_str());
        assert_eq!(name(school.ola.actor), Some("Ola Berg"));
    }
}
