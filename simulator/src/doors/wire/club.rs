//! The shop's members: some shoppers enrol with their first order, claim the chain's coupons, and
//! pay with what they have. Everything goes through the app's own doors, with the member's token.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::{Value, json};

use super::http::{Ask, Http};
use super::identity::Identity;
use super::read;
use crate::doors::Failure;
use crate::feed::{list, number, text};

/// One in so many shoppers has an account.
const MEMBERS: u32 = 3;
/// Nobody spends fewer points at once.
const LEAST_POINTS: i64 = 100;

pub(super) struct Club {
    http: Rc<Http>,
    identity: Rc<Identity>,
    /// By phone; `None` for those whom the server did not let in.
    tokens: RefCell<BTreeMap<String, Option<String>>>,
}

/// What a quote is asked with.
pub(super) struct Wallet {
    pub token: String,
    pub coupons: Vec<String>,
    pub points: i64,
}

impl Club {
    pub fn new(http: Rc<Http>, identity: Rc<Identity>) -> Self {
        Self { http, identity, tokens: RefCell::default() }
    }

    /// What the shopper with this phone pays with; `None` for nobody's account.
    pub async fn wallet(&self, phone: &str, name: &str) -> Option<Wallet> {
        let token = self.token(phone, name).await?;
        let profile = self.http.ask(Ask::get("/v1/members/me"), &token).await.ok()?;
        let mut wallet = self.coupons(&token).await.ok()?;
        for claimable in list(&wallet, "claimable") {
            let claim = Ask::post(
                "/v1/members/me/coupons",
                json!({
                    "campaign": text(claimable, "campaign"),
                }),
            );
            // Somebody of the same account may have been faster.
            let _ = self.http.ask(claim, &token).await;
        }
        if !list(&wallet, "claimable").is_empty() {
            wallet = self.coupons(&token).await.ok()?;
        }
        let is_free = |coupon: &&Value| coupon.get("held_for").is_none_or(Value::is_null);
        let free = list(&wallet, "coupons").iter().filter(is_free);
        let coupons = free.take(1).map(|coupon| text(coupon, "coupon").to_owned()).collect();
        let points = number(&profile, "points");
        let points = if points >= LEAST_POINTS { points } else { 0 };
        Some(Wallet { token, coupons, points })
    }

    async fn coupons(&self, token: &str) -> Result<Value, Failure> {
        self.http.ask(Ask::get("/v1/members/me/coupons"), token).await
    }

    async fn token(&self, phone: &str, name: &str) -> Option<String> {
        let digits: u32 = phone.bytes().filter(u8::is_ascii_digit).map(u32::from).sum();
        if !digits.is_multiple_of(MEMBERS) {
            return None;
        }
        let known = self.tokens.borrow().get(phone).cloned();
        if let Some(known) = known {
            return known;
        }
        let token = self.enrol(phone, name).await.ok();
        self.tokens.borrow_mut().insert(phone.to_owned(), token.clone());
        token
    }

    /// Enrols, or logs in who is enrolled by an earlier run.
    async fn enrol(&self, phone: &str, name: &str) -> Result<String, Failure> {
        let body = json!({
            "phone": phone, "code": self.code(phone).await?, "name": name,
            "consent": {"terms": "2026-11", "marketing": false},
        });
        let app = self.identity.channel();
        let session = match self.http.ask(Ask::post("/v1/members", body), &app).await {
            Err(failure) if failure.code == "phone_taken" => {
                let body = json!({"phone": phone, "code": self.code(phone).await?});
                self.http.ask(Ask::post("/v1/members/sessions", body), &app).await?
            }
            other => other?,
        };
        read::field(&session, "token").map(str::to_owned)
    }

    async fn code(&self, phone: &str) -> Result<String, Failure> {
        let ask = Ask::post("/v1/members/codes", json!({"phone": phone}));
        let sent = self.http.ask(ask, &self.identity.channel()).await?;
        read::field(&sent, "sandbox_code").map(str::to_owned)
    }
}

impl Wallet {
    /// Adds what the member pays with to a basket.
    pub fn pay_with(self, basket: &mut Value) {
        if let Some(basket) = basket.as_object_mut() {
            basket.insert("member".to_owned(), json!(self.token));
            basket.insert("coupons".to_owned(), json!(self.coupons));
            basket.insert("points".to_owned(), json!(self.points));
        }
    }
}
