//! The browser that the journeys run in, and its driver.

use anyhow::Result;

use crate::command::is_on_path;
use crate::debian;

pub fn set_up() -> Result<()> {
    if is_on_path("chromium") && is_on_path("chromedriver") {
        return Ok(());
    }
    debian::install(
        "Chromium with its driver",
        &["chromium", "chromium-driver", "fonts-liberation"],
    )
}
