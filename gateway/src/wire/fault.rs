//! What leaves the house when the answer is no: a stable code, a sentence to act on, maybe a field.
//!
//! Every code has its line in docs/faults.md.

mod refusals;

use std::borrow::Cow;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::trace;

macro_rules! faults {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $status:literal;)+) => {
        /// A stable code, and the HTTP status it travels with.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Code { $($(#[$doc])* $name,)+ }

        impl Code {
            pub const ALL: &'static [Code] = &[$(Code::$name,)+];

            pub fn text(self) -> &'static str {
                match self { $(Code::$name => $code,)+ }
            }

            pub fn status(self) -> StatusCode {
                let number: u16 = match self { $(Code::$name => $status,)+ };
                StatusCode::from_u16(number).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
            }
        }
    };
}

faults! {
    // The request itself.
    /// The body is not JSON. Client: fix the text; do not retry.
    MalformedJson = "malformed_json", 400;
    /// The body has a field we do not know. Client: take it out.
    UnknownField = "unknown_field", 422;
    /// The body lacks a field. Client: add it.
    MissingField = "missing_field", 422;
    /// A value cannot be accepted. Client: the sentence says what would be.
    InvalidValue = "invalid_value", 422;
    /// A query parameter is unknown or cannot be read. Client: correct the address.
    InvalidQuery = "invalid_query", 400;
    /// An id in the address is no UUID. Client: correct the address.
    InvalidPath = "invalid_path", 400;
    /// The body is larger than the door takes. Client: send less at once.
    BodyTooLarge = "body_too_large", 413;
    /// The body is not announced as JSON. Client: send `Content-Type: application/json`.
    UnsupportedMediaType = "unsupported_media_type", 415;
    /// There is no such address. Client: look at the API document.
    NoSuchAddress = "no_such_address", 404;
    /// The address does not know this method. Client: look at the API document.
    MethodNotAllowed = "method_not_allowed", 405;
    /// The address opens a WebSocket. Client: connect with a WebSocket client.
    UpgradeRequired = "upgrade_required", 426;
    /// Placing needs an `Idempotency-Key`. Client: make one per order and keep it for retries.
    IdempotencyKeyMissing = "idempotency_key_missing", 400;
    /// The `Idempotency-Key` is empty, too long or not printable. Client: send 1 to 128 characters.
    IdempotencyKeyInvalid = "idempotency_key_invalid", 400;

    /// The file is no CSV or xlsx, or too large. Client: the sentence says what is wrong with it.
    MalformedSheet = "malformed_sheet", 400;

    // Who asks.
    /// No token, or not in the form `Bearer <token>`. Client: send one.
    Unauthenticated = "unauthenticated", 401;
    /// The token is unknown, expired or revoked. Client: get a new one.
    TokenInvalid = "token_invalid", 401;
    /// Name or password is wrong, or the account is closed. Client: try again, or ask headquarters.
    LogInRefused = "log_in_refused", 401;
    /// The role may not do this anywhere. Client: ask headquarters.
    Forbidden = "forbidden", 403;
    /// It is above what the role may decide. Client: ask somebody with a higher limit.
    OverLimit = "over_limit", 403;
    /// One person may not decide this alone. Client: ask a second one under `/v1/approvals`.
    SecondPersonNeeded = "second_person_needed", 403;
    /// The role comes with the house. Client: change what it may do instead of removing it.
    RoleKept = "role_kept", 409;
    /// Somebody holds the role. Client: give them another one first; the sentence says whom.
    RoleHeld = "role_held", 409;
    /// Somebody has answered it before. Client: refresh the list.
    ApprovalClosed = "approval_closed", 409;
    /// It does not exist, or it is not yours. Client: check the id.
    NotFound = "not_found", 404;
    /// The signature is missing, wrong or too old. Client: sign again with the present time.
    SignatureInvalid = "signature_invalid", 401;
    /// The ticket was used, is older than 30 seconds or was never given. Client: get another.
    TicketInvalid = "ticket_invalid", 401;
    /// This page may not open a socket. Client: ask the operator to add its origin.
    OriginRefused = "origin_refused", 403;

    // How much is asked.
    /// Too many requests from this principal. Client: wait as long as `retry_after_ms` says.
    RateLimited = "rate_limited", 429;
    /// The house is full. Client: wait as long as `retry_after_ms` says, then retry with the same key.
    Busy = "busy", 503;
    /// The city is recovering. Client: retry with the same key; it happened at most once.
    Unavailable = "unavailable", 503;
    /// Another server runs the city. Client: ask at the address in `owner`, with the same key.
    NotOwner = "not_owner", 421;
    /// No answer in time. Client: retry with the same key; it happened at most once.
    Timeout = "timeout", 504;
    /// A mistake of ours; nothing changed. Client: report the trace.
    Internal = "internal", 500;
    /// This very command failed twice and is set aside. Client: report the trace; do not retry.
    Quarantined = "quarantined", 500;

    // Keys and versions.
    /// The key was used with another body. Client: a new order needs a new key.
    IdempotencyConflict = "idempotency_conflict", 409;
    /// The external id belongs to another order of this channel. Client: look that order up.
    ExternalIdTaken = "external_id_taken", 409;
    /// The quote was already placed. Client: quote again.
    QuoteUsed = "quote_used", 409;
    /// Somebody wrote it since you read it. Client: read it again and repeat the change.
    StaleVersion = "stale_version", 409;

    // Quotes and prices.
    /// The quote is not one of ours or was changed. Client: quote again.
    QuoteInvalid = "quote_invalid", 422;
    /// The quote's time is over. Client: quote again.
    QuoteExpired = "quote_expired", 409;
    /// Nothing is in the basket. Client: add a line.
    EmptyBasket = "empty_basket", 422;
    /// Too many lines for one order. Client: divide the basket.
    TooManyLines = "too_many_lines", 422;
    /// Too many units of one SKU. Client: ask for fewer.
    TooManyUnits = "too_many_units", 422;
    /// The catalog does not have this SKU. Client: choose one that it has.
    UnknownSku = "unknown_sku", 422;
    /// The SKU is no longer sold. Client: take it out of the basket.
    SkuDelisted = "sku_delisted", 409;
    /// This store does not sell the SKU. Client: choose another store or SKU.
    NotSoldAtStore = "not_sold_at_store", 409;
    /// A pickup names no store. Client: say where to collect.
    PickupNeedsStore = "pickup_needs_store", 422;
    /// The channel's contract does not let it send prices. Client: leave out `channel_price_fen`.
    ChannelMayNotPrice = "channel_may_not_price", 403;
    /// One SKU has two prices in the basket. Client: send one.
    TwoPrices = "two_prices", 422;
    /// The channel's price is outside its contract. Client: the sentence says from what to what.
    ChannelPriceOutsideContract = "channel_price_outside_contract", 422;
    /// The basket is worth more than can be counted. Client: divide it.
    BeyondMoney = "beyond_money", 422;
    /// The store has no grant for its own price of this SKU. Client: ask headquarters.
    NoPriceGrant = "no_price_grant", 403;
    /// The store's price is outside its grant. Client: the sentence says from what to what.
    PriceOutsideGrant = "price_outside_grant", 422;
    /// The store has no grant to stop selling this SKU. Client: ask headquarters.
    MayNotDelist = "may_not_delist", 403;
    /// No price grant has this name. Client: look at the list.
    UnknownGrant = "unknown_grant", 404;
    /// The channel has no contract. Client: look at the list.
    UnknownContract = "unknown_contract", 404;

    // Campaigns.
    /// Coupons and points are a member's. Client: say whose basket it is.
    NeedsMember = "needs_member", 422;
    /// The member holds no such coupon. Client: look at the coupons held.
    UnknownCoupon = "unknown_coupon", 422;
    /// More coupons than one order takes. Client: the sentence says how many.
    TooManyCoupons = "too_many_coupons", 422;
    /// The member has fewer points. Client: the sentence says how many.
    NotEnoughPoints = "not_enough_points", 422;
    /// There is no such campaign, or somebody else gives it. Client: look at the list.
    UnknownCampaign = "unknown_campaign", 404;
    /// A campaign keeps its kind and who gives it. Client: make a new one.
    AnotherKind = "another_kind", 409;
    /// Coupons of it may be in members' hands. Client: stop it and make a new one.
    CouponsOut = "coupons_out", 409;
    /// The store has no grant for such a campaign. Client: ask headquarters.
    NoCampaignGrant = "no_campaign_grant", 403;
    /// No campaign grant has this name. Client: look at the list.
    UnknownCampaignGrant = "unknown_campaign_grant", 404;
    /// The tree has no such category. Client: look at the tree.
    UnknownCategory = "unknown_category", 404;
    /// Categories or goods stand in it. Client: move them first.
    CategoryInUse = "category_in_use", 409;
    /// No publication has this name. Client: look at the list.
    UnknownPublication = "unknown_publication", 404;
    /// The publication's moment has not come. Client: wait, or write it with another time.
    PublicationNotDue = "publication_not_due", 409;
    /// The file is no JPEG, PNG or WebP. Client: send one of these.
    NotAnImage = "not_an_image", 415;

    // Orders.
    /// It was already placed. Client: read the order.
    AlreadyPlaced = "already_placed", 409;
    /// The shopper asked a moment ago. Client: wait as long as `retry_after_ms` says.
    RemindedRecently = "reminded_recently", 429;
    /// Nobody asked about the order. Client: refresh.
    NoReminder = "no_reminder", 409;
    /// The order is rated. Client: show the rating.
    AlreadyRated = "already_rated", 409;
    /// The time to rate the order is over. Client: tell the shopper.
    RatingClosed = "rating_closed", 409;
    /// The order has gone too far for this. Client: refresh.
    OrderState = "order_state", 409;
    /// No store can fulfil the basket. Client: the sentence says why; change basket, time or place.
    Unfillable = "unfillable", 409;
    /// The fulfillment order is not at this store. Client: refresh the board.
    FulfillmentOrderUnknown = "fulfillment_order_unknown", 404;
    /// The fulfillment order has gone too far, or not far enough. Client: refresh the board.
    FulfillmentState = "fulfillment_state", 409;
    /// The line is not of this order or has fewer units. Client: refresh.
    LineUnknown = "line_unknown", 422;
    /// A group of goods would be torn. Client: name all of the group or none.
    KeptTogether = "kept_together", 409;
    /// The order is spread over as many stores as it may be. Client: choose one that has a share of it.
    TooManyStores = "too_many_stores", 409;
    /// The proposed change is gone. Client: propose it again.
    ChangeUnknown = "change_unknown", 404;
    /// A store of the order does not serve the new door. Client: keep the door, or order anew.
    DoorOutOfReach = "door_out_of_reach", 409;
    /// The new door cannot be reached in the promised time. Client: keep the door, or order anew.
    DoorBreaksPromise = "door_breaks_promise", 409;
    /// A reason is needed. Client: give one.
    ReasonMissing = "reason_missing", 422;
    /// The store is not open then. Client: choose another time.
    StoreClosed = "store_closed", 409;
    /// The stock does not suffice. Client: ask for fewer, or another store.
    NotEnoughStock = "not_enough_stock", 409;
    /// The reservation is not at this store. Client: refresh.
    ReservationUnknown = "reservation_unknown", 404;
    /// The reservation has ended. Client: refresh.
    ReservationState = "reservation_state", 409;
    /// The transfer is not at this store. Client: refresh the list.
    TransferUnknown = "transfer_unknown", 404;
    /// The transfer has gone too far, or not far enough. Client: refresh.
    TransferState = "transfer_state", 409;
    /// More is named than is in transit. Client: name what is above it as surplus.
    TransferExcess = "transfer_excess", 422;
    /// The order is declined; the sentence says why. Client: refresh.
    Refused = "refused", 409;

    // Members.
    /// There is no such member. Client: look the member up again, or enrol.
    MemberUnknown = "member_unknown", 404;
    /// The member is enrolled already. Client: log in.
    AlreadyEnrolled = "already_enrolled", 409;
    /// The phone belongs to a member. Client: log in instead.
    PhoneTaken = "phone_taken", 409;
    /// The server cannot send codes. Client: tell the operator to set `code_sender`.
    CodeSenderMissing = "code_sender_missing", 503;
    /// The member's code is wrong or too old. Client: show a new one.
    MemberCodeInvalid = "member_code_invalid", 422;
    /// The coupon was used, has expired or was never claimed. Client: quote again without it.
    CouponGone = "coupon_gone", 409;
    /// The coupon is held for another order. Client: wait until that order ends.
    CouponHeld = "coupon_held", 409;
    /// The campaign gives out no coupons, or none now. Client: look at those that can be claimed.
    NotClaimable = "not_claimable", 409;
    /// One member may claim no more of these. Client: use those you have.
    ClaimLimit = "claim_limit", 409;
    /// The claimed coupon would have expired already. Client: choose another campaign.
    ClaimOver = "claim_over", 409;
    /// The wallet is full. Client: use a coupon first.
    WalletFull = "wallet_full", 409;
    /// The order already holds other coupons or points. Client: quote again.
    HoldDiffers = "hold_differs", 409;
    /// The order is over. Client: quote again.
    OrderOver = "order_over", 409;
    /// The time to place the order is over. Client: quote again.
    HoldTooLate = "hold_too_late", 409;
    /// What was kept for the order is kept no longer. Client: quote again.
    UsesOver = "uses_over", 409;
    /// An order of the member's is under way. Client: forget the member when it has ended.
    OrdersOpen = "orders_open", 409;
    /// Points by hand need a reason. Client: say why.
    NoteMissing = "note_missing", 422;
    /// The campaign's budget is used up. Client: quote again.
    BudgetSpent = "budget_spent", 409;

    // Hand-over.
    /// The code is wrong. Client: type it again; the sentence counts the tries left.
    CodeWrong = "code_wrong", 422;
    /// Too many wrong codes. Client: wait, or let the store look the order up.
    CodeLocked = "code_locked", 429;
    /// A code is needed. Client: ask the shopper for it.
    CodeMissing = "code_missing", 422;

    // Deliveries and couriers.
    /// The delivery is not of this order. Client: refresh.
    DeliveryUnknown = "delivery_unknown", 404;
    /// The delivery has gone too far, or not far enough. Client: refresh.
    DeliveryState = "delivery_state", 409;
    /// The delivery is with somebody else now. Client: refresh, do not retry.
    AttemptOver = "attempt_over", 409;
    /// The offer was answered, expired or withdrawn. Client: refresh, do not retry.
    OfferClosed = "offer_closed", 409;
    /// The offer was never made to this courier. Client: refresh.
    OfferUnknown = "offer_unknown", 404;
    /// Another courier was faster. Client: refresh, do not retry.
    TooLate = "too_late", 409;
    /// The courier cannot take it now. Client: the sentence says why.
    CourierUnavailable = "courier_unavailable", 409;
    /// The courier still has goods on board. Client: hand them over first.
    CourierCarrying = "courier_carrying", 409;
    /// A proof of delivery is needed. Client: the sentence says which.
    ProofMissing = "proof_missing", 422;
    /// More pictures of one order than are kept. Client: name one that was kept.
    TooManyPictures = "too_many_pictures", 409;
    /// The parcel is not of this order. Client: refresh.
    ParcelUnknown = "parcel_unknown", 404;
    /// The parcel has gone too far. Client: refresh.
    ParcelState = "parcel_state", 409;

    // Money and returns.
    /// The payment has gone too far. Client: refresh.
    PaymentState = "payment_state", 409;
    /// The payment is not of this order. Client: refresh.
    PaymentUnknown = "payment_unknown", 404;
    /// The refund is not of this order. Client: refresh.
    RefundUnknown = "refund_unknown", 404;
    /// The amount is not the one that is due. Client: the sentence says which is.
    AmountMismatch = "amount_mismatch", 422;
    /// More than what is left to refund. Client: ask for less.
    RefundTooLarge = "refund_too_large", 422;
    /// The return is not of this order. Client: refresh.
    ReturnUnknown = "return_unknown", 404;
    /// The return has gone too far, or not far enough. Client: refresh.
    ReturnState = "return_state", 409;
    /// The time to return has passed. Client: tell the shopper.
    ReturnWindowClosed = "return_window_closed", 409;

    // The books.
    /// The books are read up to an earlier moment. Client: wait as long as `retry_after_ms` says.
    BooksBehind = "books_behind", 503;
    /// The day is not over at the store. Client: close it tomorrow.
    DayNotOver = "day_not_over", 409;
    /// The day is closed. Client: adjust an open day and say which day it corrects.
    DayClosed = "day_closed", 409;
    /// The day to correct is not closed. Client: adjust it itself.
    DayNotClosed = "day_not_closed", 409;
    /// The day is to come. Client: choose today or an earlier day.
    DayToCome = "day_to_come", 422;
}

