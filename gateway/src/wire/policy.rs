//! The knobs of a city.

use dispatch::Policy;
use dispatch::policy::DispatchPolicy;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::fault::Fault;

/// The policy, whole, at one version.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PolicyView {
    pub version: u64,
    #[schema(value_type = Object)]
    pub policy: Policy,
}

/// Bounds outside of which a city stops working rather than works differently.
pub fn check_policy(policy: &Policy) -> Result<(), Fault> {
    let (sourcing, rounds) = (&policy.sourcing, &policy.dispatch);
    between("hold_expires_after_s", policy.hold_expires_after_s, 60, 604_800)?;
    between("payment_expires_after_s", policy.payment_expires_after_s, 30, 604_800)?;
    if policy.hold_expires_after_s < policy.payment_expires_after_s {
        let message = "hold_expires_after_s must not be less than payment_expires_after_s";
        return Err(Fault::invalid("hold_expires_after_s", message));
    }
    if policy.late_cancel_fee_fen < 0 {
        let message = "late_cancel_fee_fen must not be negative";
        return Err(Fault::invalid("late_cancel_fee_fen", message));
    }
    between("accept_sla_s", policy.accept_sla_s, 5, 86_400)?;
    if policy.silent_board_after_s != 0 {
        between("silent_board_after_s", policy.silent_board_after_s, 30, 86_400)?;
    }
    between("capacity_window_s", policy.capacity_window_s, 60, 86_400)?;
    between("code_tries", policy.code_tries, 1, 100)?;
    between("reminder_cooldown_s", policy.reminder_cooldown_s, 10, 86_400)?;
    between("rating_window_s", policy.rating_window_s, 60, 31_536_000)?;
    between("promise_window_s", policy.promise_window_s, 0, 86_400)?;
    between("sourcing.max_splits", sourcing.max_splits, 1, 16)?;
    between("sourcing.max_candidates", sourcing.max_candidates, 1, 200)?;
    between("sourcing.exact_up_to", sourcing.exact_up_to, 0, 32)?;
    check_rounds("dispatch", rounds)?;
    policy.shadow.as_deref().map_or(Ok(()), |shadow| check_rounds("shadow", shadow))
}

/// A second policy that is only planned, never followed, is held to the same bounds: it costs the
/// city what it would cost in force.
fn check_rounds(part: &str, rounds: &DispatchPolicy) -> Result<(), Fault> {
    let between =
        |name: &str, given, least, most| between(&format!("{part}.{name}"), given, least, most);
    between("round_every_s", rounds.round_every_s, 1, 3_600)?;
    between("offer_expires_after_s", rounds.offer_expires_after_s, 5, 3_600)?;
    between("stale_after_s", rounds.stale_after_s, 5, 86_400)?;
    between("lost_after_s", rounds.lost_after_s, rounds.stale_after_s, 86_400)?;
    between("radius_m", rounds.radius_m, 100, 100_000)?;
    between("max_radius_m", rounds.max_radius_m, rounds.radius_m, 200_000)?;
    between("max_live_offers", rounds.max_live_offers, 1, 20)?;
    between("candidates_per_delivery", rounds.candidates_per_delivery, 1, 500)
}

fn between(field: &str, given: u32, least: u32, most: u32) -> Result<(), Fault> {
    if (least..=most).contains(&given) {
        return Ok(());
    }
    let message = format!("{field} must be {least} to {most}, not {given}");
    Err(Fault::invalid(field, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_policy_is_allowed() {
        assert_eq!(check_policy(&Policy::default()), Ok(()));
    }

    #[test]
    fn a_policy_that_stops_the_city_is_refused_by_field() {
        let mut policy = Policy::default();
        policy.dispatch.round_every_s = 0;
        let fault = check_policy(&policy).unwrap_err();
        assert_eq!(fault.field.as_deref(), Some("dispatch.round_every_s"));
        let shadow = DispatchPolicy { radius_m: 1, ..DispatchPolicy::default() };
        let policy = Policy { shadow: Some(Box::new(shadow)), ..Policy::default() };
        let fault = check_policy(&policy).unwrap_err();
        assert_eq!(fault.field.as_deref(), Some("shadow.radius_m"), "a second policy is bounded");
        let holds = Policy { hold_expires_after_s: 60, ..Policy::default() };
        assert!(check_policy(&holds).is_err(), "an unpaid order would lose its stock");
    }
}
