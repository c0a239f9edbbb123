//! One store's postings of one business day, added up.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use vocabulary::{MerchantId, Money, SkuId};

use super::figures::{Figures, Service, add};
use crate::ledger::{Entry, Posting, SaleLine, Tender};

/// What is filed apart: a merchant's sales of one class at one rate (in thousandths).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct TaxKey {
    pub merchant: MerchantId,
    pub class: Box<str>,
    pub rate: u16,
}

/// Fees of one kind at one rate (in thousandths), taken with a merchant's goods.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FeeKey {
    pub merchant: MerchantId,
    pub kind: Box<str>,
    pub rate: u16,
}

/// Tax included in `gross`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TaxSum {
    pub gross: Money,
    pub tax: Money,
}

/// The same for a fee.
pub type FeeSum = TaxSum;

/// Money by one way of paying.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Receipts {
    pub received: Money,
    pub paid_back: Money,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DayBook {
    pub all: Figures,
    pub by_sku: BTreeMap<SkuId, Figures>,
    pub by_hour: BTreeMap<u8, Figures>,
    pub by_channel: BTreeMap<Box<str>, Figures>,
    /// Under `none` those of unknown shoppers.
    pub by_tier: BTreeMap<Box<str>, Figures>,
    /// Lines that a rule took something off, by the rule.
    pub by_campaign: BTreeMap<Box<str>, Figures>,
    /// What each bearer carries of the discounts, by the rule that gave them.
    pub discounts: BTreeMap<(Box<str>, Box<str>), Money>,
    pub goods_tax: BTreeMap<TaxKey, TaxSum>,
    pub fee_tax: BTreeMap<FeeKey, FeeSum>,
    pub receipts: BTreeMap<Tender, Receipts>,
    pub kept: Money,
    pub service: Service,
}

/// Shoppers without a tier.
pub const NO_TIER: &str = "none";

impl TaxSum {
    fn add(&mut self, gross: Money, tax: Money) {
        add(&mut self.gross, gross);
        add(&mut self.tax, tax);
    }

    /// What the tax is taken on.
    pub fn net(&self) -> Money {
        Money::fen(self.gross.as_fen() - self.tax.as_fen())
    }
}

impl DayBook {
    pub fn post(&mut self, posting: &Posting) {
        match &posting.entry {
            Entry::Sold { lines, served } => {
                self.count_sale(posting, lines);
                lines.iter().for_each(|line| self.add_line(posting, line));
                served.iter().for_each(|served| self.service.add(served));
            }
            Entry::Returned { lines } => {
                lines.iter().for_each(|line| self.add_line(posting, line));
            }
            Entry::Received { tender, amount } => {
                add(&mut self.receipts.entry(*tender).or_default().received, *amount);
            }
            Entry::PaidBack { tender, amount } => {
                add(&mut self.receipts.entry(*tender).or_default().paid_back, *amount);
            }
            Entry::Kept { amount } => add(&mut self.kept, *amount),
        }
    }

    /// A sale counts once for all of it, and once for each thing and rule in it.
    fn count_sale(&mut self, posting: &Posting, lines: &[SaleLine]) {
        let mut rules: Vec<&str> = Vec::new();
        for line in lines {
            self.by_sku.entry(line.sku).or_default().sales += 1;
            rules.extend(line.discounts.iter().map(|discount| &*discount.source));
        }
        rules.sort_unstable();
        rules.dedup();
        for rule in rules {
            self.by_campaign.entry(rule.into()).or_default().sales += 1;
        }
        self.all.sales += 1;
        self.by_hour.entry(posting.occasion.hour).or_default().sales += 1;
        self.by_channel.entry(posting.channel.clone()).or_default().sales += 1;
        self.by_tier.entry(tier_of(posting)).or_default().sales += 1;
    }

    fn add_line(&mut self, posting: &Posting, line: &SaleLine) {
        let merchant = posting.occasion.merchant;
        self.all.add_line(line);
        self.by_sku.entry(line.sku).or_default().add_line(line);
        self.by_hour.entry(posting.occasion.hour).or_default().add_line(line);
        self.by_channel.entry(posting.channel.clone()).or_default().add_line(line);
        self.by_tier.entry(tier_of(posting)).or_default().add_line(line);
        for discount in &line.discounts {
            let key = (discount.source.clone(), discount.bearer.clone());
            add(self.discounts.entry(key).or_default(), discount.amount);
        }
        let mut rules: Vec<&str> = line.discounts.iter().map(|share| &*share.source).collect();
        rules.sort_unstable();
        rules.dedup();
        for rule in rules {
            self.by_campaign.entry(rule.into()).or_default().add_line(line);
        }
        let key = TaxKey { merchant, class: line.tax_class.clone(), rate: line.tax_rate };
        self.goods_tax.entry(key).or_default().add(line.goods, line.tax);
        for fee in &line.fees {
            let key = FeeKey { merchant, kind: fee.kind.clone(), rate: fee.tax_rate };
            self.fee_tax.entry(key).or_default().add(fee.amount, fee.tax);
        }
    }

    /// Adds another book: that of another day, or of another store.
    pub fn merge(&mut self, other: &Self) {
        self.all.merge(&other.all);
        merge(&mut self.by_sku, &other.by_sku, Figures::merge);
        merge(&mut self.by_hour, &other.by_hour, Figures::merge);
        merge(&mut self.by_channel, &other.by_channel, Figures::merge);
        merge(&mut self.by_tier, &other.by_tier, Figures::merge);
        merge(&mut self.by_campaign, &other.by_campaign, Figures::merge);
        merge(&mut self.discounts, &other.discounts, |sum, amount| add(sum, *amount));
        merge(&mut self.goods_tax, &other.goods_tax, |sum, more| sum.add(more.gross, more.tax));
        merge(&mut self.fee_tax, &other.fee_tax, |sum, more| sum.add(more.gross, more.tax));
        merge(&mut self.receipts, &other.receipts, |sum, more| {
            add(&mut sum.received, more.received);
            add(&mut sum.paid_back, more.paid_back);
        });
        add(&mut self.kept, other.kept);
        self.service.merge(&other.service);
    }

    /// What fees of a kind came to, at all rates.
    pub fn fees_of(&self, kind: &str) -> Money {
        let fees = self.fee_tax.iter().filter(|(key, _)| &*key.kind == kind);
        fees.map(|(_, sum)| sum.gross).sum()
    }

    /// What a bearer carries of all discounts.
    pub fn borne_by(&self, bearer: &str) -> Money {
        let borne = self.discounts.iter().filter(|((_, who), _)| &**who == bearer);
        borne.map(|(_, amount)| *amount).sum()
    }
}

fn tier_of(posting: &Posting) -> Box<str> {
    posting.tier.clone().unwrap_or_else(|| NO_TIER.into())
}

fn merge<K: Ord + Clone, V: Default>(
    into: &mut BTreeMap<K, V>,
    from: &BTreeMap<K, V>,
    add: impl Fn(&mut V, &V),
) {
    for (key, value) in from {
        match into.get_mut(key) {
            Some(sum) => add(sum, value),
            None => add(into.entry(key.clone()).or_default(), value),
        }
    }
}
