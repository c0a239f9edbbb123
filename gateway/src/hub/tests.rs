//! The hub against a city of one line: what it asks for, and what its sockets get.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use actors::{Change, CommandError, OrderCard, Output, Publication, Topic};
use serde_json::Value;
use vocabulary::{CourierId, OrderId, Place, StoreId, Timestamp};

use super::outbox::Outbox;
use super::relay::{Mirrored, Question, Snapshot, Told};
use super::{Hub, HubLimits, Listening, Note, Sight, Source};
use crate::wire::relay::QuestionBody;
use crate::wire::socket::{CloseCode, ResumePoint};

/// What was asked of the city, in order.
#[derive(Default)]
struct Asked {
    watches: Vec<(u64, Topic)>,
    unwatches: Vec<Topic>,
    is_full: bool,
}

#[derive(Clone, Default)]
struct City(Arc<Mutex<Asked>>);

impl Source for City {
    fn watch(&self, ask: u64, topic: Topic) -> Result<(), CommandError> {
        let mut asked = self.0.lock().unwrap();
        if asked.is_full {
            return Err(CommandError::Busy);
        }
        asked.watches.push((ask, topic));
        Ok(())
    }

    fn unwatch(&self, topic: Topic) -> Result<(), CommandError> {
        self.0.lock().unwrap().unwatches.push(topic);
        Ok(())
    }
}

const OPERATIONS: Topic = Topic::Operations;
const BOARD: Topic = Topic::Board(StoreId::from_bits(3));
const AT_WORK: Listening = Listening { sight: Sight::Whole, is_at_work: true };
const ORDER: Topic = Topic::Order(OrderId::from_bits(7));

struct Stage {
    city: City,
    hub: Arc<Hub>,
    now: Instant,
}

impl Stage {
    fn new(change: impl FnOnce(&mut HubLimits)) -> Self {
        let city = City::default();
        let mut limits = HubLimits::default();
        change(&mut limits);
        let stage = Self { hub: Hub::new(city.clone(), limits), city, now: Instant::now() };
        stage.says(Output::Recovered { epoch: 1 });
        stage
    }

    fn says(&self, output: Output) {
        self.hub.hand_out(vec![output], self.now);
    }

    /// Answers the last question about the topic.
    fn answers(&self, topic: Topic, change: Change) {
        let subscription = self.last_ask(topic).unwrap();
        self.says(Output::Snapshot { subscription, topic, change });
    }

    fn last_ask(&self, topic: Topic) -> Option<u64> {
        let asked = self.city.0.lock().unwrap();
        asked.watches.iter().rev().find(|(_, known)| *known == topic).map(|(ask, _)| *ask)
    }

    fn ask_count(&self) -> usize {
        self.city.0.lock().unwrap().watches.len()
    }

    fn publishes(&self, topic: Topic, change: Change) {
        self.says(Output::Publish(Publication { topic, change }));
    }

    fn listens(&self, topic: Topic, resume: Option<(u64, u64)>) -> Arc<Outbox> {
        let outbox = self.hub.open().unwrap();
        let resume = resume.map(|(epoch, seq)| ResumePoint { epoch, seq });
        self.hub.join(&outbox, topic, Listening::beside(Sight::Whole), resume);
        outbox
    }

    fn sweeps_after(&mut self, span: Duration) {
        self.now += span;
        self.hub.state().sweep(self.now);
    }

    fn counted(&self, name: &str) -> u64 {
        let readings = self.hub.counters().read();
        readings.iter().find(|reading| reading.name == format!("hub_{name}")).unwrap().value
    }
}

fn card(number: u128) -> OrderCard {
    OrderCard {
        order: OrderId::from_bits(number),
        mode: dispatch::order::FulfillmentMode::Delivery,
        status: "open",
        stage: "",
        stores: Vec::new(),
        couriers: Vec::new(),
        promised_by: None,
        escalated: false,
        late: false,
        reminders: 0,
    }
}

fn cards(numbers: impl IntoIterator<Item = u128>) -> Change {
    Change::Operations { orders: numbers.into_iter().map(card).collect() }
}

