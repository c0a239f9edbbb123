//! Who may do what, who changed what, and who is a member.

use super::super::access::TokenRowView;
use super::super::approval::{ApprovalView, AuditView};
use super::super::member::MemberRow;
use super::super::session::UserView;
use super::super::tables::{count, instant};
use super::{Names, word, yes_or_no};
use crate::access::{Permit, Reach, Role};
use crate::reference::ApprovalAction;
use crate::sheets::{Cell, Figures};

pub fn users(users: &[UserView], names: Names<'_>) -> Figures {
    let row = |user: &UserView| {
        let [scope, scope_of] = names.scope(&user.scope);
        vec![
            Cell::text(&user.name),
            Cell::text(user.kind.word()),
            Cell::text(&user.role),
            scope,
            scope_of,
            yes_or_no(user.disabled),
            count(user.version),
        ]
    };
    Figures {
        name: "users",
        head: &["name", "kind", "role", "scope", "scope_of", "disabled", "version"],
        rows: users.iter().map(row).collect(),
    }
}

pub fn tokens(tokens: &[TokenRowView], names: Names<'_>) -> Figures {
    let row = |token: &TokenRowView| {
        let [scope, scope_of] = names.scope(&token.scope);
        vec![
            Cell::text(token.token_id),
            Cell::text(&token.name),
            Cell::text(token.kind.word()),
            Cell::text(&token.role),
            scope,
            scope_of,
            yes_or_no(token.is_session),
            Cell::some(token.granted_by_name.as_ref().or(token.granted_by.as_ref())),
            Cell::text(instant(token.created_at)),
            Cell::some(token.expires_at.map(instant)),
            Cell::some(token.revoked_at.map(instant)),
            Cell::some(token.used_at.map(instant)),
        ]
    };
    Figures {
        name: "tokens",
        head: &[
            "token",
            "name",
            "kind",
            "role",
            "scope",
            "scope_of",
            "session",
            "granted_by",
            "created_at",
            "expires_at",
            "revoked_at",
            "used_at",
        ],
        rows: tokens.iter().map(row).collect(),
    }
}

/// A row for each permission of each role.
pub fn roles(roles: &[Role]) -> Figures {
    let row = |role: &Role, permit: &Permit| {
        vec![
            Cell::text(&role.name),
            word(permit.verb),
            Cell::text(match permit.reach {
                Reach::Everywhere => "everywhere",
                Reach::Own => "own",
            }),
            permit.limit.map_or(Cell::Empty, Cell::Count),
            permit.second_above.map_or(Cell::Empty, Cell::Count),
        ]
    };
    let rows = roles.iter().flat_map(|role| role.permits.iter().map(move |one| row(role, one)));
    Figures {
        name: "roles",
        head: &["role", "verb", "reach", "limit", "second_above"],
        rows: rows.collect(),
    }
}

pub fn audit(changes: &[AuditView]) -> Figures {
    let row = |change: &AuditView| {
        vec![
            count(change.revision),
            Cell::text(instant(change.at)),
            Cell::text(&change.by),
            Cell::some(change.by_name.as_ref()),
            Cell::text(&change.kind),
            Cell::text(&change.id),
            count(change.version),
            Cell::some(change.body.as_ref()),
        ]
    };
    Figures {
        name: "audit",
        head: &["revision", "at", "by", "by_name", "kind", "id", "version", "body"],
        rows: changes.iter().map(row).collect(),
    }
}

pub fn approvals(approvals: &[ApprovalView]) -> Figures {
    let row = |approval: &ApprovalView| {
        let action = match approval.action {
            ApprovalAction::CancelOrder { .. } => "cancel_order",
            ApprovalAction::ApproveReturn { .. } => "approve_return",
            ApprovalAction::ConfirmChange { .. } => "confirm_change",
        };
        vec![
            Cell::text(approval.approval),
            Cell::text(&approval.status),
            Cell::text(action),
            Cell::text(approval.action.order()),
            Cell::Money(approval.amount_fen),
            Cell::text(&approval.note),
            Cell::text(approval.asked_by),
            Cell::text(instant(approval.asked_at)),
            Cell::some(approval.answered_by),
            Cell::some(approval.answered_at.map(instant)),
            Cell::some(approval.answer_note.as_ref()),
        ]
    };
    Figures {
        name: "approvals",
        head: &[
            "approval",
            "status",
            "action",
            "order",
            "amount",
            "note",
            "asked_by",
            "asked_at",
            "answered_by",
            "answered_at",
            "answer_note",
        ],
        rows: approvals.iter().map(row).collect(),
    }
}

/// No name and no phone: neither is in the list.
pub fn members(members: &[MemberRow]) -> Figures {
    let row = |member: &MemberRow| {
        let tier = member.tier.as_ref();
        vec![
            Cell::text(member.member),
            Cell::some(tier.map(|tier| &tier.code)),
            Cell::some(tier.map(|tier| &tier.name)),
            count(member.growth),
            count(member.points),
            Cell::text(instant(member.enrolled_at)),
            Cell::some(member.last_order),
        ]
    };
    Figures {
        name: "members",
        head: &["member", "tier", "tier_name", "growth", "points", "enrolled_at", "last_order"],
        rows: members.iter().map(row).collect(),
    }
}
