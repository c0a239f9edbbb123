//! Streets for maps: the main ones of the whole file at once, and all of them in square tiles.

use std::collections::{BTreeMap, BTreeSet};
use std::f64::consts::PI;

use vocabulary::Place;

use super::map::{RoadClass, RoadMap};
use crate::projection::Projection;

/// Bends that stand out less than this are left out of tiles.
const FINE_METRES: f64 = 2.0;
/// The same for the overview.
const COARSE_METRES: f64 = 20.0;
/// So many points a browser takes at once without a pause that is felt.
const OVERVIEW_POINTS: usize = 60_000;

/// Of a tile's side.
const NEAR: f64 = 1e-6;

/// A line as it is drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct DrawnLine<'map> {
    pub class: RoadClass,
    /// Empty where it has none.
    pub name: &'map str,
    /// At least two.
    pub points: Vec<Place>,
}

/// A square of Web Mercator: at zoom `z` the earth is `2^z` of them wide and high, counted from the
/// north-west.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tile {
    pub x: u32,
    pub y: u32,
}

/// The main streets of the whole map: as many classes, the greatest first, as a browser takes at
/// once.
pub fn overview(map: &RoadMap) -> Vec<DrawnLine<'_>> {
    let classes = [RoadClass::Secondary, RoadClass::Primary, RoadClass::Trunk, RoadClass::Motorway];
    let mut lines: Vec<DrawnLine<'_>> = Vec::new();
    for least in classes {
        lines = simplified(map, COARSE_METRES).filter(|line| line.class <= least).collect();
        if lines.iter().map(|line| line.points.len()).sum::<usize>() <= OVERVIEW_POINTS {
            break;
        }
    }
    lines
}

/// Every street, cut at the borders of the tiles of this zoom.
pub fn tiles(map: &RoadMap, zoom: u8) -> BTreeMap<Tile, Vec<DrawnLine<'_>>> {
    let mut tiles: BTreeMap<Tile, Vec<DrawnLine<'_>>> = BTreeMap::new();
    let side = f64::from(1_u32 << zoom.min(20));
    for line in simplified(map, FINE_METRES) {
        let points: Vec<[f64; 2]> =
            line.points.iter().map(|&place| mercator(place).map(|unit| unit * side)).collect();
        for tile in crossed(&points) {
            let cut = clipped(&points, tile).into_iter().map(|points| DrawnLine {
                points: points.iter().map(|point| unmercator(point.map(|at| at / side))).collect(),
                ..line.clone()
            });
            let cut: Vec<_> = cut.collect();
            if !cut.is_empty() {
                tiles.entry(tile).or_default().extend(cut);
            }
        }
    }
    tiles
}

fn simplified(map: &RoadMap, metres: f64) -> impl Iterator<Item = DrawnLine<'_>> {
    map.ways.iter().filter_map(move |way| {
        let line: Vec<_> = map.line(way).collect();
        let points = without_small_bends(&line, metres);
        (points.len() >= 2).then_some(DrawnLine { class: way.class, name: &way.name, points })
    })
}

/// Keeps both ends and every bend that stands out from the line without it (Ramer, Douglas and
/// Peucker).
fn without_small_bends(line: &[Place], metres: f64) -> Vec<Place> {
    let Some(&first) = line.first() else { return Vec::new() };
    let projection = Projection::new(first);
    let points: Vec<_> = line.iter().map(|&place| projection.to_xy(place)).collect();
    let last = points.len() - 1;
    let mut kept = vec![false; points.len()];
    for end in [0, last] {
        if let Some(keep) = kept.get_mut(end) {
            *keep = true;
        }
    }
    let mut open = vec![(0, last)];
    while let Some((from, to)) = open.pop() {
        let (Some(&a), Some(&b)) = (points.get(from), points.get(to)) else { continue };
        let between = points.iter().enumerate().take(to).skip(from + 1);
        let away = between.map(|(index, &point)| (index, away_from(a, b, point)));
        let Some((index, most)) = away.max_by(|one, other| one.1.total_cmp(&other.1)) else {
            continue;
        };
        if most > metres {
            if let Some(keep) = kept.get_mut(index) {
                *keep = true;
            }
            open.extend([(from, index), (index, to)]);
        }
    }
    line.iter().zip(kept).filter_map(|(&place, keep)| keep.then_some(place)).collect()
}

/// From the stretch between two points.
fn away_from((ax, ay): (f64, f64), (bx, by): (f64, f64), (px, py): (f64, f64)) -> f64 {
    let (dx, dy) = (bx - ax, by - ay);
    let square = dx * dx + dy * dy;
    let part = if square > 0.0 { ((px - ax) * dx + (py - ay) * dy) / square } else { 0.0 };
    let part = part.clamp(0.0, 1.0);
    (px - ax - part * dx).hypot(py - ay - part * dy)
}

/// From 0 to 1, east and south.
fn mercator(place: Place) -> [f64; 2] {
    // Where the square of the projection ends.
    let latitude = place.latitude().clamp(-85.051_128, 85.051_128).to_radians();
    [(place.longitude() + 180.0) / 360.0, (1.0 - latitude.tan().asinh() / PI) / 2.0]
}

fn unmercator([x, y]: [f64; 2]) -> Place {
    let latitude = ((1.0 - 2.0 * y) * PI).sinh().atan().to_degrees();
    Place::wrapped(latitude, x * 360.0 - 180.0)
}

