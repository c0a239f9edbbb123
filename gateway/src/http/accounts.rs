//! Tokens, tickets, roles, and who the caller is.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use commerce::Channel;
use persistence::TokenQuery;
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vocabulary::{PrincipalId, Seconds, TokenId};

use super::files::{PAGE, every};
use super::{Doors, Input, Route, Search};
use crate::access::tickets::{TICKET_LIFE, Ticket};
use crate::access::{Principal, PrincipalKind, Resource, Role, Scope, TokenDraft, Verb};
use crate::app::App;
use crate::call::{Call, Caller};
use crate::sheets::Form;
use crate::wire::access::{
    PrincipalBody, RoleList, TicketBody, TicketView, TokenBody, TokenList, TokenPage, TokenRowView,
    TokenView, WhoView,
};
use crate::wire::fault::Fault;
use crate::wire::filters::one_of;
use crate::wire::lists;
use crate::wire::store::words;

/// Tokens that one list may ask for.
const MOST_TOKENS: usize = 10_000;
const MOST_TOPICS: usize = 64;

pub(super) fn doors() -> Doors {
    OpenApiRouter::new()
        .routes(routes!(grant, list))
        .routes(routes!(revoke))
        .routes(routes!(ticket))
        .routes(routes!(who))
        .routes(routes!(roles))
        .routes(routes!(put_role, remove_role))
}

pub(super) fn bulk_doors() -> Doors {
    OpenApiRouter::new().routes(routes!(grant_many))
}

/// Gives out a token. Its secret is told once.
#[utoipa::path(post, path = "/v1/tokens", tag = "access", request_body = TokenBody,
    responses((status = 201, body = TokenView)))]
async fn grant(
    State(app): State<Arc<App>>,
    Input { call, body }: Input<TokenBody>,
) -> Result<(StatusCode, Json<TokenView>), Fault> {
    let mut views = give(&app, &call.caller, vec![body]).await?;
    let view = views.pop().ok_or_else(Fault::internal)?;
    Ok((StatusCode::CREATED, Json(view)))
}

/// Gives out many tokens, all or none.
#[utoipa::path(post, path = "/v1/tokens/bulk", tag = "access", request_body = Vec<TokenBody>,
    responses((status = 201, body = TokenList)))]
async fn grant_many(
    State(app): State<Arc<App>>,
    Input { call, body }: Input<Vec<TokenBody>>,
) -> Result<(StatusCode, Json<TokenList>), Fault> {
    let tokens = give(&app, &call.caller, body).await?;
    Ok((StatusCode::CREATED, Json(TokenList { tokens })))
}

async fn give(app: &App, caller: &Caller, bodies: Vec<TokenBody>) -> Result<Vec<TokenView>, Fault> {
    app.may(caller, Verb::ManageTokens, Resource::Chain)?;
    if bodies.is_empty() || bodies.len() > MOST_TOKENS {
        let message = format!("ask for 1 to {MOST_TOKENS} tokens at once");
        return Err(Fault::invalid("principal", message));
    }
    let now = app.now();
    let drafts: Result<Vec<_>, Fault> = bodies
        .into_iter()
        .map(|body| {
            let expires_at = body.expires_in_s.map(|seconds| now.after(Seconds(seconds)));
            let principal = principal_of(app, body.principal)?;
            Ok(TokenDraft { id: app.id(), principal, expires_at })
        })
        .collect();
    let drafts = drafts?;
    let principals: Vec<_> = drafts.iter().map(|draft| draft.principal.id).collect();
    let word = drafts.first().map(|draft| json!({"granted": draft.principal}));
    let by = Some(caller.principal.id);
    let granted = app.tokens.grant(drafts, by, now).await.map_err(|error| {
        tracing::error!(%error, "tokens cannot be given out");
        Fault::internal()
    })?;
    // One by one each is in the audit trail; a list is an installation being set up.
    if let ([token], Some(word)) = (granted.as_slice(), word) {
        app.reference.note_token(token.id, &word, app.author(caller)).await?;
    }
    let views = granted.into_iter().zip(principals);
    Ok(views
        .map(|(granted, principal)| TokenView {
            token: granted.secret,
            token_id: granted.id,
            principal,
        })
        .collect())
}

