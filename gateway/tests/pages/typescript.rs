//! From the schemas of an API document to types of TypeScript.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

const HEAD: &str = "// The types of the wire, written from the server's own by\n\
    // `UPDATE=1 cargo test -p gateway --test pages`; a test fails when this file is stale.\n";
const WIDTH: usize = 110;

/// One module with a type for every schema, in the order of their names.
pub fn module(schemas: &BTreeMap<String, Value>) -> String {
    let types = schemas.iter().map(|(name, schema)| {
        let name = name.replace('.', "_");
        format!("\n{}export type {name} = {};\n", comment(schema, ""), of(schema, ""))
    });
    HEAD.chars().chain(types.collect::<String>().chars()).collect()
}

fn comment(schema: &Value, indent: &str) -> String {
    let Some(text) = schema["description"].as_str() else { return String::new() };
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let last = lines.last_mut().unwrap();
        if !last.is_empty() && indent.len() + last.chars().count() + word.chars().count() > WIDTH {
            lines.push(word.to_owned());
        } else {
            if !last.is_empty() {
                last.push(' ');
            }
            last.push_str(word);
        }
    }
    match lines.as_slice() {
        [one] => format!("{indent}/** {one} */\n"),
        many => {
            let many: String = many.iter().map(|line| format!("{indent} * {line}\n")).collect();
            format!("{indent}/**\n{many}{indent} */\n")
        }
    }
}

/// The type that a schema describes.
fn of(schema: &Value, indent: &str) -> String {
    if let Some(reference) = schema["$ref"].as_str() {
        return reference.rsplit('/').next().unwrap().replace('.', "_");
    }
    for (word, joint) in [("oneOf", " | "), ("anyOf", " | "), ("allOf", " & ")] {
        if let Some(parts) = schema[word].as_array() {
            let parts: Vec<_> = parts.iter().map(|part| wrapped(&of(part, indent))).collect();
            return parts.join(joint);
        }
    }
    if let Some(values) = schema["enum"].as_array() {
        return values.iter().map(literal).collect::<Vec<_>>().join(" | ");
    }
    match &schema["type"] {
        Value::Array(kinds) => {
            let kinds = kinds.iter().map(|kind| {
                let mut one = schema.clone();
                one["type"] = kind.clone();
                wrapped(&of(&one, indent))
            });
            kinds.collect::<Vec<_>>().join(" | ")
        }
        Value::String(kind) => named(kind, schema, indent),
        _ => "unknown".to_owned(),
    }
}

fn named(kind: &str, schema: &Value, indent: &str) -> String {
    match kind {
        "string" => "string".to_owned(),
        "integer" | "number" => "number".to_owned(),
        "boolean" => "boolean".to_owned(),
        "null" => "null".to_owned(),
        "array" => format!("{}[]", wrapped(&of(&schema["items"], indent))),
        "object" => object(schema, indent),
        other => panic!("no type for {other}"),
    }
}

fn object(schema: &Value, indent: &str) -> String {
    let none = Map::new();
    let properties = schema["properties"].as_object().unwrap_or(&none);
    if properties.is_empty() {
        return "Record<string, unknown>".to_owned();
    }
    let required = schema["required"].as_array().cloned().unwrap_or_default();
    let inner = format!("{indent}  ");
    let fields = properties.iter().map(|(name, property)| {
        let mark = if required.iter().any(|known| known == name) { "" } else { "?" };
        format!("{}{inner}{name}{mark}: {};\n", comment(property, &inner), of(property, &inner))
    });
    format!("{{\n{}{indent}}}", fields.collect::<String>())
}

/// In brackets where a sign beside it would read otherwise.
fn wrapped(text: &str) -> String {
    let is_joined = text.contains(" | ") || text.contains(" & ");
    let is_one_object = text.starts_with('{') && !text.contains("} | {");
    if is_joined && !is_one_object { format!("({text})") } else { text.to_owned() }
}

fn literal(value: &Value) -> String {
    match value {
        Value::String(text) => format!("'{text}'"),
        other => other.to_string(),
    }
}
