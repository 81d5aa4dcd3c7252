//! How often signing in may fail. Never counted by address: a whole school is one. A browser in which somebody has signed in before
//! has an allowance of its own, so that nobody's guessing keeps them out there; all other browsers share one for each account, which
//! is smaller while there is much guessing in the whole installation. Counts are in the database, the same for every server process.

use shared::domain::StaffId;

use super::Token;
use crate::error::Error;
use crate::keys::Keys;
use crate::state::AppState;
use crate::store::Tx;
use crate::store::failed_attempt::Failures;

/// After so long without a failure a count begins again.
const FORGET_AFTER_MS: i64 = 2 * 60 * 60 * 1000;
/// Failures in the whole installation that are nothing out of the ordinary, and how many of them pass in a minute.
const ORDINARY_FAILURES: i64 = 300;
const PASSING_IN_MINUTE: i64 = 60;
const MINUTE_MS: i64 = 60 * 1000;
/// Digits of day codes that are tried in the whole installation before they are refused, and how many of them pass in a minute.
const ORDINARY_DIGITS: i64 = 60;
const DIGITS_PASSING_IN_MINUTE: i64 = 10;
/// Most counts that are kept.
const MAX_COUNTS: i64 = 20_000;

/// So many failures in a row are free; each after them doubles the wait.
#[derive(Debug, Clone, Copy)]
struct Allowance {
    free: i64,
    first_wait_ms: i64,
    longest_wait_ms: i64,
}

const KNOWN: Allowance = Allowance {
    free: 10,
    first_wait_ms: 10 * 1000,
    longest_wait_ms: 15 * MINUTE_MS,
};
const UNKNOWN: Allowance = Allowance {
    free: 5,
    first_wait_ms: 30 * 1000,
    longest_wait_ms: 15 * MINUTE_MS,
};
/// While there is much guessing: one password tried on every account gets through the accounts once an hour.
const UNKNOWN_IN_A_STORM: Allowance = Allowance {
    free: 1,
    first_wait_ms: 2 * MINUTE_MS,
    longest_wait_ms: 60 * MINUTE_MS,
};

impl Allowance {
    /// How long to wait yet.
    fn wait_ms(self, failures: Failures, now_ms: i64) -> i64 {
        let over = failures.count - self.free;
        let wait_ms = match over {
            ..0 => 0,
            _ => self
                .first_wait_ms
                .saturating_mul(1 << over.min(20))
                .min(self.longest_wait_ms),
        };
        (failures.last_at_ms + wait_ms - now_ms).max(0)
    }
}

/// What stays of the installation's failures when so many pass in a minute.
fn passed(level: Failures, passing: i64, now_ms: i64) -> i64 {
    let minutes = (now_ms - level.last_at_ms).max(0) / MINUTE_MS;
    (level.count - minutes.saturating_mul(passing)).max(0)
}

/// Counts somebody who types a day code, or tells how long to wait. The count is the installation's: a code names nobody before it fits.
pub async fn count_digits(state: &AppState, now_ms: i64) -> Result<(), Error> {
    let counted = state.keys.blind("day digits", &[]);
    let mut tx = state.store.write().await?;
    let before = tx.hold_failures(&counted).await?;
    let count = passed(before, DIGITS_PASSING_IN_MINUTE, now_ms);
    if count >= ORDINARY_DIGITS {
        let wait_ms = (before.last_at_ms + MINUTE_MS - now_ms).clamp(1, MINUTE_MS);
        return Err(Error::TooManyAttempts { wait_ms });
    }
    // A minute that has begun goes on: who tries all the time is not forgiven less.
    let last_at_ms = match count == before.count {
        true if before.count > 0 => before.last_at_ms,
        _ => now_ms,
    };
    let after = Failures {
        count: count + 1,
        last_at_ms,
    };
    tx.set_failures(&counted, after).await?;
    Ok(tx.commit().await?)
}

/// What was typed was a code: it counts no more.
pub async fn digits_fitted(tx: &mut Tx, keys: &Keys) -> Result<(), Error> {
    let counted = keys.blind("day digits", &[]);
    let before = tx.hold_failures(&counted).await?;
    let after = Failures {
        count: (before.count - 1).max(0),
        ..before
    };
    Ok(tx.set_failures(&counted, after).await?)
}

/// The first failure of an account, and from then on those that were waited for.
fn is_recorded(count: i64, allowance: Allowance) -> bool {
    count == 1 || count > allowance.free
}

/// One more, after a time one anew.
fn one_more(failures: Failures, now_ms: i64) -> Failures {
    let is_old = failures.last_at_ms + FORGET_AFTER_MS <= now_ms;
    Failures {
        count: if is_old { 1 } else { failures.count + 1 },
        last_at_ms: now_ms,
    }
}

/// An attempt that counts as failed until it succeeds, so that many at once are no way round.
pub struct Attempt {
    counted: [u8; 32],
    is_known: bool,
    is_recorded: bool,
}

/// Who knocks.
pub enum Knock<'a> {
    /// With a user name, in a browser.
    SignIn {
        username: &'a str,
        browser: Option<&'a Token>,
    },
    /// In a session.
    StepUp(StaffId),
    /// With a passkey, as its authenticator calls it.
    Passkey(&'a [u8]),
}

