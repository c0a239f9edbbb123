//! The figures of a summary, grouped and formatted once for the table and the page.

use super::books::BooksOfRun;
use super::format::{count, kilometres, percent, share, span, yuan};
use super::outcome::Outcome;
use super::spread::Spread;
use super::summary::{Ending, RunSummary};
use super::words::{self, Words};

/// A named figure, with its share of something where it has one.
pub(super) struct Figure {
    pub(super) name: Words,
    pub(super) value: String,
    pub(super) share: String,
}

/// Figures under one heading.
pub(super) struct Group {
    pub(super) title: Words,
    pub(super) figures: Vec<Figure>,
}

fn plain(name: Words, value: impl Into<String>) -> Figure {
    Figure { name, value: value.into(), share: String::new() }
}

fn of(name: Words, part: u64, whole: u64) -> Figure {
    Figure { name, value: count(part), share: share(part, whole) }
}

/// Every count of the run.
pub(super) fn groups(summary: &RunSummary) -> Vec<Group> {
    let mut groups = vec![
        Group { title: words::ORDERS, figures: orders(summary) },
        Group { title: words::DISPATCH, figures: dispatch(summary) },
        Group { title: words::TRAFFIC, figures: traffic(summary) },
    ];
    if let Some(books) = &summary.books {
        groups.push(Group { title: words::BOOKS, figures: money(books) });
        groups.push(Group { title: words::MEMBERS, figures: members(books) });
        groups.push(Group { title: words::HAPPENED, figures: happened(books) });
    }
    groups.push(Group { title: words::REFEREE, figures: referee(summary) });
    groups
}

fn signed(name: Words, number: i64) -> Figure {
    let sign = if number < 0 { "-" } else { "" };
    plain(name, format!("{sign}{}", count(number.unsigned_abs())))
}

/// Yuan, to the fen.
fn money(books: &BooksOfRun) -> Vec<Figure> {
    let money = &books.money;
    let mut figures = vec![
        plain(words::RECEIVED, yuan(money.received_fen)),
        plain(words::PAID_BACK, yuan(money.paid_back_fen)),
        plain(words::KEPT, yuan(money.kept_fen)),
        plain(words::HELD, yuan(money.held_fen)),
        plain(words::SOLD_BY_LINES, yuan(money.lines_fen)),
        plain(words::SOLD_BY_SHARES, yuan(money.shares_fen)),
        plain(words::SOLD_BY_STORES, yuan(money.ledger_fen)),
    ];
    if let Some(house) = &books.house {
        figures.extend([
            plain(words::SETTLED, yuan(house.goods_fen + house.fees_fen)),
            plain(words::AT_LIST_PRICE, yuan(house.list_fen)),
            plain(words::DISCOUNTS, yuan(house.discounts_fen)),
            plain(words::PLATFORM_FEES, yuan(house.platform_fee_fen)),
            plain(words::PAYOUT, yuan(house.payout_fen)),
            plain(words::DAYS_CLOSED, count(house.days_closed)),
            plain(words::DAYS_OPEN, count(house.days_open)),
        ]);
    }
    figures
}

fn members(books: &BooksOfRun) -> Vec<Figure> {
    let members = &books.members;
    vec![
        plain(words::ENROLLED, count(members.enrolled)),
        of(words::ERASED, members.erased, members.enrolled),
        plain(words::MEMBER_ORDERS, count(books.member_orders)),
        signed(words::POINTS_GIVEN, members.points_given),
        signed(words::POINTS_EARNED, members.points_earned),
        signed(words::POINTS_SPENT, members.points_spent),
        signed(words::POINTS_EXPIRED, members.points_expired),
        signed(words::POINTS_REVERSED, members.points_reversed),
        signed(words::POINTS_ERASED, members.points_erased),
        signed(words::POINTS_BALANCE, members.points_balance),
        plain(words::COUPONS_CLAIMED, count(members.coupons_claimed)),
        of(words::COUPONS_USED, members.coupons_used, members.coupons_claimed),
        of(words::COUPONS_EXPIRED, members.coupons_expired, members.coupons_claimed),
        of(words::COUPONS_HELD, members.coupons_held, members.coupons_claimed),
        of(words::COUPONS_ERASED, members.coupons_erased, members.coupons_claimed),
        plain(words::BUDGET, yuan(books.budget_limit_fen)),
        plain(words::BUDGET_DRAWN, yuan(books.budget_drawn_fen)),
    ]
}

