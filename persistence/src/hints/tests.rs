//! Against a real Redis that goes away and comes back.

use std::time::Duration;

use tokio::time::timeout;

use super::{Heard, Hints, Listener, Teller};
use crate::Error;

#[path = "../../tests/cache/mod.rs"]
mod cache;
use cache::{Cache, CacheCluster};

const PATIENCE: Duration = Duration::from_secs(20);

async fn next(heard: &mut tokio::sync::mpsc::Receiver<Heard>) -> Heard {
    timeout(PATIENCE, heard.recv()).await.unwrap().unwrap()
}

/// Tells until the listener, which is somewhere on its way to Redis, hears it.
async fn tell_until_heard(
    teller: &Teller,
    heard: &mut tokio::sync::mpsc::Receiver<Heard>,
    text: &str,
) {
    tell_on("news", teller, heard, text).await;
}

async fn tell_on(
    channel: &str,
    teller: &Teller,
    heard: &mut tokio::sync::mpsc::Receiver<Heard>,
    text: &str,
) {
    let wanted = Heard::Message { channel: channel.to_owned(), text: text.to_owned() };
    let told = timeout(PATIENCE, async {
        loop {
            teller.tell(channel.to_owned(), text.to_owned());
            match timeout(Duration::from_millis(50), heard.recv()).await {
                Ok(Some(heard)) if heard == wanted => return,
                Ok(Some(_)) | Err(_) => {}
                Ok(None) => panic!("the listener has ended"),
            }
        }
    });
    told.await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_told_is_heard_again_after_redis_was_away() {
    let mut cache = Cache::start();
    let hints = Hints::open(&cache.url()).unwrap();
    let teller = Teller::open(&hints);
    let (listener, mut heard) = Listener::open(&hints);
    listener.follow("news".to_owned());
    tell_until_heard(&teller, &mut heard, "first").await;

    cache.kill();
    while next(&mut heard).await != Heard::Gap {}
    listener.follow("more".to_owned());
    cache.start_again();
    while next(&mut heard).await != Heard::Gap {}
    tell_until_heard(&teller, &mut heard, "second").await;
    listener.leave("news".to_owned());
    drop(listener);
    while timeout(PATIENCE, heard.recv()).await.unwrap().is_some() {}
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_last_value_of_a_field_is_recalled() {
    let mut cache = Cache::start();
    let hints = Hints::open(&cache.url()).unwrap();
    assert_eq!(hints.recall("places").await.unwrap(), []);
    let teller = Teller::open(&hints);
    for (field, value) in [("a", "1"), ("b", "2"), ("a", "3")] {
        assert!(teller.remember("places", field.to_owned(), value.to_owned()));
    }
    let known = timeout(PATIENCE, async {
        loop {
            let mut known = hints.recall("places").await.unwrap();
            known.sort();
            if known.len() == 2 && known.first().is_some_and(|(_, value)| value == "3") {
                return known;
            }
            tokio::task::yield_now().await;
        }
    });
    let pair = |field: &str, value: &str| (field.to_owned(), value.to_owned());
    assert_eq!(known.await.unwrap(), [pair("a", "3"), pair("b", "2")]);
    cache.kill();
    let away = hints.recall("places").await;
    assert!(matches!(away, Err(Error::Hints { .. } | Error::HintsSilent { .. })), "{away:?}");
}

#[tokio::test]
async fn a_reader_that_is_behind_and_a_redis_that_is_away_hold_nobody_up() {
    let hints = Hints::open("redis://127.0.0.1:1").unwrap();
    let teller = Teller::open(&hints);
    // Many times what may wait: some are left out, none is waited for.
    let taken = (0..100_000).filter(|number| teller.tell("a".to_owned(), number.to_string()));
    assert!(taken.count() < 100_000);
    assert!(matches!(Hints::open("http://127.0.0.1"), Err(Error::BadHints { .. })));
}

/// Channels on each of three nodes, by the slots that their names come to.
const ON_EACH_NODE: [&str; 3] = ["news", "stores", "boards"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_a_cluster_each_channel_goes_by_its_own_node_and_comes_back_with_it() {
    let mut cluster = CacheCluster::start();
    let hints = Hints::open(&cluster.url()).unwrap();
    let teller = Teller::open(&hints);
    let (listener, mut heard) = Listener::open(&hints);
    for channel in ON_EACH_NODE {
        listener.follow(channel.to_owned());
        tell_on(channel, &teller, &mut heard, "first").await;
    }
    // Each node has followers of its own share, and none of what it does not own.
    for node in cluster.nodes() {
        let mut asked = redis::cmd("PUBSUB");
        let of_node: Vec<String> = asked.arg("SHARDCHANNELS").query(&mut node.connect()).unwrap();
        assert_eq!(of_node.len(), 1, "{of_node:?}");
    }
    assert!(teller.remember("places", "a".to_owned(), "1".to_owned()));
    let known = timeout(PATIENCE, async {
        loop {
            let known = hints.recall("places").await.unwrap();
            if !known.is_empty() {
                return known;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    assert_eq!(known.await.unwrap(), [("a".to_owned(), "1".to_owned())]);

    listener.leave(ON_EACH_NODE[0].to_owned());
    listener.follow(ON_EACH_NODE[0].to_owned());
    tell_on(ON_EACH_NODE[0], &teller, &mut heard, "followed again").await;

    cluster.nodes()[2].kill();
    while next(&mut heard).await != Heard::Gap {}
    cluster.nodes()[2].start_again();
    cluster.wait_until_whole();
    for channel in ON_EACH_NODE {
        tell_on(channel, &teller, &mut heard, "second").await;
    }
}

#[test]
fn an_address_of_a_cluster_that_is_none_is_refused_without_its_password() {
    for url in ["redis-cluster://", "redis-cluster://a:b:c,d", "redis-cluster://me:secret@,x"] {
        let Err(refused) = Hints::open(url) else { panic!("{url} was taken") };
        assert!(!refused.to_string().contains("secret"), "{refused}");
    }
    assert!(Hints::open("redis-cluster://me:secret@10.0.0.5:6379,10.0.0.6:6379").is_ok());
}
