//! An example for every door of the document: those that types bring, and for the others one that is
//! put together from the examples of their parts.
//!
//! It adds to the document only, and never replaces what somebody wrote.

use serde_json::{Map, Value, json};

/// How deep things hold things; deeper ones are left out where they may be.
const DEEPEST: usize = 8;
const SOME_ID: &str = "019ab3c0-0000-7000-8000-000000000001";

/// What fields of these names usually say.
const WORDS: [(&str, &str); 24] = [
    ("address", "武汉市洪山区珞喻路 889 号"),
    ("carrier", "顺丰"),
    ("category", "dairy"),
    ("channel", "app"),
    ("code", "MILK-500"),
    ("display_name", "周师傅"),
    ("external_id", "MT-20261118-1"),
    ("field", "lines[0].quantity"),
    ("key", "k-2026-11-18-1"),
    ("kind", "order"),
    ("message", "the store is closed: choose another one or a later time"),
    ("name", "鲜禾便利·光谷店"),
    ("near", "30.6,114.3"),
    ("note", "asked by telephone"),
    ("number", "SF1234567890"),
    ("phone", "13800001234"),
    ("pickup_code", "402913"),
    ("reason", "does not fit"),
    ("reference", "till-1-20261118-42"),
    ("role", "store_manager"),
    ("status", "open"),
    ("terms", "2026-11"),
    ("time_zone", "Asia/Shanghai"),
    ("what", "photo"),
];

/// Bodies that their types alone do not tell: whole, as somebody would send them, by door.
const BODIES: &str = include_str!("examples.json");

/// Those bodies, read; a test holds each against its schema.
fn bodies() -> Map<String, Value> {
    let mut bodies: Map<String, Value> = serde_json::from_str(BODIES).unwrap_or_default();
    if let Ok(fees) = serde_json::to_value(commerce::QuotePolicy::default()) {
        bodies.insert("PUT /v1/quote-policy".to_owned(), fees);
    }
    bodies
}

/// Gives every body and every parameter an example that has none.
pub fn complete(value: &mut Value) {
    let schemas = value.pointer("/components/schemas").cloned().unwrap_or_default();
    let (maker, bodies) = (Maker { schemas: &schemas }, bodies());
    let paths = value.get_mut("paths").and_then(Value::as_object_mut);
    for (path, item) in paths.into_iter().flatten() {
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            let door = format!("{} {path}", method.to_uppercase());
            let said = operation.pointer_mut("/requestBody/content/application~1json");
            if let (Some(body), Some(said)) = (bodies.get(&door), said) {
                put(said, body.clone());
            }
            maker.operation(operation);
        }
    }
}

struct Maker<'a> {
    schemas: &'a Value,
}

