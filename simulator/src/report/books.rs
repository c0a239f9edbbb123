//! The books of a run: what came in, what was sold, what members have. Amounts are in fen.

use serde::{Deserialize, Serialize};

use super::happened::Happened;

/// What a run's books came to when they closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct BooksOfRun {
    pub money: MoneyBooks,
    pub members: MemberBooks,
    /// Orders that a member placed.
    pub member_orders: u64,
    /// Campaigns with a budget, what they may take off and what orders drew.
    pub budgets: u64,
    pub budget_limit_fen: i64,
    pub budget_drawn_fen: i64,
    /// What the house settled; absent where nobody kept books.
    pub house: Option<HouseTotals>,
    #[serde(default)]
    pub happened: Happened,
}

/// Money by the referee's own account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct MoneyBooks {
    pub received_fen: i64,
    pub paid_back_fen: i64,
    /// Of what was called off.
    pub kept_fen: i64,
    /// Received for orders that are not over, or still to come for orders that are delivered.
    pub held_fen: i64,
    /// What the lines of all orders carry of what was sold.
    pub lines_fen: i64,
    /// What the stores' shares of all orders sold, less what came back.
    pub shares_fen: i64,
    /// The same by stores and their days.
    pub ledger_fen: i64,
    /// List prices of it less what the goods cost.
    #[serde(default)]
    pub discounts_fen: i64,
}

/// What the house settled the stores for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct HouseTotals {
    /// Days of a store that are closed for ever.
    pub days_closed: u64,
    /// Days of a store that are not over, or that nobody closed.
    pub days_open: u64,
    pub list_fen: i64,
    pub discounts_fen: i64,
    pub goods_fen: i64,
    pub fees_fen: i64,
    pub platform_fee_fen: i64,
    pub payout_fen: i64,
}

/// Points and coupons, by why they came and went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct MemberBooks {
    pub enrolled: u64,
    pub erased: u64,
    /// By hand, less what was taken by hand.
    pub points_given: i64,
    pub points_earned: i64,
    /// Less what came back of it.
    pub points_spent: i64,
    pub points_expired: i64,
    /// Earned by goods that came back.
    pub points_reversed: i64,
    /// Of members who were forgotten.
    pub points_erased: i64,
    pub points_balance: i64,
    pub coupons_claimed: u64,
    pub coupons_used: u64,
    pub coupons_expired: u64,
    pub coupons_held: u64,
    pub coupons_erased: u64,
}

impl MoneyBooks {
    /// Receipts are sales, what is kept and what is held; lines, shares and stores come to the same.
    pub fn adds_up(&self) -> bool {
        let receipts = self.received_fen - self.paid_back_fen;
        receipts == self.shares_fen + self.kept_fen + self.held_fen
            && self.lines_fen == self.shares_fen
            && self.ledger_fen == self.shares_fen
    }
}
