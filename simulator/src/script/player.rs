//! Does what a script says through some doors, and tells what came of it.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use vocabulary::{Clock, CourierId, Place, Timestamp};

use super::facts::Facts;
use super::read::{Line, Result, ScriptError};
use super::setup::Setup;
use super::verbs::{Doing, understand};
use crate::doors::{
    Act, BoardView, CourierView, Deed, Doors, Failure, OrderView, Ping, Placement, Receipt, Seat,
    Watched,
};
use crate::feed::Event;
use crate::referee::Referee;

const PING_EVERY: Duration = Duration::from_secs(10);

/// Everybody a script names, behind some doors.
pub(super) struct Player<D> {
    pub doors: Rc<D>,
    began: Timestamp,
    setup: Setup,
    clock: Arc<dyn Clock>,
    facts: Facts,
    referee: Referee,
    /// The last event that was read.
    after: u64,
    acts: u64,
    telephones: Rc<RefCell<Telephones>>,
    screens: Screens,
}

/// Something that happened, in the words of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Told {
    /// Whole seconds since the script began.
    pub at_s: i64,
    pub sentence: String,
}

/// Where every courier's telephone is, and which are heard.
#[derive(Default)]
struct Telephones {
    places: BTreeMap<CourierId, Place>,
    silent: BTreeSet<CourierId>,
}

/// What everybody looks at. Over the wire each is a socket.
#[derive(Default)]
struct Screens {
    boards: Vec<Watched<BoardView>>,
    couriers: Vec<Watched<CourierView>>,
    orders: Vec<Watched<OrderView>>,
}

impl Told {
    pub fn line(&self) -> String {
        format!("at {}s expect {}", self.at_s, self.sentence)
    }
}

impl<D: Doors> Player<D> {
    /// Everybody's screen is on, the couriers are on duty, and the script's time begins now, `pace`
    /// times as fast as the wall's.
    pub async fn start(setup: Setup, doors: Rc<D>, pace: f64) -> Result<Self> {
        let clock = doors.clock();
        let mut telephones = Telephones::default();
        let mut screens = Screens::default();
        for store in &setup.town.stores {
            screens.boards.push(doors.watch_board(store.id));
        }
        for courier in &setup.town.couriers {
            screens.couriers.push(doors.watch_courier(courier.id));
            telephones.places.insert(courier.id, courier.home);
            let deed = Deed::GoOnDuty { courier: courier.id, shift_ends_at: None };
            let act = Act { seat: Seat::Courier(courier.id), deed, key: String::new() };
            doors.act(&act).await.map_err(in_head)?;
        }
        for screen in &mut screens.boards {
            screen.changed().await;
        }
        for screen in &mut screens.couriers {
            screen.changed().await;
        }
        let telephones = Rc::new(RefCell::new(telephones));
        let began = clock.now();
        tokio::task::spawn_local(keep_pinging(
            Rc::clone(&doors),
            Arc::clone(&clock),
            Rc::clone(&telephones),
        ));
        Ok(Self {
            doors,
            began,
            setup,
            clock,
            facts: Facts::default(),
            referee: Referee::at_pace(began.as_millis(), pace),
            after: 0,
            acts: 0,
            telephones,
            screens,
        })
    }

    pub fn seconds(&self) -> i64 {
        self.seconds_at(self.clock.now().as_millis())
    }

    fn seconds_at(&self, at_ms: i64) -> i64 {
        (at_ms - self.began.as_millis()).div_euclid(1_000)
    }

    pub async fn sleep_until(&self, at_s: u64) {
        let milliseconds = i64::try_from(at_s * 1_000).unwrap_or(i64::MAX);
        let due = Timestamp::from_millis(self.began.as_millis().saturating_add(milliseconds));
        tokio::time::sleep(self.clock.wait_until(due)).await;
    }

    /// Does what a line says; answers with the no, when it was one.
    pub async fn do_it(&mut self, line: Line) -> Result<Option<Told>> {
        let number = line.number;
        let refusal = match understand(line, &self.setup, self.doors.as_ref()).await? {
            Doing::Place { name, placement, pays } => {
                self.place(name, &placement, pays, number).await
            }
            Doing::Act { who, seat, deed } => self.act(&who, seat, deed, number).await,
            Doing::Hear { courier, heard } => {
                let silent = &mut self.telephones.borrow_mut().silent;
                if heard {
                    silent.remove(&courier)
                } else {
                    silent.insert(courier)
                };
                None
            }
            Doing::Ride { courier, to } => {
                let place = self.setup.place(to);
                self.telephones.borrow_mut().places.insert(courier, place);
                None
            }
            Doing::Nothing => None,
        };
        Ok(refusal.map(|sentence| Told { at_s: self.seconds(), sentence }))
    }

