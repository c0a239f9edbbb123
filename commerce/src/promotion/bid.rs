//! What one candidate would take off the lines as they stood when the stage began.

use vocabulary::{CampaignId, Money, apportion};

use super::campaign::{Campaign, Stacking};
use super::candidate::Candidate;
use super::desk::Goods;
use super::desk::{Desk, DeskLine};
use super::discount::{Discount, Short, UnitDiscount};
use super::explanation::Reason;

/// What a candidate would take off, line by line.
pub(super) struct Bid<'a> {
    pub candidate: Candidate<'a>,
    pub offs: Vec<Money>,
    pub counted: Money,
    pub next: Option<Short>,
}

impl<'a> Desk<'a> {
    pub(super) fn bid(&self, candidate: Candidate<'a>) -> Result<Bid<'a>, Reason> {
        self.check_entitled(candidate)?;
        let campaign = candidate.campaign;
        let open = self.open_lines(campaign)?;
        let counted: Money = self
            .lines
            .iter()
            .zip(&open)
            .filter(|(_, open)| **open)
            .map(|(line, _)| line.base)
            .sum();
        let (offs, next) = match &campaign.discount {
            Discount::LimitedTime(discount) => (self.off_units(&open, *discount), None),
            Discount::SpendAndSave(rule) => {
                let (off, next) = (rule.off(counted), rule.next(counted));
                match next {
                    Some(short) if off == Money::ZERO => return Err(Reason::Short(short)),
                    Some(_) | None => (self.over(&open, off), next),
                }
            }
            Discount::Coupon(template) => match template.short(counted) {
                Some(short) => return Err(Reason::Short(short)),
                None => (self.over(&open, template.off(counted)), None),
            },
        };
        let bid = Bid { candidate, offs, counted, next };
        if bid.total() == Money::ZERO { Err(Reason::NothingLeft) } else { Ok(bid) }
    }

    /// Whether it is for this moment, store, channel and person.
    fn check_entitled(&self, candidate: Candidate<'a>) -> Result<(), Reason> {
        let (campaign, asking) = (candidate.campaign, self.asking);
        let has_expired = candidate.coupon.is_some_and(|held| held.expires_at <= asking.now);
        if campaign.starts_at > asking.now && !campaign.stopped {
            return Err(Reason::NotYet { starts_at: campaign.starts_at });
        }
        if !campaign.is_live(asking.now) || has_expired {
            return Err(Reason::Over);
        }
        if !campaign.is_at(asking.store) {
            return Err(Reason::OtherStore);
        }
        if !campaign.scope.channels.contain(asking.channel) {
            return Err(Reason::OtherChannel);
        }
        if !campaign.scope.members.contain(asking.member.map(|standing| &standing.tier)) {
            return Err(Reason::Tier);
        }
        if asking.exhausted.contains(&campaign.id) {
            return Err(Reason::BudgetUsedUp);
        }
        Ok(())
    }

    /// Which lines it may take something off.
    fn open_lines(&self, campaign: &Campaign) -> Result<Vec<bool>, Reason> {
        let leave = self.asking.campaigns.leave(campaign);
        let is_meant = |goods: &Goods<'_>| {
            goods.takes_campaigns
                && campaign.scope.has(self.asking.book, goods.sku)
                && leave.has_unit(self.asking.book, campaign, goods.sku, goods.unit_price)
        };
        let mut lines: Vec<bool> = self.lines.iter().map(|line| is_meant(line.goods)).collect();
        if !lines.contains(&true) {
            return Err(Reason::OtherGoods);
        }
        let narrow = |lines: &mut Vec<bool>, keep: &dyn Fn(&DeskLine<'a>) -> bool| {
            for (is_open, line) in lines.iter_mut().zip(&self.lines) {
                *is_open = *is_open && keep(line);
            }
            lines.contains(&true)
        };
        if !narrow(&mut lines, &|line| line.base > Money::ZERO) {
            return Err(Reason::NothingLeft);
        }
        let mut meant = self.lines.iter().zip(&lines).filter(|(_, open)| **open);
        let excluder = meant.find_map(|(line, _)| line.excluder_of(campaign));
        match excluder {
            Some(by) if !narrow(&mut lines, &|line| line.excluder_of(campaign).is_none()) => {
                Err(Reason::Excluded { by })
            }
            Some(_) | None => Ok(lines),
        }
    }

    fn off_units(&self, open: &[bool], discount: UnitDiscount) -> Vec<Money> {
        let off = |line: &DeskLine<'_>| {
            let one = discount.off(line.goods.unit_price);
            one.checked_times(line.goods.quantity.get()).unwrap_or(line.base).min(line.base)
        };
        let lines = self.lines.iter().zip(open);
        lines.map(|(line, open)| if *open { off(line) } else { Money::ZERO }).collect()
    }

    /// An amount over the open lines, by what they are worth.
    pub(super) fn over(&self, open: &[bool], off: Money) -> Vec<Money> {
        let weight = |(line, open): (&DeskLine<'_>, &bool)| {
            if *open { line.base.as_fen().unsigned_abs() } else { 0 }
        };
        let weights: Vec<u64> = self.lines.iter().zip(open).map(weight).collect();
        // An open line is worth something, and together they are worth at least what is taken off.
        apportion(off, &weights).unwrap_or_else(|_| vec![Money::ZERO; weights.len()])
    }
}

impl DeskLine<'_> {
    /// The campaign on this line that keeps another one away.
    fn excluder_of(&self, campaign: &Campaign) -> Option<CampaignId> {
        self.taken_by.iter().find(|known| exclude_each_other(known, campaign)).map(|known| known.id)
    }
}

fn exclude_each_other(one: &Campaign, other: &Campaign) -> bool {
    match (&one.stacking, &other.stacking) {
        (Stacking::Exclusive, _) | (_, Stacking::Exclusive) => true,
        (Stacking::Group(one), Stacking::Group(other)) => one == other,
        (Stacking::Group(_), Stacking::Stackable) | (Stacking::Stackable, _) => false,
    }
}

impl Bid<'_> {
    pub fn total(&self) -> Money {
        self.offs.iter().copied().sum()
    }
}

/// Where bids want more of a line than it is worth, each gets its part of it, whatever their order.
pub(super) fn cut(bids: &mut [Bid<'_>], lines: &[DeskLine<'_>]) {
    // One alone never takes more of a line than there is.
    if bids.len() < 2 {
        return;
    }
    let mut order: Vec<usize> = (0..bids.len()).collect();
    order.sort_by_key(|place| bids.get(*place).map(|bid| bid.candidate.campaign.id));
    for (index, line) in lines.iter().enumerate() {
        let wanted: Vec<Money> = order.iter().map(|place| off_of(bids, *place, index)).collect();
        if wanted.iter().copied().sum::<Money>() <= line.base {
            continue;
        }
        let weights: Vec<u64> = wanted.iter().map(|off| off.as_fen().unsigned_abs()).collect();
        let parts = apportion(line.base, &weights).unwrap_or_default();
        for (place, part) in order.iter().zip(parts) {
            let bid = bids.get_mut(*place);
            if let Some(off) = bid.and_then(|bid| bid.offs.get_mut(index)) {
                *off = part;
            }
        }
    }
}

fn off_of(bids: &[Bid<'_>], place: usize, index: usize) -> Money {
    bids.get(place).and_then(|bid| bid.offs.get(index)).copied().unwrap_or_default()
}
