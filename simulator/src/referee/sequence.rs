//! Events follow each other without a hole, in the partition and in each entity.

use std::collections::BTreeMap;

use super::verdicts::Verdicts;
use crate::feed::Event;

#[derive(Default)]
pub(super) struct Sequence {
    last: u64,
    entities: BTreeMap<(String, String), u64>,
}

impl Sequence {
    /// The last event of every entity, by kind and id.
    pub fn entities(&self) -> impl Iterator<Item = (&str, &str, u64)> {
        self.entities.iter().map(|((kind, id), seq)| (kind.as_str(), id.as_str(), *seq))
    }

    pub fn see(&mut self, event: &Event, verdicts: &mut Verdicts) {
        let (last, seq) = (self.last, event.seq);
        verdicts.check(seq == last + 1, "no_hole_in_the_feed", event, "feed", || {
            format!("follows {last}")
        });
        self.last = seq;
        let key = (event.entity_kind.clone(), event.entity.clone());
        let last = self.entities.entry(key).or_default();
        let (expected, found) = (*last + 1, event.entity_seq);
        *last = found;
        verdicts.check(found == expected, "no_hole_in_a_history", event, &event.entity, || {
            format!("is number {found} of its entity, expected {expected}")
        });
    }
}
