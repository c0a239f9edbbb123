//! Stores: their documents, where they are, and how they trade now.

use std::sync::Arc;

use actors::Topic;
use axum::Json;
use axum::extract::State;
use dispatch::Message;
use dispatch::store::StoreCommand;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vocabulary::StoreId;

use super::bodies::{check_own, named};
use super::{Doors, Input, Route, Search};
use crate::access::{Resource, Verb};
use crate::actions;
use crate::app::App;
use crate::call::{Call, Caller};
use crate::reference::StoreRecord;
use crate::wire::board::{BoardView, board_view};
use crate::wire::fault::Fault;
use crate::wire::place::near;
use crate::wire::store::{
    Done, PauseBody, RushBody, ScreenBody, StoreBody, StoreList, StoreState, StoreView, Written,
};

const MOST_STORES: usize = 5_000;

pub(super) fn doors() -> Doors {
    OpenApiRouter::new()
        .routes(routes!(put, get))
        .routes(routes!(list))
        .routes(routes!(pause))
        .routes(routes!(rush))
        .routes(routes!(reopen))
        .routes(routes!(screen))
        .routes(routes!(board))
}

pub(super) fn bulk_doors() -> Doors {
    OpenApiRouter::new().routes(routes!(put_many))
}

/// Writes a store, whole.
#[utoipa::path(put, path = "/v1/stores/{store}", tag = "stores", request_body = StoreBody,
    responses((status = 200, body = Written)))]
async fn put(
    State(app): State<Arc<App>>,
    Route(store): Route<StoreId>,
    Input { call, body }: Input<StoreBody>,
) -> Result<Json<Written>, Fault> {
    check_own(&store, body.id.as_ref())?;
    write(&app, &call, vec![(store, body)]).await
}

/// Writes many stores, all or none.
#[utoipa::path(post, path = "/v1/stores/bulk", tag = "stores", request_body = Vec<StoreBody>,
    responses((status = 200, body = Written)))]
async fn put_many(
    State(app): State<Arc<App>>,
    Input { call, body }: Input<Vec<StoreBody>>,
) -> Result<Json<Written>, Fault> {
    let bodies = named(body, MOST_STORES, "store", |body| body.id)?;
    write(&app, &call, bodies).await
}

async fn write(
    app: &App,
    call: &Call,
    bodies: Vec<(StoreId, StoreBody)>,
) -> Result<Json<Written>, Fault> {
    app.may(&call.caller, Verb::ManageStores, Resource::Chain)?;
    let records = app.reference.put_stores(bodies, app.author(&call.caller)).await?;
    for record in &records {
        let command = StoreCommand::Configure(Box::new(record.settings.clone()));
        let message = Message::Store(record.id, Box::new(command));
        let city = app.cities.of_store(record.id);
        city.command(call.submission_under(app, Vec::new()), message).await?;
    }
    let new: Vec<StoreId> = records.iter().map(|record| record.id).collect();
    actions::listing::tell_unsold(app, &new).await?;
    let versions = records.iter().map(|record| record.settings.version).collect();
    Ok(Json(Written { versions }))
}

/// One store, as it stands now.
#[utoipa::path(get, path = "/v1/stores/{store}", tag = "stores",
    responses((status = 200, body = StoreView)))]
async fn get(
    State(app): State<Arc<App>>,
    Route(store): Route<StoreId>,
    caller: Caller,
) -> Result<Json<StoreView>, Fault> {
    app.may(&caller, Verb::ReadStores, Resource::Store(store))?;
    let record = app.reference.directory().store(store);
    let record = record.ok_or_else(|| Fault::not_found("store"))?;
    let state = app
        .cities
        .of_store(store)
        .read(move |reader| {
            reader.view(|view| view.store(store).map(|row| StoreState::of(row, reader.now())))
        })
        .await?;
    Ok(Json(view(&record, state, None)))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Listed {
    /// `lat,lon`: nearest first.
    near: Option<String>,
    /// 1 to 500; 50 when absent.
    limit: Option<u32>,
}

/// Stores, nearest first when a place is given, otherwise by id.
#[utoipa::path(get, path = "/v1/stores", tag = "stores", params(Listed),
    responses((status = 200, body = StoreList)))]
