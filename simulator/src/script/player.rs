//! Plays a script and writes down what happened.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::time::Duration;

use vocabulary::{Clock, CourierId, OrderId, Place, Timestamp};

use super::facts::Facts;
use super::read::{Action, Result, ScriptError, read};
use super::setup::{Setup, set_up};
use super::verbs::{Doing, Pictures, understand};
use crate::doors::direct::{Direct, DirectConfig};
use crate::doors::{Act, Deed, Doors, OrderView, Ping, Seat};
use crate::feed::Event;
use crate::referee::Referee;

/// A quiet Monday noon.
const BEGINS: Timestamp = Timestamp::from_millis(1_772_424_000_000);
const PING_EVERY: Duration = Duration::from_secs(10);

/// Plays a script in a System of its own and gives it back with what really happened. A script is
/// right when it comes back unchanged.
pub fn play(text: &str) -> Result<String> {
    let script = read(text)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()
        .map_err(|error| ScriptError { line: 0, problem: error.to_string() })?;
    let mut runtime = Some(runtime);
    let system = actix::System::with_tokio_rt(|| {
        runtime.take().unwrap_or_else(|| unreachable!("a System asks for one runtime"))
    });
    system.block_on(async {
        let setup = set_up(&script.town)?;
        let mut player = Player::start(setup).await?;
        let mut lines = script.head;
        for action in script.actions {
            lines.extend(player.wait_for(action.at_s).await);
            lines.extend(action.above.iter().cloned());
            lines.push(action.text.clone());
            lines.extend(player.do_it(action).await?);
        }
        lines.extend(player.findings().await);
        lines.push(String::new());
        Ok(lines.join("\n"))
    })
}

struct Player {
    setup: Setup,
    doors: Rc<Direct>,
    clock: std::sync::Arc<dyn Clock>,
    facts: Facts,
    referee: Referee,
    after: u64,
    acts: u64,
    telephones: Rc<RefCell<Telephones>>,
}

/// Where every courier's telephone is, and which are heard.
#[derive(Default)]
struct Telephones {
    places: BTreeMap<CourierId, Place>,
    silent: BTreeSet<CourierId>,
}

impl Pictures for Rc<Direct> {
    async fn order(&self, order: OrderId) -> Option<OrderView> {
        Doors::order(self.as_ref(), order).await.ok()
    }
}

impl Player {
    async fn start(setup: Setup) -> Result<Self> {
        let doors = Rc::new(Direct::start(DirectConfig {
            seed: 7,
            center: setup.town.center,
            travel: setup.town.travel,
            policy: setup.policy.clone(),
            begins_at: BEGINS,
        }));
        let clock = doors.clock();
        let in_head = |problem: String| ScriptError { line: 0, problem };
        doors.furnish(&setup.town).await.map_err(|failure| in_head(failure.to_string()))?;
        let telephones = Rc::new(RefCell::new(Telephones::default()));
        for courier in &setup.town.couriers {
            telephones.borrow_mut().places.insert(courier.id, courier.home);
            let deed = Deed::GoOnDuty { courier: courier.id, shift_ends_at: None };
            let act = Act { seat: Seat::Courier(courier.id), deed, key: String::new() };
            doors.act(&act).await.map_err(|failure| in_head(failure.to_string()))?;
        }
        ping(&doors, &clock, &telephones).await;
        tokio::task::spawn_local(keep_pinging(
            Rc::clone(&doors),
            std::sync::Arc::clone(&clock),
            Rc::clone(&telephones),
        ));
        let referee = Referee::new(BEGINS.as_millis());
        Ok(Self {
            setup,
            doors,
            clock,
            facts: Facts::default(),
            referee,
            after: 0,
            acts: 0,
            telephones,
        })
    }

    /// Lets time pass, and tells what happened meanwhile.
    async fn wait_for(&mut self, at_s: u64) -> Vec<String> {
        let milliseconds = i64::try_from(at_s * 1_000).unwrap_or(i64::MAX);
        let due = Timestamp::from_millis(BEGINS.as_millis().saturating_add(milliseconds));
        tokio::time::sleep(self.clock.wait_until(due)).await;
        self.news().await
    }

