//! What stores sell, told to their shelves: sourcing reads shelves, not the price book.

use actors::Submission;
use commerce::{BookCommand, PriceBook};
use dispatch::inventory::InventoryCommand;
use dispatch::{By, Message};
use futures_util::future::try_join_all;
use vocabulary::{OrderId, SkuId, StoreId};

use crate::app::App;
use crate::reference::{Author, Directory};
use crate::wire::fault::Fault;

/// Told at once: what the city's border can hold beside its other guests.
const AT_ONCE: usize = 128;

/// Tells stores whether they sell these SKUs.
pub async fn tell(app: &App, stores: &[StoreId], skus: &[SkuId]) -> Result<(), Fault> {
    let book = app.reference.book();
    let words = stores
        .iter()
        .flat_map(|store| skus.iter().map(|sku| listing(*store, *sku, book.sells(*store, *sku))));
    send(app, words.collect()).await
}

/// Tells stores what they do not sell, such as a new one what was published for others.
pub async fn tell_unsold(app: &App, stores: &[StoreId]) -> Result<(), Fault> {
    let book = app.reference.book();
    let skus = book.with_a_word();
    let words = stores.iter().flat_map(|store| {
        let unsold = skus.iter().filter(|sku| !book.sells(*store, **sku));
        unsold.map(|sku| listing(*store, *sku, false))
    });
    send(app, words.collect()).await
}

/// The same for every store, when the house opens: it may have closed between a word and its shelf.
pub(crate) fn unsold(book: &PriceBook, directory: &Directory) -> Vec<Message> {
    let skus = book.with_a_word();
    let stores = directory.stores();
    let words = stores.iter().flat_map(|record| {
        let unsold = skus.iter().filter(|sku| !book.sells(record.id, **sku));
        unsold.map(|sku| listing(record.id, *sku, false))
    });
    words.collect()
}

/// A publication's moment has come: it is written so, and the shelves hear of it.
pub async fn take_effect(app: &App, name: String) -> Result<u64, Fault> {
    let author = Author { by: vocabulary::PrincipalId::from_bits(0), at: app.now() };
    let command = BookCommand::TakeEffect { name: name.clone() };
    let version = app.reference.change_book(command, author).await?;
    tell_published(app, &name).await?;
    Ok(version)
}

/// What a publication names, to every store: it may be sold at fewer of them than before.
pub async fn tell_published(app: &App, name: &str) -> Result<(), Fault> {
    let book = app.reference.book();
    let publication = book.publications().find(|publication| publication.name == name);
    let Some(publication) = publication else { return Ok(()) };
    let skus: Vec<SkuId> = publication.items.iter().map(|item| item.sku).collect();
    tell(app, &every_store(app), &skus).await
}

pub fn every_store(app: &App) -> Vec<StoreId> {
    app.reference.directory().stores().into_iter().map(|record| record.id).collect()
}

fn listing(store: StoreId, sku: SkuId, listed: bool) -> Message {
    Message::Inventory(store, Box::new(InventoryCommand::SetListed { sku, listed }))
}

async fn send(app: &App, words: Vec<Message>) -> Result<(), Fault> {
    for wave in words.chunks(AT_ONCE) {
        let told = wave.iter().map(|message| {
            let command: OrderId = app.id();
            let (by, command) = (By::Partition, command.bits());
            let submission = Submission { by, command, trace: 0, keys: Vec::new() };
            app.cities.of_message(message).command(submission, message.clone())
        });
        try_join_all(told).await?;
    }
    Ok(())
}
