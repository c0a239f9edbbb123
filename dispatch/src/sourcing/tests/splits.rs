use super::*;
use crate::policy::SourcingScore;

#[test]
fn the_nearest_store_that_has_everything_gives_everything() {
    check(
        &["near 300 milk=5 rice=5", "far 900 milk=5 rice=5"],
        "milk 2, rice 1",
        "near: milk 2, rice 1",
    );
    check(&["near 300 milk=5", "far 900 milk=5 rice=5"], "milk 2, rice 1", "far: milk 2, rice 1");
    check(&["b 500 milk=9", "a 500 milk=9"], "milk 1", "a: milk 1");
}

#[test]
fn one_far_store_is_better_than_two_near_ones() {
    check(
        &["near 100 milk=5", "close 200 rice=5", "far 9000 milk=5 rice=5"],
        "milk 2, rice 1",
        "far: milk 2, rice 1",
    );
}

#[test]
fn lines_are_split_over_as_few_stores_as_can_be() {
    check(
        &["a 100 milk=5", "b 200 rice=5", "c 300 tea=5", "d 400 milk=5 rice=5"],
        "milk 1, rice 1, tea 1",
        "c: tea 1 + d: milk 1, rice 1",
    );
    check(
        &["a 100 milk=5", "b 200 rice=5", "c 300 tea=5"],
        "milk 1, rice 1, tea 1",
        "a: milk 1 + b: rice 1 + c: tea 1",
    );
}

#[test]
fn among_equally_many_stores_the_nearer_ones_are_taken_and_the_nearest_gives_what_it_can() {
    check(
        &["a 100 milk=5 rice=5", "b 200 rice=5 tea=5", "c 300 milk=5 tea=5"],
        "milk 1, rice 1, tea 1",
        "a: milk 1, rice 1 + b: tea 1",
    );
}

#[test]
fn more_stores_than_allowed_are_no_plan() {
    let stores = ["a 100 milk=5", "b 200 rice=5", "c 300 tea=5"];
    let world =
        world(&stores, "milk 1, rice 1, tea 1").policy(|policy| policy.sourcing.max_splits = 2);
    world.check_refused("no store can fulfil this basket: it would take more than 2 stores");
}

#[test]
fn units_of_a_line_are_parted_only_when_nobody_has_all_of_it() {
    check(&["a 100 milk=3", "b 200 milk=3"], "milk 5", "a: milk 3 + b: milk 2");
    check(&["a 100 milk=3", "b 200 milk=3", "c 900 milk=5"], "milk 5", "c: milk 5");
    check(
        &["a 100 milk=3 rice=1", "b 200 milk=3", "c 900 milk=5"],
        "milk 5, rice 1",
        "a: rice 1 + c: milk 5",
    );
    check(
        &["a 100 milk=3", "b 200 milk=2", "c 300 milk=1 rice=1"],
        "rice 1, milk 5",
        "a: milk 3 + b: milk 2 + c: rice 1",
    );
}

#[test]
fn a_parted_line_is_in_as_few_pieces_as_its_stores_allow() {
    check(
        &["a 100 milk=1 rice=2", "b 200 milk=4", "c 300 milk=3"],
        "milk 5, rice 2",
        "a: milk 1, rice 2 + b: milk 4",
    );
}

#[test]
fn two_lines_of_one_product_never_pass_on_the_same_units() {
    check(&["a 100 milk=3", "b 200 milk=4"], "milk 2, milk 2", "b: milk 2, milk 2");
    check(&["a 100 milk=3", "b 200 milk=1"], "milk 2, milk 2", "a: milk 2, milk 1 + b: milk 1");
}

#[test]
fn what_belongs_together_travels_together() {
    check(
        &["a 100 cake=1 milk=1", "b 200 candle=6 milk=1", "c 300 cake=1 candle=6"],
        "milk 1, [cake 1, candle 6]",
        "a: milk 1 + c: cake 1, candle 6",
    );
    world(&["a 100 cake=1", "b 200 candle=6"], "[cake 1, candle 6]").check_refused(
        "no store can fulfil this basket: stores in reach lack line 1 (must stay together with \
         others), line 2 (must stay together with others)",
    );
}

#[test]
fn a_group_and_a_loose_line_of_one_product_share_the_shelf() {
    // Each alone would fit at a.
    check(
        &["a 100 milk=4 cake=1", "b 200 milk=3"],
        "[milk 2, cake 1], milk 3",
        "a: milk 2, cake 1 + b: milk 3",
    );
    // What the group leaves at a is one too few, so the loose line is parted.
    check(
        &["a 100 milk=4 cake=1", "b 200 milk=1"],
        "[milk 2, cake 1], milk 3",
        "a: milk 2, cake 1, milk 2 + b: milk 1",
    );
    check(
        &["a 100 milk=5 cake=1", "b 200 milk=3"],
        "[milk 2, cake 1], milk 3",
        "a: milk 2, cake 1, milk 3",
    );
}

