//! What each role may do, as data that headquarters can change.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Something that can be asked of the house.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Verb {
    // Headquarters.
    ManageTokens,
    ManageRoles,
    ManageStores,
    ManageCouriers,
    ManageCatalog,
    /// Grants, contracts, fees, tax rates.
    ManagePrices,
    /// Campaigns of headquarters, and how far stores may give their own.
    ManageCampaigns,
    ManagePolicy,
    /// Service level and lead times, from which stores' reorder points follow.
    ManageReplenishment,
    ReadPolicy,
    /// Who changed which of headquarters' documents.
    ReadAudit,
    ReadFeed,
    WatchOperations,
    /// Erase who an order was for.
    ForgetPeople,

    // Goods and prices.
    ReadCatalog,
    SetStorePrice,
    ReadCampaigns,
    /// A store's own, inside headquarters' grant.
    RunCampaigns,
    Quote,

    // Stores.
    ReadStores,
    /// Pause, rush, reopen.
    RunStore,
    ReadBoard,
    /// Say that somebody looks at the board: a store without is taken for offline.
    ShowBoard,
    /// Accept, reject, pick, pack, hand over.
    WorkFulfillment,
    ReadStock,
    /// Set, adjust, count. Its limit is in units of one change.
    ManageStock,
    ReportSale,
    /// Plan transfers between stores, make them ready, cancel them. Its limit is in units of one.
    ManageTransfers,
    /// Ship and receive them.
    WorkTransfers,

    // The books.
    /// Sales, service, settlements, taxes: of the stores within reach.
    ReadReports,
    /// Close days, adjust them, hold statements of channels against them.
    ManageBooks,

    // Orders.
    PlaceOrder,
    ReadOrder,
    ListOrders,
    ExplainOrder,
    /// Its limit is what the order is worth, in fen.
    CancelOrder,
    ChangeOrder,
    HoldOrder,
    MoveFulfillment,
    /// Ask where it is.
    RemindOrder,
    /// Say how it was, once.
    RateOrder,
    /// Photos and signatures of its doors.
    ReadProof,
    RequestReturn,
    /// Its limit is what the order is worth, in fen.
    DecideReturn,
    ReceiveReturn,
    ReadPayment,
    Pay,

    // Members.
    /// Profile, points, coupons, purchases.
    ReadMember,
    /// Claim coupons, show the code, change the consent, be forgotten.
    UseMember,
    /// Enrol and log in by phone; look a member up by the code that is shown.
    FindMember,
    /// Rules for members, points by hand. Its limit is in points.
    ManageMembers,

    // Deliveries and couriers.
    AdvanceDelivery,
    ResolveDelivery,
    SteerDelivery,
    ReceiveBack,
    AdvanceParcel,
    ReadCouriers,
    /// On duty, break, off duty.
    CourierDuty,
    SuspendCourier,
    ReportPosition,
    AnswerOffer,

    // Other processes of the house.
    /// Speak for the sockets of a gateway, each with its own seat.
    Relay,
}

/// How far a permission goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    Everywhere,
    /// Within the principal's scope.
    Own,
}

/// One thing a role may do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Permit {
    pub verb: Verb,
    pub reach: Reach,
    /// The most it may decide at once, in the verb's own unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
    /// Above this much, in the same unit, a second person must agree (`/v1/approvals`). Asked of
    /// cancelling orders, of taking units off them, and of giving money back for returns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub second_above: Option<i64>,
}

impl Permit {
    /// Whether so much is within its limit.
    pub fn covers(&self, amount: i64) -> bool {
        self.limit.is_none_or(|limit| amount <= limit)
    }

    /// Whether so much takes no second person.
    pub fn decides_alone(&self, amount: i64) -> bool {
        self.covers(amount) && self.second_above.is_none_or(|most| amount <= most)
    }
}

/// What some roles do not get to see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// The shopper's name, phone and address.
    Person,
    /// Prices, payments and refunds.
    Money,
    /// Why stores and couriers were chosen.
    Because,
}

