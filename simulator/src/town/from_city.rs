//! A generated city as headquarters would enter it.

use dispatch::order::FulfillmentMode;
use geo_index::{ServiceArea, TravelMode};
use vocabulary::{MerchantId, Seconds, SkuId};

use super::{
    CourierSetup, MerchantSetup, Names, SkuSetup, StockSetup, StoreSetup, Town, TravelSetup,
    campaigns, daily_hours,
};
use crate::city::{City, Courier, Sku, Store, Temperature, Vehicle};

/// Orders one picker finishes in a quarter of an hour, as a capacity of the store's window.
const ORDERS_PER_PICKER: u32 = 12;
/// Lines of a usual order, for the time that headquarters enters as the store's.
const USUAL_LINES: u32 = 3;

impl Town {
    pub fn of_city(city: &City) -> Self {
        let seed = city.spec.seed;
        let (mut merchants, mut skus) = (Names::of_kind(seed, 1), Names::of_kind(seed, 2));
        let (mut stores, mut couriers) = (Names::of_kind(seed, 3), Names::of_kind(seed, 4));
        let merchants: Vec<MerchantSetup> = city
            .merchants
            .iter()
            .map(|known| MerchantSetup { id: merchants.next(), name: known.name.clone() })
            .collect();
        let skus: Vec<SkuSetup> = city.skus.iter().map(|known| sku(known, &mut skus)).collect();
        let sku_ids: Vec<SkuId> = skus.iter().map(|sku| sku.id).collect();
        let owner = |position: u32| merchants.get(position as usize).map(|merchant| merchant.id);
        let stores: Vec<StoreSetup> = city
            .stores
            .iter()
            .filter_map(|known| {
                let merchant = owner(known.merchant).or_else(|| owner(0))?;
                Some(store(known, merchant, &sku_ids, &mut stores))
            })
            .collect();
        let couriers = city.couriers.iter().map(|known| courier(known, &mut couriers)).collect();
        let campaigns = campaigns::draw(seed, &skus, &stores, city.spec.orders_per_day);
        Self {
            name: city.name.clone(),
            center: city.spec.center,
            merchants,
            skus,
            stores,
            couriers,
            campaigns,
            member_policy: campaigns::member_policy(),
            travel: TravelSetup { detour_factor: 1.35, ebike_metres_per_second: 5.0 },
        }
    }
}

fn sku(known: &Sku, names: &mut Names) -> SkuSetup {
    SkuSetup {
        id: names.next(),
        code: known.code.clone(),
        name: known.name.clone(),
        category: known.category.clone(),
        barcode: Some(known.barcode.clone()),
        list_price: known.list_price,
        tax_percent: known.tax.percent(),
        weight: known.weight,
        temperature: match known.temperature {
            Temperature::Ambient => "ambient",
            Temperature::Chilled => "chilled",
            Temperature::Frozen => "frozen",
        },
    }
}

fn store(known: &Store, merchant: MerchantId, skus: &[SkuId], names: &mut Names) -> StoreSetup {
    let mut modes = vec![FulfillmentMode::Delivery, FulfillmentMode::Express];
    if known.has_pickup() {
        modes.push(FulfillmentMode::Pickup);
    }
    let stock = known.shelves.iter().filter_map(|shelf| {
        let sku = *skus.get(shelf.sku.0 as usize)?;
        Some(StockSetup { sku, on_hand: shelf.on_hand, safety_stock: 0 })
    });
    let packing = known.packing;
    StoreSetup {
        id: names.next(),
        name: known.name.clone(),
        merchant,
        place: known.place(),
        address: known.address.text(),
        area: ServiceArea::Radius { center: known.place(), radius: known.delivers_within },
        hours: daily_hours(known.hours.opens, known.hours.closes),
        modes,
        prep_time: Seconds(packing.per_order.0 + USUAL_LINES * packing.per_line.0),
        prep_per_open_order: Seconds(packing.per_order.0 / packing.pickers.max(1)),
        capacity_per_window: packing.pickers.max(1) * ORDERS_PER_PICKER,
        auto_accept: false,
        stock: stock.collect(),
    }
}

fn courier(known: &Courier, names: &mut Names) -> CourierSetup {
    CourierSetup {
        id: names.next(),
        name: format!("{} {}", known.code, known.name.chars().next().unwrap_or('骑')),
        mode: match known.vehicle {
            Vehicle::Ebike => TravelMode::Ebike,
            Vehicle::Tricycle => TravelMode::Bicycle,
        },
        capacity: known.capacity,
        max_weight: known.carries,
        home: known.home,
    }
}
