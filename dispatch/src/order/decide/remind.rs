//! The shopper asks where it is; the stores that have it hear that, and may answer.

use super::not_in_this_state;
use crate::Refusal;
use crate::order::draft::Draft;
use crate::order::event::OrderEvent;
use crate::order::part::Part;
use crate::order::{OrderStatus, ReminderAnswer};
use crate::store::{Reminded, StoreCommand};
use vocabulary::Seconds;

pub fn remind(draft: &mut Draft<'_>) -> Result<(), Refusal> {
    let order = draft.order();
    if order.status != OrderStatus::Open {
        return Err(not_in_this_state(order, "remind"));
    }
    let wait = order.reminder_wait(draft.now());
    if wait > Seconds(0) {
        return Err(Refusal::RemindedRecently { wait });
    }
    let count = order.reminders.as_ref().map_or(0, |known| known.count).saturating_add(1);
    let again_at = draft.now().after(Seconds(draft.policy().reminder_cooldown_s));
    draft.record(OrderEvent::OrderReminded { count, again_at });
    tell_stores(draft);
    Ok(())
}

/// A store, or headquarters for it, says something to the last reminder. Saying it again changes
/// nothing; saying something else replaces it.
pub fn answer(draft: &mut Draft<'_>, answer: ReminderAnswer) -> Result<(), Refusal> {
    let order = draft.order();
    let Some(reminders) = order.reminders.as_deref() else {
        return Err(Refusal::NoReminder);
    };
    if reminders.answer == Some(answer) {
        return Ok(());
    }
    if order.status != OrderStatus::Open {
        return Err(not_in_this_state(order, "answer a reminder of"));
    }
    draft.record(OrderEvent::ReminderAnswered { answer });
    tell_stores(draft);
    Ok(())
}

/// Every store that still has goods of it shows the reminder; a courier sees the order itself.
fn tell_stores(draft: &mut Draft<'_>) {
    let Some(known) = draft.order().reminders.as_deref().copied() else { return };
    let reminded =
        Reminded { count: known.count, at: known.last_at, is_answered: known.answer.is_some() };
    let at_store = draft.order().parts.iter().filter(|part| Part::is_at_store(part));
    let told: Vec<_> = at_store.map(|part| (part.store, part.fulfillment_order)).collect();
    for (store, fulfillment_order) in told {
        draft.tell_store(store, StoreCommand::HearReminder { fulfillment_order, reminded });
    }
}
