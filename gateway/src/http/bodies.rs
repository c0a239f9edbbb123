//! What the doors of documents share: whose document a body is, one at a time or many at once.

use crate::wire::fault::{Code, Fault};

/// A body may repeat the id of its address, and name no other.
pub(super) fn check_own<I: PartialEq>(address: &I, named: Option<&I>) -> Result<(), Fault> {
    let is_own = named.is_none_or(|named| named == address);
    let message = "id must be the one in the address, or absent";
    is_own.then_some(()).ok_or_else(|| Fault::invalid("id", message))
}

/// Bodies with the ids they name: each names one, and there are `most` at most. `what` is one of
/// them, as in "name the store".
pub(super) fn named<I, B>(
    bodies: Vec<B>,
    most: usize,
    what: &str,
    id_of: impl Fn(&B) -> Option<I>,
) -> Result<Vec<(I, B)>, Fault> {
    if bodies.len() > most {
        return Err(Fault::invalid("id", format!("send at most {most} {what}s at once")));
    }
    let named = bodies.into_iter().enumerate().map(|(index, body)| match id_of(&body) {
        Some(id) => Ok((id, body)),
        None => {
            let message = format!("[{index}].id is missing: name the {what}");
            Err(Fault::new(Code::MissingField, message).about(format!("[{index}].id")))
        }
    });
    named.collect()
}
