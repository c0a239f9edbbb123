//! The streets that maps draw: GeoJSON lines in WGS-84.
//!
//! Either one document that headquarters laid, beside the database as a file, or those of the
//! operator's road file: the main ones at once, and all of them in tiles. They decide nothing.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use axum::body::Bytes;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use geo_index::{DrawnLine, RoadMap, Tile};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::error::Error;

const FILE: &str = "streets.geojson";
/// Tiles are of this zoom of Web Mercator: two to five kilometres wide in China.
pub const TILE_ZOOM: u8 = 13;

/// A document with a tag that changes when it does, kept compressed: that is how browsers take it.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawn {
    pub packed: Bytes,
    pub tag: String,
}

impl Drawn {
    fn of(text: &[u8]) -> Self {
        let hash = Sha256::digest(text);
        let bits = hash.iter().take(8).fold(0u64, |sum, byte| (sum << 8) | u64::from(*byte));
        let mut packing = GzEncoder::new(Vec::new(), Compression::default());
        // Writing to memory cannot fail.
        let packed = packing.write_all(text).and_then(|()| packing.finish()).unwrap_or_default();
        Self { packed: packed.into(), tag: format!("\"{bits:016x}\"") }
    }

    /// As it was before it was compressed, for whoever does not take it so.
    pub fn text(&self) -> Vec<u8> {
        let mut text = Vec::new();
        let _ = GzDecoder::new(self.packed.as_ref()).read_to_end(&mut text);
        text
    }
}

/// What maps draw of a road file.
#[derive(Debug)]
pub struct RoadStreets {
    overview: Arc<Drawn>,
    tiles: BTreeMap<Tile, Arc<Drawn>>,
    /// Of a tile without streets.
    empty: Arc<Drawn>,
}

impl RoadStreets {
    pub(crate) fn of(map: &RoadMap, attribution: &str) -> Self {
        let corner = |place: vocabulary::Place| json!([place.longitude(), place.latitude()]);
        let bounds = map.bounds().map(|(least, most)| json!([corner(least), corner(most)]));
        let mut overview = collection(&geo_index::overview(map));
        if let Some(members) = overview.as_object_mut() {
            members.insert("attribution".to_owned(), attribution.into());
            members.insert("bounds".to_owned(), json!(bounds));
            members.insert("tile_zoom".to_owned(), TILE_ZOOM.into());
        }
        let tiles = geo_index::tiles(map, TILE_ZOOM).into_iter();
        let tiles = tiles.map(|(tile, lines)| (tile, drawn(&collection(&lines))));
        Self { overview: drawn(&overview), tiles: tiles.collect(), empty: drawn(&collection(&[])) }
    }
}

fn drawn(document: &Value) -> Arc<Drawn> {
    Arc::new(Drawn::of(document.to_string().as_bytes()))
}

fn collection(lines: &[DrawnLine<'_>]) -> Value {
    let features = lines.iter().map(|line| {
        let points = line.points.iter();
        // A ten-thousandth of a degree is eleven metres; two digits more are finer than any screen.
        let short = |degrees: f64| (degrees * 1e6).round() / 1e6;
        let points = points.map(|at| json!([short(at.longitude()), short(at.latitude())]));
        let points: Vec<_> = points.collect();
        let mut properties = json!({ "class": line.class.highway() });
        if !line.name.is_empty()
            && let Some(members) = properties.as_object_mut()
        {
            members.insert("name".to_owned(), line.name.into());
        }
        json!({
            "type": "Feature",
            "properties": properties,
            "geometry": { "type": "LineString", "coordinates": points },
        })
    });
    json!({ "type": "FeatureCollection", "features": features.collect::<Vec<_>>() })
}

/// The streets as they are now.
#[derive(Debug, Default)]
pub struct Streets {
    path: Option<PathBuf>,
    laid: RwLock<Option<Arc<Drawn>>>,
    roads: Option<RoadStreets>,
}

impl Streets {
    /// Those of a data folder; without a folder they are forgotten with the process.
    pub fn open(folder: Option<&Path>) -> Result<Self, Error> {
        let path = folder.map(|folder| folder.join(FILE));
        let text = match path.as_deref().map(std::fs::read) {
            Some(Ok(text)) => Some(text),
            Some(Err(error)) if error.kind() != std::io::ErrorKind::NotFound => {
                let path = path.unwrap_or_default();
                return Err(Error::File { path, source: error });
            }
            Some(Err(_)) | None => None,
        };
        let laid = RwLock::new(text.map(|text| Arc::new(Drawn::of(&text))));
        Ok(Self { path, laid, roads: None })
    }

    /// Shows those of a road file instead of what was laid.
    pub(crate) fn follow(&mut self, roads: RoadStreets) {
        self.roads = Some(roads);
    }

    /// Whether they come from the operator's road file.
    pub fn follow_roads(&self) -> bool {
        self.roads.is_some()
    }

    /// All of them, or of a road file the main ones.
    pub fn drawn(&self) -> Option<Arc<Drawn>> {
        match &self.roads {
            Some(roads) => Some(Arc::clone(&roads.overview)),
            None => self.laid.read().unwrap_or_else(PoisonError::into_inner).clone(),
        }
    }

    /// Every street of a tile of [`TILE_ZOOM`]; nothing without a road file.
    pub fn tile(&self, tile: Tile) -> Option<Arc<Drawn>> {
        let roads = self.roads.as_ref()?;
        Some(Arc::clone(roads.tiles.get(&tile).unwrap_or(&roads.empty)))
    }

    /// Puts others in their place, on disk before anybody sees them. Blocks while it writes.
    pub fn replace(&self, text: &[u8]) -> Result<(), Error> {
        if let Some(path) = &self.path {
            let failed = |source| Error::File { path: path.clone(), source };
            let draft = path.with_extension("draft");
            let mut file = std::fs::File::create(&draft).map_err(failed)?;
            file.write_all(text).and_then(|()| file.sync_all()).map_err(failed)?;
            std::fs::rename(&draft, path).map_err(failed)?;
        }
        let mut laid = self.laid.write().unwrap_or_else(PoisonError::into_inner);
        *laid = Some(Arc::new(Drawn::of(text)));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streets_are_there_after_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let streets = Streets::open(Some(folder.path())).unwrap();
        assert!(streets.drawn().is_none());
        streets.replace(b"{}").unwrap();
        let again = Streets::open(Some(folder.path())).unwrap();
        assert_eq!(again.drawn(), streets.drawn());
        assert_eq!(again.drawn().unwrap().text(), b"{}");
    }
}
