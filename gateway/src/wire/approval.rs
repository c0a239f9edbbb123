//! What needs a second person, and what was changed by whom.

use persistence::{Head, ReferenceRow};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vocabulary::{ApprovalId, Money, PrincipalId, Timestamp};

use super::schema::{Fen, Id, Millis};
use crate::reference::{Approval, ApprovalAction};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "action": {"kind": "approve_return", "order": "019ab3c0-0000-7000-8000-000000000701",
               "return_id": "019ab3c0-0000-7000-8000-000000000702"},
    "note": "整单破损，顾客已拍照",
}))]
pub struct ApprovalBody {
    pub action: ApprovalAction,
    /// Why, for whoever decides.
    pub note: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct AnswerBody {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ApprovalView {
    #[schema(value_type = Id)]
    pub approval: ApprovalId,
    /// `open`, `approved` or `rejected`.
    pub status: String,
    pub action: ApprovalAction,
    /// What the order was worth when it was asked for.
    #[schema(value_type = Fen)]
    pub amount_fen: Money,
    pub note: String,
    #[schema(value_type = Id)]
    pub asked_by: PrincipalId,
    #[schema(value_type = Millis)]
    pub asked_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Id>)]
    pub answered_by: Option<PrincipalId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Millis>)]
    pub answered_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer_note: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ApprovalList {
    /// Youngest first.
    pub approvals: Vec<ApprovalView>,
}

impl ApprovalView {
    pub fn of(approval: ApprovalId, known: &Approval) -> Self {
        let answer = known.answer.as_ref();
        let status = match answer.map(|answer| answer.is_yes) {
            None => "open",
            Some(true) => "approved",
            Some(false) => "rejected",
        };
        Self {
            approval,
            status: status.to_owned(),
            action: known.action.clone(),
            amount_fen: known.amount,
            note: known.note.clone(),
            asked_by: known.asked_by,
            asked_at: known.asked_at,
            answered_by: answer.map(|answer| answer.by),
            answered_at: answer.map(|answer| answer.at),
            answer_note: answer.and_then(|answer| answer.note.clone()),
        }
    }
}

/// One version of one of headquarters' documents.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct AuditView {
    /// Grows with every change of anything.
    pub revision: u64,
    /// `store`, `courier`, `book`, `policy`, `role`, `user`, `token`, `approval` and so on.
    pub kind: String,
    pub id: String,
    pub version: u64,
    /// On whose word.
    pub by: String,
    /// Their name, of somebody who logs in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by_name: Option<String>,
    #[schema(value_type = Millis)]
    pub at: Timestamp,
    /// What it says since; without passwords. Absent for kinds that hold more than headquarters' own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub body: Option<serde_json::Value>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"changes": [{"revision": 812, "kind": "role", "id": "cashier", "version": 2,
    "by": "principal:019ab3c0-0000-7000-8000-000000000011", "by_name": "headquarters",
    "at": 1_795_000_000_000_i64, "body": {"name": "cashier", "permits": []}}]}))]
pub struct AuditPage {
    /// Youngest first.
    pub changes: Vec<AuditView>,
    /// To ask for the next page with; absent on the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_before: Option<u64>,
}

/// Where the journal and the documents stand now.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AuditHeads {
    /// The documents first, then partition by partition.
    pub heads: Vec<HeadView>,
}

/// The end of one chain of digests.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HeadView {
    /// Absent for the documents.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partition: Option<u16>,
    /// The last seq of the partition, or the last revision of the documents.
    pub through: u64,
    /// What `simulator check --anchor` takes: note it somewhere else, and nobody can change what was
    /// recorded by then without its being found. Absent where there is no chain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub anchor: Option<String>,
}

impl From<Head> for HeadView {
    fn from(head: Head) -> Self {
        let partition = head.partition.map(|partition| partition.0);
        let of = partition.map_or_else(|| "documents".to_owned(), |number| number.to_string());
        let anchor = head.chain.map(|chain| format!("{of}:{}:{chain}", head.through));
        Self { partition, through: head.through, anchor }
    }
}

/// Kinds whose documents are headquarters' own words and nobody's personal data.
const SHOWN: [&str; 14] = [
    "store",
    "courier",
    "book",
    "policy",
    "role",
    "user",
    "token",
    "approval",
    "replenishment",
    "region",
    "merchant",
    "campaign",
    "member_policy",
    // A mark that somebody looked; the member is an id.
    "member",
];

impl AuditView {
    pub fn of(row: ReferenceRow, by_name: Option<String>) -> Self {
        let is_shown = SHOWN.contains(&row.kind.as_str());
        let body = is_shown.then(|| serde_json::from_str(&row.body).ok()).flatten().map(masked);
        let ReferenceRow { revision, kind, id, version, by, at, .. } = row;
        Self { revision, kind, id, version, by, by_name, at, body }
    }
}

fn masked(mut body: serde_json::Value) -> serde_json::Value {
    if let Some(fields) = body.as_object_mut() {
        fields.remove("password");
    }
    body
}
