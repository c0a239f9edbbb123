//! Words that lists are asked with: a word that does not exist is refused with those that do, and no
//! list is empty for a slip of the pen.

use serde::Deserialize;
use utoipa::ToSchema;

use super::fault::{Code, Fault};

macro_rules! words {
    ($(#[$about:meta])* $name:ident { $($(#[$note:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$note])* $variant),+ }

        impl $name {
            #[cfg(test)]
            const ALL: &'static [Self] = &[$(Self::$variant),+];

            pub fn text(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }
    };
}

words! {
    /// Where an order stands.
    OrderStanding {
        Placing = "placing",
        Refused = "refused",
        PendingPayment = "pending_payment",
        Expired = "expired",
        OnHold = "on_hold",
        Open = "open",
        Completed = "completed",
        Cancelled = "cancelled",
    }
}

words! {
    /// How far a transfer is.
    TransferStanding {
        Draft = "draft",
        Ready = "ready",
        InTransit = "in_transit",
        PartiallyReceived = "partially_received",
        Received = "received",
        Cancelled = "cancelled",
    }
}

words! {
    /// How a store trades; `away` are those that are paused or offline.
    StoreStanding {
        Away = "away",
        Open = "open",
        Paused = "paused",
        Rush = "rush",
        Offline = "offline",
        /// The city has not heard of it yet.
        Unknown = "unknown",
    }
}

words! {
    /// Whether a courier works.
    DutyStanding {
        OffDuty = "off_duty",
        OnDuty = "on_duty",
        OnBreak = "on_break",
        Suspended = "suspended",
    }
}

words! {
    /// What a posting of the books is; `goods` are sales and what came back of them.
    PostingKind {
        Goods = "goods",
        Sold = "sold",
        Returned = "returned",
        Received = "received",
        PaidBack = "paid_back",
        Kept = "kept",
    }
}

/// A word of a list that is not fixed, such as the name of a role.
pub fn one_of(field: &'static str, given: &str, known: &[&str]) -> Result<(), Fault> {
    if known.contains(&given) {
        return Ok(());
    }
    let message = format!("{field} must be one of {}", known.join(", "));
    Err(Fault::new(Code::InvalidQuery, message).about(field))
}

#[cfg(test)]
mod tests {
    use std::fmt::Debug;

    use commerce::ledger::Entry;
    use dispatch::order::OrderStatus;
    use dispatch::store::StoreStatus;
    use dispatch::transfer::TransferState;
    use serde::de::DeserializeOwned;

    use super::*;

    /// A status that is added there does not compile here before it can be asked for.
    fn of_order(status: &OrderStatus) -> Option<OrderStanding> {
        match status {
            OrderStatus::Unborn => None,
            OrderStatus::Placing { .. } => Some(OrderStanding::Placing),
            OrderStatus::Refused { .. } => Some(OrderStanding::Refused),
            OrderStatus::PendingPayment { .. } => Some(OrderStanding::PendingPayment),
            OrderStatus::Expired => Some(OrderStanding::Expired),
            OrderStatus::OnHold { .. } => Some(OrderStanding::OnHold),
            OrderStatus::Open => Some(OrderStanding::Open),
            OrderStatus::Completed { .. } => Some(OrderStanding::Completed),
            OrderStatus::Cancelled { .. } => Some(OrderStanding::Cancelled),
        }
    }

    fn of_transfer(state: &TransferState) -> TransferStanding {
        match state {
            TransferState::Draft => TransferStanding::Draft,
            TransferState::Ready => TransferStanding::Ready,
            TransferState::InTransit { .. } => TransferStanding::InTransit,
            TransferState::PartiallyReceived { .. } => TransferStanding::PartiallyReceived,
            TransferState::Received { .. } => TransferStanding::Received,
            TransferState::Cancelled { .. } => TransferStanding::Cancelled,
        }
    }

    fn of_store(status: StoreStatus) -> StoreStanding {
        match status {
            StoreStatus::Open => StoreStanding::Open,
            StoreStatus::Paused { .. } => StoreStanding::Paused,
            StoreStatus::Rush { .. } => StoreStanding::Rush,
            StoreStatus::Offline => StoreStanding::Offline,
        }
    }

    fn of_entry(entry: &Entry) -> PostingKind {
        match entry {
            Entry::Sold { .. } => PostingKind::Sold,
            Entry::Returned { .. } => PostingKind::Returned,
            Entry::Received { .. } => PostingKind::Received,
            Entry::PaidBack { .. } => PostingKind::PaidBack,
            Entry::Kept { .. } => PostingKind::Kept,
        }
    }

    #[test]
    fn the_words_are_those_of_the_machines() {
        for status in [OrderStatus::Expired, OrderStatus::Open] {
            assert_eq!(of_order(&status).map(OrderStanding::text), Some(status.text()));
        }
        assert_eq!(of_order(&OrderStatus::Unborn), None);
        for status in [StoreStatus::Open, StoreStatus::Offline, StoreStatus::Paused { until: None }]
        {
            assert_eq!(of_store(status).text(), status.text());
        }
        assert_eq!(of_transfer(&TransferState::Draft).text(), "draft");
        let returned = Entry::Returned { lines: Vec::new() };
        assert_eq!(of_entry(&returned).text(), returned.kind());
    }

    #[test]
    fn every_word_is_read_as_it_is_written() {
        fn check<T: Copy + PartialEq + Debug + DeserializeOwned>(
            all: &[T],
            text: fn(T) -> &'static str,
        ) {
            for word in all {
                let json = format!("\"{}\"", text(*word));
                assert_eq!(serde_json::from_str::<T>(&json).unwrap(), *word);
            }
        }
        check(OrderStanding::ALL, OrderStanding::text);
        check(TransferStanding::ALL, TransferStanding::text);
        check(StoreStanding::ALL, StoreStanding::text);
        check(DutyStanding::ALL, DutyStanding::text);
        check(PostingKind::ALL, PostingKind::text);
        let fault = one_of("role", "king", &["cashier", "picker"]).unwrap_err();
        assert_eq!(fault.message, "role must be one of cashier, picker");
    }
}
