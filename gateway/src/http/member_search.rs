//! Members as a list: by the end of a phone, by tier, by whether they bought lately. No name is unsealed
//! for it; whoever needs one opens the member's own page.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use commerce::member::{Enrolment, Member};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::files::{PAGE, every};
use super::{Doors, Input};
use crate::access::{Field, Resource, Verb};
use crate::app::App;
use crate::members::typed_tail;
use crate::sheets::Form;
use crate::wire::fault::Fault;
use crate::wire::lists;
use crate::wire::member::{MemberPage, MemberSearchBody, member_row};

pub(super) fn doors() -> Doors {
    OpenApiRouter::new().routes(routes!(search))
}

/// Members, enrolled last first, a page at a time. What is searched for stands in the body, not in
/// the address: addresses are logged. With `Accept: text/csv` or xlsx all of them come as a file.
#[utoipa::path(post, path = "/v1/members/search", tag = "members",
    request_body = MemberSearchBody, responses((status = 200, body = MemberPage)))]
async fn search(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Input { call, body }: Input<MemberSearchBody>,
) -> Result<Response, Fault> {
    let caller = &call.caller;
    app.may(caller, Verb::ReadMember, Resource::Chain)?;
    let tail = body.phone_tail.as_deref().map(|typed| typed_tail(&app.keys, typed)).transpose()?;
    if tail.is_some() && !caller.sees(Field::Person) {
        return Err(Fault::forbidden().about("phone_tail"));
    }
    let policy = app.reference.member_policy();
    if let Some(tier) = &body.tier
        && !policy.tiers.iter().any(|known| known.code.as_str() == tier)
    {
        let codes: Vec<_> = policy.tiers.iter().map(|known| known.code.as_str()).collect();
        let message = format!("tier must be one of {}", codes.join(", "));
        return Err(Fault::invalid("tier", message));
    }
    let (wanted, known) = (&body, &policy);
    let is_wanted = move |member: &Member| {
        let Enrolment::Enrolled { tail: own, .. } = &member.enrolment else { return false };
        let tier = member.tier(known).map(|tier| tier.code.as_str());
        tail.is_none_or(|tail| *own == Some(tail))
            && (wanted.tier.is_none() || wanted.tier.as_deref() == tier)
            && (!wanted.buys || member.last_order().is_some())
    };
    let (app, policy, now) = (&app, &policy, app.now());
    let read = |after, limit| async move {
        let (found, next) = app.cities.members().members(after, limit, is_wanted).await?;
        let rows = found.iter().filter_map(|member| member_row(member, policy, now)).collect();
        Ok((rows, next))
    };
    if let Some(form) = Form::wanted(&headers) {
        let members = every(body.after, "tier", |after| read(after, PAGE as usize)).await?;
        return lists::members(&members).reply(form).await;
    }
    let limit = body.limit.unwrap_or(50).clamp(1, 200) as usize;
    let (members, next_after) = read(body.after, limit).await?;
    Ok(Json(MemberPage { members, next_after }).into_response())
}
