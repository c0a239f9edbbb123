//! How much goes wrong.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use vocabulary::Chance;

/// The odds of every kind of trouble, from which each person's own odds are drawn.
///
/// Shares are 0 to 1 per occasion named; spells are counted per hour of one person's time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultMix {
    /// Stores that never answer at all.
    pub store_unresponsive: f64,
    /// Orders a store refuses outright.
    pub store_rejects: f64,
    /// Orders packed well after the time they were promised.
    pub store_late: f64,
    /// Lines of which fewer units are found than the books say.
    pub short_pick: f64,
    /// Offers a courier turns down.
    pub courier_declines: f64,
    /// Offers a courier lets run out.
    pub courier_silent: f64,
    /// Deliveries a courier gives up before collecting them.
    pub courier_drops: f64,
    /// Phones without a network, an hour of duty.
    pub phone_lost_per_hour: f64,
    /// Standard error of a position, in metres.
    pub gps_error_m: f64,
    /// Positions far from the truth.
    pub gps_outlier: f64,
    /// Commands sent twice.
    pub duplicate: f64,
    /// Commands that arrive after a later one.
    pub reorder: f64,
    /// Baskets whose payment never comes.
    pub payment_abandoned: f64,
    /// Orders the shopper cancels.
    pub shopper_cancels: f64,
    /// Pickups nobody comes for.
    pub no_show: f64,
    /// Doors nobody opens.
    pub door_unanswered: f64,
    /// Parcels that a carrier brings back to the store.
    pub parcel_returned: f64,
    /// Sockets that break, an hour of watching.
    pub disconnect_per_hour: f64,
    /// Orders of which something is sent back.
    pub returns: f64,
}

/// A text that is neither a preset nor a list of odds.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "no fault mix is called {0:?}: use none, calm, rough, or odds such as store_late=0.2,no_show=0.1"
)]
pub struct UnknownFaultMix(String);

impl FaultMix {
    /// Everybody answers, pays and comes; nothing breaks.
    pub fn none() -> Self {
        Self {
            store_unresponsive: 0.0,
            store_rejects: 0.0,
            store_late: 0.0,
            short_pick: 0.0,
            courier_declines: 0.0,
            courier_silent: 0.0,
            courier_drops: 0.0,
            phone_lost_per_hour: 0.0,
            gps_error_m: 0.0,
            gps_outlier: 0.0,
            duplicate: 0.0,
            reorder: 0.0,
            payment_abandoned: 0.0,
            shopper_cancels: 0.0,
            no_show: 0.0,
            door_unanswered: 0.0,
            parcel_returned: 0.0,
            disconnect_per_hour: 0.0,
            returns: 0.0,
        }
    }

    /// An ordinary day.
    pub fn calm() -> Self {
        Self {
            store_unresponsive: 0.0,
            store_rejects: 0.005,
            store_late: 0.06,
            short_pick: 0.01,
            courier_declines: 0.06,
            courier_silent: 0.03,
            courier_drops: 0.003,
            phone_lost_per_hour: 0.15,
            gps_error_m: 8.0,
            gps_outlier: 0.002,
            duplicate: 0.01,
            reorder: 0.005,
            payment_abandoned: 0.02,
            shopper_cancels: 0.015,
            no_show: 0.03,
            door_unanswered: 0.003,
            parcel_returned: 0.01,
            disconnect_per_hour: 0.5,
            returns: 0.02,
        }
    }

    /// Rain on a holiday: everything that can go wrong often does.
    pub fn rough() -> Self {
        Self {
            store_unresponsive: 0.04,
            store_rejects: 0.03,
            store_late: 0.20,
            short_pick: 0.05,
            courier_declines: 0.20,
            courier_silent: 0.10,
            courier_drops: 0.03,
            phone_lost_per_hour: 1.5,
            gps_error_m: 25.0,
            gps_outlier: 0.02,
            duplicate: 0.10,
            reorder: 0.05,
            payment_abandoned: 0.08,
            shopper_cancels: 0.06,
            no_show: 0.12,
            door_unanswered: 0.02,
            parcel_returned: 0.05,
            disconnect_per_hour: 12.0,
            returns: 0.08,
        }
    }
}

