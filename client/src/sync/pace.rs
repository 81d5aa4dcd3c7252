//! When to try again: twice as long after each failure, up to a minute, spread so that a school's phones do not come at once.

/// Wait after the first failure.
const FIRST_MS: u32 = 1_000;
/// Longest wait.
const LONGEST_MS: u32 = 60_000;
/// Longest wait before a pull that the server has pinged for.
const PING_SPREAD_MS: u32 = 1_500;
/// Wait before a live connection that was refused is asked for again.
pub const LISTEN_AGAIN_MS: u32 = 15_000;

/// The wait after so many failures in a row; `chance` is from 0 to 1.
pub fn wait_ms(failures: u32, chance: f64) -> u32 {
    let full = FIRST_MS
        .saturating_mul(1 << failures.saturating_sub(1).min(16))
        .min(LONGEST_MS);
    full / 2 + (f64::from(full / 2) * chance.clamp(0.0, 1.0)) as u32
}

/// The wait before a pull that the server has pinged for.
pub fn after_ping_ms(chance: f64) -> u32 {
    (f64::from(PING_SPREAD_MS) * chance.clamp(0.0, 1.0)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_grows_to_a_minute_and_is_spread() {
        assert_eq!((wait_ms(1, 0.0), wait_ms(1, 1.0)), (500, 1_000));
        assert_eq!((wait_ms(3, 0.0), wait_ms(3, 1.0)), (2_000, 4_000));
        assert_eq!(wait_ms(u32::MAX, 1.0), LONGEST_MS);
    }
}
