//! Couriers: their documents, where they are, their duty and their offers.

use std::collections::BTreeSet;
use std::sync::Arc;

use actors::{Reader, Topic};
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use dispatch::Message;
use dispatch::courier::CourierCommand;
use jiff::civil::Date;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vocabulary::{CourierId, OfferId};

use super::bodies::{check_own, named};
use super::files::{PAGE, every};
use super::reports::stars_view;
use super::{Doors, Input, Route, Search};
use crate::access::{Resource, Verb};
use crate::actions;
use crate::app::App;
use crate::books::{CourierDay, Rated, local_today};
use crate::call::{Call, Caller};
use crate::reference::CourierRecord;
use crate::search::is_named;
use crate::sheets::Form;
use crate::wire::aftercare::CourierDayView;
use crate::wire::courier::{
    CourierBody, CourierList, CourierView, DeclineBody, OnDutyBody, PositionView, PositionsBody,
    PositionsTaken, courier_view,
};
use crate::wire::fault::Fault;
use crate::wire::filters::DutyStanding;
use crate::wire::lists;
use crate::wire::place::near;
use crate::wire::store::{Done, Written};

const MOST_COURIERS: usize = 10_000;

pub(super) fn doors() -> Doors {
    OpenApiRouter::new()
        .routes(routes!(put, get))
        .routes(routes!(record))
        .routes(routes!(list))
        .routes(routes!(on_duty))
        .routes(routes!(take_break))
        .routes(routes!(off_duty))
        .routes(routes!(suspend))
        .routes(routes!(reinstate))
        .routes(routes!(positions))
        .routes(routes!(accept))
        .routes(routes!(decline))
        .routes(routes!(day))
}

pub(super) fn bulk_doors() -> Doors {
    OpenApiRouter::new().routes(routes!(put_many))
}

/// Writes a courier, whole.
#[utoipa::path(put, path = "/v1/couriers/{courier}", tag = "couriers", request_body = CourierBody,
    responses((status = 200, body = Written)))]
async fn put(
    State(app): State<Arc<App>>,
    Route(courier): Route<CourierId>,
    Input { call, body }: Input<CourierBody>,
) -> Result<Json<Written>, Fault> {
    check_own(&courier, body.id.as_ref())?;
    write(&app, &call, vec![(courier, body)]).await
}

/// Writes many couriers, all or none.
#[utoipa::path(post, path = "/v1/couriers/bulk", tag = "couriers", request_body = Vec<CourierBody>,
    responses((status = 200, body = Written)))]
async fn put_many(
    State(app): State<Arc<App>>,
    Input { call, body }: Input<Vec<CourierBody>>,
) -> Result<Json<Written>, Fault> {
    let bodies = named(body, MOST_COURIERS, "courier", |body| body.id)?;
    write(&app, &call, bodies).await
}

async fn write(
    app: &App,
    call: &Call,
    bodies: Vec<(CourierId, CourierBody)>,
) -> Result<Json<Written>, Fault> {
    app.may(&call.caller, Verb::ManageCouriers, Resource::Chain)?;
    let records = app.reference.put_couriers(bodies, app.author(&call.caller)).await?;
    for record in &records {
        let command = CourierCommand::Configure(Box::new(record.settings.clone()));
        let message = Message::Courier(record.id, Box::new(command));
        let city = app.cities.of_message(&message);
        city.command(call.submission_under(app, Vec::new()), message).await?;
    }
    let versions = records.iter().map(|record| record.settings.version).collect();
    Ok(Json(Written { versions }))
}

/// What headquarters wrote of a courier, with its version: to be changed and written again.
#[utoipa::path(get, path = "/v1/couriers/{courier}/record", tag = "couriers",
    responses((status = 200, body = CourierBody)))]
async fn record(
    State(app): State<Arc<App>>,
    Route(courier): Route<CourierId>,
    caller: Caller,
) -> Result<Json<CourierBody>, Fault> {
    app.may(&caller, Verb::ReadCouriers, Resource::Courier(courier))?;
    let known = app.reference.directory().courier(courier);
    let known = known.ok_or_else(|| Fault::not_found("courier"))?;
    Ok(Json(known.body.clone()))
}

fn view(reader: &Reader<'_>, courier: CourierId) -> Option<CourierView> {
    let shown = reader.courier(courier, courier_view)?;
    let position = reader.view(|view| view.position(courier));
    let position = position.map(|(place, at)| PositionView { place: place.into(), at });
    Some(CourierView { position, ..shown })
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct OfDay {
    /// One of the last 40 days; today when absent.
    #[param(value_type = Option<String>, format = Date)]
    day: Option<Date>,
}

/// What a courier's day came to and how the courier was rated, as far as the books have read.
#[utoipa::path(get, path = "/v1/couriers/{courier}/day", tag = "couriers", params(OfDay),
    responses((status = 200, body = CourierDayView)))]
