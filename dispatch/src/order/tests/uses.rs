//! What an order tells the owners of coupons, points and budgets.

use super::*;
use vocabulary::{CampaignId, CouponId, MemberId};

/// Three units of line 1 and one of line 2; 7 fen of line 1 and 3 of line 2 are paid with points,
/// ten points a fen.
fn with_points() -> PlaceOrder {
    let mut place = basket(&[(1, 3), (2, 1)]);
    for (line, fen) in place.lines.iter_mut().zip([7, 3]) {
        line.shares.push(MoneyShare {
            source: POINTS.into(),
            bearer: "hq".into(),
            amount: Money::fen(fen),
        });
    }
    let member = MemberUses {
        member: MemberId::from_bits(1),
        tier: "gold".into(),
        coupons: vec![CouponId::from_bits(2)],
        points: 100,
        points_per_fen: 10,
        place_before: Some(START.after(Seconds(60))),
    };
    let campaign = CampaignId::from_bits(3);
    let budgets = vec![BudgetUse { campaign, amount: Money::fen(50) }];
    place.uses = Some(Box::new(Uses { member: Some(member), budgets }));
    place
}

fn two_stores() -> SourcingPlan {
    plan(&[(1, &[(1, 3)]), (2, &[(2, 1)])])
}

#[test]
fn an_order_whose_hold_has_ended_is_not_placed() {
    let mut play = Play::new().after(60);
    let place = OrderCommand::Place { order: Box::new(with_points()), plan: two_stores() };
    assert_eq!(play.refuses(place), "uses_over");
}

#[test]
fn it_tells_when_it_is_placed_and_when_nothing_of_it_arrived() {
    let mut play = Play::placed(with_points(), two_stores());
    play.tell(play.held(0)).unwrap();
    let placed = play.tell(play.held(1)).unwrap();
    assert_eq!(placed.effects, "arm:payment uses:placed create_payment");
    play.wait(900);
    let expired = play.tell(OrderCommand::TimerFired(Timer::PaymentDue)).unwrap();
    assert!(expired.effects.contains("uses:back:expired"), "{}", expired.effects);

    let mut refused = Play::placed(with_points(), two_stores());
    let told = refused.tell(OrderCommand::TimerFired(Timer::PaymentDue)).unwrap();
    assert!(told.effects.ends_with("uses:back:refused"), "{}", told.effects);

    let mut cancelled = Play::open(with_points(), two_stores());
    let told = cancelled.tell(cancel(CancelReason::ShopperRequest)).unwrap();
    assert!(told.effects.contains("uses:back:cancelled"), "{}", told.effects);
    let report = cancelled.effects.iter().rev().find_map(|effect| match effect {
        Effect::Report(report) => Some(report.campaigns.clone()),
        _ => None,
    });
    assert_eq!(report, Some(vec![CampaignId::from_bits(3)]));
}

#[test]
fn units_that_do_not_arrive_or_come_back_give_back_exactly_their_points() {
    let place = PlaceOrder { mode: FulfillmentMode::Pickup, destination: None, ..with_points() };
    let mut play = Play::open(place, two_stores());
    // Store 2 cannot do its unit, and nobody else can.
    let reject = FulfillmentProgress::Rejected {
        lines: units(&[(2, 1)]),
        whole: true,
        reason: crate::store::RejectReason::TooBusy,
    };
    play.tell(play.report(1, reject)).unwrap();
    play.tell(play.sourced(Err(unfillable()))).unwrap();
    play.tell(play.accepts(0)).unwrap();
    let to = Recipient::Shopper;
    let told = play.tell(play.report(0, FulfillmentProgress::HandedOver { to })).unwrap();
    assert!(told.effects.contains("uses:completed:301:30"), "{}", told.effects);

    // Two of three units come back: the first carries 3 of the 7 fen, the others 2 each.
    for (n, (units_back, corrected)) in
        [(1, "uses:corrected:200:60"), (2, "uses:corrected:0:100")].into_iter().enumerate()
    {
        let lines = units(&[(1, units_back)]);
        let reason = "too sour".to_owned();
        play.tell(OrderCommand::RequestReturn { lines, reason }).unwrap();
        let return_id = play.order.returns[n].return_id;
        let approve = OrderCommand::DecideReturn { return_id, approve: true, note: None };
        play.tell(approve).unwrap();
        let condition = ReturnCondition::Good;
        let told = play.tell(OrderCommand::ReceiveReturn { return_id, condition }).unwrap();
        assert!(told.effects.contains(corrected), "{}", told.effects);
    }
}

#[test]
fn an_order_without_uses_tells_nobody() {
    let play = Play::delivered();
    assert!(!play.effects.iter().any(|effect| matches!(effect, Effect::Report(_))));
}