/// What a caller hears instead of an answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    pub code: Code,
    /// Lower case, no full stop; says what to do.
    pub message: Cow<'static, str>,
    /// The field it is about, as a path such as `lines[0].quantity`.
    pub field: Option<String>,
    pub retry_after_ms: Option<u64>,
    /// The address of the server that can answer.
    pub owner: Option<Box<str>>,
}

/// A fault as it is sent.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = Fault)]
pub struct FaultBody {
    /// Stable; see docs/faults.md.
    pub code: Cow<'static, str>,
    pub message: Cow<'static, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// What to name when asking the operator.
    pub trace: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u64>,
    /// With `not_owner`: the address of the server that runs the city, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Box<str>>,
}

impl Fault {
    pub fn new(code: Code, message: impl Into<Cow<'static, str>>) -> Self {
        Self { code, message: message.into(), field: None, retry_after_ms: None, owner: None }
    }

    pub fn about(self, field: impl Into<String>) -> Self {
        Self { field: Some(field.into()), ..self }
    }

    pub fn after(self, milliseconds: u64) -> Self {
        Self { retry_after_ms: Some(milliseconds), ..self }
    }

    /// Not there, or not yours: both look alike.
    pub fn not_found(what: &str) -> Self {
        Self::new(
            Code::NotFound,
            format!("there is no such {what}, or it is not yours: check the id"),
        )
    }

