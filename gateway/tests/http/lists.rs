//! Every list of headquarters as a file with the rows of the list, and words that no list knows.

use axum::http::{Method, Request};
use gateway::sheets::{Form, Sheet, XLSX, read};
use serde_json::{Value, json};

use crate::given::{COURIER, Given, MILK, OTHER_COURIER, OTHER_STORE, RICE, STORE};

async fn file(given: &Given, token: &str, path: &str, body: Option<Value>, form: Form) -> Sheet {
    let media = if form == Form::Csv { "text/csv" } else { XLSX };
    let method = if body.is_some() { Method::POST } else { Method::GET };
    let mut request = Request::builder()
        .method(method)
        .header("authorization", format!("Bearer {token}"))
        .header("accept", media);
    if body.is_some() {
        request = request.header("content-type", "application/json");
    }
    let text = body.map(|body| body.to_string()).unwrap_or_default();
    let (head, bytes) = given.whole(request, path, text).await;
    assert_eq!(head.status, 200, "{path}: {}", String::from_utf8_lossy(&bytes));
    let name = head.headers["content-disposition"].to_str().unwrap();
    assert!(name.starts_with("attachment; filename="), "{path}: {name}");
    read(&bytes, form).unwrap()
}

/// What stands in a column, and the same of a list's rows.
fn column(sheet: &Sheet, name: &str) -> Vec<String> {
    let place = sheet.head.iter().position(|head| head == name).unwrap();
    sheet.rows.iter().map(|row| row.cells[place].clone()).collect()
}

fn field(page: &Value, rows: &str, name: &str) -> Vec<String> {
    let rows = page[rows].as_array().unwrap().iter();
    rows.map(|row| row[name].as_str().map_or_else(|| row[name].to_string(), str::to_owned))
        .collect()
}

const BAD: &str = "=HYPERLINK(\"http://x\",\"y\")";

