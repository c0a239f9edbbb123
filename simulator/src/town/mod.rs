//! What headquarters knows of a town before the first order: stores, goods, couriers and stock,
//! each with its id. The same town is told to a partition in this process or to a server.
//!
//! Ids are drawn from the town's seed, so that a run started later knows everybody that an
//! earlier one seeded. This room never talks to anybody.

mod campaigns;
mod from_city;
mod from_day;

use commerce::Campaign;
use commerce::member::MemberPolicy;
use dispatch::hours::{DayRange, HoursDocument, Week};
use dispatch::order::FulfillmentMode;
use geo_index::{ServiceArea, TravelMode};
use vocabulary::{
    Chance, CourierId, Grams, Id, IdSource, MerchantId, Money, Place, Seconds, SkuId, Slot,
    StoreId, Timestamp,
};

/// Every town stands in this zone.
pub const TIME_ZONE: &str = "Asia/Shanghai";
/// Ahead of UTC all year.
const ZONE_OFFSET_MS: i64 = 8 * 3_600_000;
const DAY_MS: i64 = 86_400_000;
/// Founded on 2026-01-01 UTC: the birth that all ids of a town carry.
const FOUNDED: Timestamp = Timestamp::from_millis(1_767_225_600_000);

/// Everything headquarters tells once.
#[derive(Debug, Clone)]
pub struct Town {
    pub name: String,
    pub center: Place,
    pub merchants: Vec<MerchantSetup>,
    pub skus: Vec<SkuSetup>,
    pub stores: Vec<StoreSetup>,
    pub couriers: Vec<CourierSetup>,
    /// What headquarters gives, from before the first order to long after the last.
    pub campaigns: Vec<Campaign>,
    /// Tiers and what points are worth.
    pub member_policy: MemberPolicy,
    /// How fast a courier of each vehicle gets on, and how much longer streets are than lines.
    pub travel: TravelSetup,
}

#[derive(Debug, Clone)]
pub struct MerchantSetup {
    pub id: MerchantId,
    pub name: String,
}

#[derive(Debug, Clone)]
pub struct SkuSetup {
    pub id: SkuId,
    pub code: String,
    pub name: String,
    pub category: String,
    pub barcode: Option<String>,
    pub list_price: Money,
    /// In percent: 0, 6, 9 or 13.
    pub tax_percent: u32,
    pub weight: Grams,
    /// `ambient`, `chilled` or `frozen`.
    pub temperature: &'static str,
}

#[derive(Debug, Clone)]
pub struct StoreSetup {
    pub id: StoreId,
    pub name: String,
    pub merchant: MerchantId,
    pub place: Place,
    pub address: String,
    pub area: ServiceArea,
    pub hours: HoursDocument,
    pub modes: Vec<FulfillmentMode>,
    pub prep_time: Seconds,
    pub prep_per_open_order: Seconds,
    pub capacity_per_window: u32,
    pub auto_accept: bool,
    pub stock: Vec<StockSetup>,
}

#[derive(Debug, Clone, Copy)]
pub struct StockSetup {
    pub sku: SkuId,
    pub on_hand: u32,
    pub safety_stock: u32,
}

#[derive(Debug, Clone)]
pub struct CourierSetup {
    pub id: CourierId,
    pub name: String,
    pub mode: TravelMode,
    pub capacity: u32,
    pub max_weight: Grams,
    pub home: Place,
}

/// What the server is told to assume about travel.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TravelSetup {
    pub detour_factor: f64,
    pub ebike_metres_per_second: f64,
}

/// Draws one kind of ids after another; the same seed always draws the same ones.
pub(crate) struct Names(IdSource);

impl Names {
    pub(crate) fn of_kind(seed: u64, kind: u64) -> Self {
        Self(IdSource::new(Slot::default(), Chance::from_seed(seed).fork(kind)))
    }

    pub(crate) fn next<I: Id>(&mut self) -> I {
        self.0.next(FOUNDED)
    }
}

impl Town {
    pub fn store(&self, id: StoreId) -> Option<&StoreSetup> {
        self.stores.iter().find(|store| store.id == id)
    }

    pub fn sku(&self, id: SkuId) -> Option<&SkuSetup> {
        self.skus.iter().find(|sku| sku.id == id)
    }
}

/// Seconds after local midnight.
pub fn second_of_day(at: Timestamp) -> u32 {
    ((at.as_millis() + ZONE_OFFSET_MS).rem_euclid(DAY_MS) / 1_000) as u32
}

/// The local midnight at or before an instant.
pub fn midnight_before(at: Timestamp) -> Timestamp {
    let local = at.as_millis() + ZONE_OFFSET_MS;
    Timestamp::from_millis(local - local.rem_euclid(DAY_MS) - ZONE_OFFSET_MS)
}

/// The calendar day of an instant, such as `2026-03-02`.
pub fn local_day(at: Timestamp) -> String {
    let local = jiff::Timestamp::from_millisecond(at.as_millis().saturating_add(ZONE_OFFSET_MS));
    local.unwrap_or_default().to_zoned(jiff::tz::TimeZone::UTC).date().to_string()
}

/// Open on all days of the week between two moments of the day, in seconds after midnight.
pub fn daily_hours(opens: Seconds, closes: Seconds) -> HoursDocument {
    let clock = |at: Seconds| format!("{:02}:{:02}", at.0 / 3_600, at.0 / 60 % 60);
    let range = DayRange { open: clock(opens), close: clock(closes) };
    HoursDocument {
        time_zone: TIME_ZONE.to_owned(),
        weekly: Week::every_day(&[range]),
        exceptions: Default::default(),
        cutoff_before_close: Seconds::ZERO,
        closing_while_cooking_allowed: true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::city::{City, CitySpec};

    #[test]
    fn a_town_is_named_alike_whenever_it_is_told() {
        let city = City::generate(&CitySpec { orders_per_day: 100, ..CitySpec::default() });
        let (one, other) = (Town::of_city(&city), Town::of_city(&city));
        assert_eq!(one.stores.len(), 60);
        let ids = |town: &Town| town.couriers.iter().map(|c| c.id).collect::<Vec<_>>();
        assert_eq!(ids(&one), ids(&other));
        assert!(one.stores.iter().all(|store| !store.stock.is_empty()));
    }

    #[test]
    fn local_days_begin_eight_hours_before_the_utc_day() {
        let noon_utc = Timestamp::from_millis(1_767_268_800_000);
        assert_eq!(second_of_day(noon_utc), 20 * 3_600);
        assert_eq!(second_of_day(midnight_before(noon_utc)), 0);
        assert_eq!(local_day(noon_utc), "2026-01-01");
        assert_eq!(local_day(midnight_before(noon_utc)), "2026-01-01");
        assert_eq!(local_day(noon_utc.after(Seconds(4 * 3_600))), "2026-01-02");
        assert_eq!(daily_hours(Seconds(0), Seconds(86_400)).weekly.monday[0].close, "24:00");
    }
}
