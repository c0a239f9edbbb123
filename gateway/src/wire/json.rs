//! Reading JSON so that a mistake names its field and says what to do.

use serde::de::{DeserializeOwned, IgnoredAny};

use super::fault::{Code, Fault};

/// Characters of what is said about a body: a list of all that is expected has room in it.
const LONGEST_SENTENCE: usize = 4_000;

/// The value in a body. The common case is read once; only a mistake is read again for its path.
pub fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Fault> {
    match serde_json::from_slice(body) {
        Ok(value) => Ok(value),
        Err(error) => Err(explain::<T>(body, &error)),
    }
}

fn explain<T: DeserializeOwned>(body: &[u8], error: &serde_json::Error) -> Fault {
    // A text that is no JSON at all is told so first, whatever its beginning says.
    if let Err(error) = serde_json::from_slice::<IgnoredAny>(body) {
        return Fault::new(Code::MalformedJson, format!("the body is not JSON: {error}"));
    }
    let mut reader = serde_json::Deserializer::from_slice(body);
    let path = match serde_path_to_error::deserialize::<_, T>(&mut reader) {
        Ok(_) => String::new(),
        Err(error) => short(error.path().to_string()),
    };
    let text = short(unquoted(said(error)));
    let quoted = text.split('`').nth(1).unwrap_or_default();
    if text.starts_with("unknown field") {
        return Fault::new(Code::UnknownField, text.clone()).about(joined(&path, quoted));
    }
    if text.starts_with("missing field") {
        let message = format!("{text}: add it");
        return Fault::new(Code::MissingField, message).about(joined(&path, quoted));
    }
    match path.as_str() {
        "" | "." => Fault::new(Code::InvalidValue, text),
        path => Fault::invalid(path, format!("{path}: {text}")),
    }
}

/// Without the text that was sent: it may be a name or a phone in the wrong place, and what is refused
/// ends in the logs of whoever asked. The field says where it stands.
pub(crate) fn unquoted(text: String) -> String {
    let Some(expected) = text.rfind(", expected ") else { return text };
    let (told, expected) = text.split_at(expected);
    let kinds = ["invalid type: string", "invalid value: string", "unknown variant"];
    match kinds.into_iter().find(|kind| told.starts_with(kind)) {
        Some(kind) => format!("{kind}{expected}"),
        None => text,
    }
}

/// What is quoted of a body may be the whole body, and an answer is for people.
fn short(mut text: String) -> String {
    if let Some((end, _)) = text.char_indices().nth(LONGEST_SENTENCE) {
        text.truncate(end);
        text.push('…');
    }
    text
}

/// The path of a field that stands within another; the path may name the field already.
fn joined(path: &str, field: &str) -> String {
    match path {
        "" | "." => field.to_owned(),
        path if path == field || path.ends_with(&format!(".{field}")) => path.to_owned(),
        path => format!("{path}.{field}"),
    }
}

/// The sentence without the place in the text, which the field says better.
fn said(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let end = text.rfind(" at line ").unwrap_or(text.len());
    text.get(..end).unwrap_or(&text).to_owned()
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use vocabulary::Quantity;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code)]
    struct Outer {
        name: String,
        lines: Vec<Inner>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code)]
    struct Inner {
        quantity: Quantity,
    }

    #[test]
    fn a_refusal_repeats_no_text_that_was_sent() {
        let table = [
            (
                r#"{"name":"a","lines":"13800001234"}"#,
                "lines: invalid type: string, expected a sequence",
            ),
            (
                r#"{"name":"a","lines":["13800001234, expected x"]}"#,
                "lines[0]: invalid type: string, expected struct Inner",
            ),
        ];
        for (body, message) in table {
            assert_eq!(read::<Outer>(body.as_bytes()).unwrap_err().message, message);
        }
    }

    #[test]
    fn every_mistake_names_its_field() {
        let table = [
            ("{", Code::MalformedJson, None),
            ("{}x", Code::MalformedJson, None),
            (r#"{"name":"a","lines":[]}x"#, Code::MalformedJson, None),
            (r#"{"nme":"a"}"#, Code::UnknownField, Some("nme")),
            (r#"{"name":"a"}"#, Code::MissingField, Some("lines")),
            (r#"{"name":1,"lines":[]}"#, Code::InvalidValue, Some("name")),
            (
                r#"{"name":"a","lines":[{"quantity":-1}]}"#,
                Code::InvalidValue,
                Some("lines[0].quantity"),
            ),
            (
                r#"{"name":"a","lines":[{"quantity":100000}]}"#,
                Code::InvalidValue,
                Some("lines[0].quantity"),
            ),
            (r#"{"name":"a","lines":[{}]}"#, Code::MissingField, Some("lines[0].quantity")),
            (
                r#"{"name":"a","lines":[{"quantity":1,"x":2}]}"#,
                Code::UnknownField,
                Some("lines[0].x"),
            ),
            ("[]", Code::InvalidValue, None),
        ];
        for (body, code, field) in table {
            let fault = read::<Outer>(body.as_bytes()).unwrap_err();
            assert_eq!((fault.code, fault.field.as_deref()), (code, field), "{body}: {fault:?}");
        }
    }
}
