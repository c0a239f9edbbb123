//! Stores and couriers as headquarters last described them.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use commerce::replenishment::ReplenishmentPolicy;
use dispatch::Policy;
use dispatch::courier::CourierSettings;
use dispatch::store::StoreSettings;
use persistence::Journal;
use vocabulary::{CourierId, MerchantId, RegionId, StoreId};

use super::{Author, Reference, documents, kinds};
use crate::error::Error;
use crate::wire::courier::CourierBody;
use crate::wire::fault::Fault;
use crate::wire::policy::check_policy;
use crate::wire::store::StoreBody;

/// A store's document at its newest version.
#[derive(Debug, Clone, PartialEq)]
pub struct StoreRecord {
    pub id: StoreId,
    pub merchant: MerchantId,
    pub region: Option<RegionId>,
    pub body: StoreBody,
    /// What the city is told; carries the version.
    pub settings: StoreSettings,
}

/// A courier's document at its newest version.
#[derive(Debug, Clone, PartialEq)]
pub struct CourierRecord {
    pub id: CourierId,
    pub body: CourierBody,
    pub settings: CourierSettings,
}

/// Who is known to headquarters.
#[derive(Debug, Default)]
pub struct Directory {
    stores: RwLock<BTreeMap<StoreId, Arc<StoreRecord>>>,
    couriers: RwLock<BTreeMap<CourierId, Arc<CourierRecord>>>,
}

impl Directory {
    pub(super) async fn load(journal: &Journal) -> Result<Self, Error> {
        let directory = Self::default();
        let broken = |kind, id: &str| Error::NotServing(format!("the {kind} {id} is not valid"));
        for (id, version, body) in documents::all::<StoreBody>(journal, kinds::STORE).await? {
            let store = id.parse().map_err(|_| broken("store", &id))?;
            let record = store_record(store, body, version).map_err(|_| broken("store", &id))?;
            directory.remember_store(Arc::new(record));
        }
        for (id, version, body) in documents::all::<CourierBody>(journal, kinds::COURIER).await? {
            let courier = id.parse().map_err(|_| broken("courier", &id))?;
            let record =
                courier_record(courier, body, version).map_err(|_| broken("courier", &id))?;
            directory.remember_courier(Arc::new(record));
        }
        Ok(directory)
    }

    pub fn store(&self, id: StoreId) -> Option<Arc<StoreRecord>> {
        self.stores.read().unwrap_or_else(PoisonError::into_inner).get(&id).cloned()
    }

