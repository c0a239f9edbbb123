//! Orders after they were placed: read, explained, changed, cancelled, moved.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use dispatch::Policy;
use dispatch::eta::Eta;
use dispatch::order::{Delivery, Order, OrderEvent, OrderStatus};
use dispatch::sourcing::SourcingRecord;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vocabulary::{
    ChangeId, DeliveryId, FulfillmentOrderId, MemberId, Money, OrderId, PersonId, Seconds,
    Timestamp,
};

use super::{Doors, Input, Route, Search};
use crate::access::{Field, OrderFacts, PrincipalKind, Resource, Verb};
use crate::actions;
use crate::app::{App, order_facts};
use crate::call::{Call, Caller};
use crate::wire::delivery::{MoveBody, lines_of_query};
use crate::wire::explain::{ExplainView, MoveCandidates, explain_view};
use crate::wire::fault::Fault;
use crate::wire::feed::{EventView, event_view};
use crate::wire::json;
use crate::wire::order::{Moment, OrderView, order_view};
use crate::wire::placing::{CancelBody, ChangeBody, HoldBody, ProposedView, ShopperBody};
use crate::wire::store::Done;

pub(super) fn doors() -> Doors {
    OpenApiRouter::new()
        .routes(routes!(get))
        .routes(routes!(explain))
        .routes(routes!(history))
        .routes(routes!(cancel))
        .routes(routes!(change))
        .routes(routes!(confirm))
        .routes(routes!(hold))
        .routes(routes!(release))
        .routes(routes!(candidates))
        .routes(routes!(relocate))
        .routes(routes!(forget))
}

/// The whole order: axes, lines, parts, deliveries, what happened when.
#[utoipa::path(get, path = "/v1/orders/{order}", tag = "orders",
    responses((status = 200, body = OrderView)))]
async fn get(
    State(app): State<Arc<App>>,
    Route(id): Route<OrderId>,
    caller: Caller,
) -> Result<Json<OrderView>, Fault> {
    app.permits(&caller, Verb::ReadOrder)?;
    let city = app.cities.of(id);
    let etas = city.read(move |reader| reader.etas(id)).await?;
    let policy = app.reference.policy();
    let found = city.read_order(id, move |order| seen(order, &etas, &policy)).await?;
    app.may(&caller, Verb::ReadOrder, Resource::Order(&found.facts))?;
    let mut view = found.view;
    view.timeline = timeline(&app, id).await?;
    let may_read =
        |member: &MemberId| app.may(&caller, Verb::ReadMember, Resource::Member(*member)).is_ok();
    view.member = found.facts.member.filter(may_read);
    if caller.sees(Field::Person) {
        view.shopper = shopper(&app, found.shopper).await?;
        if let (Some(rating), Some(text)) = (&mut view.rating, found.rating_text) {
            rating.text = actions::sealed::read(&app, text)
                .await?
                .and_then(|bytes| String::from_utf8(bytes).ok());
        }
    }
    if view.rating.is_none() {
        let window = Seconds(app.reference.policy().rating_window_s);
        view.rate_until_at = found.completed_at.map(|at| at.after(window));
    }
    if found.takes_a_code && is_the_shopper(&caller) {
        view.door_code = Some(app.keys.pickup_code(id));
    }
    if caller.principal.kind == PrincipalKind::Shopper {
        view.cancel_fee_fen = found.cancel_fee;
    }
    let view = match caller.principal.courier() {
        Some(_) => view.without_rating(),
        None => view,
    };
    let view = if caller.sees(Field::Money) { view } else { view.without_money() };
    Ok(Json(view))
}

struct Seen {
    view: OrderView,
    facts: OrderFacts,
    shopper: PersonId,
    rating_text: Option<PersonId>,
    completed_at: Option<Timestamp>,
    /// Whether a door of it still asks for the shopper's code.
    takes_a_code: bool,
    cancel_fee: Option<Money>,
}

