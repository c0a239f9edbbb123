//! Goods: what stores have, lack, send each other, and ask for it.

use commerce::{PriceGrant, Skus, Stores};

use super::super::catalog::StorePriceView;
use super::super::product::PublicationView;
use super::super::replenishment::{LowView, SuggestionView, SupplyView};
use super::super::stock::StockView;
use super::super::tables::{count, instant};
use super::super::transfer::{TransferLineBody, TransferView};
use super::{Names, amount, yes_or_no};
use crate::sheets::{Cell, Figures};

/// A row for every SKU of every transfer.
pub fn transfers(transfers: &[TransferView], names: Names<'_>) -> Figures {
    let row = |transfer: &TransferView, line: &TransferLineBody| {
        let of_sku = |other: &&TransferLineBody| other.sku == line.sku;
        let in_transit = transfer.in_transit.iter().find(of_sku).map_or(0, |other| other.units);
        let [code, name] = names.sku(line.sku);
        vec![
            Cell::text(transfer.transfer),
            Cell::text(&transfer.status),
            names.store(transfer.from),
            names.store(transfer.to),
            code,
            name,
            count(line.units),
            count(in_transit),
            Cell::text(instant(transfer.drafted_at)),
            Cell::text(instant(transfer.since_at)),
            Cell::some(transfer.expected_at.map(instant)),
            Cell::some(transfer.note.as_ref()),
        ]
    };
    let rows = transfers.iter().flat_map(|one| one.lines.iter().map(move |line| row(one, line)));
    Figures {
        name: "transfers",
        head: &[
            "transfer",
            "status",
            "from",
            "to",
            "code",
            "name",
            "units",
            "in_transit",
            "drafted_at",
            "since_at",
            "expected_at",
            "note",
        ],
        rows: rows.collect(),
    }
}

/// What stores ask for goods themselves, and between what bounds they may.
pub fn prices(prices: &[StorePriceView], grants: &[PriceGrant], names: Names<'_>) -> Figures {
    let row = |price: &StorePriceView| {
        let [code, name] = names.sku(price.sku);
        let list = names.book.catalog().get(price.sku).map(|sku| sku.list_price);
        let is_meant = |grant: &&PriceGrant| {
            let here = match &grant.stores {
                Stores::All => true,
                Stores::Only(stores) => stores.contains(&price.store),
            };
            here && match &grant.skus {
                Skus::All => true,
                Skus::Only(skus) => skus.contains(&price.sku),
                Skus::Category(category) => {
                    let sku = names.book.catalog().get(price.sku);
                    sku.is_some_and(|sku| names.book.is_within(sku, category))
                }
            }
        };
        let by: Vec<&str> = grants.iter().filter(is_meant).map(|one| one.name.as_str()).collect();
        vec![
            names.store(price.store),
            code,
            name,
            amount(list),
            Cell::Money(price.price_fen),
            Cell::text(by.join(" ")),
            Cell::text(price.set_by),
            Cell::text(instant(price.set_at)),
        ]
    };
    Figures {
        name: "store-prices",
        head: &["store", "code", "name", "list_price", "price", "grants", "set_by", "set_at"],
        rows: prices.iter().map(row).collect(),
    }
}

/// A row for every SKU of every publication.
pub fn publications(publications: &[PublicationView], names: Names<'_>) -> Figures {
    let mut rows = Vec::new();
    for view in publications {
        let publication = &view.publication;
        let at = match &publication.stores {
            Stores::All => "all".to_owned(),
            Stores::Only(stores) => names.stores(stores),
        };
        for item in &publication.items {
            let [code, name] = names.sku(item.sku);
            rows.push(vec![
                Cell::text(&view.name),
                yes_or_no(view.in_effect),
                Cell::some(publication.effective_at.map(instant)),
                Cell::text(&at),
                code,
                name,
                yes_or_no(item.sold),
                amount(item.list_price_fen),
            ]);
        }
    }
    Figures {
        name: "publications",
        head: &[
            "publication",
            "in_effect",
            "effective_at",
            "stores",
            "code",
            "name",
            "sold",
            "list_price",
        ],
        rows,
    }
}

/// A row for every source of every suggestion.
pub fn suggestions(suggestions: &[SuggestionView], names: Names<'_>) -> Figures {
    let mut rows = Vec::new();
    for wanted in suggestions {
        for source in &wanted.sources {
            let (from, units) = match source {
                SupplyView::Transfer { from, units, .. } => (names.store(*from), *units),
                SupplyView::Purchase { units } => (Cell::text("purchase"), *units),
            };
            let [code, name] = names.sku(wanted.sku);
            rows.push(vec![
                names.store(wanted.store),
                code,
                name,
                Cell::Count(wanted.position),
                count(wanted.because.reorder_point),
                count(wanted.because.order_up_to),
                count(wanted.units),
                from,
                count(units),
            ]);
        }
    }
    Figures {
        name: "replenishment",
        head: &[
            "store",
            "code",
            "name",
            "position",
            "reorder_point",
            "order_up_to",
            "lacking",
            "from",
            "units",
        ],
        rows,
    }
}

pub fn low_stock(low: &[LowView], names: Names<'_>) -> Figures {
    let row = |lacking: &LowView| {
        let [code, name] = names.sku(lacking.sku);
        vec![
            names.store(lacking.store),
            code,
            name,
            Cell::Count(lacking.on_hand),
            count(lacking.incoming),
            Cell::Count(lacking.position),
            count(lacking.reorder_point),
        ]
    };
    Figures {
        name: "low-stock",
        head: &["store", "code", "name", "on_hand", "incoming", "position", "reorder_point"],
        rows: low.iter().map(row).collect(),
    }
}

/// Everything that one store has.
pub fn shelf(stock: &[StockView], names: Names<'_>) -> Figures {
    let row = |level: &StockView| {
        let [code, name] = names.sku(level.sku);
        vec![
            Cell::text(level.sku),
            code,
            name,
            Cell::Count(level.on_hand),
            count(level.reserved),
            count(level.safety_stock),
            Cell::Count(level.available_to_sell),
            count(level.damaged),
            count(level.outgoing),
            count(level.incoming),
            count(level.reorder_point),
            yes_or_no(level.listed),
            Cell::some(level.counted_at.map(instant)),
        ]
    };
    Figures {
        name: "stock",
        head: &[
            "sku",
            "code",
            "name",
            "on_hand",
            "reserved",
            "safety_stock",
            "available",
            "damaged",
            "outgoing",
            "incoming",
            "reorder_point",
            "listed",
            "counted_at",
        ],
        rows: stock.iter().map(row).collect(),
    }
}
