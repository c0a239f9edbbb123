//! Which fault each refusal and each failure becomes.

use actors::{CommandError, Conflict};
use dispatch::Refusal;

use super::{Code, Fault};

impl From<CommandError> for Fault {
    fn from(error: CommandError) -> Self {
        match error {
            CommandError::Refused(refusal) => refusal.into(),
            CommandError::Declined(refusal) => {
                Self::new(code_named(refusal.code()), refusal.to_string())
            }
            CommandError::Unknown { what } => Self::not_found(what),
            CommandError::Conflict(conflict) => conflict.into(),
            CommandError::Busy => Self::busy(),
            CommandError::Unavailable => Self::unavailable(),
            CommandError::NotOwner { url } => Self::not_owner(&url),
            CommandError::Internal => Self::internal(),
            CommandError::Quarantined => Self::new(
                Code::Quarantined,
                "this command failed twice and is set aside: report the trace",
            ),
        }
    }
}

impl From<Conflict> for Fault {
    fn from(conflict: Conflict) -> Self {
        match conflict {
            Conflict::IdempotencyKey => Self::new(
                Code::IdempotencyConflict,
                "this idempotency key was used with another body: make a new key",
            ),
            Conflict::ExternalId => Self::new(
                Code::ExternalIdTaken,
                "this external id belongs to another order: look that order up",
            )
            .about("external_id"),
            Conflict::Quote | Conflict::QuoteOnce => {
                Self::new(Code::QuoteUsed, "this quote was already placed: quote again")
                    .about("quote")
            }
        }
    }
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        match &refusal {
            Refusal::OrderUnknown => Self::not_found("order"),
            Refusal::Invalid { what, .. } => {
                let field = what.clone();
                Self::new(Code::InvalidValue, refusal.to_string()).about(field)
            }
            Refusal::RemindedRecently { wait } => {
                let wait_ms = u64::from(wait.0).saturating_mul(1_000);
                Self::new(Code::RemindedRecently, refusal.to_string()).after(wait_ms)
            }
            other => Self::new(code_named(other.code()), refusal.to_string()),
        }
    }
}

/// A refusal that has no line of its own yet is still a plain no.
pub(crate) fn code_named(text: &str) -> Code {
    Code::ALL.iter().copied().find(|code| code.text() == text).unwrap_or(Code::Refused)
}

impl From<commerce::Invalid> for Fault {
    fn from(invalid: commerce::Invalid) -> Self {
        let message = invalid.to_string();
        Self::invalid(invalid.field, message)
    }
}

impl From<commerce::settlement::SettlementRefusal> for Fault {
    fn from(refusal: commerce::settlement::SettlementRefusal) -> Self {
        use commerce::settlement::SettlementRefusal as R;
        let code = match &refusal {
            R::DayNotOver { .. } => Code::DayNotOver,
            R::StillRead { .. } => Code::BooksBehind,
            R::DayClosed { .. } => Code::DayClosed,
            R::DayToCome { .. } => Code::DayToCome,
            R::NotClosed { .. } => Code::DayNotClosed,
        };
        let fault = Self::new(code, refusal.to_string());
        match code {
            Code::BooksBehind => fault.after(1_000),
            _ => fault.about("day"),
        }
    }
}

impl From<commerce::QuoteRefusal> for Fault {
    fn from(refusal: commerce::QuoteRefusal) -> Self {
        let field = match &refusal {
            commerce::QuoteRefusal::NeedsMember => "member",
            commerce::QuoteRefusal::UnknownCoupon { .. }
            | commerce::QuoteRefusal::TooManyCoupons { .. } => "coupons",
            commerce::QuoteRefusal::NotEnoughPoints { .. } => "points",
            commerce::QuoteRefusal::EmptyBasket
            | commerce::QuoteRefusal::TooManyLines { .. }
            | commerce::QuoteRefusal::UnknownSku { .. }
            | commerce::QuoteRefusal::Delisted { .. }
            | commerce::QuoteRefusal::NotSoldAtStore { .. }
            | commerce::QuoteRefusal::TooManyUnits { .. }
            | commerce::QuoteRefusal::PickupNeedsStore
            | commerce::QuoteRefusal::ChannelMayNotPrice { .. }
            | commerce::QuoteRefusal::TwoPrices { .. }
            | commerce::QuoteRefusal::ChannelPriceOutsideContract { .. }
            | commerce::QuoteRefusal::BeyondMoney => "lines",
        };
        Self::new(code_named(refusal.code()), refusal.to_string()).about(field)
    }
}

