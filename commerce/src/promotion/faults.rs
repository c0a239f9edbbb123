//! Everything that is wrong with a document, so that it is put right in one go.

use crate::invalid::Invalid;

#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<Invalid>);

impl Faults {
    /// Keeps what a check of one field says.
    pub fn note(&mut self, checked: Result<(), Invalid>) {
        self.0.extend(checked.err());
    }

    /// The same, said of a field inside `outer`.
    pub fn note_inside(&mut self, outer: &str, checked: Result<(), Invalid>) {
        self.note(checked.map_err(|invalid| invalid.inside(outer)));
    }

    pub fn refuse(
        &mut self,
        field: impl Into<String>,
        given: impl ToString,
        cure: impl Into<String>,
    ) {
        self.0.push(Invalid { field: field.into(), given: given.to_string(), cure: cure.into() });
    }

    pub fn outcome(self) -> Result<(), Vec<Invalid>> {
        if self.0.is_empty() { Ok(()) } else { Err(self.0) }
    }
}
