//! What maps draw under everything else.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Doors, Route};
use crate::app::App;
use crate::ground::TileFile;
use crate::pages;
use crate::wire::fault::Fault;
use crate::wire::map::MapView;

/// A tile is asked for again after an hour, and then it is only asked whether it is another one.
const KEPT: &str = "public, max-age=3600";

pub(super) fn doors() -> Doors {
    OpenApiRouter::new().routes(routes!(get)).routes(routes!(tile))
}

/// What maps draw under everything else, for whoever draws one; no token is needed.
#[utoipa::path(get, path = "/v1/map", tag = "system", responses((status = 200, body = MapView)))]
async fn get(State(app): State<Arc<App>>) -> Json<MapView> {
    Json(app.ground.view())
}

/// A tile of the server's own map file: a picture, or Mapbox vector tiles. 204 where the file has
/// nothing there. No token is needed.
#[utoipa::path(get, path = "/v1/map/{zoom}/{x}/{y}", tag = "system",
    params(("zoom" = u8, Path), ("x" = u32, Path), ("y" = u32, Path)),
    responses(
        (status = 200, body = Vec<u8>, content_type = "application/vnd.mapbox-vector-tile"),
        (status = 204),
        (status = 304, description = "As the caller knows it, by `If-None-Match`")
    ))]
async fn tile(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Route((zoom, x, y)): Route<(u8, u32, u32)>,
) -> Result<Response, Fault> {
    let file = app.ground.file().ok_or_else(|| Fault::not_found("map file"))?;
    let common = [
        (header::CACHE_CONTROL, KEPT.to_owned()),
        (header::VARY, "accept-encoding".to_owned()),
        (header::ETAG, file.tag().to_owned()),
    ];
    if headers.get(header::IF_NONE_MATCH).is_some_and(|known| *known == *file.tag()) {
        return Ok((StatusCode::NOT_MODIFIED, common).into_response());
    }
    let answer = of(file, (zoom, x, y), &headers).await.map_err(|error| {
        tracing::error!(zoom, x, y, %error, "a tile of the map file cannot be read");
        Fault::internal()
    })?;
    Ok((common, answer).into_response())
}

async fn of(
    file: &TileFile,
    (zoom, x, y): (u8, u32, u32),
    headers: &HeaderMap,
) -> Result<Response, pmtiles::PmtError> {
    let Some(tile) = file.tile(zoom, x, y).await? else {
        return Ok(StatusCode::NO_CONTENT.into_response());
    };
    let about = [
        (header::CONTENT_TYPE, file.media_type()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'"),
    ];
    if !tile.is_packed {
        return Ok((about, tile.bytes).into_response());
    }
    if pages::accepts(headers, "gzip") {
        return Ok((about, [(header::CONTENT_ENCODING, "gzip")], tile.bytes).into_response());
    }
    Ok((about, tile.plain()?).into_response())
}
