//! The worked example of docs/commerce.md, the forecast on made-up shops, and the plan.

use proptest::prelude::*;
use vocabulary::{Meters, SkuId, StoreId};

use super::*;
use crate::Permille;

const MONDAY: Day = Day(20_409); // 17 November 2025

/// Eight weeks in which each weekday sells its number.
fn weeks(week: [u32; 7]) -> DemandHistory {
    DemandHistory { first_day: MONDAY, units: week.repeat(8) }
}

fn steady(units: u32) -> DemandHistory {
    weeks([units; 7])
}

#[test]
fn days_know_their_weekday() {
    assert_eq!(Day(0).weekday(), 3, "the first of January 1970 was a Thursday");
    assert_eq!(Day(-4).weekday(), 6);
    assert_eq!(MONDAY.weekday(), 0);
}

#[test]
fn the_same_every_day_needs_only_for_the_lead_time() {
    let policy = ReplenishmentPolicy { lead_time_deviation_centidays: 0, ..Default::default() };
    let known = assess(&steady(10), &policy).unwrap();
    assert_eq!((known.safety_stock, known.reorder_point, known.order_up_to), (0, 20, 70));
    assert_eq!(known.accuracy.unwrap().wape, Some(0.0));
    assert_eq!(known.accuracy.unwrap().mase, None, "every week was the same");
}

/// The numbers of the page, as its table says them.
#[test]
fn the_worked_example_of_the_page_holds() {
    let page = include_str!("../../../docs/commerce.md");
    let figure = |name: &str| {
        let row = page.lines().find(|line| line.starts_with(&format!("| {name} |")));
        let row = row.unwrap_or_else(|| panic!("no row {name}"));
        row.split('|').nth(2).unwrap().trim().to_owned()
    };
    let history = weeks([8, 12, 8, 12, 8, 12, 24]);
    let policy = ReplenishmentPolicy::default();
    let known = assess(&history, &policy).unwrap();
    assert_eq!(format!("{:.1}", known.mean_per_day), figure("mean per day"));
    assert_eq!(format!("{:.2}", known.deviation_per_day), figure("deviation per day"));
    assert_eq!(format!("{:.1}", known.lead_time_demand), figure("demand of the lead time"));
    assert_eq!(known.safety_stock.to_string(), figure("safety stock"));
    assert_eq!(known.reorder_point.to_string(), figure("reorder point"));
    assert_eq!(known.order_up_to.to_string(), figure("order up to"));
    let accuracy = known.accuracy.unwrap();
    assert_eq!(format!("{:.3}", accuracy.wape.unwrap()), figure("WAPE"));
}

#[test]
fn a_wavering_day_and_a_wavering_lead_time_both_cost_stock() {
    let wavering = weeks([6, 14, 7, 13, 6, 14, 10]);
    let exact = ReplenishmentPolicy { lead_time_deviation_centidays: 0, ..Default::default() };
    let vague = ReplenishmentPolicy { lead_time_deviation_centidays: 100, ..exact.clone() };
    fn safety(history: &DemandHistory, policy: &ReplenishmentPolicy) -> u32 {
        assess(history, policy).unwrap().safety_stock
    }
    assert!(safety(&steady(10), &vague) > safety(&steady(10), &exact));
    assert!(safety(&wavering, &exact) > safety(&steady(10), &exact));
    let surer = ReplenishmentPolicy { service_level: Permille(999), ..exact.clone() };
    assert!(safety(&wavering, &surer) > safety(&wavering, &exact));
}

#[test]
fn the_level_follows_a_shop_that_grows() {
    let mut history = steady(5);
    history.units.extend([20; 28]);
    let known = assess(&history, &ReplenishmentPolicy::default()).unwrap();
    assert!((35.0..=41.0).contains(&known.lead_time_demand), "{known:?}");
}

#[test]
fn a_shop_with_a_rhythm_is_forecast_better_than_by_its_mean() {
    let rhythm = weeks([4, 4, 4, 4, 10, 20, 20]);
    let accuracy = assess(&rhythm, &ReplenishmentPolicy::default()).unwrap().accuracy.unwrap();
    // Expecting the mean of 9.43 a day over two days is off by 7.5 of 18.9: a WAPE of about 0.5.
    assert!(accuracy.wape.unwrap() < 0.35, "{accuracy:?}");
    assert_eq!(accuracy.forecast_count, 28);
}

#[test]
fn nothing_is_said_of_what_is_new_or_unsold() {
    let policy = ReplenishmentPolicy::default();
    assert_eq!(assess(&steady(0), &policy), None);
    assert_eq!(assess(&steady(3).until(13), &policy), None);
    assert!(assess(&steady(3).until(14), &policy).is_some());
}

