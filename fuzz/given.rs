//! What is right, for a target's mutations to start from, as far as the program itself knows it.

use std::path::PathBuf;

use serde_json::Value;

/// Writes seeds into the folder that the script names, before anything is read from there.
pub fn sow(seeds: impl IntoIterator<Item = Vec<u8>>) {
    let Some(folder) = std::env::var_os("FUZZ_SEEDS").map(PathBuf::from) else { return };
    for (number, seed) in seeds.into_iter().enumerate() {
        std::fs::write(folder.join(format!("given-{number}")), seed)
            .expect("a seed can be written");
    }
}

/// One door of the API's document, with its examples.
pub struct Door {
    pub method: String,
    /// With its places in braces.
    pub path: String,
    /// What stands in each of them.
    pub places: Vec<String>,
    pub query: String,
    pub body: Option<Body>,
}

pub struct Body {
    /// In the document, where it has a name there.
    pub name: Option<String>,
    pub media_type: String,
    pub bytes: Vec<u8>,
}

/// All doors, in the order of the document.
pub fn doors() -> Vec<Door> {
    let document = serde_json::to_value(gateway::http::openapi()).expect("a document");
    let mut doors = Vec::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            doors.push(door(path, method, operation));
        }
    }
    doors
}

fn door(path: &str, method: &str, operation: &Value) -> Door {
    let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
    let example = |parameter: &Value| match &parameter["example"] {
        Value::String(text) => text.clone(),
        value => value.to_string(),
    };
    let of = |kind: &'static str| parameters.iter().filter(move |known| known["in"] == kind);
    let queries = of("query")
        .map(|known| format!("{}={}", known["name"].as_str().unwrap_or_default(), example(known)));
    let contents = operation["requestBody"]["content"].as_object();
    let body =
        contents.and_then(|contents| contents.iter().next()).map(|(media_type, content)| Body {
            name: name_of(&content["schema"]),
            media_type: media_type.clone(),
            bytes: match &content["example"] {
                Value::String(text) => text.clone().into_bytes(),
                value => value.to_string().into_bytes(),
            },
        });
    Door {
        method: method.to_uppercase(),
        path: path.to_owned(),
        places: of("path").map(example).collect(),
        query: queries.collect::<Vec<_>>().join("&"),
        body,
    }
}

fn name_of(schema: &Value) -> Option<String> {
    let (reference, suffix) = match schema["items"]["$ref"].as_str() {
        Some(reference) => (reference, "List"),
        None => (schema["$ref"].as_str()?, ""),
    };
    Some(format!("{}{suffix}", reference.rsplit('/').next()?))
}
