//! Where orders come from, and what a partner's contract lets it do.

use std::fmt;

use serde::{Deserialize, Serialize};
use vocabulary::Money;

use crate::invalid::Invalid;
use crate::{Bearer, Permille};

/// The name of a sales channel, such as `app`, `pos` or a partner's. 1 to 32 of `a-z 0-9 - _`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Channel(String);

impl Channel {
    pub const LONGEST: usize = 32;

    pub fn new(name: impl Into<String>) -> Result<Self, Invalid> {
        let name = name.into();
        let is_allowed = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_');
        if (1..=Self::LONGEST).contains(&name.len()) && name.bytes().all(is_allowed) {
            return Ok(Self(name));
        }
        Err(Invalid::text("channel", &name, "give 1 to 32 of the characters a-z, 0-9, - and _"))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Channel {
    type Error = Invalid;
    fn try_from(name: String) -> Result<Self, Invalid> {
        Self::new(name)
    }
}

impl From<Channel> for String {
    fn from(channel: Channel) -> Self {
        channel.0
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What headquarters agreed with a channel partner. A channel without one has no say in prices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChannelContract {
    pub channel: Channel,
    /// Whether the partner may send its own price for a line.
    pub may_price: bool,
    /// The lowest such price, in thousandths of the list price: 0 to 1,000.
    pub floor: Permille,
    /// Who carries the difference between the list price and the partner's price.
    pub bearer: Bearer,
}

impl ChannelContract {
    pub(crate) fn check(&self) -> Result<(), Invalid> {
        if self.floor > Permille::WHOLE {
            return Err(Invalid::value(
                "floor",
                self.floor.0,
                "give 0 to 1000 thousandths of the list price",
            ));
        }
        Ok(())
    }

    /// The lowest price the partner may send for something of this list price.
    pub fn lowest(&self, list_price: Money) -> Money {
        self.floor.lowest_of(list_price)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channel_names_are_short_lower_case_words() {
        assert!(Channel::new("mini-app_2").is_ok());
        for name in ["", "App", "外卖", "a b", &"a".repeat(33)] {
            let refused = Channel::new(name).unwrap_err();
            assert_eq!(refused.field, "channel");
        }
    }
}
