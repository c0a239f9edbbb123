//! Members: enrolment, log-in by phone, the counter's look-up, and the rules for them.

use std::sync::Arc;

use actors::{CommandError, Errand};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use commerce::member::{Consent, MemberPolicy, MemberRefusal, PhoneCommand};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vocabulary::{MemberId, PersonId, PrincipalId, Seconds, Slot};

use super::{Doors, Input};
use crate::access::{Principal, PrincipalKind, Resource, Scope, TokenDraft, Verb};
use crate::actions::people;
use crate::app::App;
use crate::call::{Call, Caller};
use crate::cities::MEMBERS;
use crate::members::{self, MemberPerson, Phone};
use crate::wire::fault::{Code, Fault};
use crate::wire::member::{
    CodeSentView, ConsentBody, EnrolBody, LookUpBody, MemberLogInBody, MemberPolicyView,
    MemberSessionView, MemberView, PhoneBody,
};
use crate::wire::store::words;

/// How long a member stays logged in.
const SESSION_LIFE: Seconds = Seconds(30 * 86_400);

pub(super) fn doors() -> Doors {
    OpenApiRouter::new()
        .routes(routes!(send_code))
        .routes(routes!(enrol))
        .routes(routes!(log_in))
        .routes(routes!(look_up))
        .routes(routes!(find))
        .routes(routes!(get_policy, put_policy))
}

/// Sends a code to a phone: six digits, good for five minutes, for enrolment or log-in. It is on its
/// way when this answers. Whether the phone belongs to a member is not told here.
#[utoipa::path(post, path = "/v1/members/codes", tag = "members", request_body = PhoneBody,
    responses((status = 201, body = CodeSentView)))]
async fn send_code(
    State(app): State<Arc<App>>,
    Input { call, body }: Input<PhoneBody>,
) -> Result<(StatusCode, Json<CodeSentView>), Fault> {
    app.permits(&call.caller, Verb::FindMember)?;
    let phone = Phone::parse(&body.phone)?;
    let (seat, now, scale) = (app.code_sender.seat()?, app.now(), app.clock.scale());
    let (code, expires_at) = app.log_in_codes.make(phone.key(&app.keys), now, scale)?;
    let sandbox_code = seat.take(&phone, code, (now, expires_at), scale)?;
    Ok((StatusCode::CREATED, Json(CodeSentView { expires_at, sandbox_code })))
}

/// Enrols whoever holds the phone, and logs them in. A phone is one member's.
#[utoipa::path(post, path = "/v1/members", tag = "members", request_body = EnrolBody,
    responses((status = 201, body = MemberSessionView)))]
async fn enrol(
    State(app): State<Arc<App>>,
    Input { call, body }: Input<EnrolBody>,
) -> Result<(StatusCode, Json<MemberSessionView>), Fault> {
    app.permits(&call.caller, Verb::FindMember)?;
    let phone = Phone::parse(&body.phone)?;
    let consent = consent(&body.consent)?;
    if let Some(name) = &body.name {
        words("name", name, 40)?;
    }
    // A phone that is a member's keeps its code: it logs in with the same one.
    app.log_in_codes.check(phone.key(&app.keys), &body.code, app.now())?;
    if app.cities.members().member_of_phone(phone.key(&app.keys)).await?.is_some() {
        return Err(CommandError::Declined(MemberRefusal::PhoneTaken).into());
    }
    app.log_in_codes.take(phone.key(&app.keys), &body.code, app.now())?;
    let member: MemberId = app.id_in(Slot(MEMBERS));
    let person: PersonId = app.id();
    let record = MemberPerson { phone: phone.as_str().to_owned(), name: body.name };
    let record = serde_json::to_vec(&record).map_err(|_| Fault::internal())?;
    // Before the member, so that a member always has a person; without a member it is forgotten.
    app.journal.put_persons(vec![app.vault.seal(person, &record)?]).await?;
    let tail = Some(phone.tail_key(&app.keys));
    let command = PhoneCommand::Enrol { member, person, consent, tail };
    let errand = Errand::Phone { phone: phone.key(&app.keys), command };
    let submission = call.submission_under(&app, Vec::new());
    if let Err(error) = app.cities.members().run(submission, errand).await {
        if matches!(error, CommandError::Declined(MemberRefusal::PhoneTaken)) {
            people::forget(&app, person).await?;
        }
        return Err(error.into());
    }
    Ok((StatusCode::CREATED, Json(session(&app, member).await?)))
}

pub(super) fn consent(body: &ConsentBody) -> Result<Consent, Fault> {
    words("consent.terms", &body.terms, 40)?;
    Ok(Consent { terms: body.terms.clone(), marketing: body.marketing })
}

/// Logs a member in by the phone's code. A phone that is no member's keeps its code for enrolling.
#[utoipa::path(post, path = "/v1/members/sessions", tag = "members",
    request_body = MemberLogInBody, responses((status = 201, body = MemberSessionView)))]
