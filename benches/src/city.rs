//! The city of the in-process benches, furnished and ordered from over HTTP.
//!
//! 60 stores and 400 SKUs, each store with one half of them; an order has three lines and needs one
//! store or two. Written as a channel's own software would write it: no type of the server's.

use std::net::SocketAddr;

use serde::Deserialize;
use serde_json::{Value, json};
use vocabulary::{Chance, Place, StoreId};

use crate::client::{Answer, Ask, Client, Load};
use crate::must;
use crate::server::Server;
use crate::shop::{SKUS, STORES, east_of_center, id, sku_id};

/// As many as may be counted on one shelf: the benches are not about running out.
const ON_HAND: u32 = 1_000_000;
/// Shelves filled at once: more of them than the city's intake takes would be turned away.
const FURNISHERS: usize = 2;

/// How many stores an order needs. Neither needs a courier yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basket {
    /// Paid online, so it waits for its payment.
    TwoStoresUnpaid,
    /// Paid at the door, so it is on both boards at once.
    TwoStoresAtTheDoor,
    /// Paid at the door, so it is on the store's board at once.
    OneStoreAtTheDoor,
}

impl Basket {
    fn halves(self) -> [u64; 3] {
        match self {
            Self::TwoStoresUnpaid | Self::TwoStoresAtTheDoor => [0, 0, 1],
            Self::OneStoreAtTheDoor => [0, 0, 0],
        }
    }

    fn payment_method(self) -> &'static str {
        match self {
            Self::TwoStoresUnpaid => "online",
            Self::TwoStoresAtTheDoor | Self::OneStoreAtTheDoor => "cash_on_delivery",
        }
    }
}

/// A furnished city with a client at its doors.
pub struct City {
    pub client: Client,
    pub address: SocketAddr,
    /// Headquarters' and the ordering channel's tokens.
    hq: String,
    channel: String,
    chance: Chance,
    placed: usize,
}

#[derive(Deserialize)]
struct Quoted {
    quote: String,
}

#[derive(Deserialize)]
struct Token {
    token: String,
}

impl City {
    /// Fills the server; the client keeps so many connections.
    pub async fn furnish(server: &Server, connections: usize) -> Self {
        let mut client = Client::open(server.address, FURNISHERS).await;
        let hq = &server.token;
        client.closed_loop(&[Ask::post("/v1/skus/bulk", hq, &skus())]).await;
        client.closed_loop(&[Ask::post("/v1/stores/bulk", hq, &stores())]).await;
        let stock: Vec<Ask> = (0..STORES)
            .map(|store| {
                let path = format!("/v1/stores/{}/stock/bulk", store_id(store));
                Ask::post(&path, hq, &stock(store))
            })
            .collect();
        client.closed_loop(&stock).await;
        let partner = json!({"principal": {
            "kind": "channel", "role": "channel_partner", "name": "bench", "scope": "channel",
        }});
        let granted = client.closed_loop(&[Ask::post("/v1/tokens", hq, &partner)]).await;
        let channel = read::<Token>(granted.answers.first()).token;
        let (hq, chance) = (hq.clone(), Chance::from_seed(1));
        let client = Client::open(server.address, connections).await;
        Self { client, address: server.address, hq, channel, chance, placed: 0 }
    }

    /// Asks for as many quotes, as fast as they come.
    pub async fn quotes(&mut self, count: usize, basket: Basket) -> Load {
        let asks: Vec<Ask> = (0..count)
            .map(|_| {
                let lines: Vec<Value> = basket
                    .halves()
                    .iter()
                    .zip(0..)
                    .map(|(half, line)| self.line(*half, line))
                    .collect();
                Ask::post("/v1/quotes", &self.channel, &json!({"mode": "delivery", "lines": lines}))
            })
            .collect();
        self.client.closed_loop(&asks).await
    }

    /// No two lines of an order name the same SKU.
    fn line(&mut self, half: u64, number: u64) -> Value {
        let sku = half * (SKUS / 2) + self.chance.below(SKUS / 2 / 3) * 3 + number;
        json!({"sku": sku_id(sku).to_string(), "quantity": 1})
    }

