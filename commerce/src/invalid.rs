//! What is wrong with a value that headquarters, a store or a partner sent.

/// One field that cannot be accepted: which, what was given, and what would be accepted instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field} cannot be {given}: {cure}")]
pub struct Invalid {
    /// Its path, such as `delivery.base`.
    pub field: String,
    /// The value as given, quoted and cut to 60 characters so that an error stays readable.
    pub given: String,
    pub cure: String,
}

/// How much of a given value an error repeats.
const SHOWN_CHARACTERS: usize = 60;

impl Invalid {
    pub(crate) fn text(field: &'static str, given: &str, cure: impl Into<String>) -> Self {
        let shown: String = given.chars().take(SHOWN_CHARACTERS).collect();
        let cut = if shown.len() < given.len() { "…" } else { "" };
        Self { field: field.into(), given: format!("{shown:?}{cut}"), cure: cure.into() }
    }

    pub(crate) fn value(
        field: &'static str,
        given: impl ToString,
        cure: impl Into<String>,
    ) -> Self {
        Self { field: field.into(), given: given.to_string(), cure: cure.into() }
    }

    /// The same, said of a field inside `outer`.
    pub(crate) fn inside(self, outer: &str) -> Self {
        Self { field: format!("{outer}.{}", self.field), ..self }
    }
}

/// A text people read: not blank, not longer than `longest` characters, no control characters.
pub(crate) fn check_words(field: &'static str, given: &str, longest: usize) -> Result<(), Invalid> {
    let is_blank = given.trim().is_empty();
    let is_long = given.chars().nth(longest).is_some();
    if is_blank || is_long || given.chars().any(char::is_control) {
        let cure = format!("give 1 to {longest} characters, without line breaks or tabs");
        return Err(Invalid::text(field, given, cure));
    }
    Ok(())
}

/// A text machines compare: 1 to `longest` visible ASCII characters.
pub(crate) fn check_code(field: &'static str, given: &str, longest: usize) -> Result<(), Invalid> {
    let is_short_enough = (1..=longest).contains(&given.len());
    if is_short_enough && given.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(());
    }
    let cure = format!("give 1 to {longest} visible ASCII characters, without spaces");
    Err(Invalid::text(field, given, cure))
}
