//! Points on the earth and the two shifted systems of Chinese maps.

use serde::{Deserialize, Serialize};

/// A point in WGS-84, in degrees. What we store; other systems are converted at the door.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "Degrees", into = "Degrees")]
pub struct Place {
    latitude: f64,
    longitude: f64,
}

/// Which datum a pair of degrees was measured in.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum CoordinateSystem {
    #[default]
    Wgs84,
    /// AMap, Tencent, Apple and Google in mainland China, WeChat.
    Gcj02,
    /// Baidu.
    Bd09,
}

/// A pair of degrees that is no point on the earth.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum PlaceError {
    #[error("latitude must be between -90 and 90 degrees, not {0}")]
    Latitude(f64),
    #[error("longitude must be between -180 and 180 degrees, not {0}")]
    Longitude(f64),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Degrees {
    lat: f64,
    lon: f64,
}

impl Place {
    pub fn new(latitude: f64, longitude: f64) -> Result<Self, PlaceError> {
        if !(-90.0..=90.0).contains(&latitude) {
            return Err(PlaceError::Latitude(latitude));
        }
        if !(-180.0..=180.0).contains(&longitude) {
            return Err(PlaceError::Longitude(longitude));
        }
        Ok(Self { latitude, longitude })
    }

    /// The place that computed degrees stand for: longitude goes round the earth, latitude stops at
    /// the poles, and what is no number is 0. For input use [`Place::new`], which refuses.
    pub fn wrapped(latitude: f64, longitude: f64) -> Self {
        let number = |degrees: f64| if degrees.is_finite() { degrees } else { 0.0 };
        let (latitude, longitude) = (number(latitude).clamp(-90.0, 90.0), number(longitude));
        if (-180.0..=180.0).contains(&longitude) {
            return Self { latitude, longitude };
        }
        Self { latitude, longitude: (longitude + 180.0).rem_euclid(360.0) - 180.0 }
    }

    /// The place that a pair of degrees measured in `system` stands for.
    pub fn from_system(
        system: CoordinateSystem,
        latitude: f64,
        longitude: f64,
    ) -> Result<Self, PlaceError> {
        let given = Self::new(latitude, longitude)?;
        Ok(match system {
            CoordinateSystem::Wgs84 => given,
            CoordinateSystem::Gcj02 => gcj02_to_wgs84(given),
            CoordinateSystem::Bd09 => gcj02_to_wgs84(bd09_to_gcj02(given)),
        })
    }

    /// Latitude and longitude of this place in `system`, for a map or an app that speaks it.
    pub fn in_system(self, system: CoordinateSystem) -> (f64, f64) {
        let shown = match system {
            CoordinateSystem::Wgs84 => self,
            CoordinateSystem::Gcj02 => wgs84_to_gcj02(self),
            CoordinateSystem::Bd09 => gcj02_to_bd09(wgs84_to_gcj02(self)),
        };
        (shown.latitude, shown.longitude)
    }

    /// About where it is: the nearest crossing of a grid of 0.005 degrees, some 550 metres from north to
    /// south and, in China, 400 to 520 from west to east.
    pub fn roughly(self) -> Self {
        let near = |degrees: f64| (degrees * 200.0).round() / 200.0;
        Self { latitude: near(self.latitude), longitude: near(self.longitude) }
    }

    pub fn latitude(self) -> f64 {
        self.latitude
    }

    pub fn longitude(self) -> f64 {
        self.longitude
    }
}

impl TryFrom<Degrees> for Place {
    type Error = PlaceError;
    fn try_from(degrees: Degrees) -> Result<Self, PlaceError> {
        Self::new(degrees.lat, degrees.lon)
    }
}

impl From<Place> for Degrees {
    fn from(place: Place) -> Self {
        Self { lat: place.latitude, lon: place.longitude }
    }
}

/// WGS-84 to GCJ-02. Outside mainland China the systems are the same.
pub fn wgs84_to_gcj02(place: Place) -> Place {
    if in_mainland_china(place) { shifted_to_gcj02(place) } else { place }
}

/// GCJ-02 to WGS-84, to within a millimetre.
///
/// Two points within a shift (some 600 m) of the edge of mainland China can share one GCJ-02
/// pair; the one inside is meant.
pub fn gcj02_to_wgs84(place: Place) -> Place {
    mainland_source(place).unwrap_or(place)
}

/// GCJ-02 to BD-09. Outside mainland China the systems are the same.
pub fn gcj02_to_bd09(place: Place) -> Place {
    if mainland_source(place).is_some() { shifted_to_bd09(place) } else { place }
}

/// BD-09 to GCJ-02, to within a millimetre.
pub fn bd09_to_gcj02(place: Place) -> Place {
    let source = undo(shifted_to_bd09, place);
    if mainland_source(source).is_some() { source } else { place }
}

/// The WGS-84 point in mainland China that a GCJ-02 pair stands for, if there is one.
///
/// The gate asks about the answer, not the question: a GCJ-02 pair may lie across the border
/// from the place it stands for.
fn mainland_source(gcj02: Place) -> Option<Place> {
    let source = undo(shifted_to_gcj02, gcj02);
    in_mainland_china(source).then_some(source)
}

/// South, north, west and east edges in degrees.
struct Frame(f64, f64, f64, f64);

impl Frame {
    fn contains(&self, place: Place) -> bool {
        (self.0..=self.1).contains(&place.latitude) && (self.2..=self.3).contains(&place.longitude)
    }
}

