//! The door to a server: HTTP with kept connections, WebSockets that resume, and the server's
//! clock. Everybody has a token of their own, as they would have outside.
//!
//! Answers are read as plain JSON by the names the protocol documents; nothing of the server's
//! code is used.

mod address;
mod campaign;
mod club;
mod furnish;
mod http;
mod identity;
mod read;
mod socket;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use dispatch::Policy;
use dispatch::order::FulfillmentMode;
use futures_util::future::join_all;
use serde_json::{Value, json};
use vocabulary::{
    Clock, CourierId, MemberId, Money, OrderId, Place, ScaledClock, SkuId, StoreId, Timestamp,
    TransferId,
};

use club::Club;
pub use http::Target;
use http::{Ask, Http};
use identity::Identity;
pub use identity::VisitorSeat;
use socket::{Lines, Subscription};

use super::{
    Act, BoardView, CourierView, Doors, Failure, Heard, OrderView, Ping, Placement, Receipt, Seat,
    Settled, Wallet, Watched, flat_fee, may_quote_again,
};
use crate::client_log::ClientLog;
use crate::feed::{RawEvent, list, number, text};
use crate::town::Town;

/// The partition of members.
const MEMBERS: u16 = 60_001;
/// Rows of the feed a request.
const PAGE: u32 = 1_000;
/// Members who are asked for at the same time.
const AT_ONCE: usize = 32;
/// How long a visitor's delivery waits for the courier of their other window: as long as somebody
/// needs to look at both; afterwards whoever is best carries it.
const KEPT_FOR_S: u32 = 300;

pub struct Wire {
    http: Rc<Http>,
    clock: Arc<ScaledClock>,
    identity: Rc<Identity>,
    lines: Lines,
    club: Club,
    /// What a placing with a key says, so that saying it again says the same.
    placings: RefCell<BTreeMap<String, Value>>,
}

/// How many of each a server knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Census {
    pub stores: u32,
    pub couriers: u32,
    pub skus: u32,
}

impl Wire {
    /// Asks the server for the time, with headquarters' token in hand.
    pub async fn connect(target: Target, hq_token: String) -> Result<Self, Failure> {
        let http = Rc::new(Http::new(target));
        let clock = Arc::new(read_clock(&http).await?);
        let identity = Rc::new(Identity::new(Rc::clone(&http), hq_token));
        let time: Arc<dyn Clock> = Arc::clone(&clock) as _;
        let lines = Lines::new(Rc::clone(&http), Rc::clone(&identity), time);
        let club = Club::new(Rc::clone(&http), Rc::clone(&identity));
        Ok(Self { http, clock, identity, lines, club, placings: RefCell::default() })
    }

    /// Asks headquarters for a token for everybody of the town, and for the shop's own channel.
    pub async fn admit(&self, town: &Town) -> Result<(), Failure> {
        self.identity.admit(town).await
    }

    /// Clients write down what they say and hear, into this folder.
    pub fn write_down(&self, folder: &Path) -> std::io::Result<()> {
        self.http.write_down(ClientLog::into_folder(folder, Arc::clone(&self.clock) as _)?);
        Ok(())
    }

    /// What is written down so far is in its files.
    pub fn close_log(&self) {
        if let Some(log) = self.http.log() {
            log.flush();
        }
    }

    /// A token for a visitor who takes a seat.
    pub fn token_of(&self, seat: Seat) -> Option<String> {
        self.identity.token(seat)
    }

    /// Whether somebody else's screen is open on a seat, where the server tells.
    pub async fn is_taken(&self, seat: Seat) -> bool {
        let path = match seat {
            Seat::Store(store) => format!("/v1/stores/{store}/board"),
            Seat::Courier(courier) => format!("/v1/couriers/{courier}"),
            Seat::Headquarters | Seat::Shopper(_) | Seat::Provider => return false,
        };
        let answer = self.http.ask(Ask::get(path), &self.identity.headquarters()).await;
        let listeners = answer.ok().and_then(|view| view.get("listeners").and_then(Value::as_u64));
        // One of them is ours.
        listeners.is_some_and(|listeners| listeners > 1)
    }

    /// Which server it is.
    pub fn target(&self) -> &Target {
        self.http.target()
    }

    /// How fast the city's time passes at this moment.
    pub fn scale(&self) -> f64 {
        self.clock.scale()
    }

    /// How much longer it runs fast, in the wall's time; `None` when it always does.
    pub fn fast_for(&self) -> Option<Duration> {
        self.clock.fast_for()
    }

