//! A filled summary for the tests of this room: made-up figures of a made-up day.

use std::time::Duration;

use vocabulary::Chance;

use super::*;
use crate::city::{City, CitySpec, Demand, RoutePlanner, normal};

pub(super) fn summary() -> RunSummary {
    let mut summary = RunSummary::new("run calm", 7);
    summary.simulated_s = 86_400.0;
    summary.wall_s = 58.2;
    for (name, value) in [("server", "in process"), ("fault mix", "calm"), ("stores", "60")] {
        summary.configuration.insert(name.to_owned(), value.to_owned());
    }
    summary.orders = OrderCounts {
        placed: 5_000,
        delivered: 4_100,
        picked_up: 540,
        shipped: 135,
        cancelled: 110,
        expired: 85,
        failed: 12,
        open: 18,
        refused: 21,
        late: 160,
        modes: Modes {
            delivery: ModeCounts { placed: 4_265, paid: 4_200, fulfilled: 4_100 },
            pickup: ModeCounts { placed: 590, paid: 575, fulfilled: 540 },
            express: ModeCounts { placed: 145, paid: 140, fulfilled: 135 },
        },
        cancelled_because: [
            ("shopper_request", 70),
            ("unfillable", 22),
            ("no_show", 18),
            ("delivery_failed", 12),
        ]
        .map(|(reason, orders)| (reason.to_owned(), orders))
        .into(),
        inherited: 40,
        inherited_ended: 38,
    };
    summary.sourcing =
        Sourcing { splits: 310, resourced: 96, store_rejections: 24, short_picks: 130 };
    summary.offers = OfferCounts {
        made: 5_240,
        accepted: 4_420,
        declined: 510,
        expired: 290,
        withdrawn: 12,
        too_late: 8,
        reassigned: 31,
        escalated: 6,
    };
    summary.fleet = FleetUse {
        couriers: 300,
        duty_s: 10_000_000.0,
        busy_s: 6_100_000.0,
        ridden_m: 21_400_000.0,
        deliveries: 4_450,
    };
    summary.traffic = Traffic {
        requests_sent: 84_120,
        requests_failed: 3,
        could_not_send: 0,
        commands_doubled: 812,
        commands_reordered: 401,
        sockets_opened: 3_560,
        frames: 412_008,
        gaps: 0,
        resets: 14,
        positions_sent: 1_204_330,
    };
    summary.funnel = Funnel {
        placed: 5_000,
        paid: 4_905,
        accepted: 4_870,
        packed: 4_830,
        handed_over: 4_800,
        completed: 4_775,
    };
    summary.referee.checks = 1_203_331;
    summary.journey = journey();
    summary.latencies.insert("place_order".to_owned(), latency(1.5, 1));
    summary.latencies.insert("quote".to_owned(), latency(0.6, 2));
    summary.latencies.insert("dispatch".to_owned(), latency(9.0, 3));
    summary.timeline = timeline();
    summary.map = Some(map());
    summary
}

fn journey() -> Journey {
    let mut chance = Chance::from_seed(1);
    let mut around = |median: f64, spread: f64, count: usize| {
        let draws: Vec<f64> =
            (0..count).map(|_| median * (spread * normal(&mut chance)).exp()).collect();
        Spread::of(draws)
    };
    let mut journey = Journey {
        click_to_door: around(1_890.0, 0.32, 4_100),
        accept: around(18.0, 0.7, 4_900),
        pick: around(260.0, 0.5, 4_850),
        pickup_wait: around(210.0, 0.8, 4_800),
        deliver: around(700.0, 0.4, 4_100),
        target_s: Some(2_700.0),
    };
    // Exact figures for the tests of thresholds.
    (journey.click_to_door.p50_s, journey.click_to_door.p90_s) = (1_890.0, 2_850.0);
    journey
}

fn latency(median_ms: f64, seed: u64) -> Latency {
    let mut chance = Chance::from_seed(seed);
    let mut recorder = LatencyRecorder::new();
    for _ in 0..20_000 {
        let service = Duration::from_secs_f64(median_ms / 1e3 * (0.7 * normal(&mut chance)).exp());
        let queued = if chance.happens(0.01) { service * 3 } else { Duration::ZERO };
        recorder.record(service, service + queued);
    }
    let mut latency = recorder.summary();
    if seed == 1 {
        // Exact figures for the tests of thresholds.
        (latency.service.p50_us, latency.response.p99_us) = (1_500, 7_930);
    }
    latency
}

fn timeline() -> Timeline {
    let city = City::generate(&CitySpec { stores: 1, skus: 1, couriers: 1, ..CitySpec::default() });
    let demand = Demand::new(&city);
    let mut chance = Chance::from_seed(5);
    let moments = (0..=1_440u32).map(|minute| {
        let rate = demand.rate_at(f64::from(minute) * 60.0) / 60.0;
        let mut about = |minutes: f64| (rate * minutes * (0.9 + 0.2 * chance.unit())) as u32;
        let orders = OrdersByState {
            pending: about(0.5),
            at_store: about(6.0),
            waiting_for_courier: about(3.5),
            on_the_way: about(12.0),
            waiting_for_shopper: about(2.0),
            in_trouble: about(0.2),
        };
        let on_duty = if (600..1_300).contains(&minute) { 190 } else { 25 };
        let p99 = 6_000 + 90 * u64::from(orders.total());
        Moment {
            at_s: minute * 60,
            orders,
            couriers_on_duty: on_duty,
            couriers_busy: orders.on_the_way.min(on_duty),
            p50_us: (minute % 200 != 150).then_some(1_400 + u64::from(orders.total())),
            p99_us: (minute % 200 != 150).then_some(p99),
        }
    });
    Timeline { step_s: 60, moments: moments.collect() }
}

fn map() -> MapSketch {
    let city = City::generate(&CitySpec { seed: 7, orders_per_day: 200, ..CitySpec::default() });
    let planner = RoutePlanner::new(&city.streets);
    let mut map = MapSketch::of(&city);
    for (position, order) in Demand::new(&city).day(0).iter().enumerate().take(14) {
        let Some(store) = city.stores.get(position * 4) else { break };
        let Some(courier) = city.couriers.get(position) else { break };
        for (loaded, from, to) in
            [(false, courier.home, store.place()), (true, store.place(), order.door.place)]
        {
            let places = planner.route(from, to).places();
            map.routes.push(SketchRoute { courier: courier.code.clone(), loaded, places });
        }
    }
    for (position, store) in map.stores.iter_mut().enumerate() {
        store.orders = 20 + (position as u64 * 37) % 190;
    }
    map
}
