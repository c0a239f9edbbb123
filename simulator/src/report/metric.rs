//! The figures of a summary by name.

use super::latency::Percentiles;
use super::spread::Spread;
use super::summary::RunSummary;

/// A figure that can be held against a limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Metric {
    /// A count that is also a share of something.
    Count(Count),
    /// A stage of the journey.
    Stage(Stage, Statistic),
    /// A kind of request; response time unless `service`.
    Latency { kind: String, service: bool, statistic: Statistic },
}

macro_rules! named {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum $name { $($variant),+ }

        impl $name {
            pub(super) const NAMES: &[&str] = &[$($text),+];

            pub(super) fn named(name: &str) -> Option<Self> {
                match name {
                    $($text => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }
    };
}

named!(Count {
    Placed = "placed",
    Delivered = "delivered",
    PickedUp = "picked_up",
    Fulfilled = "fulfilled",
    DeliveredOfPaid = "delivered_of_paid",
    FulfilledOfPaid = "fulfilled_of_paid",
    Cancelled = "cancelled",
    Expired = "expired",
    Failed = "failed",
    Open = "open",
    Refused = "refused",
    Late = "late",
    OnTime = "on_time",
    Splits = "splits",
    Accepted = "offers_accepted",
    Declined = "offers_declined",
    OffersExpired = "offers_expired",
    Utilization = "utilization",
    Errors = "errors",
    CouldNotSend = "could_not_send",
    Gaps = "gaps",
    Violations = "violations",
    KindsSeen = "kinds_seen",
});

named!(Stage {
    ClickToDoor = "click_to_door",
    Accept = "accept",
    Pick = "pick",
    PickupWait = "pickup_wait",
    Deliver = "deliver",
});

named!(Statistic {
    Min = "min",
    Mean = "mean",
    P50 = "p50",
    P90 = "p90",
    P95 = "p95",
    P99 = "p99",
    Max = "max",
});

/// A count and what it is a share of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Share {
    pub(super) count: f64,
    pub(super) of: f64,
}

impl Count {
    /// `delivered` and its like are shares of the orders placed; those `of_paid` leave out the ones
    /// whose money never came.
    pub(super) fn read(self, summary: &RunSummary) -> Share {
        let (orders, traffic) = (&summary.orders, &summary.traffic);
        let offers = summary.offers.made;
        let asked = orders.placed + orders.refused;
        let tries = traffic.requests_sent + traffic.could_not_send;
        let (count, of) = match self {
            Self::Placed => (orders.placed, asked),
            Self::Delivered => (orders.delivered, orders.placed),
            Self::PickedUp => (orders.picked_up, orders.placed),
            Self::Fulfilled => (orders.fulfilled(), orders.placed),
            Self::DeliveredOfPaid => (orders.delivered, orders.modes.delivery.paid),
            Self::FulfilledOfPaid => (orders.fulfilled(), orders.paid()),
            Self::Cancelled => (orders.cancelled, orders.placed),
            Self::Expired => (orders.expired, orders.placed),
            Self::Failed => (orders.failed, orders.placed),
            Self::Open => (orders.open, orders.placed),
            Self::Refused => (orders.refused, asked),
            Self::Late => (orders.late, orders.delivered + orders.picked_up),
            Self::OnTime => (orders.on_time(), orders.delivered + orders.picked_up),
            Self::Splits => (summary.sourcing.splits, orders.placed),
            Self::Accepted => (summary.offers.accepted, offers),
            Self::Declined => (summary.offers.declined, offers),
            Self::OffersExpired => (summary.offers.expired, offers),
            Self::Utilization => {
                return Share { count: summary.fleet.busy_s, of: summary.fleet.duty_s };
            }
            Self::Errors => (traffic.requests_failed, traffic.requests_sent),
            Self::CouldNotSend => (traffic.could_not_send, tries),
            Self::Gaps => (traffic.gaps, traffic.frames),
            Self::Violations => (summary.referee.violation_count, summary.referee.checks),
            // Where no books were kept nothing was seen.
            Self::KindsSeen => summary.books.unwrap_or_default().happened.kinds_seen(),
        };
        Share { count: count as f64, of: of as f64 }
    }
}

impl Stage {
    pub(super) fn read(self, summary: &RunSummary) -> &Spread {
        let journey = &summary.journey;
        match self {
            Self::ClickToDoor => &journey.click_to_door,
            Self::Accept => &journey.accept,
            Self::Pick => &journey.pick,
            Self::PickupWait => &journey.pickup_wait,
            Self::Deliver => &journey.deliver,
        }
    }
}

impl Statistic {
    /// In seconds; `None` when nothing was measured.
    pub(super) fn of_spread(self, spread: &Spread) -> Option<f64> {
        let seconds = match self {
            Self::Min => spread.min_s,
            Self::Mean => spread.mean_s,
            Self::P50 => spread.p50_s,
            Self::P90 => spread.p90_s,
            Self::P95 => spread.p95_s,
            Self::P99 => spread.p99_s,
            Self::Max => spread.max_s,
        };
        (spread.count > 0).then_some(seconds)
    }

    /// In seconds; `None` when nothing was measured.
    pub(super) fn of_percentiles(self, percentiles: &Percentiles) -> Option<f64> {
        let microseconds = match self {
            Self::Min => percentiles.min_us as f64,
            Self::Mean => percentiles.mean_us,
            Self::P50 => percentiles.p50_us as f64,
            Self::P90 => percentiles.p90_us as f64,
            Self::P95 => percentiles.p95_us as f64,
            Self::P99 => percentiles.p99_us as f64,
            Self::Max => percentiles.max_us as f64,
        };
        (percentiles.count > 0).then_some(microseconds / 1e6)
    }
}