/// Only kinds, without a share: most of them have nothing that they are a part of.
fn happened(books: &BooksOfRun) -> Vec<Figure> {
    books.happened.kinds().map(|(name, times)| plain(name, count(times))).into()
}

fn orders(summary: &RunSummary) -> Vec<Figure> {
    let (orders, modes, sourcing) = (&summary.orders, &summary.orders.modes, &summary.sourcing);
    let placed = orders.placed;
    let mut figures = vec![
        plain(words::PLACED, count(placed)),
        of(words::BY_COURIER, modes.delivery.placed, placed),
        of(words::BY_SHOPPER, modes.pickup.placed, placed),
        of(words::BY_CARRIER, modes.express.placed, placed),
        of(words::PAID, orders.paid(), placed),
        of(words::FULFILLED_OF_PAID, orders.fulfilled(), orders.paid()),
        of(words::DELIVERED, orders.delivered, modes.delivery.paid),
        of(words::PICKED_UP, orders.picked_up, modes.pickup.paid),
        of(words::SHIPPED, orders.shipped, modes.express.paid),
        of(words::UNPAID, orders.expired, placed),
    ];
    figures.extend(unfulfilled(summary));
    figures.extend([
        of(words::OPEN, orders.open, placed),
        of(words::REFUSED, orders.refused, placed + orders.refused),
        of(words::LATE, orders.late, orders.delivered + orders.picked_up),
        of(words::SPLITS, sourcing.splits, placed),
        of(words::RESOURCED, sourcing.resourced, placed),
        of(words::STORE_REJECTIONS, sourcing.store_rejections, placed),
        of(words::SHORT_PICKS, sourcing.short_picks, placed),
    ]);
    if orders.inherited > 0 {
        figures.push(of(words::INHERITED, orders.inherited_ended, orders.inherited));
    }
    figures
}

/// Why orders were cancelled after all; what has no line of its own is the last one's.
fn unfulfilled(summary: &RunSummary) -> Vec<Figure> {
    let orders = &summary.orders;
    let reasons = [
        ("shopper_request", words::BY_REQUEST),
        ("unfillable", words::UNFILLABLE),
        ("no_show", words::NO_SHOW),
        ("delivery_failed", words::FAILED),
    ];
    let because = |reason| orders.cancelled_because.get(reason).copied().unwrap_or_default();
    let named: u64 = reasons.iter().map(|(reason, _)| because(*reason)).sum();
    let otherwise = (orders.cancelled + orders.failed).saturating_sub(named);
    let named = reasons.map(|(reason, name)| of(name, because(reason), orders.placed));
    named.into_iter().chain([of(words::OTHERWISE, otherwise, orders.placed)]).collect()
}

fn dispatch(summary: &RunSummary) -> Vec<Figure> {
    let (offers, fleet) = (&summary.offers, &summary.fleet);
    vec![
        plain(words::OFFERS_MADE, count(offers.made)),
        of(words::OFFERS_ACCEPTED, offers.accepted, offers.made),
        of(words::OFFERS_DECLINED, offers.declined, offers.made),
        of(words::OFFERS_EXPIRED, offers.expired, offers.made),
        of(words::OFFERS_TOO_LATE, offers.too_late, offers.made),
        plain(words::REASSIGNED, count(offers.reassigned)),
        plain(words::ESCALATED, count(offers.escalated)),
        plain(words::FLEET, count(fleet.couriers)),
        plain(words::UTILIZATION, fleet.utilization().map_or("–".to_owned(), percent)),
        plain(words::RIDDEN, kilometres(fleet.ridden_m)),
    ]
}