impl Maker<'_> {
    fn operation(&self, operation: &mut Value) {
        if let Some(body) = operation.get_mut("requestBody") {
            self.contents(body);
        }
        let responses = operation.get_mut("responses").and_then(Value::as_object_mut);
        for (status, response) in responses.into_iter().flatten() {
            if status.starts_with('2') {
                self.contents(response);
            }
        }
        let parameters = operation.get_mut("parameters").and_then(Value::as_array_mut);
        for parameter in parameters.into_iter().flatten() {
            let name = parameter.get("name").and_then(Value::as_str).unwrap_or_default();
            let example = match parameter.get("schema") {
                // A name in the address is an id where nothing else is said.
                Some(schema) if is_plain_text(schema) && !has_words(name) => json!(SOME_ID),
                Some(schema) => self.of(schema, name, 0),
                None => json!(SOME_ID),
            };
            put(parameter, example);
        }
    }

    fn contents(&self, holder: &mut Value) {
        let contents = holder.get_mut("content").and_then(Value::as_object_mut);
        for (kind, content) in contents.into_iter().flatten() {
            let Some(schema) = content.get("schema").cloned() else { continue };
            // A picture or a sheet is no text.
            if kind == "application/json" || kind.starts_with("text/") {
                let example = self.of(&schema, "", 0);
                put(content, example);
            }
        }
    }

    /// Something that the schema describes; `name` is the field that holds it.
    fn of(&self, schema: &Value, name: &str, depth: usize) -> Value {
        if let Some(known) = given(schema) {
            return known;
        }
        if let Some(target) = self.target(schema) {
            return self.of(target, name, depth);
        }
        if let Some(parts) = schema.get("allOf").and_then(Value::as_array) {
            return self.all_of(schema, parts, name, depth);
        }
        let choices = ["oneOf", "anyOf"].iter().find_map(|word| schema.get(*word)?.as_array());
        if let Some(choices) = choices {
            let is_something = |choice: &&Value| kind_of(choice) != "null";
            let first = choices.iter().find(is_something);
            return first.map_or(Value::Null, |choice| self.of(choice, name, depth));
        }
        match kind_of(schema) {
            "object" => self.object(schema, depth),
            "array" => self.array(schema, name, depth),
            "string" => text(schema, name),
            "integer" => json!(whole(schema)),
            "number" => json!(whole(schema) as f64),
            "boolean" => json!(true),
            "null" => Value::Null,
            _ if schema.get("properties").is_some() => self.object(schema, depth),
            _ => json!({}),
        }
    }

    fn target(&self, schema: &Value) -> Option<&Value> {
        let name = schema.get("$ref")?.as_str()?.rsplit('/').next()?;
        self.schemas.get(name)
    }

    fn all_of(&self, schema: &Value, parts: &[Value], name: &str, depth: usize) -> Value {
        let mut whole = Map::new();
        for part in parts {
            match self.of(part, name, depth) {
                Value::Object(fields) => whole.extend(fields),
                other => return other,
            }
        }
        if let Value::Object(fields) = self.object(schema, depth) {
            whole.extend(fields);
        }
        Value::Object(whole)
    }

    fn object(&self, schema: &Value, depth: usize) -> Value {
        let required: Vec<&str> = schema
            .get("required")
            .and_then(Value::as_array)
            .map(|names| names.iter().filter_map(Value::as_str).collect())
            .unwrap_or_default();
        let fields = schema.get("properties").and_then(Value::as_object);
        let is_shown = |name: &&String| depth < DEEPEST || required.contains(&name.as_str());
        let fields = fields.into_iter().flatten().filter(|(name, _)| is_shown(name));
        // Required ones cannot hold themselves for ever; what is optional ends at some depth.
        let fields = fields.map(|(name, field)| (name.clone(), self.of(field, name, depth + 1)));
        Value::Object(fields.collect())
    }

    fn array(&self, schema: &Value, name: &str, depth: usize) -> Value {
        if let Some(items) = schema.get("prefixItems").and_then(Value::as_array) {
            return items.iter().map(|item| self.of(item, name, depth + 1)).collect();
        }
        match schema.get("items") {
            Some(items) if depth < DEEPEST && items.is_object() => {
                json!([self.of(items, name, depth + 1)])
            }
            Some(_) | None => json!([]),
        }
    }
}

fn given(schema: &Value) -> Option<Value> {
    let first = |word: &str| schema.get(word)?.as_array()?.first().cloned();
    let said = ["example", "const"].iter().find_map(|word| schema.get(*word).cloned());
    said.or_else(|| first("examples")).or_else(|| first("enum"))
}

fn kind_of(schema: &Value) -> &str {
    match schema.get("type") {
        Some(Value::String(kind)) => kind,
        Some(Value::Array(kinds)) => {
            let mut kinds = kinds.iter().filter_map(Value::as_str);
            kinds.find(|kind| *kind != "null").unwrap_or("null")
        }
        Some(_) | None => "",
    }
}

fn is_plain_text(schema: &Value) -> bool {
    kind_of(schema) == "string" && given(schema).is_none() && schema.get("format").is_none()
}

fn has_words(name: &str) -> bool {
    WORDS.iter().any(|(known, _)| *known == name)
}

fn text(schema: &Value, name: &str) -> Value {
    let format = schema.get("format").and_then(Value::as_str).unwrap_or_default();
    match format {
        "uuid" => json!(SOME_ID),
        "date" => json!("2026-11-18"),
        "date-time" => json!("2026-11-18T10:30:00+08:00"),
        _ => {
            let known = WORDS.iter().find(|(known, _)| *known == name);
            json!(known.map_or("text", |(_, words)| words))
        }
    }
}

/// The least that is allowed, or one.
fn whole(schema: &Value) -> i64 {
    let least = schema.get("minimum").and_then(Value::as_f64).unwrap_or(0.0);
    (least as i64).max(1)
}

