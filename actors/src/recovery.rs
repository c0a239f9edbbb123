//! Start is recovery: the same path for the first start, a crash and a failed commit.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use commerce::member::{Member, PhoneBinding, PhoneKey};
use dispatch::inventory::{Inventory, Reservation, StockLevel};
use dispatch::order::{Order, OrderCommand};
use dispatch::payment::{Payment, PaymentCommand};
use dispatch::store::{FulfillmentOrder, Store, StoreFront, StoreSettings};
use dispatch::transfer::StockTransfer;
use dispatch::view::CityView;
use persistence::{Epoch, Journal, OutboxRow, PartitionId, StateKey, StateRow};
use serde::de::DeserializeOwned;
use vocabulary::{
    CampaignId, CourierId, FulfillmentOrderId, MemberId, OrderId, PaymentId, ReservationId, SkuId,
    StoreId, TransferId,
};

use crate::core::{Core, CoreParts, Ended, Owners};
use crate::error::{CommandError, Error};
use crate::idempotency::KeyIndex;
use crate::living::{Entity, Living, each_living, read};
use crate::metrics::Metrics;
use crate::output::{Change, Topic};
use crate::owner::{Deliver, Owned, Owns};
use crate::owners::{self, Kept, MemberOwner, PhoneOwner, kinds};
use crate::partition::PartitionConfig;
use crate::road::{self, RoadEnd};

/// Loads what is alive in a partition that was claimed under an epoch, and sets it going.
pub(crate) async fn recover(
    config: &PartitionConfig,
    journal: &Journal,
    epoch: Epoch,
    metrics: &Arc<Metrics>,
) -> Result<Rc<Core>, Error> {
    let keys_since = config.clock.now().before(config.keys_for);
    // What is not loaded must not be there either: the index and the journal know the same keys.
    let forgotten = journal.prune_idempotency(config.id, keys_since).await?;
    metrics.keys_forgotten.add(forgotten);
    let recovered = journal.load(config.id, keys_since).await?;
    metrics.orders.clear();
    metrics.couriers.clear();
    metrics.stores.clear();
    metrics.pool.set(0);
    let core = Core::new(CoreParts {
        partition: config.id,
        epoch,
        journal: journal.clone(),
        view: CityView::new(config.center, (config.travel)()),
        clock: Arc::clone(&config.clock),
        policy: Arc::new(config.policy.clone()),
        member_policy: Arc::new(config.above.member_policy.clone()),
        road: config.above.road.clone(),
        metrics: Arc::clone(metrics),
        keys: KeyIndex::beginning_at(keys_since, config.keys_for),
        last_seq: recovered.last_seq,
    });
    for key in &recovered.idempotency {
        core.keys.borrow_mut().recall(key);
    }
    let mut gathered = Gathered::default();
    let read = each_living(journal, config.id, |one| restore_one(&core, one, &mut gathered));
    if let Err(error) = read.await {
        // Whoever was started already is not of a city that anybody will see.
        core.stop();
        return Err(error);
    }
    restore(&core, gathered, recovered.outbox);
    Ok(core)
}

/// The rows of stores and inventories, gathered by store.
#[derive(Default)]
struct Gathered {
    fronts: BTreeMap<StoreId, (Kept<StoreFront>, u64)>,
    settings: BTreeMap<StoreId, StoreSettings>,
    fulfillment_orders: BTreeMap<StoreId, BTreeMap<FulfillmentOrderId, FulfillmentOrder>>,
    inventories: BTreeMap<StoreId, (Kept<()>, u64)>,
    stock: BTreeMap<StoreId, BTreeMap<SkuId, StockLevel>>,
    reservations: BTreeMap<StoreId, BTreeMap<ReservationId, Reservation>>,
    transfers: BTreeMap<StoreId, BTreeMap<TransferId, StockTransfer>>,
}

