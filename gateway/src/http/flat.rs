//! Types that hold the fields of another type beside their own, as one object each.
//!
//! The types say "all of this one and of that one". Where one of them takes no field that it does
//! not know, it refuses what the other brings, and no answer would ever be right by the document.

use serde_json::{Map, Value};

/// Writes every "all of" of the document's schemas as one object, as far as its parts are objects.
pub fn complete(document: &mut Value) {
    let schemas = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut);
    let Some(schemas) = schemas else { return };
    let known = schemas.clone();
    for schema in schemas.values_mut() {
        flatten(schema, &known);
    }
}

fn flatten(schema: &mut Value, known: &Map<String, Value>) {
    for word in ["oneOf", "anyOf"] {
        let choices = schema.get_mut(word).and_then(Value::as_array_mut);
        choices.into_iter().flatten().for_each(|choice| flatten(choice, known));
    }
    let Some(object) = schema.as_object_mut() else { return };
    let Some(Value::Array(parts)) = object.remove("allOf") else { return };
    let mut others = Vec::new();
    for part in parts {
        let mut target = target(&part, known).unwrap_or(part);
        flatten(&mut target, known);
        match target.get("properties") {
            Some(_) => take_in(object, &target),
            // Choices, and fields of any name.
            None => others.push(target),
        }
    }
    if !others.is_empty() {
        object.insert("allOf".to_owned(), Value::Array(others));
    }
}

fn target(schema: &Value, known: &Map<String, Value>) -> Option<Value> {
    let name = schema.get("$ref")?.as_str()?.rsplit('/').next()?;
    known.get(name).cloned()
}

/// Adds the fields of a part. What the part alone would refuse is the business of the whole.
fn take_in(whole: &mut Map<String, Value>, part: &Value) {
    whole.entry("type").or_insert_with(|| "object".into());
    let fields = part.get("properties").and_then(Value::as_object);
    let properties = whole.entry("properties").or_insert_with(|| Value::Object(Map::new()));
    if let Value::Object(properties) = properties {
        let fields = fields.into_iter().flatten();
        properties.extend(fields.map(|(name, field)| (name.clone(), field.clone())));
    }
    let names = part.get("required").and_then(Value::as_array);
    let required = whole.entry("required").or_insert_with(|| Value::Array(Vec::new()));
    if let Value::Array(required) = required {
        required.extend(names.into_iter().flatten().cloned());
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_closed_part_no_longer_refuses_what_the_whole_adds() {
        let text = json!({"type": "string"});
        let mut document = json!({"components": {"schemas": {
            "Body": {"type": "object", "required": ["name"], "properties": {"name": text},
                "additionalProperties": false},
            "View": {"description": "A view.", "allOf": [
                {"$ref": "#/components/schemas/Body"},
                {"type": "object", "required": ["id"], "properties": {"id": text}},
            ]},
            "Choice": {"oneOf": [{"allOf": [
                {"$ref": "#/components/schemas/View"},
                {"type": "object", "properties": {"kind": text}},
            ]}]},
        }}});
        complete(&mut document);
        let schemas = &document["components"]["schemas"];
        assert_eq!(schemas["Body"]["additionalProperties"], json!(false));
        let view = json!({"description": "A view.", "type": "object", "required": ["name", "id"],
            "properties": {"id": text, "name": text}});
        assert_eq!(schemas["View"], view);
        let choice = json!({"type": "object", "required": ["name", "id"],
            "properties": {"id": text, "kind": text, "name": text}});
        assert_eq!(schemas["Choice"]["oneOf"][0], choice);
    }

    #[test]
    fn what_is_no_plain_object_stays_beside_the_fields() {
        let choices = json!({"oneOf": [{"type": "object", "properties": {"a": {}}}]});
        let mut document = json!({"components": {"schemas": {
            "Choices": choices,
            "Whole": {"allOf": [{"$ref": "#/components/schemas/Choices"},
                {"type": "object", "properties": {"b": {}}}]},
        }}});
        complete(&mut document);
        let whole = &document["components"]["schemas"]["Whole"];
        assert_eq!(whole["allOf"], json!([choices]));
        assert_eq!(whole["properties"], json!({"b": {}}));
    }
}
