//! What a commit writes, what it refuses, and what stops a partition.

use persistence::*;

use crate::given::*;

/// One row in every table, after event 0.
fn full_batch(epoch: Epoch) -> Batch {
    let mut batch = orders(CITY, epoch, 0, 2);
    batch.states = vec![state("order", 5, 1), shelf(6, 2), state("order", 5, 2)];
    batch.states.push(StateRow { live: false, ..state("order", 8, 2) });
    batch.movements = vec![movement(1, 3, 4, -2)];
    batch.idempotency = vec![answer("key-1", 1)];
    batch.outbox = vec![message(2, "members-3"), message(2, "webhook")];
    batch.persons = vec![sealed(11)];
    batch.tokens = vec![token(12, 1)];
    batch
}

#[tokio::test]
async fn what_is_committed_is_recovered() {
    on_each(async |journal: Journal| {
        let epoch = claim(&journal, CITY).await;
        journal.commit(full_batch(epoch)).await.unwrap();

        let recovered = load(&journal, CITY).await;
        assert_eq!(recovered.last_seq, 2);
        assert_eq!(recovered.states, [state("order", 5, 2), shelf(6, 2)]);
        let IdempotencyRow { seq, scope, key, .. } = answer("key-1", 1);
        assert_eq!(recovered.idempotency, [IdempotencyKey { seq, scope, key }]);
        assert_eq!(recovered.outbox, [message(2, "members-3"), message(2, "webhook")]);

        let dead = journal.state(CITY, &StateKey::new("order", 0, 8)).await.unwrap();
        assert!(!dead.unwrap().live, "a state that is not live stays readable");
        assert_eq!(journal.feed(CITY, 0, 10).await.unwrap(), [event(1, 5, 1), event(2, 5, 2)]);
        let person = journal.person(vocabulary::PersonId::from_bits(11)).await.unwrap();
        assert_eq!(person, Some(sealed(11)));
        assert_eq!(journal.token_by_hash(&[1; 32]).await.unwrap(), Some(token(12, 1)));
    })
    .await;
}

/// The state of what stays.
fn shelf(id: u128, seq: u64) -> StateRow {
    StateRow { stays: true, ..state("stock", id, seq) }
}

#[tokio::test]
async fn what_stays_keeps_its_newest_state_and_history() {
    on_each(async |journal: Journal| {
        let epoch = claim(&journal, CITY).await;
        for seq in 1..=3 {
            let mut batch = Batch::new(CITY, epoch);
            let before = EventRow { entity_kind: "stock".into(), ..event(seq, 6, seq) };
            batch.events = vec![before];
            batch.states = vec![StateRow { store: Some(seq.into()), ..shelf(6, seq) }];
            journal.commit(batch).await.unwrap();
        }
        let newest = StateRow { store: Some(3), ..shelf(6, 3) };
        assert_eq!(load(&journal, CITY).await.states, std::slice::from_ref(&newest));
        assert_eq!(journal.state(CITY, &newest.key).await.unwrap(), Some(newest));
        assert_eq!(journal.entity_history(CITY, "stock", 6).await.unwrap().len(), 3);
        let pages = journal.states(CITY, &StateQuery::of_kind("stock", 9)).await.unwrap();
        assert!(pages.is_empty(), "pages are of what ends");
    })
    .await;
}

#[tokio::test]
async fn a_new_claim_shuts_the_old_owner_out() {
    on_each(async |journal: Journal| {
        let old = claim(&journal, CITY).await;
        let new = journal.claim(CITY, "node-b", "http://node-b").await.unwrap();
        assert!(new > old);
        let owner = journal.owner(CITY).await.unwrap().unwrap();
        assert_eq!((owner.epoch, owner.owner.as_str()), (new, "node-b"));

        let refused = journal.commit(full_batch(old)).await;
        assert!(matches!(refused, Err(Error::NotOwner { .. })), "{refused:?}");
        let recovered = load(&journal, CITY).await;
        assert!(recovered.states.is_empty() && recovered.outbox.is_empty());
        assert_eq!(recovered.last_seq, 0);
    })
    .await;
}

