//! What all people of a run share: the doors, the time, the streets, the counters they meet at,
//! and the book in which the run's traffic is written.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use vocabulary::{Clock, CourierId, Timestamp};

use super::{Counter, Ledger};
use crate::city::RoutePlanner;
use crate::doors::{Act, Deed, Doors, Failure, Placement, Receipt, Seat};
use crate::people::Peace;

/// How often somebody tries again when the city is busy or away; with the pauses below, a restart
/// of half a minute is outlived.
const TRIES: u32 = 9;
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(8);

pub struct Stage<D> {
    pub doors: D,
    pub clock: Arc<dyn Clock>,
    pub ways: RoutePlanner,
    pub counter: Counter,
    pub ledger: RefCell<Ledger>,
    /// Couriers that are played here; any other is somebody else.
    pub played: RefCell<BTreeSet<CourierId>>,
    /// Seats that a visitor sits in: whoever plays them does nothing meanwhile.
    pub taken: RefCell<BTreeSet<Seat>>,
    /// Whether anything may still go wrong with people.
    pub peace: Peace,
    /// Makes this run's keys different from every other run's.
    run: String,
    acts: Cell<u64>,
}

impl<D: Doors> Stage<D> {
    pub fn new(doors: D, ways: RoutePlanner, run: impl Into<String>) -> Self {
        let clock = doors.clock();
        Self {
            doors,
            clock,
            ways,
            counter: Counter::default(),
            ledger: RefCell::default(),
            played: RefCell::default(),
            taken: RefCell::default(),
            peace: Peace::default(),
            run: run.into(),
            acts: Cell::new(0),
        }
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Waits a span of the city's time.
    pub async fn sleep(&self, span: Duration) {
        let milliseconds = i64::try_from(span.as_millis()).unwrap_or(i64::MAX);
        let due = self.now().as_millis().saturating_add(milliseconds);
        self.sleep_until(Timestamp::from_millis(due)).await;
    }

    pub async fn sleep_until(&self, due: Timestamp) {
        tokio::time::sleep(self.clock.wait_until(due)).await;
    }

    pub fn is_taken(&self, seat: Seat) -> bool {
        self.taken.borrow().contains(&seat)
    }

    /// A key nobody used before.
    pub fn key(&self) -> String {
        self.acts.set(self.acts.get() + 1);
        format!("{}-{}", self.run, self.acts.get())
    }

    pub async fn act(&self, seat: Seat, deed: Deed) -> Result<(), Failure> {
        if self.is_taken(seat) {
            return Err(Failure::new("yielded", "a visitor sits here"));
        }
        let key = self.key();
        self.send(&Act { seat, deed, key }).await
    }

    /// Sends until there is an answer; the key makes repeating harmless.
    pub async fn send(&self, act: &Act) -> Result<(), Failure> {
        let mut pause = FIRST_PAUSE;
        for tries_left in (0..TRIES).rev() {
            let began = tokio::time::Instant::now();
            let answer = self.doors.act(act).await;
            self.ledger.borrow_mut().answered(act.deed.name(), began.elapsed(), &answer);
            match answer {
                Err(failure) if failure.retryable && tries_left > 0 => {
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
                answer => {
                    self.ledger.borrow_mut().hear(&act.key, &answer);
                    return answer;
                }
            }
        }
        Err(Failure::retryable("gave_up", "nobody answered"))
    }

    pub async fn place(&self, placement: &Placement) -> Result<Receipt, Failure> {
        let mut pause = FIRST_PAUSE;
        for tries_left in (0..TRIES).rev() {
            let began = tokio::time::Instant::now();
            let answer = self.doors.place(placement).await;
            let heard = answer.as_ref().map(drop).map_err(Clone::clone);
            self.ledger.borrow_mut().answered("place_order", began.elapsed(), &heard);
            match answer {
                Err(failure) if failure.retryable && tries_left > 0 => {
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
                answer => return answer,
            }
        }
        Err(Failure::retryable("gave_up", "nobody answered"))
    }
}
