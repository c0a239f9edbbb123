//! A rating after the end: once, within the window.

use vocabulary::Seconds;

use super::{invalid, not_in_this_state};
use crate::Refusal;
use crate::order::draft::Draft;
use crate::order::event::OrderEvent;
use crate::order::part::PartStatus;
use crate::order::rating::MOST_TAGS;
use crate::order::{Delivery, DeliveryStatus, OrderStatus, RatingWords};

pub fn rate(draft: &mut Draft<'_>, words: &RatingWords) -> Result<(), Refusal> {
    let order = draft.order();
    let OrderStatus::Completed { at, .. } = order.status else {
        return Err(not_in_this_state(order, "rate"));
    };
    if let Some(rating) = &order.rating {
        // The same said again is the same rating, whatever was lost on the way.
        return if rating.words == *words { Ok(()) } else { Err(Refusal::AlreadyRated) };
    }
    if draft.now() > at.after(Seconds(draft.policy().rating_window_s)) {
        return Err(Refusal::RatingClosed);
    }
    check(words)?;
    let mut stores: Vec<_> = order
        .parts
        .iter()
        .filter(|part| part.status == PartStatus::Completed)
        .map(|part| part.store)
        .collect();
    stores.sort_unstable();
    stores.dedup();
    let is_delivered = |known: &&Delivery| matches!(known.status, DeliveryStatus::Delivered { .. });
    let delivered = order.deliveries.iter().filter(is_delivered);
    let mut couriers: Vec<_> = delivered.filter_map(Delivery::courier).collect();
    couriers.sort_unstable();
    couriers.dedup();
    if words.courier_stars.is_some() && couriers.is_empty() {
        return Err(invalid("courier_stars", "absent: no courier of ours brought this order"));
    }
    let words = words.clone();
    draft.record(OrderEvent::OrderRated { stores, couriers, words });
    Ok(())
}

fn check(words: &RatingWords) -> Result<(), Refusal> {
    let is_stars = |stars: u8| (1..=5).contains(&stars);
    if !is_stars(words.store_stars) {
        return Err(invalid("store_stars", "1 to 5"));
    }
    if !words.courier_stars.is_none_or(is_stars) {
        return Err(invalid("courier_stars", "1 to 5, or absent"));
    }
    let mut tags = words.tags.clone();
    tags.sort_unstable();
    tags.dedup();
    if tags.len() != words.tags.len() || tags.len() > MOST_TAGS {
        return Err(invalid("tags", "at most five, each once"));
    }
    Ok(())
}
