//! Roles as documents: the shipped ones with what headquarters changed, and those it made.

use std::sync::{Arc, PoisonError};

use persistence::Journal;
use serde::{Deserialize, Serialize};

use super::directory::broken;
use super::{Author, Reference, documents, kinds};
use crate::access::{Role, Roles};
use crate::error::Error;
use crate::wire::fault::{Code, Fault};

/// What the newest version of a role's document says.
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum Kept {
    Role(Role),
    Removed(Removed),
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Removed {
    removed: bool,
}

pub(super) async fn load(journal: &Journal) -> Result<Roles, Error> {
    let kept = documents::all::<Kept>(journal, kinds::ROLE).await?;
    let changed = kept.into_iter().filter_map(|(_, _, kept)| match kept {
        Kept::Role(role) => Some(role),
        Kept::Removed(_) => None,
    });
    Ok(Roles::with(changed))
}

impl Reference {
    /// Writes a role in the place of the one with its name.
    pub async fn put_role(&self, role: Role, author: Author) -> Result<(), Fault> {
        let _writing = self.writing.lock().await;
        let draft = documents::draft(kinds::ROLE, role.name.clone(), &role, None, author);
        self.journal.put_reference(draft.map_err(broken)?).await?;
        let mut known = self.roles.write().unwrap_or_else(PoisonError::into_inner);
        Arc::make_mut(&mut known).put(role);
        Ok(())
    }

    /// Removes a role that headquarters made and nobody holds; what it said stays in the trail.
    pub async fn remove_role(&self, name: &str, author: Author) -> Result<(), Fault> {
        let _writing = self.writing.lock().await;
        if self.roles().get(name).is_none() {
            return Err(Fault::not_found("role"));
        }
        if Roles::is_shipped(name) {
            let message = "this role comes with the house: change what it may do instead";
            return Err(Fault::new(Code::RoleKept, message));
        }
        self.refuse_held(name, author).await?;
        let removed = Removed { removed: true };
        let draft = documents::draft(kinds::ROLE, name.to_owned(), &removed, None, author);
        self.journal.put_reference(draft.map_err(broken)?).await?;
        let mut known = self.roles.write().unwrap_or_else(PoisonError::into_inner);
        Arc::make_mut(&mut known).remove(name);
        Ok(())
    }

    /// People who may not log in now count too: whoever lets them in again would find no role.
    async fn refuse_held(&self, role: &str, author: Author) -> Result<(), Fault> {
        let users = self.users().into_iter();
        let holders: Vec<String> = users
            .filter(|(_, user)| user.principal.role.as_ref() == role)
            .map(|(name, _)| name)
            .collect();
        if !holders.is_empty() {
            let message = format!("{} hold it: give them another role first", holders.join(", "));
            return Err(Fault::new(Code::RoleHeld, message));
        }
        match self.journal.tokens_of_role(role, author.at).await? {
            0 => Ok(()),
            count => {
                let message = format!("{count} tokens hold it: take them back first");
                Err(Fault::new(Code::RoleHeld, message))
            }
        }
    }
}