fn traffic(summary: &RunSummary) -> Vec<Figure> {
    let traffic = &summary.traffic;
    let due = traffic.requests_sent + traffic.could_not_send;
    vec![
        plain(words::REQUESTS, count(traffic.requests_sent)),
        of(words::REQUESTS_FAILED, traffic.requests_failed, traffic.requests_sent),
        of(words::COULD_NOT_SEND, traffic.could_not_send, due),
        plain(words::DOUBLED, count(traffic.commands_doubled)),
        plain(words::REORDERED, count(traffic.commands_reordered)),
        plain(words::POSITIONS, count(traffic.positions_sent)),
        plain(words::SOCKETS, count(traffic.sockets_opened)),
        plain(words::FRAMES, count(traffic.frames)),
        plain(words::RESETS, count(traffic.resets)),
        plain(words::GAPS, count(traffic.gaps)),
    ]
}

fn referee(summary: &RunSummary) -> Vec<Figure> {
    vec![
        plain(words::CHECKS, count(summary.referee.checks)),
        plain(words::VIOLATIONS, count(summary.referee.violation_count)),
    ]
}

/// The stages of an order in the order they happen, then the whole.
pub(super) fn stages(summary: &RunSummary) -> [(Words, &Spread); 5] {
    let journey = &summary.journey;
    [
        (words::ACCEPT, &journey.accept),
        (words::PICK, &journey.pick),
        (words::PICKUP_WAIT, &journey.pickup_wait),
        (words::DELIVER, &journey.deliver),
        (words::CLICK_TO_DOOR, &journey.click_to_door),
    ]
}

/// How many orders reached each stage.
pub(super) fn funnel(summary: &RunSummary) -> [(Words, u64); 6] {
    let funnel = &summary.funnel;
    [
        (words::PLACED, funnel.placed),
        (words::PAID, funnel.paid),
        (words::ACCEPTED, funnel.accepted),
        (words::PACKED, funnel.packed),
        (words::HANDED_OVER, funnel.handed_over),
        (words::COMPLETED, funnel.completed),
    ]
}

/// The verdict in a word.
pub(super) fn verdict(outcome: Outcome) -> Words {
    match outcome {
        Outcome::Passed => Words { zh: "通过", en: "passed" },
        Outcome::ThresholdsFailed => Words { zh: "未达阈值", en: "thresholds failed" },
        Outcome::Interrupted => Words { zh: "被中断", en: "interrupted" },
        Outcome::RulesBroken => Words { zh: "违反规则", en: "rules broken" },
        Outcome::Unreachable => Words { zh: "无法连接", en: "server unreachable" },
    }
}

/// The verdict's reasons, a sentence each, in Chinese and English.
pub(super) fn reasons(summary: &RunSummary) -> Vec<(String, String)> {
    let mut reasons = Vec::new();
    if let Ending::Unreachable { why } = &summary.ending {
        reasons.push((format!("服务器无应答：{why}"), format!("The server did not answer: {why}")));
    }
    let violations = count(summary.referee.violation_count);
    let checks = count(summary.referee.checks);
    reasons.push(match (summary.referee.checks, summary.referee.violation_count) {
        (0, 0) => ("裁判未参与。".to_owned(), "The referee did not watch.".to_owned()),
        (_, 0) => (
            format!("裁判检查 {checks} 次，无违规。"),
            format!("The referee made {checks} checks and found nothing."),
        ),
        (_, 1..) => (
            format!("裁判检查 {checks} 次，发现 {violations} 处违规。"),
            format!("The referee made {checks} checks and found {violations} violations."),
        ),
    });
    let failed: Vec<&str> = summary
        .thresholds
        .iter()
        .filter(|threshold| threshold.failed)
        .map(|threshold| threshold.threshold.as_str())
        .collect();
    if !failed.is_empty() {
        let list = failed.join(", ");
        reasons.push((format!("未达阈值：{list}。"), format!("Thresholds that failed: {list}.")));
    }
    reasons
}

/// How long the run was by both clocks, and how many times the wall's pace that is.
pub(super) fn pace(summary: &RunSummary) -> (String, String) {
    let (simulated, wall) = (span(summary.simulated_s), span(summary.wall_s));
    let times = count((summary.simulated_s / summary.wall_s.max(0.001)).round() as u64);
    (
        format!("模拟 {simulated}，实际 {wall}，{times} 倍速"),
        format!("{simulated} simulated in {wall} on the wall, {times} times as fast"),
    )
}
