use proptest::prelude::*;

use super::*;
use crate::testing::{any_place, place};

fn square(west: f64, south: f64, side: f64) -> Vec<[f64; 2]> {
    let (east, north) = (west + side, south + side);
    vec![[west, south], [east, south], [east, north], [west, north], [west, south]]
}

#[test]
fn the_boundary_belongs_to_the_area_and_a_hole_does_not() {
    let area = ServiceArea::polygon(&[square(121.0, 31.0, 1.0), square(121.25, 31.25, 0.5)]);
    let area = area.unwrap();
    let cases = [
        ("inside", 31.1, 121.1, true),
        ("edge", 31.0, 121.5, true),
        ("corner", 32.0, 122.0, true),
        ("edge of the hole", 31.25, 121.5, true),
        ("corner of the hole", 31.75, 121.75, true),
        ("in the hole", 31.5, 121.5, false),
        ("outside", 30.999_999, 121.5, false),
    ];
    for (name, latitude, longitude, expect) in cases {
        assert_eq!(area.contains(place(latitude, longitude)), expect, "{name}");
    }
}

#[test]
fn a_radius_counts_the_metres_that_are_shown() {
    let center = place(31.0, 121.0);
    let door = place(31.02, 121.01);
    let shown = distance(center, door);
    let area = |radius| ServiceArea::Radius { center, radius: Meters(radius) };
    assert!(area(shown.0).contains(door));
    assert!(!area(shown.0 - 1).contains(door));
    assert!(area(0).contains(center));
}

#[test]
fn shapes_that_are_no_area_are_refused() {
    use AreaError::*;
    let bow = vec![[0.0, 0.0], [1.0, 1.0], [1.0, 0.0], [0.0, 1.1], [0.0, 0.0]];
    let mut open = square(0.0, 0.0, 1.0);
    open.pop();
    let check = |rings: &[Vec<[f64; 2]>]| Polygon::from_rings(rings).unwrap_err();
    assert_eq!(check(&[]), NoRing);
    assert_eq!(check(&[vec![[0.0, 0.0]; 3]]), TooFewPoints { ring: 0, points: 3 });
    assert_eq!(check(&[vec![[0.0, 0.0]; 2_001]]), TooManyPoints { points: 2_001 });
    assert_eq!(check(&[open]), NotClosed { ring: 0 });
    assert_eq!(check(&[vec![[0.0, 0.0]; 4]]), NoArea);
    assert!(matches!(check(&[square(0.0, 89.5, 1.0)]), NotOnEarth { ring: 0, .. }));
    assert!(matches!(check(&[square(f64::NAN, 0.0, 1.0)]), NotOnEarth { ring: 0, .. }));
    assert!(matches!(check(&[bow]), Misshapen(_)));
    assert!(matches!(check(&[square(0.0, 0.0, 1.0), square(0.5, 0.5, 1.0)]), Misshapen(_)));
    assert!(matches!(check(&[square(0.0, 0.0, 1.0), square(0.0, 0.0, 1.0)]), Misshapen(_)));
    assert!(matches!(check(&[square(0.0, 0.0, 1.0), square(5.0, 5.0, 1.0)]), Misshapen(_)));
    let across = vec![[179.0, 0.0], [-179.0, 0.0], [-179.0, 1.0], [179.0, 0.0]];
    assert_eq!(check(&[across]), CrossesAntimeridian { ring: 0 });
}

#[test]
fn a_place_on_the_antimeridian_is_found_under_both_its_names() {
    let fiji = ServiceArea::polygon(&[square(179.0, -18.0, 1.0)]).unwrap();
    assert!(fiji.contains(place(-17.5, 180.0)));
    assert!(fiji.contains(place(-17.5, -180.0)));
    assert!(!fiji.contains(place(-17.5, -179.999)));
}

#[test]
fn areas_are_written_as_geojson_and_checked_when_read() {
    let circle = ServiceArea::Radius { center: place(31.0, 121.0), radius: Meters(3_000) };
    let text = r#"{"type":"Radius","center":{"lat":31.0,"lon":121.0},"radius_m":3000}"#;
    assert_eq!(serde_json::to_string(&circle).unwrap(), text);
    assert_eq!(serde_json::from_str::<ServiceArea>(text).unwrap(), circle);

    let drawn = ServiceArea::polygon(&[square(1.0, 2.0, 1.0)]).unwrap();
    let text =
        r#"{"type":"Polygon","coordinates":[[[1.0,2.0],[2.0,2.0],[2.0,3.0],[1.0,3.0],[1.0,2.0]]]}"#;
    assert_eq!(serde_json::to_string(&drawn).unwrap(), text);
    assert_eq!(serde_json::from_str::<ServiceArea>(text).unwrap(), drawn);

    for refused in [
        r#"{"type":"Polygon","coordinates":[[[1.0,2.0],[2.0,2.0],[2.0,3.0]]]}"#,
        r#"{"type":"Polygon","coordinates":[],"color":"red"}"#,
        r#"{"type":"Radius","center":{"lat":91.0,"lon":121.0},"radius_m":3000}"#,
        r#"{"type":"Radius","center":{"lat":31.0,"lon":121.0},"radius_m":-1}"#,
        r#"{"type":"Radius","center":{"lat":31.0,"lon":121.0},"radius_m":1,"note":""}"#,
        r#"{"type":"Star"}"#,
    ] {
        assert!(serde_json::from_str::<ServiceArea>(refused).is_err(), "{refused}");
    }
}

proptest! {
    /// A ray of light instead of `geo`: the shape is a star around its middle, so a place is
    /// inside where it is nearer than the edge in its direction.
    #[test]
    fn a_star_contains_what_lies_within_its_arms(
        arms in proptest::collection::vec(0.1..1.0_f64, 3..40),
        turn in 0.0..1.0_f64,
        part in 0.01..2.0_f64,
    ) {
        let middle = [113.0, 22.0];
        let step = std::f64::consts::TAU / arms.len() as f64;
        let tip = |index: usize| {
            let (sine, cosine) = (step * index as f64).sin_cos();
            let arm = arms[index % arms.len()];
            [arm * cosine, arm * sine]
        };
        let mut ring: Vec<_> =
            (0..arms.len()).map(|i| [middle[0] + tip(i)[0], middle[1] + tip(i)[1]]).collect();
        ring.push(ring[0]);
        let star = Polygon::from_rings(&[ring]).unwrap();

        let sector = (turn * arms.len() as f64) as usize;
        let within = turn * arms.len() as f64 - sector as f64;
        let (from, to) = (tip(sector), tip(sector + 1));
        let edge = [from[0] + (to[0] - from[0]) * within, from[1] + (to[1] - from[1]) * within];
        prop_assume!((part - 1.0).abs() > 1e-6);
        let asked = place(middle[1] + edge[1] * part, middle[0] + edge[0] * part);
        prop_assert_eq!(star.contains(asked), part < 1.0);
    }

    #[test]
    fn the_frames_of_a_circle_hold_all_of_it(
        center in any_place(),
        near in any_place(),
        radius in prop_oneof![0..100_000_u32, any::<u32>()],
    ) {
        let area = ServiceArea::Radius { center, radius: Meters(radius) };
        prop_assume!(area.contains(near));
        let is_held = area.frames().iter().any(|frame| {
            (frame.west..=frame.east).contains(&near.longitude())
                && (frame.south..=frame.north).contains(&near.latitude())
        });
        prop_assert!(is_held);
    }
}
