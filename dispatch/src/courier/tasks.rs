//! Deliveries in hand, as their orders move them on.

use vocabulary::DeliveryId;

use super::{Courier, CourierEvent, StopKind, TaskStep};
use crate::order::{DeliveryStep, DropReason, OrderCommand};
use crate::{Decision, Effect};

impl Courier {
    /// The order has decided; an attempt that is not in hand (any more) changes nothing.
    pub(super) fn follow(
        &self,
        delivery: DeliveryId,
        attempt: u32,
        step: &TaskStep,
    ) -> Decision<CourierEvent> {
        let Some(task) = self.task(delivery, attempt) else { return Decision::nothing() };
        match step {
            TaskStep::Step(DeliveryStep::Delivered { .. }) | TaskStep::Done => {
                Decision::event(CourierEvent::TaskDone { delivery })
            }
            TaskStep::Step(
                DeliveryStep::EnRouteToPickup
                | DeliveryStep::ArrivedAtPickup
                | DeliveryStep::EnRouteToDropoff
                | DeliveryStep::ArrivedAtDropoff,
            ) => self.head_for(delivery),
            TaskStep::PickedUp if task.picked_up => Decision::nothing(),
            TaskStep::PickedUp => Decision::event(CourierEvent::TaskPickedUp { delivery }),
            TaskStep::Returning if self.is_returning(delivery) => Decision::nothing(),
            TaskStep::Returning => Decision::event(CourierEvent::TaskReturning { delivery }),
        }
    }

    /// The courier's own choice of the next stop is worth more than ours.
    fn head_for(&self, delivery: DeliveryId) -> Decision<CourierEvent> {
        if self.stops.first().is_none_or(|stop| stop.delivery == delivery) {
            return Decision::nothing();
        }
        Decision::event(CourierEvent::StopChosen { delivery })
    }

    fn is_returning(&self, delivery: DeliveryId) -> bool {
        self.stops.iter().any(|stop| stop.delivery == delivery && stop.kind == StopKind::Return)
    }

    /// Asks the orders to take back whatever is still in its store. Each answers with a withdrawal.
    pub(super) fn drop_what_waits(&self, reason: DropReason) -> Vec<Effect> {
        let waiting = self.tasks.iter().filter(|task| !task.picked_up);
        waiting
            .map(|task| {
                let (delivery, attempt) = (task.delivery, task.attempt);
                let command = OrderCommand::DropDelivery { delivery, attempt, reason };
                Effect::order(task.order, command)
            })
            .collect()
    }
}