fn position(at: i64) -> Change {
    Change::Position {
        courier: CourierId::from_bits(1),
        place: Place::new(30.6, 114.3).unwrap(),
        is_rough: false,
        at: Timestamp::from_millis(at),
        etas: Vec::new(),
    }
}

/// Frames in short: `snapshot 1`, `delta 2`, `reset gap`, `position`.
fn heard(outbox: &Outbox) -> Vec<String> {
    let frames = outbox.take().into_frames();
    frames
        .map(|frame| {
            let frame: Value = serde_json::from_str(frame.as_str()).unwrap();
            let kind = frame["type"].as_str().unwrap();
            match kind {
                "snapshot" | "delta" => format!("{kind} {}", frame["seq"]),
                "reset" => format!("reset {}", frame["why"].as_str().unwrap()),
                "error" => format!("error {}", frame["code"].as_str().unwrap()),
                kind => kind.to_owned(),
            }
        })
        .collect()
}

#[test]
fn a_snapshot_comes_first_and_deltas_follow_without_a_hole() {
    let stage = Stage::new(|_| {});
    let outbox = stage.listens(OPERATIONS, None);
    stage.publishes(OPERATIONS, cards([1]));
    assert!(heard(&outbox).is_empty(), "nothing before the snapshot");
    stage.answers(OPERATIONS, cards([1]));
    stage.publishes(OPERATIONS, cards([1]));
    stage.publishes(OPERATIONS, cards([2]));
    assert_eq!(heard(&outbox), ["snapshot 1", "delta 2", "delta 3"]);
}

#[test]
fn one_question_serves_all_who_wait() {
    let stage = Stage::new(|_| {});
    let first = stage.listens(OPERATIONS, None);
    let second = stage.listens(OPERATIONS, None);
    assert_eq!(stage.ask_count(), 1);
    stage.answers(OPERATIONS, cards([]));
    assert_eq!(
        (heard(&first), heard(&second)),
        (vec!["snapshot 1".into()], vec!["snapshot 1".into()])
    );
    let third = stage.listens(OPERATIONS, None);
    assert_eq!(stage.ask_count(), 2);
    stage.publishes(OPERATIONS, cards([1]));
    stage.answers(OPERATIONS, cards([1]));
    stage.publishes(OPERATIONS, cards([1]));
    assert_eq!(heard(&first), ["delta 2", "delta 3"], "asked for others, unheard by those ahead");
    assert_eq!(heard(&third), ["snapshot 2", "delta 3"]);
}

#[test]
fn who_comes_back_gets_what_was_missed_and_no_more() {
    let stage = Stage::new(|_| {});
    let outbox = stage.listens(OPERATIONS, None);
    stage.answers(OPERATIONS, cards([]));
    stage.publishes(OPERATIONS, cards([1]));
    stage.hub.close(&outbox, &[OPERATIONS]);
    stage.publishes(OPERATIONS, cards([2]));
    stage.publishes(OPERATIONS, cards([3]));
    let again = stage.listens(OPERATIONS, Some((1, 2)));
    stage.publishes(OPERATIONS, cards([4]));
    assert_eq!(heard(&again), ["delta 3", "delta 4", "delta 5"]);
    assert_eq!(stage.ask_count(), 1, "no snapshot was needed");
    assert_eq!((stage.counted("ring_hits"), stage.counted("ring_misses")), (1, 0));
}

#[test]
fn who_missed_too_much_starts_again() {
    let stage = Stage::new(|limits| limits.ring_deltas = 2);
    let outbox = stage.listens(OPERATIONS, None);
    stage.answers(OPERATIONS, cards([]));
    stage.hub.close(&outbox, &[OPERATIONS]);
    (1..=3).for_each(|number| stage.publishes(OPERATIONS, cards([number])));
    let again = stage.listens(OPERATIONS, Some((1, 1)));
    assert!(heard(&again).is_empty());
    stage.answers(OPERATIONS, cards([]));
    stage.publishes(OPERATIONS, cards([1]));
    assert_eq!(heard(&again), ["reset gap", "snapshot 4", "delta 5"]);
    assert_eq!(stage.counted("ring_misses"), 1);
}