#[tokio::test]
async fn nobody_commits_to_a_partition_without_an_owner() {
    on_each(async |journal: Journal| {
        let refused = journal.commit(full_batch(Epoch(0))).await;
        assert!(matches!(refused, Err(Error::NotOwner { .. })), "{refused:?}");
        assert_eq!(journal.owner(CITY).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn events_leave_no_hole_and_take_no_place_twice() {
    on_each(async |journal: Journal| {
        for (first, second) in [(2, 3), (1, 3), (1, 1), (0, 1)] {
            let epoch = claim(&journal, CITY).await;
            let mut batch = full_batch(epoch);
            batch.events = vec![event(first, 5, 1), event(second, 5, 2)];
            let refused = journal.commit(batch).await;
            assert!(matches!(refused, Err(Error::Gap { .. })), "{first}, {second}: {refused:?}");
        }
        let epoch = claim(&journal, CITY).await;
        journal.commit(full_batch(epoch)).await.unwrap();
        let again = journal.commit(orders(CITY, epoch, 1, 1)).await;
        assert!(matches!(again, Err(Error::Gap { last_seq: 2, found: 2, .. })), "{again:?}");
    })
    .await;
}

/// Each spoils an otherwise good second batch in one table.
const SPOILERS: [fn(&mut Batch); 4] = [
    |batch| batch.events.push(event(4, 5, 1)),
    |batch| batch.outbox.push(message(2, "webhook")),
    |batch| batch.tokens.push(token(13, 1)),
    |batch| batch.tokens.extend([token(14, 3), token(15, 3)]),
];

#[tokio::test]
async fn of_a_refused_batch_nothing_stays() {
    on_each(async |journal: Journal| {
        let epoch = claim(&journal, CITY).await;
        journal.commit(full_batch(epoch)).await.unwrap();
        let before = (load(&journal, CITY).await, journal.dump(CITY).await.unwrap());
        for spoil in SPOILERS {
            let epoch = claim(&journal, CITY).await;
            let mut batch = orders(CITY, epoch, 2, 1);
            batch.states = vec![state("order", 5, 3)];
            batch.movements = vec![movement(3, 3, 4, 1)];
            batch.persons = vec![sealed(99)];
            spoil(&mut batch);
            let refused = journal.commit(batch).await;
            assert!(matches!(refused, Err(Error::Duplicate { .. })), "{refused:?}");

            let after = (load(&journal, CITY).await, journal.dump(CITY).await.unwrap());
            assert_eq!(after, before);
            assert_eq!(journal.movements(CITY, 3, 4).await.unwrap().len(), 1);
            let person = journal.person(vocabulary::PersonId::from_bits(99)).await.unwrap();
            assert_eq!(person, None);
        }
    })
    .await;
}

#[tokio::test]
async fn a_failed_commit_stops_its_partition_until_it_is_claimed_again() {
    on_each(async |journal: Journal| {
        let (city, other) = (claim(&journal, CITY).await, claim(&journal, OTHER_CITY).await);
        journal.commit(orders(CITY, city, 5, 1)).await.unwrap_err();

        let stopped = journal.commit(orders(CITY, city, 0, 1)).await;
        assert!(matches!(stopped, Err(Error::Stopped { partition: CITY })), "{stopped:?}");
        journal.commit(orders(OTHER_CITY, other, 0, 1)).await.unwrap();

        let city = claim(&journal, CITY).await;
        journal.commit(orders(CITY, city, 0, 1)).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn partitions_count_and_recover_apart() {
    on_each(async |journal: Journal| {
        let (city, other) = (claim(&journal, CITY).await, claim(&journal, OTHER_CITY).await);
        journal.commit(orders(CITY, city, 0, 3)).await.unwrap();
        let mut batch = orders(OTHER_CITY, other, 0, 1);
        batch.states = vec![state("order", 5, 1)];
        journal.commit(batch).await.unwrap();

        assert_eq!(load(&journal, CITY).await.last_seq, 3);
        assert!(load(&journal, CITY).await.states.is_empty());
        assert_eq!(load(&journal, OTHER_CITY).await.states, [state("order", 5, 1)]);
    })
    .await;
}

#[tokio::test]
async fn a_batch_without_events_is_recorded_too() {
    on_each(async |journal: Journal| {
        let epoch = claim(&journal, CITY).await;
        let mut batch = Batch::new(CITY, epoch);
        assert!(batch.is_empty());
        batch.idempotency = vec![answer("refused-1", 0)];
        journal.commit(batch).await.unwrap();
        journal.commit(Batch::new(CITY, epoch)).await.unwrap();
        assert_eq!(load(&journal, CITY).await.last_seq, 0);
        assert_eq!(load(&journal, CITY).await.idempotency.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn an_entity_that_rests_comes_back_when_it_is_live_again() {
    on_each(async |journal: Journal| {
        let epoch = claim(&journal, CITY).await;
        for (seq, live) in [(1, true), (2, false), (3, true)] {
            let mut batch = orders(CITY, epoch, seq - 1, 1);
            batch.states = vec![StateRow { live, ..state("order", 5, seq) }];
            journal.commit(batch).await.unwrap();
            let live_rows = load(&journal, CITY).await.states.len();
            assert_eq!(live_rows, usize::from(live));
        }
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn in_memory_a_commit_takes_no_time_of_the_paused_clock() {
    let journal = Journal::open("memory:").await.unwrap();
    let start = tokio::time::Instant::now();
    let epoch = claim(&journal, CITY).await;
    journal.commit(full_batch(epoch)).await.unwrap();
    assert_eq!(start.elapsed(), std::time::Duration::ZERO);
}

#[tokio::test]
async fn a_batch_may_be_larger_than_any_statement() {
    on_each(async |journal: Journal| {
        let epoch = claim(&journal, CITY).await;
        let mut batch = Batch::new(CITY, epoch);
        batch.events = (1..=7_000).map(|seq| event(seq, seq.into(), 1)).collect();
        batch.states = (1..=7_000).map(|seq| state("order", seq.into(), seq)).collect();
        let shelves = |owner| {
            (1..=400)
                .map(move |id| StateRow { key: StateKey::new("stock", owner, id), ..shelf(id, 7) })
        };
        batch.states.extend((1..=3).flat_map(shelves));
        batch.idempotency =
            (1..=700u64).map(|seq| answer(&format!("key-{seq:04}"), seq.div_ceil(3))).collect();
        journal.commit(batch.clone()).await.unwrap();
        let recovered = load(&journal, CITY).await;
        assert_eq!((recovered.last_seq, &recovered.states), (7_000, &batch.states));
        assert_eq!(recovered.idempotency.len(), 700);
        assert_eq!(journal.feed(CITY, 0, 10_000).await.unwrap(), batch.events);
    })
    .await;
}
