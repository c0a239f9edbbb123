//! The one question before every load: may they, here?

use std::collections::BTreeSet;

use vocabulary::{CourierId, MemberId, OrderId, StoreId};

use super::{Permit, Principal, PrincipalKind, Reach, Role, Scope, Verb};
use crate::reference::Directory;
use crate::wire::fault::Fault;

/// What is asked about.
#[derive(Debug, Clone, Copy)]
pub enum Resource<'a> {
    /// Headquarters' own: policy, catalog, tokens, the feed.
    Chain,
    Store(StoreId),
    Courier(CourierId),
    /// An order that is there, with who has to do with it.
    Order(&'a OrderFacts),
    /// An order by its id alone, before it is loaded.
    OrderId(OrderId),
    Member(MemberId),
    /// A new order, at no particular store or at this one.
    NewOrder(Option<StoreId>),
}

/// Who has to do with an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderFacts {
    pub order: OrderId,
    pub channel: Box<str>,
    /// Of every part, those that were rejected or moved too: they may look back.
    pub stores: Vec<StoreId>,
    pub couriers: Vec<CourierId>,
    /// Whose purchase it is, where a member's.
    pub member: Option<MemberId>,
    /// In fen.
    pub payable: i64,
}

/// The permission under which the principal may do this here. A role without the verb is told
/// `forbidden`; a verb that does not reach here is told `not_found`, as if nothing were there.
pub fn authorize<'r>(
    role: &'r Role,
    principal: &Principal,
    verb: Verb,
    resource: Resource<'_>,
    directory: &Directory,
) -> Result<&'r Permit, Fault> {
    let permit = role.permit(verb).ok_or_else(Fault::forbidden)?;
    let reaches = match permit.reach {
        Reach::Everywhere => true,
        Reach::Own if vocabulary::planted!("others_are_shown") => true,
        Reach::Own => owns(principal, resource, directory),
    };
    if reaches { Ok(permit) } else { Err(Fault::not_found(name_of(resource))) }
}

