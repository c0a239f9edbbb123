//! What lies under everything that maps draw: which one it is, and the tiles of a file.
//!
//! A PMTiles file is opened once, before the doors, and a file that cannot be used stops the start.
//! Its tiles are handed out as they lie in it: nothing here draws, and nothing asks a provider,
//! whose pictures browsers get themselves.

use std::fs::File;
use std::io::Read;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::Path;
use std::sync::Arc;

use axum::body::Bytes;
use flate2::read::GzDecoder;
use pmtiles::{
    AsyncBackend, AsyncPmTilesReader, BackendResponse, Compression, PmtError, PmtResult, TileCoord,
    TileType,
};
use vocabulary::CoordinateSystem;

use crate::config::{GroundConfig, MapConfig, TileSize};
use crate::error::Error;
use crate::wire::map::{MapView, TileKind, TilesView};

/// Where a browser gets the tiles of a file.
const OWN_TILES: &str = "/v1/map/{z}/{x}/{y}";

/// The ground of every map.
pub struct Ground {
    config: MapConfig,
    file: Option<TileFile>,
}

impl Ground {
    pub async fn open(config: &MapConfig) -> Result<Self, Error> {
        let file = match &config.ground {
            GroundConfig::File { path, tile_size, .. } => {
                let file = TileFile::open(path).await?;
                if file.kind == TileKind::Vector && tile_size.is_some() {
                    let reason = "its tiles are drawn from shapes in any size: leave map_tile_size \
                                  out, which is for pictures";
                    return Err(Error::MapTiles { path: path.clone(), reason: reason.to_owned() });
                }
                Some(file)
            }
            GroundConfig::Streets | GroundConfig::Provider(_) => None,
        };
        if let (Some(file), GroundConfig::File { path, .. }) = (&file, &config.ground)
            && config.attribution.is_none()
            && file.attribution.is_none()
        {
            let reason = "it does not say whose map it is: give map_attribution beside it";
            return Err(Error::MapTiles { path: path.clone(), reason: reason.to_owned() });
        }
        Ok(Self { config: config.clone(), file })
    }

    pub fn file(&self) -> Option<&TileFile> {
        self.file.as_ref()
    }

    /// Where browsers have to be allowed to get pictures from.
    pub fn origins(&self) -> Vec<String> {
        match &self.config.ground {
            GroundConfig::Provider(provider) => provider.origins().into_iter().collect(),
            GroundConfig::Streets | GroundConfig::File { .. } => Vec::new(),
        }
    }

    pub fn view(&self) -> MapView {
        let (tiles, said) = match (&self.config.ground, &self.file) {
            (GroundConfig::File { coordinates, tile_size, .. }, Some(file)) => {
                let tile_size = tile_size.map(TileSize::pixels);
                let tiles = TilesView { tile_size, ..file.view(*coordinates) };
                (Some(tiles), file.attribution.clone())
            }
            (GroundConfig::Provider(provider), _) => {
                let tiles = TilesView {
                    kind: TileKind::Raster,
                    layers: provider.layers.iter().map(|layer| layer.text().to_owned()).collect(),
                    coordinates: provider.coordinates,
                    min_zoom: 0,
                    max_zoom: provider.max_zoom,
                    bounds: None,
                    tile_size: provider.tile_size.map(TileSize::pixels),
                    subdomains: provider.subdomains.clone(),
                };
                (Some(tiles), None)
            }
            (GroundConfig::Streets | GroundConfig::File { .. }, _) => (None, None),
        };
        MapView {
            tiles,
            attribution: self.config.attribution.clone().or(said),
            approval_number: self.config.approval_number.clone(),
        }
    }
}

/// A PMTiles file whose tiles browsers can draw.
pub struct TileFile {
    reader: AsyncPmTilesReader<OnDisk>,
    kind: TileKind,
    is_packed: bool,
    attribution: Option<String>,
    /// Another file has another one.
    tag: String,
}

/// A tile as it lies in the file.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredTile {
    pub bytes: Bytes,
    /// By gzip.
    pub is_packed: bool,
}

impl StoredTile {
    /// For whoever does not take it compressed.
    pub fn plain(&self) -> std::io::Result<Vec<u8>> {
        let mut plain = Vec::new();
        GzDecoder::new(self.bytes.as_ref()).read_to_end(&mut plain)?;
        Ok(plain)
    }
}

