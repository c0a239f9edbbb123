//! Whether money and goods agree, here and with the channels.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vocabulary::StoreId;

use super::reports::{Asked, span};
use super::{Doors, Search};
use crate::app::App;
use crate::call::Caller;
use crate::wire::fault::Fault;
use crate::wire::reconciliation::{BalanceView, PaymentReconciliation};

pub(super) fn doors() -> Doors {
    OpenApiRouter::new().routes(routes!(payments))
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct OfStore {
    /// The store of the first share; all within reach when absent.
    #[param(value_type = Option<String>)]
    store: Option<StoreId>,
}

/// Every order whose money and goods do not agree now: those under way, and the differences.
#[utoipa::path(get, path = "/v1/reconciliation/payments", tag = "settlement", params(OfStore),
    responses((status = 200, body = PaymentReconciliation)))]
async fn payments(
    State(app): State<Arc<App>>,
    Search(OfStore { store }): Search<OfStore>,
    caller: Caller,
) -> Result<Json<PaymentReconciliation>, Fault> {
    let span = span(&app, &caller, &Asked { store, ..Asked::default() })?;
    let read_to = app.books.read_to().into();
    let is_meant = |store| span.stores.as_ref().is_none_or(|stores| stores.contains(&store));
    let balances: Vec<BalanceView> = {
        let shelf = app.books.shelf();
        let open = shelf.balances.values().filter(|open| is_meant(open.store));
        open.map(Into::into).collect()
    };
    let differences = balances.iter().filter(|balance| balance.is_difference()).count() as u64;
    Ok(Json(PaymentReconciliation { read_to, balances, differences }))
}
