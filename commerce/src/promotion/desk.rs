//! The rule: from a basket and everything that may take something off it to frozen shares.
//!
//! Limited-time discounts first, then spend-and-save, then coupons, then points. Within a stage
//! campaigns are asked by priority and then by id. All of one stage count what the goods were
//! worth when the stage began, so the order of those that do not exclude each other is irrelevant;
//! where they would take more than there is, what there is goes to them in proportion.

use std::collections::BTreeSet;

use vocabulary::{CampaignId, CouponId, Money, Quantity, StoreId, Timestamp};

use super::bearers::split;
use super::bid::{Bid, cut};
use super::campaign::{Campaign, Stage};
use super::campaigns::Campaigns;
use super::candidate::{Candidate, asked_coupons};
use super::explanation::{Applied, Explanation, NotApplied, Reason};
use super::standing::{BudgetDraw, MemberStanding, Uses};
use crate::book::PriceBook;
use crate::catalog::Sku;
use crate::price::{Share, ShareSource};
use crate::{Channel, QuoteRefusal};

/// One line of a basket with its price, before any campaign.
pub(crate) struct Goods<'a> {
    pub sku: &'a Sku,
    pub quantity: Quantity,
    pub unit_price: Money,
    /// Of all units.
    pub worth: Money,
    /// A partner that sent its own price has taken it off already.
    pub takes_campaigns: bool,
}

/// Who asks, where and with what.
pub(crate) struct Asking<'a> {
    pub book: &'a PriceBook,
    pub campaigns: &'a Campaigns,
    /// Campaigns whose budget is known to be used up.
    pub exhausted: &'a BTreeSet<CampaignId>,
    pub channel: &'a Channel,
    pub store: Option<StoreId>,
    pub member: Option<&'a MemberStanding>,
    pub coupons: &'a [CouponId],
    pub points: u64,
    pub now: Timestamp,
}

/// What a basket has been reduced to.
pub(crate) struct Reduced {
    /// What was taken off each line, in the order of the stages.
    pub shares: Vec<Vec<Share>>,
    pub uses: Option<Uses>,
    pub budgets: Vec<BudgetDraw>,
    pub explanation: Explanation,
}

/// The most coupons one quote may ask for.
pub(crate) const MOST_COUPONS: usize = 20;

pub(crate) fn reduce(asking: &Asking<'_>, goods: &[Goods<'_>]) -> Result<Reduced, QuoteRefusal> {
    let coupons = asked_coupons(asking)?;
    let mut desk = Desk::open(asking, goods);
    for stage in [Stage::LimitedTime, Stage::SpendAndSave] {
        desk.ask(asking.campaigns.of_stage(stage).map(Candidate::given).collect());
    }
    let coupons = desk.one_per_kind(coupons);
    desk.ask(coupons);
    desk.spend_points()?;
    Ok(desk.close())
}

pub(super) struct DeskLine<'a> {
    pub goods: &'a Goods<'a>,
    /// What it was worth when the stage began.
    pub base: Money,
    left: Money,
    pub taken_by: Vec<&'a Campaign>,
    shares: Vec<Share>,
}

pub(super) struct Desk<'a> {
    pub asking: &'a Asking<'a>,
    pub lines: Vec<DeskLine<'a>>,
    coupons: Vec<CouponId>,
    points: u64,
    budgets: Vec<BudgetDraw>,
    explanation: Explanation,
}