/// A named set of permissions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Role {
    pub name: String,
    pub permits: Vec<Permit>,
    #[serde(default)]
    pub hidden: BTreeSet<Field>,
    /// Requests a second, with a second's worth saved up; absent means the configured default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requests_per_s: Option<u32>,
}

impl Role {
    pub fn permit(&self, verb: Verb) -> Option<&Permit> {
        self.permits.iter().find(|permit| permit.verb == verb)
    }

    /// Under which permission units may be taken off an order: that gives money back as cancelling
    /// does, so whoever may cancel has the same limits there.
    pub fn takes_off_under(&self) -> Verb {
        if self.permit(Verb::CancelOrder).is_some() { Verb::CancelOrder } else { Verb::ChangeOrder }
    }

    pub fn sees(&self, field: Field) -> bool {
        !self.hidden.contains(&field)
    }
}

/// Every role by name.
#[derive(Debug, Clone)]
pub struct Roles(BTreeMap<String, std::sync::Arc<Role>>);

impl Roles {
    /// The shipped roles, with what headquarters changed in their place.
    pub fn with(changed: impl IntoIterator<Item = Role>) -> Self {
        let all = default_roles().into_iter().chain(changed);
        Self(all.map(|role| (role.name.clone(), std::sync::Arc::new(role))).collect())
    }

    pub fn get(&self, name: &str) -> Option<&std::sync::Arc<Role>> {
        self.0.get(name)
    }

    pub fn iter(&self) -> impl Iterator<Item = &Role> {
        self.0.values().map(AsRef::as_ref)
    }

    /// Whether an installation begins with it: such a role may be changed and never removed.
    pub fn is_shipped(name: &str) -> bool {
        default_roles().iter().any(|role| role.name == name)
    }

    pub fn remove(&mut self, name: &str) {
        self.0.remove(name);
    }

    pub fn put(&mut self, role: Role) {
        self.0.insert(role.name.clone(), std::sync::Arc::new(role));
    }
}

const HQ_ONLY: &[Verb] = &[
    Verb::ManageTokens,
    Verb::ManageRoles,
    Verb::ManageStores,
    Verb::ManageCouriers,
    Verb::ManageCatalog,
    Verb::ManagePrices,
    Verb::ManageCampaigns,
    Verb::ManagePolicy,
    Verb::ManageBooks,
    Verb::ManageReplenishment,
    Verb::ManageMembers,
    Verb::SuspendCourier,
    Verb::ForgetPeople,
];

const FOR_READERS: &[Verb] = &[
    Verb::ReadPolicy,
    Verb::ReadAudit,
    Verb::ReadFeed,
    Verb::WatchOperations,
    Verb::ReadCatalog,
    Verb::ReadCampaigns,
    Verb::ReadStores,
    Verb::ReadBoard,
    Verb::ReadStock,
    Verb::ReadOrder,
    Verb::ListOrders,
    Verb::ExplainOrder,
    Verb::ReadPayment,
    Verb::ReadMember,
    Verb::ReadCouriers,
    Verb::ReadReports,
];

const FOR_A_COUNTER: &[Verb] = &[
    Verb::ReadBoard,
    Verb::ShowBoard,
    Verb::WorkFulfillment,
    Verb::ReadStock,
    Verb::ReadOrder,
    Verb::ListOrders,
    Verb::ReceiveBack,
    Verb::ReceiveReturn,
    Verb::WorkTransfers,
    Verb::ReadProof,
];

const FOR_A_MANAGER: &[Verb] = &[
    Verb::RunStore,
    Verb::ManageStock,
    Verb::ManageTransfers,
    Verb::ReportSale,
    Verb::SetStorePrice,
    Verb::ReadCampaigns,
    Verb::RunCampaigns,
    Verb::ExplainOrder,
    Verb::CancelOrder,
    Verb::ChangeOrder,
    Verb::DecideReturn,
    Verb::AdvanceParcel,
    Verb::ReadPayment,
    Verb::ReadReports,
];

