//! The books as tables for spreadsheets: the same figures as in JSON, in yuan.

use vocabulary::{Money, SkuId, StoreId, Timestamp};

use super::ledger::PostingView;
use super::order::OrderCardView;
use super::reconciliation::{BalanceView, DifferenceView};
use super::reports::{FiguresView, SalesRow, ServiceRow, StockMoveView, StockRow, TimesView};
use super::settlement::{FilingRowView, SettlementView};
use crate::sheets::{Cell, Figures};

/// An order as a file lists it.
pub struct ListedOrder {
    pub card: OrderCardView,
    pub placed_at: Timestamp,
    pub channel: String,
    /// `None` where the reader sees no money.
    pub payable: Option<Money>,
}

/// The same orders as the list's, with the names of their stores.
pub fn orders(orders: &[ListedOrder], name: impl Fn(StoreId) -> Option<String>) -> Figures {
    let row = |order: &ListedOrder| {
        let card = &order.card;
        let stores = card.stores.iter().map(|store| name(*store).unwrap_or(store.to_string()));
        let stores: Vec<String> = stores.collect();
        vec![
            Cell::text(card.order),
            Cell::text(&card.status),
            Cell::text(&card.stage),
            Cell::text(instant(order.placed_at)),
            Cell::some(card.promised_by_at.map(instant)),
            Cell::text(&order.channel),
            Cell::text(stores.join(" ")),
            count(card.couriers.len()),
            Cell::text(if card.late { "yes" } else { "no" }),
            Cell::text(if card.escalated { "yes" } else { "no" }),
            count(card.reminders),
            order.payable.map_or(Cell::Empty, Cell::Money),
        ]
    };
    Figures {
        name: "orders",
        head: &[
            "order",
            "status",
            "stage",
            "placed_at",
            "promised_by_at",
            "channel",
            "stores",
            "couriers",
            "late",
            "escalated",
            "reminders",
            "payable",
        ],
        rows: orders.iter().map(row).collect(),
    }
}

/// In UTC, as spreadsheets and programs read it alike.
pub(super) fn instant(at: Timestamp) -> String {
    let utc = jiff::Timestamp::from_millisecond(at.as_millis()).unwrap_or_default();
    format!("{utc:.0}")
}

pub(super) fn count(number: impl TryInto<i64>) -> Cell {
    Cell::Count(number.try_into().unwrap_or(i64::MAX))
}

fn seconds(number: Option<u32>) -> Cell {
    number.map_or(Cell::Empty, count)
}

/// What a rule took off, by who bears it: the columns that add up to the ledger, where rules meet on
/// one sale.
const BEARERS: [&str; 4] = ["hq", "store", "merchant", "platform"];

const SALES_BY_RULE: &[&str] = &[
    "key",
    "name",
    "sales",
    "units",
    "returned_units",
    "list",
    "discounts",
    "goods",
    "returned_goods",
    "fees",
    "paid",
    "tax",
    "platform_fee",
    "borne_by_hq",
    "borne_by_store",
    "borne_by_merchant",
    "borne_by_platform",
];
const SALES: &[&str] = SALES_BY_RULE.split_at(SALES_BY_RULE.len() - BEARERS.len()).0;

/// By whatever they are broken down; by rule each row also says who bears what of it.
pub fn sales(rows: &[SalesRow], is_by_rule: bool) -> Figures {
    let row = |row: &SalesRow| {
        let mut cells = sales_cells(row);
        if is_by_rule {
            cells.extend(BEARERS.map(|bearer| Cell::Money(borne_by(row, bearer))));
        }
        cells
    };
    let head = if is_by_rule { SALES_BY_RULE } else { SALES };
    Figures { name: "sales", head, rows: rows.iter().map(row).collect() }
}

fn borne_by(row: &SalesRow, bearer: &str) -> Money {
    row.borne.iter().filter(|part| part.bearer == bearer).map(|part| part.amount_fen).sum()
}

