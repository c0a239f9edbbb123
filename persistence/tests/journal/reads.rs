//! What doors ask of the journal.

use persistence::*;

use crate::given::*;

#[tokio::test]
async fn the_feed_is_read_page_by_page_and_resumes_anywhere() {
    on_each(async |journal: Journal| {
        let epoch = claim(&journal, CITY).await;
        journal.commit(orders(CITY, epoch, 0, 3)).await.unwrap();
        journal.commit(orders(CITY, epoch, 3, 4)).await.unwrap();
        let seqs = async |after, limit| {
            let page = journal.feed(CITY, after, limit).await.unwrap();
            page.iter().map(|event| event.seq).collect::<Vec<_>>()
        };
        assert_eq!(seqs(0, 3).await, [1, 2, 3]);
        assert_eq!(seqs(3, 3).await, [4, 5, 6]);
        assert_eq!(seqs(6, 3).await, [7]);
        assert!(seqs(7, 3).await.is_empty());
        assert!(seqs(u64::MAX, 3).await.is_empty());
        assert!(journal.feed(OTHER_CITY, 0, 3).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn an_entity_tells_its_history_and_a_shelf_its_ledger() {
    on_each(async |journal: Journal| {
        let epoch = claim(&journal, CITY).await;
        let mut batch = Batch::new(CITY, epoch);
        let store = EventRow { entity_kind: "store".into(), ..event(2, 5, 1) };
        let second = EventRow { previous: 1, ..event(4, 5, 2) };
        batch.events = vec![event(1, 5, 1), store.clone(), event(3, 6, 1), second.clone()];
        batch.states = vec![state("order", 5, 4), state("store", 5, 2), state("order", 6, 3)];
        batch.movements = vec![
            movement(1, 3, 4, 10),
            movement(3, 3, 9, 1),
            movement(4, 3, 4, -2),
            movement(4, 3, 4, -1),
        ];
        journal.commit(batch).await.unwrap();
        // Long after, among many of others.
        let mut later = Batch::new(CITY, epoch);
        later.events = (5..=104).map(|seq| event(seq, 1_000 + u128::from(seq), 1)).collect();
        let third = EventRow { previous: 4, ..event(105, 5, 3) };
        later.events.push(third.clone());
        later.states = vec![state("order", 5, 105)];
        journal.commit(later).await.unwrap();

        let history = journal.entity_history(CITY, "order", 5).await.unwrap();
        assert_eq!(history, [event(1, 5, 1), second, third]);
        assert!(journal.entity_history(CITY, "order", 7_000).await.unwrap().is_empty());
        assert_eq!(journal.entity_history(CITY, "store", 5).await.unwrap(), [store]);
        let ledger = journal.movements(CITY, 3, 4).await.unwrap();
        let deltas: Vec<i64> = ledger.iter().map(|movement| movement.delta).collect();
        assert_eq!(deltas, [10, -2, -1]);
        assert_eq!(ledger[0], movement(1, 3, 4, 10));
    })
    .await;
}

#[tokio::test]
async fn an_answer_is_found_by_its_key_until_it_is_pruned() {
    on_each(async |journal: Journal| {
        let epoch = claim(&journal, CITY).await;
        let mut batch = orders(CITY, epoch, 0, 3);
        batch.idempotency = vec![answer("one", 1), answer("two", 2), answer("three", 3)];
        journal.commit(batch).await.unwrap();

        let find = async |scope, key| journal.answer_from(CITY, 1, scope, key).await.unwrap();
        assert_eq!(find("shopper:7 city-1", "two").await, Some(answer("two", 2)));
        assert_eq!(find("shopper:8 city-1", "two").await, None);
        assert_eq!(find("shopper:7 city-1", "four").await, None);
        let from_later = journal.answer_from(CITY, 3, "shopper:7 city-1", "two").await.unwrap();
        assert_eq!(from_later, None, "an answer is not older than the key");

        let recent = journal.load(CITY, at(1_002)).await.unwrap().idempotency;
        let recent: Vec<_> = recent.iter().map(|key| key.key.as_str()).collect();
        assert_eq!(recent, ["two", "three"]);

        assert_eq!(journal.prune_idempotency(CITY, at(1_003)).await.unwrap(), 2);
        assert_eq!(find("shopper:7 city-1", "two").await, None);
        assert_eq!(find("shopper:7 city-1", "three").await, Some(answer("three", 3)));
    })
    .await;
}

#[tokio::test]
async fn a_message_waits_until_its_receiver_has_it() {
    on_each(async |journal: Journal| {
        let epoch = claim(&journal, CITY).await;
        let mut batch = orders(CITY, epoch, 0, 3);
        batch.outbox = vec![message(3, "a"), message(1, "a"), message(2, "b"), message(2, "a")];
        journal.commit(batch).await.unwrap();
        assert_eq!(journal.outbox_delivered(CITY, "a", 2).await.unwrap(), 2);
        let waiting = load(&journal, CITY).await.outbox;
        assert_eq!(waiting, [message(2, "b"), message(3, "a")]);
        assert_eq!(journal.outbox_delivered(CITY, "a", 2).await.unwrap(), 0);
    })
    .await;
}

/// Deliveries 1 to 9: store 100 or 101, courier 200 from the fifth on, every third delivered.
fn deliveries(epoch: Epoch) -> Batch {
    let mut batch = Batch::new(CITY, epoch);
    batch.states = (1..=9u128)
        .map(|id| StateRow {
            key: StateKey::new("delivery", id % 4, id),
            live: id % 3 != 0,
            status: if id % 3 == 0 { "delivered" } else { "assigned" }.into(),
            store: Some(100 + id % 2),
            courier: (id >= 5).then_some(200),
            ..state("delivery", id, 0)
        })
        .collect();
    batch.states.push(state("order", 3, 0));
    batch
}

#[tokio::test]
async fn states_are_narrowed_and_paged() {
    on_each(async |journal: Journal| {
        let epoch = claim(&journal, CITY).await;
        journal.commit(deliveries(epoch)).await.unwrap();
        let ids = async |query: StateQuery| {
            let page = journal.states(CITY, &query).await.unwrap();
            page.iter().map(|row| row.key.id).collect::<Vec<_>>()
        };
        let all = StateQuery::of_kind("delivery", 100);
        assert_eq!(ids(all.clone()).await, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
        let down = StateQuery { descending: true, ..all.clone() };
        assert_eq!(ids(down.clone()).await, [9, 8, 7, 6, 5, 4, 3, 2, 1]);

        let second = StateQuery { after: Some(3), limit: 3, ..all.clone() };
        assert_eq!(ids(second).await, [4, 5, 6]);
        let second = StateQuery { after: Some(8), limit: 3, ..down.clone() };
        assert_eq!(ids(second).await, [7, 6, 5]);

        let store = StateQuery { store: Some(101), ..all.clone() };
        assert_eq!(ids(store.clone()).await, [1, 3, 5, 7, 9]);
        assert_eq!(ids(StateQuery { descending: true, ..store.clone() }).await, [9, 7, 5, 3, 1]);
        let courier = StateQuery { courier: Some(200), ..all.clone() };
        assert_eq!(ids(courier.clone()).await, [5, 6, 7, 8, 9]);
        assert_eq!(ids(StateQuery { descending: true, ..courier.clone() }).await, [9, 8, 7, 6, 5]);
        let both = StateQuery { store: Some(100), ..courier };
        assert_eq!(ids(both).await, [6, 8]);

        let delivered = StateQuery { status: Some("delivered".into()), ..all.clone() };
        assert_eq!(ids(delivered).await, [3, 6, 9]);
        let live = StateQuery { live: Some(true), ..store };
        assert_eq!(ids(live).await, [1, 5, 7]);
        assert!(ids(StateQuery::of_kind("parcel", 100)).await.is_empty());
    })
    .await;
}
