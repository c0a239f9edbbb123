//! What one person asked for and a second one must agree to. Each is a document: asked for in its
//! first version, answered in its second.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use persistence::Journal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vocabulary::{ApprovalId, ChangeId, Money, OrderId, PrincipalId, ReturnId, Timestamp};

use super::directory::broken;
use super::{Author, Reference, documents, kinds};
use crate::error::Error;
use crate::wire::fault::{Code, Fault};
use crate::wire::schema::Id;

/// What shall be done once a second person agrees.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum ApprovalAction {
    CancelOrder {
        #[schema(value_type = Id)]
        order: OrderId,
    },
    /// The shopper gets money back for what returns.
    ApproveReturn {
        #[schema(value_type = Id)]
        order: OrderId,
        #[schema(value_type = Id)]
        return_id: ReturnId,
    },
    /// Units are taken off before they are packed.
    ConfirmChange {
        #[schema(value_type = Id)]
        order: OrderId,
        #[schema(value_type = Id)]
        change: ChangeId,
    },
}

impl ApprovalAction {
    pub fn order(&self) -> OrderId {
        match self {
            Self::CancelOrder { order }
            | Self::ApproveReturn { order, .. }
            | Self::ConfirmChange { order, .. } => *order,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    pub action: ApprovalAction,
    /// What the order was worth when it was asked for.
    pub amount: Money,
    pub note: String,
    pub asked_by: PrincipalId,
    pub asked_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<ApprovalAnswer>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovalAnswer {
    pub is_yes: bool,
    pub by: PrincipalId,
    pub at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// All of them; they are as rare as large refunds.
#[derive(Debug, Default)]
pub(super) struct Approvals(RwLock<BTreeMap<ApprovalId, Arc<Approval>>>);

pub(super) async fn load(journal: &Journal) -> Result<Approvals, Error> {
    let mut known = BTreeMap::new();
    for (id, _, approval) in documents::all::<Approval>(journal, kinds::APPROVAL).await? {
        let id = id.parse().map_err(|_| Error::NotServing(format!("the approval {id}")))?;
        known.insert(id, Arc::new(approval));
    }
    Ok(Approvals(RwLock::new(known)))
}

impl Reference {
    /// Youngest first.
    pub fn approvals(&self) -> Vec<(ApprovalId, Arc<Approval>)> {
        let known = self.approvals.0.read().unwrap_or_else(PoisonError::into_inner);
        known.iter().rev().map(|(id, approval)| (*id, Arc::clone(approval))).collect()
    }

    pub fn approval(&self, id: ApprovalId) -> Option<Arc<Approval>> {
        self.approvals.0.read().unwrap_or_else(PoisonError::into_inner).get(&id).cloned()
    }

    pub async fn ask_approval(
        &self,
        id: ApprovalId,
        approval: Approval,
        author: Author,
    ) -> Result<(), Fault> {
        let _writing = self.writing.lock().await;
        self.put_approval(id, approval, 0, author).await
    }

    /// Answers it once; the same answer of the same person again is the answer that is there.
    pub async fn answer_approval(
        &self,
        id: ApprovalId,
        answer: ApprovalAnswer,
        author: Author,
    ) -> Result<(), Fault> {
        let _writing = self.writing.lock().await;
        let known = self.approval(id).ok_or_else(|| Fault::not_found("approval"))?;
        match &known.answer {
            None => {
                let answered = Approval { answer: Some(answer), ..Approval::clone(&known) };
                self.put_approval(id, answered, 1, author).await
            }
            Some(given) if (given.is_yes, given.by) == (answer.is_yes, answer.by) => Ok(()),
            Some(_) => {
                let message = "somebody has answered it before: refresh the list";
                Err(Fault::new(Code::ApprovalClosed, message))
            }
        }
    }

    async fn put_approval(
        &self,
        id: ApprovalId,
        approval: Approval,
        replaces: u64,
        author: Author,
    ) -> Result<(), Fault> {
        let name = id.to_string();
        let draft = documents::draft(kinds::APPROVAL, name, &approval, Some(replaces), author);
        self.journal.put_reference(draft.map_err(broken)?).await?;
        let mut known = self.approvals.0.write().unwrap_or_else(PoisonError::into_inner);
        known.insert(id, Arc::new(approval));
        Ok(())
    }
}
