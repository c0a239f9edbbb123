//! A town of a few stores, made over HTTP the way headquarters makes one.

use serde_json::{Value, json};

use crate::client::{Answer, Client};

/// Stores in a row along a street, each with all goods on its shelves.
pub struct Town {
    pub hq: Client,
    pub stores: Vec<String>,
    pub skus: Vec<String>,
    pub couriers: Vec<String>,
}

pub const LATITUDE: f64 = 30.6;
pub const LONGITUDE: f64 = 114.3;

fn id(kind: u64, number: u64) -> String {
    format!("00000000-{kind:04x}-7000-8000-{number:012x}")
}

impl Town {
    /// Asks headquarters' doors for everything; any refusal stops the test.
    pub fn build(hq: Client, stores: u64, couriers: u64, auto_accept: bool) -> Self {
        let town = Self {
            stores: (0..stores).map(|number| id(0xa1, number)).collect(),
            skus: (0..3).map(|number| id(0xa2, number)).collect(),
            couriers: (0..couriers).map(|number| id(0xa3, number)).collect(),
            hq,
        };
        for (sku, number) in town.skus.iter().zip(1u64..) {
            let body = json!({
                "code": format!("SKU-{number}"), "name": format!("鲜牛奶 {number}"),
                "category": "dairy", "tax_class": "standard", "list_price_fen": 1290 * number,
                "weight_g": 980, "temperature": "chilled",
            });
            town.hq.put(&format!("/v1/skus/{sku}"), &body).ok();
        }
        for (store, number) in town.stores.iter().zip(0u32..) {
            town.hq.put(&format!("/v1/stores/{store}"), &settings(number, auto_accept)).ok();
            let stock: Vec<Value> =
                town.skus.iter().map(|sku| json!({"sku": sku, "on_hand": 100_000})).collect();
            town.hq.post(&format!("/v1/stores/{store}/stock/bulk"), &json!(stock)).ok();
        }
        for (courier, number) in town.couriers.iter().zip(1u32..) {
            let body = json!({
                "display_name": format!("骑手 {number}"), "mode": "ebike", "capacity": 3,
                "max_weight_g": 20_000,
            });
            town.hq.put(&format!("/v1/couriers/{courier}"), &body).ok();
        }
        town
    }

    pub fn quote(&self, lines: &[(usize, u32)]) -> Value {
        let lines: Vec<Value> = lines
            .iter()
            .map(|(sku, quantity)| json!({"sku": self.skus[*sku], "quantity": quantity}))
            .collect();
        self.hq.post("/v1/quotes", &json!({"mode": "delivery", "lines": lines})).ok()
    }

    pub fn order_body(&self, quote: &Value) -> Value {
        json!({
            "quote": quote["quote"],
            "shopper": {"name": "王小明", "phone": "19000000001", "address": "人民路 1 号"},
            "destination": {"lat": LATITUDE, "lon": LONGITUDE + 0.004},
            "payment_method": "cash_on_delivery",
        })
    }

    pub fn place(&self, key: &str, lines: &[(usize, u32)]) -> Answer {
        let quote = self.quote(lines);
        self.hq.post_once("/v1/orders", key, &self.order_body(&quote))
    }
}

fn settings(number: u32, auto_accept: bool) -> Value {
    let place = json!({"lat": LATITUDE, "lon": LONGITUDE + f64::from(number) * 0.005});
    let all_day = json!([{"open": "00:00", "close": "24:00"}]);
    json!({
        "name": format!("鲜禾便利·{number} 号店"),
        "merchant": id(0xa9, 1),
        "place": place,
        "area": {"type": "Radius", "center": place, "radius_m": 8_000},
        "hours": {
            "time_zone": "Asia/Shanghai",
            "weekly": {
                "monday": all_day, "tuesday": all_day, "wednesday": all_day, "thursday": all_day,
                "friday": all_day, "saturday": all_day, "sunday": all_day,
            },
        },
        "modes": ["delivery", "pickup", "express"],
        "prep_time_s": 300, "prep_per_open_order_s": 10, "capacity_per_window": 100_000,
        "auto_accept": auto_accept,
    })
}
