//! Proof of delivery: what the policy asks for, what a courier shows, and what was kept of it.
//!
//! A picture is personal: it lies sealed with names and addresses, and only its id is recorded.

use serde::{Deserialize, Serialize};
use vocabulary::{DeliveryId, PersonId, Timestamp};

use super::Order;
use super::part::Part;
use crate::policy::{ProofNeed, ProofPolicy};

/// How the goods changed hands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum ProofOfDelivery {
    /// Handed to a person; the courier's word.
    HandedToPerson,
    LeftAtDoor {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        photo: Option<PersonId>,
    },
    /// Handed over, with a photo of it.
    Photo { photo: PersonId },
    /// Signed on the courier's screen.
    Signature { picture: PersonId },
    /// The shopper said the order's code. The door compares it: only the door knows the key.
    Code,
}

/// What an order keeps about proofs: pictures that came in, and codes that were wrong.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Evidence {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pictures: Vec<KeptPicture>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub codes: Vec<CodeTries>,
}

/// A picture that lies sealed under its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptPicture {
    pub delivery: DeliveryId,
    pub picture: PersonId,
    pub what: PictureOf,
    pub at: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PictureOf {
    Photo,
    Signature,
}

/// Wrong codes at one door.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeTries {
    pub delivery: DeliveryId,
    pub failed: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locked_until: Option<Timestamp>,
}

/// Pictures of one order; a door needs one or two, and a retry as many again.
pub const MOST_PICTURES: usize = 12;

impl ProofNeed {
    pub fn is_nothing(&self) -> bool {
        *self == Self::Nothing
    }

    /// Whether the shopper is given a code to say.
    pub fn takes_a_code(self) -> bool {
        self >= Self::Signature
    }

    pub fn text(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Photo => "photo",
            Self::Signature => "signature",
            Self::Code => "code",
        }
    }

    /// What would meet it, in words.
    pub(super) fn asks_for(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Photo => "a photo, a signature or the shopper's code",
            Self::Signature => "a signature or the shopper's code",
            Self::Code => "the shopper's code",
        }
    }
}

impl ProofOfDelivery {
    /// The strongest need that it meets.
    pub fn meets(&self) -> ProofNeed {
        match self {
            Self::HandedToPerson | Self::LeftAtDoor { photo: None } => ProofNeed::Nothing,
            Self::LeftAtDoor { photo: Some(_) } | Self::Photo { .. } => ProofNeed::Photo,
            Self::Signature { .. } => ProofNeed::Signature,
            Self::Code => ProofNeed::Code,
        }
    }

    /// The pictures it names, with what they must show.
    pub fn picture(&self) -> Option<(PersonId, PictureOf)> {
        match self {
            ProofOfDelivery::LeftAtDoor { photo: Some(photo) }
            | ProofOfDelivery::Photo { photo } => Some((*photo, PictureOf::Photo)),
            ProofOfDelivery::Signature { picture } => Some((*picture, PictureOf::Signature)),
            ProofOfDelivery::HandedToPerson
            | ProofOfDelivery::LeftAtDoor { photo: None }
            | ProofOfDelivery::Code => None,
        }
    }

    pub fn text(&self) -> &'static str {
        match self {
            ProofOfDelivery::HandedToPerson => "handed_to_person",
            ProofOfDelivery::LeftAtDoor { .. } => "left_at_door",
            ProofOfDelivery::Photo { .. } => "photo",
            ProofOfDelivery::Signature { .. } => "signature",
            ProofOfDelivery::Code => "code",
        }
    }
}

impl Order {
    /// What the policy asks for when a part is brought: the strongest of what its store, its goods
    /// and its worth ask for.
    pub(super) fn proof_need(&self, part: &Part, policy: &ProofPolicy) -> ProofNeed {
        let by_store = policy.stores.get(&part.store).copied().unwrap_or(policy.everywhere);
        let is_restricted = |line| self.line(line).is_some_and(|line| line.age_restricted);
        let by_goods = part.lines.iter().any(|units| is_restricted(units.line));
        let by_goods = if by_goods { policy.age_restricted } else { ProofNeed::Nothing };
        let is_valuable =
            policy.valuable_from_fen.is_some_and(|from| self.payable().as_fen() >= from);
        let by_worth = if is_valuable { policy.valuable } else { ProofNeed::Nothing };
        by_store.max(by_goods).max(by_worth)
    }

    /// Every id under which something personal of this order lies, besides the shopper.
    pub fn personal_ids(&self) -> Vec<PersonId> {
        let evidence = self.evidence.iter().flat_map(|kept| &kept.pictures);
        let text = self.rating.as_ref().and_then(|rating| rating.words.text);
        evidence.map(|kept| kept.picture).chain(text).collect()
    }

    /// The wrong codes that were said at a door.
    pub(super) fn code_tries(&self, delivery: DeliveryId) -> Option<&CodeTries> {
        self.evidence.as_ref()?.codes.iter().find(|known| known.delivery == delivery)
    }
}
