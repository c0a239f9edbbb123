//! The format's rules by hand, every rule on a generated day, and, where they are present, a
//! published day and the public judge of its format.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::rules::{Straight, place};
use super::solution::Stand;
use super::*;
use crate::city::{City, CitySpec, Spot};
use crate::mdrp::{Day, DayCourier, DayOrder, DayRestaurant, Parameters};
use geo_index::{TravelMode, TravelTime};
use vocabulary::{Seconds, Timestamp};

/// Restaurants at 0 and 1,000 m of one street; 100 metres a minute.
fn day(orders: &[(i32, usize, u32, u32)], couriers: &[(i32, u32, u32)]) -> Day {
    let at = |metres: i32| Spot::new(f64::from(metres), 0.0);
    Day {
        orders: (1..)
            .zip(orders)
            .map(|(n, (door, restaurant, placed_minute, ready_minute))| DayOrder {
                name: format!("o{n}"),
                door: at(*door),
                placed_minute: *placed_minute,
                restaurant: *restaurant,
                ready_minute: *ready_minute,
            })
            .collect(),
        restaurants: vec![
            DayRestaurant { name: "r1".to_owned(), at: at(0) },
            DayRestaurant { name: "r2".to_owned(), at: at(1_000) },
        ],
        couriers: (1..)
            .zip(couriers)
            .map(|(n, (start, on_minute, off_minute))| DayCourier {
                name: format!("c{n}"),
                start: at(*start),
                on_minute: *on_minute,
                off_minute: *off_minute,
            })
            .collect(),
        parameters: Parameters {
            metres_per_minute: 100.0,
            pickup_service_minutes: 4,
            dropoff_service_minutes: 4,
            target_click_to_door_minutes: 40,
            maximum_click_to_door_minutes: 90,
            pay_per_order: 10.0,
            guaranteed_pay_per_hour: 15.0,
        },
    }
}

fn served(courier: usize, pickup_minute: u32, dropoff_minute: u32) -> Option<Served> {
    Some(Served { courier, pickup_minute, dropoff_minute })
}

#[test]
fn travel_is_the_straight_line_in_whole_minutes_rounded_up() {
    let day = day(&[], &[]);
    let minutes = |from: (f64, f64), to: (f64, f64)| {
        let ends = [from, to].map(|(x, y)| place(Spot::new(x, y)));
        let now = Timestamp::from_millis(0);
        Straight::of(&day).travel(ends[0], ends[1], TravelMode::Car, now).time
    };
    assert_eq!(minutes((0.0, 0.0), (0.0, 0.0)), Seconds(0));
    assert_eq!(minutes((0.0, 0.0), (300.0, 400.0)), Seconds::minutes(5));
    assert_eq!(minutes((0.0, 0.0), (300.0, 401.0)), Seconds::minutes(6));
    assert_eq!(minutes((-12_345.0, 77_777.0), (-12_345.0, 77_776.0)), Seconds::minutes(1));
}

#[test]
fn one_order_by_hand() {
    // Ten minutes from the start to r2; ready at 130; two after the pick-up; three to the door.
    let day = day(&[(1_300, 1, 100, 130)], &[(0, 90, 300)]);
    let trial = play(&day, &Setting::default());
    assert_eq!(trial.solution.served, [served(0, 130, 130 + 2 + 3 + 2)]);
    let [there, to_door, ..] = trial.solution.moves[..] else {
        panic!("{:?}", trial.solution.moves)
    };
    assert_eq!((there.from, there.to), (Stand::Start, Stand::Restaurant(1)));
    assert!((100..=118).contains(&there.leaves_minute), "{there:?}");
    assert_eq!((to_door.to, to_door.leaves_minute), (Stand::Door(0), 132));
}

#[test]
fn one_restaurants_goods_share_a_pick_up_and_two_restaurants_do_not() {
    let orders = [(2_000, 1, 100, 105), (2_100, 1, 100, 106), (600, 0, 100, 105)];
    let trial = play(&day(&orders, &[(1_000, 90, 300)]), &Setting::default());
    let mut loads: Vec<_> = trial.solution.assignments.iter().map(|a| a.orders.clone()).collect();
    loads.sort();
    assert_eq!(loads, [vec![0, 1], vec![2]]);
}

#[test]
fn nothing_is_picked_up_after_the_shift_and_doors_may_come_later() {
    // There at 110, the goods change hands at 112 at the soonest.
    let orders = [(5_000, 1, 100, 100)];
    let late = play(&day(&orders, &[(0, 90, 111)]), &Setting::default());
    assert_eq!(late.solution.served, [None]);
    let just = play(&day(&orders, &[(0, 90, 112)]), &Setting::default());
    assert_eq!(just.solution.served, [served(0, 112, 112 + 2 + 40 + 2)]);
}

