//! Commands for owners that may live in another partition, in the form in which they travel.

use commerce::budget::{AllowanceCommand, BudgetCommand};
use commerce::member::{GiveBack, MemberCommand, PhoneCommand, PhoneKey};
use dispatch::order::{UsesBack, UsesProgress, UsesReport};
use persistence::PartitionId;
use serde::{Deserialize, Serialize};
use vocabulary::{CampaignId, MemberId, OrderId, Slot, Timestamp};

/// A command and the owner it is for. Letters hold these as JSON, so a form that was ever sent must
/// stay readable.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Errand {
    Member {
        member: MemberId,
        command: MemberCommand,
    },
    /// Of the partition's own phones.
    Phone {
        phone: PhoneKey,
        command: PhoneCommand,
    },
    Budget {
        home: Slot,
        campaign: CampaignId,
        command: BudgetCommand,
    },
    Allowance {
        city: Slot,
        campaign: CampaignId,
        command: AllowanceCommand,
    },
    /// Whether the order was placed, from a member who holds something for it. Only "no" is
    /// answered, and only once it can no longer be placed: a placed order tells by itself.
    AskOrder {
        order: OrderId,
        member: MemberId,
        place_before: Timestamp,
    },
}

/// What one commit of a partition has to tell another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// The sender's event that it goes with; letters to one partition come in this order.
    pub seq: u64,
    /// JSON of a list of errands.
    pub payload: String,
}

/// The partition that a slot is with. A slot is its partition's own until slots are moved.
pub(crate) fn partition_of(slot: Slot) -> PartitionId {
    PartitionId(slot.0)
}

pub(crate) fn slot_of(partition: PartitionId) -> Slot {
    Slot(partition.0)
}

impl Errand {
    /// Where its owner lives; `None` is where it is said.
    pub(crate) fn home(&self) -> Option<Slot> {
        match self {
            Errand::Member { member, .. } => Some(member.slot()),
            Errand::Phone { .. } => None,
            Errand::Budget { home, .. } => Some(*home),
            Errand::Allowance { city, .. } => Some(*city),
            Errand::AskOrder { order, .. } => Some(order.slot()),
        }
    }
}

/// What a member is told of an order.
pub(crate) fn word_to_member(report: &UsesReport) -> MemberCommand {
    let order = report.order;
    match report.progress {
        UsesProgress::Placed => MemberCommand::Confirm { order },
        UsesProgress::GivenBack { because } => {
            MemberCommand::GiveBack { order, because: why(because) }
        }
        UsesProgress::Completed { paid, points_back, return_until } => {
            MemberCommand::Complete { order, paid, points_back, return_until }
        }
        UsesProgress::Corrected { paid, points_back } => {
            MemberCommand::Correct { order, paid, points_back }
        }
    }
}

fn why(because: UsesBack) -> GiveBack {
    match because {
        UsesBack::Refused => GiveBack::Refused,
        UsesBack::Expired => GiveBack::Expired,
        UsesBack::Cancelled => GiveBack::Cancelled,
    }
}

/// What an allowance is told of an order; `None` where the draw stays as it is.
pub(crate) fn word_to_allowance(report: &UsesReport) -> Option<AllowanceCommand> {
    let order = report.order;
    match report.progress {
        UsesProgress::GivenBack { .. } => Some(AllowanceCommand::Settle { order, used: false }),
        UsesProgress::Completed { .. } => Some(AllowanceCommand::Settle { order, used: true }),
        UsesProgress::Placed | UsesProgress::Corrected { .. } => None,
    }
}
