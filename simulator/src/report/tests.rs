//! The report as a whole.

use super::sample;
use super::*;

/// Checks that every element that opens also closes, in order, as a strict reader would.
fn check_well_formed(page: &str) {
    let mut open: Vec<&str> = Vec::new();
    for (position, piece) in page.split('<').enumerate().skip(1) {
        let (tag, text) = piece.split_once('>').unwrap_or_else(|| panic!("tag {position} is open"));
        assert!(!text.contains('>') || open.contains(&"style"), "a stray > after <{tag}>");
        assert_eq!(tag.matches('"').count() % 2, 0, "quotes of <{tag}>");
        let name = tag.split([' ', '\n', '/']).find(|word| !word.is_empty()).unwrap();
        if tag.starts_with('!') || tag.ends_with('/') {
            continue;
        }
        if tag.starts_with('/') {
            assert_eq!(open.pop(), Some(name), "</{name}> closes nothing it should");
        } else {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "left open: {open:?}");
}

/// The page is whole by itself: no script, nothing fetched.
fn check_self_contained(page: &str) {
    for forbidden in
        ["<script", "<link", "<img", "<iframe", "@import", "url(", "http:", "https:", "javascript:"]
    {
        assert!(!page.contains(forbidden), "the page contains {forbidden}");
    }
}

#[test]
fn a_filled_page_is_well_formed_and_needs_nothing_else() {
    let mut summary = sample::summary();
    let thresholds = ["delivered<80%", "click_to_door.p50>30min", "brew_tea.p99>1s"];
    summary.judge(&thresholds.map(|text| Threshold::parse(text).unwrap()));
    let page = html(&summary);
    check_well_formed(&page);
    check_self_contained(&page);
    assert_eq!(page.matches("<figure>").count(), 6, "five charts and a map");
    for figure in
        ["未达阈值", "thresholds failed", "31.5 min", "95.5 %", "鲜禾", "prefers-color-scheme"]
    {
        assert!(page.contains(figure), "{figure} is missing");
    }
    assert!(!page.contains("NaN") && !page.contains("inf\""), "a figure that is no number");
    if let Ok(file) = std::env::var("PAIDAN_SAMPLE_REPORT") {
        std::fs::write(file, &page).unwrap();
    }
}

#[test]
fn an_empty_page_is_well_formed_and_claims_nothing() {
    let page = html(&RunSummary::new("empty", 1));
    check_well_formed(&page);
    check_self_contained(&page);
    assert_eq!(page.matches("<figure>").count(), 0);
    assert!(page.contains("The referee did not watch."));
    assert!(!page.contains("NaN"));
}

#[test]
fn hostile_names_are_harmless() {
    let mut summary = sample::summary();
    let hostile = "<script>alert(\"1\")</script>&'\u{7}";
    summary.title = hostile.to_owned();
    summary.configuration.insert(hostile.to_owned(), hostile.to_owned());
    summary.latencies.insert(hostile.to_owned(), Latency::default());
    summary.map.as_mut().unwrap().stores[0].name = hostile.to_owned();
    summary.ending = Ending::Unreachable { why: hostile.to_owned() };
    let (rule, subject, detail) = (hostile.to_owned(), hostile.to_owned(), hostile.to_owned());
    summary.referee.violations.push(Violation { rule, at_s: 3, subject, detail });
    summary.referee.violation_count = 1;
    let page = html(&summary);
    check_well_formed(&page);
    check_self_contained(&page);
}

#[test]
fn a_short_run_and_a_run_without_streets_can_be_drawn() {
    let mut summary = sample::summary();
    summary.timeline.moments.truncate(1);
    if let Some(map) = &mut summary.map {
        map.streets.clear();
        map.river.clear();
        map.stores.truncate(1);
        map.routes.clear();
    }
    let page = html(&summary);
    check_well_formed(&page);
    assert!(!page.contains("NaN"));
}

#[test]
fn the_table_is_aligned_whatever_the_script() {
    let mut summary = sample::summary();
    summary.judge(&[Threshold::parse("delivered<95%").unwrap()]);
    let text = table(&summary);
    assert!(text.starts_with("✗ 未达阈值 thresholds failed · run calm · seed 7\n"), "{text}");
    let ends = |label: &str| {
        let line =
            text.lines().find(|line| line.contains(label)).unwrap_or_else(|| panic!("{label}"));
        width::columns(line)
    };
    assert_eq!(ends("已送达 delivered"), ends("顾客取消 cancelled"));
    assert_eq!(ends("遗留已完结 inherited, ended"), ends("未付款失效 expired"));
    assert_eq!(ends("下单 placed"), ends("派单邀约 offers made"));
    assert!(text.lines().all(|line| width::columns(line) <= 110), "{text}");
    assert!(text.contains("✗ delivered<95%"));
}

#[test]
fn json_comes_back_as_it_was_and_says_its_version() {
    let mut summary = sample::summary();
    summary.journey.click_to_door = Spread::of([60.0, 90.0]);
    (summary.journey.accept, summary.journey.pick) = (Spread::default(), Spread::default());
    (summary.journey.pickup_wait, summary.journey.deliver) = (Spread::default(), Spread::default());
    summary.latencies.clear();
    let text = json(&summary).unwrap();
    assert!(text.contains("\"version\": 1"));
    let back: RunSummary = serde_json::from_str(&text).unwrap();
    assert!(back == summary, "the copy differs");
}

#[test]
fn the_worst_that_happened_decides_the_exit_code() {
    let code = |change: &dyn Fn(&mut RunSummary)| {
        let mut summary = sample::summary();
        change(&mut summary);
        summary.outcome().exit_code()
    };
    let fail = |summary: &mut RunSummary| summary.judge(&[Threshold::parse("placed>0").unwrap()]);
    assert_eq!(code(&|_| {}), 0);
    assert_eq!(code(&fail), 99);
    assert_eq!(code(&|s| s.ending = Ending::Interrupted), 130);
    assert_eq!(
        code(&|s| {
            fail(s);
            s.ending = Ending::Interrupted;
            s.referee.violation_count = 1;
        }),
        98
    );
    assert_eq!(code(&|s| s.ending = Ending::Unreachable { why: "refused".to_owned() }), 2);
}
