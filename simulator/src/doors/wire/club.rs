//! The shop's members: some shoppers enrol with their first order, claim the chain's coupons, and
//! pay with what they have. Everything goes through the app's own doors, with the member's token.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::{Value, json};
use vocabulary::{Clock, MemberId};

use super::http::{Ask, Http};
use super::identity::Identity;
use super::read;
use crate::doors::{self, Failure};
use crate::feed::{list, number, text};
use crate::people::member;

/// Coupons that one basket asks for, of those the member holds.
const MOST_COUPONS: usize = 4;

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
    pub points: u64,
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
        let coupons =
            free.take(MOST_COUPONS).map(|coupon| text(coupon, "coupon").to_owned()).collect();
        let points = member::points_to_spend(number(&profile, "points").unsigned_abs());
        Some(Wallet { token, coupons, points })
    }

    async fn coupons(&self, token: &str) -> Result<Value, Failure> {
        self.http.ask(Ask::get("/v1/members/me/coupons"), token).await
    }

    async fn token(&self, phone: &str, name: &str) -> Option<String> {
        if !member::is_member(phone) {
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
            "consent": {"terms": member::TERMS, "marketing": false},
        });
        let app = self.identity.channel();
        let session = match self.http.ask(Ask::post("/v1/members", body), &app).await {
            Err(failure) if failure.code == "phone_taken" => {
                let body = json!({"phone": phone, "code": self.code(phone).await?});
                self.http.ask(Ask::post("/v1/members/sessions", body), &app).await?
            }
            other => {
                let session = other?;
                self.welcome(read::field(&session, "member")?).await?;
                session
            }
        };
        read::field(&session, "token").map(str::to_owned)
    }

    /// What anybody's account has, as headquarters sees it.
    pub async fn of_member(
        &self,
        member: MemberId,
        clock: &dyn Clock,
    ) -> Result<doors::Wallet, Failure> {
        let ask = Ask::get(format!("/v1/members/{member}"));
        let view = self.http.ask(ask, &self.identity.headquarters()).await?;
        let count = |field: &str| number(&view, field).unsigned_abs();
        Ok(doors::Wallet {
            member,
            at_ms: clock.now().as_millis(),
            points: count("points"),
            owed: count("points_owed"),
            coupons: count("coupon_count") as usize,
        })
    }

    /// Headquarters gives whoever enrols some points.
    async fn welcome(&self, member: &str) -> Result<(), Failure> {
        let body = json!({"points": member::WELCOME_POINTS, "reason": "welcome"});
        let ask = Ask::post(format!("/v1/members/{member}/points"), body);
        self.http.ask(ask, &self.identity.headquarters()).await.map(drop)
    }

    /// Forgets a member of this run; refused while an order of theirs is under way.
    pub async fn forget(&self, phone: &str) -> Result<(), Failure> {
        let token = self.tokens.borrow().get(phone).cloned().flatten();
        let token = token.ok_or_else(|| Failure::new("not_found", "nobody's account"))?;
        self.http.ask(Ask::delete("/v1/members/me"), &token).await?;
        self.tokens.borrow_mut().remove(phone);
        Ok(())
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
