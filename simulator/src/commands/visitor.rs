//! One store, one courier, the shop's own app and a view of headquarters are kept for a visitor:
//! the addresses of their pages are printed, each with its token behind the `#`, and whoever plays
//! them yields while the visitor's own screen is open.

use std::rc::Rc;
use std::time::Duration;

use vocabulary::StoreId;

use crate::bots::{Shared, Stage};
use crate::doors::Seat;
use crate::doors::wire::{VisitorSeat, Wire};
use crate::play::Cast;

/// How often somebody looks whether the visitor has come or gone.
const LOOK_EVERY: Duration = Duration::from_secs(3);

pub async fn welcome(stage: &Shared<Wire>, cast: &Cast, server: &str) {
    let (Some(store), Some(courier)) = (busy_store(cast), cast.town.couriers.first()) else {
        return;
    };
    eprintln!("your seats in this city: open each in a window of its own");
    for (page, seat) in [("hq", VisitorSeat::Headquarters), ("shop", VisitorSeat::Shop)] {
        match stage.doors.visitor_token(seat).await {
            Ok(token) => show(page, server, page, &token),
            Err(failure) => eprintln!("  there is no seat at {page}: {failure}"),
        }
    }
    tell(stage, server, "store", Seat::Store(store), &format!("/{store}"));
    // A visitor sits at a desk: the page moves them about the city by the steps they tap.
    let courier_page = format!("/{}", courier.id);
    if let Some(token) = stage.doors.token_of(Seat::Courier(courier.id)) {
        show("courier", server, &format!("courier{courier_page}"), &format!("{token}&demo=1"));
    }
    for seat in [Seat::Store(store), Seat::Courier(courier.id)] {
        tokio::task::spawn_local(yield_to_visitor(Rc::clone(stage), seat));
    }
}

fn tell(stage: &Stage<Wire>, server: &str, what: &str, seat: Seat, id: &str) {
    if let Some(token) = stage.doors.token_of(seat) {
        show(what, server, &format!("{what}{id}"), &token);
    }
}

fn show(what: &str, server: &str, path: &str, token: &str) {
    eprintln!("  {what:<8} {server}/{path}#token={token}");
}

/// The store with the most to do has the most to show: the one nearest to the middle.
fn busy_store(cast: &Cast) -> Option<StoreId> {
    let plane = crate::city::Plane::around(cast.town.center);
    let middle = plane.spot(cast.town.center);
    let away = |place| plane.spot(place).distance(middle);
    let nearest = cast.town.stores.iter().zip(&cast.city.stores).filter(|(_, known)| {
        // Open whenever the visitor comes.
        known.hours.closes.0.saturating_sub(known.hours.opens.0) >= 20 * 3_600 || known.has_pickup()
    });
    let nearest =
        nearest.min_by(|(one, _), (other, _)| away(one.place).total_cmp(&away(other.place)));
    nearest.map(|(setup, _)| setup.id)
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
