//! The worked example of docs/commerce.md, computed: its tables are checked against the page.

use vocabulary::{CouponId, Money, Seconds};

use super::*;
use crate::fixtures::*;
use crate::{Bearer, BookCommand, Permille, PricedLine, QuoteRequest, Quoted, Share, ShareSource};

const PAGE: &str = include_str!("../../../docs/commerce.md");

/// Three milk at 10.00, one rice at 30.00 with a tenth off, two tea at 9.99; 满50减5 满100减15,
/// borne by headquarters and the stores 6 to 4; a coupon of 5.00 from 40.00; and all the points that
/// may be spent.
fn example() -> Quoted {
    let names = [(1, 1_000, "milk"), (2, 3_000, "rice"), (3, 999, "tea")];
    let skus = names.map(|(number, fen, name)| {
        BookCommand::PutSku(crate::Sku { name: name.into(), ..sku(number, fen) })
    });
    let book = book_of(skus);
    let tier = |spend, off| SpendTier { spend: Money::fen(spend), off: Money::fen(off) };
    let part = |bearer, permille| BearerPart { bearer, permille: Permille(permille) };
    let rice = Scope { goods: Goods::Skus([sku_id(2)].into()), ..Scope::default() };
    let tiers = SpendAndSave::Tiers(vec![tier(5_000, 500), tier(10_000, 1_500)]);
    let campaigns = campaigns_of(
        &book,
        [
            Campaign { scope: rice, ..campaign(1, percent_off(100)) },
            Campaign {
                bearers: vec![part(Bearer::Hq, 600), part(Bearer::Store, 400)],
                ..campaign(2, Discount::SpendAndSave(tiers))
            },
            campaign(3, coupon(CouponValue::Amount(Money::fen(500)), 4_000)),
        ],
    );
    let request = QuoteRequest {
        coupons: vec![CouponId::from_bits(3)],
        points: 10_000,
        ..basket(&[(1, 3), (2, 1), (3, 2)])
    };
    quoted(&book, &campaigns, Some(&standing(10_000, &[3])), &request).unwrap()
}

fn yuan(amount: Money) -> String {
    amount.to_string().replace('¥', "")
}

fn taken(shares: &[Share], is_meant: impl Fn(&Share) -> bool) -> Money {
    shares.iter().filter(|share| is_meant(share)).map(|share| share.amount).sum()
}

fn table(head: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let head: Vec<String> = head.iter().map(|cell| (*cell).to_owned()).collect();
    let rule = format!("|{}\n", " --- |".repeat(head.len()));
    let rows: String = rows.into_iter().map(|row| line(&row)).collect();
    format!("{}{rule}{rows}", line(&head))
}

#[track_caller]
fn is_on_the_page(table: &str) {
    assert!(PAGE.contains(table), "docs/commerce.md has other figures; it should say:\n\n{table}");
}

fn stages(line: &PricedLine) -> [Money; 4] {
    let of =
        |is_meant: fn(ShareSource) -> bool| taken(&line.shares, |share| is_meant(share.source));
    [
        of(|source| matches!(source, ShareSource::LimitedTime(_))),
        of(|source| matches!(source, ShareSource::SpendAndSave(_))),
        of(|source| matches!(source, ShareSource::Coupon(_))),
        of(|source| source == ShareSource::Points),
    ]
}

#[test]
fn the_page_shows_what_a_basket_costs() {
    let quoted = example();
    let row = |line: &PricedLine| {
        let listed = line.list_price.checked_times(line.quantity.get()).unwrap();
        let name = format!("{} × {}", line.quantity.get(), line.name);
        let amounts = [listed].into_iter().chain(stages(line));
        let amounts = amounts.chain([line.goods, line.fee_total(), line.paid()]);
        [name].into_iter().chain(amounts.map(yuan)).collect::<Vec<String>>()
    };
    let lines = &quoted.quote.lines;
    let sum = |column: usize| {
        let cells = lines.iter().map(|line| row(line)[column].replace('.', ""));
        yuan(Money::fen(cells.map(|cell| cell.parse::<i64>().unwrap()).sum()))
    };
    let total = ["together".to_owned()].into_iter().chain((1..9).map(sum)).collect();
    let head = [
        "line",
        "list",
        "limited-time",
        "spend-and-save",
        "coupon",
        "points",
        "goods",
        "delivery",
        "paid",
    ];
    is_on_the_page(&table(&head, lines.iter().map(row).chain([total])));
    let next = quoted.explanation.applied[1].next.unwrap();
    is_on_the_page(&Reason::Short(next).to_string().replace('¥', ""));
}

#[test]
fn the_page_shows_what_each_unit_gives_back() {
    let quoted = example();
    let rows = quoted.quote.lines.iter().flat_map(|line| {
        (0..line.quantity.get()).map(move |unit| {
            let shares = line.shares_for(unit..unit + 1);
            let points = taken(&shares, |share| share.source == ShareSource::Points);
            let by = |bearer| {
                yuan(taken(&shares, |share| {
                    share.bearer == bearer && share.source != ShareSource::Points
                }))
            };
            vec![
                format!("{} {}", line.name, unit + 1),
                yuan(line.paid_for(unit..unit + 1)),
                points.as_fen().to_string(),
                by(Bearer::Hq),
                by(Bearer::Store),
            ]
        })
    });
    let head = ["unit", "money back", "points back", "headquarters' share", "the store's share"];
    is_on_the_page(&table(&head, rows));
}

