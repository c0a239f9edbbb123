//! Whose token goes with which word.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::{Value, json};
use vocabulary::OrderId;

use super::http::{Ask, Http};
use super::read;
use crate::doors::{Failure, Seat};
use crate::town::Town;

/// Principals in one request; the house takes bodies of this size.
const AT_ONCE: usize = 200;
/// Tokens outlive the longest run by far.
const EXPIRES_IN_S: u32 = 30 * 86_400;

/// The channel of the shop that a visitor orders in.
pub(super) const VISITORS_SHOP: &str = "web";

/// A seat of which there may be many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VisitorSeat {
    Headquarters,
    Shop,
}

pub(super) struct Identity {
    http: Rc<Http>,
    headquarters: String,
    channel: RefCell<String>,
    tokens: RefCell<BTreeMap<Seat, String>>,
}

impl Identity {
    pub fn new(http: Rc<Http>, headquarters: String) -> Self {
        let (channel, tokens) = (RefCell::default(), RefCell::default());
        Self { http, headquarters, channel, tokens }
    }

    pub fn headquarters(&self) -> String {
        self.headquarters.clone()
    }

    /// The shop's own app, which brings all orders.
    pub fn channel(&self) -> String {
        self.channel.borrow().clone()
    }

    pub fn token(&self, seat: Seat) -> Option<String> {
        match seat {
            Seat::Headquarters => Some(self.headquarters()),
            // The shopper pays on the provider's page; the app sends them there.
            Seat::Provider => Some(self.channel()),
            Seat::Store(_) | Seat::Courier(_) | Seat::Shopper(_) => {
                self.tokens.borrow().get(&seat).cloned()
            }
        }
    }

    pub fn learn_shopper(&self, order: OrderId, token: String) {
        self.tokens.borrow_mut().insert(Seat::Shopper(order), token);
    }

    pub fn forget_shopper(&self, order: OrderId) {
        self.tokens.borrow_mut().remove(&Seat::Shopper(order));
    }

    pub async fn admit(&self, town: &Town) -> Result<(), Failure> {
        let stores = town.stores.iter().map(|store| {
            let scope = json!({"stores": [store.id]});
            let principal = principal("staff", "store_manager", &store.name, scope);
            (Some(Seat::Store(store.id)), principal)
        });
        let couriers = town.couriers.iter().map(|courier| {
            let scope = json!({"courier": courier.id});
            let principal = principal("courier", "courier", &courier.name, scope);
            (Some(Seat::Courier(courier.id)), principal)
        });
        let app = (None, principal("channel", "channel_partner", "app", json!("channel")));
        let all: Vec<(Option<Seat>, Value)> = stores.chain(couriers).chain([app]).collect();
        for some in all.chunks(AT_ONCE) {
            self.admit_some(some).await?;
        }
        Ok(())
    }

    /// A token for a visitor: of headquarters, another than the one that opens everything for ever,
    /// or of a shop's page.
    pub async fn admit_visitor(&self, seat: VisitorSeat) -> Result<String, Failure> {
        let visitor = match seat {
            VisitorSeat::Headquarters => principal("staff", "hq_admin", "visitor", json!("all")),
            VisitorSeat::Shop => principal("channel", "shop_page", VISITORS_SHOP, json!("channel")),
        };
        let answer = self.http.ask(Ask::post("/v1/tokens", visitor), &self.headquarters).await?;
        read::field(&answer, "token").map(str::to_owned)
    }

    async fn admit_some(&self, some: &[(Option<Seat>, Value)]) -> Result<(), Failure> {
        let bodies: Vec<&Value> = some.iter().map(|(_, principal)| principal).collect();
        let ask = Ask::post("/v1/tokens/bulk", json!(bodies));
        let answer = self.http.ask(ask, &self.headquarters).await?;
        let tokens = crate::feed::list(&answer, "tokens");
        if tokens.len() != some.len() {
            return Err(Failure::new("unreadable", "not a token for everybody"));
        }
        for ((seat, _), token) in some.iter().zip(tokens) {
            let token = read::field(token, "token")?.to_owned();
            match seat {
                Some(seat) => drop(self.tokens.borrow_mut().insert(*seat, token)),
                None => *self.channel.borrow_mut() = token,
            }
        }
        Ok(())
    }
}

fn principal(kind: &str, role: &str, name: &str, scope: Value) -> Value {
    json!({
        "principal": {"kind": kind, "role": role, "name": name, "scope": scope},
        "expires_in_s": EXPIRES_IN_S,
    })
}
