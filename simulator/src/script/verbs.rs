//! What a script's people can say, and the deeds behind the words.

use dispatch::order::{
    CancelReason, DropReason, FulfillmentMode, ParcelStep, PaymentMethod, ProofOfDelivery, Steer,
};
use dispatch::order::{DeclineReason, DeliveryStep, FailureReason};
use dispatch::store::RejectReason;
use serde::de::DeserializeOwned;
use vocabulary::{CourierId, FulfillmentOrderId, OrderId, Seconds, StoreId};

use super::names::Names;
use super::read::{Line, Result};
use super::setup::Setup;
use crate::doors::{Deed, DeliveryView, Doors, OrderView, Placement, Seat, Taker, Units};

/// One line, understood.
pub(super) enum Doing {
    Place {
        name: String,
        placement: Box<Placement>,
        pays: bool,
    },
    Act {
        who: String,
        seat: Seat,
        deed: Deed,
    },
    /// The courier's telephone is (not) heard from now on.
    Hear {
        courier: CourierId,
        heard: bool,
    },
    Ride {
        courier: CourierId,
        to: (f64, f64),
    },
    /// Only lets time pass.
    Nothing,
}

pub(super) async fn understand(mut line: Line, setup: &Setup, doors: &impl Doors) -> Result<Doing> {
    let line = &mut line;
    let who = line.word("somebody")?;
    let names = &setup.names;
    let doing = match who.split('-').next() {
        Some("shopper") => shopper(line, setup)?,
        Some("store") => {
            let store = *names
                .stores
                .get(&who)
                .ok_or_else(|| line.problem(format!("there is no {who}")))?;
            let deed = store_deed(store, line, names, doors).await?;
            Doing::Act { who, seat: Seat::Store(store), deed }
        }
        Some("courier") => {
            let courier = *names
                .couriers
                .get(&who)
                .ok_or_else(|| line.problem(format!("there is no {who}")))?;
            courier_doing(who, courier, line, names, doors).await?
        }
        Some("headquarters") => {
            let deed = headquarters(line, names, doors).await?;
            Doing::Act { who, seat: Seat::Headquarters, deed }
        }
        Some("nothing") => {
            line.expect("happens")?;
            Doing::Nothing
        }
        Some(_) | None => return Err(line.problem(format!("nobody is called {who}"))),
    };
    line.end()?;
    Ok(doing)
}

fn shopper(line: &mut Line, setup: &Setup) -> Result<Doing> {
    let names = &setup.names;
    let verb = line.word("a verb")?;
    if verb == "places" {
        return places(line, setup);
    }
    let receipt = names.order(line)?;
    let order = receipt.order;
    let (seat, deed) = match verb.as_str() {
        "pays" => {
            let (payment, amount) = (receipt.payment, receipt.payable);
            let succeeds = !line.take("in vain");
            (Seat::Provider, Deed::Pay { payment, amount, succeeds })
        }
        "cancels" => {
            (Seat::Shopper(order), Deed::Cancel { order, reason: CancelReason::ShopperRequest })
        }
        "returns" => {
            let lines = units_of(line, names, order)?;
            let reason = "does not fit".to_owned();
            (Seat::Shopper(order), Deed::RequestReturn { order, lines, reason })
        }
        other => return Err(line.problem(format!("a shopper does not know '{other}'"))),
    };
    Ok(Doing::Act { who: "shopper".to_owned(), seat, deed })
}

/// `places order-1 milk×2 [to 200,0] [pickup at store-7] [express] [unpaid] [cash]`
fn places(line: &mut Line, setup: &Setup) -> Result<Doing> {
    let name = line.word("an order")?;
    let units = line.units()?;
    let mut placement = Placement {
        key: name.clone(),
        name: "剧中人".to_owned(),
        phone: "19000000000".to_owned(),
        address: "剧本路1号".to_owned(),
        mode: FulfillmentMode::Delivery,
        destination: Some(setup.place((0.0, 0.0))),
        lines: Vec::new(),
        payment: PaymentMethod::Online,
        store: None,
        wanted_at: None,
    };
    for (sku, count) in &units {
        placement.lines.push((setup.names.sku(sku, line)?, *count));
    }
    let mut pays = true;
    while line.peek().is_some() {
        if line.take("to") {
            placement.destination = Some(setup.place(line.spot()?));
        } else if line.take("pickup at") {
            placement.mode = FulfillmentMode::Pickup;
            placement.destination = None;
            placement.store = Some(setup.names.store(line)?);
        } else if line.take("from") {
            placement.store = Some(setup.names.store(line)?);
        } else if line.take("express") {
            placement.mode = FulfillmentMode::Express;
        } else if line.take("unpaid") {
            pays = false;
        } else if line.take("cash") {
            placement.payment = PaymentMethod::CashOnDelivery;
            pays = false;
        } else {
            line.end()?;
        }
    }
    Ok(Doing::Place { name, placement: Box::new(placement), pays })
}

