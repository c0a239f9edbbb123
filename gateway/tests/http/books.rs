//! The books over HTTP: what is sold, returned and called off shows in reports, settlements and the
//! tax filing, adds up to the fen, and is the same after a restart.

use axum::http::{Method, Request};
use gateway::sheets::{Columns, Form, Sheet, read, read_yuan};
use serde_json::{Value, json};

use crate::given::{Given, MILK, OTHER_STORE, Placed, RICE, STORE};
use crate::sockets::Screen;

/// Waits until everything recorded so far is in the books.
pub async fn read_up(given: &Given) {
    let seq = given.last_seq().await;
    given.house().app.books.has_read(seq).await;
}

/// A pickup, paid by the channel, collected with its code.
pub async fn collected(given: &Given, key: &str, milk: u32, rice: u32) -> Placed {
    let mut lines = vec![json!({"sku": MILK, "quantity": milk})];
    if rice > 0 {
        lines.push(json!({"sku": RICE, "quantity": rice}));
    }
    let asked = json!({"mode": "pickup", "store": STORE, "lines": lines});
    let quote = given.post("/v1/quotes", &given.app, asked).await.ok();
    let body = json!({
        "quote": quote["quote"],
        "external_id": format!("EXT-{key}"),
        "shopper": {"name": "张三", "phone": "13800000000"},
        "payment_method": "channel_paid",
    });
    let answer = given.place(key, &body).await.ok();
    let placed = Placed::of(&answer);
    given.hq_post(&placed.at_store("accept"), json!({})).await.ok();
    given.hq_post(&placed.at_store("pack"), json!({})).await.ok();
    let hand_over = json!({"to": "shopper", "code": answer["pickup_code"]});
    given.hq_post(&placed.at_store("hand-over"), hand_over).await.ok();
    placed
}

pub async fn take_back(given: &Given, placed: &Placed, line: u32, units: u32) {
    let back = json!({"lines": [{"line": line, "units": units}], "reason": "sour"});
    let asked = given.post(&format!("{}/returns", placed.path()), &placed.shopper, back).await.ok();
    let back = format!("{}/returns/{}", placed.path(), asked["return_id"].as_str().unwrap());
    given.hq_post(&format!("{back}/approve"), json!({})).await.ok();
    given.hq_post(&format!("{back}/receive"), json!({"condition": "good"})).await.ok();
}

pub async fn sales(given: &Given, by: &str) -> Value {
    given.get(&format!("/v1/reports/sales?by={by}"), &given.hq).await.ok()
}

