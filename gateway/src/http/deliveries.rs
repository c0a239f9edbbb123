//! Deliveries and parcels on their way.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vocabulary::{DeliveryId, OrderId, ParcelId};

use super::{Doors, Input, Route};
use crate::actions::delivery::{self, Of};
use crate::app::App;
use crate::call::Call;
use crate::wire::delivery::{AdvanceBody, DropBody, FailBody, ParcelBody, ResolveBody, SteerBody};
use crate::wire::fault::Fault;
use crate::wire::returns::ReceiveBackBody;
use crate::wire::store::Done;

type Ids = Route<(OrderId, DeliveryId)>;

pub(super) fn doors() -> Doors {
    OpenApiRouter::new()
        .routes(routes!(advance))
        .routes(routes!(drop_it))
        .routes(routes!(fail))
        .routes(routes!(resolve))
        .routes(routes!(receive_back))
        .routes(routes!(lost))
        .routes(routes!(steer))
        .routes(routes!(advance_parcel))
}

fn of(Route((order, delivery)): Ids) -> Of {
    Of { order, delivery }
}

/// The courier is one step further.
#[utoipa::path(post, path = "/v1/orders/{order}/deliveries/{delivery}/advance", tag = "deliveries",
    request_body = AdvanceBody, responses((status = 200, body = Done)))]
async fn advance(
    State(app): State<Arc<App>>,
    ids: Ids,
    Input { call, body }: Input<AdvanceBody>,
) -> Result<Json<Done>, Fault> {
    delivery::advance(&app, &call, of(ids), body).await.map(Json)
}

/// The courier cannot go on before pickup, or a dispatcher takes it away.
#[utoipa::path(post, path = "/v1/orders/{order}/deliveries/{delivery}/drop", tag = "deliveries",
    request_body = DropBody, responses((status = 200, body = Done)))]
async fn drop_it(
    State(app): State<Arc<App>>,
    ids: Ids,
    Input { call, body }: Input<DropBody>,
) -> Result<Json<Done>, Fault> {
    delivery::drop_it(&app, &call, of(ids), body).await.map(Json)
}

/// Nobody could take it at the door.
#[utoipa::path(post, path = "/v1/orders/{order}/deliveries/{delivery}/fail", tag = "deliveries",
    request_body = FailBody, responses((status = 200, body = Done)))]
async fn fail(
    State(app): State<Arc<App>>,
    ids: Ids,
    Input { call, body }: Input<FailBody>,
) -> Result<Json<Done>, Fault> {
    delivery::fail(&app, &call, of(ids), body).await.map(Json)
}

/// After a failed attempt: try again, or bring it back.
#[utoipa::path(post, path = "/v1/orders/{order}/deliveries/{delivery}/resolve", tag = "deliveries",
    request_body = ResolveBody, responses((status = 200, body = Done)))]
async fn resolve(
    State(app): State<Arc<App>>,
    ids: Ids,
    Input { call, body }: Input<ResolveBody>,
) -> Result<Json<Done>, Fault> {
    delivery::resolve(&app, &call, of(ids), body).await.map(Json)
}

/// The store has the goods back, and says how they are.
#[utoipa::path(post, path = "/v1/orders/{order}/deliveries/{delivery}/receive-back",
    tag = "deliveries", request_body = ReceiveBackBody, responses((status = 200, body = Done)))]
async fn receive_back(
    State(app): State<Arc<App>>,
    ids: Ids,
    Input { call, body }: Input<ReceiveBackBody>,
) -> Result<Json<Done>, Fault> {
    delivery::receive_back(&app, &call, of(ids), body).await.map(Json)
}

/// The goods are gone.
#[utoipa::path(post, path = "/v1/orders/{order}/deliveries/{delivery}/lost", tag = "deliveries",
    responses((status = 200, body = Done)))]
async fn lost(State(app): State<Arc<App>>, ids: Ids, call: Call) -> Result<Json<Done>, Fault> {
    delivery::lost(&app, &call, of(ids)).await.map(Json)
}

/// Forces, excludes or pins a courier by hand, with a reason.
#[utoipa::path(post, path = "/v1/orders/{order}/deliveries/{delivery}/steer", tag = "deliveries",
    request_body = SteerBody, responses((status = 200, body = Done)))]
async fn steer(
    State(app): State<Arc<App>>,
    ids: Ids,
    Input { call, body }: Input<SteerBody>,
) -> Result<Json<Done>, Fault> {
    delivery::steer(&app, &call, of(ids), body).await.map(Json)
}

/// What the carrier says about a parcel, and the store when it has the goods back.
#[utoipa::path(post, path = "/v1/orders/{order}/parcels/{parcel}/advance", tag = "deliveries",
    request_body = ParcelBody, responses((status = 200, body = Done)))]
async fn advance_parcel(
    State(app): State<Arc<App>>,
    Route((order, parcel)): Route<(OrderId, ParcelId)>,
    Input { call, body }: Input<ParcelBody>,
) -> Result<Json<Done>, Fault> {
    delivery::advance_parcel(&app, &call, order, parcel, body).await.map(Json)
}
