//! Which city is meant: the same figures always mean the same one.

use std::rc::Rc;

use clap::Args;

use super::CommandError;
use crate::city::{City, CitySpec};
use crate::doors::wire::Wire;
use crate::people::{FaultMix, Population};
use crate::play::Cast;
use crate::town::Town;

#[derive(Debug, Clone, Args)]
pub struct CityArguments {
    /// Draws the city and its people
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Number of stores [default: 60, or as many as the server knows]
    #[arg(long)]
    pub stores: Option<u32>,
    /// Number of couriers [default: 300, or as many as the server knows]
    #[arg(long)]
    pub couriers: Option<u32>,
    /// Number of SKUs [default: 400, or as many as the server knows]
    #[arg(long)]
    pub skus: Option<u32>,
    /// Mean number of orders a day
    #[arg(long, visible_alias = "orders", default_value_t = 5_200)]
    pub orders_per_day: u32,
    /// A city without a night: stores never close, couriers take turns, orders come evenly
    #[arg(long = "awake")]
    pub is_awake: bool,
}

impl CityArguments {
    /// The city that was seeded: what is not said is counted at the server.
    pub async fn as_seeded(&self, wire: &Wire) -> Result<Self, CommandError> {
        let known = wire.census().await?;
        let seeded = Self {
            stores: self.stores.or(Some(known.stores)),
            couriers: self.couriers.or(Some(known.couriers)),
            skus: self.skus.or(Some(known.skus)),
            ..self.clone()
        };
        if known.stores == 0 || !wire.knows(&Town::of_city(&seeded.city())).await? {
            let message = "the server does not know this city: run `simulator seed` with the same \
                           figures first";
            return Err(CommandError::Usage(message.to_owned()));
        }
        Ok(seeded)
    }

    fn spec(&self) -> CitySpec {
        let usual = CitySpec::default();
        CitySpec {
            seed: self.seed,
            stores: self.stores.unwrap_or(usual.stores),
            skus: self.skus.unwrap_or(usual.skus),
            couriers: self.couriers.unwrap_or(usual.couriers),
            orders_per_day: self.orders_per_day,
            is_awake: self.is_awake,
            ..usual
        }
    }

    pub fn city(&self) -> City {
        City::generate(&self.spec())
    }

    pub fn cast(&self, faults: &FaultMix) -> Cast {
        let city = self.city();
        let people = Population::draw(&city, faults, self.seed);
        Cast { town: Rc::new(Town::of_city(&city)), city: Rc::new(city), people, seed: self.seed }
    }

    /// What shaped the run, for its report.
    pub fn settings(&self) -> Vec<(&'static str, String)> {
        let spec = self.spec();
        let awake = if spec.is_awake { "yes" } else { "no" };
        vec![
            ("stores", spec.stores.to_string()),
            ("couriers", spec.couriers.to_string()),
            ("skus", spec.skus.to_string()),
            ("orders a day", spec.orders_per_day.to_string()),
            ("awake at night", awake.to_owned()),
        ]
    }
}