#[test]
fn every_bound_of_the_policy_is_named() {
    for (field, policy) in [
        (
            "service_level",
            ReplenishmentPolicy { service_level: Permille(1_000), ..Default::default() },
        ),
        ("lead_time_days", ReplenishmentPolicy { lead_time_days: 0, ..Default::default() }),
        ("cover_days", ReplenishmentPolicy { cover_days: 61, ..Default::default() }),
        ("history_days", ReplenishmentPolicy { history_days: 7, ..Default::default() }),
    ] {
        assert_eq!(policy.check().unwrap_err().field, field);
    }
    assert!(ReplenishmentPolicy::default().check().is_ok());
}

const MILK: SkuId = SkuId::from_bits(1);

fn store(number: u128) -> StoreId {
    StoreId::from_bits(number)
}

/// Stores stand on a street, a kilometre apart.
fn along_the_street(a: StoreId, b: StoreId) -> Meters {
    Meters(u32::try_from(a.bits().abs_diff(b.bits())).unwrap() * 1_000)
}

fn known() -> Assessment {
    let policy = ReplenishmentPolicy { lead_time_deviation_centidays: 0, ..Default::default() };
    assess(&steady(10), &policy).unwrap()
}

fn shelf(number: u128, units: i64, assessment: &Assessment) -> Shelf<'_> {
    Shelf {
        store: store(number),
        sku: MILK,
        position: units,
        here: units,
        is_listed: true,
        assessment: Some(assessment),
    }
}

#[test]
fn the_nearest_store_with_too_much_gives_first_and_the_rest_is_bought() {
    // Reorder at 20, up to 70: store 1 lacks 60; store 2 has 20 too much, store 3 has 15.
    let known = known();
    let shelves = [shelf(1, 10, &known), shelf(3, 85, &known), shelf(2, 90, &known)];
    let suggestions = plan(&shelves, &ReplenishmentPolicy::default(), along_the_street);
    let [suggestion] = suggestions.as_slice() else { panic!("{suggestions:?}") };
    assert_eq!(suggestion.need, Need { position: 10, reorder_point: 20, units: 60 });
    assert_eq!(
        suggestion.sources,
        [
            SupplySource::Transfer { from: store(2), units: 20, distance: Meters(1_000) },
            SupplySource::Transfer { from: store(3), units: 15, distance: Meters(2_000) },
            SupplySource::Purchase { units: 25 },
        ]
    );
}

#[test]
fn what_is_too_far_or_on_its_way_is_not_given_and_what_is_unlisted_is() {
    let known = known();
    let on_its_way = Shelf { here: 0, ..shelf(2, 200, &known) };
    let far = shelf(40, 500, &known);
    let unlisted = Shelf { is_listed: false, ..shelf(4, 30, &known) };
    let shelves = [shelf(1, 20, &known), on_its_way, far, unlisted];
    let suggestions = plan(&shelves, &ReplenishmentPolicy::default(), along_the_street);
    let sources = &suggestions[0].sources;
    assert_eq!(suggestions.len(), 1, "at its reorder point it is time; the others need nothing");
    assert_eq!(
        *sources,
        [
            SupplySource::Transfer { from: store(4), units: 30, distance: Meters(3_000) },
            SupplySource::Purchase { units: 20 },
        ]
    );
}

proptest! {
    #[test]
    fn no_unit_is_promised_twice_and_nobody_is_left_short_by_giving(
        positions in prop::collection::vec(-20..200_i64, 1..12),
    ) {
        let known = known();
        let shelves: Vec<_> =
            (1..).zip(&positions).map(|(number, units)| shelf(number, *units, &known)).collect();
        let policy = ReplenishmentPolicy { transfer_radius_m: 5_000, ..Default::default() };
        let mut given = std::collections::BTreeMap::<StoreId, i64>::new();
        for suggestion in plan(&shelves, &policy, along_the_street) {
            let units = suggestion.sources.iter().map(|source| match source {
                SupplySource::Transfer { from, units, distance } => {
                    *given.entry(*from).or_default() += i64::from(*units);
                    assert!(distance.0 <= 5_000 && *from != suggestion.store);
                    *units
                }
                SupplySource::Purchase { units } => *units,
            });
            prop_assert_eq!(units.sum::<u32>(), suggestion.need.units);
            prop_assert!(suggestion.need.position <= 20);
        }
        for shelf in &shelves {
            let gives = given.get(&shelf.store).copied().unwrap_or(0);
            prop_assert!(gives == 0 || shelf.here - gives >= 70, "{shelf:?} gives {gives}");
        }
    }

    #[test]
    fn any_history_gives_finite_figures(
        units in prop::collection::vec(0..500_u32, 0..80),
        lead_time_days in 1..20_u32,
    ) {
        let history = DemandHistory { first_day: MONDAY, units };
        let policy = ReplenishmentPolicy { lead_time_days, ..Default::default() };
        if let Some(known) = assess(&history, &policy) {
            prop_assert!(known.deviation_per_day.is_finite() && known.lead_time_demand >= 0.0);
            prop_assert!(known.order_up_to >= known.reorder_point);
            prop_assert!(known.reorder_point >= known.safety_stock);
        }
    }
}
