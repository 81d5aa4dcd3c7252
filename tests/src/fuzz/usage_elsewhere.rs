//! Where the system does not tell what a process uses: none of it is counted.

use std::time::Duration;

pub fn forget_peak() {}

pub fn peak_bytes() -> u64 {
    0
}

pub fn processor_time() -> Option<Duration> {
    None
}
