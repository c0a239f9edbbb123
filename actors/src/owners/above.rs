//! What stands above cities: members, their phones, and campaigns' budgets with a city's share.
//!
//! Commerce's machines judge; here they get the form in which the shell runs every owner.

use std::collections::BTreeSet;
use std::convert::Infallible;

use commerce::budget::{
    Allowance, AllowanceCommand, AllowanceEvent, AllowanceWish, Budget, BudgetCommand, BudgetEvent,
    BudgetWish,
};
use commerce::member::{
    Member, MemberCommand, MemberContext, MemberEvent, MemberWish, PhoneBinding, PhoneCommand,
    PhoneEvent, PhoneKey,
};
use persistence::StateRow;
use serde::{Deserialize, Serialize};
use vocabulary::{CampaignId, MemberId, Slot, Timestamp};

use super::rows::{Kept, Row, json, kinds};
use crate::core::{Core, Ended};
use crate::errand::Errand;
use crate::error::CommandError;
use crate::judge::{Deed, Judge, Judging, Verdict};
use crate::output::Output;
use crate::owner::{Journaled, Owns};

/// A member with its id; the only thing it waits for is the next city to be asked.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct MemberOwner(pub Member);

/// One phone's binding.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct PhoneOwner {
    pub phone: PhoneKey,
    pub binding: PhoneBinding,
}

/// A campaign's budget.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct BudgetOwner {
    pub campaign: CampaignId,
    pub budget: Budget,
}

/// This city's share of a campaign's budget.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct AllowanceOwner {
    pub campaign: CampaignId,
    pub city: Slot,
    pub allowance: Allowance,
}

/// Says the parts of [`Owns`] that are the same for all of these: one row, no listeners.
macro_rules! one_row {
    ($id:ty, $event:ty, $kind:expr) => {
        type Id = $id;
        type Row = ();
        const KIND: &'static str = $kind;

        fn bits(id: $id) -> u128 {
            id.bits()
        }

        fn event_kind(event: &$event) -> &'static str {
            event.kind()
        }

        fn event_payload(event: &$event) -> Result<String, serde_json::Error> {
            json(event)
        }

        fn touched(&self, _event: &$event, _rows: &mut BTreeSet<()>) {}

        fn publish(&self, _id: $id, _events: &[$event], _seq: u64, _core: &Core) {}

        fn publish_all(&self, _id: $id, _core: &Core) {}

        fn changes(&self, _: $id, _: &BTreeSet<()>, _: &Core, _: &mut Vec<Output>) {}
    };
}

impl Judge for MemberOwner {
    type Command = MemberCommand;
    type Event = MemberEvent;
    type Timer = ();
    type Deeds = Vec<Deed<()>>;

    fn judge(
        &self,
        command: &MemberCommand,
        judging: &Judging<'_>,
    ) -> Result<Verdict<MemberEvent, Vec<Deed<()>>>, CommandError> {
        let context = MemberContext { now: judging.now, policy: judging.members };
        let decision = self.0.decide(command, &context)?;
        let deeds = decision.wishes.into_iter().map(|wish| self.deed(wish)).collect();
        Ok(Verdict { events: decision.events, deeds, refusal: None })
    }

    fn fold(&mut self, event: &MemberEvent, at: Timestamp) {
        self.0.apply(event, at);
    }

    fn unanswered(&self, _now: Timestamp) -> Vec<Deed<()>> {
        self.0.resume().map(|wish| self.deed(wish)).into_iter().collect()
    }
}

impl MemberOwner {
    fn deed(&self, wish: MemberWish) -> Deed<()> {
        match wish {
            MemberWish::WakeAt(due) => Deed::Arm { timer: (), due },
            MemberWish::AskCity { order, place_before } => {
                Deed::Send(Errand::AskOrder { order, member: self.0.id, place_before })
            }
            MemberWish::FreePhone(phone) => {
                let command = PhoneCommand::Free { member: self.0.id };
                Deed::Send(Errand::Phone { phone, command })
            }
        }
    }
}

impl Owns for MemberOwner {
    one_row!(MemberId, MemberEvent, kinds::MEMBER);

    fn timer_fired((): ()) -> MemberCommand {
        MemberCommand::TimerFired
    }

    fn encode(&self, id: MemberId, journal: Journaled<'_, Self>, states: &mut Vec<StateRow>) {
        let row = Row {
            live: self.0.is_live(),
            status: self.0.status_text(),
            ..Row::of(kinds::MEMBER, id.bits())
        };
        row.encode(journal.seq, &Kept { entity_seq: journal.entity_seq, state: self }, states);
    }

    /// Nobody needs it in memory until the next command for it.
    fn settled(&self, id: MemberId, core: &Core) {
        if !self.0.is_live() {
            core.ended(Ended::Member(id));
        }
    }
}

impl Judge for PhoneOwner {
    type Command = PhoneCommand;
    type Event = PhoneEvent;
    type Timer = Infallible;
    type Deeds = Option<Deed<Infallible>>;

