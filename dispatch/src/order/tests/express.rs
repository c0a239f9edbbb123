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

fn parcel(play: &Play, n: usize, status: ParcelStatus) -> OrderCommand {
    OrderCommand::AdvanceParcel { parcel: play.order.parcels[n].parcel, status }
}

fn ship(play: &Play, tracking_number: &str) -> OrderCommand {
    OrderCommand::ShipParcel {
        fulfillment_order: play.fulfillment(0),
        carrier: "SF".to_owned(),
        tracking_number: tracking_number.to_owned(),
    }
}

#[test]
fn a_parcel_goes_its_way_by_the_carriers_word() {
    let mut play = shipped();
    play.nothing(ship(&play, "1"));
    assert_eq!(play.order.visible_stage(), Some(VisibleStage::HandedOver));
    let moving = play.tell(parcel(&play, 0, ParcelStatus::InTransit)).unwrap();
    moving.expect("parcel_advanced", "");
    assert_eq!(play.order.visible_stage(), Some(VisibleStage::OnTheWay));
    play.nothing(parcel(&play, 0, ParcelStatus::InTransit));
    assert_eq!(play.refuses(parcel(&play, 0, ParcelStatus::Created)), "parcel_state");
    play.tell(parcel(&play, 0, ParcelStatus::Delivered))
        .unwrap()
        .expect("parcel_advanced fulfillment_completed order_completed", "complete:1");
    assert_eq!(play.refuses(parcel(&play, 0, ParcelStatus::Lost)), "parcel_state");
}

#[test]
fn a_part_ends_with_its_last_parcel() {
    let mut play = shipped();
    play.tell(ship(&play, "2")).unwrap().expect("parcel_shipped", "");
    play.tell(parcel(&play, 0, ParcelStatus::Delivered)).unwrap().expect("parcel_advanced", "");
    let last = play.tell(parcel(&play, 1, ParcelStatus::Lost)).unwrap();
    last.expect("parcel_advanced fulfillment_completed order_completed", "complete:1");
}

#[test]
fn parcels_that_come_back_or_are_lost_are_paid_back() {
    let mut back = shipped();
    back.tell(parcel(&back, 0, ParcelStatus::Returned)).unwrap().expect(
        "parcel_advanced fulfillment_returned refund_decided order_cancelled",
        "take_back:1 observe:1 refund:301",
    );
    let mut lost = shipped();
    lost.tell(parcel(&lost, 0, ParcelStatus::Lost)).unwrap().expect(
        "parcel_advanced fulfillment_lost refund_decided order_cancelled",
        "complete:1 refund:301",
    );
}

#[test]
fn only_what_a_carrier_took_is_shipped() {
    let mut play = shipped();
    assert_eq!(play.refuses(ship(&play, " ")), "invalid");
    let stray = vocabulary::ParcelId::from_bits(1);
    let status = ParcelStatus::Lost;
    assert_eq!(
        play.refuses(OrderCommand::AdvanceParcel { parcel: stray, status }),
        "parcel_unknown"
    );
    let mut by_courier = Play::picked_up();
    assert_eq!(by_courier.refuses(ship(&by_courier, "3")), "invalid");
    let place = PlaceOrder { mode: FulfillmentMode::Express, ..basket(&[(1, 3)]) };
    let mut early = Play::open(place, plan(&[(1, &[(1, 3)])]));
    assert_eq!(early.refuses(ship(&early, "4")), "fulfillment_state");
}
