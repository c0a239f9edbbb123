//! Figures as they are shown. Every amount is in fen and includes tax unless it is one; every figure
//! names the address of the list behind it.

use actors::TodaysFigures;
use commerce::report::{Durations, Figures, Service};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vocabulary::{Money, SkuId, StoreId, Timestamp};

use super::schema::{Day, Fen, Id, Millis};
use crate::books::{MovedLine, ReadTo, StockMove, move_key};

/// How far the feed is in the books: later events are not in these figures yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReadToView {
    pub seq: u64,
    #[schema(value_type = Millis)]
    pub at: Timestamp,
}

impl From<ReadTo> for ReadToView {
    fn from(read: ReadTo) -> Self {
        Self { seq: read.seq, at: read.at }
    }
}

/// Sales less returns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct FiguresView {
    /// Stores' shares of orders that reached their shoppers.
    pub sales: u64,
    pub units: i64,
    /// Units that came back; they are no longer in `units`.
    pub returned_units: i64,
    #[schema(value_type = Fen)]
    pub list_fen: Money,
    #[schema(value_type = Fen)]
    pub discounts_fen: Money,
    /// Paid for goods: `list − discounts`.
    #[schema(value_type = Fen)]
    pub goods_fen: Money,
    /// Of returned goods; no longer in `goods_fen`.
    #[schema(value_type = Fen)]
    pub returned_goods_fen: Money,
    #[schema(value_type = Fen)]
    pub fees_fen: Money,
    /// Goods and fees.
    #[schema(value_type = Fen)]
    pub paid_fen: Money,
    #[schema(value_type = Fen)]
    pub tax_fen: Money,
    #[schema(value_type = Fen)]
    pub platform_fee_fen: Money,
}

impl From<&Figures> for FiguresView {
    fn from(figures: &Figures) -> Self {
        Self {
            sales: figures.sales,
            units: figures.units,
            returned_units: figures.returned_units,
            list_fen: figures.list,
            discounts_fen: figures.discounts,
            goods_fen: figures.goods,
            returned_goods_fen: figures.returned_goods,
            fees_fen: figures.fees,
            paid_fen: figures.paid(),
            tax_fen: figures.tax,
            platform_fee_fen: figures.platform_fee,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "read_to": {"seq": 4211, "at": 1795000000000_i64}, "from": "2026-11-18", "to": "2026-11-18",
    "by": "channel",
    "total": {"sales": 1, "units": 3, "returned_units": 0, "list_fen": 4000, "discounts_fen": 0,
        "goods_fen": 4000, "returned_goods_fen": 0, "fees_fen": 0, "paid_fen": 4000,
        "tax_fen": 460, "platform_fee_fen": 0},
    "list": "/v1/ledger?from=2026-11-18&to=2026-11-18",
    "rows": [{"key": "app",
        "figures": {"sales": 1, "units": 3, "returned_units": 0, "list_fen": 4000,
            "discounts_fen": 0, "goods_fen": 4000, "returned_goods_fen": 0, "fees_fen": 0,
            "paid_fen": 4000, "tax_fen": 460, "platform_fee_fen": 0},
        "list": "/v1/ledger?from=2026-11-18&to=2026-11-18&channel=app"}]
}))]
pub struct SalesReport {
    pub read_to: ReadToView,
    #[schema(value_type = Day)]
    pub from: Date,
    #[schema(value_type = Day)]
    pub to: Date,
    pub by: String,
    pub total: FiguresView,
    /// The postings behind the total.
    pub list: String,
    pub rows: Vec<SalesRow>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SalesRow {
    /// A store, SKU, day, hour, channel, tier or rule.
    pub key: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    pub figures: FiguresView,
    /// Of a rule: what it took off itself, by who bears it. The figures are those of all lines that
    /// it took something off, with the discounts of other rules among them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub borne: Vec<BorneView>,
    /// The postings behind the row.
    pub list: String,
}

/// What somebody bears of a rule's discounts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BorneView {
    /// `hq`, `store`, `merchant` or `platform`.
    pub bearer: String,
    #[schema(value_type = Fen)]
    pub amount_fen: Money,
}

/// Whole seconds, exact: the nearest rank of everything that was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TimesView {
    pub count: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub median_s: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p90_s: Option<u32>,
}

