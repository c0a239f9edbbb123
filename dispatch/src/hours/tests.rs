use proptest::prelude::*;

use super::*;

fn hours(json: &str) -> OpeningHours {
    serde_json::from_str(json).unwrap()
}

/// The instant of a text such as `2026-03-29T02:30:00+01:00`.
fn at(text: &str) -> Timestamp {
    let instant: jiff::Timestamp = text.parse().unwrap();
    Timestamp::from_millis(instant.as_millisecond())
}

fn every_day(zone: &str, open: &str, close: &str) -> OpeningHours {
    let ranges = [DayRange { open: open.into(), close: close.into() }];
    HoursDocument {
        time_zone: zone.into(),
        weekly: Week::every_day(&ranges),
        exceptions: BTreeMap::new(),
        cutoff_before_close: Seconds::ZERO,
        closing_while_cooking_allowed: false,
    }
    .try_into()
    .unwrap()
}

/// A noodle shop: lunch and dinner, Friday until two, closed on Monday; the second day of a feast
/// is closed and the third has its own hours.
fn noodle_shop() -> OpeningHours {
    hours(
        r#"{
        "time_zone": "Asia/Shanghai",
        "weekly": {
            "tuesday":   [{"open":"10:00","close":"14:00"},{"open":"17:00","close":"21:00"}],
            "wednesday": [{"open":"10:00","close":"14:00"},{"open":"17:00","close":"21:00"}],
            "friday":    [{"open":"17:00","close":"02:00"}],
            "saturday":  [{"open":"10:00","close":"24:00"}],
            "sunday":    [{"open":"00:00","close":"03:00"}]
        },
        "exceptions": {"2026-10-02": [], "2026-10-03": [{"open":"12:00","close":"15:00"}]},
        "cutoff_before_close": 1800
    }"#,
    )
}

#[test]
fn the_board_at_the_door_is_read_to_the_second() {
    let shop = noodle_shop();
    // 2026-06-02 is a Tuesday.
    for (text, open, accepts) in [
        ("2026-06-01T12:00:00+08:00", false, false),
        ("2026-06-02T09:59:59.999+08:00", false, false),
        ("2026-06-02T10:00:00+08:00", true, true),
        ("2026-06-02T13:30:00+08:00", true, true),
        ("2026-06-02T13:30:00.001+08:00", true, false),
        ("2026-06-02T14:00:00+08:00", false, false),
        ("2026-06-02T20:29:00+08:00", true, true),
        // Friday night.
        ("2026-06-06T01:29:00+08:00", true, true),
        ("2026-06-06T01:59:59+08:00", true, false),
        ("2026-06-06T02:00:00+08:00", false, false),
        // Saturday touches Sunday at midnight: no cut-off in between.
        ("2026-06-06T23:59:00+08:00", true, true),
        ("2026-06-07T02:00:00+08:00", true, true),
        ("2026-06-07T02:31:00+08:00", true, false),
        // Exceptions replace the weekday, and the night before them is its own day's.
        ("2026-10-02T18:00:00+08:00", false, false),
        ("2026-10-03T01:00:00+08:00", false, false),
        ("2026-10-03T12:00:00+08:00", true, true),
        ("2026-10-03T16:00:00+08:00", false, false),
    ] {
        assert_eq!(shop.is_open_at(at(text)), open, "is_open_at {text}");
        assert_eq!(shop.accepts_order(at(text)), accepts, "accepts_order {text}");
    }
}

#[test]
fn the_next_opening_skips_nights_feasts_and_touching_ranges() {
    let shop = noodle_shop();
    for (from, opens) in [
        ("2026-06-01T12:00:00+08:00", "2026-06-02T10:00:00+08:00"),
        ("2026-06-02T10:00:00+08:00", "2026-06-02T17:00:00+08:00"),
        ("2026-06-03T20:59:00+08:00", "2026-06-05T17:00:00+08:00"),
        ("2026-06-06T12:00:00+08:00", "2026-06-09T10:00:00+08:00"),
        ("2026-09-30T23:00:00+08:00", "2026-10-03T12:00:00+08:00"),
    ] {
        assert_eq!(shop.opens_next_after(at(from)), Some(at(opens)), "after {from}");
    }
}

#[test]
fn closing_is_told_over_touching_ranges() {
    let shop = noodle_shop();
    let evening = at("2026-06-06T20:00:00+08:00");
    assert_eq!(shop.closes_after(evening), Some(at("2026-06-07T03:00:00+08:00")));
    assert_eq!(shop.closes_after(at("2026-06-01T12:00:00+08:00")), None);
}

