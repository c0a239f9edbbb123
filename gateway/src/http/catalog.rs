//! SKUs, store prices, grants, contracts, fees and tax rates.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use commerce::{BookCommand, Channel, ChannelContract, PriceGrant, QuotePolicy, Sku};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vocabulary::{SkuId, StoreId};

use super::{Doors, Input, Route, Search};
use crate::access::{Resource, Verb};
use crate::actions;
use crate::app::App;
use crate::call::{Call, Caller};
use crate::search;
use crate::sheets::Form;
use crate::wire::catalog::{
    BookVersion, PricesView, SkuBody, SkuPage, SkuView, StorePriceBody, TaxRateBody, tax_rates,
};
use crate::wire::fault::{Code, Fault};
use crate::wire::lists;

const MOST_SKUS: usize = 20_000;

pub(super) fn doors() -> Doors {
    OpenApiRouter::new()
        .routes(routes!(put, get))
        .routes(routes!(list))
        .routes(routes!(put_store_price, clear_store_price))
        .routes(routes!(delist))
        .routes(routes!(relist))
        .routes(routes!(prices))
        .routes(routes!(put_grant, revoke_grant))
        .routes(routes!(put_contract, end_contract))
        .routes(routes!(put_fees))
        .routes(routes!(announce_tax))
}

pub(super) fn bulk_doors() -> Doors {
    OpenApiRouter::new().routes(routes!(put_many))
}

/// Writes a SKU, whole.
#[utoipa::path(put, path = "/v1/skus/{sku}", tag = "catalog", request_body = SkuBody,
    responses((status = 200, body = BookVersion)))]
async fn put(
    State(app): State<Arc<App>>,
    Route(sku): Route<SkuId>,
    Input { call, body }: Input<SkuBody>,
) -> Result<Json<BookVersion>, Fault> {
    if body.id.is_some_and(|id| id != sku) {
        return Err(Fault::invalid("id", "id must be the one in the address, or absent"));
    }
    write(&app, &call, vec![(sku, body)]).await
}

/// Writes many SKUs, all or none.
#[utoipa::path(post, path = "/v1/skus/bulk", tag = "catalog", request_body = Vec<SkuBody>,
    responses((status = 200, body = BookVersion)))]
async fn put_many(
    State(app): State<Arc<App>>,
    Input { call, body }: Input<Vec<SkuBody>>,
) -> Result<Json<BookVersion>, Fault> {
    if body.len() > MOST_SKUS {
        return Err(Fault::invalid("id", format!("send at most {MOST_SKUS} SKUs at once")));
    }
    let named = body.into_iter().enumerate().map(|(index, body)| match body.id {
        Some(id) => Ok((id, body)),
        None => {
            let message = format!("[{index}].id is missing: name the SKU");
            Err(Fault::new(Code::MissingField, message).about(format!("[{index}].id")))
        }
    });
    write(&app, &call, named.collect::<Result<_, _>>()?).await
}

async fn write(
    app: &App,
    call: &Call,
    skus: Vec<(SkuId, SkuBody)>,
) -> Result<Json<BookVersion>, Fault> {
    app.may(&call.caller, Verb::ManageCatalog, Resource::Chain)?;
    let book_version = app.reference.put_skus(skus, app.author(&call.caller)).await?;
    Ok(Json(BookVersion { book_version }))
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct AtStore {
    /// A store: its own price, and what it has.
    #[param(value_type = Option<String>)]
    store: Option<StoreId>,
}

/// One SKU.
#[utoipa::path(get, path = "/v1/skus/{sku}", tag = "catalog", params(AtStore),
    responses((status = 200, body = SkuView)))]
async fn get(
    State(app): State<Arc<App>>,
    Route(sku): Route<SkuId>,
    Search(query): Search<AtStore>,
    caller: Caller,
) -> Result<Json<SkuView>, Fault> {
    app.may(&caller, Verb::ReadCatalog, Resource::Chain)?;
    let book = app.reference.book();
    let sku = book.catalog().get(sku).ok_or_else(|| Fault::not_found("SKU"))?;
    let mut views = views(&app, query.store, &[sku]).await?;
    views.pop().map(Json).ok_or_else(|| Fault::not_found("SKU"))
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Listed {
    /// Part of a name, its pinyin or the initials of it, a code or a barcode.
    q: Option<String>,
    /// A category, with all below it.
    category: Option<String>,
    /// Only what this store sells, with its prices and what it has.
    #[param(value_type = Option<String>)]
    store: Option<StoreId>,
    /// The last SKU of the page before.
    #[param(value_type = Option<String>)]
    after: Option<SkuId>,
    /// 1 to 1,000; 100 when absent.
    limit: Option<u32>,
}

/// The catalog, by id, a page at a time.
#[utoipa::path(get, path = "/v1/skus", tag = "catalog", params(Listed),
    responses((status = 200, body = SkuPage)))]