fn sales_cells(row: &SalesRow) -> Vec<Cell> {
    let FiguresView {
        sales,
        units,
        returned_units,
        list_fen,
        discounts_fen,
        goods_fen,
        returned_goods_fen,
        fees_fen,
        paid_fen,
        tax_fen,
        platform_fee_fen,
    } = row.figures;
    let counts = [count(sales), Cell::Count(units), Cell::Count(returned_units)];
    let amounts = [
        list_fen,
        discounts_fen,
        goods_fen,
        returned_goods_fen,
        fees_fen,
        paid_fen,
        tax_fen,
        platform_fee_fen,
    ];
    [Cell::text(&row.key), Cell::some(row.name.as_ref())]
        .into_iter()
        .chain(counts)
        .chain(amounts.map(Cell::Money))
        .collect()
}

pub fn service(rows: &[ServiceRow]) -> Figures {
    let row = |row: &ServiceRow| {
        let service = &row.service;
        let mut cells = vec![
            Cell::text(row.store),
            Cell::text(&row.name),
            count(service.served),
            count(service.on_time),
            service.on_time_permille.map_or(Cell::Empty, count),
        ];
        for TimesView { median_s, p90_s, .. } in
            [service.accept, service.pick, service.pickup_wait, service.delivery]
        {
            cells.extend([seconds(median_s), seconds(p90_s)]);
        }
        cells
    };
    Figures {
        name: "service",
        head: &[
            "store",
            "name",
            "served",
            "on_time",
            "on_time_permille",
            "accept_median_s",
            "accept_p90_s",
            "pick_median_s",
            "pick_p90_s",
            "pickup_wait_median_s",
            "pickup_wait_p90_s",
            "delivery_median_s",
            "delivery_p90_s",
        ],
        rows: rows.iter().map(row).collect(),
    }
}

pub fn stock(rows: &[StockRow]) -> Figures {
    let row = |row: &StockRow| {
        vec![
            Cell::text(row.store),
            Cell::text(&row.name),
            Cell::Count(row.sold_units),
            Cell::Count(row.closing_units),
            row.average_units.map_or(Cell::Empty, Cell::Count),
            row.turns_permille.map_or(Cell::Empty, Cell::Count),
        ]
    };
    Figures {
        name: "stock-turns",
        head: &["store", "name", "sold", "closing", "average", "turns_permille"],
        rows: rows.iter().map(row).collect(),
    }
}

/// A row for every line that moved, with what its SKU is called.
pub fn stock_moves(moves: &[StockMoveView], name: impl Fn(SkuId) -> Option<String>) -> Figures {
    let rows = moves.iter().flat_map(|moved| {
        moved.lines.iter().map(|line| {
            vec![
                Cell::text(moved.day),
                Cell::Count(moved.at.as_millis()),
                Cell::text(moved.store),
                Cell::text(line.sku),
                Cell::some(name(line.sku)),
                Cell::Count(line.units),
                Cell::text(&line.why),
                Cell::Count(if line.is_sale { -line.units } else { 0 }),
            ]
        })
    });
    Figures {
        name: "stock-moves",
        head: &["day", "at_ms", "store", "sku", "name", "units", "why", "sold"],
        rows: rows.collect(),
    }
}

/// A row for every line, and one for every posting without lines. Paid amounts of the lines and the
/// amounts of money are in columns of their own, so that each column adds up.
pub fn ledger(postings: &[PostingView]) -> Figures {
    let mut rows = Vec::new();
    for posting in postings {
        let head = [
            Cell::text(posting.day),
            Cell::Count(posting.at.as_millis()),
            Cell::text(posting.store),
            Cell::text(posting.merchant),
            Cell::text(posting.order),
            Cell::some(posting.external_id.as_ref()),
            Cell::text(&posting.channel),
            Cell::some(posting.tier.as_ref()),
            Cell::text(&posting.kind),
        ];
        if posting.lines.is_empty() {
            let nothing = std::iter::repeat_n(Cell::Empty, 12);
            let money = [Cell::Money(posting.amount_fen)];
            rows.push(head.into_iter().chain(nothing).chain(money).collect());
            continue;
        }
        for line in &posting.lines {
            let off: Money = line.discounts.iter().map(|share| share.amount_fen).sum();
            let paid = [line.goods_fen, line.fees_fen].into_iter().sum();
            let cells = [
                count(line.line),
                Cell::text(line.sku),
                Cell::Count(line.units),
                Cell::Money(line.list_fen),
                Cell::Money(off),
                Cell::Money(line.goods_fen),
                Cell::Money(line.fees_fen),
                Cell::Money(paid),
                Cell::text(&line.tax_class),
                count(line.tax_rate),
                Cell::Money(line.tax_fen),
                Cell::Money(line.platform_fee_fen),
                Cell::Empty,
            ];
            rows.push(head.iter().cloned().chain(cells).collect());
        }
    }
    Figures {
        name: "ledger",
        head: &[
            "day",
            "at_ms",
            "store",
            "merchant",
            "order",
            "external_id",
            "channel",
            "tier",
            "kind",
            "line",
            "sku",
            "units",
            "list",
            "discounts",
            "goods",
            "fees",
            "paid",
            "tax_class",
            "tax_rate_permille",
            "goods_tax",
            "platform_fee",
            "money",
        ],
        rows,
    }
}

