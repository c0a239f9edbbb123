//! Reports as files: each says what its JSON says, adds up to the ledger, and computes nothing when a
//! spreadsheet opens it.

use std::io::{Cursor, Read};

use axum::http::{Method, Request};
use gateway::sheets::{CSV, Form, Sheet, XLSX, read, read_yuan};
use serde_json::{Value, json};

use crate::books::{collected, read_up, take_back};
use crate::given::{Given, MILK, OTHER_STORE, RICE, STORE, sku};

const BAD_STORE: &str = "=HYPERLINK(\"http://x\",\"y\")";
const BAD_GOODS: &str = "+SUM(A1:A9)";
const BAD_CAMPAIGN: &str = "@满减";
const CAMPAIGN: &str = "019ab3c0-0000-7000-8000-000000000302";

async fn bytes(given: &Given, path: &str, form: Form) -> Vec<u8> {
    let media = if form == Form::Csv { CSV } else { XLSX };
    let request = Request::builder()
        .method(Method::GET)
        .header("authorization", format!("Bearer {}", given.hq))
        .header("accept", media);
    let (head, bytes) = given.whole(request, path, String::new()).await;
    assert_eq!(head.status, 200, "{path}");
    bytes.to_vec()
}

/// What stands in a column, row by row.
fn column(sheet: &Sheet, name: &str) -> Vec<String> {
    let place = sheet.head.iter().position(|head| head == name);
    let place = place.unwrap_or_else(|| panic!("no column {name} in {:?}", sheet.head));
    sheet.rows.iter().map(|row| row.cells.get(place).cloned().unwrap_or_default()).collect()
}

fn counted(sheet: &Sheet, name: &str) -> i64 {
    column(sheet, name).iter().filter_map(|cell| cell.parse::<i64>().ok()).sum()
}

/// Of amounts, in fen.
fn summed(sheet: &Sheet, name: &str) -> i64 {
    let cells = column(sheet, name);
    let filled = cells.iter().filter(|cell| !cell.is_empty());
    filled.map(|cell| read_yuan(cell).unwrap().as_fen()).sum()
}

