//! Whose basket a quote is for, and what they may use.
//!
//! What a quote reads here is advice; coupons, points and budgets are held when the order is
//! placed. This room decides nothing about prices.

use std::collections::BTreeSet;

use commerce::MemberStanding;
use vocabulary::{CampaignId, MemberId};

use crate::app::App;
use crate::call::Caller;
use crate::wire::fault::Fault;

/// What the member may use; nobody in particular may use nothing.
pub async fn standing(
    _app: &App,
    _caller: &Caller,
    member: Option<MemberId>,
) -> Result<Option<MemberStanding>, Fault> {
    match member {
        None => Ok(None),
        Some(_) => Err(Fault::not_found("member").about("member")),
    }
}

/// Campaigns of which this city knows that nothing is left.
pub fn exhausted(_app: &App) -> BTreeSet<CampaignId> {
    BTreeSet::new()
}
