//! Placing an order.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Doors, Input};
use crate::actions;
use crate::app::App;
use crate::wire::fault::Fault;
use crate::wire::placing::{PlaceBody, PlacedView};

pub(super) fn doors() -> Doors {
    OpenApiRouter::new().routes(routes!(place))
}

/// Places a quoted basket. Needs an `Idempotency-Key`; the same key gets the same answer.
#[utoipa::path(post, path = "/v1/orders", tag = "orders", request_body = PlaceBody,
    params(("Idempotency-Key" = String, Header, description = "One per order, kept for retries")),
    responses((status = 201, body = PlacedView)))]
async fn place(
    State(app): State<Arc<App>>,
    Input { call, body }: Input<PlaceBody>,
) -> Result<(StatusCode, Json<PlacedView>), Fault> {
    let placed = actions::placing::place(&app, &call, body).await?;
    Ok((StatusCode::CREATED, Json(placed)))
}
