//! A campaign in the words of the wire.

use commerce::{
    Campaign, Channels, CouponTemplate, CouponValue, Discount, Goods, Members, SpendAndSave,
    Stacking, Stores, UnitDiscount, Validity,
};
use serde_json::{Map, Value, json};

pub(super) fn body(campaign: &Campaign) -> Value {
    let bearers = campaign.bearers.iter();
    let bearers: Vec<Value> =
        bearers.map(|part| json!({"bearer": part.bearer, "permille": part.permille})).collect();
    let stacking = match &campaign.stacking {
        Stacking::Exclusive => json!("exclusive"),
        Stacking::Group(name) => json!({"group": name}),
        Stacking::Stackable => json!("stackable"),
    };
    let mut body = json!({
        "name": campaign.name,
        "discount": discount(&campaign.discount),
        "scope": scope(campaign),
        "starts_at": campaign.starts_at,
        "ends_at": campaign.ends_at,
        "priority": campaign.priority,
        "stacking": stacking,
        "bearers": bearers,
    });
    if let (Some(budget), Some(body)) = (campaign.budget, body.as_object_mut()) {
        let budget = json!({"uses": budget.uses, "amount_fen": budget.amount});
        body.insert("budget".to_owned(), budget);
    }
    body
}

fn scope(campaign: &Campaign) -> Value {
    let scope = &campaign.scope;
    let mut body = Map::new();
    let mut say = |field: &str, value: Value| body.insert(field.to_owned(), value);
    if let Stores::Only(stores) = &scope.stores {
        say("stores", json!(stores));
    }
    if let Channels::Only(channels) = &scope.channels {
        say("channels", json!(channels));
    }
    match &scope.members {
        Members::Everybody => {}
        Members::All => drop(say("members_only", json!(true))),
        Members::Tiers(tiers) => drop(say("tiers", json!(tiers))),
    }
    match &scope.goods {
        Goods::All => {}
        Goods::Categories(categories) => drop(say("categories", json!(categories))),
        Goods::Skus(skus) => drop(say("skus", json!(skus))),
    }
    say("except", json!(scope.except));
    Value::Object(body)
}

fn discount(discount: &Discount) -> Value {
    match discount {
        Discount::LimitedTime(off) => json!({"limited_time": match off {
            UnitDiscount::FixedPrice(price) => json!({"fixed_price": {"price_fen": price}}),
            UnitDiscount::PercentOff(part) => json!({"percent_off": {"permille": part}}),
            UnitDiscount::AmountOff(off) => json!({"amount_off": {"off_fen": off}}),
        }}),
        Discount::SpendAndSave(SpendAndSave::Tiers(tiers)) => {
            let tiers =
                tiers.iter().map(|tier| json!({"spend_fen": tier.spend, "off_fen": tier.off}));
            json!({"spend_and_save": {"tiers": tiers.collect::<Vec<_>>()}})
        }
        Discount::SpendAndSave(SpendAndSave::Every { spend, off, most }) => {
            let every = json!({"spend_fen": spend, "off_fen": off, "most_fen": most});
            json!({"spend_and_save": {"every": every}})
        }
        Discount::Coupon(template) => json!({"coupon": coupon(template)}),
    }
}

fn coupon(template: &CouponTemplate) -> Value {
    let value = match template.value {
        CouponValue::Amount(off) => json!({"amount": {"off_fen": off}}),
        CouponValue::Percent { off, most } => {
            json!({"percent": {"permille": off, "most_fen": most}})
        }
    };
    let (days, until) = match template.validity {
        Validity::Days(days) => (Some(days), None),
        Validity::Until(until) => (None, Some(until)),
    };
    json!({
        "value": value,
        "threshold_fen": template.threshold,
        "per_member": template.per_member,
        "claim_from_at": template.claim_from,
        "claim_until_at": template.claim_until,
        "valid_days": days,
        "valid_until_at": until,
    })
}
