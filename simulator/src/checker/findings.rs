//! What was looked at and what was found, invariant by invariant.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

/// Offending rows of each rule that are told word for word; the others are counted.
const TOLD: usize = 10;

/// Number and name of each invariant, and what is counted as a look.
const INVARIANTS: &[(u8, &str, &str)] = &[
    (1, "stock conservation", "movements, shelves, counts, transfers"),
    (2, "no oversell", "promises and observations"),
    (3, "a reservation ends once", "reservations and their ends"),
    (4, "histories are paths", "events"),
    (5, "what was acknowledged is there, once", "answers that clients heard"),
    (6, "same key, same answer", "keys that clients used"),
    (7, "one winner of each attempt", "grants"),
    (8, "nobody carries more than they can", "acceptances"),
    (9, "one writer", "runs of events, rows, owners"),
    (10, "no hole in the journal", "events"),
    (11, "discounts add up", "lines of orders"),
    (12, "lines are what is paid", "orders and payments"),
    (13, "refunds within what was paid", "refunds"),
    (14, "the books close", "orders that are over, postings"),
    (15, "coupons, points and budgets once", "words of members and campaigns"),
    (16, "pushes without a hole", "frames that clients got"),
    (17, "nothing unrecorded is pushed", "frames that clients got"),
    (18, "nobody's picture goes back", "frames that clients got"),
    (19, "who did it is written down", "events, versions of documents"),
    (20, "timers fire, and not early", "due times"),
    (21, "every order ends or waits", "orders and reservations"),
    (22, "memory is what is recorded", "rows of state"),
    (23, "people are kept in one place", "rows searched"),
];

/// Which invariant a rule belongs to. The referee's rules and the checker's own.
const RULES: &[(&str, u8)] = &[
    ("stock_conservation", 1),
    ("movements_are_the_events", 1),
    ("shipped_once", 1),
    ("shipped_is_expected", 1),
    ("received_was_shipped", 1),
    ("received_whole", 1),
    ("no_oversell", 2),
    ("shortfall_raised", 2),
    ("reservation_once", 3),
    ("reservation_path", 3),
    ("reservation_ends_once", 3),
    ("reservation_whole", 3),
    ("order_path", 4),
    ("fulfillment_order_path", 4),
    ("delivery_path", 4),
    ("offer_path", 4),
    ("return_path", 4),
    ("parcel_path", 4),
    ("attempt_order", 4),
    ("no_hole_in_a_history", 4),
    ("event_names_the_one_before", 4),
    ("acknowledged_is_recorded", 5),
    ("recorded_once", 5),
    ("refused_had_no_effect", 5),
    ("answer_has_its_effect", 5),
    ("same_key_same_answer", 6),
    ("same_key_same_words", 6),
    ("one_winner_per_attempt", 7),
    ("grant_follows_the_order", 7),
    ("courier_capacity", 8),
    ("task_in_hand", 8),
    ("epochs_never_go_back", 9),
    ("epoch_is_its_owners", 9),
    ("owner_knows_the_last", 9),
    ("no_hole_in_the_feed", 10),
    ("run_ends_with_its_key", 10),
    ("run_follows_its_chain", 10),
    ("owner_knows_the_chain", 10),
    ("noted_head_is_there", 10),
    ("version_follows_its_chain", 19),
    ("run_is_readable", 10),
    ("line_adds_up", 11),
    ("shares_are_discounts", 11),
    ("discounts_take_off", 11),
    ("lines_are_payable", 12),
    ("parts_are_the_order", 12),
    ("payment_adds_up", 12),
    ("refunds_within_payment", 13),
    ("refund_once", 13),
    ("units_given_back_once", 13),
    ("units_give_back_their_share", 13),
    ("paid_back_within_received", 13),
    ("books_balance", 14),
    ("settlement_adds_up", 14),
    ("closed_days_stay", 14),
    ("receipts_are_sales", 14),
    ("settlement_is_the_ledger", 14),
    ("posting_has_its_event", 14),
    ("cash_is_posted", 14),
    ("coupon_expires_free", 15),
    ("coupon_claimed_once", 15),
    ("coupon_held_once", 15),
    ("coupon_used_once", 15),
    ("order_holds_once", 15),
    ("hold_gives_back_itself", 15),
    ("order_earns_once", 15),
    ("corrected_after_completion", 15),
    ("points_never_below_zero", 15),
    ("points_come_back_at_most_once", 15),
    ("letters_go_on", 15),
    ("wallet_is_the_ledger", 15),
    ("member_hears_how_it_ended", 15),
    ("points_and_coupons_conserve", 15),
    ("erased_with_nothing_held", 15),
    ("budget_grants_what_there_is", 15),
    ("budget_never_overspent", 15),
    ("order_draws_once", 15),
    ("draw_settles_once", 15),
    ("pushes_without_a_hole", 16),
    ("pushed_was_recorded", 17),
    ("epoch_was_begun", 17),
    ("picture_never_goes_back", 18),
    ("event_names_its_doer", 19),
    ("manual_names_a_person", 19),
    ("versions_without_a_hole", 19),
    ("version_names_its_author", 19),
    ("no_timer_fires_early", 20),
    ("no_timer_is_forgotten", 20),
    ("every_order_ends_or_waits", 21),
    ("no_hold_outlives_its_order", 21),
    ("row_is_its_history", 22),
    ("row_is_readable", 22),
    ("entity_has_its_row", 22),
    ("personal_text_is_nowhere", 23),
];

