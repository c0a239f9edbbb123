//! What a command led to, as words that tests compare.

use super::*;

/// What a command led to, as space-separated words.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Told {
    pub events: String,
    pub effects: String,
}

impl Told {
    #[track_caller]
    pub fn expect(&self, events: &str, effects: &str) {
        assert_eq!((self.events.as_str(), self.effects.as_str()), (events, effects));
    }
}

pub fn effect_in_words(effect: &Effect) -> String {
    match effect {
        Effect::Tell(message) => message_in_words(message),
        Effect::Arm { timer, .. } => format!("arm:{}", timer_in_words(timer)),
        Effect::Source(request) => match request.purpose {
            SourcingPurpose::Placing => "source:placing".to_owned(),
            SourcingPurpose::HoldRefused => "source:hold_refused".to_owned(),
            SourcingPurpose::Resourcing => "source:resourcing".to_owned(),
            SourcingPurpose::Moving { .. } => "source:moving".to_owned(),
        },
        Effect::Report(report) => match report.progress {
            UsesProgress::Placed => "uses:placed".to_owned(),
            UsesProgress::GivenBack { because } => format!("uses:back:{because:?}").to_lowercase(),
            UsesProgress::Completed { paid, points_back, .. } => {
                format!("uses:completed:{}:{points_back}", paid.as_fen())
            }
            UsesProgress::Corrected { paid, points_back } => {
                format!("uses:corrected:{}:{points_back}", paid.as_fen())
            }
        },
    }
}

fn timer_in_words(timer: &Timer) -> &'static str {
    match timer {
        Timer::PaymentDue => "payment",
        Timer::DeliveryEscalation(_) => "escalation",
        Timer::DeliveryRetry(_) => "retry",
        _ => "other",
    }
}

fn message_in_words(message: &Message) -> String {
    match message {
        Message::Order(..) => "order".to_owned(),
        Message::Payment(_, command) => match &**command {
            PaymentCommand::Refund { amount, .. } => format!("refund:{}", amount.as_fen()),
            PaymentCommand::Capture { amount, .. } => format!("capture:{}", amount.as_fen()),
            PaymentCommand::Create { .. } => "create_payment".to_owned(),
            PaymentCommand::Void => "void".to_owned(),
            other => format!("{other:?}"),
        },
        Message::Inventory(at, command) => {
            let verb = match &**command {
                InventoryCommand::Hold { .. } => "hold",
                InventoryCommand::Commit { .. } => "commit",
                InventoryCommand::Release { .. } => "release",
                InventoryCommand::ReleaseLines { .. } => "release_lines",
                InventoryCommand::Observe(_) => "observe",
                other => panic!("an order never says {other:?}"),
            };
            format!("{verb}:{}", at.bits() - 100)
        }
        Message::Store(at, command) => {
            let verb = match &**command {
                StoreCommand::Assign(_) => "assign",
                StoreCommand::Cancel { .. } => "cancel",
                StoreCommand::RemoveLines { .. } => "remove_lines",
                StoreCommand::ExpectCourier { courier: Some(_), .. } => "expect",
                StoreCommand::ExpectCourier { courier: None, .. } => "expect_nobody",
                StoreCommand::MeetCourier { .. } => "meet",
                StoreCommand::Complete { .. } => "complete",
                StoreCommand::TakeBack { .. } => "take_back",
                StoreCommand::HearReminder { .. } => "remind",
                other => panic!("an order never says {other:?}"),
            };
            format!("{verb}:{}", at.bits() - 100)
        }
        Message::Courier(who, command) => {
            let verb = match &**command {
                CourierCommand::MakeOffer(_) => "make_offer",
                CourierCommand::Granted { .. } => "granted",
                CourierCommand::Refused { .. } => "refused",
                CourierCommand::Withdraw { .. } => "withdraw",
                CourierCommand::FollowDelivery { .. } => "follow",
                other => panic!("an order never says {other:?}"),
            };
            format!("{verb}:{}", who.bits() - 200)
        }
    }
}
