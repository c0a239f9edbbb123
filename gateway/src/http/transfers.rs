//! Goods on their way from one store to another.

use std::collections::BTreeSet;
use std::sync::Arc;

use actors::TransferQuery;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vocabulary::{StoreId, TransferId};

use super::files::{PAGE, every};
use super::{Doors, Input, Route, Search};
use crate::access::{Resource, Verb};
use crate::actions;
use crate::app::App;
use crate::call::{Call, Caller};
use crate::sheets::Form;
use crate::wire::fault::Fault;
use crate::wire::filters::TransferStanding;
use crate::wire::lists;
use crate::wire::store::Done;
use crate::wire::transfer::{
    CancelTransferBody, ReceiveBody, ShipBody, TransferBody, TransferDrafted, TransferList,
    TransferView,
};

pub(super) fn doors() -> Doors {
    OpenApiRouter::new()
        .routes(routes!(draft, list))
        .routes(routes!(get))
        .routes(routes!(ready))
        .routes(routes!(ship))
        .routes(routes!(receive))
        .routes(routes!(cancel))
}

/// Asks one store for goods for another.
#[utoipa::path(post, path = "/v1/transfers", tag = "transfers", request_body = TransferBody,
    responses((status = 201, body = TransferDrafted)))]
async fn draft(
    State(app): State<Arc<App>>,
    Input { call, body }: Input<TransferBody>,
) -> Result<(StatusCode, Json<TransferDrafted>), Fault> {
    let drafted = actions::transfers::draft(&app, &call, body).await?;
    Ok((StatusCode::CREATED, Json(drafted)))
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Listed {
    /// From or to this store.
    #[param(value_type = Option<String>)]
    store: Option<StoreId>,
    #[param(inline)]
    status: Option<TransferStanding>,
    /// The last transfer of the page before.
    #[param(value_type = Option<String>)]
    after: Option<TransferId>,
    /// 1 to 500; 50 when absent.
    limit: Option<u32>,
}

/// Transfers from and to the caller's stores, youngest first. With `Accept: text/csv` or xlsx all of
/// them come as a file, a row for each SKU.
#[utoipa::path(get, path = "/v1/transfers", tag = "transfers", params(Listed),
    responses((status = 200, body = TransferList)))]
async fn list(
    State(app): State<Arc<App>>,
    Search(query): Search<Listed>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let stores = match query.store {
        Some(store) => {
            app.may(&caller, Verb::ReadStock, Resource::Store(store))?;
            Some([store].into())
        }
        None => app.stores_of(&caller, Verb::ReadStock)?,
    };
    let (app, query, stores) = (&app, &query, &stores);
    let read = |after, limit| page(app, query, stores, after, limit);
    if let Some(form) = Form::wanted(&headers) {
        let transfers = every(query.after, "status", |after| read(after, PAGE)).await?;
        let book = app.reference.book();
        let figures = lists::transfers(&transfers, app.reference.called(&book));
        return figures.reply(form).await;
    }
    let limit = query.limit.unwrap_or(50).clamp(1, 500);
    let (transfers, next_after) = read(query.after, limit).await?;
    Ok(Json(TransferList { transfers, next_after }).into_response())
}

/// A page, and the transfer to ask for the next one with.
async fn page(
    app: &App,
    query: &Listed,
    stores: &Option<BTreeSet<StoreId>>,
    after: Option<TransferId>,
    limit: u32,
) -> Result<(Vec<TransferView>, Option<TransferId>), Fault> {
    let status = query.status.map(|status| status.text().to_owned());
    let asked = TransferQuery { status, stores: stores.clone(), after, limit };
    let mut found = Vec::new();
    for city in app.cities.all() {
        found.extend(city.transfers(asked.clone()).await?);
    }
    // Ids begin with time: the youngest of all cities first.
    found.sort_by_key(|(transfer, _)| std::cmp::Reverse(*transfer));
    found.truncate(limit as usize);
    let next_after = (found.len() == limit as usize)
        .then(|| found.last().map(|(transfer, _)| *transfer))
        .flatten();
    let transfers = found.iter().map(|(id, transfer)| TransferView::of(*id, transfer)).collect();
    Ok((transfers, next_after))
}

/// One transfer.
#[utoipa::path(get, path = "/v1/transfers/{transfer}", tag = "transfers",
    responses((status = 200, body = TransferView)))]
async fn get(
    State(app): State<Arc<App>>,
    Route(id): Route<TransferId>,
    caller: Caller,
) -> Result<Json<TransferView>, Fault> {
    let transfer = actions::transfers::read(&app, &caller, id).await?;
    Ok(Json(TransferView::of(id, &transfer)))
}

/// The source keeps the units for it and sells them no more.
#[utoipa::path(post, path = "/v1/transfers/{transfer}/ready", tag = "transfers",
    responses((status = 200, body = Done)))]
async fn ready(
    State(app): State<Arc<App>>,
    Route(id): Route<TransferId>,
    call: Call,
) -> Result<Json<Done>, Fault> {
    actions::transfers::ready(&app, &call, id).await.map(Json)
}

/// The goods leave the source.
#[utoipa::path(post, path = "/v1/transfers/{transfer}/ship", tag = "transfers",
    request_body = ShipBody, responses((status = 200, body = Done)))]
async fn ship(
    State(app): State<Arc<App>>,
    Route(id): Route<TransferId>,
    Input { call, body }: Input<ShipBody>,
) -> Result<Json<Done>, Fault> {
    actions::transfers::ship(&app, &call, id, body).await.map(Json)
}

/// Goods are at the target, or will not come; may be said in parts.
#[utoipa::path(post, path = "/v1/transfers/{transfer}/receive", tag = "transfers",
    request_body = ReceiveBody, responses((status = 200, body = Done)))]
async fn receive(
    State(app): State<Arc<App>>,
    Route(id): Route<TransferId>,
    Input { call, body }: Input<ReceiveBody>,
) -> Result<Json<Done>, Fault> {
    actions::transfers::receive(&app, &call, id, body).await.map(Json)
}

/// Ends it before the goods leave.
#[utoipa::path(post, path = "/v1/transfers/{transfer}/cancel", tag = "transfers",
    request_body = CancelTransferBody, responses((status = 200, body = Done)))]
async fn cancel(
    State(app): State<Arc<App>>,
    Route(id): Route<TransferId>,
    Input { call, body }: Input<CancelTransferBody>,
) -> Result<Json<Done>, Fault> {
    actions::transfers::cancel(&app, &call, id, body).await.map(Json)
}