async fn list(
    State(app): State<Arc<App>>,
    Search(query): Search<Listed>,
    caller: Caller,
) -> Result<Json<StoreList>, Fault> {
    app.may(&caller, Verb::ReadStores, Resource::Chain)?;
    let limit = query.limit.unwrap_or(50).clamp(1, 500) as usize;
    let place = query.near.as_deref().map(near).transpose()?;
    let asked: Vec<StoreId> = match place {
        Some(_) => Vec::new(),
        None => {
            app.reference.directory().stores().iter().map(|known| known.id).take(limit).collect()
        }
    };
    let found = app.city().read(move |reader| {
        reader.view(|view| {
            let now = reader.now();
            let state = |id| view.store(id).map(|row| StoreState::of(row, now));
            match place {
                Some(place) => view
                    .store_index()
                    .nearest(place, limit, |_| true)
                    .into_iter()
                    .map(|(id, distance)| (id, state(id), Some(distance.0)))
                    .collect::<Vec<_>>(),
                None => asked.into_iter().map(|id| (id, state(id), None)).collect(),
            }
        })
    });
    let directory = app.reference.directory();
    let stores = found.await?.into_iter().filter_map(|(id, state, distance)| {
        directory.store(id).map(|record| view(&record, state, distance))
    });
    Ok(Json(StoreList { stores: stores.collect() }))
}

fn view(record: &StoreRecord, state: Option<StoreState>, distance_m: Option<u32>) -> StoreView {
    StoreView {
        id: record.id,
        version: record.settings.version,
        settings: StoreBody { id: None, version: None, ..record.body.clone() },
        state: state.unwrap_or_else(StoreState::unknown),
        distance_m,
    }
}

/// Takes no new orders, until a time or until it is reopened.
#[utoipa::path(post, path = "/v1/stores/{store}/pause", tag = "stores", request_body = PauseBody,
    responses((status = 200, body = Done)))]
async fn pause(
    State(app): State<Arc<App>>,
    Route(store): Route<StoreId>,
    Input { call, body }: Input<PauseBody>,
) -> Result<Json<Done>, Fault> {
    actions::store::pause(&app, &call, store, body).await.map(Json)
}

/// Needs longer for each order.
#[utoipa::path(post, path = "/v1/stores/{store}/rush", tag = "stores", request_body = RushBody,
    responses((status = 200, body = Done)))]
async fn rush(
    State(app): State<Arc<App>>,
    Route(store): Route<StoreId>,
    Input { call, body }: Input<RushBody>,
) -> Result<Json<Done>, Fault> {
    actions::store::rush(&app, &call, store, body).await.map(Json)
}

/// Takes orders as usual again.
#[utoipa::path(post, path = "/v1/stores/{store}/reopen", tag = "stores",
    responses((status = 200, body = Done)))]
async fn reopen(
    State(app): State<Arc<App>>,
    Route(store): Route<StoreId>,
    call: Call,
) -> Result<Json<Done>, Fault> {
    actions::store::reopen(&app, &call, store).await.map(Json)
}

/// The board's screen answers, or does not.
#[utoipa::path(post, path = "/v1/stores/{store}/screen", tag = "stores", request_body = ScreenBody,
    responses((status = 200, body = Done)))]
async fn screen(
    State(app): State<Arc<App>>,
    Route(store): Route<StoreId>,
    Input { call, body }: Input<ScreenBody>,
) -> Result<Json<Done>, Fault> {
    actions::store::screen(&app, &call, store, body).await.map(Json)
}

/// Everything the store's people have work with.
#[utoipa::path(get, path = "/v1/stores/{store}/board", tag = "stores",
    responses((status = 200, body = BoardView)))]
async fn board(
    State(app): State<Arc<App>>,
    Route(store): Route<StoreId>,
    caller: Caller,
) -> Result<Json<BoardView>, Fault> {
    app.may(&caller, Verb::ReadBoard, Resource::Store(store))?;
    let board = app.cities.of_store(store).read(move |reader| {
        let low = reader.inventory(store, |inventory| inventory.low().iter().copied().collect());
        let board = reader.store(store, board_view)?;
        Some(BoardView { low_stock: low.unwrap_or_default(), ..board })
    });
    let board = board.await?;
    let board = board.ok_or_else(|| Fault::not_found("store"))?;
    let listeners = Some(app.hub.listener_count(Topic::Board(store)));
    Ok(Json(BoardView { listeners, ..board }))
}
