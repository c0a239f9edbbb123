//! What regions and merchants are called.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vocabulary::{MerchantId, RegionId};

use super::schema::Id;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "武汉"}))]
pub struct NameBody {
    pub name: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NameVersion {
    pub version: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RegionView {
    #[schema(value_type = Id)]
    pub region: RegionId,
    pub name: String,
    pub store_count: usize,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct RegionList {
    pub regions: Vec<RegionView>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MerchantView {
    #[schema(value_type = Id)]
    pub merchant: MerchantId,
    pub name: String,
    pub store_count: usize,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct MerchantList {
    pub merchants: Vec<MerchantView>,
}