/// The tiles that a line may touch, column by column: the frame around a road across a province
/// holds thousands that it never comes near.
fn crossed(points: &[[f64; 2]]) -> BTreeSet<Tile> {
    let number = |at: f64| at.floor().max(0.0) as u32;
    let mut tiles = BTreeSet::new();
    for (&one, &other) in points.iter().zip(points.iter().skip(1)) {
        let ([ax, ay], [bx, by]) = if one[0] <= other[0] { (one, other) } else { (other, one) };
        for x in number(ax)..=number(bx) {
            let ends = [f64::from(x).max(ax), f64::from(x + 1).min(bx)];
            let rows = match bx - ax {
                0.0 => [ay, by],
                width => ends.map(|at| ay + (at - ax) / width * (by - ay)),
            };
            // A tile more where the line comes so near to its border that rounding decides.
            let (top, bottom) = (rows[0].min(rows[1]) - NEAR, rows[0].max(rows[1]) + NEAR);
            tiles.extend((number(top)..=number(bottom)).map(|y| Tile { x, y }));
        }
    }
    tiles
}

/// The parts of a line that lie in a tile.
fn clipped(points: &[[f64; 2]], tile: Tile) -> Vec<Vec<[f64; 2]>> {
    let mut parts: Vec<Vec<[f64; 2]>> = Vec::new();
    let mut goes_on = false;
    for (&a, &b) in points.iter().zip(points.iter().skip(1)) {
        let Some((enters, leaves)) = inside(a, b, tile) else {
            goes_on = false;
            continue;
        };
        let on = |part: f64| [a[0] + part * (b[0] - a[0]), a[1] + part * (b[1] - a[1])];
        match parts.last_mut() {
            Some(part) if goes_on && enters == 0.0 => part.push(on(leaves)),
            Some(_) | None => parts.push(vec![on(enters), on(leaves)]),
        }
        goes_on = leaves == 1.0;
    }
    parts
}

/// Between which parts of a stretch it lies in a tile (Liang and Barsky).
fn inside(a: [f64; 2], b: [f64; 2], tile: Tile) -> Option<(f64, f64)> {
    let (left, top) = (f64::from(tile.x), f64::from(tile.y));
    let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
    let (mut enters, mut leaves) = (0.0_f64, 1.0_f64);
    // What runs along a border belongs to the tile east or south of it alone.
    let runs_outside = |along: f64, at: f64| along == 0.0 && !(0.0..1.0).contains(&at);
    if runs_outside(dx, a[0] - left) || runs_outside(dy, a[1] - top) {
        return None;
    }
    for (along, room) in
        [(-dx, a[0] - left), (dx, left + 1.0 - a[0]), (-dy, a[1] - top), (dy, top + 1.0 - a[1])]
    {
        if along == 0.0 {
            continue;
        }
        if along < 0.0 {
            enters = enters.max(room / along);
        } else {
            leaves = leaves.min(room / along);
        }
    }
    (enters < leaves).then_some((enters, leaves))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::distance::distance;
    use crate::testing::place;

    #[test]
    fn small_bends_go_and_ends_stay() {
        let line = [
            place(31.0, 121.0),
            place(31.000_01, 121.001),
            place(31.0, 121.002),
            place(31.001, 121.002),
        ];
        assert_eq!(without_small_bends(&line, 2.0), [line[0], line[2], line[3]]);
        assert_eq!(without_small_bends(&line, 0.5), line);
        assert_eq!(without_small_bends(&line[..1], 2.0).len(), 1);
        let round = [line[0], line[2], line[0]];
        assert_eq!(without_small_bends(&round, 2.0), round);
    }

    #[test]
    fn a_line_is_cut_where_it_crosses_a_tile() {
        let inner = Tile { x: 1, y: 1 };
        let line = [[0.5, 1.5], [2.5, 1.5], [2.5, 1.2], [1.5, 1.2]];
        let parts = clipped(&line, inner);
        assert_eq!(parts, [[[1.0, 1.5], [2.0, 1.5]], [[2.0, 1.2], [1.5, 1.2]]]);
        assert!(clipped(&line, Tile { x: 1, y: 0 }).is_empty());
        assert_eq!(crossed(&line).len(), 3);
    }

    #[test]
    fn a_long_road_lies_in_the_tiles_along_it() {
        let slope: Vec<_> = (0..100).map(|step| [f64::from(step), f64::from(step) * 0.7]).collect();
        let tiles = crossed(&slope);
        assert!(tiles.len() < 300, "{}", tiles.len());
        let frame = (0..100).flat_map(|x| (0..100).map(move |y| Tile { x, y }));
        let touched: BTreeSet<_> =
            frame.filter(|&tile| !clipped(&slope, tile).is_empty()).collect();
        assert!(touched.is_subset(&tiles), "{:?}", touched.difference(&tiles));
    }

    #[test]
    fn there_and_back_is_the_same_place() {
        for known in [place(22.5, 114.0), place(-33.9, 18.4), place(0.0, -180.0)] {
            let [x, y] = mercator(known);
            assert!((0.0..=1.0).contains(&x) && (0.0..=1.0).contains(&y));
            assert_eq!(distance(unmercator([x, y]), known).0, 0);
        }
    }
}
