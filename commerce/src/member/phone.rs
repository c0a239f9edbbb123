//! Which member a phone belongs to. The owner of a phone's hash gives it to one member only.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use vocabulary::{MemberId, PersonId};

use super::{Consent, MemberRefusal};

/// A phone's number as a keyed hash: only the installation that has the key can tell which.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PhoneKey(u128);

impl PhoneKey {
    pub const fn from_bits(bits: u128) -> Self {
        Self(bits)
    }

    pub const fn bits(self) -> u128 {
        self.0
    }
}

impl fmt::Display for PhoneKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl fmt::Debug for PhoneKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PhoneKey({self})")
    }
}

impl Serialize for PhoneKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PhoneKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        let bits = u128::from_str_radix(&text, 16);
        bits.map(Self).map_err(serde::de::Error::custom)
    }
}

/// One phone and its member.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PhoneBinding {
    pub member: Option<MemberId>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case", deny_unknown_fields)]
pub enum PhoneCommand {
    /// Binds the phone and enrols its member in one.
    Enrol {
        member: MemberId,
        person: PersonId,
        consent: Consent,
        /// The keyed hash of its last four digits, by which people are looked for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tail: Option<PhoneKey>,
    },
    /// The member is forgotten.
    Free { member: MemberId },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PhoneEvent {
    PhoneBound { member: MemberId },
    PhoneFreed { member: MemberId },
}

impl PhoneEvent {
    /// The name it is filed under; equal to its serialised tag.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::PhoneBound { .. } => "phone_bound",
            Self::PhoneFreed { .. } => "phone_freed",
        }
    }
}

impl PhoneBinding {
    pub fn decide(&self, command: &PhoneCommand) -> Result<Option<PhoneEvent>, MemberRefusal> {
        match (command, self.member) {
            (PhoneCommand::Enrol { member, .. }, None) => {
                Ok(Some(PhoneEvent::PhoneBound { member: *member }))
            }
            (PhoneCommand::Enrol { .. }, Some(_)) => Err(MemberRefusal::PhoneTaken),
            (PhoneCommand::Free { member }, Some(bound)) if *member == bound => {
                Ok(Some(PhoneEvent::PhoneFreed { member: *member }))
            }
            (PhoneCommand::Free { .. }, Some(_) | None) => Ok(None),
        }
    }

    pub fn apply(&mut self, event: &PhoneEvent) {
        self.member = match event {
            PhoneEvent::PhoneBound { member } => Some(*member),
            PhoneEvent::PhoneFreed { .. } => None,
        };
    }
}
