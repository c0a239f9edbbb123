//! From a basket to a quote.

use std::collections::{BTreeMap, BTreeSet};

use vocabulary::{
    CampaignId, Money, MoneyOverflow, Quantity, QuoteId, SkuId, Timestamp, apportion,
};

use super::{
    FulfillmentMode, MOST_LINES, PricedLine, Quote, QuoteLineRequest, QuoteRefusal, QuoteRequest,
};
use crate::Bearer;
use crate::book::PriceBook;
use crate::catalog::Sku;
use crate::fees::{Charge, Fee, FeeShare};
use crate::price::{PriceSource, Priced, Share, ShareSource};
use crate::promotion::{
    Asking, BasketGoods, Campaigns, Explanation, MemberStanding, Reduced, reduce,
};
use crate::tax::tax_contained;

/// What is known when a basket is priced.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    pub book: &'a PriceBook,
    pub campaigns: &'a Campaigns,
    /// Whose basket it is, when somebody said so.
    pub member: Option<&'a MemberStanding>,
    /// Campaigns whose budget is known to be used up.
    pub exhausted: &'a BTreeSet<CampaignId>,
}

/// A quote, and why it is as it is. The explanation does not travel with the quote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quoted {
    pub quote: Quote,
    pub explanation: Explanation,
}

/// Prices a basket by what is known at this moment. Says nothing about stock.
///
/// Store prices and campaigns of chosen stores apply where the request names a store; without one
/// the goods may come from several stores, so the list price and the campaigns of all stores hold.
/// A line that a partner priced takes no campaign. Fees are asked of what is left to pay for the
/// goods and apportioned to lines by it (by units where all goods are free), exactly to the fen.
pub fn price_basket(
    facts: &Facts<'_>,
    request: &QuoteRequest,
    id: QuoteId,
    now: Timestamp,
) -> Result<Quoted, QuoteRefusal> {
    check_basket(request)?;
    let merged = merge_lines(&request.lines)?;
    let book = facts.book;
    let pricing = Pricing { book, request, now };
    let wares: Vec<Ware<'_>> =
        merged.iter().map(|line| pricing.ware(line)).collect::<Result<_, _>>()?;
    let goods: Vec<BasketGoods<'_>> = wares.iter().map(Ware::goods).collect();
    let Reduced { shares, uses, budgets, explanation } =
        reduce(&asking(facts, request, now), &goods)?;
    let lines = wares.into_iter().zip(shares).map(|(ware, shares)| pricing.line(ware, shares));
    let mut lines: Vec<PricedLine> = lines.collect();
    let goods_total = Money::total(lines.iter().map(|line| line.goods))?;
    let fees = pricing.fees(&lines, goods_total);
    for fee in &fees {
        share_fee(fee, &mut lines)?;
    }
    let fee_total = Money::total(fees.iter().map(|fee| fee.amount))?;
    let quote = Quote {
        id,
        channel: request.channel.clone(),
        mode: request.mode,
        store: request.store,
        lines,
        fees,
        goods_total,
        payable_total: goods_total.checked_add(fee_total)?,
        quoted_at: now,
        expires_at: now.after(book.quote_policy().expires_after),
        book_version: book.version(),
        campaigns_version: facts.campaigns.version(),
        uses,
        budgets,
    };
    Ok(Quoted { quote, explanation })
}

fn asking<'a>(facts: &Facts<'a>, request: &'a QuoteRequest, now: Timestamp) -> Asking<'a> {
    Asking {
        book: facts.book,
        campaigns: facts.campaigns,
        exhausted: facts.exhausted,
        channel: &request.channel,
        store: request.store,
        member: facts.member,
        coupons: &request.coupons,
        points: request.points,
        now,
    }
}

fn check_basket(request: &QuoteRequest) -> Result<(), QuoteRefusal> {
    match request.lines.len() {
        0 => return Err(QuoteRefusal::EmptyBasket),
        1..=MOST_LINES => {}
        given => return Err(QuoteRefusal::TooManyLines { given }),
    }
    if request.mode == FulfillmentMode::Pickup && request.store.is_none() {
        return Err(QuoteRefusal::PickupNeedsStore);
    }
    Ok(())
}

/// One line per SKU, where its first one stood, so that nothing is checked or sold twice.
fn merge_lines(lines: &[QuoteLineRequest]) -> Result<Vec<QuoteLineRequest>, QuoteRefusal> {
    let mut places: BTreeMap<SkuId, usize> = BTreeMap::new();
    let mut merged: Vec<QuoteLineRequest> = Vec::new();
    for line in lines {
        let place = *places.entry(line.sku).or_insert(merged.len());
        match merged.get_mut(place) {
            Some(first) if first.channel_price != line.channel_price => {
                return Err(QuoteRefusal::TwoPrices { sku: line.sku });
            }
            Some(first) => first.quantity = both(line.sku, first.quantity, line.quantity)?,
            None => merged.push(line.clone()),
        }
    }
    Ok(merged)
}

fn both(sku: SkuId, one: Quantity, other: Quantity) -> Result<Quantity, QuoteRefusal> {
    let given = one.get() + other.get();
    Quantity::new(given).map_err(|_| QuoteRefusal::TooManyUnits { sku, given })
}

/// A line with its price, before any campaign.
struct Ware<'a> {
    sku: &'a Sku,
    quantity: Quantity,
    priced: Priced,
    /// Who carries the difference to the list price.
    share: Option<Share>,
    /// Of all units.
    worth: Money,
}

impl<'a> Ware<'a> {
    fn goods(&self) -> BasketGoods<'a> {
        let takes_campaigns = match self.priced.source {
            PriceSource::ListPrice | PriceSource::StorePrice { .. } => true,
            PriceSource::ChannelContract { .. } => false,
        };
        BasketGoods {
            sku: self.sku,
            quantity: self.quantity,
            unit_price: self.priced.price,
            worth: self.worth,
            takes_campaigns,
        }
    }
}

