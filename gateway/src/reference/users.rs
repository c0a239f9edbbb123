//! People who log in: their names, what they may do, and what is kept of their passwords.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use persistence::Journal;
use serde::{Deserialize, Serialize};

use super::directory::broken;
use super::{Author, Reference, documents, kinds};
use crate::access::Principal;
use crate::error::Error;
use crate::wire::fault::Fault;

/// Somebody who logs in; the name is the document's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// The same at every log-in, so that a repeated command is known again.
    pub principal: Principal,
    /// As argon2id writes it, its salt included.
    pub password: String,
    /// May not log in any more.
    pub disabled: bool,
}

/// All users by name.
#[derive(Debug, Default)]
pub(super) struct Users(RwLock<BTreeMap<String, Arc<User>>>);

pub(super) async fn load(journal: &Journal) -> Result<Users, Error> {
    let known = documents::all::<User>(journal, kinds::USER).await?;
    let known = known.into_iter().map(|(name, _, user)| (name, Arc::new(user))).collect();
    Ok(Users(RwLock::new(known)))
}

impl Reference {
    pub fn user(&self, name: &str) -> Option<Arc<User>> {
        self.users.0.read().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    /// Every user, by name.
    pub fn users(&self) -> Vec<(String, Arc<User>)> {
        let users = self.users.0.read().unwrap_or_else(PoisonError::into_inner);
        users.iter().map(|(name, user)| (name.clone(), Arc::clone(user))).collect()
    }

    /// Writes a user in the place of the one with the name.
    pub async fn put_user(&self, name: &str, user: User, author: Author) -> Result<(), Fault> {
        let _writing = self.writing.lock().await;
        let draft = documents::draft(kinds::USER, name.to_owned(), &user, None, author);
        self.journal.put_reference(draft.map_err(broken)?).await?;
        let mut users = self.users.0.write().unwrap_or_else(PoisonError::into_inner);
        users.insert(name.to_owned(), Arc::new(user));
        Ok(())
    }
}
