//! A city under load, and what its shoppers know of it: what every fault is played on.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use vocabulary::Chance;

use crate::check::{expect_sound, file_of};
use crate::disk::Disk;
use crate::server::Server;
use crate::shopping::{
    Ledger, Shoppers, ask_again, check_acknowledged, check_nothing_is_half_done,
};
use crate::town::Town;

const LOOKED_AT: [&str; 8] = ["I1", "I3", "I4", "I9", "I10", "I12", "I19", "I22"];

pub struct City {
    pub server: Server,
    pub town: Arc<Town>,
    pub ledger: Arc<Mutex<Ledger>>,
    pub chance: Chance,
    database: String,
    /// How often shoppers were sent, which their keys begin with.
    pub round: u64,
}

impl City {
    /// Starts the server and fills it; `lot` makes what happens by chance another each time.
    pub fn of(mut server: Server, lot: u64) -> Self {
        server.start_again();
        let town = Arc::new(Town::build(server.hq(), 3, 0, true));
        let database = file_of(&server);
        let chance = Chance::from_seed(5 + lot);
        Self { server, town, ledger: Arc::default(), chance, database, round: 0 }
    }

    /// Its file lies on a disk of its own.
    pub fn on(disk: &Disk, lot: u64) -> Self {
        Self::of(Server::prepare(&[]).keeping_its_data_in(disk.path().join("data")), lot)
    }

    /// It is kept by a PostgreSQL server; `read_at` is how the checker reaches the same database.
    pub fn kept_by(database: &str, read_at: &str, lot: u64) -> Self {
        let city = Self::of(Server::prepare(&["--database", database]), lot);
        Self { database: read_at.to_owned(), ..city }
    }

    pub fn shoppers(&mut self, count: u64) -> Shoppers {
        self.round += 1;
        Shoppers::start(count, &self.round.to_string(), &self.town, &self.ledger)
    }

    /// Lets them shop for a while that nobody can foresee, and at least until somebody was served.
    pub fn let_them_shop(&mut self, shoppers: &Shoppers, told_before: usize) {
        std::thread::sleep(Duration::from_millis(100 + self.chance.below(200)));
        self.wait("somebody is served", || shoppers.told_count() > told_before);
    }

    /// Until orders are taken again; how long that took.
    pub fn wait_for_an_order(&self, shoppers: &Shoppers) -> Duration {
        let (began, told) = (Instant::now(), self.told());
        self.wait("orders are taken again", || shoppers.told_count() > told);
        began.elapsed()
    }

    /// How many orders were acknowledged.
    pub fn told(&self) -> usize {
        self.ledger.lock().unwrap().told.len()
    }

    pub fn wait(&self, what: &str, mut is_so: impl FnMut() -> bool) {
        let began = Instant::now();
        while !is_so() {
            assert!(began.elapsed() < Duration::from_secs(60), "{what}:\n{}", self.server.log());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    pub fn check_acknowledged(&self) {
        check_acknowledged(&self.server.hq(), &self.ledger.lock().unwrap());
    }

    /// Nothing was lost, nothing is there twice, nothing is half done; by the house's own words and by
    /// its rows, while it serves and when it has stopped.
    pub fn expect_whole(mut self) {
        let mut ledger = self.ledger.lock().unwrap();
        ask_again(&self.town, &mut ledger);
        check_nothing_is_half_done(&self.server.hq(), &self.town, &ledger);
        println!("{} orders acknowledged, all there and whole", ledger.told.len());
        drop(ledger);
        expect_sound(&self.database, None, 1, &LOOKED_AT);
        assert!(self.server.stop(), "the last end is a clean one:\n{}", self.server.log());
        expect_sound(&self.database, None, 1, &LOOKED_AT);
    }
}
