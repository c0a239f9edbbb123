//! Who of a chosen set of stores gives what.
//!
//! Each need goes whole to the member where it costs the score least, the better-scored store
//! first where that is equal. This may have to give way: every member must give something, a part
//! must reach the policy's least value, and needs of one SKU share a shelf. So the assignment is a
//! branch and bound over the needs, whose first descent is already the answer when nothing is in
//! the way. Parted needs are dealt last ([`super::deal`]).

use std::collections::BTreeSet;

use super::basket::Need;
use super::budget::Budget;
use super::contest::{Contender, Contest};
use super::deal::{self, Dealt, Hand};

/// Rounding of sums of scores; smaller differences are none.
const ROUNDING: f64 = 1e-9;

/// What each member of a set gives.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Assignment {
    pub(super) score: f64,
    pub(super) gifts: Vec<Gift>,
}

impl Assignment {
    /// How many give something.
    pub(super) fn stores(&self) -> usize {
        let givers: BTreeSet<usize> = self.gifts.iter().map(|gift| gift.contender).collect();
        givers.len()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Gift {
    /// Index among the contenders.
    pub(super) contender: usize,
    pub(super) need: usize,
    pub(super) portion: Portion,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Portion {
    Whole,
    Units(u32),
}

/// A store of the set, and what it has given so far.
#[derive(Clone)]
pub(super) struct Member<'c> {
    /// Index among the contenders.
    pub(super) index: usize,
    pub(super) contender: &'c Contender<'c>,
    /// Worth of what it gives, in fen.
    pub(super) value: i64,
    pub(super) gives_any: bool,
    /// Units taken by slot of the shelf; only kept where needs share a SKU.
    taken: Vec<u32>,
}

/// The best assignment for a set of contenders that together miss nothing; `None` when there is
/// none, or none was found within the budget.
pub(super) fn assign(
    contest: &Contest<'_>,
    set: &[usize],
    budget: &mut Budget,
) -> Option<Assignment> {
    let members = members(contest, set);
    let tasks = tasks(contest, &members);
    let least_dealt = deal::least_score(contest, &members);
    let mut search = Search {
        contest,
        members,
        given: Vec::new(),
        least_dealt,
        budget: budget.share(),
        best: None,
    };
    search.give(&tasks, contest.score_of_stores(set) + least_dealt);
    budget.settle(search.budget);
    search.best
}

/// The better-scored first.
fn members<'c>(contest: &'c Contest<'c>, set: &[usize]) -> Vec<Member<'c>> {
    let basket = &contest.question.basket;
    let shelf = if basket.has_rivals { basket.wants().len() } else { 0 };
    let known = set.iter().filter_map(|index| Some((*index, contest.contenders.get(*index)?)));
    let mut members: Vec<Member> = known
        .map(|(index, contender)| Member {
            index,
            contender,
            value: 0,
            gives_any: false,
            taken: vec![0; shelf],
        })
        .collect();
    members.sort_by(|one, other| {
        let by_score = one.contender.score.total_cmp(&other.contender.score);
        by_score.then(one.index.cmp(&other.index))
    });
    members
}

/// A need that goes whole to somebody.
struct Task<'c> {
    index: usize,
    need: &'c Need,
    /// Members that have it, the preferred first, with what it adds to the score.
    options: Vec<(f64, usize)>,
    /// The least that this and the tasks after it add to the score.
    least_rest: f64,
}

fn tasks<'c>(contest: &'c Contest<'_>, members: &[Member<'_>]) -> Vec<Task<'c>> {
    let needs = contest.whole.iter().filter_map(|index| Some((index, contest.need(index)?)));
    let mut tasks: Vec<Task> = needs
        .map(|(index, need)| {
            let has_it =
                members.iter().enumerate().filter(|(_, m)| m.contender.whole.contains(index));
            let mut options: Vec<(f64, usize)> =
                has_it.map(|(member, m)| (contest.drawn(m.contender, need), member)).collect();
            options.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(&other.1)));
            Task { index, need, options, least_rest: 0.0 }
        })
        .collect();
    let mut least_rest = 0.0;
    for task in tasks.iter_mut().rev() {
        least_rest += task.options.first().map_or(0.0, |(drawn, _)| *drawn);
        task.least_rest = least_rest;
    }
    tasks
}

