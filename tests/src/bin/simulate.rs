//! `cargo xtask simulate [SEEDS [FIRST]]`: phones on a bad network, seed after seed, on all cores.

use std::process::ExitCode;
use std::time::Instant;

use friminutt_tests::simulation::run_all;

const USAGE: &str = "simulate [SEEDS [FIRST]], such as: simulate 500 1";
const DEFAULT_SEEDS: u64 = 10_000;
/// So often it says how far it is.
const TELL_EVERY: u64 = 50;

#[tokio::main]
async fn main() -> ExitCode {
    let numbers: Vec<u64> = std::env::args()
        .skip(1)
        .map(|text| text.parse().unwrap_or_else(|_| panic!("{USAGE}")))
        .collect();
    let (count, first) = match numbers[..] {
        [] => (DEFAULT_SEEDS, 1),
        [count] => (count, 1),
        [count, first] => (count, first),
        _ => panic!("{USAGE}"),
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let started = Instant::now();
    let failed = run_all(first..first + count, cores, move |seed| {
        if seed % TELL_EVERY == 0 {
            println!("seed {seed} after {} s", started.elapsed().as_secs());
        }
    })
    .await;
    println!(
        "{count} seeds from {first} on in {} s, {} of them failed",
        started.elapsed().as_secs(),
        failed.len()
    );
    for seed in &failed {
        println!("again: cargo xtask simulate 1 {seed}");
    }
    match failed.is_empty() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}
