//! What was paid for an order and what of it is given back.

use serde::{Deserialize, Serialize};
use vocabulary::{Money, PaymentId, ReturnId};

use super::line::LineUnits;
use super::{CancelReason, Order, PaymentMethod};

/// What the payment has told the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentStanding {
    Unpaid,
    /// Authorised, or accepted as cash at the door.
    Secured,
    Captured,
    Failed,
}

/// Money that goes back to the shopper. Asked of the payment once the money is in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Refund {
    pub refund: PaymentId,
    pub amount: Money,
    /// The units it is for, by the frozen shares of their lines.
    pub lines: Vec<LineUnits>,
    pub why: RefundWhy,
    pub status: RefundStatus,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundStatus {
    Owed,
    Confirmed,
    /// Never collected, so there is nothing to give back.
    Waived,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum RefundWhy {
    Unfillable,
    Changed,
    Cancelled {
        reason: CancelReason,
    },
    /// The goods never arrived: brought back or lost.
    NotDelivered,
    Returned {
        return_id: ReturnId,
    },
    /// The payment succeeded after the order had ended.
    LatePayment,
}

impl RefundWhy {
    pub fn text(&self) -> &'static str {
        match self {
            RefundWhy::Unfillable => "unfillable",
            RefundWhy::Changed => "changed",
            RefundWhy::Cancelled { .. } => "cancelled",
            RefundWhy::NotDelivered => "not_delivered",
            RefundWhy::Returned { .. } => "returned",
            RefundWhy::LatePayment => "late_payment",
        }
    }
}

impl Refund {
    /// For units that cost nothing.
    pub fn is_nothing(&self) -> bool {
        self.amount == Money::ZERO
    }

    pub fn is_open(&self) -> bool {
        self.status == RefundStatus::Owed
    }
}

impl Order {
    /// Whether there is money to give back: captured, or taken by the channel.
    pub fn money_is_in(&self) -> bool {
        match self.payment {
            PaymentStanding::Captured => true,
            PaymentStanding::Secured => self.terms.payment_method == PaymentMethod::ChannelPaid,
            PaymentStanding::Unpaid | PaymentStanding::Failed => false,
        }
    }

    /// Everything given back or owed so far.
    pub fn refunded(&self) -> Money {
        let owed = self.refunds.iter().filter(|refund| refund.status != RefundStatus::Waived);
        owed.map(|refund| refund.amount).sum()
    }

    /// What the shopper pays in the end: the payable amount less what is given back.
    pub fn net_payable(&self) -> Money {
        let back: Money = self.refunds.iter().map(|refund| refund.amount).sum();
        Money::fen(self.terms.payable.as_fen().saturating_sub(back.as_fen()))
    }

    /// Units of a line whose money has not been given back.
    pub(super) fn not_given_back(&self) -> Vec<LineUnits> {
        let lines = self.terms.lines.iter().zip(&self.accounts);
        lines
            .map(|(line, account)| LineUnits {
                line: line.line,
                sku: line.sku,
                units: line.quantity.get().saturating_sub(account.given_back),
            })
            .filter(|units| units.units > 0)
            .collect()
    }

    /// What the next so many units of these lines give back, by their frozen shares.
    pub(super) fn worth_of(&self, units: &[LineUnits]) -> Money {
        let worth = units.iter().map(|wanted| {
            let lines = self.terms.lines.iter().zip(&self.accounts);
            let line = lines.into_iter().find(|(line, _)| line.line == wanted.line);
            line.map_or(Money::ZERO, |(line, account)| {
                line.paid_for_units(account.given_back, wanted.units)
            })
        });
        worth.sum()
    }
}
