//! What headquarters gives in a made-up chain: enough for every kind of discount to meet others on
//! the same goods, and for a share to have several bearers.

use commerce::member::MemberPolicy;
use commerce::{
    Bearer, BearerPart, Budget, Campaign, CouponTemplate, CouponValue, Discount, Giver, Goods,
    Members, Permille, Scope, SpendAndSave, SpendTier, Stacking, Stores, UnitDiscount, Validity,
};
use vocabulary::{Chance, Money, SkuId, StoreId, Timestamp};

use super::{DAY_MS, FOUNDED, Names, SkuSetup, StoreSetup};

/// One in so many SKUs is sold at a daily price.
const DAILY_PRICES: u64 = 12;
/// One in so many stores has an offer of its own.
const STORES_WITH_OFFERS: u64 = 3;
/// They last for as long as any run.
const LASTS_DAYS: i64 = 3_650;

/// Points live for so few days that a week sees some of them expire.
const POINTS_LIVE_DAYS: u32 = 5;

/// Tiers that somebody reaches within days.
pub(super) fn member_policy() -> MemberPolicy {
    let mut policy = MemberPolicy { points_live_days: POINTS_LIVE_DAYS, ..MemberPolicy::default() };
    for (tier, from_growth) in policy.tiers.iter_mut().zip([0, 60, 200]) {
        tier.from_growth = from_growth;
    }
    policy
}

pub(super) fn draw(
    seed: u64,
    skus: &[SkuSetup],
    stores: &[StoreSetup],
    orders_per_day: u32,
) -> Vec<Campaign> {
    let mut names = Names::of_kind(seed, 5);
    let mut chance = Chance::from_seed(seed).fork(6);
    let daily: Vec<SkuId> =
        skus.iter().filter(|_| chance.below(DAILY_PRICES) == 0).map(|sku| sku.id).collect();
    let chosen: Vec<StoreId> = stores
        .iter()
        .filter(|_| chance.below(STORES_WITH_OFFERS) == 0)
        .map(|store| store.id)
        .collect();
    let position = chance.below(skus.len().max(1) as u64) as usize;
    let category = skus.get(position).map(|sku| sku.category.clone());
    let mut next = |name: &str, discount, stacking, bearers: &[(Bearer, u32)], scope| Campaign {
        id: names.next(),
        name: name.to_owned(),
        giver: Giver::Hq,
        discount,
        scope,
        starts_at: FOUNDED,
        ends_at: Timestamp::from_millis(FOUNDED.as_millis() + LASTS_DAYS * DAY_MS),
        priority: 0,
        stacking,
        bearers: bearers
            .iter()
            .map(|(bearer, permille)| BearerPart { bearer: *bearer, permille: Permille(*permille) })
            .collect(),
        budget: None,
        stopped: false,
        version: 0,
    };
    let percent = |permille| Discount::LimitedTime(UnitDiscount::PercentOff(Permille(permille)));
    let of_the_day = || Stacking::Group("daily".to_owned());
    let both = [(Bearer::Hq, 600), (Bearer::Store, 400)];
    let mut campaigns = vec![next(
        "满39减3，满79减8",
        Discount::SpendAndSave(SpendAndSave::Tiers(vec![tier(3_900, 300), tier(7_900, 800)])),
        Stacking::Stackable,
        &both,
        Scope::default(),
    )];
    if !daily.is_empty() {
        let goods = Goods::Skus(daily.into_iter().collect());
        let scope = Scope { goods, ..Scope::default() };
        campaigns.push(next("今日特价", percent(200), of_the_day(), &[(Bearer::Hq, 1_000)], scope));
    }
    if let Some(category) = category {
        let goods = Goods::Categories([category].into());
        let scope = Scope { goods, ..Scope::default() };
        let thirds = [(Bearer::Hq, 333), (Bearer::Merchant, 667)];
        campaigns.push(next("品类九折", percent(100), of_the_day(), &thirds, scope));
    }
    if !chosen.is_empty() {
        let stores = Stores::Only(chosen.into_iter().collect());
        let scope = Scope { stores, ..Scope::default() };
        let (spend, off) = (Money::fen(2_500), Money::fen(150));
        let every = SpendAndSave::Every { spend, off, most: Some(Money::fen(600)) };
        let discount = Discount::SpendAndSave(every);
        let store = [(Bearer::Store, 1_000)];
        campaigns.push(next("自提每满25减1.5", discount, Stacking::Stackable, &store, scope));
    }
    campaigns.push(next(
        "会员五元券",
        Discount::Coupon(CouponTemplate {
            value: CouponValue::Amount(Money::fen(500)),
            threshold: Money::fen(3_000),
            per_member: 5,
            claim_from: FOUNDED,
            claim_until: Timestamp::from_millis(FOUNDED.as_millis() + (LASTS_DAYS - 1) * DAY_MS),
            validity: Validity::Days(7),
        }),
        Stacking::Stackable,
        &[(Bearer::Hq, 1_000)],
        Scope { members: Members::All, ..Scope::default() },
    ));
    let tiers = member_policy().tiers.into_iter().skip(1).map(|tier| tier.code).collect();
    campaigns.push(next(
        "银卡九五折券",
        Discount::Coupon(CouponTemplate {
            value: CouponValue::Percent { off: Permille(50), most: Some(Money::fen(1_000)) },
            threshold: Money::fen(2_000),
            per_member: 10,
            claim_from: FOUNDED,
            claim_until: Timestamp::from_millis(FOUNDED.as_millis() + (LASTS_DAYS - 1) * DAY_MS),
            validity: Validity::Days(2),
        }),
        Stacking::Stackable,
        &[(Bearer::Hq, 500), (Bearer::Merchant, 500)],
        Scope { members: Members::Tiers(tiers), ..Scope::default() },
    ));
    // About enough for a day: then it is over, for everybody at once.
    let uses = u64::from(orders_per_day / 4).max(4);
    let amount = Money::fen(i64::from(orders_per_day / 4).max(4) * 300);
    campaigns.push(Campaign {
        budget: Some(Budget { uses: Some(uses), amount: Some(amount) }),
        ..next(
            "开业满50减4，送完为止",
            Discount::SpendAndSave(SpendAndSave::Tiers(vec![tier(5_000, 400)])),
            Stacking::Stackable,
            &[(Bearer::Platform, 250), (Bearer::Hq, 750)],
            Scope::default(),
        )
    });
    campaigns
}

fn tier(spend: i64, off: i64) -> SpendTier {
    SpendTier { spend: Money::fen(spend), off: Money::fen(off) }
}