/// A house in which every list has something to show, with names that a spreadsheet would compute.
async fn filled() -> Given {
    let given = Given::shop().await;
    given.hq_put(&format!("/v1/stores/{STORE}"), crate::given::store(BAD)).await.ok();
    given.hq_put(&format!("/v1/couriers/{COURIER}"), json!({"display_name": "@小王"})).await.ok();
    given
        .hq_put(&format!("/v1/couriers/{OTHER_COURIER}"), json!({"display_name": "小李"}))
        .await
        .ok();
    let user = json!({"kind": "staff", "role": "cashier", "scope": {"stores": [STORE]},
                      "password": "sixteen letters.."});
    given.hq_put("/v1/users/+86%20till", user).await.ok();
    let sent = given.post("/v1/members/codes", &given.app, json!({"phone": "13800001234"})).await;
    let enrol = json!({
        "phone": "13800001234", "code": sent.ok()["sandbox_code"], "name": "王小明",
        "consent": {"terms": "2026-11", "marketing": true},
    });
    given.post("/v1/members", &given.app, enrol).await.ok();
    let wanted = json!({"from": STORE, "to": OTHER_STORE, "note": "－1",
        "lines": [{"sku": MILK, "units": 3}, {"sku": RICE, "units": 1}]});
    given.hq_post("/v1/transfers", wanted).await.ok();
    let campaign = json!({"name": "-满减", "starts_at": 1, "ends_at": 4_000_000_000_000_i64,
        "discount": {"limited_time": {"percent_off": {"permille": 100}}}, "stacking": "stackable"});
    given.hq_put("/v1/campaigns/019ab3c0-0000-7000-8000-000000000301", campaign).await.ok();
    let grant = json!({"name": "summer", "stages": ["limited_time"], "deepest": 200,
        "longest_days": 7, "stores": [STORE]});
    given.hq_put("/v1/campaign-grants/summer", grant).await.ok();
    let grant = json!({"name": "all", "stores": "all", "skus": "all", "floor": 900,
        "ceiling": 1_100, "may_delist": true});
    given.hq_put("/v1/grants/all", grant).await.ok();
    given
        .hq_put(&format!("/v1/stores/{STORE}/prices/{MILK}"), json!({"price_fen": 510}))
        .await
        .ok();
    let publication = json!({"stores": {"only": [STORE]}, "items": [{"sku": MILK}]});
    given.hq_put("/v1/publications/spring", publication).await.ok();
    given
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_list_comes_as_a_file_with_its_own_rows() {
    let given = filled().await;
    // Where the list is, what it calls its rows, and by which column and field they are compared.
    let table = [
        ("/v1/stores", "stores", "store", "id"),
        ("/v1/stores?q=%E6%B1%9F%E6%B1%89", "stores", "name", "name"),
        ("/v1/stores?status=away", "stores", "store", "id"),
        ("/v1/stores?near=30.6,114.3", "stores", "store", "id"),
        ("/v1/couriers", "couriers", "name", "display_name"),
        ("/v1/couriers?q=000502&duty=off_duty", "couriers", "courier", "id"),
        ("/v1/couriers?duty=on_duty", "couriers", "courier", "id"),
        ("/v1/users", "users", "name", "name"),
        ("/v1/tokens", "tokens", "name", "name"),
        ("/v1/tokens?kind=channel", "tokens", "token", "token_id"),
        ("/v1/audit?limit=500", "changes", "revision", "revision"),
        ("/v1/audit?kind=store", "changes", "id", "id"),
        ("/v1/campaigns", "campaigns", "name", "name"),
        ("/v1/campaigns?state=ended", "campaigns", "name", "name"),
        ("/v1/campaign-grants", "grants", "grant", "name"),
        ("/v1/prices", "store_prices", "set_by", "set_by"),
        ("/v1/approvals", "approvals", "approval", "approval"),
        ("/v1/low-stock", "low", "name", "name"),
        ("/v1/replenishment", "suggestions", "name", "name"),
    ];
    for (path, rows, name, of) in table {
        let page = given.get(path, &given.hq).await.ok();
        for form in [Form::Csv, Form::Xlsx] {
            let sheet = file(&given, &given.hq, path, None, form).await;
            assert_eq!(column(&sheet, name), field(&page, rows, of), "{path} {form:?}");
        }
    }
    let shelf = format!("/v1/stores/{STORE}/stock");
    let sheet = file(&given, &given.hq, &shelf, None, Form::Xlsx).await;
    assert_eq!(column(&sheet, "code"), ["MILK", "RICE"]);
    let sheet = file(&given, &given.hq, "/v1/transfers?status=draft", None, Form::Csv).await;
    assert_eq!(
        (column(&sheet, "units"), column(&sheet, "code")),
        (vec!["3".to_owned(), "1".to_owned()], vec!["MILK".to_owned(), "RICE".to_owned()])
    );
    let sheet = file(&given, &given.hq, "/v1/publications", None, Form::Csv).await;
    assert_eq!(column(&sheet, "publication"), ["spring"]);
    let sheet = file(&given, &given.hq, "/v1/prices", None, Form::Xlsx).await;
    assert_eq!(
        (&column(&sheet, "price")[0], &column(&sheet, "list_price")[0]),
        (&"5.1".to_owned(), &"5".to_owned())
    );
    assert_eq!(column(&sheet, "grants"), ["all"]);
    let roles = file(&given, &given.hq, "/v1/roles", None, Form::Csv).await;
    assert!(column(&roles, "verb").iter().any(|verb| verb == "show_board"));
    file(&given, &given.hq, "/v1/reports/ratings", None, Form::Csv).await;
    let skus = file(&given, &given.hq, "/v1/skus/export?q=RICE", None, Form::Csv).await;
    assert_eq!(column(&skus, "code"), ["RICE"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_shows_no_more_than_its_list_and_computes_nothing() {
    let given = filled().await;
    let auditor = given.token("staff", "auditor", "a", json!("all")).await;
    let everybody = Some(json!({}));
    let sheet = file(&given, &auditor, "/v1/members/search", everybody, Form::Xlsx).await;
    assert_eq!(sheet.rows.len(), 1);
    let text = format!("{sheet:?}");
    assert!(!text.contains("王小明") && !text.contains("1380000"), "{text}");
    let tail = json!({"phone_tail": "1234"});
    given.post("/v1/members/search", &auditor, tail.clone()).await.refused(403, "forbidden");
    let sheet = file(&given, &given.hq, "/v1/members/search", Some(tail), Form::Csv).await;
    assert_eq!(sheet.rows.len(), 1);
    let none = Some(json!({"phone_tail": "9999"}));
    assert!(file(&given, &given.hq, "/v1/members/search", none, Form::Csv).await.rows.is_empty());
    for (path, bad) in [
        ("/v1/stores", "'=HYPERLINK"),
        ("/v1/couriers", "'@小王"),
        ("/v1/users", "'+86 till"),
        ("/v1/transfers", "'－1"),
        ("/v1/campaigns", "'-满减"),
    ] {
        let request = Request::get("/")
            .header("authorization", format!("Bearer {}", given.hq))
            .header("accept", "text/csv");
        let (_, bytes) = given.whole(request, path, String::new()).await;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        assert!(text.contains(bad), "{path}: {text}");
    }
    // Who may not see the list gets no file of it.
    let cashier = given.token("staff", "cashier", "c", json!({"stores": [STORE]})).await;
    for path in ["/v1/users", "/v1/tokens", "/v1/audit", "/v1/couriers"] {
        given.get(path, &cashier).await.refused(403, "forbidden");
        let request = Request::get("/")
            .header("authorization", format!("Bearer {cashier}"))
            .header("accept", XLSX);
        assert_eq!(given.whole(request, path, String::new()).await.0.status, 403, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn long_lists_come_a_page_at_a_time_and_words_that_do_not_exist_are_refused() {
    let given = Given::shop().await;
    let ids = |page: &Value, rows: &str| field(page, rows, "id");
    let first = given.get("/v1/stores?limit=1", &given.hq).await.ok();
    assert_eq!(ids(&first, "stores"), [STORE]);
    let after = first["next_after"].as_str().unwrap();
    let rest = given.get(&format!("/v1/stores?limit=2&after={after}"), &given.hq).await.ok();
    assert_eq!(
        (ids(&rest, "stores"), &rest["next_after"]),
        (vec![OTHER_STORE.into()], &Value::Null)
    );
    let couriers = given.get("/v1/couriers?limit=1", &given.hq).await.ok();
    let after = couriers["next_after"].as_str().unwrap();
    let none = given.get(&format!("/v1/couriers?after={after}"), &given.hq).await.ok();
    assert!(ids(&none, "couriers").is_empty());
    for (path, field, known) in [
        ("/v1/orders?status=unknown", "status", "`pending_payment`"),
        ("/v1/orders?show=lost", "show", "`escalated`"),
        ("/v1/transfers?status=gone", "status", "`partially_received`"),
        ("/v1/stores?status=shut", "status", "`paused`"),
        ("/v1/couriers?duty=asleep", "duty", "`on_break`"),
        ("/v1/campaigns?state=new", "state", "`scheduled`"),
        ("/v1/tokens?kind=robot", "kind", "`device`"),
        ("/v1/tokens?role=king", "role", "store_manager"),
        ("/v1/audit?kind=order", "kind", "settlement_policy"),
        ("/v1/ledger?kind=gift", "kind", "`paid_back`"),
        ("/v1/reports/sales?by=mood", "by", "`channel`"),
    ] {
        let answer = given.get(path, &given.hq).await;
        answer.refused(400, "invalid_query");
        let said = answer.body["message"].as_str().unwrap();
        let sent = path.split('=').next_back().unwrap();
        assert_eq!(answer.body["field"], field, "{answer:?}");
        assert!(said.contains(known) && !said.contains(sent), "{path}: {said}");
    }
    let open = given.open_order("a").await;
    let listed = given.get("/v1/orders?status=open", &given.hq).await.ok();
    assert_eq!(field(&listed, "orders", "order"), [open.order]);
    given.get("/v1/orders?status=completed", &given.hq).await.ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_only_reads_along_keeps_no_store_open() {
    let given = Given::shop().await;
    let screen = format!("/v1/stores/{STORE}/screen");
    let auditor = given.token("staff", "auditor", "a", json!("all")).await;
    given.get(&format!("/v1/stores/{STORE}/board"), &auditor).await.ok();
    for online in [true, false] {
        let answer = given.post(&screen, &auditor, json!({"online": online})).await;
        answer.refused(403, "forbidden");
    }
    let picker = given.token("staff", "picker", "p", json!({"stores": [STORE]})).await;
    given.post(&screen, &picker, json!({"online": false})).await.ok();
    let other = format!("/v1/stores/{OTHER_STORE}/screen");
    given.post(&other, &picker, json!({"online": false})).await.refused(404, "not_found");
    given.post(&screen, &picker, json!({"online": true})).await.ok();
}