fn seen(order: &Order, etas: &[(DeliveryId, Eta)], policy: &Policy) -> Seen {
    let is_open = |known: &&Delivery| !known.is_over() && known.need.takes_a_code();
    Seen {
        view: order_view(order, etas),
        facts: order_facts(order),
        shopper: order.terms.shopper,
        rating_text: order.rating.as_ref().and_then(|rating| rating.words.text),
        completed_at: completed_at(order),
        takes_a_code: order.deliveries.iter().any(|known| is_open(&known)),
        cancel_fee: order.cancel_fee(policy),
    }
}

fn completed_at(order: &Order) -> Option<Timestamp> {
    let OrderStatus::Completed { at, .. } = order.status else { return None };
    Some(at)
}

/// By the order's link, as the member who bought it, or the channel that speaks for the shopper.
fn is_the_shopper(caller: &Caller) -> bool {
    match caller.principal.kind {
        PrincipalKind::Shopper | PrincipalKind::Channel => true,
        PrincipalKind::Staff | PrincipalKind::Courier | PrincipalKind::Device => false,
    }
}

async fn timeline(app: &App, order: OrderId) -> Result<Vec<Moment>, Fault> {
    let partition = app.cities.of(order).partition();
    let events = app.journal.entity_history(partition, "order", order.bits()).await?;
    Ok(events
        .into_iter()
        .map(|event| Moment { at: event.at, what: event.kind.into_owned() })
        .collect())
}

/// `None` when the person was forgotten.
async fn shopper(app: &App, person: PersonId) -> Result<Option<ShopperBody>, Fault> {
    let Some(sealed) = app.journal.person(person).await? else { return Ok(None) };
    let record = app.vault.unseal(&sealed)?;
    json::read(&record).map(Some).map_err(|_| Fault::internal())
}

/// Why these stores and couriers, why not the others, and why a delivery waits for a courier. Who
/// was asked before and declined, or let the offer pass, is in the order's history.
#[utoipa::path(get, path = "/v1/orders/{order}/explain", tag = "orders",
    responses((status = 200, body = ExplainView)))]
async fn explain(
    State(app): State<Arc<App>>,
    Route(id): Route<OrderId>,
    caller: Caller,
) -> Result<Json<ExplainView>, Fault> {
    app.may_order(&caller, Verb::ExplainOrder, id).await?;
    let city = app.cities.of(id);
    let events = app.journal.entity_history(city.partition(), "order", id.bits()).await?;
    let plannings: Vec<SourcingRecord> = events
        .iter()
        .filter_map(|event| serde_json::from_str::<OrderEvent>(&event.payload).ok())
        .filter_map(|event| event.sourcing().cloned())
        .collect();
    let waits = city.read(move |reader| reader.waits(id)).await?;
    let explain = move |order: &Order| explain_view(order, &plannings, &waits);
    Ok(Json(city.read_order(id, explain).await?))
}

/// Everything that ever happened to the order, as it is recorded.
#[utoipa::path(get, path = "/v1/orders/{order}/history", tag = "orders",
    responses((status = 200, body = Vec<EventView>)))]
async fn history(
    State(app): State<Arc<App>>,
    Route(id): Route<OrderId>,
    caller: Caller,
) -> Result<Json<Vec<EventView>>, Fault> {
    app.may_order(&caller, Verb::ExplainOrder, id).await?;
    let partition = app.cities.of(id).partition();
    let events = app.journal.entity_history(partition, "order", id.bits()).await?;
    if events.is_empty() {
        return Err(Fault::not_found("order"));
    }
    Ok(Json(events.into_iter().filter_map(event_view).collect()))
}

/// Forgets who an order that is over was for, also in backups that are restored later. The order,
/// its money and its goods stay.
#[utoipa::path(delete, path = "/v1/orders/{order}/shopper", tag = "orders",
    responses((status = 204, description = "nobody knows any more")))]
