//! What the doors count, and the page an operator's Prometheus reads.

use std::collections::BTreeMap;
use std::time::Duration;

use actors::Metrics;
use dispatch::courier::Availability;
use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::{ConstCounter, Counter};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;

use crate::app::App;
// Settled with the hub: its counters are read as `Reading`s; keep it so.
use crate::hub::{Hub, Kind, Reading};
use crate::wire::fault::Fault;

/// The media type of the page.
pub(crate) const FORM: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Which answer took how long.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Answered {
    pub method: &'static str,
    /// The address with its parameters' names, so that there are few of them.
    pub route: String,
    pub status: u16,
}

/// What became of a log-in code, or of one try to send it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeOutcome {
    Sent,
    TriedAgain,
    Refused,
    GivenUp,
    TooLate,
}

impl CodeOutcome {
    fn word(self) -> &'static str {
        match self {
            CodeOutcome::Sent => "sent",
            CodeOutcome::TriedAgain => "tried_again",
            CodeOutcome::Refused => "refused",
            CodeOutcome::GivenUp => "given_up",
            CodeOutcome::TooLate => "too_late",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CodeLabels {
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByState {
    state: String,
}

/// Of a store, the words of the states in which it takes orders.
const TAKING_ORDERS: [&str; 2] = ["open", "rush"];

type Latency = Family<Answered, Histogram, fn() -> Histogram>;

/// Counters of the doors; cheap to count from any thread.
#[derive(Clone)]
pub struct DoorMetrics {
    latency: Latency,
    in_flight: Gauge,
    turned_away: Counter,
    panics: Counter,
    connections: Gauge,
    codes: Family<CodeLabels, Counter>,
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
            connections: Gauge::default(),
            codes: Family::default(),
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

    /// HTTP connections that are open.
    pub(crate) fn connections(&self, count: usize) {
        self.connections.set(i64::try_from(count).unwrap_or(i64::MAX));
    }

    pub fn code(&self, outcome: CodeOutcome) {
        self.codes.get_or_create(&CodeLabels { outcome: outcome.word() }).inc();
    }

    pub fn panicked(&self) {
        self.panics.inc();
    }
}

/// The whole page in Prometheus' text form. Reads only what is kept as it changes: it asks nothing
/// of the city's thread, and is there while the city recovers.
pub fn page(app: &App) -> Result<String, Fault> {
    let mut registry = Registry::with_prefix("paidan");
    let city = app.city().metrics();
    register_doors(&mut registry, &app.metrics);
    register_city(&mut registry, city.read());
    register_hub(&mut registry, app.hub.counters().read());
    register_census(&mut registry, city);
    let stores_open = ConstGauge::new(stores_open(app, city));
    registry.register("live_stores_open", "Stores that take orders now", stores_open);
    let serving = ConstGauge::new(i64::from(app.cities.is_serving()));
    registry.register("serving", "Whether the city carries out commands", serving);
    let mut page = String::with_capacity(16_384);
    text::encode(&mut page, &registry).map_err(|_| Fault::internal())?;
    Ok(page)
}

/// The page of a gateway, which runs no city.
pub(crate) fn gateway_page(hub: &Hub, is_serving: bool) -> Result<String, Fault> {
    let mut registry = Registry::with_prefix("paidan");
    register_hub(&mut registry, hub.counters().read());
    let serving = ConstGauge::new(i64::from(is_serving));
    registry.register("serving", "Whether the server behind carries out commands", serving);
    let mut page = String::with_capacity(4_096);
    text::encode(&mut page, &registry).map_err(|_| Fault::internal())?;
    Ok(page)
}

/// The city knows who takes orders; the documents say when the doors are open.
fn stores_open(app: &App, city: &Metrics) -> i64 {
    let now = app.now();
    let stores = app.reference.directory().stores();
    let is_open = stores.iter().filter(|record| {
        let status = city.stores.state_of(&record.id);
        let takes_orders = status.is_some_and(|status| TAKING_ORDERS.contains(&status));
        takes_orders && record.settings.hours.is_open_at(now)
    });
    i64::try_from(is_open.count()).unwrap_or(i64::MAX)
}

fn register_doors(registry: &mut Registry, doors: &DoorMetrics) {
    let what = "Seconds from the request to its answer";
    registry.register("http_request_seconds", what, doors.latency.clone());
    let what = "Requests being carried out";
    registry.register("http_in_flight", what, doors.in_flight.clone());
    let what = "HTTP connections that are open, without those that became sockets";
    registry.register("http_connections", what, doors.connections.clone());
    let what = "Requests turned away because the house was full";
    registry.register("http_turned_away", what, doors.turned_away.clone());
    registry.register("http_panics", "Requests that met a bug", doors.panics.clone());
    let what = "Log-in codes by what became of them, and tries that had to be repeated";
    registry.register("log_in_codes", what, doors.codes.clone());
}

/// What the city keeps; the numbers that can fall are gauges.
fn register_city(registry: &mut Registry, counts: Vec<(&'static str, u64)>) {
    const GAUGES: &[&str] = &["live_orders", "pool", "slowest_round_us", "committed_seq"];
    for (name, value) in counts {
        let help = format!("{} of the city", name.replace('_', " "));
        if GAUGES.contains(&name) {
            let (name, help) = match name {
                // What counts the living by state has the name `live_orders`.
                "live_orders" => ("orders_in_memory", "Orders held in memory".to_owned()),
                "pool" => ("live_deliveries_waiting", "Deliveries without a courier".to_owned()),
                name => (name, help),
            };
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

fn register_census(registry: &mut Registry, city: &Metrics) {
    let what = "Orders that are not over, by status";
    registry.register("live_orders", what, by_state(city.orders.counts()));
    let couriers = city.couriers.counts();
    let on_duty = |state: &str| {
        let away = [Availability::OffDuty, Availability::Suspended];
        !away.iter().any(|known| known.text() == state)
    };
    let working = couriers.iter().filter(|(state, _)| on_duty(state));
    let couriers_on_duty: u64 = working.map(|(_, count)| count).sum();
    registry.register("live_couriers", "Couriers, by availability", by_state(couriers));
    let what = "Couriers on duty or on a break";
    registry.register("live_couriers_on_duty", what, gauge(couriers_on_duty));
    registry.register("live_stores", "Stores, by status", by_state(city.stores.counts()));
}

fn by_state(counts: BTreeMap<&'static str, u64>) -> Family<ByState, Gauge> {
    let family = Family::<ByState, Gauge>::default();
    for (state, count) in counts {
        family
            .get_or_create(&ByState { state: state.to_owned() })
            .set(i64::try_from(count).unwrap_or(i64::MAX));
    }
    family
}
