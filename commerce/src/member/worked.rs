//! The worked example of docs/commerce.md: its table is checked against the page.

use super::tests::Story;
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
