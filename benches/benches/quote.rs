//! How long does pricing a basket take, with its discounts and their explanation?
//!
//! Workload: a basket of 20 lines out of a price book of 1,000 SKUs, in process; once with no
//! campaigns, once with ten live ones that meet on the same goods (five limited-time, five
//! spend-and-save, some in a group, two bearers each) and 200 that have ended, once with two coupons
//! and points of a member on top. Unit: microseconds a quote, the median run of 1,000 quotes in a
//! row. Floor: the same basket's list prices looked up and added. Too slow: 200 µs with the ten.

use std::collections::BTreeSet;
use std::hint::black_box;
use std::time::Instant;

use commerce::{
    Bearer, BearerPart, BookCommand, Campaign, CampaignCommand, Campaigns, Channel, Context,
    CouponTemplate, CouponValue, Discount, Facts, Giver, Goods, HeldCoupon, MemberStanding,
    Permille, PriceBook, QuoteLineRequest, QuoteRequest, Quoted, Scope, Sku, SpendAndSave,
    SpendTier, Stacking, TaxClass, TierCode, UnitDiscount, Validity, price_basket,
};
use paidan_benches::{ask, median, must, runs, table};
use vocabulary::{
    CampaignId, CouponId, Grams, MemberId, Money, PrincipalId, Quantity, QuoteId, Seconds, SkuId,
    Timestamp,
};

const SKUS: u128 = 1_000;
const LINES: u128 = 20;
const ENDED: u128 = 200;
const QUOTES: u32 = 1_000;
const NOW: Timestamp = Timestamp::from_millis(1_795_000_000_000);

fn main() {
    ask(
        "How long does pricing a basket take, with its discounts and their explanation?",
        "20 lines of 1,000 SKUs, ten live campaigns and 200 ended ones, in process",
    );
    let book = book();
    let (none, ten) = (Campaigns::default(), campaigns(&book));
    let member = member();
    let floor = measure(|| _ = black_box(listed(&book)));
    let cases = [
        ("no campaign", &none, None, 0),
        ("ten campaigns", &ten, None, 0),
        ("ten, two coupons, points", &ten, Some(&member), 500),
    ];
    let rows = cases.map(|(name, campaigns, member, points)| {
        let request = basket(member, points);
        let one = || quote(&book, campaigns, member, &request);
        let explanation = one().explanation;
        let took = measure(|| drop(black_box(one())));
        vec![
            name.to_owned(),
            explanation.applied.len().to_string(),
            format!("{took:.1}"),
            format!("{floor:.1}"),
        ]
    });
    table(&["workload", "applied", "µs a quote", "floor µs"], &rows);
}

/// Microseconds a call.
fn measure(mut work: impl FnMut()) -> f64 {
    let took = (0..runs()).map(|_| {
        let began = Instant::now();
        (0..QUOTES).for_each(|_| work());
        began.elapsed().as_secs_f64() * 1e6 / f64::from(QUOTES)
    });
    median(took.collect())
}

fn quote(
    book: &PriceBook,
    campaigns: &Campaigns,
    member: Option<&MemberStanding>,
    request: &QuoteRequest,
) -> Quoted {
    let facts = Facts { book, campaigns, member, exhausted: &BTreeSet::new() };
    must("a quote", price_basket(&facts, request, QuoteId::from_bits(1), NOW))
}

fn lines() -> impl Iterator<Item = (SkuId, u32)> {
    (0..LINES).map(|line| (SkuId::from_bits(line * (SKUS / LINES) + 1), line as u32 % 3 + 1))
}

fn listed(book: &PriceBook) -> Money {
    let worth = lines().filter_map(|(sku, units)| {
        book.price_of(None, sku).and_then(|priced| priced.price.checked_times(units).ok())
    });
    worth.sum()
}

fn basket(member: Option<&MemberStanding>, points: u64) -> QuoteRequest {
    let line = |(sku, units)| QuoteLineRequest {
        sku,
        quantity: must("a quantity", Quantity::new(units)),
        channel_price: None,
    };
    let held = member.map(|member| member.coupons.as_slice()).unwrap_or_default();
    QuoteRequest {
        channel: must("a channel", Channel::new("app")),
        mode: Default::default(),
        store: None,
        lines: lines().map(line).collect(),
        coupons: held.iter().map(|coupon| coupon.id).collect(),
        points,
    }
}

