//! The books' side of an order: from the events of it and of its payment to the facts of its account.
//!
//! Commerce and dispatch never name each other; here the one's events become the other's facts. It
//! only follows what is recorded: no owner asks it anything, and it asks none.

use std::collections::BTreeMap;

use commerce::ledger::{
    Account, Calendar, Discount, Fact, FeeAmount, LineTerms, OrderTerms, Posting, Served, Tender,
    TimesOfPart, UnitsOfLine, Why, platform_fees,
};
use dispatch::Machine as _;
use dispatch::order::{
    FulfillmentMode, LineUnits, Order, OrderEvent, OrderLine, Part, PaymentMethod, RefundWhy, Terms,
};
use dispatch::payment::PaymentEvent;
use vocabulary::{FulfillmentOrderId, Money, OrderId, StoreId, Timestamp};

/// An order as far as the books have read: its machine folded to there, and its account.
pub struct Followed {
    order: Order,
    account: Option<Account>,
    times: BTreeMap<FulfillmentOrderId, Times>,
    /// The last event of the order or its payment that is in here.
    pub seq: u64,
}

/// Something recorded about an order, read back.
pub enum Recorded {
    Order(Box<OrderEvent>),
    Payment(PaymentEvent),
}

impl Recorded {
    /// What an event says to the books; nothing where it is about nothing they know. Events of
    /// offers, many of a feed, are not even parsed.
    pub fn of(
        entity_kind: &str,
        kind: &str,
        payload: &str,
    ) -> Result<Option<Self>, serde_json::Error> {
        const UNTOLD: [&str; 6] = [
            "delivery_offered",
            "offer_closed",
            "offers_exhausted",
            "offers_withdrawn",
            "delivery_escalated",
            "delivery_steered",
        ];
        match entity_kind {
            "order" if UNTOLD.contains(&kind) => Ok(None),
            "order" => serde_json::from_str(payload).map(|event| Some(Self::Order(event))),
            "payment" => serde_json::from_str(payload).map(|event| Some(Self::Payment(event))),
            _ => Ok(None),
        }
    }

    /// The order that a payment is created for.
    pub fn order(&self) -> Option<OrderId> {
        match self {
            Self::Payment(PaymentEvent::Created { order, .. }) => Some(*order),
            Self::Payment(_) | Self::Order(_) => None,
        }
    }
}

/// When a share reached its steps.
#[derive(Debug, Clone, Copy, Default)]
struct Times {
    assigned: Option<Timestamp>,
    accepted: Option<Timestamp>,
    ready: Option<Timestamp>,
    handed_over: Option<Timestamp>,
}

impl Followed {
    pub fn new(order: OrderId) -> Self {
        Self { order: Order::new(order), account: None, times: BTreeMap::new(), seq: 0 }
    }

    pub fn order(&self) -> &Order {
        &self.order
    }

    pub fn account(&self) -> Option<&Account> {
        self.account.as_ref()
    }

    /// Drops all but the account: enough for goods that come back later.
    pub fn forget_order(&mut self) {
        self.order = Order::new(self.order.id);
        self.times.clear();
    }

    /// Nothing more is expected of it, and nothing is held: it can be made again when needed.
    pub fn is_settled(&self) -> bool {
        let held = self.account.as_ref().map_or(Money::ZERO, |account| account.balance().held());
        !self.order.is_live() && held == Money::ZERO
    }

    /// Folds one event; says what is posted for it.
    pub fn apply(
        &mut self,
        recorded: &Recorded,
        seq: u64,
        at: Timestamp,
        calendar: &dyn Calendar,
    ) -> Vec<Posting> {
        self.seq = seq;
        let fact = match recorded {
            Recorded::Order(event) => {
                self.order.apply(event, at);
                self.note_times(event, at);
                if let OrderEvent::OrderPlaced { terms, .. } = &**event {
                    let account = self.order_terms(terms, at, calendar);
                    self.account = Some(Account::open(account));
                }
                self.fact_of(event, at)
            }
            Recorded::Payment(PaymentEvent::Captured { amount, .. }) => {
                Some(Fact::Received { amount: *amount })
            }
            Recorded::Payment(PaymentEvent::Refunded { amount, .. }) => {
                Some(Fact::PaidBack { amount: *amount })
            }
            Recorded::Payment(
                PaymentEvent::Created { .. }
                | PaymentEvent::Authorized { .. }
                | PaymentEvent::LateAuthorization { .. }
                | PaymentEvent::Failed { .. }
                | PaymentEvent::Voided
                | PaymentEvent::Reduced { .. },
            ) => None,
        };
        match fact {
            Some(fact) => self.post(&fact, seq, at, calendar),
            None => Vec::new(),
        }
    }

    fn post(
        &mut self,
        fact: &Fact,
        seq: u64,
        at: Timestamp,
        calendar: &dyn Calendar,
    ) -> Vec<Posting> {
        let Some(account) = &mut self.account else { return Vec::new() };
        let entries = account.post(fact, at, calendar);
        let terms = account.terms();
        let posting = |(part, (occasion, entry))| Posting {
            seq,
            part,
            occasion,
            order: terms.order,
            channel: terms.channel.clone(),
            external_id: terms.external_id.clone(),
            tier: terms.tier.clone(),
            entry,
        };
        (0..).zip(entries).map(posting).collect()
    }

