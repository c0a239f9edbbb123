//! A day of the public format as headquarters would enter it: every restaurant is a store with one
//! SKU of its own, always open, that accepts by itself.

use dispatch::order::FulfillmentMode;
use geo_index::{ServiceArea, TravelMode};
use vocabulary::{Grams, Meters, Money, Seconds};

use super::{
    CourierSetup, MerchantSetup, Names, SkuSetup, StockSetup, StoreSetup, Town, TravelSetup,
    daily_hours,
};
use crate::mdrp::{Anchor, Day};

/// Deliveries a courier may carry at once; the format leaves it open.
const CAPACITY: u32 = 3;
/// Farther than any two points of a published day.
const EVERYWHERE: Meters = Meters(100_000);
const MEAL: Money = Money::fen(3_000);

impl Town {
    pub fn of_day(day: &Day, anchor: &Anchor, seed: u64) -> Self {
        let (mut merchants, mut skus) = (Names::of_kind(seed, 11), Names::of_kind(seed, 12));
        let (mut stores, mut couriers) = (Names::of_kind(seed, 13), Names::of_kind(seed, 14));
        let merchant = MerchantSetup { id: merchants.next(), name: "餐饮联盟".to_owned() };
        let meals: Vec<SkuSetup> = day
            .restaurants
            .iter()
            .map(|restaurant| SkuSetup {
                id: skus.next(),
                code: format!("MEAL-{}", restaurant.name),
                name: format!("{} 招牌餐", restaurant.name),
                category: "餐食".to_owned(),
                barcode: None,
                list_price: MEAL,
                tax_percent: 6,
                weight: Grams(800),
                temperature: "ambient",
            })
            .collect();
        let per_meal = u32::try_from(day.orders.len()).unwrap_or(u32::MAX).saturating_add(10);
        let setups = day.restaurants.iter().zip(&meals).map(|(restaurant, meal)| {
            let place = anchor.place(restaurant.at);
            StoreSetup {
                id: stores.next(),
                name: format!("餐厅 {}", restaurant.name),
                merchant: merchant.id,
                place,
                address: restaurant.name.clone(),
                area: ServiceArea::Radius { center: place, radius: EVERYWHERE },
                hours: daily_hours(Seconds(0), Seconds(86_400)),
                modes: vec![FulfillmentMode::Delivery],
                prep_time: Seconds::minutes(10),
                prep_per_open_order: Seconds::ZERO,
                capacity_per_window: 1_000,
                auto_accept: false,
                stock: vec![StockSetup { sku: meal.id, on_hand: per_meal, safety_stock: 0 }],
            }
        });
        let stores = setups.collect();
        let couriers = day.couriers.iter().map(|known| CourierSetup {
            id: couriers.next(),
            name: known.name.clone(),
            // Of the server's assumptions this one comes closest to the day's straight lines.
            mode: TravelMode::Car,
            capacity: CAPACITY,
            max_weight: Grams(50_000),
            home: anchor.place(known.start),
        });
        Self {
            name: "回放".to_owned(),
            center: anchor.reference(),
            merchants: vec![merchant],
            skus: meals,
            stores,
            couriers: couriers.collect(),
            campaigns: Vec::new(),
            member_policy: Default::default(),
            travel: TravelSetup {
                detour_factor: 1.0,
                ebike_metres_per_second: day.parameters.metres_per_minute / 60.0,
            },
        }
    }
}
