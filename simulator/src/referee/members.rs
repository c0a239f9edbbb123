//! Members: a coupon is in one order's hands at a time and used at most once, points add up and
//! are never below zero, an order is completed once, and what members have is what their ledgers
//! come to. What orders did to them is in `uses`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::purse::Purse;
use super::sequence::Sequence;
use super::uses::{Ending, Use};
use super::verdicts::Verdicts;
use crate::doors::Wallet;
use crate::feed::{Event, number};
use crate::report::MemberBooks;

#[derive(Default)]
pub(super) struct Members {
    sequence: Sequence,
    known: BTreeMap<String, Member>,
    books: MemberBooks,
}

#[derive(Default)]
struct Member {
    balance: i64,
    /// To be earned before the balance grows again.
    owed: i64,
    is_erased: bool,
    purse: Purse,
    /// Coupons in the wallet, with the order that holds them.
    coupons: BTreeMap<String, Option<String>>,
    used: BTreeSet<String>,
    /// What each order under way took: coupons and points.
    holds: BTreeMap<String, (Vec<String>, i64)>,
    completed: BTreeMap<String, Spent>,
}

#[derive(Clone, Copy, Default)]
struct Spent {
    /// What it cost in the end, as its city told.
    paid: i64,
    points: i64,
    back: i64,
    earned: i64,
    reversed: i64,
}

fn points(lots: &[Value]) -> i64 {
    lots.iter().map(|lot| number(lot, "points")).sum()
}

