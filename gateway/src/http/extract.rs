//! What handlers take out of a request, with faults instead of the framework's own words.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::rejection::{BytesRejection, FailedToBufferBody};
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use serde::de::DeserializeOwned;

use super::cookie;
use crate::app::App;
use crate::call::{Call, Caller, check_key};
use crate::sheets::{self, Form, Sheet};
use crate::wire::fault::{Code, Fault};
use crate::wire::json;

/// The body as a value, with who asks and under which key.
pub struct Input<T> {
    pub call: Call,
    pub body: T,
}

/// The body of somebody who is not known yet.
pub struct Stranger<T>(pub T);

/// A body that is a sheet, and the form in which the caller would like a sheet back.
pub struct Upload {
    pub call: Call,
    pub sheet: Sheet,
    pub reply_as: Option<Form>,
}

/// The ids in the address.
pub struct Route<T>(pub T);

/// The query of the address.
pub struct Search<T>(pub T);

impl FromRequestParts<Arc<App>> for Caller {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Fault> {
        let token = bearer(&parts.headers).or_else(|| cookie::session(&parts.headers));
        let token = token.ok_or_else(|| {
            let message = "log in, or send a token: Authorization: Bearer <token>";
            Fault::new(Code::Unauthenticated, message)
        })?;
        let (principal, token) = app.tokens.identify(token, app.now()).await?;
        let caller = Caller::with_token(app, principal, token)?;
        app.admit(&caller)?;
        Ok(caller)
    }
}

/// For requests without a body.
impl FromRequestParts<Arc<App>> for Call {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Fault> {
        let caller = Caller::from_request_parts(parts, app).await?;
        Ok(Call::new(caller, key(&parts.headers)?, parts.uri.path(), &[]))
    }
}

impl<T: DeserializeOwned> FromRequest<Arc<App>> for Input<T> {
    type Rejection = Fault;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Fault> {
        let (mut parts, body) = request.into_parts();
        // Who asks comes first: a stranger does not get to send a body.
        let caller = Caller::from_request_parts(&mut parts, app).await?;
        let key = key(&parts.headers)?;
        check_media_type(&parts.headers)?;
        let path = parts.uri.path().to_owned();
        let bytes = whole(parts, body).await?;
        // A body that may be left out is an empty object.
        let text: &[u8] = if bytes.is_empty() { b"{}" } else { &bytes };
        let value = json::read(text)?;
        Ok(Self { call: Call::new(caller, key, &path, &bytes), body: value })
    }
}

impl FromRequest<Arc<App>> for Upload {
    type Rejection = Fault;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Fault> {
        let (mut parts, body) = request.into_parts();
        let caller = Caller::from_request_parts(&mut parts, app).await?;
        let key = key(&parts.headers)?;
        let form = Form::of_body(&parts.headers)?;
        let reply_as = Form::wanted(&parts.headers);
        let path = parts.uri.path().to_owned();
        let bytes = whole(parts, body).await?;
        let call = Call::new(caller, key, &path, &bytes);
        // A workbook is unpacked off the thread that answers others.
        let read = tokio::task::spawn_blocking(move || sheets::read(&bytes, form));
        let sheet = read.await.map_err(|_| Fault::internal())??;
        Ok(Self { call, sheet, reply_as })
    }
}

impl<T: DeserializeOwned> FromRequest<Arc<App>> for Stranger<T> {
    type Rejection = Fault;

    async fn from_request(request: Request, _app: &Arc<App>) -> Result<Self, Fault> {
        let (parts, body) = request.into_parts();
        check_media_type(&parts.headers)?;
        let bytes = whole(parts, body).await?;
        json::read(&bytes).map(Self)
    }
}

impl<T: DeserializeOwned + Send> FromRequestParts<Arc<App>> for Route<T> {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Fault> {
        match Path::<T>::from_request_parts(parts, app).await {
            Ok(Path(value)) => Ok(Self(value)),
            Err(rejection) => {
                let message = format!("the address is not right: {}", rejection.body_text());
                Err(Fault::new(Code::InvalidPath, message.trim_end_matches('.').to_owned()))
            }
        }
    }
}

