//! The HTTP doors: one file per family of addresses, all behind the same threshold.
//!
//! A handler reads the wire's words, calls an action, and shows what came of it. It never decides
//! and never talks to the database about orders.

mod accounts;
mod aftercare;
mod approvals;
mod bodies;
mod campaigns;
mod catalog;
mod catalog_sheets;
pub(crate) mod cookie;
mod couriers;
mod deliveries;
mod document;
mod examples;
mod extract;
mod files;
mod flat;
mod fleet;
mod fulfillment;
mod images;
mod map;
mod member;
mod member_search;
mod members;
mod names;
mod order_list;
mod orders;
mod payments;
mod placing;
mod policy;
mod products;
mod quotes;
pub(crate) mod reconciliation;
pub(crate) mod relay;
mod replenishment;
mod reports;
mod returns;
mod sessions;
mod settlements;
mod stock;
mod stock_turns;
mod stores;
mod streets;
mod system;
mod threshold;
mod transfers;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderValue, Method, header};
use axum::middleware;
use axum::response::Response;
use tower_http::cors::CorsLayer;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

pub(crate) use threshold::only_over_tls;

pub use extract::{Input, Route, Search, Upload};

use crate::app::App;
use crate::config::Role;
use crate::pages::{self, PagePolicy};
use crate::socket;

/// Largest body of one thing.
pub const BODY_LIMIT: usize = 64 * 1_024;
/// Largest body of a list.
pub const BULK_LIMIT: usize = 4 * 1_024 * 1_024;

type Doors = OpenApiRouter<Arc<App>>;

fn doors() -> (Router<Arc<App>>, OpenApi) {
    let one = Doors::with_openapi(document::head())
        .merge(accounts::doors())
        .merge(aftercare::doors())
        .merge(approvals::doors())
        .merge(names::doors())
        .merge(campaigns::doors())
        .merge(catalog::doors())
        .merge(couriers::doors())
        .merge(deliveries::doors())
        .merge(fleet::doors())
        .merge(fulfillment::doors())
        .merge(member::doors())
        .merge(member_search::doors())
        .merge(members::doors())
        .merge(orders::doors())
        .merge(order_list::doors())
        .merge(payments::doors())
        .merge(placing::doors())
        .merge(images::doors())
        .merge(policy::doors())
        .merge(products::doors())
        .merge(quotes::doors())
        .merge(reconciliation::doors())
        .merge(replenishment::doors())
        .merge(reports::doors())
        .merge(stock_turns::doors())
        .merge(returns::doors())
        .merge(sessions::doors())
        .merge(settlements::doors())
        .merge(stock::doors())
        .merge(stores::doors())
        .merge(system::doors())
        .merge(transfers::doors())
        .merge(map::doors())
        .layer(DefaultBodyLimit::max(BODY_LIMIT));
    let many = Doors::new()
        .merge(accounts::bulk_doors())
        .merge(catalog::bulk_doors())
        .merge(catalog_sheets::bulk_doors())
        .merge(images::bulk_doors())
        .merge(aftercare::bulk_doors())
        .merge(products::bulk_doors())
        .merge(couriers::bulk_doors())
        .merge(reconciliation::bulk_doors())
        .merge(stock::bulk_doors())
        .merge(stores::bulk_doors())
        .merge(relay::bulk_doors())
        .merge(streets::bulk_doors())
        .layer(DefaultBodyLimit::max(BULK_LIMIT));
    let (router, document) = one.merge(many).split_for_parts();
    (router, document::complete(document))
}

/// The document of the API, as it is served.
pub fn openapi() -> OpenApi {
    doors().1
}

/// Every address of the house.
pub fn router(app: Arc<App>) -> Router {
    let (router, document) = doors();
    let document = Arc::<str>::from(document.to_json().unwrap_or_default());
    let origins = app.config.origins.iter().filter_map(|text| HeaderValue::try_from(text).ok());
    let cors = CorsLayer::new()
        .allow_origin(origins.collect::<Vec<_>>())
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::DELETE])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::HeaderName::from_static("idempotency-key"),
        ]);
    let policy = PagePolicy::with(&app.ground.origins());
    let shown = match app.config.role {
        Role::All => socket::routes().merge(pages::routes(policy)),
        // Gateways show pages and hold sockets.
        Role::Core | Role::Gateway(_) => Router::new(),
    };
    let is_tls = app.config.tls.is_some();
    router
        .merge(shown)
        .route("/openapi.json", axum::routing::get(move || document::serve(document)))
        .fallback(threshold::no_such_address)
        .method_not_allowed_fallback(threshold::method_not_allowed)
        .layer(cors)
        .layer(middleware::from_fn_with_state(Arc::clone(&app), threshold::cross))
        .layer(middleware::map_response(move |answer: Response| async move {
            if is_tls { threshold::only_over_tls(answer) } else { answer }
        }))
        .with_state(app)
}
