//! SKUs as rows of a sheet.

use std::collections::BTreeMap;

use commerce::{BookCommand, PriceBook, Sku};
use serde::de::DeserializeOwned;
use vocabulary::{Money, SkuId};

use crate::app::App;
use crate::call::Call;
use crate::sheets::{Columns, Problem, Row, Sheet};
use crate::wire::catalog::SkuBody;
use crate::wire::fault::{Code, Fault};
use crate::wire::product::ImportReport;

/// Heads as we write them, and as people do.
const COLUMNS: [(&str, &[&str]); 13] = [
    ("code", &["编码", "商品编码"]),
    ("name", &["名称", "商品名称"]),
    ("name_en", &["英文名"]),
    ("category", &["分类", "类目"]),
    ("barcode", &["条码"]),
    ("tax_class", &["税类"]),
    ("list_price", &["售价", "价格"]),
    ("weight_g", &["重量克"]),
    ("temperature", &["温层"]),
    ("keep_together", &["同单同店"]),
    ("age_restricted", &["限龄"]),
    ("attributes", &["属性", "规格"]),
    ("delisted", &["停售"]),
];
/// What a row needs that names nothing we know yet.
const NEEDED_OF_NEW: [&str; 5] = ["name", "category", "tax_class", "list_price", "weight_g"];

/// SKUs that are wanted, by code, under the heads that an import reads.
pub fn table(book: &PriceBook, is_wanted: impl Fn(&Sku) -> bool) -> Vec<Vec<String>> {
    let mut skus: Vec<&Sku> = book.catalog().iter().filter(|sku| is_wanted(sku)).collect();
    skus.sort_by(|a, b| a.code.cmp(&b.code));
    let head = COLUMNS.iter().map(|(name, _)| (*name).to_owned()).collect();
    std::iter::once(head).chain(skus.into_iter().map(cells)).collect()
}

fn cells(sku: &Sku) -> Vec<String> {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let word = |value: serde_json::Result<serde_json::Value>| {
        value.ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
    };
    let attributes = sku.details.attributes.iter();
    let attributes: Vec<String> =
        attributes.map(|(name, value)| format!("{name}={value}")).collect();
    vec![
        sku.code.clone(),
        sku.name.clone(),
        text(&sku.name_en),
        sku.category.clone(),
        sku.barcode.as_ref().map(|barcode| barcode.as_str().to_owned()).unwrap_or_default(),
        word(serde_json::to_value(sku.tax_class)),
        yuan(sku.list_price),
        sku.weight.0.to_string(),
        word(serde_json::to_value(sku.temperature)),
        text(&sku.keep_together),
        yes_or_no(sku.age_restricted),
        attributes.join(";"),
        yes_or_no(sku.delisted),
    ]
}

/// Writes what can be written. Rows after a bad one are written all the same.
pub async fn import(app: &App, call: &Call, sheet: &Sheet) -> Result<ImportReport, Fault> {
    let columns = Columns::find(sheet, &COLUMNS, &["code"])?;
    let mut report = ImportReport { row_count: sheet.rows.len(), ..ImportReport::default() };
    let mut is_new = vec![false; sheet.rows.len()];
    let written = app
        .reference
        .change_book_where_possible(app.author(&call.caller), |book| {
            let mut seen = BTreeMap::new();
            let rows = sheet.rows.iter().zip(&mut is_new);
            rows.map(|(row, is_new)| command(app, book, &columns, row, &mut seen, is_new)).collect()
        })
        .await?;
    let (book_version, outcomes) = written;
    report.book_version = book_version;
    for ((row, outcome), is_new) in sheet.rows.iter().zip(outcomes).zip(is_new) {
        match outcome {
            Ok(()) => {
                report.written_count += 1;
                report.new_count += usize::from(is_new);
            }
            Err(fault) => report.errors.push(Problem::of(row.number, fault)),
        }
    }
    Ok(report)
}

fn command(
    app: &App,
    book: &PriceBook,
    columns: &Columns<'_>,
    row: &Row,
    seen: &mut BTreeMap<String, usize>,
    is_new: &mut bool,
) -> Result<BookCommand, Fault> {
    let code = columns.need(row, "code")?;
    if let Some(before) = seen.insert(code.to_owned(), row.number) {
        let message = format!("row {before} has this code already: keep one of them");
        return Err(Fault::invalid("code", message));
    }
    let known = book.catalog().by_code(code);
    if known.is_none() {
        *is_new = true;
        for name in NEEDED_OF_NEW {
            columns.need(row, name)?;
        }
    }
    let body = match known {
        Some(sku) => SkuBody::from(sku),
        None => blank(code)?,
    };
    let id: SkuId = known.map_or_else(|| app.id(), |sku| sku.id);
    let body = filled(body, columns, row)?;
    let current = known.map_or(0, |sku| sku.version);
    Ok(BookCommand::PutSku(SkuBody { version: None, ..body }.sku(id, current)?))
}

/// What a sheet would make of a catalog without anything in it.
pub(crate) fn drafts(sheet: &Sheet) -> Result<Vec<SkuBody>, Fault> {
    let columns = Columns::find(sheet, &COLUMNS, &["code"])?;
    let draft = |row| filled(blank(columns.need(row, "code")?)?, &columns, row);
    sheet.rows.iter().map(draft).collect()
}

