//! Finding goods by what people type: any part of a name, its pinyin or the initials of it, a code
//! or a barcode.
//!
//! A text per SKU, made once per version of it. It ranks nothing and knows no stores.

use std::sync::{Arc, PoisonError, RwLock};

use commerce::{PriceBook, Sku};
use pinyin::ToPinyinMulti;
use rustc_hash::FxHashMap;
use vocabulary::SkuId;

/// Readings of one name that are kept: 重庆 is chongqing and zhongqing, and whoever seeks types one.
/// Beyond so many only the usual sound of each further letter is followed.
const MOST_READINGS: usize = 8;

/// What is looked into for each SKU.
#[derive(Debug, Default)]
pub struct Texts {
    book_version: u64,
    by_sku: FxHashMap<SkuId, (u64, Arc<str>)>,
}

#[derive(Debug, Default)]
pub struct Search(RwLock<Arc<Texts>>);

impl Search {
    /// The texts of the catalog as it is in this book.
    pub fn texts(&self, book: &PriceBook) -> Arc<Texts> {
        let known = Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner));
        if known.book_version == book.version() {
            return known;
        }
        let texts = book.catalog().iter().map(|sku| {
            let same = known.by_sku.get(&sku.id).filter(|(version, _)| *version == sku.version);
            let text = same.map_or_else(|| text_of(sku).into(), |(_, text)| Arc::clone(text));
            (sku.id, (sku.version, text))
        });
        let made = Arc::new(Texts { book_version: book.version(), by_sku: texts.collect() });
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&made);
        made
    }
}

impl Texts {
    /// Whether a SKU is called by what was typed, in the form of [`sought`].
    pub fn is_called(&self, sku: SkuId, sought: &str) -> bool {
        self.by_sku.get(&sku).is_some_and(|(_, text)| text.contains(sought))
    }
}

/// What somebody typed, as the texts have it.
pub fn sought(typed: &str) -> String {
    squeezed(typed)
}

/// Whether people would type this for something of a name and an id: a part of either, also as `#` and
/// the end of the id.
pub fn is_named(name: &str, id: impl ToString, typed: &str) -> bool {
    let typed = squeezed(typed);
    let typed = typed.trim_start_matches('#');
    squeezed(name).contains(typed) || id.to_string().contains(typed)
}

/// Small letters without the blanks between words.
fn squeezed(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_whitespace()).flat_map(char::to_lowercase).collect()
}

/// A line for everything a SKU may be called.
fn text_of(sku: &Sku) -> String {
    let mut lines = vec![squeezed(&sku.name), squeezed(&sku.code)];
    lines.extend(sku.name_en.as_deref().map(squeezed));
    lines.extend(sku.barcode.as_ref().map(|barcode| barcode.as_str().to_owned()));
    lines.extend(sku.details.attributes.values().map(|value| squeezed(value)));
    for (whole, initials) in readings(&sku.name) {
        lines.push(whole);
        lines.push(initials);
    }
    lines.join("\n")
}

/// How a name is read, whole and by its initials. Letters and digits stand for themselves.
fn readings(name: &str) -> Vec<(String, String)> {
    let mut readings = vec![(String::new(), String::new())];
    for letter in squeezed(name).chars() {
        let mut sounds = sounds_of(letter);
        if readings.len().saturating_mul(sounds.len()) > MOST_READINGS {
            sounds.truncate(1);
        }
        let mut longer = Vec::new();
        for (whole, initials) in &readings {
            if sounds.is_empty() {
                longer.push((format!("{whole}{letter}"), format!("{initials}{letter}")));
            }
            for sound in &sounds {
                let first = sound.chars().next().unwrap_or(letter);
                longer.push((format!("{whole}{sound}"), format!("{initials}{first}")));
            }
        }
        readings = longer;
    }
    readings
}

/// The sounds of a letter, the usual one first, as they are typed: without tones, ü as v.
fn sounds_of(letter: char) -> Vec<String> {
    let mut sounds = Vec::new();
    for sound in letter.to_pinyin_multi().into_iter().flatten() {
        let typed = sound.plain().replace('ü', "v");
        // Two tones may be typed alike.
        if !sounds.contains(&typed) {
            sounds.push(typed);
        }
    }
    sounds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_by_its_pinyin_and_by_the_initials() {
        let found = |name: &str, typed: &str| {
            let typed = sought(typed);
            readings(name)
                .into_iter()
                .any(|(whole, initials)| whole.contains(&typed) || initials.contains(&typed))
        };
        for (name, typed, is_found) in [
            ("纯牛奶 250ml", "niunai", true),
            ("纯牛奶 250ml", "cnn", true),
            ("纯牛奶 250ml", "niu nai", true),
            ("纯牛奶 250ml", "CNN250", true),
            ("纯牛奶 250ml", "doujiang", false),
            ("重庆小面", "cqxm", true),
            ("重庆小面", "chongqing", true),
            ("重庆小面", "zhongqing", true),
            ("绿茶", "lvcha", true),
        ] {
            assert_eq!(found(name, typed), is_found, "{name} by {typed}");
        }
    }

    #[test]
    fn a_store_is_found_by_a_part_of_its_name_or_of_its_id() {
        let id = "019ab3c0-0000-7000-8000-0000000000a1";
        for (typed, is_found) in
            [("光谷", true), ("Plaza", true), ("#0000A1", true), ("", true), ("汉口", false)]
        {
            assert_eq!(is_named("光谷店 PLAZA", id, typed), is_found, "{typed}");
        }
    }

    #[test]
    fn a_long_name_of_many_readings_stays_small() {
        let name = "重长行乐".repeat(30);
        assert!(readings(&name).len() <= MOST_READINGS);
        assert!(readings(&name).iter().all(|(_, initials)| initials.chars().count() == 120));
    }
}
