//! `cargo xtask bench [PHONES ENTRIES SCHOOLS [SEED]]`: the bell, on SQLite and on PostgreSQL, as lines of a table.

use friminutt_tests::bench::bell::{Figures, Size, ring};

const USAGE: &str = "bench [PHONES ENTRIES SCHOOLS [SEED]], such as: bench 1000 5 1";

#[tokio::main]
async fn main() {
    let numbers: Vec<u64> = std::env::args()
        .skip(1)
        .map(|text| text.parse().unwrap_or_else(|_| panic!("{USAGE}")))
        .collect();
    let sizes = match numbers[..] {
        [] => vec![
            Size {
                phones: 1_000,
                entries: 5,
                schools: 1,
                seed: 1,
            },
            Size {
                phones: 15_000,
                entries: 3,
                schools: 200,
                seed: 1,
            },
        ],
        [phones, entries, schools] => vec![Size {
            phones,
            entries,
            schools,
            seed: 1,
        }],
        [phones, entries, schools, seed] => vec![Size {
            phones,
            entries,
            schools,
            seed,
        }],
        _ => panic!("{USAGE}"),
    };
    println!(
        "| phones x entries, schools | database | last ack s | median ack s | CPU s | memory MB | groups | bytes an entry, up and down | of its content | stored | refused | idle pull ms | rebuild entries/s |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|---|---|---|");
    for size in sizes {
        let folder = tempfile::tempdir().expect("a folder");
        let sqlite = format!("sqlite://{}", folder.path().join("bench.db").display());
        line(size, "SQLite", &ring(&sqlite, size).await);
        if let Ok(server) = std::env::var("FRIMINUTT_TEST_POSTGRES") {
            let database = friminutt_tests::database::create(&server).await;
            line(size, "PostgreSQL", &ring(&database, size).await);
        }
    }
}

fn line(size: Size, database: &str, figures: &Figures) {
    let entries = (size.phones * size.entries) as f64;
    let wire = (figures.burst.bytes_up + figures.burst.bytes_down) as f64;
    println!(
        "| {} x {}, {} | {database} | {:.2} | {:.2} | {:.2} | {:.0} | {} | {:.0} | {:.2} | {} | {} | {:.2} | {:.0} |",
        size.phones,
        size.entries,
        size.schools,
        figures.burst.last_ack.as_secs_f64(),
        figures.burst.median_ack.as_secs_f64(),
        figures.cpu_s,
        figures.memory_mb,
        figures.groups,
        wire / entries,
        wire / figures.content_bytes as f64,
        figures.burst.stored,
        figures.burst.refused,
        figures.idle_pull.as_secs_f64() * 1000.0,
        entries / figures.rebuild.as_secs_f64(),
    );
}
