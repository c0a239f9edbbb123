//! Typed ids in the UUIDv7 layout, with the partition slot where UUIDv7 has free bits.
//!
//! ```text
//! 48 bits milliseconds | 4 version 7 | 12 slot (high) | 2 variant | 4 slot (low) | 58 chance
//! ```
//! Ids sort by time of birth and say which slot owns them, so a large city is split by moving
//! slots, never by changing ids. They are names, not secrets: nothing is protected by guessing.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

use crate::Timestamp;

/// A share of a city's entities that always move between partitions together.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default,
)]
#[serde(transparent)]
pub struct Slot(pub u16);

/// The text is not an id in the UUID form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an id: expected a UUID such as 019ab3c0-0000-7000-8000-000000000000")]
pub struct ParseIdError;

/// Packs time, slot and 58 bits of chance into the layout above.
pub(crate) fn pack(at: Timestamp, slot: Slot, chance: u64) -> u128 {
    let milliseconds = (at.as_millis().max(0) as u128) & 0xffff_ffff_ffff;
    let slot = u128::from(slot.0);
    let chance = u128::from(chance) & 0x03ff_ffff_ffff_ffff;
    (milliseconds << 80)
        | (7 << 76)
        | ((slot >> 4) << 64)
        | (0b10 << 62)
        | ((slot & 0xf) << 58)
        | chance
}

fn slot_of(bits: u128) -> Slot {
    let high = (bits >> 64) & 0xfff;
    let low = (bits >> 58) & 0xf;
    Slot(((high << 4) | low) as u16)
}

fn with_slot(bits: u128, slot: Slot) -> u128 {
    let slot = u128::from(slot.0);
    let places = (0xfff << 64) | (0xf << 58);
    (bits & !places) | ((slot >> 4) << 64) | ((slot & 0xf) << 58)
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u128);

        impl $name {
            /// The id with exactly these bits; for rows and tests.
            pub const fn from_bits(bits: u128) -> Self { Self(bits) }
            pub const fn bits(self) -> u128 { self.0 }
            pub fn slot(self) -> Slot { slot_of(self.0) }
            /// The same birth and chance in another slot.
            pub fn in_slot(self, slot: Slot) -> Self { Self(with_slot(self.0, slot)) }
            /// When the id was made, to the millisecond.
            pub fn born_at(self) -> Timestamp { Timestamp::from_millis((self.0 >> 80) as i64) }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                Uuid::from_u128(self.0).as_hyphenated().fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;
            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                Uuid::try_parse(text).map(|id| Self(id.as_u128())).map_err(|_| ParseIdError)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut text = Uuid::encode_buffer();
                serializer.serialize_str(Uuid::from_u128(self.0).as_hyphenated().encode_lower(&mut text))
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        impl crate::chance::Id for $name {
            fn pack(at: Timestamp, slot: Slot, chance: u64) -> Self { Self(pack(at, slot, chance)) }
        }
    )+};
}

ids! {
    /// What a shopper bought.
    OrderId,
    /// One store's share of an order.
    FulfillmentOrderId,
    /// One store to one door.
    DeliveryId,
    /// A delivery proposed to one courier for some seconds.
    OfferId,
    /// A place that fulfils, with a public face.
    StoreId,
    /// The legal seller behind a store.
    MerchantId,
    /// A region of headquarters' map.
    RegionId,
    /// Somebody who carries.
    CourierId,
    /// A thing that is sold, in one size and taste.
    SkuId,
    /// Something that one person asked for and a second one must agree to.
    ApprovalId,
    /// What the sizes and tastes of one thing have in common.
    ProductId,
    /// A priced basket with an expiry.
    QuoteId,
    /// One payment, or a refund of one.
    PaymentId,
    /// Stock kept for one order at one store.
    ReservationId,
    /// Goods on their way back.
    ReturnId,
    /// Goods on their way from one store to another.
    TransferId,
    /// A parcel handed to a carrier.
    ParcelId,
    /// A person whose name, phone and address are kept encrypted and apart.
    PersonId,
    /// A holder of a token: staff, courier, channel, device.
    PrincipalId,
    /// A change proposed to an open order.
    ChangeId,
    /// What a principal's token is filed under.
    TokenId,
    /// Somebody with one account at every store and channel of the chain.
    MemberId,
    /// A discount that headquarters or a store gives: a campaign, or the template of its coupons.
    CampaignId,
    /// One coupon in one member's hands.
    CouponId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_says_its_slot_and_its_hour() {
        let at = Timestamp::from_millis(1_795_000_000_123);
        let id = OrderId::from_bits(pack(at, Slot(0xabcd), u64::MAX));
        assert_eq!(id.slot(), Slot(0xabcd));
        assert_eq!(id.born_at(), at);
        let moved = id.in_slot(Slot(7));
        assert_eq!((moved.slot(), moved.born_at()), (Slot(7), at));
        assert_eq!(moved.in_slot(id.slot()), id);
        let text = id.to_string();
        assert_eq!(text.as_bytes()[14], b'7', "version 7");
        assert!(matches!(text.as_bytes()[19], b'8' | b'9' | b'a' | b'b'), "RFC 9562 variant");
        assert_eq!(text.parse::<OrderId>(), Ok(id));
    }

    #[test]
    fn text_that_is_no_id_is_refused() {
        assert_eq!("order-1".parse::<OrderId>(), Err(ParseIdError));
    }

    proptest::proptest! {
        #[test]
        fn words_are_read_and_written_alike_or_not_at_all(
            bits in proptest::prelude::any::<u128>(),
            noise in "\\PC{0,40}|[0-9a-fA-F{}:-]{30,45}",
        ) {
            let id = OrderId::from_bits(bits);
            proptest::prop_assert_eq!(id.to_string().parse(), Ok(id));
            for text in [noise.clone(), format!("\"{noise}\""), format!("{id}{noise}")] {
                if let Ok(id) = text.parse::<OrderId>() {
                    proptest::prop_assert_eq!(id.to_string().parse(), Ok(id));
                }
                // Whatever these are, none of them panics on it.
                let _ = serde_json::from_str::<OrderId>(&text);
                let _ = serde_json::from_str::<crate::Money>(&text);
                let _ = serde_json::from_str::<crate::Quantity>(&text);
                let _ = serde_json::from_str::<crate::Place>(&text);
                let _ = serde_json::from_str::<Timestamp>(&text);
            }
        }
    }
}