/// One offending row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub invariant: String,
    pub rule: String,
    pub table: String,
    /// What names the row within its table.
    pub key: String,
    /// What was expected and what is there.
    pub detail: String,
}

/// What one invariant came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InvariantRow {
    pub invariant: String,
    pub name: &'static str,
    /// How many of these were looked at; none is no pass.
    pub looked_at: u64,
    pub what: &'static str,
    pub broken: u64,
}

#[derive(Debug, Default)]
pub struct Findings {
    looks: BTreeMap<u8, u64>,
    broken: BTreeMap<u8, u64>,
    told: Vec<Finding>,
    known: BTreeSet<(String, String)>,
}

impl Findings {
    /// Holds a rule against one row; the sentence is only made when it is broken.
    pub fn check(
        &mut self,
        holds: bool,
        rule: &'static str,
        table: &str,
        key: impl FnOnce() -> String,
        detail: impl FnOnce() -> String,
    ) {
        self.looked(rule, 1);
        if !holds {
            self.broken(rule, table, key(), detail());
        }
    }

    pub fn looked(&mut self, rule: &str, times: u64) {
        *self.looks.entry(invariant_of(rule)).or_default() += times;
    }

    pub fn broken(&mut self, rule: &str, table: &str, key: String, detail: String) {
        let number = invariant_of(rule);
        if !self.known.insert((rule.to_owned(), key.clone())) {
            return;
        }
        *self.broken.entry(number).or_default() += 1;
        if self.told.iter().filter(|told| told.rule == rule).count() < TOLD {
            let (invariant, rule, table) =
                (format!("I{number}"), rule.to_owned(), table.to_owned());
            self.told.push(Finding { invariant, rule, table, key, detail });
        }
    }

    /// The first offending rows, in the order in which they were found.
    pub fn told(&self) -> &[Finding] {
        &self.told
    }

    pub fn broken_count(&self) -> u64 {
        self.broken.values().sum()
    }

    pub fn table(&self) -> Vec<InvariantRow> {
        let row = |(number, name, what): &(u8, &'static str, &'static str)| InvariantRow {
            invariant: format!("I{number}"),
            name,
            looked_at: self.looks.get(number).copied().unwrap_or_default(),
            what,
            broken: self.broken.get(number).copied().unwrap_or_default(),
        };
        INVARIANTS.iter().map(row).collect()
    }

    /// Whether anything was looked at for an invariant.
    pub fn looks_at(&self, number: u8) -> u64 {
        self.looks.get(&number).copied().unwrap_or_default()
    }
}

/// A rule that no table names counts as one about histories: it must not get lost.
fn invariant_of(rule: &str) -> u8 {
    let known = RULES.iter().find(|(name, _)| *name == rule);
    known.map_or(4, |(_, number)| *number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_belongs_to_an_invariant_that_is_listed() {
        let listed: BTreeSet<u8> = INVARIANTS.iter().map(|(number, _, _)| *number).collect();
        assert!(RULES.iter().all(|(_, number)| listed.contains(number)));
        let named: BTreeSet<u8> = RULES.iter().map(|(_, number)| *number).collect();
        assert_eq!(named, listed, "each invariant has a rule");
        let names: BTreeSet<&str> = RULES.iter().map(|(name, _)| *name).collect();
        assert_eq!(names.len(), RULES.len());
    }

    #[test]
    fn a_row_is_told_once_and_nothing_looked_at_is_no_pass() {
        let mut findings = Findings::default();
        findings.check(false, "books_balance", "event_run", || "o1".into(), || "one".into());
        findings.check(false, "books_balance", "event_run", || "o1".into(), || "two".into());
        assert_eq!((findings.broken_count(), findings.told().len()), (1, 1));
        assert_eq!((findings.looks_at(14), findings.looks_at(16)), (2, 0));
    }
}
