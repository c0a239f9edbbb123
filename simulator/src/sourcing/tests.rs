//! The generator, the checks and every way of answering, over a small city.

use dispatch::Policy;

use super::answer::faults;
use super::*;

fn small(baskets: u64) -> Play {
    Play {
        terms: Terms { stores: 60, skus: 80, seed: 7 },
        baskets,
        baskets_a_day: 300,
        lines: 1..=20,
        policy: Policy::default(),
        exact_every: 0,
        beside: false,
    }
}

#[test]
fn parts_sum_to_what_was_ordered_whichever_way_is_taken() {
    for way in Way::ALL {
        let figures = play(&small(400), way).unwrap();
        assert_eq!(figures.first_wrong, None, "{}", figures.way);
        assert_eq!(figures.placed + figures.refused, 400);
        assert!(figures.placed > 200, "{} places {}", figures.way, figures.placed);
        assert!(figures.parts > figures.placed, "{} never splits", figures.way);
    }
}

/// With three stores at most, whoever refuses hard baskets has fewer splits: so all may use many.
#[test]
fn the_planner_needs_fewer_stores_than_both_rules_refuses_no_more_and_cuts_no_group() {
    let mut many = small(600);
    many.policy.sourcing.max_splits = 16;
    let [planner, distance, rules] = Way::ALL.map(|way| play(&many, way).unwrap());
    for other in [&distance, &rules] {
        assert!(planner.parts_per_order() < other.parts_per_order(), "{planner:?} {other:?}");
    }
    assert!(planner.refused <= rules.refused, "{planner:?} {rules:?}");
    assert_eq!(planner.parted_groups, 0);
    assert!(distance.parted_groups > 0, "lines know nothing of each other there");
}

/// With the same stock nobody who keeps groups together fills what the planner refuses; where many
/// stores may share an order, the proximity rules fill as much, with more stores.
#[test]
fn with_equal_service_the_planner_fills_more_with_fewer_stores() {
    for most in [3, 16] {
        let mut played = Play { beside: true, ..small(600) };
        played.policy.sourcing.max_splits = most;
        let figures = play(&played, Way::Planner).unwrap();
        for beside in &figures.beside {
            let all = beside.both + beside.only_planner + beside.only_other + beside.neither;
            assert_eq!(all, 600);
            assert_eq!(beside.only_other, 0, "{beside:?}");
            assert!(beside.splits_ratio() > 1.2, "{beside:?}");
            assert!(most > 3 || beside.only_planner > 100, "{beside:?}");
        }
    }
}

#[test]
fn equal_seeds_give_equal_figures() {
    let counted = |figures: Figures| (figures.parts, figures.metres, figures.refused_lines);
    let one = play(&small(200), Way::Planner).map(counted).unwrap();
    assert_eq!(one, play(&small(200), Way::Planner).map(counted).unwrap());
    let mut other = small(200);
    other.terms.seed = 8;
    assert_ne!(one, play(&other, Way::Planner).map(counted).unwrap());
}

#[test]
fn an_answer_that_gives_less_or_more_than_there_is_is_found() {
    let Play { terms, baskets_a_day, lines, policy, .. } = small(1);
    let mut city = City::furnish(&terms).unwrap();
    city.sleep();
    let mut baskets = Baskets::new(&terms, lines, baskets_a_day);
    let plans = std::iter::repeat_with(|| baskets.next(&city)).find_map(|asked| {
        let plan = dispatch::sourcing::plan(&asked.request, &city.view, &policy, asked.at).ok()?;
        Some((asked, super::answer::of_plan(plan)))
    });
    let (asked, shares) = plans.unwrap();
    let wrong = |shares: &[Share]| faults(&asked.request, shares, &city.view).len();
    assert_eq!(wrong(&shares), 0);
    let mut less = shares.clone();
    less[0].lines.pop();
    assert!(wrong(&less) > 0);
    let mut more = shares.clone();
    more[0].lines[0].units += 1_000;
    assert!(wrong(&more) > 1, "neither ordered nor there");
}

/// Needs the feature `exact`.
#[cfg(feature = "exact")]
#[test]
fn the_planner_is_the_optimum() {
    let figures = play(&Play { exact_every: 1, ..small(200) }, Way::Planner).unwrap();
    let gap = &figures.gaps[0];
    assert!(gap.splits > 20, "{gap:?}");
    assert_eq!((gap.worse, gap.missed, gap.beyond), (0, 0, 0), "{gap:?}");
    assert!(gap.cost_pct().abs() < 1e-6, "{gap:?}");
}
