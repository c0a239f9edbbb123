//! A city's share of a budget: orders draw on it while they are placed.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use vocabulary::{Money, OrderId, Slot};

use super::Portion;
use crate::member::MemberRefusal;

/// One campaign's budget as far as this city may spend it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Allowance {
    /// The partition of the budget's owner; `None` before it was ever opened.
    pub home: Option<Slot>,
    /// What orders may still draw.
    pub left: Portion,
    /// The last portion that was granted: when half of it is drawn, more is asked for.
    pub last_portion: Portion,
    /// Drawn by orders that are not over.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub open: BTreeMap<OrderId, Money>,
    /// Drawn by orders that were completed.
    pub spent_money: Money,
    pub spent_uses: u64,
    /// More was asked for and has not come.
    pub is_waiting: bool,
    /// What was asked for last: the least that the order needed for which it was asked.
    #[serde(default)]
    pub wanted: Portion,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case", deny_unknown_fields)]
pub enum AllowanceCommand {
    /// There is such a budget, and this is where its owner lives.
    Open { home: Slot },
    /// The owner grants more.
    Grant { portion: Portion },
    /// Another city needs what is not needed here.
    Recall,
    /// An order is placed and draws this much.
    Draw { order: OrderId, amount: Money },
    /// The order is over; what it did not use comes back.
    Settle { order: OrderId, used: bool },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum AllowanceEvent {
    AllowanceOpened { home: Slot },
    PortionReceived { portion: Portion },
    BudgetDrawn { order: OrderId, amount: Money },
    DrawSettled { order: OrderId, used: bool },
    MoreAsked { wanted: Portion },
    RestReturned { portion: Portion },
}

/// What must be told to the budget's owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AllowanceWish {
    Ask { home: Slot, wanted: Portion },
    Return { home: Slot, portion: Portion },
}

impl AllowanceEvent {
    /// The name it is filed under; equal to its serialised tag.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::AllowanceOpened { .. } => "allowance_opened",
            Self::PortionReceived { .. } => "portion_received",
            Self::BudgetDrawn { .. } => "budget_drawn",
            Self::DrawSettled { .. } => "draw_settled",
            Self::MoreAsked { .. } => "more_asked",
            Self::RestReturned { .. } => "rest_returned",
        }
    }
}

/// Facts to record, what to tell the owner, and whether the asker is told no all the same.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AllowanceDecision {
    pub events: Vec<AllowanceEvent>,
    pub wishes: Vec<AllowanceWish>,
    pub refusal: Option<MemberRefusal>,
}

impl Allowance {
    /// All the judgement. Changes nothing.
    pub fn decide(&self, command: &AllowanceCommand) -> AllowanceDecision {
        let mut draft = Draft { allowance: self.clone(), decision: AllowanceDecision::default() };
        draft.carry_out(command);
        draft.decision
    }

    /// Whether quotes had better do without: what is left was too little for the last order that
    /// wanted some, and nothing more has come. Placing decides; without this a shopper would be
    /// offered again and again what a few fen that are left cannot pay.
    pub fn is_used_up(&self) -> bool {
        self.is_waiting && (self.left.is_spent() || self.left.is_below(self.wanted))
    }

    pub fn apply(&mut self, event: &AllowanceEvent) {
        match *event {
            AllowanceEvent::AllowanceOpened { home } => {
                self.home = Some(home);
                self.left = Portion { money: Some(Money::ZERO), uses: Some(0) };
            }
            AllowanceEvent::PortionReceived { portion } => {
                self.is_waiting = false;
                // A measure without a limit in the grant has none here either.
                let limits = Portion {
                    money: portion.money.and(self.left.money.or(Some(Money::ZERO))),
                    uses: portion.uses.and(self.left.uses.or(Some(0))),
                };
                self.left = limits.plus(portion);
                self.last_portion = portion;
            }
            AllowanceEvent::BudgetDrawn { order, amount } => {
                self.left = self.left.minus(Portion::of_order(amount));
                self.open.insert(order, amount);
            }
            AllowanceEvent::DrawSettled { order, used } => {
                let Some(amount) = self.open.remove(&order) else { return };
                if used {
                    self.spent_money = [self.spent_money, amount].into_iter().sum();
                    self.spent_uses += 1;
                } else {
                    self.left = self.left.plus(Portion::of_order(amount));
                }
            }
            AllowanceEvent::MoreAsked { wanted } => {
                self.is_waiting = true;
                self.wanted = wanted;
            }
            AllowanceEvent::RestReturned { portion } => self.left = self.left.minus(portion),
        }
    }
}

struct Draft {
    allowance: Allowance,
    decision: AllowanceDecision,
}

impl Draft {
    fn record(&mut self, event: AllowanceEvent) {
        self.allowance.apply(&event);
        self.decision.events.push(event);
    }

    fn carry_out(&mut self, command: &AllowanceCommand) {
        match *command {
            AllowanceCommand::Open { home } => {
                if self.allowance.home.is_none() {
                    self.record(AllowanceEvent::AllowanceOpened { home });
                    self.ask(Portion { money: Some(Money::fen(1)), uses: Some(1) });
                }
            }
            AllowanceCommand::Grant { portion } => {
                self.record(AllowanceEvent::PortionReceived { portion });
            }
            AllowanceCommand::Recall => self.return_rest(),
            AllowanceCommand::Draw { order, amount } => self.draw(order, amount),
            AllowanceCommand::Settle { order, used } => {
                if self.allowance.open.contains_key(&order) {
                    self.record(AllowanceEvent::DrawSettled { order, used });
                }
            }
        }
    }

    fn draw(&mut self, order: OrderId, amount: Money) {
        if self.allowance.open.contains_key(&order) {
            return;
        }
        let is_there = self.allowance.home.is_some() && self.allowance.left.has(amount);
        if !is_there {
            self.decision.refusal = Some(MemberRefusal::BudgetSpent);
            return self.ask(Portion::of_order(amount));
        }
        self.record(AllowanceEvent::BudgetDrawn { order, amount });
        if self.allowance.left.is_below(self.allowance.last_portion.part(2)) {
            self.ask(Portion::of_order(amount));
        }
    }

    fn ask(&mut self, wanted: Portion) {
        if let Some(home) = self.allowance.home.filter(|_| !self.allowance.is_waiting) {
            self.record(AllowanceEvent::MoreAsked { wanted });
            self.decision.wishes.push(AllowanceWish::Ask { home, wanted });
        }
    }

    /// An answer is owed even where nothing is left, so that the owner can ask again.
    fn return_rest(&mut self) {
        let Some(home) = self.allowance.home else { return };
        let portion = self.allowance.left;
        self.record(AllowanceEvent::RestReturned { portion });
        self.decision.wishes.push(AllowanceWish::Return { home, portion });
    }
}
