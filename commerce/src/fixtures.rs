//! A small chain for tests: numbered SKUs and stores, and a price book told what to hold.

use std::collections::BTreeSet;

use vocabulary::{
    CampaignId, CouponId, Grams, MemberId, Money, PrincipalId, Quantity, QuoteId, Seconds, SkuId,
    StoreId, Timestamp,
};

use crate::*;

pub const NOW: Timestamp = Timestamp::from_millis(1_795_000_000_000);

pub fn sku_id(number: u128) -> SkuId {
    SkuId::from_bits(number)
}

pub fn store(number: u128) -> StoreId {
    StoreId::from_bits(number)
}

pub fn channel(name: &str) -> Channel {
    Channel::new(name).unwrap()
}

pub fn context() -> Context {
    Context { now: NOW, by: PrincipalId::from_bits(77) }
}

/// Ambient goods of the standard rate, 500 g, in category `food`.
pub fn sku(number: u128, list_fen: i64) -> Sku {
    Sku {
        id: sku_id(number),
        code: format!("SKU-{number}"),
        name: format!("商品{number}"),
        name_en: None,
        category: "food".into(),
        barcode: None,
        tax_class: TaxClass::Standard,
        list_price: Money::fen(list_fen),
        weight: Grams(500),
        temperature: Temperature::Ambient,
        keep_together: None,
        age_restricted: false,
        version: 0,
        delisted: false,
        details: Default::default(),
    }
}

/// Every store may price everything from 80 % to 120 %.
pub fn grant(name: &str) -> PriceGrant {
    PriceGrant {
        name: name.into(),
        stores: Stores::All,
        skus: Skus::All,
        floor: Permille(800),
        ceiling: Permille(1_200),
        may_delist: false,
    }
}

pub fn contract(name: &str, floor: u32) -> ChannelContract {
    ChannelContract {
        channel: channel(name),
        may_price: true,
        floor: Permille(floor),
        bearer: Bearer::Platform,
    }
}

pub fn set_price(at: u128, number: u128, fen: i64) -> BookCommand {
    BookCommand::SetStorePrice { store: store(at), sku: sku_id(number), price: Money::fen(fen) }
}

/// Decides and records; the error is the refusal.
pub fn tell(book: &mut PriceBook, command: BookCommand) -> Result<BookEvent, BookRefusal> {
    let event = book.decide(&command, &context())?;
    book.apply(&event);
    Ok(event)
}

pub fn book_of(commands: impl IntoIterator<Item = BookCommand>) -> PriceBook {
    let mut book = PriceBook::default();
    for command in commands {
        tell(&mut book, command).unwrap();
    }
    book
}

/// A delivery from no particular store, asked by the chain's own app.
pub fn basket(lines: &[(u128, u32)]) -> QuoteRequest {
    let line = |(number, units): &(u128, u32)| QuoteLineRequest {
        sku: sku_id(*number),
        quantity: Quantity::new(*units).unwrap(),
        channel_price: None,
    };
    QuoteRequest {
        channel: channel("app"),
        mode: FulfillmentMode::Delivery,
        store: None,
        lines: lines.iter().map(line).collect(),
        coupons: Vec::new(),
        points: 0,
    }
}

/// By the book alone: no campaigns and nobody we know.
pub fn quote(book: &PriceBook, request: &QuoteRequest) -> Result<Quote, QuoteRefusal> {
    quoted(book, &Campaigns::default(), None, request).map(|quoted| quoted.quote)
}

pub fn quoted(
    book: &PriceBook,
    campaigns: &Campaigns,
    member: Option<&MemberStanding>,
    request: &QuoteRequest,
) -> Result<Quoted, QuoteRefusal> {
    let facts = Facts { book, campaigns, member, exhausted: &BTreeSet::new() };
    price_basket(&facts, request, QuoteId::from_bits(1), NOW)
}

pub fn campaign_id(number: u128) -> CampaignId {
    CampaignId::from_bits(number)
}

/// Of headquarters, for everybody and everything, from yesterday until tomorrow.
pub fn campaign(number: u128, discount: Discount) -> Campaign {
    Campaign {
        id: campaign_id(number),
        name: format!("活动{number}"),
        giver: Giver::Hq,
        discount,
        scope: Scope::default(),
        starts_at: NOW.before(Seconds(86_400)),
        ends_at: NOW.after(Seconds(86_400)),
        priority: 0,
        stacking: Stacking::Stackable,
        bearers: vec![BearerPart { bearer: Bearer::Hq, permille: Permille::WHOLE }],
        budget: None,
        stopped: false,
        version: 0,
    }
}

pub fn percent_off(permille: u32) -> Discount {
    Discount::LimitedTime(UnitDiscount::PercentOff(Permille(permille)))
}

/// 满减 of one tier.
pub fn spend_and_save(spend: i64, off: i64) -> Discount {
    let (spend, off) = (Money::fen(spend), Money::fen(off));
    Discount::SpendAndSave(SpendAndSave::Tiers(vec![SpendTier { spend, off }]))
}

pub fn coupon(value: CouponValue, threshold: i64) -> Discount {
    Discount::Coupon(CouponTemplate {
        value,
        threshold: Money::fen(threshold),
        per_member: 1,
        claim_from: NOW.before(Seconds(86_400)),
        claim_until: NOW.after(Seconds(3_600)),
        validity: Validity::Days(7),
    })
}

pub fn campaigns_of(book: &PriceBook, all: impl IntoIterator<Item = Campaign>) -> Campaigns {
    let mut campaigns = Campaigns::default();
    for campaign in all {
        let command = CampaignCommand::Put(Box::new(campaign));
        let event = campaigns.decide(book, &command, &context()).unwrap();
        campaigns.apply(&event);
    }
    campaigns
}

/// A gold member with so many points and a coupon of each of these campaigns: the coupon has the
/// campaign's number.
pub fn standing(points: u64, templates: &[u128]) -> MemberStanding {
    let coupon = |number: &u128| HeldCoupon {
        id: CouponId::from_bits(*number),
        template: campaign_id(*number),
        expires_at: NOW.after(Seconds(3_600)),
    };
    MemberStanding {
        member: MemberId::from_bits(5),
        tier: TierCode::new("gold").unwrap(),
        points,
        coupons: templates.iter().map(coupon).collect(),
    }
}
