//! What may be written, by whom, and what no longer changes.

use vocabulary::{SkuId, StoreId, Timestamp};

use super::*;
use crate::Skus;

/// A store gives at most a fifth, in limited-time discounts of a week, on food.
fn leave() -> CampaignGrant {
    CampaignGrant {
        name: "summer".into(),
        stores: Stores::All,
        skus: Skus::Category("food".into()),
        stages: [Stage::LimitedTime].into(),
        deepest: Permille(200),
        longest_days: 7,
    }
}

fn of_store(at: StoreId, discount: Discount) -> Campaign {
    Campaign {
        giver: Giver::Store(at),
        scope: Scope { stores: Stores::Only([at].into()), ..Scope::default() },
        bearers: vec![BearerPart { bearer: Bearer::Store, permille: Permille::WHOLE }],
        ..campaign(1, discount)
    }
}

#[test]
fn a_store_gives_inside_its_grant_only() {
    let book = shop();
    let put = |campaigns: &Campaigns, campaign: Campaign| {
        campaigns.decide(&book, &CampaignCommand::Put(Box::new(campaign)), &context())
    };
    let mut campaigns = Campaigns::default();
    let own = of_store(store(7), percent_off(200));
    let no_grant = Err(CampaignRefusal::NoGrant { store: store(7) });
    assert_eq!(put(&campaigns, own.clone()), no_grant);
    campaigns.apply(&CampaignEvent::GrantPut(leave()));
    let event = put(&campaigns, own.clone()).unwrap();
    let long = Campaign { ends_at: own.starts_at.after(vocabulary::Seconds(8 * 86_400)), ..own };
    assert_eq!(put(&campaigns, long), no_grant);
    assert_eq!(put(&campaigns, of_store(store(7), percent_off(201))), no_grant);
    assert_eq!(put(&campaigns, of_store(store(7), spend_and_save(1_000, 100))), no_grant);
    let mut named =
        of_store(store(7), Discount::LimitedTime(UnitDiscount::AmountOff(Money::fen(201))));
    named.scope.goods = Goods::Skus([sku_id(1)].into());
    assert_eq!(put(&campaigns, named), no_grant);
    campaigns.apply(&event);
    let request = QuoteRequest { store: Some(store(7)), ..basket(&[(1, 1)]) };
    let ask = |campaigns: &Campaigns| quoted(&book, campaigns, None, &request).unwrap();
    let share = ask(&campaigns).quote.lines[0].shares[0];
    assert_eq!((share.bearer, share.amount), (Bearer::Store, Money::fen(200)));
    campaigns.apply(&CampaignEvent::GrantRevoked { name: "summer".into() });
    assert!(ask(&campaigns).quote.lines[0].shares.is_empty(), "it sleeps without its grant");
}

#[test]
fn a_written_campaign_keeps_its_version_its_kind_and_its_promises() {
    let book = shop();
    let ticket = campaign(1, coupon(CouponValue::Amount(Money::fen(500)), 2_000));
    let mut campaigns = campaigns_of(&book, [ticket.clone()]);
    let put = |campaigns: &Campaigns, campaign: Campaign| {
        campaigns.decide(&book, &CampaignCommand::Put(Box::new(campaign)), &context())
    };
    let stale = put(&campaigns, ticket.clone());
    assert_eq!(stale, Err(CampaignRefusal::StaleVersion { given: 0, current: 1 }));
    let other = Campaign { version: 1, ..campaign(1, percent_off(100)) };
    assert_eq!(put(&campaigns, other), Err(CampaignRefusal::AnotherKind));
    let less = campaign(1, coupon(CouponValue::Amount(Money::fen(400)), 2_000));
    let less = Campaign { version: 1, ..less };
    assert_eq!(put(&campaigns, less), Err(CampaignRefusal::CouponsOut));
    let renamed = Campaign { version: 1, name: "新名".into(), ..ticket };
    campaigns.apply(&put(&campaigns, renamed).unwrap());
    assert_eq!(campaigns.get(campaign_id(1)).unwrap().version, 2);
    let stop = |giver| CampaignCommand::Stop { campaign: campaign_id(1), giver };
    let stranger = campaigns.decide(&book, &stop(Giver::Store(store(7))), &context());
    assert_eq!(stranger.unwrap_err().code(), "unknown_campaign");
    let event = campaigns.decide(&book, &stop(Giver::Hq), &context()).unwrap();
    campaigns.apply(&event);
    assert!(!campaigns.get(campaign_id(1)).unwrap().is_live(NOW));
    let member = standing(0, &[1]);
    let quoted = quoted(&book, &campaigns, Some(&member), &with_coupons(&[1], &[(1, 5)])).unwrap();
    assert_eq!(reasons(&quoted), [(1, "over")]);
}

