//! The names of a script and the ids behind them.

use std::collections::BTreeMap;

use vocabulary::{CourierId, OfferId, OrderId, SkuId, StoreId};

use super::read::{Line, Result};
use crate::doors::Receipt;

#[derive(Default)]
pub(super) struct Names {
    pub stores: BTreeMap<String, StoreId>,
    pub couriers: BTreeMap<String, CourierId>,
    pub skus: BTreeMap<String, SkuId>,
    pub orders: BTreeMap<String, Receipt>,
    pub offers: BTreeMap<String, OfferId>,
    /// From ids, as events write them, back to names.
    known: BTreeMap<String, String>,
    offer_count: usize,
    /// Which line of an order is about which SKU.
    lines: BTreeMap<(OrderId, SkuId), u16>,
}

impl Names {
    pub fn know(&mut self, id: impl ToString, name: &str) {
        self.known.insert(id.to_string(), name.to_owned());
    }

    /// The script's name of an id; the id itself when the script has none.
    pub fn of(&self, id: &str) -> String {
        self.known.get(id).cloned().unwrap_or_else(|| id.to_owned())
    }

    pub fn know_line(&mut self, order: OrderId, sku: SkuId, line: u16) {
        self.lines.insert((order, sku), line);
    }

    pub fn line_of(&self, order: OrderId, sku: SkuId) -> Option<u16> {
        self.lines.get(&(order, sku)).copied()
    }

    /// Offers are numbered as they are made.
    pub fn number_offer(&mut self, id: &str) -> String {
        if let Some(name) = self.known.get(id) {
            return name.clone();
        }
        self.offer_count += 1;
        let name = format!("offer-{}", self.offer_count);
        if let Ok(offer) = id.parse() {
            self.offers.insert(name.clone(), offer);
        }
        self.known.insert(id.to_owned(), name.clone());
        name
    }

    pub fn store(&self, line: &mut Line) -> Result<StoreId> {
        let name = line.word("a store")?;
        let found = self.stores.get(&name).copied();
        found.ok_or_else(|| line.problem(format!("there is no {name}")))
    }

    pub fn courier(&self, line: &mut Line) -> Result<CourierId> {
        let name = line.word("a courier")?;
        let found = self.couriers.get(&name).copied();
        found.ok_or_else(|| line.problem(format!("there is no {name}")))
    }

    pub fn order(&self, line: &mut Line) -> Result<Receipt> {
        let name = line.word("an order")?;
        let found = self.orders.get(&name).cloned();
        found.ok_or_else(|| line.problem(format!("{name} was not placed")))
    }

    pub fn order_id(&self, line: &mut Line) -> Result<OrderId> {
        self.order(line).map(|receipt| receipt.order)
    }

    pub fn offer(&self, line: &mut Line) -> Result<OfferId> {
        let name = line.word("an offer")?;
        let found = self.offers.get(&name).copied();
        found.ok_or_else(|| line.problem(format!("there is no {name} yet")))
    }

    pub fn sku(&self, name: &str, line: &Line) -> Result<SkuId> {
        let found = self.skus.get(name).copied();
        found.ok_or_else(|| line.problem(format!("no store has {name}")))
    }
}
