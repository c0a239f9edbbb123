//! Checkout: what turns a quote into the priced lines of an order.
//!
//! Commerce and dispatch never name each other; here the one's words become the other's, and every
//! share of money is carried over as it was frozen.

use std::borrow::Cow;

use commerce::{Bearer, Permille, PriceSource, PricedLine, Quote, ShareSource};
use dispatch::order::line::{FeeShare, MoneyShare, OrderLine};
use vocabulary::{Money, apportion};

/// The lines of an order that was quoted so, numbered from 1.
pub fn order_lines(quote: &Quote) -> Vec<OrderLine> {
    let lines = quote.lines.iter().zip(fee_shares(quote)).zip(1..);
    lines.map(|((line, fees), number)| order_line(line, fees, number)).collect()
}

/// Each line's part of the fees, with the tax inside it; adds up to the fees and to their tax.
fn fee_shares(quote: &Quote) -> Vec<Vec<FeeShare>> {
    let mut shares = vec![Vec::new(); quote.lines.len()];
    for fee in &quote.fees {
        let amount_of = |line: &PricedLine| -> Money {
            let own = line.fees.iter().filter(|share| share.kind == fee.kind);
            own.map(|share| share.amount).sum()
        };
        let amounts: Vec<Money> = quote.lines.iter().map(amount_of).collect();
        let weights: Vec<u64> =
            amounts.iter().map(|amount| amount.as_fen().unsigned_abs()).collect();
        let taxes = apportion(fee.tax, &weights);
        let taxes = taxes.unwrap_or_else(|_| vec![Money::ZERO; amounts.len()]);
        for ((shares, amount), tax) in shares.iter_mut().zip(amounts).zip(taxes) {
            if amount != Money::ZERO {
                let (source, tax_rate) = (fee_text(fee.kind).into(), thousandths(fee.tax_rate));
                shares.push(FeeShare { source, amount, tax_rate, tax });
            }
        }
    }
    shares
}

/// Rates of tax are at most 1,000 thousandths.
fn thousandths(rate: Permille) -> u16 {
    u16::try_from(rate.0).unwrap_or(u16::MAX)
}

fn order_line(line: &PricedLine, fees: Vec<FeeShare>, number: u16) -> OrderLine {
    let shares = line.shares.iter().map(|share| MoneyShare {
        source: share_source_text(share.source).into_owned().into(),
        bearer: bearer_text(share.bearer).into(),
        amount: share.amount,
    });
    let fee_tax: Money = fees.iter().map(|fee| fee.tax).sum();
    OrderLine {
        line: number,
        sku: line.sku,
        name: line.name.as_str().into(),
        quantity: line.quantity,
        list_price: line.list_price,
        unit_price: line.unit_price,
        price_source: price_source_text(&line.price_source).into(),
        shares: shares.collect(),
        fees,
        paid: line.paid(),
        tax_class: tax_text(line.tax_class).into(),
        tax_rate: thousandths(line.tax_rate),
        tax: [line.tax, fee_tax].into_iter().sum(),
        weight: line.weight,
        keep_together: line.keep_together.as_deref().map(Into::into),
        age_restricted: line.age_restricted,
    }
}

fn fee_text(kind: commerce::FeeKind) -> &'static str {
    match kind {
        commerce::FeeKind::Delivery => "delivery",
        commerce::FeeKind::Packing => "packing",
    }
}

fn tax_text(class: commerce::TaxClass) -> &'static str {
    match class {
        commerce::TaxClass::Standard => "standard",
        commerce::TaxClass::Reduced => "reduced",
        commerce::TaxClass::Service => "service",
        commerce::TaxClass::SmallScale => "small_scale",
        commerce::TaxClass::Exempt => "exempt",
    }
}

/// `list_price`, `store_price:<id>` or `channel:<name>`.
pub fn price_source_text(source: &PriceSource) -> String {
    match source {
        PriceSource::ListPrice => "list_price".to_owned(),
        PriceSource::StorePrice { store } => format!("store_price:{store}"),
        PriceSource::ChannelContract { channel } => format!("channel:{channel}"),
    }
}

/// `store_price`, `channel_contract`, `free_threshold`, `points`, or the stage and the campaign:
/// `limited_time:<id>`, `spend_and_save:<id>`, `coupon:<id>`.
pub fn share_source_text(source: ShareSource) -> Cow<'static, str> {
    match source {
        ShareSource::StorePrice => "store_price".into(),
        ShareSource::ChannelContract => "channel_contract".into(),
        ShareSource::FreeThreshold => "free_threshold".into(),
        ShareSource::LimitedTime(campaign) => format!("limited_time:{campaign}").into(),
        ShareSource::SpendAndSave(campaign) => format!("spend_and_save:{campaign}").into(),
        ShareSource::Coupon(campaign) => format!("coupon:{campaign}").into(),
        ShareSource::Points => "points".into(),
    }
}

