//! One order's account: which of its units were sold by whom, what came in, what went back.

use serde::{Deserialize, Serialize};
use vocabulary::{Money, OrderId, StoreId, Timestamp};

use super::entry::{Entry, Occasion, SaleLine, Served, Tender};
use super::line::LineTerms;
use crate::Permille;

/// Knows what held at any moment: which business day and hour it was at a store, who sold there,
/// and what the platform took.
pub trait Calendar {
    fn occasion(&self, store: StoreId, at: Timestamp) -> Occasion;

    /// Of the goods of orders of a channel that were placed then.
    fn platform_fee(&self, channel: &str, placed_at: Timestamp) -> Permille;
}

/// What was agreed when an order was placed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderTerms {
    pub order: OrderId,
    pub channel: Box<str>,
    pub external_id: Option<Box<str>>,
    pub tier: Option<Box<str>>,
    pub tender: Tender,
    /// Where money that belongs to no single store counts: the store of the first planned share.
    pub home: StoreId,
    pub lines: Vec<LineTerms>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnitsOfLine {
    pub line: u16,
    pub units: u32,
}

/// What happened to an order, as far as the books are concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    /// One store's share reached the shopper. `part` is its place among the order's shares.
    Sold {
        part: u32,
        store: StoreId,
        units: Vec<UnitsOfLine>,
        served: Option<Served>,
    },
    /// Money for these units is given back, sooner or later.
    GivenBack {
        units: Vec<UnitsOfLine>,
        amount: Money,
        why: Why,
    },
    Received {
        amount: Money,
    },
    PaidBack {
        amount: Money,
    },
}

/// Why units are given back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// They never reached the shopper.
    NotSold,
    /// The order was called off; what is not given back of their worth is kept.
    Cancelled,
    /// They reached the shopper and came back.
    Returned,
}

/// Follows one order. Plain data, and a fold: it can be dropped and made again from its facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    terms: OrderTerms,
    lines: Vec<LineAccount>,
    balance: Balance,
}

