//! Writing a day into a folder.

use std::fmt::Write as _;
use std::path::Path;

use super::{Day, DayError, Parameters};

/// A table's file and its columns, in the order they are written.
pub(super) struct Sheet {
    pub(super) file: &'static str,
    pub(super) columns: &'static [&'static str],
}

pub(super) const RESTAURANTS: Sheet =
    Sheet { file: "restaurants.txt", columns: &["restaurant", "x", "y"] };
pub(super) const ORDERS: Sheet = Sheet {
    file: "orders.txt",
    columns: &["order", "x", "y", "placement_time", "restaurant", "ready_time"],
};
pub(super) const COURIERS: Sheet =
    Sheet { file: "couriers.txt", columns: &["courier", "x", "y", "on_time", "off_time"] };
pub(super) const PARAMETERS: Sheet = Sheet {
    file: "instance_parameters.txt",
    columns: &[
        "meters_per_minute",
        "pickup service minutes",
        "dropoff service minutes",
        "target click-to-door",
        "maximum click-to-door",
        "pay per order",
        "guaranteed pay per hour",
    ],
};
pub(super) const CHARACTERISTICS: &str = "instance_characteristics.txt";

impl Day {
    /// Writes the five files, making the folder where it is missing. An order without a restaurant
    /// of the day is left out: the format cannot say it.
    pub fn write(&self, folder: &Path) -> Result<(), DayError> {
        std::fs::create_dir_all(folder)
            .map_err(|source| DayError::Unwritable { file: folder.to_owned(), source })?;
        let restaurants = self
            .restaurants
            .iter()
            .map(|place| format!("{}\t{}\t{}", place.name, place.at.x, place.at.y));
        write_sheet(folder, &RESTAURANTS, restaurants)?;
        let orders = self.orders.iter().filter_map(|order| {
            let restaurant = &self.restaurant(order)?.name;
            let (door, placed, ready) = (order.door, order.placed_minute, order.ready_minute);
            Some(format!("{}\t{}\t{}\t{placed}\t{restaurant}\t{ready}", order.name, door.x, door.y))
        });
        write_sheet(folder, &ORDERS, orders)?;
        let couriers = self.couriers.iter().map(|courier| {
            let (start, on, off) = (courier.start, courier.on_minute, courier.off_minute);
            format!("{}\t{}\t{}\t{on}\t{off}", courier.name, start.x, start.y)
        });
        write_sheet(folder, &COURIERS, couriers)?;
        write_sheet(folder, &PARAMETERS, std::iter::once(self.parameters.line()))?;
        write_file(folder, CHARACTERISTICS, &self.characteristics())
    }

    /// A summary for people.
    fn characteristics(&self) -> String {
        let mut distances: Vec<f64> = self
            .orders
            .iter()
            .filter_map(|order| Some(self.restaurant(order)?.at.distance(order.door)))
            .collect();
        distances.sort_by(f64::total_cmp);
        let at = |share: f64| {
            let position = (share * distances.len().saturating_sub(1) as f64).round() as usize;
            distances.get(position).copied().unwrap_or_default()
        };
        let mut text = String::new();
        // Writing to a String cannot fail.
        let _ = write!(
            text,
            "number of orders: {}\nnumber of restaurants: {}\nnumber of couriers: {}\n\
             total courier hours: {:.2}\n\n      meters from restaurant to delivery location\n\
             min {:>12.2}\n10% {:>12.2}\n50% {:>12.2}\n90% {:>12.2}\nmax {:>12.2}\n",
            self.orders.len(),
            self.restaurants.len(),
            self.couriers.len(),
            self.courier_hours(),
            at(0.0),
            at(0.1),
            at(0.5),
            at(0.9),
            at(1.0),
        );
        text
    }
}

impl Parameters {
    fn line(&self) -> String {
        format!(
            "{}\t{}\t{}\t{}\t{}\t{}\t{}",
            self.metres_per_minute,
            self.pickup_service_minutes,
            self.dropoff_service_minutes,
            self.target_click_to_door_minutes,
            self.maximum_click_to_door_minutes,
            self.pay_per_order,
            self.guaranteed_pay_per_hour
        )
    }
}

fn write_sheet(
    folder: &Path,
    sheet: &Sheet,
    rows: impl Iterator<Item = String>,
) -> Result<(), DayError> {
    let mut text = sheet.columns.join("\t");
    for row in rows {
        text.push('\n');
        text.push_str(&row);
    }
    text.push('\n');
    write_file(folder, sheet.file, &text)
}

fn write_file(folder: &Path, name: &str, text: &str) -> Result<(), DayError> {
    let file = folder.join(name);
    std::fs::write(&file, text).map_err(|source| DayError::Unwritable { file, source })
}