#[test]
fn every_fault_of_a_document_is_named() {
    let part = |permille| BearerPart { bearer: Bearer::Hq, permille: Permille(permille) };
    let broken = Campaign {
        name: " ".into(),
        ends_at: Timestamp::from_millis(0),
        scope: Scope { goods: Goods::Skus([].into()), ..Scope::default() },
        stacking: Stacking::Group("two words".into()),
        bearers: vec![part(500), part(400)],
        budget: Some(Budget { uses: Some(0), amount: None }),
        ..campaign(1, spend_and_save(100, 200))
    };
    let fields: Vec<String> =
        broken.check().unwrap_err().into_iter().map(|invalid| invalid.field).collect();
    let expected = [
        "name",
        "ends_at",
        "stacking.group",
        "scope.goods",
        "discount.spend_and_save.tiers[0].off",
        "bearers[1].bearer",
        "bearers",
        "budget.uses",
    ];
    assert_eq!(fields, expected);
}

#[test]
fn bad_discounts_and_grants_are_refused() {
    let tier = |spend, off| SpendTier { spend: Money::fen(spend), off: Money::fen(off) };
    let tiers = |tiers| Discount::SpendAndSave(SpendAndSave::Tiers(tiers));
    let mut endless = coupon(CouponValue::Amount(Money::fen(1)), 0);
    if let Discount::Coupon(template) = &mut endless {
        template.validity = Validity::Days(0);
        template.per_member = 0;
        template.claim_until = template.claim_from;
    }
    let table = [
        (percent_off(0), 1),
        (percent_off(1_001), 1),
        (Discount::LimitedTime(UnitDiscount::AmountOff(Money::ZERO)), 1),
        (Discount::LimitedTime(UnitDiscount::FixedPrice(Money::ZERO)), 0),
        (tiers(vec![]), 1),
        (tiers(vec![tier(100, 10), tier(90, 20)]), 1),
        (tiers(vec![tier(100, 10), tier(200, 20)]), 0),
        (coupon(CouponValue::Amount(Money::fen(101)), 100), 1),
        (coupon(CouponValue::Percent { off: Permille(0), most: Some(Money::ZERO) }, 0), 2),
        (endless, 3),
    ];
    for (discount, expected) in table {
        let found = campaign(1, discount.clone()).check().err().map_or(0, |faults| faults.len());
        assert_eq!(found, expected, "{discount:?}");
    }
    let all = CampaignGrant {
        name: String::new(),
        stores: Stores::Only([].into()),
        skus: Skus::All,
        stages: [].into(),
        deepest: Permille(0),
        longest_days: 0,
    };
    assert_eq!(all.check().unwrap_err().len(), 5);
}

#[test]
fn a_coupon_ends_with_its_campaign_at_the_latest() {
    let ticket = campaign(1, coupon(CouponValue::Amount(Money::fen(500)), 0));
    assert_eq!(ticket.coupon_expires_at(NOW), Some(ticket.ends_at), "seven days are longer");
    assert!(ticket.coupon().unwrap().is_claimable(NOW));
    assert_eq!(campaign(1, percent_off(1)).coupon_expires_at(NOW), None);
}

#[test]
fn documents_survive_text() {
    let book = shop();
    let member = standing(10_000, &[3]);
    let all = vec![
        campaign(1, percent_off(100)),
        campaign(2, spend_and_save(1_000, 100)),
        campaign(3, coupon(CouponValue::Amount(Money::fen(50)), 0)),
    ];
    for campaign in &all {
        let text = serde_json::to_string(campaign).unwrap();
        assert_eq!(serde_json::from_str::<Campaign>(&text).unwrap(), *campaign);
    }
    let request = QuoteRequest { points: 100, ..with_coupons(&[3], &[(1, 2)]) };
    let campaigns = campaigns_of(&book, all);
    let quote = quoted(&book, &campaigns, Some(&member), &request).unwrap().quote;
    let text = serde_json::to_string(&quote).unwrap();
    assert_eq!(serde_json::from_str::<Quote>(&text).unwrap(), quote);
    let milk: SkuId = sku_id(1);
    assert_eq!(quote.lines[0].sku, milk);
    let sources: Vec<bool> =
        quote.lines[0].shares.iter().map(|share| share.source.is_discount()).collect();
    assert_eq!(sources, [true; 4]);
}
