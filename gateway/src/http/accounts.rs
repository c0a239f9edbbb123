//! Tokens, tickets, roles, and who the caller is.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use commerce::Channel;
use serde_json::json;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vocabulary::{Seconds, TokenId};

use super::{Doors, Input, Route};
use crate::access::tickets::{TICKET_LIFE, Ticket};
use crate::access::{Principal, PrincipalKind, Resource, Role, Scope, TokenDraft, Verb};
use crate::app::App;
use crate::call::{Call, Caller};
use crate::wire::access::{
    PrincipalBody, RoleList, TicketBody, TicketView, TokenBody, TokenList, TokenView, WhoView,
};
use crate::wire::fault::Fault;
use crate::wire::store::words;

/// Tokens that one list may ask for.
const MOST_TOKENS: usize = 10_000;
const MOST_TOPICS: usize = 64;

pub(super) fn doors() -> Doors {
    OpenApiRouter::new()
        .routes(routes!(grant))
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
    let granted = app.tokens.grant(drafts, now).await.map_err(|error| {
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

/// Every role and what it permits.
#[utoipa::path(get, path = "/v1/roles", tag = "access", responses((status = 200, body = RoleList)))]
async fn roles(State(app): State<Arc<App>>, caller: Caller) -> Result<Json<RoleList>, Fault> {
    app.may(&caller, Verb::ReadPolicy, Resource::Chain)?;
    let roles = app.reference.roles().iter().cloned().collect();
    Ok(Json(RoleList { roles }))
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
