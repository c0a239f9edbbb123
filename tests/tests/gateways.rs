//! One server of the city and gateways in front of it: what happens at one is on the sockets of
//! another, and Redis between them may do what it likes.

#![cfg(feature = "whole-system")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use paidan_tests::cache::{Cache, CacheCluster};
use paidan_tests::client::Client;
use paidan_tests::server::Server;
use paidan_tests::socket::{Point, Socket, point};
use paidan_tests::town::{LATITUDE, LONGITUDE, Town};
use serde_json::{Value, json};

/// The longest that a hole may stay, whatever becomes of Redis.
const HEALED: Duration = Duration::from_secs(10);

/// A city, its gateways and the Redis between them.
struct Chain<Redis = Cache> {
    cache: Redis,
    /// Where the processes are told that it is.
    redis: String,
    core: Server,
    gateways: Vec<Server>,
    town: Town,
}

impl Chain {
    fn build(gateways: usize, couriers: u64) -> Self {
        let cache = Cache::start();
        let redis = cache.url();
        Self::around(cache, redis, gateways, couriers)
    }
}

impl<Redis> Chain<Redis> {
    fn around(cache: Redis, redis: String, gateways: usize, couriers: u64) -> Self {
        let core = Server::start(&["--role", "core", "--redis", &redis]);
        let town = Town::build(core.hq(), 2, couriers, false);
        let mut chain = Self { cache, redis, core, gateways: Vec::new(), town };
        (0..gateways).for_each(|_| chain.add_gateway());
        chain
    }

    /// As an operator adds one: a token, an address, no restart of anything else.
    fn add_gateway(&mut self) {
        let draft = json!({
            "principal": {"kind": "device", "role": "gateway", "name": "front", "scope": "all"},
        });
        let token = self.core.hq().post("/v1/tokens", &draft).ok();
        let file = self.core.data().join(format!("gateway-{}.token", self.gateways.len()));
        std::fs::write(&file, token["token"].as_str().unwrap()).unwrap();
        let gateway = Server::start(&[
            "--role",
            "gateway",
            "--core",
            &self.core.base(),
            "--core-token-file",
            file.to_str().unwrap(),
            "--redis",
            &self.redis,
        ]);
        self.gateways.push(gateway);
    }

    /// Headquarters, calling at a gateway.
    fn at(&self, gateway: usize) -> Client {
        self.core.hq().at(&self.gateways[gateway].base())
    }

    /// What a gateway counts under this name.
    fn counted(&self, gateway: usize, name: &str) -> u64 {
        let page = self.at(gateway).get("/metrics").body;
        let line = page.as_str().unwrap().lines().find(|line| line.starts_with(name)).unwrap();
        line.rsplit(' ').next().unwrap().parse().unwrap()
    }

    /// Places an order at a gateway; returns it and the store that has it.
    fn place(&self, gateway: usize, key: &str) -> (String, String) {
        let hq = self.at(gateway);
        let quote = self.town.quote(&[(0, 1)]);
        let body = self.town.order_body(&quote);
        let placed = hq.post_once("/v1/orders", key, &body).ok();
        let order = placed["order"].as_str().unwrap().to_owned();
        let view = hq.get(&format!("/v1/orders/{order}")).ok();
        let store = view["parts"][0]["store"].as_str().unwrap().to_owned();
        (order, store)
    }
}

fn operations() -> Value {
    json!({"kind": "operations"})
}

/// What somebody who listens to operations knows: the card of each order, applied in order.
struct Listener {
    socket: Socket,
    at: Point,
    cards: BTreeMap<String, Value>,
    resets: usize,
}

impl Listener {
    fn begin(client: &Client) -> Self {
        let mut socket = Socket::open(client);
        socket.subscribe(&operations(), None);
        let mut listener = Self { at: (0, 0), socket, cards: BTreeMap::new(), resets: 0 };
        let snapshot = listener.socket.until("snapshot");
        listener.take(&snapshot);
        listener
    }

