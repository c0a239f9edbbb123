//! Points on the earth as they come in and go out.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vocabulary::{CoordinateSystem, Place};

use super::fault::Fault;

/// A point; `coord` says which datum it was measured in and is `wgs84` when absent.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Point {
    /// Degrees north, -90 to 90.
    pub lat: f64,
    /// Degrees east, -180 to 180.
    pub lon: f64,
    #[serde(default, skip_serializing_if = "is_default")]
    #[schema(value_type = Datum)]
    pub coord: CoordinateSystem,
}

/// A geodetic system.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[allow(dead_code)]
pub enum Datum {
    Wgs84,
    /// AMap, Tencent, Apple and Google in mainland China.
    Gcj02,
    /// Baidu.
    Bd09,
}

fn is_default(coord: &CoordinateSystem) -> bool {
    *coord == CoordinateSystem::Wgs84
}

impl Point {
    /// The place it stands for, or the field that is off the earth.
    pub fn place(&self, field: &str) -> Result<Place, Fault> {
        Place::from_system(self.coord, self.lat, self.lon).map_err(|error| {
            let axis = match error {
                vocabulary::PlaceError::Latitude(_) => "lat",
                vocabulary::PlaceError::Longitude(_) => "lon",
            };
            Fault::invalid(format!("{field}.{axis}"), error.to_string())
        })
    }
}

impl From<Place> for Point {
    fn from(place: Place) -> Self {
        Self { lat: place.latitude(), lon: place.longitude(), coord: CoordinateSystem::Wgs84 }
    }
}

/// `lat,lon` of a query parameter, in WGS-84.
pub fn near(text: &str) -> Result<Place, Fault> {
    let wrong =
        || Fault::invalid("near", "near must be two numbers of degrees, such as 30.6,114.3");
    let (latitude, longitude) = text.split_once(',').ok_or_else(wrong)?;
    let number = |text: &str| text.trim().parse::<f64>().map_err(|_| wrong());
    Place::new(number(latitude)?, number(longitude)?)
        .map_err(|error| Fault::invalid("near", error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_off_the_earth_names_its_axis() {
        let point = Point { lat: 91.0, lon: 0.0, coord: CoordinateSystem::Wgs84 };
        let fault = point.place("destination").unwrap_err();
        assert_eq!(fault.field.as_deref(), Some("destination.lat"));
        let nowhere = Point { lat: 0.0, lon: f64::NAN, coord: CoordinateSystem::Wgs84 };
        assert!(nowhere.place("place").is_err());
    }

    #[test]
    fn points_of_chinese_maps_are_converted() {
        let point = Point { lat: 31.2, lon: 121.4, coord: CoordinateSystem::Gcj02 };
        let place = point.place("place").unwrap();
        assert!((place.latitude() - 31.2).abs() > 0.0005, "the shift is some hundred metres");
    }

    #[test]
    fn near_is_two_numbers() {
        assert!(near("30.6, 114.3").is_ok());
        for bad in ["", "30.6", "a,b", "300,1", "nan,0"] {
            assert!(near(bad).is_err(), "{bad}");
        }
    }
}
