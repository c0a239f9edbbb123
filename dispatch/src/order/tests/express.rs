use super::delivery::came_back;
use super::*;

fn shipped() -> Play {
    let place = PlaceOrder { mode: FulfillmentMode::Express, ..basket(&[(1, 3)]) };
    let mut play = Play::open(place, plan(&[(1, &[(1, 3)])]));
    play.tell(play.accepts(0)).unwrap().expect("fulfillment_accepted", "");
    let to = Recipient::Carrier { carrier: "SF".into(), tracking_number: "1".into() };
    let told = play.tell(play.report(0, FulfillmentProgress::HandedOver { to })).unwrap();
    told.expect("fulfillment_handed_over parcel_shipped", "");
    play
}

fn parcel(play: &Play, step: ParcelStep) -> OrderCommand {
    OrderCommand::AdvanceParcel { parcel: play.order.parcels[0].parcel, step }
}

const BACK: ParcelStep = ParcelStep::Returned { condition: ReturnCondition::Good };

#[test]
fn a_parcel_goes_its_way_by_the_carriers_word() {
    let mut play = shipped();
    assert_eq!(play.order.visible_stage(), Some(VisibleStage::HandedOver));
    let moving = play.tell(parcel(&play, ParcelStep::InTransit)).unwrap();
    moving.expect("parcel_advanced", "");
    assert_eq!(play.order.visible_stage(), Some(VisibleStage::OnTheWay));
    play.nothing(parcel(&play, ParcelStep::InTransit));
    play.tell(parcel(&play, ParcelStep::Delivered))
        .unwrap()
        .expect("parcel_advanced fulfillment_completed order_completed", "complete:1");
    assert_eq!(play.refuses(parcel(&play, ParcelStep::Lost)), "parcel_state");
    assert_eq!(play.refuses(parcel(&play, BACK)), "parcel_state");
}

#[test]
fn a_parcel_that_turns_back_ends_when_the_store_has_it() {
    let mut play = shipped();
    play.tell(parcel(&play, ParcelStep::Returning)).unwrap().expect("parcel_advanced", "");
    assert!(play.order.needs_attention(), "somebody should know");
    assert_eq!(play.refuses(parcel(&play, ParcelStep::InTransit)), "parcel_state");
    play.tell(parcel(&play, BACK)).unwrap().expect(
        "parcel_advanced fulfillment_returned refund_decided order_cancelled",
        "take_back:1 observe:1 refund:301",
    );
    play.nothing(parcel(&play, BACK));
}

#[test]
fn only_good_goods_of_a_parcel_are_sold_again() {
    for (condition, is_sellable) in
        [(ReturnCondition::Good, true), (ReturnCondition::Damaged, false)]
    {
        let mut play = shipped();
        play.tell(parcel(&play, ParcelStep::Returned { condition })).unwrap();
        let observed: Vec<_> = play.effects.iter().filter_map(came_back).collect();
        assert_eq!(observed, [is_sellable], "{condition:?}");
    }
}

#[test]
fn a_lost_parcel_is_paid_back() {
    let mut play = shipped();
    play.tell(parcel(&play, ParcelStep::Lost)).unwrap().expect(
        "parcel_advanced fulfillment_lost refund_decided order_cancelled",
        "complete:1 refund:301",
    );
}

#[test]
fn a_parcel_of_another_order_is_unknown() {
    let mut play = shipped();
    let stray = vocabulary::ParcelId::from_bits(1);
    let step = ParcelStep::Lost;
    assert_eq!(play.refuses(OrderCommand::AdvanceParcel { parcel: stray, step }), "parcel_unknown");
}

#[test]
fn only_express_orders_leave_with_a_named_carrier() {
    let to =
        |carrier: &str| Recipient::Carrier { carrier: carrier.into(), tracking_number: "1".into() };
    let place = PlaceOrder { mode: FulfillmentMode::Express, ..basket(&[(1, 3)]) };
    let mut nameless = Play::open(place, plan(&[(1, &[(1, 3)])]));
    let handed = nameless.report(0, FulfillmentProgress::HandedOver { to: to(" ") });
    assert_eq!(nameless.refuses(handed), "invalid");
    let mut by_courier = Play::open(basket(&[(1, 3)]), plan(&[(1, &[(1, 3)])]));
    let handed = by_courier.report(0, FulfillmentProgress::HandedOver { to: to("SF") });
    assert_eq!(by_courier.refuses(handed), "invalid");
}
