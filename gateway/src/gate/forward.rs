//! Requests that the gateway does not answer itself go to the server of the city as they are.

use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::Response;

use super::house::GateHouse;
use crate::wire::fault::{Code, Fault};

/// Between two neighbours only, by RFC 9110, section 7.6.1.
const FOR_THIS_HOP: [HeaderName; 7] = [
    header::CONNECTION,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
    header::PROXY_AUTHENTICATE,
    header::PROXY_AUTHORIZATION,
];

pub(super) async fn pass_on(
    Extension(house): Extension<Arc<GateHouse>>,
    mut request: Request,
) -> Result<Response, Fault> {
    if request.uri().path().starts_with("/v1/relay") {
        // Between us and the server behind; nobody else's affair.
        let message = "there is no such address: look at /openapi.json";
        return Err(Fault::new(Code::NoSuchAddress, message));
    }
    without_hop(request.headers_mut());
    let answer = house.core.pass_on(request).await?;
    let mut answer = answer.map(Body::new);
    without_hop(answer.headers_mut());
    Ok(answer)
}

/// The server behind hears by which road the browser came: its cookies depend on it.
pub(super) fn came_by_tls(mut request: Request) -> Request {
    let https = HeaderValue::from_static("https");
    request.headers_mut().insert(HeaderName::from_static("x-forwarded-proto"), https);
    request
}

fn without_hop(headers: &mut HeaderMap) {
    let named: Vec<HeaderName> = headers
        .get_all(header::CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .collect();
    for name in named.iter().chain(&FOR_THIS_HOP) {
        headers.remove(name);
    }
    headers.remove("keep-alive");
}