    fn judge(
        &self,
        command: &PhoneCommand,
        _judging: &Judging<'_>,
    ) -> Result<Verdict<PhoneEvent, Option<Deed<Infallible>>>, CommandError> {
        let event = self.binding.decide(command)?;
        let deeds = match (command, &event) {
            (PhoneCommand::Enrol { member, person, consent, tail }, Some(_)) => {
                let (phone, consent) = (self.phone, consent.clone());
                let (person, tail) = (*person, *tail);
                let command = MemberCommand::Enrol { person, phone, consent, tail };
                Some(Deed::Send(Errand::Member { member: *member, command }))
            }
            (PhoneCommand::Enrol { .. }, None) | (PhoneCommand::Free { .. }, _) => None,
        };
        Ok(Verdict { events: event.into_iter().collect(), deeds, refusal: None })
    }

    fn fold(&mut self, event: &PhoneEvent, _at: Timestamp) {
        self.binding.apply(event);
    }

    fn unanswered(&self, _now: Timestamp) -> Option<Deed<Infallible>> {
        None
    }
}

impl Owns for PhoneOwner {
    one_row!(PhoneKey, PhoneEvent, kinds::PHONE);

    fn timer_fired(never: Infallible) -> PhoneCommand {
        match never {}
    }

    fn encode(&self, id: PhoneKey, journal: Journaled<'_, Self>, states: &mut Vec<StateRow>) {
        let row = Row { live: false, ..Row::of(kinds::PHONE, id.bits()) };
        row.encode(journal.seq, &Kept { entity_seq: journal.entity_seq, state: self }, states);
    }

    fn settled(&self, id: PhoneKey, core: &Core) {
        core.ended(Ended::Phone(id));
    }
}

impl Judge for BudgetOwner {
    type Command = BudgetCommand;
    type Event = BudgetEvent;
    type Timer = Infallible;
    type Deeds = Vec<Deed<Infallible>>;

    fn judge(
        &self,
        command: &BudgetCommand,
        _judging: &Judging<'_>,
    ) -> Result<Verdict<BudgetEvent, Vec<Deed<Infallible>>>, CommandError> {
        let (events, wishes) = self.budget.decide(command);
        let campaign = self.campaign;
        let deeds = wishes.into_iter().map(|wish| {
            let (city, command) = match wish {
                BudgetWish::Grant { city, portion } => (city, AllowanceCommand::Grant { portion }),
                BudgetWish::Recall { city } => (city, AllowanceCommand::Recall),
            };
            Deed::Send(Errand::Allowance { city, campaign, command })
        });
        Ok(Verdict { events, deeds: deeds.collect(), refusal: None })
    }

    fn fold(&mut self, event: &BudgetEvent, _at: Timestamp) {
        self.budget.apply(event);
    }

    fn unanswered(&self, _now: Timestamp) -> Vec<Deed<Infallible>> {
        Vec::new()
    }
}

impl Owns for BudgetOwner {
    one_row!(CampaignId, BudgetEvent, kinds::BUDGET);

    fn timer_fired(never: Infallible) -> BudgetCommand {
        match never {}
    }

    fn encode(&self, id: CampaignId, journal: Journaled<'_, Self>, states: &mut Vec<StateRow>) {
        let kept = Kept { entity_seq: journal.entity_seq, state: self };
        Row::standing(kinds::BUDGET, id.bits()).encode(journal.seq, &kept, states);
    }
}

impl Judge for AllowanceOwner {
    type Command = AllowanceCommand;
    type Event = AllowanceEvent;
    type Timer = Infallible;
    type Deeds = Vec<Deed<Infallible>>;

    fn judge(
        &self,
        command: &AllowanceCommand,
        _judging: &Judging<'_>,
    ) -> Result<Verdict<AllowanceEvent, Vec<Deed<Infallible>>>, CommandError> {
        let decision = self.allowance.decide(command);
        let (campaign, city) = (self.campaign, self.city);
        let deeds = decision.wishes.into_iter().map(|wish| {
            let (home, command) = match wish {
                AllowanceWish::Ask { home, wanted } => (home, BudgetCommand::Ask { city, wanted }),
                AllowanceWish::Return { home, portion } => {
                    (home, BudgetCommand::Return { city, portion })
                }
            };
            Deed::Send(Errand::Budget { home, campaign, command })
        });
        Ok(Verdict {
            events: decision.events,
            deeds: deeds.collect(),
            refusal: decision.refusal.map(CommandError::Declined),
        })
    }

    fn fold(&mut self, event: &AllowanceEvent, _at: Timestamp) {
        self.allowance.apply(event);
    }

    fn unanswered(&self, _now: Timestamp) -> Vec<Deed<Infallible>> {
        Vec::new()
    }
}

impl Owns for AllowanceOwner {
    one_row!(CampaignId, AllowanceEvent, kinds::ALLOWANCE);

    fn timer_fired(never: Infallible) -> AllowanceCommand {
        match never {}
    }

    fn encode(&self, id: CampaignId, journal: Journaled<'_, Self>, states: &mut Vec<StateRow>) {
        let kept = Kept { entity_seq: journal.entity_seq, state: self };
        Row::standing(kinds::ALLOWANCE, id.bits()).encode(journal.seq, &kept, states);
    }
}
