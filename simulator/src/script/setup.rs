//! The head of a script as a town: stores with their shelves, couriers, and the rules that differ.

use dispatch::Policy;
use dispatch::order::FulfillmentMode;
use geo_index::{ServiceArea, TravelMode};
use vocabulary::{Grams, Meters, Money, Place, Seconds};

use super::names::Names;
use super::read::{Line, Result, WIRE};
use crate::city::{CitySpec, Plane, Spot};
use crate::town::{
    self, CourierSetup, MerchantSetup, SkuSetup, StockSetup, StoreSetup, Town, TravelSetup,
    daily_hours,
};

/// Every SKU of a script costs this.
const PRICE: Money = Money::fen(1_000);
/// Courier's speed in a script: round figures to count with.
const METRES_PER_SECOND: f64 = 5.0;

pub(super) struct Setup {
    pub town: Town,
    pub policy: Policy,
    pub names: Names,
    pub plane: Plane,
}

pub(super) fn set_up(lines: &[Line]) -> Result<Setup> {
    let center = CitySpec::default().center;
    let plane = Plane::around(center);
    let mut ids = Ids::new();
    let merchant = MerchantSetup { id: ids.merchants.next(), name: "剧本".to_owned() };
    let mut setup = Setup {
        town: Town {
            name: "剧本".to_owned(),
            center,
            merchants: vec![merchant],
            skus: Vec::new(),
            stores: Vec::new(),
            couriers: Vec::new(),
            campaigns: Vec::new(),
            member_policy: Default::default(),
            travel: TravelSetup { detour_factor: 1.0, ebike_metres_per_second: METRES_PER_SECOND },
        },
        policy: Policy::default(),
        names: Names::default(),
        plane,
    };
    for line in lines {
        let mut line = line.clone();
        let name = line.word("a name")?;
        match name.split('-').next() {
            Some("store") => setup.store(&name, &mut line, &mut ids)?,
            Some("courier") => setup.courier(&name, &mut line, &mut ids)?,
            Some("policy") => setup.policy = changed(&setup.policy, &mut line)?,
            Some(WIRE) => {}
            Some(_) | None => {
                return Err(line.problem("a town has store-N, courier-N, policy and wire lines"));
            }
        }
        line.end()?;
    }
    Ok(setup)
}

struct Ids {
    merchants: town::Names,
    skus: town::Names,
    stores: town::Names,
    couriers: town::Names,
}

impl Ids {
    fn new() -> Self {
        let of = |kind| town::Names::of_kind(7, kind);
        Self { merchants: of(31), skus: of(32), stores: of(33), couriers: of(34) }
    }
}

impl Setup {
    pub fn place(&self, (east, north): (f64, f64)) -> Place {
        self.plane.place(Spot::new(east, north))
    }

    /// `store-7 at 0,0 has milk×5 rice×2 [radius 3000] [prep 300s] [capacity 4] [keeps 1] [auto]`
    fn store(&mut self, name: &str, line: &mut Line, ids: &mut Ids) -> Result<()> {
        line.expect("at")?;
        let place = self.place(line.spot()?);
        line.expect("has")?;
        let shelves = line.units()?;
        let (mut radius, mut prep, mut capacity) = (5_000, 300, 100);
        let (mut safety_stock, mut auto_accept) = (0, false);
        while let Some(word) = line.peek().map(str::to_owned) {
            line.expect(&word)?;
            match word.as_str() {
                "radius" => radius = line.number("radius in metres")?,
                "prep" => prep = line.seconds()?,
                "capacity" => capacity = line.number("capacity")?,
                "keeps" => safety_stock = line.number("safety stock")?,
                "auto" => auto_accept = true,
                other => return Err(line.problem(format!("'{other}' means nothing for a store"))),
            }
        }
        let stock = shelves.into_iter().map(|(sku, on_hand)| StockSetup {
            sku: self.sku(&sku, ids),
            on_hand,
            safety_stock,
        });
        let stock = stock.collect();
        let id = ids.stores.next();
        self.names.know(id, name);
        self.names.stores.insert(name.to_owned(), id);
        self.town.stores.push(StoreSetup {
            id,
            name: name.to_owned(),
            merchant: self
                .town
                .merchants
                .first()
                .map(|known| known.id)
                .unwrap_or_else(|| ids.merchants.next()),
            place,
            address: name.to_owned(),
            area: ServiceArea::Radius { center: place, radius: Meters(radius) },
            hours: daily_hours(Seconds(0), Seconds(86_400)),
            modes: vec![
                FulfillmentMode::Delivery,
                FulfillmentMode::Pickup,
                FulfillmentMode::Express,
            ],
            prep_time: Seconds(u32::try_from(prep).unwrap_or(u32::MAX)),
            prep_per_open_order: Seconds::ZERO,
            capacity_per_window: capacity,
            auto_accept,
            stock,
        });
        Ok(())
    }

    fn sku(&mut self, name: &str, ids: &mut Ids) -> vocabulary::SkuId {
        if let Some(known) = self.names.skus.get(name) {
            return *known;
        }
        let id = ids.skus.next();
        self.names.know(id, name);
        self.names.skus.insert(name.to_owned(), id);
        self.town.skus.push(SkuSetup {
            id,
            code: name.to_owned(),
            name: name.to_owned(),
            category: "剧本".to_owned(),
            barcode: None,
            list_price: PRICE,
            tax_percent: 13,
            weight: Grams(500),
            temperature: "ambient",
        });
        id
    }

    /// `courier-3 at 100,0 [capacity 2]`: on duty from the first second.
    fn courier(&mut self, name: &str, line: &mut Line, ids: &mut Ids) -> Result<()> {
        line.expect("at")?;
        let home = self.place(line.spot()?);
        let capacity = if line.take("capacity") { line.number("capacity")? } else { 3 };
        let id = ids.couriers.next();
        self.names.know(id, name);
        self.names.couriers.insert(name.to_owned(), id);
        self.town.couriers.push(CourierSetup {
            id,
            name: name.to_owned(),
            mode: TravelMode::Ebike,
            capacity,
            max_weight: Grams(30_000),
            home,
        });
        Ok(())
    }
}

/// `policy dispatch.offer_expires_after_s 20`: one knob, by its name in the policy document.
fn changed(policy: &Policy, line: &mut Line) -> Result<Policy> {
    let path = line.word("a knob")?;
    let text = line.word("a value")?;
    let complain = |why: String| line.problem(why);
    let value: serde_json::Value = serde_json::from_str(&text)
        .map_err(|_| complain(format!("'{text}' is no number, true or false")))?;
    let mut document = serde_json::to_value(policy).map_err(|error| complain(error.to_string()))?;
    let pointer = format!("/{}", path.replace('.', "/"));
    let knob = document
        .pointer_mut(&pointer)
        .ok_or_else(|| complain(format!("the policy has no knob {path}")))?;
    *knob = value;
    serde_json::from_value(document).map_err(|error| complain(error.to_string()))
}