    async fn do_it(&mut self, action: Action) -> Result<Vec<String>> {
        let number = action.line.number;
        let mut refused = None;
        match understand(action.line, &self.setup, &self.doors).await? {
            Doing::Place { name, placement, pays } => match self.doors.place(&placement).await {
                Ok(receipt) => {
                    let names = &mut self.setup.names;
                    names.know(receipt.order, &name);
                    for (position, (sku, _)) in placement.lines.iter().enumerate() {
                        let line = u16::try_from(position + 1).unwrap_or(u16::MAX);
                        names.know_line(receipt.order, *sku, line);
                    }
                    names.orders.insert(name, receipt.clone());
                    if pays {
                        let (payment, amount) = (receipt.payment, receipt.payable);
                        let deed = Deed::Pay { payment, amount, succeeds: true };
                        refused = self.act("the bank", Seat::Provider, deed, number).await;
                    }
                }
                Err(failure) => refused = Some(format!("{name} is turned away: {}", failure.code)),
            },
            Doing::Act { who, seat, deed } => refused = self.act(&who, seat, deed, number).await,
            Doing::Hear { courier, heard } => {
                let mut telephones = self.telephones.borrow_mut();
                if heard {
                    telephones.silent.remove(&courier);
                } else {
                    telephones.silent.insert(courier);
                }
            }
            Doing::Ride { courier, to } => {
                let place = self.setup.place(to);
                self.telephones.borrow_mut().places.insert(courier, place);
            }
            Doing::Nothing => {}
        }
        let mut told = self.news().await;
        if let Some(refusal) = refused {
            told.push(self.line(self.clock.now().as_millis(), &refusal));
        }
        Ok(told)
    }

    async fn act(&mut self, who: &str, seat: Seat, deed: Deed, number: usize) -> Option<String> {
        self.acts += 1;
        let act = Act { seat, deed, key: format!("line-{number}-{}", self.acts) };
        let failure = self.doors.act(&act).await.err()?;
        Some(format!("{who} is told no: {}", failure.code))
    }

    /// Reads the feed to its end, after everything that is due now has happened.
    async fn news(&mut self) -> Vec<String> {
        let mut told = Vec::new();
        while let Ok(rows) = self.doors.feed(self.after).await {
            if rows.is_empty() {
                break;
            }
            for raw in rows {
                self.after = raw.seq;
                let event = Event::read(raw);
                self.referee.see(&event);
                let sentences = self.facts.tell(&event, &mut self.setup.names);
                told.extend(sentences.iter().map(|sentence| self.line(event.at_ms, sentence)));
            }
        }
        told
    }

    fn line(&self, at_ms: i64, sentence: &str) -> String {
        let seconds = (at_ms - BEGINS.as_millis()) / 1_000;
        format!("at {seconds}s expect {sentence}")
    }

    /// What the referee has to say; nothing when all rules held.
    async fn findings(&mut self) -> Vec<String> {
        let told = self.news().await;
        self.referee.finish(self.clock.now().as_millis());
        let violations = self.referee.findings().violations;
        let broken = violations.iter().map(|violation| {
            let subject = self.setup.names.of(&violation.subject);
            format!("# the referee: {} of {subject}: {}", violation.rule, violation.detail)
        });
        told.into_iter().chain(broken).collect()
    }
}

async fn keep_pinging(
    doors: Rc<Direct>,
    clock: std::sync::Arc<dyn Clock>,
    telephones: Rc<RefCell<Telephones>>,
) {
    loop {
        tokio::time::sleep(PING_EVERY).await;
        ping(&doors, &clock, &telephones).await;
    }
}

async fn ping(
    doors: &Rc<Direct>,
    clock: &std::sync::Arc<dyn Clock>,
    telephones: &Rc<RefCell<Telephones>>,
) {
    let heard: Vec<(CourierId, Place)> = {
        let telephones = telephones.borrow();
        let is_heard = |(courier, _): &(&CourierId, &Place)| !telephones.silent.contains(courier);
        telephones
            .places
            .iter()
            .filter(is_heard)
            .map(|(courier, place)| (*courier, *place))
            .collect()
    };
    for (courier, place) in heard {
        doors.positions(courier, vec![Ping { place, at: clock.now() }]).await;
    }
}
