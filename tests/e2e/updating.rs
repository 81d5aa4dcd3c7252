//! A new release of the app arrives while somebody logs.

use friminutt_tests::browser::{PHONE, Profile};
use friminutt_tests::journey::{has_waiting, see_today, signed_in};
use friminutt_tests::program::Program;
use friminutt_tests::proxy::{Proxy, Weather};

/// Saves some entries, counting what was said to be saved where a new page finds it, and takes the release into use in the moment
/// of the next tap.
const SAVE_AND_UPDATE: &str = r#"
    const mark = (name) => document.querySelector(`[data-test="${name}"]`);
    const until = (is) => new Promise((resolve) => {
        const look = () => (is() ? resolve() : requestAnimationFrame(look));
        look();
    });
    window.isOld = true;
    (async () => {
        for (let saved = 0; ; saved += 1) {
            localStorage.setItem("saved", saved);
            // The release is offered when nothing waits.
            await until(() => mark("choice-alone") && mark("waiting").innerText === "0" && mark("new-version"));
            mark("choice-alone").click();
            if (saved === arguments[0]) mark("new-version").querySelector("button").click();
            await until(() => mark("saved"));
            mark("next").click();
        }
    })();
"#;
const SAVED_BEFORE: usize = 5;
const RELEASES: &str =
    "return caches.keys().then((names) => names.filter((name) => name.startsWith('friminutt-')))";

#[tokio::test]
async fn a_release_taken_into_use_in_the_middle_of_a_save_loses_nothing_that_was_said_to_be_saved()
{
    let mut server = Program::new();
    server.start().await;
    let network = Proxy::before(&server.address()).await;
    let phone = signed_in(&Profile::new(), &network.origin(), PHONE, "assistent").await;
    let before = phone.run(RELEASES, vec![]).await;

    network.turn(Weather::NewRelease);
    phone.go("/").await;
    phone.see("new-version").await;
    phone.run(SAVE_AND_UPDATE, vec![SAVED_BEFORE.into()]).await;
    phone
        .until("the app of the new release", async || {
            let is_old = phone.run("return window.isOld ?? false", vec![]).await;
            (is_old == false).then_some(())
        })
        .await;

    phone.see("choice-alone").await;
    let after = phone.run(RELEASES, vec![]).await;
    assert_eq!(after.as_array().expect("names").len(), 1);
    assert_ne!(before, after);
    let saved = phone
        .run("return Number(localStorage.getItem('saved'))", vec![])
        .await;
    let saved = saved.as_u64().expect("a number") as usize;
    assert!(saved >= SAVED_BEFORE);
    has_waiting(&phone, 0).await;
    phone.see_exactly("problem", "0").await;
    let sent: usize = phone.see("sent").await.trim().parse().expect("a number");
    assert!(
        saved > 0 && sent >= saved,
        "{saved} were said to be saved, {sent} were sent"
    );
    see_today(&phone).await;
    phone.see_count("entry-card", sent).await;
}
