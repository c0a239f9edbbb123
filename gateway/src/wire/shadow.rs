//! What a second dispatch policy would have done, beside the rounds that really ran.

use actors::ShadowReport;
use dispatch::policy::RoundPlanner;
use dispatch::rounds::shadow::Expected;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vocabulary::Timestamp;

use super::schema::Millis;

/// Of every city that this process serves and whose rounds were planned twice. Empty where the
/// policy names no second one, and before the first round since it does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ShadowView {
    pub cities: Vec<CityShadow>,
}

/// Sums over rounds since the policy in force was written or the process started. A delivery that
/// waits for several rounds counts in each.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CityShadow {
    #[schema(example = 1)]
    pub partition: u16,
    /// The policy that named the second one.
    #[schema(example = 7)]
    pub policy_version: u64,
    #[schema(value_type = Millis)]
    pub since_at: Timestamp,
    #[schema(value_type = Millis)]
    pub last_round_at: Timestamp,
    #[schema(value_type = String, example = "assignment")]
    pub live_planner: RoundPlanner,
    #[schema(value_type = String, example = "greedy")]
    pub shadow_planner: RoundPlanner,
    #[schema(example = 720)]
    pub rounds: u64,
    /// Rounds in which not all deliveries were answered alike.
    #[schema(example = 96)]
    pub rounds_apart: u64,
    /// Rounds that were not planned twice, since an earlier second plan was not ready.
    #[schema(example = 0)]
    pub rounds_skipped: u64,
    /// Deliveries that waited.
    #[schema(example = 5400)]
    pub waiting: u64,
    /// Offered by both, to the same courier.
    #[schema(example = 2900)]
    pub alike: u64,
    /// Offered by both, to different couriers.
    #[schema(example = 240)]
    pub to_another: u64,
    #[schema(example = 110)]
    pub only_live: u64,
    #[schema(example = 60)]
    pub only_shadow: u64,
    /// Over the deliveries that both offered.
    pub live: ExpectedView,
    pub shadow: ExpectedView,
    /// The longest that a second plan took.
    #[schema(example = 4)]
    pub slowest_ms: u64,
}

/// What one policy expects of the deliveries that both offered: means from the round on, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ExpectedView {
    #[schema(example = 412.5)]
    pub until_pickup_s: f64,
    #[schema(example = 1130.0)]
    pub until_dropoff_s: f64,
    /// Deliveries predicted at the door after what was promised.
    #[schema(example = 12)]
    pub at_risk: u64,
}

pub fn city_shadow(partition: u16, report: &ShadowReport) -> CityShadow {
    let difference = &report.difference;
    let both = difference.alike + difference.to_another;
    CityShadow {
        partition,
        policy_version: report.policy_version,
        since_at: report.since,
        last_round_at: report.last_at,
        live_planner: report.live_planner,
        shadow_planner: report.shadow_planner,
        rounds: difference.rounds,
        rounds_apart: difference.rounds_apart,
        rounds_skipped: report.skipped,
        waiting: difference.waiting,
        alike: difference.alike,
        to_another: difference.to_another,
        only_live: difference.only_live,
        only_shadow: difference.only_shadow,
        live: expected(difference.live, both),
        shadow: expected(difference.shadow, both),
        slowest_ms: u64::try_from(report.slowest.as_millis()).unwrap_or(u64::MAX),
    }
}

fn expected(sum: Expected, both: u64) -> ExpectedView {
    // To tenths: a mean of whole seconds says no more.
    let mean = |seconds: u64| (seconds as f64 * 10.0 / both.max(1) as f64).round() / 10.0;
    ExpectedView {
        until_pickup_s: mean(sum.until_pickup_s),
        until_dropoff_s: mean(sum.until_dropoff_s),
        at_risk: sum.at_risk,
    }
}
