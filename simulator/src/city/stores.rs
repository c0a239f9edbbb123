//! The chain's stores, who owns them, and what stands on their shelves.

use serde::{Deserialize, Serialize};
use vocabulary::{Chance, Meters, Place, Seconds};

use super::catalog::{Sku, SkuNumber, Temperature};
use super::districts::{Crowd, Housing};
use super::draws::{between, within};
use super::plane::Plane;
use super::streets::Address;
use super::words::{Line, phone};

/// Position of a store among the city's stores.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StoreNumber(pub u32);

/// What kind of store it is (业态).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StoreFormat {
    /// 便利店
    Convenience,
    /// 生鲜店
    Fresh,
    /// 超市
    Supermarket,
    /// 前置仓: no shoppers inside, no pickup.
    Depot,
}

/// Part of a day, in seconds after local midnight; all day when it spans 86,400.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hours {
    pub opens: Seconds,
    pub closes: Seconds,
}

/// How fast a store packs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackingSpeed {
    /// For the first look at an order and its bag.
    pub per_order: Seconds,
    /// For finding one line.
    pub per_line: Seconds,
    /// People packing at once.
    pub pickers: u32,
}

/// A legal seller: the chain itself or a franchisee.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Merchant {
    pub code: String,
    pub name: String,
}

/// A part of headquarters' map.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Region {
    pub code: String,
    pub name: String,
}

/// Units on hand of one SKU; a store lists exactly the SKUs that have a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shelf {
    pub sku: SkuNumber,
    pub on_hand: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Store {
    pub number: StoreNumber,
    /// The chain's own code, such as `S001`.
    pub code: String,
    pub name: String,
    pub brand: String,
    pub format: StoreFormat,
    /// Position among the city's merchants.
    pub merchant: u32,
    /// Position among the city's regions.
    pub region: u32,
    pub address: Address,
    pub phone: String,
    pub hours: Hours,
    pub packing: PackingSpeed,
    /// How far its couriers go, as the crow flies.
    pub delivers_within: Meters,
    /// In order of SKU number.
    pub shelves: Vec<Shelf>,
}

impl Hours {
    pub const ALL_DAY: Self = Self { opens: Seconds(0), closes: Seconds(86_400) };

    /// True at so many seconds after local midnight; days repeat.
    pub fn include(self, second: Seconds) -> bool {
        let second = second.0 % 86_400;
        self.opens.0 <= second && second < self.closes.0
    }
}

impl Store {
    pub fn place(&self) -> Place {
        self.address.place
    }

    /// Units on hand at the start; `None` when the store does not list the SKU.
    pub fn on_hand(&self, sku: SkuNumber) -> Option<u32> {
        let position = self.shelves.binary_search_by_key(&sku, |shelf| shelf.sku).ok()?;
        self.shelves.get(position).map(|shelf| shelf.on_hand)
    }

    /// Shoppers may collect here.
    pub fn has_pickup(&self) -> bool {
        match self.format {
            StoreFormat::Convenience | StoreFormat::Fresh | StoreFormat::Supermarket => true,
            StoreFormat::Depot => false,
        }
    }
}

impl StoreFormat {
    fn draw(chance: &mut Chance) -> Self {
        match chance.below(100) {
            0..=49 => Self::Convenience,
            50..=73 => Self::Fresh,
            74..=89 => Self::Supermarket,
            _ => Self::Depot,
        }
    }

    fn brand(self) -> &'static str {
        match self {
            Self::Convenience => "鲜禾便利",
            Self::Fresh => "禾里鲜生",
            Self::Supermarket => "鲜禾生活超市",
            Self::Depot => "鲜禾速达仓",
        }
    }

    /// The share of the catalog it lists and how many units of a middling SKU it holds.
    fn assortment(self) -> (f64, f64) {
        match self {
            Self::Convenience => (0.62, 14.0),
            Self::Fresh => (0.55, 24.0),
            Self::Supermarket => (0.94, 45.0),
            Self::Depot => (0.98, 60.0),
        }
    }

    fn hours(self, chance: &mut Chance) -> Hours {
        let hour = |hour: u32| Seconds(hour * 3_600);
        match self {
            Self::Convenience if chance.happens(0.6) => Hours::ALL_DAY,
            Self::Convenience => Hours { opens: hour(6), closes: hour(24) },
            Self::Fresh => Hours { opens: hour(6), closes: hour(22) },
            Self::Supermarket => Hours { opens: hour(8), closes: hour(22) },
            Self::Depot => Hours { opens: hour(6), closes: hour(24) },
        }
    }

    fn packing(self, chance: &mut Chance) -> PackingSpeed {
        let (per_order, per_line, pickers) = match self {
            Self::Convenience => ((50, 110), (18, 35), (1, 2)),
            Self::Fresh => ((60, 130), (22, 45), (2, 3)),
            Self::Supermarket => ((80, 160), (35, 60), (3, 6)),
            Self::Depot => ((30, 60), (10, 18), (4, 8)),
        };
        PackingSpeed {
            per_order: Seconds(between(per_order.0, per_order.1, chance)),
            per_line: Seconds(between(per_line.0, per_line.1, chance)),
            pickers: between(pickers.0, pickers.1, chance),
        }
    }
}