    /// An order for each quote, to doors along 8 km, each under its own key.
    pub fn orders(&mut self, quotes: &Load, basket: Basket) -> Vec<Ask> {
        let orders = quotes.answers.iter().map(|answer| {
            let door = east_of_center((self.chance.unit() - 0.5) * 8_000.0);
            let body = json!({
                "quote": read::<Quoted>(Some(answer)).quote,
                "shopper": {"name": "王小明", "phone": "13800000000", "address": "中山路 1 号"},
                "destination": point(door),
                "payment_method": basket.payment_method(),
            });
            self.placed += 1;
            Ask::post("/v1/orders", &self.channel, &body).once(format!("bench-{}", self.placed))
        });
        orders.collect()
    }

    /// The id of a store, and of a SKU; even stores keep the first half of the SKUs.
    pub fn store(&self, number: u64) -> String {
        store_id(number).to_string()
    }

    pub fn sku(&self, number: u64) -> String {
        sku_id(number).to_string()
    }

    /// With headquarters' token.
    pub fn get_as_headquarters(&self, path: &str) -> Ask {
        Ask::get(path).with(&self.hq)
    }

    pub fn post_as_headquarters(&self, path: &str, body: &Value) -> Ask {
        Ask::post(path, &self.hq, body)
    }

    /// A token for each store's own people.
    pub async fn store_tokens(&mut self) -> Vec<String> {
        let tokens: Vec<Ask> = (0..STORES)
            .map(|store| {
                let scope = json!({"stores": [store_id(store).to_string()]});
                let principal = json!({
                    "kind": "staff", "role": "store_manager", "name": "manager", "scope": scope,
                });
                Ask::post("/v1/tokens", &self.hq, &json!({"principal": principal}))
            })
            .collect();
        let granted = self.client.closed_loop(&tokens).await;
        granted.answers.iter().map(|answer| read::<Token>(Some(answer)).token).collect()
    }
}

/// The topic of a store's board.
pub fn board(store: u64) -> Value {
    json!({"kind": "board", "id": store_id(store).to_string()})
}

/// What an answer says.
pub fn read<'a, T: Deserialize<'a>>(answer: Option<&'a Answer>) -> T {
    let body = answer.map_or(&[] as &[u8], |answer| &answer.body);
    must("an answer that can be read", serde_json::from_slice(body))
}

fn store_id(number: u64) -> StoreId {
    StoreId::from_bits(id(1, number))
}

fn point(place: Place) -> Value {
    json!({"lat": place.latitude(), "lon": place.longitude()})
}

fn skus() -> Value {
    let sku = |number: u64| {
        json!({
            "id": sku_id(number).to_string(),
            "code": format!("B{number:04}"),
            "name": format!("鲜牛奶 {number}"),
            "category": "dairy",
            "tax_class": "standard",
            "list_price_fen": 1_290,
            "weight_g": 980,
        })
    };
    (0..SKUS).map(sku).collect()
}

fn stores() -> Value {
    let whole_day = json!([{"open": "00:00", "close": "24:00"}]);
    let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let weekly: serde_json::Map<String, Value> =
        days.iter().map(|day| ((*day).to_owned(), whole_day.clone())).collect();
    let store = |number: u64| {
        let place = east_of_center((number as f64 - STORES as f64 / 2.0) * 150.0);
        json!({
            "id": store_id(number).to_string(),
            "name": format!("店 {number}"),
            "merchant": store_id(0).to_string(),
            "place": point(place),
            "area": {"type": "Radius", "center": point(place), "radius_m": 20_000},
            "hours": {"time_zone": "Asia/Shanghai", "weekly": weekly},
            "modes": ["delivery"],
            "capacity_per_window": 100_000,
        })
    };
    (0..STORES).map(store).collect()
}

/// Even stores keep the first half of the SKUs, odd ones the second.
fn stock(store: u64) -> Value {
    let own = (0..SKUS).filter(|sku| (*sku < SKUS / 2) == store.is_multiple_of(2));
    own.map(|sku| json!({"sku": sku_id(sku).to_string(), "on_hand": ON_HAND})).collect()
}
