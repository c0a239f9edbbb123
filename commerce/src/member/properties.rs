//! The points ledger over a hundred thousand lives.

use proptest::prelude::*;
use vocabulary::{Seconds, Timestamp};

use super::tests::{NOON, Story, order};
use super::*;

#[derive(Debug, Clone)]
enum Step {
    Wait { hours: u32 },
    Adjust { points: i64 },
    Hold { order: u64, points: u64 },
    Confirm { order: u64 },
    GiveBack { order: u64 },
    Complete { order: u64, fen: i64, back: u64 },
    Correct { order: u64, fen: i64, back: u64 },
}

fn step() -> impl Strategy<Value = Step> {
    let order = 0..6u64;
    prop_oneof![
        2 => (1..400u32).prop_map(|hours| Step::Wait { hours }),
        2 => (-300..600i64).prop_map(|points| Step::Adjust { points }),
        4 => (order.clone(), 0..400u64).prop_map(|(order, points)| Step::Hold { order, points }),
        2 => order.clone().prop_map(|order| Step::Confirm { order }),
        2 => order.clone().prop_map(|order| Step::GiveBack { order }),
        3 => (order.clone(), 0..90_000i64, 0..400u64)
            .prop_map(|(order, fen, back)| Step::Complete { order, fen, back }),
        3 => (order, 0..90_000i64, 0..400u64)
            .prop_map(|(order, fen, back)| Step::Correct { order, fen, back }),
    ]
}

fn command(step: &Step, now: Timestamp) -> Option<MemberCommand> {
    Some(match *step {
        Step::Wait { .. } => return None,
        Step::Adjust { points } => MemberCommand::Adjust { points, reason: "because".into() },
        Step::Hold { order: number, points } => MemberCommand::Hold {
            order: order(number),
            coupons: Vec::new(),
            points,
            place_before: now.after(Seconds(60)),
        },
        Step::Confirm { order: number } => MemberCommand::Confirm { order: order(number) },
        Step::GiveBack { order: number } => {
            MemberCommand::GiveBack { order: order(number), because: GiveBack::Cancelled }
        }
        Step::Complete { order: number, fen, back } => MemberCommand::Complete {
            order: order(number),
            paid: Money::fen(fen),
            points_back: back,
            return_until: now.after(Seconds(86_400)),
        },
        Step::Correct { order: number, fen, back } => MemberCommand::Correct {
            order: order(number),
            paid: Money::fen(fen),
            points_back: back,
        },
    })
}

/// What must hold after every step: the balance is the ledger's sum, lots are in order and none is
/// empty, and nothing that has expired is spent.
fn check(story: &Story, before: &Points, seen: usize) -> Result<(), TestCaseError> {
    let member = &story.member;
    prop_assert_eq!(i64::try_from(member.points.balance()).unwrap(), story.ledger());
    let lots: Vec<Lot> = member.points.lots().copied().collect();
    prop_assert!(lots.windows(2).all(|two| two[0].expires_at < two[1].expires_at));
    prop_assert!(lots.iter().all(|lot| lot.points > 0));
    for event in &story.events[seen..] {
        if let MemberEvent::OrderHeld { points, .. } = event {
            prop_assert!(points.iter().all(|lot| lot.expires_at > story.now));
            // What expires earlier and was there is gone before something later is touched.
            let latest = points.last().map(|lot| lot.expires_at);
            let skipped = before.lots().filter(|lot| lot.expires_at > story.now).any(|lot| {
                let taken = points.iter().find(|part| part.expires_at == lot.expires_at);
                latest.is_some_and(|latest| lot.expires_at < latest)
                    && taken.is_none_or(|part| part.points < lot.points)
            });
            prop_assert!(!skipped, "spent out of order: {:?} of {:?}", points, before);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100_000, ..ProptestConfig::default() })]

    #[test]
    fn the_balance_is_the_sum_of_the_ledger_and_never_below_zero(
        live_days in 1..60u32,
        steps in prop::collection::vec(step(), 1..9),
    ) {
        let mut story = Story::begin();
        story.policy.points_live_days = live_days;
        for step in &steps {
            if let Step::Wait { hours } = step {
                story.now = story.now.after(Seconds(hours * 3_600));
            }
            let (before, seen) = (story.member.points.clone(), story.events.len());
            if let Some(command) = command(step, story.now) {
                // A refusal changes nothing, which the check sees.
                let _ = story.ask(command);
            }
            check(&story, &before, seen)?;
        }
        // Nothing came out of thin air: what is there, owed points aside, was given or earned.
        let in_all: i64 = story
            .events
            .iter()
            .flat_map(ledger_entries)
            .filter(|entry| matches!(entry.reason, LedgerReason::Earn | LedgerReason::Adjust))
            .map(|entry| entry.points.max(0))
            .sum();
        prop_assert!(story.ledger() <= in_all);
        // What is shown adds up to what can be spent, also of points that expired unnoticed.
        story.now = story.now.after(Seconds(live_days * 43_200));
        let lines = story.lines();
        let shown: i64 = lines.iter().map(|(_, entry)| entry.points).sum();
        prop_assert_eq!(shown, story.available() as i64);
        prop_assert!(lines.windows(2).all(|two| two[0].0 <= two[1].0));
        // A restart reads the same member from its events.
        let mut again = Member::new(story.member.id);
        let mut now = NOON;
        for event in &story.events {
            if let MemberEvent::PointsExpired { by, .. } = event {
                now = *by;
            }
            again.apply(event, now);
        }
        prop_assert_eq!(again.points, story.member.points);
    }
}