struct Search<'c> {
    contest: &'c Contest<'c>,
    members: Vec<Member<'c>>,
    /// The member that gives each task so far.
    given: Vec<usize>,
    /// The least that parted needs add to the score.
    least_dealt: f64,
    budget: Budget,
    best: Option<Assignment>,
}

impl Search<'_> {
    /// Gives the tasks that are left in every promising way. `score` counts the stores, the tasks
    /// given and the least that parted needs add.
    fn give(&mut self, tasks: &[Task<'_>], score: f64) {
        if !self.budget.allows_step() {
            return;
        }
        let Some((task, rest)) = tasks.split_first() else { return self.settle(score) };
        let later = rest.first().map_or(0.0, |next| next.least_rest);
        for &(drawn, member) in &task.options {
            let least = score + drawn + later;
            // The options come cheapest first: the others are no better either.
            if self.best.as_ref().is_some_and(|best| best.score <= least + ROUNDING) {
                return;
            }
            if !self.take(member, task.need) {
                continue;
            }
            if self.can_reach_least_value(rest) {
                self.given.push(member);
                self.give(rest, score + drawn);
                self.given.pop();
            }
            self.put_back(member, task.need);
        }
    }

    /// Takes a need from a member's shelf, unless other needs have emptied it.
    fn take(&mut self, member: usize, need: &Need) -> bool {
        let wants = self.contest.question.basket.wants_of(need);
        let Some(member) = self.members.get_mut(member) else { return false };
        let fits = wants.iter().all(|want| member.left(want.slot) >= want.units);
        if fits {
            for want in wants {
                member.remove(want.slot, want.units);
            }
            member.value = member.value.saturating_add(need.value.as_fen());
        }
        fits
    }

    fn put_back(&mut self, member: usize, need: &Need) {
        let wants = self.contest.question.basket.wants_of(need);
        let Some(member) = self.members.get_mut(member) else { return };
        for want in wants {
            member.restore(want.slot, want.units);
        }
        member.value = member.value.saturating_sub(need.value.as_fen());
    }

    /// Whether every part can still be worth the least, if it got all that it has of the rest.
    fn can_reach_least_value(&self, rest: &[Task<'_>]) -> bool {
        let least = self.contest.least_value;
        least == 0
            || self.members.iter().all(|member| {
                let whole = rest.iter().filter(|task| member.contender.whole.contains(task.index));
                let whole: i64 = whole.map(|task| task.need.value.as_fen()).sum();
                let parted = deal::most_value(self.contest, member);
                member.value.saturating_add(whole).saturating_add(parted) >= least
            })
    }

    /// All whole needs are given: deals the parted ones and keeps the result if it is better.
    fn settle(&mut self, score: f64) {
        let mut members = self.members.clone();
        for member in &self.given {
            if let Some(member) = members.get_mut(*member) {
                member.gives_any = true;
            }
        }
        match deal::deal(self.contest, &members) {
            Dealt::Best(hand) => self.keep(score, hand),
            Dealt::Good(hand) => {
                self.budget.gave_up = true;
                self.keep(score, hand);
            }
            Dealt::NotAtAll => {}
            Dealt::MaybeNot => self.budget.gave_up = true,
        }
    }

    fn keep(&mut self, score: f64, dealt: Hand) {
        let score = score - self.least_dealt + dealt.score;
        if self.best.as_ref().is_none_or(|best| score < best.score - ROUNDING) {
            let gifts = self.whole_gifts().chain(dealt.gifts).collect();
            self.best = Some(Assignment { score, gifts });
        }
    }

    fn whole_gifts(&self) -> impl Iterator<Item = Gift> {
        let given = self.contest.whole.iter().zip(&self.given);
        given.filter_map(|(need, member)| {
            let contender = self.members.get(*member)?.index;
            Some(Gift { contender, need, portion: Portion::Whole })
        })
    }
}

impl Member<'_> {
    /// Units that are still in a slot of the shelf.
    pub(super) fn left(&self, slot: usize) -> u32 {
        let taken = self.taken.get(slot).copied().unwrap_or(0);
        self.contender.stock_in(slot).saturating_sub(taken)
    }

    fn remove(&mut self, slot: usize, units: u32) {
        if let Some(taken) = self.taken.get_mut(slot) {
            *taken = taken.saturating_add(units);
        }
    }

    fn restore(&mut self, slot: usize, units: u32) {
        if let Some(taken) = self.taken.get_mut(slot) {
            *taken = taken.saturating_sub(units);
        }
    }
}
