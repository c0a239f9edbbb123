//! A courier's telephone: it loses its network, says things twice and says things late.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use vocabulary::{Chance, CourierId, Timestamp};

use super::Shared;
use crate::doors::{Act, Deed, Doors, Failure, Seat};
use crate::people::{CourierBehavior, Habit, Passage};

pub(super) struct Phone<D> {
    stage: Shared<D>,
    courier: CourierId,
    behavior: Rc<Habit<CourierBehavior>>,
    chance: RefCell<Chance>,
    /// Without a network until then.
    lost_until: Cell<Timestamp>,
}

impl<D: Doors> Phone<D> {
    pub fn new(
        stage: Shared<D>,
        courier: CourierId,
        behavior: Rc<Habit<CourierBehavior>>,
        chance: Chance,
    ) -> Self {
        let lost_until = Cell::new(Timestamp::default());
        Self { stage, courier, behavior, chance: RefCell::new(chance), lost_until }
    }

    pub fn has_network(&self) -> bool {
        self.stage.now() >= self.lost_until.get()
    }

    pub async fn network(&self) {
        while !self.has_network() {
            self.stage.sleep_until(self.lost_until.get()).await;
        }
    }

    /// Loses and finds the network for as long as the run lasts.
    pub async fn wander(self: Rc<Self>) {
        loop {
            let spell = self.behavior.phone_lost.next(&mut self.chance.borrow_mut());
            let Some(spell) = spell else { return };
            self.stage.sleep(spell.begins_after).await;
            let lasts = i64::try_from(spell.lasts.as_millis()).unwrap_or(i64::MAX);
            let until = self.stage.now().as_millis().saturating_add(lasts);
            self.lost_until.set(Timestamp::from_millis(until));
            self.stage.doors.disconnect(Seat::Courier(self.courier), spell.lasts);
            self.stage.sleep(spell.lasts).await;
        }
    }

    /// Says what the courier tapped, when there is a network; perhaps twice, perhaps late. A late
    /// one counts as said: the courier goes on.
    pub async fn say(&self, deed: Deed) -> Result<(), Failure> {
        self.network().await;
        let seat = Seat::Courier(self.courier);
        if self.stage.is_taken(seat) {
            return Err(Failure::new("yielded", "a visitor sits here"));
        }
        let act = Act { seat, deed, key: self.stage.key() };
        let passage = self.behavior.passage(&mut self.chance.borrow_mut());
        let stage = Rc::clone(&self.stage);
        match passage {
            Passage::Once => self.stage.send(&act).await,
            Passage::Twice { again_after } => {
                self.stage.ledger.borrow_mut().traffic.commands_doubled += 1;
                let again = act.clone();
                tokio::task::spawn_local(async move {
                    stage.sleep(again_after).await;
                    // Its answer is compared with the first one's by the ledger.
                    let _ = stage.send(&again).await;
                });
                self.stage.send(&act).await
            }
            Passage::HeldBack { by } => {
                self.stage.ledger.borrow_mut().traffic.commands_reordered += 1;
                tokio::task::spawn_local(async move {
                    stage.sleep(by).await;
                    // The courier has long gone on.
                    let _ = stage.send(&act).await;
                });
                Ok(())
            }
        }
    }
}
