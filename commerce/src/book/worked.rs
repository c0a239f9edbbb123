//! The worked examples of docs/commerce.md: their tables are checked against the page.

use vocabulary::Money;

use super::*;
use crate::fixtures::*;
use crate::{Sku, Stores};

#[track_caller]
fn is_on_the_page(rows: &[String]) {
    let (page, table) = (include_str!("../../../docs/commerce.md"), rows.join("\n"));
    assert!(page.contains(&table), "docs/commerce.md should say:\n\n{table}");
}

fn yuan(amount: Money) -> String {
    amount.to_string().replace('¥', "")
}

fn done(book: &mut PriceBook, command: BookCommand) {
    let event = book.decide(&command, &context()).unwrap();
    book.apply(&event);
}

/// What two stores ask for a good that headquarters publishes.
#[test]
fn the_page_shows_what_is_sold_where() {
    let mut book = book_of([BookCommand::PutSku(sku(1, 500))]);
    let mut rows = Vec::new();
    let mut row = |book: &PriceBook, step: &str| {
        let asked = [7, 8].map(|number| {
            let at = store(number);
            let price = book.price_of(Some(at), sku_id(1)).unwrap().price;
            if book.sells(at, sku_id(1)) { yuan(price) } else { "not sold".to_owned() }
        });
        rows.push(format!("| {step} | {} | {} |", asked[0], asked[1]));
    };
    let publish = |book: &mut PriceBook, name: &str, stores, fen| {
        let price = Some(Money::fen(fen));
        let item = PublishedSku { sku: sku_id(1), sold: true, list_price: price };
        let (name, items) = (name.to_owned(), vec![item]);
        let at_once =
            Publication { name: name.clone(), stores, items, effective_at: NOW, in_effect: false };
        done(book, BookCommand::Publish(at_once));
        done(book, BookCommand::TakeEffect { name });
    };
    row(&book, "the catalog says 5.00");
    publish(&mut book, "spring", Stores::Only([store(7)].into()), 450);
    row(&book, "published to A at 4.50");
    publish(&mut book, "summer", Stores::All, 400);
    row(&book, "published later to all stores at 4.00");
    done(&mut book, BookCommand::EndPublication { name: "summer".into() });
    row(&book, "the later publication is ended");
    is_on_the_page(&rows);
}

#[test]
fn the_page_shows_what_a_store_may_ask() {
    let grant = BookCommand::PutGrant(grant("everybody"));
    let mut book = book_of([BookCommand::PutSku(sku(1, 1_000)), grant]);
    let mut rows = Vec::new();
    let mut row = |book: &PriceBook, step: &str| {
        let sku = book.catalog().get(sku_id(1)).unwrap();
        let range = book.granted_range(store(7), sku).unwrap();
        let price = book.price_of(Some(store(7)), sku_id(1)).unwrap().price;
        let (lowest, highest, price) = (yuan(range.lowest), yuan(range.highest), yuan(price));
        rows.push(format!("| {step} | {lowest} to {highest} | {price} |"));
    };
    let list = |version, fen| BookCommand::PutSku(Sku { version, ..sku(1, fen) });
    row(&book, "the list price is 10.00");
    done(&mut book, set_price(7, 1, 900));
    row(&book, "the store sets 9.00");
    assert!(book.decide(&set_price(7, 1, 799), &context()).is_err());
    row(&book, "the store sets 7.99, which is refused");
    done(&mut book, list(1, 2_000));
    row(&book, "headquarters moves the list price to 20.00");
    done(&mut book, list(2, 1_100));
    row(&book, "headquarters moves it to 11.00");
    is_on_the_page(&rows);
}
