//! Payments, and what providers say about them.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use dispatch::payment::Payment;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vocabulary::{Money, OrderId, PaymentId};

use super::{Doors, Input, Route};
use crate::access::Verb;
use crate::app::App;
use crate::call::Caller;
use crate::payments::{Sandbox, receive};
use crate::trace;
use crate::wire::fault::Fault;
use crate::wire::payment::{PaymentView, SandboxPayBody, SandboxWebhook, payment_view};
use crate::wire::store::Done;

pub(super) fn doors() -> Doors {
    OpenApiRouter::new().routes(routes!(get)).routes(routes!(pay)).routes(routes!(webhook))
}

async fn find(
    app: &App,
    caller: &Caller,
    verb: Verb,
    id: PaymentId,
) -> Result<(PaymentView, Money), Fault> {
    // A role that may not is told so before anything is looked up: the answer tells of no payment.
    app.permits(caller, verb)?;
    let read = |payment: &Payment| payment_view(payment).map(|view| (view, payment.due()));
    let found = app.cities.at(id.slot()).read_payment(id, read).await;
    let found = found.map_err(Fault::from)?.ok_or_else(|| Fault::not_found("payment"))?;
    let allowed = app.may_order(caller, verb, found.0.order).await;
    allowed.map_err(|fault| match fault.code {
        crate::wire::Code::NotFound => Fault::not_found("payment"),
        _ => fault,
    })?;
    Ok(found)
}

/// One payment and what of it went back.
#[utoipa::path(get, path = "/v1/payments/{payment}", tag = "payments",
    responses((status = 200, body = PaymentView)))]
async fn get(
    State(app): State<Arc<App>>,
    Route(payment): Route<PaymentId>,
    caller: Caller,
) -> Result<Json<PaymentView>, Fault> {
    let (view, _) = find(&app, &caller, Verb::ReadPayment, payment).await?;
    Ok(Json(view))
}

/// What a shopper does on the sandbox provider's page: the provider then sends its signed webhook.
#[utoipa::path(post, path = "/v1/payments/{payment}/sandbox/pay", tag = "payments",
    request_body = SandboxPayBody, responses((status = 200, body = Done)))]
async fn pay(
    State(app): State<Arc<App>>,
    Route(payment): Route<PaymentId>,
    Input { call, body }: Input<SandboxPayBody>,
) -> Result<Json<Done>, Fault> {
    let (view, _) = find(&app, &call.caller, Verb::Pay, payment).await?;
    // The page sends one message for each time somebody presses its button.
    let message = match &call.key {
        Some(key) => format!("sandbox-{payment}-{key}"),
        None => format!("sandbox-{}", trace::text(app.id::<OrderId>().bits())),
    };
    let (amount, now) = (view.amount_fen, app.now());
    let (headers, body) = Sandbox::webhook(&app.keys, message, payment, body.outcome, amount, now)?;
    receive(&app, &headers, &body).await.map(Json)
}

/// The sandbox provider's word, signed: `Paidan-Signature: t=<seconds>,v1=<hex>`.
#[utoipa::path(post, path = "/v1/webhooks/payments/sandbox", tag = "payments",
    request_body = SandboxWebhook,
    params(("Paidan-Signature" = String, Header, description = "HMAC-SHA256 over `<t>.<body>`")),
    responses((status = 200, body = Done)))]
async fn webhook(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Done>, Fault> {
    receive(&app, &headers, &body).await.map(Json)
}
