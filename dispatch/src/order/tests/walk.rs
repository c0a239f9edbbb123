//! Random walks: a careless world answers an order's effects, and people tap whatever they like.
//! Whatever happens, sums hold, histories are paths and a replay arrives where the order is.

use std::collections::{BTreeSet, VecDeque};

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use vocabulary::Chance;

use super::automaton::{Watch, check_sums};
use super::*;
use crate::store::RejectReason;

/// One draw: what to do, and two numbers to choose with.
type Draw = (u8, u8, u8);

struct Walk {
    play: Play,
    watch: Watch,
    waiting: VecDeque<Effect>,
}

impl Walk {
    fn new((mode, method, split): Draw) -> Self {
        let mode = match mode % 4 {
            0 | 1 => FulfillmentMode::Delivery,
            2 => FulfillmentMode::Pickup,
            _ => FulfillmentMode::Express,
        };
        let payment_method = match method % 3 {
            0 => PaymentMethod::Online,
            1 => PaymentMethod::CashOnDelivery,
            _ => PaymentMethod::ChannelPaid,
        };
        let place = PlaceOrder { mode, payment_method, ..basket(&[(1, 3), (2, 2)]) };
        let plan = if split.is_multiple_of(2) {
            plan(&[(1, &[(1, 3), (2, 2)])])
        } else {
            plan(&[(1, &[(1, 2)]), (2, &[(1, 1), (2, 2)])])
        };
        let mut walk =
            Self { play: Play::new(), watch: Watch::default(), waiting: VecDeque::new() };
        walk.play.policy.late_cancel_fee_fen = 50;
        walk.play.policy.dispatch.escalate_after_rounds = 2;
        walk.tell(OrderCommand::Place { order: Box::new(place), plan });
        walk
    }

    fn draw(&mut self, draw: Draw) {
        self.play.wait(1);
        let is_answer = draw.0 % 4 < 2;
        match self.waiting.pop_front() {
            Some(effect) if is_answer => self.answer(effect, draw),
            Some(effect) => {
                self.waiting.push_front(effect);
                self.interfere(draw);
            }
            None => self.interfere(draw),
        }
    }

    fn tell(&mut self, command: OrderCommand) {
        let before = self.play.order.clone();
        let context = Context { now: self.play.now, policy: &self.play.policy, by: self.play.by };
        let Ok(decision) = before.decide(&command, &context) else {
            return;
        };
        for event in decision.events {
            let old = self.play.order.clone();
            self.play.order.apply(&event, self.play.now);
            self.watch.see(&old, &event, &self.play.order);
            self.play.history.push((self.play.now, event));
        }
        self.waiting.extend(decision.effects);
        check_sums(&self.play.order);
    }

    /// What the others say to an effect: mostly what they should.
    fn answer(&mut self, effect: Effect, (_, a, b): Draw) {
        let command = match effect {
            Effect::Source(request) => {
                let plan =
                    if a < 200 { Ok(some_plan(&request.lines, b)) } else { Err(unfillable()) };
                OrderCommand::Sourced { request: request.request, plan }
            }
            Effect::Arm { timer, due } => {
                if a.is_multiple_of(2) {
                    self.waiting.push_back(Effect::Arm { timer, due });
                    return;
                }
                self.play.now = self.play.now.max(due);
                OrderCommand::TimerFired(timer)
            }
            Effect::Report(_) => return,
            Effect::Tell(message) => match self.reply(message, a, b) {
                Some(command) => command,
                None => return,
            },
        };
        self.tell(command);
    }

