//! Headquarters enters a town through the bulk doors.

use serde_json::{Value, json};

use super::campaign;
use super::http::{Ask, Http};
use super::read::point;
use crate::doors::Failure;
use crate::town::{CourierSetup, SkuSetup, StockSetup, StoreSetup, Town};

/// Documents in one request.
const AT_ONCE: usize = 200;

pub(super) async fn furnish(http: &Http, token: &str, town: &Town) -> Result<(), Failure> {
    bulk(http, token, "/v1/skus/bulk", &town.skus, sku).await?;
    bulk(http, token, "/v1/stores/bulk", &town.stores, store).await?;
    for store in &town.stores {
        let path = format!("/v1/stores/{}/stock/bulk", store.id);
        bulk(http, token, &path, &store.stock, stock).await?;
    }
    http.ask(Ask::put("/v1/member-policy", json!(town.member_policy)), token).await?;
    for campaign in &town.campaigns {
        let path = format!("/v1/campaigns/{}", campaign.id);
        http.ask(Ask::put(path, campaign::body(campaign)), token).await?;
    }
    bulk(http, token, "/v1/couriers/bulk", &town.couriers, courier).await
}

async fn bulk<T>(
    http: &Http,
    token: &str,
    path: &str,
    all: &[T],
    write: fn(&T) -> Value,
) -> Result<(), Failure> {
    for some in all.chunks(AT_ONCE) {
        let bodies: Vec<Value> = some.iter().map(write).collect();
        http.ask(Ask::post(path, Value::Array(bodies)), token).await?;
    }
    Ok(())
}

fn sku(setup: &SkuSetup) -> Value {
    let tax_class = match setup.tax_percent {
        0 => "exempt",
        6 => "service",
        9 => "reduced",
        _ => "standard",
    };
    json!({
        "id": setup.id,
        "code": setup.code,
        "name": setup.name,
        "category": setup.category,
        "barcode": setup.barcode,
        "tax_class": tax_class,
        "list_price_fen": setup.list_price.as_fen(),
        "weight_g": setup.weight.0,
        "temperature": setup.temperature,
    })
}

fn store(setup: &StoreSetup) -> Value {
    json!({
        "id": setup.id,
        "name": setup.name,
        "merchant": setup.merchant,
        "address": setup.address,
        "place": point(setup.place),
        "area": setup.area,
        "hours": setup.hours,
        "modes": setup.modes,
        "prep_time_s": setup.prep_time.0,
        "prep_per_open_order_s": setup.prep_per_open_order.0,
        "capacity_per_window": setup.capacity_per_window,
        "auto_accept": setup.auto_accept,
    })
}

fn stock(setup: &StockSetup) -> Value {
    json!({"sku": setup.sku, "on_hand": setup.on_hand, "safety_stock": setup.safety_stock})
}

fn courier(setup: &CourierSetup) -> Value {
    json!({
        "id": setup.id,
        "display_name": setup.name,
        "mode": setup.mode,
        "capacity": setup.capacity,
        "max_weight_g": setup.max_weight.0,
        "home": point(setup.home),
    })
}
