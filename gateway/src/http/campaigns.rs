//! Discounts: headquarters' own, what stores may give, and what they give.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use commerce::{Campaign, CampaignCommand, Giver, Stores};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vocabulary::{CampaignId, Slot, StoreId};

use super::{Doors, Input, Route, Search};
use crate::access::{Resource, Verb};
use crate::app::App;
use crate::call::{Call, Caller};
use crate::members;
use crate::sheets::Form;
use crate::wire::campaign::{
    BudgetView, CampaignBody, CampaignGrantBody, CampaignGrantList, CampaignList, CampaignState,
    CampaignView, CampaignsVersion, CityBudgetView, campaign_view,
};
use crate::wire::fault::Fault;
use crate::wire::lists;

pub(super) fn doors() -> Doors {
    OpenApiRouter::new()
        .routes(routes!(put, get))
        .routes(routes!(stop))
        .routes(routes!(budget))
        .routes(routes!(list))
        .routes(routes!(put_at_store))
        .routes(routes!(stop_at_store))
        .routes(routes!(list_at_store))
        .routes(routes!(put_grant, revoke_grant))
        .routes(routes!(grants))
}

/// Writes a campaign of headquarters, whole. Every field that is wrong is named.
#[utoipa::path(put, path = "/v1/campaigns/{campaign}", tag = "campaigns",
    request_body = CampaignBody, responses((status = 200, body = CampaignsVersion)))]
async fn put(
    State(app): State<Arc<App>>,
    Route(campaign): Route<CampaignId>,
    Input { call, body }: Input<CampaignBody>,
) -> Result<Json<CampaignsVersion>, Fault> {
    app.may(&call.caller, Verb::ManageCampaigns, Resource::Chain)?;
    if let Some(stores) = &body.scope.stores {
        stores.iter().try_for_each(|store| check_store(&app, *store))?;
    }
    write(&app, &call, campaign, body, Giver::Hq).await
}

/// One campaign.
#[utoipa::path(get, path = "/v1/campaigns/{campaign}", tag = "campaigns",
    responses((status = 200, body = CampaignView)))]
async fn get(
    State(app): State<Arc<App>>,
    Route(campaign): Route<CampaignId>,
    caller: Caller,
) -> Result<Json<CampaignView>, Fault> {
    let campaigns = app.reference.campaigns();
    let known = campaigns.get(campaign).ok_or_else(|| Fault::not_found("campaign"))?;
    match known.giver {
        // It holds in the stores of whoever asks.
        Giver::Hq => app.permits(&caller, Verb::ReadCampaigns)?,
        Giver::Store(store) => {
            app.may(&caller, Verb::ReadCampaigns, Resource::Store(store)).map(drop)?;
        }
    }
    Ok(Json(campaign_view(known, app.now())))
}

/// Ends a campaign of whoever gives it. Orders that have its shares keep them.
#[utoipa::path(post, path = "/v1/campaigns/{campaign}/stop", tag = "campaigns",
    responses((status = 200, body = CampaignsVersion)))]
async fn stop(
    State(app): State<Arc<App>>,
    Route(campaign): Route<CampaignId>,
    call: Call,
) -> Result<Json<CampaignsVersion>, Fault> {
    app.may(&call.caller, Verb::ManageCampaigns, Resource::Chain)?;
    change(&app, &call, CampaignCommand::Stop { campaign, giver: Giver::Hq }).await
}

/// What of a campaign's budget each city has, has drawn and has spent.
#[utoipa::path(get, path = "/v1/campaigns/{campaign}/budget", tag = "campaigns",
    responses((status = 200, body = BudgetView)))]