struct Pricing<'a> {
    book: &'a PriceBook,
    request: &'a QuoteRequest,
    now: Timestamp,
}

impl<'a> Pricing<'a> {
    fn ware(&self, line: &QuoteLineRequest) -> Result<Ware<'a>, QuoteRefusal> {
        let sku = self.sold(line.sku)?;
        let (priced, share) = match line.channel_price {
            Some(given) => self.channel_price(sku, given)?,
            None => self.book_price(sku),
        };
        let units = line.quantity.get();
        let worth = priced.price.checked_times(units)?;
        let off = priced.list_price.checked_times(units)?.checked_sub(worth)?;
        let share = share.map(|(source, bearer)| Share { source, bearer, amount: off });
        let share = share.filter(|share| share.amount != Money::ZERO);
        Ok(Ware { sku, quantity: line.quantity, priced, share, worth })
    }

    fn line(&self, ware: Ware<'_>, discounts: Vec<Share>) -> PricedLine {
        let sku = ware.sku;
        let goods = ware.worth.less(discounts.iter().map(|share| share.amount).sum());
        let tax_rate = self.book.tax().rate(sku.tax_class, self.now);
        PricedLine {
            sku: sku.id,
            name: sku.name.clone(),
            quantity: ware.quantity,
            list_price: ware.priced.list_price,
            unit_price: ware.priced.price,
            price_source: ware.priced.source,
            shares: ware.share.into_iter().chain(discounts).collect(),
            goods,
            fees: Vec::new(),
            tax_class: sku.tax_class,
            tax_rate,
            tax: tax_contained(goods, tax_rate),
            weight: sku.weight,
            temperature: sku.temperature,
            keep_together: sku.keep_together.clone(),
            age_restricted: sku.age_restricted,
        }
    }

    fn sold(&self, id: SkuId) -> Result<&'a Sku, QuoteRefusal> {
        let sku = self.book.catalog().get(id).ok_or(QuoteRefusal::UnknownSku { sku: id })?;
        if sku.delisted {
            return Err(QuoteRefusal::Delisted { sku: id });
        }
        match self.request.store {
            Some(store) if !self.book.sells(store, id) => {
                Err(QuoteRefusal::NotSoldAtStore { sku: id, store })
            }
            Some(_) | None => Ok(sku),
        }
    }

    fn book_price(&self, sku: &Sku) -> (Priced, Option<(ShareSource, Bearer)>) {
        let priced = self.book.price_of_sku(self.request.store, sku);
        let share = match priced.source {
            PriceSource::ListPrice | PriceSource::ChannelContract { .. } => None,
            PriceSource::StorePrice { .. } => Some((ShareSource::StorePrice, Bearer::Store)),
        };
        (priced, share)
    }

    fn channel_price(
        &self,
        sku: &Sku,
        given: Money,
    ) -> Result<(Priced, Option<(ShareSource, Bearer)>), QuoteRefusal> {
        let channel = &self.request.channel;
        let contract = self.book.contract(channel).filter(|contract| contract.may_price);
        let contract = contract
            .ok_or_else(|| QuoteRefusal::ChannelMayNotPrice { channel: channel.clone() })?;
        let (lowest, highest) = (contract.lowest(sku.list_price), Sku::HIGHEST_PRICE);
        if !(lowest..=highest).contains(&given) {
            let sku = sku.id;
            return Err(QuoteRefusal::ChannelPriceOutsideContract { sku, given, lowest, highest });
        }
        let source = PriceSource::ChannelContract { channel: channel.clone() };
        let priced = Priced { list_price: sku.list_price, price: given, source };
        Ok((priced, Some((ShareSource::ChannelContract, contract.bearer))))
    }

    fn fees(&self, lines: &[PricedLine], goods_total: Money) -> Vec<Fee> {
        let weight = lines.iter().map(line_weight).sum();
        let policy = &self.book.quote_policy().fees;
        let charges = policy.charges(self.request.mode, goods_total, weight);
        charges.iter().map(|charge| self.fee(charge)).collect()
    }

    fn fee(&self, charge: &Charge) -> Fee {
        let tax_rate = self.book.tax().rate(charge.tax_class, self.now);
        Fee {
            kind: charge.kind,
            amount: charge.amount(),
            shares: self.book.quote_policy().fees.shares(charge),
            tax_class: charge.tax_class,
            tax_rate,
            tax: tax_contained(charge.amount(), tax_rate),
        }
    }
}

/// In grams.
fn line_weight(line: &PricedLine) -> u64 {
    u64::from(line.weight.0) * u64::from(line.quantity.get())
}

/// Gives every line its part of a fee.
fn share_fee(fee: &Fee, lines: &mut [PricedLine]) -> Result<(), QuoteRefusal> {
    let worth: Vec<u64> = lines.iter().map(|line| line.goods.as_fen().unsigned_abs()).collect();
    let is_free = worth.iter().all(|fen| *fen == 0);
    let units = || lines.iter().map(|line| u64::from(line.quantity.get())).collect();
    let weights = if is_free { units() } else { worth };
    // Goods add up within 64 bits and every line has units, so there is always a weight to share by.
    let parts = apportion(fee.amount, &weights).map_err(|_| QuoteRefusal::BeyondMoney)?;
    for (line, amount) in lines.iter_mut().zip(parts) {
        if amount != Money::ZERO {
            line.fees.push(FeeShare { kind: fee.kind, amount });
        }
    }
    Ok(())
}

impl From<MoneyOverflow> for QuoteRefusal {
    fn from(_: MoneyOverflow) -> Self {
        Self::BeyondMoney
    }
}