async fn list(
    State(app): State<Arc<App>>,
    Search(query): Search<Listed>,
    caller: Caller,
) -> Result<Json<SkuPage>, Fault> {
    app.may(&caller, Verb::ReadCatalog, Resource::Chain)?;
    let limit = query.limit.unwrap_or(100).clamp(1, 1_000) as usize;
    let book = app.reference.book();
    let wanted = query.q.as_deref().map(search::sought);
    let texts = app.search.texts(&book);
    let found: Vec<&Sku> = book
        .catalog()
        .iter()
        .filter(|sku| query.after.is_none_or(|after| sku.id > after))
        .filter(|sku| {
            query.category.as_deref().is_none_or(|category| book.is_within(sku, category))
        })
        .filter(|sku| query.store.is_none_or(|store| book.sells(store, sku.id)))
        .filter(|sku| wanted.as_deref().is_none_or(|text| texts.is_called(sku.id, text)))
        .take(limit)
        .collect();
    let next_after = (found.len() == limit).then(|| found.last().map(|sku| sku.id)).flatten();
    let skus = views(&app, query.store, &found).await?;
    Ok(Json(SkuPage { skus, next_after }))
}

async fn views(app: &App, store: Option<StoreId>, skus: &[&Sku]) -> Result<Vec<SkuView>, Fault> {
    let book = app.reference.book();
    let ids: Vec<SkuId> = skus.iter().map(|sku| sku.id).collect();
    let available = match store {
        None => vec![None; ids.len()],
        Some(store) => {
            let read = app.cities.of_store(store).read(move |reader| {
                reader.view(|view| ids.iter().map(|sku| view.available(store, *sku)).collect())
            });
            read.await?
        }
    };
    let shown = skus.iter().zip(available).map(|(sku, available)| SkuView {
        sku: SkuBody::from(*sku),
        price_fen: book.price_of(store, sku.id).map_or(sku.list_price, |priced| priced.price),
        available,
    });
    Ok(shown.collect())
}

/// A store's own price inside headquarters' grant.
#[utoipa::path(put, path = "/v1/stores/{store}/prices/{sku}", tag = "catalog",
    request_body = StorePriceBody, responses((status = 200, body = BookVersion)))]
async fn put_store_price(
    State(app): State<Arc<App>>,
    Route((store, sku)): Route<(StoreId, SkuId)>,
    Input { call, body }: Input<StorePriceBody>,
) -> Result<Json<BookVersion>, Fault> {
    let command = BookCommand::SetStorePrice { store, sku, price: body.price_fen };
    at_store(&app, &call, store, command).await
}

/// Back to the list price.
#[utoipa::path(delete, path = "/v1/stores/{store}/prices/{sku}", tag = "catalog",
    responses((status = 200, body = BookVersion)))]
async fn clear_store_price(
    State(app): State<Arc<App>>,
    Route((store, sku)): Route<(StoreId, SkuId)>,
    call: Call,
) -> Result<Json<BookVersion>, Fault> {
    at_store(&app, &call, store, BookCommand::ClearStorePrice { store, sku }).await
}

/// The store stops selling a SKU, where its grant lets it.
#[utoipa::path(post, path = "/v1/stores/{store}/skus/{sku}/delist", tag = "catalog",
    responses((status = 200, body = BookVersion)))]
async fn delist(
    State(app): State<Arc<App>>,
    Route((store, sku)): Route<(StoreId, SkuId)>,
    call: Call,
) -> Result<Json<BookVersion>, Fault> {
    on_the_shelf(&app, &call, (store, sku), BookCommand::DelistAtStore { store, sku }).await
}

/// The store sells it again.
#[utoipa::path(post, path = "/v1/stores/{store}/skus/{sku}/relist", tag = "catalog",
    responses((status = 200, body = BookVersion)))]
async fn relist(
    State(app): State<Arc<App>>,
    Route((store, sku)): Route<(StoreId, SkuId)>,
    call: Call,
) -> Result<Json<BookVersion>, Fault> {
    on_the_shelf(&app, &call, (store, sku), BookCommand::RelistAtStore { store, sku }).await
}

async fn at_store(
    app: &App,
    call: &Call,
    store: StoreId,
    command: BookCommand,
) -> Result<Json<BookVersion>, Fault> {
    app.may(&call.caller, Verb::SetStorePrice, Resource::Store(store))?;
    if app.reference.directory().store(store).is_none() {
        return Err(Fault::not_found("store"));
    }
    let book_version = app.reference.change_book(command, app.author(&call.caller)).await?;
    Ok(Json(BookVersion { book_version }))
}

