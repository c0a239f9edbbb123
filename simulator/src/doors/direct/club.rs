//! The chain's members, in a partition of their own beside the city's: who enrols, what they claim
//! and hold. What a coupon or a point may do is decided by their owners.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

use actors::{CommandError, Errand, PartitionHandle, Submission};
use commerce::budget::{AllowanceCommand, BudgetCommand, Portion};
use commerce::member::{
    ClaimTerms, Consent, Member, MemberCommand, MemberPolicy, PhoneCommand, PhoneKey,
};
use commerce::{Campaign, MemberStanding, Members, Quote};
use dispatch::By;
use dispatch::order::{BudgetUse, MemberUses, Uses};
use persistence::PartitionId;
use vocabulary::{CampaignId, Chance, IdSource, MemberId, OrderId, Slot, Timestamp};

use super::failure;
use crate::doors::keys::fingerprint;
use crate::doors::{Failure, Wallet};
use crate::people::member;
use crate::town::Town;

/// Above the numbers of cities.
pub(super) const MEMBERS: PartitionId = PartitionId(60_001);
const HOME: Slot = Slot(60_001);

pub(super) struct Club {
    /// The members' partition.
    members: PartitionHandle,
    city: PartitionHandle,
    ids: RefCell<IdSource>,
    commands: Cell<u128>,
    rules: RefCell<Rules>,
    /// Everybody who ever enrolled; the forgotten among them have no phone any more.
    known: RefCell<BTreeSet<MemberId>>,
    by_phone: RefCell<BTreeMap<String, MemberId>>,
}

/// What headquarters wrote.
#[derive(Default)]
struct Rules {
    policy: MemberPolicy,
    coupons: Vec<Campaign>,
    with_budget: Vec<CampaignId>,
}

/// What one shopper comes to the till with.
#[derive(Default)]
pub(super) struct Purse {
    pub standing: Option<MemberStanding>,
    /// Campaigns of which nothing is left here.
    pub exhausted: BTreeSet<CampaignId>,
    /// Whether coupons and points are used, or only shown to be a member.
    pub spends: bool,
}

impl Club {
    pub fn new(members: PartitionHandle, city: PartitionHandle, chance: Chance) -> Self {
        Self {
            members,
            city,
            ids: RefCell::new(IdSource::new(HOME, chance)),
            commands: Cell::new(1 << 64),
            rules: RefCell::default(),
            known: RefCell::default(),
            by_phone: RefCell::default(),
        }
    }

    fn submission(&self) -> Submission {
        let command = self.commands.get() + 1;
        self.commands.set(command);
        Submission { by: By::Partition, command, trace: command, keys: Vec::new() }
    }

    async fn tell(&self, member: MemberId, command: MemberCommand) -> Result<(), CommandError> {
        let errand = Errand::Member { member, command };
        self.members.run(self.submission(), errand).await.map(drop)
    }

    /// Headquarters' rules for members, and the budgets that cities share.
    pub async fn furnish(&self, town: &Town) -> Result<(), Failure> {
        self.members.set_member_policy(town.member_policy.clone()).map_err(failure)?;
        for campaign in &town.campaigns {
            let Some(budget) = campaign.budget else { continue };
            let total = Portion { money: budget.amount, uses: budget.uses };
            let (home, campaign) = (HOME, campaign.id);
            let set = Errand::Budget { home, campaign, command: BudgetCommand::Set { total } };
            self.members.run(self.submission(), set).await.map_err(failure)?;
            let city = Slot(self.city.partition().0);
            let command = AllowanceCommand::Open { home };
            let open = Errand::Allowance { city, campaign, command };
            self.city.run(self.submission(), open).await.map_err(failure)?;
        }
        let with_budget = town.campaigns.iter().filter(|campaign| campaign.budget.is_some());
        let coupons = town.campaigns.iter().filter(|campaign| campaign.coupon().is_some());
        *self.rules.borrow_mut() = Rules {
            policy: town.member_policy.clone(),
            coupons: coupons.cloned().collect(),
            with_budget: with_budget.map(|campaign| campaign.id).collect(),
        };
        Ok(())
    }

    /// What the shopper with this phone has, all coupons claimed that there are.
    pub async fn purse(&self, phone: &str, now: Timestamp) -> Result<Purse, Failure> {
        let exhausted = self.exhausted().await?;
        let standing = if member::is_member(phone) {
            let id = self.member(phone, now).await?;
            self.claim(id, now).await?;
            let policy = self.rules.borrow().policy.clone();
            let read = move |member: &Member| member.standing(&policy, now);
            self.members.read_member(id, read).await.map_err(failure)?
        } else {
            None
        };
        Ok(Purse { standing, exhausted, spends: true })
    }