    fn reply(&self, message: Message, a: u8, b: u8) -> Option<OrderCommand> {
        match message {
            Message::Inventory(_, command) => match *command {
                InventoryCommand::Hold { reservation, .. } => {
                    let refusal = HoldRefusal { sku: sku(1), available: 0, wanted: 1 };
                    let answer = if a < 220 { Ok(()) } else { Err(refusal) };
                    Some(OrderCommand::AnswerHold { reservation, answer })
                }
                _ => None,
            },
            Message::Payment(_, command) => match *command {
                PaymentCommand::Create { .. } => Some(self.play.paid(match a % 8 {
                    0 => PaymentProgress::Failed,
                    1 | 2 => PaymentProgress::Secured,
                    _ => PaymentProgress::Captured,
                })),
                PaymentCommand::Capture { .. } => Some(self.play.paid(PaymentProgress::Captured)),
                PaymentCommand::Refund { refund, amount, .. } => {
                    Some(OrderCommand::ConfirmRefund { refund, amount })
                }
                _ => None,
            },
            Message::Store(_, command) => match *command {
                StoreCommand::Assign(share) => {
                    let ready_at = self.play.now.after(Seconds(u32::from(b)));
                    let progress = match a % 8 {
                        0 => FulfillmentProgress::Rejected {
                            lines: Vec::new(),
                            whole: true,
                            reason: RejectReason::TooBusy,
                        },
                        1 => FulfillmentProgress::Scheduled { release_at: ready_at },
                        2 => FulfillmentProgress::Assigned,
                        _ => FulfillmentProgress::Accepted { ready_at },
                    };
                    let fulfillment_order = share.fulfillment_order;
                    Some(OrderCommand::ReportFulfillment { fulfillment_order, progress })
                }
                _ => None,
            },
            Message::Courier(who, command) => match *command {
                CourierCommand::MakeOffer(made) if a < 170 => Some(OrderCommand::GrantOffer {
                    delivery: made.delivery,
                    attempt: made.attempt,
                    offer: made.offer,
                    courier: who,
                }),
                CourierCommand::MakeOffer(made) => Some(OrderCommand::CloseOffer {
                    delivery: made.delivery,
                    attempt: made.attempt,
                    offer: made.offer,
                    courier: who,
                    why: OfferEnd::Expired,
                }),
                _ => None,
            },
            Message::Order(..) => None,
        }
    }

    /// Anybody does anything, often about the wrong thing.
    fn interfere(&mut self, (choice, a, b): Draw) {
        let command = match choice / 4 {
            0..=11 => self.about_a_part(a, b),
            12..=35 => self.about_a_delivery(choice, a, b),
            36..=47 => self.about_the_order(choice, a, b),
            _ => self.about_a_return_or_parcel(choice, a, b),
        };
        if let Some(command) = command {
            self.tell(command);
        }
    }

    fn about_a_part(&mut self, a: u8, b: u8) -> Option<OrderCommand> {
        let part = pick(&self.play.order.parts, a)?;
        let line = pick(&part.lines, b).copied();
        let lines = line.map(|line| LineUnits { units: 1, ..line }).into_iter().collect();
        let courier_of = self.play.order.delivery_of(part.fulfillment_order);
        let taker = courier_of.and_then(Delivery::courier).unwrap_or(courier(u128::from(b % 3)));
        let progress = match b % 12 {
            0 => FulfillmentProgress::PickingStarted,
            1 => FulfillmentProgress::Ready,
            2 => FulfillmentProgress::OnHold,
            3 => FulfillmentProgress::Resumed {
                ready_at: a.is_multiple_of(2).then_some(self.play.now),
            },
            4 => FulfillmentProgress::ShortPicked { lines },
            5 if a.is_multiple_of(2) => FulfillmentProgress::NoShow,
            5 => {
                FulfillmentProgress::Rejected { lines, whole: false, reason: RejectReason::Damaged }
            }
            6 if a.is_multiple_of(2) => FulfillmentProgress::Completed,
            6 => FulfillmentProgress::Returned,
            7 => {
                let reservation = part.reservation;
                return Some(OrderCommand::CoverShortfall { reservation, lines });
            }
            8 => FulfillmentProgress::Accepted { ready_at: self.play.now },
            9 => {
                return Some(OrderCommand::MoveFulfillment {
                    fulfillment_order: part.fulfillment_order,
                    lines: if a.is_multiple_of(2) { lines } else { Vec::new() },
                    to: store(u128::from(b % 5)),
                    reason: "flood".to_owned(),
                });
            }
            _ => FulfillmentProgress::HandedOver { to: self.taker_of(taker, b) },
        };
        let fulfillment_order = part.fulfillment_order;
        Some(OrderCommand::ReportFulfillment { fulfillment_order, progress })
    }

    fn taker_of(&self, courier: CourierId, b: u8) -> Recipient {
        match self.play.order.terms.mode {
            FulfillmentMode::Delivery => Recipient::Courier { courier },
            FulfillmentMode::Pickup => Recipient::Shopper,
            FulfillmentMode::Express => {
                Recipient::Carrier { carrier: "SF".into(), tracking_number: b.to_string().into() }
            }
        }
    }

