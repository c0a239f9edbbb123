//! A shopper: places a basket, pays or does not, perhaps thinks better of it, comes to collect, and
//! perhaps sends something back.

use std::collections::BTreeSet;
use std::rc::Rc;
use std::time::Duration;

use dispatch::order::{
    CancelReason, FulfillmentMode, PaymentMethod, RatingTag, RatingWords, ReturnCondition,
};
use vocabulary::{Chance, OrderId, ReturnId, SkuId, Timestamp};

use super::Shared;
use super::counter::Visitor;
use crate::doors::{Deed, Doors, OrderView, Placement, Receipt, Seat, Units, Watched};
use crate::people::{Delay, Payment, ShopperPlan, Spell};

/// Finding the bag and typing the code.
const AT_THE_COUNTER: Duration = Duration::from_secs(40);

/// From paying until a shopper who watches asks where it is.
const PATIENCE: Duration = Duration::from_secs(2_400);

/// Nobody watches an order longer.
const LONG: Duration = Duration::from_secs(7_200);

/// One order somebody is about to place, and what they will do about it.
pub struct Errand {
    pub placement: Placement,
    pub plan: ShopperPlan,
    /// Where the order's ready time goes once it has an id, in a replay.
    pub ready: Option<(super::ReadyTimes, Timestamp)>,
}

/// Runs one errand to its end.
pub async fn run_shopper<D: Doors>(stage: Shared<D>, errand: Errand) {
    let Errand { placement, plan, ready } = errand;
    let receipt = match stage.place(&placement).await {
        Ok(receipt) => receipt,
        Err(failure) => {
            *stage.ledger.borrow_mut().refused.entry(failure.code).or_default() += 1;
            return;
        }
    };
    if let Some((times, ready_at)) = ready {
        times.borrow_mut().insert(receipt.order, ready_at);
    }
    if let Some(after) = plan.cancels_after {
        tokio::task::spawn_local(think_better(Rc::clone(&stage), receipt.order, after));
    }
    let watches =
        plan.watches || plan.returns_after.is_some() || placement.mode == FulfillmentMode::Pickup;
    let screen = watches.then(|| stage.doors.watch_order(receipt.order));
    if let Some(spell) = plan.disconnects.filter(|spell| watches && spell.begins_after < LONG) {
        tokio::task::spawn_local(lose_network(Rc::clone(&stage), receipt.order, spell));
    }
    if !pay(&stage, &placement, &plan, &receipt).await {
        return;
    }
    let Some(mut screen) = screen else { return };
    if placement.mode == FulfillmentMode::Pickup {
        collect(&stage, &placement, &plan, &receipt, &mut screen).await;
    }
    if let Some(after) = plan.returns_after {
        until_over(&stage, receipt.order, &mut screen).await;
        if screen.read(|view| view.status == "completed").unwrap_or_default() {
            stage.sleep(after).await;
            send_back(&stage, &placement, receipt.order).await;
        }
    } else if placement.mode != FulfillmentMode::Pickup {
        until_over(&stage, receipt.order, &mut screen).await;
    }
}

/// False when the money never comes.
async fn pay<D: Doors>(
    stage: &Shared<D>,
    placement: &Placement,
    plan: &ShopperPlan,
    receipt: &Receipt,
) -> bool {
    match (placement.payment, plan.payment) {
        (PaymentMethod::CashOnDelivery | PaymentMethod::ChannelPaid, _) => true,
        (PaymentMethod::Online, Payment::Abandons) => false,
        (PaymentMethod::Online, Payment::Pays { after }) => {
            stage.sleep(after).await;
            let (payment, amount) = (receipt.payment, receipt.payable);
            let deed = Deed::Pay { payment, amount, succeeds: true };
            stage.act(Seat::Provider, deed).await.is_ok()
        }
    }
}

async fn think_better<D: Doors>(stage: Shared<D>, order: OrderId, after: Duration) {
    stage.sleep(after).await;
    let cancel = Deed::Cancel { order, reason: CancelReason::ShopperRequest };
    // Too late is a fair answer: the goods come.
    let _ = stage.act(Seat::Shopper(order), cancel).await;
}

async fn lose_network<D: Doors>(stage: Shared<D>, order: OrderId, spell: Spell) {
    stage.sleep(spell.begins_after).await;
    stage.doors.disconnect(Seat::Shopper(order), spell.lasts);
}

