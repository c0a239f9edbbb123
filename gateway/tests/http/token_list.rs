//! Headquarters' lists: tokens that were given out, orders as files, and records that two people
//! change at once.

use axum::http::{Method, Request};
use gateway::sheets::{Form, Sheet, read};
use serde_json::{Value, json};

use crate::given::{COURIER, Given, STORE};

fn names(page: &Value) -> Vec<&str> {
    page["tokens"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tokens_are_listed_without_their_secrets_and_taken_back() {
    let mut given = Given::shop().await;
    let user = json!({"kind": "staff", "role": "auditor", "scope": "all",
                      "password": "sixteen letters.."});
    let written = given.hq_put("/v1/users/wang", user).await.ok();
    assert_eq!(written["version"], 1);
    let log_in = json!({"name": "wang", "password": "sixteen letters.."}).to_string();
    let request =
        Request::post("/").header("content-type", "application/json").header("paidan-screen", "hq");
    assert_eq!(given.whole(request, "/v1/sessions", log_in).await.0.status, 201);
    let till = given.token("device", "device", "till 1", json!({"stores": [STORE]})).await;
    given.get(&format!("/v1/stores/{STORE}/stock"), &till).await.ok();

    let page = given.get("/v1/tokens", &given.hq).await.ok();
    assert_eq!(names(&page), ["till 1", "wang", "app", "headquarters"]);
    let [device, session, _, own] = [0, 1, 2, 3].map(|place| page["tokens"][place].clone());
    assert_eq!((&device["kind"], &device["role"]), (&json!("device"), &json!("device")));
    assert_eq!(device["scope"], json!({"stores": [STORE]}));
    assert_eq!((&device["is_session"], &session["is_session"]), (&json!(false), &json!(true)));
    assert_eq!((&device["is_own"], &own["is_own"]), (&json!(false), &json!(true)));
    assert_eq!(device["granted_by"], format!("principal:{}", own["principal"].as_str().unwrap()));
    assert_eq!((&session["granted_by"], &own["granted_by"]), (&Value::Null, &Value::Null));
    assert!(device["used_at"].as_i64() >= device["created_at"].as_i64(), "{device}");
    assert!(session["expires_at"].as_i64() > session["created_at"].as_i64());
    let text = page.to_string();
    assert!(!text.contains(&till) && !text.contains("hash") && !text.contains("pd_"), "{text}");

    let first = given.get("/v1/tokens?limit=3", &given.hq).await.ok();
    let after = first["next_after"].as_str().unwrap();
    let rest = given.get(&format!("/v1/tokens?limit=3&after={after}"), &given.hq).await.ok();
    assert_eq!((names(&rest), &rest["next_after"]), (vec!["headquarters"], &Value::Null));
    for (query, expected) in [
        ("kind=device", vec!["till 1"]),
        ("role=auditor", vec!["wang"]),
        ("name=HEAD", vec!["headquarters"]),
        ("kind=shopper", vec![]),
    ] {
        let page = given.get(&format!("/v1/tokens?{query}"), &given.hq).await.ok();
        assert_eq!(names(&page), expected, "{query}");
    }

    let path = format!("/v1/tokens/{}", device["token_id"].as_str().unwrap());
    let hq = given.hq.clone();
    let gone = given.ask(Method::DELETE, &path, Some(&hq), None, String::new()).await;
    assert_eq!(gone.status, 204);
    let page = given.get("/v1/tokens?kind=device", &given.hq).await.ok();
    assert!(names(&page).is_empty());
    given.restart().await;
    let page = given.get("/v1/tokens?kind=device&over=true", &given.hq).await.ok();
    assert!(page["tokens"][0]["revoked_at"].is_i64(), "{page}");
    given.get("/v1/tokens?kind=robot", &given.hq).await.refused(400, "invalid_query");
}

async fn sheet(given: &Given, path: &str, form: Form) -> Sheet {
    let media = match form {
        Form::Csv => "text/csv",
        Form::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    };
    let request = Request::builder()
        .method(Method::GET)
        .header("authorization", format!("Bearer {}", given.hq))
        .header("accept", media);
    let (head, bytes) = given.whole(request, path, String::new()).await;
    assert_eq!(head.status, 200, "{path}");
    read(&bytes, form).unwrap()
}

/// The first column of a file, and the same of the list.
async fn both(given: &Given, query: &str, form: Form) -> [Vec<String>; 2] {
    let path = format!("/v1/orders{query}");
    let file = sheet(given, &path, form).await;
    let page = given.get(&path, &given.hq).await.ok();
    let listed = page["orders"].as_array().unwrap().iter();
    let listed = listed.map(|card| card["order"].as_str().unwrap().to_owned());
    [file.rows.iter().map(|row| row.cells[0].clone()).collect(), listed.collect()]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn orders_come_as_a_file_with_the_rows_of_the_list() {
    let given = Given::shop().await;
    // A spreadsheet would compute this name; it stays what it is.
    let mut store = crate::given::store("=cmd|' /C calc'!A0");
    store["id"] = json!(STORE);
    given.hq_put(&format!("/v1/stores/{STORE}"), store).await.ok();
    let first = given.open_order("a").await;
    let second = given.open_order("b").await;
    given
        .hq_post(&format!("{}/cancel", first.path()), json!({"reason": "headquarters"}))
        .await
        .ok();
    let part = &second.order[30..];
    let all = vec![second.order.clone(), first.order.clone()];
    let (open, over) = (vec![second.order.clone()], vec![first.order.clone()]);
    let table = [
        (String::new(), all.clone()),
        ("?show=open".to_owned(), open.clone()),
        ("?show=late".to_owned(), vec![]),
        ("?status=cancelled".to_owned(), over),
        (format!("?id={part}"), open.clone()),
        (format!("?store={STORE}&show=open"), open),
        ("?since=4000000000000".to_owned(), vec![]),
    ];
    for (query, expected) in table {
        for form in [Form::Csv, Form::Xlsx] {
            let [file, listed] = both(&given, &query, form).await;
            assert_eq!((&file, &listed), (&expected, &expected), "{query} {form:?}");
        }
    }
    let csv = sheet(&given, "/v1/orders", Form::Csv).await;
    let stores = csv.head.iter().position(|head| head == "stores").unwrap();
    assert!(csv.rows[0].cells[stores].starts_with('='), "as text: {:?}", csv.rows[0].cells);
    let payable = csv.head.iter().position(|head| head == "payable").unwrap();
    assert_eq!(csv.rows[0].cells[payable], "40.00");
    let picker = given.token("staff", "cashier", "c", json!({"stores": [STORE]})).await;
    let own = given.get("/v1/orders?show=open", &picker).await.ok();
    assert_eq!(own["orders"].as_array().unwrap().len(), 1);
    given.get("/v1/orders?show=lost", &given.hq).await.refused(400, "invalid_query");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_writes_over_what_somebody_else_changed_is_told() {
    let mut given = Given::shop().await;
    let path = format!("/v1/couriers/{COURIER}");
    let read = given.get(&format!("{path}/record"), &given.hq).await.ok();
    assert_eq!((&read["display_name"], &read["version"]), (&json!("小王"), &json!(1)));
    let mut mine = read.clone();
    mine["capacity"] = json!(5);
    let written = given.hq_put(&path, mine.clone()).await.ok();
    assert_eq!(written["versions"], json!([2]));
    mine["mode"] = json!("car");
    let late = given.hq_put(&path, mine.clone()).await;
    late.refused(409, "stale_version");
    assert_eq!(late.body["field"], "version");
    given.restart().await;
    let now = given.get(&format!("{path}/record"), &given.hq).await.ok();
    assert_eq!((&now["capacity"], &now["mode"]), (&json!(5), &json!("ebike")));
    let nobody = format!("/v1/couriers/{}/record", crate::given::NOBODY);
    given.get(&nobody, &given.hq).await.refused(404, "not_found");

    let user = |role: &str, version: Option<u64>| {
        let mut body = json!({"kind": "staff", "role": role, "scope": "all",
                              "password": "sixteen letters.."});
        if let Some(version) = version {
            body["version"] = json!(version);
        }
        body
    };
    given.hq_put("/v1/users/li", user("auditor", Some(0))).await.ok();
    let changed = given.hq_put("/v1/users/li", user("cashier", Some(1))).await.ok();
    assert_eq!((&changed["role"], &changed["version"]), (&json!("cashier"), &json!(2)));
    let late = given.hq_put("/v1/users/li", user("picker", Some(1))).await;
    late.refused(409, "stale_version");
    let users = given.get("/v1/users", &given.hq).await.ok();
    assert_eq!(
        (&users["users"][0]["role"], &users["users"][0]["version"]),
        (&json!("cashier"), &json!(2))
    );
    given.hq_put("/v1/users/li", user("picker", None)).await.ok();
}
