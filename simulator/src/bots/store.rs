//! A store's people: they answer what the bell rings for, pick, pack, and hand over at the counter.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::time::Duration;

use dispatch::order::{FulfillmentMode, ParcelStep, ReturnCondition};
use dispatch::store::RejectReason;
use tokio::sync::Semaphore;
use vocabulary::{Chance, FulfillmentOrderId, OrderId, Seconds, StoreId, Timestamp};

use super::Shared;
use crate::doors::{
    BoardView, Card, CardStatus, Deed, DeliveryStatus, Doors, Failure, ParcelView, Seat, Taker,
    Units, Watched,
};
use crate::people::{self, Delay, Habit, StoreAnswer, StoreBehavior};

/// Somebody looks at the screen again after this, even when it did not ring.
const LOOK_AGAIN: Seconds = Seconds(60);
/// How often somebody looks up whether a courier nobody plays stands at the counter.
const LOOK_UP: Duration = Duration::from_secs(10);

/// When each order is ready, where the day says so; shared by all stores of a replay.
pub type ReadyTimes = Rc<RefCell<BTreeMap<OrderId, Timestamp>>>;

/// One store to play.
pub struct StoreLife {
    pub store: StoreId,
    pub behavior: StoreBehavior,
    /// People packing at once.
    pub pickers: u32,
    /// Set in a replay: the store accepts at once and is ready exactly then.
    pub ready_times: Option<ReadyTimes>,
    pub chance: Chance,
}

struct Team<D> {
    stage: Shared<D>,
    life: StoreLife,
    habit: Habit<StoreBehavior>,
    pickers: Semaphore,
    board: Watched<BoardView>,
}

/// Plays a store for as long as the run lasts.
pub async fn run_store<D: Doors>(stage: Shared<D>, life: StoreLife) {
    let board = stage.doors.watch_board(life.store);
    let pickers = Semaphore::new(life.pickers.max(1) as usize);
    let mut screen = board.clone();
    let mut chance = life.chance.clone();
    let (usual, at_peace) = (life.behavior.clone(), life.behavior.at_peace());
    let habit = Habit::new(usual, at_peace, stage.peace.clone());
    let team = Rc::new(Team { stage, life, habit, pickers, board });
    let mut known = BTreeSet::new();
    loop {
        screen.changed().await;
        let cards: BTreeSet<FulfillmentOrderId> =
            screen.read(|board| board.cards.keys().copied().collect()).unwrap_or_default();
        known.retain(|id| cards.contains(id));
        for id in cards {
            if known.insert(id) {
                let label = id.bits() as u64;
                let job = Job { team: Rc::clone(&team), id, chance: chance.fork(label) };
                tokio::task::spawn_local(job.run());
            }
        }
    }
}

/// One fulfillment order and whoever has it in hand.
struct Job<D> {
    team: Rc<Team<D>>,
    id: FulfillmentOrderId,
    chance: Chance,
}

impl<D: Doors> Job<D> {
    async fn run(mut self) {
        let mut screen = self.team.board.clone();
        let mut is_answered = false;
        while let Some(card) = self.card() {
            screen.mark_seen();
            match card.status {
                CardStatus::Assigned if !is_answered && !self.is_taken() => {
                    self.answer(&card).await;
                    is_answered = true;
                }
                CardStatus::Accepted | CardStatus::Picking => {
                    self.prepare(&card).await;
                    // What was packed is not packed again because the screen is slow to say so.
                    self.wait_while(Card::is_in_work, &mut screen).await;
                    continue;
                }
                CardStatus::Ready => self.hand_over(&card, &mut screen).await,
                CardStatus::Assigned | CardStatus::Scheduled | CardStatus::OnHold => {}
                CardStatus::HandedOver if card.mode == FulfillmentMode::Express => {
                    return self.carry(&card).await;
                }
                CardStatus::HandedOver | CardStatus::Over => return,
            }
            self.wait_while(|now| *now == card, &mut screen).await;
        }
    }

    fn is_taken(&self) -> bool {
        self.team.stage.is_taken(Seat::Store(self.team.life.store))
    }

    fn card(&self) -> Option<Card> {
        self.team.board.read(|board| board.cards.get(&self.id).cloned()).flatten()
    }

