//! What the doors count, and the page an operator's Prometheus reads.

use std::collections::BTreeMap;
use std::time::Duration;

use dispatch::courier::Availability;
use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::{ConstCounter, Counter};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;
use vocabulary::Timestamp;

use crate::app::App;
// Settled with the hub: its counters are read as `Reading`s; keep it so.
use crate::hub::{Kind, Reading};
use crate::wire::fault::Fault;

/// Which answer took how long.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Answered {
    pub method: &'static str,
    /// The address with its parameters' names, so that there are few of them.
    pub route: String,
    pub status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByState {
    state: String,
}

type Latency = Family<Answered, Histogram, fn() -> Histogram>;

/// Counters of the doors; cheap to count from any thread.
#[derive(Clone)]
pub struct DoorMetrics {
    latency: Latency,
    in_flight: Gauge,
    turned_away: Counter,
    panics: Counter,
}

impl Default for DoorMetrics {
    fn default() -> Self {
        // From a fifth of a millisecond to thirteen seconds.
        let buckets: fn() -> Histogram = || Histogram::new(exponential_buckets(0.0002, 2.0, 17));
        Self {
            latency: Family::new_with_constructor(buckets),
            in_flight: Gauge::default(),
            turned_away: Counter::default(),
            panics: Counter::default(),
        }
    }
}

impl DoorMetrics {
    pub fn answered(&self, method: &'static str, route: &str, status: u16, took: Duration) {
        let labels = Answered { method, route: route.to_owned(), status };
        self.latency.get_or_create(&labels).observe(took.as_secs_f64());
    }

    /// Requests that are being carried out, this one among them.
    pub fn enter(&self) -> i64 {
        self.in_flight.inc() + 1
    }

    pub fn leave(&self) {
        self.in_flight.dec();
    }

    pub fn turned_away(&self) {
        self.turned_away.inc();
    }

    pub fn panicked(&self) {
        self.panics.inc();
    }
}

/// What is alive in the city at one moment.
#[derive(Debug, Default)]
struct Live {
    orders: BTreeMap<&'static str, i64>,
    couriers: BTreeMap<&'static str, i64>,
    stores: BTreeMap<&'static str, i64>,
    stores_open: i64,
    deliveries_waiting: i64,
    last_seq: u64,
    now: Timestamp,
}

/// The whole page in Prometheus' text form.
pub async fn page(app: &App) -> Result<String, Fault> {
    let mut registry = Registry::with_prefix("paidan");
    register_doors(&mut registry, &app.metrics);
    register_city(&mut registry, app.city().metrics().read());
    register_hub(&mut registry, app.hub.counters().read());
    // A city that recovers has nothing to show; its counters are still worth reading.
    if let Ok(live) = live(app).await {
        register_live(&mut registry, live);
    }
    let serving = ConstGauge::new(i64::from(app.cities.is_serving()));
    registry.register("serving", "Whether the city carries out commands", serving);
    let mut page = String::with_capacity(16_384);
    text::encode(&mut page, &registry).map_err(|_| Fault::internal())?;
    Ok(page)
}

async fn live(app: &App) -> Result<Live, Fault> {
    let read = app.city().read(|reader| {
        let mut live = Live { last_seq: reader.last_seq(), now: reader.now(), ..Live::default() };
        reader.each_order(|order| *live.orders.entry(order.status_text()).or_default() += 1);
        reader.view(|view| count_view(view, &mut live));
        live
    });
    Ok(read.await?)
}

fn count_view(view: &dispatch::view::CityView, live: &mut Live) {
    for courier in view.couriers().values() {
        *live.couriers.entry(courier.availability.text()).or_default() += 1;
    }
    for store in view.stores().values() {
        *live.stores.entry(store.status.text()).or_default() += 1;
        let is_open = store.status.takes_orders() && store.settings.hours.is_open_at(live.now);
        live.stores_open += i64::from(is_open);
    }
    live.deliveries_waiting = i64::try_from(view.pool().len()).unwrap_or(i64::MAX);
}

fn register_doors(registry: &mut Registry, doors: &DoorMetrics) {
    let what = "Seconds from the request to its answer";
    registry.register("http_request_seconds", what, doors.latency.clone());
    let what = "Requests being carried out";
    registry.register("http_in_flight", what, doors.in_flight.clone());
    let what = "Requests turned away because the house was full";
    registry.register("http_turned_away", what, doors.turned_away.clone());
    registry.register("http_panics", "Requests that met a bug", doors.panics.clone());
}

/// What the city keeps; the numbers that can fall are gauges.
fn register_city(registry: &mut Registry, counts: Vec<(&'static str, u64)>) {
    const GAUGES: &[&str] = &["live_orders", "pool", "slowest_round_us", "committed_seq"];
    for (name, value) in counts {
        let help = format!("{} of the city", name.replace('_', " "));
        if GAUGES.contains(&name) {
            // What counts the living by state has the name `live_orders`.
            let name = if name == "live_orders" { "orders_in_memory" } else { name };
            registry.register(name, help, gauge(value));
        } else {
            registry.register(name, help, ConstCounter::new(value));
        }
    }
}

fn register_hub(registry: &mut Registry, readings: Vec<Reading>) {
    for Reading { name, help, kind, value } in readings {
        let help = help.trim_end_matches('.');
        match kind {
            Kind::Count => registry.register(name, help, ConstCounter::new(value)),
            Kind::Gauge => registry.register(name, help, gauge(value)),
        }
    }
}

fn gauge(value: u64) -> ConstGauge<i64> {
    ConstGauge::new(i64::try_from(value).unwrap_or(i64::MAX))
}

fn register_live(registry: &mut Registry, live: Live) {
    let what = "Orders that are not over, by status";
    registry.register("live_orders", what, by_state(live.orders));
    let on_duty = |state: &str| {
        let away = [Availability::OffDuty, Availability::Suspended];
        !away.iter().any(|known| known.text() == state)
    };
    let working = live.couriers.iter().filter(|(state, _)| on_duty(state));
    let couriers_on_duty: i64 = working.map(|(_, count)| count).sum();
    registry.register("live_couriers", "Couriers, by availability", by_state(live.couriers));
    let what = "Couriers on duty or on a break";
    registry.register("live_couriers_on_duty", what, ConstGauge::new(couriers_on_duty));
    registry.register("live_stores", "Stores, by status", by_state(live.stores));
    let what = "Stores that take orders now";
    registry.register("live_stores_open", what, ConstGauge::new(live.stores_open));
    let what = "Deliveries that wait for a courier";
    registry.register("live_deliveries_waiting", what, ConstGauge::new(live.deliveries_waiting));
    registry.register("last_seq", "The city's last sequence", gauge(live.last_seq));
}

fn by_state(counts: BTreeMap<&'static str, i64>) -> Family<ByState, Gauge> {
    let family = Family::<ByState, Gauge>::default();
    for (state, count) in counts {
        family.get_or_create(&ByState { state: state.to_owned() }).set(count);
    }
    family
}
