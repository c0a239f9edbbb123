//! The referee: reads what a partition recorded and what its clients saw, keeps its own account of
//! what must be true, and names the first event that breaks a rule.
//!
//! It shares no code with what it judges: it reads plain JSON, and its tables are written from the
//! rules of the trade. It never touches the run; a run without it is the same run.

mod books;
mod budgets;
mod endings;
mod happenings;
mod members;
mod money;
mod paths;
mod purse;
mod pushes;
mod sequence;
mod stock;
mod timers;
mod transfers;
mod uses;
mod verdicts;
mod winners;

#[cfg(test)]
mod planted;

use std::collections::BTreeMap;

use serde_json::Value;
use vocabulary::MemberId;

use crate::doors::Wallet;
use crate::feed::Event;
use crate::report::{BooksOfRun, Referee as Findings};

use books::Books;
use budgets::Budgets;
use endings::Endings;
pub use endings::patience_ms;
use happenings::Happenings;
use members::Members;
use money::MoneyRule;
use paths::Paths;
use pushes::Pushes;
pub use pushes::{Frame, FrameKind};
use sequence::Sequence;
use stock::Stock;
use timers::Timers;
use transfers::Transfers;
use uses::Uses;
use verdicts::Verdicts;
use winners::Winners;

/// Judges a run while it lasts.
pub struct Referee {
    verdicts: Verdicts,
    sequence: Sequence,
    stock: Stock,
    transfers: Transfers,
    paths: Paths,
    winners: Winners,
    money: MoneyRule,
    books: Books,
    endings: Endings,
    pushes: Pushes,
    members: Members,
    timers: Timers,
    uses: Uses,
    budgets: Budgets,
    happenings: Happenings,
}

impl Referee {
    /// Times in findings count from `began_ms`.
    pub fn new(began_ms: i64) -> Self {
        Self::at_pace(began_ms, 1.0)
    }

    /// Of a city whose time passes so many times as fast as the wall's: there a second's delay of
    /// the server is minutes.
    pub fn at_pace(began_ms: i64, scale: f64) -> Self {
        Self {
            verdicts: Verdicts::new(began_ms),
            sequence: Sequence::default(),
            stock: Stock::default(),
            transfers: Transfers::default(),
            paths: Paths::default(),
            winners: Winners::default(),
            money: MoneyRule::default(),
            books: Books::default(),
            endings: Endings::at_pace(scale),
            pushes: Pushes::default(),
            members: Members::default(),
            timers: Timers::at_pace(scale),
            uses: Uses::at_pace(scale),
            budgets: Budgets::default(),
            happenings: Happenings::default(),
        }
    }

    /// One event, in the order of the feed.
    pub fn see(&mut self, event: &Event) {
        let verdicts = &mut self.verdicts;
        self.sequence.see(event, verdicts);
        self.stock.see(event, verdicts);
        self.transfers.see(event, verdicts);
        self.paths.see(event, verdicts);
        self.winners.see(event, verdicts);
        self.money.see(event, verdicts);
        self.books.see(event, verdicts);
        self.uses.see(event);
        self.happenings.see(event);
        self.budgets.see_city(event, verdicts);
        self.endings.see(event);
        self.timers.see(event, verdicts);
    }

    /// One event of the members' own feed.
    pub fn see_member(&mut self, event: &Event) {
        self.members.see(event, &mut self.verdicts);
        self.budgets.see_owner(event, &mut self.verdicts);
        self.happenings.see_member(event);
    }

    /// A word about this order waits in its city's outbox.
    pub fn on_the_way(&mut self, order: String) {
        self.uses.on_the_way(order);
    }

    /// The members that the feed told of.
    pub fn member_ids(&self) -> Vec<MemberId> {
        self.members.ids().filter_map(|id| id.parse().ok()).collect()
    }

    /// What members can spend, all events seen so far among it; those that differ come back.
    pub fn wallets(&mut self, wallets: Vec<Wallet>) -> Vec<Wallet> {
        self.members.wallets(wallets, &mut self.verdicts)
    }

    /// The last word about those that differed however often they were asked.
    pub fn wrong_wallets(&mut self, wrong: &[Wallet]) {
        self.members.wrong_wallets(wrong, &mut self.verdicts);
    }

    /// A day that was closed and came out differently when it was added up again.
    pub fn reopened(&mut self, day: &str, at_ms: i64) {
        let detail = "its settlement is not what its postings come to".to_owned();
        self.verdicts.broken("closed_days_stay", at_ms, day, detail);
    }

