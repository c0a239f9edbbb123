//! Reminders, proofs at the door and ratings, as they travel.

use dispatch::order::{
    DeliveryStatus, PictureOf, ProofOfDelivery, Rating, RatingTag, RatingWords, ReminderAnswer,
    Reminders,
};
use dispatch::policy::ProofNeed;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use vocabulary::{CourierId, PersonId, StoreId, Timestamp};

use super::schema::{Id, Millis};

/// How often a shopper asked where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RemindersView {
    pub count: u32,
    #[schema(value_type = Millis)]
    pub last_at: Timestamp,
    /// Before then asking again is refused.
    #[schema(value_type = Millis)]
    pub again_at: Timestamp,
    /// What was said to the last one: `on_it`, `five_minutes`, `ten_minutes` or
    /// `waiting_for_courier`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub answer: Option<ReminderAnswer>,
}

pub(crate) fn reminders_view(known: &Reminders) -> RemindersView {
    let Reminders { count, last_at, again_at, answer } = *known;
    RemindersView { count, last_at, again_at, answer }
}

/// What a store says to a shopper who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"answer": "five_minutes"}))]
pub struct ReminderAnswerBody {
    /// `on_it`, `five_minutes`, `ten_minutes` or `waiting_for_courier`.
    #[schema(value_type = String)]
    pub answer: ReminderAnswer,
}

/// What a courier shows with `delivered`. Pictures are sent first, to
/// `POST /v1/orders/{order}/deliveries/{delivery}/pictures`, and named here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[schema(example = json!({"kind": "code", "code": "4711"}))]
pub enum ProofBody {
    HandedToPerson,
    LeftAtDoor {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<Id>)]
        photo: Option<PersonId>,
    },
    Photo {
        #[schema(value_type = Id)]
        photo: PersonId,
    },
    Signature {
        #[schema(value_type = Id)]
        picture: PersonId,
    },
    /// What the shopper says at the door.
    Code {
        code: String,
    },
}

impl ProofBody {
    /// What the order records. A code is compared before and never recorded.
    pub fn shown(self) -> ProofOfDelivery {
        match self {
            Self::HandedToPerson => ProofOfDelivery::HandedToPerson,
            Self::LeftAtDoor { photo } => ProofOfDelivery::LeftAtDoor { photo },
            Self::Photo { photo } => ProofOfDelivery::Photo { photo },
            Self::Signature { picture } => ProofOfDelivery::Signature { picture },
            Self::Code { .. } => ProofOfDelivery::Code,
        }
    }
}

/// How it was handed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProofView {
    /// `handed_to_person`, `left_at_door`, `photo`, `signature` or `code`.
    pub kind: String,
    /// Read it at `/v1/orders/{order}/pictures/{picture}`, if you may.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Id>)]
    pub picture: Option<PersonId>,
}

pub(crate) fn proof_view(status: &DeliveryStatus) -> Option<ProofView> {
    let DeliveryStatus::Delivered { proof, .. } = status else { return None };
    let picture = proof.picture().map(|(picture, _)| picture);
    Some(ProofView { kind: proof.text().to_owned(), picture })
}

pub(crate) fn need_view(need: ProofNeed) -> Option<String> {
    (!need.is_nothing()).then(|| need.text().to_owned())
}

/// What a picture of a door shows, and of which attempt.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct PictureQuery {
    pub attempt: u32,
    /// `photo` or `signature`.
    #[param(value_type = String)]
    pub what: PictureOf,
}

/// A picture as it was kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PictureView {
    /// The same picture of the same order has the same name.
    #[schema(value_type = Id)]
    pub picture: PersonId,
}

/// What a shopper says afterwards, once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "store_stars": 5, "courier_stars": 4, "tags": ["fresh", "polite"], "text": "很新鲜"
}))]
pub struct RatingBody {
    /// 1 to 5.
    pub store_stars: u8,
    /// 1 to 5; absent where no courier brought it.
    #[serde(default)]
    pub courier_stars: Option<u8>,
    /// At most five of `fast`, `polite`, `well_packed`, `fresh`, `slow`, `rude`, `badly_packed`,
    /// `not_fresh`, `items_missing`.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    pub tags: Vec<RatingTag>,
    /// At most 500 characters; kept sealed with names and addresses.
    #[serde(default)]
    pub text: Option<String>,
}

impl RatingBody {
    /// What is recorded of it, with where its text lies.
    pub fn words(&self, text: Option<PersonId>) -> RatingWords {
        let mut tags = self.tags.clone();
        tags.sort_unstable();
        RatingWords { store_stars: self.store_stars, courier_stars: self.courier_stars, tags, text }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RatingView {
    #[schema(value_type = Millis)]
    pub at: Timestamp,
    pub store_stars: u8,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub courier_stars: Option<u8>,
    #[schema(value_type = Vec<String>)]
    pub tags: Vec<RatingTag>,
    pub has_text: bool,
    /// Only where one order is asked for by somebody who sees people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

pub(crate) fn rating_view(known: &Rating) -> RatingView {
    let words = &known.words;
    RatingView {
        at: known.at,
        store_stars: words.store_stars,
        courier_stars: words.courier_stars,
        tags: words.tags.clone(),
        has_text: words.text.is_some(),
        text: None,
    }
}

/// How stores and couriers were rated, as far as the books have read.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct RatingsReport {
    /// Everything rated before is in it.
    #[schema(value_type = Millis)]
    pub read_to_at: Timestamp,
    pub stores: Vec<StoreStars>,
    /// Empty for who reads some stores only: couriers carry for all.
    pub couriers: Vec<CourierStars>,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct StoreStars {
    #[schema(value_type = Id)]
    pub store: StoreId,
    #[serde(flatten)]
    pub stars: StarsView,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CourierStars {
    #[schema(value_type = Id)]
    pub courier: CourierId,
    #[serde(flatten)]
    pub stars: StarsView,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct StarsView {
    pub count: u64,
    /// 1.0 to 5.0; 0 where nobody rated.
    pub average: f64,
    /// How many gave one star, two, three, four, five.
    pub by_stars: [u64; 5],
}

/// A courier's day, from the books.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CourierDayView {
    /// By the stores' calendar.
    #[schema(value_type = String)]
    pub day: jiff::civil::Date,
    pub delivered: u64,
    /// At the door by what was promised.
    pub on_time: u64,
    /// Times that nobody could take it.
    pub failed: u64,
    /// All ratings, not only the day's; absent before the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stars: Option<StarsView>,
}
