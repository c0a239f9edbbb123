//! Categories, products, and what headquarters publishes to stores.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use commerce::BookCommand;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vocabulary::{ProductId, SkuId};

use super::bodies::check_own;
use super::{Doors, Input, Route, Search};
use crate::access::{Resource, Verb};
use crate::actions::listing;
use crate::app::App;
use crate::call::{Call, Caller};
use crate::sheets::Form;
use crate::wire::catalog::{BookVersion, SkuBody};
use crate::wire::fault::Fault;
use crate::wire::lists;
use crate::wire::product::{
    CategoryBody, CategoryList, CategoryView, ProductBody, ProductPage, ProductView,
    PublicationBody, PublicationList, PublicationView,
};

pub(super) fn doors() -> Doors {
    OpenApiRouter::new()
        .routes(routes!(categories))
        .routes(routes!(put_category, remove_category))
        .routes(routes!(products))
        .routes(routes!(put_product, get_product))
        .routes(routes!(publications))
}

pub(super) fn bulk_doors() -> Doors {
    OpenApiRouter::new().routes(routes!(publish, end_publication))
}

/// The tree of categories, by code.
#[utoipa::path(get, path = "/v1/categories", tag = "catalog",
    responses((status = 200, body = CategoryList)))]
async fn categories(
    State(app): State<Arc<App>>,
    caller: Caller,
) -> Result<Json<CategoryList>, Fault> {
    app.may(&caller, Verb::ReadCatalog, Resource::Chain)?;
    let book = app.reference.book();
    let mut counts = std::collections::BTreeMap::<&str, usize>::new();
    for sku in book.catalog().iter().filter(|sku| !sku.delisted) {
        *counts.entry(&sku.category).or_default() += 1;
    }
    let categories = book.catalog().categories().iter().map(|known| CategoryView {
        category: CategoryBody::from(known),
        sku_count: counts.get(known.code.as_str()).copied().unwrap_or(0),
    });
    Ok(Json(CategoryList { categories: categories.collect() }))
}

/// Writes a category, whole.
#[utoipa::path(put, path = "/v1/categories/{code}", tag = "catalog", request_body = CategoryBody,
    responses((status = 200, body = BookVersion)))]
async fn put_category(
    State(app): State<Arc<App>>,
    Route(code): Route<String>,
    Input { call, body }: Input<CategoryBody>,
) -> Result<Json<BookVersion>, Fault> {
    if body.code.as_ref().is_some_and(|named| *named != code) {
        return Err(Fault::invalid("code", "code must be the one in the address, or absent"));
    }
    change(&app, &call, BookCommand::PutCategory(body.category(code))).await
}

/// Takes an empty category out of the tree.
#[utoipa::path(delete, path = "/v1/categories/{code}", tag = "catalog",
    responses((status = 200, body = BookVersion)))]
async fn remove_category(
    State(app): State<Arc<App>>,
    Route(code): Route<String>,
    call: Call,
) -> Result<Json<BookVersion>, Fault> {
    change(&app, &call, BookCommand::RemoveCategory { code }).await
}

async fn change(app: &App, call: &Call, command: BookCommand) -> Result<Json<BookVersion>, Fault> {
    app.may(&call.caller, Verb::ManageCatalog, Resource::Chain)?;
    let book_version = app.reference.change_book(command, app.author(&call.caller)).await?;
    Ok(Json(BookVersion { book_version }))
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Listed {
    /// A category, with all below it.
    category: Option<String>,
    /// The last product of the page before.
    #[param(value_type = Option<String>)]
    after: Option<ProductId>,
    /// 1 to 500; 100 when absent.
    limit: Option<u32>,
}

/// Products, by id, a page at a time.
#[utoipa::path(get, path = "/v1/products", tag = "catalog", params(Listed),
    responses((status = 200, body = ProductPage)))]
async fn products(
    State(app): State<Arc<App>>,
    Search(query): Search<Listed>,
    caller: Caller,
) -> Result<Json<ProductPage>, Fault> {
    app.may(&caller, Verb::ReadCatalog, Resource::Chain)?;
    let limit = query.limit.unwrap_or(100).clamp(1, 500) as usize;
    let book = app.reference.book();
    let tree = book.catalog().categories();
    let found = book
        .catalog()
        .products()
        .filter(|product| query.after.is_none_or(|after| product.id > after))
        .filter(|product| {
            query.category.as_deref().is_none_or(|code| tree.is_within(&product.category, code))
        })
        .take(limit);
    let products: Vec<ProductBody> = found.map(ProductBody::from).collect();
    let next_after =
        (products.len() == limit).then(|| products.last().and_then(|last| last.id)).flatten();
    Ok(Json(ProductPage { products, next_after }))
}

