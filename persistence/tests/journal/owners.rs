//! Who may write: across a restart, beside another process, after a lost session.

use persistence::*;

use crate::cluster;
use crate::given::*;

#[tokio::test]
async fn what_was_committed_is_there_after_a_restart() {
    on_each_that_lasts(async |url: String| {
        let journal = Journal::open(&url).await.unwrap();
        let old = claim(&journal, CITY).await;
        let mut batch = orders(CITY, old, 0, 3);
        batch.states = vec![state("order", 5, 3)];
        batch.idempotency = vec![answer("key", 1)];
        journal.commit(batch).await.unwrap();
        let before = (load(&journal, CITY).await, journal.journal_digest(CITY).await.unwrap());
        journal.close().await.unwrap();

        let journal = Journal::open(&url).await.unwrap();
        let new = claim(&journal, CITY).await;
        assert!(new > old, "an epoch is never given twice");
        let after = (load(&journal, CITY).await, journal.journal_digest(CITY).await.unwrap());
        assert_eq!(after, before);
        let again = journal.commit(orders(CITY, old, 3, 1)).await;
        assert!(matches!(again, Err(Error::NotOwner { .. })), "{again:?}");
        journal.close().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_closed_journal_answers_so() {
    on_each_that_lasts(async |url: String| {
        let journal = Journal::open(&url).await.unwrap();
        let epoch = claim(&journal, CITY).await;
        journal.close().await.unwrap();
        let refused = journal.commit(orders(CITY, epoch, 0, 1)).await;
        assert!(matches!(refused, Err(Error::Closed)), "{refused:?}");
        assert!(journal.load(CITY, at(0)).await.is_err());
        assert!(journal.living_states(CITY).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn on_a_server_a_partition_has_one_living_owner() {
    let url = cluster::shared().database();
    let first = Journal::open(&url).await.unwrap();
    let second = Journal::open(&url).await.unwrap();
    let epoch = first.claim(CITY, "node-a", "http://a").await.unwrap();
    second.claim(OTHER_CITY, "node-b", "http://b").await.unwrap();

    let refused = second.claim(CITY, "node-b", "http://b").await;
    let Err(Error::Owned { partition: CITY, owner, url }) = refused else { panic!("{refused:?}") };
    assert_eq!((owner.as_str(), url.as_str()), ("node-a", "http://a"));
    first.commit(orders(CITY, epoch, 0, 1)).await.unwrap();
    let stranger = second.commit(orders(CITY, epoch, 1, 1)).await;
    assert!(stranger.is_ok(), "the epoch is the right to write, whoever brings it: {stranger:?}");

    first.close().await.unwrap();
    let taken = second.claim(CITY, "node-b", "http://b").await.unwrap();
    assert!(taken > epoch);
    assert_eq!(load(&second, CITY).await.last_seq, 2);
    let late = second.commit(orders(CITY, epoch, 2, 1)).await;
    assert!(matches!(late, Err(Error::NotOwner { .. })), "{late:?}");
    second.close().await.unwrap();
}

#[tokio::test]
async fn a_lost_session_stops_all_that_it_held() {
    let server = cluster::shared();
    let url = server.database();
    let journal = Journal::open(&url).await.unwrap();
    let city = claim(&journal, CITY).await;
    claim(&journal, OTHER_CITY).await;
    journal.commit(orders(CITY, city, 0, 1)).await.unwrap();

    let end_sessions = format!(
        "SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity WHERE datname = '{}'",
        cluster::name_of(&url)
    );
    server.sql("postgres", &end_sessions);
    // Nobody commits: the sign of life that is missing tells it.
    journal.stopped(CITY).await;
    journal.stopped(OTHER_CITY).await;
    let refused = journal.commit(orders(CITY, city, 1, 1)).await;
    assert!(matches!(refused, Err(Error::Stopped { .. })), "{refused:?}");

    let city = claim(&journal, CITY).await;
    assert_eq!(load(&journal, CITY).await.last_seq, 1);
    journal.commit(orders(CITY, city, 1, 1)).await.unwrap();
    journal.close().await.unwrap();
}
