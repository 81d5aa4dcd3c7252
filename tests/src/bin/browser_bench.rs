//! `cargo xtask browser-bench [DOCUMENTS]`: how long a person in the yard waits, in Chromium slowed to a
//! quarter, with no server and with so many documents on the phone. A line of JSON for each figure.

use friminutt_tests::browser::{Browser, PHONE, Profile};
use friminutt_tests::journey::{has_waiting, log, signed_in};
use friminutt_tests::program::Program;
use serde_json::json;

const DOCUMENTS: u64 = 10_000;
const TAPS: usize = 60;
const STARTS: usize = 9;
const SLOWED: u32 = 4;

/// Copies the one entry on the phone until there are so many, as a colleague's who has had the same phone.
const COPY: &str = r#"
    const [count] = arguments;
    const open = indexedDB.open("friminutt");
    return new Promise((resolve, reject) => {
        open.onerror = () => reject(open.error);
        open.onsuccess = () => {
            const database = open.result;
            const transaction = database.transaction("documents", "readwrite");
            const store = transaction.objectStore("documents");
            store.getAll().onsuccess = ({ target }) => {
                const [row] = target.result;
                const staff = crypto.randomUUID();
                for (let n = 0; n < count; n += 1) {
                    const id = crypto.randomUUID();
                    store.put({ ...row, id, staff });
                }
            };
            transaction.oncomplete = () => { database.close(); resolve(true); };
            transaction.onabort = () => reject(transaction.error);
        };
    });
"#;
/// Notes when the first choice can be tapped, from the moment the page was asked for.
const NOTE_START: &str = r#"
    const look = () => {
        if (document.querySelector('[data-test="choice-alone"]')?.checkVisibility()) window.tappable_ms = performance.now();
        else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
"#;

/// One tap, until *Lagret* is painted.
const TAP: &str = r#"
    const mark = (name) => document.querySelector(`[data-test="${name}"]`);
    const started = performance.now();
    mark("choice-alone").click();
    return new Promise((resolve) => {
        const look = () => (mark("saved")?.checkVisibility() ? resolve(performance.now() - started) : requestAnimationFrame(look));
        look();
    });
"#;

#[tokio::main]
async fn main() {
    let documents = std::env::args().nth(1).map_or(DOCUMENTS, |text| {
        text.parse().expect("browser_bench [DOCUMENTS]")
    });
    let mut server = Program::new();
    server.start().await;
    let profile = Profile::new();
    let phone = signed_in(&profile, &server.origin(), PHONE, "assistent").await;
    phone.close().await;
    server.kill().await;

    let phone = Browser::open(&profile, &server.origin(), PHONE).await;
    log(&phone, "alone").await;
    has_waiting(&phone, 1).await;
    phone.run(COPY, vec![json!(documents)]).await;
    phone.go("/").await;
    phone.see("choice-alone").await;
    slow_down(&phone).await;
    let mut taps = Vec::new();
    for _ in 0..TAPS {
        taps.push(phone.run(TAP, vec![]).await.as_f64().expect("milliseconds"));
        phone.tap("next").await;
        phone.see("choice-alone").await;
    }
    tell("tap to saved", documents, taps);
    phone.close().await;

    let mut starts = Vec::new();
    for _ in 0..STARTS {
        let phone = Browser::start(&profile, &server.origin(), PHONE).await;
        slow_down(&phone).await;
        phone
            .cdp(
                "Page.addScriptToEvaluateOnNewDocument",
                json!({ "source": NOTE_START }),
            )
            .await;
        phone.go("/").await;
        let tappable_ms = phone
            .until("the first choice", async || {
                phone
                    .run("return window.tappable_ms", vec![])
                    .await
                    .as_f64()
            })
            .await;
        starts.push(tappable_ms);
        phone.close().await;
    }
    tell("cold offline start to first tap", documents, starts);
}

async fn slow_down(phone: &Browser) {
    phone
        .cdp("Emulation.setCPUThrottlingRate", json!({ "rate": SLOWED }))
        .await;
}

fn tell(what: &str, documents: u64, mut times_ms: Vec<f64>) {
    times_ms.sort_by(f64::total_cmp);
    let at = |part: f64| times_ms[((times_ms.len() - 1) as f64 * part).round() as usize].round();
    let figures = json!({
        "what": what, "documents": documents, "cpu_slowed": SLOWED, "times": times_ms.len(),
        "p50_ms": at(0.5), "p95_ms": at(0.95), "worst_ms": at(1.0),
    });
    println!("{figures}");
}