#[test]
fn no_part_is_worth_less_than_the_least() {
    let stores = ["a 100 milk=5 rice=5", "b 200 tea=5 rice=5"];
    // Each unit is worth ten yuan: rice would go to a, but b's part needs it.
    let world = world(&stores, "milk 3, rice 2, tea 1");
    world.check("a: milk 3, rice 2 + b: tea 1");
    let least = |fen| world.clone().policy(move |policy| policy.sourcing.min_part_value_fen = fen);
    least(2_000).check("a: milk 3 + b: rice 2, tea 1");
    least(3_000).check("a: milk 3 + b: rice 2, tea 1");
    least(3_001).check_refused(
        "no store can fulfil this basket: it would take more than 3 stores, or parts worth too \
         little",
    );
}

#[test]
fn parted_units_lift_a_part_to_the_least_value() {
    let world = world(&["a 100 milk=9", "b 200 milk=5 rice=1"], "milk 10, rice 1");
    world.check("a: milk 9 + b: milk 1, rice 1");
    world
        .policy(|policy| policy.sourcing.min_part_value_fen = 4_000)
        .check("a: milk 7 + b: milk 3, rice 1");
}

#[test]
fn a_single_store_may_give_a_basket_worth_less_than_a_part() {
    world(&["a 100 milk=5"], "milk 1")
        .policy(|policy| policy.sourcing.min_part_value_fen = 9_000)
        .check("a: milk 1");
}

#[test]
fn many_contenders_are_covered_greedily_only_where_shelves_score_and_the_plan_says_so() {
    let stores = ["a 100 milk=5", "b 200 rice=5", "c 300 tea=5", "d 400 milk=5 rice=5"];
    let world = world(&stores, "milk 1, rice 1, tea 1");
    assert_eq!(world.check("c: tea 1 + d: milk 1, rice 1").search, SearchKind::Exact);
    let few = world.policy(|policy| policy.sourcing.exact_up_to = 3);
    assert_eq!(few.check("c: tea 1 + d: milk 1, rice 1").search, SearchKind::Exact);
    let by_shelf = few.policy(|policy| policy.sourcing.score = SourcingScore::StockBalance);
    assert_eq!(by_shelf.plan().unwrap().search, SearchKind::Greedy);
}

#[test]
fn a_rare_product_is_found_behind_stores_without_it() {
    let mut stores: Vec<String> = (0..30).map(|n| format!("s{n:02} {} milk=5", 100 + n)).collect();
    stores.push("rare 5000 saffron=1".into());
    stores.push("rarest 6000 saffron=1 milk=5".into());
    let stores: Vec<&str> = stores.iter().map(String::as_str).collect();
    let world = world(&stores, "milk 1, saffron 1");
    world.check("rarest: milk 1, saffron 1");
    world
        .clone()
        .request(|request| {
            request.mode = FulfillmentMode::Express;
        })
        .check("rarest: milk 1, saffron 1");
    let split = world.request(|request| {
        request.excluded.insert(store_named("rarest"));
    });
    let plan = split.check("s00: milk 1 + rare: saffron 1");
    assert_eq!(plan.because.len(), 25, "a ring of 24, then the one that has it");
}

#[test]
fn one_store_behind_the_first_ring_is_better_than_two_in_it() {
    let mut stores: Vec<String> = (0..24).map(|n| format!("s{n:02} {} milk=5", 100 + n)).collect();
    stores.push("tea 130 tea=5".into());
    stores.push("both 900 milk=5 tea=5".into());
    let stores: Vec<&str> = stores.iter().map(String::as_str).collect();
    let world = world(&stores, "milk 1, tea 1");
    let plan = world.check("both: milk 1, tea 1");
    assert_eq!((plan.search, plan.because.len()), (SearchKind::Exact, 25));
    // As few stores, and the nearer ones of them.
    world
        .settings("both", |settings| settings.capacity_per_window = 0)
        .check("s00: milk 1 + tea: tea 1");
}

#[test]
fn a_line_is_parted_where_that_saves_a_store() {
    let stores = ["a 100 milk=5 tea=2", "b 200 rice=5 tea=3", "c 300 tea=5"];
    let world = world(&stores, "milk 1, rice 1, tea 5");
    let plan = world.check("a: milk 1, tea 2 + b: rice 1, tea 3");
    assert_eq!(plan.search, SearchKind::Exact);
    // With what belongs together there is no way but three.
    world
        .request(|request| request.lines[2].keep_together = Some("tea set".into()))
        .check("a: milk 1 + b: rice 1 + c: tea 5");
}