fn restore(core: &Rc<Core>, gathered: Gathered, outbox: Vec<OutboxRow>) {
    restore_stores(core, gathered);
    // Every owner stands before the first of them speaks.
    each_owner(&core.orders, |owner| owner.machine.borrow().publish_all(owner.id, core));
    each_owner(&core.couriers, |owner| owner.machine.borrow().publish_all(owner.id, core));
    each_owner(&core.inventories, |owner| owner.machine.borrow().publish_all(owner.id, core));
    each_owner(&core.stores, |owner| owner.resume(core));
    each_owner(&core.inventories, |owner| owner.resume(core));
    each_owner(&core.couriers, |owner| owner.resume(core));
    each_owner(&core.payments, |owner| owner.resume(core));
    each_owner(&core.orders, |owner| owner.resume(core));
    each_owner(&core.members, |owner| owner.resume(core));
    road::post(core, outbox);
    core.metrics().live_orders.set(core.orders.borrow().len() as u64);
}

/// In order of id, so that recovery is the same every time.
fn each_owner<Id: Copy + Ord, M: Owns<Id = Id>>(
    owners: &Owners<Id, M>,
    visit: impl FnMut(&Rc<Owned<M>>),
) {
    let mut all: Vec<_> = owners.borrow().values().cloned().collect();
    all.sort_by_key(|owner| owner.id);
    all.iter().for_each(visit);
}

fn restore_one(core: &Rc<Core>, living: Living, gathered: &mut Gathered) {
    let Living { owner, id, seq, entity } = living;
    let store = StoreId::from_bits(id);
    match entity {
        Entity::Order(kept) => start(core, &core.orders, OrderId::from_bits(id), seq, *kept),
        Entity::Payment(kept) => start(core, &core.payments, PaymentId::from_bits(id), seq, *kept),
        Entity::Courier(kept) => start(core, &core.couriers, CourierId::from_bits(id), seq, *kept),
        Entity::Member(kept) => start(core, &core.members, MemberId::from_bits(id), seq, *kept),
        Entity::Budget(kept) => start(core, &core.budgets, CampaignId::from_bits(id), seq, *kept),
        Entity::Allowance(kept) => {
            start(core, &core.allowances, CampaignId::from_bits(id), seq, *kept);
        }
        Entity::Road(kept) => {
            let other = PartitionId(u16::try_from(id).unwrap_or_default());
            core.road_ends.borrow_mut().insert(other, RoadEnd::new(other, kept, seq));
        }
        Entity::Store(kept) => {
            gathered.fronts.insert(store, (*kept, seq));
        }
        Entity::StoreSettings(settings) => {
            gathered.settings.insert(store, *settings);
        }
        Entity::Inventory(kept) => {
            gathered.inventories.insert(store, (kept, seq));
        }
        Entity::FulfillmentOrder(store, kept) => {
            let of_store = gathered.fulfillment_orders.entry(store).or_default();
            of_store.insert(FulfillmentOrderId::from_bits(id), *kept);
        }
        Entity::Stock(level) => {
            let of_store = gathered.stock.entry(StoreId::from_bits(owner)).or_default();
            of_store.insert(SkuId::from_bits(id), level);
        }
        Entity::Reservation(store, kept) => {
            let of_store = gathered.reservations.entry(store).or_default();
            of_store.insert(ReservationId::from_bits(id), *kept);
        }
        Entity::Transfer(store, kept) => {
            let of_store = gathered.transfers.entry(store).or_default();
            of_store.insert(TransferId::from_bits(id), *kept);
        }
    }
}

fn restore_stores(core: &Rc<Core>, mut gathered: Gathered) {
    let mut rows = Vec::new();
    for (id, (kept, seq)) in gathered.fronts {
        let orders = gathered.fulfillment_orders.remove(&id).unwrap_or_default();
        let store = Store::restore(id, gathered.settings.remove(&id), kept.state, orders);
        rows.extend(store.row().map(|row| (id, row)));
        core.metrics().stores.put(id, Some(store.status_text()));
        begin(core, &core.stores, Owned::new(id, store, kept.entity_seq, seq));
    }
    core.view.borrow_mut().put_stores(rows);
    for (id, (kept, seq)) in gathered.inventories {
        let stock = gathered.stock.remove(&id).unwrap_or_default();
        let reservations = gathered.reservations.remove(&id).unwrap_or_default();
        let transfers = gathered.transfers.remove(&id).unwrap_or_default();
        let inventory = Inventory::restore(id, stock, reservations, transfers);
        begin(core, &core.inventories, Owned::new(id, inventory, kept.entity_seq, seq));
    }
    // A store that was configured in the very batch before its inventory was ever touched.
    let without: Vec<StoreId> = {
        let inventories = core.inventories.borrow();
        let stores = core.stores.borrow();
        stores.keys().filter(|id| !inventories.contains_key(id)).copied().collect()
    };
    for id in without {
        begin(core, &core.inventories, Owned::new(id, Inventory::new(id), 0, 0));
    }
}

