//! axe-core in the page: what keeps somebody out. The script is the one that `FRIMINUTT_AXE` names (`cargo xtask` fetches it).

use serde_json::{Value, json};

use crate::browser::Browser;

/// Names the file with axe's script.
pub const SCRIPT_SETTING: &str = "FRIMINUTT_AXE";

/// The barriers of the page that is open, a line each: the rule and where.
pub async fn barriers(browser: &Browser) -> Vec<String> {
    run(browser, json!({ "resultTypes": ["violations"] })).await
}

/// Where the contrast is under 7:1, or 4.5:1 for large words.
pub async fn low_contrast(browser: &Browser) -> Vec<String> {
    let only = json!({ "type": "rule", "values": ["color-contrast-enhanced"] });
    run(
        browser,
        json!({ "resultTypes": ["violations"], "runOnly": only }),
    )
    .await
}

async fn run(browser: &Browser, options: Value) -> Vec<String> {
    let path = std::env::var_os(SCRIPT_SETTING)
        .unwrap_or_else(|| panic!("{SCRIPT_SETTING} names no script: cargo xtask test sets it"));
    let script = std::fs::read_to_string(path).expect("axe's script can be read");
    browser.load_library(&script).await;
    let run = "return axe.run(document, arguments[0]).then((found) => found.violations.flatMap((rule) =>
        rule.nodes.map((node) => rule.id + ' at ' + node.target.join(' ') + ': ' + node.failureSummary)))";
    let found = browser.run(run, vec![options]).await;
    serde_json::from_value(found).expect("axe answers with lines")
}
