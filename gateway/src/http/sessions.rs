//! Logging in and out of the pages, and the people who may.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vocabulary::{Seconds, TokenId};

use super::accounts::principal_of;
use super::extract::Stranger;
use super::{Doors, Input, Route, cookie};
use crate::access::{Principal, Resource, TokenDraft, Verb};
use crate::app::App;
use crate::call::{Call, Caller};
use crate::reference::User;
use crate::sheets::Form;
use crate::wire::access::{PrincipalBody, WhoView};
use crate::wire::fault::{Code, Fault};
use crate::wire::lists;
use crate::wire::session::{LogInBody, SessionView, UserBody, UserList, UserView};
use crate::wire::store::words;

/// A working day with room to spare, by the wall.
const SESSION_LIFE_S: u32 = 14 * 3_600;
const LONGEST_NAME: usize = 40;

pub(super) fn doors() -> Doors {
    OpenApiRouter::new().routes(routes!(log_in, log_out)).routes(routes!(list)).routes(routes!(put))
}

/// Logs somebody in: the session is a cookie that pages cannot read. The header `Paidan-Screen`
/// says for which screen: `store`, `courier`, `hq` or `shop`.
#[utoipa::path(post, path = "/v1/sessions", tag = "access", request_body = LogInBody,
    responses((status = 201, body = SessionView)))]
async fn log_in(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Stranger(body): Stranger<LogInBody>,
) -> Result<Response, Fault> {
    let screen = cookie::screen(&headers).ok_or_else(|| {
        let message = "send the header Paidan-Screen: store, courier, hq or shop";
        Fault::invalid("paidan-screen", message)
    })?;
    let user = app.reference.user(&body.name).filter(|user| !user.disabled);
    let kept = user.as_ref().map(|user| user.password.clone());
    let is_right = app.passwords.check(&body.name, body.password, kept).await?;
    // Checking takes long enough for somebody to be shown out meanwhile.
    let is_same = |user: &Arc<User>| {
        app.reference.user(&body.name).is_some_and(|now| Arc::ptr_eq(&now, user))
    };
    let Some(user) = user.filter(|user| is_right && is_same(user)) else {
        let message = "name or password is wrong: try again, or ask headquarters";
        return Err(Fault::new(Code::LogInRefused, message));
    };
    let now = app.now();
    let life = f64::from(SESSION_LIFE_S) * app.clock.scale().max(1.0);
    let expires_at = now.after(Seconds(life as u32));
    let principal = Principal::clone(&user.principal);
    let who = WhoView::of(&principal);
    let draft = TokenDraft { id: app.id(), principal, expires_at: Some(expires_at) };
    let granted = app.tokens.grant(vec![draft], None, now).await.map_err(|error| {
        tracing::error!(%error, "a session cannot be opened");
        Fault::internal()
    })?;
    let token = granted.first().ok_or_else(Fault::internal)?;
    let is_secure = cookie::is_secure(&app.config, &headers);
    let cookie = cookie::set(is_secure, screen, &token.secret, SESSION_LIFE_S);
    let cookie = cookie.ok_or_else(Fault::internal)?;
    let view = Json(SessionView { who, expires_at });
    Ok((StatusCode::CREATED, [(header::SET_COOKIE, cookie)], view).into_response())
}

