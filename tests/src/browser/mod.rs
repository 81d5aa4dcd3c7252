//! A real browser, driven as a person uses it: it waits for what the page says and never for a time to pass. A `mark` is the
//! value of a `data-test` attribute, or a CSS selector if it is more than a plain word. `engine` says which browser, `page`
//! what one sees and does there.

mod engine;
mod page;
mod profile;

use std::path::Path;
use std::process::Stdio;

use serde_json::{Value, json};
use thirtyfour::Cookie;
use thirtyfour::prelude::*;

pub use engine::{ENGINE_SETTING, Engine};
pub use page::css;
pub use profile::Profile;

use engine::Driver;

/// How large the window is, in CSS pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    pub name: &'static str,
    pub width: u32,
    pub height: u32,
    is_phone: bool,
}

pub const PHONE: Size = Size {
    name: "phone",
    width: 390,
    height: 844,
    is_phone: true,
};
pub const DESK: Size = Size {
    name: "desk",
    width: 1280,
    height: 900,
    is_phone: false,
};

/// One running browser with one driver of its own. Dropping it kills both.
pub struct Browser {
    session: Option<WebDriver>,
    driver: Driver,
    origin: String,
    size: Size,
    profile: Profile,
}

impl Browser {
    /// Starts a browser on a profile. It shows nothing yet.
    pub async fn start(profile: &Profile, origin: &str, size: Size) -> Browser {
        let driver = Driver::start(profile.engine).await;
        let session = WebDriver::new(&driver.address, engine::capabilities(profile))
            .await
            .expect("the driver opens a browser");
        let browser = Browser {
            session: Some(session),
            driver,
            origin: origin.into(),
            size,
            profile: profile.clone(),
        };
        browser.resize(size).await;
        browser
    }

    /// Starts a browser and opens the app's first page.
    pub async fn open(profile: &Profile, origin: &str, size: Size) -> Browser {
        let browser = Browser::start(profile, origin, size).await;
        browser.go("/").await;
        browser
    }

    pub fn driver(&self) -> &WebDriver {
        self.session.as_ref().expect("the browser runs")
    }

    /// Closes it as a person does.
    pub async fn close(mut self) {
        let session = self.session.take().expect("the browser runs");
        session.quit().await.expect("the browser closes");
    }

    /// Ends every process of the browser at once, as a phone does with an app it has no room for.
    pub async fn kill(mut self) {
        self.kill_now();
        let leader = self.driver.leader.wait().await;
        leader.expect("it was started here");
    }

    /// Killed and opened again. Where the disk lives no longer than the browser, the tab is closed and another one opened.
    pub async fn killed_and_opened_again(self) -> Browser {
        if self.profile.engine.keeps_its_disk() {
            let (profile, origin, size) = (self.profile.clone(), self.origin.clone(), self.size);
            self.kill().await;
            return Browser::open(&profile, &origin, size).await;
        }
        let old = self.tab().await;
        self.open_tab().await;
        let new = self.tab().await;
        self.go_to_tab(old).await;
        self.close_tab().await;
        self.go_to_tab(new).await;
        self.go("/").await;
        self
    }

    fn kill_now(&mut self) {
        if let Some(session) = self.session.take() {
            // Nobody is left to be told.
            let _ = session.leak();
        }
        let Some(group) = self.driver.leader.id() else {
            return;
        };
        let killed = std::process::Command::new("kill")
            .args(["-9", "--", &format!("-{group}")])
            .stderr(Stdio::null())
            .status();
        assert!(killed.is_ok(), "there is a kill command");
    }

    /// As exactly as the engine can: only Chromium is told that it is a phone, and windows of the others may stay wider.
    pub async fn resize(&self, size: Size) {
        if self.profile.engine.has_cdp() {
            let metrics = json!({ "width": size.width, "height": size.height, "deviceScaleFactor": 1, "mobile": size.is_phone });
            self.cdp("Emulation.setDeviceMetricsOverride", metrics)
                .await;
        } else {
            let resized = self.driver().set_window_rect(0, 0, size.width, size.height);
            resized.await.expect("the window takes a size");
        }
    }

    /// Runs a script in every page before its own, from the next page on.
    pub async fn run_before_pages(&self, script: &str) {
        let source = json!({ "source": script });
        self.cdp("Page.addScriptToEvaluateOnNewDocument", source)
            .await;
    }