async fn day(
    State(app): State<Arc<App>>,
    Route(courier): Route<CourierId>,
    Search(query): Search<OfDay>,
    caller: Caller,
) -> Result<Json<CourierDayView>, Fault> {
    app.may(&caller, Verb::ReadCouriers, Resource::Courier(courier))?;
    let today = || {
        let (now, stores) = (app.now(), app.reference.directory().stores());
        stores.iter().map(|record| local_today(record, now)).max()
    };
    let day = query.day.or_else(today).unwrap_or_default();
    let shelf = app.books.shelf();
    let did = shelf.voices.days.get(&(day, courier)).copied().unwrap_or_default();
    let stars = shelf.voices.stars.get(&Rated::Courier(courier)).map(stars_view);
    let CourierDay { delivered, on_time, failed } = did;
    Ok(Json(CourierDayView { day, delivered, on_time, failed, stars }))
}

/// One courier with offers, tasks and last position.
#[utoipa::path(get, path = "/v1/couriers/{courier}", tag = "couriers",
    responses((status = 200, body = CourierView)))]
async fn get(
    State(app): State<Arc<App>>,
    Route(courier): Route<CourierId>,
    caller: Caller,
) -> Result<Json<CourierView>, Fault> {
    app.may(&caller, Verb::ReadCouriers, Resource::Courier(courier))?;
    let city = app.cities.of_courier(courier);
    let found = city.read(move |reader| view(reader, courier)).await?;
    let found = found.ok_or_else(|| Fault::not_found("courier"))?;
    let listeners = Some(app.hub.listener_count(Topic::Courier(courier)));
    Ok(Json(CourierView { listeners, ..found }))
}

#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Listed {
    /// `lat,lon`: nearest first, of those whose position is known.
    near: Option<String>,
    /// A part of the name or of the id.
    q: Option<String>,
    #[param(inline)]
    duty: Option<DutyStanding>,
    /// The last courier of the page before; not with `near`.
    #[param(value_type = Option<String>)]
    after: Option<CourierId>,
    /// 1 to 1,000; 50 when absent.
    limit: Option<u32>,
}

/// Couriers, nearest first when a place is given, otherwise by id, a page at a time. With
/// `Accept: text/csv` or xlsx all of them come as a file, without where they are.
#[utoipa::path(get, path = "/v1/couriers", tag = "couriers", params(Listed),
    responses((status = 200, body = CourierList)))]
async fn list(
    State(app): State<Arc<App>>,
    Search(query): Search<Listed>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    app.may(&caller, Verb::ReadCouriers, Resource::Chain)?;
    let (app, query) = (&app, &query);
    let limit = query.limit.unwrap_or(50).clamp(1, 1_000);
    if let Some(form) = Form::wanted(&headers) {
        let couriers = match query.near {
            Some(_) => nearest(app, query, limit).await?,
            None => every(query.after, "q", |after| page(app, query, after, PAGE)).await?,
        };
        let book = app.reference.book();
        let figures = lists::couriers(&couriers, app.reference.called(&book));
        return figures.reply(form).await;
    }
    let (couriers, next_after) = match query.near {
        Some(_) => (nearest(app, query, limit).await?, None),
        None => page(app, query, query.after, limit).await?,
    };
    Ok(Json(CourierList { couriers, next_after }).into_response())
}

impl Listed {
    /// Those that are called so, where somebody asks for a name.
    fn named(&self, app: &App) -> Option<BTreeSet<CourierId>> {
        let text = self.q.as_deref()?;
        let known = app.reference.directory().couriers().into_iter();
        let is_wanted = |one: &Arc<CourierRecord>| is_named(&one.body.display_name, one.id, text);
        Some(known.filter(is_wanted).map(|one| one.id).collect())
    }

    fn has(&self, courier: &CourierView) -> bool {
        self.duty.is_none_or(|duty| duty.text() == courier.duty)
    }
}

/// A page by id, and the courier to ask for the next one with.
async fn page(
    app: &App,
    query: &Listed,
    after: Option<CourierId>,
    limit: u32,
) -> Result<(Vec<CourierView>, Option<CourierId>), Fault> {
    let (named, asked) = (query.named(app), query.clone());
    let found = app.city().read(move |reader| {
        let ids: Vec<CourierId> = reader.view(|city| {
            let has = |id: &CourierId| named.as_ref().is_none_or(|named| named.contains(id));
            let behind = |id: &CourierId| after.is_none_or(|last| *id > last);
            city.couriers().keys().copied().filter(|id| behind(id) && has(id)).collect()
        });
        let shown = ids.into_iter().filter_map(|id| view(reader, id));
        shown.filter(|one| asked.has(one)).take(limit as usize).collect::<Vec<_>>()
    });
    let couriers = found.await?;
    let is_whole = couriers.len() == limit as usize;
    let next = couriers.last().filter(|_| is_whole).map(|last| last.id);
    Ok((couriers, next))
}

