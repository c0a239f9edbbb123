//! The streets that maps draw.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use geo_index::Tile;
use serde::Deserialize;
use serde_json::Value;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Doors, Input, Route};
use crate::access::{Resource, Verb};
use crate::app::App;
use crate::pages;
use crate::streets::{Drawn, TILE_ZOOM};
use crate::wire::fault::Fault;

pub(super) fn bulk_doors() -> Doors {
    OpenApiRouter::new().routes(routes!(get, put)).routes(routes!(get_tile))
}

/// A GeoJSON FeatureCollection as far as we look at it.
#[derive(Debug, Deserialize)]
struct Collection {
    #[serde(rename = "type")]
    kind: String,
    features: Vec<Value>,
    #[serde(flatten)]
    rest: serde_json::Map<String, Value>,
}

/// The streets as GeoJSON, for whoever draws a map; no token is needed. With a road file these are
/// the main ones, with `bounds` (south-west and north-east, longitude first), and `tile_zoom` says
/// where the others are.
#[utoipa::path(get, path = "/v1/streets", tag = "system",
    responses(
        (status = 200, body = Object, content_type = "application/geo+json"),
        (status = 304, description = "As the caller knows them, by `If-None-Match`")))]
async fn get(State(app): State<Arc<App>>, headers: HeaderMap) -> Result<Response, Fault> {
    let drawn = app.streets.drawn().ok_or_else(|| Fault::not_found("street map"))?;
    Ok(shown(&drawn, &headers, "no-cache"))
}

/// Every street of one square of Web Mercator, of the zoom that `GET /v1/streets` names as
/// `tile_zoom`; lines are cut at its borders. No token is needed.
#[utoipa::path(get, path = "/v1/streets/{zoom}/{x}/{y}", tag = "system",
    params(("zoom" = u8, Path), ("x" = u32, Path), ("y" = u32, Path)),
    responses(
        (status = 200, body = Object, content_type = "application/geo+json"),
        (status = 304, description = "As the caller knows them, by `If-None-Match`")))]
async fn get_tile(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Route((zoom, x, y)): Route<(u8, u32, u32)>,
) -> Result<Response, Fault> {
    let tile = (zoom == TILE_ZOOM).then(|| app.streets.tile(Tile { x, y })).flatten();
    let drawn = tile.ok_or_else(|| Fault::not_found("street tile"))?;
    Ok(shown(&drawn, &headers, "max-age=3600"))
}

fn shown(drawn: &Drawn, headers: &HeaderMap, cache: &'static str) -> Response {
    let common = [
        (header::CONTENT_TYPE, "application/geo+json".to_owned()),
        (header::CACHE_CONTROL, cache.to_owned()),
        (header::VARY, "accept-encoding".to_owned()),
        (header::ETAG, drawn.tag.clone()),
    ];
    if headers.get(header::IF_NONE_MATCH).is_some_and(|known| *known == *drawn.tag) {
        return (StatusCode::NOT_MODIFIED, common).into_response();
    }
    if pages::accepts(headers, "gzip") {
        let packed = [(header::CONTENT_ENCODING, "gzip")];
        return (common, packed, drawn.packed.clone()).into_response();
    }
    (common, drawn.text()).into_response()
}

/// Puts other streets in their place: a FeatureCollection of LineStrings with `name` and `class`.
#[utoipa::path(put, path = "/v1/streets", tag = "system", request_body = Object,
    responses((status = 204)))]
async fn put(
    State(app): State<Arc<App>>,
    Input { call, body }: Input<Collection>,
) -> Result<StatusCode, Fault> {
    app.may(&call.caller, Verb::ManageStores, Resource::Chain)?;
    if app.streets.follow_roads() {
        let message =
            "this server draws the streets of its road file: start it without roads to lay others";
        return Err(Fault::invalid("roads", message));
    }
    if body.kind != "FeatureCollection" {
        return Err(Fault::invalid("type", "type must be FeatureCollection"));
    }
    let Collection { kind, features, mut rest } = body;
    rest.insert("type".to_owned(), Value::String(kind));
    rest.insert("features".to_owned(), Value::Array(features));
    let text = serde_json::to_vec(&rest).map_err(|_| Fault::internal())?;
    let held = Arc::clone(&app);
    let written = tokio::task::spawn_blocking(move || held.streets.replace(&text)).await;
    match written {
        Ok(Ok(())) => Ok(StatusCode::NO_CONTENT),
        Ok(Err(error)) => {
            tracing::error!(%error, "the streets cannot be written");
            Err(Fault::internal())
        }
        Err(_) => Err(Fault::internal()),
    }
}