impl FaultMix {
    /// Odds of a seed's own: some troubles never come, the others are anything up to twice as bad as
    /// on a rough day. A mean over many days hides what only one kind of trouble by itself can show.
    pub fn swarm(chance: &mut Chance) -> Self {
        let rough = Self::rough().odds();
        let odds = rough.into_iter().map(|(name, usual)| {
            let (is_off, times) = (chance.happens(0.4), 2.0 * chance.unit());
            let odds = if is_off { 0.0 } else { (usual * times * 1_000.0).round() / 1_000.0 };
            (name, odds)
        });
        Self::of(odds.collect()).unwrap_or_else(Self::none)
    }

    /// Every trouble by its name.
    pub fn odds(&self) -> BTreeMap<String, f64> {
        let whole = serde_json::to_value(self).and_then(serde_json::from_value);
        whole.unwrap_or_default()
    }

    /// With these odds, all others zero; `None` where a name is no trouble's.
    pub fn of(odds: BTreeMap<String, f64>) -> Option<Self> {
        let mut whole = Self::none().odds();
        whole.extend(odds);
        let is_sound = whole.values().all(|odds| odds.is_finite() && *odds >= 0.0);
        let read = serde_json::to_value(whole).and_then(serde_json::from_value).ok();
        read.filter(|_| is_sound)
    }
}

impl std::str::FromStr for FaultMix {
    type Err = UnknownFaultMix;
    fn from_str(name: &str) -> Result<Self, UnknownFaultMix> {
        match name {
            "none" => Ok(Self::none()),
            "calm" => Ok(Self::calm()),
            "rough" => Ok(Self::rough()),
            list => {
                let pair = |pair: &str| {
                    let (name, odds) = pair.split_once('=')?;
                    Some((name.trim().to_owned(), odds.trim().parse().ok()?))
                };
                let odds = list.split(',').map(pair).collect::<Option<_>>();
                odds.and_then(Self::of).ok_or_else(|| UnknownFaultMix(list.to_owned()))
            }
        }
    }
}

/// As the command line takes it back.
impl std::fmt::Display for FaultMix {
    fn fmt(&self, text: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let odds = self.odds().into_iter().filter(|(_, odds)| *odds > 0.0);
        let pairs: Vec<String> = odds.map(|(name, odds)| format!("{name}={odds}")).collect();
        text.write_str(if pairs.is_empty() { "none" } else { "" })?;
        text.write_str(&pairs.join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn presets_go_by_name_and_others_are_refused_with_the_choices() {
        assert_eq!("rough".parse(), Ok(FaultMix::rough()));
        for wild in ["wild", "store_late", "store_late=much", "storms=0.1", "no_show=-1", ""] {
            let refusal = wild.parse::<FaultMix>().unwrap_err().to_string();
            assert!(refusal.contains("use none, calm, rough, or odds"), "{wild}: {refusal}");
        }
    }

    #[test]
    fn a_list_of_odds_is_read_as_it_was_printed() {
        for seed in 0..50 {
            let mix = FaultMix::swarm(&mut Chance::from_seed(seed));
            assert_eq!(mix.to_string().parse(), Ok(mix));
        }
        let late = "store_late=0.2".parse::<FaultMix>().unwrap();
        assert_eq!(late, FaultMix { store_late: 0.2, ..FaultMix::none() });
        assert_eq!(FaultMix::none().to_string(), "none");
    }

    #[test]
    fn in_a_swarm_each_trouble_is_sometimes_off_and_sometimes_worse_than_rough() {
        let draws: Vec<_> =
            (0..50).map(|seed| FaultMix::swarm(&mut Chance::from_seed(seed)).odds()).collect();
        for (name, usual) in FaultMix::rough().odds() {
            let of: Vec<f64> = draws.iter().map(|odds| odds[&name]).collect();
            assert!(of.contains(&0.0), "{name} is always on");
            assert!(of.iter().any(|odds| *odds > usual), "{name} is never bad");
        }
    }
}
