//! Whether the house lives, what it counts, and what time it is.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Doors;
use crate::app::App;
use crate::metrics;
use crate::wire::access::ClockView;
use crate::wire::fault::Fault;

pub(super) fn doors() -> Doors {
    OpenApiRouter::new()
        .routes(routes!(health))
        .routes(routes!(ready))
        .routes(routes!(counts))
        .routes(routes!(clock))
}

/// The process answers.
#[utoipa::path(get, path = "/healthz", tag = "system", responses((status = 200, body = String)))]
async fn health() -> &'static str {
    "alive\n"
}

/// The city carries out commands.
#[utoipa::path(get, path = "/readyz", tag = "system", responses((status = 200, body = String)))]
async fn ready(State(app): State<Arc<App>>) -> Result<&'static str, Fault> {
    if app.cities.is_serving() { Ok("serving\n") } else { Err(Fault::unavailable()) }
}

/// Counters and gauges in Prometheus' text form.
#[utoipa::path(get, path = "/metrics", tag = "system", responses((status = 200, body = String)))]
async fn counts(State(app): State<Arc<App>>) -> Result<impl IntoResponse, Fault> {
    let page = metrics::page(&app)?;
    Ok(([(header::CONTENT_TYPE, metrics::FORM)], page))
}

/// What time it is here, and how fast it passes.
#[utoipa::path(get, path = "/v1/clock", tag = "system", responses((status = 200, body = ClockView)))]
async fn clock(State(app): State<Arc<App>>) -> Json<ClockView> {
    let fast_for = app.clock.fast_for();
    Json(ClockView {
        now: app.now(),
        scale: app.clock.scale(),
        fast_for_ms: fast_for.map(|left| left.as_millis() as u64),
    })
}