    fn take(&mut self, frame: &Value) {
        match frame["type"].as_str().unwrap() {
            "snapshot" => {
                self.at = point(frame);
                self.cards.clear();
                self.apply(&frame["state"]);
            }
            "delta" => {
                let next = (self.at.0, self.at.1 + 1);
                assert_eq!(point(frame), next, "no hole, nothing twice: {frame}");
                self.at = next;
                self.apply(&frame["change"]);
            }
            "reset" => self.resets += 1,
            _ => {}
        }
    }

    fn apply(&mut self, body: &Value) {
        for card in body["orders"].as_array().unwrap() {
            self.cards.insert(card["order"].as_str().unwrap().to_owned(), card.clone());
        }
    }

    /// Listens until all these orders are known, for as long as a hole may stay.
    fn knows(&mut self, orders: &[String]) {
        let end = Instant::now() + HEALED;
        while !orders.iter().all(|order| self.cards.contains_key(order)) {
            let frame = self.socket.hear_until(end).expect("healed in time");
            self.take(&frame.expect("the socket stays open"));
        }
    }
}

#[test]
fn an_order_placed_at_one_gateway_is_on_the_sockets_of_another_and_continues_there() {
    let mut chain = Chain::build(2, 0);
    let (first, store) = chain.place(0, "first");
    let mut screen = Socket::open(&chain.at(1));
    let board = json!({"kind": "board", "id": store});
    screen.subscribe(&board, None);
    let snapshot = screen.until("snapshot");
    assert_eq!(snapshot["state"]["fulfillment_orders"].as_array().unwrap().len(), 1);
    let mut listener = Listener::begin(&chain.at(1));

    let (second, _) = chain.place(0, "second");
    listener.knows(&[first.clone(), second.clone()]);
    let delta = screen.until("delta");
    assert_eq!(point(&delta), (point(&snapshot).0, point(&snapshot).1 + 1));

    assert!(chain.counted(1, "paidan_hub_hints_continued") > 0, "hints come before questions");

    // What a screen at the second gateway does, everybody at the first sees.
    let card = &snapshot["state"]["fulfillment_orders"][0];
    let part = card["fulfillment_order"].as_str().unwrap();
    let mut shopper = Socket::open(&chain.at(0));
    let topic = json!({"kind": "order", "id": first});
    shopper.subscribe(&topic, None);
    let begun = shopper.until("snapshot");
    screen.say(&json!({"type": "command", "id": "accept-1", "command": {
        "name": "accept", "store": store, "fulfillment_order": part,
    }}));
    screen.until("done");
    let seen = shopper.until("delta");
    assert_eq!(point(&seen).1, point(&begun).1 + 1);
    let status = &seen["change"]["order"]["parts"][0]["status"];
    assert_eq!(status, "accepted", "{seen}");
    // Said again, it is done once; refused, it says why.
    screen.say(&json!({"type": "command", "id": "accept-1", "command": {
        "name": "accept", "store": store, "fulfillment_order": part,
    }}));
    screen.until("done");
    screen.say(&json!({"type": "command", "id": "bad", "command": {"name": "fly"}}));
    assert_eq!(screen.until("refused")["code"], "invalid_value");

    // A screen that lost its gateway goes on at the other, from where it was.
    let at = listener.at;
    chain.gateways[1].kill();
    let (third, _) = chain.place(0, "third");
    let mut elsewhere = Socket::open(&chain.at(0));
    elsewhere.subscribe(&operations(), Some(at));
    let mut heard = Vec::new();
    loop {
        let frame = elsewhere.hear().unwrap();
        if frame["type"] == "delta" || frame["type"] == "snapshot" || frame["type"] == "reset" {
            heard.push(frame.clone());
        }
        if frame.to_string().contains(&third) {
            break;
        }
    }
    let is_continued = heard.iter().all(|frame| frame["type"] == "delta");
    assert!(is_continued || heard[0]["type"] == "reset", "never a silent hole: {heard:?}");

    // One more gateway, without a restart of anything; pages and requests pass through it as well.
    chain.add_gateway();
    let last = chain.gateways.len() - 1;
    let mut late = Listener::begin(&chain.at(last));
    late.knows(&[first, second, third]);
    assert_eq!(chain.at(last).get("/v1/relay").status, 404, "not for those in front");
    assert_eq!(chain.core.hq().get("/store").status, 404, "the core shows no pages");
    let page = chain.at(last).get("/store").status;
    assert!(page == 200 || page == 503, "{page}: pages are there, or are said to be missing");
}