    /// Every store, by id.
    pub fn stores(&self) -> Vec<Arc<StoreRecord>> {
        self.stores.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    pub fn courier(&self, id: CourierId) -> Option<Arc<CourierRecord>> {
        self.couriers.read().unwrap_or_else(PoisonError::into_inner).get(&id).cloned()
    }

    /// Every courier, by id.
    pub fn couriers(&self) -> Vec<Arc<CourierRecord>> {
        self.couriers.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    fn remember_store(&self, record: Arc<StoreRecord>) {
        self.stores.write().unwrap_or_else(PoisonError::into_inner).insert(record.id, record);
    }

    fn remember_courier(&self, record: Arc<CourierRecord>) {
        self.couriers.write().unwrap_or_else(PoisonError::into_inner).insert(record.id, record);
    }
}

fn store_record(id: StoreId, body: StoreBody, version: u64) -> Result<StoreRecord, Fault> {
    let settings = body.settings(version)?;
    let body = StoreBody { id: Some(id), version: Some(version), ..body };
    Ok(StoreRecord { id, merchant: body.merchant, region: body.region, body, settings })
}

fn courier_record(id: CourierId, body: CourierBody, version: u64) -> Result<CourierRecord, Fault> {
    let settings = body.settings(version)?;
    let body = CourierBody { id: Some(id), version: Some(version), ..body };
    Ok(CourierRecord { id, body, settings })
}

/// Which one of a list a fault is about.
fn at(index: usize, count: usize, fault: Fault) -> Fault {
    match (&fault.field, count) {
        (_, 1) | (None, _) => fault,
        (Some(field), _) => {
            let field = format!("[{index}].{field}");
            fault.about(field)
        }
    }
}

impl Reference {
    /// Writes stores, all or none.
    pub async fn put_stores(
        &self,
        bodies: Vec<(StoreId, StoreBody)>,
        author: Author,
    ) -> Result<Vec<Arc<StoreRecord>>, Fault> {
        let _writing = self.writing.lock().await;
        let mut drafts = Vec::with_capacity(bodies.len());
        for (index, (id, body)) in bodies.iter().enumerate() {
            body.settings(0).map_err(|fault| at(index, bodies.len(), fault))?;
            let text = id.to_string();
            let draft = documents::draft(kinds::STORE, text, body, body.version, author);
            drafts.push(draft.map_err(broken)?);
        }
        let versions = self.journal.put_references(drafts).await?;
        let written = bodies.into_iter().zip(versions).map(|((id, body), version)| {
            let record = Arc::new(store_record(id, body, version)?);
            self.directory.remember_store(Arc::clone(&record));
            Ok(record)
        });
        written.collect()
    }

    /// Writes couriers, all or none.
    pub async fn put_couriers(
        &self,
        bodies: Vec<(CourierId, CourierBody)>,
        author: Author,
    ) -> Result<Vec<Arc<CourierRecord>>, Fault> {
        let _writing = self.writing.lock().await;
        let mut drafts = Vec::with_capacity(bodies.len());
        for (index, (id, body)) in bodies.iter().enumerate() {
            body.settings(0).map_err(|fault| at(index, bodies.len(), fault))?;
            let text = id.to_string();
            let draft = documents::draft(kinds::COURIER, text, body, body.version, author);
            drafts.push(draft.map_err(broken)?);
        }
        let versions = self.journal.put_references(drafts).await?;
        let written = bodies.into_iter().zip(versions).map(|((id, body), version)| {
            let record = Arc::new(courier_record(id, body, version)?);
            self.directory.remember_courier(Arc::clone(&record));
            Ok(record)
        });
        written.collect()
    }

    /// Writes the city's policy; a version of 0 replaces whatever is there.
    pub async fn put_policy(&self, policy: Policy, author: Author) -> Result<Arc<Policy>, Fault> {
        check_policy(&policy)?;
        let _writing = self.writing.lock().await;
        let current = self.policy().version;
        if policy.version != 0 && policy.version != current {
            let (expected, found) = (policy.version, current);
            let (kind, id) = (kinds::POLICY.to_owned(), "city".to_owned());
            return Err(persistence::Error::VersionConflict { kind, id, expected, found }.into());
        }
        let policy = Policy { version: current.saturating_add(1), ..policy };
        let id = "city".to_owned();
        let draft = documents::draft(kinds::POLICY, id, &policy, Some(current), author);
        self.journal.put_reference(draft.map_err(broken)?).await?;
        let policy = Arc::new(policy);
        let mut known = self.policy.write().unwrap_or_else(PoisonError::into_inner);
        *known = Arc::clone(&policy);
        Ok(policy)
    }

    /// Writes what headquarters wants of its stock; says its version.
    pub async fn put_replenishment(
        &self,
        policy: ReplenishmentPolicy,
        author: Author,
    ) -> Result<(u64, Arc<ReplenishmentPolicy>), Fault> {
        let _writing = self.writing.lock().await;
        let id = "chain".to_owned();
        let draft = documents::draft(kinds::REPLENISHMENT, id, &policy, None, author);
        let version = self.journal.put_reference(draft.map_err(broken)?).await?;
        let written = (version, Arc::new(policy));
        let mut known = self.replenishment.write().unwrap_or_else(PoisonError::into_inner);
        *known = written.clone();
        Ok(written)
    }
}

pub(super) fn broken(error: Error) -> Fault {
    tracing::error!(%error, "a document cannot be written");
    Fault::internal()
}
