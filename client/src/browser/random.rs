//! Random bytes from the browser.

/// Fills with bytes that nobody can guess.
///
/// # Panics
/// When the browser has none to give: a key made without them would be no key.
pub fn fill(bytes: &mut [u8]) {
    getrandom::fill(bytes).expect("the browser gives random numbers");
}