/// Ends the session, and every socket that was opened in it.
#[utoipa::path(delete, path = "/v1/sessions", tag = "access", responses((status = 204)))]
async fn log_out(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    caller: Caller,
) -> Result<Response, Fault> {
    if headers.contains_key(header::AUTHORIZATION) {
        let message = "this ends sessions: revoke a token with DELETE /v1/tokens/{id}";
        return Err(Fault::invalid("authorization", message));
    }
    if let Some(token) = caller.token {
        end(&app, token).await?;
    }
    let screen = cookie::screen(&headers);
    let mut answer = StatusCode::NO_CONTENT.into_response();
    let is_secure = cookie::is_secure(&app.config, &headers);
    if let Some(cookie) = screen.and_then(|screen| cookie::set(is_secure, screen, "", 0)) {
        answer.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    Ok(answer)
}

async fn end(app: &App, token: TokenId) -> Result<(), Fault> {
    app.tokens.revoke(token, app.now()).await.map_err(|error| {
        tracing::error!(%error, "a session cannot be ended");
        Fault::internal()
    })?;
    app.hub.close_of(token);
    Ok(())
}

/// Everybody who may log in; with `Accept: text/csv` or xlsx as a file.
#[utoipa::path(get, path = "/v1/users", tag = "access", responses((status = 200, body = UserList)))]
async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    app.may(&caller, Verb::ManageTokens, Resource::Chain)?;
    let users = app.reference.users().into_iter().map(|(name, user)| view(name, &user));
    let users: Vec<UserView> = users.collect();
    if let Some(form) = Form::wanted(&headers) {
        let book = app.reference.book();
        let figures = lists::users(&users, app.reference.called(&book));
        return figures.reply(form).await;
    }
    Ok(Json(UserList { users }).into_response())
}

fn view(name: String, user: &User) -> UserView {
    UserView {
        name,
        principal: user.principal.id,
        kind: user.principal.kind,
        role: user.principal.role.to_string(),
        scope: user.principal.scope.clone(),
        disabled: user.disabled,
        version: user.version,
    }
}

/// Writes somebody who logs in. Whoever is disabled or gets another password is shown out at once;
/// another role or scope holds at once.
#[utoipa::path(put, path = "/v1/users/{name}", tag = "access", request_body = UserBody,
    responses((status = 200, body = UserView)))]
async fn put(
    State(app): State<Arc<App>>,
    Route(name): Route<String>,
    Input { call, body }: Input<UserBody>,
) -> Result<Json<UserView>, Fault> {
    app.may(&call.caller, Verb::ManageTokens, Resource::Chain)?;
    words("name", &name, LONGEST_NAME)?;
    let before = app.reference.user(&name);
    let expected = body.version;
    let user = user(&app, &call, &name, body).await?;
    let (id, sessions_from) = (user.principal.id, user.sessions_from);
    let shown = view(name.clone(), &user);
    let version = app.reference.put_user(&name, user, expected, app.author(&call.caller)).await?;
    let are_over = before.is_some_and(|before| before.sessions_from < sessions_from);
    for token in app.tokens.of_principal(id) {
        if are_over {
            end(&app, token).await?;
        } else {
            // What was opened with what the person might do before is opened anew.
            app.hub.close_of(token);
        }
    }
    Ok(Json(UserView { version, ..shown }))
}

async fn user(app: &App, call: &Call, name: &str, body: UserBody) -> Result<User, Fault> {
    let before = app.reference.user(name);
    let asked = PrincipalBody {
        kind: body.kind,
        role: body.role,
        name: name.to_owned(),
        scope: body.scope,
    };
    let mut principal = principal_of(app, asked)?;
    let is_cut = body.disabled || body.password.is_some();
    let password = match (body.password, &before) {
        (Some(password), _) => app.passwords.hash(password).await?,
        (None, Some(before)) => before.password.clone(),
        (None, None) => {
            return Err(Fault::invalid("password", "a new user needs a password"));
        }
    };
    if let Some(before) = &before {
        principal.id = before.principal.id;
        let is_self = before.principal.id == call.caller.principal.id;
        if is_self && body.disabled {
            return Err(Fault::invalid("disabled", "nobody shows themselves out for good"));
        }
    }
    let sessions_from = match &before {
        Some(before) if !is_cut => before.sessions_from,
        Some(_) | None => app.now(),
    };
    let principal = Arc::new(principal);
    Ok(User { principal, password, disabled: body.disabled, sessions_from, version: 0 })
}
