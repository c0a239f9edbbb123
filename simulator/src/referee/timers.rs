//! Timers: each due time that a history names is answered, taken back or fired, never before it is
//! due and never forgotten.

use std::collections::BTreeMap;

use super::endings::patience_ms;
use super::verdicts::Verdicts;
use crate::feed::{Event, number, text};

/// What waits: the kind of timer, and whose it is.
type Waiting = (&'static str, String);

pub(super) struct Timers {
    patience_ms: i64,
    due: BTreeMap<Waiting, i64>,
}

impl Timers {
    pub fn at_pace(scale: f64) -> Self {
        Self { patience_ms: patience_ms(scale), due: BTreeMap::new() }
    }

    pub fn see(&mut self, event: &Event, verdicts: &mut Verdicts) {
        match (event.entity_kind.as_str(), event.kind.as_str()) {
            ("courier", "offer_made") => {
                let offer = event.body.get("offer");
                let id = offer.map(|offer| text(offer, "offer")).unwrap_or_default();
                let inside = offer.map_or(0, |offer| number(offer, "expires_at"));
                let due = if inside == 0 { event.number("expires_at") } else { inside };
                self.arm("offer", id, due);
            }
            ("courier", "offer_expired") => {
                self.fire("offer", event.text("offer"), event, verdicts)
            }
            ("courier", "offer_accepted" | "offer_declined" | "offer_withdrawn") => {
                self.answer(event.text("offer"), event, verdicts);
            }
            ("order", "holds_confirmed") => {
                self.arm("payment", &event.entity, event.number("payment_due"));
            }
            ("order", "order_expired") => self.fire("payment", &event.entity, event, verdicts),
            (
                "order",
                "payment_secured" | "order_opened" | "order_cancelled" | "order_suspended",
            ) => {
                self.forget("payment", &event.entity);
            }
            ("inventory", "units_held") => {
                self.arm("hold", event.text("reservation"), event.number("expires_at"));
            }
            ("inventory", "reservation_expired") => {
                self.fire("hold", event.text("reservation"), event, verdicts);
            }
            ("inventory", "reservation_committed" | "reservation_released") => {
                self.forget("hold", event.text("reservation"));
            }
            _ => {}
        }
    }

    /// A due time of zero is none: the history does not say.
    fn arm(&mut self, timer: &'static str, id: &str, due_ms: i64) {
        if due_ms > 0 {
            self.due.insert((timer, id.to_owned()), due_ms);
        }
    }

    fn forget(&mut self, timer: &'static str, id: &str) {
        self.due.remove(&(timer, id.to_owned()));
    }

    /// Whoever answers an offer long after it ran out shows that its timer never fired.
    fn answer(&mut self, offer: &str, event: &Event, verdicts: &mut Verdicts) {
        let Some(due) = self.due.remove(&("offer", offer.to_owned())) else { return };
        let is_timely = event.at_ms - due <= self.patience_ms;
        verdicts.check(is_timely, "no_timer_is_forgotten", event, offer, || {
            format!("is still open at {}, it ran out at {due}", event.at_ms)
        });
    }

    fn fire(&mut self, timer: &'static str, id: &str, event: &Event, verdicts: &mut Verdicts) {
        let Some(due) = self.due.remove(&(timer, id.to_owned())) else { return };
        verdicts.check(event.at_ms >= due, "no_timer_fires_early", event, id, || {
            format!("{timer} fired at {}, it was due at {due}", event.at_ms)
        });
    }

    /// An order that waits for its payment is looked at where orders end.
    pub fn finish(&self, now_ms: i64, verdicts: &mut Verdicts) {
        for ((timer, id), due) in self.due.iter().filter(|((timer, _), _)| *timer == "offer") {
            verdicts.looked("no_timer_is_forgotten");
            if now_ms - due > self.patience_ms {
                let detail = format!("{timer} was due at {due} and nothing happened");
                verdicts.broken("no_timer_is_forgotten", now_ms, id, detail);
            }
        }
    }
}