async fn store_deed(
    store: StoreId,
    line: &mut Line,
    names: &Names,
    doors: &impl Doors,
) -> Result<Deed> {
    let verb = line.word("a verb")?;
    match verb.as_str() {
        "pauses" => return Ok(Deed::Pause { store, until: None }),
        "reopens" => return Ok(Deed::Reopen { store }),
        "sells" => {
            let (sku, units) = one_sku(line, names)?;
            let reference = format!("till-{}", line.number);
            return Ok(Deed::SellAtTill { store, sku, units, reference });
        }
        "counts" => {
            let (sku, on_hand) = one_sku(line, names)?;
            return Ok(Deed::Count { store, sku, on_hand });
        }
        _ => {}
    }
    let taken_back = verb == "takes";
    if taken_back {
        line.expect("back")?;
    }
    let receipt = names.order(line)?;
    let order = receipt.order;
    if taken_back {
        let delivery = delivery_of(line, order, doors, |_| true).await?.delivery;
        return Ok(Deed::ReceiveBack { order, delivery });
    }
    let fulfillment_order = share_at(line, order, store, doors).await?;
    Ok(match verb.as_str() {
        "accepts" => {
            let ready_in = if line.take("ready in") { Some(line.seconds()?) } else { None };
            let ready_in = ready_in.map(|span| Seconds(u32::try_from(span).unwrap_or(u32::MAX)));
            Deed::Accept { store, fulfillment_order, ready_in }
        }
        "rejects" => {
            let lines = units_of(line, names, order)?;
            let reason: RejectReason = word_of(line, "reason")?;
            Deed::Reject { store, fulfillment_order, lines, reason }
        }
        "picks" => Deed::StartPicking { store, fulfillment_order },
        "misses" => {
            let lines = units_of(line, names, order)?;
            let reason: RejectReason = word_of(line, "reason")?;
            Deed::ShortPick { store, fulfillment_order, lines, reason }
        }
        "packs" => Deed::Pack { store, fulfillment_order },
        "hands" => {
            let to = taker(line, names, receipt.pickup_code)?;
            Deed::HandOver { store, fulfillment_order, to }
        }
        other => return Err(line.problem(format!("a store does not know '{other}'"))),
    })
}

/// `to courier-3`, `to the shopper`, `to a stranger` or `to the carrier`.
fn taker(line: &mut Line, names: &Names, code: Option<String>) -> Result<Taker> {
    line.expect("to")?;
    if line.take("the shopper") {
        let code = code.ok_or_else(|| line.problem("this order has no code"))?;
        Ok(Taker::Shopper { code })
    } else if line.take("a stranger") {
        // Six digits that no draw gives: the right code never begins with a letter.
        Ok(Taker::Shopper { code: "x00000".to_owned() })
    } else if line.take("the carrier") {
        let tracking_number = "HY000000000001".to_owned();
        Ok(Taker::Carrier { carrier: "禾运".to_owned(), tracking_number })
    } else {
        Ok(Taker::Courier(names.courier(line)?))
    }
}

async fn courier_doing(
    who: String,
    courier: CourierId,
    line: &mut Line,
    names: &Names,
    doors: &impl Doors,
) -> Result<Doing> {
    let verb = line.word("a verb")?;
    let deed = match verb.as_str() {
        "falls" => {
            line.expect("silent")?;
            return Ok(Doing::Hear { courier, heard: false });
        }
        "is" if line.take("heard again") => return Ok(Doing::Hear { courier, heard: true }),
        "is" => {
            line.expect("at")?;
            return Ok(Doing::Ride { courier, to: line.spot()? });
        }
        "goes" if line.take("on duty") => Deed::GoOnDuty { courier, shift_ends_at: None },
        "goes" => {
            line.expect("off duty")?;
            Deed::GoOffDuty { courier }
        }
        "accepts" => Deed::AcceptOffer { courier, offer: names.offer(line)? },
        "declines" => {
            let offer = names.offer(line)?;
            let reason: DeclineReason = word_of(line, "reason")?;
            Deed::DeclineOffer { courier, offer, reason }
        }
        _ => of_delivery(&verb, courier, line, names, doors).await?,
    };
    Ok(Doing::Act { who, seat: Seat::Courier(courier), deed })
}

async fn of_delivery(
    verb: &str,
    courier: CourierId,
    line: &mut Line,
    names: &Names,
    doors: &impl Doors,
) -> Result<Deed> {
    let order = names.order_id(line)?;
    let mine = |known: &DeliveryView| known.courier == Some(courier);
    let DeliveryView { delivery, attempt, .. } = delivery_of(line, order, doors, mine).await?;
    let advance = |step| Deed::Advance { order, delivery, attempt, courier, step };
    Ok(match verb {
        "fetches" => advance(DeliveryStep::EnRouteToPickup),
        "waits-for" => advance(DeliveryStep::ArrivedAtPickup),
        "brings" => advance(DeliveryStep::EnRouteToDropoff),
        "rings-for" => advance(DeliveryStep::ArrivedAtDropoff),
        "delivers" => advance(DeliveryStep::Delivered { proof: ProofOfDelivery::HandedToPerson }),
        "drops" => Deed::Drop { order, delivery, attempt, reason: DropReason::CourierDroppedOut },
        "fails" => {
            let reason: FailureReason = word_of(line, "reason")?;
            Deed::Fail { order, delivery, attempt, courier, reason }
        }
        other => return Err(line.problem(format!("a courier does not know '{other}'"))),
    })
}