#[test]
fn without_ready_times_the_restaurants_mean_is_believed_until_the_goods_are_there() {
    // The mean is 20 minutes; the first takes 10, the second 30.
    let day = day(&[(1_100, 1, 100, 110), (1_100, 1, 200, 230)], &[(1_000, 90, 300)]);
    let knowledge = knowledge::Knowledge::new(&day, ReadyTimes::MeanOfRestaurant);
    let believed = |order: usize, now| knowledge.ready_minute(&day.orders[order], now);
    assert_eq!([believed(0, 100), believed(0, 109), believed(0, 110)], [120, 120, 110]);
    assert_eq!([believed(1, 200), believed(1, 225), believed(1, 230)], [220, 226, 230]);
    let trial =
        play(&day, &Setting { ready_times: ReadyTimes::MeanOfRestaurant, ..Setting::default() });
    let pickups: Vec<u32> =
        trial.solution.served.iter().flatten().map(|served| served.pickup_minute).collect();
    // It sets out when the goods are there, a way of no minutes, and stands two before each pick-up.
    assert_eq!(pickups, [112, 230]);
}

#[test]
fn solutions_are_written_in_the_public_format() {
    let day = day(&[(1_300, 1, 100, 110)], &[(1_000, 90, 300)]);
    let solution = Solution {
        assignments: vec![Assignment { minute: 112, courier: 0, orders: vec![0] }],
        served: vec![served(0, 112, 119)],
        moves: vec![
            Move { courier: 0, leaves_minute: 100, from: Stand::Start, to: Stand::Restaurant(1) },
            Move { courier: 0, leaves_minute: 114, from: Stand::Restaurant(1), to: Stand::Door(0) },
        ],
    };
    let folder = std::env::temp_dir().join(format!("trial-format-{}", std::process::id()));
    solution.write(&day, &folder).unwrap();
    let text = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    assert_eq!(
        text("solution_info_assignments.txt"),
        "assignment_time pickup_time courier orders\n112 112 c1 o1\n"
    );
    assert_eq!(
        text("solution_info_orders.txt"),
        "order placement_time ready_time pickup_time dropoff_time courier\no1 100 110 112 119 c1\n"
    );
    assert_eq!(
        text("solution_info_couriers.txt"),
        "courier departure_time origin destination\nc1 100 0 r2\nc1 114 r2 o1\n"
    );
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn figures_by_hand() {
    let day = day(
        &[(1_300, 1, 100, 110), (2_000, 1, 100, 110), (0, 0, 100, 110)],
        &[(1_000, 90, 330), (0, 90, 150)],
    );
    let solution = Solution {
        assignments: vec![Assignment { minute: 112, courier: 0, orders: vec![0, 1] }],
        served: vec![served(0, 112, 119), served(0, 112, 150), None],
        moves: vec![
            Move { courier: 0, leaves_minute: 114, from: Stand::Restaurant(1), to: Stand::Door(0) },
            Move { courier: 0, leaves_minute: 121, from: Stand::Door(0), to: Stand::Door(1) },
        ],
    };
    let trial = Trial { solution, decisions: 240, slowest_decision: Duration::from_millis(3) };
    let figures = Figures::of("by hand", &day, &trial);
    assert_eq!((figures.orders, figures.delivered), (3, 2));
    assert_eq!(figures.score, (19.0 + 50.0 + 180.0) / 3.0);
    assert_eq!(figures.click_to_door.mean, 34.5);
    assert_eq!(figures.click_to_door.p90, 19.0 + 0.9 * 31.0);
    assert_eq!(figures.click_to_door_overage.mean, 5.0);
    assert_eq!(figures.ready_to_pickup.mean, 2.0);
    assert_eq!(figures.within_target_pct, 50.0);
    assert_eq!(figures.orders_per_bundle, 2.0);
    // Four hours are worth more than two orders, and one hour more than none.
    assert_eq!(figures.cost_per_order, (60.0 + 15.0) / 2.0);
    // Three and seven minutes' drive, one pick-up and two doors, in 240; the other never moved.
    assert_eq!(figures.utilization, (3.0 + 7.0 + 4.0 + 8.0) / 240.0 / 2.0);
}

/// Reads the solution only, and knows no planner.
fn break_no_rule(day: &Day, solution: &Solution) {
    for (courier, row) in day.couriers.iter().enumerate() {
        let (mut stand, mut since) = (Stand::Start, row.on_minute);
        let mut stays = vec![];
        for step in solution.moves.iter().filter(|step| step.courier == courier) {
            assert_eq!(step.from, stand, "nobody is carried through the air");
            assert!(step.leaves_minute >= since, "nobody leaves before arriving");
            stays.push((stand, since, step.leaves_minute));
            let ends = [step.from, step.to].map(|stand| stand.spot(day, courier));
            since = step.leaves_minute + day.travel_minutes(ends[0], ends[1]);
            stand = step.to;
        }
        stays.push((stand, since, u32::MAX));
        let stood = |place: Stand, minute: u32| {
            stays.iter().any(|(stand, from, until)| {
                *stand == place && from + 2 <= minute && minute + 2 <= *until
            })
        };
        let own = solution.assignments.iter().filter(|load| load.courier == courier);
        for load in own {
            let restaurant = day.orders[load.orders[0]].restaurant;
            assert!(load.minute <= row.off_minute, "a pick-up after the shift");
            assert!(stood(Stand::Restaurant(restaurant), load.minute), "{load:?}: not there");
            for order in &load.orders {
                let known = &day.orders[*order];
                assert_eq!(known.restaurant, restaurant, "goods of two restaurants");
                assert!(load.minute >= known.ready_minute.max(known.placed_minute));
                let served = solution.served[*order].unwrap();
                assert_eq!((served.courier, served.pickup_minute), (courier, load.minute));
                assert!(stood(Stand::Door(*order), served.dropoff_minute), "{served:?}");
            }
        }
    }
    let mut loaded: Vec<usize> =
        solution.assignments.iter().flat_map(|load| load.orders.clone()).collect();
    loaded.sort_unstable();
    let brought = (0..day.orders.len()).filter(|order| solution.served[*order].is_some());
    assert_eq!(loaded, brought.collect::<Vec<_>>(), "each order on one load, and none besides");
}

#[test]
fn a_generated_day_breaks_no_rule_and_comes_out_the_same_twice() {
    let spec = CitySpec { stores: 30, couriers: 25, orders_per_day: 250, ..CitySpec::default() };
    let day = Day::of_city(&City::generate(&spec), 0);
    for ready_times in [ReadyTimes::Known, ReadyTimes::MeanOfRestaurant] {
        let setting = Setting { ready_times, ..Setting::default() };
        let trial = play(&day, &setting);
        break_no_rule(&day, &trial.solution);
        assert_eq!(play(&day, &setting).solution, trial.solution, "equal days, equal solutions");
        let figures = Figures::of("generated", &day, &trial);
        assert!(figures.undelivered_pct < 5.0, "{figures:?}");
    }
}

/// A folder of published days on this machine.
fn published() -> Option<PathBuf> {
    let data = std::env::var_os("PAIDAN_TRIAL_DATA")?;
    let folder = Path::new(&data).join("mdrp").join("0o50t100s1p100");
    folder.is_dir().then_some(folder)
}

#[test]
fn a_published_day_is_played_better_than_the_published_method_did() {
    let Some(folder) = published() else {
        println!("skipped: PAIDAN_TRIAL_DATA names no folder with mdrp/0o50t100s1p100");
        return;
    };
    let day = Day::read(&folder).unwrap_or_else(|error| panic!("{error}"));
    let trial = play(&day, &Setting::default());
    break_no_rule(&day, &trial.solution);
    let figures = Figures::of("0o50t100s1p100", &day, &trial);
    assert_eq!(figures.delivered, figures.orders);
    // Reyes and others, 2018, table 4: 31.19 minutes online, 29.81 with hindsight.
    assert!(figures.click_to_door.mean < 31.19, "{figures:?}");
}

/// The judge is a script that is told a day and a solution and prints its figures as JSON.
#[test]
fn the_judge_agrees_with_the_figures() {
    let (Some(folder), Some(judge)) = (published(), std::env::var_os("PAIDAN_TRIAL_JUDGE")) else {
        println!("skipped: PAIDAN_TRIAL_DATA and PAIDAN_TRIAL_JUDGE name no day and no script");
        return;
    };
    let day = Day::read(&folder).unwrap_or_else(|error| panic!("{error}"));
    let trial = play(&day, &Setting::default());
    let solution = std::env::temp_dir().join(format!("trial-judged-{}", std::process::id()));
    trial.solution.write(&day, &solution).unwrap();
    let output = Command::new("python3")
        .arg(judge)
        .args([&folder, &solution])
        .arg("--json")
        .output()
        .unwrap();
    std::fs::remove_dir_all(&solution).unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    let judged: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let own = Figures::of("0o50t100s1p100", &day, &trial);
    let pairs = [
        (&judged["undelivered_pct"], own.undelivered_pct),
        (&judged["cost_per_order"], own.cost_per_order),
        (&judged["within_target_pct"], own.within_target_pct),
        (&judged["click_to_door"]["mean"], own.click_to_door.mean),
        (&judged["click_to_door"]["p90"], own.click_to_door.p90),
        (&judged["click_to_door_overage"]["mean"], own.click_to_door_overage.mean),
        (&judged["ready_to_door"]["mean"], own.ready_to_door.mean),
        (&judged["ready_to_pickup"]["mean"], own.ready_to_pickup.mean),
        (&judged["orders_per_bundle"]["mean"], own.orders_per_bundle),
        (&judged["utilization"]["mean"], own.utilization),
    ];
    for (judged, own) in pairs {
        assert!((judged.as_f64().unwrap() - own).abs() < 1e-9, "{judged} is not {own}");
    }
}