/// For a region, on top of a manager's: whatever moves work between its stores.
const FOR_A_REGION: &[Verb] = &[
    Verb::HoldOrder,
    Verb::MoveFulfillment,
    Verb::SteerDelivery,
    Verb::ResolveDelivery,
    Verb::RequestReturn,
];

/// What everybody may look at.
const FOR_ALL: &[Verb] = &[Verb::ReadCatalog, Verb::ReadStores, Verb::Quote];

fn everywhere(verbs: &[Verb]) -> impl Iterator<Item = Permit> {
    verbs.iter().map(|verb| Permit {
        verb: *verb,
        reach: Reach::Everywhere,
        limit: None,
        second_above: None,
    })
}

fn own(verbs: &[Verb]) -> impl Iterator<Item = Permit> {
    verbs.iter().map(|verb| Permit {
        verb: *verb,
        reach: Reach::Own,
        limit: None,
        second_above: None,
    })
}

fn role(name: &str, permits: impl Iterator<Item = Permit>, hidden: &[Field]) -> Role {
    let hidden = hidden.iter().copied().collect();
    Role { name: name.to_owned(), permits: permits.collect(), hidden, requests_per_s: None }
}

/// The roles an installation begins with.
pub fn default_roles() -> Vec<Role> {
    use Field::{Because, Money, Person};
    use Verb::*;
    let shopper = [
        ReadOrder,
        CancelOrder,
        ChangeOrder,
        RemindOrder,
        RateOrder,
        ReadProof,
        RequestReturn,
        ReadPayment,
        Pay,
    ];
    let courier =
        [AdvanceDelivery, ReadOrder, ReadCouriers, CourierDuty, ReportPosition, AnswerOffer];
    let channel = [
        PlaceOrder,
        ReadOrder,
        ListOrders,
        CancelOrder,
        ChangeOrder,
        RemindOrder,
        RateOrder,
        RequestReturn,
        ReadPayment,
        Pay,
    ];
    let dispatcher = [
        RemindOrder,
        PlaceOrder,
        CourierDuty,
        ReportPosition,
        AnswerOffer,
        AdvanceDelivery,
        Pay,
        SetStorePrice,
        Quote,
        UseMember,
        FindMember,
    ];
    let everything =
        [HQ_ONLY, FOR_READERS, FOR_A_COUNTER, FOR_A_MANAGER, FOR_A_REGION, &dispatcher];
    let hq: BTreeSet<Verb> = everything.into_iter().flatten().copied().collect();
    let hq: Vec<Verb> = hq.into_iter().collect();
    let limited =
        |verb, limit| Permit { verb, reach: Reach::Own, limit: Some(limit), second_above: None };
    // A manager decides about five hundred yuan; above that the region does.
    let manager = own(FOR_A_COUNTER).chain(own(FOR_A_MANAGER)).map(|permit| match permit.verb {
        CancelOrder | DecideReturn => limited(permit.verb, 50_000),
        _ => permit,
    });
    let manager_reads = own(&[ReadCouriers]).chain(everywhere(FOR_ALL)).chain(own(&[PlaceOrder]));
    let region = own(FOR_A_COUNTER).chain(own(FOR_A_MANAGER)).chain(own(FOR_A_REGION));
    // Nobody gives back more than five thousand yuan of the chain's money alone.
    let region = region.map(|permit| match permit.verb {
        CancelOrder | DecideReturn => Permit { second_above: Some(500_000), ..permit },
        _ => permit,
    });
    let region_reads = everywhere(&[WatchOperations, ReadCouriers, ReadPolicy]);
    vec![
        role("hq_admin", everywhere(&hq), &[]),
        role(
            "region_manager",
            region.chain(region_reads).chain(everywhere(&[FindMember])).chain(everywhere(FOR_ALL)),
            &[],
        ),
        role("store_manager", manager.chain(manager_reads).chain(everywhere(&[FindMember])), &[]),
        role(
            "cashier",
            own(&[PlaceOrder, ReportSale])
                .chain(own(FOR_A_COUNTER))
                .chain(everywhere(&[FindMember]))
                .chain(everywhere(FOR_ALL)),
            &[Because],
        ),
        role("picker", own(FOR_A_COUNTER).chain(everywhere(FOR_ALL)), &[Money, Because, Person]),
        role("courier", own(&courier).chain(everywhere(&[ReadStores])), &[Money, Because]),
        role("shopper", own(&shopper).chain(everywhere(FOR_ALL)), &[Because]),
        // A process of ours in front of the city: as fast as it can.
        Role {
            requests_per_s: Some(10_000_000),
            ..role("gateway", everywhere(&[Relay]), &[Money, Because, Person])
        },
        role("auditor", everywhere(FOR_READERS), &[Person]),
        // Behind a link that any shopper may have: it brings orders and reads none of them.
        role(
            "shop_page",
            own(&[PlaceOrder]).chain(everywhere(&[FindMember])).chain(everywhere(FOR_ALL)),
            &[Because, Person],
        ),
        role(
            "channel_partner",
            own(&channel).chain(everywhere(&[FindMember])).chain(everywhere(FOR_ALL)),
            &[Because],
        ),
        role(
            "member",
            own(&[ReadMember, UseMember, ReadOrder, RemindOrder, RateOrder, ReadProof])
                .chain(everywhere(FOR_ALL)),
            &[Because],
        ),
        role(
            "device",
            own(&[ReadBoard, ShowBoard, ReadStock, ReportSale, ReportPosition])
                .chain(everywhere(FOR_ALL)),
            &[Money, Because, Person],
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_roles_are_there_and_permit_each_verb_once() {
        let roles = default_roles();
        assert_eq!(roles.len(), 13);
        for role in &roles {
            let verbs: BTreeSet<_> = role.permits.iter().map(|permit| permit.verb).collect();
            assert_eq!(verbs.len(), role.permits.len(), "{}", role.name);
        }
    }

    #[test]
    fn only_headquarters_gives_out_tokens() {
        for role in default_roles() {
            let may = role.permit(Verb::ManageTokens).is_some();
            assert_eq!(may, role.name == "hq_admin", "{}", role.name);
        }
    }

    /// The table of docs/commerce.md.
    #[test]
    fn the_page_shows_who_decides_alone_and_who_may_agree() {
        let roles = Roles::with([]);
        let people = [
            ("store manager", "store_manager"),
            ("region manager", "region_manager"),
            ("headquarters", "hq_admin"),
        ];
        let rows = [30_000, 80_000, 600_000].map(|fen| {
            let permits = people.map(|(called, name)| {
                let role = roles.get(name).unwrap();
                let (back, off) = (role.permit(Verb::DecideReturn), role.takes_off_under());
                let cancel = role.permit(Verb::CancelOrder).unwrap();
                assert_eq!((off, back.unwrap().limit), (Verb::CancelOrder, cancel.limit));
                (called, cancel)
            });
            let alone = |(_, permit): (&str, &Permit)| {
                if permit.decides_alone(fen) { "alone" } else { "asks" }
            };
            let agrees = permits.iter().filter(|(_, permit)| permit.covers(fen));
            let agrees: Vec<_> = agrees.map(|(called, _)| *called).collect();
            let (words, agrees) = (permits.map(alone).join(" | "), agrees.join(", "));
            format!("| {}.00 | {words} | {agrees} |", fen / 100)
        });
        let (page, table) = (include_str!("../../../docs/commerce.md"), rows.join("\n"));
        assert!(page.contains(&table), "docs/commerce.md should say:\n\n{table}");
    }

    #[test]
    fn headquarters_can_replace_a_role() {
        let changed = Role {
            name: "cashier".into(),
            permits: Vec::new(),
            hidden: BTreeSet::new(),
            requests_per_s: Some(5),
        };
        let roles = Roles::with([changed.clone()]);
        assert_eq!(roles.get("cashier").map(AsRef::as_ref), Some(&changed));
        assert!(roles.get("picker").is_some() && roles.get("king").is_none());
        assert!(Roles::is_shipped("picker") && !Roles::is_shipped("king"));
    }
}
