//! What stores should order: suggestions, what they come from, and what is low now.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use commerce::replenishment::ReplenishmentPolicy;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vocabulary::{SkuId, StoreId};

use super::{Doors, Input, Route, Search};
use crate::access::{Resource, Verb};
use crate::app::App;
use crate::call::{Call, Caller};
use crate::replenishment;
use crate::sheets::Form;
use crate::wire::fault::Fault;
use crate::wire::lists;
use crate::wire::replenishment::{
    DemandView, LowList, LowView, PassView, ReplenishmentPolicyView, SuggestionList, SuggestionView,
};

pub(super) fn doors() -> Doors {
    OpenApiRouter::new()
        .routes(routes!(policy, put_policy))
        .routes(routes!(run))
        .routes(routes!(list))
        .routes(routes!(demand))
        .routes(routes!(low))
}

/// What headquarters wants of its stock.
#[utoipa::path(get, path = "/v1/replenishment/policy", tag = "replenishment",
    responses((status = 200, body = ReplenishmentPolicyView)))]
async fn policy(
    State(app): State<Arc<App>>,
    caller: Caller,
) -> Result<Json<ReplenishmentPolicyView>, Fault> {
    app.may(&caller, Verb::ReadPolicy, Resource::Chain)?;
    let (version, policy) = app.reference.replenishment_version();
    Ok(Json(ReplenishmentPolicyView { version, policy: (*policy).clone() }))
}

/// Writes it, whole; what is left out has its default. The next pass reckons with it.
#[utoipa::path(put, path = "/v1/replenishment/policy", tag = "replenishment", request_body = Object,
    responses((status = 200, body = ReplenishmentPolicyView)))]
async fn put_policy(
    State(app): State<Arc<App>>,
    Input { call, body }: Input<ReplenishmentPolicy>,
) -> Result<Json<ReplenishmentPolicyView>, Fault> {
    app.may(&call.caller, Verb::ManageReplenishment, Resource::Chain)?;
    body.check()?;
    let author = app.author(&call.caller);
    let (version, policy) = app.reference.put_replenishment(body, author).await?;
    Ok(Json(ReplenishmentPolicyView { version, policy: (*policy).clone() }))
}

/// Looks at demand now instead of at the next full hour, and tells stores their reorder points.
#[utoipa::path(post, path = "/v1/replenishment/run", tag = "replenishment",
    responses((status = 200, body = PassView)))]
async fn run(State(app): State<Arc<App>>, call: Call) -> Result<Json<PassView>, Fault> {
    app.may(&call.caller, Verb::ManageReplenishment, Resource::Chain)?;
    let passed = app.replenishment.pass(&app, true).await?;
    Ok(Json(PassView {
        assessed_count: passed.assessed_count,
        told_store_count: passed.told_store_count,
        seq: passed.seq,
    }))
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Listed {
    /// Of this store only.
    #[param(value_type = Option<String>)]
    store: Option<StoreId>,
    /// 1 to 1,000; 200 when absent.
    limit: Option<u32>,
}

impl Listed {
    /// A file has all of them.
    fn limit(&self, form: Option<Form>) -> usize {
        let asked = self.limit.unwrap_or(200).clamp(1, 1_000) as usize;
        if form.is_some() { usize::MAX } else { asked }
    }

    /// The stores the caller asks about and may see; `None` says all.
    fn stores(&self, app: &App, caller: &Caller) -> Result<Option<BTreeSet<StoreId>>, Fault> {
        match self.store {
            Some(store) => {
                app.may(caller, Verb::ReadStock, Resource::Store(store))?;
                Ok(Some([store].into()))
            }
            None => app.stores_of(caller, Verb::ReadStock),
        }
    }
}

/// What the caller's stores should get, and from where: from a store near by that has too much, else
/// bought. Nothing moves by itself: draft a transfer. With `Accept: text/csv` or xlsx all of them come
/// as a file.
#[utoipa::path(get, path = "/v1/replenishment", tag = "replenishment", params(Listed),
    responses((status = 200, body = SuggestionList)))]
