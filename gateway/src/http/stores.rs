//! Stores: their documents, where they are, and how they trade now.

use std::collections::BTreeSet;
use std::sync::Arc;

use actors::Topic;
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use dispatch::Message;
use dispatch::store::StoreCommand;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vocabulary::StoreId;

use super::bodies::{check_own, named};
use super::files::{PAGE, every};
use super::{Doors, Input, Route, Search};
use crate::access::{Resource, Verb};
use crate::actions;
use crate::app::App;
use crate::call::{Call, Caller};
use crate::reference::StoreRecord;
use crate::search::is_named;
use crate::sheets::Form;
use crate::wire::board::{BoardView, board_view};
use crate::wire::fault::Fault;
use crate::wire::filters::StoreStanding;
use crate::wire::lists;
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

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Listed {
    /// `lat,lon`: nearest first.
    near: Option<String>,
    /// A part of the name or of the id.
    q: Option<String>,
    #[param(inline)]
    status: Option<StoreStanding>,
    /// The last store of the page before; not with `near`.
    #[param(value_type = Option<String>)]
    after: Option<StoreId>,
    /// 1 to 500; 50 when absent.
    limit: Option<u32>,
}

/// Stores, nearest first when a place is given, otherwise by id, a page at a time. With
/// `Accept: text/csv` or xlsx all of them come as a file.
#[utoipa::path(get, path = "/v1/stores", tag = "stores", params(Listed),
    responses((status = 200, body = StoreList)))]
async fn list(
    State(app): State<Arc<App>>,
    Search(query): Search<Listed>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    app.may(&caller, Verb::ReadStores, Resource::Chain)?;
    let (app, query) = (&app, &query);
    let limit = query.limit.unwrap_or(50).clamp(1, 500);
    if let Some(form) = Form::wanted(&headers) {
        let stores = match query.near {
            Some(_) => nearest(app, query, limit).await?,
            None => every(query.after, "q", |after| page(app, query, after, PAGE)).await?,
        };
        return lists::stores(&stores).reply(form).await;
    }
    let (stores, next_after) = match query.near {
        Some(_) => (nearest(app, query, limit).await?, None),
        None => page(app, query, query.after, limit).await?,
    };
    Ok(Json(StoreList { stores, next_after }).into_response())
}

impl Listed {
    fn has(&self, record: &StoreRecord) -> bool {
        let q = self.q.as_deref();
        q.is_none_or(|text| is_named(&record.body.name, record.id, text))
    }

    fn has_state(&self, state: Option<&StoreState>) -> bool {
        let now = state.map_or(StoreStanding::Unknown.text(), |state| state.status.as_str());
        self.status.is_none_or(|wanted| match wanted {
            StoreStanding::Away => now == "paused" || now == "offline",
            StoreStanding::Open
            | StoreStanding::Paused
            | StoreStanding::Rush
            | StoreStanding::Offline
            | StoreStanding::Unknown => wanted.text() == now,
        })
    }
}

/// A page by id, and the store to ask for the next one with.
async fn page(
    app: &App,
    query: &Listed,
    after: Option<StoreId>,
    limit: u32,
) -> Result<(Vec<StoreView>, Option<StoreId>), Fault> {
    let limit = limit as usize;
    let mut records = app.reference.directory().stores();
    records.retain(|record| after.is_none_or(|last| record.id > last) && query.has(record));
    if query.status.is_none() {
        records.truncate(limit);
    }
    let asked: Vec<StoreId> = records.iter().map(|record| record.id).collect();
    let states = app.city().read(move |reader| {
        let now = reader.now();
        reader.view(|view| {
            let state = |id: &StoreId| view.store(*id).map(|row| StoreState::of(row, now));
            asked.iter().map(state).collect::<Vec<_>>()
        })
    });
    let known = records.iter().zip(states.await?);
    let stores: Vec<StoreView> = known
        .filter(|(_, state)| query.has_state(state.as_ref()))
        .take(limit)
        .map(|(record, state)| view(record, state, None))
        .collect();
    let next = (stores.len() == limit).then(|| stores.last().map(|last| last.id)).flatten();
    Ok((stores, next))
}

/// The nearest ones of those that are wanted.
async fn nearest(app: &App, query: &Listed, limit: u32) -> Result<Vec<StoreView>, Fault> {
    let place = query.near.as_deref().map(near).transpose()?;
    let directory = app.reference.directory();
    let wanted = query.q.as_ref().map(|_| {
        let named = directory.stores().into_iter().filter(|record| query.has(record));
        named.map(|record| record.id).collect::<BTreeSet<StoreId>>()
    });
    let found = app.city().read(move |reader| {
        let now = reader.now();
        reader.view(|view| {
            let has = |id| wanted.as_ref().is_none_or(|wanted| wanted.contains(&id));
            let state = |id| view.store(id).map(|row| StoreState::of(row, now));
            let near = place.map(|place| view.store_index().nearest(place, limit as usize, has));
            let near = near.into_iter().flatten();
            near.map(|(id, distance)| (id, state(id), distance.0)).collect::<Vec<_>>()
        })
    });
    let stores = found.await?.into_iter().filter_map(|(id, state, distance)| {
        let record = directory.store(id).filter(|_| query.has_state(state.as_ref()))?;
        Some(view(&record, state, Some(distance)))
    });
    Ok(stores.collect())
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
