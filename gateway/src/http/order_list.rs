//! Orders as a list, and the same list as a file.

use std::sync::Arc;

use actors::OrderQuery;
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use dispatch::order::Order;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vocabulary::{OrderId, StoreId, Timestamp};

use super::{Doors, Search};
use crate::access::{Field, OrderFacts, Resource, Verb};
use crate::app::{App, order_facts};
use crate::call::Caller;
use crate::sheets::Form;
use crate::wire::fault::{Code, Fault};
use crate::wire::filters::OrderStanding;
use crate::wire::order::{OrderCardView, OrderPage, card_of};
use crate::wire::tables::{self, ListedOrder};

/// The most orders of one file.
const MOST_EXPORTED: usize = 50_000;
/// Orders that are read at once for a file.
const PAGE: u32 = 500;

pub(super) fn doors() -> Doors {
    OpenApiRouter::new().routes(routes!(list))
}

/// Orders that headquarters looks at while they go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Show {
    /// Not over yet.
    Open,
    /// Of those the ones past their promise.
    Late,
    /// Of those the ones that need a person.
    Escalated,
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Listed {
    #[param(inline)]
    status: Option<OrderStanding>,
    #[param(inline)]
    show: Option<Show>,
    /// The store of the order's first part; with `show`, of any part.
    #[param(value_type = Option<String>)]
    store: Option<StoreId>,
    /// A part of the order's id.
    id: Option<String>,
    /// Placed then or later, in milliseconds since the epoch.
    #[param(value_type = Option<i64>)]
    since: Option<Timestamp>,
    /// The last order of the page before.
    #[param(value_type = Option<String>)]
    after: Option<OrderId>,
    /// 1 to 500; 50 when absent.
    limit: Option<u32>,
}

/// An order of a page, and who has to do with it.
struct Line {
    facts: OrderFacts,
    shown: ListedOrder,
}

impl Line {
    fn of(order: &Order, now: Timestamp) -> Self {
        let shown = ListedOrder {
            card: card_of(order, now),
            placed_at: order.placed_at,
            channel: order.terms.channel.to_string(),
            payable: Some(order.payable()),
        };
        Self { facts: order_facts(order), shown }
    }

    fn id(&self) -> OrderId {
        self.shown.card.order
    }
}

impl Show {
    fn has(self, card: &OrderCardView) -> bool {
        match self {
            Self::Open => true,
            Self::Late => card.late,
            Self::Escalated => card.escalated,
        }
    }
}

impl Listed {
    /// What is asked of an order that was read; the status and the store of recorded ones are asked
    /// of the journal.
    fn has(&self, line: &Line) -> bool {
        let card = &line.shown.card;
        let is_sought = |part: &str| line.id().to_string().contains(&part.to_ascii_lowercase());
        self.since.is_none_or(|since| line.shown.placed_at >= since)
            && self.id.as_deref().is_none_or(is_sought)
            && self.status.is_none_or(|status| card.status == status.text())
    }
}

/// Orders, youngest first, a page at a time; a page shows those of it that are the caller's and
/// sought. With `Accept: text/csv` or xlsx all of them come as a file.
#[utoipa::path(get, path = "/v1/orders", tag = "orders", params(Listed),
    responses((status = 200, body = OrderPage)))]
async fn list(
    State(app): State<Arc<App>>,
    Search(query): Search<Listed>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    app.permits(&caller, Verb::ListOrders)?;
    if let Some(store) = query.store {
        app.may(&caller, Verb::ListOrders, Resource::Store(store))?;
    }
    if let Some(form) = Form::wanted(&headers) {
        let orders = every(&app, &caller, &query).await?;
        return tables::orders(&orders, |store| {
            app.reference.directory().store(store).map(|known| known.body.name.clone())
        })
        .reply(form)
        .await;
    }
    let limit = query.limit.unwrap_or(50).clamp(1, 500);
    let (lines, next_after) = page(&app, &query, query.after, limit).await?;
    let own = lines.into_iter().filter(|line| is_shown(&app, &caller, &query, line));
    let orders = own.map(|line| line.shown.card).collect();
    Ok(Json(OrderPage { orders, next_after }).into_response())
}

fn is_shown(app: &App, caller: &Caller, query: &Listed, line: &Line) -> bool {
    query.has(line) && app.may(caller, Verb::ListOrders, Resource::Order(&line.facts)).is_ok()
}

/// All that a list with these terms would show, page after page.
async fn every(app: &App, caller: &Caller, query: &Listed) -> Result<Vec<ListedOrder>, Fault> {
    let sees_money = caller.sees(Field::Money);
    let (mut orders, mut after) = (Vec::new(), query.after);
    loop {
        let (lines, next) = page(app, query, after, PAGE).await?;
        let own = lines.into_iter().filter(|line| is_shown(app, caller, query, line));
        orders.extend(own.map(|line| {
            let payable = line.shown.payable.filter(|_| sees_money);
            ListedOrder { payable, ..line.shown }
        }));
        if orders.len() > MOST_EXPORTED {
            let message = format!(
                "more than {MOST_EXPORTED} orders: ask for one status, one store or a later since"
            );
            return Err(Fault::new(Code::InvalidQuery, message).about("since"));
        }
        match next {
            Some(_) => after = next,
            None => return Ok(orders),
        }
    }
}

/// A page, and the order to ask for the next one with.
async fn page(
    app: &App,
    query: &Listed,
    after: Option<OrderId>,
    limit: u32,
) -> Result<(Vec<Line>, Option<OrderId>), Fault> {
    let lines = match query.show {
        Some(show) => living(app, show, query.store, after, limit).await?,
        None => recorded(app, query, after, limit).await?,
    };
    let is_whole = lines.len() as u32 == limit;
    let last = lines.last().filter(|_| is_whole).map(Line::id);
    // Ids are in the order of their birth: those that follow are older still.
    let is_in_time = |last: &OrderId| query.since.is_none_or(|since| last.born_at() >= since);
    Ok((lines, last.filter(is_in_time)))
}

async fn recorded(
    app: &App,
    query: &Listed,
    after: Option<OrderId>,
    limit: u32,
) -> Result<Vec<Line>, Fault> {
    let status = query.status.map(|status| status.text().to_owned());
    let asked = OrderQuery { status, store: query.store, after, limit };
    let now = app.now();
    Ok(app.city().orders(asked).await?.iter().map(|order| Line::of(order, now)).collect())
}

/// Of those in memory, which all are that go on.
async fn living(
    app: &App,
    show: Show,
    store: Option<StoreId>,
    after: Option<OrderId>,
    limit: u32,
) -> Result<Vec<Line>, Fault> {
    let lines = app.city().read(move |reader| {
        let now = reader.now();
        let mut lines = Vec::new();
        reader.each_order(|order| {
            let is_of = |store| order.parts.iter().any(|part| part.store == store);
            let is_behind = after.is_none_or(|after| order.id < after);
            if is_behind && !order.status.is_over() && store.is_none_or(is_of) {
                let line = Line::of(order, now);
                lines.extend(show.has(&line.shown.card).then_some(line));
            }
        });
        lines
    });
    let mut lines = lines.await?;
    lines.reverse();
    lines.truncate(limit as usize);
    Ok(lines)
}
