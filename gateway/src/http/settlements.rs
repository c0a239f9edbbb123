//! Settlements of merchants, and the taxes of a period.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use commerce::settlement::filing as filing_of;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vocabulary::Money;

use super::reports::{Asked, list_of, span};
use super::{Doors, Input, Search};
use crate::access::{Resource, Verb};
use crate::app::App;
use crate::books::AdjustDraft;
use crate::call::Caller;
use crate::sheets::Form;
use crate::wire::fault::{Code, Fault};
use crate::wire::settlement::{
    AdjustmentBody, AdjustmentView, CloseBody, Filing, FilingRowView, SettlementList,
    SettlementPolicyBody, adjustment_view, by_merchant, settled_view,
};
use crate::wire::tables;

pub(super) fn doors() -> Doors {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(close))
        .routes(routes!(adjust))
        .routes(routes!(get_policy, put_policy))
        .routes(routes!(filing))
}

/// The most an adjustment moves: a million yuan.
const MOST: i64 = 100_000_000;
const LONGEST_REASON: usize = 200;

/// What each store's merchant gets for each day, and the sums by merchant; as JSON, or with
/// `Accept: text/csv` or xlsx as a file.
#[utoipa::path(get, path = "/v1/settlements", tag = "settlement", params(Asked),
    responses((status = 200, body = SettlementList)))]
async fn list(
    State(app): State<Arc<App>>,
    Search(asked): Search<Asked>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let span = span(&app, &caller, &asked)?;
    let (read_to, settled) = app.books.settlements(app.reference.directory(), &span).await?;
    let read_to = read_to.into();
    let settlements = settled.iter().map(settled_view).collect::<Vec<_>>();
    if let Some(form) = Form::wanted(&headers) {
        return tables::settlements(&settlements).reply(form).await;
    }
    let merchants = by_merchant(&settled);
    Ok(Json(SettlementList { read_to, settlements, merchants }).into_response())
}

/// Closes a day that is over: from now on it stays as it is. Closing it again changes nothing.
#[utoipa::path(post, path = "/v1/settlements/close", tag = "settlement", request_body = CloseBody,
    responses((status = 200, body = SettlementList)))]
async fn close(
    State(app): State<Arc<App>>,
    Input { call, body }: Input<CloseBody>,
) -> Result<Json<SettlementList>, Fault> {
    app.may(&call.caller, Verb::ManageBooks, Resource::Chain)?;
    let stores = body.stores.map(|stores| stores.into_iter().collect());
    let author = app.author(&call.caller);
    let (read_to, settled) = app.books.close_day(&app, body.day, stores, author).await?;
    Ok(Json(SettlementList {
        read_to: read_to.into(),
        settlements: settled.iter().map(settled_view).collect(),
        merchants: by_merchant(&settled),
    }))
}

/// Corrects an open day, or on an open day one that is closed: closed days never change.
#[utoipa::path(post, path = "/v1/settlements/adjustments", tag = "settlement",
    request_body = AdjustmentBody, responses((status = 200, body = AdjustmentView)))]
async fn adjust(
    State(app): State<Arc<App>>,
    Input { call, body }: Input<AdjustmentBody>,
) -> Result<Json<AdjustmentView>, Fault> {
    app.may(&call.caller, Verb::ManageBooks, Resource::Store(body.store))?;
    let record = app.reference.directory().store(body.store);
    let record = record.ok_or_else(|| Fault::not_found("store"))?;
    let amount = body.amount_fen.as_fen();
    if amount == 0 || amount.unsigned_abs() > MOST.unsigned_abs() {
        let message = format!("amount_fen must be -{MOST} to {MOST}, and not 0");
        return Err(Fault::invalid("amount_fen", message));
    }
    let reason = body.reason.trim().to_owned();
    if reason.is_empty() || reason.chars().count() > LONGEST_REASON {
        let message = format!("give a reason of 1 to {LONGEST_REASON} characters");
        return Err(Fault::new(Code::ReasonMissing, message).about("reason"));
    }
    let draft = AdjustDraft {
        store: body.store,
        day: body.day,
        corrects: body.corrects,
        amount: body.amount_fen,
        reason,
        key: call.key.clone(),
    };
    let adjusted = app.books.adjust(&record, draft, app.author(&call.caller)).await?;
    Ok(Json(adjustment_view(&adjusted)))
}

/// How merchants are settled with.
#[utoipa::path(get, path = "/v1/settlement-policy", tag = "settlement",
    responses((status = 200, body = SettlementPolicyBody)))]
async fn get_policy(
    State(app): State<Arc<App>>,
    caller: Caller,
) -> Result<Json<SettlementPolicyBody>, Fault> {
    app.may(&caller, Verb::ReadPolicy, Resource::Chain)?;
    Ok(Json(app.books.settlement_policy().await?.into()))
}

/// Writes how merchants are settled with. What the platform takes holds for orders placed from now
/// on; who gets a fee, for days that are open.
#[utoipa::path(put, path = "/v1/settlement-policy", tag = "settlement",
    request_body = SettlementPolicyBody, responses((status = 200, body = SettlementPolicyBody)))]
async fn put_policy(
    State(app): State<Arc<App>>,
    Input { call, body }: Input<SettlementPolicyBody>,
) -> Result<Json<SettlementPolicyBody>, Fault> {
    app.may(&call.caller, Verb::ManageBooks, Resource::Chain)?;
    let author = app.author(&call.caller);
    Ok(Json(app.books.put_settlement_policy(body.into(), author).await?.into()))
}

/// What is to be filed for a period: sales less returns and the tax in them, by merchant and rate;
/// as JSON or a file.
#[utoipa::path(get, path = "/v1/tax/filing", tag = "settlement", params(Asked),
    responses((status = 200, body = Filing)))]
async fn filing(
    State(app): State<Arc<App>>,
    Search(asked): Search<Asked>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let span = span(&app, &caller, &asked)?;
    let (read_to, sum) = app.books.sum_of(&span).await?;
    let rows: Vec<FilingRowView> = (filing_of(&sum).into_iter())
        .map(|row| FilingRowView::of(row, &list_of(&span, "&kind=goods")))
        .collect();
    if let Some(form) = Form::wanted(&headers) {
        return tables::filing(&rows).reply(form).await;
    }
    let total = |amount: fn(&FilingRowView) -> Money| rows.iter().map(amount).sum();
    let filing = Filing {
        read_to: read_to.into(),
        from: span.from,
        to: span.to,
        gross_fen: total(|row| row.gross_fen),
        tax_fen: total(|row| row.tax_fen),
        rows,
    };
    Ok(Json(filing).into_response())
}
