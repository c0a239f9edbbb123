//! A plain HTTP client with a token: what a channel's own software would be.

use std::time::Duration;

use serde_json::Value;

/// Status and body of an answer, whatever the status.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    pub status: u16,
    pub body: Value,
}

#[derive(Debug, Clone)]
pub struct Client {
    agent: ureq::Agent,
    base: String,
    token: Option<String>,
}

/// The connection ended before an answer came: what was asked may or may not have happened.
#[derive(Debug, Clone)]
pub struct Unknown;

impl Client {
    pub fn new(base: &str, token: Option<&str>) -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(20)))
            .build();
        Self { agent: config.into(), base: base.into(), token: token.map(Into::into) }
    }

    pub fn with_token(&self, token: &str) -> Self {
        Self { token: Some(token.into()), ..self.clone() }
    }

    /// The same caller at another server.
    pub fn at(&self, base: &str) -> Self {
        Self { base: base.into(), ..self.clone() }
    }

    pub fn base(&self) -> &str {
        &self.base
    }

    pub fn get(&self, path: &str) -> Answer {
        self.try_get(path).unwrap()
    }

    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.try_send("POST", path, None, &body.to_string()).unwrap()
    }

    pub fn delete(&self, path: &str) -> Answer {
        self.try_delete(path).unwrap()
    }

    pub fn try_delete(&self, path: &str) -> Result<Answer, Unknown> {
        let mut request = self.agent.delete(format!("{}{path}", self.base));
        if let Some(token) = &self.token {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        answer(request.call())
    }

    pub fn put(&self, path: &str, body: &Value) -> Answer {
        self.try_send("PUT", path, None, &body.to_string()).unwrap()
    }

    /// With an idempotency key, as a careful client does.
    pub fn post_once(&self, path: &str, key: &str, body: &Value) -> Answer {
        self.try_send("POST", path, Some(key), &body.to_string()).unwrap()
    }

    pub fn try_get(&self, path: &str) -> Result<Answer, Unknown> {
        let mut request = self.agent.get(format!("{}{path}", self.base));
        if let Some(token) = &self.token {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        answer(request.call())
    }

    pub fn try_send(
        &self,
        method: &str,
        path: &str,
        key: Option<&str>,
        body: &str,
    ) -> Result<Answer, Unknown> {
        let url = format!("{}{path}", self.base);
        let mut request = if method == "PUT" { self.agent.put(url) } else { self.agent.post(url) };
        if let Some(token) = &self.token {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        if let Some(key) = key {
            request = request.header("Idempotency-Key", key);
        }
        answer(request.header("Content-Type", "application/json").send(body))
    }
}

impl Answer {
    /// The body of a success; anything else stops the test with what the server said.
    pub fn ok(self) -> Value {
        assert!((200..300).contains(&self.status), "{}: {}", self.status, self.body);
        self.body
    }

    /// Whether it leaves open what became of the request: to be asked again with the same key.
    pub fn is_open(&self) -> bool {
        [421, 503, 504].contains(&self.status)
    }

    pub fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or("")
    }
}

fn answer(
    result: Result<ureq::http::Response<ureq::Body>, ureq::Error>,
) -> Result<Answer, Unknown> {
    let mut response = result.map_err(|_| Unknown)?;
    let status = response.status().as_u16();
    let text = response.body_mut().read_to_string().map_err(|_| Unknown)?;
    let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
    Ok(Answer { status, body })
}
