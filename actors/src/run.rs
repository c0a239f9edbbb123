//! Errands: carried out here, or written as a letter to where their owner lives.

use std::rc::Rc;

use commerce::budget::{Allowance, AllowanceCommand, Budget};
use commerce::member::{Member, PhoneBinding};
use dispatch::By;
use dispatch::order::{Uses, UsesReport};
use vocabulary::{CampaignId, MemberId, OrderId};

use crate::core::{Core, Owners};
use crate::errand::{Errand, partition_of, slot_of, word_to_allowance, word_to_member};
use crate::error::CommandError;
use crate::intake::Cause;
use crate::judge::{Deed, Verdict};
use crate::owner::{Deliver, Owned, Owns, Reply};
use crate::owners::{AllowanceOwner, BudgetOwner, MemberOwner, PhoneOwner};
use crate::recovery::{self, Absent};
use crate::road;

impl Core {
    /// Carries an errand out if its owner lives here. Otherwise it goes with this batch as a
    /// letter, and whoever waits hears that it is on its way.
    pub fn run(&self, errand: Errand, by: By, cause: Cause, reply: Option<Reply>) {
        let Some(core) = self.me() else { return };
        let home = errand.home().map(partition_of);
        match home.filter(|home| *home != self.partition) {
            None => run_here(&core, errand, by, cause, reply),
            Some(target) => {
                if !self.has_events() {
                    road::note(&core, target);
                }
                self.letter(target, errand);
                if let Some(reply) = reply {
                    self.reply(reply, Ok(crate::answer::Answer::Done { seq: self.last_seq() }));
                }
            }
        }
    }

    /// Tells the owners of what an order uses how it goes on.
    pub fn report(&self, report: &UsesReport, cause: Cause) {
        if let Some(member) = report.member {
            let errand = Errand::Member { member, command: word_to_member(report) };
            self.run(errand, By::Partition, cause, None);
        }
        if let Some(command) = word_to_allowance(report) {
            for campaign in &report.campaigns {
                self.tell_allowance(*campaign, command, cause);
            }
        }
    }

    fn tell_allowance(&self, campaign: CampaignId, command: AllowanceCommand, cause: Cause) {
        let errand = Errand::Allowance { city: slot_of(self.partition), campaign, command };
        self.run(errand, By::Partition, cause, None);
    }

    /// Draws an order's budgets, all or none, in the step that places it; says from which.
    pub fn draw(
        &self,
        order: OrderId,
        uses: Option<&Uses>,
        cause: Cause,
    ) -> Result<Vec<CampaignId>, CommandError> {
        let mut drawn = Vec::new();
        for wanted in uses.map(|uses| uses.budgets.as_slice()).unwrap_or_default() {
            let command = AllowanceCommand::Draw { order, amount: wanted.amount };
            if let Err(error) = self.draw_one(wanted.campaign, &command, cause) {
                self.give_back_draws(order, &drawn);
                return Err(error);
            }
            drawn.push(wanted.campaign);
        }
        Ok(drawn)
    }

    /// The allowance decides here and now: the order's actor begins with its draws recorded.
    fn draw_one(
        &self,
        campaign: CampaignId,
        command: &AllowanceCommand,
        cause: Cause,
    ) -> Result<(), CommandError> {
        let Some(core) = self.me() else { return Err(CommandError::Unavailable) };
        let owner = allowance(&core, campaign);
        let Verdict { deeds, refusal, .. } = owner.decide(self, command, By::Partition, cause)?;
        for deed in deeds {
            match deed {
                Deed::Send(errand) => self.run(errand, By::Partition, cause, None),
                Deed::Tell(_) | Deed::Arm { .. } | Deed::Source(_) | Deed::Report(_) => {}
            }
        }
        refusal.map_or(Ok(()), Err)
    }

    /// An order that came to nothing before it was anybody's.
    pub fn give_back_draws(&self, order: OrderId, campaigns: &[CampaignId]) {
        let command = AllowanceCommand::Settle { order, used: false };
        for campaign in campaigns {
            self.tell_allowance(*campaign, command, Cause::default());
        }
    }

    /// A placing was refused before its order began, and its quote is not tried again: what its
    /// member holds for it is free at once.
    pub fn decline_uses(&self, order: OrderId, uses: Option<&Uses>) {
        let member = uses.and_then(|uses| uses.member.as_ref());
        if let Some(member) = member.filter(|member| member.place_before.is_some()) {
            let errand = road::never_placed(order, member.member);
            self.run(errand, By::Partition, Cause::default(), None);
        }
    }
}

fn run_here(core: &Rc<Core>, errand: Errand, by: By, cause: Cause, reply: Option<Reply>) {
    match errand {
        Errand::Member { member, command } => {
            let delivery = Deliver { command, by, cause, reply };
            let fresh = |id: MemberId| MemberOwner(Member::new(id));
            tell_or_wake(core, |core| &core.members, member, fresh, delivery);
        }
        Errand::Phone { phone, command } => {
            let delivery = Deliver { command, by, cause, reply };
            let fresh = |phone| PhoneOwner { phone, binding: PhoneBinding::default() };
            tell_or_wake(core, |core| &core.phones, phone, fresh, delivery);
        }
        Errand::Budget { campaign, command, .. } => {
            budget(core, campaign).tell(core, Deliver { command, by, cause, reply });
        }
        Errand::Allowance { campaign, command, .. } => {
            allowance(core, campaign).tell(core, Deliver { command, by, cause, reply });
        }
        Errand::AskOrder { order, member, place_before } => {
            road::answer_about(core, order, member, place_before);
            if let Some(reply) = reply {
                core.reply(reply, Ok(crate::answer::Answer::Done { seq: core.last_seq() }));
            }
        }
    }
}

/// Members and phones leave memory when nothing is under way with them.
fn tell_or_wake<M: Owns + serde::de::DeserializeOwned>(
    core: &Rc<Core>,
    owners: fn(&Core) -> &Owners<M::Id, M>,
    id: M::Id,
    fresh: fn(M::Id) -> M,
    delivery: Deliver<M::Command>,
) where
    M::Id: std::hash::Hash,
{
    let owner = owners(core).borrow().get(&id).cloned();
    match owner {
        Some(owner) => owner.tell(core, delivery),
        None => recovery::wake(Rc::clone(core), owners, id, Absent::Fresh(fresh), delivery),
    }
}

fn budget(core: &Rc<Core>, campaign: CampaignId) -> Rc<Owned<BudgetOwner>> {
    if let Some(owner) = core.budgets.borrow().get(&campaign) {
        return Rc::clone(owner);
    }
    let machine = BudgetOwner { campaign, budget: Budget::default() };
    let owner = Owned::new(campaign, machine, 0, 0);
    recovery::begin(core, &core.budgets, Rc::clone(&owner));
    owner
}

fn allowance(core: &Rc<Core>, campaign: CampaignId) -> Rc<Owned<AllowanceOwner>> {
    if let Some(owner) = core.allowances.borrow().get(&campaign) {
        return Rc::clone(owner);
    }
    let city = slot_of(core.partition);
    let machine = AllowanceOwner { campaign, city, allowance: Allowance::default() };
    let owner = Owned::new(campaign, machine, 0, 0);
    recovery::begin(core, &core.allowances, Rc::clone(&owner));
    owner
}
