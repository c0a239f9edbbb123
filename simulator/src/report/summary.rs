//! What a run came to.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::books::BooksOfRun;
use super::latency::Latency;
use super::sketch::MapSketch;
use super::spread::Spread;
use super::threshold::{Threshold, ThresholdResult};
use super::timeline::Timeline;

/// The shape of the summary. Grows by one when a field changes its meaning or goes.
pub const VERSION: u32 = 1;

/// Everything a report shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunSummary {
    pub version: u32,
    /// What was played, such as `run calm` or `replay lunch`.
    pub title: String,
    pub seed: u64,
    /// Every setting that shaped the run, by name.
    pub configuration: BTreeMap<String, String>,
    pub ending: Ending,
    /// Length of the run by the simulated clock.
    pub simulated_s: f64,
    /// Length of the run by the wall's clock.
    pub wall_s: f64,
    pub orders: OrderCounts,
    pub journey: Journey,
    pub sourcing: Sourcing,
    pub offers: OfferCounts,
    pub fleet: FleetUse,
    pub traffic: Traffic,
    /// By kind of request, such as `place_order`; and `dispatch` for one dispatch round.
    pub latencies: BTreeMap<String, Latency>,
    pub funnel: Funnel,
    pub referee: Referee,
    pub thresholds: Vec<ThresholdResult>,
    pub timeline: Timeline,
    pub map: Option<MapSketch>,
    /// Absent where they were not closed.
    #[serde(default)]
    pub books: Option<BooksOfRun>,
}

/// Why the run stopped.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "how")]
pub enum Ending {
    #[default]
    Completed,
    Interrupted,
    /// The server did not answer; the sentence says how.
    Unreachable {
        why: String,
    },
}

/// Where the orders ended. `placed` is the sum of all ends and of `open`; `refused` ones were never
/// placed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct OrderCounts {
    pub placed: u64,
    /// Brought to the door by a courier.
    pub delivered: u64,
    /// Collected by the shopper.
    pub picked_up: u64,
    /// Brought by a carrier, or handed to one and not yet back.
    pub shipped: u64,
    pub cancelled: u64,
    /// Never paid.
    pub expired: u64,
    /// Failed at the door, returned or lost.
    pub failed: u64,
    /// Neither ended nor in trouble when the run stopped.
    pub open: u64,
    /// Turned away at placing: no store could fill them.
    pub refused: u64,
    /// Delivered or collected after the promise; part of the ends above.
    pub late: u64,
    /// The same orders by the way they were to reach their shopper.
    #[serde(default)]
    pub modes: Modes,
    /// Why `cancelled` and `failed` ones were, by the domain's word for it.
    #[serde(default)]
    pub cancelled_because: BTreeMap<String, u64>,
    /// Left open by an earlier run when this one began; no part of `placed`.
    #[serde(default)]
    pub inherited: u64,
    /// Of the inherited ones, those that ended during this run.
    #[serde(default)]
    pub inherited_ended: u64,
}

/// Orders by the way they were to reach their shopper.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Modes {
    pub delivery: ModeCounts,
    pub pickup: ModeCounts,
    pub express: ModeCounts,
}

/// How far the orders of one mode came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ModeCounts {
    pub placed: u64,
    /// Paid, or to be paid in cash: the orders that stores and couriers were asked to fulfil.
    pub paid: u64,
    pub fulfilled: u64,
}

/// How long each stage took.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Journey {
    /// From placing to the door; deliveries only.
    pub click_to_door: Spread,
    /// From assigned to the store, to its accept.
    pub accept: Spread,
    /// From accept to packed.
    pub pick: Spread,
    /// From packed to handed over.
    pub pickup_wait: Spread,
    /// From handed over to the door.
    pub deliver: Spread,
    /// What click-to-door was meant to stay within, where the day says so.
    pub target_s: Option<f64>,
}