    /// Until the card is something else or gone, or it is time to look again.
    async fn wait_while(&self, is_still: impl Fn(&Card) -> bool, screen: &mut Watched<BoardView>) {
        let stage = &self.team.stage;
        let look_again = stage.now().after(LOOK_AGAIN);
        while self.card().is_some_and(|card| is_still(&card)) {
            tokio::select! {
                biased;
                () = screen.changed() => {}
                () = stage.sleep_until(look_again) => return,
            }
        }
    }

    async fn act(&self, deed: Deed) -> Result<(), Failure> {
        self.team.stage.act(Seat::Store(self.team.life.store), deed).await
    }

    async fn answer(&mut self, card: &Card) {
        let (store, fulfillment_order) = (self.team.life.store, self.id);
        if let Some(ready_in) = self.given_ready_in(card) {
            let accept = Deed::Accept { store, fulfillment_order, ready_in: Some(ready_in) };
            // What was cancelled meanwhile needs no answer, here and below.
            let _ = self.act(accept).await;
            return;
        }
        match self.team.habit.answer(&mut self.chance) {
            StoreAnswer::Accepts { after } => {
                self.team.stage.sleep(after).await;
                let _ = self.act(Deed::Accept { store, fulfillment_order, ready_in: None }).await;
            }
            StoreAnswer::Rejects { after, reason } => {
                self.team.stage.sleep(after).await;
                // What one line lacks, the others do not.
                let lacks_one = reason == people::RejectReason::OutOfStock && card.lines.len() > 1;
                let lines = card.lines.iter().take(usize::from(lacks_one)).copied().collect();
                let reason = reject_reason(reason);
                let _ = self.act(Deed::Reject { store, fulfillment_order, lines, reason }).await;
                if lacks_one {
                    let accept = Deed::Accept { store, fulfillment_order, ready_in: None };
                    let _ = self.act(accept).await;
                }
            }
            StoreAnswer::Silence => {}
        }
    }

    fn given_ready_at(&self, card: &Card) -> Option<Timestamp> {
        let times = self.team.life.ready_times.as_ref()?;
        times.borrow().get(&card.order).copied()
    }

    fn given_ready_in(&self, card: &Card) -> Option<Seconds> {
        let ready_at = self.given_ready_at(card)?;
        Some(ready_at.since(self.team.stage.now()))
    }

    async fn prepare(&mut self, card: &Card) {
        let (store, fulfillment_order) = (self.team.life.store, self.id);
        if let Some(ready_at) = self.given_ready_at(card) {
            let _ = self.act(Deed::StartPicking { store, fulfillment_order }).await;
            self.team.stage.sleep_until(ready_at).await;
            let _ = self.act(Deed::Pack { store, fulfillment_order }).await;
            return;
        }
        let team = Rc::clone(&self.team);
        let Ok(_picker) = team.pickers.acquire().await else { return };
        if self.card().is_none_or(|now| !now.is_in_work()) {
            return;
        }
        if card.status == CardStatus::Accepted {
            let _ = self.act(Deed::StartPicking { store, fulfillment_order }).await;
        }
        let packing = team.habit.pack(card.lines.len(), &mut self.chance);
        team.stage.sleep(packing.takes).await;
        let short: Vec<Units> = packing
            .short
            .iter()
            .filter_map(|position| card.lines.get(*position))
            .map(|line| self.found_too_few(line))
            .collect();
        if !short.is_empty() {
            let reason = RejectReason::Mismatch;
            let deed = Deed::ShortPick { store, fulfillment_order, lines: short, reason };
            let _ = self.act(deed).await;
        }
        let _ = self.act(Deed::Pack { store, fulfillment_order }).await;
    }

    fn found_too_few(&mut self, line: &Units) -> Units {
        let missing = 1 + self.chance.below(u64::from(line.units)) as u32;
        Units { units: missing.min(line.units), ..*line }
    }

    /// Until somebody comes for it, or the screen says something else.
    async fn hand_over(&mut self, card: &Card, screen: &mut Watched<BoardView>) {
        match card.mode {
            FulfillmentMode::Delivery => self.hand_to_courier(card, screen).await,
            FulfillmentMode::Pickup => self.hand_to_shopper(card, screen).await,
            FulfillmentMode::Express => self.hand_to_carrier().await,
        }
    }

