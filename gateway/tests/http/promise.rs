//! What the document of the API promises, held against every answer that these tests get, by a
//! validator of JSON Schema that is not ours.

use std::collections::BTreeMap;
use std::sync::{Mutex, OnceLock, PoisonError};

use axum::http::Method;
use jsonschema::Validator;
use serde_json::{Map, Value, json};

/// The document, and the validators that were needed so far.
struct Promise {
    paths: Map<String, Value>,
    schemas: Value,
    validators: Mutex<BTreeMap<String, Validator>>,
}

fn promise() -> &'static Promise {
    static PROMISE: OnceLock<Promise> = OnceLock::new();
    PROMISE.get_or_init(|| {
        let mut document = serde_json::to_value(gateway::http::openapi()).unwrap();
        let mut schemas = document["components"]["schemas"].take();
        schemas.as_object_mut().unwrap().values_mut().for_each(close);
        let paths = document["paths"].as_object().unwrap().clone();
        Promise { paths, schemas, validators: Mutex::default() }
    })
}

/// An answer with a field that the document does not know is not as promised either.
fn close(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            // Of a whole, the parts know their own fields only; the whole says that there are no more.
            let inner = fields.iter_mut().filter(|(word, _)| *word != "allOf");
            inner.for_each(|(_, field)| close(field));
            let is_object = fields.get("properties").is_some_and(Value::is_object)
                && fields.get("type").is_some();
            if is_object && !fields.contains_key("additionalProperties") {
                fields.insert("unevaluatedProperties".to_owned(), json!(false));
            }
        }
        Value::Array(parts) => parts.iter_mut().for_each(close),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The address as the document has it, the one with the fewest parameters first.
fn template<'p>(paths: &'p Map<String, Value>, asked: &str) -> Option<&'p str> {
    let asked: Vec<&str> = asked.split('/').collect();
    let fits = |known: &&str| {
        let parts: Vec<&str> = known.split('/').collect();
        let same = |(part, text): (&&str, &&str)| part.starts_with('{') || part == text;
        parts.len() == asked.len() && parts.iter().zip(&asked).all(same)
    };
    let known = paths.keys().map(String::as_str).filter(fits);
    known.min_by_key(|known| known.matches('{').count())
}

impl Promise {
    /// What is wrong with a body by a schema of the document.
    fn faults(&self, name: &str, schema: &Value, body: &Value) -> Vec<String> {
        let mut validators = self.validators.lock().unwrap_or_else(PoisonError::into_inner);
        let validator = validators.entry(name.to_owned()).or_insert_with(|| {
            let whole = json!({"allOf": [schema], "components": {"schemas": self.schemas}});
            jsonschema::validator_for(&whole).unwrap()
        });
        let told = validator.iter_errors(body);
        told.map(|fault| format!("{}: {fault}", fault.instance_path())).collect()
    }
}

/// Fails where an answer is not what the document says of it.
pub fn hold(method: &Method, address: &str, status: u16, is_json: bool, bytes: &[u8]) {
    let path = address.split('?').next().unwrap();
    let promise = promise();
    let Some(template) = template(&promise.paths, path) else {
        // Pages, and the document itself.
        assert!(status >= 400 || !path.starts_with("/v1/"), "{method} {path} is not documented");
        return;
    };
    let name = format!("{method} {template} {status}");
    let responses = &promise.paths[template][method.as_str().to_lowercase()]["responses"];
    let mut known = &responses[status.to_string()];
    if known.is_null() && status >= 400 {
        known = if responses.is_null() { &Value::Null } else { &responses["default"] };
        // Such as a method that the address does not know.
        if known.is_null() {
            return;
        }
    }
    assert!(!known.is_null(), "{name} is not documented");
    if !is_json || bytes.is_empty() {
        return;
    }
    let schema = &known["content"]["application/json"]["schema"];
    assert!(!schema.is_null(), "{name} has a body that is not documented");
    let body: Value = serde_json::from_slice(bytes).unwrap();
    let faults = promise.faults(&name, schema, &body);
    assert!(faults.is_empty(), "{name} is not as promised: {faults:#?}\n{body:#}");
}

#[test]
fn every_example_is_what_the_document_promises() {
    let promise = promise();
    let mut wrong = Vec::new();
    let mut held = 0;
    for (path, item) in &promise.paths {
        for (method, operation) in item.as_object().unwrap() {
            let responses = operation["responses"].as_object().into_iter().flatten();
            let bodies = responses.map(|(status, body)| (status.as_str(), body));
            for (part, body) in bodies.chain([("body", &operation["requestBody"])]) {
                let content = &body["content"]["application/json"];
                let (schema, example) = (&content["schema"], &content["example"]);
                if schema.is_null() || example.is_null() {
                    continue;
                }
                held += 1;
                let name = format!("{method} {path} {part}");
                let faults = promise.faults(&name, schema, example);
                wrong.extend(faults.into_iter().map(|fault| format!("{name} {fault}")));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {held}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(held > 200, "{held}");
}

#[test]
fn a_document_of_the_whole_house_is_one_that_a_validator_reads() {
    let promise = promise();
    for name in promise.schemas.as_object().unwrap().keys() {
        let whole = json!({"$ref": format!("#/components/schemas/{name}"),
            "components": {"schemas": promise.schemas}});
        assert!(jsonschema::validator_for(&whole).is_ok(), "{name}");
    }
}