/// A SKU of which only the code is known.
fn blank(code: &str) -> Result<SkuBody, Fault> {
    Ok(SkuBody {
        id: None,
        code: code.to_owned(),
        name: String::new(),
        name_en: None,
        category: String::new(),
        barcode: None,
        tax_class: word("tax_class", "standard")?,
        list_price_fen: Money::ZERO,
        weight_g: 0,
        temperature: Default::default(),
        keep_together: None,
        age_restricted: false,
        delisted: false,
        product: None,
        attributes: BTreeMap::new(),
        images: Vec::new(),
        version: None,
    })
}

/// What the row says over what was there. An empty cell of a column that may be empty empties it.
fn filled(mut body: SkuBody, columns: &Columns<'_>, row: &Row) -> Result<SkuBody, Fault> {
    let say = |name: &str| columns.get(row, name).map(str::to_owned);
    body.name = say("name").unwrap_or(body.name);
    body.category = say("category").unwrap_or(body.category);
    if let Some(text) = columns.get(row, "tax_class") {
        body.tax_class = word("tax_class", text)?;
    }
    if let Some(text) = columns.get(row, "list_price") {
        body.list_price_fen = fen(text)?;
    }
    if columns.get(row, "weight_g").is_some() {
        body.weight_g = columns.number(row, "weight_g")?;
    }
    if let Some(text) = columns.get(row, "temperature") {
        body.temperature = word("temperature", text)?;
    }
    for (name, field) in [
        ("name_en", &mut body.name_en),
        ("barcode", &mut body.barcode),
        ("keep_together", &mut body.keep_together),
    ] {
        if columns.has(name) {
            *field = say(name);
        }
    }
    if columns.has("attributes") {
        body.attributes = attributes(columns.get(row, "attributes").unwrap_or_default())?;
    }
    for (name, field) in
        [("age_restricted", &mut body.age_restricted), ("delisted", &mut body.delisted)]
    {
        if let Some(text) = columns.get(row, name) {
            *field = truth(name, text)?;
        }
    }
    Ok(body)
}

/// A word of one of our lists; the error says which there are.
fn word<T: DeserializeOwned>(name: &'static str, text: &str) -> Result<T, Fault> {
    let value = serde_json::Value::String(text.to_owned());
    serde_json::from_value(value).map_err(|error| {
        let known = error.to_string();
        let known = known.split("expected ").nth(1).unwrap_or("another word").to_owned();
        let message = format!("{name} cannot be {text:?}: use {known}");
        Fault::new(Code::InvalidValue, message).about(name)
    })
}

fn attributes(text: &str) -> Result<BTreeMap<String, String>, Fault> {
    let pairs = text.split([';', '；']).map(str::trim).filter(|pair| !pair.is_empty());
    let read = pairs.map(|pair| match pair.split_once(['=', '：', ':']) {
        Some((name, value)) => Ok((name.trim().to_owned(), value.trim().to_owned())),
        None => {
            let message = format!("attributes must be name=value; name=value, not {pair:?}");
            Err(Fault::invalid("attributes", message))
        }
    });
    read.collect()
}

fn truth(name: &str, text: &str) -> Result<bool, Fault> {
    match text.to_lowercase().as_str() {
        "yes" | "true" | "1" | "是" => Ok(true),
        "no" | "false" | "0" | "否" => Ok(false),
        _ => Err(Fault::invalid(name, format!("{name} must be yes or no, not {text:?}"))),
    }
}

fn yes_or_no(value: bool) -> String {
    if value { "yes" } else { "no" }.to_owned()
}

/// `12.50`: what people call a price.
fn yuan(amount: Money) -> String {
    let fen = amount.as_fen();
    format!("{}.{:02}", fen / 100, fen.unsigned_abs() % 100)
}

/// Never through a float: 0.29 yuan are 29 fen.
fn fen(text: &str) -> Result<Money, Fault> {
    let wrong = || {
        let message = format!("list_price must be an amount in yuan such as 12.50, not {text:?}");
        Fault::invalid("list_price", message)
    };
    let text = text.trim_start_matches(['¥', '￥']);
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let are_digits = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty()
        || whole.len() > 10
        || part.len() > 2
        || !are_digits(whole)
        || !are_digits(part)
    {
        return Err(wrong());
    }
    let fen: i64 = format!("{whole}{part:0<2}").parse().map_err(|_| wrong())?;
    Ok(Money::fen(fen))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_are_read_to_the_fen_or_not_at_all() {
        for (text, expected) in [
            ("12.50", Some(1_250)),
            ("12.5", Some(1_250)),
            ("¥0.29", Some(29)),
            ("7", Some(700)),
            ("0", Some(0)),
            ("12.505", None),
            ("-1", None),
            ("1e3", None),
            ("", None),
            (".5", None),
            ("12,50", None),
        ] {
            assert_eq!(fen(text).ok().map(Money::as_fen), expected, "{text:?}");
        }
        assert_eq!(yuan(Money::fen(1_205)), "12.05");
    }

    #[test]
    fn a_word_that_is_none_is_answered_with_those_that_are() {
        let fault = word::<commerce::Temperature>("temperature", "warm").unwrap_err();
        assert!(fault.message.contains("ambient"), "{}", fault.message);
    }

    #[test]
    fn attributes_are_pairs() {
        let read = attributes("规格=500ml；口味：原味").unwrap();
        assert_eq!(read.get("口味").map(String::as_str), Some("原味"));
        assert!(attributes("500ml").is_err());
    }
}