impl From<commerce::BookRefusal> for Fault {
    fn from(refusal: commerce::BookRefusal) -> Self {
        match refusal {
            commerce::BookRefusal::Invalid(invalid) => invalid.into(),
            refusal => Self::new(code_named(refusal.code()), refusal.to_string()),
        }
    }
}

impl From<commerce::CampaignRefusal> for Fault {
    fn from(refusal: commerce::CampaignRefusal) -> Self {
        let fault = Self::new(code_named(refusal.code()), refusal.to_string());
        let first = match &refusal {
            commerce::CampaignRefusal::Invalid(faults) => faults.first(),
            commerce::CampaignRefusal::StaleVersion { .. }
            | commerce::CampaignRefusal::UnknownCampaign { .. }
            | commerce::CampaignRefusal::AnotherKind
            | commerce::CampaignRefusal::CouponsOut
            | commerce::CampaignRefusal::NoGrant { .. }
            | commerce::CampaignRefusal::UnknownGrant { .. } => None,
        };
        match first {
            Some(invalid) => fault.about(invalid.field.clone()),
            None => fault,
        }
    }
}

impl From<persistence::Error> for Fault {
    fn from(error: persistence::Error) -> Self {
        match error {
            persistence::Error::VersionConflict { expected, found, .. } => Self::new(
                Code::StaleVersion,
                format!("it is at version {found}, not {expected}: read it again and repeat"),
            )
            .about("version"),
            persistence::Error::Owned { url, .. } => Self::not_owner(&url),
            persistence::Error::Unstorable { .. } => Self::new(
                Code::InvalidValue,
                "a text holds a character that cannot be kept, such as a zero byte: leave it out",
            ),
            error if error.is_passing() => {
                tracing::warn!(%error, source = ?std::error::Error::source(&error), "the database is away");
                Self::unavailable()
            }
            error => {
                tracing::error!(%error, source = ?std::error::Error::source(&error), "the journal failed");
                Self::internal()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_keep_their_own_codes() {
        let offer: Fault = Refusal::OfferClosed.into();
        assert_eq!(offer.code, Code::OfferClosed);
        let unknown: Fault = Refusal::OrderUnknown.into();
        assert_eq!(unknown.code, Code::NotFound);
        let invalid = Refusal::Invalid { what: "capacity".into(), expected: "1 or more".into() };
        assert_eq!(Fault::from(invalid).field.as_deref(), Some("capacity"));
    }

    /// The codes that a source of refusals names: what stands in its lines `… => "code",`.
    fn codes_of(source: &str) -> Vec<&str> {
        source.lines().filter_map(|line| line.split_once("=> \"")?.1.split('"').next()).collect()
    }

    #[test]
    fn every_refusal_has_a_code_of_its_own_on_the_wire() {
        // These two become the doors' own words.
        let other_words = ["order_unknown", "invalid"];
        let sources = [
            include_str!("../../../../dispatch/src/refusal.rs"),
            include_str!("../../../../commerce/src/quote/refusal.rs"),
            include_str!("../../../../commerce/src/book/command.rs"),
            include_str!("../../../../commerce/src/price/mod.rs"),
            include_str!("../../../../commerce/src/member/refusal.rs"),
            include_str!("../../../../commerce/src/promotion/campaigns.rs"),
        ];
        for source in sources {
            for code in codes_of(source).into_iter().filter(|code| !other_words.contains(code)) {
                assert_eq!(code_named(code).text(), code, "it has no line in the list of faults");
            }
        }
        assert!(codes_of(sources[0]).len() > 30 && codes_of(sources[1]).len() > 5);
    }

    #[test]
    fn commerce_refusals_keep_their_own_codes() {
        let quote: Fault = commerce::QuoteRefusal::EmptyBasket.into();
        assert_eq!(quote.code, Code::EmptyBasket);
        let channel = commerce::Channel::new("app").unwrap();
        let book: Fault = commerce::BookRefusal::UnknownContract { channel }.into();
        assert_eq!(book.code, Code::UnknownContract);
    }
}