impl Attempt {
    /// Counts an attempt, or tells how long to wait.
    pub async fn begin(state: &AppState, knock: Knock<'_>, now_ms: i64) -> Result<Attempt, Error> {
        let mut tx = state.store.write().await?;
        let mut attempt = Attempt::of(&mut tx, &state.keys, knock).await?;
        let installation = installation(&state.keys);
        let mut allowance = KNOWN;
        if !attempt.is_known {
            let mut level = tx.hold_failures(&installation).await?;
            level.count = passed(level, PASSING_IN_MINUTE, now_ms);
            if level.count >= ORDINARY_FAILURES {
                allowance = UNKNOWN_IN_A_STORM;
            }
            level = Failures {
                count: level.count + 1,
                last_at_ms: now_ms,
            };
            tx.set_failures(&installation, level).await?;
        }
        let failures = tx.hold_failures(&attempt.counted).await?;
        if !attempt.is_known && allowance.free == KNOWN.free {
            allowance = UNKNOWN;
        }
        let wait_ms = allowance.wait_ms(failures, now_ms);
        if wait_ms > 0 {
            return Err(Error::TooManyAttempts { wait_ms });
        }
        let failures = one_more(failures, now_ms);
        attempt.is_recorded = is_recorded(failures.count, allowance);
        tx.set_failures(&attempt.counted, failures).await?;
        tx.forget_old_failures(now_ms - FORGET_AFTER_MS, MAX_COUNTS)
            .await?;
        tx.commit().await?;
        Ok(attempt)
    }

    /// Whether its failing is to be recorded: the first, and then one for each wait, so that nobody can fill a disk.
    pub fn is_to_be_recorded(&self) -> bool {
        self.is_recorded
    }

    async fn of(tx: &mut Tx, keys: &Keys, knock: Knock<'_>) -> Result<Attempt, Error> {
        Ok(match knock {
            Knock::StepUp(staff) => Attempt {
                counted: keys.blind("step-up", staff.0.as_bytes()),
                is_known: true,
                is_recorded: false,
            },
            Knock::Passkey(credential) => Attempt {
                counted: keys.blind("passkey", credential),
                is_known: false,
                is_recorded: false,
            },
            Knock::SignIn { username, browser } => {
                let browser = browser.map(Token::hash);
                let is_known = match &browser {
                    Some(hash) => tx.is_known_browser(hash, username).await?,
                    None => false,
                };
                let of_browser = browser.filter(|_| is_known);
                let place = of_browser.map_or(Vec::new(), |hash| hash.to_vec());
                Attempt {
                    counted: keys.blind("account", &[&place, username.as_bytes()].concat()),
                    is_known,
                    is_recorded: false,
                }
            }
        })
    }

    /// Whether it is made by somebody who has shown before who they are.
    pub fn is_known(&self) -> bool {
        self.is_known
    }

    /// It was no failure: the count begins again.
    pub async fn succeeded(self, tx: &mut Tx, keys: &Keys) -> Result<(), Error> {
        if !self.is_known {
            let installation = installation(keys);
            let mut level = tx.hold_failures(&installation).await?;
            level.count = (level.count - 1).max(0);
            tx.set_failures(&installation, level).await?;
        }
        tx.forget_failures(&self.counted).await?;
        Ok(())
    }
}

fn installation(keys: &Keys) -> [u8; 32] {
    keys.blind("installation", &[])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(allowance: Allowance, count: i64) -> i64 {
        allowance.wait_ms(
            Failures {
                count,
                last_at_ms: 1_000,
            },
            1_000,
        )
    }

    #[test]
    fn the_first_failure_and_then_one_for_each_wait_is_recorded() {
        let mut failures = Failures {
            count: 0,
            last_at_ms: 0,
        };
        let mut recorded = 0;
        for now_ms in (0..60 * MINUTE_MS).step_by(1000) {
            if UNKNOWN.wait_ms(failures, now_ms) == 0 {
                failures = one_more(failures, now_ms);
                recorded += usize::from(is_recorded(failures.count, UNKNOWN));
            }
        }
        assert!(
            (6..12).contains(&recorded),
            "{recorded} in an hour of a guess a second"
        );
    }

    #[test]
    fn some_failures_are_free_and_each_after_them_doubles_the_wait() {
        for allowance in [KNOWN, UNKNOWN, UNKNOWN_IN_A_STORM] {
            assert_eq!(wait(allowance, allowance.free - 1), 0);
            assert_eq!(wait(allowance, allowance.free), allowance.first_wait_ms);
            assert_eq!(
                wait(allowance, allowance.free + 1),
                2 * allowance.first_wait_ms
            );
            assert_eq!(wait(allowance, i64::MAX), allowance.longest_wait_ms);
        }
        let waited = Failures {
            count: UNKNOWN.free,
            last_at_ms: 0,
        };
        assert_eq!(UNKNOWN.wait_ms(waited, UNKNOWN.first_wait_ms - 1), 1);
        assert_eq!(UNKNOWN.wait_ms(waited, UNKNOWN.first_wait_ms), 0);
    }

    #[test]
    fn time_forgives_an_account_and_the_installation() {
        let many = Failures {
            count: 400,
            last_at_ms: 0,
        };
        assert_eq!(one_more(many, 1).count, 401);
        assert_eq!(one_more(many, FORGET_AFTER_MS).count, 1);
        assert_eq!(passed(many, 60, MINUTE_MS - 1), 400);
        assert_eq!(passed(many, 60, 2 * MINUTE_MS), 280);
        assert_eq!(passed(many, 60, i64::MAX), 0);
    }
}
