//! A basket priced as a checkout prices it: by the town's price book and campaigns, and by what the
//! member has.

use actors::order_lines;
use commerce::{
    BookCommand, CampaignCommand, Campaigns, Channel, Context, Facts, PriceBook, Quote,
    QuoteLineRequest, QuoteRequest, Sku, TaxClass, Temperature, price_basket,
};
use dispatch::order::{FulfillmentMode, PlaceOrder};
use dispatch::store::pickup_code;
use vocabulary::{OrderId, PersonId, PrincipalId, Quantity, QuoteId, Timestamp};

use super::club::Purse;
use crate::doors::{FLAT_FEE, Failure, Placement, flat_fee};
use crate::people::member::points_to_spend;
use crate::town::{SkuSetup, Town};

const CHANNEL: &str = "app";
/// Of the coupons that a member holds, as many are asked for.
const MOST_COUPONS: usize = 4;

#[derive(Default)]
pub(super) struct PriceList {
    book: PriceBook,
    campaigns: Campaigns,
}

/// Who buys what is placed, by the names it gets.
pub(super) struct Buyer<'a> {
    pub order: OrderId,
    pub shopper: PersonId,
    pub code: &'a str,
}

impl PriceList {
    pub fn of(town: &Town) -> Result<Self, Failure> {
        let mut list = Self::default();
        let context = Context { now: Timestamp::default(), by: PrincipalId::from_bits(0) };
        let skus = town.skus.iter().map(|setup| BookCommand::PutSku(sku(setup)));
        for command in [BookCommand::PutQuotePolicy(flat_fee(FLAT_FEE))].into_iter().chain(skus) {
            let event = list.book.decide(&command, &context);
            list.book.apply(&event.map_err(|refusal| no(refusal.code(), &refusal))?);
        }
        for campaign in &town.campaigns {
            let command = CampaignCommand::Put(Box::new(campaign.clone()));
            let event = list.campaigns.decide(&list.book, &command, &context);
            list.campaigns.apply(&event.map_err(|refusal| no(refusal.code(), &refusal))?);
        }
        Ok(list)
    }

    /// What the basket costs. A store's own offers hold where the shopper collects.
    pub fn quote(
        &self,
        placement: &Placement,
        purse: &Purse,
        quote: QuoteId,
        now: Timestamp,
    ) -> Result<Quote, Failure> {
        let is_pickup = placement.mode == FulfillmentMode::Pickup;
        let spends = purse.standing.as_ref().filter(|_| purse.spends);
        let request = QuoteRequest {
            channel: Channel::new(CHANNEL).map_err(|invalid| no("channel", &invalid))?,
            mode: match placement.mode {
                FulfillmentMode::Delivery => commerce::FulfillmentMode::Delivery,
                FulfillmentMode::Pickup => commerce::FulfillmentMode::Pickup,
                FulfillmentMode::Express => commerce::FulfillmentMode::Express,
            },
            store: placement.store.filter(|_| is_pickup),
            lines: lines(placement)?,
            coupons: spends.map_or_else(Vec::new, |member| {
                member.coupons.iter().map(|coupon| coupon.id).take(MOST_COUPONS).collect()
            }),
            points: spends.map_or(0, |member| points_to_spend(member.points)),
        };
        let facts = Facts {
            book: &self.book,
            campaigns: &self.campaigns,
            member: purse.standing.as_ref(),
            exhausted: &purse.exhausted,
        };
        let quoted = price_basket(&facts, &request, quote, now);
        Ok(quoted.map_err(|refusal| no(refusal.code(), &refusal))?.quote)
    }
}

/// The order as a checkout freezes it; what it uses is held apart.
pub(super) fn order(quote: &Quote, placement: &Placement, buyer: &Buyer<'_>) -> PlaceOrder {
    let is_pickup = placement.mode == FulfillmentMode::Pickup;
    PlaceOrder {
        channel: CHANNEL.to_owned(),
        external_id: None,
        quote: quote.id,
        shopper: buyer.shopper,
        mode: placement.mode,
        destination: placement.destination,
        lines: order_lines(quote),
        payable: quote.payable_total,
        payment_method: placement.payment,
        wanted_at: placement.wanted_at,
        pinned_store: placement.store,
        pickup_code_hash: is_pickup.then(|| pickup_code::hash(buyer.order, buyer.code)),
        uses: None,
    }
}

fn no(code: &str, why: &impl ToString) -> Failure {
    Failure::new(code, why.to_string())
}

fn lines(placement: &Placement) -> Result<Vec<QuoteLineRequest>, Failure> {
    let line = |(sku, units): &(_, u32)| {
        let quantity = Quantity::new(*units).map_err(|error| no("quantity", &error))?;
        Ok(QuoteLineRequest { sku: *sku, quantity, channel_price: None })
    };
    placement.lines.iter().map(line).collect()
}

fn sku(setup: &SkuSetup) -> Sku {
    Sku {
        id: setup.id,
        code: setup.code.clone(),
        name: setup.name.clone(),
        name_en: None,
        category: setup.category.clone(),
        barcode: None,
        tax_class: match setup.tax_percent {
            0 => TaxClass::Exempt,
            6 => TaxClass::Service,
            9 => TaxClass::Reduced,
            _ => TaxClass::Standard,
        },
        list_price: setup.list_price,
        weight: setup.weight,
        temperature: match setup.temperature {
            "chilled" => Temperature::Chilled,
            "frozen" => Temperature::Frozen,
            _ => Temperature::Ambient,
        },
        keep_together: None,
        age_restricted: false,
        details: Default::default(),
        version: 0,
        delisted: false,
    }
}