impl From<&Durations> for TimesView {
    fn from(seen: &Durations) -> Self {
        Self { count: seen.count(), median_s: seen.median(), p90_s: seen.p90() }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ServiceView {
    /// Shares of orders that reached their shoppers.
    pub served: u64,
    pub on_time: u64,
    /// Absent before anything was served.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_time_permille: Option<u64>,
    /// From the store's bell to its yes.
    pub accept: TimesView,
    /// From the yes to packed.
    pub pick: TimesView,
    /// From packed to handed over.
    pub pickup_wait: TimesView,
    /// From hand-over to the door.
    pub delivery: TimesView,
}

impl From<&Service> for ServiceView {
    fn from(service: &Service) -> Self {
        Self {
            served: service.served,
            on_time: service.on_time,
            on_time_permille: service.on_time_permille(),
            accept: (&service.accept).into(),
            pick: (&service.pick).into(),
            pickup_wait: (&service.pickup_wait).into(),
            delivery: (&service.delivery).into(),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ServiceReport {
    pub read_to: ReadToView,
    #[schema(value_type = Day)]
    pub from: Date,
    #[schema(value_type = Day)]
    pub to: Date,
    pub total: ServiceView,
    pub list: String,
    pub rows: Vec<ServiceRow>,
    /// Of all stores, day by day; days on which nothing was served are left out.
    pub days: Vec<ServiceDay>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ServiceDay {
    #[schema(value_type = Day)]
    pub day: Date,
    pub service: ServiceView,
    pub list: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ServiceRow {
    #[schema(value_type = Id)]
    pub store: StoreId,
    pub name: String,
    pub service: ServiceView,
    pub list: String,
}

/// What a day has come to so far, as sockets tell it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TodayView {
    #[schema(value_type = Day)]
    pub day: Date,
    /// The last event that is in the figures.
    pub read_to: u64,
    pub total: FiguresView,
    pub by_hour: Vec<HourView>,
    pub by_store: Vec<StoreFiguresView>,
    pub service: ServiceView,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct HourView {
    /// Of the store's day, 0 to 23.
    pub hour: u8,
    pub figures: FiguresView,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct StoreFiguresView {
    #[schema(value_type = Id)]
    pub store: StoreId,
    pub figures: FiguresView,
}

impl From<&TodaysFigures> for TodayView {
    fn from(today: &TodaysFigures) -> Self {
        let hour =
            |(hour, figures): (&u8, &Figures)| HourView { hour: *hour, figures: figures.into() };
        let store = |(store, figures): (&StoreId, &Figures)| StoreFiguresView {
            store: *store,
            figures: figures.into(),
        };
        Self {
            day: today.day,
            read_to: today.read_to,
            total: (&today.all).into(),
            by_hour: today.by_hour.iter().map(hour).collect(),
            by_store: today.by_store.iter().map(store).collect(),
            service: (&today.service).into(),
        }
    }
}

/// How often stock turned over.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct StockReport {
    pub read_to: ReadToView,
    #[schema(value_type = Day)]
    pub from: Date,
    #[schema(value_type = Day)]
    pub to: Date,
    pub rows: Vec<StockRow>,
}

/// Units of all SKUs of a store.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct StockRow {
    #[schema(value_type = Id)]
    pub store: StoreId,
    pub name: String,
    /// Left for good: with orders or over the till, less what came back sellable.
    pub sold_units: i64,
    /// On hand at the end of the last day.
    pub closing_units: i64,
    /// On hand at the end of an average day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub average_units: Option<i64>,
    /// `sold ÷ average`, in thousandths.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turns_permille: Option<i64>,
    /// The days and movements that make these numbers.
    pub list: String,
}

/// What a report of stock turns is made of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct StockMovesPage {
    pub read_to: ReadToView,
    /// Every day of the span: what was sold of it is the report's `sold_units`, and the closing units of
    /// an average day are its `average_units`. With the first page only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub days: Vec<StockDayView>,
    /// By day, store and time.
    pub moves: Vec<StockMoveView>,
    /// To ask for the next page with; absent at the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_after: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StockDayView {
    #[schema(value_type = Id)]
    pub store: StoreId,
    #[schema(value_type = Day)]
    pub day: Date,
    pub sold_units: i64,
    /// On hand when the day was over, or now.
    pub closing_units: i64,
}

/// What moved at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StockMoveView {
    /// To ask for what comes after it.
    pub key: String,
    pub seq: u64,
    #[schema(value_type = Millis)]
    pub at: Timestamp,
    #[schema(value_type = Day)]
    pub day: Date,
    #[schema(value_type = Id)]
    pub store: StoreId,
    pub lines: Vec<MovedLineView>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MovedLineView {
    #[schema(value_type = Id)]
    pub sku: SkuId,
    /// More than zero came, less left.
    pub units: i64,
    /// `consumed` (with an order), `sold_at_till`, `came_back`, `counted`, `transfer_out`, `transfer_in`,
    /// `transfer_surplus`, `adjusted` or why it was, `rejected` or why it was.
    pub why: String,
    /// Whether it is part of what turns count as sold.
    pub is_sale: bool,
}

pub fn stock_move_view(moved: &StockMove) -> StockMoveView {
    let line = |line: &MovedLine| MovedLineView {
        sku: line.sku,
        units: line.units,
        why: line.why.to_string(),
        is_sale: line.is_sale(),
    };
    StockMoveView {
        key: move_key(moved),
        seq: moved.seq,
        at: moved.at,
        day: moved.day,
        store: moved.store,
        lines: moved.lines.iter().map(line).collect(),
    }
}
