use super::*;
use crate::policy::SourcingScore;

fn by(score: SourcingScore, stores: &[&str], basket: &str) -> World {
    world(stores, basket).policy(move |policy| policy.sourcing.score = score)
}

#[test]
fn nearest_stops_at_the_first_store_that_has_everything() {
    let stores = ["a 100 tea=1", "b 200 milk=5", "c 300 milk=5", "d 400 milk=5", "e 500 milk=5"];
    let world = world(&stores, "milk 1");
    let because = world.check("b: milk 1").because;
    assert_eq!(because.len(), 4, "enough to see the neighbourhood, short enough for every order");
    world.check_lost("a", &LostBecause::NoneListed);
    world.check_lost("c", &LostBecause::NotLookedAt);
}

#[test]
fn load_takes_the_idle_store_and_says_by_how_much() {
    let world = by(SourcingScore::Load, &["near 300 milk=5", "far 900 milk=5"], "milk 1")
        .store("near", |row| row.open_orders = 10)
        .store("far", |row| row.open_orders = 5);
    world.check("far: milk 1");
    world.check_lost("near", &LostBecause::WorseScore { score: 0.5, best: 0.25 });
}

#[test]
fn travel_time_and_cost_follow_the_street() {
    for score in [SourcingScore::TravelTime, SourcingScore::Cost] {
        by(score, &["near 300 milk=5", "far 900 milk=5"], "milk 1").check("near: milk 1");
    }
}

#[test]
fn cost_is_a_part_and_its_kilometres() {
    let world = by(SourcingScore::Cost, &["near 1000 milk=5", "far 2000 milk=5"], "milk 1");
    // Streets are 1.4 times as long as the straight line.
    world.check_lost("far", &LostBecause::WorseScore { score: 780.0, best: 640.0 });
}

#[test]
fn stock_balance_takes_from_the_fullest_shelf() {
    by(SourcingScore::StockBalance, &["near 300 milk=4", "far 900 milk=40"], "milk 4")
        .check("far: milk 4");
    // Each line from its fuller shelf, where both stores are needed anyway.
    by(
        SourcingScore::StockBalance,
        &["near 300 milk=4 rice=1", "far 900 milk=40 tea=1"],
        "milk 4, rice 1, tea 1",
    )
    .check("near: rice 1 + far: milk 4, tea 1");
    by(SourcingScore::StockBalance, &["near 300 milk=4", "far 900 milk=6"], "milk 8")
        .check("near: milk 2 + far: milk 6");
}

#[test]
fn losers_of_a_split_are_told_whether_more_stores_or_a_worse_score_spoke_against_them() {
    let stores =
        ["a 100 milk=5", "b 200 rice=5", "c 300 milk=5", "d 400 tea=5", "e 500 rice=1 salt=1"];
    let world = world(&stores, "milk 1, rice 1");
    let plan = world.check("a: milk 1 + b: rice 1");
    assert_eq!(plan.search, SearchKind::Exact);
    world.check_lost("c", &LostBecause::WorseScore { score: 500.0, best: 300.0 });
    world.check_lost("d", &LostBecause::NoneListed);

    let stores = ["a 100 milk=5", "b 200 rice=5 tea=5", "c 300 rice=5"];
    let three = super::world(&stores, "milk 1, rice 1, tea 1");
    three.check("a: milk 1 + b: rice 1, tea 1");
    three.check_lost("c", &LostBecause::MoreSplits);
}

#[test]
fn nobody_is_lifted_to_the_least_value_by_one_line_who_gets_there_by_another() {
    by(
        SourcingScore::StockBalance,
        &["a 100 rice=2 cake=2", "b 200 rice=2 cake=3"],
        "rice 3, cake 4",
    )
    .policy(|policy| policy.sourcing.min_part_value_fen = 1_001)
    .check("a: rice 2, cake 1 + b: rice 1, cake 3");
}