    /// What an order's event means for the books; most mean nothing.
    fn fact_of(&self, event: &OrderEvent, at: Timestamp) -> Option<Fact> {
        if let OrderEvent::FulfillmentCompleted { fulfillment_order } = event {
            let is_it = |part: &Part| part.fulfillment_order == *fulfillment_order;
            let place = self.order.parts.iter().position(is_it)?;
            let part = self.order.parts.get(place)?;
            return Some(Fact::Sold {
                part: u32::try_from(place).unwrap_or(u32::MAX),
                store: part.store,
                units: units_of(&part.lines),
                served: Some(self.served(part, at)),
            });
        }
        let OrderEvent::RefundDecided { lines, amount, why, .. } = event else { return None };
        let why = match why {
            RefundWhy::Cancelled { .. } => Why::Cancelled,
            RefundWhy::Returned { .. } => Why::Returned,
            RefundWhy::Unfillable
            | RefundWhy::Changed
            | RefundWhy::NotDelivered
            | RefundWhy::LatePayment => Why::NotSold,
        };
        Some(Fact::GivenBack { units: units_of(lines), amount: *amount, why })
    }

    fn note_times(&mut self, event: &OrderEvent, at: Timestamp) {
        let times = &mut self.times;
        if let OrderEvent::FulfillmentAssigned { fulfillment_order } = event {
            times.entry(*fulfillment_order).or_default().assigned = Some(at);
        } else if let OrderEvent::FulfillmentAccepted { fulfillment_order, .. } = event {
            times.entry(*fulfillment_order).or_default().accepted = Some(at);
        } else if let OrderEvent::FulfillmentReady { fulfillment_order } = event {
            times.entry(*fulfillment_order).or_default().ready = Some(at);
        } else if let OrderEvent::FulfillmentHandedOver { fulfillment_order, .. } = event {
            times.entry(*fulfillment_order).or_default().handed_over = Some(at);
        }
    }

    fn served(&self, part: &Part, completed: Timestamp) -> Served {
        let times = self.times.get(&part.fulfillment_order).copied().unwrap_or_default();
        let between =
            |from: Option<Timestamp>, until: Option<Timestamp>| Some(until?.since(from?).0);
        let carried = self.order.terms.mode != FulfillmentMode::Pickup;
        let there = if carried { Some(completed) } else { times.ready };
        let times = TimesOfPart {
            accept_s: between(times.assigned, times.accepted),
            pick_s: between(times.accepted, times.ready),
            pickup_wait_s: between(times.ready, times.handed_over),
            delivery_s: between(times.handed_over.filter(|_| carried), Some(completed)),
        };
        Served { times, on_time: there.is_none_or(|there| there <= part.promised_by) }
    }

    fn order_terms(&self, terms: &Terms, at: Timestamp, calendar: &dyn Calendar) -> OrderTerms {
        let mut lines: Vec<LineTerms> = terms.lines.iter().map(line_terms).collect();
        let goods: Vec<Money> = lines.iter().map(LineTerms::goods).collect();
        let fees = platform_fees(calendar.platform_fee(&terms.channel, at), &goods);
        for (line, fee) in lines.iter_mut().zip(fees) {
            line.platform_fee = fee;
        }
        let home = self.order.parts.first().map(|part| part.store).or(terms.pinned_store);
        OrderTerms {
            order: self.order.id,
            channel: terms.channel.clone(),
            external_id: terms.external_id.clone(),
            tier: tier_of(terms),
            tender: match terms.payment_method {
                PaymentMethod::Online => Tender::Online,
                PaymentMethod::CashOnDelivery => Tender::Cash,
                PaymentMethod::ChannelPaid => Tender::Channel,
            },
            home: home.unwrap_or(StoreId::from_bits(0)),
            lines,
        }
    }
}

fn tier_of(terms: &Terms) -> Option<Box<str>> {
    let member = terms.uses.as_ref()?.member.as_ref()?;
    Some(member.tier.clone()).filter(|tier| !tier.is_empty())
}

fn units_of(lines: &[LineUnits]) -> Vec<UnitsOfLine> {
    lines.iter().map(|held| UnitsOfLine { line: held.line, units: held.units }).collect()
}

fn line_terms(line: &OrderLine) -> LineTerms {
    let fees: Vec<FeeAmount> = (line.fees.iter())
        .map(|fee| FeeAmount {
            kind: fee.source.clone(),
            amount: fee.amount,
            tax_rate: fee.tax_rate,
            tax: fee.tax,
        })
        .collect();
    let fee_tax: Money = fees.iter().map(|fee| fee.tax).sum();
    let discounts = line.shares.iter().map(|share| Discount {
        source: share.source.clone(),
        bearer: share.bearer.clone(),
        amount: share.amount,
    });
    LineTerms {
        line: line.line,
        sku: line.sku,
        quantity: line.quantity.get(),
        list_price: line.list_price,
        discounts: discounts.collect(),
        fees,
        paid: line.paid,
        tax_class: line.tax_class.clone(),
        tax_rate: line.tax_rate,
        tax: Money::fen(line.tax.as_fen().saturating_sub(fee_tax.as_fen())),
        platform_fee: Money::ZERO,
    }
    .explained()
}
