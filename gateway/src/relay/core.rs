//! The side of the server that runs the city.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use actors::{Ping, Topic};
use axum::extract::ws::Utf8Bytes;
use persistence::{Hints, Teller};
use rustc_hash::FxHashMap;
use tokio::sync::mpsc;
use tokio::time::timeout;
use vocabulary::{CourierId, Place, Seconds};

use super::{Names, NewsKey};
use crate::access::{Keys, Purpose};
use crate::app::App;
use crate::hub::relay::{Mirrored, Question, Snapshot, Told, sights};
use crate::hub::{Hub, LANES, Listening, Sight};
use crate::wire::relay::{News, SeenText};
use crate::wire::socket::ResumePoint;

/// News that may wait to be told; what finds no room is found out by asking.
const WAITING: usize = 8_192;
/// How long a gateway waits for a topic to begin, at most.
const BEGINNING: Duration = Duration::from_secs(5);
/// How often positions are remembered.
const REMEMBERING: Duration = Duration::from_secs(1);
/// A position that is older says nothing about where somebody is.
const WORTH_KNOWING: Seconds = Seconds(300);

/// The names, the key and the road to the gateways, where there is one.
pub struct Relay {
    pub(crate) key: NewsKey,
    pub(crate) chain: String,
    names: Names,
    road: Option<(Hints, Teller)>,
    /// Last positions that are not remembered yet.
    seen: Mutex<FxHashMap<CourierId, Ping>>,
}

impl Relay {
    /// Without Redis gateways are told nothing and ask for everything.
    pub fn open(keys: &Keys, hints: Option<Hints>) -> Option<Self> {
        let key = NewsKey::of(&keys.sign(Purpose::News, b"key"))?;
        let chain = keys.sign(Purpose::News, b"chain");
        let chain: String = chain.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
        let road = hints.map(|hints| (hints.clone(), Teller::open(&hints)));
        Some(Self { key, names: Names::of(&chain), chain, road, seen: Mutex::default() })
    }

    /// Where a courier was seen, for a start after this one.
    pub(crate) fn saw(&self, courier: CourierId, pings: &[Ping]) {
        let Some(last) = pings.iter().max_by_key(|ping| ping.at) else { return };
        if self.road.is_some() {
            let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            seen.insert(courier, *last);
        }
    }

    fn remember(&self) {
        let Some((_, teller)) = &self.road else { return };
        let seen = std::mem::take(&mut *self.seen.lock().unwrap_or_else(PoisonError::into_inner));
        let name = self.names.positions();
        for (courier, Ping { place, at }) in seen {
            let text = SeenText { courier, lat: place.latitude(), lon: place.longitude(), at };
            if let Some(value) = self.key.sign(&name, &text) {
                teller.remember(&name, courier.to_string(), value);
            }
        }
    }

    fn tell(&self, told: &Told) {
        let Some((_, teller)) = &self.road else { return };
        let channel = match told {
            Told::Delta { topic, .. }
            | Told::Position { topic, .. }
            | Told::Acknowledged { topic, .. } => self.names.topic(*topic),
            Told::ShownOut { .. } => self.names.house(),
        };
        let news = News::of(told).and_then(|news| self.key.sign(&channel, &news));
        if let Some(message) = news {
            teller.tell(channel, message);
        }
    }
}

/// Tells the gateways what the hub publishes, and remembers positions, for as long as it is let.
pub(crate) async fn run(app: Arc<App>) {
    if app.relay.road.is_none() {
        return;
    }
    let (tell, mut news) = mpsc::channel(WAITING);
    app.hub.tell(tell);
    let mut beat = tokio::time::interval(REMEMBERING);
    loop {
        tokio::select! {
            told = news.recv() => match told {
                Some(told) => app.relay.tell(&told),
                None => return,
            },
            _ = beat.tick() => app.relay.remember(),
        }
    }
}

