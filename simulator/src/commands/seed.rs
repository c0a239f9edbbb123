//! `simulator seed`: fills a server with a generated city over HTTP.

use clap::Args;

use super::CommandError;
use super::target::{TargetArguments, on_this_thread};
use super::town::CityArguments;
use crate::doors::Doors;
use crate::report::Outcome;
use crate::town::Town;

#[derive(Debug, Args)]
pub struct SeedArguments {
    #[command(flatten)]
    target: TargetArguments,
    #[command(flatten)]
    city: CityArguments,
}

pub fn run(arguments: &SeedArguments) -> Result<Outcome, CommandError> {
    let city = arguments.city.city();
    let town = Town::of_city(&city);
    on_this_thread(async {
        let wire = arguments.target.connect().await?;
        wire.furnish(&town).await?;
        wire.put_streets(city.streets.geojson()).await?;
        let (stores, skus, couriers) = (town.stores.len(), town.skus.len(), town.couriers.len());
        eprintln!("{}: {stores} stores, {skus} SKUs, {couriers} couriers", town.name);
        Ok(Outcome::Passed)
    })
}