#[test]
fn a_new_epoch_resets_everybody() {
    let stage = Stage::new(|_| {});
    let outbox = stage.listens(OPERATIONS, None);
    let waiting = stage.listens(ORDER, None);
    stage.answers(OPERATIONS, cards([]));
    stage.publishes(OPERATIONS, cards([1]));
    heard(&outbox);
    let old = stage.last_ask(ORDER).unwrap();
    stage.says(Output::Recovered { epoch: 2 });
    stage.says(Output::NoSuchTopic { subscription: old, topic: ORDER });
    assert!(heard(&waiting).is_empty(), "an answer from before the recovery is none");
    stage.answers(OPERATIONS, cards([]));
    stage.publishes(OPERATIONS, cards([1]));
    assert_eq!(heard(&outbox), ["reset new_epoch", "snapshot 0", "delta 1"]);
    let back = stage.listens(OPERATIONS, Some((1, 1)));
    stage.answers(OPERATIONS, cards([]));
    assert_eq!(heard(&back), ["reset new_epoch", "snapshot 1"]);
}

#[test]
fn a_topic_nobody_listens_to_is_forgotten_and_its_numbers_never_come_again() {
    let mut stage = Stage::new(|_| {});
    let outbox = stage.listens(OPERATIONS, None);
    stage.answers(OPERATIONS, cards([]));
    (1..=5).for_each(|number| stage.publishes(OPERATIONS, cards([number])));
    stage.hub.close(&outbox, &[OPERATIONS]);
    stage.sweeps_after(Duration::from_secs(59));
    assert!(stage.city.0.lock().unwrap().unwatches.is_empty());
    stage.sweeps_after(Duration::from_secs(2));
    assert_eq!(stage.city.0.lock().unwrap().unwatches, [OPERATIONS]);
    assert_eq!(stage.counted("topics"), 0);
    // Between its first life and its second the topic went on: 6 then is not 6 now.
    let first = stage.listens(OPERATIONS, None);
    stage.answers(OPERATIONS, cards([]));
    let back = stage.listens(OPERATIONS, Some((1, 6)));
    stage.answers(OPERATIONS, cards([]));
    assert_eq!(heard(&first), ["snapshot 7"]);
    assert_eq!(heard(&back), ["reset gap", "snapshot 7"]);
}

#[test]
fn a_topic_is_kept_when_somebody_comes_back_in_time() {
    let mut stage = Stage::new(|_| {});
    let outbox = stage.listens(OPERATIONS, None);
    stage.answers(OPERATIONS, cards([]));
    stage.hub.close(&outbox, &[OPERATIONS]);
    stage.sweeps_after(Duration::from_secs(50));
    let _again = stage.listens(OPERATIONS, Some((1, 1)));
    stage.sweeps_after(Duration::from_secs(60));
    assert!(stage.city.0.lock().unwrap().unwatches.is_empty());
    assert_eq!(stage.hub.listener_count(OPERATIONS), 1);
}

#[test]
fn a_full_city_is_asked_again() {
    let mut stage = Stage::new(|_| {});
    stage.city.0.lock().unwrap().is_full = true;
    let outbox = stage.listens(OPERATIONS, None);
    assert_eq!(stage.ask_count(), 0);
    stage.city.0.lock().unwrap().is_full = false;
    stage.sweeps_after(Duration::from_millis(250));
    stage.answers(OPERATIONS, cards([]));
    assert_eq!(heard(&outbox), ["snapshot 1"]);
}

#[test]
fn listeners_wait_for_a_city_that_has_not_recovered() {
    let city = City::default();
    let hub = Hub::new(city.clone(), HubLimits::default());
    let stage = Stage { city, hub, now: Instant::now() };
    let outbox = stage.listens(OPERATIONS, None);
    assert_eq!((stage.hub.epoch(), stage.ask_count()), (0, 0));
    stage.says(Output::Recovered { epoch: 9 });
    stage.answers(OPERATIONS, cards([]));
    assert_eq!(heard(&outbox), ["snapshot 0"]);
}

