//! The rules for members as a document.

use std::sync::{Arc, PoisonError};

use commerce::member::MemberPolicy;
use persistence::Journal;
use serde_json::json;
use vocabulary::MemberId;

use super::directory::broken;
use super::{Author, Reference, documents, kinds};
use crate::error::Error;
use crate::wire::fault::Fault;

const ID: &str = "chain";

pub(super) async fn load(journal: &Journal) -> Result<MemberPolicy, Error> {
    let found = documents::all::<MemberPolicy>(journal, kinds::MEMBER_POLICY).await?;
    Ok(found.into_iter().next().map(|(_, _, policy)| policy).unwrap_or_default())
}

impl Reference {
    /// Notes in the audit trail that somebody looked at who a member is.
    pub async fn note_opened_member(&self, member: MemberId, author: Author) -> Result<(), Fault> {
        let word = json!({"opened": true});
        let draft = documents::draft(kinds::MEMBER, member.to_string(), &word, None, author);
        self.journal.put_reference(draft.map_err(broken)?).await?;
        Ok(())
    }

    /// Writes the rules for members; a version of 0 replaces whatever is there.
    pub async fn put_member_policy(
        &self,
        policy: MemberPolicy,
        author: Author,
    ) -> Result<Arc<MemberPolicy>, Fault> {
        if let Some(fault) = policy.faults().into_iter().next() {
            return Err(fault.into());
        }
        let _writing = self.writing.lock().await;
        let current = self.member_policy().version;
        if policy.version != 0 && policy.version != current {
            let (expected, found) = (policy.version, current);
            let (kind, id) = (kinds::MEMBER_POLICY.to_owned(), ID.to_owned());
            return Err(persistence::Error::VersionConflict { kind, id, expected, found }.into());
        }
        let policy = MemberPolicy { version: current.saturating_add(1), ..policy };
        let id = ID.to_owned();
        let draft = documents::draft(kinds::MEMBER_POLICY, id, &policy, Some(current), author);
        self.journal.put_reference(draft.map_err(broken)?).await?;
        let policy = Arc::new(policy);
        let mut known = self.member_policy.write().unwrap_or_else(PoisonError::into_inner);
        *known = Arc::clone(&policy);
        Ok(policy)
    }
}
