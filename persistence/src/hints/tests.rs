//! Against a real Redis that goes away and comes back.

use std::time::Duration;

use tokio::time::timeout;

use super::{Heard, Hints, Listener, Teller};
use crate::Error;

#[path = "../../tests/cache/mod.rs"]
mod cache;
use cache::Cache;

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
    let wanted = Heard::Message { channel: "news".to_owned(), text: text.to_owned() };
    let told = timeout(PATIENCE, async {
        loop {
            teller.tell("news".to_owned(), text.to_owned());
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