    async fn hand_to_courier(&mut self, card: &Card, screen: &mut Watched<BoardView>) {
        let team = Rc::clone(&self.team);
        let (stage, store) = (&team.stage, team.life.store);
        let Some(courier) = card.courier else { return };
        let takes = loop {
            if let Some(takes) = stage.counter.courier(store, card.order, courier) {
                break takes;
            }
            let is_played = stage.played.borrow().contains(&courier);
            if !is_played && self.stands_at_the_counter(card).await {
                break Duration::from_secs(15);
            }
            tokio::select! {
                biased;
                () = screen.changed() => {
                    if self.card().as_ref() != Some(card) {
                        return;
                    }
                }
                () = stage.counter.changed(), if is_played => {}
                () = stage.sleep(LOOK_UP), if !is_played => {}
            }
        };
        stage.sleep(takes).await;
        let to = Taker::Courier(courier);
        let _ = self.act(Deed::HandOver { store, fulfillment_order: self.id, to }).await;
    }

    async fn stands_at_the_counter(&self, card: &Card) -> bool {
        let Ok(order) = self.team.stage.doors.order(card.order).await else { return false };
        order.deliveries.iter().any(|delivery| {
            delivery.fulfillment_order == self.id
                && delivery.status == DeliveryStatus::ArrivedAtPickup
        })
    }

    async fn hand_to_shopper(&mut self, card: &Card, screen: &mut Watched<BoardView>) {
        let team = Rc::clone(&self.team);
        let (stage, store) = (&team.stage, team.life.store);
        let (code, takes) = loop {
            if let Some(found) = stage.counter.shopper(store, card.order) {
                break found;
            }
            tokio::select! {
                biased;
                () = screen.changed() => {
                    if self.card().as_ref() != Some(card) {
                        return;
                    }
                }
                () = stage.counter.changed() => {}
            }
        };
        stage.sleep(takes).await;
        let to = Taker::Shopper { code };
        let _ = self.act(Deed::HandOver { store, fulfillment_order: self.id, to }).await;
    }

    /// The carrier's van comes by within the hour.
    async fn hand_to_carrier(&mut self) {
        let team = Rc::clone(&self.team);
        let van = Delay::around(1_500.0, 0.4).draw(&mut self.chance);
        team.stage.sleep(van).await;
        let to = Taker::Carrier {
            carrier: "禾运".to_owned(),
            tracking_number: format!("HY{:012}", self.chance.below(1_000_000_000_000)),
        };
        let store = team.life.store;
        let _ = self.act(Deed::HandOver { store, fulfillment_order: self.id, to }).await;
    }

    /// The carrier scans the parcel on its way of some hours; one that an earlier run handed over
    /// goes on from its last scan. Some come back, and a few of those have suffered.
    async fn carry(&mut self, card: &Card) {
        let stage = Rc::clone(&self.team.stage);
        while let Some(parcel) = self.parcel(card).await {
            let (step, hours) = match parcel.status.as_str() {
                "created" => (ParcelStep::InTransit, 1.0),
                "in_transit" if self.comes_back() => (ParcelStep::Returning, 3.0),
                "in_transit" => (ParcelStep::Delivered, 5.0),
                "returning" => (ParcelStep::Returned { condition: self.condition() }, 3.0),
                _ => return,
            };
            stage.sleep(Delay::around(hours * 3_600.0, 0.3).draw(&mut self.chance)).await;
            let scan = Deed::AdvanceParcel { order: card.order, parcel: parcel.parcel, step };
            if stage.act(Seat::Headquarters, scan).await.is_err() {
                return;
            }
        }
    }

    fn comes_back(&mut self) -> bool {
        let share = self.team.habit.parcel_returned_share;
        self.chance.happens(share)
    }

    fn condition(&mut self) -> ReturnCondition {
        if self.chance.happens(0.2) { ReturnCondition::Damaged } else { ReturnCondition::Good }
    }

    async fn parcel(&self, card: &Card) -> Option<ParcelView> {
        let view = self.team.stage.doors.order(card.order).await.ok()?;
        view.parcels.into_iter().find(|known| known.fulfillment_order == self.id)
    }
}

fn reject_reason(reason: people::RejectReason) -> RejectReason {
    match reason {
        people::RejectReason::OutOfStock => RejectReason::NotInStock,
        people::RejectReason::TooBusy => RejectReason::TooBusy,
        people::RejectReason::ClosingSoon => RejectReason::Closing,
        people::RejectReason::EquipmentFailed => RejectReason::Other,
    }
}