fn names(event: &Event, field: &str) -> Vec<String> {
    event.list(field).iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

impl Members {
    /// Points of every member that was not forgotten, and how many coupons are in the wallet.
    pub fn purses(&self) -> impl Iterator<Item = (&str, i64, usize)> {
        let known = self.known.iter().filter(|(_, member)| !member.is_erased);
        known.map(|(id, member)| (id.as_str(), member.balance, member.coupons.len()))
    }

    pub fn sequence(&self) -> &Sequence {
        &self.sequence
    }

    /// One event of the members' partition, in the order of its feed.
    pub fn see(&mut self, event: &Event, verdicts: &mut Verdicts) {
        self.sequence.see(event, verdicts);
        if event.entity_kind != "member" {
            return;
        }
        self.count(event);
        let member = self.known.entry(event.entity.clone()).or_default();
        member.purse.see(event);
        let order = event.text("order").to_owned();
        match event.kind.as_str() {
            "points_granted" => {
                member.balance += event.body.get("lot").map_or(0, |lot| number(lot, "points"));
                member.owed -= event.number("repaid");
            }
            "points_taken" => member.balance -= points(event.list("lots")),
            "points_expired" => member.balance -= event.number("points"),
            "member_erased" => member.erase(event, verdicts),
            "coupon_claimed" => member.claimed(event, verdicts),
            "coupon_expired" => {
                let was = member.coupons.remove(event.text("coupon"));
                verdicts.check(
                    was == Some(None),
                    "coupon_expires_free",
                    event,
                    &event.entity,
                    || format!("it was {was:?}"),
                );
            }
            "order_held" => member.hold(order, event, verdicts),
            "hold_given_back" => member.give_back(&order, event, verdicts),
            "order_completed" => member.complete(order, event, verdicts),
            "order_corrected" => member.correct(&order, event, verdicts),
            _ => {}
        }
        let balance = member.balance;
        verdicts.check(balance >= 0, "points_never_below_zero", event, &event.entity, || {
            format!("the ledger comes to {balance}")
        });
    }

    /// The members' own book: everything that ever went in or out of anybody's points and coupons.
    fn count(&mut self, event: &Event) {
        let books = &mut self.books;
        let lot = |field: &str| event.body.get(field).map_or(0, |lot| number(lot, "points"));
        match event.kind.as_str() {
            "member_enrolled" => books.enrolled += 1,
            "member_erased" => {
                books.erased += 1;
                books.points_erased += event.number("points");
            }
            "points_granted" => books.points_given += lot("lot"),
            "points_taken" => books.points_given -= points(event.list("lots")),
            "points_expired" => books.points_expired += event.number("points"),
            "coupon_claimed" => books.coupons_claimed += 1,
            "coupon_expired" => books.coupons_expired += 1,
            "order_held" => books.points_spent += points(event.list("points")),
            "hold_given_back" => books.points_spent -= points(event.list("points")),
            "order_completed" => {
                books.points_earned += lot("earned");
                books.points_spent -= points(event.list("points_back"));
            }
            "order_corrected" => {
                books.points_reversed += points(event.list("reversed"));
                books.points_spent -= points(event.list("points_back"));
            }
            _ => {}
        }
    }

    /// Whoever the feed told of.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.known.keys().map(String::as_str)
    }

    /// What members can spend, as the house says, is what the ledgers come to. Those for whom it is
    /// not: they may have changed while they were asked.
    pub fn wallets(&self, wallets: Vec<Wallet>, verdicts: &mut Verdicts) -> Vec<Wallet> {
        let (right, wrong): (Vec<_>, Vec<_>) =
            wallets.into_iter().partition(|wallet| self.is_right(wallet));
        right.iter().for_each(|_| verdicts.looked("wallet_is_the_ledger"));
        wrong
    }

    /// The last word about those for whom it never was.
    pub fn wrong_wallets(&self, wrong: &[Wallet], verdicts: &mut Verdicts) {
        for wallet in wrong {
            let id = wallet.member.to_string();
            let (points, owed, coupons) = self.spendable(&id, wallet.at_ms);
            let detail = format!(
                "has {} points, owes {} and has {} coupons free, by the ledger {points}, {owed} \
                 and {coupons}",
                wallet.points, wallet.owed, wallet.coupons
            );
            verdicts.broken("wallet_is_the_ledger", wallet.at_ms, &id, detail);
        }
    }

    fn is_right(&self, wallet: &Wallet) -> bool {
        let theirs = (wallet.points as i64, wallet.owed as i64, wallet.coupons);
        theirs == self.spendable(&wallet.member.to_string(), wallet.at_ms)
    }

    /// Points that can be spent at a moment, points owed, coupons that no order holds.
    fn spendable(&self, id: &str, at_ms: i64) -> (i64, i64, usize) {
        self.known.get(id).map_or((0, 0, 0), |member| {
            let free = member.coupons.iter().filter(|(coupon, held_for)| {
                held_for.is_none() && member.purse.lasts(coupon, at_ms)
            });
            (member.purse.points(at_ms), member.owed, free.count())
        })
    }

    /// What a city's order that is over must have done to its member: used up what it used when it
    /// was completed, and given all of it back otherwise.
    pub fn settle(&self, order: &str, used: &Use, now_ms: i64, verdicts: &mut Verdicts) {
        let Some(member) = self.known.get(&used.member).filter(|member| !member.is_erased) else {
            return;
        };
        let is_held = member.holds.contains_key(order);
        let account = member.completed.get(order);
        let wrong = match used.ending {
            Ending::Open => return,
            Ending::Completed if is_held => Some("still holds what it used".to_owned()),
            Ending::Completed => match account {
                None => Some("never counted as completed".to_owned()),
                Some(account) if account.paid != used.net => {
                    Some(format!("counts {} fen as paid, {} were", account.paid, used.net))
                }
                Some(_) => used
                    .coupons
                    .iter()
                    .find(|coupon| !member.used.contains(*coupon))
                    .map(|coupon| format!("coupon {coupon} is not used up")),
            },
            Ending::CalledOff if is_held || account.is_some() => {
                Some("was called off and did not give back what it used".to_owned())
            }
            Ending::CalledOff => None,
        };
        match wrong {
            None => verdicts.looked("member_hears_how_it_ended"),
            Some(detail) => verdicts.broken("member_hears_how_it_ended", now_ms, order, detail),
        }
    }

    /// The books of all members: what went in less what went out is what is there.
    pub fn close(&self, now_ms: i64, verdicts: &mut Verdicts) -> MemberBooks {
        let mut books = self.books;
        books.points_balance = self.known.values().map(|member| member.balance).sum();
        books.coupons_used = self.known.values().map(|member| member.used.len() as u64).sum();
        let wallet = self.known.values().filter(|member| !member.is_erased);
        books.coupons_held = wallet.map(|member| member.coupons.len() as u64).sum();
        let balance = books.points_given + books.points_earned
            - books.points_spent
            - books.points_expired
            - books.points_reversed
            - books.points_erased;
        let gone = self.known.values().filter(|member| member.is_erased);
        books.coupons_erased = gone.map(|member| member.coupons.len() as u64).sum();
        let coupons =
            books.coupons_used + books.coupons_expired + books.coupons_held + books.coupons_erased;
        if balance == books.points_balance && coupons == books.coupons_claimed {
            verdicts.looked("points_and_coupons_conserve");
        } else {
            verdicts.broken("points_and_coupons_conserve", now_ms, "members", format!("{books:?}"));
        }
        books
    }
}

