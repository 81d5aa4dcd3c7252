//! Passwords as argon2id hashes. Hashing takes tens of milliseconds and 19 MiB on purpose: it runs beside the async threads,
//! a few at a time, and an account that does not exist costs the same as one that does.

use argon2::Argon2;
use argon2::password_hash::{Error, PasswordHasher, PasswordVerifier};
use tokio::sync::Semaphore;

/// At most so many at once; the rest wait in line.
const AT_ONCE: usize = 4;
const SALT_BYTES: usize = 16;

pub struct Passwords {
    turns: Semaphore,
    /// Compared with when there is no such account; no password fits it.
    nobodys_hash: String,
}

impl Passwords {
    pub fn new() -> Result<Passwords, Error> {
        let nobodys_hash = hash(&random_salt()?, &random_salt()?)?;
        Ok(Passwords {
            turns: Semaphore::new(AT_ONCE),
            nobodys_hash,
        })
    }

    /// The hash to store for a password.
    pub async fn hash(&self, password: &str) -> Result<String, Error> {
        let _turn = self.turns.acquire().await.map_err(|_| Error::Crypto)?;
        let password = password.as_bytes().to_vec();
        run_beside(move || hash(&password, &random_salt()?)).await?
    }

    /// Whether the password fits the stored hash; never for an account that has none, and that takes as long.
    pub async fn fits(&self, password: &str, stored: Option<&str>) -> Result<bool, Error> {
        let _turn = self.turns.acquire().await.map_err(|_| Error::Crypto)?;
        let is_known = stored.is_some();
        let stored = stored.unwrap_or(&self.nobodys_hash).to_owned();
        let password = password.as_bytes().to_vec();
        let fits = run_beside(move || {
            Argon2::default()
                .verify_password(&password, stored.as_str())
                .is_ok()
        })
        .await?;
        Ok(fits && is_known)
    }
}

fn hash(password: &[u8], salt: &[u8]) -> Result<String, Error> {
    Ok(Argon2::default()
        .hash_password_with_salt(password, salt)?
        .to_string())
}

fn random_salt() -> Result<[u8; SALT_BYTES], Error> {
    let mut salt = [0; SALT_BYTES];
    getrandom::fill(&mut salt).map_err(|_| Error::Crypto)?;
    Ok(salt)
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
                .fits("blåbær på tur", Some(&stored))
                .await
                .unwrap()
        );
        assert!(
            !passwords
                .fits("blåbær på Tur", Some(&stored))
                .await
                .unwrap()
        );
        assert!(!passwords.fits("blåbær på tur", None).await.unwrap());
    }
}
