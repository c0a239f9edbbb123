//! What a quote uses of a member's is held before its order is placed.
//!
//! The order takes its id from the quote, so that a placing that is tried again holds for the same
//! order: whatever is repeated or lost in between, a coupon is held once.

use actors::{CommandError, Errand, Idempotency, PartitionHandle};
use commerce::Quote;
use commerce::member::MemberCommand;
use dispatch::order::{BudgetUse, MemberUses, Uses};
use vocabulary::{OrderId, Seconds, Slot};

use crate::app::App;
use crate::call::Call;
use crate::wire::fault::Fault;

/// Whether something must be held at the member's.
pub(super) fn holds(quote: &Quote) -> bool {
    quote.uses.as_ref().is_some_and(|uses| !uses.coupons.is_empty() || uses.points > 0)
}

pub(super) fn order_id(app: &App, city: &PartitionHandle, quote: &Quote) -> OrderId {
    let slot = Slot(city.partition().0);
    if holds(quote) { OrderId::from_bits(quote.id.bits()).in_slot(slot) } else { app.id_in(slot) }
}

/// How long placing may take, by the house's clock: where time is fast, the machine is not.
fn placing_takes(app: &App) -> Seconds {
    let takes = app.reference.member_policy().placing_takes_at_most();
    Seconds((f64::from(takes.0) * app.clock.scale().max(1.0)) as u32)
}

/// Holds what the quote uses; the city refuses to place the order once that could be over.
pub(super) async fn held(
    app: &App,
    call: &Call,
    city: &PartitionHandle,
    retry: Idempotency,
    order: OrderId,
    quote: &Quote,
) -> Result<Option<Box<Uses>>, Fault> {
    let budgets: Vec<BudgetUse> = quote
        .budgets
        .iter()
        .map(|draw| BudgetUse { campaign: draw.campaign, amount: draw.amount })
        .collect();
    let Some(used) = &quote.uses else {
        let uses = Uses { member: None, budgets };
        return Ok((!uses.budgets.is_empty()).then(|| Box::new(uses)));
    };
    let place_before = holds(quote).then(|| app.now().after(placing_takes(app)));
    if let Some(place_before) = place_before {
        let (coupons, points) = (used.coupons.clone(), used.points);
        let command = MemberCommand::Hold { order, coupons, points, place_before };
        let errand = Errand::Member { member: used.member, command };
        let submission = call.submission_under(app, Vec::new());
        match app.cities.members().run(submission, errand).await {
            Ok(_) => {}
            // A repetition after the order has gone on: the city answers as the first time.
            Err(CommandError::Declined(_)) if city.is_used(retry).await? => {}
            Err(error) => return Err(error.into()),
        }
    }
    let member = MemberUses {
        member: used.member,
        tier: used.tier.as_str().into(),
        coupons: used.coupons.clone(),
        points: used.points,
        points_per_fen: used.points_per_fen,
        place_before,
    };
    Ok(Some(Box::new(Uses { member: Some(member), budgets })))
}
