//! A shopper: places a basket, pays or does not, perhaps thinks better of it, and comes to collect.

use std::rc::Rc;
use std::time::Duration;

use dispatch::order::{CancelReason, FulfillmentMode, PaymentMethod, RatingTag, RatingWords};
use vocabulary::{OrderId, Timestamp};

use super::Shared;
use super::counter::Visitor;
use crate::doors::{Deed, Doors, OrderView, Placement, Receipt, Seat, Watched};
use crate::people::{Payment, ShopperPlan, Spell};

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
    let watches = plan.watches || placement.mode == FulfillmentMode::Pickup;
    let screen = watches.then(|| stage.doors.watch_order(receipt.order));
    if let Some(spell) = plan.disconnects.filter(|spell| watches && spell.begins_after < LONG) {
        tokio::task::spawn_local(lose_network(Rc::clone(&stage), receipt.order, spell));
    }
    if !pay(&stage, &placement, &plan, &receipt).await {
        return;
    }
    if let Some(screen) = screen {
        match placement.mode {
            FulfillmentMode::Pickup => collect(&stage, &placement, &plan, &receipt, screen).await,
            FulfillmentMode::Delivery | FulfillmentMode::Express => {
                until_over(&stage, receipt.order, screen).await;
            }
        }
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
async fn until_over<D: Doors>(stage: &Shared<D>, order: OrderId, mut screen: Watched<OrderView>) {
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
    mut screen: Watched<OrderView>,
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
