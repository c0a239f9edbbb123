//! Texts about people that may stand nowhere outside the table that keeps them sealed.

use std::collections::{BTreeMap, BTreeSet};

use super::findings::Findings;

/// In bytes: a phone. A shorter text stands in the name of a dish sooner or later.
const SHORTEST: usize = 11;

/// What is looked for, by its first two characters.
pub struct Canaries {
    by_beginning: BTreeMap<(char, char), BTreeSet<String>>,
    count: usize,
    /// Rows that were searched.
    looks: u64,
    found: Vec<(String, String, usize)>,
}

impl Canaries {
    pub fn new(texts: impl Iterator<Item = String>) -> Self {
        let mut by_beginning: BTreeMap<(char, char), BTreeSet<String>> = BTreeMap::new();
        for text in texts.filter(|text| text.len() >= SHORTEST) {
            let mut characters = text.chars();
            if let (Some(first), Some(second)) = (characters.next(), characters.next()) {
                by_beginning.entry((first, second)).or_default().insert(text);
            }
        }
        let count = by_beginning.values().map(BTreeSet::len).sum();
        Self { by_beginning, count, looks: 0, found: Vec::new() }
    }

    /// Searches one text of a table; without anything to look for it is no look.
    pub fn search(&mut self, table: &str, key: impl FnOnce() -> String, text: &str) {
        if self.count == 0 {
            return;
        }
        self.looks += 1;
        let pairs = text.char_indices().zip(text.chars().skip(1));
        let hit = pairs.map(|((at, first), second)| (at, (first, second))).find(|(at, pair)| {
            let candidates = self.by_beginning.get(pair);
            candidates.is_some_and(|some| {
                let rest = text.get(*at..).unwrap_or_default();
                some.iter().any(|canary| rest.starts_with(canary.as_str()))
            })
        });
        if let Some((at, _)) = hit {
            self.found.push((table.to_owned(), key(), at));
        }
    }

    /// The text itself is not told: it is somebody's.
    pub fn tell(&mut self, findings: &mut Findings) {
        findings.looked("personal_text_is_nowhere", self.looks);
        for (table, key, at) in self.found.drain(..) {
            let detail = format!("a person's name, phone or address at byte {at} of its text");
            findings.broken("personal_text_is_nowhere", &table, key, detail);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_canary_is_found_and_not_told() {
        let texts = ["19000000001", "人民路 1 号", "王五"].map(str::to_owned);
        let mut canaries = Canaries::new(texts.into_iter());
        canaries.search("event_run", || "1, 1".into(), "{\"at\":1900000000}, 王五");
        canaries.search("state", || "2".into(), "在人民路 1 号等");
        let mut findings = Findings::default();
        canaries.tell(&mut findings);
        assert_eq!(findings.looks_at(23), 2);
        let told = findings.told();
        assert_eq!((told.len(), told[0].key.as_str()), (1, "2"));
        assert!(!told[0].detail.contains('路'));
    }
}
