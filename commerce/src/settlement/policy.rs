//! Headquarters' rules of who gets what.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::invalid::Invalid;
use crate::{Channel, Permille};

/// Who gets a fee that shoppers pay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Party {
    Hq,
    Merchant,
}

/// How merchants are settled with. A new version holds for orders placed from then on where it says
/// what the platform takes, and for days not yet closed where it says who gets a fee.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SettlementPolicy {
    /// What the platform takes of the goods of an order, in thousandths, by channel.
    pub platform_fees: BTreeMap<Channel, Permille>,
    /// The same for channels that are not named.
    pub other_channels: Permille,
    pub delivery_fee_to: Party,
    pub packing_fee_to: Party,
}

impl Default for SettlementPolicy {
    /// The platform takes nothing; headquarters, whose couriers they are, gets delivery fees.
    fn default() -> Self {
        Self {
            platform_fees: BTreeMap::new(),
            other_channels: Permille(0),
            delivery_fee_to: Party::Hq,
            packing_fee_to: Party::Merchant,
        }
    }
}

impl SettlementPolicy {
    pub fn check(&self) -> Result<(), Invalid> {
        let named = self.platform_fees.iter().map(|(channel, fee)| (channel.as_str(), *fee));
        for (channel, fee) in named.chain([("", self.other_channels)]) {
            if fee > Permille::WHOLE {
                let invalid = Invalid::value("fee", fee.0, "give 0 to 1000 thousandths");
                return Err(match channel {
                    "" => invalid.inside("other_channels"),
                    channel => invalid.inside(&format!("platform_fees.{channel}")),
                });
            }
        }
        Ok(())
    }

    /// What the platform takes of orders of a channel.
    pub fn platform_fee(&self, channel: &str) -> Permille {
        let named = self.platform_fees.iter().find(|(known, _)| known.as_str() == channel);
        named.map_or(self.other_channels, |(_, fee)| *fee)
    }
}