async fn list(
    State(app): State<Arc<App>>,
    Search(query): Search<Listed>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let form = Form::wanted(&headers);
    let stores = query.stores(&app, &caller)?;
    let mut planned = replenishment::suggestions(&app).await?;
    planned.retain(|found| stores.as_ref().is_none_or(|stores| stores.contains(&found.store)));
    let (known, book) = (app.replenishment.known(), app.reference.book());
    let name = |sku: SkuId| book.catalog().get(sku).map(|sku| sku.name.clone()).unwrap_or_default();
    let views = planned.iter().take(query.limit(form)).filter_map(|found| {
        let because = known.assessments.get(&(found.store, found.sku))?;
        Some(SuggestionView::of(found, name(found.sku), because))
    });
    let suggestions: Vec<SuggestionView> = views.collect();
    if let Some(form) = form {
        let figures = lists::suggestions(&suggestions, app.reference.called(&book));
        return figures.reply(form).await;
    }
    let suggestion_count = planned.len();
    let list = SuggestionList { assessed_at: known.at, suggestions, suggestion_count };
    Ok(Json(list).into_response())
}

/// What a figure comes from: demand by day, and what was made of it.
#[utoipa::path(get, path = "/v1/stores/{store}/demand/{sku}", tag = "replenishment",
    responses((status = 200, body = DemandView)))]
async fn demand(
    State(app): State<Arc<App>>,
    Route((store, sku)): Route<(StoreId, SkuId)>,
    caller: Caller,
) -> Result<Json<DemandView>, Fault> {
    app.may(&caller, Verb::ReadStock, Resource::Store(store))?;
    let history = app.replenishment.history(store, sku).await;
    let history = history.ok_or_else(|| Fault::not_found("demand"))?;
    let known = app.replenishment.known();
    Ok(Json(DemandView::of(history, known.assessments.get(&(store, sku)))))
}

/// SKUs at or below their reorder points in the caller's stores, as it is now; as a file as well.
#[utoipa::path(get, path = "/v1/low-stock", tag = "replenishment", params(Listed),
    responses((status = 200, body = LowList)))]
async fn low(
    State(app): State<Arc<App>>,
    Search(query): Search<Listed>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let form = Form::wanted(&headers);
    let stores = query.stores(&app, &caller)?;
    let all = || app.reference.directory().stores().into_iter().map(|known| known.id).collect();
    let stores: BTreeSet<StoreId> = stores.unwrap_or_else(all);
    let book = app.reference.book();
    let mut found = Vec::new();
    for store in stores {
        let read = app.cities.of_store(store).read(move |reader| {
            reader.inventory(store, |inventory| {
                let low = inventory.low().iter();
                let low = low.filter_map(|sku| Some((*sku, inventory.level(*sku)?.clone())));
                low.map(|(sku, level)| (store, sku, level)).collect::<Vec<_>>()
            })
        });
        found.extend(read.await?.unwrap_or_default());
    }
    let views = found.into_iter().map(|(store, sku, level)| LowView {
        store,
        sku,
        name: book.catalog().get(sku).map(|sku| sku.name.clone()).unwrap_or_default(),
        on_hand: level.on_hand,
        incoming: level.incoming,
        position: level.position(),
        reorder_point: level.reorder_point,
    });
    let mut low: Vec<LowView> = views.collect();
    let left = |view: &LowView| view.position.saturating_mul(1_000) / i64::from(view.reorder_point);
    low.sort_by_key(|view| (left(view), view.store, view.sku));
    low.truncate(query.limit(form));
    if let Some(form) = form {
        let figures = lists::low_stock(&low, app.reference.called(&book));
        return figures.reply(form).await;
    }
    Ok(Json(LowList { low }).into_response())
}