#[test]
fn the_page_shows_who_wins_and_what_is_cut() {
    let book = book_of([BookCommand::PutSku(sku(1, 1_000))]);
    let group = || Stacking::Group("summer".into());
    let one = |number, permille, priority, stacking| Campaign {
        priority,
        stacking,
        ..campaign(number, percent_off(permille))
    };
    let cases = [
        (
            "A a tenth, B a fifth, both stackable",
            [one(1, 100, 0, Stacking::Stackable), one(2, 200, 1, Stacking::Stackable)],
        ),
        (
            "the same, both in the group `summer`, A first",
            [one(1, 100, 0, group()), one(2, 200, 1, group())],
        ),
        (
            "the same, A exclusive, B first",
            [one(1, 100, 1, Stacking::Exclusive), one(2, 200, 0, Stacking::Stackable)],
        ),
        (
            "A nine tenths, B three tenths, both stackable",
            [one(1, 900, 0, Stacking::Stackable), one(2, 300, 1, Stacking::Stackable)],
        ),
    ];
    let rows = cases.map(|(name, campaigns)| {
        let campaigns = campaigns_of(&book, campaigns);
        let quoted = quoted(&book, &campaigns, None, &basket(&[(1, 1)])).unwrap();
        let off = |number| {
            let mut applied = quoted.explanation.applied.iter();
            let known = applied.find(|known| known.subject.campaign == campaign_id(number));
            yuan(known.map_or(Money::ZERO, |known| known.amount))
        };
        vec![name.to_owned(), off(1), off(2), yuan(quoted.quote.goods_total)]
    });
    is_on_the_page(&table(&["10.00 of goods", "A takes", "B takes", "to pay"], rows));
}

/// Two milk at a list price of 10.00 with a tenth off for everybody, asked for by a partner whose
/// contract begins at nine tenths and that the platform pays for.
#[test]
fn the_page_shows_what_a_partner_asks() {
    let partner = BookCommand::PutContract(contract("mt", 900));
    let book = book_of([BookCommand::PutSku(sku(1, 1_000)), partner]);
    let campaigns = campaigns_of(&book, [campaign(1, percent_off(100))]);
    let ask = |name: &str, price: Option<i64>| {
        let mut request = QuoteRequest { channel: channel(name), ..basket(&[(1, 2)]) };
        request.lines[0].channel_price = price.map(Money::fen);
        quoted(&book, &campaigns, None, &request)
    };
    let row = |(sends, price, by): (&str, Option<i64>, &str)| {
        let cells = match ask(by, price) {
            Err(refusal) => [format!("`{}`", refusal.code()), "–".into(), "–".into(), "–".into()],
            Ok(quoted) => {
                let line = &quoted.quote.lines[0];
                let contract = taken(&line.shares, |share| share.bearer == Bearer::Platform);
                let campaign = taken(&line.shares, |share| share.source.is_discount());
                [line.unit_price, contract, campaign, line.goods].map(yuan)
            }
        };
        [sends.to_owned()].into_iter().chain(cells).collect::<Vec<String>>()
    };
    let asked = [
        ("nothing", None, "mt"),
        ("9.50", Some(950), "mt"),
        ("9.00", Some(900), "mt"),
        ("8.99", Some(899), "mt"),
        ("10.50", Some(1_050), "mt"),
        ("9.50, without a contract", Some(950), "app"),
    ];
    let head = ["the partner sends", "a unit", "the platform bears", "campaign", "two cost"];
    is_on_the_page(&table(&head, asked.map(row)));
}

#[test]
fn the_page_shows_when_a_coupon_expires() {
    let day = |number: u32| NOW.after(Seconds((number - 1) * 86_400));
    let row = |(claimed, lives, validity): (u32, &str, Validity)| {
        let Discount::Coupon(template) = coupon(CouponValue::Amount(Money::fen(500)), 0) else {
            unreachable!("it is a coupon")
        };
        let discount = Discount::Coupon(CouponTemplate { validity, ..template });
        let campaign = Campaign { ends_at: day(20), ..campaign(3, discount) };
        let ends_at = campaign.coupon_expires_at(day(claimed)).unwrap();
        let ends_on = ends_at.since(NOW).0 / 86_400 + 1;
        vec![claimed.to_string(), lives.to_owned(), ends_on.to_string()]
    };
    let coupons = [
        (1, "10 days", Validity::Days(10)),
        (15, "10 days", Validity::Days(10)),
        (1, "until day 8", Validity::Until(day(8))),
    ];
    is_on_the_page(&table(&["claimed on day", "lives", "expires on day"], coupons.map(row)));
}