pub fn sum(rows: &Value, field: &str) -> i64 {
    rows.as_array().unwrap().iter().map(|row| row["figures"][field].as_i64().unwrap()).sum()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sales_returns_and_cancellations_add_up_and_survive_a_restart() {
    let mut given = Given::shop().await;
    let policy = json!({"platform_fees": {"app": 50}, "delivery_fee_to": "hq",
        "packing_fee_to": "merchant"});
    given.hq_put("/v1/settlement-policy", policy).await.ok();
    let first = collected(&given, "one", 2, 1).await;
    collected(&given, "two", 1, 0).await;
    take_back(&given, &first, 1, 1).await;
    let body = given.basket("channel_paid").await;
    let gone = Placed::of(&given.place("gone", &body).await.ok());
    given.hq_post(&format!("{}/cancel", gone.path()), json!({"reason": "headquarters"})).await.ok();
    read_up(&given).await;

    // 2 × 5.00 and 30.00, 5.00, less 5.00 that came back; what was called off is no sale.
    let report = sales(&given, "store").await;
    let total = report["total"].clone();
    assert_eq!((&total["sales"], &total["units"]), (&json!(2), &json!(3)), "{report}");
    assert_eq!((&total["goods_fen"], &total["returned_goods_fen"]), (&json!(4_000), &json!(500)));
    assert_eq!(total["paid_fen"], 4_000);
    // 5 % of 40.00 and of 5.00, less what the returned carton carried.
    assert_eq!(total["platform_fee_fen"], 200);
    assert_eq!(report["rows"][0]["key"], STORE);
    assert_eq!(report["rows"][0]["name"], "光谷店");
    for by in ["day", "hour", "sku", "channel", "tier"] {
        let rows = sales(&given, by).await["rows"].clone();
        for field in ["goods_fen", "tax_fen", "units", "platform_fee_fen"] {
            assert_eq!(sum(&rows, field), total[field].as_i64().unwrap(), "{by} {field}: {rows}");
        }
        // Every number opens its list, and the list adds up to it.
        for row in rows.as_array().unwrap() {
            let list = given.get(row["list"].as_str().unwrap(), &given.hq).await.ok();
            let postings = list["postings"].as_array().unwrap();
            let lines = postings.iter().flat_map(|posting| posting["lines"].as_array().unwrap());
            let lines = lines.filter(|line| by != "sku" || line["sku"] == row["key"]);
            let goods: i64 = lines.map(|line| line["goods_fen"].as_i64().unwrap()).sum();
            assert_eq!(goods, row["figures"]["goods_fen"].as_i64().unwrap(), "{by} {list}");
        }
    }
    let filing = given.get("/v1/tax/filing", &given.hq).await.ok();
    assert_eq!((&filing["gross_fen"], &filing["tax_fen"]), (&total["paid_fen"], &total["tax_fen"]));
    let rows = filing["rows"].as_array().unwrap();
    assert!(!rows.is_empty(), "{filing}");
    for row in rows {
        let list = given.get(row["list"].as_str().unwrap(), &given.hq).await.ok();
        let postings = list["postings"].as_array().unwrap();
        assert!(postings.iter().all(|posting| posting["merchant"] == row["merchant"]), "{list}");
        let lines = postings.iter().flat_map(|posting| posting["lines"].as_array().unwrap());
        let of_rate = lines.filter(|line| line["tax_rate"] == row["rate"]);
        let tax: i64 = of_rate.map(|line| line["tax_fen"].as_i64().unwrap()).sum();
        assert_eq!((row["taxed"].as_str(), tax), (Some("goods"), row["tax_fen"].as_i64().unwrap()));
    }
    let open = given.get("/v1/reconciliation/payments", &given.hq).await.ok();
    assert_eq!((&open["balances"], &open["differences"]), (&json!([]), &json!(0)), "{open}");
    let settled = given.get("/v1/settlements", &given.hq).await.ok();
    assert_eq!(settled["settlements"][0]["payout_fen"], 3_800, "{settled}");
    assert_eq!(settled["merchants"][0]["payout_fen"], 3_800);
    let list = settled["settlements"][0]["list"].as_str().unwrap();
    let list = given.get(list, &given.hq).await.ok();
    let postings = list["postings"].as_array().unwrap();
    let lines = postings.iter().filter_map(|posting| posting["lines"].as_array()).flatten();
    let goods: i64 = lines.map(|line| line["goods_fen"].as_i64().unwrap()).sum();
    assert_eq!(goods, settled["settlements"][0]["goods_fen"].as_i64().unwrap(), "{list}");
    let service = given.get("/v1/reports/service", &given.hq).await.ok();
    assert_eq!(service["total"]["served"], 2);
    assert_eq!(service["rows"][0]["service"]["accept"]["count"], 2);
    assert_eq!(service["days"][0]["service"], service["total"], "all of it was one day");
    let day = given.get(service["days"][0]["list"].as_str().unwrap(), &given.hq).await.ok();
    assert_eq!(day["postings"].as_array().unwrap().len(), 2);
    let rates = given.get("/v1/prices", &given.hq).await.ok()["tax_rates"].clone();
    assert_eq!(rates[0], json!({"class": "standard", "rate": 130}));
    let relief = json!({"class": "small_scale", "from_at": 1_672_502_400_000_i64, "rate": 10});
    assert!(rates.as_array().unwrap().contains(&relief), "{rates}");
    // 200 were counted, 4 left and 1 came back.
    let stock = given.get("/v1/reports/stock", &given.hq).await.ok();
    assert_eq!(
        (&stock["rows"][0]["sold_units"], &stock["rows"][0]["closing_units"]),
        (&json!(3), &json!(197))
    );
    assert_eq!(stock["rows"][0]["turns_permille"], 15, "{stock}");

    given.restart().await;
    read_up(&given).await;
    assert_eq!(sales(&given, "store").await["total"], total);
    let again = given.get("/v1/reports/stock", &given.hq).await.ok();
    assert_eq!(again["rows"], stock["rows"]);
    // What was sold before the restart comes back after it.
    take_back(&given, &first, 2, 1).await;
    read_up(&given).await;
    let report = sales(&given, "sku").await;
    assert_eq!(
        (&report["total"]["goods_fen"], &report["total"]["units"]),
        (&json!(1_000), &json!(2))
    );
    let settled = given.get("/v1/settlements", &given.hq).await.ok();
    assert_eq!(settled["settlements"][0]["payout_fen"], 950);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_manager_sees_the_figures_of_the_own_store_only() {
    let given = Given::shop().await;
    collected(&given, "one", 1, 0).await;
    read_up(&given).await;
    let own = given.token("staff", "store_manager", "店长", json!({"stores": [STORE]})).await;
    let other =
        given.token("staff", "store_manager", "店长", json!({"stores": [OTHER_STORE]})).await;
    let seen = given.get("/v1/reports/sales", &own).await.ok();
    assert_eq!(seen["total"]["goods_fen"], 500);
    let seen = given.get("/v1/reports/sales", &other).await.ok();
    assert_eq!((&seen["total"]["goods_fen"], &seen["rows"]), (&json!(0), &json!([])));
    let path = format!("/v1/reports/sales?store={STORE}");
    given.get(&path, &other).await.refused(404, "not_found");
    given.get("/v1/reports/sales", &given.app).await.refused(403, "forbidden");
    let seen = given.get("/v1/ledger", &other).await.ok();
    assert_eq!(seen["postings"], json!([]));
    let refused = given.get("/v1/reports/sales?from=2026-01-01&to=2030-01-01", &own).await;
    refused.refused(400, "invalid_query");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_day_is_closed_once_and_corrected_on_another() {
    let mut given = Given::shop().await;
    collected(&given, "one", 2, 0).await;
    read_up(&given).await;
    let settled = given.get("/v1/settlements", &given.hq).await.ok();
    let day = settled["settlements"][0]["day"].as_str().unwrap().to_owned();
    // From here on a day of the city passes in half a minute.
    given.restart_with("time_scale = 3000").await;
    read_up(&given).await;
    let close = json!({"day": day});
    let body = |day: &str, corrects: Value| {
        json!({"store": STORE, "day": day, "corrects": corrects, "amount_fen": -30,
            "reason": "破损"})
    };
    let adjust = "/v1/settlements/adjustments";
    given.hq_post(adjust, body("2090-01-01", Value::Null)).await.refused(422, "day_to_come");
    let manager = given.token("staff", "store_manager", "店长", json!({"stores": [STORE]})).await;
    given.post("/v1/settlements/close", &manager, close.clone()).await.refused(403, "forbidden");
    let began = std::time::Instant::now();
    let closed = loop {
        let answer = given.hq_post("/v1/settlements/close", close.clone()).await;
        if answer.status == 200 {
            break answer.ok();
        }
        assert!(matches!(answer.code(), "day_not_over" | "books_behind"), "{answer:?}");
        assert!(began.elapsed().as_secs() < 60, "the day never ends");
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    };
    assert_eq!(closed["settlements"][0]["state"], "closed");
    assert_eq!(closed["merchants"][0]["payout_fen"], 1_000);
    given.hq_post(adjust, body(&day, Value::Null)).await.refused(409, "day_closed");
    let next: jiff::civil::Date = day.parse().unwrap();
    let next = next.tomorrow().unwrap().to_string();
    given.hq_post(adjust, body(&next, json!(next))).await.refused(409, "day_not_closed");
    let corrected = given.hq_post(adjust, body(&next, json!(day))).await.ok();
    assert_eq!((&corrected["corrects"], &corrected["amount_fen"]), (&json!(day), &json!(-30)));
    let both = format!("/v1/settlements?from={day}&to={next}");
    let settled = given.get(&both, &given.hq).await.ok();
    assert_eq!(settled["settlements"][0], closed["settlements"][0], "a closed day never changes");
    assert_eq!(settled["settlements"][1]["payout_fen"], -30);
    assert_eq!((&settled["merchants"][0]["payout_fen"]), &json!(970));
    assert_eq!(settled["merchants"][0]["state"], "open");
}

/// A table of the house as a spreadsheet would open it.
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
    assert!(head.headers["content-disposition"].to_str().unwrap().starts_with("attachment"));
    read(&bytes, form).unwrap()
}

/// What a column adds up to, in fen.
fn column(sheet: &Sheet, name: &'static str) -> i64 {
    let heads: Vec<&'static str> = sheet.head.iter().map(|head| &*head.clone().leak()).collect();
    let known: Vec<(&'static str, &[&str])> = heads.iter().map(|head| (*head, &[][..])).collect();
    let columns = Columns::find(sheet, &known, &[name]).unwrap();
    let cells = sheet.rows.iter().filter_map(|row| columns.get(row, name));
    cells.map(|cell| read_yuan(cell).unwrap().as_fen()).sum()
}

fn shared_saving(name: &str) -> Value {
    json!({
        "name": name, "starts_at": 1_700_000_000_000_i64, "ends_at": 4_000_000_000_000_i64,
        "stacking": "stackable",
        "discount": {"spend_and_save": {"tiers": [{"spend_fen": 2_000, "off_fen": 301}]}},
        "bearers": [{"bearer": "hq", "permille": 333}, {"bearer": "merchant", "permille": 667}],
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_file_adds_up_to_the_ledger_to_the_fen() {
    let given = Given::shop().await;
    // Two campaigns of several bearers meet on the first basket; one of its units comes back.
    for campaign in ["c21", "c22"] {
        let path = format!("/v1/campaigns/019ab3c0-0000-7000-8000-000000000{campaign}");
        given.hq_put(&path, shared_saving(campaign)).await.ok();
    }
    let first = collected(&given, "one", 3, 1).await;
    collected(&given, "two", 1, 0).await;
    take_back(&given, &first, 1, 1).await;
    read_up(&given).await;
    let total = sales(&given, "store").await["total"].clone();
    let fen = |field: &str| total[field].as_i64().unwrap();
    for form in [Form::Csv, Form::Xlsx] {
        let ledger = sheet(&given, "/v1/ledger", form).await;
        for (name, field) in
            [("goods", "goods_fen"), ("paid", "paid_fen"), ("discounts", "discounts_fen")]
        {
            assert_eq!(column(&ledger, name), fen(field), "{name} {form:?}");
        }
        for by in ["sku", "hour", "channel"] {
            let sales = sheet(&given, &format!("/v1/reports/sales?by={by}"), form).await;
            assert_eq!(column(&sales, "goods"), fen("goods_fen"), "{by} {form:?}");
            assert_eq!(column(&sales, "tax"), fen("tax_fen"), "{by} {form:?}");
        }
        let rules = sheet(&given, "/v1/reports/sales?by=campaign", form).await;
        let bearers = ["borne_by_hq", "borne_by_store", "borne_by_merchant", "borne_by_platform"];
        let borne: i64 = bearers.map(|bearer| column(&rules, bearer)).iter().sum();
        assert!(rules.rows.len() == 2 && borne > 0, "{form:?}");
        assert_eq!(borne, column(&ledger, "discounts"), "{form:?}");
        let filing = sheet(&given, "/v1/tax/filing", form).await;
        assert_eq!(column(&filing, "tax"), fen("tax_fen"), "{form:?}");
        let settled = sheet(&given, "/v1/settlements", form).await;
        assert_eq!(column(&settled, "goods"), fen("goods_fen"), "{form:?}");
        // Received less paid back is what was paid for what stayed sold.
        assert_eq!(column(&ledger, "money"), 4_398 + fen("returned_goods_fen"), "{form:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_channels_statement_is_held_against_the_books() {
    let given = Given::shop().await;
    let policy = json!({"platform_fees": {"app": 50}, "delivery_fee_to": "hq",
        "packing_fee_to": "merchant"});
    given.hq_put("/v1/settlement-policy", policy).await.ok();
    for (key, milk) in [("one", 2), ("two", 1), ("three", 4)] {
        collected(&given, key, milk, 0).await;
    }
    read_up(&given).await;
    let day = given.get("/v1/settlements", &given.hq).await.ok();
    let day = day["settlements"][0]["day"].as_str().unwrap().to_owned();
    let file = format!(
        "order,amount,fee,date\nEXT-one,10.00,0.50,{day}\nEXT-two,4.90,0.25,{day}\n\
         EXT-one,10.00,0.50,{day}\nEXT-nine,7.00,0,{day}\n"
    );
    let send = |file: String| {
        let request = Request::builder()
            .method(Method::POST)
            .header("authorization", format!("Bearer {}", given.hq))
            .header("content-type", "text/csv");
        given.send(request, "/v1/channels/app/statements", file)
    };
    let found = send(file.clone()).await.ok();
    let kinds: Vec<&str> = found["differences"]
        .as_array()
        .unwrap()
        .iter()
        .map(|difference| difference["kind"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["amount", "doubled", "missing_here", "missing_there"], "{found}");
    assert_eq!((&found["rows"], &found["agreed"]), (&json!(4), &json!(1)));
    assert_eq!((&found["ours_fen"], &found["our_fees_fen"]), (&json!(3_500), &json!(175)));
    let again = send(file).await.ok();
    assert_eq!(again["statement"], found["statement"], "the same file is the same statement");
    let all = given.get("/v1/channels/app/statements", &given.hq).await.ok();
    assert_eq!(all.as_array().unwrap().len(), 1);
    let path = format!("/v1/channels/app/statements/{}", found["statement"].as_str().unwrap());
    let later = given.get(&path, &given.hq).await.ok();
    assert_eq!(later["differences"], found["differences"]);
    let rows = sheet(&given, &path, Form::Csv).await;
    assert_eq!(rows.rows.len(), 4);
    let wrong = "order,amount,date\nA,1.234,2026-11-18\n".to_owned();
    send(wrong).await.refused(422, "invalid_value");
    let wrong = "order,amount,date\nA,1.00,18.11.2026\n".to_owned();
    send(wrong).await.refused(422, "invalid_value");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn todays_figures_are_told_to_those_who_may_see_them() {
    let given = Given::shop().await;
    let manager = given.token("staff", "store_manager", "店长", json!({"stores": [STORE]})).await;
    let own = json!({"kind": "store_reports", "id": STORE});
    let mut hq = Screen::open(&given, &given.hq, json!([{"kind": "reports"}])).await;
    let mut store = Screen::open(&given, &manager, json!([own])).await;
    for screen in [&mut hq, &mut store] {
        let first = screen.until("figures", |frame| frame["type"] == "snapshot").await;
        assert_eq!(first["state"]["figures"]["total"]["sales"], 0, "{first}");
    }
    collected(&given, "one", 2, 0).await;
    for screen in [&mut hq, &mut store] {
        let sold = |frame: &Value| frame["change"]["figures"]["total"]["goods_fen"] == 1_000;
        let told = screen.until("the sale", sold).await;
        let figures = &told["change"]["figures"];
        assert_eq!(figures["by_store"][0]["store"], STORE);
        assert_eq!(figures["service"]["served"], 1);
    }
    let others = json!({"kind": "store_reports", "id": OTHER_STORE});
    let reports = json!({"kind": "reports"});
    for topic in [others, reports] {
        let refused = given.post("/v1/tickets", &manager, json!({"topics": [topic]})).await;
        refused.refused(404, "not_found");
    }
}
