//! The streets that maps draw.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::Value;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Doors, Input};
use crate::access::{Resource, Verb};
use crate::app::App;
use crate::wire::fault::Fault;

pub(super) fn bulk_doors() -> Doors {
    OpenApiRouter::new().routes(routes!(get, put))
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

/// The streets as GeoJSON, for whoever draws a map; no token is needed.
#[utoipa::path(get, path = "/v1/streets", tag = "system",
    responses((status = 200, body = Object)))]
async fn get(State(app): State<Arc<App>>, headers: HeaderMap) -> Result<Response, Fault> {
    let drawn = app.streets.drawn().ok_or_else(|| Fault::not_found("street map"))?;
    let common = [
        (header::CONTENT_TYPE, "application/geo+json".to_owned()),
        (header::CACHE_CONTROL, "no-cache".to_owned()),
        (header::ETAG, drawn.tag.clone()),
    ];
    if headers.get(header::IF_NONE_MATCH).is_some_and(|known| *known == *drawn.tag) {
        return Ok((StatusCode::NOT_MODIFIED, common).into_response());
    }
    Ok((common, drawn.text.clone()).into_response())
}

/// Puts other streets in their place: a FeatureCollection of LineStrings with `name` and `class`.
#[utoipa::path(put, path = "/v1/streets", tag = "system", request_body = Object,
    responses((status = 204)))]
async fn put(
    State(app): State<Arc<App>>,
    Input { call, body }: Input<Collection>,
) -> Result<StatusCode, Fault> {
    app.may(&call.caller, Verb::ManageStores, Resource::Chain)?;
    if body.kind != "FeatureCollection" {
        return Err(Fault::invalid("type", "type must be FeatureCollection"));
    }
    let Collection { kind, features, mut rest } = body;
    rest.insert("type".to_owned(), Value::String(kind));
    rest.insert("features".to_owned(), Value::Array(features));
    let text = serde_json::to_vec(&rest).map_err(|_| Fault::internal())?;
    let held = Arc::clone(&app);
    let written = tokio::task::spawn_blocking(move || held.streets.replace(text.into())).await;
    match written {
        Ok(Ok(())) => Ok(StatusCode::NO_CONTENT),
        Ok(Err(error)) => {
            tracing::error!(%error, "the streets cannot be written");
            Err(Fault::internal())
        }
        Err(_) => Err(Fault::internal()),
    }
}