    /// The books as the referee keeps them; figures that must be equal and are not break a rule.
    pub fn close(&mut self, now_ms: i64) -> BooksOfRun {
        let money = self.books.money();
        let drawn = self.budgets.drawn();
        let members = self.members.close(now_ms, &mut self.verdicts);
        if money.adds_up() {
            self.verdicts.looked("receipts_are_sales");
        } else {
            self.verdicts.broken("receipts_are_sales", now_ms, "all orders", format!("{money:?}"));
        }
        BooksOfRun {
            money,
            members,
            happened: self.happenings.seen(),
            member_orders: self.uses.count(),
            budgets: drawn.budgets,
            budget_limit_fen: drawn.limit_fen,
            budget_drawn_fen: drawn.drawn_fen,
            ..BooksOfRun::default()
        }
    }

    /// A day after everything had stopped going wrong: what nobody does anything about.
    pub fn healed(&mut self, stuck: &[String], now_ms: i64) {
        if stuck.is_empty() {
            self.verdicts.looked("city_heals");
        }
        for one in stuck {
            self.verdicts.broken("city_heals", now_ms, "the city", one.clone());
        }
    }

    /// One frame as a client got it.
    pub fn pushed(&mut self, frame: &Frame, at_ms: i64) {
        self.pushes.see(frame, at_ms, &mut self.verdicts);
    }

    /// Two answers to one key, as a client heard them.
    pub fn contradicted(&mut self, what: &str, at_ms: i64) {
        self.verdicts.broken("same_key_same_answer", at_ms, "command", what.to_owned());
    }

    /// What the house settles each store's days for, all events seen so far among them.
    pub fn settled(&mut self, settlements: &[Value], at_ms: i64) {
        self.books.settled(settlements, at_ms, &mut self.verdicts);
    }

    /// The run is over at `now_ms`: what is still open must wait for somebody or something.
    pub fn finish(&mut self, now_ms: i64) {
        self.books.finish(now_ms, &mut self.verdicts);
        self.uses.finish(&self.members, now_ms, &mut self.verdicts);
        self.stock.finish(now_ms, &self.endings, &mut self.verdicts);
        self.transfers.finish(now_ms, &mut self.verdicts);
        self.endings.finish(now_ms, &mut self.verdicts);
        self.timers.finish(now_ms, &mut self.verdicts);
    }

    pub fn findings(&self) -> Findings {
        self.verdicts.findings()
    }

    /// How often each rule was held against something.
    pub fn looks(&self) -> &BTreeMap<&'static str, u64> {
        self.verdicts.looks()
    }

    /// What must be on the rows beside the events: this account against the house's own.
    pub fn account(&self) -> Account<'_> {
        Account { referee: self }
    }

    /// Frames that never came and were not announced as lost.
    pub fn gap_count(&self) -> u64 {
        self.pushes.gap_count()
    }
}

/// Where everything stands after the last event that was seen.
pub struct Account<'a> {
    referee: &'a Referee,
}

impl<'a> Account<'a> {
    /// On-hand of each store and SKU.
    pub fn on_hand(&self) -> impl Iterator<Item = (&'a str, &'a str, i64)> {
        self.referee.stock.on_hand()
    }

    /// Each reservation, whether it keeps units, and how many.
    pub fn reservations(&self) -> impl Iterator<Item = (&'a str, bool, i64)> {
        self.referee.stock.reservations()
    }

    pub fn orders(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.referee.paths.ends("order_path")
    }

    pub fn fulfillment_orders(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.referee.paths.ends("fulfillment_order_path")
    }

    /// What came in and what went back for each order.
    pub fn cash(&self) -> impl Iterator<Item = (&'a str, i64, i64)> {
        self.referee.books.cash()
    }

    /// Points and coupons of each member.
    pub fn wallets(&self) -> impl Iterator<Item = (&'a str, i64, usize)> {
        self.referee.members.purses()
    }

    /// The last event of each of a city's entities, by kind and id.
    pub fn entities(&self) -> impl Iterator<Item = (&'a str, &'a str, u64)> {
        self.referee.sequence.entities()
    }

    /// The same of what is above the cities.
    pub fn entities_above(&self) -> impl Iterator<Item = (&'a str, &'a str, u64)> {
        self.referee.members.sequence().entities()
    }
}