fn start<M: Owns>(core: &Rc<Core>, owners: &Owners<M::Id, M>, id: M::Id, seq: u64, kept: Kept<M>)
where
    M::Id: std::hash::Hash,
{
    begin(core, owners, Owned::new(id, kept.state, kept.entity_seq, seq));
}

pub(crate) fn begin<M: Owns>(core: &Rc<Core>, owners: &Owners<M::Id, M>, owned: Rc<Owned<M>>)
where
    M::Id: std::hash::Hash,
{
    owned.start(core);
    owners.borrow_mut().insert(owned.id, owned);
}

async fn stored<M: DeserializeOwned>(
    journal: &Journal,
    partition: PartitionId,
    kind: &'static str,
    id: u128,
) -> Result<Option<(StateRow, Kept<M>)>, Error> {
    let row = journal.state(partition, &StateKey::new(kind, 0, id)).await?;
    row.map(|row| read::<Kept<M>>(kind, id, &row.blob).map(|kept| (row, kept))).transpose()
}

/// An order that has ended and left memory.
pub(crate) async fn stored_order(
    journal: &Journal,
    partition: PartitionId,
    id: OrderId,
) -> Result<Option<Order>, Error> {
    let found = stored::<Order>(journal, partition, kinds::ORDER, id.bits()).await?;
    Ok(found.map(|(_, kept)| kept.state))
}

/// The first frame of an order that is not in memory; `None` when there is no such order.
pub(crate) async fn show_order(core: &Core, id: OrderId) -> Option<Change> {
    let stored = stored_order(&core.journal, core.partition, id).await;
    // It may have been woken while it was read: memory is never behind what is stored.
    let in_memory = owners::snapshot(core, Topic::Order(id));
    match (in_memory, stored) {
        (Some(change), _) => Some(change),
        (None, Ok(order)) => {
            order.map(|order| Change::Order { order: Arc::new(order), etas: Vec::new() })
        }
        (None, Err(error)) => {
            tracing::error!(%error, order = %id, "an ended order cannot be read");
            None
        }
    }
}

/// A payment that has ended and left memory.
pub(crate) async fn stored_payment(
    journal: &Journal,
    partition: PartitionId,
    id: PaymentId,
) -> Result<Option<Payment>, Error> {
    let found = stored::<Payment>(journal, partition, kinds::PAYMENT, id.bits()).await?;
    Ok(found.map(|(_, kept)| kept.state))
}

