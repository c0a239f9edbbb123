use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::order::PaymentProgress;
use crate::{By, Message, Policy, Timer};
use PaymentCommand::*;
use PaymentMethod::{CashOnDelivery, ChannelPaid, Online};

const ORDER: OrderId = OrderId::from_bits(1);
const TOTAL: Money = Money::fen(1_000);

fn refund(n: u128) -> PaymentId {
    PaymentId::from_bits(500 + n)
}

fn fen(fen: i64) -> Money {
    Money::fen(fen)
}

/// A payment with its history.
struct Till {
    payment: Payment,
    history: Vec<PaymentEvent>,
}

impl Till {
    fn unborn() -> Self {
        Self { payment: Payment::new(PaymentId::from_bits(9)), history: Vec::new() }
    }

    fn created(method: PaymentMethod) -> Self {
        let mut till = Self::unborn();
        till.tries(Create { order: ORDER, method, amount: TOTAL }).unwrap();
        till
    }

    fn tries(&mut self, command: PaymentCommand) -> Result<Decision<PaymentEvent>, Refusal> {
        let policy = Policy::default();
        let now = Timestamp::from_millis(0);
        let context = Context { now, policy: &policy, by: By::Partition };
        let decision = self.payment.decide(&command, &context)?;
        for event in &decision.events {
            self.payment.apply(event, now);
            self.history.push(event.clone());
        }
        Ok(decision)
    }

    /// Kinds of events and what the order is told.
    fn does(&mut self, command: PaymentCommand) -> (Vec<&'static str>, Vec<Told>) {
        let decision = self.tries(command).unwrap();
        let kinds = decision.events.iter().map(PaymentEvent::kind).collect();
        (kinds, decision.effects.iter().map(told).collect())
    }
}

/// What reached the order.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Told {
    Paid(PaymentProgress),
    Refunded(PaymentId, Money),
}
use Told::{Paid, Refunded};

fn told(effect: &Effect) -> Told {
    let Effect::Tell(Message::Order(ORDER, command)) = effect else {
        panic!("a payment only tells its order: {effect:?}")
    };
    match &**command {
        OrderCommand::AcceptPayment { progress, .. } => Paid(*progress),
        OrderCommand::ConfirmRefund { refund, amount } => Refunded(*refund, *amount),
        other => panic!("unexpected {other:?}"),
    }
}

fn authorize(amount: i64, reference: &str) -> PaymentCommand {
    Authorize { amount: fen(amount), provider_reference: reference.into() }
}

fn capture(amount: i64, reference: &str) -> PaymentCommand {
    Capture { amount: fen(amount), provider_reference: Some(reference.into()) }
}

fn collect(amount: i64) -> PaymentCommand {
    Capture { amount: fen(amount), provider_reference: None }
}

fn give_back(n: u128, amount: i64) -> PaymentCommand {
    PaymentCommand::Refund { refund: refund(n), amount: fen(amount), reason: "short".into() }
}

