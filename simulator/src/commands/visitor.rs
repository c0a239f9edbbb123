//! One store, one courier, the shop's own app and a view of headquarters are kept for a visitor:
//! the addresses of their pages are printed, each with its token behind the `#`, and whoever plays
//! them yields while the visitor's own screen is open.

use std::collections::BTreeSet;
use std::rc::Rc;
use std::time::Duration;

use vocabulary::{CourierId, Place};

use crate::bots::Shared;
use crate::doors::Seat;
use crate::doors::wire::{VisitorSeat, Wire};
use crate::play::Cast;
use crate::town::StoreSetup;

/// How often somebody looks whether the visitor has come or gone.
const LOOK_EVERY: Duration = Duration::from_secs(3);

pub async fn welcome(stage: &Shared<Wire>, cast: &Cast, server: &str) {
    let Some(store) = busy_store(cast) else { return };
    let Some(courier) = courier_near(cast, store.place) else { return };
    eprintln!("your seats in this city: open each in a window of its own");
    // A shopper who lives near the store, and a courier who waits before it.
    let at = |place: Place| format!("{:.5},{:.5}", place.latitude(), place.longitude());
    let door = door_near(cast, store.place).unwrap_or(store.place);
    let shop = format!("&store={}&door={}", store.id, at(door));
    for (page, seat, more) in
        [("hq", VisitorSeat::Headquarters, ""), ("shop", VisitorSeat::Shop, shop.as_str())]
    {
        match stage.doors.visitor_token(seat).await {
            Ok(token) => show(page, server, page, &format!("{token}{more}")),
            Err(failure) => eprintln!("  there is no seat at {page}: {failure}"),
        }
    }
    let seats = [
        ("store", Seat::Store(store.id), store.id.to_string(), String::new()),
        // A visitor sits at a desk: the page moves them about the city by the steps they tap.
        (
            "courier",
            Seat::Courier(courier),
            courier.to_string(),
            format!("&demo={}", at(store.place)),
        ),
    ];
    for (page, seat, id, more) in seats {
        if let Some(token) = stage.doors.token_of(seat) {
            show(page, server, &format!("{page}/{id}"), &format!("{token}{more}"));
        }
        tokio::task::spawn_local(yield_to_visitor(Rc::clone(stage), seat));
    }
    tokio::task::spawn_local(bring_them_their_own(Rc::clone(stage), courier));
}

/// What the visitor orders in one window is for the courier of another: by cost alone somebody who
/// happens to be nearer would get it.
async fn bring_them_their_own(stage: Shared<Wire>, courier: CourierId) {
    let mut seen = BTreeSet::new();
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        if let Err(failure) = stage.doors.keep_for(courier, &mut seen).await {
            tracing::debug!(%failure, "the visitor's orders were not looked at");
        }
    }
}

fn show(what: &str, server: &str, path: &str, token: &str) {
    eprintln!("  {what:<8} {server}/{path}#token={token}");
}

/// The store with the most to do has the most to show: the one nearest to the middle.
fn busy_store(cast: &Cast) -> Option<&StoreSetup> {
    let plane = crate::city::Plane::around(cast.town.center);
    let middle = plane.spot(cast.town.center);
    let away = |place| plane.spot(place).distance(middle);
    let nearest = cast.town.stores.iter().zip(&cast.city.stores).filter(|(_, known)| {
        // Open whenever the visitor comes.
        known.hours.closes.0.saturating_sub(known.hours.opens.0) >= 20 * 3_600 || known.has_pickup()
    });
    let nearest =
        nearest.min_by(|(one, _), (other, _)| away(one.place).total_cmp(&away(other.place)));
    nearest.map(|(setup, _)| setup)
}

/// Far enough to be worth a ride.
const WAY_M: f64 = 900.0;

fn door_near(cast: &Cast, place: Place) -> Option<Place> {
    let plane = crate::city::Plane::around(cast.town.center);
    let off = |home| (plane.spot(home).distance(plane.spot(place)) - WAY_M).abs();
    let homes = cast.city.shoppers.iter().map(|shopper| shopper.home.place);
    homes.min_by(|one, other| off(*one).total_cmp(&off(*other)))
}

fn courier_near(cast: &Cast, place: Place) -> Option<CourierId> {
    let plane = crate::city::Plane::around(cast.town.center);
    let away = |home| plane.spot(home).distance(plane.spot(place));
    let nearest = cast.town.couriers.iter();
    nearest.min_by(|one, other| away(one.home).total_cmp(&away(other.home))).map(|known| known.id)
}

async fn yield_to_visitor(stage: Shared<Wire>, seat: Seat) {
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        let is_taken = stage.doors.is_taken(seat).await;
        let mut taken = stage.taken.borrow_mut();
        match (is_taken, taken.contains(&seat)) {
            (true, false) => {
                taken.insert(seat);
                eprintln!("  a visitor takes the seat of {}", words(seat));
            }
            (false, true) => {
                taken.remove(&seat);
                eprintln!("  the visitor leaves the seat of {}", words(seat));
            }
            (true, true) | (false, false) => {}
        }
    }
}

fn words(seat: Seat) -> String {
    match seat {
        Seat::Store(store) => format!("store {store}"),
        Seat::Courier(courier) => format!("courier {courier}"),
        Seat::Headquarters | Seat::Shopper(_) | Seat::Provider => "somebody".to_owned(),
    }
}
