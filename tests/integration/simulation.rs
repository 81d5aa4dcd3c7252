//! Phones on a bad network (`friminutt_tests::simulation`), five hundred seeds; more by `cargo xtask simulate`.

use friminutt_tests::simulation::run_all;

const SEEDS: u64 = 500;
/// More than there are cores: each waits for the disk now and then.
const AT_ONCE: usize = 4;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn phones_on_a_bad_network_end_with_the_same_and_lose_nothing() {
    let failed = run_all(crate::seeds(SEEDS), AT_ONCE, |_| {}).await;
    assert!(
        failed.is_empty(),
        "seeds {failed:?}: what was lost is told above"
    );
}