#[test]
fn every_stage_hears_every_word() {
    let fail = || Fail { reason: "no funds".into() };
    type Case =
        (&'static str, Vec<PaymentCommand>, PaymentCommand, Option<&'static [&'static str]>);
    let paid = || vec![capture(1_000, "a")];
    let failed = || vec![fail()];
    let table: Vec<Case> = vec![
        ("created", vec![], authorize(1_000, "a"), Some(&["authorized"])),
        ("created", vec![], authorize(999, "a"), None),
        ("created", vec![], capture(1_000, "a"), Some(&["captured"])),
        ("created", vec![], capture(999, "a"), None),
        ("created", vec![], capture(1_001, "a"), None),
        ("created", vec![], fail(), Some(&["failed"])),
        ("created", vec![], Void, Some(&["voided"])),
        ("created", vec![], give_back(1, 400), Some(&["reduced"])),
        ("created", vec![], give_back(1, 1_000), Some(&["reduced", "voided"])),
        ("created", vec![], give_back(1, 1_001), None),
        ("created", vec![], give_back(1, -1), None),
        ("authorized", vec![authorize(1_000, "a")], authorize(1_000, "a"), Some(&[])),
        (
            "authorized",
            vec![authorize(1_000, "a")],
            authorize(1_000, "b"),
            Some(&["late_authorization"]),
        ),
        ("authorized", vec![authorize(1_000, "a")], capture(1_000, "a"), Some(&["captured"])),
        ("authorized", vec![authorize(1_000, "a")], fail(), Some(&["failed"])),
        ("authorized", vec![authorize(1_000, "a")], Void, Some(&["voided"])),
        ("captured", paid(), authorize(1_000, "a"), Some(&[])),
        ("captured", paid(), authorize(1_000, "b"), Some(&["late_authorization"])),
        ("captured", paid(), capture(1_000, "a"), Some(&[])),
        ("captured", paid(), capture(1_000, "b"), Some(&["captured", "refunded"])),
        ("captured", paid(), collect(1_000), Some(&[])),
        ("captured", paid(), fail(), None),
        ("captured", paid(), Void, Some(&["refunded"])),
        ("captured", paid(), give_back(1, 400), Some(&["refunded"])),
        ("captured", paid(), give_back(1, 1_001), None),
        ("refunded", vec![capture(1_000, "a"), give_back(1, 1_000)], Void, Some(&[])),
        ("refunded", vec![capture(1_000, "a"), give_back(1, 1_000)], give_back(2, 1), None),
        (
            "partially_refunded",
            vec![capture(1_000, "a"), give_back(1, 1)],
            give_back(2, 999),
            Some(&["refunded"]),
        ),
        ("failed", failed(), authorize(1_000, "b"), Some(&["authorized"])),
        ("failed", failed(), capture(1_000, "b"), Some(&["captured"])),
        ("failed", failed(), fail(), Some(&[])),
        ("failed", failed(), Void, Some(&["voided"])),
        ("voided", vec![Void], authorize(1_000, "a"), Some(&["late_authorization"])),
        ("voided", vec![Void], capture(1_000, "a"), Some(&["captured", "refunded"])),
        ("voided", vec![Void], collect(1_000), None),
        ("voided", vec![Void], fail(), Some(&[])),
        ("voided", vec![Void], Void, Some(&[])),
        ("voided", vec![Void], give_back(1, 1), None),
    ];
    for (status, before, command, expect) in table {
        let mut till = Till::created(Online);
        before.into_iter().for_each(|command| drop(till.tries(command).unwrap()));
        assert_eq!(till.payment.status_text(), status);
        let label = format!("{status} hears {command:?}");
        match (till.tries(command), expect) {
            (Ok(decision), Some(kinds)) => {
                let events: Vec<_> = decision.events.iter().map(PaymentEvent::kind).collect();
                assert_eq!(events, kinds, "{label}");
            }
            (Err(_), None) => {}
            (outcome, _) => panic!("{label}: {outcome:?}"),
        }
    }
}

#[test]
fn the_order_hears_when_it_may_go_on() {
    use PaymentProgress::{Captured, Failed, Secured};
    let create = |method, amount| Create { order: ORDER, method, amount };
    let mut till = Till::unborn();
    assert_eq!(till.does(create(CashOnDelivery, TOTAL)), (vec!["created"], vec![Paid(Secured)]));
    assert_eq!(till.does(create(CashOnDelivery, TOTAL)), (vec![], vec![]), "told twice");
    assert!(till.tries(create(Online, TOTAL)).is_err());
    assert_eq!(till.does(collect(1_000)), (vec!["captured"], vec![Paid(Captured)]));

    let both = vec![Paid(Secured), Paid(Captured)];
    let paid = (vec!["created", "captured"], both.clone());
    assert_eq!(Till::unborn().does(create(ChannelPaid, TOTAL)), paid);
    assert_eq!(Till::unborn().does(create(Online, Money::ZERO)), paid, "nothing to wait for");

    let mut till = Till::unborn();
    assert_eq!(till.does(create(Online, TOTAL)), (vec!["created"], vec![]));
    let no = till.does(Fail { reason: "no funds".into() });
    assert_eq!(no, (vec!["failed"], vec![Paid(Failed)]));
    assert_eq!(till.does(authorize(1_000, "a")), (vec!["authorized"], vec![Paid(Secured)]));
    assert_eq!(till.does(capture(1_000, "a")), (vec!["captured"], vec![Paid(Captured)]));
    assert_eq!(Till::created(Online).does(capture(1_000, "a")), (vec!["captured"], both));
}

#[test]
fn nothing_is_said_about_a_payment_nobody_created() {
    for command in [authorize(1, "a"), capture(1, "a"), collect(1), Void, give_back(1, 1)] {
        assert!(matches!(Till::unborn().tries(command), Err(Refusal::PaymentState { .. })));
    }
    assert!(!Till::unborn().payment.is_live());
    assert_eq!(Till::unborn().does(TimerFired(Timer::PaymentDue)), (vec![], vec![]));
}

#[test]
fn what_is_forgone_is_not_collected_at_the_door() {
    let mut till = Till::created(CashOnDelivery);
    let (events, told) = till.does(give_back(1, 300));
    assert_eq!((events, told), (vec!["reduced"], vec![Refunded(refund(1), fen(300))]));
    till.does(collect(1_000));
    assert_eq!((till.payment.captured(), till.payment.refundable()), (fen(700), fen(700)));
}

#[test]
fn a_capture_on_its_way_while_units_were_forgone_is_set_right() {
    let mut till = Till::created(Online);
    till.does(authorize(1_000, "a"));
    till.does(give_back(1, 300));
    let (events, _) = till.does(capture(1_000, "a"));
    assert_eq!(events, ["captured", "refunded"]);
    assert_eq!(till.payment.refundable(), fen(700));
    assert_eq!(till.payment.status(), PaymentStatus::PartiallyRefunded);
}

#[test]
fn money_that_comes_after_the_end_goes_back_at_once() {
    let mut till = Till::created(Online);
    till.does(Void);
    let (events, told) = till.does(capture(1_000, "a"));
    assert_eq!(events, ["captured", "refunded"]);
    let key = till.payment.refunds()[0].refund;
    assert_eq!(told, [Refunded(key, TOTAL)]);
    assert_eq!(till.payment.status(), PaymentStatus::Refunded);
    assert_eq!(till.does(capture(1_000, "a")), (vec![], vec![]));
}

#[test]
fn one_key_gives_back_once() {
    let mut till = Till::created(Online);
    till.does(capture(1_000, "a"));
    let answer = vec![Refunded(refund(1), fen(300))];
    assert_eq!(till.does(give_back(1, 300)), (vec!["refunded"], answer.clone()));
    assert_eq!(till.does(give_back(1, 300)), (vec![], answer), "confirmed again, paid once");
    assert_eq!(till.tries(give_back(1, 200)), Err(Refusal::AmountMismatch { expected: fen(300) }));
    assert_eq!(
        till.tries(give_back(2, 701)),
        Err(Refusal::RefundTooLarge { refundable: fen(700) })
    );
}

fn any_command() -> impl Strategy<Value = PaymentCommand> {
    let reference = prop_oneof![Just("a"), Just("b"), Just("c")];
    let amount = prop_oneof![3 => Just(1_000_i64), 2 => 0..1_100_i64, 1 => -10..0_i64];
    prop_oneof![
        3 => (amount.clone(), reference.clone()).prop_map(|(fen, word)| authorize(fen, word)),
        3 => (amount.clone(), reference).prop_map(|(fen, word)| capture(fen, word)),
        2 => amount.clone().prop_map(collect),
        1 => Just(Fail { reason: "no funds".into() }),
        1 => Just(Void),
        6 => (0..6_u128, prop_oneof![4 => 0..400_i64, 1 => amount])
            .prop_map(|(n, fen)| give_back(n, fen)),
    ]
}

/// The account as a stranger would keep it from the events alone.
#[derive(Debug, Default)]
struct Ledger {
    forgone: i64,
    came_in: i64,
    went_back: i64,
    keys: Vec<PaymentId>,
}

impl Ledger {
    fn hear(&mut self, event: &PaymentEvent) {
        match event {
            PaymentEvent::Created { .. }
            | PaymentEvent::Authorized { .. }
            | PaymentEvent::LateAuthorization { .. }
            | PaymentEvent::Failed { .. }
            | PaymentEvent::Voided => {}
            PaymentEvent::Captured { amount, .. } => self.came_in += amount.as_fen(),
            PaymentEvent::Reduced { refund, amount, .. } => {
                self.forgone += amount.as_fen();
                self.keys.push(*refund);
            }
            PaymentEvent::Refunded { refund, amount, .. } => {
                self.went_back += amount.as_fen();
                self.keys.push(*refund);
            }
        }
    }
}

proptest! {
    #[test]
    fn sums_hold_whatever_is_said(
        method in prop_oneof![Just(Online), Just(CashOnDelivery), Just(ChannelPaid)],
        commands in vec(any_command(), 0..40),
    ) {
        let mut till = Till::created(method);
        let mut ledger = Ledger::default();
        for event in till.history.clone() {
            ledger.hear(&event);
        }
        for command in commands {
            let Ok(decision) = till.tries(command) else { continue };
            for event in &decision.events {
                ledger.hear(event);
            }
            let kept = ledger.came_in - ledger.went_back;
            prop_assert!(kept >= 0, "never more given back than came in");
            prop_assert!(kept <= TOTAL.as_fen() - ledger.forgone, "nothing kept that nobody owes");
            prop_assert!(ledger.forgone <= TOTAL.as_fen());
            prop_assert_eq!(till.payment.refundable(), fen(kept));
            prop_assert_eq!(till.payment.captured(), fen(ledger.came_in));
            let mut keys = ledger.keys.clone();
            keys.sort_unstable();
            keys.dedup();
            prop_assert_eq!(keys.len(), ledger.keys.len(), "every key once");
            if till.payment.status() == PaymentStatus::Refunded {
                prop_assert_eq!(kept, 0);
            }
        }
        let mut replayed = Payment::new(till.payment.id());
        for event in &till.history {
            let text = serde_json::to_string(event).unwrap();
            let tag = format!("{{\"kind\":\"{}\"", event.kind());
            prop_assert!(text.starts_with(&tag));
            replayed.apply(&serde_json::from_str(&text).unwrap(), Timestamp::from_millis(0));
        }
        prop_assert_eq!(&replayed, &till.payment);
        let row = serde_json::to_string(&till.payment).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Payment>(&row).unwrap(), &till.payment);
        prop_assert!(till.payment.resume(Timestamp::from_millis(0)).is_empty());
    }
}
