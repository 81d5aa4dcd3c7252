//! Death at every point: the real program ends before each single call by which an upload reaches the database, and halfway
//! through each that writes, and starts again. What it signed for is there, what phones send again is there once, and pupil logs
//! are as when they are computed anew.

use friminutt_tests::database::Database;
use friminutt_tests::faults::{Fault, Faults};
use friminutt_tests::ledger::{Ledger, Sent, send};
use friminutt_tests::phone::Phone;
use friminutt_tests::program::Program;
use friminutt_tests::school::found_by;
use server::store::Store;
use shared::domain::PupilId;

const ENTRIES: usize = 2;
/// An upload reaches the database by more calls than this, or the faults have not seen them.
const FEWEST_POINTS: u64 = 10;

/// Computing everything anew costs more than all else.
const REBUILD_EVERY: u64 = 10;

struct Victim {
    program: Program,
    faults: Faults,
    phone: Phone,
    pupil: PupilId,
    ledger: Ledger,
}

impl Victim {
    async fn new(mut program: Program) -> Victim {
        let (people, pupils) = found_by(&mut program, 1).await;
        let faults = Faults::new();
        let mut program = program.under(&faults, false);
        program.start().await;
        Victim {
            program,
            faults,
            phone: Phone::of(&people[0]),
            pupil: pupils[0].id,
            ledger: Ledger::default(),
        }
    }

    /// Uploads, with death at one point; whether the upload came so far.
    async fn dies(&mut self, fault: Fault, point: u64) -> bool {
        for _ in 0..ENTRIES {
            self.ledger.log(&mut self.phone, self.pupil);
        }
        self.faults.order(fault, point);
        self.send().await;
        let is_dead = self.faults.done() > 0;
        self.faults.lift();
        if is_dead {
            self.program.ended().await;
            self.program.start().await;
        }
        let store = Store::open(self.program.database()).await.unwrap();
        self.ledger.check(&store, usize::MAX).await.unwrap();
        if is_dead {
            self.send().await;
        }
        assert!(self.phone.outbox.is_empty(), "{}", self.program.log());
        assert!(self.ledger.is_all_signed());
        // What is computed wrong stays wrong: the next look finds it.
        match !is_dead || point.is_multiple_of(REBUILD_EVERY) {
            true => self.ledger.check_all(&store).await,
            false => self.ledger.check(&store, usize::MAX).await.unwrap(),
        }
        store.close().await;
        is_dead
    }

    async fn send(&mut self) {
        let sent = send(&mut self.phone, &self.program.address(), usize::MAX).await;
        if let Sent::Received(receipts) = sent {
            self.ledger.sign(&receipts, 0);
        }
    }

    async fn die_at_every_point(&mut self) {
        for fault in [Fault::Die, Fault::DieHalfway] {
            let mut points = 0;
            while self.dies(fault, points + 1).await {
                points += 1;
            }
            assert!(points >= FEWEST_POINTS, "{points} points of {fault:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn death_at_any_point_of_an_upload_loses_and_doubles_nothing_on_sqlite() {
    Victim::new(Program::new()).await.die_at_every_point().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn death_at_any_point_of_an_upload_loses_and_doubles_nothing_on_postgres() {
    if let Some(database) = Database::postgres().await {
        let program = Program::on(&database.address);
        Victim::new(program).await.die_at_every_point().await;
    }
}