    /// How many of each the server knows.
    pub async fn census(&self) -> Result<Census, Failure> {
        let token = self.identity.headquarters();
        let stores = self.http.ask(Ask::get("/v1/stores?limit=500"), &token).await?;
        let couriers = self.http.ask(Ask::get("/v1/couriers?limit=1000"), &token).await?;
        let (mut skus, mut page) = (0, "/v1/skus?limit=1000".to_owned());
        loop {
            let some = self.http.ask(Ask::get(page), &token).await?;
            skus += list(&some, "skus").len();
            match some.get("next_after").and_then(Value::as_str) {
                Some(after) => page = format!("/v1/skus?limit=1000&after={after}"),
                None => break,
            }
        }
        let count = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
        Ok(Census {
            stores: count(list(&stores, "stores").len()),
            couriers: count(list(&couriers, "couriers").len()),
            skus: count(skus),
        })
    }

    /// Whether the last store of the town is there: then the ones before it are.
    pub async fn knows(&self, town: &Town) -> Result<bool, Failure> {
        let Some(store) = town.stores.last() else { return Ok(false) };
        let ask = Ask::get(format!("/v1/stores/{}", store.id));
        match self.http.ask(ask, &self.identity.headquarters()).await {
            Ok(_) => Ok(true),
            Err(failure) if failure.code == "not_found" => Ok(false),
            Err(failure) => Err(failure),
        }
    }

    /// Headquarters lays down the streets that maps draw.
    pub async fn put_streets(&self, geojson: Value) -> Result<(), Failure> {
        let ask = Ask::put("/v1/streets", geojson);
        self.http.ask(ask, &self.identity.headquarters()).await.map(drop)
    }

    /// A token for a visitor who looks over headquarters' shoulder, or orders.
    pub async fn visitor_token(&self, seat: VisitorSeat) -> Result<String, Failure> {
        self.identity.admit_visitor(seat).await
    }

    /// Headquarters keeps the newest orders of the visitor's shop for one courier, who carries them
    /// in another window; `seen` are those that need no other look. What has no delivery yet, or
    /// cannot be asked now, is asked again at the next look.
    pub async fn keep_for(
        &self,
        courier: CourierId,
        seen: &mut BTreeSet<String>,
    ) -> Result<(), Failure> {
        let headquarters = self.identity.headquarters();
        let page = self.http.ask(Ask::get("/v1/orders?limit=20"), &headquarters).await?;
        for card in list(&page, "orders") {
            let order = text(card, "order").to_owned();
            if seen.contains(&order) {
                continue;
            }
            let view =
                self.http.ask(Ask::get(format!("/v1/orders/{order}")), &headquarters).await?;
            let is_theirs = text(&view, "channel") == identity::VISITORS_SHOP;
            let deliveries = list(&view, "deliveries");
            if is_theirs && deliveries.is_empty() {
                continue;
            }
            for delivery in deliveries.iter().filter(|_| is_theirs) {
                let delivery = text(delivery, "delivery");
                let path = format!("/v1/orders/{order}/deliveries/{delivery}/steer");
                let pin = json!({
                    "steer": "pin", "courier": courier, "for_at_most_s": KEPT_FOR_S,
                    "reason": "whoever ordered this carries it as well",
                });
                match self.http.ask(Ask::post(path, pin), &headquarters).await {
                    Err(failure) if failure.retryable => return Err(failure),
                    // One that is under way or over stays with whoever has it.
                    Ok(_) | Err(_) => {}
                }
            }
            seen.insert(order);
        }
        Ok(())
    }

    /// Headquarters writes the policy, whole.
    pub async fn put_policy(&self, policy: &Policy) -> Result<(), Failure> {
        let ask = Ask::put("/v1/policy", json!(policy));
        self.http.ask(ask, &self.identity.headquarters()).await.map(drop)
    }

    /// Headquarters asks the same for bringing any order.
    pub async fn put_flat_fee(&self, fee: Money) -> Result<(), Failure> {
        let ask = Ask::put("/v1/quote-policy", json!(flat_fee(fee)));
        self.http.ask(ask, &self.identity.headquarters()).await.map(drop)
    }

    /// Headquarters changes some knobs of the policy, by their names in the document.
    pub async fn change_policy(&self, knobs: &[(&str, Value)]) -> Result<(), Failure> {
        let token = self.identity.headquarters();
        let answer = self.http.ask(Ask::get("/v1/policy"), &token).await?;
        let mut policy = answer.get("policy").cloned().unwrap_or(answer);
        for (pointer, value) in knobs {
            let knob = policy.pointer_mut(pointer);
            let knob = knob.ok_or_else(|| {
                Failure::new("unreadable", format!("the server's policy has no {pointer}"))
            })?;
            *knob = value.clone();
        }
        self.http.ask(Ask::put("/v1/policy", policy), &token).await.map(drop)
    }