    async fn exhausted(&self) -> Result<BTreeSet<CampaignId>, Failure> {
        let campaigns = self.rules.borrow().with_budget.clone();
        if campaigns.is_empty() {
            return Ok(BTreeSet::new());
        }
        let read = move |reader: &actors::Reader<'_>| {
            let is_used_up = |campaign: &CampaignId| {
                let known = reader.allowance(*campaign, commerce::budget::Allowance::is_used_up);
                known.unwrap_or(false)
            };
            campaigns.into_iter().filter(is_used_up).collect()
        };
        self.city.read(read).await.map_err(failure)
    }

    /// Whoever is not enrolled yet enrols, and is welcomed with some points.
    async fn member(&self, phone: &str, now: Timestamp) -> Result<MemberId, Failure> {
        if let Some(member) = self.by_phone.borrow().get(phone) {
            return Ok(*member);
        }
        let key = phone_key(phone);
        let (member, person) = {
            let mut ids = self.ids.borrow_mut();
            (ids.next(now), ids.next(now))
        };
        let consent = Consent { terms: member::TERMS.to_owned(), marketing: false };
        let command = PhoneCommand::Enrol { member, person, consent, tail: None };
        let errand = Errand::Phone { phone: key, command };
        let member = match self.members.run(self.submission(), errand).await {
            Ok(_) => member,
            // The same shopper buys two things at once.
            Err(CommandError::Declined(_)) => {
                let bound = self.members.member_of_phone(key).await.map_err(failure)?;
                bound.ok_or_else(|| Failure::retryable("phone_taken", "and then freed"))?
            }
            Err(error) => return Err(failure(error)),
        };
        self.by_phone.borrow_mut().insert(phone.to_owned(), member);
        if self.known.borrow_mut().insert(member) {
            let (points, reason) = (member::WELCOME_POINTS, "welcome".to_owned());
            let welcome = MemberCommand::Adjust { points, reason };
            self.tell(member, welcome).await.map_err(failure)?;
        }
        Ok(member)
    }

    async fn claim(&self, member: MemberId, now: Timestamp) -> Result<(), Failure> {
        let policy = self.rules.borrow().policy.clone();
        let read = move |member: &Member| {
            let tier = member.tier(&policy).map(|tier| tier.code.clone());
            (tier, member.claims.clone())
        };
        let (tier, claims) = self.members.read_member(member, read).await.map_err(failure)?;
        let coupons = self.rules.borrow().coupons.clone();
        for campaign in coupons {
            let is_for = match &campaign.scope.members {
                Members::Everybody | Members::All => true,
                Members::Tiers(tiers) => tier.as_ref().is_some_and(|tier| tiers.contains(tier)),
            };
            let claimed = claims.get(&campaign.id).copied().unwrap_or_default();
            let per_member = campaign.coupon().map(|template| template.per_member);
            let (Some(expires_at), true) = (
                campaign.coupon_expires_at(now),
                is_for && per_member.is_some_and(|most| claimed < most),
            ) else {
                continue;
            };
            let coupon = self.ids.borrow_mut().next(now);
            let terms = ClaimTerms { campaign: campaign.id, per_member, expires_at };
            match self.tell(member, MemberCommand::Claim { coupon, terms, reason: None }).await {
                // Another purchase of the same account was faster.
                Ok(()) | Err(CommandError::Declined(_)) => {}
                Err(error) => return Err(failure(error)),
            }
        }
        Ok(())
    }

    /// Holds what a quote uses, for the order it is about to become.
    pub async fn hold(
        &self,
        order: OrderId,
        quote: &Quote,
        now: Timestamp,
    ) -> Result<Option<Box<Uses>>, CommandError> {
        let budgets = quote.budgets.iter();
        let budgets: Vec<BudgetUse> = budgets
            .map(|draw| BudgetUse { campaign: draw.campaign, amount: draw.amount })
            .collect();
        let Some(used) = &quote.uses else {
            let uses = Uses { member: None, budgets };
            return Ok((!uses.budgets.is_empty()).then(|| Box::new(uses)));
        };
        let takes = self.rules.borrow().policy.placing_takes_at_most();
        let holds = !used.coupons.is_empty() || used.points > 0;
        let place_before = holds.then(|| now.after(takes));
        if let Some(place_before) = place_before {
            let (coupons, points) = (used.coupons.clone(), used.points);
            let hold = MemberCommand::Hold { order, coupons, points, place_before };
            self.tell(used.member, hold).await?;
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

    /// Forgets a member; refused while an order of theirs is under way.
    pub async fn forget(&self, phone: &str) -> Result<(), Failure> {
        let member = self.by_phone.borrow().get(phone).copied();
        let member = member.ok_or_else(|| Failure::new("not_found", "nobody's account"))?;
        self.tell(member, MemberCommand::Erase).await.map_err(failure)?;
        self.by_phone.borrow_mut().remove(phone);
        Ok(())
    }

    pub async fn wallets(&self, of: &[MemberId], now: Timestamp) -> Result<Vec<Wallet>, Failure> {
        let mut wallets = Vec::with_capacity(of.len());
        for id in of.iter().copied() {
            let read = move |member: &Member| Wallet {
                member: id,
                at_ms: now.as_millis(),
                points: member.points.available(now),
                owed: member.points.owed,
                coupons: member.coupons.values().filter(|coupon| coupon.is_free(now)).count(),
            };
            wallets.push(self.members.read_member(id, read).await.map_err(failure)?);
        }
        Ok(wallets)
    }
}

fn phone_key(phone: &str) -> PhoneKey {
    let bytes = fingerprint(phone);
    PhoneKey::from_bits(bytes.iter().take(16).fold(0, |bits, byte| (bits << 8) | u128::from(*byte)))
}
