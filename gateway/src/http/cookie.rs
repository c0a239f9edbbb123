//! The session cookie of a browser: one for each screen, so that one browser can hold several.

use axum::http::{HeaderMap, HeaderValue, header};

use crate::config::Config;

/// A page names its screen with each request. No form and no foreign page can send this header,
/// so a cookie alone does nothing.
const SCREEN: &str = "paidan-screen";
const SCREENS: [&str; 4] = ["store", "courier", "hq", "shop"];

/// The screen that the request comes from, if it is one of ours.
pub fn screen(headers: &HeaderMap) -> Option<&'static str> {
    let named = headers.get(SCREEN)?.to_str().ok()?;
    SCREENS.into_iter().find(|screen| *screen == named)
}

/// The token in the cookie of the request's screen.
pub fn session(headers: &HeaderMap) -> Option<&str> {
    let name = format!("paidan_{}", screen(headers)?);
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let pairs = cookies.flat_map(|text| text.split(';')).filter_map(|pair| pair.split_once('='));
    pairs
        .map(|(name, value)| (name.trim(), value.trim()))
        .find_map(|(known, value)| (known == name && !value.is_empty()).then_some(value))
}

/// Whether the browser speaks TLS, with this server or with a proxy in front, which then says so.
/// Who claims it without cause only keeps a cookie from itself.
pub fn is_secure(config: &Config, headers: &HeaderMap) -> bool {
    let proto = headers.get("x-forwarded-proto").and_then(|value| value.to_str().ok());
    config.tls.is_some() || proto == Some("https")
}

/// The header that gives the cookie to a browser for so many seconds; 0 takes it away.
pub fn set(is_secure: bool, screen: &str, token: &str, life_s: u32) -> Option<HeaderValue> {
    let secure = if is_secure { "; Secure" } else { "" };
    let text = format!(
        "paidan_{screen}={token}; Path=/; HttpOnly; SameSite=Strict; Max-Age={life_s}{secure}"
    );
    HeaderValue::try_from(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let pairs = pairs.iter().map(|(name, value)| {
            (header::HeaderName::from_static(name), HeaderValue::from_static(value))
        });
        pairs.collect()
    }

    #[test]
    fn a_cookie_counts_only_for_the_screen_that_is_named() {
        let cookies = "other=1; paidan_store=pd_a; paidan_hq=pd_b";
        assert_eq!(session(&headers(&[("cookie", cookies)])), None);
        let asked = headers(&[("cookie", cookies), ("paidan-screen", "hq")]);
        assert_eq!(session(&asked), Some("pd_b"));
        let asked = headers(&[("cookie", cookies), ("paidan-screen", "courier")]);
        assert_eq!(session(&asked), None);
        let asked = headers(&[("cookie", cookies), ("paidan-screen", "store; x")]);
        assert_eq!(session(&asked), None);
    }

    #[test]
    fn the_cookie_is_secure_behind_tls() {
        let config = Config::from_toml("").unwrap();
        let set = |asked: &HeaderMap| set(is_secure(&config, asked), "hq", "pd_b", 60);
        let plain = set(&headers(&[])).unwrap();
        assert!(!plain.to_str().unwrap().contains("Secure"));
        let behind = headers(&[("x-forwarded-proto", "https")]);
        let text = set(&behind).unwrap();
        for part in ["paidan_hq=pd_b", "HttpOnly", "SameSite=Strict", "Max-Age=60", "Secure"] {
            assert!(text.to_str().unwrap().contains(part), "{part}");
        }
    }
}