impl<'a> Desk<'a> {
    fn open(asking: &'a Asking<'a>, goods: &'a [Goods<'a>]) -> Self {
        let line = |goods: &'a Goods<'a>| DeskLine {
            goods,
            base: goods.worth,
            left: goods.worth,
            taken_by: Vec::new(),
            shares: Vec::new(),
        };
        Self {
            asking,
            lines: goods.iter().map(line).collect(),
            coupons: Vec::new(),
            points: 0,
            budgets: Vec::new(),
            explanation: Explanation::default(),
        }
    }

    fn close(self) -> Reduced {
        let uses = self.asking.member.map(|standing| Uses {
            member: standing.member,
            tier: standing.tier.clone(),
            coupons: self.coupons,
            points: self.points,
            points_per_fen: match self.points {
                0 => 0,
                _ => self.asking.book.quote_policy().points.points_per_fen,
            },
        });
        Reduced {
            shares: self.lines.into_iter().map(|line| line.shares).collect(),
            uses,
            budgets: self.budgets,
            explanation: self.explanation,
        }
    }

    /// One stage: every candidate in its turn, then all that was bid is taken off together.
    fn ask(&mut self, candidates: Vec<Candidate<'a>>) {
        for line in &mut self.lines {
            line.base = line.left;
        }
        let mut bids = Vec::new();
        for candidate in candidates {
            match self.bid(candidate) {
                Ok(bid) => {
                    let taken = self.lines.iter_mut().zip(&bid.offs);
                    for (line, _) in taken.filter(|(_, off)| **off > Money::ZERO) {
                        line.taken_by.push(candidate.campaign);
                    }
                    bids.push(bid);
                }
                Err(reason) => self.decline(candidate, reason),
            }
        }
        cut(&mut bids, &self.lines);
        bids.into_iter().for_each(|bid| self.take_off(bid));
    }

    fn decline(&mut self, candidate: Candidate<'a>, reason: Reason) {
        let is_news = match reason {
            Reason::OtherGoods
            | Reason::OtherStore
            | Reason::OtherChannel
            | Reason::NotYet { .. }
            | Reason::Over => candidate.coupon.is_some(),
            Reason::Short(_)
            | Reason::Tier
            | Reason::Excluded { .. }
            | Reason::NothingLeft
            | Reason::BudgetUsedUp
            | Reason::OnePerKind => true,
        };
        if is_news {
            let subject = candidate.subject();
            self.explanation.not_applied.push(NotApplied { subject, reason });
        }
    }

    fn one_per_kind(&mut self, coupons: Vec<Candidate<'a>>) -> Vec<Candidate<'a>> {
        let mut kinds = BTreeSet::new();
        let (first, rest): (Vec<_>, Vec<_>) =
            coupons.into_iter().partition(|coupon| kinds.insert(coupon.campaign.id));
        rest.into_iter().for_each(|coupon| self.decline(coupon, Reason::OnePerKind));
        first
    }

    fn take_off(&mut self, bid: Bid<'a>) {
        let amount = bid.total();
        if amount == Money::ZERO {
            return self.decline(bid.candidate, Reason::NothingLeft);
        }
        let campaign = bid.candidate.campaign;
        let source = bid.candidate.source();
        let mut lines = Vec::new();
        let carried = split(&campaign.bearers, &bid.offs);
        for ((line, off), carried) in self.lines.iter_mut().zip(&bid.offs).zip(carried) {
            line.left = line.left.less(*off);
            let shares = carried.into_iter();
            line.shares.extend(shares.map(|(bearer, amount)| Share { source, bearer, amount }));
            if *off > Money::ZERO {
                lines.push((line.goods.sku.id, *off));
            }
        }
        if campaign.budget.is_some() {
            self.budgets.push(BudgetDraw { campaign: campaign.id, amount });
        }
        self.coupons.extend(bid.candidate.coupon.map(|held| held.coupon));
        let (subject, counted, next) = (bid.candidate.subject(), bid.counted, bid.next);
        self.explanation.applied.push(Applied { subject, amount, counted, lines, next });
    }

    fn spend_points(&mut self) -> Result<(), QuoteRefusal> {
        let given = self.asking.points;
        if given == 0 {
            return Ok(());
        }
        let standing = self.asking.member.ok_or(QuoteRefusal::NeedsMember)?;
        if given > standing.points {
            return Err(QuoteRefusal::NotEnoughPoints { given, available: standing.points });
        }
        let open: Vec<bool> = self.lines.iter().map(|line| line.goods.takes_campaigns).collect();
        for line in &mut self.lines {
            line.base = line.left;
        }
        let goods = self.lines.iter().filter(|line| line.goods.takes_campaigns);
        let policy = &self.asking.book.quote_policy().points;
        let spent = policy.spend(given, goods.map(|line| line.left).sum());
        let offs = self.over(&open, spent.amount);
        for (line, amount) in self.lines.iter_mut().zip(offs) {
            if amount > Money::ZERO {
                line.left = line.left.less(amount);
                let (source, bearer) = (ShareSource::Points, policy.bearer);
                line.shares.push(Share { source, bearer, amount });
            }
        }
        self.points = spent.points;
        self.explanation.points = Some(spent);
        Ok(())
    }
}
