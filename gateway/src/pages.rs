//! The web pages, as they are inside this binary.
//!
//! This room hands out files that were built before it and sets the headers that keep them safe
//! in a browser. It makes no page, asks no question of the domain and serves nothing from disk in
//! a release.

use std::sync::{Arc, PoisonError, RwLock};

use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Router};
use rust_embed::{Embed, EmbeddedFile};

/// What `npm run build` left: each file, and beside it the same compressed.
#[derive(Embed)]
#[folder = "web/dist"]
#[allow_missing = true]
struct Built;

/// Nothing but our own files runs, loads or frames these pages; where a provider's map is
/// configured, pictures of its origins are shown beside our own.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    media-src 'self' blob:; font-src 'self'; connect-src 'self'; worker-src 'self'; \
    manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
    img-src 'self' data: blob:";
/// What pages may ask a phone for.
const PERMISSIONS: &str =
    "geolocation=(self), camera=(self), screen-wake-lock=(self), microphone=(), payment=()";
const NOT_BUILT: &str = "The pages are not in this binary. In gateway/web run \
    `npm ci && npm run build`, then build Paidan again. The API works: see /openapi.json\n";
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// The content-security policy of the pages as it is now.
#[derive(Debug, Clone)]
pub(crate) struct PagePolicy(Arc<RwLock<HeaderValue>>);

impl PagePolicy {
    pub fn with(origins: &[String]) -> Self {
        Self(Arc::new(RwLock::new(policy(origins))))
    }

    /// Lets pages show pictures of these origins and of no others.
    pub fn allow(&self, origins: &[String]) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = policy(origins);
    }

    fn now(&self) -> HeaderValue {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// An origin that is none would widen more than it should: then it stays narrow.
fn policy(origins: &[String]) -> HeaderValue {
    let widened = origins.iter().fold(POLICY.to_owned(), |text, origin| text + " " + origin);
    let is_plain = !origins.iter().any(|origin| origin.contains([';', ',', ' ', '*']));
    let widened = is_plain.then(|| HeaderValue::try_from(widened).ok()).flatten();
    widened.unwrap_or(HeaderValue::from_static(POLICY))
}

/// The addresses that people open. What follows the first word is the page's own affair.
pub(crate) fn routes<S: Clone + Send + Sync + 'static>(policy: PagePolicy) -> Router<S> {
    let page = |name: &'static str| {
        let policy = policy.clone();
        get(move |headers: HeaderMap| async move { file(name, &headers, "no-cache", policy.now()) })
    };
    Router::new()
        .route("/", page("index.html"))
        .route("/shop", page("shop.html"))
        .route("/track", page("track.html"))
        .route("/track/{order}", page("track.html"))
        .route("/store", page("store.html"))
        .route("/store/{store}", page("store.html"))
        .route("/courier", page("courier.html"))
        .route("/courier/{courier}", page("courier.html"))
        .route("/hq", page("hq.html"))
        .route("/hq/{*view}", page("hq.html"))
        .route("/courier-worker.js", page("courier-worker.js"))
        .route("/courier.webmanifest", page("courier.webmanifest"))
        .route("/icon.svg", page("icon.svg"))
        .route("/assets/{*path}", get(asset))
        .layer(Extension(policy))
}

/// Assets have a hash of themselves in their names, so that they never change.
async fn asset(
    Extension(policy): Extension<PagePolicy>,
    Path(path): Path<String>,
    headers: HeaderMap,
) -> Response {
    // Names of assets have no folders in them; whatever has is not one of ours.
    if path.contains(['/', '\\']) || path.starts_with('.') {
        return missing(&path);
    }
    file(&format!("assets/{path}"), &headers, FOR_EVER, policy.now())
}

fn file(name: &str, asked: &HeaderMap, cache: &'static str, policy: HeaderValue) -> Response {
    let Some((found, encoding)) = best(name, asked) else {
        return missing(name);
    };
    let tag = format!("\"{}\"", hex(&found.metadata.sha256_hash()));
    let mut answer = if asked.get(header::IF_NONE_MATCH).is_some_and(|known| *known == *tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        found.data.into_response()
    };
    let headers = answer.headers_mut();
    put(headers, header::CONTENT_TYPE, media_type(name));
    put(headers, header::CACHE_CONTROL, cache);
    put(headers, header::VARY, "accept-encoding");
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    put(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    put(headers, header::REFERRER_POLICY, "no-referrer");
    put(headers, header::HeaderName::from_static("permissions-policy"), PERMISSIONS);
    put(headers, header::HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    if let Some(encoding) = encoding {
        put(headers, header::CONTENT_ENCODING, encoding);
    }
    if let Ok(tag) = HeaderValue::try_from(tag) {
        headers.insert(header::ETAG, tag);
    }
    answer
}

fn put(headers: &mut HeaderMap, name: header::HeaderName, value: &'static str) {
    headers.insert(name, HeaderValue::from_static(value));
}

/// Whether a browser reads what is compressed so.
pub(crate) fn accepts(asked: &HeaderMap, encoding: &str) -> bool {
    let accepted = asked.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    accepted.unwrap_or_default().split(',').any(|word| {
        let (name, weight) = word.split_once(';').unwrap_or((word, ""));
        name.trim() == encoding && weight.trim() != "q=0"
    })
}

/// The smallest form of the file that the browser reads.
fn best(name: &str, asked: &HeaderMap) -> Option<(EmbeddedFile, Option<&'static str>)> {
    // Compressed files are an answer's form, not addresses of their own.
    if name.ends_with(".br") || name.ends_with(".gz") {
        return None;
    }
    let forms = [("br", "br"), ("gzip", "gz")];
    let compressed = forms.into_iter().filter(|(encoding, _)| accepts(asked, encoding)).find_map(
        |(encoding, ending)| Some((Built::get(&format!("{name}.{ending}"))?, Some(encoding))),
    );
    compressed.or_else(|| Some((Built::get(name)?, None)))
}

fn missing(name: &str) -> Response {
    if Built::get("index.html").is_none() {
        return (StatusCode::SERVICE_UNAVAILABLE, NOT_BUILT).into_response();
    }
    tracing::debug!(name, "no such file of the pages");
    (StatusCode::NOT_FOUND, "There is no such file\n").into_response()
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "webmanifest" => "application/manifest+json",
        "json" => "application/json",
        _ => "application/octet-stream",
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().take(16).fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_is_widened_by_whole_origins_and_by_nothing_else() {
        let page = PagePolicy::with(&[]);
        assert_eq!(page.now(), POLICY);
        page.allow(&["https://tiles.example:8443".to_owned()]);
        assert_eq!(page.now().to_str().unwrap(), format!("{POLICY} https://tiles.example:8443"));
        for wrong in ["https://a.example; script-src *", "https://*.example", "a b", "a\nb"] {
            page.allow(&[wrong.to_owned()]);
            assert_eq!(page.now(), POLICY, "{wrong}");
        }
    }
}
