//! The city's policy and the feed of its events.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use dispatch::Policy;
use persistence::PartitionId;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Doors, Input, Search};
use crate::access::{Resource, Verb};
use crate::app::App;
use crate::call::Caller;
use crate::wire::fault::Fault;
use crate::wire::feed::{FeedPage, event_view};
use crate::wire::policy::PolicyView;
use crate::wire::shadow::{ShadowView, city_shadow};

pub(super) fn doors() -> Doors {
    OpenApiRouter::new().routes(routes!(get, put)).routes(routes!(feed)).routes(routes!(shadow))
}

/// The policy in force.
#[utoipa::path(get, path = "/v1/policy", tag = "policy",
    responses((status = 200, body = PolicyView)))]
async fn get(State(app): State<Arc<App>>, caller: Caller) -> Result<Json<PolicyView>, Fault> {
    app.may(&caller, Verb::ReadPolicy, Resource::Chain)?;
    let policy = Policy::clone(&app.reference.policy());
    Ok(Json(PolicyView { version: policy.version, policy }))
}

/// Writes the policy, whole; what is left out has its default. Decisions note the version.
#[utoipa::path(put, path = "/v1/policy", tag = "policy", request_body = Object,
    responses((status = 200, body = PolicyView)))]
async fn put(
    State(app): State<Arc<App>>,
    Input { call, body }: Input<Policy>,
) -> Result<Json<PolicyView>, Fault> {
    app.may(&call.caller, Verb::ManagePolicy, Resource::Chain)?;
    let policy = app.reference.put_policy(body, app.author(&call.caller)).await?;
    let policy = Policy::clone(&policy);
    for city in app.cities.all() {
        city.set_policy(policy.clone())?;
    }
    Ok(Json(PolicyView { version: policy.version, policy }))
}

/// What the second dispatch policy, the policy's `shadow`, would have done in the rounds since it was
/// written. It is planned on live traffic beside the one in force and never followed.
#[utoipa::path(get, path = "/v1/dispatch/shadow", tag = "policy",
    responses((status = 200, body = ShadowView)))]
async fn shadow(State(app): State<Arc<App>>, caller: Caller) -> Result<Json<ShadowView>, Fault> {
    app.may(&caller, Verb::ReadPolicy, Resource::Chain)?;
    let mut cities = Vec::new();
    for city in app.cities.all() {
        let report = city.read(|reader| reader.shadow()).await?;
        cities.extend(report.map(|report| city_shadow(city.partition().0, &report)));
    }
    Ok(Json(ShadowView { cities }))
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Asked {
    /// The city, or 60001 for members; this process' first city when absent.
    partition: Option<u16>,
    /// Events after this sequence.
    after: Option<u64>,
    /// 1 to 1,000; 100 when absent.
    limit: Option<u32>,
}

/// Committed events in order, from any point on: the one road to reports, exports and connectors.
#[utoipa::path(get, path = "/v1/feed", tag = "feed", params(Asked),
    responses((status = 200, body = FeedPage)))]
async fn feed(
    State(app): State<Arc<App>>,
    Search(query): Search<Asked>,
    caller: Caller,
) -> Result<Json<FeedPage>, Fault> {
    app.may(&caller, Verb::ReadFeed, Resource::Chain)?;
    let own = app.city().partition();
    let partition = query.partition.map_or(own, PartitionId);
    let is_here = app.cities.all().chain([app.cities.members()]);
    if !is_here.map(|known| known.partition()).any(|known| known == partition) {
        return Err(Fault::not_found("partition"));
    }
    let after = query.after.unwrap_or(0);
    let limit = query.limit.unwrap_or(100).clamp(1, 1_000);
    let rows = app.journal.feed(partition, after, limit).await?;
    let next_after = rows.last().map_or(after, |row| row.seq);
    Ok(Json(FeedPage { events: rows.into_iter().filter_map(event_view).collect(), next_after }))
}
