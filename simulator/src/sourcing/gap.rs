//! How far answers are from the exact optimum of the same state.

use serde::Serialize;

use super::figures::share;

/// Sums over the baskets that were solved exactly and that both could fill.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Gap {
    /// When a line may come from several stores.
    pub lines_parted: &'static str,
    pub solved: u64,
    /// Of these, baskets that no store can fill alone.
    pub splits: u64,
    /// Not solved: a product wanted both in a group and beside it.
    pub not_solved: u64,
    pub parts: u64,
    pub best_parts: u64,
    pub cost_fen: f64,
    pub best_cost_fen: f64,
    /// Refused although there is a way.
    pub missed: u64,
    /// Filled although there is none by these rules.
    pub beyond: u64,
    /// Baskets answered with more stores than needed.
    pub worse: u64,
}

impl Gap {
    pub fn parts_pct(&self) -> f64 {
        (share(self.parts, self.best_parts) - 1.0) * 100.0
    }

    pub fn cost_pct(&self) -> f64 {
        (self.cost_fen / self.best_cost_fen.max(1.0) - 1.0) * 100.0
    }
}