async fn log_in(
    State(app): State<Arc<App>>,
    Input { call, body }: Input<MemberLogInBody>,
) -> Result<(StatusCode, Json<MemberSessionView>), Fault> {
    app.permits(&call.caller, Verb::FindMember)?;
    let phone = Phone::parse(&body.phone)?.key(&app.keys);
    // Checked first: whose phone it is not yet is told, and the same code enrols it.
    app.log_in_codes.check(phone, &body.code, app.now())?;
    let member = app.cities.members().member_of_phone(phone).await?;
    let member = member.ok_or_else(|| {
        let message = "this phone belongs to no member yet: enrol with the same code";
        Fault::new(Code::MemberUnknown, message).about("phone")
    })?;
    app.log_in_codes.take(phone, &body.code, app.now())?;
    Ok((StatusCode::CREATED, Json(session(&app, member).await?)))
}

async fn session(app: &App, member: MemberId) -> Result<MemberSessionView, Fault> {
    let now = app.now();
    let expires_at = now.after(SESSION_LIFE);
    let principal = Principal {
        id: PrincipalId::from_bits(member.bits()),
        kind: PrincipalKind::Shopper,
        role: "member".into(),
        name: "member".into(),
        scope: Scope::Member(member),
    };
    let draft = TokenDraft { id: app.id(), principal, expires_at: Some(expires_at) };
    let granted = app.tokens.grant(vec![draft], None, now).await.map_err(|error| {
        tracing::error!(%error, "a member's session cannot be opened");
        Fault::internal()
    })?;
    let token = granted.into_iter().next().ok_or_else(Fault::internal)?.secret;
    Ok(MemberSessionView { member, token, expires_at })
}

/// Who stands at the counter: by the code that the member shows, which is good for five minutes.
#[utoipa::path(post, path = "/v1/members/lookup", tag = "members", request_body = LookUpBody,
    responses((status = 200, body = MemberView)))]
async fn look_up(
    State(app): State<Arc<App>>,
    Input { call, body }: Input<LookUpBody>,
) -> Result<Json<MemberView>, Fault> {
    app.permits(&call.caller, Verb::FindMember)?;
    let member = members::shown(&app, &body.code).await?;
    super::member::view(&app, &call.caller, member).await.map(Json)
}

/// Whose phone it is, for headquarters. A name finds nobody: names are sealed one by one.
#[utoipa::path(post, path = "/v1/members/find", tag = "members", request_body = PhoneBody,
    responses((status = 200, body = MemberView)))]
async fn find(
    State(app): State<Arc<App>>,
    Input { call, body }: Input<PhoneBody>,
) -> Result<Json<MemberView>, Fault> {
    app.may(&call.caller, Verb::ManageMembers, Resource::Chain)?;
    let phone = Phone::parse(&body.phone)?.key(&app.keys);
    let member = app.cities.members().member_of_phone(phone).await?;
    let member = member.ok_or_else(|| {
        let message = "this phone belongs to no member: look at the number again";
        Fault::new(Code::MemberUnknown, message).about("phone")
    })?;
    members::note_opening(&app, &call.caller, member).await?;
    super::member::view(&app, &call.caller, member).await.map(Json)
}

/// The rules for members: tiers, points, times.
#[utoipa::path(get, path = "/v1/member-policy", tag = "members",
    responses((status = 200, body = MemberPolicyView)))]
async fn get_policy(
    State(app): State<Arc<App>>,
    caller: Caller,
) -> Result<Json<MemberPolicyView>, Fault> {
    app.may(&caller, Verb::ReadPolicy, Resource::Chain)?;
    let policy = MemberPolicy::clone(&app.reference.member_policy());
    Ok(Json(MemberPolicyView { version: policy.version, policy }))
}

/// Writes the rules for members, whole; what is left out has its default.
#[utoipa::path(put, path = "/v1/member-policy", tag = "members", request_body = Object,
    responses((status = 200, body = MemberPolicyView)))]
async fn put_policy(
    State(app): State<Arc<App>>,
    Input { call, body }: Input<MemberPolicy>,
) -> Result<Json<MemberPolicyView>, Fault> {
    app.may(&call.caller, Verb::ManageMembers, Resource::Chain)?;
    let policy = app.reference.put_member_policy(body, app.author(&call.caller)).await?;
    let policy = MemberPolicy::clone(&policy);
    app.cities.members().set_member_policy(policy.clone())?;
    Ok(Json(MemberPolicyView { version: policy.version, policy }))
}

/// Hands one command to a member's owner; answers when it is on disk.
pub(super) async fn tell(
    app: &App,
    call: &Call,
    member: MemberId,
    command: commerce::member::MemberCommand,
) -> Result<u64, Fault> {
    let errand = Errand::Member { member, command };
    Ok(app.cities.members().run(call.submission(app), errand).await?)
}