impl TileFile {
    pub async fn open(path: &Path) -> Result<Self, Error> {
        let failed = |source| Error::File { path: path.into(), source };
        let file = File::open(path).map_err(failed)?;
        let about = file.metadata().map_err(failed)?;
        let tag = format!("\"{:x}-{:x}-{:x}\"", about.len(), about.mtime(), about.mtime_nsec());
        let bad = |reason: String| Error::MapTiles { path: path.into(), reason };
        let reader = AsyncPmTilesReader::try_from_source(OnDisk(Arc::new(file))).await;
        let reader = reader.map_err(|error| bad(said(&error)))?;
        let header = reader.get_header();
        let kind = match header.tile_type {
            TileType::Mvt => TileKind::Vector,
            TileType::Png | TileType::Jpeg | TileType::Webp | TileType::Avif => TileKind::Raster,
            TileType::Mlt | TileType::Unknown => {
                let reason = "its tiles are neither pictures nor Mapbox vector tiles: these maps \
                              draw png, jpeg, webp, avif and mvt";
                return Err(bad(reason.to_owned()));
            }
        };
        let is_packed = match header.tile_compression {
            Compression::Gzip => true,
            Compression::None | Compression::Unknown => false,
            Compression::Brotli | Compression::Zstd => {
                let reason = "its tiles are compressed by brotli or zstd, which not every browser \
                              reads: write it again with gzip";
                return Err(bad(reason.to_owned()));
            }
        };
        if header.min_zoom > header.max_zoom || header.max_zoom > pmtiles::MAX_ZOOM {
            return Err(bad("its zooms are out of order".to_owned()));
        }
        let attribution = attribution(&reader).await;
        Ok(Self { reader, kind, is_packed, attribution, tag })
    }

    pub fn media_type(&self) -> &'static str {
        self.reader.get_header().tile_type.content_type()
    }

    pub fn tag(&self) -> &str {
        &self.tag
    }

    /// The tile of that address; nothing where there is no such address, or the map is empty there.
    pub async fn tile(&self, zoom: u8, x: u32, y: u32) -> Result<Option<StoredTile>, PmtError> {
        let Ok(at) = TileCoord::new(zoom, x, y) else { return Ok(None) };
        let bytes = self.reader.get_tile(at).await?;
        Ok(bytes.map(|bytes| StoredTile { bytes, is_packed: self.is_packed }))
    }

    fn view(&self, coordinates: CoordinateSystem) -> TilesView {
        let header = self.reader.get_header();
        let least = [header.min_longitude, header.min_latitude];
        let most = [header.max_longitude, header.max_latitude];
        TilesView {
            kind: self.kind,
            layers: vec![OWN_TILES.to_owned()],
            coordinates,
            min_zoom: header.min_zoom,
            max_zoom: header.max_zoom,
            bounds: Some([least, most]),
            tile_size: None,
            subdomains: Vec::new(),
        }
    }
}

/// A sentence of the reader's, and what helps.
fn said(error: &PmtError) -> String {
    match error {
        PmtError::InvalidMagicNumber => {
            "it is no PMTiles file: make one with `pmtiles convert` or `pmtiles extract`".to_owned()
        }
        PmtError::UnsupportedPmTilesVersion => {
            "it is a PMTiles file of an old version: bring it to version 3 with `pmtiles convert`"
                .to_owned()
        }
        error => format!("it cannot be read as PMTiles: {error}"),
    }
}

/// What the file says of its source, in words: it may be written as HTML there.
async fn attribution(reader: &AsyncPmTilesReader<OnDisk>) -> Option<String> {
    let about = reader.get_metadata().await.ok()?;
    let about: serde_json::Value = serde_json::from_str(&about).ok()?;
    let text = without_markup(about.get("attribution")?.as_str()?);
    (!text.is_empty()).then_some(text)
}

fn without_markup(html: &str) -> String {
    let mut is_inside = false;
    let text: String = html
        .chars()
        .filter(|letter| {
            let was_inside = is_inside;
            is_inside = *letter == '<' || (is_inside && *letter != '>');
            !is_inside && !was_inside
        })
        .collect();
    let named = [("&copy;", "©"), ("&nbsp;", " "), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")];
    let text = named.iter().fold(text, |text, (name, letter)| text.replace(name, letter));
    text.trim().to_owned()
}

/// A file read where it is asked for: one that is replaced or cut meanwhile is a failed tile, while
/// one that was mapped into memory would end the process.
struct OnDisk(Arc<File>);

impl AsyncBackend for OnDisk {
    async fn read(&self, offset: u64, length: usize) -> PmtResult<BackendResponse> {
        let file = Arc::clone(&self.0);
        let reading = tokio::task::spawn_blocking(move || part(&file, offset, length));
        let bytes = reading.await.map_err(std::io::Error::other)??;
        Ok(BackendResponse::new(bytes.into()))
    }
}

/// As much of it as is there.
fn part(file: &File, offset: u64, length: usize) -> std::io::Result<Vec<u8>> {
    let left = file.metadata()?.len().saturating_sub(offset);
    let length = length.min(usize::try_from(left).unwrap_or(usize::MAX));
    let mut bytes = vec![0; length];
    file.read_exact_at(&mut bytes, offset)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_said_in_words() {
        let html = "<a href=\"https://example.org/copyright\">&copy; A &amp; B</a> 2026";
        assert_eq!(without_markup(html), "© A & B 2026");
        assert_eq!(without_markup("© 某图"), "© 某图");
        assert_eq!(without_markup("<b></b> "), "");
    }

    #[test]
    fn a_part_ends_where_the_file_does() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, b"0123456789").unwrap();
        let file = File::open(path).unwrap();
        assert_eq!(part(&file, 2, 3).unwrap(), b"234");
        assert_eq!(part(&file, 8, 1_000_000).unwrap(), b"89");
        assert_eq!(part(&file, 20, 5).unwrap(), b"");
    }
}