fn name_of(resource: Resource<'_>) -> &'static str {
    match resource {
        Resource::Chain => "document",
        Resource::Store(_) => "store",
        Resource::Courier(_) => "courier",
        Resource::Order(_) | Resource::OrderId(_) => "order",
        Resource::Member(_) => "member",
        Resource::NewOrder(_) => "store",
    }
}

fn owns(principal: &Principal, resource: Resource<'_>, directory: &Directory) -> bool {
    match (&principal.scope, resource) {
        (Scope::All, _) => true,
        (scope, Resource::Store(store)) => has_store(scope, store, directory),
        (Scope::Courier(own), Resource::Courier(courier)) => *own == courier,
        (Scope::Courier(own), Resource::Order(facts)) => facts.couriers.contains(own),
        (Scope::Order(own), Resource::OrderId(order)) => *own == order,
        (Scope::Order(own), Resource::Order(facts)) => *own == facts.order,
        (Scope::Member(own), Resource::Member(member)) => *own == member,
        (Scope::Member(own), Resource::Order(facts)) => facts.member == Some(*own),
        (Scope::Channel, Resource::Order(facts)) => {
            principal.kind == PrincipalKind::Channel && principal.name == facts.channel
        }
        (Scope::Channel, Resource::NewOrder(_)) => principal.kind == PrincipalKind::Channel,
        (
            scope @ (Scope::Stores(_) | Scope::Regions(_) | Scope::Merchant(_)),
            Resource::Order(facts),
        ) => facts.stores.iter().any(|store| has_store(scope, *store, directory)),
        (
            scope @ (Scope::Stores(_) | Scope::Regions(_) | Scope::Merchant(_)),
            Resource::NewOrder(Some(store)),
        ) => has_store(scope, store, directory),
        (
            Scope::Stores(_)
            | Scope::Regions(_)
            | Scope::Merchant(_)
            | Scope::Courier(_)
            | Scope::Channel
            | Scope::Order(_)
            | Scope::Member(_),
            _,
        ) => false,
    }
}

/// The stores of a scope; `None` says all.
pub fn stores_in(scope: &Scope, directory: &Directory) -> Option<BTreeSet<StoreId>> {
    if *scope == Scope::All {
        return None;
    }
    let stores = directory.stores().into_iter().map(|known| known.id);
    Some(stores.filter(|store| has_store(scope, *store, directory)).collect())
}

fn has_store(scope: &Scope, store: StoreId, directory: &Directory) -> bool {
    match scope {
        Scope::All => true,
        Scope::Stores(stores) => stores.contains(&store),
        Scope::Regions(regions) => directory
            .store(store)
            .and_then(|known| known.region)
            .is_some_and(|region| regions.contains(&region)),
        Scope::Merchant(merchant) => {
            directory.store(store).is_some_and(|known| known.merchant == *merchant)
        }
        Scope::Courier(_) | Scope::Channel | Scope::Order(_) | Scope::Member(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use vocabulary::PrincipalId;

    use super::*;
    use crate::access::default_roles;
    use crate::wire::fault::Code;

    fn principal(kind: PrincipalKind, role: &str, scope: Scope) -> Principal {
        Principal {
            id: PrincipalId::from_bits(1),
            kind,
            role: role.into(),
            name: "app".into(),
            scope,
        }
    }

    fn ask(who: &Principal, verb: Verb, resource: Resource<'_>) -> Option<Code> {
        let roles = default_roles();
        let role = roles.iter().find(|role| *role.name == *who.role).unwrap();
        authorize(role, who, verb, resource, &Directory::default()).err().map(|fault| fault.code)
    }

    fn facts() -> OrderFacts {
        OrderFacts {
            order: OrderId::from_bits(7),
            channel: "app".into(),
            stores: vec![StoreId::from_bits(3)],
            couriers: vec![CourierId::from_bits(5)],
            member: Some(MemberId::from_bits(6)),
            payable: 1_000,
        }
    }

    #[test]
    fn each_sees_an_order_from_their_own_side_only() {
        let facts = facts();
        let stores = |bits| Scope::Stores([StoreId::from_bits(bits)].into());
        let table = [
            (PrincipalKind::Staff, "hq_admin", Scope::All, None),
            (PrincipalKind::Staff, "picker", stores(3), None),
            (PrincipalKind::Staff, "picker", stores(4), Some(Code::NotFound)),
            (PrincipalKind::Courier, "courier", Scope::Courier(CourierId::from_bits(5)), None),
            (
                PrincipalKind::Courier,
                "courier",
                Scope::Courier(CourierId::from_bits(6)),
                Some(Code::NotFound),
            ),
            (PrincipalKind::Shopper, "shopper", Scope::Order(OrderId::from_bits(7)), None),
            (
                PrincipalKind::Shopper,
                "shopper",
                Scope::Order(OrderId::from_bits(8)),
                Some(Code::NotFound),
            ),
            (PrincipalKind::Shopper, "member", Scope::Member(MemberId::from_bits(6)), None),
            (
                PrincipalKind::Shopper,
                "member",
                Scope::Member(MemberId::from_bits(7)),
                Some(Code::NotFound),
            ),
            (PrincipalKind::Channel, "channel_partner", Scope::Channel, None),
            (PrincipalKind::Device, "device", stores(3), Some(Code::Forbidden)),
        ];
        for (kind, role, scope, expect) in table {
            let who = principal(kind, role, scope);
            assert_eq!(ask(&who, Verb::ReadOrder, Resource::Order(&facts)), expect, "{who:?}");
        }
    }

    #[test]
    fn another_channel_is_not_told_that_an_order_exists() {
        let mut who = principal(PrincipalKind::Channel, "channel_partner", Scope::Channel);
        who.name = "other".into();
        let refused = ask(&who, Verb::CancelOrder, Resource::Order(&facts()));
        assert_eq!(refused, Some(Code::NotFound));
    }

    #[test]
    fn a_verb_outside_the_role_is_forbidden_everywhere() {
        let who = principal(PrincipalKind::Shopper, "shopper", Scope::Order(OrderId::from_bits(7)));
        assert_eq!(ask(&who, Verb::ManageTokens, Resource::Chain), Some(Code::Forbidden));
        assert_eq!(ask(&who, Verb::HoldOrder, Resource::Order(&facts())), Some(Code::Forbidden));
    }
}