    async fn place(
        &mut self,
        name: String,
        placement: &Placement,
        pays: bool,
        number: usize,
    ) -> Option<String> {
        let receipt = match self.doors.place(placement).await {
            Ok(receipt) => receipt,
            Err(failure) => return Some(format!("{name} is turned away: {}", failure.code)),
        };
        let Receipt { order, payment, payable: amount, .. } = receipt;
        self.screens.orders.push(self.doors.watch_order(order));
        let names = &mut self.setup.names;
        names.know(order, &name);
        for (line, (sku, _)) in (1..).zip(&placement.lines) {
            names.know_line(order, *sku, line);
        }
        names.orders.insert(name, receipt);
        if !pays {
            return None;
        }
        let deed = Deed::Pay { payment, amount, succeeds: true };
        self.act("the bank", Seat::Provider, deed, number).await
    }

    async fn act(&mut self, who: &str, seat: Seat, deed: Deed, number: usize) -> Option<String> {
        self.acts += 1;
        let act = Act { seat, deed, key: format!("line-{number}-{}", self.acts) };
        let failure = self.doors.act(&act).await.err()?;
        Some(format!("{who} is told no: {}", failure.code))
    }

    /// Reads the feed up to its present end.
    pub async fn news(&mut self) -> Result<Vec<Told>> {
        let mut told = Vec::new();
        loop {
            let rows = self.doors.feed(self.after).await.map_err(in_head)?;
            if rows.is_empty() {
                return Ok(told);
            }
            for raw in rows {
                self.after = raw.seq;
                let event = Event::read(raw);
                self.referee.see(&event);
                let at_s = self.seconds_at(event.at_ms);
                let sentences = self.facts.tell(&event, &mut self.setup.names);
                told.extend(sentences.into_iter().map(|sentence| Told { at_s, sentence }));
            }
        }
    }

    /// What the referee has to say of what was recorded and of what the screens were sent; nothing
    /// when all rules held.
    pub fn findings(&mut self) -> Vec<String> {
        let now_ms = self.clock.now().as_millis();
        for frame in self.doors.heard().frames {
            self.referee.pushed(&frame, now_ms);
        }
        self.referee.finish(now_ms);
        let violations = self.referee.findings().violations;
        let broken = violations.iter().map(|violation| {
            let subject = self.setup.names.of(&violation.subject);
            format!("# the referee: {} of {subject}: {}", violation.rule, violation.detail)
        });
        broken.collect()
    }

    /// Orders whose shoppers see something else than what is recorded, by name.
    pub async fn screens_that_differ(&self) -> Result<Vec<String>> {
        let mut names = Vec::new();
        for screen in &self.screens.orders {
            let Some(seen) = screen.latest().clone() else { continue };
            let recorded = self.doors.order(seen.order).await.map_err(in_head)?;
            if recorded != seen {
                names.push(self.setup.names.of(&seen.order.to_string()));
            }
        }
        Ok(names)
    }
}

/// A failure of the doors themselves, which no line of the script is to blame for.
pub(super) fn in_head(failure: Failure) -> ScriptError {
    ScriptError { line: 0, problem: failure.to_string() }
}

async fn keep_pinging<D: Doors>(
    doors: Rc<D>,
    clock: Arc<dyn Clock>,
    telephones: Rc<RefCell<Telephones>>,
) {
    loop {
        let now = clock.now();
        let heard = telephones.borrow().heard();
        for (courier, place) in heard {
            doors.positions(courier, vec![Ping { place, at: now }]).await;
        }
        let next = i64::try_from(PING_EVERY.as_millis()).unwrap_or(i64::MAX);
        let next = Timestamp::from_millis(now.as_millis().saturating_add(next));
        tokio::time::sleep(clock.wait_until(next)).await;
    }
}

impl Telephones {
    fn heard(&self) -> Vec<(CourierId, Place)> {
        let is_heard = |courier: &CourierId| !self.silent.contains(courier);
        let places = self.places.iter().filter(|(courier, _)| is_heard(courier));
        places.map(|(courier, place)| (*courier, *place)).collect()
    }
}
