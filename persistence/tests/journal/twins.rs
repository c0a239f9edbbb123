//! One list of commands, given to every backend, leaves the same memory of it.

use persistence::*;
use vocabulary::Chance;

use crate::given::*;

/// Some hundred batches of mixed rows; equal seeds give equal lists.
fn commands(seed: u64, epoch: Epoch) -> Vec<Batch> {
    let mut chance = Chance::from_seed(seed);
    let mut below = |bound: u64| chance.below(bound);
    let mut histories = [(0u64, 0u64); 20];
    let mut seq = 0;
    let mut batches = Vec::new();
    for number in 0..200u64 {
        let mut batch = Batch::new(CITY, epoch);
        for _ in 0..below(5) {
            seq += 1;
            let entity = below(20);
            let (entity_seq, previous) = histories[entity as usize];
            batch.events.push(EventRow { previous, ..event(seq, entity.into(), entity_seq + 1) });
            histories[entity as usize] = (entity_seq + 1, seq);
            batch.states.push(StateRow {
                live: below(3) > 0,
                store: (below(2) > 0).then_some(7),
                ..state("order", entity.into(), seq)
            });
            batch.movements.push(movement(seq, 7, below(3).into(), below(9) as i64 - 4));
            if below(4) == 0 {
                batch.outbox.push(message(seq, "members-1"));
            }
        }
        batch.idempotency.push(answer(&format!("key-{number}"), seq));
        batches.push(batch);
    }
    batches
}

async fn play(journal: &Journal, seed: u64) -> (Loaded, [u8; 32]) {
    let epoch = claim(journal, CITY).await;
    for batch in commands(seed, epoch) {
        journal.commit(batch).await.unwrap();
    }
    journal.outbox_delivered(CITY, "members-1", 100).await.unwrap();
    journal.prune_idempotency(CITY, at(1_050)).await.unwrap();
    (load(journal, CITY).await, journal.journal_digest(CITY).await.unwrap())
}

#[tokio::test]
async fn equal_commands_leave_equal_journals() {
    let whole = Journal::memory(MemoryOptions { history: true });
    let digest_only = Journal::memory(MemoryOptions { history: false });
    let expected = play(&whole, 1).await;
    assert_eq!(play(&digest_only, 1).await, expected);
    on_each_that_lasts(async |url: String| {
        let journal = Journal::open(&url).await.unwrap();
        assert_eq!(play(&journal, 1).await, expected);
        assert_eq!(whole.dump(CITY).await.unwrap(), journal.dump(CITY).await.unwrap());
        for sku in 0..3 {
            let (one, other) = (whole.movements(CITY, 7, sku), journal.movements(CITY, 7, sku));
            assert_eq!(one.await.unwrap(), other.await.unwrap());
        }
        for entity in 0..20 {
            let history = async |of: &Journal| of.entity_history(CITY, "order", entity).await;
            assert_eq!(history(&whole).await.unwrap(), history(&journal).await.unwrap());
        }
        journal.close().await.unwrap();
    })
    .await;
    let other_seed = Journal::memory(MemoryOptions { history: false });
    assert_ne!(play(&other_seed, 2).await.1, expected.1);
}

#[tokio::test]
async fn a_journal_that_keeps_only_a_digest_says_so() {
    let journal = Journal::memory(MemoryOptions { history: false });
    play(&journal, 1).await;
    assert!(matches!(journal.feed(CITY, 0, 1).await, Err(Error::HistoryNotKept { .. })));
    assert!(matches!(journal.dump(CITY).await, Err(Error::HistoryNotKept { .. })));
    assert!(matches!(journal.movements(CITY, 7, 1).await, Err(Error::HistoryNotKept { .. })));
    let history = journal.entity_history(CITY, "order", 1).await;
    assert!(matches!(history, Err(Error::HistoryNotKept { .. })));
}