impl Member {
    fn erase(&mut self, event: &Event, verdicts: &mut Verdicts) {
        let (points, balance) = (event.number("points"), self.balance);
        let is_right = points == balance && self.holds.is_empty();
        verdicts.check(is_right, "erased_with_nothing_held", event, &event.entity, || {
            format!("{points} of {balance} points go, {} orders are under way", self.holds.len())
        });
        self.balance -= points;
        self.owed = 0;
        self.is_erased = true;
    }

    fn claimed(&mut self, event: &Event, verdicts: &mut Verdicts) {
        let coupon = event.text("coupon").to_owned();
        let is_new = !self.used.contains(&coupon) && !self.coupons.contains_key(&coupon);
        verdicts.check(is_new, "coupon_claimed_once", event, &coupon, || "twice".to_owned());
        self.coupons.insert(coupon, None);
    }

    fn hold(&mut self, order: String, event: &Event, verdicts: &mut Verdicts) {
        let coupons = names(event, "coupons");
        for coupon in &coupons {
            let before = self.coupons.insert(coupon.clone(), Some(order.clone()));
            verdicts.check(before == Some(None), "coupon_held_once", event, coupon, || {
                format!("for {order}, but it was {before:?}")
            });
        }
        let taken = points(event.list("points"));
        self.balance -= taken;
        let is_first = self.holds.insert(order.clone(), (coupons, taken)).is_none()
            && !self.completed.contains_key(&order);
        verdicts.check(is_first, "order_holds_once", event, &order, || "twice".to_owned());
    }

    fn give_back(&mut self, order: &str, event: &Event, verdicts: &mut Verdicts) {
        let held = self.holds.remove(order);
        let back = points(event.list("points"));
        let is_right = held.as_ref().is_some_and(|(_, taken)| *taken == back);
        verdicts.check(is_right, "hold_gives_back_itself", event, order, || {
            format!("{back} points of {held:?}")
        });
        self.balance += back;
        for coupon in held.map(|(coupons, _)| coupons).unwrap_or_default() {
            self.coupons.insert(coupon, None);
        }
    }

    fn complete(&mut self, order: String, event: &Event, verdicts: &mut Verdicts) {
        let (coupons, taken) = self.holds.remove(&order).unwrap_or_default();
        for coupon in coupons {
            let was = self.coupons.remove(&coupon);
            let is_its = was == Some(Some(order.clone())) && self.used.insert(coupon.clone());
            verdicts.check(is_its, "coupon_used_once", event, &coupon, || format!("was {was:?}"));
        }
        let back = points(event.list("points_back"));
        let lot = event.body.get("earned").map_or(0, |lot| number(lot, "points"));
        let earned = lot + event.number("repaid");
        self.owed -= event.number("repaid");
        self.balance += back + lot;
        let paid = event.number("paid");
        let spent = Spent { paid, points: taken, back, earned, reversed: 0 };
        let before = self.completed.insert(order.clone(), spent);
        verdicts.check(before.is_none(), "order_earns_once", event, &order, || "twice".to_owned());
        check_spent(spent, event, &order, verdicts);
    }

    fn correct(&mut self, order: &str, event: &Event, verdicts: &mut Verdicts) {
        let (back, reversed) = (points(event.list("points_back")), points(event.list("reversed")));
        self.balance += back - reversed;
        self.owed += event.number("owed");
        let Some(spent) = self.completed.get_mut(order) else {
            return verdicts.check(false, "corrected_after_completion", event, order, || {
                "it was never completed".to_owned()
            });
        };
        spent.paid = event.number("paid");
        spent.back += back;
        spent.reversed += reversed + event.number("owed");
        check_spent(*spent, event, order, verdicts);
    }
}