/// As a cell shows what JSON says; nothing for what it does not say.
fn shown(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Sold, returned, discounted, called off and sold at the till, under names that would compute.
async fn a_bad_day() -> Given {
    let given = Given::shop().await;
    given.hq_put(&format!("/v1/stores/{STORE}"), crate::given::store(BAD_STORE)).await.ok();
    let mut milk = sku(MILK, "MILK", 500);
    milk["name"] = json!(BAD_GOODS);
    given.hq_put(&format!("/v1/skus/{MILK}"), milk).await.ok();
    let campaign = json!({"name": BAD_CAMPAIGN, "starts_at": 1, "ends_at": 4_000_000_000_000_i64,
        "discount": {"limited_time": {"percent_off": {"permille": 77}}}, "stacking": "stackable"});
    given.hq_put(&format!("/v1/campaigns/{CAMPAIGN}"), campaign).await.ok();
    let first = collected(&given, "one", 3, 1).await;
    collected(&given, "two", 1, 0).await;
    take_back(&given, &first, 1, 1).await;
    let gone = given.basket("channel_paid").await;
    let gone = crate::given::Placed::of(&given.place("gone", &gone).await.ok());
    given.hq_post(&format!("{}/cancel", gone.path()), json!({"reason": "headquarters"})).await.ok();
    let stock = json!([{"sku": RICE, "on_hand": 7}]);
    given.hq_post(&format!("/v1/stores/{OTHER_STORE}/stock/bulk"), stock).await.ok();
    for (store, units) in [(STORE, 5), (OTHER_STORE, 2)] {
        let sale = json!({"units": units, "reference": format!("till-{store}")});
        given.hq_post(&format!("/v1/stores/{store}/stock/{RICE}/sale"), sale).await.ok();
    }
    read_up(&given).await;
    given
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_of_service_and_stock_say_what_their_reports_say() {
    let given = a_bad_day().await;
    let service = given.get("/v1/reports/service", &given.hq).await.ok();
    let stock = given.get("/v1/reports/stock", &given.hq).await.ok();
    let goods = given.get("/v1/ledger?kind=goods&limit=1000", &given.hq).await.ok();
    let postings = goods["postings"].as_array().unwrap();
    let lines = postings.iter().flat_map(|posting| posting["lines"].as_array().unwrap());
    let net_units: i64 = lines.map(|line| line["units"].as_i64().unwrap()).sum();
    let sold = postings.iter().filter(|posting| posting["kind"] == "sold").count();
    let mut on_hand = Vec::new();
    for store in [STORE, OTHER_STORE] {
        let shelf = given.get(&format!("/v1/stores/{store}/stock"), &given.hq).await.ok();
        let lines = shelf["stock"].as_array().unwrap();
        let units: i64 = lines.iter().map(|line| line["on_hand"].as_i64().unwrap()).sum();
        on_hand.push(units.to_string());
    }
    for form in [Form::Csv, Form::Xlsx] {
        let sheet = read(&bytes(&given, "/v1/reports/service", form).await, form).unwrap();
        let rows = service["rows"].as_array().unwrap();
        for (column_name, of) in [
            ("store", "/store"),
            ("name", "/name"),
            ("served", "/service/served"),
            ("on_time", "/service/on_time"),
            ("on_time_permille", "/service/on_time_permille"),
            ("accept_median_s", "/service/accept/median_s"),
            ("accept_p90_s", "/service/accept/p90_s"),
            ("pick_median_s", "/service/pick/median_s"),
            ("pick_p90_s", "/service/pick/p90_s"),
            ("pickup_wait_median_s", "/service/pickup_wait/median_s"),
            ("pickup_wait_p90_s", "/service/pickup_wait/p90_s"),
            ("delivery_median_s", "/service/delivery/median_s"),
            ("delivery_p90_s", "/service/delivery/p90_s"),
        ] {
            let said: Vec<String> =
                rows.iter().map(|row| shown(row.pointer(of).unwrap_or(&Value::Null))).collect();
            assert_eq!(column(&sheet, column_name), said, "{column_name} {form:?}");
        }
        assert_eq!(counted(&sheet, "served"), sold as i64, "one for each sale in the ledger");

        let sheet = read(&bytes(&given, "/v1/reports/stock", form).await, form).unwrap();
        let rows = stock["rows"].as_array().unwrap();
        for (column_name, of) in [
            ("store", "store"),
            ("name", "name"),
            ("sold", "sold_units"),
            ("closing", "closing_units"),
            ("average", "average_units"),
            ("turns_permille", "turns_permille"),
        ] {
            let said: Vec<String> = rows.iter().map(|row| shown(&row[of])).collect();
            assert_eq!(column(&sheet, column_name), said, "{column_name} {form:?}");
        }
        assert_eq!(counted(&sheet, "sold"), net_units + 5 + 2, "the ledger's units and the tills'");
        assert_eq!(column(&sheet, "closing"), on_hand, "{form:?}");
    }
}

/// Everything behind a row, read a movement at a time.
async fn behind(given: &Given, list: &str) -> (Vec<Value>, Vec<Value>) {
    let first = given.get(&format!("{list}&limit=1"), &given.hq).await.ok();
    let days = first["days"].as_array().unwrap().clone();
    let (mut page, mut moves) = (first, Vec::new());
    loop {
        moves.extend(page["moves"].as_array().unwrap().iter().cloned());
        let Some(after) = page["next_after"].as_str() else { return (days, moves) };
        let next = format!("{list}&limit=1&after={after}");
        page = given.get(&next, &given.hq).await.ok();
        assert_eq!(page["days"], Value::Null, "the days come once");
    }
}

fn units(lines: &[&Value]) -> i64 {
    lines.iter().map(|line| line["units"].as_i64().unwrap()).sum()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stock_turns_open_the_days_and_movements_that_make_them() {
    let mut given = a_bad_day().await;
    let today = given.get("/v1/reports/stock", &given.hq).await.ok()["from"].clone();
    let day: jiff::civil::Date = today.as_str().unwrap().parse().unwrap();
    // The next day comes in ten seconds, and nothing is sold on it.
    given.restart_with("time_scale = 10000").await;
    let span = format!("/v1/reports/stock?from={day}&to={}", day.tomorrow().unwrap());
    let moves = span.replace("stock?", "stock/moves?");
    let is_over = |page: &Value| page["days"].as_array().unwrap().len() == 4;
    crate::members::until(&given, &moves, &given.hq, is_over).await;
    let report = given.get(&span, &given.hq).await.ok();
    assert_eq!(report["rows"].as_array().unwrap().len(), 2, "{report}");
    for row in report["rows"].as_array().unwrap() {
        let (days, moves) = behind(&given, row["list"].as_str().unwrap()).await;
        let of = |row: &Value, name: &str| row[name].as_i64().unwrap();
        let closings: i64 = days.iter().map(|day| of(day, "closing_units")).sum();
        let sold: i64 = days.iter().map(|day| of(day, "sold_units")).sum();
        assert_eq!(days.len(), 2, "{days:?}");
        assert_eq!((sold, closings / 2), (of(row, "sold_units"), of(row, "average_units")));
        assert_eq!(of(row, "turns_permille"), sold * 2 * 1_000 / closings);
        assert_eq!(days[1]["sold_units"], 0, "{days:?}");
        let lines: Vec<&Value> =
            moves.iter().flat_map(|moved| moved["lines"].as_array().unwrap()).collect();
        assert_eq!(units(&lines), of(row, "closing_units"), "{moves:?}");
        let sales: Vec<&Value> =
            lines.iter().copied().filter(|line| line["is_sale"] == true).collect();
        assert_eq!(-units(&sales), sold, "{sales:?}");
        assert!(moves.iter().all(|moved| moved["day"] == today && moved["store"] == row["store"]));
        for form in [Form::Csv, Form::Xlsx] {
            let list = row["list"].as_str().unwrap();
            let sheet = read(&bytes(&given, list, form).await, form).unwrap();
            assert_eq!(sheet.rows.len(), lines.len(), "{form:?}");
            assert_eq!((counted(&sheet, "units"), counted(&sheet, "sold")), (units(&lines), sold));
        }
    }
    let other = json!({"stores": [OTHER_STORE]});
    let manager = given.token("staff", "store_manager", "店长", other).await;
    let own = given.get(&moves, &manager).await.ok();
    let stores = own["moves"].as_array().unwrap().iter().map(|moved| moved["store"].clone());
    assert!(stores.into_iter().all(|store| store == OTHER_STORE), "{own}");
    let foreign = given.get(&format!("{moves}&store={STORE}"), &manager).await;
    foreign.refused(404, "not_found");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_breakdown_of_sales_and_every_settlement_adds_up_to_the_ledger() {
    let given = a_bad_day().await;
    for form in [Form::Csv, Form::Xlsx] {
        let ledger = read(&bytes(&given, "/v1/ledger", form).await, form).unwrap();
        for by in ["store", "day", "hour", "sku", "channel", "tier"] {
            let path = format!("/v1/reports/sales?by={by}");
            let sales = read(&bytes(&given, &path, form).await, form).unwrap();
            for name in ["list", "discounts", "goods", "fees", "paid", "platform_fee"] {
                assert_eq!(summed(&sales, name), summed(&ledger, name), "{by} {name} {form:?}");
            }
            assert_eq!(counted(&sales, "units"), counted(&ledger, "units"), "{by} {form:?}");
        }
        let filing = read(&bytes(&given, "/v1/tax/filing", form).await, form).unwrap();
        assert_eq!(summed(&filing, "gross"), summed(&ledger, "paid"), "{form:?}");
        assert_eq!(summed(&filing, "net") + summed(&filing, "tax"), summed(&filing, "gross"));
        let settled = read(&bytes(&given, "/v1/settlements", form).await, form).unwrap();
        for name in ["list", "discounts", "goods", "platform_fee"] {
            assert_eq!(summed(&settled, name), summed(&ledger, name), "{name} {form:?}");
        }
        let open = bytes(&given, "/v1/reconciliation/payments", form).await;
        assert!(read(&open, form).unwrap().rows.is_empty(), "all that came in is earned");
        assert_eq!(summed(&ledger, "money"), summed(&ledger, "paid") + 2 * off_again(&ledger));
    }
}

/// Money that was paid back, once: the ledger's column shows it without a sign.
fn off_again(ledger: &Sheet) -> i64 {
    let kinds = column(ledger, "kind");
    let money = column(ledger, "money");
    let back = kinds.iter().zip(&money).filter(|(kind, _)| *kind == "paid_back");
    back.map(|(_, cell)| read_yuan(cell).unwrap().as_fen()).sum()
}

/// The sheet of a workbook as it is written.
fn inside(workbook: &[u8]) -> String {
    let mut package = zip::ZipArchive::new(Cursor::new(workbook)).unwrap();
    let mut text = String::new();
    for part in ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"] {
        package.by_name(part).unwrap().read_to_string(&mut text).unwrap();
    }
    text
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_report_computes_what_somebody_wrote_into_a_name() {
    let given = a_bad_day().await;
    for (path, name) in [
        ("/v1/reports/service", BAD_STORE),
        ("/v1/reports/stock", BAD_STORE),
        ("/v1/reports/stock/moves", BAD_GOODS),
        ("/v1/reports/sales?by=store", BAD_STORE),
        ("/v1/reports/sales?by=sku", BAD_GOODS),
        ("/v1/reports/sales?by=campaign", BAD_CAMPAIGN),
    ] {
        let workbook = bytes(&given, path, Form::Xlsx).await;
        let text = inside(&workbook);
        assert!(!text.contains("<f>") && !text.contains("<f "), "{path} has a formula: {text}");
        let sheet = read(&workbook, Form::Xlsx).unwrap();
        assert!(column(&sheet, "name").iter().any(|cell| cell == name), "{path} {sheet:?}");
        let plain = String::from_utf8(bytes(&given, path, Form::Csv).await).unwrap();
        let quoted = name.replace('"', "\"\"");
        assert!(plain.contains(&format!("'{quoted}")), "{path}: {plain}");
        let begins = |cell: &str| cell.trim_matches('"').starts_with(['=', '+', '@']);
        let cells = plain.lines().flat_map(|line| line.split(','));
        assert!(!cells.into_iter().any(begins), "{path}: {plain}");
    }
}
