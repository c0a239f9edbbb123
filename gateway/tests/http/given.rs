//! A house with one store, two SKUs and one courier, and a client that asks it.

use axum::body::Bytes;
use axum::http::{Method, Request};
use gateway::Config;
use gateway::serve::House;
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};

use crate::promise;

pub const STORE: &str = "019ab3c0-0000-7000-8000-000000000001";
pub const OTHER_STORE: &str = "019ab3c0-0000-7000-8000-000000000002";
pub const MILK: &str = "019ab3c0-0000-7000-8000-000000000101";
pub const RICE: &str = "019ab3c0-0000-7000-8000-000000000102";
pub const COURIER: &str = "019ab3c0-0000-7000-8000-000000000501";
pub const OTHER_COURIER: &str = "019ab3c0-0000-7000-8000-000000000502";
pub const MERCHANT: &str = "019ab3c0-0000-7000-8000-000000000901";
pub const REGION: &str = "019ab3c0-0000-7000-8000-000000000801";
pub const NOBODY: &str = "019ab3c0-0000-7000-8000-00000000dead";

pub struct Given {
    pub house: Option<House>,
    pub hq: String,
    pub app: String,
    client: Client<HttpConnector, Full<Bytes>>,
    folder: tempfile::TempDir,
    settings: String,
}

/// What came back.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    pub status: u16,
    pub body: Value,
}

impl Answer {
    pub fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }

    #[track_caller]
    pub fn ok(self) -> Value {
        assert!(self.status < 300, "{self:?}");
        self.body
    }

    #[track_caller]
    pub fn refused(&self, status: u16, code: &str) {
        assert_eq!((self.status, self.code()), (status, code), "{self:?}");
        let sentence = self.body["message"].as_str().unwrap();
        assert!(sentence.len() > 10 && !sentence.ends_with('.'), "{sentence}");
        assert_eq!(self.body["trace"].as_str().unwrap().len(), 32);
    }
}

impl Given {
    /// A house with nothing but headquarters' token.
    pub async fn empty(settings: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut given = Self {
            house: None,
            hq: String::new(),
            app: String::new(),
            client: Client::builder(TokioExecutor::new()).build_http(),
            folder,
            settings: settings.to_owned(),
        };
        given.open().await;
        let token = std::fs::read_to_string(given.folder.path().join("hq.token")).unwrap();
        given.hq = token.trim().to_owned();
        given
    }

    /// A shop that can sell and deliver.
    pub async fn shop() -> Self {
        Self::shop_with("").await
    }

    pub async fn shop_with(settings: &str) -> Self {
        let mut given = Self::empty(settings).await;
        given.hq_put(&format!("/v1/stores/{STORE}"), store("光谷店")).await.ok();
        given.hq_put(&format!("/v1/stores/{OTHER_STORE}"), store("江汉店")).await.ok();
        let skus = json!([sku(MILK, "MILK", 500), sku(RICE, "RICE", 3_000)]);
        given.hq_post("/v1/skus/bulk", skus).await.ok();
        let stock = json!([{"sku": MILK, "on_hand": 100}, {"sku": RICE, "on_hand": 100}]);
        given.hq_post(&format!("/v1/stores/{STORE}/stock/bulk"), stock).await.ok();
        let courier = json!({"display_name": "小王"});
        given.hq_put(&format!("/v1/couriers/{COURIER}"), courier).await.ok();
        given.app = given.token("channel", "channel_partner", "app", json!("channel")).await;
        given
    }

    async fn open(&mut self) {
        let data = self.folder.path().display();
        let mut text = format!("listen = \"127.0.0.1:0\"\ndata = \"{data}\"\n{}\n", self.settings);
        if !text.contains("code_sender") {
            text.push_str("code_sender = \"sandbox\"\n");
        }
        let config = Config::from_toml(&text).unwrap();
        self.house = Some(House::open(config).await.unwrap());
    }

    /// Closes the house in order and opens it again on what it recorded.
    pub async fn restart(&mut self) {
        self.house.take().unwrap().close().await.unwrap();
        self.open().await;
    }

    /// The same, with other settings from then on.
    pub async fn restart_with(&mut self, settings: &str) {
        self.settings = settings.to_owned();
        self.restart().await;
    }

    pub fn house(&self) -> &House {
        self.house.as_ref().unwrap()
    }

    pub async fn token(&self, kind: &str, role: &str, name: &str, scope: Value) -> String {
        let principal = json!({"kind": kind, "role": role, "name": name, "scope": scope});
        let body = json!({"principal": principal});
        let granted = self.hq_post("/v1/tokens", body).await.ok();
        granted["token"].as_str().unwrap().to_owned()
    }

    pub async fn hq_post(&self, path: &str, body: Value) -> Answer {
        self.post(path, &self.hq, body).await
    }

    pub async fn hq_put(&self, path: &str, body: Value) -> Answer {
        self.ask(Method::PUT, path, Some(&self.hq), None, body.to_string()).await
    }

    pub async fn post(&self, path: &str, token: &str, body: Value) -> Answer {
        self.ask(Method::POST, path, Some(token), None, body.to_string()).await
    }

    pub async fn get(&self, path: &str, token: &str) -> Answer {
        self.ask(Method::GET, path, Some(token), None, String::new()).await
    }

