//! A look at the partition from inside, for answers that take more than one owner.

use commerce::budget::{Allowance, Budget};
use commerce::member::{Member, MemberPolicy, PhoneBinding, PhoneKey};
use dispatch::Policy;
use dispatch::courier::Courier;
use dispatch::eta::Eta;
use dispatch::inventory::Inventory;
use dispatch::order::Order;
use dispatch::payment::Payment;
use dispatch::store::Store;
use dispatch::view::CityView;
use vocabulary::{
    CampaignId, CourierId, DeliveryId, MemberId, OrderId, PaymentId, StoreId, Timestamp,
};

use crate::core::Core;
use crate::intake::Idempotency;
use crate::shadow::ShadowReport;
use crate::waits::Wait;

/// Read-only. What is computed here reaches nobody before everything it may have seen is recorded.
pub struct Reader<'a>(pub(crate) &'a Core);

impl Reader<'_> {
    pub fn now(&self) -> Timestamp {
        self.0.now()
    }

    pub fn policy(&self) -> std::sync::Arc<Policy> {
        self.0.policy()
    }

    /// Beside the policy's rounds, if it has a shadow and a round ran since.
    pub fn shadow(&self) -> Option<ShadowReport> {
        let report = self.0.shadow.borrow().clone();
        let policy = self.0.policy();
        report.filter(|report| policy.shadow.is_some() && report.policy_version == policy.version)
    }

    pub fn last_seq(&self) -> u64 {
        self.0.last_seq()
    }

    /// Up to when stored answers may go; see [`PartitionHandle::forget_keys`].
    ///
    /// [`PartitionHandle::forget_keys`]: crate::PartitionHandle::forget_keys
    pub(crate) fn keys_horizon(&self, before: Timestamp) -> Option<Timestamp> {
        self.0.keys.borrow().horizon(before)
    }

    pub(crate) fn is_used(&self, key: &Idempotency) -> bool {
        self.0.keys.borrow().answered_from(key).is_some()
    }

    pub fn view<T>(&self, read: impl FnOnce(&CityView) -> T) -> T {
        read(&self.0.view.borrow())
    }

    /// `None` when the order is not in memory: ended, or never placed.
    pub fn order<T>(&self, id: OrderId, read: impl FnOnce(&Order) -> T) -> Option<T> {
        let owner = self.0.orders.borrow().get(&id).cloned()?;
        let machine = owner.machine.borrow();
        Some(read(&machine))
    }

    /// Predicted door times of an order's deliveries; empty when it is not in memory.
    pub fn etas(&self, id: OrderId) -> Vec<(DeliveryId, Eta)> {
        self.order(id, |order| crate::owners::etas(self.0, order)).unwrap_or_default()
    }

    /// Why deliveries of an order still wait for a courier; those that no round has looked at since
    /// they do are absent.
    pub fn waits(&self, id: OrderId) -> Vec<(DeliveryId, Wait)> {
        let waits = self.0.waits.borrow();
        let view = self.0.view.borrow();
        let still_waits = |delivery: &DeliveryId| view.pool().contains_key(delivery);
        let found = self.order(id, |order| {
            let all = order.deliveries.iter().map(|delivery| delivery.delivery);
            all.filter(still_waits).filter_map(|one| Some((one, waits.of(one)?))).collect()
        });
        found.unwrap_or_default()
    }

    pub fn payment<T>(&self, id: PaymentId, read: impl FnOnce(&Payment) -> T) -> Option<T> {
        let owner = self.0.payments.borrow().get(&id).cloned()?;
        let machine = owner.machine.borrow();
        Some(read(&machine))
    }

    pub fn inventory<T>(&self, id: StoreId, read: impl FnOnce(&Inventory) -> T) -> Option<T> {
        let owner = self.0.inventories.borrow().get(&id).cloned()?;
        let machine = owner.machine.borrow();
        Some(read(&machine))
    }

    pub fn store<T>(&self, id: StoreId, read: impl FnOnce(&Store) -> T) -> Option<T> {
        let owner = self.0.stores.borrow().get(&id).cloned()?;
        let machine = owner.machine.borrow();
        Some(read(&machine))
    }

    pub fn courier<T>(&self, id: CourierId, read: impl FnOnce(&Courier) -> T) -> Option<T> {
        let owner = self.0.couriers.borrow().get(&id).cloned()?;
        let machine = owner.machine.borrow();
        Some(read(&machine))
    }

    /// `None` when the member is not in memory: nothing is under way, or nobody was enrolled.
    pub fn member<T>(&self, id: MemberId, read: impl FnOnce(&Member) -> T) -> Option<T> {
        let owner = self.0.members.borrow().get(&id).cloned()?;
        let machine = owner.machine.borrow();
        Some(read(&machine.0))
    }

    pub fn phone(&self, phone: PhoneKey) -> Option<PhoneBinding> {
        let owner = self.0.phones.borrow().get(&phone).cloned()?;
        let machine = owner.machine.borrow();
        Some(machine.binding.clone())
    }

    pub fn budget<T>(&self, id: CampaignId, read: impl FnOnce(&Budget) -> T) -> Option<T> {
        let owner = self.0.budgets.borrow().get(&id).cloned()?;
        let machine = owner.machine.borrow();
        Some(read(&machine.budget))
    }

    pub fn allowance<T>(&self, id: CampaignId, read: impl FnOnce(&Allowance) -> T) -> Option<T> {
        let owner = self.0.allowances.borrow().get(&id).cloned()?;
        let machine = owner.machine.borrow();
        Some(read(&machine.allowance))
    }

    pub fn member_policy(&self) -> std::sync::Arc<MemberPolicy> {
        self.0.member_policy()
    }

    /// Every order in memory, by id.
    pub fn each_order(&self, mut visit: impl FnMut(&Order)) {
        let mut owners: Vec<_> = self.0.orders.borrow().values().cloned().collect();
        owners.sort_by_key(|owner| owner.id);
        for owner in owners {
            visit(&owner.machine.borrow());
        }
    }

    /// Every courier, by id.
    pub fn each_courier(&self, mut visit: impl FnMut(CourierId, &Courier)) {
        let mut owners: Vec<_> = self.0.couriers.borrow().values().cloned().collect();
        owners.sort_by_key(|owner| owner.id);
        for owner in owners {
            visit(owner.id, &owner.machine.borrow());
        }
    }
}