async fn budget(
    State(app): State<Arc<App>>,
    Route(campaign): Route<CampaignId>,
    caller: Caller,
) -> Result<Json<BudgetView>, Fault> {
    app.may(&caller, Verb::ReadCampaigns, Resource::Chain)?;
    let known = app.reference.campaigns();
    let has_one = known.get(campaign).is_some_and(|known| known.budget.is_some());
    if !has_one {
        return Err(Fault::not_found("budget"));
    }
    let owner = app.cities.members();
    let owned = owner.read(move |reader| reader.budget(campaign, Clone::clone)).await?;
    let owned = owned.unwrap_or_default();
    let mut cities = Vec::new();
    for city in app.cities.all() {
        let number = city.partition().0;
        let read = city.read(move |reader| reader.allowance(campaign, Clone::clone));
        let Some(allowance) = read.await? else { continue };
        let granted = owned.granted.get(&Slot(number)).copied().unwrap_or_default();
        cities.push(CityBudgetView::new(number, granted, &allowance));
    }
    let (total, free) = (owned.total.into(), owned.free().into());
    Ok(Json(BudgetView { total, free, cities }))
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Listed {
    #[param(inline)]
    state: Option<CampaignState>,
    /// The last campaign of the page before.
    #[param(value_type = Option<String>)]
    after: Option<CampaignId>,
    /// 1 to 1,000; 100 when absent.
    limit: Option<u32>,
}

/// Every campaign, also of stores, by id, a page at a time. With `Accept: text/csv` or xlsx all of
/// them come as a file.
#[utoipa::path(get, path = "/v1/campaigns", tag = "campaigns", params(Listed),
    responses((status = 200, body = CampaignList)))]
async fn list(
    State(app): State<Arc<App>>,
    Search(query): Search<Listed>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    app.may(&caller, Verb::ReadCampaigns, Resource::Chain)?;
    shown(&app, &query, &headers, |_| true).await
}

/// What a store gives, and what headquarters gives there; as a file as well.
#[utoipa::path(get, path = "/v1/stores/{store}/campaigns", tag = "campaigns", params(Listed),
    responses((status = 200, body = CampaignList)))]
async fn list_at_store(
    State(app): State<Arc<App>>,
    Route(store): Route<StoreId>,
    Search(query): Search<Listed>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    app.may(&caller, Verb::ReadCampaigns, Resource::Store(store))?;
    let is_there = |campaign: &Campaign| match &campaign.scope.stores {
        Stores::All => true,
        Stores::Only(stores) => stores.contains(&store),
    };
    shown(&app, &query, &headers, is_there).await
}

async fn shown(
    app: &App,
    query: &Listed,
    headers: &HeaderMap,
    is_meant: impl Fn(&Campaign) -> bool,
) -> Result<Response, Fault> {
    if let Some(form) = Form::wanted(headers) {
        let all = page(app, query, usize::MAX, is_meant).campaigns;
        let book = app.reference.book();
        let figures = lists::campaigns(&all, app.reference.called(&book));
        return figures.reply(form).await;
    }
    let limit = query.limit.unwrap_or(100).clamp(1, 1_000) as usize;
    Ok(Json(page(app, query, limit, is_meant)).into_response())
}

fn page(
    app: &App,
    query: &Listed,
    limit: usize,
    is_meant: impl Fn(&Campaign) -> bool,
) -> CampaignList {
    let (campaigns, now) = (app.reference.campaigns(), app.now());
    let found: Vec<CampaignView> = campaigns
        .iter()
        .filter(|campaign| query.after.is_none_or(|after| campaign.id > after))
        .filter(|campaign| is_meant(campaign))
        .map(|campaign| campaign_view(campaign, now))
        .filter(|view| query.state.is_none_or(|state| view.state == state))
        .take(limit)
        .collect();
    let next_after = (found.len() == limit).then(|| found.last().map(|view| view.id)).flatten();
    CampaignList { campaigns: found, next_after }
}

/// Writes a store's own campaign, inside headquarters' grant and at the store's own cost.
#[utoipa::path(put, path = "/v1/stores/{store}/campaigns/{campaign}", tag = "campaigns",
    request_body = CampaignBody, responses((status = 200, body = CampaignsVersion)))]
async fn put_at_store(
    State(app): State<Arc<App>>,
    Route((store, campaign)): Route<(StoreId, CampaignId)>,
    Input { call, body }: Input<CampaignBody>,
) -> Result<Json<CampaignsVersion>, Fault> {
    app.may(&call.caller, Verb::RunCampaigns, Resource::Store(store))?;
    check_store(&app, store)?;
    write(&app, &call, campaign, body, Giver::Store(store)).await
}