    /// A member quotes with what the wallet has; when some of it went elsewhere meanwhile, without.
    async fn quote(
        &self,
        placement: &Placement,
        basket: Value,
        spends: bool,
    ) -> Result<Value, Failure> {
        let token = self.identity.channel();
        if spends && let Some(wallet) = self.club.wallet(&placement.phone, &placement.name).await {
            let mut basket = basket.clone();
            wallet.pay_with(&mut basket);
            if let Ok(quote) = self.http.ask(Ask::post("/v1/quotes", basket), &token).await {
                return Ok(quote);
            }
        }
        self.http.ask(Ask::post("/v1/quotes", basket), &token).await
    }

    /// The quote for a basket and the words that place it.
    async fn words_of(
        &self,
        placement: &Placement,
        key: &str,
        spends: bool,
    ) -> Result<Value, Failure> {
        let known = self.placings.borrow().get(key).cloned();
        if let Some(words) = known {
            return Ok(words);
        }
        let lines: Vec<Value> = placement
            .lines
            .iter()
            .map(|(sku, quantity)| json!({"sku": sku, "quantity": quantity}))
            .collect();
        let mut basket = json!({"mode": placement.mode, "lines": lines});
        if let (Some(store), Some(basket)) = (placement.store, basket.as_object_mut())
            && placement.mode == FulfillmentMode::Pickup
        {
            basket.insert("store".to_owned(), json!(store));
        }
        let quote = self.quote(placement, basket, spends).await?;
        let quote = read::field(&quote, "quote")?.to_owned();
        let mut words = json!({
            "quote": quote,
            "shopper": {"name": placement.name, "phone": placement.phone},
            "payment_method": placement.payment,
        });
        if let Some(words) = words.as_object_mut() {
            if let Some(door) = placement.destination {
                words.insert("destination".to_owned(), read::point(door));
            }
            if let Some(store) = placement.store {
                words.insert("store".to_owned(), json!(store));
            }
            if let Some(wanted_at) = placement.wanted_at {
                words.insert("wanted_at".to_owned(), json!(wanted_at.as_millis()));
            }
            if placement.mode != FulfillmentMode::Pickup
                && let Some(shopper) = words.get_mut("shopper").and_then(Value::as_object_mut)
            {
                shopper.insert("address".to_owned(), json!(placement.address));
            }
        }
        self.placings.borrow_mut().insert(key.to_owned(), words.clone());
        if let Some(log) = self.http.log() {
            log.person(&placement.name, &placement.phone, &placement.address);
        }
        Ok(words)
    }

    async fn place_under(
        &self,
        placement: &Placement,
        key: &str,
        spends: bool,
    ) -> Result<Receipt, Failure> {
        let words = self.words_of(placement, key, spends).await?;
        let ask = Ask::post("/v1/orders", words).under(key).said_by(Seat::Provider);
        let answer = self.http.ask(ask, &self.identity.channel()).await;
        if answer.as_ref().is_err_and(|failure| failure.retryable) {
            return Err(answer.err().unwrap_or_else(|| Failure::retryable("lost", "no answer")));
        }
        self.placings.borrow_mut().remove(key);
        let (receipt, token) = read::receipt(&answer?)?;
        self.identity.learn_shopper(receipt.order, token);
        Ok(receipt)
    }
}

