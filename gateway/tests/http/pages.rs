//! The pages as they are handed out, whether they were built or not, and the streets of their maps.

use axum::http::{Request, header};
use serde_json::json;

use super::given::Given;

const PAGES: [&str; 8] =
    ["/", "/shop", "/track", "/track/x", "/store", "/courier/x", "/hq", "/hq/orders/x"];

#[tokio::test]
async fn a_page_is_safe_or_says_how_it_is_built() {
    let given = Given::empty("").await;
    for path in PAGES {
        let (head, body) = given.whole(Request::get("/"), path, String::new()).await;
        let text = String::from_utf8_lossy(&body);
        if head.status.as_u16() == 503 {
            assert!(text.contains("npm ci && npm run build"), "{text}");
            continue;
        }
        assert_eq!(head.status.as_u16(), 200, "{path}");
        let policy = head.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.contains("script-src 'self';") && !policy.contains("unsafe"), "{policy}");
        assert_eq!(head.headers[header::CACHE_CONTROL], "no-cache");
        assert!(!text.contains("<script>") && !text.contains("style="), "{path}: {text}");
        let again = Request::get("/").header("if-none-match", &head.headers[header::ETAG]);
        assert_eq!(given.whole(again, path, String::new()).await.0.status.as_u16(), 304);
        let small = Request::get("/").header("accept-encoding", "gzip, br;q=0");
        let (head, _) = given.whole(small, path, String::new()).await;
        assert_eq!(head.headers[header::CONTENT_ENCODING], "gzip");
    }
    for path in ["/assets/none.js", "/assets/../index.html", "/assets/..%2Findex.html"] {
        let (head, _) = given.whole(Request::get("/"), path, String::new()).await;
        assert!([404, 503].contains(&head.status.as_u16()), "{path}");
    }
}

#[tokio::test]
async fn streets_are_laid_by_headquarters_and_seen_by_all() {
    let mut given = Given::shop().await;
    given
        .ask(axum::http::Method::GET, "/v1/streets", None, None, String::new())
        .await
        .refused(404, "not_found");
    let streets =
        json!({"type": "FeatureCollection", "features": [], "attribution": "某图 审图号"});
    let refused = given.hq_put("/v1/streets", json!({"type": "Feature", "features": []})).await;
    refused.refused(422, "invalid_value");
    let refused = given
        .ask(axum::http::Method::PUT, "/v1/streets", Some(&given.app), None, streets.to_string())
        .await;
    refused.refused(403, "forbidden");
    given.hq_put("/v1/streets", streets.clone()).await.ok();
    given.restart().await;
    let seen = given.ask(axum::http::Method::GET, "/v1/streets", None, None, String::new()).await;
    assert_eq!(seen.ok(), streets);
}
