//! What every request passes: its trace, its place in the house, its time limit, its count.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use vocabulary::OrderId;

use crate::app::App;
use crate::trace;
use crate::wire::fault::{Code, Fault};

/// Carries a request out under its trace. A full house, a late answer and a bug are faults too.
pub async fn cross(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let header = request.headers().get("traceparent").and_then(|value| value.to_str().ok());
    let trace = header.and_then(trace::of_traceparent);
    let trace = trace.unwrap_or_else(|| app.id::<OrderId>().bits());
    let method = method_name(request.method());
    let route = request.extensions().get::<MatchedPath>().cloned();
    let mut response = trace::under(trace, inside(&app, request, next)).await;
    let route = route.as_ref().map_or("unknown", MatchedPath::as_str);
    let (status, took) = (response.status().as_u16(), began.elapsed());
    app.metrics.answered(method, route, status, took);
    tracing::debug!(method, route, status, trace = %trace::text(trace), took_us = took.as_micros() as u64, "answered");
    if let Ok(value) = HeaderValue::try_from(trace::text(trace)) {
        response.headers_mut().insert("paidan-trace", value);
    }
    response
}

async fn inside(app: &App, request: Request, next: Next) -> Response {
    let limits = &app.config.limits;
    let count = app.metrics.enter();
    let _place = Place(app);
    if count > i64::from(limits.in_flight) {
        app.metrics.turned_away();
        return Fault::busy().into_response();
    }
    let carried_out = AssertUnwindSafe(next.run(request)).catch_unwind();
    match tokio::time::timeout(limits.request_timeout, carried_out).await {
        Ok(Ok(response)) => response,
        Ok(Err(_)) => {
            app.metrics.panicked();
            tracing::error!(trace = %trace::text(trace::current()), "a request met a bug");
            Fault::internal().into_response()
        }
        Err(_) => {
            let message = "no answer in time: retry with the same key";
            Fault::new(Code::Timeout, message).after(1_000).into_response()
        }
    }
}

/// Held while a request is in the house.
struct Place<'a>(&'a App);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.metrics.leave();
    }
}

fn method_name(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "POST" => "POST",
        "PUT" => "PUT",
        "DELETE" => "DELETE",
        _ => "other",
    }
}

/// Tells browsers to come over TLS alone for a year. Said only by a server that speaks it itself:
/// behind a proxy it is the proxy's word.
pub fn only_over_tls(mut answer: Response) -> Response {
    let year = HeaderValue::from_static("max-age=31536000");
    answer.headers_mut().insert(header::STRICT_TRANSPORT_SECURITY, year);
    answer
}

pub async fn no_such_address() -> Fault {
    Fault::new(Code::NoSuchAddress, "there is no such address: look at /openapi.json")
}

pub async fn method_not_allowed() -> Fault {
    let message = "this address does not know the method: look at /openapi.json";
    Fault::new(Code::MethodNotAllowed, message)
}