/// Redis killed, emptied, paused, and used by a stranger who repeats, reorders and makes things up.
#[test]
fn whatever_becomes_of_redis_no_hole_stays_and_nothing_is_made_up() {
    let mut chain = Chain::build(2, 0);
    let mut listener = Listener::begin(&chain.at(1));
    let mut placed = Vec::new();
    let mut place = |chain: &Chain, count: usize| {
        for _ in 0..count {
            let key = format!("key-{}", placed.len());
            placed.push(chain.place(0, &key).0);
        }
        placed.clone()
    };
    listener.knows(&place(&chain, 5));

    // A stranger hears everything and says it again, late, doubled and in another order, and says
    // things of his own.
    let mut ear = chain.cache.connect();
    let mut all = ear.as_pubsub();
    all.psubscribe("paidan:*").unwrap();
    all.set_read_timeout(Some(Duration::from_millis(500))).unwrap();
    let known = place(&chain, 5);
    let mut overheard = Vec::new();
    while let Ok(message) = all.get_message() {
        let text: String = message.get_payload().unwrap();
        overheard.push((message.get_channel_name().to_owned(), text));
    }
    assert!(overheard.len() >= 5, "hints go through redis: {}", overheard.len());
    let mut mouth = chain.cache.connect();
    for (channel, text) in overheard.iter().rev().chain(&overheard) {
        let forged = text.replace("\"seq\":", "\"seq\":9");
        for said in [text.as_str(), forged.as_str(), "{}", "", "\u{1f4a5}"] {
            redis::cmd("PUBLISH").arg(channel).arg(said).exec(&mut mouth).unwrap();
        }
    }
    listener.knows(&known);
    listener.knows(&place(&chain, 3));

    assert!(chain.counted(1, "paidan_hub_hints_strange") > 0, "the stranger was heard");

    redis::cmd("FLUSHALL").exec(&mut mouth).unwrap();
    listener.knows(&place(&chain, 3));
    redis::cmd("CLIENT").arg("PAUSE").arg(3_000).exec(&mut mouth).unwrap();
    listener.knows(&place(&chain, 3));

    chain.cache.kill();
    listener.knows(&place(&chain, 5));
    // Whoever comes while there is no Redis is served as well.
    let mut meanwhile = Listener::begin(&chain.at(0));
    meanwhile.knows(&place(&chain, 1));
    chain.cache.start_again();
    let all = place(&chain, 5);
    listener.knows(&all);
    meanwhile.knows(&all);
    assert!(chain.counted(1, "paidan_hub_holes_filled") > 0, "there were holes");
    assert_eq!(listener.resets + meanwhile.resets, 0, "everything was continued");

    // What the sockets know is what the city knows.
    for order in &all {
        let truth = chain.core.hq().get(&format!("/v1/orders/{order}")).ok();
        assert_eq!(listener.cards[order]["status"], truth["status"]);
    }
}

