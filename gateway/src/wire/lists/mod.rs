//! Headquarters' lists as tables for spreadsheets: the rows of the list, with names beside ids, and
//! nothing that the list itself does not show to the same reader.

mod goods;
mod people;

use std::collections::BTreeSet;

use commerce::PriceBook;
use dispatch::courier::CourierSettings;
use vocabulary::{Money, SkuId, StoreId};

pub use goods::{low_stock, prices, publications, shelf, suggestions, transfers};
pub use people::{approvals, audit, members, roles, tokens, users};

use super::aftercare::{RatingsReport, StarsView};
use super::campaign::{CampaignGrantBody, CampaignView};
use super::courier::CourierView;
use super::store::StoreView;
use super::tables::{count, instant};
use crate::access::Scope;
use crate::reference::Directory;
use crate::sheets::{Cell, Figures};

/// What people call stores, couriers and goods.
#[derive(Clone, Copy)]
pub struct Names<'a> {
    pub directory: &'a Directory,
    pub book: &'a PriceBook,
}

impl Names<'_> {
    fn store(&self, store: StoreId) -> Cell {
        Cell::some(self.directory.store(store).map(|known| known.body.name.clone()))
    }

    /// Its code and its name.
    fn sku(&self, sku: SkuId) -> [Cell; 2] {
        let known = self.book.catalog().get(sku);
        [Cell::some(known.map(|sku| &sku.code)), Cell::some(known.map(|sku| &sku.name))]
    }

    fn stores<'s>(&self, stores: impl IntoIterator<Item = &'s StoreId>) -> String {
        let names = stores.into_iter().map(|store| {
            let known = self.directory.store(*store);
            known.map_or_else(|| store.to_string(), |known| known.body.name.clone())
        });
        names.collect::<Vec<_>>().join(" ")
    }

    /// What kind of scope it is, and of what.
    fn scope(&self, scope: &Scope) -> [Cell; 2] {
        let (kind, of) = match scope {
            Scope::All => ("all", String::new()),
            Scope::Stores(stores) => ("stores", self.stores(stores)),
            Scope::Regions(regions) => ("regions", joined(regions)),
            Scope::Merchant(merchant) => ("merchant", merchant.to_string()),
            Scope::Courier(courier) => ("courier", courier.to_string()),
            Scope::Channel => ("channel", String::new()),
            Scope::Order(order) => ("order", order.to_string()),
            Scope::Member(member) => ("member", member.to_string()),
        };
        [Cell::text(kind), Cell::text(of)]
    }
}

fn joined<T: ToString>(all: impl IntoIterator<Item = T>) -> String {
    all.into_iter().map(|one| one.to_string()).collect::<Vec<_>>().join(" ")
}

fn yes_or_no(is: bool) -> Cell {
    Cell::text(if is { "yes" } else { "no" })
}

/// A word of a closed set, as JSON writes it.
fn word(value: impl serde::Serialize) -> Cell {
    let value = serde_json::to_value(value).ok();
    Cell::some(value.as_ref().and_then(serde_json::Value::as_str))
}

fn amount(fen: Option<Money>) -> Cell {
    fen.map_or(Cell::Empty, Cell::Money)
}

pub fn stores(stores: &[StoreView]) -> Figures {
    let row = |store: &StoreView| {
        let (body, state) = (&store.settings, &store.state);
        vec![
            Cell::text(store.id),
            Cell::text(&body.name),
            Cell::text(body.merchant),
            Cell::some(body.region),
            Cell::some(body.address.as_ref()),
            Cell::text(&state.status),
            Cell::some(state.until_at.map(instant)),
            yes_or_no(state.is_open_now),
            count(state.open_orders),
            count(state.extra_prep_s),
            count(body.prep_time_s),
            count(body.capacity_per_window),
            yes_or_no(body.auto_accept),
            count(store.version),
        ]
    };
    Figures {
        name: "stores",
        head: &[
            "store",
            "name",
            "merchant",
            "region",
            "address",
            "status",
            "until_at",
            "open_now",
            "open_orders",
            "extra_prep_s",
            "prep_time_s",
            "capacity_per_window",
            "auto_accept",
            "version",
        ],
        rows: stores.iter().map(row).collect(),
    }
}

