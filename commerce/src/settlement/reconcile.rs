//! A channel's statement held against our books, order by order.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use vocabulary::{Money, OrderId};

/// One row of the channel's statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// Its row in the file, from 1 after the heading.
    pub row: u32,
    /// The channel's own number of the order, or ours.
    pub order: Box<str>,
    /// What its shopper paid for what arrived, less what went back.
    pub amount: Money,
    /// What the channel takes of it.
    pub fee: Money,
    pub day: Date,
}

/// The same by our books.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    pub order: OrderId,
    pub external_id: Option<Box<str>>,
    pub amount: Money,
    pub fee: Money,
    /// When the first of it was sold.
    pub day: Date,
}

/// Where the two do not agree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Difference {
    /// The channel has it, our books do not.
    MissingHere {
        row: u32,
        order: Box<str>,
        theirs: Money,
    },
    /// Our books have it, the channel does not.
    MissingThere {
        order: OrderId,
        ours: Money,
    },
    Amount {
        row: u32,
        order: OrderId,
        ours: Money,
        theirs: Money,
    },
    Fee {
        row: u32,
        order: OrderId,
        ours: Money,
        theirs: Money,
    },
    Date {
        row: u32,
        order: OrderId,
        ours: Date,
        theirs: Date,
    },
    /// The same order again; only its first row is compared.
    Doubled {
        row: u32,
        first_row: u32,
        order: Box<str>,
        theirs: Money,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reconciliation {
    pub rows: u64,
    /// Orders on which everything agrees.
    pub agreed: u64,
    /// Amounts and fees of the period by our books and by every row of the statement.
    pub ours: Money,
    pub theirs: Money,
    pub our_fees: Money,
    pub their_fees: Money,
    /// In order of the statement's rows; then what it lacks, in order of ours.
    pub differences: Vec<Difference>,
}

/// Compares a statement of the days `from..=to`. `records` may reach beyond them: an order that one
/// side counts for another day is a difference of dates, not missing.
pub fn reconcile(claims: &[Claim], records: &[Record], from: Date, to: Date) -> Reconciliation {
    let mut by_name: BTreeMap<&str, &Record> = BTreeMap::new();
    let ids: Vec<String> = records.iter().map(|record| record.order.to_string()).collect();
    for (record, id) in records.iter().zip(&ids) {
        by_name.insert(id, record);
        if let Some(external) = &record.external_id {
            by_name.insert(external, record);
        }
    }
    let mut result = Reconciliation::default();
    let mut first_rows: BTreeMap<OrderId, u32> = BTreeMap::new();
    let mut unknown_rows: BTreeMap<&str, u32> = BTreeMap::new();
    for claim in claims {
        result.rows += 1;
        result.theirs = [result.theirs, claim.amount].into_iter().sum();
        result.their_fees = [result.their_fees, claim.fee].into_iter().sum();
        let record = by_name.get(&*claim.order);
        let first_row = match record {
            Some(record) => *first_rows.entry(record.order).or_insert(claim.row),
            None => *unknown_rows.entry(&claim.order).or_insert(claim.row),
        };
        match record {
            _ if first_row != claim.row => result.differences.push(doubled(claim, first_row)),
            Some(record) => compare(claim, record, &mut result),
            None => result.differences.push(Difference::MissingHere {
                row: claim.row,
                order: claim.order.clone(),
                theirs: claim.amount,
            }),
        }
    }
    for record in records.iter().filter(|record| (from..=to).contains(&record.day)) {
        result.ours = [result.ours, record.amount].into_iter().sum();
        result.our_fees = [result.our_fees, record.fee].into_iter().sum();
        if !first_rows.contains_key(&record.order) {
            let (order, ours) = (record.order, record.amount);
            result.differences.push(Difference::MissingThere { order, ours });
        }
    }
    result
}

fn doubled(claim: &Claim, first_row: u32) -> Difference {
    let (row, order, theirs) = (claim.row, claim.order.clone(), claim.amount);
    Difference::Doubled { row, first_row, order, theirs }
}

fn compare(claim: &Claim, record: &Record, result: &mut Reconciliation) {
    let (row, order) = (claim.row, record.order);
    let before = result.differences.len();
    if claim.amount != record.amount {
        let (ours, theirs) = (record.amount, claim.amount);
        result.differences.push(Difference::Amount { row, order, ours, theirs });
    }
    if claim.fee != record.fee {
        let (ours, theirs) = (record.fee, claim.fee);
        result.differences.push(Difference::Fee { row, order, ours, theirs });
    }
    if claim.day != record.day {
        let (ours, theirs) = (record.day, claim.day);
        result.differences.push(Difference::Date { row, order, ours, theirs });
    }
    result.agreed += u64::from(result.differences.len() == before);
}
