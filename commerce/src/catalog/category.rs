//! The tree in which shoppers and headquarters find goods.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::invalid::{Invalid, check_words};

/// Deepest category below the roots: more levels than this nobody finds anything in.
const DEEPEST: usize = 5;

/// A shelf of the catalog. A SKU names its category by the code; goods may name one that is not in
/// the tree, and then stand beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Category {
    /// 1 to 60 characters; what SKUs, grants and campaigns name.
    pub code: String,
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_en: Option<String>,
    /// Absent for a root.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// Among its siblings, small ones first.
    #[serde(default)]
    pub position: u32,
}

/// Every category by its code.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Categories(BTreeMap<String, Category>);

impl Category {
    fn check(&self) -> Result<(), Invalid> {
        check_words("code", &self.code, 60)?;
        check_words("name", &self.name, 60)?;
        self.name_en.as_deref().map_or(Ok(()), |name| check_words("name_en", name, 60))
    }
}

impl Categories {
    pub fn get(&self, code: &str) -> Option<&Category> {
        self.0.get(code)
    }

    /// In order of code.
    pub fn iter(&self) -> impl Iterator<Item = &Category> {
        self.0.values()
    }

    /// Whether `code` is `category` or anywhere below it.
    pub fn is_within(&self, code: &str, category: &str) -> bool {
        code == category || self.path(code).any(|above| above == category)
    }

    /// The codes above, the nearest first. Ends after the deepest level whatever stands there.
    fn path<'a>(&'a self, code: &'a str) -> impl Iterator<Item = &'a str> {
        let parent = |code: &str| self.0.get(code).and_then(|known| known.parent.as_deref());
        std::iter::successors(parent(code), move |code| parent(code)).take(DEEPEST + 1)
    }

    /// Whether it could be written: its parent is there, and it does not come to stand below itself.
    pub fn check(&self, category: &Category) -> Result<(), Invalid> {
        category.check()?;
        let Some(parent) = category.parent.as_deref() else { return Ok(()) };
        if !self.0.contains_key(parent) {
            return Err(Invalid::text("parent", parent, "write the parent first"));
        }
        if self.is_within(parent, &category.code) {
            return Err(Invalid::text("parent", parent, "it is below this category itself"));
        }
        let below = self.height(&category.code);
        if self.path(parent).count() + 1 + below > DEEPEST {
            let cure = format!("the tree has at most {} levels", DEEPEST + 1);
            return Err(Invalid::text("parent", parent, cure));
        }
        Ok(())
    }

    /// Levels below a category.
    fn height(&self, code: &str) -> usize {
        let steps = self.0.keys().filter_map(|other| {
            // The steps from a category up to this one, where it is above.
            self.path(other).position(|above| above == code).map(|between| between + 1)
        });
        steps.max().unwrap_or(0)
    }

    pub fn has_children(&self, code: &str) -> bool {
        self.0.values().any(|known| known.parent.as_deref() == Some(code))
    }

    pub(crate) fn put(&mut self, category: Category) {
        self.0.insert(category.code.clone(), category);
    }

    pub(crate) fn remove(&mut self, code: &str) {
        self.0.remove(code);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn category(code: &str, parent: Option<&str>) -> Category {
        let parent = parent.map(str::to_owned);
        Category { code: code.into(), name: code.into(), name_en: None, parent, position: 0 }
    }

    fn tree() -> Categories {
        let mut tree = Categories::default();
        for (code, parent) in [
            ("food", None),
            ("dairy", Some("food")),
            ("milk", Some("dairy")),
            ("yoghurt", Some("dairy")),
            ("home", None),
        ] {
            let category = category(code, parent);
            tree.check(&category).unwrap();
            tree.put(category);
        }
        tree
    }

    #[test]
    fn goods_are_in_every_category_above_theirs() {
        let tree = tree();
        for (code, category, is_within) in [
            ("milk", "milk", true),
            ("milk", "dairy", true),
            ("milk", "food", true),
            ("food", "milk", false),
            ("milk", "home", false),
            ("unheard", "unheard", true),
            ("unheard", "food", false),
        ] {
            assert_eq!(tree.is_within(code, category), is_within, "{code} in {category}");
        }
    }

    #[test]
    fn nothing_stands_below_itself_or_nowhere_or_too_deep() {
        let mut tree = tree();
        assert_eq!(tree.check(&category("food", Some("milk"))).unwrap_err().field, "parent");
        assert_eq!(tree.check(&category("food", Some("food"))).unwrap_err().field, "parent");
        assert_eq!(tree.check(&category("x", Some("none"))).unwrap_err().field, "parent");
        tree.check(&category("dairy", Some("home"))).unwrap();
        for (code, parent) in [("a", "milk"), ("b", "a"), ("c", "b")] {
            tree.check(&category(code, Some(parent))).unwrap();
            tree.put(category(code, Some(parent)));
        }
        assert!(tree.check(&category("d", Some("c"))).is_err(), "six levels are enough");
        assert!(tree.check(&category("food", Some("home"))).is_err(), "with all below it");
        assert!(tree.has_children("dairy") && !tree.has_children("yoghurt"));
    }
}
