//! The budget itself: grants portions to cities and takes back what they do not need.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use vocabulary::Slot;

use super::Portion;

/// A city gets this part of the whole budget at a time, or what it asks for if that is more.
const PARTS: u32 = 16;

/// One campaign's budget.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Budget {
    /// What headquarters gave; not limited before it is set.
    pub total: Portion,
    /// What each city has been granted and did not return.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub granted: BTreeMap<Slot, Portion>,
    /// Cities that asked and got nothing.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub waiting: BTreeSet<Slot>,
    /// Cities that were asked to return what they do not need, and have not answered.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub recalled: BTreeSet<Slot>,
    pub is_set: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case", deny_unknown_fields)]
pub enum BudgetCommand {
    /// Headquarters' word. Less than is granted already takes nothing back from orders.
    Set { total: Portion },
    /// A city needs at least this much.
    Ask { city: Slot, wanted: Portion },
    /// A city gives back what it does not need.
    Return { city: Slot, portion: Portion },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum BudgetEvent {
    BudgetSet { total: Portion },
    PortionGranted { city: Slot, portion: Portion },
    PortionReturned { city: Slot, portion: Portion },
    CityWaits { city: Slot },
    CityRecalled { city: Slot },
}

/// What must be told to a city's allowance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BudgetWish {
    Grant { city: Slot, portion: Portion },
    Recall { city: Slot },
}

impl BudgetEvent {
    /// The name it is filed under; equal to its serialised tag.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::BudgetSet { .. } => "budget_set",
            Self::PortionGranted { .. } => "portion_granted",
            Self::PortionReturned { .. } => "portion_returned",
            Self::CityWaits { .. } => "city_waits",
            Self::CityRecalled { .. } => "city_recalled",
        }
    }
}

impl Budget {
    /// What no city has been granted.
    pub fn free(&self) -> Portion {
        self.granted.values().fold(self.total, |free, granted| free.minus(*granted))
    }

    /// All the judgement. Changes nothing and never refuses: who asks for more than there is gets
    /// it later, or not.
    pub fn decide(&self, command: &BudgetCommand) -> (Vec<BudgetEvent>, Vec<BudgetWish>) {
        let mut draft = Draft { budget: self.clone(), events: Vec::new(), wishes: Vec::new() };
        match *command {
            BudgetCommand::Set { total } if self.is_set && total == self.total => {}
            BudgetCommand::Set { total } => {
                draft.record(BudgetEvent::BudgetSet { total });
                draft.serve_waiting();
            }
            BudgetCommand::Ask { city, wanted } => draft.ask(city, wanted),
            BudgetCommand::Return { city, portion } => {
                draft.record(BudgetEvent::PortionReturned { city, portion });
                draft.serve_waiting();
            }
        }
        (draft.events, draft.wishes)
    }

    pub fn apply(&mut self, event: &BudgetEvent) {
        match *event {
            BudgetEvent::BudgetSet { total } => {
                self.total = total;
                self.is_set = true;
            }
            BudgetEvent::PortionGranted { city, portion } => {
                self.waiting.remove(&city);
                let known = self.granted.entry(city).or_insert_with(|| portion.emptied());
                // A measure may have become limited since the last grant.
                let limits = Portion {
                    money: portion.money.and(known.money.or(Some(vocabulary::Money::ZERO))),
                    uses: portion.uses.and(known.uses.or(Some(0))),
                };
                *known = limits.plus(portion);
            }
            BudgetEvent::PortionReturned { city, portion } => {
                self.recalled.remove(&city);
                if let Some(known) = self.granted.get_mut(&city) {
                    *known = known.minus(portion);
                }
            }
            BudgetEvent::CityWaits { city } => {
                self.waiting.insert(city);
            }
            BudgetEvent::CityRecalled { city } => {
                self.recalled.insert(city);
            }
        }
    }
}

struct Draft {
    budget: Budget,
    events: Vec<BudgetEvent>,
    wishes: Vec<BudgetWish>,
}

impl Draft {
    fn record(&mut self, event: BudgetEvent) {
        self.budget.apply(&event);
        self.events.push(event);
    }

    fn ask(&mut self, city: Slot, wanted: Portion) {
        if !self.budget.is_set {
            return self.record(BudgetEvent::CityWaits { city });
        }
        let free = self.budget.free();
        let portion = free.at_most(self.budget.total.part(PARTS).at_least(wanted));
        if !portion.is_spent() {
            self.grant(city, portion);
        }
        if free.is_below(wanted) {
            self.record(BudgetEvent::CityWaits { city });
            self.recall_from_others(city);
        }
    }

    fn grant(&mut self, city: Slot, portion: Portion) {
        self.record(BudgetEvent::PortionGranted { city, portion });
        self.wishes.push(BudgetWish::Grant { city, portion });
    }

    /// What is with other cities and not spent may be there.
    fn recall_from_others(&mut self, asking: Slot) {
        let others = self.budget.granted.iter();
        let others = others.filter(|(city, has)| **city != asking && !has.is_spent());
        let others: Vec<Slot> = others.map(|(city, _)| *city).collect();
        for city in others {
            if !self.budget.recalled.contains(&city) {
                self.record(BudgetEvent::CityRecalled { city });
                self.wishes.push(BudgetWish::Recall { city });
            }
        }
    }

    /// What has become free goes to those who wait, in equal parts.
    fn serve_waiting(&mut self) {
        let free = self.budget.free();
        let waiting: Vec<Slot> = self.budget.waiting.iter().copied().collect();
        if !self.budget.is_set || free.is_spent() || waiting.is_empty() {
            return;
        }
        let parts = u32::try_from(waiting.len()).unwrap_or(u32::MAX);
        let fair = free.part(parts);
        for city in waiting {
            let portion = self.budget.free().at_most(fair);
            if !portion.is_spent() {
                self.grant(city, portion);
            }
        }
    }
}
