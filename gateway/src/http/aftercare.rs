//! Reminders, pictures of doors, ratings.

use std::sync::Arc;

use axum::Json;
use axum::extract::{DefaultBodyLimit, FromRequestParts, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vocabulary::{DeliveryId, OrderId, PersonId};

use super::extract::whole;
use super::{Doors, Input, Route, Search};
use crate::actions::aftercare::{self, LARGEST_PICTURE};
use crate::actions::delivery::Of;
use crate::app::App;
use crate::call::{Call, Caller};
use crate::wire::aftercare::{PictureQuery, PictureView, RatingBody, ReminderAnswerBody};
use crate::wire::fault::Fault;
use crate::wire::store::Done;

pub(super) fn doors() -> Doors {
    OpenApiRouter::new()
        .routes(routes!(remind))
        .routes(routes!(answer))
        .routes(routes!(rate))
        .routes(routes!(picture))
}

pub(super) fn bulk_doors() -> Doors {
    OpenApiRouter::new().routes(routes!(keep)).layer(DefaultBodyLimit::max(LARGEST_PICTURE))
}

/// The shopper asks where it is. Stores that have goods of it call it out, a courier on the way
/// sees it, headquarters' worklist weighs it. Too soon again: `reminded_recently`, with
/// `retry_after_ms`.
#[utoipa::path(post, path = "/v1/orders/{order}/remind", tag = "orders",
    responses((status = 200, body = Done)))]
async fn remind(
    State(app): State<Arc<App>>,
    Route(order): Route<OrderId>,
    call: Call,
) -> Result<Json<Done>, Fault> {
    aftercare::remind(&app, &call, order).await.map(Json)
}

/// A store says something to the last reminder, and the shopper sees it.
#[utoipa::path(post, path = "/v1/orders/{order}/reminder-answer", tag = "orders",
    request_body = ReminderAnswerBody, responses((status = 200, body = Done)))]
async fn answer(
    State(app): State<Arc<App>>,
    Route(order): Route<OrderId>,
    Input { call, body }: Input<ReminderAnswerBody>,
) -> Result<Json<Done>, Fault> {
    aftercare::answer_reminder(&app, &call, order, body).await.map(Json)
}

/// What the shopper says afterwards: once, after the order is complete, within
/// `rating_window_s` of the policy.
#[utoipa::path(post, path = "/v1/orders/{order}/rating", tag = "orders",
    request_body = RatingBody, responses((status = 200, body = Done)))]
async fn rate(
    State(app): State<Arc<App>>,
    Route(order): Route<OrderId>,
    Input { call, body }: Input<RatingBody>,
) -> Result<Json<Done>, Fault> {
    aftercare::rate(&app, &call, order, body).await.map(Json)
}

/// Keeps a photo of the door or a signature: the body is the file, JPEG, PNG or WebP, at most
/// 256 KiB. The answer's name goes into the proof of `delivered`.
#[utoipa::path(post, path = "/v1/orders/{order}/deliveries/{delivery}/pictures", tag = "deliveries",
    params(PictureQuery),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = PictureView)))]
async fn keep(
    State(app): State<Arc<App>>,
    request: Request,
) -> Result<(StatusCode, Json<PictureView>), Fault> {
    let (mut parts, body) = request.into_parts();
    // Who asks comes first: a stranger does not get to send a body.
    let caller = Caller::from_request_parts(&mut parts, &app).await?;
    let ids = Route::<(OrderId, DeliveryId)>::from_request_parts(&mut parts, &app).await?;
    let query = Search::<PictureQuery>::from_request_parts(&mut parts, &app).await?;
    let (Route((order, delivery)), Search(query)) = (ids, query);
    let bytes = whole(parts, body).await?;
    // The picture is its own key: sent again it is the same.
    let call = Call::new(caller, None, "", &[]);
    let of = Of { order, delivery };
    let kept = aftercare::keep_picture(&app, &call, of, query, bytes).await?;
    Ok((StatusCode::CREATED, Json(kept)))
}

/// A photo or a signature of one of the order's doors: for its shopper, its stores and
/// headquarters, and never for couriers.
#[utoipa::path(get, path = "/v1/orders/{order}/pictures/{picture}", tag = "orders",
    responses((status = 200, body = Vec<u8>, content_type = "image/jpeg")))]
async fn picture(
    State(app): State<Arc<App>>,
    Route((order, picture)): Route<(OrderId, PersonId)>,
    caller: Caller,
) -> Result<Response, Fault> {
    let (bytes, kind) = aftercare::picture(&app, &caller, order, picture).await?;
    let headers = [
        (header::CONTENT_TYPE, kind.media_type()),
        (header::CACHE_CONTROL, "private, no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'"),
    ];
    Ok((headers, bytes).into_response())
}