    pub fn invalid(field: impl Into<String>, message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Code::InvalidValue, message).about(field)
    }

    /// The role does not have the verb, wherever it is asked.
    pub fn forbidden() -> Self {
        Self::new(Code::Forbidden, "your role may not do this: ask headquarters")
    }

    pub fn internal() -> Self {
        Self::new(Code::Internal, "something broke here and nothing changed: report the trace")
    }

    pub fn busy() -> Self {
        Self::new(Code::Busy, "too much is going on: retry with the same key").after(200)
    }

    pub fn unavailable() -> Self {
        Self::new(Code::Unavailable, "the city is recovering: retry with the same key").after(500)
    }

    /// Somebody else runs the city; an empty address is one that is not known yet.
    pub fn not_owner(url: &str) -> Self {
        let message = "another server runs this city: ask there, with the same key";
        let owner = (!url.is_empty()).then(|| url.into());
        Self { owner, ..Self::new(Code::NotOwner, message).after(500) }
    }

    /// As it goes over the wire, under this trace.
    pub fn body(&self, trace: u128) -> FaultBody {
        FaultBody {
            code: Cow::Borrowed(self.code.text()),
            message: self.message.clone(),
            field: self.field.clone(),
            trace: trace::text(trace),
            retry_after_ms: self.retry_after_ms,
            owner: self.owner.clone(),
        }
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let mut response = (self.code.status(), Json(self.body(trace::current()))).into_response();
        let seconds = self.retry_after_ms.map(|wait| wait.div_ceil(1_000).max(1));
        if let Some(value) = seconds.and_then(|wait| HeaderValue::try_from(wait.to_string()).ok()) {
            response.headers_mut().insert(header::RETRY_AFTER, value);
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_code_is_there_once_and_has_a_status_of_an_error() {
        let codes: BTreeSet<_> = Code::ALL.iter().map(|code| code.text()).collect();
        assert_eq!(codes.len(), Code::ALL.len());
        assert!(Code::ALL.iter().all(|code| code.status().as_u16() >= 400));
    }

    #[test]
    fn a_busy_house_says_when_to_come_back() {
        let response = Fault::busy().into_response();
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(response.headers()[header::RETRY_AFTER], "1");
    }
}
