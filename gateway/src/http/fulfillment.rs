//! A store's work on its share of an order.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vocabulary::{FulfillmentOrderId, StoreId};

use super::{Doors, Input, Route};
use crate::actions::fulfillment::{self, At};
use crate::app::App;
use crate::call::Call;
use crate::wire::board::{AcceptBody, HandOverBody, RejectBody, ShortPickBody};
use crate::wire::fault::Fault;
use crate::wire::store::Done;

type Ids = Route<(StoreId, FulfillmentOrderId)>;

pub(super) fn doors() -> Doors {
    OpenApiRouter::new()
        .routes(routes!(acknowledge))
        .routes(routes!(accept))
        .routes(routes!(reject))
        .routes(routes!(start))
        .routes(routes!(short_pick))
        .routes(routes!(pack))
        .routes(routes!(hand_over))
        .routes(routes!(hold))
        .routes(routes!(resume))
}

fn at(Route((store, fulfillment_order)): Ids) -> At {
    At { store, fulfillment_order }
}

/// Somebody has seen its alert: the board's other screens stop to ring.
#[utoipa::path(post, path = "/v1/stores/{store}/fulfillment-orders/{fulfillment_order}/acknowledge",
    tag = "fulfillment", responses((status = 200, body = Done)))]
async fn acknowledge(
    State(app): State<Arc<App>>,
    ids: Ids,
    call: Call,
) -> Result<Json<Done>, Fault> {
    fulfillment::acknowledge(&app, &call, at(ids)).await.map(Json)
}

/// The store will do it.
#[utoipa::path(post, path = "/v1/stores/{store}/fulfillment-orders/{fulfillment_order}/accept",
    tag = "fulfillment", request_body = AcceptBody, responses((status = 200, body = Done)))]
async fn accept(
    State(app): State<Arc<App>>,
    ids: Ids,
    Input { call, body }: Input<AcceptBody>,
) -> Result<Json<Done>, Fault> {
    fulfillment::accept(&app, &call, at(ids), body).await.map(Json)
}

/// The store cannot do it, or not these lines; they are sourced elsewhere.
#[utoipa::path(post, path = "/v1/stores/{store}/fulfillment-orders/{fulfillment_order}/reject",
    tag = "fulfillment", request_body = RejectBody, responses((status = 200, body = Done)))]
async fn reject(
    State(app): State<Arc<App>>,
    ids: Ids,
    Input { call, body }: Input<RejectBody>,
) -> Result<Json<Done>, Fault> {
    fulfillment::reject(&app, &call, at(ids), body).await.map(Json)
}

/// Picking begins.
#[utoipa::path(post, path = "/v1/stores/{store}/fulfillment-orders/{fulfillment_order}/start",
    tag = "fulfillment", responses((status = 200, body = Done)))]
async fn start(State(app): State<Arc<App>>, ids: Ids, call: Call) -> Result<Json<Done>, Fault> {
    fulfillment::start(&app, &call, at(ids)).await.map(Json)
}

/// Some units could not be found.
#[utoipa::path(post, path = "/v1/stores/{store}/fulfillment-orders/{fulfillment_order}/short-pick",
    tag = "fulfillment", request_body = ShortPickBody, responses((status = 200, body = Done)))]
async fn short_pick(
    State(app): State<Arc<App>>,
    ids: Ids,
    Input { call, body }: Input<ShortPickBody>,
) -> Result<Json<Done>, Fault> {
    fulfillment::short_pick(&app, &call, at(ids), body).await.map(Json)
}

/// Packed and waiting.
#[utoipa::path(post, path = "/v1/stores/{store}/fulfillment-orders/{fulfillment_order}/pack",
    tag = "fulfillment", responses((status = 200, body = Done)))]
async fn pack(State(app): State<Arc<App>>, ids: Ids, call: Call) -> Result<Json<Done>, Fault> {
    fulfillment::pack(&app, &call, at(ids)).await.map(Json)
}

/// The goods change hands.
#[utoipa::path(post, path = "/v1/stores/{store}/fulfillment-orders/{fulfillment_order}/hand-over",
    tag = "fulfillment", request_body = HandOverBody, responses((status = 200, body = Done)))]
async fn hand_over(
    State(app): State<Arc<App>>,
    ids: Ids,
    Input { call, body }: Input<HandOverBody>,
) -> Result<Json<Done>, Fault> {
    fulfillment::hand_over(&app, &call, at(ids), body).await.map(Json)
}

/// Set aside for now.
#[utoipa::path(post, path = "/v1/stores/{store}/fulfillment-orders/{fulfillment_order}/hold",
    tag = "fulfillment", responses((status = 200, body = Done)))]
async fn hold(State(app): State<Arc<App>>, ids: Ids, call: Call) -> Result<Json<Done>, Fault> {
    fulfillment::hold(&app, &call, at(ids)).await.map(Json)
}

/// Goes on where it was.
#[utoipa::path(post, path = "/v1/stores/{store}/fulfillment-orders/{fulfillment_order}/resume",
    tag = "fulfillment", responses((status = 200, body = Done)))]
async fn resume(State(app): State<Arc<App>>, ids: Ids, call: Call) -> Result<Json<Done>, Fault> {
    fulfillment::resume(&app, &call, at(ids)).await.map(Json)
}
