//! For tests: documents that are almost right.

use std::ops::Range;

use proptest::prelude::*;
use proptest::sample::Index;

/// One byte of a document that is written over, put in or taken out.
#[derive(Debug, Clone)]
pub(crate) struct Edit {
    place: Index,
    kind: Kind,
    byte: u8,
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    Overwrite,
    Insert,
    Remove,
}

pub(crate) fn edits(count: Range<usize>) -> impl Strategy<Value = Vec<Edit>> {
    let kind =
        prop_oneof![2 => Just(Kind::Overwrite), 1 => Just(Kind::Insert), 1 => Just(Kind::Remove)];
    let edit = (any::<Index>(), kind, any::<u8>());
    prop::collection::vec(edit.prop_map(|(place, kind, byte)| Edit { place, kind, byte }), count)
}

pub(crate) fn damaged(document: &[u8], edits: &[Edit]) -> Vec<u8> {
    let mut bytes = document.to_vec();
    for Edit { place, kind, byte } in edits {
        if bytes.is_empty() {
            break;
        }
        let at = place.index(bytes.len());
        match kind {
            Kind::Overwrite => bytes[at] = *byte,
            Kind::Insert => bytes.insert(at, *byte),
            Kind::Remove => drop(bytes.remove(at)),
        }
    }
    bytes
}
