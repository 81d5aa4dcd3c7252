//! Passwords as argon2id hashes. Hashing takes tens of milliseconds and 19 MiB on purpose: it runs beside the async threads,
//! a few at a time, and an account that does not exist costs the same as one that does.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::error::Error as Refusal;
use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::password_hash::{Error, PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Version};
use tokio::sync::{Semaphore, SemaphorePermit};

/// At most so many at once of each: those who have shown before who they are do not stand in the others' line.
const KNOWN_AT_ONCE: usize = 2;
const OTHERS_AT_ONCE: usize = 2;
/// Longest line.
const MAX_WAITING: usize = 100;
/// When to come back if it is longer.
const BUSY_WAIT_MS: i64 = 5_000;
const SALT_BYTES: usize = 16;
const OUTPUT_BYTES: usize = 32;

pub struct Passwords {
    known: Line,
    others: Line,
    /// Compared with when there is no such account; no password fits it.
    nobodys_hash: String,
}

impl Passwords {
    pub fn new() -> Result<Passwords, Error> {
        Ok(Passwords {
            known: Line::new(KNOWN_AT_ONCE),
            others: Line::new(OTHERS_AT_ONCE),
            nobodys_hash: nobodys_hash()?,
        })
    }

    /// The hash to store for a password.
    pub async fn hash(&self, password: &str) -> Result<String, Refusal> {
        let _turn = self.known.turn().await?;
        let password = password.as_bytes().to_vec();
        run_beside(move || hash(&password, &random::<SALT_BYTES>()?))
            .await
            .and_then(|hashed| hashed)
            .map_err(|_| Refusal::Broken("a password could not be hashed"))
    }

    /// Whether the password fits the stored hash; never for an account that has none, and that takes as long.
    pub async fn fits(
        &self,
        password: &str,
        stored: Option<&str>,
        is_known: bool,
    ) -> Result<bool, Refusal> {
        let line = if is_known { &self.known } else { &self.others };
        let _turn = line.turn().await?;
        let has_one = stored.is_some();
        let stored = stored.unwrap_or(&self.nobodys_hash).to_owned();
        let password = password.as_bytes().to_vec();
        let fits = run_beside(move || {
            Argon2::default()
                .verify_password(&password, stored.as_str())
                .is_ok()
        })
        .await
        .map_err(|_| Refusal::Broken("a password could not be compared"))?;
        Ok(fits && has_one)
    }
}

/// Who waits for the processor.
struct Line {
    turns: Semaphore,
    waiting: AtomicUsize,
}

impl Line {
    fn new(at_once: usize) -> Line {
        Line {
            turns: Semaphore::new(at_once),
            waiting: AtomicUsize::new(0),
        }
    }

    async fn turn(&self) -> Result<SemaphorePermit<'_>, Refusal> {
        let _place = Place::in_line(&self.waiting)?;
        self.turns
            .acquire()
            .await
            .map_err(|_| Refusal::Broken("no password is compared any more"))
    }
}

/// A place in the line, given up when its turn has come or it waits no more.
struct Place<'a>(&'a AtomicUsize);

impl<'a> Place<'a> {
    fn in_line(waiting: &'a AtomicUsize) -> Result<Place<'a>, Refusal> {
        let place = Place(waiting);
        match waiting.fetch_add(1, Ordering::Relaxed) < MAX_WAITING {
            true => Ok(place),
            false => Err(Refusal::TooManyAttempts {
                wait_ms: BUSY_WAIT_MS,
            }),
        }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

fn hash(password: &[u8], salt: &[u8]) -> Result<String, Error> {
    Ok(Argon2::default()
        .hash_password_with_salt(password, salt)?
        .to_string())
}

/// Costs as much to compare with as any, and nothing to make: where the output would stand, there is chance.
fn nobodys_hash() -> Result<String, Error> {
    let hash = PasswordHash {
        algorithm: Algorithm::default().ident(),
        version: Some(Version::default().into()),
        params: ParamsString::try_from(Argon2::default().params())?,
        salt: Some(Salt::new(&random::<SALT_BYTES>()?)?),
        hash: Some(Output::new(&random::<OUTPUT_BYTES>()?)?),
    };
    Ok(hash.to_string())
}

fn random<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| Error::Crypto)?;
    Ok(bytes)
}

async fn run_beside<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Error> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| Error::Crypto)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_fits_its_own_hash_and_nobody_elses() {
        let passwords = Passwords::new().unwrap();
        let stored = passwords.hash("blåbær på tur").await.unwrap();
        assert!(stored.starts_with("$argon2id$"));
        assert!(
            passwords
                .fits("blåbær på tur", Some(&stored), true)
                .await
                .unwrap()
        );
        assert!(
            !passwords
                .fits("blåbær på Tur", Some(&stored), false)
                .await
                .unwrap()
        );
        assert!(!passwords.fits("blåbær på tur", None, false).await.unwrap());
    }

    #[test]
    fn nobodys_hash_costs_what_a_real_one_costs() {
        let cost = |hash: &str| {
            let hash = PasswordHash::new(hash).unwrap();
            let output = hash.hash.unwrap();
            (hash.algorithm, hash.version, hash.params, output.len())
        };
        let real = hash(b"x", &random::<SALT_BYTES>().unwrap()).unwrap();
        assert_eq!(cost(&nobodys_hash().unwrap()), cost(&real));
    }

    #[test]
    fn a_line_that_is_too_long_is_refused_and_a_place_in_it_is_given_up() {
        let waiting = AtomicUsize::new(0);
        let mut places: Vec<_> = (0..MAX_WAITING)
            .map(|_| Place::in_line(&waiting).unwrap())
            .collect();
        for _ in 0..3 {
            let refused = Place::in_line(&waiting);
            assert!(matches!(refused, Err(Refusal::TooManyAttempts { .. })));
        }
        places.pop();
        assert!(Place::in_line(&waiting).is_ok());
    }
}