/// Watches to the end, asks once where it is when it takes long, and may say how it was.
async fn until_over<D: Doors>(stage: &Shared<D>, order: OrderId, screen: &mut Watched<OrderView>) {
    let impatient = async {
        stage.sleep(PATIENCE).await;
        // Over or asked too soon is a fair answer.
        let _ = stage.act(Seat::Shopper(order), Deed::Remind { order }).await;
        std::future::pending::<()>().await;
    };
    let over = async {
        while !screen.read(OrderView::is_over).unwrap_or_default() {
            screen.changed().await;
        }
        screen.read(|view| view.status == "completed").unwrap_or_default()
    };
    let is_completed = tokio::select! {
        biased;
        is_completed = over => is_completed,
        () = impatient => false,
    };
    if let Some(words) = opinion(order).filter(|_| is_completed) {
        let _ = stage.act(Seat::Shopper(order), Deed::Rate { order, words }).await;
    }
}

/// Every fourth who watched says something. It follows from the order's id, so that what others
/// draw by chance stays what it was.
fn opinion(order: OrderId) -> Option<RatingWords> {
    let draw = (order.bits() % 20) as u8;
    let store_stars = match draw {
        0..=2 => 5,
        3 => 4,
        4 => 2,
        _ => return None,
    };
    let tags = if store_stars > 3 { vec![RatingTag::Fresh] } else { vec![RatingTag::Slow] };
    Some(RatingWords { store_stars, courier_stars: None, tags, text: None })
}

/// Waits for the notice, walks over, shows the code.
async fn collect<D: Doors>(
    stage: &Shared<D>,
    placement: &Placement,
    plan: &ShopperPlan,
    receipt: &Receipt,
    screen: &mut Watched<OrderView>,
) {
    let (Some(store), Some(walk), Some(code)) =
        (placement.store, plan.collects_after, receipt.pickup_code.clone())
    else {
        return;
    };
    loop {
        let (is_ready, is_over) =
            screen.read(|view| (view.is_ready(), view.is_over())).unwrap_or_default();
        if is_over {
            return;
        }
        if is_ready {
            break;
        }
        screen.changed().await;
    }
    stage.sleep(walk).await;
    let visitor = Visitor::Shopper { code, takes: AT_THE_COUNTER };
    stage.counter.arrive(store, receipt.order, visitor);
}

/// One unit of the last line goes back; headquarters says yes, and the store looks at what came.
async fn send_back<D: Doors>(stage: &Shared<D>, placement: &Placement, order: OrderId) {
    // Lines of one SKU are one line of the order, where the first of them stood.
    let skus: BTreeSet<SkuId> = placement.lines.iter().map(|(sku, _)| *sku).collect();
    let Ok(line) = u16::try_from(skus.len()) else { return };
    let mut seen = BTreeSet::new();
    let last = placement.lines.iter().filter(|(sku, _)| seen.insert(*sku)).last();
    let Some((sku, _)) = last.copied() else { return };
    let lines = vec![Units { line, sku, units: 1 }];
    let ask = Deed::RequestReturn { order, lines, reason: "does not fit".to_owned() };
    // What never arrived cannot go back.
    if stage.act(Seat::Shopper(order), ask).await.is_err() {
        return;
    }
    let Ok(view) = stage.doors.order(order).await else { return };
    let Some(return_id) = view.returns.last().map(|known| known.return_id) else { return };
    stage.sleep(Delay::around(1_800.0, 0.5).draw(&mut looks(return_id))).await;
    let approve = return_id.bits() % 10 != 0;
    let decide = Deed::DecideReturn { order, return_id, approve };
    if stage.act(Seat::Headquarters, decide).await.is_err() || !approve {
        return;
    }
    stage.sleep(Delay::around(14_400.0, 0.5).draw(&mut looks(return_id))).await;
    let is_damaged = return_id.bits() % 5 == 1;
    let condition = if is_damaged { ReturnCondition::Damaged } else { ReturnCondition::Good };
    let receive = Deed::ReceiveReturn { order, return_id, condition };
    let _ = stage.act(Seat::Headquarters, receive).await;
}

/// What is drawn about one return.
fn looks(return_id: ReturnId) -> Chance {
    Chance::from_seed(return_id.bits() as u64)
}