impl Doors for Wire {
    fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.clock) as _
    }

    async fn furnish(&self, town: &Town) -> Result<(), Failure> {
        furnish::furnish(&self.http, &self.identity.headquarters(), town).await
    }

    async fn place(&self, placement: &Placement) -> Result<Receipt, Failure> {
        match self.place_under(placement, &placement.key, true).await {
            Err(failure) if may_quote_again(&failure.code) => {
                let key = format!("{}-again", placement.key);
                self.place_under(placement, &key, false).await
            }
            answer => answer,
        }
    }

    async fn act(&self, act: &Act) -> Result<(), Failure> {
        let ask = address::of(&act.deed).under(&act.key).said_by(act.seat);
        let token = self.identity.token(act.seat);
        let token = token.ok_or_else(|| Failure::new("no_seat", format!("{:?}", act.seat)))?;
        self.http.ask(ask, &token).await.map(drop)
    }

    async fn send_goods(
        &self,
        from: StoreId,
        to: StoreId,
        (sku, units): (SkuId, u32),
        key: &str,
    ) -> Result<TransferId, Failure> {
        let lines = json!([{"sku": sku, "units": units}]);
        let body = json!({"from": from, "to": to, "lines": lines, "ready": true});
        let ask = Ask::post("/v1/transfers", body).under(key).said_by(Seat::Headquarters);
        let answer = self.http.ask(ask, &self.identity.headquarters()).await?;
        let id = answer.get("transfer").and_then(|id| id.as_str()).and_then(|id| id.parse().ok());
        id.ok_or_else(|| Failure::new("unreadable", "a transfer"))
    }

    async fn shelves(&self, store: StoreId) -> Result<Vec<(SkuId, i64)>, Failure> {
        let ask = Ask::get(format!("/v1/stores/{store}/stock"));
        let answer = self.http.ask(ask, &self.identity.headquarters()).await?;
        Ok(read::shelves(&answer))
    }

    async fn forget_member(&self, phone: &str) -> Result<(), Failure> {
        self.club.forget(phone).await
    }

    async fn positions(&self, courier: CourierId, pings: Vec<Ping>) {
        self.lines.say_positions(courier, &pings);
    }

    async fn order(&self, order: OrderId) -> Result<OrderView, Failure> {
        let ask = Ask::get(format!("/v1/orders/{order}"));
        let answer = self.http.ask(ask, &self.identity.headquarters()).await?;
        read::order(&answer).ok_or_else(|| Failure::new("unreadable", "an order"))
    }

    async fn last_seen(&self, courier: CourierId) -> Option<Place> {
        let ask = Ask::get(format!("/v1/couriers/{courier}"));
        let answer = self.http.ask(ask, &self.identity.headquarters()).await.ok()?;
        read::position(&answer)
    }

    fn disconnect(&self, seat: Seat, lasts: Duration) {
        let lasts = i64::try_from(lasts.as_millis()).unwrap_or(i64::MAX);
        let until = self.clock.now().as_millis().saturating_add(lasts);
        self.lines.cut(seat, Timestamp::from_millis(until));
    }

    fn watch_order(&self, order: OrderId) -> Watched<OrderView> {
        self.lines.watch(Subscription::order(order))
    }

    fn watch_board(&self, store: StoreId) -> Watched<BoardView> {
        self.lines.watch(Subscription::board(store))
    }

    fn watch_courier(&self, courier: CourierId) -> Watched<CourierView> {
        self.lines.watch(Subscription::courier(courier))
    }

    async fn feed(&self, after: u64) -> Result<Vec<RawEvent>, Failure> {
        let ask = Ask::get(format!("/v1/feed?after={after}&limit={PAGE}"));
        let page = self.http.ask(ask, &self.identity.headquarters()).await?;
        Ok(read::events(&page))
    }

    async fn members_feed(&self, after: u64) -> Result<Vec<RawEvent>, Failure> {
        let path = format!("/v1/feed?partition={MEMBERS}&after={after}&limit={PAGE}");
        let page = self.http.ask(Ask::get(path), &self.identity.headquarters()).await?;
        Ok(read::events(&page))
    }

    async fn wallets(&self, of: &[MemberId]) -> Result<Vec<Wallet>, Failure> {
        let mut wallets = Vec::with_capacity(of.len());
        for some in of.chunks(AT_ONCE) {
            let asked = some.iter().map(|member| self.club.of_member(*member, &*self.clock));
            for wallet in join_all(asked).await {
                wallets.push(wallet?);
            }
        }
        Ok(wallets)
    }

    async fn settlements(&self) -> Result<Option<Settled>, Failure> {
        let now = jiff::Timestamp::from_millisecond(self.clock.now().as_millis());
        let today = now.unwrap_or_default().to_zoned(jiff::tz::TimeZone::UTC).date();
        // A store's date may be a day ahead, and a city may have lived for long.
        let to = today.tomorrow().unwrap_or(today);
        let from = to.saturating_sub(jiff::Span::new().days(365));
        let ask = Ask::get(format!("/v1/settlements?from={from}&to={to}"));
        let answer = self.http.ask(ask, &self.identity.headquarters()).await?;
        let seq = answer.get("read_to").map_or(0, |read| number(read, "seq")).unsigned_abs();
        Ok(Some(Settled { seq, rows: list(&answer, "settlements").to_vec() }))
    }

    fn heard(&self) -> Heard {
        self.lines.heard()
    }
}

async fn read_clock(http: &Http) -> Result<ScaledClock, Failure> {
    let answer = http.ask_openly(Ask::get("/v1/clock")).await?;
    let now = answer.get("now").and_then(Value::as_i64);
    let now = now.ok_or_else(|| Failure::new("unreadable", "the server's clock"))?;
    let scale = answer.get("scale").and_then(Value::as_f64).unwrap_or(1.0);
    let fast_for = answer.get("fast_for_ms").and_then(Value::as_u64).map(Duration::from_millis);
    Ok(ScaledClock::following(Timestamp::from_millis(now), scale, fast_for))
}
