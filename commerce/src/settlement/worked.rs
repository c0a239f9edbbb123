//! The worked example of docs/commerce.md, computed: its tables are checked against the page.

use jiff::civil::{Date, date};
use vocabulary::{MerchantId, Money, OrderId, SkuId, StoreId, Timestamp};

use super::*;
use crate::Permille;
use crate::ledger::{
    Account, Calendar, Discount, Entry, Fact, FeeAmount, LineTerms, Occasion, OrderTerms, Posting,
    SaleLine, Tender, UnitsOfLine, Why, platform_fees,
};
use crate::report::DayBook;
use crate::tax::tax_contained;

const PAGE: &str = include_str!("../../../docs/commerce.md");
const DAY: Date = date(2026, 11, 18);
const NOON: Timestamp = Timestamp::from_millis(1_795_000_000_000);
const STORES: [(StoreId, &str); 2] =
    [(StoreId::from_bits(1), "光谷店"), (StoreId::from_bits(2), "江汉店")];

struct OneDay;

impl Calendar for OneDay {
    fn occasion(&self, store: StoreId, at: Timestamp) -> Occasion {
        Occasion { at, day: DAY, hour: 12, store, merchant: MerchantId::from_bits(store.bits()) }
    }

    fn platform_fee(&self, _channel: &str, _placed_at: Timestamp) -> Permille {
        Permille(50)
    }
}

/// Three milk at 10.00 with 1.00 off, borne by headquarters and the store 6 to 4, carried for 5.00.
fn milk() -> LineTerms {
    let fen = Money::fen;
    let share = |source: &str, bearer: &str, amount| Discount {
        source: source.into(),
        bearer: bearer.into(),
        amount: fen(amount),
    };
    let goods = fen(2_900);
    let platform_fee = platform_fees(OneDay.platform_fee("app", NOON), &[goods]);
    LineTerms {
        line: 1,
        sku: SkuId::from_bits(7),
        quantity: 3,
        list_price: fen(1_000),
        discounts: vec![share("spend_and_save", "hq", 60), share("spend_and_save", "store", 40)],
        fees: vec![FeeAmount {
            kind: "delivery".into(),
            amount: fen(500),
            tax_rate: 60,
            tax: tax_contained(fen(500), Permille(60)),
        }],
        paid: fen(3_400),
        tax_class: "standard".into(),
        tax_rate: 130,
        tax: tax_contained(goods, Permille(130)),
        platform_fee: platform_fee[0],
    }
}

/// Two sold by the first store, one by the second, and one of the first store's comes back.
fn postings() -> Vec<Posting> {
    let terms = OrderTerms {
        order: OrderId::from_bits(9),
        channel: "app".into(),
        external_id: Some("A-1".into()),
        tier: None,
        tender: Tender::Online,
        home: STORES[0].0,
        lines: vec![milk()],
    };
    let mut account = Account::open(terms);
    let units = |units| vec![UnitsOfLine { line: 1, units }];
    let sold = |part, store, count| Fact::Sold { part, store, units: units(count), served: None };
    let amount = milk().paid_for(0, 1);
    let facts = [
        Fact::Received { amount: milk().paid },
        sold(0, STORES[0].0, 2),
        sold(1, STORES[1].0, 1),
        Fact::GivenBack { units: units(1), amount, why: Why::Returned },
        Fact::PaidBack { amount },
    ];
    let mut posted = Vec::new();
    for (seq, fact) in (1..).zip(facts) {
        for (occasion, entry) in account.post(&fact, NOON, &OneDay) {
            let terms = account.terms();
            posted.push(Posting {
                seq,
                part: 0,
                occasion,
                order: terms.order,
                channel: terms.channel.clone(),
                external_id: terms.external_id.clone(),
                tier: None,
                entry,
            });
        }
    }
    assert_eq!(account.balance().held(), Money::ZERO);
    posted
}

fn name_of(store: StoreId) -> &'static str {
    STORES.iter().find(|(known, _)| *known == store).map_or("", |(_, name)| name)
}

fn yuan(amount: Money) -> String {
    amount.to_string().replace('¥', "")
}

#[track_caller]
fn is_on_the_page(head: &str, rows: impl IntoIterator<Item = Vec<String>>) {
    let rule = " --- |".repeat(head.matches('|').count() - 1);
    let rows: String = rows.into_iter().map(|row| format!("| {} |\n", row.join(" | "))).collect();
    let table = format!("{head}\n|{rule}\n{rows}");
    assert!(PAGE.contains(&table), "docs/commerce.md has other figures; it should say:\n\n{table}");
}

