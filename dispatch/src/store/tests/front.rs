//! What the city sees: willingness, load, promises and numbers.

use super::*;

#[test]
fn settings_are_taken_in_the_order_of_their_versions() {
    let mut desk = Desk::unconfigured();
    assert_eq!(desk.store.row(), None);
    for (version, is_news) in [(2, true), (2, false), (1, false), (3, true)] {
        let settings = StoreSettings { version, ..settings() };
        let decision = desk.tell(StoreCommand::Configure(Box::new(settings)));
        assert_eq!(!decision.events.is_empty(), is_news, "version {version}");
    }
    assert_eq!(desk.store.row().unwrap().settings.version, 3);
}

#[test]
fn a_pause_ends_at_its_time_and_a_longer_one_later() {
    let mut desk = Desk::open();
    let (soon, later) = (desk.now.after(Seconds(60)), desk.now.after(Seconds(120)));
    let decision = desk.tell(StoreCommand::Pause { until: Some(soon) });
    assert_eq!(armed(&decision), [(Timer::StatusEnd, soon)]);
    assert!(desk.tell(StoreCommand::Pause { until: Some(soon) }).events.is_empty());
    desk.tell(StoreCommand::Pause { until: Some(later) });
    desk.wait(Seconds(60));
    let decision = desk.fire(Timer::StatusEnd);
    assert_eq!((kinds(&decision).len(), armed(&decision)), (0, vec![(Timer::StatusEnd, later)]));
    assert!(!desk.store.status().takes_orders());
    desk.wait(Seconds(60));
    assert_eq!(kinds(&desk.fire(Timer::StatusEnd)), ["store_reopened"]);
    assert_eq!(desk.store.status(), StoreStatus::Open);
    assert!(desk.fire(Timer::StatusEnd).effects.is_empty());
}

#[test]
fn a_pause_without_an_end_lasts_until_somebody_reopens() {
    let mut desk = Desk::open();
    assert_eq!(armed(&desk.tell(StoreCommand::Pause { until: None })), []);
    assert!(desk.fire(Timer::StatusEnd).events.is_empty());
    assert_eq!(kinds(&desk.tell(StoreCommand::Reopen)), ["store_reopened"]);
    assert!(desk.tell(StoreCommand::Reopen).events.is_empty());
}

#[test]
fn ends_in_the_past_and_absurd_delays_are_refused() {
    let mut desk = Desk::open();
    let until = Some(desk.now);
    for command in [
        StoreCommand::Pause { until },
        StoreCommand::Rush { extra_prep: Seconds(60), until },
        StoreCommand::Rush { extra_prep: Seconds(86_401), until: None },
    ] {
        assert_eq!(desk.try_to(command).unwrap_err().code(), "invalid");
    }
}

#[test]
fn what_people_chose_and_what_the_screen_does_are_seen_together() {
    let rush = StoreCommand::Rush { extra_prep: Seconds(60), until: None };
    for (choice, online, seen, takes_orders) in [
        (StoreCommand::Reopen, true, "open", true),
        (StoreCommand::Reopen, false, "offline", false),
        (rush.clone(), true, "rush", true),
        (rush, false, "offline", false),
        (StoreCommand::Pause { until: None }, true, "paused", false),
        (StoreCommand::Pause { until: None }, false, "paused", false),
    ] {
        let mut desk = Desk::open();
        desk.tell(choice);
        desk.tell(StoreCommand::ReportScreen { online });
        assert!(desk.tell(StoreCommand::ReportScreen { online }).events.is_empty());
        assert_eq!(desk.store.status_text(), seen);
        assert_eq!(desk.store.row().unwrap().status.takes_orders(), takes_orders, "{seen}");
    }
}

#[test]
fn a_rush_shows_in_the_row() {
    let mut desk = Desk::open();
    desk.tell(StoreCommand::Rush { extra_prep: Seconds(420), until: None });
    desk.assign(1, FulfillmentMode::Delivery);
    let row = desk.store.row().unwrap();
    assert_eq!((row.extra_prep, row.open_orders), (Seconds(420), 1));
}

#[test]
fn promises_take_places_in_their_window_and_old_windows_are_forgotten() {
    let mut desk = Desk::open();
    desk.assign(1, FulfillmentMode::Delivery);
    desk.assign(2, FulfillmentMode::Delivery);
    let width = i64::from(desk.policy.capacity_window_s) * 1_000;
    let promised_by = desk.get(1).promised_by.as_millis();
    let window = Timestamp::from_millis(promised_by - promised_by % width);
    assert_eq!(desk.store.front().promised, BTreeMap::from([(window, 2)]));
    desk.tell(StoreCommand::Cancel { fulfillment_order: share(2), moved: false });
    assert_eq!(desk.store.row().unwrap().promised, BTreeMap::from([(window, 1)]));
    desk.wait(Seconds::minutes(26 * 60));
    desk.assign(3, FulfillmentMode::Delivery);
    assert!(!desk.store.front().promised.contains_key(&window));
}

#[test]
fn a_window_begins_at_or_before_its_instants_even_before_the_epoch() {
    for (at, start) in [(0, 0), (899_999, 0), (900_000, 900_000), (-1, -900_000)] {
        let window = StoreFront::window_of(Timestamp::from_millis(at), Seconds(900));
        assert_eq!(window, Timestamp::from_millis(start));
    }
    assert_eq!(
        StoreFront::window_of(Timestamp::from_millis(1_234), Seconds::ZERO),
        Timestamp::from_millis(1_000),
        "a policy of no width still works"
    );
}

#[test]
fn board_numbers_begin_anew_each_local_day_and_after_999() {
    let day = |day| jiff::civil::date(2026, 10, day);
    let number = |previous, today| BoardNumber::after(previous, today).number;
    assert_eq!(number(None, day(1)), 1);
    let last = |number| Some(BoardNumber { day: day(1), number });
    assert_eq!(number(last(41), day(1)), 42);
    assert_eq!(number(last(999), day(1)), 1);
    assert_eq!(number(last(41), day(2)), 1);
}

#[test]
fn the_stores_own_midnight_begins_the_board() {
    let mut desk = Desk::open();
    // 2026-09-21T15:59:50Z is ten seconds before midnight in Shanghai.
    desk.now = Timestamp::from_millis(1_790_006_390_000);
    desk.assign(1, FulfillmentMode::Delivery);
    desk.assign(2, FulfillmentMode::Delivery);
    desk.wait(Seconds(10));
    desk.assign(3, FulfillmentMode::Delivery);
    assert_eq!([1, 2, 3].map(|number| desk.get(number).board.unwrap().number), [1, 2, 1]);
}
