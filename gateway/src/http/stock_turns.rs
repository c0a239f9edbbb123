//! How often stock turned over, and the days and movements that make the number.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use commerce::report::{StockDay, Turns};
use jiff::civil::Date;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vocabulary::{SkuId, StoreId};

use super::reports::{Asked, MOST_EXPORTED, span};
use super::{Doors, Search};
use crate::app::App;
use crate::books::{Span, local_today};
use crate::call::Caller;
use crate::sheets::Form;
use crate::wire::fault::{Code, Fault};
use crate::wire::reports::{
    ReadToView, StockDayView, StockMovesPage, StockReport, StockRow, stock_move_view,
};
use crate::wire::tables;

pub(super) fn doors() -> Doors {
    OpenApiRouter::new().routes(routes!(stock)).routes(routes!(moves))
}

/// The days on which anything moved, of each store that is meant, with the last day that has begun.
fn known_days<'s>(
    app: &App,
    span: &Span,
    shelf: &'s BTreeMap<StoreId, BTreeMap<Date, StockDay>>,
) -> Vec<(StoreId, String, Date, &'s BTreeMap<Date, StockDay>)> {
    let (directory, now) = (app.reference.directory(), app.now());
    let is_meant =
        |store: &StoreId| span.stores.as_ref().is_none_or(|stores| stores.contains(store));
    let meant = shelf.iter().filter(|(store, _)| is_meant(store));
    let days = meant.filter_map(|(store, days)| {
        let known = directory.store(*store)?;
        // Days to come have no end yet.
        let to = span.to.min(local_today(&known, now));
        Some((*store, known.body.name.clone(), to, days))
    });
    days.collect()
}

/// How often each store's stock turned over; as JSON or a file.
#[utoipa::path(get, path = "/v1/reports/stock", tag = "reports", params(Asked),
    responses((status = 200, body = StockReport)))]
async fn stock(
    State(app): State<Arc<App>>,
    Search(asked): Search<Asked>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let span = span(&app, &caller, &asked)?;
    let (from, until) = (span.from, span.to);
    let (read_to, rows): (_, Vec<StockRow>) = {
        let shelf = app.books.shelf();
        let known = known_days(&app, &span, &shelf.stock).into_iter();
        let rows = known.map(|(store, name, to, days)| {
            let turns = Turns::of(days, from, to);
            StockRow {
                store,
                name,
                sold_units: turns.sold,
                closing_units: turns.closing,
                average_units: turns.average(),
                turns_permille: turns.permille(),
                list: format!("/v1/reports/stock/moves?from={from}&to={until}&store={store}"),
            }
        });
        (shelf.read_to.into(), rows.collect())
    };
    if let Some(form) = Form::wanted(&headers) {
        return tables::stock(&rows).reply(form).await;
    }
    Ok(Json(StockReport { read_to, from, to: until, rows }).into_response())
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Wanted {
    #[param(value_type = Option<String>, format = Date)]
    from: Option<Date>,
    #[param(value_type = Option<String>, format = Date)]
    to: Option<Date>,
    #[param(value_type = Option<String>)]
    store: Option<StoreId>,
    /// The key of the last movement of the page before.
    after: Option<String>,
    /// 1 to 1,000; 100 when absent.
    limit: Option<u32>,
}

/// What stock turns are made of: every day's end, and every movement by day, store and time. With
/// `Accept: text/csv` or xlsx all movements come as a file.
#[utoipa::path(get, path = "/v1/reports/stock/moves", tag = "reports", params(Wanted),
    responses((status = 200, body = StockMovesPage)))]
async fn moves(
    State(app): State<Arc<App>>,
    Search(wanted): Search<Wanted>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let asked = Asked { from: wanted.from, to: wanted.to, store: wanted.store };
    let span = span(&app, &caller, &asked)?;
    let form = Form::wanted(&headers);
    let limit = match form {
        Some(_) => MOST_EXPORTED,
        None => wanted.limit.unwrap_or(100).clamp(1, 1_000) as usize,
    };
    let (read_to, days) = match wanted.after {
        None => days_of(&app, &span),
        Some(_) => (app.books.read_to().into(), Vec::new()),
    };
    let mut moves = Vec::new();
    app.books
        .each_move(&span, wanted.after.as_deref(), &mut |moved| {
            moves.push(stock_move_view(&moved));
            moves.len() < limit
        })
        .await?;
    let is_full = moves.len() == limit;
    if let Some(form) = form {
        if is_full {
            let message = format!("more than {MOST_EXPORTED} movements: ask for fewer days");
            return Err(Fault::new(Code::InvalidQuery, message).about("to"));
        }
        let book = app.reference.book();
        let name = |sku: SkuId| book.catalog().get(sku).map(|sku| sku.name.clone());
        return tables::stock_moves(&moves, name).reply(form).await;
    }
    let next_after = moves.last().filter(|_| is_full).map(|last| last.key.clone());
    Ok(Json(StockMovesPage { read_to, days, moves, next_after }).into_response())
}

fn days_of(app: &App, span: &Span) -> (ReadToView, Vec<StockDayView>) {
    let shelf = app.books.shelf();
    let known = known_days(app, span, &shelf.stock).into_iter();
    let days = known.flat_map(|(store, _, to, days)| {
        StockDay::each(days, span.from, to).into_iter().map(move |(day, stock)| StockDayView {
            store,
            day,
            sold_units: stock.sold,
            closing_units: stock.closing,
        })
    });
    (shelf.read_to.into(), days.collect())
}