    fn about_a_delivery(&mut self, choice: u8, a: u8, b: u8) -> Option<OrderCommand> {
        let known = pick(&self.play.order.deliveries, a)?;
        let (delivery, attempt) = (known.delivery, known.attempt);
        let courier = known.courier().unwrap_or(courier(u128::from(b % 3)));
        let advance = |step| OrderCommand::AdvanceDelivery { delivery, attempt, courier, step };
        Some(match choice / 4 - 12 {
            0..=5 => self.proposals(delivery, attempt + 1, b),
            6 => advance(DeliveryStep::EnRouteToPickup),
            7 => advance(DeliveryStep::ArrivedAtPickup),
            8 => advance(DeliveryStep::EnRouteToDropoff),
            9 => advance(DeliveryStep::ArrivedAtDropoff),
            10..=13 => advance(delivered()),
            14 if b < 80 => OrderCommand::DropDelivery {
                delivery,
                attempt,
                reason: DropReason::ReassignedByHand,
            },
            14..=16 => OrderCommand::FailDelivery {
                delivery,
                attempt,
                courier,
                reason: FailureReason::NobodyHome,
            },
            17 => OrderCommand::ResolveFailure { delivery, retry: b.is_multiple_of(2) },
            18 => OrderCommand::ReceiveBack { delivery, condition: None },
            19 if b < 60 => OrderCommand::ReportLost { delivery },
            19 if b < 100 => OrderCommand::RefuseCode { delivery, attempt, courier },
            19 if b < 160 => OrderCommand::KeepPicture {
                delivery,
                attempt,
                courier,
                picture: PersonId::from_bits(u128::from(b)),
                what: PictureOf::Photo,
            },
            _ => OrderCommand::SteerDelivery {
                delivery,
                steer: match b % 4 {
                    0 => Steer::Force { courier },
                    1 => Steer::Exclude { courier },
                    2 => Steer::Pin { courier, for_at_most: Seconds(60) },
                    _ => Steer::Clear,
                },
                reason: "by hand".to_owned(),
            },
        })
    }

    fn proposals(&self, delivery: DeliveryId, attempt: u32, b: u8) -> OrderCommand {
        let proposal = |n: u8| Proposal {
            courier: courier(u128::from(n)),
            pickup_at: self.play.now,
            dropoff_at: self.play.now,
            because: String::new(),
        };
        let proposals = (0..=b % 3).map(proposal).collect();
        OrderCommand::OfferDelivery { delivery, attempt, proposals }
    }

    fn about_the_order(&mut self, choice: u8, a: u8, b: u8) -> Option<OrderCommand> {
        let lines = || pick(&self.play.order.terms.lines, b).map(|line| units(&[(line.line, 1)]));
        Some(match choice / 4 - 36 {
            0 if b < 40 => cancel(CancelReason::ShopperRequest),
            0 | 1 => OrderCommand::Suspend { reason: HoldReason::Review },
            2 | 3 => OrderCommand::Release,
            4 | 5 => OrderCommand::ProposeChange {
                change: ProposedChange {
                    remove: lines().filter(|_| !a.is_multiple_of(3))?,
                    destination: b.is_multiple_of(2).then(|| place_at(60)),
                },
            },
            6 => OrderCommand::ProposeChange {
                change: ProposedChange { remove: Vec::new(), destination: Some(place_at(61)) },
            },
            7..=9 => {
                let change = self.play.order.proposed_change.as_ref()?.change;
                OrderCommand::ConfirmChange { change }
            }
            10 if b < 60 => self.play.paid(PaymentProgress::Failed),
            10 => self.play.paid(PaymentProgress::Secured),
            _ => self.play.paid(PaymentProgress::Captured),
        })
    }

