//! Whether money and goods agree, here and with the channels.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use commerce::Channel;
use commerce::settlement::Claim;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vocabulary::{Money, StoreId};

use super::reports::{Asked, span};
use super::{Doors, Route, Search, Upload};
use crate::access::{Resource, Verb};
use crate::app::App;
use crate::books::ChannelStatement;
use crate::call::Caller;
use crate::sheets::{Columns, Form, Row, Sheet, read_yuan};
use crate::wire::fault::{Code, Fault};
use crate::wire::reconciliation::{BalanceView, PaymentReconciliation, StatementView};
use crate::wire::tables;

pub(super) fn doors() -> Doors {
    OpenApiRouter::new().routes(routes!(payments)).routes(routes!(list)).routes(routes!(statement))
}

pub(super) fn bulk_doors() -> Doors {
    OpenApiRouter::new().routes(routes!(upload))
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct OfStore {
    /// The store of the first share; all within reach when absent.
    #[param(value_type = Option<String>)]
    store: Option<StoreId>,
}

/// Every order whose money and goods do not agree now: those under way, and the differences. With
/// `Accept: text/csv` or xlsx as a file.
#[utoipa::path(get, path = "/v1/reconciliation/payments", tag = "settlement", params(OfStore),
    responses((status = 200, body = PaymentReconciliation)))]
async fn payments(
    State(app): State<Arc<App>>,
    Search(OfStore { store }): Search<OfStore>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let span = span(&app, &caller, &Asked { store, ..Asked::default() })?;
    let is_meant = |store| span.stores.as_ref().is_none_or(|stores| stores.contains(&store));
    let (read_to, balances): (_, Vec<BalanceView>) = {
        let shelf = app.books.shelf();
        let open = shelf.balances.values().filter(|open| is_meant(open.store));
        (shelf.read_to.into(), open.map(Into::into).collect())
    };
    if let Some(form) = Form::wanted(&headers) {
        return tables::balances(&balances).reply(form).await;
    }
    let differences = balances.iter().filter(|balance| balance.is_difference()).count() as u64;
    Ok(Json(PaymentReconciliation { read_to, balances, differences }).into_response())
}

/// A channel's statement, as a file with the columns `order` (the channel's own number or ours),
/// `amount` and `fee` (yuan, what shoppers paid for what arrived less what went back, and what the
/// channel takes) and `date` (the day it was sold). It is kept, and held against the books: every
/// difference is named.
#[utoipa::path(post, path = "/v1/channels/{channel}/statements", tag = "settlement",
    request_body(content = String, content_type = "text/csv",
        example = "order,amount,fee,date\nMT-20261118-1,40.00,2.00,2026-11-18\n"),
    responses((status = 200, body = StatementView)))]
async fn upload(
    State(app): State<Arc<App>>,
    Route(channel): Route<String>,
    Upload { call, sheet, reply_as }: Upload,
) -> Result<Response, Fault> {
    app.may(&call.caller, Verb::ManageBooks, Resource::Chain)?;
    let channel = Channel::new(channel)?;
    let claims = claims(&sheet)?;
    let days = || claims.iter().map(|claim| claim.day);
    let (Some(from), Some(to)) = (days().min(), days().max()) else {
        let message = "the statement has no rows: send at least one order";
        return Err(Fault::new(Code::MalformedSheet, message));
    };
    let author = app.author(&call.caller);
    let channel = channel.as_str().to_owned();
    let statement = ChannelStatement { channel, from, to, claims, uploaded_at: author.at };
    let name = name_of(&statement);
    app.books.keep_statement(&name, &statement, author).await?;
    shown(&app, &name, &statement, reply_as).await
}

/// Reads the rows; the first that cannot be read refuses all of them.
pub(crate) fn claims(sheet: &Sheet) -> Result<Vec<Claim>, Fault> {
    let known: [(&'static str, &[&str]); 4] = [
        ("order", &["订单号", "order_id"]),
        ("amount", &["金额"]),
        ("fee", &["服务费", "佣金"]),
        ("date", &["日期"]),
    ];
    let columns = Columns::find(sheet, &known, &["order", "amount", "date"])?;
    sheet.rows.iter().map(|row| claim(&columns, row)).collect()
}

fn claim(columns: &Columns<'_>, row: &Row) -> Result<Claim, Fault> {
    let money = |name: &'static str, text: &str| {
        read_yuan(text).ok_or_else(|| {
            let number = row.number;
            let message = format!("row {number}: {name} must be yuan such as 12.34, not {text:?}");
            Fault::invalid(name, message)
        })
    };
    let need = |name: &'static str| {
        columns.get(row, name).ok_or_else(|| {
            let message = format!("row {}: {name} is empty: fill it in", row.number);
            Fault::new(Code::MissingField, message).about(name)
        })
    };
    let date = need("date")?;
    let day = date.parse().map_err(|_| {
        let number = row.number;
        let message = format!("row {number}: date must be such as 2026-11-18, not {date:?}");
        Fault::invalid("date", message)
    })?;
    Ok(Claim {
        row: u32::try_from(row.number.saturating_sub(1)).unwrap_or(u32::MAX),
        order: need("order")?.into(),
        amount: money("amount", need("amount")?)?,
        fee: columns.get(row, "fee").map_or(Ok(Money::ZERO), |text| money("fee", text))?,
        day,
    })
}

/// Made of what it says, so that the same file has the same name.
fn name_of(statement: &ChannelStatement) -> String {
    let mut hash = Sha256::new();
    for claim in &statement.claims {
        let (amount, fee) = (claim.amount.as_fen(), claim.fee.as_fen());
        hash.update(format!("{}\n{amount}\n{fee}\n{}\n", claim.order, claim.day));
    }
    let digest: [u8; 32] = hash.finalize().into();
    let start = digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect::<String>();
    format!("{}-{start}", statement.from)
}

async fn shown(
    app: &App,
    name: &str,
    statement: &ChannelStatement,
    form: Option<Form>,
) -> Result<Response, Fault> {
    let read_to = app.books.read_to().into();
    let found = app.books.reconcile(statement).await?;
    let view = StatementView::new(name, statement, read_to).with(&found);
    match form {
        Some(form) => tables::differences(&view.differences).reply(form).await,
        None => Ok(Json(view).into_response()),
    }
}

/// The statements of a channel, without a look into the books.
#[utoipa::path(get, path = "/v1/channels/{channel}/statements", tag = "settlement",
    responses((status = 200, body = Vec<StatementView>)))]
async fn list(
    State(app): State<Arc<App>>,
    Route(channel): Route<String>,
    caller: Caller,
) -> Result<Json<Vec<StatementView>>, Fault> {
    app.may(&caller, Verb::ReadReports, Resource::Chain)?;
    let read_to = app.books.read_to().into();
    let all = app.books.statements(&channel).await?;
    let view = |(name, statement): &(String, ChannelStatement)| {
        StatementView::new(name, statement, read_to)
    };
    Ok(Json(all.iter().map(view).collect()))
}

/// A statement held against the books as they are now. With `Accept: text/csv` or xlsx its
/// differences as a file.
#[utoipa::path(get, path = "/v1/channels/{channel}/statements/{statement}", tag = "settlement",
    responses((status = 200, body = StatementView)))]
async fn statement(
    State(app): State<Arc<App>>,
    Route((channel, name)): Route<(String, String)>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    app.may(&caller, Verb::ReadReports, Resource::Chain)?;
    let statement = app.books.statement(&channel, &name).await?;
    let statement = statement.ok_or_else(|| Fault::not_found("statement"))?;
    shown(&app, &name, &statement, Form::wanted(&headers)).await
}