/// The sums of an account. Once an order is over, what was received less what was paid back is what
/// was earned and kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Balance {
    pub received: Money,
    pub paid_back: Money,
    /// Paid for goods that were sold and not returned, fees included.
    pub earned: Money,
    pub kept: Money,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct LineAccount {
    given_back: u32,
    /// In the order of the order's shares.
    sellers: Vec<Seller>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Seller {
    part: u32,
    occasion: Occasion,
    sold: u32,
    returned: u32,
}

impl Balance {
    /// Money here that is neither earned nor kept: the shopper's. Negative while it is owed to us.
    pub fn held(&self) -> Money {
        let here = self.received.as_fen() - self.paid_back.as_fen();
        Money::fen(here - self.earned.as_fen() - self.kept.as_fen())
    }
}

impl Account {
    pub fn open(terms: OrderTerms) -> Self {
        let lines = vec![LineAccount::default(); terms.lines.len()];
        Self { terms, lines, balance: Balance::default() }
    }

    pub fn terms(&self) -> &OrderTerms {
        &self.terms
    }

    pub fn balance(&self) -> &Balance {
        &self.balance
    }

    /// Records a fact; says what is posted for it, each entry where it counts.
    pub fn post(
        &mut self,
        fact: &Fact,
        at: Timestamp,
        calendar: &dyn Calendar,
    ) -> Vec<(Occasion, Entry)> {
        let tender = self.terms.tender;
        let here = calendar.occasion(self.terms.home, at);
        match fact {
            Fact::Sold { part, store, units, served } => {
                let occasion = calendar.occasion(*store, at);
                let lines = self.sell(*part, occasion, units);
                vec![(occasion, Entry::Sold { lines, served: *served })]
            }
            Fact::GivenBack { units, amount, why } => {
                self.give_back(units, *amount, *why, here, calendar)
            }
            Fact::Received { amount } => {
                add(&mut self.balance.received, *amount);
                vec![(here, Entry::Received { tender, amount: *amount })]
            }
            Fact::PaidBack { amount } => {
                add(&mut self.balance.paid_back, *amount);
                vec![(here, Entry::PaidBack { tender, amount: *amount })]
            }
        }
    }

    fn sell(&mut self, part: u32, occasion: Occasion, units: &[UnitsOfLine]) -> Vec<SaleLine> {
        let mut sold = Vec::with_capacity(units.len());
        for UnitsOfLine { line, units } in units {
            let found = self.terms.lines.iter().zip(&mut self.lines);
            let Some((terms, account)) = found.into_iter().find(|(known, _)| known.line == *line)
            else {
                continue;
            };
            sold.push(account.sell(terms, part, occasion, *units));
        }
        add(&mut self.balance.earned, sold.iter().map(SaleLine::paid).sum());
        sold
    }

    fn give_back(
        &mut self,
        units: &[UnitsOfLine],
        amount: Money,
        why: Why,
        here: Occasion,
        calendar: &dyn Calendar,
    ) -> Vec<(Occasion, Entry)> {
        let mut worth = Money::ZERO;
        let mut returned: Vec<(Occasion, Vec<SaleLine>)> = Vec::new();
        for UnitsOfLine { line, units } in units {
            let found = self.terms.lines.iter().zip(&mut self.lines);
            let Some((terms, account)) = found.into_iter().find(|(known, _)| known.line == *line)
            else {
                continue;
            };
            let from = account.given_back;
            account.given_back = from.saturating_add(*units).min(terms.quantity);
            add(&mut worth, terms.paid_for(from, account.given_back));
            if why == Why::Returned {
                account.take_back(terms, *units, &mut returned);
            }
        }
        let mut posted = Vec::new();
        for (sale, lines) in returned {
            let back: Money = lines.iter().map(SaleLine::paid).sum();
            add(&mut self.balance.earned, back);
            // It comes back today, and to the merchant who sold it.
            let today = calendar.occasion(sale.store, here.at);
            let occasion = Occasion { merchant: sale.merchant, ..today };
            posted.push((occasion, Entry::Returned { lines }));
        }
        let kept = Money::fen(worth.as_fen() - amount.as_fen());
        if why == Why::Cancelled && kept > Money::ZERO {
            add(&mut self.balance.kept, kept);
            posted.push((here, Entry::Kept { amount: kept }));
        }
        posted
    }
}

impl LineAccount {
    fn net_sold(&self) -> u32 {
        self.sellers.iter().map(|seller| seller.sold - seller.returned).sum()
    }

    /// An order gives units back from the first one up, so they are sold from the last one down:
    /// whatever is given back before or after, what stays sold in the end is what was not given
    /// back, to the fen.
    fn sell(&mut self, terms: &LineTerms, part: u32, occasion: Occasion, units: u32) -> SaleLine {
        let until = terms.quantity.saturating_sub(self.net_sold());
        let from = until.saturating_sub(units);
        match self.sellers.iter_mut().find(|seller| seller.part == part) {
            Some(seller) => seller.sold += until - from,
            None => self.sellers.push(Seller { part, occasion, sold: until - from, returned: 0 }),
        }
        self.sellers.sort_by_key(|seller| seller.part);
        terms.units(from, until)
    }

    /// Units go back to the stores they came from, in the order of the order's shares.
    fn take_back(
        &mut self,
        terms: &LineTerms,
        units: u32,
        returned: &mut Vec<(Occasion, Vec<SaleLine>)>,
    ) {
        let mut left = units;
        let mut from = terms.quantity.saturating_sub(self.net_sold());
        for seller in &mut self.sellers {
            let taken = left.min(seller.sold - seller.returned);
            if taken == 0 {
                continue;
            }
            left -= taken;
            seller.returned += taken;
            let line = terms.units(from, from + taken).reversed();
            from += taken;
            match returned.iter_mut().find(|(known, _)| known.store == seller.occasion.store) {
                Some((_, lines)) => lines.push(line),
                None => returned.push((seller.occasion, vec![line])),
            }
        }
    }
}

fn add(total: &mut Money, amount: Money) {
    *total = [*total, amount].into_iter().sum();
}
