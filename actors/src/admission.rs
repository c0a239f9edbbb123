//! Letting commands, positions and listeners in.

use std::rc::Rc;

use dispatch::courier::{Availability, CourierCommand};
use dispatch::order::{Order, OrderCommand};
use dispatch::sourcing::{self, SourcingLine, SourcingPurpose, SourcingRequest};
use dispatch::store::StoreCommand;
use dispatch::{By, Message, Refusal};
use tokio::sync::oneshot;
use vocabulary::{CourierId, Seconds};

use crate::core::{Core, Placing};
use crate::errand::Errand;
use crate::error::CommandError;
use crate::intake::{Cause, Envelope, Intake, Ping, PlaceRequest, ReplySender};
use crate::output::{Change, Output, Publication, Topic};
use crate::owner::{Deliver, Owned, Reply};
use crate::{owners, recovery, road};

/// A device clock may run ahead by this much before its position is not believed.
const CLOCK_SKEW: Seconds = Seconds(60);

/// Lets one thing in. A request to drain is handed back to the pump.
pub(crate) fn admit(core: &Rc<Core>, intake: Intake) -> Option<oneshot::Sender<()>> {
    match intake {
        Intake::Place { request, envelope, reply } => place(core, *request, envelope, reply),
        Intake::Command { message, envelope, reply } => command(core, message, envelope, reply),
        Intake::Positions { courier, pings } => positions(core, courier, &pings),
        Intake::Read(read) => {
            let release = read(core);
            core.when_recorded(release);
        }
        Intake::Subscribe { subscription, topic } => subscribe(core, subscription, topic),
        Intake::Unwatch { topic } => {
            core.watched.borrow_mut().remove(&topic);
        }
        Intake::SetPolicy(policy) => core.set_policy(*policy),
        Intake::SetMemberPolicy(policy) => core.set_member_policy(*policy),
        Intake::Errand { errand, envelope, reply } => errand_in(core, *errand, envelope, reply),
        Intake::Letters { from, letters, done } => {
            let taken = road::take(core, from, &letters);
            core.when_recorded(Box::new(move || {
                // A sender that has stopped sends them again; they are known then.
                let _ = done.send(taken);
            }));
        }
        Intake::ForgetKeys { horizon } => core.keys.borrow_mut().forget_before(horizon),
        Intake::Drain { done } => return Some(done),
    }
    None
}

/// Whether the command is new: otherwise its stored answer, or why not, is on its way.
fn is_new(core: &Core, envelope: &Envelope, reply: ReplySender) -> Option<ReplySender> {
    let known = match core.admit(&envelope.keys) {
        Ok(None) => return Some(reply),
        Ok(Some(heard)) => Ok(heard),
        Err(error) => Err(error),
    };
    core.when_recorded(Box::new(move || {
        let _ = reply.send(known);
    }));
    None
}

fn errand_in(core: &Rc<Core>, errand: Errand, envelope: Envelope, reply: ReplySender) {
    let Some(sender) = is_new(core, &envelope, reply) else { return };
    let reply = Reply { keys: envelope.keys, sender };
    core.run(errand, envelope.by, envelope.cause, Some(reply));
}

fn command(core: &Rc<Core>, message: Message, envelope: Envelope, reply: ReplySender) {
    let Some(sender) = is_new(core, &envelope, reply) else { return };
    let reply = Reply { keys: envelope.keys, sender };
    if let Err(refusal) = check_door(core, &message) {
        return core.reply(reply, Err(CommandError::Refused(refusal)));
    }
    begin(core, &message);
    core.tell(message, envelope.by, envelope.cause, Some(reply));
}

/// A change of the door is the one decision of an order that takes the whole city to judge. An
/// order that is not in memory has ended, and says so itself.
fn check_door(core: &Core, message: &Message) -> Result<(), Refusal> {
    let Message::Order(id, command) = message else { return Ok(()) };
    let Some(owner) = core.orders.borrow().get(id).cloned() else { return Ok(()) };
    let order = owner.machine.borrow();
    let Some(door) = order.door_of(command) else { return Ok(()) };
    sourcing::check_door(&order, door, &core.view.borrow(), &core.policy(), core.now())
}

/// A store or courier begins to exist with headquarters' first settings for it.
fn begin(core: &Rc<Core>, message: &Message) {
    match message {
        Message::Store(id, command) if matches!(**command, StoreCommand::Configure(_)) => {
            if !core.stores.borrow().contains_key(id) {
                owners::begin_store(core, *id);
            }
        }
        Message::Courier(id, command) if matches!(**command, CourierCommand::Configure(_)) => {
            if !core.couriers.borrow().contains_key(id) {
                owners::begin_courier(core, *id);
            }
        }
        Message::Order(..)
        | Message::Payment(..)
        | Message::Inventory(..)
        | Message::Store(..)
        | Message::Courier(..) => {}
    }
}

