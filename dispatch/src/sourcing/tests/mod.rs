//! A small city in a few words, and tables over it.
//!
//! A store is `"near 300 milk=5 rice=2"`: its name, its metres from the door, its shelves. A
//! basket is `"milk 2, rice 1, [cake 1, candle 6]"`: a line each, brackets keep lines together.
//! An answer is `"near: milk 2 + far: rice 1"`.

mod door;
mod filters;
mod oracle;
mod promises;
mod properties;
mod refusals;
mod scores;
mod splits;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use geo_index::{ServiceArea, StraightLine};
use vocabulary::{MerchantId, Meters, Money, OrderId, Place, Seconds, SkuId, StoreId, Timestamp};

use super::*;
use crate::hours::{DayRange, HoursDocument, OpeningHours, Week};
use crate::order::FulfillmentMode;
use crate::order::line::LineUnits;
use crate::store::{StoreSettings, StoreStatus};
use crate::view::{CityView, StoreRow};
use crate::{Policy, Refusal};

/// 10 November 2026, 10:00 in Shanghai.
const TEN_O_CLOCK: Timestamp = Timestamp::from_millis(1_794_276_000_000);

#[derive(Debug, Clone)]
struct World {
    rows: BTreeMap<StoreId, StoreRow>,
    stock: Vec<(StoreId, SkuId, u32)>,
    request: SourcingRequest,
    policy: Policy,
    now: Timestamp,
}

fn world(stores: &[&str], basket: &str) -> World {
    let mut world = World {
        rows: BTreeMap::new(),
        stock: Vec::new(),
        request: SourcingRequest {
            order: OrderId::from_bits(1),
            request: 0,
            purpose: SourcingPurpose::Placing,
            mode: FulfillmentMode::Delivery,
            destination: Some(door()),
            lines: lines(basket),
            excluded: BTreeSet::new(),
            pinned: None,
            wanted_at: None,
        },
        policy: Policy::default(),
        now: TEN_O_CLOCK,
    };
    for store in stores {
        let mut words = store.split_whitespace();
        let (name, metres) = (words.next().unwrap(), words.next().unwrap());
        world.rows.insert(store_named(name), row_at(metres.parse().unwrap()));
        for (sku, units) in words.filter_map(|word| word.split_once('=')) {
            world.stock.push((store_named(name), sku_named(sku), units.parse().unwrap()));
        }
    }
    world
}

fn check(stores: &[&str], basket: &str, expect: &str) {
    world(stores, basket).check(expect);
}

impl World {
    /// Changes a store's row.
    fn store(mut self, name: &str, change: impl Fn(&mut StoreRow)) -> Self {
        change(self.rows.get_mut(&store_named(name)).unwrap());
        self
    }

    fn settings(self, name: &str, change: impl Fn(&mut StoreSettings)) -> Self {
        self.store(name, |row| change(Arc::make_mut(&mut row.settings)))
    }

    fn request(mut self, change: impl Fn(&mut SourcingRequest)) -> Self {
        change(&mut self.request);
        self
    }

    fn policy(mut self, change: impl Fn(&mut Policy)) -> Self {
        change(&mut self.policy);
        self
    }

    fn at(mut self, now: Timestamp) -> Self {
        self.now = now;
        self
    }

    fn view(&self) -> CityView {
        let mut view = CityView::new(door(), Box::new(StraightLine::default()));
        view.put_stores(self.rows.clone());
        for (store, sku, units) in &self.stock {
            view.put_available(*store, *sku, Some(*units));
        }
        view
    }

    fn plan(&self) -> Result<SourcingPlan, Refusal> {
        plan(&self.request, &self.view(), &self.policy, self.now)
    }

    #[track_caller]
    fn check(&self, expect: &str) -> SourcingPlan {
        let plan = self.plan().unwrap_or_else(|refusal| panic!("expected {expect}: {refusal}"));
        assert_eq!(plan.text(), expect, "{:#?}", plan.because);
        plan
    }