#[test]
fn a_topic_that_is_not_there_is_said_once_and_forgotten() {
    let stage = Stage::new(|_| {});
    let outbox = stage.listens(ORDER, None);
    let subscription = stage.last_ask(ORDER).unwrap();
    stage.says(Output::NoSuchTopic { subscription, topic: ORDER });
    assert_eq!(stage.hub.listener_count(ORDER), 0);
    assert_eq!(stage.counted("subscriptions"), 0);
    let taken = outbox.take();
    assert_eq!(taken.notes, [Note::Ended(ORDER)]);
    assert_eq!(taken.into_frames().count(), 1);
}

#[test]
fn a_slow_reader_loses_its_deltas_and_gets_a_snapshot_when_it_is_back() {
    let mut stage = Stage::new(|limits| limits.queue = 3);
    let slow = stage.listens(OPERATIONS, None);
    let quick = stage.listens(OPERATIONS, None);
    stage.answers(OPERATIONS, cards([]));
    for number in 1..=3 {
        stage.publishes(OPERATIONS, cards([number]));
        heard(&quick);
    }
    assert_eq!(stage.counted("collapsed"), 1);
    stage.publishes(OPERATIONS, cards([4]));
    assert_eq!(heard(&quick), ["delta 5"], "others keep receiving");
    assert_eq!(stage.ask_count(), 1, "no snapshot is asked for while it does not read");
    let taken = slow.take();
    assert_eq!(taken.notes, [Note::CatchUp(OPERATIONS)]);
    assert_eq!(taken.into_frames().count(), 0, "the snapshot that waited is dropped too");
    stage.hub.catch_up(&slow, OPERATIONS);
    stage.answers(OPERATIONS, cards([]));
    stage.publishes(OPERATIONS, cards([5]));
    assert_eq!(heard(&slow), ["reset slow_reader", "snapshot 5", "delta 6"]);
    stage.sweeps_after(Duration::from_secs(60));
    assert_eq!(slow.closing(), None, "it has read");
}

#[test]
fn a_reader_that_takes_nothing_is_closed_and_others_are_not() {
    let mut stage = Stage::new(|limits| limits.queue = 3);
    let slow = stage.listens(OPERATIONS, None);
    let quick = stage.listens(OPERATIONS, None);
    stage.answers(OPERATIONS, cards([]));
    for number in 1..=9 {
        stage.publishes(OPERATIONS, cards([number]));
        heard(&quick);
    }
    stage.sweeps_after(Duration::from_secs(9));
    assert_eq!(slow.closing(), None);
    stage.sweeps_after(Duration::from_secs(1));
    assert_eq!(slow.closing(), Some(CloseCode::SlowReader));
    assert_eq!(quick.closing(), None);
    assert_eq!(stage.counted("slow_closes"), 1);
}

#[test]
fn only_the_latest_position_waits_and_late_comers_get_it() {
    let stage = Stage::new(|_| {});
    let outbox = stage.listens(ORDER, None);
    stage.publishes(ORDER, position(1));
    stage.answers(ORDER, cards([]));
    (2..=5).for_each(|at| stage.publishes(ORDER, position(at)));
    assert_eq!(heard(&outbox), ["snapshot 1", "position"]);
    assert_eq!(stage.counted("positions_skipped"), 3);
    let late = stage.listens(ORDER, Some((1, 1)));
    assert_eq!(heard(&late), ["position"]);
}

