//! A short run of every target of untrusted bytes (`friminutt_tests::fuzz`), in a process of its own: its memory is counted, and it may
//! die. A long one: `cargo xtask fuzz`.

use std::process::Command;

#[test]
fn untrusted_bytes_harm_no_door_that_takes_them() {
    let done = Command::new(env!("CARGO_BIN_EXE_fuzz"))
        .arg("short")
        .output()
        .unwrap();
    let told = [done.stdout, done.stderr].concat();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&told));
}
