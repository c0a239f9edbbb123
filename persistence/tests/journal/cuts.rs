//! The wire to the server is cut around a commit: whether the batch was recorded is unknown to who
//! sent it, and told by the next claim and load. Nothing is lost, nothing is there twice.

use persistence::*;
use vocabulary::Chance;

use crate::cluster::{self, name_of, wire};
use crate::given::*;
use wire::{Cut, Wire};

/// A journal whose server is reached over a wire.
async fn over_a_wire() -> (Wire, Journal) {
    let server = cluster::shared();
    let database = server.database();
    let wire = Wire::to(server.socket());
    let url = server.address_at(wire.folder(), name_of(&database));
    let journal = Journal::open(&url).await.unwrap();
    (wire, journal)
}

/// The event with this seq; the word in it is what the wire is cut at.
fn marked(epoch: Epoch, seq: u64) -> Batch {
    let mut batch = orders(CITY, epoch, seq - 1, 1);
    batch.events[0].payload = format!(r#"{{"word":"cut-{seq}."}}"#);
    batch.states = vec![state("order", 5, seq)];
    batch.idempotency = vec![answer(&format!("key-{seq}"), seq)];
    batch
}

async fn check_recorded(journal: &Journal, count: u64) {
    let recovered = load(journal, CITY).await;
    assert_eq!(recovered.last_seq, count);
    let keys: Vec<u64> = recovered.idempotency.iter().map(|key| key.seq).collect();
    assert_eq!(keys, (1..=count).collect::<Vec<_>>(), "each answer is there once");
    let feed = journal.feed(CITY, 0, 10_000).await.unwrap();
    let seqs: Vec<u64> = feed.iter().map(|event| event.seq).collect();
    assert_eq!(seqs, (1..=count).collect::<Vec<_>>(), "each event is there once");
    let newest = journal.state(CITY, &StateKey::new("order", 0, 5)).await.unwrap();
    assert_eq!(newest.map(|row| row.seq), (count > 0).then_some(count));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_whose_wire_is_cut_is_recorded_once_or_not_at_all() {
    let (wire, journal) = over_a_wire().await;
    let mut chance = Chance::from_seed(5);
    let mut epoch = claim(&journal, CITY).await;
    for seq in 1..=24 {
        let cut = match chance.below(4) {
            0 => Some(Cut::Before),
            1 => Some(Cut::Within),
            2 => Some(Cut::After),
            _ => None,
        };
        if let Some(cut) = cut {
            wire.cut_at(&format!("cut-{seq}."), cut);
        }
        let committed = journal.commit(marked(epoch, seq)).await;
        let Some(cut) = cut else {
            committed.unwrap();
            continue;
        };
        assert!(matches!(committed, Err(Error::CommitUnknown { .. })), "{cut:?}: {committed:?}");
        let stopped = journal.commit(marked(epoch, seq)).await;
        assert!(matches!(stopped, Err(Error::Stopped { .. })), "{stopped:?}");
        epoch = claim(&journal, CITY).await;
        let is_recorded = load(&journal, CITY).await.last_seq == seq;
        assert_eq!(is_recorded, cut == Cut::After, "{cut:?}");
        if !is_recorded {
            journal.commit(marked(epoch, seq)).await.unwrap();
        }
        check_recorded(&journal, seq).await;
    }
    assert!(wire.cut_count() >= 12, "the wire was cut {} times only", wire.cut_count());
    check_recorded(&journal, 24).await;
    journal.close().await.unwrap();
}

/// Both ends go on believing in the wire: the one gives up in time, and ends what it has left at the
/// other before it claims again.
#[tokio::test(flavor = "multi_thread")]
async fn a_wire_that_is_cut_in_silence_holds_nobody_for_ever() {
    let (wire, journal) = over_a_wire().await;
    let epoch = claim(&journal, CITY).await;
    wire.cut_at("cut-1.", Cut::InSilence);
    let committed = journal.commit(marked(epoch, 1)).await;
    assert!(matches!(committed, Err(Error::CommitUnknown { .. })), "{committed:?}");
    let epoch = claim(&journal, CITY).await;
    check_recorded(&journal, 1).await;
    journal.commit(marked(epoch, 2)).await.unwrap();
    check_recorded(&journal, 2).await;
    assert_eq!(wire.cut_count(), 1);
    journal.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_find_the_server_again_after_a_cut() {
    let (wire, journal) = over_a_wire().await;
    let epoch = claim(&journal, CITY).await;
    journal.commit(marked(epoch, 1)).await.unwrap();
    check_recorded(&journal, 1).await;
    wire.cut_all();
    journal.stopped(CITY).await;
    let mut lost = 0;
    while let Err(error) = journal.feed(CITY, 0, 10).await {
        assert!(error.is_passing(), "{error:?}");
        lost += 1;
        assert!(lost < 10, "{error:?}");
    }
    let epoch = claim(&journal, CITY).await;
    journal.commit(marked(epoch, 2)).await.unwrap();
    check_recorded(&journal, 2).await;
    journal.close().await.unwrap();
}
