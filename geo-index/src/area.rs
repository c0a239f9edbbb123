//! Where a store delivers: a circle around it or a shape drawn on the map.

use geo::{Area, Coord, Intersects, LineString, Validation};
use serde::{Deserialize, Serialize};
use vocabulary::{Meters, Place, PlaceError};

use crate::distance::{EARTH_RADIUS, distance};

/// The places a store serves. The boundary belongs to the area, the boundary of a hole too.
///
/// Written as `{"type": "Radius", "center": {"lat": .., "lon": ..}, "radius_m": 3000}` or as a
/// GeoJSON geometry `{"type": "Polygon", "coordinates": [[[lon, lat], ..], ..]}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", deny_unknown_fields)]
pub enum ServiceArea {
    /// Everywhere at most `radius` from `center`, in whole metres as [`distance`] gives them, so
    /// a door shown as 3,000 m away is inside a radius of 3,000 m.
    Radius {
        center: Place,
        #[serde(rename = "radius_m")]
        radius: Meters,
    },
    Polygon(Polygon),
}

/// A simple shape with holes. Its edges are straight lines of longitude and latitude, as in
/// GeoJSON; it never crosses the antimeridian.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Rings", into = "Rings")]
pub struct Polygon(geo::Polygon<f64>);

/// Why a drawn shape is no service area. Ring 0 is the outer one, the others are holes.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum AreaError {
    #[error("a polygon needs an outer ring")]
    NoRing,
    #[error("ring {ring} has {points} points, a closed ring needs at least 4")]
    TooFewPoints { ring: usize, points: usize },
    #[error("the polygon has {points} points, at most {max} are taken", max = Polygon::MAX_POINTS)]
    TooManyPoints { points: usize },
    #[error("ring {ring} is not closed: its last point must be its first")]
    NotClosed { ring: usize },
    #[error("ring {ring} has a point that is not on the earth")]
    NotOnEarth {
        ring: usize,
        #[source]
        source: PlaceError,
    },
    /// Split the area in two at the antimeridian, or give a radius.
    #[error("ring {ring} spans more than 180 degrees of longitude")]
    CrossesAntimeridian { ring: usize },
    #[error("the polygon has no area")]
    NoArea,
    #[error("the polygon crosses itself or its holes do not fit: {0}")]
    Misshapen(String),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rings {
    coordinates: Vec<Vec<[f64; 2]>>,
}

impl ServiceArea {
    pub fn polygon(rings: &[Vec<[f64; 2]>]) -> Result<Self, AreaError> {
        Polygon::from_rings(rings).map(Self::Polygon)
    }

    pub fn contains(&self, place: Place) -> bool {
        match self {
            Self::Radius { center, radius } => distance(*center, place) <= *radius,
            Self::Polygon(polygon) => polygon.contains(place),
        }
    }

    /// Frames that hold the area together: two for a circle on the antimeridian, otherwise one.
    pub(crate) fn frames(&self) -> Vec<Frame> {
        match self {
            Self::Radius { center, radius } => frames_of_circle(*center, *radius),
            Self::Polygon(polygon) => vec![polygon.frame()],
        }
    }
}

impl Polygon {
    /// Checking that no edge crosses another takes time with the square of the points.
    pub const MAX_POINTS: usize = 2_000;

    /// Rings of `[longitude, latitude]` in degrees, the outer one first, each closed.
    pub fn from_rings(rings: &[Vec<[f64; 2]>]) -> Result<Self, AreaError> {
        let points = rings.iter().map(Vec::len).sum();
        if points > Self::MAX_POINTS {
            return Err(AreaError::TooManyPoints { points });
        }
        let checked = rings.iter().enumerate().map(|(ring, points)| checked_ring(ring, points));
        let mut checked = checked.collect::<Result<Vec<_>, _>>()?.into_iter();
        let outer = checked.next().ok_or(AreaError::NoRing)?;
        let shape = geo::Polygon::new(outer, Vec::new());
        if shape.unsigned_area() <= 0.0 {
            return Err(AreaError::NoArea);
        }
        let (outer, _) = shape.into_inner();
        let polygon = geo::Polygon::new(outer, checked.collect());
        polygon.check_validation().map_err(|problem| AreaError::Misshapen(problem.to_string()))?;
        Ok(Self(polygon))
    }