    /// What headquarters reads once it is so; it becomes so in the city's own time.
    pub async fn until(&self, path: &str, is_so: impl Fn(&Value) -> bool) -> Value {
        let began = std::time::Instant::now();
        loop {
            let seen = self.get(path, &self.hq).await.ok();
            if is_so(&seen) {
                return seen;
            }
            assert!(began.elapsed().as_secs() < 20, "{path}: {seen}");
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    }

    pub async fn ask(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
        key: Option<&str>,
        body: String,
    ) -> Answer {
        let mut request = Request::builder().method(method);
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        if !body.is_empty() {
            request = request.header("content-type", "application/json");
        }
        self.send(request, path, body).await
    }

    pub async fn send(
        &self,
        request: axum::http::request::Builder,
        path: &str,
        body: String,
    ) -> Answer {
        let (head, bytes) = self.whole(request, path, body).await;
        let status = head.status.as_u16();
        let text = || Value::String(String::from_utf8_lossy(&bytes).into_owned());
        let body = if bytes.is_empty() {
            Value::Null
        } else {
            serde_json::from_slice(&bytes).unwrap_or_else(|_| text())
        };
        Answer { status, body }
    }

    /// The answer with its headers, its body as it came.
    pub async fn whole(
        &self,
        request: axum::http::request::Builder,
        path: &str,
        body: String,
    ) -> (axum::http::response::Parts, Bytes) {
        self.whole_bytes(request, path, Bytes::from(body)).await
    }

    /// The same with a body that is no text.
    pub async fn whole_bytes(
        &self,
        request: axum::http::request::Builder,
        path: &str,
        body: Bytes,
    ) -> (axum::http::response::Parts, Bytes) {
        let uri = format!("http://{}{path}", self.house().address);
        let method = request.method_ref().unwrap().clone();
        let request = request.uri(uri).body(Full::new(body)).unwrap();
        let (head, body) = self.client.request(request).await.unwrap().into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let media = head.headers.get("content-type").and_then(|media| media.to_str().ok());
        let is_json = media.is_some_and(|media| media.starts_with("application/json"));
        promise::hold(&method, path, head.status.as_u16(), is_json, &bytes);
        (head, bytes)
    }

    pub async fn quote(&self, lines: Value) -> String {
        let quote = self.post("/v1/quotes", &self.app, json!({"lines": lines})).await.ok();
        quote["quote"].as_str().unwrap().to_owned()
    }

    /// Everything needed to place two cartons of milk and one bag of rice.
    pub async fn basket(&self, method: &str) -> Value {
        let lines = json!([{"sku": MILK, "quantity": 2}, {"sku": RICE, "quantity": 1}]);
        json!({
            "quote": self.quote(lines).await,
            "shopper": {"name": "张三", "phone": "13800000000", "address": "珞喻路1号"},
            "destination": {"lat": 30.605, "lon": 114.305},
            "payment_method": method,
        })
    }

    pub async fn place(&self, key: &str, body: &Value) -> Answer {
        let text = body.to_string();
        self.ask(Method::POST, "/v1/orders", Some(&self.app), Some(key), text).await
    }

    /// An order that a store can start to work on.
    pub async fn open_order(&self, key: &str) -> Placed {
        let body = self.basket("cash_on_delivery").await;
        Placed::of(&self.place(key, &body).await.ok())
    }

    /// The city's events so far: whoever changes nothing leaves it as it was.
    pub async fn last_seq(&self) -> u64 {
        let city = self.house().app.city();
        city.read(|reader| reader.last_seq()).await.unwrap()
    }

    pub async fn on_hand(&self, sku: &str) -> i64 {
        let stock = self.get(&format!("/v1/stores/{STORE}/stock"), &self.hq).await.ok();
        let lines = stock["stock"].as_array().unwrap();
        let line = lines.iter().find(|line| line["sku"] == sku).unwrap();
        line["available_to_sell"].as_i64().unwrap()
    }
}

/// The ids of a placed order.
#[derive(Debug, Clone)]
pub struct Placed {
    pub order: String,
    pub part: String,
    pub payment: String,
    pub shopper: String,
}

impl Placed {
    pub fn of(body: &Value) -> Self {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        Self {
            order: text(&body["order"]),
            part: text(&body["parts"][0]["fulfillment_order"]),
            payment: text(&body["payment"]["id"]),
            shopper: text(&body["shopper_token"]),
        }
    }

    pub fn path(&self) -> String {
        format!("/v1/orders/{}", self.order)
    }

    pub fn at_store(&self, verb: &str) -> String {
        format!("/v1/stores/{STORE}/fulfillment-orders/{}/{verb}", self.part)
    }
}

pub fn store(name: &str) -> Value {
    let day = json!([{"open": "00:00", "close": "24:00"}]);
    let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let weekly: serde_json::Map<_, _> =
        days.into_iter().map(|name| (name.to_owned(), day.clone())).collect();
    let place = json!({"lat": 30.6, "lon": 114.3});
    json!({
        "name": name,
        "merchant": MERCHANT,
        "region": REGION,
        "place": place,
        "area": {"type": "Radius", "center": place, "radius_m": 5_000},
        "hours": {"time_zone": "Asia/Shanghai", "weekly": weekly},
        "prep_time_s": 300,
    })
}

pub fn sku(id: &str, code: &str, price: i64) -> Value {
    json!({
        "id": id,
        "code": code,
        "name": format!("商品{code}"),
        "category": "food",
        "tax_class": "standard",
        "list_price_fen": price,
        "weight_g": 500,
    })
}