/// Redis as a cluster: each topic's channel lives on one of its nodes, and one of those dies.
#[test]
fn in_a_cluster_of_redis_hints_go_by_shards_and_a_node_that_dies_leaves_no_hole() {
    let cluster = CacheCluster::start();
    let url = cluster.url();
    let mut chain = Chain::around(cluster, url, 2, 0);
    let mut listener = Listener::begin(&chain.at(1));
    let mut placed = Vec::new();
    let mut place = |chain: &Chain<CacheCluster>, count: usize| {
        for _ in 0..count {
            let key = format!("key-{}", placed.len());
            placed.push(chain.place(0, &key).0);
        }
        placed.clone()
    };
    listener.knows(&place(&chain, 3));
    // Followed by shards: each node knows its own, and no node carries them as plain channels.
    let asked = |node: &Cache, what: &str| -> Vec<String> {
        redis::cmd("PUBSUB").arg(what).query(&mut node.connect()).unwrap()
    };
    let shards: Vec<usize> = chain
        .cache
        .nodes()
        .iter()
        .map(|node| {
            assert!(asked(node, "CHANNELS").is_empty());
            asked(node, "SHARDCHANNELS").len()
        })
        .collect();
    assert!(shards.iter().sum::<usize>() >= 2, "the operations' and the gateway's own: {shards:?}");
    let continued = |chain: &Chain<CacheCluster>| chain.counted(1, "paidan_hub_hints_continued");
    assert!(continued(&chain) > 0, "hints come before questions");

    // The node that most is followed on, killed and started again.
    let most = (0..shards.len()).max_by_key(|at| shards[*at]).unwrap();
    chain.cache.nodes()[most].kill();
    listener.knows(&place(&chain, 5));
    chain.cache.nodes()[most].start_again();
    chain.cache.wait_until_whole();
    listener.knows(&place(&chain, 1));
    let before = continued(&chain);
    let end = Instant::now() + HEALED;
    while continued(&chain) == before {
        assert!(Instant::now() < end, "hints come again");
        listener.knows(&place(&chain, 1));
    }
    assert_eq!(listener.resets, 0, "everything was continued");
}

/// The city is killed and comes back: whoever listens begins again, in the new epoch, and couriers
/// are where they were last seen.
#[test]
fn the_city_may_be_killed_behind_its_gateways() {
    let mut chain = Chain::build(1, 1);
    let (before, _) = chain.place(0, "before");
    let courier = chain.town.couriers[0].clone();
    let now = chain.core.hq().get("/v1/clock").ok()["now"].as_i64().unwrap();
    let ping = json!({"pings": [{"lat": LATITUDE, "lon": LONGITUDE, "at": now}]});
    let address = format!("/v1/couriers/{courier}");
    chain.at(0).post(&format!("{address}/on-duty"), &json!({})).ok();
    chain.at(0).post(&format!("{address}/positions"), &ping).ok();
    let remembered = |chain: &Chain| {
        let mut redis = chain.cache.connect();
        let keys: Vec<String> = redis::cmd("KEYS").arg("paidan:*").query(&mut redis).unwrap();
        !keys.is_empty()
    };
    let began = Instant::now();
    while !remembered(&chain) {
        assert!(began.elapsed() < HEALED, "positions are remembered");
        std::thread::yield_now();
    }
    let mut listener = Listener::begin(&chain.at(0));
    listener.knows(std::slice::from_ref(&before));
    let epoch = listener.at.0;

    chain.core.kill();
    let away = chain.at(0).get("/v1/stores");
    assert_eq!((away.status, away.code()), (503, "unavailable"));
    chain.core.start_again();

    let seen = chain.at(0).get(&address).ok();
    assert!(seen["position"]["at"].as_i64() == Some(now), "{seen}");
    // Its socket lives on, or asks it to come back; either way nothing is missing afterwards.
    let end = Instant::now() + HEALED;
    while listener.at.0 == epoch {
        match listener.socket.hear_until(end).expect("healed in time") {
            Some(frame) => listener.take(&frame),
            None => listener = Listener::begin(&chain.at(0)),
        }
    }
    assert!(listener.at.0 > epoch);
    let (after, _) = chain.place(0, "after");
    listener.knows(&[before, after]);
}

/// Somebody is shown out at the city: their sockets at every gateway end.
#[test]
fn whoever_is_shown_out_hears_nothing_more_at_any_gateway() {
    let chain = Chain::build(2, 0);
    let draft = json!({
        "principal": {"kind": "staff", "role": "auditor", "name": "查账", "scope": "all"},
    });
    let token = chain.core.hq().post("/v1/tokens", &draft).ok();
    let auditor = chain.at(1).with_token(token["token"].as_str().unwrap());
    let mut socket = Socket::open(&auditor);
    socket.subscribe(&operations(), None);
    socket.until("snapshot");
    let id = token["token_id"].as_str().unwrap();
    assert_eq!(chain.at(0).delete(&format!("/v1/tokens/{id}")).status, 204);
    while socket.hear().is_some() {}
    let refused = auditor.post("/v1/tickets", &json!({}));
    assert_eq!((refused.status, refused.code()), (401, "token_invalid"));
}