/// Puts couriers where they were last seen before this start: a first guess, until they say.
pub(crate) async fn recall_positions(app: &App) {
    let Some((hints, _)) = &app.relay.road else { return };
    let name = app.relay.names.positions();
    let known = match hints.recall(&name).await {
        Ok(known) => known,
        Err(error) => return tracing::warn!(%error, "couriers' last positions are not known"),
    };
    let now = app.now();
    let seen = known.iter().filter_map(|(_, text)| app.relay.key.open::<SeenText>(&name, text));
    let fresh = seen.filter(|seen| seen.at <= now && now.since(seen.at) < WORTH_KNOWING);
    let mut count = 0;
    for SeenText { courier, lat, lon, at } in fresh {
        if let Ok(place) = Place::new(lat, lon) {
            let city = app.cities.of_courier(courier);
            count += u64::from(city.positions(courier, vec![Ping { place, at }]));
        }
    }
    tracing::info!(count, "couriers are where they were last seen");
}

/// Answers a gateway about one topic.
pub(crate) async fn answer(hub: &Hub, question: Question) -> Mirrored {
    let Question { topic, after, needs_snapshot, is_attended } = question;
    hub.follow(topic);
    if is_attended {
        hub.attend(topic);
    }
    // The snapshot first: what is looked up then continues it.
    let begun = if needs_snapshot { begin(hub, topic).await } else { Begun::NotAsked };
    let look = hub.look(topic, after);
    let epoch = look.epoch;
    let (is_missing, snapshot) = match begun {
        Begun::Missing => (true, None),
        // Of an epoch that has ended since, it continues nothing.
        Begun::At(of, snapshot) if of == epoch => (false, Some(snapshot)),
        Begun::At(..) | Begun::NotAsked | Begun::Late => (false, None),
    };
    let after = after.filter(|point| point.epoch == epoch).map(|point| point.seq);
    Mirrored { topic, epoch, is_missing, after, look, snapshot }
}

enum Begun {
    NotAsked,
    Late,
    Missing,
    /// The epoch, and the topic whole.
    At(u64, Snapshot),
}

/// Listens to the topic for a moment, once for each sight of it.
async fn begin(hub: &Hub, topic: Topic) -> Begun {
    let mut at = None;
    let mut frames: [Vec<Utf8Bytes>; LANES] = Default::default();
    for sight in sights(topic) {
        match begin_as(hub, topic, *sight).await {
            Some(First::Missing) => return Begun::Missing,
            // Both must stand at the same point; else the gateway asks again.
            Some(First::At { point, begin }) if at.is_none_or(|known| known == point) => {
                at = Some(point);
                if let Some(lane) = frames.get_mut(sight.lane()) {
                    *lane = begin;
                }
            }
            Some(First::At { .. }) | None => return Begun::Late,
        }
    }
    at.map_or(Begun::Late, |point| Begun::At(point.epoch, Snapshot { seq: point.seq, frames }))
}

/// How a topic begins.
enum First {
    Missing,
    At { point: ResumePoint, begin: Vec<Utf8Bytes> },
}

/// The first frames of a topic for one sight; `None` when they are not known in time.
async fn begin_as(hub: &Hub, topic: Topic, sight: Sight) -> Option<First> {
    let outbox = hub.open()?;
    hub.join(&outbox, topic, Listening::beside(sight), None);
    let begun = timeout(BEGINNING, async {
        loop {
            outbox.ready().await;
            let taken = outbox.take();
            if taken.closing.is_some() {
                return None;
            }
            if !taken.notes.is_empty() {
                return Some(First::Missing);
            }
            let mut frames = taken.into_frames();
            if let Some(snapshot) = frames.next()
                && let Some(point) = Head::of(&snapshot).and_then(Head::point)
            {
                // What follows at once belongs to the deltas and positions that are looked up.
                let beside =
                    frames.filter(|frame| Head::of(frame).is_some_and(|head| head.is_beside()));
                return Some(First::At {
                    point,
                    begin: [snapshot].into_iter().chain(beside).collect(),
                });
            }
        }
    });
    let begun = begun.await.ok().flatten();
    hub.close(&outbox, &[topic]);
    begun
}

/// What a frame says of itself.
#[derive(serde::Deserialize)]
struct Head<'a> {
    #[serde(rename = "type", borrow)]
    kind: &'a str,
    epoch: Option<u64>,
    seq: Option<u64>,
}

impl<'a> Head<'a> {
    fn of(frame: &'a Utf8Bytes) -> Option<Self> {
        serde_json::from_str(frame).ok()
    }

    fn point(self) -> Option<ResumePoint> {
        Some(ResumePoint { epoch: self.epoch?, seq: self.seq? })
    }

    fn is_beside(&self) -> bool {
        self.kind == "acknowledged"
    }
}
