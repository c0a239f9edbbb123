//! What is posted: entries with the day, the store and the merchant they count for.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use vocabulary::{MerchantId, Money, OrderId, SkuId, StoreId, Timestamp};

/// When and where something counts: the store's own calendar, and the merchant who sells there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Occasion {
    pub at: Timestamp,
    /// The store's business day: its calendar date.
    pub day: Date,
    /// Of the store's day, 0 to 23.
    pub hour: u8,
    pub store: StoreId,
    pub merchant: MerchantId,
}

/// One entry of the books, for ever. Corrections are further postings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posting {
    /// The committed event it was made from, and its number among the postings of that event.
    pub seq: u64,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub part: u16,
    pub occasion: Occasion,
    pub order: OrderId,
    pub channel: Box<str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_id: Option<Box<str>>,
    /// The shopper's tier when the order was placed; absent for somebody unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<Box<str>>,
    pub entry: Entry,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Entry {
    /// Goods that reached the shopper from one store, with how that store and its courier served.
    Sold {
        lines: Vec<SaleLine>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        served: Option<Served>,
    },
    /// A sale reversed: the same amounts with the other sign.
    Returned { lines: Vec<SaleLine> },
    /// Money that came in.
    Received { tender: Tender, amount: Money },
    /// Money that went back to the shopper.
    PaidBack { tender: Tender, amount: Money },
    /// Kept of what was paid for goods that were called off.
    Kept { amount: Money },
}

/// How an order is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tender {
    Online,
    /// At the door, by the courier.
    Cash,
    /// By the channel, which settles with headquarters.
    Channel,
}

/// Some units of one line, all amounts tax included unless they are a tax.
/// `list − discounts = goods`; the shopper paid `goods` and the fees. Negative when reversed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaleLine {
    pub line: u16,
    pub sku: SkuId,
    pub units: i64,
    pub list: Money,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub discounts: Vec<Discount>,
    pub goods: Money,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fees: Vec<FeeAmount>,
    pub tax_class: Box<str>,
    /// In thousandths.
    pub tax_rate: u16,
    /// Contained in `goods`.
    pub tax: Money,
    /// What the platform takes of the merchant for the sale.
    #[serde(default, skip_serializing_if = "is_nothing")]
    pub platform_fee: Money,
}

/// What was taken off, by what rule, and who bears it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Discount {
    pub source: Box<str>,
    /// `hq`, `store`, `merchant` or `platform`.
    pub bearer: Box<str>,
    pub amount: Money,
}

/// Part of a fee that the shopper paid beside the goods.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeeAmount {
    /// `delivery` or `packing`.
    pub kind: Box<str>,
    pub amount: Money,
    /// In thousandths.
    pub tax_rate: u16,
    /// Contained in `amount`.
    pub tax: Money,
}

/// How one store's share of an order was served, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Served {
    pub times: TimesOfPart,
    /// Reached the shopper, or lay ready for one who collects, by the promised time.
    pub on_time: bool,
}

/// From one step to the next; absent where a step was not seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TimesOfPart {
    /// From the store's bell to its yes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accept_s: Option<u32>,
    /// From the yes to packed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pick_s: Option<u32>,
    /// From packed to handed over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pickup_wait_s: Option<u32>,
    /// From hand-over to the door.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery_s: Option<u32>,
}

impl Entry {
    /// Equal to the serialised tag.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Sold { .. } => "sold",
            Self::Returned { .. } => "returned",
            Self::Received { .. } => "received",
            Self::PaidBack { .. } => "paid_back",
            Self::Kept { .. } => "kept",
        }
    }

    /// The lines of goods that moved; none for mere money.
    pub fn lines(&self) -> &[SaleLine] {
        match self {
            Self::Sold { lines, .. } | Self::Returned { lines } => lines,
            Self::Received { .. } | Self::PaidBack { .. } | Self::Kept { .. } => &[],
        }
    }
}

impl Tender {
    pub fn text(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::Cash => "cash",
            Self::Channel => "channel",
        }
    }
}

impl SaleLine {
    /// What the shopper paid for these units, fees included.
    pub fn paid(&self) -> Money {
        [self.goods, self.fee_total()].into_iter().sum()
    }

    pub fn fee_total(&self) -> Money {
        self.fees.iter().map(|fee| fee.amount).sum()
    }

    pub fn discount_total(&self) -> Money {
        self.discounts.iter().map(|discount| discount.amount).sum()
    }

    /// Everything with the other sign.
    pub fn reversed(mut self) -> Self {
        let minus = |amount: &mut Money| *amount = Money::fen(amount.as_fen().saturating_neg());
        self.units = -self.units;
        for amount in [&mut self.list, &mut self.goods, &mut self.tax, &mut self.platform_fee] {
            minus(amount);
        }
        self.discounts.iter_mut().for_each(|discount| minus(&mut discount.amount));
        for fee in &mut self.fees {
            minus(&mut fee.amount);
            minus(&mut fee.tax);
        }
        self
    }
}

fn is_zero(number: &u16) -> bool {
    *number == 0
}

fn is_nothing(amount: &Money) -> bool {
    *amount == Money::ZERO
}
