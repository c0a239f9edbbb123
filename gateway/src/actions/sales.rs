//! What tills sold, many sales at once: each row is an observation of its own.

use actors::{Conflict, Idempotency};
use dispatch::Message;
use dispatch::inventory::{InventoryCommand, Observation};
use futures_util::future::join_all;
use vocabulary::{Quantity, SkuId, StoreId, Timestamp};

use crate::access::{Resource, Verb};
use crate::app::App;
use crate::call::Call;
use crate::sheets::{Columns, Problem, Row, Sheet};
use crate::wire::fault::{Code, Fault};
use crate::wire::stock::TillFileReport;
use crate::wire::store::words;

/// Heads as we write them, and as tills do.
const COLUMNS: [(&str, &[&str]); 6] = [
    ("till", &["机号", "收银机"]),
    ("receipt", &["小票号", "单号"]),
    ("line", &["行号"]),
    ("sku", &["商品", "商品编码", "条码", "barcode", "code"]),
    ("units", &["数量"]),
    ("sold_at", &["时间", "销售时间"]),
];
const NEEDED: [&str; 4] = ["till", "receipt", "sku", "units"];

/// Sales told to the city at once: what its border can hold.
const AT_ONCE: usize = 128;

/// One sale of one SKU on one receipt.
pub struct Sale {
    pub sku: SkuId,
    pub units: u32,
    /// Told twice under it, it counts once.
    pub reference: String,
    pub sold_at: Option<Timestamp>,
}

/// Records one sale. The reference makes a repetition harmless, whoever repeats it.
pub async fn record(app: &App, call: &Call, store: StoreId, sale: Sale) -> Result<u64, Fault> {
    let Sale { sku, units, reference, sold_at } = sale;
    words("reference", &reference, 120)?;
    if Quantity::new(units).is_err() {
        let message = format!("units must be 1 to {}, not {units}", Quantity::MAX);
        return Err(Fault::invalid("units", message));
    }
    let own = Idempotency {
        scope: format!("sale/{store}/{sku}"),
        key: reference.clone(),
        body_hash: crate::call::hash_of(&reference, &units.to_be_bytes()),
        conflict: Conflict::IdempotencyKey,
    };
    let submission = call.submission_under(app, vec![own]);
    let sale = Observation::PosSale { sku, units, reference, sold_at };
    let message = Message::Inventory(store, Box::new(InventoryCommand::Observe(sale)));
    Ok(app.cities.of_store(store).command(submission, message).await?)
}

/// Records a till's file. Good rows are recorded whatever the others say; sending the file again
/// changes nothing.
pub async fn record_sheet(
    app: &App,
    call: &Call,
    store: StoreId,
    sheet: &Sheet,
) -> Result<TillFileReport, Fault> {
    app.may(&call.caller, Verb::ReportSale, Resource::Store(store))?;
    if app.reference.directory().store(store).is_none() {
        return Err(Fault::not_found("store"));
    }
    let columns = Columns::find(sheet, &COLUMNS, &NEEDED)?;
    let mut report = TillFileReport { row_count: sheet.rows.len(), ..TillFileReport::default() };
    for wave in sheet.rows.chunks(AT_ONCE) {
        let told = wave.iter().map(|row| record_row(app, call, store, &columns, row));
        for (row, outcome) in wave.iter().zip(join_all(told).await) {
            match outcome {
                Ok(seq) => {
                    report.recorded_count += 1;
                    report.seq = report.seq.max(seq);
                }
                // The rows after it would fare no better: the whole file may be sent again.
                Err(fault) if is_passing(&fault) => return Err(fault),
                Err(fault) => report.errors.push(Problem::of(row.number, fault)),
            }
        }
    }
    Ok(report)
}

fn is_passing(fault: &Fault) -> bool {
    matches!(fault.code, Code::Busy | Code::Unavailable | Code::Timeout)
}

async fn record_row(
    app: &App,
    call: &Call,
    store: StoreId,
    columns: &Columns<'_>,
    row: &Row,
) -> Result<u64, Fault> {
    let Told { sku, units, reference, sold_at } = told(columns, row)?;
    let sku = sku_of(app, sku)?;
    record(app, call, store, Sale { sku, units, reference, sold_at }).await
}

/// A sale as a row tells it: of which SKU is not known yet.
pub(crate) struct Told<'r> {
    sku: &'r str,
    units: u32,
    reference: String,
    sold_at: Option<Timestamp>,
}

fn told<'r>(columns: &Columns<'_>, row: &'r Row) -> Result<Told<'r>, Fault> {
    let till = columns.need(row, "till")?;
    let receipt = columns.need(row, "receipt")?;
    let reference = match columns.get(row, "line") {
        None => format!("{till}/{receipt}"),
        Some(line) => format!("{till}/{receipt}/{line}"),
    };
    let sku = columns.need(row, "sku")?;
    let units = columns.number(row, "units")?;
    let sold_at = columns.get(row, "sold_at").map(moment).transpose()?;
    Ok(Told { sku, units, reference, sold_at })
}

/// Every row of a till's file, where all can be read.
pub(crate) fn told_rows(sheet: &Sheet) -> Result<Vec<Told<'_>>, Fault> {
    let columns = Columns::find(sheet, &COLUMNS, &NEEDED)?;
    sheet.rows.iter().map(|row| told(&columns, row)).collect()
}

/// By its barcode, headquarters' code or its id.
fn sku_of(app: &App, text: &str) -> Result<SkuId, Fault> {
    let book = app.reference.book();
    let found = book.catalog().named(text).map(|sku| sku.id);
    found.ok_or_else(|| {
        let message = format!("no SKU has the barcode, code or id {text:?}: look at the catalog");
        Fault::new(Code::UnknownSku, message).about("sku")
    })
}

/// `2026-11-23T10:30:00+08:00`, or milliseconds since the epoch.
fn moment(text: &str) -> Result<Timestamp, Fault> {
    let milliseconds = text.parse::<i64>().ok().filter(|at| *at > 0);
    let spelled = || {
        let moment = text.parse::<jiff::Timestamp>().ok()?;
        Some(Timestamp::from_millis(moment.as_millisecond()))
    };
    milliseconds.map(Timestamp::from_millis).or_else(spelled).ok_or_else(|| {
        let message = format!(
            "sold_at must be a moment such as 2026-11-23T10:30:00+08:00, or milliseconds since \
             1970, not {text:?}"
        );
        Fault::invalid("sold_at", message)
    })
}