/// Somebody as they were described, with an id of their own.
pub(super) fn principal_of(app: &App, asked: PrincipalBody) -> Result<Principal, Fault> {
    words("principal.name", &asked.name, 80)?;
    if app.reference.roles().get(&asked.role).is_none() {
        let roles = app.reference.roles();
        let known: Vec<_> = roles.iter().map(|role| role.name.as_str()).collect();
        let message = format!("principal.role must be one of {}", known.join(", "));
        return Err(Fault::invalid("principal.role", message));
    }
    let fits = match (asked.kind, &asked.scope) {
        (PrincipalKind::Courier, Scope::Courier(_)) => true,
        (PrincipalKind::Channel, Scope::Channel | Scope::All) => {
            Channel::new(asked.name.as_str())?;
            true
        }
        (
            PrincipalKind::Staff | PrincipalKind::Device,
            Scope::All | Scope::Stores(_) | Scope::Regions(_) | Scope::Merchant(_),
        ) => true,
        // A shopper's token comes with the order and opens nothing else.
        (_, _) => false,
    };
    if !fits {
        let message = "principal.scope does not fit its kind: a courier has {\"courier\":id}, a \
                       channel \"channel\", staff and devices \"all\", stores, regions or merchant";
        return Err(Fault::invalid("principal.scope", message));
    }
    Ok(Principal {
        id: app.id(),
        kind: asked.kind,
        role: asked.role.into(),
        name: asked.name.into(),
        scope: asked.scope,
    })
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Asked {
    /// `staff`, `courier`, `channel` or `device`; `shopper` lists members who are logged in, who
    /// are left out otherwise.
    #[param(inline)]
    kind: Option<PrincipalKind>,
    /// The name of a role.
    role: Option<String>,
    /// A part of the holder's name.
    name: Option<String>,
    /// Also those that are over or revoked, for the three days that they are kept.
    #[serde(default)]
    over: bool,
    /// The last token of the page before.
    #[param(value_type = Option<String>)]
    after: Option<TokenId>,
    /// 1 to 500; 50 when absent.
    limit: Option<u32>,
}

/// What was given out and what people logged in with, youngest first. No secret is shown: of each
/// only a hash is kept. With `Accept: text/csv` or xlsx all of them come as a file.
#[utoipa::path(get, path = "/v1/tokens", tag = "access", params(Asked),
    responses((status = 200, body = TokenPage)))]
async fn list(
    State(app): State<Arc<App>>,
    Search(query): Search<Asked>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    app.may(&caller, Verb::ManageTokens, Resource::Chain)?;
    if let Some(role) = &query.role {
        let roles = app.reference.roles();
        let known: Vec<&str> = roles.iter().map(|role| role.name.as_str()).collect();
        one_of("role", role, &known)?;
    }
    let read = |after, limit| page(&app, &caller, &query, after, limit);
    if let Some(form) = Form::wanted(&headers) {
        let tokens = every(query.after, "kind", |after| read(after, PAGE)).await?;
        let book = app.reference.book();
        let figures = lists::tokens(&tokens, app.reference.called(&book));
        return figures.reply(form).await;
    }
    let limit = query.limit.unwrap_or(50).clamp(1, 500);
    let (tokens, next_after) = read(query.after, limit).await?;
    Ok(Json(TokenPage { tokens, next_after }).into_response())
}

/// A page, and the token to ask for the next one with.
async fn page(
    app: &App,
    caller: &Caller,
    query: &Asked,
    after: Option<TokenId>,
    limit: u32,
) -> Result<(Vec<TokenRowView>, Option<TokenId>), Fault> {
    let of_shoppers = query.kind == Some(PrincipalKind::Shopper);
    let kind = query.kind.filter(|_| !of_shoppers).map(|kind| kind.word().to_owned());
    let asked = TokenQuery {
        of_shoppers,
        before: after.map(TokenId::bits),
        kind,
        role: query.role.clone(),
        name: query.name.clone().filter(|name| !name.is_empty()),
        open_at: (!query.over).then(|| app.now()),
        limit,
    };
    let listed = app.tokens.list(&asked).await?;
    let is_whole = listed.len() == limit as usize;
    let last = listed.last().map(|one| TokenId::from_bits(one.row.id));
    let next_after = last.filter(|_| is_whole);
    let user = |principal| app.reference.user_of(principal);
    let tokens = listed.into_iter().map(|one| {
        let giver = one.row.granted_by.as_deref().and_then(principal_in).and_then(user);
        TokenRowView {
            granted_by_name: giver.map(|user| user.principal.name.to_string()),
            is_own: caller.token == Some(TokenId::from_bits(one.row.id)),
            is_session: one.row.granted_by.is_none() && user(one.principal.id).is_some(),
            ..TokenRowView::of(one)
        }
    });
    Ok((tokens.collect(), next_after))
}