impl<T: DeserializeOwned> FromRequestParts<Arc<App>> for Search<T> {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Fault> {
        match Query::<T>::from_request_parts(parts, app).await {
            Ok(Query(value)) => Ok(Self(value)),
            Err(rejection) => Err(query_fault(&rejection.body_text())),
        }
    }
}

/// What is wrong with a query, from the framework's `what failed: field: reason`. A word that does
/// not exist is answered with those that do; what was sent is not repeated.
fn query_fault(text: &str) -> Fault {
    let said = text.split_once(": ").map_or(text, |(_, said)| said);
    let is_name = |text: &str| {
        !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    let (field, reason) = match said.split_once(": ") {
        Some((field, reason)) if is_name(field) => (Some(field), reason),
        Some(_) | None => (None, said),
    };
    let reason = json::unquoted(reason.to_owned());
    let quoted = || reason.split('`').nth(1).filter(|name| is_name(name));
    let field = field.or_else(quoted).map(str::to_owned);
    let message = match (&field, reason.strip_prefix("unknown variant, expected ")) {
        (Some(field), Some(known)) => format!("{field} must be {known}"),
        (Some(field), None) if !reason.contains('`') => {
            format!("the query is not right: {field}: {reason}")
        }
        (_, _) => format!("the query is not right: {reason}"),
    };
    let fault = Fault::new(Code::InvalidQuery, message);
    match field {
        Some(field) => fault.about(field),
        None => fault,
    }
}

/// The token of `Authorization: Bearer <token>`.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let header = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = header.and_then(|text| {
        let (scheme, token) = text.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
    });
    token.filter(|token| !token.is_empty())
}

fn key(headers: &HeaderMap) -> Result<Option<Box<str>>, Fault> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    check_key(value.to_str().unwrap_or_default()).map(Some)
}

/// JSON or nothing said; a form from a stranger's page is neither.
fn check_media_type(headers: &HeaderMap) -> Result<(), Fault> {
    let Some(value) = headers.get(header::CONTENT_TYPE) else { return Ok(()) };
    let text = value.to_str().unwrap_or_default();
    let name = text.split(';').next().unwrap_or_default().trim();
    if name.eq_ignore_ascii_case("application/json") {
        return Ok(());
    }
    let message = "the body must be JSON: send Content-Type: application/json";
    Err(Fault::new(Code::UnsupportedMediaType, message))
}

/// The body, if it is not larger than the door takes.
pub(super) async fn whole(parts: Parts, body: Body) -> Result<Bytes, Fault> {
    let request = Request::from_parts(parts, body);
    Bytes::from_request(request, &()).await.map_err(|rejection| match rejection {
        BytesRejection::FailedToBufferBody(FailedToBufferBody::LengthLimitError(_)) => {
            let message = "the body is too large: send less at once";
            Fault::new(Code::BodyTooLarge, message)
        }
        _ => Fault::new(Code::MalformedJson, "the body did not arrive whole: send it again"),
    })
}

#[cfg(test)]
mod tests {
    use axum::http::Uri;
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Colour {
        Red,
        Green,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code)]
    struct Asked {
        colour: Option<Colour>,
        limit: Option<u32>,
    }

    #[test]
    fn a_query_that_is_not_right_names_its_field_and_repeats_nothing() {
        let table = [
            ("colour=13800001234", "colour", "colour must be `red` or `green`"),
            ("colour=a:%20b", "colour", "colour must be `red` or `green`"),
            ("limit=many", "limit", "the query is not right: limit: invalid digit found in string"),
            (
                "size=1",
                "size",
                "the query is not right: unknown field `size`, expected `colour` or `limit`",
            ),
        ];
        for (query, field, message) in table {
            let uri = format!("/x?{query}").parse::<Uri>().unwrap();
            let fault = query_fault(&Query::<Asked>::try_from_uri(&uri).unwrap_err().body_text());
            assert_eq!((fault.field.as_deref(), &*fault.message), (Some(field), message));
        }
    }
}
