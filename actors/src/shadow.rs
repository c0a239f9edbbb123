//! What a second dispatch policy would have done, beside the rounds that really run.
//!
//! Kept in memory and lost with the process: it is a report for whoever is about to change the
//! policy, not a fact about the city. It begins anew with every version of the policy.

use std::time::Duration;

use dispatch::rounds::shadow::{Difference, Picks, Shadow};
use dispatch::view::CityView;
use dispatch::{Policy, policy::RoundPlanner};
use tokio::time::Instant;
use vocabulary::Timestamp;

use crate::core::Core;

/// The difference so far.
#[derive(Debug, Clone, PartialEq)]
pub struct ShadowReport {
    pub policy_version: u64,
    pub since: Timestamp,
    pub last_at: Timestamp,
    pub live_planner: RoundPlanner,
    pub shadow_planner: RoundPlanner,
    pub difference: Difference,
    /// Rounds that it missed because it was still planning an earlier one.
    pub skipped: u64,
    pub slowest: Duration,
}

/// One round planned beside.
pub(crate) struct Shadowed {
    pub difference: Difference,
    pub took: Duration,
}

/// Plans the round again by the shadow policy; `None` when the policy has none.
pub(crate) fn plan(
    shadow: &mut Shadow,
    live: &Picks,
    view: &CityView,
    policy: &Policy,
    now: Timestamp,
) -> Option<Shadowed> {
    let second = policy.shadow.as_deref()?;
    let began = Instant::now();
    let picks = shadow.plan(view, policy, second, now);
    let difference = Difference::between(live, &picks, view, now);
    Some(Shadowed { difference, took: began.elapsed() })
}

/// Adds a round to the report and the metrics; `None` is a round that was missed.
pub(crate) fn note(core: &Core, policy: &Policy, now: Timestamp, shadowed: Option<Shadowed>) {
    let Some(second) = policy.shadow.as_deref() else { return };
    let mut kept = core.shadow.borrow_mut();
    let before = kept.take().filter(|report| report.policy_version == policy.version);
    let mut report = before.unwrap_or(ShadowReport {
        policy_version: policy.version,
        since: now,
        last_at: now,
        live_planner: policy.dispatch.planner,
        shadow_planner: second.planner,
        difference: Difference::default(),
        skipped: 0,
        slowest: Duration::ZERO,
    });
    match shadowed {
        Some(Shadowed { difference, took }) => {
            report.difference = report.difference.and(difference);
            report.last_at = now;
            report.slowest = report.slowest.max(took);
            let metrics = core.metrics();
            metrics.shadow_rounds.add(difference.rounds);
            metrics.shadow_rounds_apart.add(difference.rounds_apart);
            metrics.shadow_to_another.add(difference.to_another);
        }
        None => report.skipped += 1,
    }
    *kept = Some(report);
}