/// The nearest ones of those that are wanted and whose position is known.
async fn nearest(app: &App, query: &Listed, limit: u32) -> Result<Vec<CourierView>, Fault> {
    let place = query.near.as_deref().map(near).transpose()?;
    let (named, asked) = (query.named(app), query.clone());
    let found = app.city().read(move |reader| {
        let ids = reader.view(|city| {
            let has = |id| named.as_ref().is_none_or(|named| named.contains(&id));
            let limit = limit as usize;
            place.map(|place| city.positions().nearest(place, limit, has)).unwrap_or_default()
        });
        let shown = ids.into_iter().filter_map(|(id, distance)| {
            view(reader, id).map(|shown| CourierView { distance_m: Some(distance.0), ..shown })
        });
        shown.filter(|one| asked.has(one)).collect::<Vec<_>>()
    });
    Ok(found.await?)
}

/// Comes to work.
#[utoipa::path(post, path = "/v1/couriers/{courier}/on-duty", tag = "couriers",
    request_body = OnDutyBody, responses((status = 200, body = Done)))]
async fn on_duty(
    State(app): State<Arc<App>>,
    Route(courier): Route<CourierId>,
    Input { call, body }: Input<OnDutyBody>,
) -> Result<Json<Done>, Fault> {
    actions::courier::on_duty(&app, &call, courier, body).await.map(Json)
}

/// Finishes what is in hand and gets nothing new.
#[utoipa::path(post, path = "/v1/couriers/{courier}/break", tag = "couriers",
    responses((status = 200, body = Done)))]
async fn take_break(
    State(app): State<Arc<App>>,
    Route(courier): Route<CourierId>,
    call: Call,
) -> Result<Json<Done>, Fault> {
    actions::courier::take_break(&app, &call, courier).await.map(Json)
}

/// Leaves work; refused while goods are on board.
#[utoipa::path(post, path = "/v1/couriers/{courier}/off-duty", tag = "couriers",
    responses((status = 200, body = Done)))]
async fn off_duty(
    State(app): State<Arc<App>>,
    Route(courier): Route<CourierId>,
    call: Call,
) -> Result<Json<Done>, Fault> {
    actions::courier::off_duty(&app, &call, courier).await.map(Json)
}

/// Gets no work until reinstated.
#[utoipa::path(post, path = "/v1/couriers/{courier}/suspend", tag = "couriers",
    responses((status = 200, body = Done)))]
async fn suspend(
    State(app): State<Arc<App>>,
    Route(courier): Route<CourierId>,
    call: Call,
) -> Result<Json<Done>, Fault> {
    actions::courier::suspend(&app, &call, courier).await.map(Json)
}

/// May come to work again.
#[utoipa::path(post, path = "/v1/couriers/{courier}/reinstate", tag = "couriers",
    responses((status = 200, body = Done)))]
async fn reinstate(
    State(app): State<Arc<App>>,
    Route(courier): Route<CourierId>,
    call: Call,
) -> Result<Json<Done>, Fault> {
    actions::courier::reinstate(&app, &call, courier).await.map(Json)
}

/// Positions with their device times; never journaled, harmless when late, doubled or reordered.
#[utoipa::path(post, path = "/v1/couriers/{courier}/positions", tag = "couriers",
    request_body = PositionsBody, responses((status = 202, body = PositionsTaken)))]
async fn positions(
    State(app): State<Arc<App>>,
    Route(courier): Route<CourierId>,
    Input { call, body }: Input<PositionsBody>,
) -> Result<(axum::http::StatusCode, Json<PositionsTaken>), Fault> {
    let taken = actions::courier::positions(&app, &call.caller, courier, body.pings()?)?;
    Ok((axum::http::StatusCode::ACCEPTED, Json(PositionsTaken { taken })))
}

/// Takes the offered delivery; somebody else may have been faster.
#[utoipa::path(post, path = "/v1/couriers/{courier}/offers/{offer}/accept", tag = "couriers",
    responses((status = 200, body = Done)))]
async fn accept(
    State(app): State<Arc<App>>,
    Route((courier, offer)): Route<(CourierId, OfferId)>,
    call: Call,
) -> Result<Json<Done>, Fault> {
    actions::courier::accept_offer(&app, &call, courier, offer).await.map(Json)
}

/// Leaves the offered delivery to others.
#[utoipa::path(post, path = "/v1/couriers/{courier}/offers/{offer}/decline", tag = "couriers",
    request_body = DeclineBody, responses((status = 200, body = Done)))]
async fn decline(
    State(app): State<Arc<App>>,
    Route((courier, offer)): Route<(CourierId, OfferId)>,
    Input { call, body }: Input<DeclineBody>,
) -> Result<Json<Done>, Fault> {
    actions::courier::decline_offer(&app, &call, courier, offer, body).await.map(Json)
}