/// The principal on whose word something was done.
fn principal_in(by: &str) -> Option<PrincipalId> {
    by.strip_prefix("principal:")?.parse().ok()
}

/// Revokes a token from now on.
#[utoipa::path(delete, path = "/v1/tokens/{token_id}", tag = "access",
    responses((status = 204)))]
async fn revoke(
    State(app): State<Arc<App>>,
    Route(token): Route<TokenId>,
    call: Call,
) -> Result<StatusCode, Fault> {
    app.may(&call.caller, Verb::ManageTokens, Resource::Chain)?;
    let revoked = app.tokens.revoke(token, app.now()).await.map_err(|error| {
        tracing::error!(%error, "a token cannot be revoked");
        Fault::internal()
    })?;
    app.hub.close_of(token);
    if revoked {
        let word = json!({"revoked": true});
        app.reference.note_token(token, &word, app.author(&call.caller)).await?;
    }
    if revoked { Ok(StatusCode::NO_CONTENT) } else { Err(Fault::not_found("token")) }
}

/// Gives out a ticket that opens one socket as the caller, once, within 30 seconds.
#[utoipa::path(post, path = "/v1/tickets", tag = "access", request_body = TicketBody,
    responses((status = 201, body = TicketView)))]
async fn ticket(
    State(app): State<Arc<App>>,
    Input { call, body }: Input<TicketBody>,
) -> Result<(StatusCode, Json<TicketView>), Fault> {
    if body.topics.len() > MOST_TOPICS {
        let message = format!("topics must be at most {MOST_TOPICS}: subscribe to more later");
        return Err(Fault::invalid("topics", message));
    }
    for topic in &body.topics {
        app.may_listen(&call.caller, *topic).await?;
    }
    let principal = Arc::clone(&call.caller.principal);
    let ticket =
        app.tickets.issue(Ticket { principal, topics: body.topics, token: call.caller.token })?;
    let life = TICKET_LIFE.as_secs_f64() * app.clock.scale();
    let expires_at = app.now().after(Seconds(life as u32));
    Ok((StatusCode::CREATED, Json(TicketView { ticket, expires_at })))
}

/// Who the caller is.
#[utoipa::path(get, path = "/v1/me", tag = "access", responses((status = 200, body = WhoView)))]
async fn who(caller: Caller) -> Json<WhoView> {
    Json(WhoView::of(&caller.principal))
}

/// Every role and what it permits; with `Accept: text/csv` or xlsx as a file, a row a permission.
#[utoipa::path(get, path = "/v1/roles", tag = "access", responses((status = 200, body = RoleList)))]
async fn roles(
    State(app): State<Arc<App>>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    app.may(&caller, Verb::ReadPolicy, Resource::Chain)?;
    let roles: Vec<Role> = app.reference.roles().iter().cloned().collect();
    if let Some(form) = Form::wanted(&headers) {
        return lists::roles(&roles).reply(form).await;
    }
    Ok(Json(RoleList { roles }).into_response())
}

/// Writes a role in the place of the one with its name; holders of its tokens feel it at once.
#[utoipa::path(put, path = "/v1/roles/{name}", tag = "access", request_body = Role,
    responses((status = 204)))]
async fn put_role(
    State(app): State<Arc<App>>,
    Route(name): Route<String>,
    Input { call, body }: Input<Role>,
) -> Result<StatusCode, Fault> {
    app.may(&call.caller, Verb::ManageRoles, Resource::Chain)?;
    words("name", &body.name, 40)?;
    if body.name != name {
        return Err(Fault::invalid("name", "name must be the one in the address"));
    }
    if name == "hq_admin" && body.permit(Verb::ManageRoles).is_none() {
        let message = "hq_admin must keep manage_roles: nobody could give it back";
        return Err(Fault::invalid("permits", message));
    }
    let author = app.author(&call.caller);
    app.reference.put_role(body, author).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Removes a role of headquarters' own making that nobody holds. Shipped roles stay.
#[utoipa::path(delete, path = "/v1/roles/{name}", tag = "access", responses((status = 204)))]
async fn remove_role(
    State(app): State<Arc<App>>,
    Route(name): Route<String>,
    call: Call,
) -> Result<StatusCode, Fault> {
    app.may(&call.caller, Verb::ManageRoles, Resource::Chain)?;
    app.reference.remove_role(&name, app.author(&call.caller)).await?;
    Ok(StatusCode::NO_CONTENT)
}
