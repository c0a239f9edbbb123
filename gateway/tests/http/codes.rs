//! Log-in codes on their way to a phone: a real gateway of messages on a port of its own gets them,
//! signed, again when it fails, and nobody else sees them.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::sync::Semaphore;

use crate::given::Given;

const PHONE: &str = "13800001234";
const SECRET: &str = "a secret of thirty-two characters";

/// What stands behind the port: it answers with the statuses it was given, then 200 for ever.
struct Gateway {
    seen: Mutex<Vec<(HeaderMap, Bytes)>>,
    answers: Mutex<Vec<u16>>,
    /// One permit for each request that came.
    came: Semaphore,
    url: String,
}

impl Gateway {
    async fn open(answers: &[u16]) -> Arc<Self> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let gateway = Arc::new(Self {
            seen: Mutex::default(),
            answers: Mutex::new(answers.iter().rev().copied().collect()),
            came: Semaphore::new(0),
            url: format!("http://{}/codes", listener.local_addr().unwrap()),
        });
        let router = Router::new().route("/codes", post(take)).with_state(Arc::clone(&gateway));
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        gateway
    }

    /// Waits for so many requests; they are not waited for again.
    async fn wait_for(&self, count: u32) {
        let came = self.came.acquire_many(count);
        tokio::time::timeout(Duration::from_secs(20), came).await.unwrap().unwrap().forget();
    }

    fn body(&self, number: usize) -> Value {
        serde_json::from_slice(&self.seen.lock().unwrap()[number].1).unwrap()
    }
}

async fn take(
    State(gateway): State<Arc<Gateway>>,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, String) {
    let echo = String::from_utf8_lossy(&body).into_owned();
    gateway.seen.lock().unwrap().push((headers, body));
    let status = gateway.answers.lock().unwrap().pop().unwrap_or(200);
    gateway.came.add_permits(1);
    (StatusCode::from_u16(status).unwrap(), echo)
}

fn settings(folder: &tempfile::TempDir, url: &str) -> String {
    use std::os::unix::fs::PermissionsExt;
    let path = folder.path().join("sms.secret");
    std::fs::write(&path, format!("{SECRET}\n")).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    format!("code_sender = \"{url}\"\ncode_sender_secret_file = \"{}\"\n", path.display())
}

async fn ask(given: &Given, phone: &str) -> Value {
    given.post("/v1/members/codes", &given.app, json!({"phone": phone})).await.ok()
}

/// How often codes ended so.
async fn counted(given: &Given, outcome: &str) -> String {
    let page = given.get("/metrics", "").await.body;
    let page = page.as_str().unwrap();
    assert!(!page.contains(PHONE));
    let name = format!("paidan_log_in_codes_total{{outcome=\"{outcome}\"}} ");
    let line = page.lines().find_map(|line| line.strip_prefix(&name));
    line.unwrap_or("0").to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_goes_to_the_phone_signed_and_opens_the_account() {
    let (folder, gateway) = (tempfile::tempdir().unwrap(), Gateway::open(&[503]).await);
    let given = Given::shop_with(&settings(&folder, &gateway.url)).await;
    let sent = ask(&given, PHONE).await;
    assert_eq!(sent.get("sandbox_code"), None, "whoever asks sees no code");
    // The first try is answered 503, so the very same comes once more.
    gateway.wait_for(2).await;
    assert_eq!(gateway.body(0), gateway.body(1));
    let body = gateway.body(1);
    assert_eq!(body["phone"], "+8613800001234");
    let valid = body["valid_s"].as_u64().unwrap();
    assert!((299..=300).contains(&valid), "{valid}");
    let (headers, bytes) = gateway.seen.lock().unwrap()[1].clone();
    assert_eq!(headers["idempotency-key"], body["message"].as_str().unwrap());
    let signature = headers["paidan-signature"].to_str().unwrap();
    let (at, hex) = signature.split_once(",v1=").unwrap();
    let mut signed = format!("{}.", at.strip_prefix("t=").unwrap()).into_bytes();
    signed.extend_from_slice(&bytes);
    let mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap().chain_update(&signed);
    let expected: String =
        mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hex, expected);
    let enrolment = json!({"phone": PHONE, "code": body["code"],
        "consent": {"terms": "2026-11", "marketing": false}});
    let session = given.post("/v1/members", &given.app, enrolment).await.ok();
    assert!(session["token"].is_string());
    assert_eq!(counted(&given, "tried_again").await, "1");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gateway_that_says_no_is_not_asked_again() {
    let (folder, gateway) = (tempfile::tempdir().unwrap(), Gateway::open(&[401]).await);
    let given = Given::shop_with(&settings(&folder, &gateway.url)).await;
    ask(&given, PHONE).await;
    gateway.wait_for(1).await;
    // The next phone's code goes its own way; of the first nothing comes any more.
    ask(&given, "13800009999").await;
    gateway.wait_for(1).await;
    assert_eq!(gateway.body(1)["phone"], "+8613800009999");
    while counted(&given, "sent").await != "1" {
        tokio::task::yield_now().await;
    }
    assert_eq!(counted(&given, "refused").await, "1");
    assert_eq!(counted(&given, "tried_again").await, "0");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn limits_hold_for_a_phone_and_for_the_whole_house() {
    let (folder, gateway) = (tempfile::tempdir().unwrap(), Gateway::open(&[]).await);
    let settings = format!("{}codes_per_minute = 4\n", settings(&folder, &gateway.url));
    let given = Given::shop_with(&settings).await;
    for _ in 0..3 {
        ask(&given, PHONE).await;
    }
    let code = |phone: &str| json!({"phone": phone});
    let again = given.post("/v1/members/codes", &given.app, code(PHONE)).await;
    again.refused(429, "rate_limited");
    ask(&given, "13800000001").await;
    let other = given.post("/v1/members/codes", &given.app, code("13800000002")).await;
    other.refused(429, "rate_limited");
    assert!(other.body["retry_after_ms"].as_u64().unwrap() > 0);
    gateway.wait_for(4).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_sender_nobody_gets_a_code() {
    let given = Given::shop_with("code_sender = \"\"").await;
    let refused = given.post("/v1/members/codes", &given.app, json!({"phone": PHONE})).await;
    refused.refused(503, "code_sender_missing");
    assert!(!refused.body.to_string().contains(PHONE));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_house_whose_secret_is_missing_or_open_to_others_does_not_start() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let text = settings(&folder, "http://127.0.0.1:9/codes");
    let text = format!("listen = \"127.0.0.1:0\"\ndatabase = \"memory:\"\n{text}");
    let open = || async {
        let config = gateway::Config::from_toml(&text).unwrap();
        gateway::serve::House::open(config).await.err().unwrap().to_string()
    };
    let secret = folder.path().join("sms.secret");
    std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o644)).unwrap();
    assert!(open().await.contains("chmod 600"));
    std::fs::remove_file(&secret).unwrap();
    assert!(open().await.contains("sms.secret"));
}