#[test]
fn a_store_that_never_closes_has_no_cut_off_and_no_opening() {
    let shop = OpeningHours::always("Asia/Shanghai").unwrap();
    let midnight = at("2026-06-02T00:00:00+08:00");
    assert!(shop.is_open_at(midnight) && shop.is_open_at(just_before(midnight)));
    assert!(shop.accepts_work(just_before(midnight), midnight.after(Seconds::minutes(600))));
    assert_eq!(shop.opens_next_after(midnight), None);
    assert_eq!(shop.closes_after(midnight), None);
}

#[test]
fn a_store_without_any_hours_never_opens() {
    let shop = hours(r#"{"time_zone":"UTC","weekly":{}}"#);
    let noon = at("2026-06-02T12:00:00Z");
    assert!(!shop.is_open_at(noon));
    assert_eq!(shop.opens_next_after(noon), None);
}

#[test]
fn cooking_after_closing_is_the_stores_choice() {
    let strict = every_day("Asia/Shanghai", "10:00", "22:00");
    let (start, done) = (at("2026-06-02T21:50:00+08:00"), at("2026-06-02T22:10:00+08:00"));
    assert!(!strict.accepts_work(start, done));
    assert!(strict.accepts_work(start, at("2026-06-02T22:00:00+08:00")));
    let mut document = HoursDocument::from(strict);
    document.closing_while_cooking_allowed = true;
    let lenient = OpeningHours::try_from(document).unwrap();
    assert!(lenient.accepts_work(start, done));
    assert!(!lenient.accepts_work(done, done), "but it must be open when the work starts");
}

#[test]
fn a_skipped_hour_moves_both_ends_to_the_jump() {
    // Berlin, 2026-03-29: 02:00 becomes 03:00.
    let jump = at("2026-03-29T03:00:00+02:00");
    let opens = every_day("Europe/Berlin", "02:30", "08:00");
    assert!(!opens.is_open_at(just_before(jump)) && opens.is_open_at(jump));
    assert_eq!(opens.opens_next_after(at("2026-03-29T00:00:00+01:00")), Some(jump));
    let closes = every_day("Europe/Berlin", "20:00", "02:30");
    assert!(closes.is_open_at(just_before(jump)) && !closes.is_open_at(jump));
    let inside = every_day("Europe/Berlin", "02:10", "02:40");
    assert!(!inside.is_open_at(jump) && !inside.is_open_at(just_before(jump)));
    assert_eq!(
        inside.opens_next_after(at("2026-03-29T00:00:00+01:00")),
        Some(at("2026-03-30T02:10:00+02:00")),
        "the range does not exist that day",
    );
}

#[test]
fn a_doubled_hour_is_one_stretch() {
    // Berlin, 2026-10-25: 03:00 becomes 02:00 again.
    let (first, second) = (at("2026-10-25T02:30:00+02:00"), at("2026-10-25T02:30:00+01:00"));
    let closes = every_day("Europe/Berlin", "20:00", "02:30");
    assert_eq!(closes.closes_after(at("2026-10-24T21:00:00+02:00")), Some(second));
    assert!(closes.is_open_at(first.after(Seconds::minutes(20))), "no closing in between");
    let opens = every_day("Europe/Berlin", "02:30", "08:00");
    assert_eq!(opens.opens_next_after(at("2026-10-25T00:00:00+02:00")), Some(first));
    assert!(opens.is_open_at(first.after(Seconds::minutes(40))), "open through the second 02:10");
}

#[test]
fn a_midnight_that_does_not_exist_still_begins_the_day() {
    // Cairo, 2026-04-24: 00:00 becomes 01:00.
    let shop = OpeningHours::always("Africa/Cairo").unwrap();
    let jump = at("2026-04-24T01:00:00+03:00");
    assert!(shop.accepts_work(jump.before(Seconds(60)), jump.after(Seconds(60))));
}

#[test]
fn written_hours_read_back_the_same() {
    let shop = noodle_shop();
    let text = serde_json::to_string(&shop).unwrap();
    assert!(text.contains(r#""friday":[{"open":"17:00","close":"02:00"}]"#), "{text}");
    assert_eq!(hours(&text), shop);
}

#[test]
fn a_wrong_field_is_named() {
    for (json, field) in [
        (r#"{"time_zone":"Mars/Base","weekly":{}}"#, "time_zone"),
        (
            r#"{"time_zone":"UTC","weekly":{"monday":[{"open":"8:00","close":"09:00"}]}}"#,
            "weekly.monday[0].open",
        ),
        (
            r#"{"time_zone":"UTC","weekly":{"sunday":[{"open":"08:00","close":"24:01"}]}}"#,
            "weekly.sunday[0].close",
        ),
        (
            r#"{"time_zone":"UTC","weekly":{"sunday":[{"open":"24:00","close":"02:00"}]}}"#,
            "weekly.sunday[0].open",
        ),
        (
            r#"{"time_zone":"UTC","weekly":{"sunday":[{"open":"08:00","close":"08:00"}]}}"#,
            "weekly.sunday[0].close",
        ),
        (
            concat!(
                r#"{"time_zone":"UTC","weekly":{"monday":[{"open":"08:00","close":"12:00"},"#,
                r#"{"open":"11:00","close":"13:00"}]}}"#
            ),
            "weekly.monday[1]",
        ),
        (
            r#"{"time_zone":"UTC","weekly":{},"exceptions":{"2026-10-01":[{"open":"08:60","close":"12:00"}]}}"#,
            "exceptions.2026-10-01[0].open",
        ),
        (r#"{"time_zone":"UTC","weekly":{},"cutoff_before_close":86401}"#, "cutoff_before_close"),
    ] {
        let document: HoursDocument = serde_json::from_str(json).unwrap();
        assert_eq!(OpeningHours::try_from(document).unwrap_err().field, field, "{json}");
    }
}

const WEEK: usize = 7 * MINUTES_PER_DAY as usize;

/// A weekday's ranges as minutes: in order, the last one perhaps into the night.
fn days() -> impl Strategy<Value = Vec<(u16, u16)>> {
    let cuts = prop::collection::btree_set(0..1_440_u16, 0..6);
    (cuts, 0..1_000_u16, any::<bool>()).prop_map(|(cuts, night, is_late)| {
        let cuts: Vec<u16> = cuts.into_iter().collect();
        let mut ranges: Vec<(u16, u16)> =
            cuts.chunks_exact(2).map(|cut| (cut[0], cut[1])).collect();
        if let (true, Some(last)) = (is_late, ranges.last_mut()) {
            last.1 = 1_440 + night.min(last.0.saturating_sub(1));
        }
        ranges
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Against a paper strip of all the minutes of a week, in a zone without jumps.
    #[test]
    fn any_week_is_read_like_a_strip_of_minutes(
        week in prop::collection::vec(days(), 7),
        asked in prop::collection::vec(0..WEEK, 20),
    ) {
        let write = |minutes: u16| {
            let minutes = if minutes > 1_440 { minutes - 1_440 } else { minutes };
            format!("{:02}:{:02}", minutes / 60, minutes % 60)
        };
        let mut strip = vec![false; WEEK];
        let mut written = Week::default();
        let names = [
            &mut written.monday, &mut written.tuesday, &mut written.wednesday,
            &mut written.thursday, &mut written.friday, &mut written.saturday,
            &mut written.sunday,
        ];
        for ((day, ranges), name) in week.iter().enumerate().zip(names) {
            for (open, close) in ranges {
                name.push(DayRange { open: write(*open), close: write(*close) });
                for minute in *open..*close {
                    strip[(day * 1_440 + usize::from(minute)) % WEEK] = true;
                }
            }
        }
        let shop = OpeningHours::try_from(HoursDocument {
            time_zone: "Asia/Shanghai".into(),
            weekly: written,
            exceptions: BTreeMap::new(),
            cutoff_before_close: Seconds::minutes(30),
            closing_while_cooking_allowed: false,
        }).unwrap();
        let monday = at("2026-06-01T00:00:00+08:00");
        for minute in asked {
            let now = monday.after(Seconds::minutes(minute as u32));
            let is_open = |later: usize| strip[(minute + later) % WEEK];
            prop_assert_eq!(shop.is_open_at(now), is_open(0));
            prop_assert_eq!(shop.accepts_order(now), (0..30).all(is_open));
            let opens = (1..=WEEK).find(|later| is_open(*later) && !is_open(later - 1));
            let opens = opens.map(|later| now.after(Seconds::minutes(later as u32)));
            prop_assert_eq!(shop.opens_next_after(now), opens);
            let closes = (1..=WEEK).find(|later| is_open(0) && !is_open(*later));
            let closes = closes.map(|later| now.after(Seconds::minutes(later as u32)));
            prop_assert_eq!(shop.closes_after(now), closes);
        }
    }
}