#[test]
fn the_pages_postings_add_up() {
    let borne = |line: &SaleLine, bearer: &str| -> Money {
        let own = line.discounts.iter().filter(|share| &*share.bearer == bearer);
        own.map(|share| share.amount).sum()
    };
    let postings = postings();
    let lines = postings
        .iter()
        .flat_map(|posting| posting.entry.lines().iter().map(move |line| (posting, line)));
    let row = |(posting, line): (&Posting, &SaleLine)| {
        let kind =
            if matches!(posting.entry, Entry::Sold { .. }) { "`sold`" } else { "`returned`" };
        let amounts = [
            line.list,
            borne(line, "hq"),
            borne(line, "store"),
            line.goods,
            line.fee_total(),
            line.tax,
            line.fees[0].tax,
            line.platform_fee,
        ];
        let head = [kind.to_owned(), name_of(posting.occasion.store).to_owned()];
        head.into_iter().chain([line.units.to_string()]).chain(amounts.map(yuan)).collect()
    };
    is_on_the_page(
        "| posting | store | units | list | hq | store bears | goods | delivery | tax in goods | \
         tax in delivery | platform fee |",
        lines.map(row),
    );
}

#[test]
fn the_pages_filing_adds_up() {
    let mut book = DayBook::default();
    let postings = postings();
    // One merchant sells in both stores here.
    for mut posting in postings {
        posting.occasion.merchant = MerchantId::from_bits(1);
        book.post(&posting);
    }
    let row = |row: FilingRow| {
        let class = match row.taxed {
            Taxed::Goods(class) => class,
            Taxed::Fee(kind) => kind,
        };
        let rate = Permille(u32::from(row.rate)).to_string();
        let amounts = [row.gross, row.net, row.tax].map(yuan);
        [class.into(), rate].into_iter().chain(amounts).collect()
    };
    is_on_the_page("| class | rate | gross | net | tax |", filing(&book).into_iter().map(row));
}

#[test]
fn the_pages_settlements_add_up() {
    let policy = SettlementPolicy::default();
    let rows = STORES.map(|(store, name)| {
        let mut book = DayBook::default();
        let own = postings().into_iter().filter(|posting| posting.occasion.store == store);
        own.for_each(|posting| book.post(&posting));
        let merchant = MerchantId::from_bits(store.bits());
        let settled = Settlement::of((store, merchant, DAY), &book, &[], &policy);
        let amounts =
            [settled.goods, settled.hq_discounts, settled.platform_fee, settled.payout].map(yuan);
        [name.to_owned()].into_iter().chain(amounts).collect()
    });
    is_on_the_page("| store | goods | borne by others | platform fee | payout |", rows);
}

#[test]
fn the_pages_differences_are_those_that_are_found() {
    let fen = Money::fen;
    let record = |number, name: &str, amount, fee| Record {
        order: OrderId::from_bits(number),
        external_id: Some(name.into()),
        amount: fen(amount),
        fee: fen(fee),
        day: DAY,
    };
    let claim = |row, name: &str, amount, fee| Claim {
        row,
        order: name.into(),
        amount: fen(amount),
        fee: fen(fee),
        day: DAY,
    };
    let records =
        [record(1, "A-1", 2_267, 97), record(2, "A-2", 4_000, 200), record(3, "A-3", 500, 25)];
    let claims = [
        claim(1, "A-1", 2_267, 97),
        claim(2, "A-2", 3_900, 200),
        claim(3, "A-1", 2_267, 97),
        claim(4, "X-9", 700, 35),
    ];
    let found = reconcile(&claims, &records, DAY, DAY);
    let name = |order: OrderId| {
        let known = records.iter().find(|record| record.order == order);
        known.and_then(|record| record.external_id.as_deref()).unwrap_or_default().to_owned()
    };
    let row = |difference: &Difference| {
        let (row, order, theirs, ours, kind) = match difference {
            Difference::MissingHere { row, order, theirs } => {
                (Some(row), order.to_string(), Some(*theirs), None, "missing_here")
            }
            Difference::MissingThere { order, ours } => {
                (None, name(*order), None, Some(*ours), "missing_there")
            }
            Difference::Amount { row, order, ours, theirs } => {
                (Some(row), name(*order), Some(*theirs), Some(*ours), "amount")
            }
            Difference::Doubled { row, order, theirs, .. } => {
                (Some(row), order.to_string(), Some(*theirs), None, "doubled")
            }
            Difference::Fee { .. } | Difference::Date { .. } => panic!("{difference:?}"),
        };
        let shown = |amount: Option<Money>| amount.map_or("–".to_owned(), yuan);
        let row = row.map_or("–".to_owned(), u32::to_string);
        vec![row, order, shown(theirs), shown(ours), format!("`{kind}`")]
    };
    is_on_the_page(
        "| row | order | theirs | ours | difference |",
        found.differences.iter().map(row),
    );
}
