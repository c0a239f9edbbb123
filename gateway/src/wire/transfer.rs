//! Goods on their way from one store to another.

use dispatch::transfer::{Discrepancy, DiscrepancyReason, Receipt, StockTransfer, TransferLine};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vocabulary::{SkuId, StoreId, Timestamp, TransferId};

use super::schema::{Id, Millis};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TransferLineBody {
    #[schema(value_type = Id)]
    pub sku: SkuId,
    #[schema(example = 12)]
    pub units: u32,
}

/// Goods that one store shall give to another.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "from": "019ab3c0-0000-7000-8000-000000000001",
    "to": "019ab3c0-0000-7000-8000-000000000002",
    "lines": [{"sku": "019ab3c0-0000-7000-8000-000000000101", "units": 12}],
    "note": "周末补货",
    "ready": true,
}))]
pub struct TransferBody {
    #[schema(value_type = Id)]
    pub from: StoreId,
    #[schema(value_type = Id)]
    pub to: StoreId,
    /// Each SKU once.
    pub lines: Vec<TransferLineBody>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Keeps the units for it at once; only who may speak for the source can say so.
    #[serde(default)]
    pub ready: bool,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(example = json!({"expected_at": 1_795_000_000_000_i64}))]
pub struct ShipBody {
    /// What really leaves, at most what is planned; absent: all of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lines: Option<Vec<TransferLineBody>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Millis>)]
    pub expected_at: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DiscrepancyBody {
    #[schema(value_type = Id)]
    pub sku: SkuId,
    pub units: u32,
    /// `missing` (will not come), `damaged`, `expired` (both here, not to be sold) or `surplus`
    /// (here, though nobody shipped it).
    #[schema(value_type = String, example = "damaged")]
    pub reason: DiscrepancyReason,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// What came. What is named nowhere is still in transit.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(example = json!({
    "lines": [{"sku": "019ab3c0-0000-7000-8000-000000000101", "units": 10}],
    "discrepancies": [
        {"sku": "019ab3c0-0000-7000-8000-000000000101", "units": 2, "reason": "damaged"},
    ],
}))]
pub struct ReceiveBody {
    /// Sellable units that are now on the shelf.
    pub lines: Vec<TransferLineBody>,
    pub discrepancies: Vec<DiscrepancyBody>,
    /// Everything in transit came in order: leaves `lines` empty.
    pub all: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "目标门店已补货"}))]
pub struct CancelTransferBody {
    pub reason: String,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
pub struct TransferDrafted {
    #[schema(value_type = Id)]
    pub transfer: TransferId,
    pub seq: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReceiptView {
    #[schema(value_type = Millis)]
    pub at: Timestamp,
    pub lines: Vec<TransferLineBody>,
    pub discrepancies: Vec<DiscrepancyBody>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TransferView {
    #[schema(value_type = Id)]
    pub transfer: TransferId,
    #[schema(value_type = Id)]
    pub from: StoreId,
    #[schema(value_type = Id)]
    pub to: StoreId,
    /// `draft`, `ready`, `in_transit`, `partially_received`, `received` or `cancelled`.
    pub status: String,
    /// What is planned; once shipped, what was shipped.
    pub lines: Vec<TransferLineBody>,
    /// Of it, what is neither received nor named in a discrepancy.
    pub in_transit: Vec<TransferLineBody>,
    pub receipts: Vec<ReceiptView>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Millis>)]
    pub expected_at: Option<Timestamp>,
    #[schema(value_type = Millis)]
    pub drafted_at: Timestamp,
    #[schema(value_type = Millis)]
    pub since_at: Timestamp,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct TransferList {
    /// Youngest first.
    pub transfers: Vec<TransferView>,
    /// To ask for the next page with; absent on the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Id>)]
    pub next_after: Option<TransferId>,
}

impl From<TransferLineBody> for TransferLine {
    fn from(body: TransferLineBody) -> Self {
        Self { sku: body.sku, units: body.units }
    }
}

impl From<TransferLine> for TransferLineBody {
    fn from(line: TransferLine) -> Self {
        Self { sku: line.sku, units: line.units }
    }
}

impl From<DiscrepancyBody> for Discrepancy {
    fn from(body: DiscrepancyBody) -> Self {
        let DiscrepancyBody { sku, units, reason, note } = body;
        Self { sku, units, reason, note: note.map(Into::into) }
    }
}

impl From<&Discrepancy> for DiscrepancyBody {
    fn from(found: &Discrepancy) -> Self {
        let note = found.note.as_deref().map(str::to_owned);
        Self { sku: found.sku, units: found.units, reason: found.reason, note }
    }
}

impl From<&Receipt> for ReceiptView {
    fn from(receipt: &Receipt) -> Self {
        Self {
            at: receipt.at,
            lines: bodies(&receipt.lines),
            discrepancies: receipt.discrepancies.iter().map(Into::into).collect(),
        }
    }
}

fn bodies(lines: &[TransferLine]) -> Vec<TransferLineBody> {
    lines.iter().copied().map(Into::into).collect()
}

impl TransferView {
    pub fn of(id: TransferId, transfer: &StockTransfer) -> Self {
        Self {
            transfer: id,
            from: transfer.from,
            to: transfer.to,
            status: transfer.status_text().to_owned(),
            lines: bodies(&transfer.lines),
            in_transit: bodies(&transfer.in_transit()),
            receipts: transfer.receipts().iter().map(Into::into).collect(),
            note: transfer.note.as_deref().map(str::to_owned),
            expected_at: transfer.expected_at(),
            drafted_at: id.born_at(),
            since_at: transfer.since,
        }
    }
}
