//! What a shopper sees as one thing, whatever sizes and tastes it comes in.

use serde::{Deserialize, Serialize};
use vocabulary::ProductId;

use crate::invalid::{Invalid, check_code, check_words};

pub(crate) const MOST_IMAGES: usize = 8;
const MOST_OPTIONS: usize = 5;

/// A product (SPU): what its SKUs have in common.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Product {
    pub id: ProductId,
    /// Headquarters' own short code, unique among products.
    pub code: String,
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_en: Option<String>,
    pub category: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The attributes in which its SKUs differ, such as 规格 or 口味, in the order they are asked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
    /// Names of uploaded images, the first one for lists.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub images: Vec<String>,
    /// How often it was written. Who writes sends the version it read, 0 for a new one.
    #[serde(default)]
    pub version: u64,
}

impl Product {
    pub fn check(&self) -> Result<(), Invalid> {
        check_code("code", &self.code, 64)?;
        check_words("name", &self.name, 120)?;
        self.name_en.as_deref().map_or(Ok(()), |name| check_words("name_en", name, 120))?;
        check_words("category", &self.category, 60)?;
        let description = self.description.as_deref().unwrap_or_default();
        if description.chars().nth(2_000).is_some() {
            let cure = "give at most 2000 characters";
            return Err(Invalid::text("description", description, cure));
        }
        if self.options.len() > MOST_OPTIONS {
            let cure = format!("name at most {MOST_OPTIONS}");
            return Err(Invalid::value("options", self.options.len(), cure));
        }
        self.options.iter().try_for_each(|option| check_words("options", option, 20))?;
        check_images(&self.images)
    }
}

/// Names as the house gives them to uploaded images: 64 hexadecimal digits and an ending.
pub(crate) fn check_images(images: &[String]) -> Result<(), Invalid> {
    if images.len() > MOST_IMAGES {
        let cure = format!("name at most {MOST_IMAGES}");
        return Err(Invalid::value("images", images.len(), cure));
    }
    let is_name = |image: &String| {
        image.split_once('.').is_some_and(|(hash, ending)| {
            let is_hash = hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
            is_hash && matches!(ending, "jpg" | "png" | "webp")
        })
    };
    match images.iter().find(|image| !is_name(image)) {
        Some(image) => Err(Invalid::text("images", image, "upload it first and give its name")),
        None => Ok(()),
    }
}
