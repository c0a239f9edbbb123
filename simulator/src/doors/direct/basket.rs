//! A basket priced by the list: enough for orders whose money must add up.

use std::collections::BTreeMap;

use commerce::{Permille, tax_contained};
use dispatch::order::{FeeShare, FulfillmentMode, OrderLine, PlaceOrder};
use dispatch::store::pickup_code;
use vocabulary::{Money, OrderId, PersonId, Quantity, QuoteId, SkuId, apportion};

use crate::doors::{FLAT_FEE, Failure, Placement};
use crate::town::{SkuSetup, Town};

/// Of carriage, in thousandths.
const CARRIAGE_TAX: u16 = 60;

#[derive(Default)]
pub(super) struct PriceList(BTreeMap<SkuId, SkuSetup>);

impl PriceList {
    pub fn of(town: &Town) -> Self {
        Self(town.skus.iter().map(|sku| (sku.id, sku.clone())).collect())
    }

    /// The order as a checkout would freeze it.
    pub fn checkout(
        &self,
        placement: &Placement,
        order: OrderId,
        quote: QuoteId,
        shopper: PersonId,
        code: &str,
    ) -> Result<PlaceOrder, Failure> {
        let mut lines = Vec::with_capacity(placement.lines.len());
        for (position, (sku, units)) in placement.lines.iter().enumerate() {
            let known = self.0.get(sku).ok_or_else(|| no_such_sku(*sku))?;
            lines.push(line(position, known, *units)?);
        }
        let fee = match placement.mode {
            FulfillmentMode::Delivery | FulfillmentMode::Express => FLAT_FEE,
            FulfillmentMode::Pickup => Money::ZERO,
        };
        share_fee(fee, &mut lines)?;
        let is_pickup = placement.mode == FulfillmentMode::Pickup;
        Ok(PlaceOrder {
            channel: "app".to_owned(),
            external_id: None,
            quote,
            shopper,
            mode: placement.mode,
            destination: placement.destination,
            payable: lines.iter().map(|line| line.paid).sum(),
            lines,
            payment_method: placement.payment,
            wanted_at: placement.wanted_at,
            pinned_store: placement.store,
            pickup_code_hash: is_pickup.then(|| pickup_code::hash(order, code)),
        })
    }
}

fn no_such_sku(sku: SkuId) -> Failure {
    Failure::new("sku_unknown", format!("{sku} is not in the catalog"))
}

fn line(position: usize, sku: &SkuSetup, units: u32) -> Result<OrderLine, Failure> {
    let quantity =
        Quantity::new(units).map_err(|error| Failure::new("quantity", error.to_string()))?;
    let goods = sku
        .list_price
        .checked_times(units)
        .map_err(|error| Failure::new("money", error.to_string()))?;
    let tax_rate = u16::try_from(sku.tax_percent * 10).unwrap_or(u16::MAX);
    Ok(OrderLine {
        line: u16::try_from(position + 1).unwrap_or(u16::MAX),
        sku: sku.id,
        name: sku.name.as_str().into(),
        quantity,
        list_price: sku.list_price,
        unit_price: sku.list_price,
        price_source: "list_price".into(),
        shares: Vec::new(),
        fees: Vec::new(),
        paid: goods,
        tax_class: format!("{}%", sku.tax_percent).into(),
        tax_rate,
        tax: tax_contained(goods, Permille(u32::from(tax_rate))),
        weight: sku.weight,
        keep_together: None,
    })
}

fn share_fee(fee: Money, lines: &mut [OrderLine]) -> Result<(), Failure> {
    if fee == Money::ZERO {
        return Ok(());
    }
    let weights: Vec<u64> = lines.iter().map(|line| line.paid.as_fen().unsigned_abs()).collect();
    let shares =
        apportion(fee, &weights).map_err(|error| Failure::new("money", error.to_string()))?;
    for (line, amount) in lines.iter_mut().zip(shares) {
        line.paid = [line.paid, amount].into_iter().sum();
        let tax = tax_contained(amount, Permille(u32::from(CARRIAGE_TAX)));
        line.tax = [line.tax, tax].into_iter().sum();
        let source = "delivery".into();
        line.fees.push(FeeShare { source, amount, tax_rate: CARRIAGE_TAX, tax });
    }
    Ok(())
}