#[test]
fn those_who_see_less_get_frames_of_their_own_under_the_same_numbers() {
    let stage = Stage::new(|_| {});
    let order = Arc::new(dispatch::order::Order::new(OrderId::from_bits(7)));
    let change = || Change::Order { order: Arc::clone(&order), etas: Vec::new() };
    let shopper = stage.listens(ORDER, None);
    let picker = stage.hub.open().unwrap();
    stage.hub.join(&picker, ORDER, Listening::beside(Sight::Masked), None);
    stage.answers(ORDER, change());
    stage.publishes(ORDER, change());
    let texts = |outbox: &Outbox| -> Vec<String> {
        outbox.take().into_frames().map(|frame| frame.as_str().to_owned()).collect()
    };
    let (whole, masked) = (texts(&shopper), texts(&picker));
    assert!(whole.iter().all(|frame| frame.contains(r#""money":"#)));
    assert!(masked.iter().all(|frame| !frame.contains(r#""money":"#)));
    assert!(whole[1].contains(r#""seq":2"#) && masked[1].contains(r#""seq":2"#));
}

#[test]
fn a_full_or_closing_house_lets_nobody_in() {
    let stage = Stage::new(|limits| limits.most_connections = 1);
    let first = stage.hub.open().unwrap();
    assert!(stage.hub.open().is_none());
    stage.hub.close(&first, &[]);
    let second = stage.hub.open().unwrap();
    stage.hub.close_all();
    assert_eq!(second.closing(), Some(CloseCode::GoingAway));
    stage.hub.close(&second, &[]);
    assert!(stage.hub.open().is_none());
}

// --- one hub in front of another ---

/// A hub that shows what another publishes, by a road that loses, repeats and reorders.
struct Front {
    city: City,
    hub: Arc<Hub>,
}

impl Front {
    fn new() -> Self {
        let city = City::default();
        Self { hub: Hub::new(city.clone(), HubLimits::default()), city }
    }

    /// What the hub behind would answer to everything that was asked, and to everything shown.
    fn asks(&self, behind: &Stage) {
        let asked = std::mem::take(&mut self.city.0.lock().unwrap().watches);
        let topics = asked.into_iter().map(|(_, topic)| topic).chain(self.hub.topics());
        for topic in topics.collect::<std::collections::BTreeSet<_>>() {
            let question = self.hub.question(topic).unwrap();
            self.hub.mirror(answer_of(behind, question));
        }
    }
}

/// As the doors for gateways answer, but at once.
fn answer_of(behind: &Stage, question: Question) -> Mirrored {
    let Question { topic, after, needs_snapshot, is_attended } = question;
    behind.hub.follow(topic);
    if is_attended {
        behind.hub.attend(topic);
    }
    if let Some(subscription) = behind.last_ask(topic) {
        behind.says(Output::Snapshot { subscription, topic, change: cards([0]) });
    }
    let snapshot = needs_snapshot.then(|| {
        let outbox = behind.listens(topic, None);
        behind.answers(topic, cards([0]));
        let frames: Vec<_> = outbox.take().into_frames().collect();
        let read: Value = serde_json::from_str(frames[0].as_str()).unwrap();
        behind.hub.close(&outbox, &[topic]);
        Snapshot { seq: read["seq"].as_u64().unwrap(), frames: [frames.clone(), frames] }
    });
    let look = behind.hub.look(topic, after);
    let after = after.filter(|point| point.epoch == look.epoch).map(|point| point.seq);
    Mirrored { topic, epoch: look.epoch, is_missing: false, after, look, snapshot }
}

#[test]
fn only_who_is_at_work_attends_to_a_topic() {
    let stage = Stage::new(|_| {});
    let auditor = stage.listens(BOARD, None);
    assert!(!stage.hub.is_attended(BOARD), "an auditor reads along");
    let screen = stage.hub.open().unwrap();
    stage.hub.join(&screen, BOARD, AT_WORK, None);
    assert!(stage.hub.is_attended(BOARD));
    stage.hub.close(&screen, &[BOARD]);
    assert!(!stage.hub.is_attended(BOARD), "the store's own screen is gone");
    assert_eq!(stage.hub.listener_count(BOARD), 1);
    stage.hub.close(&auditor, &[BOARD]);
}

#[test]
fn a_hub_in_front_says_whether_its_own_listeners_are_at_work() {
    let behind = Stage::new(|_| {});
    let front = Front::new();
    front.hub.hand_out(vec![Output::Recovered { epoch: 1 }], behind.now);
    let auditor = front.hub.open().unwrap();
    front.hub.join(&auditor, BOARD, Listening::beside(Sight::Whole), None);
    front.asks(&behind);
    assert!(!behind.hub.is_attended(BOARD), "followed for an auditor alone");
    let screen = front.hub.open().unwrap();
    front.hub.join(&screen, BOARD, AT_WORK, None);
    front.asks(&behind);
    assert!(behind.hub.is_attended(BOARD));
    front.hub.close(&screen, &[BOARD]);
    front.asks(&behind);
    let later = Instant::now() + super::FOLLOWED_FOR;
    assert!(!behind.hub.state().is_attended(BOARD, later), "it was not said again");
}

#[test]
fn a_gateway_says_of_boards_alone_that_nobody_is_at_work() {
    let said = |topic, is_attended| {
        let question = Question { topic, after: None, needs_snapshot: false, is_attended };
        let body = QuestionBody::from(question);
        serde_json::to_value(body).unwrap()["attended"].clone()
    };
    assert_eq!(said(BOARD, false), Value::Bool(false));
    assert_eq!((said(BOARD, true), said(ORDER, false)), (Value::Null, Value::Null));
}

proptest::proptest! {
    /// Whatever the road does to the hints, whoever listens in front hears each delta once and in
    /// order, or a reset and a snapshot that stands where the next delta continues.
    #[test]
    fn a_hub_in_front_never_skips_and_never_repeats(
        road in proptest::collection::vec((0u8..6, 0usize..8), 1..60),
    ) {
        let behind = Stage::new(|limits| limits.ring_deltas = 8);
        let (tell, mut told) = tokio::sync::mpsc::channel(1_024);
        behind.hub.tell(tell);
        let front = Front::new();
        let outbox = front.hub.open().unwrap();
        front.hub.hand_out(vec![Output::Recovered { epoch: 1 }], behind.now);
        front.hub.join(&outbox, OPERATIONS, Listening::beside(Sight::Whole), None);
        let (mut hints, mut at, mut epoch) = (Vec::new(), None, 1);
        for (step, pick) in road {
            match step {
                0 | 1 => behind.publishes(OPERATIONS, cards([step.into()])),
                // One hint arrives: any of those under way, and it may arrive again.
                2 | 3 => {
                    if let Some(hint) = hints.get(pick) {
                        front.hub.hear(Told::clone(hint));
                    }
                }
                4 => front.asks(&behind),
                _ => {
                    epoch += 1;
                    behind.says(Output::Recovered { epoch });
                }
            }
            while let Ok(hint) = told.try_recv() {
                hints.insert(0, hint);
            }
            check_order(&outbox, &mut at);
        }
        // Asking alone brings it to the end.
        for _ in 0..3 {
            front.asks(&behind);
            check_order(&outbox, &mut at);
        }
        let question =
            Question { topic: OPERATIONS, after: None, needs_snapshot: true, is_attended: false };
        let end = answer_of(&behind, question);
        proptest::prop_assert_eq!(at, Some((epoch, end.snapshot.unwrap().seq)));
    }
}

/// Frames continue each other, or begin again after a reset.
fn check_order(outbox: &Outbox, at: &mut Option<(u64, u64)>) {
    let mut was_reset = at.is_none();
    for frame in outbox.take().into_frames() {
        let frame: Value = serde_json::from_str(frame.as_str()).unwrap();
        let point = (frame["epoch"].as_u64(), frame["seq"].as_u64());
        match (frame["type"].as_str().unwrap(), point) {
            ("reset", _) => was_reset = true,
            ("snapshot", (Some(epoch), Some(seq))) => {
                assert!(was_reset, "a snapshot that follows nothing");
                *at = Some((epoch, seq));
            }
            ("delta", (Some(epoch), Some(seq))) => {
                assert_eq!(*at, Some((epoch, seq - 1)), "a hole, or the same twice");
                *at = Some((epoch, seq));
            }
            (kind, point) => panic!("{kind} {point:?}"),
        }
    }
}
