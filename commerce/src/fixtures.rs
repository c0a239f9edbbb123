//! A small chain for tests: numbered SKUs and stores, and a price book told what to hold.

use vocabulary::{Grams, Money, PrincipalId, Quantity, QuoteId, SkuId, StoreId, Timestamp};

use crate::*;

pub const NOW: Timestamp = Timestamp::from_millis(1_795_000_000_000);

pub fn sku_id(number: u128) -> SkuId {
    SkuId::from_bits(number)
}

pub fn store(number: u128) -> StoreId {
    StoreId::from_bits(number)
}

pub fn channel(name: &str) -> Channel {
    Channel::new(name).unwrap()
}

pub fn context() -> Context {
    Context { now: NOW, by: PrincipalId::from_bits(77) }
}

/// Ambient goods of the standard rate, 500 g, in category `food`.
pub fn sku(number: u128, list_fen: i64) -> Sku {
    Sku {
        id: sku_id(number),
        code: format!("SKU-{number}"),
        name: format!("商品{number}"),
        name_en: None,
        category: "food".into(),
        barcode: None,
        tax_class: TaxClass::Standard,
        list_price: Money::fen(list_fen),
        weight: Grams(500),
        temperature: Temperature::Ambient,
        keep_together: None,
        age_restricted: false,
        version: 0,
        delisted: false,
        details: Default::default(),
    }
}

/// Every store may price everything from 80 % to 120 %.
pub fn grant(name: &str) -> PriceGrant {
    PriceGrant {
        name: name.into(),
        stores: Stores::All,
        skus: Skus::All,
        floor: Permille(800),
        ceiling: Permille(1_200),
        may_delist: false,
    }
}

pub fn contract(name: &str, floor: u32) -> ChannelContract {
    ChannelContract {
        channel: channel(name),
        may_price: true,
        floor: Permille(floor),
        bearer: Bearer::Platform,
    }
}

pub fn set_price(at: u128, number: u128, fen: i64) -> BookCommand {
    BookCommand::SetStorePrice { store: store(at), sku: sku_id(number), price: Money::fen(fen) }
}

/// Decides and records; the error is the refusal.
pub fn tell(book: &mut PriceBook, command: BookCommand) -> Result<BookEvent, BookRefusal> {
    let event = book.decide(&command, &context())?;
    book.apply(&event);
    Ok(event)
}

pub fn book_of(commands: impl IntoIterator<Item = BookCommand>) -> PriceBook {
    let mut book = PriceBook::default();
    for command in commands {
        tell(&mut book, command).unwrap();
    }
    book
}

/// A delivery from no particular store, asked by the chain's own app.
pub fn basket(lines: &[(u128, u32)]) -> QuoteRequest {
    let line = |(number, units): &(u128, u32)| QuoteLineRequest {
        sku: sku_id(*number),
        quantity: Quantity::new(*units).unwrap(),
        channel_price: None,
    };
    QuoteRequest {
        channel: channel("app"),
        mode: FulfillmentMode::Delivery,
        store: None,
        lines: lines.iter().map(line).collect(),
    }
}

pub fn quote(book: &PriceBook, request: &QuoteRequest) -> Result<Quote, QuoteRefusal> {
    price_basket(book, request, QuoteId::from_bits(1), NOW)
}