/// Without where they are.
pub fn couriers(couriers: &[CourierView], names: Names<'_>) -> Figures {
    let row = |courier: &CourierView| {
        let record = names.directory.courier(courier.id);
        let settings: Option<&CourierSettings> = record.as_ref().map(|record| &record.settings);
        vec![
            Cell::text(courier.id),
            Cell::text(&courier.display_name),
            Cell::text(&courier.duty),
            Cell::some(courier.shift_ends_at.map(instant)),
            Cell::text(&courier.availability),
            count(courier.tasks.len()),
            count(courier.offers.len()),
            settings.map_or(Cell::Empty, |known| word(known.mode)),
            settings.map_or(Cell::Empty, |known| count(known.capacity)),
            settings.map_or(Cell::Empty, |known| count(known.max_weight.0)),
        ]
    };
    Figures {
        name: "couriers",
        head: &[
            "courier",
            "name",
            "duty",
            "shift_ends_at",
            "availability",
            "tasks",
            "offers",
            "vehicle",
            "capacity",
            "max_weight_g",
        ],
        rows: couriers.iter().map(row).collect(),
    }
}

pub fn campaigns(campaigns: &[CampaignView], names: Names<'_>) -> Figures {
    let row = |view: &CampaignView| {
        let (campaign, budget) = (&view.campaign, view.campaign.budget);
        let at = campaign.scope.stores.as_ref();
        vec![
            Cell::text(view.id),
            Cell::text(&campaign.name),
            word(view.state),
            Cell::text(view.stage),
            view.store.map_or(Cell::text("headquarters"), |store| names.store(store)),
            at.map_or(Cell::text("all"), |stores| Cell::text(names.stores(stores))),
            Cell::text(instant(campaign.starts_at)),
            Cell::text(instant(campaign.ends_at)),
            count(campaign.priority),
            Cell::some(serde_json::to_value(&campaign.discount).ok()),
            budget.and_then(|budget| budget.uses).map_or(Cell::Empty, count),
            amount(budget.and_then(|budget| budget.amount_fen)),
        ]
    };
    Figures {
        name: "campaigns",
        head: &[
            "campaign",
            "name",
            "state",
            "stage",
            "given_by",
            "stores",
            "starts_at",
            "ends_at",
            "priority",
            "discount",
            "budget_uses",
            "budget",
        ],
        rows: campaigns.iter().map(row).collect(),
    }
}

pub fn campaign_grants(grants: &[CampaignGrantBody], names: Names<'_>) -> Figures {
    let row = |grant: &CampaignGrantBody| {
        let at = grant.stores.as_ref();
        vec![
            Cell::text(&grant.name),
            at.map_or(Cell::text("all"), |stores| Cell::text(names.stores(stores))),
            Cell::some(grant.category.as_ref()),
            Cell::some(grant.skus.as_ref().map(|skus| codes(skus, names))),
            Cell::text(joined(&grant.stages)),
            count(grant.deepest.0),
            count(grant.longest_days),
        ]
    };
    Figures {
        name: "campaign-grants",
        head: &[
            "grant",
            "stores",
            "category",
            "skus",
            "stages",
            "deepest_permille",
            "longest_days",
        ],
        rows: grants.iter().map(row).collect(),
    }
}

fn codes<'s>(skus: impl IntoIterator<Item = &'s SkuId>, names: Names<'_>) -> String {
    let code = |sku: &SkuId| {
        let known = names.book.catalog().get(*sku);
        known.map_or_else(|| sku.to_string(), |known| known.code.clone())
    };
    skus.into_iter().map(code).collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(" ")
}

pub fn ratings(report: &RatingsReport, names: Names<'_>) -> Figures {
    let row = |kind: &str, id: String, name: Cell, stars: &StarsView| {
        let average = Cell::text(format!("{:.2}", stars.average));
        let of_each = stars.by_stars.map(count);
        [Cell::text(kind), Cell::text(id), name, count(stars.count), average]
            .into_iter()
            .chain(of_each)
            .collect()
    };
    let stores = report
        .stores
        .iter()
        .map(|rated| row("store", rated.store.to_string(), names.store(rated.store), &rated.stars));
    let couriers = report.couriers.iter().map(|rated| {
        let known = names.directory.courier(rated.courier);
        let name = Cell::some(known.map(|known| known.body.display_name.clone()));
        row("courier", rated.courier.to_string(), name, &rated.stars)
    });
    Figures {
        name: "ratings",
        head: &["kind", "id", "name", "ratings", "average", "1", "2", "3", "4", "5"],
        rows: stores.chain(couriers).collect(),
    }
}