/// Writes a product, whole. Its SKUs name it.
#[utoipa::path(put, path = "/v1/products/{product}", tag = "catalog", request_body = ProductBody,
    responses((status = 200, body = BookVersion)))]
async fn put_product(
    State(app): State<Arc<App>>,
    Route(id): Route<ProductId>,
    Input { call, body }: Input<ProductBody>,
) -> Result<Json<BookVersion>, Fault> {
    check_own(&id, body.id.as_ref())?;
    let book = app.reference.book();
    let current = book.catalog().product(id).map_or(0, |known| known.version);
    change(&app, &call, BookCommand::PutProduct(body.product(id, current))).await
}

/// One product with its SKUs.
#[utoipa::path(get, path = "/v1/products/{product}", tag = "catalog",
    responses((status = 200, body = ProductView)))]
async fn get_product(
    State(app): State<Arc<App>>,
    Route(id): Route<ProductId>,
    caller: Caller,
) -> Result<Json<ProductView>, Fault> {
    app.may(&caller, Verb::ReadCatalog, Resource::Chain)?;
    let book = app.reference.book();
    let product = book.catalog().product(id).ok_or_else(|| Fault::not_found("product"))?;
    let own = book.catalog().iter().filter(|sku| sku.details.product == Some(id));
    let skus = own.map(SkuBody::from).collect();
    Ok(Json(ProductView { product: ProductBody::from(product), skus }))
}

/// What is published, by name, what waits for its moment among it; with `Accept: text/csv` or xlsx as
/// a file, a row for each SKU.
#[utoipa::path(get, path = "/v1/publications", tag = "catalog",
    responses((status = 200, body = PublicationList)))]
async fn publications(
    State(app): State<Arc<App>>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    app.may(&caller, Verb::ReadPolicy, Resource::Chain)?;
    let book = app.reference.book();
    let publications: Vec<_> = book.publications().map(PublicationView::from).collect();
    if let Some(form) = Form::wanted(&headers) {
        let figures = lists::publications(&publications, app.reference.called(&book));
        return figures.reply(form).await;
    }
    Ok(Json(PublicationList { publications }).into_response())
}

/// Publishes goods to all or chosen stores in one act, at once or from a moment on; the same name
/// again replaces it. All versions are kept.
#[utoipa::path(put, path = "/v1/publications/{name}", tag = "catalog",
    request_body = PublicationBody, responses((status = 200, body = BookVersion)))]
async fn publish(
    State(app): State<Arc<App>>,
    Route(name): Route<String>,
    Input { call, body }: Input<PublicationBody>,
) -> Result<Json<BookVersion>, Fault> {
    app.may(&call.caller, Verb::ManageCatalog, Resource::Chain)?;
    let author = app.author(&call.caller);
    let publication = body.publication(name.clone(), author.at)?;
    let is_due = publication.effective_at <= author.at;
    let before = named_skus(&app, &name);
    let mut commands = vec![BookCommand::Publish(publication)];
    if is_due {
        commands.push(BookCommand::TakeEffect { name: name.clone() });
    }
    let book_version = app.reference.change_book_by(commands, author).await?;
    listing::tell(&app, &listing::every_store(&app), &before).await?;
    if is_due {
        listing::tell_published(&app, &name).await?;
    }
    app.publications.notify_one();
    Ok(Json(BookVersion { book_version }))
}

/// Takes a publication back: what it said holds no more.
#[utoipa::path(delete, path = "/v1/publications/{name}", tag = "catalog",
    responses((status = 200, body = BookVersion)))]
async fn end_publication(
    State(app): State<Arc<App>>,
    Route(name): Route<String>,
    call: Call,
) -> Result<(StatusCode, Json<BookVersion>), Fault> {
    let named = named_skus(&app, &name);
    let ended = change(&app, &call, BookCommand::EndPublication { name }).await?;
    listing::tell(&app, &listing::every_store(&app), &named).await?;
    Ok((StatusCode::OK, ended))
}

fn named_skus(app: &App, name: &str) -> Vec<SkuId> {
    let book = app.reference.book();
    let known = book.publications().find(|publication| publication.name == name);
    known.map(|known| known.items.iter().map(|item| item.sku).collect()).unwrap_or_default()
}