/// The three regions of the city: east of the centre, west of it, and the middle.
pub(super) fn regions() -> Vec<Region> {
    [("R1", "中心大区"), ("R2", "东部大区"), ("R3", "西部大区")]
        .map(|(code, name)| Region { code: code.to_owned(), name: name.to_owned() })
        .to_vec()
}

/// The chain itself and three franchisees.
pub(super) fn merchants() -> Vec<Merchant> {
    [
        ("M1", "鲜禾商业管理有限公司"),
        ("M2", "江城穗和商贸有限公司"),
        ("M3", "澄江小铺连锁经营部"),
        ("M4", "望湖加盟合作社"),
    ]
    .map(|(code, name)| Merchant { code: code.to_owned(), name: name.to_owned() })
    .to_vec()
}

/// Opens `count` stores where people are, the later ones away from the earlier ones.
pub(super) fn open(
    count: usize,
    housing: &Housing<'_>,
    plane: &Plane,
    radius_m: f64,
    skus: &[Sku],
    chance: &mut Chance,
) -> Vec<Store> {
    let mut stores: Vec<Store> = Vec::with_capacity(count);
    let mut names = std::collections::BTreeMap::<String, u32>::new();
    for position in 0..count {
        let Some(address) = roomy_front(&stores, housing, plane, chance) else { break };
        let format =
            if position == 0 { StoreFormat::Supermarket } else { StoreFormat::draw(chance) };
        let spot = plane.spot(address.place);
        let region = if spot.x.hypot(spot.y) < 0.4 * radius_m {
            0
        } else if spot.x > 0.0 {
            1
        } else {
            2
        };
        let base = format!("{}·{}", format.brand(), address.street_name);
        let again = names.entry(base.clone()).or_default();
        *again += 1;
        let branch = if *again == 1 { "店".to_owned() } else { format!("{again}店") };
        stores.push(Store {
            number: StoreNumber(position as u32),
            code: format!("S{:03}", position + 1),
            name: format!("{base}{branch}"),
            brand: format.brand().to_owned(),
            format,
            merchant: if chance.happens(0.6) { 0 } else { between(1, 3, chance) },
            region,
            phone: phone(Line::Store, position),
            hours: format.hours(chance),
            packing: format.packing(chance),
            delivers_within: Meters(100 * between(28, 42, chance)),
            shelves: fill_shelves(format, skus, chance),
            address,
        });
    }
    stores
}

/// The best of a few fronts: the one farthest from the stores that exist.
fn roomy_front(
    stores: &[Store],
    housing: &Housing<'_>,
    plane: &Plane,
    chance: &mut Chance,
) -> Option<Address> {
    let mut best: Option<(f64, Address)> = None;
    for attempt in 0..6 {
        let crowd = if attempt % 3 == 2 { Crowd::Desks } else { Crowd::Homes };
        let Some(front) = housing.front(crowd, chance) else { continue };
        let here = plane.spot(front.place);
        let room = stores
            .iter()
            .map(|store| plane.spot(store.place()).distance(here))
            .fold(f64::MAX, f64::min);
        if best.as_ref().is_none_or(|(most, _)| room > *most) {
            best = Some((room, front));
        }
    }
    best.map(|(_, front)| front)
}

fn fill_shelves(format: StoreFormat, skus: &[Sku], chance: &mut Chance) -> Vec<Shelf> {
    let (share, middling) = format.assortment();
    let mean = skus.iter().map(|sku| sku.popularity).sum::<f64>() / skus.len().max(1) as f64;
    skus.iter()
        .filter_map(|sku| {
            let pull = sku.popularity / mean.max(f64::MIN_POSITIVE);
            let cold = match (format, sku.temperature) {
                (StoreFormat::Convenience, Temperature::Frozen) => 0.6,
                (
                    StoreFormat::Convenience
                    | StoreFormat::Fresh
                    | StoreFormat::Supermarket
                    | StoreFormat::Depot,
                    Temperature::Ambient | Temperature::Chilled | Temperature::Frozen,
                ) => 1.0,
            };
            // What sells best is listed everywhere.
            let listed = chance.happens((share * cold + 0.15 * pull).min(1.0));
            let units = middling * pull.sqrt() * within(0.4, 1.8, chance);
            listed.then_some(Shelf { sku: sku.number, on_hand: units.round() as u32 + 1 })
        })
        .collect()
}
