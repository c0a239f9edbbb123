//! Headquarters' reference data: stores, couriers, prices, campaigns, policy, roles.
//!
//! Every document is written by an ordinary transaction, keeps all its versions, and is told to
//! the city as a snapshot with its version. This room writes documents and remembers the newest;
//! it judges nothing that a machine judges and tells nobody by itself.

mod approvals;
mod book;
mod campaigns;
mod directory;
mod documents;
mod members;
mod names;
mod roles;
mod users;

use std::sync::{Arc, PoisonError, RwLock};

use commerce::member::MemberPolicy;
use commerce::replenishment::ReplenishmentPolicy;
use commerce::{Campaigns, PriceBook};
use dispatch::Policy;
use persistence::Journal;
use vocabulary::{PrincipalId, Timestamp};

pub use approvals::{Approval, ApprovalAction, ApprovalAnswer};
pub use book::SkuWrite;
pub use directory::{CourierRecord, Directory, StoreRecord};
pub use names::Named;
pub use users::User;

use crate::access::Roles;
use crate::error::Error;
use crate::wire::lists::Names;

/// Kinds of documents.
pub(crate) mod kinds {
    pub const STORE: &str = "store";
    pub const COURIER: &str = "courier";
    pub const BOOK: &str = "book";
    pub const CAMPAIGN: &str = "campaign";
    pub const POLICY: &str = "policy";
    pub const MEMBER_POLICY: &str = "member_policy";
    pub const ROLE: &str = "role";
    pub const USER: &str = "user";
    /// Written and read by the books alone.
    pub const SETTLEMENT_POLICY: &str = "settlement_policy";
    pub const SETTLEMENT: &str = "settlement";
    pub const ADJUSTMENTS: &str = "adjustments";
    pub const CHANNEL_STATEMENT: &str = "channel_statement";
    pub const REPLENISHMENT: &str = "replenishment";
    pub const APPROVAL: &str = "approval";
    pub const REGION: &str = "region";
    pub const MERCHANT: &str = "merchant";
    /// Tokens given out and taken back, for the audit trail only: the tokens lie elsewhere.
    pub const TOKEN: &str = "token";
    /// Members whose names were looked at, for the audit trail only.
    pub const MEMBER: &str = "member";

    /// All that the audit trail can be asked for.
    pub const ALL: [&str; 18] = [
        STORE,
        COURIER,
        BOOK,
        CAMPAIGN,
        POLICY,
        MEMBER_POLICY,
        ROLE,
        USER,
        SETTLEMENT_POLICY,
        SETTLEMENT,
        ADJUSTMENTS,
        CHANNEL_STATEMENT,
        REPLENISHMENT,
        APPROVAL,
        REGION,
        MERCHANT,
        TOKEN,
        MEMBER,
    ];
}

/// On whose word a document is written, and when.
#[derive(Debug, Clone, Copy)]
pub struct Author {
    pub by: PrincipalId,
    pub at: Timestamp,
}

/// The newest version of everything, in memory; the truth is in the journal.
pub struct Reference {
    journal: Journal,
    /// One writer at a time, so that what is decided over is what is replaced.
    writing: tokio::sync::Mutex<()>,
    directory: Directory,
    book: RwLock<Arc<PriceBook>>,
    campaigns: RwLock<Arc<Campaigns>>,
    roles: RwLock<Arc<Roles>>,
    policy: RwLock<Arc<Policy>>,
    member_policy: RwLock<Arc<MemberPolicy>>,
    users: users::Users,
    replenishment: RwLock<(u64, Arc<ReplenishmentPolicy>)>,
    approvals: approvals::Approvals,
    names: names::Names,
}

impl Reference {
    /// Reads the newest version of every document.
    pub async fn load(journal: Journal) -> Result<Self, Error> {
        let directory = Directory::load(&journal).await?;
        let book = book::load(&journal).await?;
        let campaigns = campaigns::load(&journal).await?;
        let roles = roles::load(&journal).await?;
        let policy = documents::all::<Policy>(&journal, kinds::POLICY).await?;
        let policy = policy.into_iter().next().map(|(_, _, policy)| policy).unwrap_or_default();
        let member_policy = members::load(&journal).await?;
        let users = users::load(&journal).await?;
        let approvals = approvals::load(&journal).await?;
        let names = names::load(&journal).await?;
        let wanted = documents::all::<ReplenishmentPolicy>(&journal, kinds::REPLENISHMENT).await?;
        let wanted = wanted.into_iter().next();
        let replenishment =
            wanted.map(|(_, version, policy)| (version, Arc::new(policy))).unwrap_or_default();
        Ok(Self {
            writing: tokio::sync::Mutex::default(),
            directory,
            book: RwLock::new(Arc::new(book)),
            campaigns: RwLock::new(Arc::new(campaigns)),
            roles: RwLock::new(Arc::new(roles)),
            policy: RwLock::new(Arc::new(policy)),
            member_policy: RwLock::new(Arc::new(member_policy)),
            users,
            replenishment: RwLock::new(replenishment),
            approvals,
            names,
            journal,
        })
    }

    /// What people call stores and goods.
    pub fn called<'a>(&'a self, book: &'a PriceBook) -> Names<'a> {
        Names { directory: &self.directory, book }
    }

    pub fn directory(&self) -> &Directory {
        &self.directory
    }

    pub fn book(&self) -> Arc<PriceBook> {
        Arc::clone(&self.book.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub fn roles(&self) -> Arc<Roles> {
        Arc::clone(&self.roles.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub fn replenishment(&self) -> Arc<ReplenishmentPolicy> {
        self.replenishment_version().1
    }

    pub fn replenishment_version(&self) -> (u64, Arc<ReplenishmentPolicy>) {
        self.replenishment.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn member_policy(&self) -> Arc<MemberPolicy> {
        Arc::clone(&self.member_policy.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub fn policy(&self) -> Arc<Policy> {
        Arc::clone(&self.policy.read().unwrap_or_else(PoisonError::into_inner))
    }
}