/// Leaves what is there.
fn put(holder: &mut Value, example: Value) {
    let Some(holder) = holder.as_object_mut() else { return };
    if !holder.contains_key("example") && !holder.contains_key("examples") {
        holder.insert("example".to_owned(), example);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::kind_of;
    use crate::http::openapi;

    /// What is wrong with a value by its schema, as far as the document uses schemas.
    fn faults(schema: &Value, value: &Value, all: &Value, at: &str) -> Vec<String> {
        if let Some(name) = schema["$ref"].as_str() {
            let name = name.rsplit('/').next().unwrap();
            return faults(&all[name], value, all, at);
        }
        if let Some(parts) = schema["allOf"].as_array() {
            // What one part does not name, another one does.
            let open = |part: &Value| {
                let name = part["$ref"].as_str().and_then(|name| name.rsplit('/').next());
                let mut part = name.map_or(part, |name| &all[name]).clone();
                part["additionalProperties"] = Value::Null;
                part
            };
            return parts.iter().flat_map(|part| faults(&open(part), value, all, at)).collect();
        }
        let choices = ["oneOf", "anyOf"].iter().find_map(|word| schema[*word].as_array());
        if let Some(choices) = choices {
            let fits = choices.iter().any(|choice| faults(choice, value, all, at).is_empty());
            let none = || vec![format!("{at}: {value} is none of its choices")];
            return if fits { Vec::new() } else { none() };
        }
        if let Some(values) = schema["enum"].as_array() {
            let known = values.contains(value);
            return if known {
                Vec::new()
            } else {
                vec![format!("{at}: {value} has no such word")]
            };
        }
        let may_be_null =
            schema["type"].as_array().is_some_and(|kinds| kinds.contains(&"null".into()));
        if value.is_null() && may_be_null {
            return Vec::new();
        }
        let is_right = match kind_of(schema) {
            "object" => value.is_object(),
            "array" => value.is_array(),
            "string" => value.is_string(),
            "integer" => value.is_i64() || value.is_u64(),
            "number" => value.is_number(),
            "boolean" => value.is_boolean(),
            "null" => value.is_null(),
            _ => true,
        };
        if !is_right {
            return vec![format!("{at}: {value} is no {}", kind_of(schema))];
        }
        let mut found = Vec::new();
        if let (Some(least), Some(number)) = (schema["minimum"].as_f64(), value.as_f64())
            && number < least
        {
            found.push(format!("{at}: {number} is below {least}"));
        }
        for name in schema["required"].as_array().into_iter().flatten() {
            let name = name.as_str().unwrap();
            if value.is_object() && value.get(name).is_none() {
                found.push(format!("{at}: {name} is missing"));
            }
        }
        for (name, field) in schema["properties"].as_object().into_iter().flatten() {
            if let Some(value) = value.get(name) {
                found.extend(faults(field, value, all, &format!("{at}.{name}")));
            }
        }
        if schema["additionalProperties"] == Value::Bool(false) {
            for name in value.as_object().into_iter().flat_map(|fields| fields.keys()) {
                if schema["properties"].get(name).is_none() {
                    found.push(format!("{at}: nothing is called {name}"));
                }
            }
        }
        for (number, item) in value.as_array().into_iter().flatten().enumerate() {
            if schema["items"].is_object() {
                found.extend(faults(&schema["items"], item, all, &format!("{at}[{number}]")));
            }
        }
        found
    }

    #[test]
    fn every_door_has_an_example_that_its_schema_allows() {
        let document = serde_json::to_value(openapi()).unwrap();
        let all = &document["components"]["schemas"];
        let mut wrong = Vec::new();
        let mut shown = 0;
        for (path, item) in document["paths"].as_object().unwrap() {
            for (verb, operation) in item.as_object().unwrap() {
                let door = format!("{verb} {path}");
                let success = operation["responses"].as_object().unwrap().iter();
                let success = success.filter(|(status, _)| status.starts_with('2'));
                let bodies = [&operation["requestBody"]];
                let bodies = bodies.into_iter().chain(success.map(|(_, response)| response));
                let mut examples = 0;
                for (kind, content) in
                    bodies.filter_map(|body| body["content"].as_object()).flatten()
                {
                    let at = format!("{door} ({kind})");
                    if content["schema"].is_null() {
                        continue;
                    }
                    if content["example"].is_null() && content["examples"].is_null() {
                        // Pictures and sheets are shown by their name.
                        if kind == "application/json" {
                            wrong.push(format!("{at}: no example"));
                        }
                        continue;
                    }
                    examples += 1;
                    if kind == "application/json" {
                        wrong.extend(faults(&content["schema"], &content["example"], all, &at));
                    }
                }
                let parameters = operation["parameters"].as_array().into_iter().flatten();
                for parameter in parameters {
                    let at = format!("{door} {}", parameter["name"]);
                    if parameter["example"].is_null() {
                        wrong.push(format!("{at}: no example"));
                    } else {
                        let said = &parameter["example"];
                        wrong.extend(faults(&parameter["schema"], said, all, &at));
                    }
                    examples += 1;
                }
                shown += examples;
            }
        }
        assert!(wrong.is_empty(), "{} of {shown}:\n{}", wrong.len(), wrong.join("\n"));
        assert!(shown > 200, "{shown}");
        let doors = document["paths"].as_object().unwrap();
        for door in super::bodies().keys() {
            let (verb, path) = door.split_once(' ').unwrap();
            assert!(!doors[path][verb.to_lowercase()].is_null(), "there is no door {door}");
        }
    }
}