    #[track_caller]
    fn check_refused(&self, expect: &str) {
        assert_eq!(self.plan().unwrap_err().to_string(), expect);
    }

    #[track_caller]
    fn check_lost(&self, store: &str, expect: &LostBecause) {
        let because = self.plan().unwrap().because;
        let verdict = because.iter().find(|verdict| verdict.store == store_named(store));
        assert_eq!(verdict.and_then(|verdict| verdict.lost.as_ref()), Some(expect), "{because:#?}");
    }
}

impl SourcingPlan {
    fn text(&self) -> String {
        let parts = self.parts.iter().map(|part| {
            let lines: Vec<_> = part.lines.iter().map(line_text).collect();
            format!("{}: {}", name_of(part.store.bits()), lines.join(", "))
        });
        parts.collect::<Vec<_>>().join(" + ")
    }
}

fn line_text(line: &LineUnits) -> String {
    format!("{} {}", name_of(line.sku.bits()), line.units)
}

fn row_at(metres: u32) -> StoreRow {
    let place = north_of_the_door(metres);
    StoreRow {
        settings: Arc::new(StoreSettings {
            name: "store".into(),
            merchant: MerchantId::from_bits(1),
            place,
            area: ServiceArea::Radius { center: place, radius: Meters(20_000) },
            hours: OpeningHours::always("Asia/Shanghai").unwrap(),
            modes: vec![
                FulfillmentMode::Delivery,
                FulfillmentMode::Pickup,
                FulfillmentMode::Express,
            ],
            prep_time: Seconds::minutes(10),
            prep_per_open_order: Seconds::minutes(1),
            capacity_per_window: 20,
            auto_accept: false,
            version: 1,
        }),
        status: StoreStatus::Open,
        open_orders: 0,
        promised: BTreeMap::new(),
        extra_prep: Seconds::ZERO,
    }
}

fn open(from: &str, to: &str) -> OpeningHours {
    let document = HoursDocument {
        time_zone: "Asia/Shanghai".into(),
        weekly: Week::every_day(&[DayRange { open: from.into(), close: to.into() }]),
        exceptions: BTreeMap::new(),
        cutoff_before_close: Seconds::minutes(30),
        closing_while_cooking_allowed: false,
    };
    document.try_into().unwrap()
}

fn door() -> Place {
    Place::new(31.2, 121.4).unwrap()
}

fn north_of_the_door(metres: u32) -> Place {
    let degrees = (f64::from(metres) / 6_371_008.8).to_degrees();
    Place::new(door().latitude() + degrees, door().longitude()).unwrap()
}

fn lines(basket: &str) -> Vec<SourcingLine> {
    let mut group: Option<Box<str>> = None;
    let mut lines = Vec::new();
    for (word, number) in basket.split(", ").zip(1_u16..) {
        if word.starts_with('[') {
            group = Some(format!("from line {number}").into());
        }
        let (sku, units) = word.trim_matches(['[', ']']).split_once(' ').unwrap();
        let units: u32 = units.parse().unwrap();
        lines.push(SourcingLine {
            line: number,
            sku: sku_named(sku),
            units,
            value: Money::fen(1_000 * i64::from(units)),
            keep_together: group.clone(),
        });
        if word.ends_with(']') {
            group = None;
        }
    }
    lines
}

/// A name of up to 16 letters is its own id.
fn bits_of(name: &str) -> u128 {
    name.bytes().fold(0, |bits, byte| bits << 8 | u128::from(byte))
}

fn name_of(bits: u128) -> String {
    bits.to_be_bytes().into_iter().filter(|byte| *byte != 0).map(char::from).collect()
}

fn store_named(name: &str) -> StoreId {
    StoreId::from_bits(bits_of(name))
}

fn sku_named(name: &str) -> SkuId {
    SkuId::from_bits(bits_of(name))
}

fn minutes(count: i64) -> i64 {
    count * 60_000
}

fn later(milliseconds: i64) -> Timestamp {
    Timestamp::from_millis(TEN_O_CLOCK.as_millis() + milliseconds)
}
