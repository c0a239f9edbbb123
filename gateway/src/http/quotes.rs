//! What a basket costs.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use commerce::{Facts, QuoteLineRequest, QuoteRequest, price_basket};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Doors, Input};
use crate::access::{Resource, Verb};
use crate::app::App;
use crate::members;
use crate::quotes::seal;
use crate::wire::fault::{Code, Fault};
use crate::wire::quote::{QuoteBody, QuoteView, quote_view};

pub(super) fn doors() -> Doors {
    OpenApiRouter::new().routes(routes!(quote))
}

/// Prices a basket; the answer is signed, explains its discounts and holds until it expires. It
/// promises no stock.
#[utoipa::path(post, path = "/v1/quotes", tag = "quotes", request_body = QuoteBody,
    responses((status = 201, body = QuoteView)))]
async fn quote(
    State(app): State<Arc<App>>,
    Input { call, body }: Input<QuoteBody>,
) -> Result<(StatusCode, Json<QuoteView>), Fault> {
    app.may(&call.caller, Verb::Quote, Resource::Chain)?;
    let channel = call.caller.principal.channel().ok_or_else(|| {
        let message = "only channels, stores and headquarters ask for quotes";
        Fault::new(Code::Forbidden, message)
    })?;
    if let Some(store) = body.store
        && app.reference.directory().store(store).is_none()
    {
        return Err(Fault::not_found("store").about("store"));
    }
    let lines = body.lines.into_iter().map(|line| QuoteLineRequest {
        sku: line.sku,
        quantity: line.quantity,
        channel_price: line.channel_price_fen,
    });
    let request = QuoteRequest {
        channel,
        mode: body.mode,
        store: body.store,
        lines: lines.collect(),
        coupons: body.coupons,
        points: body.points,
    };
    let standing = members::standing(&app, body.member.as_deref()).await?;
    let (book, campaigns) = (app.reference.book(), app.reference.campaigns());
    let exhausted = members::exhausted(&app).await;
    let facts = Facts {
        book: &book,
        campaigns: &campaigns,
        member: standing.as_ref(),
        exhausted: &exhausted,
    };
    let quoted = price_basket(&facts, &request, app.id(), app.now())?;
    let token = seal(&app.keys, &quoted.quote)?;
    Ok((StatusCode::CREATED, Json(quote_view(quoted, token))))
}