async fn forget(
    State(app): State<Arc<App>>,
    Route(order): Route<OrderId>,
    caller: Caller,
) -> Result<StatusCode, Fault> {
    actions::people::forget_shopper(&app, &caller, order).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Cancels what can still be cancelled; money that came in goes back.
#[utoipa::path(post, path = "/v1/orders/{order}/cancel", tag = "orders", request_body = CancelBody,
    responses((status = 200, body = Done)))]
async fn cancel(
    State(app): State<Arc<App>>,
    Route(order): Route<OrderId>,
    Input { call, body }: Input<CancelBody>,
) -> Result<Json<Done>, Fault> {
    actions::order::cancel(&app, &call, order, body).await.map(Json)
}

/// Proposes fewer units or another door; nothing changes before it is confirmed.
#[utoipa::path(post, path = "/v1/orders/{order}/changes", tag = "orders", request_body = ChangeBody,
    responses((status = 200, body = ProposedView)))]
async fn change(
    State(app): State<Arc<App>>,
    Route(order): Route<OrderId>,
    Input { call, body }: Input<ChangeBody>,
) -> Result<Json<ProposedView>, Fault> {
    actions::order::propose_change(&app, &call, order, body).await.map(Json)
}

/// Makes a proposed change happen.
#[utoipa::path(post, path = "/v1/orders/{order}/changes/{change}/confirm", tag = "orders",
    responses((status = 200, body = Done)))]
async fn confirm(
    State(app): State<Arc<App>>,
    Route((order, change)): Route<(OrderId, ChangeId)>,
    call: Call,
) -> Result<Json<Done>, Fault> {
    actions::order::confirm_change(&app, &call, order, change).await.map(Json)
}

/// Puts the order on hold for a reason.
#[utoipa::path(post, path = "/v1/orders/{order}/hold", tag = "orders", request_body = HoldBody,
    responses((status = 200, body = Done)))]
async fn hold(
    State(app): State<Arc<App>>,
    Route(order): Route<OrderId>,
    Input { call, body }: Input<HoldBody>,
) -> Result<Json<Done>, Fault> {
    actions::order::hold(&app, &call, order, body).await.map(Json)
}

/// Lets a held order go on.
#[utoipa::path(post, path = "/v1/orders/{order}/release", tag = "orders",
    responses((status = 200, body = Done)))]
async fn release(
    State(app): State<Arc<App>>,
    Route(order): Route<OrderId>,
    call: Call,
) -> Result<Json<Done>, Fault> {
    actions::order::release(&app, &call, order).await.map(Json)
}

/// Where one store's share could move: each store near the door, or for a pickup near its store, that
/// the caller may choose; those that can take all that would move first, the others with why they
/// cannot.
#[utoipa::path(get,
    path = "/v1/orders/{order}/fulfillment-orders/{fulfillment_order}/candidates",
    tag = "orders", params(Moved), responses((status = 200, body = MoveCandidates)))]
async fn candidates(
    State(app): State<Arc<App>>,
    Route((order, part)): Route<(OrderId, FulfillmentOrderId)>,
    Search(moved): Search<Moved>,
    caller: Caller,
) -> Result<Json<MoveCandidates>, Fault> {
    let lines = moved.lines.as_deref().map(lines_of_query).transpose()?.unwrap_or_default();
    actions::order::move_candidates(&app, &caller, order, part, &lines).await.map(Json)
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Moved {
    /// `line:units,line:units`: what would move; all of the share when absent.
    #[param(example = "1:2,3:1")]
    lines: Option<String>,
}

/// Moves one store's share, or the named units of it, to another store before hand-over: held there
/// first, then let go here. The rest stays where it is, with its state, courier and promise.
#[utoipa::path(post, path = "/v1/orders/{order}/fulfillment-orders/{fulfillment_order}/move",
    tag = "orders", request_body = MoveBody, responses((status = 200, body = Done)))]
async fn relocate(
    State(app): State<Arc<App>>,
    Route((order, part)): Route<(OrderId, FulfillmentOrderId)>,
    Input { call, body }: Input<MoveBody>,
) -> Result<Json<Done>, Fault> {
    actions::order::move_fulfillment(&app, &call, order, part, body).await.map(Json)
}
