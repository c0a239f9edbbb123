//! Regions and merchants: what they are called, and how many stores they have.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vocabulary::{MerchantId, RegionId};

use super::{Doors, Input, Route};
use crate::access::{Resource, Verb};
use crate::app::App;
use crate::call::{Call, Caller};
use crate::reference::Named;
use crate::wire::fault::Fault;
use crate::wire::names::{
    MerchantList, MerchantView, NameBody, NameVersion, RegionList, RegionView,
};
use crate::wire::store::words;

pub(super) fn doors() -> Doors {
    OpenApiRouter::new()
        .routes(routes!(regions))
        .routes(routes!(put_region))
        .routes(routes!(merchants))
        .routes(routes!(put_merchant))
}

/// Regions, by id.
#[utoipa::path(get, path = "/v1/regions", tag = "stores",
    responses((status = 200, body = RegionList)))]
async fn regions(State(app): State<Arc<App>>, caller: Caller) -> Result<Json<RegionList>, Fault> {
    app.may(&caller, Verb::ReadStores, Resource::Chain)?;
    let stores = app.reference.directory().stores();
    let views = app.reference.names(Named::Region).into_iter().map(|(bits, body)| {
        let region = RegionId::from_bits(bits);
        let store_count = stores.iter().filter(|store| store.region == Some(region)).count();
        RegionView { region, name: body.name, store_count }
    });
    Ok(Json(RegionList { regions: views.collect() }))
}

/// Writes what a region is called.
#[utoipa::path(put, path = "/v1/regions/{region}", tag = "stores", request_body = NameBody,
    responses((status = 200, body = NameVersion)))]
async fn put_region(
    State(app): State<Arc<App>>,
    Route(region): Route<RegionId>,
    Input { call, body }: Input<NameBody>,
) -> Result<Json<NameVersion>, Fault> {
    write(&app, &call, Named::Region, region.bits(), body).await
}

/// Merchants, by id.
#[utoipa::path(get, path = "/v1/merchants", tag = "stores",
    responses((status = 200, body = MerchantList)))]
async fn merchants(
    State(app): State<Arc<App>>,
    caller: Caller,
) -> Result<Json<MerchantList>, Fault> {
    app.may(&caller, Verb::ReadStores, Resource::Chain)?;
    let stores = app.reference.directory().stores();
    let views = app.reference.names(Named::Merchant).into_iter().map(|(bits, body)| {
        let merchant = MerchantId::from_bits(bits);
        let store_count = stores.iter().filter(|store| store.merchant == merchant).count();
        MerchantView { merchant, name: body.name, store_count }
    });
    Ok(Json(MerchantList { merchants: views.collect() }))
}

/// Writes what a merchant is called.
#[utoipa::path(put, path = "/v1/merchants/{merchant}", tag = "stores", request_body = NameBody,
    responses((status = 200, body = NameVersion)))]
async fn put_merchant(
    State(app): State<Arc<App>>,
    Route(merchant): Route<MerchantId>,
    Input { call, body }: Input<NameBody>,
) -> Result<Json<NameVersion>, Fault> {
    write(&app, &call, Named::Merchant, merchant.bits(), body).await
}

async fn write(
    app: &App,
    call: &Call,
    named: Named,
    id: u128,
    body: NameBody,
) -> Result<Json<NameVersion>, Fault> {
    app.may(&call.caller, Verb::ManageStores, Resource::Chain)?;
    words("name", &body.name, 60)?;
    let version = app.reference.put_name(named, id, body, app.author(&call.caller)).await?;
    Ok(Json(NameVersion { version }))
}