    /// Rings of `[longitude, latitude]` in degrees, the outer one first, each closed.
    pub fn rings(&self) -> Vec<Vec<[f64; 2]>> {
        let pairs = |ring: &LineString| ring.coords().map(|point| [point.x, point.y]).collect();
        std::iter::once(self.0.exterior()).chain(self.0.interiors()).map(pairs).collect()
    }

    pub fn contains(&self, place: Place) -> bool {
        longitudes_of(place)
            .any(|longitude| self.0.intersects(&Coord { x: longitude, y: place.latitude() }))
    }

    fn frame(&self) -> Frame {
        let mut frame = Frame { west: 180.0, south: 90.0, east: -180.0, north: -90.0 };
        for point in self.0.exterior().coords() {
            frame.west = frame.west.min(point.x);
            frame.east = frame.east.max(point.x);
            frame.south = frame.south.min(point.y);
            frame.north = frame.north.max(point.y);
        }
        frame
    }
}

impl TryFrom<Rings> for Polygon {
    type Error = AreaError;
    fn try_from(rings: Rings) -> Result<Self, AreaError> {
        Self::from_rings(&rings.coordinates)
    }
}

impl From<Polygon> for Rings {
    fn from(polygon: Polygon) -> Self {
        Self { coordinates: polygon.rings() }
    }
}

fn checked_ring(ring: usize, points: &[[f64; 2]]) -> Result<LineString, AreaError> {
    if points.len() < 4 {
        return Err(AreaError::TooFewPoints { ring, points: points.len() });
    }
    for &[longitude, latitude] in points {
        Place::new(latitude, longitude).map_err(|source| AreaError::NotOnEarth { ring, source })?;
    }
    if points.first() != points.last() {
        return Err(AreaError::NotClosed { ring });
    }
    let longitudes = || points.iter().map(|&[longitude, _]| longitude);
    if longitudes().fold(f64::MIN, f64::max) - longitudes().fold(f64::MAX, f64::min) > 180.0 {
        return Err(AreaError::CrossesAntimeridian { ring });
    }
    Ok(points.iter().map(|&[x, y]| Coord { x, y }).collect())
}

/// The antimeridian has two names: a place on it may be drawn under either.
pub(crate) fn longitudes_of(place: Place) -> impl Iterator<Item = f64> {
    let longitude = place.longitude();
    std::iter::once(longitude).chain((longitude.abs() == 180.0).then_some(-longitude))
}

/// A box of degrees, its edges included.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Frame {
    pub(crate) west: f64,
    pub(crate) south: f64,
    pub(crate) east: f64,
    pub(crate) north: f64,
}

fn frames_of_circle(center: Place, radius: Meters) -> Vec<Frame> {
    // A metre more than asked, as the radius counts rounded distances.
    let reach = (f64::from(radius.0) + 1.0) / EARTH_RADIUS;
    let (latitude, longitude) = (center.latitude(), center.longitude());
    let south = (latitude - reach.to_degrees()).max(-90.0);
    let north = (latitude + reach.to_degrees()).min(90.0);
    if south <= -90.0 || north >= 90.0 {
        return vec![Frame { west: -180.0, south, east: 180.0, north }];
    }
    let widest = (reach.sin() / latitude.to_radians().cos()).min(1.0).asin().to_degrees();
    let (west, east) = (longitude - widest, longitude + widest);
    let frame = |west: f64, east: f64| Frame { west, south, east, north };
    if west < -180.0 {
        vec![frame(-180.0, east), frame(west + 360.0, 180.0)]
    } else if east > 180.0 {
        vec![frame(west, 180.0), frame(-180.0, east - 360.0)]
    } else {
        vec![frame(west, east)]
    }
}

#[cfg(test)]
mod tests;