    fn about_a_return_or_parcel(&mut self, choice: u8, a: u8, b: u8) -> Option<OrderCommand> {
        let order = &self.play.order;
        let returned = pick(&order.returns, a).map(|known| known.return_id);
        let parcel = pick(&order.parcels, a).map(|known| known.parcel);
        Some(match (choice / 4) % 8 {
            0 => {
                let line = pick(&order.terms.lines, a)?.line;
                let lines = units(&[(line, u32::from(b % 3))]);
                OrderCommand::RequestReturn { lines, reason: "sour".to_owned() }
            }
            1 => OrderCommand::DecideReturn {
                return_id: returned?,
                approve: !b.is_multiple_of(4),
                note: None,
            },
            2 => OrderCommand::ShipReturn { return_id: returned? },
            3 | 4 => OrderCommand::ReceiveReturn {
                return_id: returned?,
                condition: match b % 3 {
                    0 => ReturnCondition::Damaged,
                    _ => ReturnCondition::Good,
                },
            },
            5 if a < 60 => OrderCommand::Rate {
                words: RatingWords {
                    store_stars: b % 7,
                    courier_stars: (b > 99).then_some(b % 6),
                    tags: Vec::new(),
                    text: None,
                },
            },
            5 if a < 110 => OrderCommand::Remind,
            5 if a < 150 => OrderCommand::AnswerReminder {
                answer: if b.is_multiple_of(2) {
                    ReminderAnswer::OnIt
                } else {
                    ReminderAnswer::TenMinutes
                },
            },
            _ => OrderCommand::AdvanceParcel {
                parcel: parcel?,
                step: match b % 7 {
                    0 => ParcelStep::Returned { condition: ReturnCondition::Damaged },
                    1 => ParcelStep::InTransit,
                    2 => ParcelStep::Returned { condition: ReturnCondition::Good },
                    3 => ParcelStep::Lost,
                    4 => ParcelStep::Returning,
                    _ => ParcelStep::Delivered,
                },
            },
        })
    }

    /// What must be true of any walk once it is over.
    fn check_history(&self) {
        let mut replayed = Order::new(self.play.order.id);
        for (at, event) in &self.play.history {
            let text = serde_json::to_string(event).unwrap();
            let read: OrderEvent = serde_json::from_str(&text).unwrap();
            assert_eq!(&read, event);
            let value: serde_json::Value = serde_json::from_str(&text).unwrap();
            assert_eq!(value["kind"], event.kind());
            replayed.apply(&read, *at);
        }
        assert_eq!(replayed, self.play.order, "a replay arrives where the order is");
        let row = serde_json::to_string(&self.play.order).unwrap();
        assert_eq!(serde_json::from_str::<Order>(&row).unwrap(), self.play.order);
        self.play.order.resume(self.play.now);
        self.play.order.visible_stage();
        self.play.order.return_status();
    }
}

fn pick<T>(of: &[T], by: u8) -> Option<&T> {
    of.get(usize::from(by).checked_rem(of.len())?)
}

/// All of it at one store, or the first line at one and the rest at another.
fn some_plan(lines: &[crate::sourcing::SourcingLine], b: u8) -> SourcingPlan {
    let lines: Vec<_> = lines.iter().map(|line| (line.line, line.units)).collect();
    match lines.split_first() {
        Some((first, rest)) if b.is_multiple_of(3) && !rest.is_empty() => {
            plan(&[(u128::from(b % 5), &[*first]), (7, rest)])
        }
        _ => plan(&[(u128::from(b % 5), &lines)]),
    }
}

fn walk(draws: &[Draw]) -> Walk {
    let (first, rest) = draws.split_first().unwrap();
    let mut walk = Walk::new(*first);
    for draw in rest {
        walk.draw(*draw);
    }
    walk.check_history();
    walk
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 300,
        rng_seed: RngSeed::Fixed(20_260_101),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn whatever_happens_the_sums_hold_and_the_history_is_a_path(
        draws in prop::collection::vec(any::<Draw>(), 1..160),
    ) {
        walk(&draws);
    }
}

#[test]
fn the_walks_see_every_kind_of_event() {
    let mut chance = Chance::from_seed(7);
    let mut seen = BTreeSet::new();
    for _ in 0..500 {
        let draws: Vec<Draw> = (0..150)
            .map(|_| {
                let [a, b, c, ..] = chance.next_u64().to_le_bytes();
                (a, b, c)
            })
            .collect();
        seen.extend(walk(&draws).play.history.iter().map(|(_, event)| event.kind()));
    }
    let source = include_str!("../event.rs");
    let kinds = source.lines().filter_map(|line| line.split_once("=> \"")?.1.split_once('"'));
    let missing: Vec<_> = kinds.map(|(kind, _)| kind).filter(|kind| !seen.contains(kind)).collect();
    assert_eq!(missing, Vec::<&str>::new(), "events no walk came across");
}
