//! Asking for what is above one's limit, and a second person's answer.

use actors::{Conflict, Idempotency};
use dispatch::Message;
use dispatch::order::{CancelReason, OrderCommand};
use vocabulary::{ApprovalId, Money, OrderId};

use crate::access::{Resource, Role, Verb};
use crate::app::{App, order_facts, within};
use crate::call::{Call, Caller};
use crate::reference::{Approval, ApprovalAction, ApprovalAnswer};
use crate::wire::approval::{AnswerBody, ApprovalBody, ApprovalView};
use crate::wire::fault::{Code, Fault};
use crate::wire::store::words;

fn verb_of(action: &ApprovalAction, role: &Role) -> Verb {
    match action {
        ApprovalAction::CancelOrder { .. } => Verb::CancelOrder,
        ApprovalAction::ApproveReturn { .. } => Verb::DecideReturn,
        ApprovalAction::ConfirmChange { .. } => role.takes_off_under(),
    }
}

/// Whether one person may decide this alone; asked besides whether they may decide it at all.
pub async fn may_alone(
    app: &App,
    caller: &Caller,
    verb: Verb,
    order: OrderId,
) -> Result<(), Fault> {
    let permit = caller.role.permit(verb);
    let Some((permit, most)) = permit.and_then(|permit| Some((permit, permit.second_above?)))
    else {
        return Ok(());
    };
    let facts = app.cities.of(order).read_order(order, order_facts).await?;
    let amount = facts.payable;
    if permit.decides_alone(amount) {
        return Ok(());
    }
    let message = format!(
        "{amount} is above the {most} that one person decides: ask for a second one under \
         /v1/approvals"
    );
    Err(Fault::new(Code::SecondPersonNeeded, message))
}

/// Asks for it: whoever has the verb here, whatever their limit.
pub async fn ask(app: &App, call: &Call, body: ApprovalBody) -> Result<ApprovalView, Fault> {
    let ApprovalBody { action, note } = body;
    let order = action.order();
    let facts = app.cities.of(order).read_order(order, order_facts).await?;
    app.may(&call.caller, verb_of(&action, &call.caller.role), Resource::Order(&facts))?;
    words("note", &note, 300)?;
    let author = app.author(&call.caller);
    let amount = Money::fen(facts.payable);
    let (asked_by, asked_at) = (author.by, author.at);
    let approval = Approval { action, amount, note, asked_by, asked_at, answer: None };
    let id: ApprovalId = app.id();
    app.reference.ask_approval(id, approval.clone(), author).await?;
    Ok(ApprovalView::of(id, &approval))
}

/// Whether the caller could answer it; says what the order is worth now.
async fn may_answer(app: &App, caller: &Caller, approval: &Approval) -> Result<(), Fault> {
    let order = approval.action.order();
    let facts = app.cities.of(order).read_order(order, order_facts).await?;
    let verb = verb_of(&approval.action, &caller.role);
    let permit = app.may(caller, verb, Resource::Order(&facts)).map_err(|fault| {
        if fault.code == Code::NotFound { Fault::not_found("approval") } else { fault }
    })?;
    within(permit, facts.payable)
}

/// Agrees, and it is done; or declines, and it is not. Nobody answers their own wish.
pub async fn answer(
    app: &App,
    call: &Call,
    id: ApprovalId,
    is_yes: bool,
    body: AnswerBody,
) -> Result<ApprovalView, Fault> {
    let approval = app.reference.approval(id).ok_or_else(|| Fault::not_found("approval"))?;
    may_answer(app, &call.caller, &approval).await?;
    let author = app.author(&call.caller);
    if approval.asked_by == author.by {
        let message = "you asked for it yourself: another person must answer";
        return Err(Fault::new(Code::SecondPersonNeeded, message));
    }
    if let Some(note) = &body.note {
        words("note", note, 300)?;
    }
    let answer = ApprovalAnswer { is_yes, by: author.by, at: author.at, note: body.note };
    app.reference.answer_approval(id, answer, author).await?;
    let answered = app.reference.approval(id).ok_or_else(Fault::internal)?;
    if is_yes {
        carry_out(app, call, id, &answered).await?;
    }
    Ok(ApprovalView::of(id, &answered))
}

/// Under the approval's own key: whoever repeats the answer after a broken line repeats nothing else.
async fn carry_out(
    app: &App,
    call: &Call,
    id: ApprovalId,
    approval: &Approval,
) -> Result<(), Fault> {
    let note = Some(approval.note.clone());
    let command = match &approval.action {
        ApprovalAction::CancelOrder { .. } => {
            OrderCommand::Cancel { reason: CancelReason::Headquarters, note }
        }
        ApprovalAction::ApproveReturn { return_id, .. } => {
            OrderCommand::DecideReturn { return_id: *return_id, approve: true, note }
        }
        ApprovalAction::ConfirmChange { change, .. } => {
            OrderCommand::ConfirmChange { change: *change }
        }
    };
    let own = Idempotency {
        scope: "approval".to_owned(),
        key: id.to_string(),
        body_hash: crate::call::hash_of("approval", &id.bits().to_be_bytes()),
        conflict: Conflict::IdempotencyKey,
    };
    let order = approval.action.order();
    let message = Message::Order(order, Box::new(command));
    let submission = call.submission_under(app, vec![own]);
    app.cities.of(order).command(submission, message).await?;
    Ok(())
}

/// What the caller could answer or has asked for.
pub async fn visible(app: &App, caller: &Caller) -> Result<Vec<ApprovalView>, Fault> {
    let mut views = Vec::new();
    for (id, approval) in app.reference.approvals() {
        let is_own = approval.asked_by == caller.principal.id;
        let order = approval.action.order();
        let is_near = is_own || {
            let facts = app.cities.of(order).read_order(order, order_facts).await?;
            let verb = verb_of(&approval.action, &caller.role);
            app.may(caller, verb, Resource::Order(&facts)).is_ok()
        };
        if is_near {
            views.push(ApprovalView::of(id, &approval));
        }
        if views.len() >= 200 {
            break;
        }
    }
    Ok(views)
}
