//! How often signing in has failed, per account and never per address: a whole school is one address. An account that does
//! not exist is counted like one that does. Kept in memory and bounded; a restart forgives everybody.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// So many failures in a row are free.
const FREE_FAILURES: u32 = 5;
const FIRST_WAIT_MS: i64 = 30 * 1000;
const LONGEST_WAIT_MS: i64 = 15 * 60 * 1000;
/// After so long without a failure the count begins again.
const FORGET_AFTER_MS: i64 = 60 * 60 * 1000;
const MAX_ACCOUNTS: usize = 10_000;

#[derive(Debug, Clone, Copy)]
struct Failures {
    count: u32,
    last_at_ms: i64,
}

impl Failures {
    /// Each failure after the free ones doubles the wait.
    fn wait_until_ms(self) -> i64 {
        let over = self.count.saturating_sub(FREE_FAILURES);
        let wait_ms = match over {
            0 => 0,
            _ => FIRST_WAIT_MS
                .saturating_mul(1 << (over - 1).min(10))
                .min(LONGEST_WAIT_MS),
        };
        self.last_at_ms + wait_ms
    }
}

/// The counts of one server process.
#[derive(Debug, Default)]
pub struct Attempts {
    accounts: Mutex<HashMap<String, Failures>>,
}

impl Attempts {
    /// Whether this account may try now. The attempt counts as failed until `succeeded`, so many at once are no way round.
    pub fn may_try(&self, username: &str, now_ms: i64) -> bool {
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        let known = accounts
            .get(username)
            .filter(|failures| failures.last_at_ms + FORGET_AFTER_MS > now_ms)
            .copied();
        if known.is_some_and(|failures| failures.wait_until_ms() > now_ms) {
            return false;
        }
        if accounts.len() >= MAX_ACCOUNTS && !accounts.contains_key(username) {
            forget_some(&mut accounts, now_ms);
        }
        let count = known.map_or(1, |failures| failures.count.saturating_add(1));
        accounts.insert(
            username.to_owned(),
            Failures {
                count,
                last_at_ms: now_ms,
            },
        );
        true
    }

    /// Whether the failure just counted is to be recorded: the first, and then one for each wait, so that nobody can fill a disk.
    pub fn is_to_be_recorded(&self, username: &str) -> bool {
        let accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        let count = accounts.get(username).map(|failures| failures.count);
        count.is_some_and(|count| count == 1 || count > FREE_FAILURES)
    }

    /// The password was right: the count begins again.
    pub fn succeeded(&self, username: &str) {
        self.accounts
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(username);
    }
}

/// Makes room: first what has lain long enough, else the account that failed least, so guessing at one account cannot be
/// hidden by guessing at many.
fn forget_some(accounts: &mut HashMap<String, Failures>, now_ms: i64) {
    accounts.retain(|_, failures| failures.last_at_ms + FORGET_AFTER_MS > now_ms);
    if accounts.len() >= MAX_ACCOUNTS {
        let least = accounts
            .iter()
            .min_by_key(|(_, failures)| (failures.count, failures.last_at_ms))
            .map(|(name, _)| name.clone());
        least.and_then(|name| accounts.remove(&name));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guessing_waits_longer_and_longer_and_time_forgives() {
        let attempts = Attempts::default();
        assert!((0..=FREE_FAILURES).all(|_| attempts.may_try("ida", 0)));
        assert!(!attempts.may_try("ida", FIRST_WAIT_MS - 1));
        assert!(attempts.may_try("ida", FIRST_WAIT_MS));
        assert!(!attempts.may_try("ida", 2 * FIRST_WAIT_MS));
        assert!(attempts.may_try("per", 0));
        assert!(attempts.may_try("ida", FIRST_WAIT_MS + FORGET_AFTER_MS));
    }

    #[test]
    fn the_first_failure_and_then_one_for_each_wait_is_recorded() {
        let attempts = Attempts::default();
        let mut recorded = 0;
        for now_ms in (0..LONGEST_WAIT_MS * 4).step_by(1000) {
            let is_let_through = attempts.may_try("ida", now_ms);
            recorded += usize::from(is_let_through && attempts.is_to_be_recorded("ida"));
        }
        assert_eq!(recorded, 1 + 8, "in an hour of a guess a second");
    }

    #[test]
    fn a_right_password_begins_again() {
        let attempts = Attempts::default();
        for _ in 0..50 {
            assert!(attempts.may_try("ida", 0));
            attempts.succeeded("ida");
        }
    }

    #[test]
    fn a_crowd_of_names_takes_bounded_memory_and_hides_nobody() {
        let attempts = Attempts::default();
        (0..=FREE_FAILURES).for_each(|_| assert!(attempts.may_try("ida", 0)));
        (0..MAX_ACCOUNTS + 50).for_each(|n| assert!(attempts.may_try(&format!("name {n}"), 1)));
        assert_eq!(attempts.accounts.lock().unwrap().len(), MAX_ACCOUNTS);
        assert!(!attempts.may_try("ida", 2));
    }
}