fn place(core: &Rc<Core>, request: PlaceRequest, envelope: Envelope, reply: ReplySender) {
    let Some(sender) = is_new(core, &envelope, reply) else { return };
    let reply = Reply { keys: envelope.keys, sender };
    let PlaceRequest { id, order, persons } = request;
    let plan = match core.plan(&sourcing_request(id, &order)) {
        Ok(plan) => plan,
        Err(refusal) => {
            core.decline_uses(id, order.uses.as_deref());
            return core.reply(reply, Err(CommandError::Refused(refusal)));
        }
    };
    let campaigns = match core.draw(id, order.uses.as_deref(), envelope.cause) {
        Ok(campaigns) => campaigns,
        Err(error) => {
            core.decline_uses(id, order.uses.as_deref());
            return core.reply(reply, Err(error));
        }
    };
    let owned = Owned::new(id, Order::new(id), 0, 0);
    owned.start(core);
    core.orders.borrow_mut().insert(id, Rc::clone(&owned));
    core.placing.borrow_mut().insert(id, Placing { reply, campaigns });
    core.persons(persons);
    let command = OrderCommand::Place { order: Box::new(order), plan };
    owned.tell(core, Deliver { command, by: envelope.by, cause: envelope.cause, reply: None });
}

fn sourcing_request(
    id: vocabulary::OrderId,
    order: &dispatch::order::PlaceOrder,
) -> SourcingRequest {
    let line = |line: &dispatch::order::OrderLine| SourcingLine {
        line: line.line,
        sku: line.sku,
        units: line.quantity.get(),
        value: line.paid,
        keep_together: line.keep_together.clone(),
    };
    SourcingRequest {
        order: id,
        request: 0,
        purpose: SourcingPurpose::Placing,
        mode: order.mode,
        destination: order.destination,
        lines: order.lines.iter().map(line).collect(),
        excluded: Default::default(),
        pinned: order.pinned_store,
        wanted_at: order.wanted_at,
    }
}

/// Takes the newest position; late, doubled and reordered ones change nothing.
fn positions(core: &Rc<Core>, courier: CourierId, pings: &[Ping]) {
    let now = core.now();
    let known = core.view.borrow().position(courier).map(|(_, at)| at);
    let newest = pings
        .iter()
        .filter(|ping| ping.at <= now.after(CLOCK_SKEW) && known.is_none_or(|at| ping.at > at))
        .max_by_key(|ping| ping.at);
    let availability = core.view.borrow().courier(courier).map(|row| row.availability);
    let (Some(ping), Some(availability)) = (newest, availability) else {
        return core.metrics().positions_dropped.add(pings.len() as u64);
    };
    core.metrics().positions.add(1);
    core.view.borrow_mut().move_courier(courier, ping.place, ping.at);
    if known.is_none() || availability == Availability::Stale {
        let message = Message::Courier(courier, Box::new(CourierCommand::Heard));
        core.tell(message, By::Partition, Cause::default(), None);
    }
    publish_position(core, courier, *ping);
}

/// A shopper sees the courier while it carries the shopper's goods, and about where it is while it comes
/// for them; before and after, nothing.
fn publish_position(core: &Core, courier: CourierId, ping: Ping) {
    let view = core.view.borrow();
    let watched = core.watched.borrow();
    let Some(row) = view.courier(courier) else { return };
    for task in &row.tasks {
        let topic = Topic::Order(task.order);
        if watched.contains(&topic) {
            let etas = owners::etas_of_task(core, &view, courier, task.delivery);
            let is_rough = !task.picked_up;
            let place = if is_rough { ping.place.roughly() } else { ping.place };
            let change = Change::Position { courier, place, is_rough, at: ping.at, etas };
            core.output(Output::Publish(Publication { topic, change }));
        }
    }
}

fn subscribe(core: &Rc<Core>, subscription: u64, topic: Topic) {
    match (owners::snapshot(core, topic), topic) {
        (Some(change), _) => begin_topic(core, subscription, topic, Some(change)),
        (None, Topic::Order(id)) => {
            let core = Rc::clone(core);
            actix::spawn(async move {
                let change = recovery::show_order(&core, id).await;
                begin_topic(&core, subscription, topic, change);
            });
        }
        (
            None,
            Topic::Board(_)
            | Topic::Courier(_)
            | Topic::Operations
            | Topic::Reports
            | Topic::StoreReports(_),
        ) => {
            begin_topic(core, subscription, topic, None);
        }
    }
}

fn begin_topic(core: &Core, subscription: u64, topic: Topic, first: Option<Change>) {
    match first {
        Some(change) => {
            core.watched.borrow_mut().insert(topic);
            core.output(Output::Snapshot { subscription, topic, change });
        }
        None => core.output(Output::NoSuchTopic { subscription, topic }),
    }
}