fn context() -> Context {
    Context { now: NOW, by: PrincipalId::from_bits(1) }
}

fn book() -> PriceBook {
    let mut book = PriceBook::default();
    for number in 1..=SKUS {
        let sku = Sku {
            id: SkuId::from_bits(number),
            code: format!("SKU-{number}"),
            name: format!("商品{number}"),
            name_en: None,
            category: format!("品类{}", number % 10),
            barcode: None,
            tax_class: TaxClass::Standard,
            list_price: Money::fen(500 + number as i64 * 7 % 3_000),
            weight: Grams(500),
            temperature: Default::default(),
            keep_together: None,
            age_restricted: false,
            details: Default::default(),
            version: 0,
            delisted: false,
        };
        let event = must("a SKU", book.decide(&BookCommand::PutSku(sku), &context()));
        book.apply(&event);
    }
    book
}

/// Five limited-time discounts of categories and SKUs, five spend-and-save rules, two coupons; and
/// what ended long ago.
fn campaigns(book: &PriceBook) -> Campaigns {
    let mut campaigns = Campaigns::default();
    let limited = (1..=5).map(|number: u128| {
        let off = UnitDiscount::PercentOff(Permille(50 * number as u32));
        let goods = match number % 2 {
            0 => Goods::Categories([format!("品类{number}"), "品类1".to_owned()].into()),
            _ => Goods::Skus((1..=SKUS).step_by(number as usize).map(SkuId::from_bits).collect()),
        };
        campaign(number, Discount::LimitedTime(off), goods)
    });
    let saving = (6..=10).map(|number: u128| {
        let tier = |times: i64| SpendTier {
            spend: Money::fen(5_000 * times),
            off: Money::fen(100 * times + number as i64),
        };
        let tiers = SpendAndSave::Tiers(vec![tier(1), tier(2), tier(100)]);
        campaign(number, Discount::SpendAndSave(tiers), Goods::All)
    });
    let coupons = (11..=12).map(|number| campaign(number, coupon(), Goods::All));
    let ended = (100..100 + ENDED).map(|number| {
        let off = Discount::LimitedTime(UnitDiscount::AmountOff(Money::fen(1)));
        let ends_at = NOW.before(Seconds(60));
        Campaign { ends_at, ..campaign(number, off, Goods::All) }
    });
    for campaign in limited.chain(saving).chain(coupons).chain(ended) {
        let command = CampaignCommand::Put(Box::new(campaign));
        let event = must("a campaign", campaigns.decide(book, &command, &context()));
        campaigns.apply(&event);
    }
    campaigns
}

fn campaign(number: u128, discount: Discount, goods: Goods) -> Campaign {
    let part = |bearer, permille| BearerPart { bearer, permille: Permille(permille) };
    Campaign {
        id: CampaignId::from_bits(number),
        name: format!("活动{number}"),
        giver: Giver::Hq,
        discount,
        scope: Scope { goods, ..Scope::default() },
        starts_at: NOW.before(Seconds(3_600)),
        ends_at: NOW.after(Seconds(3_600)),
        priority: number as u32,
        stacking: match number % 5 {
            0 => Stacking::Group("one-of-them".to_owned()),
            _ => Stacking::Stackable,
        },
        bearers: vec![part(Bearer::Hq, 600), part(Bearer::Store, 400)],
        budget: None,
        stopped: false,
        version: 0,
    }
}

fn coupon() -> Discount {
    Discount::Coupon(CouponTemplate {
        value: CouponValue::Percent { off: Permille(100), most: Some(Money::fen(1_000)) },
        threshold: Money::fen(2_000),
        per_member: 1,
        claim_from: NOW.before(Seconds(3_600)),
        claim_until: NOW.after(Seconds(3_600)),
        validity: Validity::Days(1),
    })
}

fn member() -> MemberStanding {
    let held = |number| HeldCoupon {
        id: CouponId::from_bits(number),
        template: CampaignId::from_bits(number),
        expires_at: NOW.after(Seconds(3_600)),
    };
    MemberStanding {
        member: MemberId::from_bits(1),
        tier: must("a tier", TierCode::new("gold")),
        points: 10_000,
        coupons: vec![held(11), held(12)],
    }
}
