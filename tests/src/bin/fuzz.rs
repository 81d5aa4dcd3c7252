//! `cargo xtask fuzz [TARGET|all [SECONDS [SEED]]]`: mutants at a door that takes untrusted bytes, for so long. `fuzz short` is the part
//! of it that the tests run, `fuzz corpus` writes the corpora anew.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use friminutt_tests::fuzz::run::{Length, run};
use friminutt_tests::fuzz::{TARGETS, Target};

const USAGE: &str = "fuzz [TARGET|all [SECONDS [SEED]]], or fuzz short, or fuzz corpus";
const DEFAULT_SECONDS: u64 = 60;
/// Mutants of each target in a short run, and no longer than so long.
const SHORT: u64 = 500;
const SHORT_TIME: Duration = Duration::from_secs(1);

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (chosen, rest) = words.split_first().unwrap_or((&"all", &[]));
    let number = |at: usize, otherwise: u64| {
        let word = rest.get(at);
        word.map_or(otherwise, |word| {
            word.parse().unwrap_or_else(|_| panic!("{USAGE}"))
        })
    };
    let long = Length::Time(Duration::from_secs(number(0, DEFAULT_SECONDS)));
    let seed = number(1, server::clock::now_ms().unsigned_abs() << 20);
    match *chosen {
        "corpus" => {
            TARGETS.iter().for_each(Target::write_corpus);
            ExitCode::SUCCESS
        }
        "short" => run_each(&TARGETS, 1, Length::Mutants(SHORT, SHORT_TIME)),
        "all" => run_each(&TARGETS, seed, long),
        name => match Target::named(name) {
            Some(target) => run_each(&[target], seed, long),
            None => {
                let names: Vec<_> = TARGETS.iter().map(|target| target.name).collect();
                eprintln!(
                    "there is no target {name}; there are {}\n{USAGE}",
                    names.join(", ")
                );
                ExitCode::FAILURE
            }
        },
    }
}

fn run_each(targets: &[Target], seed: u64, length: Length) -> ExitCode {
    println!("| target | inputs | in s | slowest ms | MiB more |\n|---|---|---|---|---|");
    let mut is_sound = true;
    for target in targets {
        let started = Instant::now();
        match run(*target, seed, length) {
            Ok(figures) => println!(
                "| {} | {} | {} | {} | {} |",
                target.name,
                figures.inputs,
                started.elapsed().as_secs(),
                figures.slowest.as_millis(),
                figures.memory_bytes >> 20,
            ),
            Err(harm) => {
                is_sound = false;
                let seed = harm
                    .seed
                    .map_or("the corpus".to_owned(), |seed| format!("seed {seed}"));
                println!(
                    "{}: {} ({seed}), kept in {}; again: cargo xtask fuzz {} 1",
                    target.name,
                    harm.cause,
                    harm.kept.display(),
                    target.name
                );
            }
        }
    }
    match is_sound {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}
