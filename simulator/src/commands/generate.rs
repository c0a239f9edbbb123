//! `simulator generate`: writes a generated city's day in the public meal-delivery format.

use std::path::PathBuf;

use clap::Args;

use super::CommandError;
use super::town::CityArguments;
use crate::mdrp::Day;
use crate::report::Outcome;

#[derive(Debug, Args)]
pub struct GenerateArguments {
    /// The folder to write to; made when it does not exist
    folder: PathBuf,
    /// Which of the city's days
    #[arg(long, default_value_t = 0)]
    day: u32,
    #[command(flatten)]
    city: CityArguments,
}

pub fn run(arguments: &GenerateArguments) -> Result<Outcome, CommandError> {
    let day = Day::of_city(&arguments.city.city(), arguments.day);
    day.write(&arguments.folder).map_err(|error| CommandError::Usage(error.to_string()))?;
    let (orders, couriers) = (day.orders.len(), day.couriers.len());
    eprintln!("{}: {orders} orders, {couriers} couriers", arguments.folder.display());
    Ok(Outcome::Passed)
}
