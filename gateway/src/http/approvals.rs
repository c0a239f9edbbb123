//! What needs a second person, and who changed what.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use persistence::ReferenceLog;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vocabulary::{ApprovalId, PrincipalId, Timestamp};

use super::files::{PAGE, every};
use super::{Doors, Input, Route, Search};
use crate::access::{Resource, Verb};
use crate::actions::approvals;
use crate::app::App;
use crate::call::Caller;
use crate::reference::kinds;
use crate::sheets::Form;
use crate::wire::approval::{
    AnswerBody, ApprovalBody, ApprovalList, ApprovalView, AuditHeads, AuditPage, AuditView,
};
use crate::wire::fault::Fault;
use crate::wire::filters::one_of;
use crate::wire::lists;

pub(super) fn doors() -> Doors {
    OpenApiRouter::new()
        .routes(routes!(ask, list))
        .routes(routes!(approve))
        .routes(routes!(reject))
        .routes(routes!(audit))
        .routes(routes!(audit_head))
}

/// Asks a second person for what is above one's own limit.
#[utoipa::path(post, path = "/v1/approvals", tag = "access", request_body = ApprovalBody,
    responses((status = 201, body = ApprovalView)))]
async fn ask(
    State(app): State<Arc<App>>,
    Input { call, body }: Input<ApprovalBody>,
) -> Result<(StatusCode, Json<ApprovalView>), Fault> {
    let asked = approvals::ask(&app, &call, body).await?;
    Ok((StatusCode::CREATED, Json(asked)))
}

/// What the caller asked for or could answer, youngest first; with `Accept: text/csv` or xlsx as a
/// file.
#[utoipa::path(get, path = "/v1/approvals", tag = "access",
    responses((status = 200, body = ApprovalList)))]
async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let approvals = approvals::visible(&app, &caller).await?;
    if let Some(form) = Form::wanted(&headers) {
        return lists::approvals(&approvals).reply(form).await;
    }
    Ok(Json(ApprovalList { approvals }).into_response())
}

/// Agrees, as another person than who asked, and within one's limit: it is done at once.
#[utoipa::path(post, path = "/v1/approvals/{approval}/approve", tag = "access",
    request_body = AnswerBody, responses((status = 200, body = ApprovalView)))]
async fn approve(
    State(app): State<Arc<App>>,
    Route(id): Route<ApprovalId>,
    Input { call, body }: Input<AnswerBody>,
) -> Result<Json<ApprovalView>, Fault> {
    approvals::answer(&app, &call, id, true, body).await.map(Json)
}

/// Declines it.
#[utoipa::path(post, path = "/v1/approvals/{approval}/reject", tag = "access",
    request_body = AnswerBody, responses((status = 200, body = ApprovalView)))]
async fn reject(
    State(app): State<Arc<App>>,
    Route(id): Route<ApprovalId>,
    Input { call, body }: Input<AnswerBody>,
) -> Result<Json<ApprovalView>, Fault> {
    approvals::answer(&app, &call, id, false, body).await.map(Json)
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Asked {
    /// `store`, `courier`, `book`, `policy`, `role`, `user`, `token`, `approval` and so on.
    #[param(example = "role")]
    kind: Option<String>,
    /// One document.
    id: Option<String>,
    /// Who changed it.
    #[param(value_type = Option<String>)]
    by: Option<PrincipalId>,
    /// Milliseconds since the epoch.
    #[param(value_type = Option<i64>)]
    since: Option<Timestamp>,
    /// Milliseconds since the epoch.
    #[param(value_type = Option<i64>)]
    until: Option<Timestamp>,
    /// The last revision of the page before.
    before: Option<u64>,
    /// 1 to 500; 100 when absent.
    limit: Option<u32>,
}

/// Every change of headquarters' documents, of roles, people and tokens: who, when, and what it says
/// since. What happened in the city is in the feed. With `Accept: text/csv` or xlsx all of them come as
/// a file.
#[utoipa::path(get, path = "/v1/audit", tag = "access", params(Asked),
    responses((status = 200, body = AuditPage)))]
async fn audit(
    State(app): State<Arc<App>>,
    Search(query): Search<Asked>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    app.may(&caller, Verb::ReadAudit, Resource::Chain)?;
    if let Some(kind) = &query.kind {
        one_of("kind", kind, &kinds::ALL)?;
    }
    let read = |before, limit| page(&app, &query, before, limit);
    if let Some(form) = Form::wanted(&headers) {
        let changes = every(query.before, "since", |before| read(before, PAGE)).await?;
        return lists::audit(&changes).reply(form).await;
    }
    let limit = query.limit.unwrap_or(100).clamp(1, 500);
    let (changes, next_before) = read(query.before, limit).await?;
    Ok(Json(AuditPage { changes, next_before }).into_response())
}

/// A page, and the revision to ask for the next one with.
async fn page(
    app: &App,
    query: &Asked,
    before: Option<u64>,
    limit: u32,
) -> Result<(Vec<AuditView>, Option<u64>), Fault> {
    let log = ReferenceLog {
        kind: query.kind.clone(),
        id: query.id.clone(),
        by: query.by.map(|by| format!("principal:{by}")),
        since: query.since,
        until: query.until,
        before,
        limit,
    };
    let rows = app.journal.reference_log(&log).await?;
    let next_before =
        (rows.len() == limit as usize).then(|| rows.last().map(|row| row.revision)).flatten();
    let name = |by: &str| {
        let principal = by.strip_prefix("principal:")?.parse().ok()?;
        app.reference.user_of(principal).map(|user| user.principal.name.to_string())
    };
    let changes = rows.into_iter().map(|row| {
        let by_name = name(&row.by);
        AuditView::of(row, by_name)
    });
    Ok((changes.collect(), next_before))
}

/// The ends of the chains of digests over the journal and the documents. Noted elsewhere, they show
/// later whether anything that was recorded by now was changed behind the program's back.
#[utoipa::path(get, path = "/v1/audit/head", tag = "access",
    responses((status = 200, body = AuditHeads)))]
async fn audit_head(
    State(app): State<Arc<App>>,
    caller: Caller,
) -> Result<Json<AuditHeads>, Fault> {
    app.may(&caller, Verb::ReadAudit, Resource::Chain)?;
    let heads = app.journal.heads().await?;
    Ok(Json(AuditHeads { heads: heads.into_iter().map(Into::into).collect() }))
}
