//! Whether others count as we do, as it is shown. Amounts are in fen.

use commerce::settlement::{Claim, Difference, Reconciliation};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vocabulary::{Money, OrderId, StoreId, Timestamp};

use super::reports::ReadToView;
use super::schema::{Day, Fen, Id, Millis};
use crate::books::{ChannelStatement, OpenBalance};

/// Money of an order that is neither earned nor given back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BalanceView {
    #[schema(value_type = Id)]
    pub order: OrderId,
    #[schema(value_type = Id)]
    pub store: StoreId,
    pub channel: String,
    #[schema(value_type = Fen)]
    pub received_fen: Money,
    #[schema(value_type = Fen)]
    pub paid_back_fen: Money,
    /// Paid for what was sold and not returned.
    #[schema(value_type = Fen)]
    pub earned_fen: Money,
    #[schema(value_type = Fen)]
    pub kept_fen: Money,
    /// What is held for the shopper; negative while it is owed to us.
    #[schema(value_type = Fen)]
    pub held_fen: Money,
    /// `awaiting_goods`, `awaiting_payment` and `refund_owed` pass by themselves; `overpaid` and
    /// `underpaid` are differences that somebody must look at.
    pub standing: String,
    #[schema(value_type = Millis)]
    pub at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PaymentReconciliation {
    pub read_to: ReadToView,
    /// Orders whose money and goods do not agree now, by id.
    pub balances: Vec<BalanceView>,
    /// How many of them are differences.
    pub differences: u64,
}

impl From<&OpenBalance> for BalanceView {
    fn from(open: &OpenBalance) -> Self {
        let balance = &open.balance;
        let held = balance.held();
        let standing = match (open.is_over, held.is_negative()) {
            (_, false) if open.refund_is_owed => "refund_owed",
            (false, false) => "awaiting_goods",
            (false, true) => "awaiting_payment",
            (true, false) => "overpaid",
            (true, true) => "underpaid",
        };
        Self {
            order: open.order,
            store: open.store,
            channel: open.channel.to_string(),
            received_fen: balance.received,
            paid_back_fen: balance.paid_back,
            earned_fen: balance.earned,
            kept_fen: balance.kept,
            held_fen: held,
            standing: standing.to_owned(),
            at: open.at,
        }
    }
}

impl BalanceView {
    pub fn is_difference(&self) -> bool {
        matches!(self.standing.as_str(), "overpaid" | "underpaid")
    }
}

/// A statement of a channel held against the books.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StatementView {
    /// To read it again.
    pub statement: String,
    pub channel: String,
    #[schema(value_type = Day)]
    pub from: Date,
    #[schema(value_type = Day)]
    pub to: Date,
    #[schema(value_type = Millis)]
    pub uploaded_at: Timestamp,
    pub read_to: ReadToView,
    pub rows: u64,
    /// Orders on which everything agrees.
    pub agreed: u64,
    #[schema(value_type = Fen)]
    pub ours_fen: Money,
    #[schema(value_type = Fen)]
    pub theirs_fen: Money,
    #[schema(value_type = Fen)]
    pub our_fees_fen: Money,
    #[schema(value_type = Fen)]
    pub their_fees_fen: Money,
    pub differences: Vec<DifferenceView>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DifferenceView {
    /// `missing_here`, `missing_there`, `amount`, `fee`, `date` or `doubled`.
    pub kind: String,
    /// Of the statement, from 1 after the heading.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<u32>,
    /// The first row of the same order, where it is doubled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_row: Option<u32>,
    /// Ours where we know it, else the channel's.
    pub order: String,
    /// Fen, or a date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ours: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub theirs: Option<String>,
}

impl From<&Difference> for DifferenceView {
    fn from(difference: &Difference) -> Self {
        let fen = |amount: &Money| Some(amount.as_fen().to_string());
        let view = |kind: &str, row, order: String| Self {
            kind: kind.to_owned(),
            row,
            first_row: None,
            order,
            ours: None,
            theirs: None,
        };
        match difference {
            Difference::MissingHere { row, order, theirs } => {
                Self { theirs: fen(theirs), ..view("missing_here", Some(*row), order.to_string()) }
            }
            Difference::MissingThere { order, ours } => {
                Self { ours: fen(ours), ..view("missing_there", None, order.to_string()) }
            }
            Difference::Amount { row, order, ours, theirs } => Self {
                ours: fen(ours),
                theirs: fen(theirs),
                ..view("amount", Some(*row), order.to_string())
            },
            Difference::Fee { row, order, ours, theirs } => Self {
                ours: fen(ours),
                theirs: fen(theirs),
                ..view("fee", Some(*row), order.to_string())
            },
            Difference::Date { row, order, ours, theirs } => Self {
                ours: Some(ours.to_string()),
                theirs: Some(theirs.to_string()),
                ..view("date", Some(*row), order.to_string())
            },
            Difference::Doubled { row, first_row, order, theirs } => Self {
                theirs: fen(theirs),
                first_row: Some(*first_row),
                ..view("doubled", Some(*row), order.to_string())
            },
        }
    }
}

impl StatementView {
    /// As it was sent, before it is held against the books.
    pub fn new(name: &str, statement: &ChannelStatement, read_to: ReadToView) -> Self {
        let total = |amount: fn(&Claim) -> Money| statement.claims.iter().map(amount).sum();
        Self {
            statement: name.to_owned(),
            channel: statement.channel.clone(),
            from: statement.from,
            to: statement.to,
            uploaded_at: statement.uploaded_at,
            read_to,
            rows: statement.claims.len() as u64,
            agreed: 0,
            ours_fen: Money::ZERO,
            theirs_fen: total(|claim| claim.amount),
            our_fees_fen: Money::ZERO,
            their_fees_fen: total(|claim| claim.fee),
            differences: Vec::new(),
        }
    }

    /// Fills in what the comparison found.
    pub fn with(self, found: &Reconciliation) -> Self {
        Self {
            rows: found.rows,
            agreed: found.agreed,
            ours_fen: found.ours,
            theirs_fen: found.theirs,
            our_fees_fen: found.our_fees,
            their_fees_fen: found.their_fees,
            differences: found.differences.iter().map(Into::into).collect(),
            ..self
        }
    }
}
