//! What holds of every round, whoever stands where.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

fn any_courier(n: u32) -> impl Strategy<Value = (u32, i32, CourierRow)> {
    let tasks = prop_oneof![
        3 => Just(vec![]),
        2 => (0..40_i32, 0..40_i32).prop_map(move |(from, to)| vec![in_hand(500 + n, from, to)]),
    ];
    (0..40_i32, tasks, 1..4_u32, 0..2_u32).prop_map(move |(steps, tasks, capacity, live)| {
        (n, steps, CourierRow { capacity, live_offers: live, ..carrying(tasks) })
    })
}

fn any_wanted(n: u32) -> impl Strategy<Value = DeliveryRow> {
    (0..40_i32, 0..40_i32, -600..1_500_i64, 500..5_000_u32, 0..4_u32).prop_map(
        move |(from, to, ready, weight, rounds)| DeliveryRow {
            ready_at: at(ready),
            weight: Grams(weight),
            rounds,
            ..wanted(n, from, to)
        },
    )
}

fn any_city() -> impl Strategy<Value = (Vec<(u32, i32, CourierRow)>, Vec<DeliveryRow>)> {
    let couriers = (0..8_u32).prop_flat_map(|n| (1..=n).map(any_courier).collect::<Vec<_>>());
    let waiting = (0..10_u32).prop_flat_map(|n| (1..=n).map(any_wanted).collect::<Vec<_>>());
    (couriers, waiting)
}

proptest! {
    #[test]
    fn every_round_is_fair_and_repeatable((couriers, waiting) in any_city()) {
        let view = city(couriers.clone(), waiting.clone());
        let round = plan(&view);
        prop_assert_eq!(&round, &plan(&view), "equal views give equal rounds");

        let mut heard_of: Vec<_> = round.unserved.iter().map(|(delivery, _)| *delivery).collect();
        heard_of.extend(round.offerings.iter().map(|offering| offering.delivery));
        heard_of.sort_unstable();
        let all: Vec<_> = waiting.iter().map(|row| row.delivery).collect();
        prop_assert_eq!(heard_of, all, "each delivery is offered or has a reason");

        let mut asked_once = BTreeSet::new();
        for (delivery, courier) in asked(&round) {
            prop_assert!(asked_once.insert(courier), "one offer per courier and round");
            let (_, _, row) = couriers.iter().find(|(n, ..)| u128::from(*n) == courier).unwrap();
            let wanted = waiting.iter().find(|row| row.delivery.bits() == delivery).unwrap();
            let load = row.tasks.len() as u32 + row.live_offers;
            prop_assert!(load < row.capacity);
            let carried: u32 = row.tasks.iter().map(|task| task.weight.0).sum();
            prop_assert!(carried + wanted.weight.0 <= row.max_weight.0);
        }
        for offering in &round.offerings {
            let proposal = &offering.proposals[0];
            prop_assert!(proposal.pickup_at < proposal.dropoff_at);
            prop_assert!(proposal.pickup_at >= round.at);
        }
    }

    /// With idle couriers only, nobody who could be served is left out for a cheaper sum.
    #[test]
    fn as_many_as_possible_are_served(
        couriers in vec(0..25_i32, 0..6),
        waiting in vec((0..25_i32, 0..40_i32), 0..6),
    ) {
        let expect = couriers.len().min(waiting.len());
        let number = |n: usize| u32::try_from(n + 1).unwrap();
        let couriers = couriers.iter().enumerate().map(|(n, steps)| (number(n), *steps, idle()));
        let rows = waiting.iter().enumerate().map(|(n, (from, to))| wanted(number(n), *from, *to));
        let round = plan(&city(couriers.collect(), rows.collect()));
        prop_assert_eq!(round.offerings.len(), expect);
    }
}
