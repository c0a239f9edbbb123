//! What a campaign came to: which sales it was in, who bore what of it, and the postings behind each
//! figure, also after goods came back.

use serde_json::{Value, json};

use crate::books::{collected, read_up, sales, take_back};
use crate::given::{Given, MERCHANT, MILK, OTHER_STORE, STORE};

const SAVE: &str = "019ab3c0-0000-7000-8000-000000000c11";

/// Spending twenty yuan at the one store saves three; headquarters and the merchant carry it.
fn save() -> Value {
    json!({
        "name": "满二十减三", "starts_at": 1_700_000_000_000_i64, "ends_at": 4_000_000_000_000_i64,
        "stacking": "stackable", "scope": {"stores": [STORE]},
        "discount": {"spend_and_save": {"tiers": [{"spend_fen": 2_000, "off_fen": 300}]}},
        "bearers": [{"bearer": "hq", "permille": 600}, {"bearer": "merchant", "permille": 400}],
    })
}

fn fen(value: &Value, field: &str) -> i64 {
    value[field].as_i64().unwrap_or_else(|| panic!("no {field} in {value}"))
}

fn borne(row: &Value, bearer: &str) -> i64 {
    let parts = row["borne"].as_array().unwrap();
    let part = parts.iter().find(|part| part["bearer"] == bearer);
    part.map_or(0, |part| fen(part, "amount_fen"))
}

/// What the postings behind a row say that its rule took off.
async fn listed(given: &Given, row: &Value) -> i64 {
    let list = given.get(row["list"].as_str().unwrap(), &given.hq).await.ok();
    let postings = list["postings"].as_array().unwrap().iter();
    let lines = postings.flat_map(|posting| posting["lines"].as_array().unwrap());
    let shares = lines.flat_map(|line| line["discounts"].as_array().unwrap());
    let own = shares.filter(|share| share["source"] == row["key"]);
    own.map(|share| fen(share, "amount_fen")).sum()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_campaigns_results_say_who_bore_what_and_open_its_postings() {
    let given = Given::shop().await;
    given.hq_put(&format!("/v1/campaigns/{SAVE}"), save()).await.ok();
    let elsewhere = json!({"mode": "pickup", "store": OTHER_STORE,
        "lines": [{"sku": MILK, "quantity": 4}]});
    let elsewhere = given.post("/v1/quotes", &given.app, elsewhere).await.ok();
    assert_eq!(elsewhere["goods_fen"], 2_000, "it is for the one store only");
    // 4 × 5.00 less 3.00; and 5.00, which is too little for it.
    let first = collected(&given, "one", 4, 0).await;
    collected(&given, "two", 1, 0).await;
    read_up(&given).await;
    let report = sales(&given, "campaign").await;
    assert_eq!(report["rows"].as_array().unwrap().len(), 1, "{report}");
    let row = &report["rows"][0];
    assert_eq!(row["key"], format!("spend_and_save:{SAVE}"));
    assert_eq!((&row["name"], &row["figures"]["sales"]), (&json!("满二十减三"), &json!(1)));
    assert_eq!(fen(&row["figures"], "discounts_fen"), 300);
    assert_eq!((borne(row, "hq"), borne(row, "merchant")), (180, 120), "{row}");
    assert_eq!(listed(&given, row).await, 300);

    // A unit that comes back takes exactly its share of the campaign with it.
    take_back(&given, &first, 1, 1).await;
    read_up(&given).await;
    let report = sales(&given, "campaign").await;
    let row = &report["rows"][0];
    assert_eq!((borne(row, "hq"), borne(row, "merchant")), (135, 90), "{row}");
    assert_eq!(listed(&given, row).await, 225);
    assert_eq!(fen(&row["figures"], "goods_fen"), 1_275);

    // Headquarters gives the merchant its part; what the merchant bears is the merchant's loss.
    let settled = given.get("/v1/settlements", &given.hq).await.ok();
    let day = &settled["settlements"][0];
    assert_eq!(day["merchant"], MERCHANT);
    assert_eq!((fen(day, "goods_fen"), fen(day, "hq_discounts_fen")), (1_775, 135), "{day}");
    let given_to =
        fen(day, "goods_fen") + fen(day, "hq_discounts_fen") + fen(day, "merchant_fees_fen");
    assert_eq!(fen(day, "payout_fen"), given_to - fen(day, "platform_fee_fen"), "{day}");
}