pub fn settlements(rows: &[SettlementView]) -> Figures {
    let row = |row: &SettlementView| {
        let head = [
            Cell::some(row.day),
            Cell::some(row.store),
            Cell::text(row.merchant),
            Cell::text(&row.state),
            count(row.sales),
            Cell::Count(row.units),
        ];
        let amounts = [
            row.list_fen,
            row.discounts_fen,
            row.goods_fen,
            row.hq_discounts_fen,
            row.platform_discounts_fen,
            row.delivery_fees_fen,
            row.packing_fees_fen,
            row.merchant_fees_fen,
            row.platform_fee_fen,
            row.kept_fen,
            row.tax_fen,
            row.adjustments_fen,
            row.payout_fen,
        ];
        head.into_iter().chain(amounts.map(Cell::Money)).collect()
    };
    Figures {
        name: "settlements",
        head: &[
            "day",
            "store",
            "merchant",
            "state",
            "sales",
            "units",
            "list",
            "discounts",
            "goods",
            "hq_discounts",
            "platform_discounts",
            "delivery_fees",
            "packing_fees",
            "merchant_fees",
            "platform_fee",
            "kept",
            "tax",
            "adjustments",
            "payout",
        ],
        rows: rows.iter().map(row).collect(),
    }
}

pub fn filing(rows: &[FilingRowView]) -> Figures {
    let row = |row: &FilingRowView| {
        vec![
            Cell::text(row.merchant),
            Cell::text(&row.taxed),
            Cell::text(&row.class),
            count(row.rate),
            Cell::Money(row.gross_fen),
            Cell::Money(row.net_fen),
            Cell::Money(row.tax_fen),
        ]
    };
    Figures {
        name: "tax-filing",
        head: &["merchant", "taxed", "class", "rate_permille", "gross", "net", "tax"],
        rows: rows.iter().map(row).collect(),
    }
}

pub fn balances(rows: &[BalanceView]) -> Figures {
    let row = |row: &BalanceView| {
        let head = [
            Cell::text(row.order),
            Cell::text(row.store),
            Cell::text(&row.channel),
            Cell::text(&row.standing),
        ];
        let amounts =
            [row.received_fen, row.paid_back_fen, row.earned_fen, row.kept_fen, row.held_fen];
        head.into_iter().chain(amounts.map(Cell::Money)).collect()
    };
    Figures {
        name: "balances",
        head: &[
            "order",
            "store",
            "channel",
            "standing",
            "received",
            "paid_back",
            "earned",
            "kept",
            "held",
        ],
        rows: rows.iter().map(row).collect(),
    }
}

pub fn differences(rows: &[DifferenceView]) -> Figures {
    let row = |row: &DifferenceView| {
        vec![
            row.row.map_or(Cell::Empty, count),
            Cell::text(&row.kind),
            Cell::text(&row.order),
            Cell::some(row.ours.as_ref()),
            Cell::some(row.theirs.as_ref()),
            row.first_row.map_or(Cell::Empty, count),
        ]
    };
    Figures {
        name: "differences",
        head: &["row", "kind", "order", "ours", "theirs", "first_row"],
        rows: rows.iter().map(row).collect(),
    }
}
