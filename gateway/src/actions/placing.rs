//! From a signed quote and a shopper to a placed order: the hot path.

use actors::{Conflict, Idempotency, PartitionHandle, PlaceRequest, Placed, order_lines};
use commerce::Quote;
use dispatch::order::{FulfillmentMode, PaymentMethod, PlaceOrder};
use dispatch::store::pickup_code;
use sha2::{Digest, Sha256};
use vocabulary::{Money, OrderId, PersonId, Place, Seconds, StoreId, Timestamp};

use super::uses;
use crate::access::{PrincipalKind, Resource, Verb};
use crate::app::App;
use crate::call::Call;
use crate::quotes;
use crate::wire::fault::{Code, Fault};
use crate::wire::placing::{PlaceBody, PlacedPartView, PlacedPayment, PlacedView};

/// How far ahead an order can be wanted.
const FARTHEST_AHEAD: Seconds = Seconds(14 * 86_400);
const LONGEST_EXTERNAL_ID: usize = 120;

/// Places an order; the same key, external id or quote places it once.
pub async fn place(app: &App, call: &Call, body: PlaceBody) -> Result<PlacedView, Fault> {
    let retry = call.retry_key(app).ok_or_else(|| {
        let message = "send an Idempotency-Key: one per order, kept for retries";
        Fault::new(Code::IdempotencyKeyMissing, message)
    })?;
    app.may(&call.caller, Verb::PlaceOrder, Resource::NewOrder(body.store))?;
    let quote = quotes::open(&app.keys, &body.quote)?;
    check_channel(call, &quote)?;
    let city = city_of(app, &body, &quote)?;
    let now = app.now();
    // A late repetition is answered as the first time, although a new order would come too late.
    if let Err(fault) = check_times(&quote, body.wanted_at, now)
        && !city.is_used(retry.clone()).await?
    {
        return Err(fault);
    }
    let keys = keys(retry.clone(), &quote, &body);
    let (method, mode) = (body.payment_method, mode_of(&quote));
    let mut request = request(app, call, city, body, &quote)?;
    request.order.uses = uses::held(app, call, city, retry, request.id, &quote).await?;
    let placed = city.place(call.submission_under(app, keys), request).await?;
    Ok(placed_view(app, placed, method, mode))
}

/// The city that does it: of the store it is pinned to, or around its door.
fn city_of<'a>(
    app: &'a App,
    body: &PlaceBody,
    quote: &Quote,
) -> Result<&'a PartitionHandle, Fault> {
    if let Some(store) = pinned(quote, body.store)? {
        return Ok(app.cities.of_store(store));
    }
    let door = destination(mode_of(quote), body)?;
    Ok(door.map_or(app.city(), |door| app.cities.around(door)))
}

/// Whether it may be placed by the time it is.
fn check_times(quote: &Quote, wanted_at: Option<Timestamp>, now: Timestamp) -> Result<(), Fault> {
    if quote.is_expired(now) {
        let message = "the time of this quote is over: quote again";
        return Err(Fault::new(Code::QuoteExpired, message).about("quote"));
    }
    match wanted_at {
        Some(wanted) if wanted < now || wanted > now.after(FARTHEST_AHEAD) => {
            let message = "wanted_at must be within the next 14 days, or absent for at once";
            Err(Fault::invalid("wanted_at", message))
        }
        Some(_) | None => Ok(()),
    }
}

/// A quote is placed by the channel that asked for it: its prices are that channel's.
fn check_channel(call: &Call, quote: &Quote) -> Result<(), Fault> {
    if call.caller.principal.channel().as_ref() == Some(&quote.channel) {
        return Ok(());
    }
    let message = "this quote was given to another channel: quote again";
    Err(Fault::new(Code::QuoteInvalid, message).about("quote"))
}

fn keys(retry: Idempotency, quote: &Quote, body: &PlaceBody) -> Vec<Idempotency> {
    let once_per_quote = Idempotency {
        scope: "quote".to_owned(),
        key: quote.id.to_string(),
        body_hash: Sha256::digest(&retry.key).into(),
        conflict: if uses::holds(quote) { Conflict::QuoteOnce } else { Conflict::Quote },
    };
    let external = body.external_id.as_ref().map(|id| Idempotency {
        scope: format!("external/{}", quote.channel),
        key: id.clone(),
        body_hash: retry.body_hash,
        conflict: Conflict::ExternalId,
    });
    [Some(retry), external, Some(once_per_quote)].into_iter().flatten().collect()
}

