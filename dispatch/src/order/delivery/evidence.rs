//! What comes in at the door before `delivered`: pictures, and codes that are wrong.

use vocabulary::{CourierId, DeliveryId, PersonId, Seconds};

use super::advance::{check_holder, only_the_courier};
use super::{Delivery, DeliveryStatus, Stage, find, wrong_state};
use crate::Refusal;
use crate::order::draft::Draft;
use crate::order::event::OrderEvent;
use crate::order::proof::MOST_PICTURES;
use crate::order::{CodeTries, PictureOf, ProofOfDelivery};

/// A picture lies sealed under this id. Keeping it again changes nothing.
pub fn keep_picture(
    draft: &mut Draft<'_>,
    id: DeliveryId,
    attempt: u32,
    courier: CourierId,
    picture: PersonId,
    what: PictureOf,
) -> Result<(), Refusal> {
    let delivery = on_the_way(draft, id, attempt, courier, "keeping a picture")?;
    let kept = draft.order().evidence.as_deref().map_or(&[][..], |kept| &kept.pictures);
    if kept.iter().any(|known| known.picture == picture && known.delivery == id) {
        return Ok(());
    }
    if kept.len() >= MOST_PICTURES {
        return Err(Refusal::TooManyPictures { most: MOST_PICTURES as u32 });
    }
    let delivery = delivery.delivery;
    draft.record(OrderEvent::DeliveryPictureKept { delivery, picture, what });
    Ok(())
}

/// A code was said at the door that is not the order's. It is counted, and then nobody may try
/// for a while.
pub fn wrong_code(
    draft: &mut Draft<'_>,
    id: DeliveryId,
    attempt: u32,
    courier: CourierId,
) -> Result<(), Refusal> {
    on_the_way(draft, id, attempt, courier, "a code")?;
    check_lock(draft, id)?;
    let (tries, locked_for) = (draft.policy().code_tries, draft.policy().code_locked_for_s);
    let before = draft.order().code_tries(id).filter(|known| known.locked_until.is_none());
    let failed = before.map_or(0, |known| known.failed).saturating_add(1);
    let locked_until = (failed >= tries).then(|| draft.now().after(Seconds(locked_for)));
    let tries = CodeTries { delivery: id, failed, locked_until };
    draft.record(OrderEvent::DeliveryCodeFailed { tries });
    let left = draft.policy().code_tries.saturating_sub(failed);
    draft.refuse(match locked_until {
        Some(until) => Refusal::CodeLocked { until },
        None => Refusal::CodeWrong { tries_left: left },
    });
    Ok(())
}

/// Whether what is shown is what was asked for, and every picture of it was kept.
pub(super) fn check_proof(
    draft: &Draft<'_>,
    delivery: &Delivery,
    proof: &ProofOfDelivery,
) -> Result<(), Refusal> {
    if proof.meets() < delivery.need {
        return Err(Refusal::ProofMissing { what: delivery.need.asks_for().to_owned() });
    }
    if *proof == ProofOfDelivery::Code {
        check_lock(draft, delivery.delivery)?;
    }
    let Some((picture, what)) = proof.picture() else { return Ok(()) };
    let kept = draft.order().evidence.as_deref().map_or(&[][..], |kept| &kept.pictures);
    let is_kept = kept.iter().any(|known| {
        known.delivery == delivery.delivery && known.picture == picture && known.what == what
    });
    if is_kept {
        return Ok(());
    }
    Err(Refusal::ProofMissing { what: "its picture was not sent: send it first".to_owned() })
}

fn check_lock(draft: &Draft<'_>, id: DeliveryId) -> Result<(), Refusal> {
    let locked = draft.order().code_tries(id).and_then(|known| known.locked_until);
    match locked.filter(|until| *until > draft.now()) {
        Some(until) => Err(Refusal::CodeLocked { until }),
        None => Ok(()),
    }
}

fn on_the_way(
    draft: &Draft<'_>,
    id: DeliveryId,
    attempt: u32,
    courier: CourierId,
    verb: &str,
) -> Result<Delivery, Refusal> {
    let delivery = find(draft.order(), id)?.clone();
    only_the_courier(draft, courier)?;
    match &delivery.status {
        DeliveryStatus::InHand { stage, .. } if *stage >= Stage::PickedUp => {}
        DeliveryStatus::FailedAttempt { .. } => {}
        DeliveryStatus::Unassigned
        | DeliveryStatus::Offering { .. }
        | DeliveryStatus::InHand { .. }
        | DeliveryStatus::Returning { .. }
        | DeliveryStatus::Delivered { .. }
        | DeliveryStatus::Returned { .. }
        | DeliveryStatus::Lost { .. }
        | DeliveryStatus::Cancelled { .. } => return Err(wrong_state(&delivery, verb)),
    }
    check_holder(&delivery, attempt, courier)?;
    Ok(delivery)
}