pub fn bearer_text(bearer: Bearer) -> &'static str {
    match bearer {
        Bearer::Hq => "hq",
        Bearer::Store => "store",
        Bearer::Merchant => "merchant",
        Bearer::Platform => "platform",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use commerce::{
        BearerPart, BookCommand, Campaign, CampaignCommand, Campaigns, Channel, Context, Discount,
        Facts, Giver, PriceBook, QuoteLineRequest, QuoteRequest, Scope, Sku, SpendAndSave,
        SpendTier, Stacking, TaxClass, UnitDiscount, price_basket,
    };
    use vocabulary::{
        CampaignId, Grams, PrincipalId, Quantity, QuoteId, Seconds, SkuId, Timestamp,
    };

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_795_000_000_000);

    fn sku(number: u128, fen: i64) -> Sku {
        Sku {
            id: SkuId::from_bits(number),
            code: format!("SKU-{number}"),
            name: "牛奶".into(),
            name_en: None,
            category: "dairy".into(),
            barcode: None,
            tax_class: TaxClass::Standard,
            list_price: Money::fen(fen),
            weight: Grams(500),
            temperature: Default::default(),
            keep_together: None,
            age_restricted: false,
            details: Default::default(),
            version: 0,
            delisted: false,
        }
    }

    fn campaign(number: u128, discount: Discount) -> Campaign {
        let part = |bearer, permille| BearerPart { bearer, permille: Permille(permille) };
        Campaign {
            id: CampaignId::from_bits(number),
            name: "活动".into(),
            giver: Giver::Hq,
            discount,
            scope: Scope::default(),
            starts_at: NOW,
            ends_at: NOW.after(Seconds(60)),
            priority: 0,
            stacking: Stacking::Stackable,
            bearers: vec![part(Bearer::Hq, 333), part(Bearer::Store, 667)],
            budget: None,
            stopped: false,
            version: 0,
        }
    }

    /// Seven of 3.33 and three of 9.99 with a tenth off, then 5.00 off everything, and a fee.
    fn quote() -> Quote {
        let context = Context { now: NOW, by: PrincipalId::from_bits(1) };
        let mut book = PriceBook::default();
        for sku in [sku(1, 333), sku(2, 999)] {
            let event = book.decide(&BookCommand::PutSku(sku), &context).unwrap();
            book.apply(&event);
        }
        let tier = SpendTier { spend: Money::fen(1_000), off: Money::fen(500) };
        let discounts = [
            Discount::LimitedTime(UnitDiscount::PercentOff(Permille(100))),
            Discount::SpendAndSave(SpendAndSave::Tiers(vec![tier])),
        ];
        let mut campaigns = Campaigns::default();
        for (number, discount) in (1..).zip(discounts) {
            let command = CampaignCommand::Put(Box::new(campaign(number, discount)));
            let event = campaigns.decide(&book, &command, &context).unwrap();
            campaigns.apply(&event);
        }
        let line = |number, units| QuoteLineRequest {
            sku: SkuId::from_bits(number),
            quantity: Quantity::new(units).unwrap(),
            channel_price: None,
        };
        let request = QuoteRequest {
            channel: Channel::new("app").unwrap(),
            mode: Default::default(),
            store: None,
            lines: vec![line(1, 7), line(2, 3)],
            coupons: Vec::new(),
            points: 0,
        };
        let facts =
            Facts { book: &book, campaigns: &campaigns, member: None, exhausted: &BTreeSet::new() };
        price_basket(&facts, &request, QuoteId::from_bits(1), NOW).unwrap().quote
    }

    #[test]
    fn an_order_freezes_what_was_quoted_and_every_unit_keeps_its_share() {
        let quote = quote();
        let lines = order_lines(&quote);
        assert_eq!(lines.iter().map(|line| line.paid).sum::<Money>(), quote.payable_total);
        for (line, quoted) in lines.iter().zip(&quote.lines) {
            assert_eq!(line.shares.len(), 4, "two campaigns, two bearers each");
            for unit in 0..line.quantity.get() {
                let money = line.money_of_units(unit, 1);
                let fees: Money = money.fees.iter().map(|fee| fee.amount).sum();
                let shares = sum(&money.shares);
                let paid: Money = [money.list.less(shares), fees].into_iter().sum();
                assert_eq!((money.paid, money.list), (paid, line.list_price));
                assert_eq!(money.paid, quoted.paid_for(unit..unit + 1));
                let carried: Vec<Money> =
                    quoted.shares_for(unit..unit + 1).iter().map(|share| share.amount).collect();
                let kept: Vec<Money> = money.shares.iter().map(|share| share.amount).collect();
                assert_eq!(kept, carried, "what was quoted for a unit is what it gives back");
            }
            let all = line.money_of_units(0, line.quantity.get());
            assert_eq!(all.shares, line.shares);
            assert_eq!((all.fees, all.paid), (line.fees.clone(), line.paid));
        }
    }

    fn sum(shares: &[MoneyShare]) -> Money {
        shares.iter().map(|share| share.amount).sum()
    }
}
