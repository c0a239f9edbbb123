//! The knobs of a city, as headquarters sets them. Raw numbers end in their unit.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use vocabulary::{Money, Seconds, StoreId};

/// One version of a city's policy. Every field has a default that suits a Chinese city chain.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Policy {
    pub version: u64,

    // Orders and payment.
    pub hold_expires_after_s: u32,
    pub payment_expires_after_s: u32,
    pub return_window_s: u32,
    /// Cancelling after a store accepted costs this much (borne by the shopper).
    pub late_cancel_fee_fen: i64,

    // Stores.
    pub accept_sla_s: u32,
    /// When nobody answers in time: accept for them (true) or source elsewhere (false).
    pub accept_on_timeout: bool,
    /// An open store whose board nobody looks at for this long is taken for offline; 0 never.
    pub silent_board_after_s: u32,
    pub capacity_window_s: u32,
    pub pickup_no_show_after_s: u32,
    pub code_tries: u32,
    pub code_locked_for_s: u32,
    /// How long a shopper waits before asking again where the order is.
    pub reminder_cooldown_s: u32,
    /// How long after its end an order can be rated.
    pub rating_window_s: u32,
    pub proof: ProofPolicy,

    // Promise.
    /// Width of the window that a shopper is promised.
    pub promise_window_s: u32,
    /// Slack added to the predicted door time when promising.
    pub promise_slack_s: u32,
    pub pickup_service_s: u32,
    pub dropoff_service_s: u32,

    pub sourcing: SourcingPolicy,
    pub dispatch: DispatchPolicy,
    /// Planned beside `dispatch` on every round, without effects, to see how it would differ.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shadow: Option<Box<DispatchPolicy>>,
}

/// What a courier must show at the door: the strongest of the rules that fit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ProofPolicy {
    pub everywhere: ProofNeed,
    /// In place of `everywhere`, by store.
    pub stores: BTreeMap<StoreId, ProofNeed>,
    /// Where goods are among it that are not for minors.
    pub age_restricted: ProofNeed,
    /// Where the order is worth this much or more; absent asks nothing more.
    pub valuable_from_fen: Option<i64>,
    pub valuable: ProofNeed,
}

/// How strong a proof must be. A stronger one always serves: a signature says more than a photo,
/// and only the shopper knows the code.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum ProofNeed {
    /// The courier's word.
    #[default]
    Nothing,
    Photo,
    Signature,
    Code,
}