    /// Runs a library in the page, past the content policy.
    pub async fn load_library(&self, script: &str) {
        if self.profile.engine.has_cdp() {
            let expression = json!({ "expression": script });
            self.cdp("Runtime.evaluate", expression).await;
        } else {
            self.run(script, vec![]).await;
        }
    }

    pub async fn cdp(&self, method: &str, parameters: Value) -> Value {
        let answer = self.driver().cdp().send_raw(method, parameters).await;
        answer.unwrap_or_else(|cause| panic!("{method}: {cause}"))
    }

    /// Another tab, and goes to it.
    pub async fn open_tab(&self) {
        let tab = self.driver().new_tab().await.expect("a new tab");
        self.go_to_tab(tab).await;
        self.resize(self.size).await;
    }

    pub async fn tab(&self) -> thirtyfour::WindowHandle {
        self.driver().window().await.expect("a tab is open")
    }

    pub async fn go_to_tab(&self, tab: thirtyfour::WindowHandle) {
        self.driver()
            .switch_to_window(tab)
            .await
            .expect("the tab is open");
    }

    pub async fn close_tab(&self) {
        self.driver().close_window().await.expect("the tab closes");
    }

    /// Opens an address of the app.
    pub async fn go(&self, path: &str) {
        let address = format!("{}{path}", self.origin);
        self.visit(&address).await;
    }

    pub async fn visit(&self, address: &str) {
        let went = self.driver().goto(address).await;
        went.unwrap_or_else(|cause| panic!("{address}: {cause}"));
    }

    /// The path of the page that is open.
    pub async fn path(&self) -> String {
        let url = self.driver().current_url().await.expect("a page is open");
        url.path().to_owned()
    }

    pub async fn title(&self) -> String {
        self.driver().title().await.expect("a page is open")
    }

    pub async fn cookies(&self) -> Vec<Cookie> {
        self.driver()
            .get_all_cookies()
            .await
            .expect("a page is open")
    }

    /// Runs a script in the page; a promise is waited for.
    pub async fn run(&self, script: &str, arguments: Vec<Value>) -> Value {
        self.try_run(script, arguments)
            .await
            .unwrap_or_else(|cause| panic!("{script}: {cause}"))
    }

    /// Runs a script that awaits.
    pub async fn run_async(&self, script: &str) -> Value {
        let promise = format!("return (async () => {{ {script} }})()");
        self.run(&promise, vec![]).await
    }

    async fn try_run(&self, script: &str, arguments: Vec<Value>) -> WebDriverResult<Value> {
        Ok(self
            .driver()
            .execute(script, arguments)
            .await?
            .json()
            .clone())
    }

    /// What the browser has logged since the last time it was asked; only Chromium tells.
    pub async fn log(&self) -> Vec<String> {
        let entries = self.driver().browser_log().await.unwrap_or_default();
        entries
            .into_iter()
            .map(|entry| format!("{} {}", entry.level, entry.message))
            .collect()
    }

    /// Listens on the page that is open to what the content policy stops.
    pub async fn watch_policy(&self) {
        const LISTEN: &str = "window.stopped = [];
            document.addEventListener('securitypolicyviolation', (it) => stopped.push(it.effectiveDirective + ' ' + it.blockedURI));
            // What was stopped before, where the browser keeps it.
            new ReportingObserver((reports) => reports.forEach((it) => stopped.push(it.body.effectiveDirective + ' ' + it.body.blockedURL)),
                { types: ['csp-violation'], buffered: true }).observe()";
        self.run(LISTEN, vec![]).await;
    }

    /// What it has stopped.
    pub async fn stopped_by_policy(&self) -> Vec<String> {
        let stopped = self.run("return window.stopped", vec![]).await;
        serde_json::from_value(stopped).expect("a list of reports")
    }

    /// Every address the open page has asked for.
    pub async fn requests(&self) -> Vec<String> {
        let read = "return performance.getEntriesByType('resource').map((entry) => entry.name)";
        serde_json::from_value(self.run(read, vec![]).await).expect("a list of addresses")
    }

    pub async fn screenshot(&self, file: &Path) {
        self.driver().screenshot(file).await.expect("a picture");
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        self.kill_now();
    }
}
