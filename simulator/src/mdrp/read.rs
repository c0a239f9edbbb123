//! Reading a day from its folder.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::table::{Row, Table, read_text};
use super::write::{CHARACTERISTICS, COURIERS, ORDERS, PARAMETERS, RESTAURANTS};
use super::{Day, DayCourier, DayError, DayOrder, DayRestaurant, Parameters};

impl Day {
    /// Reads the folder. `instance_characteristics.txt` is a summary for people: it may be absent,
    /// but where it counts orders, restaurants and couriers it must count right.
    pub fn read(folder: &Path) -> Result<Self, DayError> {
        let restaurants = read_restaurants(folder)?;
        let positions: BTreeMap<&str, usize> = restaurants
            .iter()
            .enumerate()
            .map(|(position, restaurant)| (restaurant.name.as_str(), position))
            .collect();
        let orders = read_orders(folder, &positions)?;
        let couriers = read_couriers(folder)?;
        let parameters = read_parameters(folder)?;
        let day = Self { orders, restaurants, couriers, parameters };
        check_counts(folder, &day)?;
        Ok(day)
    }
}

fn read_restaurants(folder: &Path) -> Result<Vec<DayRestaurant>, DayError> {
    let table = Table::read(folder.join(RESTAURANTS.file), RESTAURANTS.columns)?;
    let mut names = BTreeSet::new();
    table
        .rows()
        .map(|row| {
            let name = fresh_name(&row, "restaurant", &mut names)?;
            Ok(DayRestaurant { name, at: row.spot()? })
        })
        .collect()
}

fn read_orders(
    folder: &Path,
    restaurants: &BTreeMap<&str, usize>,
) -> Result<Vec<DayOrder>, DayError> {
    let table = Table::read(folder.join(ORDERS.file), ORDERS.columns)?;
    let mut names = BTreeSet::new();
    table
        .rows()
        .map(|row| {
            let restaurant =
                restaurants.get(row.text("restaurant")?).copied().ok_or_else(|| {
                    row.bad(
                        "restaurant",
                        "not in restaurants.txt",
                        "add it there or correct the name",
                    )
                })?;
            let (placed_minute, ready_minute) =
                (row.minute("placement_time")?, row.minute("ready_time")?);
            if ready_minute < placed_minute {
                return Err(row.bad(
                    "ready_time",
                    "before the order's placement_time",
                    "an order is ready no earlier than it is placed",
                ));
            }
            let name = fresh_name(&row, "order", &mut names)?;
            Ok(DayOrder { name, door: row.spot()?, placed_minute, restaurant, ready_minute })
        })
        .collect()
}

fn read_couriers(folder: &Path) -> Result<Vec<DayCourier>, DayError> {
    let table = Table::read(folder.join(COURIERS.file), COURIERS.columns)?;
    let mut names = BTreeSet::new();
    table
        .rows()
        .map(|row| {
            let (on_minute, off_minute) = (row.minute("on_time")?, row.minute("off_time")?);
            if off_minute <= on_minute {
                return Err(row.bad(
                    "off_time",
                    "not after on_time",
                    "a shift ends after it begins",
                ));
            }
            let name = fresh_name(&row, "courier", &mut names)?;
            Ok(DayCourier { name, start: row.spot()?, on_minute, off_minute })
        })
        .collect()
}

fn read_parameters(folder: &Path) -> Result<Parameters, DayError> {
    let file = folder.join(PARAMETERS.file);
    let table = Table::read(file.clone(), PARAMETERS.columns)?;
    let row = table.rows().next().ok_or(DayError::NoRows { file })?;
    let metres_per_minute = row.amount("meters_per_minute")?;
    if metres_per_minute < 1.0 {
        return Err(row.bad("meters_per_minute", "too slow", "write at least 1"));
    }
    Ok(Parameters {
        metres_per_minute,
        pickup_service_minutes: row.minute("pickup service minutes")?,
        dropoff_service_minutes: row.minute("dropoff service minutes")?,
        target_click_to_door_minutes: row.minute("target click-to-door")?,
        maximum_click_to_door_minutes: row.minute("maximum click-to-door")?,
        pay_per_order: row.amount("pay per order")?,
        guaranteed_pay_per_hour: row.amount("guaranteed pay per hour")?,
    })
}

/// The row's name, which no earlier row may carry.
fn fresh_name(
    row: &Row<'_>,
    column: &'static str,
    names: &mut BTreeSet<String>,
) -> Result<String, DayError> {
    let name = row.text(column)?.to_owned();
    if !names.insert(name.clone()) {
        return Err(row.bad(column, "named twice", "give every row a name of its own"));
    }
    Ok(name)
}

fn check_counts(folder: &Path, day: &Day) -> Result<(), DayError> {
    let file = folder.join(CHARACTERISTICS);
    if !file.exists() {
        return Ok(());
    }
    for (before, line) in read_text(&file)?.lines().enumerate() {
        let counts = [
            ("number of orders:", "orders", day.orders.len()),
            ("number of restaurants:", "restaurants", day.restaurants.len()),
            ("number of couriers:", "couriers", day.couriers.len()),
        ];
        for (prefix, what, counted) in counts {
            let said = line.strip_prefix(prefix).and_then(|rest| rest.trim().parse::<u64>().ok());
            let counted = counted as u64;
            if let Some(said) = said.filter(|said| *said != counted) {
                let (file, line) = (file.clone(), before + 1);
                return Err(DayError::Miscounted { file, line, what, said, counted });
            }
        }
    }
    Ok(())
}
