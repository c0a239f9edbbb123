//! What stores have, and what their people and tills say about it.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vocabulary::{SkuId, StoreId};

use super::{Doors, Input, Route, Upload};
use crate::access::{Resource, Verb};
use crate::actions;
use crate::app::App;
use crate::call::Caller;
use crate::sheets::{self, Form, with_problems};
use crate::wire::fault::Fault;
use crate::wire::lists;
use crate::wire::stock::{
    AdjustBody, CountBody, ListBody, SafetyBody, SaleBody, StockLine, StockList, StockView,
    TillFileReport,
};
use crate::wire::store::Done;

pub(super) fn doors() -> Doors {
    OpenApiRouter::new()
        .routes(routes!(read))
        .routes(routes!(adjust))
        .routes(routes!(count))
        .routes(routes!(sale))
        .routes(routes!(safety))
        .routes(routes!(reorder_point))
        .routes(routes!(list))
}

pub(super) fn bulk_doors() -> Doors {
    OpenApiRouter::new().routes(routes!(fill)).routes(routes!(sales))
}

/// Everything the store has, by SKU; with `Accept: text/csv` or xlsx as a file.
#[utoipa::path(get, path = "/v1/stores/{store}/stock", tag = "stock",
    responses((status = 200, body = StockList)))]
async fn read(
    State(app): State<Arc<App>>,
    Route(store): Route<StoreId>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    app.may(&caller, Verb::ReadStock, Resource::Store(store))?;
    let read = app.cities.of_store(store).read(move |reader| {
        reader.inventory(store, |inventory| {
            let levels = inventory.stock().iter();
            levels.map(|(sku, level)| StockView::of(*sku, level)).collect::<Vec<_>>()
        })
    });
    let stock = read.await?.ok_or_else(|| Fault::not_found("store"))?;
    if let Some(form) = Form::wanted(&headers) {
        let book = app.reference.book();
        let figures = lists::shelf(&stock, app.reference.called(&book));
        return figures.reply(form).await;
    }
    Ok(Json(StockList { stock }).into_response())
}

/// Counted units of many SKUs: fills a store, or records a stocktaking.
#[utoipa::path(post, path = "/v1/stores/{store}/stock/bulk", tag = "stock",
    request_body = Vec<StockLine>, responses((status = 200, body = Done)))]
async fn fill(
    State(app): State<Arc<App>>,
    Route(store): Route<StoreId>,
    Input { call, body }: Input<Vec<StockLine>>,
) -> Result<Json<Done>, Fault> {
    actions::stock::fill(&app, &call, store, body).await.map(Json)
}

/// Units came in or went out, for a reason.
#[utoipa::path(post, path = "/v1/stores/{store}/stock/{sku}/adjust", tag = "stock",
    request_body = AdjustBody, responses((status = 200, body = Done)))]
async fn adjust(
    State(app): State<Arc<App>>,
    Route((store, sku)): Route<(StoreId, SkuId)>,
    Input { call, body }: Input<AdjustBody>,
) -> Result<Json<Done>, Fault> {
    actions::stock::adjust(&app, &call, store, sku, body).await.map(Json)
}

/// Somebody counted the shelf.
#[utoipa::path(post, path = "/v1/stores/{store}/stock/{sku}/count", tag = "stock",
    request_body = CountBody, responses((status = 200, body = Done)))]
async fn count(
    State(app): State<Arc<App>>,
    Route((store, sku)): Route<(StoreId, SkuId)>,
    Input { call, body }: Input<CountBody>,
) -> Result<Json<Done>, Fault> {
    actions::stock::count(&app, &call, store, sku, body).await.map(Json)
}

/// A till sold it: an observation, never refused for want of stock.
#[utoipa::path(post, path = "/v1/stores/{store}/stock/{sku}/sale", tag = "stock",
    request_body = SaleBody, responses((status = 200, body = Done)))]
async fn sale(
    State(app): State<Arc<App>>,
    Route((store, sku)): Route<(StoreId, SkuId)>,
    Input { call, body }: Input<SaleBody>,
) -> Result<Json<Done>, Fault> {
    actions::stock::sale(&app, &call, store, sku, body).await.map(Json)
}

/// What a till sold, as a file with the columns `till`, `receipt`, `sku` (barcode, code or id),
/// `units` and, where it has them, `line` and `sold_at`. Each row is recorded by itself; a file sent
/// again changes nothing. With `Accept: text/csv` the rows that were not taken come back as a file.
#[utoipa::path(post, path = "/v1/stores/{store}/sales", tag = "stock",
    request_body(content = String, content_type = "text/csv",
        example = "till,receipt,sku,units,sold_at\n1,20261123-17,6901234567892,2,2026-11-23T10:30:00+08:00\n"),
    responses((status = 200, body = TillFileReport)))]
async fn sales(
    State(app): State<Arc<App>>,
    Route(store): Route<StoreId>,
    Upload { call, sheet, reply_as }: Upload,
) -> Result<Response, Fault> {
    let report = actions::sales::record_sheet(&app, &call, store, &sheet).await?;
    match reply_as {
        Some(form) => sheets::reply("sales-errors", &with_problems(&sheet, &report.errors), form),
        None => Ok(Json(report).into_response()),
    }
}

/// At how many units left the SKU is low; the board says so then.
#[utoipa::path(post, path = "/v1/stores/{store}/stock/{sku}/reorder-point", tag = "stock",
    request_body = SafetyBody, responses((status = 200, body = Done)))]
async fn reorder_point(
    State(app): State<Arc<App>>,
    Route((store, sku)): Route<(StoreId, SkuId)>,
    Input { call, body }: Input<SafetyBody>,
) -> Result<Json<Done>, Fault> {
    actions::stock::reorder_point(&app, &call, store, sku, body).await.map(Json)
}

/// Units kept back from every channel.
#[utoipa::path(post, path = "/v1/stores/{store}/stock/{sku}/safety", tag = "stock",
    request_body = SafetyBody, responses((status = 200, body = Done)))]
async fn safety(
    State(app): State<Arc<App>>,
    Route((store, sku)): Route<(StoreId, SkuId)>,
    Input { call, body }: Input<SafetyBody>,
) -> Result<Json<Done>, Fault> {
    actions::stock::safety(&app, &call, store, sku, body).await.map(Json)
}

/// Whether the store lists the SKU at all.
#[utoipa::path(post, path = "/v1/stores/{store}/stock/{sku}/list", tag = "stock",
    request_body = ListBody, responses((status = 200, body = Done)))]
async fn list(
    State(app): State<Arc<App>>,
    Route((store, sku)): Route<(StoreId, SkuId)>,
    Input { call, body }: Input<ListBody>,
) -> Result<Json<Done>, Fault> {
    actions::stock::list(&app, &call, store, sku, body).await.map(Json)
}