/// Ends a store's own campaign.
#[utoipa::path(post, path = "/v1/stores/{store}/campaigns/{campaign}/stop", tag = "campaigns",
    responses((status = 200, body = CampaignsVersion)))]
async fn stop_at_store(
    State(app): State<Arc<App>>,
    Route((store, campaign)): Route<(StoreId, CampaignId)>,
    call: Call,
) -> Result<Json<CampaignsVersion>, Fault> {
    app.may(&call.caller, Verb::RunCampaigns, Resource::Store(store))?;
    let giver = Giver::Store(store);
    change(&app, &call, CampaignCommand::Stop { campaign, giver }).await
}

/// How far stores may give discounts of their own.
#[utoipa::path(put, path = "/v1/campaign-grants/{name}", tag = "campaigns",
    request_body = CampaignGrantBody, responses((status = 200, body = CampaignsVersion)))]
async fn put_grant(
    State(app): State<Arc<App>>,
    Route(name): Route<String>,
    Input { call, body }: Input<CampaignGrantBody>,
) -> Result<Json<CampaignsVersion>, Fault> {
    app.may(&call.caller, Verb::ManageCampaigns, Resource::Chain)?;
    if body.name != name {
        return Err(Fault::invalid("name", "name must be the one in the address"));
    }
    change(&app, &call, CampaignCommand::PutGrant(body.grant()?)).await
}

/// Takes a grant back; campaigns under it take nothing off any more.
#[utoipa::path(delete, path = "/v1/campaign-grants/{name}", tag = "campaigns",
    responses((status = 200, body = CampaignsVersion)))]
async fn revoke_grant(
    State(app): State<Arc<App>>,
    Route(name): Route<String>,
    call: Call,
) -> Result<Json<CampaignsVersion>, Fault> {
    app.may(&call.caller, Verb::ManageCampaigns, Resource::Chain)?;
    change(&app, &call, CampaignCommand::RevokeGrant { name }).await
}

/// Every campaign grant, by name; with `Accept: text/csv` or xlsx as a file.
#[utoipa::path(get, path = "/v1/campaign-grants", tag = "campaigns",
    responses((status = 200, body = CampaignGrantList)))]
async fn grants(
    State(app): State<Arc<App>>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    app.may(&caller, Verb::ReadCampaigns, Resource::Chain)?;
    let grants: Vec<CampaignGrantBody> =
        app.reference.campaigns().grants().map(Into::into).collect();
    if let Some(form) = Form::wanted(&headers) {
        let book = app.reference.book();
        let figures = lists::campaign_grants(&grants, app.reference.called(&book));
        return figures.reply(form).await;
    }
    Ok(Json(CampaignGrantList { grants }).into_response())
}

fn check_store(app: &App, store: StoreId) -> Result<(), Fault> {
    let known = app.reference.directory().store(store);
    known.map(|_| ()).ok_or_else(|| Fault::not_found("store").about("scope.stores"))
}

async fn write(
    app: &App,
    call: &Call,
    campaign: CampaignId,
    body: CampaignBody,
    giver: Giver,
) -> Result<Json<CampaignsVersion>, Fault> {
    let author = app.author(&call.caller);
    let campaigns_version =
        app.reference.put_campaigns(vec![(campaign, body)], giver, author).await?;
    // Its owner hears of the budget; should this fail, the next start tells it.
    if let Some(written) = app.reference.campaigns().get(campaign) {
        members::tell_budget(app, written).await?;
    }
    Ok(Json(CampaignsVersion { campaigns_version }))
}

async fn change(
    app: &App,
    call: &Call,
    command: CampaignCommand,
) -> Result<Json<CampaignsVersion>, Fault> {
    let author = app.author(&call.caller);
    let campaigns_version = app.reference.change_campaigns(command, author).await?;
    Ok(Json(CampaignsVersion { campaigns_version }))
}