/// Everything the two systems may shift. A frame, not a border: it takes in parts of the
/// neighbours, as the common converters do.
const SHIFTED: Frame = Frame(3.8, 53.6, 73.4, 135.1);

/// Taiwan, Penghu, Kinmen and Matsu, each framed just tightly enough to leave out Fujian's coast.
const UNSHIFTED: [Frame; 5] = [
    Frame(21.7, 25.35, 119.95, 122.2),
    Frame(23.1, 23.9, 119.2, 119.95),
    Frame(24.37, 24.535, 118.2, 118.5),
    Frame(25.93, 26.29, 119.905, 120.55),
    Frame(26.29, 26.42, 120.4, 120.55),
];

/// Longitude and latitude around Hong Kong, coarse at sea. Shenzhen begins across a river, too
/// near for a frame.
const HONG_KONG: [(f64, f64); 14] = [
    (113.82, 22.13),
    (113.82, 22.40),
    (113.90, 22.44),
    (113.96, 22.485),
    (114.03, 22.505),
    (114.08, 22.518),
    (114.113, 22.531),
    (114.13, 22.54),
    (114.155, 22.557),
    (114.18, 22.556),
    (114.227, 22.547),
    (114.30, 22.56),
    (114.52, 22.44),
    (114.52, 22.13),
];

/// Longitude and latitude around Macau; Zhuhai lies to the north and the west.
const MACAU: [(f64, f64); 8] = [
    (113.53, 22.185),
    (113.53, 22.205),
    (113.541, 22.215),
    (113.557, 22.216),
    (113.61, 22.19),
    (113.61, 22.10),
    (113.552, 22.10),
    (113.545, 22.16),
];

fn in_mainland_china(place: Place) -> bool {
    SHIFTED.contains(place)
        && !UNSHIFTED.iter().any(|frame| frame.contains(place))
        && !encloses(&HONG_KONG, place)
        && !encloses(&MACAU, place)
}

/// Whether a ray to the east leaves the ring an odd number of times.
fn encloses(ring: &[(f64, f64)], place: Place) -> bool {
    let next = ring.iter().cycle().skip(1);
    ring.iter().zip(next).fold(false, |inside, (&(x1, y1), &(x2, y2))| {
        let crosses = (y1 > place.latitude) != (y2 > place.latitude)
            && place.longitude < (x2 - x1) * (place.latitude - y1) / (y2 - y1) + x1;
        inside != crosses
    })
}

/// The Krasovsky 1940 ellipsoid of the shift: half the longer axis in metres, and its
/// eccentricity squared.
const KRASOVSKY_RADIUS: f64 = 6_378_245.0;
const KRASOVSKY_ECCENTRICITY: f64 = 0.006_693_421_622_965_943;

/// The published approximation of the GCJ-02 shift, with no question whether it applies.
fn shifted_to_gcj02(place: Place) -> Place {
    let (x, y) = (place.longitude - 105.0, place.latitude - 35.0);
    let (north, east) = gcj02_shift(x, y);
    let (sine, cosine) = place.latitude.to_radians().sin_cos();
    let flattening = 1.0 - KRASOVSKY_ECCENTRICITY * sine * sine;
    let meridian =
        KRASOVSKY_RADIUS * (1.0 - KRASOVSKY_ECCENTRICITY) / (flattening * flattening.sqrt());
    let parallel = KRASOVSKY_RADIUS / flattening.sqrt() * cosine;
    Place {
        latitude: place.latitude + (north / meridian).to_degrees(),
        longitude: place.longitude + (east / parallel).to_degrees(),
    }
}

/// Metres to the north and to the east, at degrees east of 105° E and north of 35° N.
fn gcj02_shift(x: f64, y: f64) -> (f64, f64) {
    use std::f64::consts::PI;
    let wave = |height: f64, turns: f64| height * (turns * PI).sin() * 2.0 / 3.0;
    let root = x.abs().sqrt();
    let shared = wave(20.0, 6.0 * x) + wave(20.0, 2.0 * x);
    let north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root;
    let east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root;
    let north_waves =
        wave(20.0, y) + wave(40.0, y / 3.0) + wave(160.0, y / 12.0) + wave(320.0, y / 30.0);
    let east_waves =
        wave(20.0, x) + wave(40.0, x / 3.0) + wave(150.0, x / 12.0) + wave(300.0, x / 30.0);
    (north + shared + north_waves, east + shared + east_waves)
}

/// The published form of BD-09: polar degrees around 0° N 0° E, rippled and moved.
fn shifted_to_bd09(place: Place) -> Place {
    let ripple = std::f64::consts::PI * 3_000.0 / 180.0;
    let radius = place.longitude.hypot(place.latitude) + 2e-5 * (place.latitude * ripple).sin();
    let angle = place.latitude.atan2(place.longitude) + 3e-6 * (place.longitude * ripple).cos();
    Place { latitude: radius * angle.sin() + 0.006, longitude: radius * angle.cos() + 0.0065 }
}

/// The point that `shift` moves to `target`, by fixed-point steps. The shifts change by less than
/// a hundredth of a degree per degree, so each step wins two digits or more.
fn undo(shift: fn(Place) -> Place, target: Place) -> Place {
    (0..5).fold(target, |guess, _| {
        let reached = shift(guess);
        Place {
            latitude: guess.latitude + target.latitude - reached.latitude,
            longitude: guess.longitude + target.longitude - reached.longitude,
        }
    })
}

#[cfg(test)]
mod tests;