async fn headquarters(line: &mut Line, names: &Names, doors: &impl Doors) -> Result<Deed> {
    let verb = line.word("a verb")?;
    if verb == "forces" || verb == "excludes" {
        let courier = names.courier(line)?;
        line.expect("on")?;
        let order = names.order_id(line)?;
        let delivery = delivery_of(line, order, doors, |_| true).await?.delivery;
        let steer =
            if verb == "forces" { Steer::Force { courier } } else { Steer::Exclude { courier } };
        return Ok(Deed::Steer { order, delivery, steer, reason: "by hand".to_owned() });
    }
    let order = names.order_id(line)?;
    Ok(match verb.as_str() {
        "moves" => {
            line.expect("from")?;
            let from = names.store(line)?;
            line.expect("to")?;
            let to = names.store(line)?;
            let fulfillment_order = share_at(line, order, from, doors).await?;
            let lines = units_of(line, names, order)?;
            let reason = if line.take("because") { line.rest() } else { "by hand".to_owned() };
            Deed::Move { order, fulfillment_order, lines, to, reason }
        }
        "cancels" => Deed::Cancel { order, reason: CancelReason::Headquarters },
        "reassigns" => {
            let known = delivery_of(line, order, doors, |known| known.courier.is_some()).await?;
            let (delivery, attempt) = (known.delivery, known.attempt);
            Deed::Drop { order, delivery, attempt, reason: DropReason::ReassignedByHand }
        }
        "retries" | "turns-back" => {
            let delivery = delivery_of(line, order, doors, |_| true).await?.delivery;
            Deed::ResolveFailure { order, delivery, retry: verb == "retries" }
        }
        "scans" => {
            let step = parcel_step(line)?;
            let view = picture(line, order, doors).await?;
            let parcel = view.parcels.first().map(|known| known.parcel);
            let parcel = parcel.ok_or_else(|| line.problem("the order has no parcel yet"))?;
            Deed::AdvanceParcel { order, parcel, step }
        }
        other => return Err(line.problem(format!("headquarters does not know '{other}'"))),
    })
}

/// `in_transit`, `returning`, `delivered`, `lost`, or `returned good` and `returned damaged`.
fn parcel_step(line: &mut Line) -> Result<ParcelStep> {
    let status = line.word("status")?;
    Ok(match status.as_str() {
        "in_transit" => ParcelStep::InTransit,
        "returning" => ParcelStep::Returning,
        "delivered" => ParcelStep::Delivered,
        "lost" => ParcelStep::Lost,
        "returned" => ParcelStep::Returned { condition: word_of(line, "condition")? },
        _ => return Err(line.problem(format!("'{status}' is no status of a parcel"))),
    })
}

/// A word of the domain as it is written in events.
fn word_of<T: DeserializeOwned>(line: &mut Line, what: &str) -> Result<T> {
    let word = line.word(what)?;
    serde_json::from_value(serde_json::Value::String(word.clone()))
        .map_err(|_| line.problem(format!("'{word}' is no {what}")))
}

fn one_sku(line: &mut Line, names: &Names) -> Result<(vocabulary::SkuId, u32)> {
    let units = line.units()?;
    match units.as_slice() {
        [(name, count)] => Ok((names.sku(name, line)?, *count)),
        _ => Err(line.problem("name one thing such as milk×2")),
    }
}

async fn picture(line: &Line, order: OrderId, doors: &impl Doors) -> Result<OrderView> {
    doors
        .order(order)
        .await
        .map_err(|failure| line.problem(format!("the order cannot be seen: {failure}")))
}

/// The last share of an order that a store was given.
async fn share_at(
    line: &Line,
    order: OrderId,
    store: StoreId,
    doors: &impl Doors,
) -> Result<FulfillmentOrderId> {
    let view = picture(line, order, doors).await?;
    let share = view.parts.iter().rev().find(|part| part.store == store);
    let share = share.ok_or_else(|| line.problem("the store has no share of this order"))?;
    Ok(share.fulfillment_order)
}

async fn delivery_of(
    line: &Line,
    order: OrderId,
    doors: &impl Doors,
    fits: impl Fn(&DeliveryView) -> bool,
) -> Result<DeliveryView> {
    let view = picture(line, order, doors).await?;
    let found = view.deliveries.into_iter().find(|known| fits(known));
    found.ok_or_else(|| line.problem("there is no such delivery"))
}

/// The script's units as units of the order's lines: lines are numbered as they were placed.
fn units_of(line: &mut Line, names: &Names, order: OrderId) -> Result<Vec<Units>> {
    let wanted = line.units()?;
    wanted
        .iter()
        .map(|(name, units)| {
            let sku = names.sku(name, line)?;
            let number = names.line_of(order, sku);
            let number = number.ok_or_else(|| line.problem(format!("the order has no {name}")))?;
            Ok(Units { line: number, sku, units: *units })
        })
        .collect()
}
