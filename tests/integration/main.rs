//! The server through its addresses, on both databases.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the answer")]

mod access;
mod accounts;
mod borders;
#[cfg(target_os = "linux")]
mod broken_disk;
mod day_code;
mod devices;
mod erasing;
mod faults;
mod feide;
#[cfg(target_os = "linux")]
mod first_start;
mod followed;
mod fuzz;
mod gone_database;
mod groups;
mod guessing;
mod handing;
mod hostile;
mod live;
mod logging;
mod malformed;
mod matrix;
mod merging;
mod notices;
mod oral;
mod order;
mod owner;
mod passkeys;
mod password;
mod patterns;
#[cfg(target_os = "linux")]
mod power;
mod protected;
mod push;
mod readings;
mod rebuild;
mod record;
mod record_commands;
mod reporting;
mod roster;
#[cfg(target_os = "linux")]
mod rotated;
mod scopes;
mod sealed;
mod simulation;
mod step_up;
#[cfg(target_os = "linux")]
mod sync_points;
mod turn;
mod vanishing;
mod writing;

/// How many seeds are tried, where a test has some.
const SEEDS_SETTING: &str = "FRIMINUTT_SEEDS";
const FIRST_SEED_SETTING: &str = "FRIMINUTT_FIRST_SEED";

/// The seeds to try.
fn seeds(default_count: u64) -> std::ops::Range<u64> {
    let setting = |name: &str| std::env::var(name).ok()?.parse().ok();
    let first: u64 = setting(FIRST_SEED_SETTING).unwrap_or(1);
    first..first + setting(SEEDS_SETTING).unwrap_or(default_count)
}

#[cfg(not(target_os = "linux"))]
#[test]
#[ignore = "the library of faults needs Linux: power loss, a broken disk and death at each sync point are not shown here"]
fn faults_under_the_program() {}
