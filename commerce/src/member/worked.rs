//! The worked examples of docs/commerce.md: their tables are checked against the page.

use super::tests::{Story, at, coupon, order};
use super::*;

const PAGE: &str = include_str!("../../../docs/commerce.md");

#[test]
fn the_page_shows_what_points_do() {
    let mut story = Story::begin();
    let mut rows = Vec::new();
    let mut step = |story: &mut Story, text: &str, act: &dyn Fn(&mut Story)| {
        let seen = story.events.len();
        act(story);
        let lines: Vec<String> = story.events[seen..]
            .iter()
            .flat_map(ledger_entries)
            .map(|entry| format!("{:+}", entry.points))
            .collect();
        let member = &story.member;
        let (balance, owed) = (member.points.balance(), member.points.owed);
        let lines = lines.join(" ");
        rows.push(format!("| {text} | {lines} | {balance} | {owed} | {} |", member.growth));
    };
    step(&mut story, "headquarters gives 1,000 points", &|story| story.give(1_000));
    let text = "an order for which 400 points are spent is about to be placed";
    step(&mut story, text, &|story| story.hold(1, &[], 400).unwrap());
    step(&mut story, "it is completed, 31.00 paid", &|story| story.complete(1, 3_100, 0));
    let text = "units that carried 250 of the points come back, 11.00 stay paid";
    step(&mut story, text, &|story| story.correct(1, 1_100, 250));
    let text = "all points are spent on another order";
    step(&mut story, text, &|story| story.hold(2, &[], 861).unwrap());
    let text = "the rest of the first order comes back";
    step(&mut story, text, &|story| story.correct(1, 0, 400));
    let text = "an order without points is completed, 50.00 paid";
    step(&mut story, text, &|story| story.complete(3, 5_000, 0));
    let table = rows.join("\n");
    assert!(PAGE.contains(&table), "docs/commerce.md should say:\n\n{table}");
}

/// Of three coupons of 5.00, with an order that is called off, one that arrives and comes back, and
/// one during which a coupon expires.
#[test]
fn the_page_shows_where_coupons_are() {
    let mut story = Story::begin();
    let mut rows = Vec::new();
    let mut step = |story: &mut Story, text: &str, act: &dyn Fn(&mut Story)| {
        act(story);
        let free = story.member.standing(&story.policy, story.now).unwrap().coupons.len();
        let held = story.member.coupons.values().filter(|coupon| coupon.held_for.is_some()).count();
        let count = |is_meant: fn(&MemberEvent) -> bool| {
            story.events.iter().filter(|event| is_meant(event)).count()
        };
        let claimed = count(|event| matches!(event, MemberEvent::CouponClaimed { .. }));
        let expired = count(|event| matches!(event, MemberEvent::CouponExpired { .. }));
        let used = claimed - expired - story.member.coupons.len();
        rows.push(format!("| {text} | {free} | {held} | {used} | {expired} |"));
    };
    let day = |number: u32| at(number * 86_400);
    let give_back = |story: &mut Story, number: u64| {
        let because = GiveBack::Cancelled;
        story.ask(MemberCommand::GiveBack { order: order(number), because }).unwrap();
    };
    step(&mut story, "two coupons are claimed", &|story| {
        story.claim(1, day(30)).unwrap();
        story.claim(2, day(30)).unwrap();
    });
    let text = "an order that uses the first is placed";
    step(&mut story, text, &|story| story.hold(1, &[1], 0).unwrap());
    step(&mut story, "a second order wants the same one, and is refused", &|story| {
        let refusal = story.hold(2, &[1], 0).unwrap_err();
        assert_eq!(refusal, MemberRefusal::CouponHeld { coupon: coupon(1) });
    });
    step(&mut story, "the first order is cancelled", &|story| give_back(story, 1));
    step(&mut story, "a third order uses both", &|story| story.hold(3, &[1, 2], 0).unwrap());
    step(&mut story, "it is completed", &|story| story.complete(3, 3_000, 0));
    step(&mut story, "all of it is returned", &|story| story.correct(3, 0, 0));
    step(
        &mut story,
        "a third coupon, good for a day, is claimed and held by a fourth order",
        &|story| {
            story.claim(3, day(1)).unwrap();
            story.hold(4, &[3], 0).unwrap();
        },
    );
    step(&mut story, "two days later the fourth order is cancelled", &|story| {
        story.now = day(2);
        give_back(story, 4);
    });
    let table = rows.join("\n");
    assert!(PAGE.contains(&table), "docs/commerce.md should say:\n\n{table}");
}

#[test]
fn the_page_shows_when_points_expire() {
    let mut story = Story::begin();
    story.policy.points_live_days = 30;
    let (mut rows, mut shown) = (Vec::new(), 0);
    let mut step = |story: &mut Story, day: u32, text: &str, act: &dyn Fn(&mut Story)| {
        story.now = at((day - 1) * 86_400);
        act(story);
        let lines = story.lines();
        let new = lines[shown..].iter().map(|(_, entry)| format!("{:+}", entry.points));
        let new: Vec<String> = new.collect();
        shown = lines.len();
        rows.push(format!("| {day} | {text} | {} | {} |", new.join(" "), story.available()));
    };
    step(&mut story, 1, "headquarters gives 100 points", &|story| story.give(100));
    step(&mut story, 11, "headquarters gives 50 points", &|story| story.give(50));
    let text = "60 points are spent on an order";
    step(&mut story, 21, text, &|story| story.hold(1, &[], 60).unwrap());
    step(&mut story, 32, "nothing happens; the rest of the first points is over", &|_| {});
    let because = GiveBack::Cancelled;
    let cancel = MemberCommand::GiveBack { order: order(1), because };
    let text = "the order is cancelled: its points come back with the expiry they had";
    step(&mut story, 35, text, &|story| story.ask(cancel.clone()).unwrap());
    step(&mut story, 42, "nothing happens; the second points are over", &|_| {});
    let table = rows.join("\n");
    assert!(PAGE.contains(&table), "docs/commerce.md should say:\n\n{table}");
}
