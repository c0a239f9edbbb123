//! Logging in by name and password: the cookie, what it opens, and how it ends.

use axum::http::{Method, Request, header};
use serde_json::{Value, json};

use super::given::{Given, OTHER_STORE, STORE};

const PASSWORD: &str = "a good password";

async fn with_user(name: &str, role: &str, scope: Value) -> Given {
    let given = Given::shop().await;
    add(&given, name, role, scope).await;
    given
}

async fn add(given: &Given, name: &str, role: &str, scope: Value) -> Value {
    let body = json!({"password": PASSWORD, "kind": "staff", "role": role, "scope": scope});
    given.hq_put(&format!("/v1/users/{name}"), body).await.ok()
}

/// The status, and the cookie as a browser sends it back.
async fn log_in(given: &Given, screen: &str, name: &str, password: &str) -> (u16, String) {
    let body = json!({"name": name, "password": password}).to_string();
    let request = Request::post("/")
        .header("content-type", "application/json")
        .header("paidan-screen", screen);
    let (head, _) = given.whole(request, "/v1/sessions", body).await;
    let cookie = head.headers.get(header::SET_COOKIE).map(|value| value.to_str().unwrap());
    let cookie = cookie.and_then(|text| text.split(';').next()).unwrap_or_default();
    (head.status.as_u16(), cookie.to_owned())
}

async fn ask(given: &Given, method: Method, path: &str, screen: &str, cookie: &str) -> u16 {
    let request =
        Request::builder().method(method).header("cookie", cookie).header("paidan-screen", screen);
    given.whole(request, path, String::new()).await.0.status.as_u16()
}

#[tokio::test]
async fn a_session_opens_what_its_role_and_scope_say_until_it_ends() {
    let given = with_user("manager", "store_manager", json!({"stores": [STORE]})).await;
    let (status, cookie) = log_in(&given, "store", "manager", PASSWORD).await;
    assert_eq!(status, 201);
    let board = format!("/v1/stores/{STORE}/board");
    assert_eq!(ask(&given, Method::GET, &board, "store", &cookie).await, 200);
    let other = format!("/v1/stores/{OTHER_STORE}/board");
    assert_eq!(ask(&given, Method::GET, &other, "store", &cookie).await, 404);
    // The cookie alone, as a foreign page would make a browser send it, opens nothing.
    assert_eq!(ask(&given, Method::GET, &board, "", &cookie).await, 401);
    assert_eq!(ask(&given, Method::GET, &board, "hq", &cookie).await, 401);
    assert_eq!(ask(&given, Method::DELETE, "/v1/sessions", "store", &cookie).await, 204);
    assert_eq!(ask(&given, Method::GET, &board, "store", &cookie).await, 401);
}

#[tokio::test]
async fn a_wrong_password_a_wrong_name_and_a_closed_account_look_alike() {
    let mut given = with_user("manager", "store_manager", json!({"stores": [STORE]})).await;
    let body = |name: &str, password: &str| json!({"name": name, "password": password}).to_string();
    let answer = async |given: &Given, name: &str, password: &str| {
        let request = Request::post("/")
            .header("content-type", "application/json")
            .header("paidan-screen", "store");
        given.send(request, "/v1/sessions", body(name, password)).await
    };
    answer(&given, "manager", "another password").await.refused(401, "log_in_refused");
    answer(&given, "nobody", PASSWORD).await.refused(401, "log_in_refused");
    let closed = json!({"kind": "staff", "role": "store_manager",
        "scope": {"stores": [STORE]}, "disabled": true});
    let (_, cookie) = log_in(&given, "store", "manager", PASSWORD).await;
    given.hq_put("/v1/users/manager", closed).await.ok();
    assert_eq!(ask(&given, Method::GET, "/v1/me", "store", &cookie).await, 401);
    given.restart().await;
    answer(&given, "manager", PASSWORD).await.refused(401, "log_in_refused");
    for _ in 0..12 {
        answer(&given, "li", PASSWORD).await;
    }
    answer(&given, "li", PASSWORD).await.refused(429, "rate_limited");
}

#[tokio::test]
async fn a_session_from_before_a_restart_is_what_its_person_is_now() {
    let mut given = with_user("manager", "store_manager", json!({"stores": [STORE]})).await;
    let (_, cookie) = log_in(&given, "store", "manager", PASSWORD).await;
    let board = |store: &str| format!("/v1/stores/{store}/board");
    let ask =
        async |given: &Given, path: &str| ask(given, Method::GET, path, "store", &cookie).await;
    let manager = |more: Value| {
        let mut body = json!({"kind": "staff", "role": "store_manager"});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    given.restart().await;
    let elsewhere = manager(json!({"scope": {"stores": [OTHER_STORE]}}));
    given.hq_put("/v1/users/manager", elsewhere.clone()).await.ok();
    assert_eq!(ask(&given, &board(STORE)).await, 404);
    assert_eq!(ask(&given, &board(OTHER_STORE)).await, 200);
    given.restart().await;
    let out = manager(json!({"scope": {"stores": [OTHER_STORE]}, "disabled": true}));
    given.hq_put("/v1/users/manager", out).await.ok();
    assert_eq!(ask(&given, "/v1/me").await, 401);
    given.hq_put("/v1/users/manager", elsewhere).await.ok();
    assert_eq!(ask(&given, "/v1/me").await, 401, "the old session does not come back");
}

#[tokio::test]
async fn another_password_ends_the_sessions_of_the_old_one() {
    let mut given = with_user("manager", "store_manager", json!({"stores": [STORE]})).await;
    let (_, cookie) = log_in(&given, "store", "manager", PASSWORD).await;
    given.restart().await;
    add(&given, "manager", "store_manager", json!({"stores": [STORE]})).await;
    assert_eq!(ask(&given, Method::GET, "/v1/me", "store", &cookie).await, 401);
    let (status, cookie) = log_in(&given, "store", "manager", PASSWORD).await;
    assert_eq!(status, 201);
    assert_eq!(ask(&given, Method::GET, "/v1/me", "store", &cookie).await, 200);
}

#[tokio::test]
async fn people_are_written_by_headquarters_and_their_passwords_shown_to_nobody() {
    let given = with_user("hq", "hq_admin", json!("all")).await;
    let shown = given.get("/v1/users", &given.hq).await.ok();
    assert_eq!(shown["users"][0]["name"], "hq");
    assert!(!shown.to_string().contains("argon2"), "{shown}");
    given.get("/v1/users", &given.app).await.refused(403, "forbidden");
    let short = json!({"password": "short", "kind": "staff", "role": "picker", "scope": "all"});
    given.hq_put("/v1/users/li", short).await.refused(422, "invalid_value");
    let nobody = json!({"kind": "staff", "role": "picker", "scope": "all"});
    given.hq_put("/v1/users/li", nobody).await.refused(422, "invalid_value");
    let again = add(&given, "hq", "auditor", json!("all")).await;
    assert_eq!(again["principal"], shown["users"][0]["principal"], "the same person as before");
    let out =
        given.ask(Method::DELETE, "/v1/sessions", Some(&given.app), None, String::new()).await;
    out.refused(422, "invalid_value");
    // Logging in is no form of a foreign page: it needs JSON and the name of a screen.
    let request = Request::post("/").header("content-type", "application/json");
    let body = json!({"name": "hq", "password": PASSWORD}).to_string();
    given.send(request, "/v1/sessions", body.clone()).await.refused(422, "invalid_value");
    let request = Request::post("/").header("content-type", "text/plain");
    given.send(request, "/v1/sessions", body).await.refused(415, "unsupported_media_type");
}
