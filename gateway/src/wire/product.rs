//! The catalog around a SKU: categories, products, pictures, and what is published where.

use commerce::{Category, Invalid, Product, Publication, PublishedSku, Stores};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vocabulary::{Money, ProductId, SkuId, Timestamp};

use super::catalog::SkuBody;
use super::schema::{Fen, Id, Millis, StoresName};
use crate::sheets::Problem;

/// A shelf of the catalog; the address names it by its code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "乳品", "name_en": "Dairy", "parent": "food", "position": 2}))]
pub struct CategoryBody {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
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

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct CategoryView {
    #[serde(flatten)]
    pub category: CategoryBody,
    /// SKUs that name this category itself, those no longer sold aside.
    pub sku_count: usize,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct CategoryList {
    pub categories: Vec<CategoryView>,
}

/// What the sizes and tastes of one thing have in common.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"code": "MILK", "name": "纯牛奶", "category": "dairy",
    "options": ["规格"], "images": []}))]
pub struct ProductBody {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Id>)]
    pub id: Option<ProductId>,
    pub code: String,
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_en: Option<String>,
    pub category: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The attributes in which its SKUs differ.
    #[serde(default)]
    pub options: Vec<String>,
    /// Names of uploaded images, the first one for lists.
    #[serde(default)]
    pub images: Vec<String>,
    /// The version that was read, 0 for a new one; absent replaces whatever is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ProductView {
    #[serde(flatten)]
    pub product: ProductBody,
    pub skus: Vec<SkuBody>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ProductPage {
    pub products: Vec<ProductBody>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Id>)]
    pub next_after: Option<ProductId>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PublishedSkuBody {
    #[schema(value_type = Id)]
    pub sku: SkuId,
    /// Whether these stores sell it.
    #[serde(default = "yes")]
    pub sold: bool,
    /// Its list price at these stores, tax included; absent leaves it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Fen>)]
    pub list_price_fen: Option<Money>,
}

fn yes() -> bool {
    true
}

/// Goods on sale at all or chosen stores, and their list prices there, from a moment on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "stores": {"only": ["019ab3c0-0000-7000-8000-000000000001"]},
    "items": [{"sku": "019ab3c0-0000-7000-8000-000000000101", "list_price_fen": 480}],
    "effective_at": 1_795_000_000_000_i64,
}))]
pub struct PublicationBody {
    /// `"all"` or `{"only": [ids]}`.
    #[schema(value_type = StoresName)]
    pub stores: Stores,
    pub items: Vec<PublishedSkuBody>,
    /// Absent: at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Millis>)]
    pub effective_at: Option<Timestamp>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PublicationView {
    pub name: String,
    #[serde(flatten)]
    pub publication: PublicationBody,
    /// Whether its moment has come.
    pub in_effect: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PublicationList {
    pub publications: Vec<PublicationView>,
}

/// An uploaded picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImageView {
    /// What SKUs and products name.
    pub image: String,
    /// Where pages load it from.
    #[schema(example = "/images/0f3a….jpg")]
    pub url: String,
}

/// What became of a catalog file.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"row_count": 2, "written_count": 1, "new_count": 1, "book_version": 41,
    "errors": [{"row": 3, "column": "list_price", "code": "invalid_value",
                "message": "list_price must be an amount in yuan such as 12.50, not \"free\""}]}))]
pub struct ImportReport {
    pub row_count: usize,
    /// Rows that are written, new SKUs among them.
    pub written_count: usize,
    pub new_count: usize,
    pub book_version: u64,
    pub errors: Vec<Problem>,
}

impl CategoryBody {
    pub fn category(self, code: String) -> Category {
        let Self { name, name_en, parent, position, .. } = self;
        Category { code, name, name_en, parent, position }
    }
}

impl From<&Category> for CategoryBody {
    fn from(known: &Category) -> Self {
        Self {
            code: Some(known.code.clone()),
            name: known.name.clone(),
            name_en: known.name_en.clone(),
            parent: known.parent.clone(),
            position: known.position,
        }
    }
}

impl ProductBody {
    /// The product to write over one of version `current`.
    pub fn product(self, id: ProductId, current: u64) -> Product {
        Product {
            id,
            code: self.code,
            name: self.name,
            name_en: self.name_en,
            category: self.category,
            description: self.description,
            options: self.options,
            images: self.images,
            version: self.version.unwrap_or(current),
        }
    }
}

impl From<&Product> for ProductBody {
    fn from(known: &Product) -> Self {
        Self {
            id: Some(known.id),
            code: known.code.clone(),
            name: known.name.clone(),
            name_en: known.name_en.clone(),
            category: known.category.clone(),
            description: known.description.clone(),
            options: known.options.clone(),
            images: known.images.clone(),
            version: Some(known.version),
        }
    }
}

impl PublicationBody {
    pub fn publication(self, name: String, now: Timestamp) -> Result<Publication, Invalid> {
        let items = self.items.into_iter().map(|item| PublishedSku {
            sku: item.sku,
            sold: item.sold,
            list_price: item.list_price_fen,
        });
        let publication = Publication {
            name,
            stores: self.stores,
            items: items.collect(),
            effective_at: self.effective_at.unwrap_or(now),
            in_effect: false,
        };
        publication.check()?;
        Ok(publication)
    }
}

impl From<&Publication> for PublicationView {
    fn from(known: &Publication) -> Self {
        let items = known.items.iter().map(|item| PublishedSkuBody {
            sku: item.sku,
            sold: item.sold,
            list_price_fen: item.list_price,
        });
        let publication = PublicationBody {
            stores: known.stores.clone(),
            items: items.collect(),
            effective_at: Some(known.effective_at),
        };
        Self { name: known.name.clone(), publication, in_effect: known.in_effect }
    }
}