/// The same, and the shelf hears of it: what the store sells no more, no split may count on.
async fn on_the_shelf(
    app: &App,
    call: &Call,
    (store, sku): (StoreId, SkuId),
    command: BookCommand,
) -> Result<Json<BookVersion>, Fault> {
    let version = at_store(app, call, store, command).await?;
    actions::listing::tell(app, &[store], &[sku]).await?;
    Ok(version)
}

/// Grants, contracts, store prices and fees, whole. With `Accept: text/csv` or xlsx the prices that
/// stores have set come as a file.
#[utoipa::path(get, path = "/v1/prices", tag = "catalog", responses((status = 200, body = PricesView)))]
async fn prices(
    State(app): State<Arc<App>>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    app.may(&caller, Verb::ReadPolicy, Resource::Chain)?;
    let book = app.reference.book();
    let view = PricesView {
        book_version: book.version(),
        grants: book.grants().cloned().collect(),
        contracts: book.contracts().cloned().collect(),
        store_prices: book.store_prices().map(Into::into).collect(),
        quote_policy: book.quote_policy().clone(),
        tax_rates: tax_rates(book.tax()),
    };
    if let Some(form) = Form::wanted(&headers) {
        let called = app.reference.called(&book);
        let figures = lists::prices(&view.store_prices, &view.grants, called);
        return figures.reply(form).await;
    }
    Ok(Json(view).into_response())
}

/// How far stores may move their own prices.
#[utoipa::path(put, path = "/v1/grants/{name}", tag = "catalog", request_body = Object,
    responses((status = 200, body = BookVersion)))]
async fn put_grant(
    State(app): State<Arc<App>>,
    Route(name): Route<String>,
    Input { call, body }: Input<PriceGrant>,
) -> Result<Json<BookVersion>, Fault> {
    if body.name != name {
        return Err(Fault::invalid("name", "name must be the one in the address"));
    }
    of_hq(&app, &call, BookCommand::PutGrant(body)).await
}

/// Takes a grant back; store prices under it give way to list prices.
#[utoipa::path(delete, path = "/v1/grants/{name}", tag = "catalog",
    responses((status = 200, body = BookVersion)))]
async fn revoke_grant(
    State(app): State<Arc<App>>,
    Route(name): Route<String>,
    call: Call,
) -> Result<Json<BookVersion>, Fault> {
    of_hq(&app, &call, BookCommand::RevokeGrant { name }).await
}

/// What a channel's contract lets it do.
#[utoipa::path(put, path = "/v1/contracts/{channel}", tag = "catalog", request_body = Object,
    responses((status = 200, body = BookVersion)))]
async fn put_contract(
    State(app): State<Arc<App>>,
    Route(channel): Route<String>,
    Input { call, body }: Input<ChannelContract>,
) -> Result<Json<BookVersion>, Fault> {
    if body.channel.as_str() != channel {
        return Err(Fault::invalid("channel", "channel must be the one in the address"));
    }
    of_hq(&app, &call, BookCommand::PutContract(body)).await
}

/// Ends a contract.
#[utoipa::path(delete, path = "/v1/contracts/{channel}", tag = "catalog",
    responses((status = 200, body = BookVersion)))]
async fn end_contract(
    State(app): State<Arc<App>>,
    Route(channel): Route<String>,
    call: Call,
) -> Result<Json<BookVersion>, Fault> {
    let channel = Channel::new(channel)?;
    of_hq(&app, &call, BookCommand::EndContract { channel }).await
}

/// Fees, and for how long a quote holds.
#[utoipa::path(put, path = "/v1/quote-policy", tag = "catalog", request_body = Object,
    responses((status = 200, body = BookVersion)))]
async fn put_fees(
    State(app): State<Arc<App>>,
    Input { call, body }: Input<QuotePolicy>,
) -> Result<Json<BookVersion>, Fault> {
    of_hq(&app, &call, BookCommand::PutQuotePolicy(body)).await
}

/// A rate of value added tax from a moment on.
#[utoipa::path(post, path = "/v1/tax-rates", tag = "catalog", request_body = TaxRateBody,
    responses((status = 201, body = BookVersion)))]
async fn announce_tax(
    State(app): State<Arc<App>>,
    Input { call, body }: Input<TaxRateBody>,
) -> Result<(StatusCode, Json<BookVersion>), Fault> {
    let command = BookCommand::AnnounceTaxRate { class: body.class, change: body.change };
    Ok((StatusCode::CREATED, of_hq(&app, &call, command).await?))
}

async fn of_hq(app: &App, call: &Call, command: BookCommand) -> Result<Json<BookVersion>, Fault> {
    app.may(&call.caller, Verb::ManagePrices, Resource::Chain)?;
    let book_version = app.reference.change_book(command, app.author(&call.caller)).await?;
    Ok(Json(BookVersion { book_version }))
}