/// How stores were chosen.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Sourcing {
    /// Orders filled by more than one store.
    pub splits: u64,
    /// Times lines moved to another store after placing.
    pub resourced: u64,
    pub store_rejections: u64,
    pub short_picks: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct OfferCounts {
    pub made: u64,
    pub accepted: u64,
    pub declined: u64,
    pub expired: u64,
    pub withdrawn: u64,
    /// Accepted when another courier already had the delivery.
    pub too_late: u64,
    /// Deliveries that changed courier.
    pub reassigned: u64,
    /// Deliveries no courier took in the rounds allowed.
    pub escalated: u64,
}

/// What the couriers did with their time.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct FleetUse {
    pub couriers: u64,
    pub duty_s: f64,
    /// With at least one delivery.
    pub busy_s: f64,
    pub ridden_m: f64,
    pub deliveries: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Traffic {
    pub requests_sent: u64,
    /// Answered with a fault the run did not provoke, or not at all.
    pub requests_failed: u64,
    /// Due, but the sender had no connection free: never sent.
    pub could_not_send: u64,
    pub commands_doubled: u64,
    pub commands_reordered: u64,
    pub sockets_opened: u64,
    pub frames: u64,
    /// Pushes that never came and were not announced as lost. Any is a fault.
    pub gaps: u64,
    /// Times a socket was told to start afresh from a snapshot.
    pub resets: u64,
    pub positions_sent: u64,
}

/// How many orders reached each stage, whatever became of them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Funnel {
    pub placed: u64,
    pub paid: u64,
    pub accepted: u64,
    pub packed: u64,
    pub handed_over: u64,
    pub completed: u64,
}

/// What the referee saw.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Referee {
    /// Single rules looked at.
    pub checks: u64,
    pub violations: Vec<Violation>,
    /// All of them, also those not kept in the list.
    pub violation_count: u64,
}

/// A rule that was broken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Violation {
    /// Stable name of the rule, such as `one_winner_per_attempt`.
    pub rule: String,
    /// Simulated seconds since the run began.
    pub at_s: u32,
    /// The order, delivery or socket it concerns.
    pub subject: String,
    pub detail: String,
}

impl RunSummary {
    /// An empty summary to fill in.
    pub fn new(title: impl Into<String>, seed: u64) -> Self {
        Self {
            version: VERSION,
            title: title.into(),
            seed,
            configuration: BTreeMap::new(),
            ending: Ending::default(),
            simulated_s: 0.0,
            wall_s: 0.0,
            orders: OrderCounts::default(),
            journey: Journey::default(),
            sourcing: Sourcing::default(),
            offers: OfferCounts::default(),
            fleet: FleetUse::default(),
            traffic: Traffic::default(),
            latencies: BTreeMap::new(),
            funnel: Funnel::default(),
            referee: Referee::default(),
            thresholds: Vec::new(),
            timeline: Timeline::default(),
            map: None,
            books: None,
        }
    }

    /// Holds the run against thresholds and keeps what came of it.
    pub fn judge(&mut self, thresholds: &[Threshold]) {
        self.thresholds = thresholds.iter().map(|threshold| threshold.check(self)).collect();
    }
}

impl OrderCounts {
    /// Reached the shopper, by whatever road.
    pub fn fulfilled(&self) -> u64 {
        self.delivered + self.picked_up + self.shipped
    }

    /// Paid by whatever mode, or to be paid in cash.
    pub fn paid(&self) -> u64 {
        self.modes.delivery.paid + self.modes.pickup.paid + self.modes.express.paid
    }

    /// Delivered or collected within the promise.
    pub fn on_time(&self) -> u64 {
        (self.delivered + self.picked_up).saturating_sub(self.late)
    }
}

impl FleetUse {
    /// Share of paid time with a delivery in hand; `None` without duty.
    pub fn utilization(&self) -> Option<f64> {
        (self.duty_s > 0.0).then(|| self.busy_s / self.duty_s)
    }
}
