//! Phones on a bad network (`friminutt_tests::simulation`), as many seeds as half a minute allows; more by `cargo xtask simulate`.

use friminutt_tests::simulation::run_all;

const SEEDS: u64 = 20;
const AT_ONCE: usize = 2;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn phones_on_a_bad_network_end_with_the_same_and_lose_nothing() {
    let failed = run_all(crate::seeds(SEEDS), AT_ONCE, |_| {}).await;
    assert!(
        failed.is_empty(),
        "seeds {failed:?}: what was lost is told above"
    );
}
