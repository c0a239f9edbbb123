//! What maps draw under everything else.

use serde::Serialize;
use utoipa::ToSchema;
use vocabulary::CoordinateSystem;

use super::place::Datum;

/// The ground of every map, and whose it is.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct MapView {
    /// Absent: the streets of `GET /v1/streets` are the ground.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tiles: Option<TilesView>,
    /// Whose map it is; every map shows it. Absent: the streets say it themselves.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "© 天地图")]
    pub attribution: Option<String>,
    /// The number under which the map was approved (审图号); every map shows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "GS(2024)1234号")]
    pub approval_number: Option<String>,
}

/// Squares of Web Mercator, one above the other.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct TilesView {
    pub kind: TileKind,
    /// Addresses with `{z}`, `{x}`, and `{y}` from the north or `{-y}` from the south, and perhaps
    /// `{s}`; later ones are drawn over earlier ones.
    #[schema(example = json!(["https://tiles.example/{z}/{x}/{y}.png"]))]
    pub layers: Vec<String>,
    /// In which system the tiles are drawn. Positions are in WGS-84 everywhere else, and whoever
    /// draws them here converts them first.
    #[schema(value_type = Datum)]
    pub coordinates: CoordinateSystem,
    #[schema(example = 3)]
    pub min_zoom: u8,
    /// From nearer by, the tiles of this zoom are drawn larger.
    #[schema(example = 18)]
    pub max_zoom: u8,
    /// South-west and north-east, longitude first, in the same system; absent where nobody says.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = json!([[114.0, 30.4], [114.6, 30.8]]))]
    pub bounds: Option<[[f64; 2]; 2]>,
    /// Pixels that a tile is meant to be wide; absent: 256 of a picture, 512 of vector tiles.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 512)]
    pub tile_size: Option<u16>,
    /// What stands for `{s}` in the addresses, in turn; absent where none has it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(example = json!(["a", "b", "c"]))]
    pub subdomains: Vec<String>,
}

/// What a tile is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(rename_all = "snake_case")]
pub enum TileKind {
    /// A picture.
    Raster,
    /// Mapbox vector tiles.
    Vector,
}