fn request(
    app: &App,
    call: &Call,
    city: &PartitionHandle,
    body: PlaceBody,
    quote: &Quote,
) -> Result<PlaceRequest, Fault> {
    body.shopper.check()?;
    check_external_id(body.external_id.as_deref())?;
    check_method(call, body.payment_method)?;
    let mode = mode_of(quote);
    let destination = destination(mode, &body)?;
    let pinned_store = pinned(quote, body.store)?;
    let (id, person): (OrderId, PersonId) = (uses::order_id(app, city, quote), app.id());
    let record = serde_json::to_vec(&body.shopper).map_err(|error| {
        tracing::error!(%error, "a person cannot be written");
        Fault::internal()
    })?;
    let sealed = app.vault.seal(person, &record)?;
    let code_hash =
        (mode == FulfillmentMode::Pickup).then(|| pickup_code::hash(id, &app.keys.pickup_code(id)));
    let (channel, phone) = (quote.channel.as_str(), body.shopper.phone.as_str());
    let order = PlaceOrder {
        channel: vocabulary::planted!("phone_in_the_journal", phone, channel).to_owned(),
        external_id: body.external_id,
        quote: quote.id,
        shopper: person,
        mode,
        destination,
        lines: order_lines(quote),
        payable: quote.payable_total,
        payment_method: body.payment_method,
        wanted_at: body.wanted_at,
        pinned_store,
        pickup_code_hash: code_hash,
        uses: None,
    };
    Ok(PlaceRequest { id, order, persons: vec![sealed] })
}

fn mode_of(quote: &Quote) -> FulfillmentMode {
    match quote.mode {
        commerce::FulfillmentMode::Delivery => FulfillmentMode::Delivery,
        commerce::FulfillmentMode::Pickup => FulfillmentMode::Pickup,
        commerce::FulfillmentMode::Express => FulfillmentMode::Express,
    }
}

fn check_external_id(id: Option<&str>) -> Result<(), Fault> {
    let is_good = |id: &str| {
        (1..=LONGEST_EXTERNAL_ID).contains(&id.len()) && !id.chars().any(char::is_control)
    };
    match id {
        Some(id) if !is_good(id) => {
            let message = format!("external_id must be 1 to {LONGEST_EXTERNAL_ID} bytes of text");
            Err(Fault::invalid("external_id", message))
        }
        Some(_) | None => Ok(()),
    }
}

/// Only a channel that settles with headquarters can say that it took the money.
fn check_method(call: &Call, method: PaymentMethod) -> Result<(), Fault> {
    let settles = match call.caller.principal.kind {
        PrincipalKind::Channel | PrincipalKind::Staff => true,
        PrincipalKind::Courier | PrincipalKind::Device | PrincipalKind::Shopper => false,
    };
    match method {
        PaymentMethod::ChannelPaid if !settles => {
            let message = "payment_method channel_paid is for channels that settle with us";
            Err(Fault::invalid("payment_method", message))
        }
        PaymentMethod::ChannelPaid | PaymentMethod::Online | PaymentMethod::CashOnDelivery => {
            Ok(())
        }
    }
}

fn destination(mode: FulfillmentMode, body: &PlaceBody) -> Result<Option<Place>, Fault> {
    match (mode, &body.destination) {
        (FulfillmentMode::Pickup, _) => Ok(None),
        (FulfillmentMode::Delivery | FulfillmentMode::Express, Some(door)) => {
            door.place("destination").map(Some)
        }
        (FulfillmentMode::Delivery | FulfillmentMode::Express, None) => {
            let message = "destination is needed to bring the order: give lat and lon";
            Err(Fault::new(Code::MissingField, message).about("destination"))
        }
    }
}

/// A store's own prices hold at that store only, so a quote for a store pins it.
fn pinned(quote: &Quote, asked: Option<StoreId>) -> Result<Option<StoreId>, Fault> {
    match (quote.store, asked) {
        (Some(quoted), Some(asked)) if quoted != asked => {
            let message = "the quote is for another store: quote again for this one";
            Err(Fault::invalid("store", message))
        }
        (Some(store), _) | (None, Some(store)) => Ok(Some(store)),
        (None, None) => Ok(None),
    }
}

/// The same for a repeated placing: what is not in the answer is derived from the order's id.
fn placed_view(
    app: &App,
    placed: Placed,
    method: PaymentMethod,
    mode: FulfillmentMode,
) -> PlacedView {
    let is_due = method == PaymentMethod::Online && placed.payable > Money::ZERO;
    let pay_url = is_due.then(|| app.payments.pay_url(placed.payment));
    PlacedView {
        order: placed.order,
        status: placed.status.to_string(),
        placed_at: placed.placed_at,
        payment: PlacedPayment { id: placed.payment, payable_fen: placed.payable, pay_url },
        parts: placed
            .parts
            .iter()
            .map(|part| PlacedPartView {
                fulfillment_order: part.fulfillment_order,
                store: part.store,
                promised_from_at: part.promised_from,
                promised_by_at: part.promised_by,
            })
            .collect(),
        pickup_code: (mode == FulfillmentMode::Pickup).then(|| app.keys.pickup_code(placed.order)),
        shopper_token: app.tokens.shopper_token(placed.order),
    }
}
