//! The catalog as a spreadsheet, out and in.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Doors, Search, Upload};
use crate::access::{Resource, Verb};
use crate::actions;
use crate::app::App;
use crate::call::Caller;
use crate::search;
use crate::sheets::{self, Form, with_problems};
use crate::wire::fault::Fault;
use crate::wire::product::ImportReport;

pub(super) fn bulk_doors() -> Doors {
    OpenApiRouter::new().routes(routes!(export)).routes(routes!(import))
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// As of the list: part of a name, its pinyin or the initials of it, a code or a barcode.
    q: Option<String>,
    /// A category, with all below it.
    category: Option<String>,
}

/// SKUs as a file: CSV with `Accept: text/csv`, otherwise xlsx. What comes out goes in again.
#[utoipa::path(get, path = "/v1/skus/export", tag = "catalog", params(Wanted),
    responses((status = 200, body = Vec<u8>,
        content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))]
async fn export(
    State(app): State<Arc<App>>,
    Search(wanted): Search<Wanted>,
    headers: HeaderMap,
    caller: Caller,
) -> Result<Response, Fault> {
    app.may(&caller, Verb::ReadCatalog, Resource::Chain)?;
    let form = Form::wanted(&headers).unwrap_or(Form::Xlsx);
    let book = app.reference.book();
    let texts = app.search.texts(&book);
    let written = tokio::task::spawn_blocking(move || {
        let sought = wanted.q.as_deref().map(search::sought);
        let table = actions::catalog_sheet::table(&book, |sku| {
            wanted.category.as_deref().is_none_or(|category| book.is_within(sku, category))
                && sought.as_deref().is_none_or(|text| texts.is_called(sku.id, text))
        });
        sheets::reply("skus", &table, form)
    });
    written.await.map_err(|_| Fault::internal())?
}

/// Writes SKUs from a file, row by row: what has a known `code` is changed in the columns the file
/// has, what has a new one is added. Rows that cannot be taken are named with their reason, and come
/// back as a file where a sheet is asked for (`Accept`).
#[utoipa::path(post, path = "/v1/skus/import", tag = "catalog",
    request_body(content = String, content_type = "text/csv",
        example = "code,name,category,tax_class,list_price,weight_g\nMILK-500,纯牛奶 500ml,dairy,standard,12.50,520\n"),
    responses((status = 200, body = ImportReport)))]
async fn import(
    State(app): State<Arc<App>>,
    Upload { call, sheet, reply_as }: Upload,
) -> Result<Response, Fault> {
    app.may(&call.caller, Verb::ManageCatalog, Resource::Chain)?;
    let report = actions::catalog_sheet::import(&app, &call, &sheet).await?;
    match reply_as {
        Some(form) => sheets::reply("sku-errors", &with_problems(&sheet, &report.errors), form),
        None => Ok(Json(report).into_response()),
    }
}
