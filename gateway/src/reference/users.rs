//! People who log in: their names, what they may do, and what is kept of their passwords.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use persistence::Journal;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use vocabulary::{PrincipalId, Timestamp, TokenId};

use super::directory::broken;
use super::{Author, Reference, documents, kinds};
use crate::access::Principal;
use crate::error::Error;
use crate::wire::fault::Fault;

/// Somebody who logs in; the name is the document's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// Of the same id at every log-in, so that a repeated command is known again. What it may do
    /// holds from now on, also in sessions that are open.
    pub principal: Arc<Principal>,
    /// As argon2id writes it, its salt included.
    pub password: String,
    /// May not log in any more.
    pub disabled: bool,
    /// Sessions that began earlier are over.
    #[serde(default)]
    pub sessions_from: Timestamp,
    /// Of its document; not written into it.
    #[serde(skip)]
    pub version: u64,
}

/// All users.
#[derive(Debug, Default)]
pub(super) struct Users(RwLock<Known>);

#[derive(Debug, Default)]
struct Known {
    by_name: BTreeMap<String, Arc<User>>,
    by_principal: FxHashMap<PrincipalId, Arc<User>>,
}

impl Known {
    fn put(&mut self, name: String, user: Arc<User>) {
        self.by_principal.insert(user.principal.id, Arc::clone(&user));
        self.by_name.insert(name, user);
    }
}

pub(super) async fn load(journal: &Journal) -> Result<Users, Error> {
    let known = documents::all::<User>(journal, kinds::USER).await?;
    let mut users = Known::default();
    known
        .into_iter()
        .for_each(|(name, version, user)| users.put(name, Arc::new(User { version, ..user })));
    Ok(Users(RwLock::new(users)))
}

impl Reference {
    pub fn user(&self, name: &str) -> Option<Arc<User>> {
        self.users.0.read().unwrap_or_else(PoisonError::into_inner).by_name.get(name).cloned()
    }

    /// Who logs in as this principal; `None` when it is no person with a password.
    pub fn user_of(&self, principal: PrincipalId) -> Option<Arc<User>> {
        let users = self.users.0.read().unwrap_or_else(PoisonError::into_inner);
        users.by_principal.get(&principal).cloned()
    }

    /// Every user, by name.
    pub fn users(&self) -> Vec<(String, Arc<User>)> {
        let users = self.users.0.read().unwrap_or_else(PoisonError::into_inner);
        users.by_name.iter().map(|(name, user)| (name.clone(), Arc::clone(user))).collect()
    }

    /// Writes a user in the place of the one with the name, where that is still at the version that
    /// was read; says the new version.
    pub async fn put_user(
        &self,
        name: &str,
        user: User,
        expected: Option<u64>,
        author: Author,
    ) -> Result<u64, Fault> {
        let _writing = self.writing.lock().await;
        let draft = documents::draft(kinds::USER, name.to_owned(), &user, expected, author);
        let version = self.journal.put_reference(draft.map_err(broken)?).await?;
        let mut users = self.users.0.write().unwrap_or_else(PoisonError::into_inner);
        users.put(name.to_owned(), Arc::new(User { version, ..user }));
        Ok(version)
    }

    /// Notes in the audit trail that a token was given out or taken back.
    pub async fn note_token(
        &self,
        token: TokenId,
        word: &serde_json::Value,
        author: Author,
    ) -> Result<(), Fault> {
        let id = token.to_string();
        let draft = documents::draft(kinds::TOKEN, id, word, None, author);
        self.journal.put_reference(draft.map_err(broken)?).await?;
        Ok(())
    }
}
