//! The map: streets, stores, and where a sample of couriers rode.

use vocabulary::Place;

use super::super::format::count;
use super::super::sketch::{MapSketch, SketchRoute};
use super::super::words;
use super::markup::{Drawing, Page, both, legend, through};
use crate::city::{Plane, Spot};

const SIDE: f64 = 560.0;
const MARGIN: f64 = 14.0;

/// Metres to pixels, north up.
struct View {
    plane: Plane,
    middle: Spot,
    pixels_per_metre: f64,
}

/// Nothing is drawn when there is nothing to see.
pub(super) fn draw(page: &mut Page, sketch: &MapSketch) {
    let Some(view) = View::over(sketch) else { return };
    let mut drawing = Drawing::new(SIDE, SIDE, words::MAP);
    drawing.raw(format_args!(
        "<path class=\"river\" stroke-width=\"{:.1}\" d=\"{}\"/>\n",
        (sketch.river_width_m * view.pixels_per_metre).max(1.0),
        through(sketch.river.iter().map(|place| view.at(*place)))
    ));
    for (is_main, class) in [(false, "road"), (true, "road main")] {
        let streets = sketch.streets.iter().filter(|street| street.is_main == is_main);
        let data: String =
            streets.map(|street| through([view.at(street.from), view.at(street.to)])).collect();
        if !data.is_empty() {
            drawing.path(class, &data);
        }
    }
    rides(&mut drawing, &view, &sketch.routes);
    let most = sketch.stores.iter().map(|store| store.orders).max().unwrap_or(0).max(1);
    for store in &sketch.stores {
        let radius = 2.5 + 4.5 * (store.orders as f64 / most as f64).sqrt();
        let story = format!("{} · {} {}", store.name, count(store.orders), words::ORDERS.zh);
        drawing.circle("store", view.at(store.place), radius, &story);
    }
    view.draw_scale_bar(&mut drawing);
    let keys = [("dash s2", words::TO_STORE), ("s2", words::TO_DOOR)];
    page.figure(
        words::MAP,
        &legend(keys.map(|(class, name)| (class.to_owned(), both(name)))),
        drawing,
    );
}

/// Each courier in a colour; dashed without goods, with a dot where the goods went.
fn rides(drawing: &mut Drawing, view: &View, routes: &[SketchRoute]) {
    let mut couriers: Vec<&str> = Vec::new();
    for route in routes {
        let known = couriers.iter().position(|courier| *courier == route.courier);
        let position = known.unwrap_or_else(|| {
            couriers.push(&route.courier);
            couriers.len() - 1
        });
        let color = format!("s{}", position % 5 + 2);
        let class = if route.loaded { "ride" } else { "ride empty" };
        drawing.path(
            &format!("{class} {color}"),
            &through(route.places.iter().map(|place| view.at(*place))),
        );
        if let (true, Some(door)) = (route.loaded, route.places.last()) {
            drawing.circle(&format!("door {color}"), view.at(*door), 3.5, &route.courier);
        }
    }
}

impl View {
    /// Fits everything that stands on land into the square.
    fn over(sketch: &MapSketch) -> Option<Self> {
        let streets = sketch.streets.iter().flat_map(|street| [street.from, street.to]);
        let stores = sketch.stores.iter().map(|store| store.place);
        let rides = sketch.routes.iter().flat_map(|route| route.places.iter().copied());
        let places: Vec<Place> = streets.chain(stores).chain(rides).collect();
        let plane = Plane::around(*places.first()?);
        let (mut low, mut high) = (Spot::new(f64::MAX, f64::MAX), Spot::new(f64::MIN, f64::MIN));
        for place in places {
            let spot = plane.spot(place);
            low = Spot::new(low.x.min(spot.x), low.y.min(spot.y));
            high = Spot::new(high.x.max(spot.x), high.y.max(spot.y));
        }
        let wide = (high.x - low.x).max(high.y - low.y).max(100.0);
        let pixels_per_metre = (SIDE - 2.0 * MARGIN) / wide;
        Some(Self { plane, middle: low.towards(high, 0.5), pixels_per_metre })
    }

    fn at(&self, place: Place) -> (f64, f64) {
        let spot = self.plane.spot(place);
        let east = (spot.x - self.middle.x) * self.pixels_per_metre;
        let north = (spot.y - self.middle.y) * self.pixels_per_metre;
        (SIDE / 2.0 + east, SIDE / 2.0 - north)
    }

    fn draw_scale_bar(&self, drawing: &mut Drawing) {
        let metres = super::axes::nice_step(60.0 / self.pixels_per_metre);
        let length = metres * self.pixels_per_metre;
        let label = if metres >= 1_000.0 {
            format!("{} km", metres / 1_000.0)
        } else {
            format!("{metres} m")
        };
        let y = SIDE - 12.0;
        drawing.line("mark-line", (MARGIN, y), (MARGIN + length, y));
        drawing.text("strong", (MARGIN + length + 6.0, y + 4.0), "start", &label);
    }
}