/// What an owner is that is neither in memory nor recorded.
pub(crate) enum Absent<M: Owns> {
    /// One that begins now.
    Fresh(fn(M::Id) -> M),
    /// Nobody: who asks for it is told so.
    Unknown { what: &'static str },
}

/// Brings an owner that has left memory back, or begins it where there never was one.
///
/// Counted as under way while the journal is read: a batch cut meanwhile would split what one
/// command set in motion, a letter could be recorded as taken without what it did, and the next
/// command would sometimes come first.
pub(crate) fn wake<M: Owns + DeserializeOwned>(
    core: Rc<Core>,
    owners: fn(&Core) -> &Owners<M::Id, M>,
    id: M::Id,
    absent: Absent<M>,
    delivery: Deliver<M::Command>,
) where
    M::Id: std::hash::Hash,
{
    core.depart();
    actix::spawn(async move {
        let found = stored::<M>(&core.journal, core.partition, M::KIND, M::bits(id)).await;
        let Some(_landing) = core.land() else { return };
        let is_back = owners(&core).borrow().contains_key(&id);
        match (found, absent) {
            _ if is_back => {}
            (Ok(Some((row, kept))), _) => start(&core, owners(&core), id, row.seq, kept),
            (Ok(None), Absent::Fresh(fresh)) => {
                begin(&core, owners(&core), Owned::new(id, fresh(id), 0, 0));
            }
            (Ok(None), Absent::Unknown { what }) => {
                return nobody(&core, delivery, CommandError::Unknown { what });
            }
            (Err(error), absent) => {
                // An inner word must not pass for carried out: the partition recovers, and whoever
                // sent it says it again. A row of one order that nobody can read would be met
                // again then, and is no reason to stop a city.
                let may_be_read_later = match absent {
                    Absent::Fresh(_) => true,
                    Absent::Unknown { .. } => matches!(error, Error::Journal(_)),
                };
                if delivery.reply.is_none() && may_be_read_later {
                    core.poison();
                }
                return unreadable(&core, delivery, &error);
            }
        }
        let owner = owners(&core).borrow().get(&id).cloned();
        if let Some(owner) = owner {
            owner.tell(&core, delivery);
        }
    });
}

/// What is recorded of a member; `None` when there never was one.
pub(crate) async fn stored_member(
    journal: &Journal,
    partition: PartitionId,
    id: MemberId,
) -> Result<Option<Member>, Error> {
    let found = stored::<Member>(journal, partition, kinds::MEMBER, id.bits()).await?;
    Ok(found.map(|(_, kept)| kept.state))
}

/// What is recorded of a phone.
pub(crate) async fn stored_phone(
    journal: &Journal,
    partition: PartitionId,
    id: PhoneKey,
) -> Result<Option<PhoneBinding>, Error> {
    let found = stored::<PhoneOwner>(journal, partition, kinds::PHONE, id.bits()).await?;
    Ok(found.map(|(_, kept)| kept.state.binding))
}

/// Brings an order that has left memory back for a late word about it.
pub(crate) fn wake_order(core: Rc<Core>, id: OrderId, delivery: Deliver<OrderCommand>) {
    wake(core, |core| &core.orders, id, Absent::Unknown { what: "order" }, delivery);
}

/// Brings a payment back, or begins it: the order that it is for tells it first.
pub(crate) fn wake_payment(core: Rc<Core>, id: PaymentId, delivery: Deliver<PaymentCommand>) {
    if matches!(delivery.command, PaymentCommand::Create { .. }) {
        let owned = Owned::new(id, Payment::new(id), 0, 0);
        begin(&core, &core.payments, Rc::clone(&owned));
        return owned.tell(&core, delivery);
    }
    wake(core, |core| &core.payments, id, Absent::Unknown { what: "payment" }, delivery);
}

fn nobody<C>(core: &Core, delivery: Deliver<C>, error: CommandError) {
    match delivery.reply {
        Some(reply) => core.refuse(reply, error),
        None => tracing::error!(%error, "an inner message has no owner to go to"),
    }
}

fn unreadable<C>(core: &Core, delivery: Deliver<C>, error: &Error) {
    tracing::error!(%error, "an ended entity cannot be read");
    nobody(core, delivery, CommandError::Internal);
}

/// Lets ended orders and payments leave memory once all of them is recorded.
pub(crate) fn let_go(core: &Core) {
    for ended in core.take_ended() {
        let gone = match ended {
            Ended::Order(id) => release(core, &core.orders, id, |order: &Order| order.is_live()),
            Ended::Payment(id) => {
                release(core, &core.payments, id, |payment: &Payment| payment.is_live())
            }
            // A message to it may be under way: another time then.
            Ended::Member(_) | Ended::Phone(_) if !core.is_at_rest() => false,
            Ended::Member(id) => {
                release(core, &core.members, id, |member: &MemberOwner| member.0.is_live())
            }
            Ended::Phone(id) => release(core, &core.phones, id, |_: &PhoneOwner| false),
        };
        if !gone {
            core.ended(ended);
        }
    }
    core.metrics().live_orders.set(core.orders.borrow().len() as u64);
}

/// Whether nothing more is to be done about it: it left, was gone, or lives again.
fn release<M: Owns>(
    core: &Core,
    owners: &Owners<M::Id, M>,
    id: M::Id,
    is_live: impl Fn(&M) -> bool,
) -> bool
where
    M::Id: std::hash::Hash,
{
    let owner = owners.borrow().get(&id).cloned();
    let Some(owner) = owner else { return true };
    if is_live(&owner.machine.borrow()) {
        return true;
    }
    if owner.last_seq() > core.committed_seq() {
        return false;
    }
    owner.quit();
    owners.borrow_mut().remove(&id);
    true
}
