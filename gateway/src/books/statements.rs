//! Statements that channels send, kept as documents and held against the books whenever asked.

use std::collections::BTreeMap;

use commerce::ledger::{Entry, SaleLine};
use commerce::settlement::{Claim, Reconciliation, Record, reconcile};
use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use vocabulary::{Money, OrderId, Timestamp};

use super::settle::draft;
use super::{Books, Span};
use crate::reference::{Author, kinds};
use crate::wire::fault::Fault;

/// How many days around a statement an order may have been sold and still be found.
const DAYS_AROUND: i64 = 7;

/// One statement as it was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelStatement {
    pub channel: String,
    pub from: Date,
    pub to: Date,
    pub claims: Vec<Claim>,
    pub uploaded_at: Timestamp,
}

impl Books {
    /// Keeps a statement under a name made of what it says: sent again, it is the same one.
    pub async fn keep_statement(
        &self,
        name: &str,
        statement: &ChannelStatement,
        author: Author,
    ) -> Result<(), Fault> {
        let _settling = self.settling.lock().await;
        let id = format!("{}/{name}", statement.channel);
        let known: Option<ChannelStatement> = self.document(kinds::CHANNEL_STATEMENT, &id).await?;
        if known.is_none() {
            let draft = draft(kinds::CHANNEL_STATEMENT, id, statement, author)?;
            self.journal.put_reference(draft).await?;
        }
        Ok(())
    }

    pub async fn statement(
        &self,
        channel: &str,
        name: &str,
    ) -> Result<Option<ChannelStatement>, Fault> {
        self.document(kinds::CHANNEL_STATEMENT, &format!("{channel}/{name}")).await
    }

    /// The names of a channel's statements with what they say, by name.
    pub async fn statements(
        &self,
        channel: &str,
    ) -> Result<Vec<(String, ChannelStatement)>, Fault> {
        let rows = self.journal.references(kinds::CHANNEL_STATEMENT).await?;
        let own = rows.into_iter().filter_map(|row| {
            let name = row.id.strip_prefix(channel)?.strip_prefix('/')?.to_owned();
            Some((name, serde_json::from_str(&row.body).ok()?))
        });
        Ok(own.collect())
    }

    /// Holds a statement against the books as they are now.
    pub async fn reconcile(&self, statement: &ChannelStatement) -> Result<Reconciliation, Fault> {
        let around = Span {
            from: statement.from.saturating_sub(DAYS_AROUND.days()),
            to: statement.to.saturating_add(DAYS_AROUND.days()),
            stores: None,
        };
        let mut records: BTreeMap<OrderId, Record> = BTreeMap::new();
        self.each_posting(&around, None, &mut |posting| {
            let lines = posting.entry.lines();
            if *posting.channel != *statement.channel || lines.is_empty() {
                return true;
            }
            let day = posting.occasion.day;
            let record = records.entry(posting.order).or_insert_with(|| Record {
                order: posting.order,
                external_id: posting.external_id.clone(),
                amount: Money::ZERO,
                fee: Money::ZERO,
                day,
            });
            let paid: Money = lines.iter().map(SaleLine::paid).sum();
            let fees: Money = lines.iter().map(|line| line.platform_fee).sum();
            record.amount = [record.amount, paid].into_iter().sum();
            record.fee = [record.fee, fees].into_iter().sum();
            if matches!(posting.entry, Entry::Sold { .. }) {
                record.day = record.day.min(day);
            }
            true
        })
        .await?;
        let records: Vec<Record> = records.into_values().collect();
        Ok(reconcile(&statement.claims, &records, statement.from, statement.to))
    }
}
