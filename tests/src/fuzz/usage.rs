//! How much memory this process has had at most and how long it has kept a processor busy, as Linux counts it.

use std::time::Duration;

/// Of the processor's time, in what `/proc` counts (proc_pid_stat(5)): a hundredth of a second on every machine that Linux runs on here.
const TICK: Duration = Duration::from_millis(10);
/// Places of the time for itself and for the system, after the name in brackets.
const OWN_TICKS_AT: usize = 11;

/// Begins counting memory anew.
pub fn forget_peak() {
    // 5 sets the highest mark back to what is in use (proc_pid_clear_refs(5)); where that is refused, the mark counts from the start.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

/// The highest mark of memory since.
pub fn peak_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux tells of this process");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kib.expect("a number of KiB") * 1024
}

/// So long all threads together have been at work.
pub fn processor_time() -> Option<Duration> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let (_, after) = stat.rsplit_once(") ")?;
    let ticks = after.split(' ').skip(OWN_TICKS_AT).take(2);
    let ticks: u32 = ticks.filter_map(|ticks| ticks.parse::<u32>().ok()).sum();
    Some(TICK * ticks)
}
