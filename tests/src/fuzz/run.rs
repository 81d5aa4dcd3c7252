//! A run of one target: every input of its corpus, then mutants of them from seeds, each held to the limits of time and memory. An
//! input that does harm is kept in the corpus.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::mutation::mutant;
use super::{Target, usage};

/// Longest that one input may take, and may keep a processor busy where it took longer.
pub const MAX_TIME: Duration = Duration::from_secs(1);
/// Most memory above what there was at the start of the run.
pub const MAX_MEMORY_BYTES: u64 = 256 * 1024 * 1024;
/// An input that takes so long is given up, and the whole run with it.
const STUCK: Duration = Duration::from_secs(30);
/// What is over sooner has not touched `MAX_MEMORY_BYTES`: asking the system each time would take most of the run.
const MAY_HAVE_GROWN: Duration = Duration::from_millis(2);

/// How long a run is.
#[derive(Debug, Clone, Copy)]
pub enum Length {
    /// So many mutants, and fewer where they take longer than this.
    Mutants(u64, Duration),
    Time(Duration),
}

/// What a run came to.
#[derive(Debug, Default)]
pub struct Figures {
    pub inputs: u64,
    pub slowest: Duration,
    pub memory_bytes: u64,
}

/// What did harm, and where it is kept.
#[derive(Debug)]
pub struct Harm {
    pub cause: String,
    /// Of the mutant; none of an input of the corpus.
    pub seed: Option<u64>,
    pub kept: PathBuf,
}

/// Runs the corpus, then mutants from `first_seed` on, until one does harm.
pub fn run(target: Target, first_seed: u64, length: Length) -> Result<Figures, Harm> {
    let corpus = target.corpus();
    let watch = Watch::over(target);
    let mut figures = Figures::default();
    // Whatever the door needs once is there before memory is counted.
    drop(take(target, &corpus[0]));
    usage::forget_peak();
    let before = usage::peak_bytes();
    for input in &corpus {
        figures.add(target, &watch, before, input, None)?;
    }
    let started = Instant::now();
    let mut seeds = first_seed..;
    while !length.is_over(seeds.start - first_seed, started) {
        let seed = seeds.next();
        let input = mutant(&corpus, seed.unwrap_or_default(), target.max_bytes);
        figures.add(target, &watch, before, &input, seed)?;
    }
    Ok(figures)
}

impl Length {
    fn is_over(self, mutants: u64, started: Instant) -> bool {
        match self {
            Length::Mutants(count, time) => mutants >= count || started.elapsed() >= time,
            Length::Time(time) => started.elapsed() >= time,
        }
    }
}

impl Figures {
    fn add(
        &mut self,
        target: Target,
        watch: &Watch,
        before: u64,
        input: &[u8],
        seed: Option<u64>,
    ) -> Result<(), Harm> {
        watch.begin(input);
        let (mut done, mut took) = take(target, input);
        if done.is_ok() && took > MAX_TIME {
            // Something else on the machine may have held it up: the processor's own time counts.
            let before = usage::processor_time();
            let again = take(target, input);
            let worked = usage::processor_time().zip(before);
            done = again.0;
            took = worked.map_or(again.1, |(after, before)| after.saturating_sub(before));
        }
        watch.end();
        self.inputs += 1;
        self.slowest = self.slowest.max(took);
        if took > MAY_HAVE_GROWN {
            self.memory_bytes = usage::peak_bytes().saturating_sub(before);
        }
        let cause = match done {
            Err(_) => "it panicked".to_owned(),
            Ok(()) if took > MAX_TIME => format!("it took {took:?}"),
            Ok(()) if self.memory_bytes > MAX_MEMORY_BYTES => {
                format!("it took {} MiB", self.memory_bytes >> 20)
            }
            Ok(()) => return Ok(()),
        };
        let kept = target.keep(input);
        Err(Harm { cause, seed, kept })
    }
}

fn take(target: Target, input: &[u8]) -> (std::thread::Result<()>, Duration) {
    let started = Instant::now();
    let done = catch_unwind(AssertUnwindSafe(|| (target.take)(input)));
    (done, started.elapsed())
}

/// Ends the process when an input never comes to an end; it is kept before.
struct Watch(Arc<Mutex<Option<Tried>>>);

/// The input that is being taken.
struct Tried {
    since: Instant,
    input: Vec<u8>,
}

impl Watch {
    fn over(target: Target) -> Watch {
        let now = Arc::new(Mutex::new(None));
        let watched = Arc::downgrade(&now);
        std::thread::spawn(move || {
            while let Some(now) = watched.upgrade() {
                if let Some(tried) = locked(&now).as_ref() {
                    tried.end_if_stuck(target);
                }
                drop(now);
                std::thread::sleep(MAX_TIME);
            }
        });
        Watch(now)
    }

    fn begin(&self, input: &[u8]) {
        *locked(&self.0) = Some(Tried {
            since: Instant::now(),
            input: input.to_vec(),
        });
    }

    fn end(&self) {
        *locked(&self.0) = None;
    }
}

impl Tried {
    fn end_if_stuck(&self, target: Target) {
        if self.since.elapsed() > STUCK {
            let kept = target.keep(&self.input);
            eprintln!("{}: it does not end: {}", target.name, kept.display());
            std::process::exit(1);
        }
    }
}

fn locked(now: &Mutex<Option<Tried>>) -> MutexGuard<'_, Option<Tried>> {
    now.lock().unwrap_or_else(PoisonError::into_inner)
}