fn check_spent(spent: Spent, event: &Event, order: &str, verdicts: &mut Verdicts) {
    let holds = spent.back <= spent.points && spent.reversed <= spent.earned;
    verdicts.check(holds, "points_come_back_at_most_once", event, order, || {
        let Spent { points, back, earned, reversed, .. } = spent;
        format!("{back} of {points} spent came back, {reversed} of {earned} earned went")
    });
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use vocabulary::MemberId;

    use super::*;

    fn event(seq: u64, kind: &str, body: Value) -> Event {
        Event {
            seq,
            entity_kind: "member".into(),
            entity: "m".into(),
            entity_seq: seq,
            at_ms: 0,
            kind: kind.into(),
            body,
        }
    }

    fn rules_broken(events: &[(&str, Value)]) -> Vec<String> {
        let (mut members, mut verdicts) = (Members::default(), Verdicts::new(0));
        for ((kind, body), seq) in events.iter().zip(1..) {
            members.see(&event(seq, kind, body.clone()), &mut verdicts);
        }
        let violations = verdicts.findings().violations;
        violations.into_iter().map(|violation| violation.rule).collect()
    }

    fn lots(points: i64) -> Value {
        json!([{"points": points, "expires_at": 9}])
    }

    #[test]
    fn a_sound_life_is_silent_and_each_planted_fault_is_named() {
        let claim = ("coupon_claimed", json!({"coupon": "c"}));
        let give = ("points_granted", json!({"lot": {"points": 100, "expires_at": 9}}));
        let hold = |order: &str, points: i64| {
            ("order_held", json!({"order": order, "coupons": ["c"], "points": lots(points)}))
        };
        let complete = |order: &str| {
            (
                "order_completed",
                json!({"order": order, "earned": {"points": 5, "expires_at": 9},
                "points_back": []}),
            )
        };
        let back = |order: &str, points: i64| {
            ("hold_given_back", json!({"order": order, "points": lots(points)}))
        };
        let sound = [
            claim.clone(),
            give.clone(),
            hold("a", 60),
            back("a", 60),
            hold("b", 40),
            complete("b"),
            (
                "order_corrected",
                json!({"order": "b", "points_back": lots(40), "reversed": lots(5)}),
            ),
        ];
        assert_eq!(rules_broken(&sound), Vec::<String>::new());
        let twice = [claim.clone(), give.clone(), hold("a", 1), hold("b", 1)];
        assert_eq!(rules_broken(&twice), ["coupon_held_once"]);
        let more = [claim.clone(), give.clone(), hold("a", 60), back("a", 61)];
        assert_eq!(rules_broken(&more), ["hold_gives_back_itself"]);
        let again = [claim.clone(), give.clone(), hold("a", 1), complete("a"), complete("a")];
        assert_eq!(rules_broken(&again), ["order_earns_once"]);
        assert_eq!(rules_broken(&[claim, hold("a", 1)]), ["points_never_below_zero"]);
    }
    #[test]
    fn a_wallet_is_what_can_be_spent_at_that_moment() {
        let member = MemberId::from_bits(7);
        let (mut members, mut verdicts) = (Members::default(), Verdicts::new(0));
        let story = [
            ("coupon_claimed", json!({"coupon": "c", "expires_at": 20})),
            ("coupon_claimed", json!({"coupon": "d", "expires_at": 50})),
            ("points_granted", json!({"lot": {"points": 100, "expires_at": 9}})),
            ("points_granted", json!({"lot": {"points": 30, "expires_at": 40}})),
            ("order_held", json!({"order": "a", "coupons": ["c"], "points": lots(60)})),
        ];
        for ((kind, body), seq) in story.into_iter().zip(1..) {
            let event = Event { entity: member.to_string(), ..event(seq, kind, body) };
            members.see(&event, &mut verdicts);
        }
        let wallet = |at_ms, points, coupons| Wallet { member, at_ms, points, owed: 0, coupons };
        let right = vec![wallet(8, 70, 1), wallet(9, 30, 1), wallet(40, 0, 1), wallet(50, 0, 0)];
        assert_eq!(members.wallets(right, &mut verdicts), []);
        let wrong = vec![wallet(8, 70, 2), wallet(9, 31, 1)];
        assert_eq!(members.wallets(wrong.clone(), &mut verdicts), wrong);
        assert!(verdicts.findings().violations.is_empty(), "they are asked again first");
        members.wrong_wallets(&wrong, &mut verdicts);
        let findings = verdicts.findings();
        assert_eq!(findings.violation_count, 2);
        // Of one member one is told.
        let detail = &findings.violations[0].detail;
        assert!(detail.contains("70 points"), "{detail:?}");
    }
}