impl Default for ProofPolicy {
    fn default() -> Self {
        Self {
            everywhere: ProofNeed::Nothing,
            stores: BTreeMap::new(),
            age_restricted: ProofNeed::Signature,
            valuable_from_fen: None,
            valuable: ProofNeed::Signature,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SourcingPolicy {
    pub score: SourcingScore,
    /// Most stores one order may be split over.
    pub max_splits: u32,
    /// No part of a split may be worth less than this.
    pub min_part_value_fen: i64,
    /// Stores looked at first, nearest first; the others in reach only when none of these has
    /// everything.
    pub max_candidates: u32,
    /// Up to this many stores that can take part every set is tried, so that each loser can be told
    /// its best plan; among more only promising ones are.
    pub exact_up_to: u32,
    /// Express orders may come from any store within this distance of the door.
    pub express_radius_m: u32,
    /// How often lines may be sourced again after refusals and rejections.
    pub max_resourcing: u32,
    /// For [`SourcingScore::Cost`]: what a part costs to bring, and each kilometre of its way.
    /// Assumptions to start with; a chain should set what it pays.
    pub part_cost_fen: u32,
    pub kilometre_cost_fen: u32,
}

/// What ranks plans that need equally many stores. Lower is better in all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourcingScore {
    /// Sum of distances from store to door.
    #[default]
    Nearest,
    TravelTime,
    /// Open orders of the store for its capacity.
    Load,
    /// Delivery cost by distance and parts.
    Cost,
    /// Leaves the most stock behind.
    StockBalance,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DispatchPolicy {
    pub round_every_s: u32,
    /// A courier without a position for this long leaves the pool.
    pub stale_after_s: u32,
    /// And for this long loses what is not picked up.
    pub lost_after_s: u32,
    pub offer_expires_after_s: u32,
    pub max_live_offers: u32,
    /// A decliner is not asked again about the same delivery for this long.
    pub decline_cooldown_s: u32,
    /// First search radius around the pickup, and how it widens each round without a taker.
    pub radius_m: u32,
    pub radius_step_m: u32,
    pub max_radius_m: u32,
    /// Couriers considered for one delivery.
    pub candidates_per_delivery: u32,
    /// Start looking this long before the goods are ready.
    pub look_ahead_s: u32,
    /// Nobody is asked who would stand at the store longer than this before the goods are ready.
    pub send_ahead_s: u32,
    /// Unanswered rounds, or this long without a courier, before a person is called.
    pub escalate_after_s: u32,
    pub escalate_after_rounds: u32,
    /// A second delivery for a courier must be picked up within this distance of its route's end.
    pub stack_radius_m: u32,
    /// Cost weights, in seconds of a courier's or a shopper's time.
    pub late_weight: f64,
    pub wait_weight: f64,
    /// Of a courier's time on the way and at stops, against the shopper's.
    pub work_weight: f64,
    /// Failed attempts before goods go back to the store.
    pub max_attempts_at_door: u32,
    pub retry_after_s: u32,
    pub planner: RoundPlanner,
    pub trips: TripsPolicy,
}

/// Who decides in a round. All of them read the same view and answer with the same kind of round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoundPlanner {
    /// Each delivery to whoever is cheapest for it, oldest first: the floor that others must beat.
    Greedy,
    /// One assignment over all that waits.
    #[default]
    Assignment,
    /// Routes of the whole city with bundles, improved by exchanges; see [`crate::trips`].
    Trips,
}

/// How trips are planned. Prices are in seconds of shoppers' waiting for one second of a courier's,
/// measured on published days of orders (docs/decisions/0010).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TripsPolicy {
    /// Goods that are ready later than this are not planned yet.
    pub horizon_s: u32,
    /// Couriers tried for one delivery, soonest at its store first.
    pub candidates: u32,
    /// Sweeps of exchanges over the whole plan, at most.
    pub sweeps: u32,
    /// Of a courier's minute at work, while nobody is idle.
    pub work_price: f64,
    /// Of ending a minute farther from where orders are expected, while nobody is idle.
    pub ending_price: f64,
    /// With this share of the couriers idle, both prices are zero.
    pub spare_share: f64,
    /// Older orders say nothing about where the next ones start.
    pub demand_memory_s: u32,
    /// How much earlier than needed a courier sets out for goods that are not ready.
    pub leave_early_s: u32,
    /// Nobody is planned for who would make others wait this much longer.
    pub unserved_s: u32,
    /// Idle couriers are advised to move for a way to the next orders that is shorter by this, after
    /// the two prices below; 0 gives no advice.
    pub move_gain_s: u32,
    /// Of the move itself, for each second of it.
    pub move_price: f64,
    /// Of each courier that waits at the same store.
    pub crowd_s: u32,
    /// Nobody is advised to move farther.
    pub move_reach_s: u32,
    /// The part of the service at a store that can pass before the goods are ready.
    pub before_pickup_s: u32,
    /// The part of the service at a door that comes after the goods changed hands.
    pub after_dropoff_s: u32,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            version: 0,
            hold_expires_after_s: 1_800,
            payment_expires_after_s: 900,
            return_window_s: 7 * 86_400,
            late_cancel_fee_fen: 0,
            accept_sla_s: 180,
            accept_on_timeout: false,
            silent_board_after_s: 0,
            capacity_window_s: 900,
            pickup_no_show_after_s: 24 * 3_600,
            code_tries: 5,
            code_locked_for_s: 600,
            reminder_cooldown_s: 300,
            rating_window_s: 7 * 86_400,
            proof: ProofPolicy::default(),
            promise_window_s: 900,
            promise_slack_s: 600,
            pickup_service_s: 120,
            dropoff_service_s: 120,
            sourcing: SourcingPolicy::default(),
            dispatch: DispatchPolicy::default(),
            shadow: None,
        }
    }
}

impl Default for SourcingPolicy {
    fn default() -> Self {
        Self {
            score: SourcingScore::Nearest,
            max_splits: 3,
            min_part_value_fen: 0,
            max_candidates: 24,
            exact_up_to: 24,
            express_radius_m: 50_000,
            max_resourcing: 4,
            part_cost_fen: 500,
            kilometre_cost_fen: 100,
        }
    }
}

impl Default for DispatchPolicy {
    fn default() -> Self {
        Self {
            round_every_s: 5,
            stale_after_s: 120,
            lost_after_s: 600,
            offer_expires_after_s: 45,
            max_live_offers: 2,
            decline_cooldown_s: 600,
            radius_m: 8_000,
            radius_step_m: 4_000,
            max_radius_m: 20_000,
            candidates_per_delivery: 24,
            look_ahead_s: 900,
            send_ahead_s: 300,
            escalate_after_s: 900,
            escalate_after_rounds: 12,
            stack_radius_m: 1_500,
            late_weight: 2.0,
            wait_weight: 0.2,
            work_weight: 0.2,
            max_attempts_at_door: 2,
            retry_after_s: 300,
            planner: RoundPlanner::Assignment,
            trips: TripsPolicy::default(),
        }
    }
}

impl Default for TripsPolicy {
    fn default() -> Self {
        Self {
            horizon_s: 3_600,
            candidates: 40,
            sweeps: 6,
            work_price: 0.3,
            ending_price: 1.0,
            spare_share: 0.06,
            demand_memory_s: 1_800,
            leave_early_s: 0,
            unserved_s: 60_000,
            move_gain_s: 90,
            move_price: 0.1,
            crowd_s: 180,
            move_reach_s: 900,
            before_pickup_s: 0,
            after_dropoff_s: 0,
        }
    }
}

impl Policy {
    pub fn late_cancel_fee(&self) -> Money {
        Money::fen(self.late_cancel_fee_fen)
    }

    pub fn promise_window(&self) -> Seconds {
        Seconds(self.promise_window_s)
    }
}
