//! Returns of what has arrived.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vocabulary::{OrderId, ReturnId};

use super::{Doors, Input, Route};
use crate::actions::returns;
use crate::app::App;
use crate::call::Call;
use crate::wire::fault::Fault;
use crate::wire::returns::{ConditionBody, NoteBody, ReturnBody, ReturnRequested};
use crate::wire::store::Done;

type Ids = Route<(OrderId, ReturnId)>;

pub(super) fn doors() -> Doors {
    OpenApiRouter::new()
        .routes(routes!(request))
        .routes(routes!(approve))
        .routes(routes!(reject))
        .routes(routes!(ship))
        .routes(routes!(receive))
}

/// Asks to send units back.
#[utoipa::path(post, path = "/v1/orders/{order}/returns", tag = "returns",
    request_body = ReturnBody, responses((status = 201, body = ReturnRequested)))]
async fn request(
    State(app): State<Arc<App>>,
    Route(order): Route<OrderId>,
    Input { call, body }: Input<ReturnBody>,
) -> Result<(StatusCode, Json<ReturnRequested>), Fault> {
    let requested = returns::request(&app, &call, order, body).await?;
    Ok((StatusCode::CREATED, Json(requested)))
}

/// The goods may come back.
#[utoipa::path(post, path = "/v1/orders/{order}/returns/{return_id}/approve", tag = "returns",
    request_body = NoteBody, responses((status = 200, body = Done)))]
async fn approve(
    State(app): State<Arc<App>>,
    Route((order, return_id)): Ids,
    Input { call, body }: Input<NoteBody>,
) -> Result<Json<Done>, Fault> {
    returns::decide(&app, &call, order, return_id, true, body).await.map(Json)
}

/// The goods stay with the shopper.
#[utoipa::path(post, path = "/v1/orders/{order}/returns/{return_id}/reject", tag = "returns",
    request_body = NoteBody, responses((status = 200, body = Done)))]
async fn reject(
    State(app): State<Arc<App>>,
    Route((order, return_id)): Ids,
    Input { call, body }: Input<NoteBody>,
) -> Result<Json<Done>, Fault> {
    returns::decide(&app, &call, order, return_id, false, body).await.map(Json)
}

/// The shopper has sent them off.
#[utoipa::path(post, path = "/v1/orders/{order}/returns/{return_id}/ship", tag = "returns",
    responses((status = 200, body = Done)))]
async fn ship(
    State(app): State<Arc<App>>,
    Route((order, return_id)): Ids,
    call: Call,
) -> Result<Json<Done>, Fault> {
    returns::ship(&app, &call, order, return_id).await.map(Json)
}

/// The goods are back, in this condition; their money goes back too.
#[utoipa::path(post, path = "/v1/orders/{order}/returns/{return_id}/receive", tag = "returns",
    request_body = ConditionBody, responses((status = 200, body = Done)))]
async fn receive(
    State(app): State<Arc<App>>,
    Route((order, return_id)): Ids,
    Input { call, body }: Input<ConditionBody>,
) -> Result<Json<Done>, Fault> {
    returns::receive(&app, &call, order, return_id, body).await.map(Json)
}
