//! What lies under everything that maps draw: streets, a file of tiles, or a provider's tiles.
//!
//! A map shown to the public in mainland China names its source and its approval number, and its
//! tiles may be drawn in another system than the positions on them: each has a key of its own, and
//! what would show people in the wrong street is refused.

use std::collections::BTreeSet;
use std::path::PathBuf;

use vocabulary::CoordinateSystem;

use super::{ConfigError, Layers};

/// Nearer than this no tiles are drawn anywhere.
const NEAREST_ZOOM: u8 = 22;
/// Where most providers end.
const USUAL_ZOOM: u8 = 18;
/// Hosts of one provider; each widens the pages' policy.
const MOST_SUBDOMAINS: usize = 16;

/// The ground of every map.
#[derive(Debug, Clone, PartialEq)]
pub struct MapConfig {
    pub ground: GroundConfig,
    /// Whose map it is; a source that says so itself needs none.
    pub attribution: Option<String>,
    /// The number under which the map was approved (审图号).
    pub approval_number: Option<String>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum GroundConfig {
    /// The road file's, or those that headquarters laid.
    Streets,
    /// A PMTiles file.
    File {
        path: PathBuf,
        coordinates: CoordinateSystem,
        /// Of pictures; absent: as they usually are.
        tile_size: Option<TileSize>,
    },
    Provider(ProviderConfig),
}

/// Pictures that browsers get from a provider.
#[derive(Debug, Clone, PartialEq)]
pub struct ProviderConfig {
    /// Drawn one above the other.
    pub layers: Vec<TileAddress>,
    pub coordinates: CoordinateSystem,
    pub max_zoom: u8,
    /// Absent: as pictures usually are.
    pub tile_size: Option<TileSize>,
    /// What stands for `{s}` in turn; empty where no address has it.
    pub subdomains: Vec<String>,
}

/// How many pixels a picture is meant to be wide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TileSize {
    Usual,
    /// As providers make them for sharp screens, one zoom farther away.
    Double,
}

impl TileSize {
    pub fn pixels(self) -> u16 {
        match self {
            Self::Usual => 256,
            Self::Double => 512,
        }
    }
}

impl ProviderConfig {
    /// Where browsers have to be allowed to get pictures from, as they name it.
    pub fn origins(&self) -> BTreeSet<String> {
        self.layers.iter().flat_map(|layer| layer.origins(&self.subdomains)).collect()
    }
}

/// The address of a tile, with `{z}`, `{x}`, and `{y}` from the north or `{-y}` from the south, and
/// perhaps `{s}` in the name of its host, which stands for several of them.
#[derive(Debug, Clone, PartialEq)]
pub struct TileAddress {
    text: String,
    /// Where the scheme and the host end.
    origin_ends: usize,
}

impl TileAddress {
    /// Nothing where the text is no such address.
    fn of(text: &str) -> Option<Self> {
        let scheme = ["https://", "http://"].into_iter().find(|scheme| text.starts_with(scheme))?;
        let rest = text.strip_prefix(scheme)?;
        let host = rest.split('/').next().filter(|host| is_host(&host.replacen("{s}", "s", 1)))?;
        let path = rest.strip_prefix(host)?;
        let once = |word: &str| path.matches(word).count() == 1;
        let is_row = once("{y}") != once("{-y}");
        let has_all = once("{z}") && once("{x}") && is_row && path.matches('{').count() == 3;
        let is_plain = path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"');
        let origin_ends = scheme.len() + host.len();
        (has_all && is_plain).then(|| Self { text: text.to_owned(), origin_ends })
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    fn origin(&self) -> &str {
        self.text.get(..self.origin_ends).unwrap_or_default()
    }

    fn has_subdomain(&self) -> bool {
        self.origin().contains("{s}")
    }

    fn origins(&self, subdomains: &[String]) -> Vec<String> {
        if !self.has_subdomain() {
            return vec![self.origin().to_owned()];
        }
        subdomains.iter().map(|name| self.origin().replace("{s}", name)).collect()
    }
}

/// A part of a host's name between two points, or of such a part.
fn is_subdomain(text: &str) -> bool {
    let is_known = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    (1..=20).contains(&text.len()) && text.bytes().all(is_known)
}

/// A name or an address, with a port or without: it goes into a browser's policy word by word.
fn is_host(text: &str) -> bool {
    let is_known = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte);
    text.bytes().any(|byte| byte.is_ascii_alphanumeric()) && text.bytes().all(is_known)
}

impl Layers {
    pub(super) fn map(&self, is_tls: bool) -> Result<MapConfig, ConfigError> {
        let words = |key| self.text(key).map(str::trim).filter(|text| !text.is_empty());
        let attribution = words("map_attribution").map(str::to_owned);
        let approval_number = words("map_approval_number").map(str::to_owned);
        let ground = match (words("map_tiles"), words("map_provider")) {
            (Some(_), Some(_)) => {
                let allowed = "give map_tiles or map_provider, not both: a map has one ground";
                return Err(self.bad("map_provider", allowed));
            }
            (None, None) => {
                self.only_with_tiles()?;
                GroundConfig::Streets
            }
            (Some(path), None) => {
                if self.get("map_max_zoom").is_some() {
                    let allowed =
                        "give it with map_provider only: a file says itself how near it goes";
                    return Err(self.bad("map_max_zoom", allowed));
                }
                if self.get("map_subdomains").is_some() {
                    let allowed = "give it with map_provider only: a file has no hosts";
                    return Err(self.bad("map_subdomains", allowed));
                }
                let coordinates = self.coordinates()?.unwrap_or_default();
                let tile_size = self.tile_size()?;
                GroundConfig::File { path: path.into(), coordinates, tile_size }
            }
            (None, Some(text)) => {
                if attribution.is_none() {
                    let allowed =
                        "give whose map map_provider is, such as © 天地图: every map shows it";
                    return Err(self.bad("map_attribution", allowed));
                }
                GroundConfig::Provider(self.provider(text, is_tls)?)
            }
        };
        let is_shifted = match &ground {
            GroundConfig::Streets => false,
            GroundConfig::File { coordinates, .. } => *coordinates == CoordinateSystem::Gcj02,
            GroundConfig::Provider(provider) => provider.coordinates == CoordinateSystem::Gcj02,
        };
        if is_shifted && approval_number.is_none() {
            let allowed = "give the map's approval number (审图号), such as GS(2024)1234号: a map in \
                           gcj02 is one of mainland China, and may be shown with it only";
            return Err(self.bad("map_approval_number", allowed));
        }
        Ok(MapConfig { ground, attribution, approval_number })
    }

    fn only_with_tiles(&self) -> Result<(), ConfigError> {
        for key in ["map_coordinates", "map_max_zoom", "map_tile_size", "map_subdomains"] {
            if self.get(key).is_some() {
                let allowed =
                    "give map_tiles or map_provider beside it: streets are always in wgs84";
                return Err(self.bad(key, allowed));
            }
        }
        Ok(())
    }

    fn provider(&self, text: &str, is_tls: bool) -> Result<ProviderConfig, ConfigError> {
        let layers: Option<Vec<_>> = text.split_whitespace().map(TileAddress::of).collect();
        let Some(layers) = layers else {
            let allowed = "give addresses of pictures with {z}, {x} and {y} (or {-y}, counted from \
                           the south) once each behind a whole host name, such as \
                           https://tiles.example/{z}/{x}/{y}.png; {s} may stand once in the host's \
                           name for those of map_subdomains; several addresses are drawn one above \
                           the other and have a space between them";
            return Err(self.bad("map_provider", allowed));
        };
        if is_tls && layers.iter().any(|layer| !layer.text().starts_with("https://")) {
            let allowed = "give https:// addresses: browsers load no others into pages over TLS";
            return Err(self.bad("map_provider", allowed));
        }
        let coordinates = self.coordinates()?.ok_or_else(|| {
            let allowed = "give wgs84 or gcj02, as the provider says: half a kilometre lies between \
                           them";
            self.bad("map_coordinates", allowed)
        })?;
        let max_zoom = self.number("map_max_zoom", USUAL_ZOOM, 1..=NEAREST_ZOOM)?;
        let tile_size = self.tile_size()?;
        let subdomains = self.subdomains(&layers)?;
        Ok(ProviderConfig { layers, coordinates, max_zoom, tile_size, subdomains })
    }

    fn tile_size(&self) -> Result<Option<TileSize>, ConfigError> {
        match self.text("map_tile_size").map(str::trim) {
            None => Ok(None),
            Some("256") => Ok(Some(TileSize::Usual)),
            Some("512") => Ok(Some(TileSize::Double)),
            Some(_) => {
                let allowed = "give 256 or 512: how many pixels wide the map's pictures are meant \
                               to be drawn";
                Err(self.bad("map_tile_size", allowed))
            }
        }
    }

    /// Names for `{s}`, where an address has it, and none otherwise.
    fn subdomains(&self, layers: &[TileAddress]) -> Result<Vec<String>, ConfigError> {
        let is_asked = layers.iter().any(TileAddress::has_subdomain);
        let Some(text) = self.text("map_subdomains") else {
            if is_asked {
                let allowed = "give what stands for {s} in map_provider, such as a,b,c";
                return Err(self.bad("map_subdomains", allowed));
            }
            return Ok(Vec::new());
        };
        if !is_asked {
            let allowed = "give it with {s} in the host's name of map_provider, or leave it out";
            return Err(self.bad("map_subdomains", allowed));
        }
        let names: Vec<_> = text.split([',', ' ']).filter(|name| !name.is_empty()).collect();
        if !(1..=MOST_SUBDOMAINS).contains(&names.len())
            || !names.iter().all(|name| is_subdomain(name))
        {
            let allowed = "give 1 to 16 names of letters, digits and hyphens with commas between \
                           them, such as a,b,c";
            return Err(self.bad("map_subdomains", allowed));
        }
        Ok(names.into_iter().map(str::to_owned).collect())
    }

    fn coordinates(&self) -> Result<Option<CoordinateSystem>, ConfigError> {
        match self.text("map_coordinates").map(str::trim) {
            None => Ok(None),
            Some("wgs84") => Ok(Some(CoordinateSystem::Wgs84)),
            Some("gcj02") => Ok(Some(CoordinateSystem::Gcj02)),
            Some("bd09") => {
                let allowed = "give wgs84 or gcj02: tiles in bd09 lie on a grid of Baidu's own, which \
                               these maps do not draw";
                Err(self.bad("map_coordinates", allowed))
            }
            Some(_) => Err(self.bad("map_coordinates", "give wgs84 or gcj02")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    const AMAP_LIKE: &str = "map_provider = \"https://tiles.example:8443/t?x={x}&y={y}&z={z}\"\n\
        map_coordinates = \"gcj02\"\nmap_attribution = \"© 某图\"\n\
        map_approval_number = \"GS(2024)1234号\"\n";

    fn map(text: &str) -> Result<MapConfig, ConfigError> {
        Config::from_toml(text).map(|config| config.map)
    }

    #[test]
    fn streets_are_the_ground_where_nobody_says_otherwise() {
        let config = map("").unwrap();
        assert_eq!(config.ground, GroundConfig::Streets);
        assert_eq!((config.attribution, config.approval_number), (None, None));
    }

    #[test]
    fn a_file_is_in_wgs84_unless_it_says_otherwise() {
        let config = map("map_tiles = \"city.pmtiles\"").unwrap();
        let path = PathBuf::from("city.pmtiles");
        let coordinates = CoordinateSystem::Wgs84;
        assert_eq!(config.ground, GroundConfig::File { path, coordinates, tile_size: None });
        let gcj =
            "map_tiles = \"x\"\nmap_coordinates = \"gcj02\"\nmap_approval_number = \"GS(1)1\"";
        let ground = map(gcj).unwrap().ground;
        assert!(matches!(ground, GroundConfig::File { coordinates: CoordinateSystem::Gcj02, .. }));
    }

    #[test]
    fn a_provider_widens_the_pages_policy_by_its_origins_alone() {
        let config = map(AMAP_LIKE).unwrap();
        assert_eq!(config.approval_number.as_deref(), Some("GS(2024)1234号"));
        let GroundConfig::Provider(provider) = config.ground else { panic!("no provider") };
        assert_eq!((provider.coordinates, provider.max_zoom), (CoordinateSystem::Gcj02, 18));
        assert_eq!(provider.origins(), BTreeSet::from(["https://tiles.example:8443".to_owned()]));

        let two = "map_provider = \"http://a.example/{z}/{x}/{-y}.png http://b.example/{z}/{x}/{y}\"\n\
            map_coordinates = \"wgs84\"\nmap_attribution = \"© 某图\"\nmap_max_zoom = 17";
        let GroundConfig::Provider(provider) = map(two).unwrap().ground else { panic!("none") };
        assert_eq!((provider.layers.len(), provider.max_zoom), (2, 17));
        assert_eq!(provider.origins().len(), 2);
    }

    #[test]
    fn hosts_of_one_provider_are_let_in_one_by_one() {
        let text = "map_provider = \"https://t{s}.tiles.example/{z}/{x}/{y}@2x.png\"\n\
            map_subdomains = \"0, 1,2\"\nmap_tile_size = 512\nmap_coordinates = \"wgs84\"\n\
            map_attribution = \"© 某图\"";
        let GroundConfig::Provider(provider) = map(text).unwrap().ground else { panic!("none") };
        assert_eq!(provider.subdomains, ["0", "1", "2"]);
        assert_eq!(provider.tile_size, Some(TileSize::Double));
        let origins: Vec<_> = provider.origins().into_iter().collect();
        let host = |name: u8| format!("https://t{name}.tiles.example");
        assert_eq!(origins, [host(0), host(1), host(2)]);
    }

    #[test]
    fn what_is_no_address_of_tiles_is_refused() {
        let table = [
            "",
            "tiles.example/{z}/{x}/{y}",
            "ftp://tiles.example/{z}/{x}/{y}",
            "https:///{z}/{x}/{y}",
            "https://tiles.example/{z}/{x}",
            "https://tiles.example/{z}/{x}/{y}/{y}",
            "https://tiles.example/{z}/{x}/{y}/{-y}",
            "https://tiles.example/{z}/{x}/{y}?key={key}",
            "https://t{s}{s}.tiles.example/{z}/{x}/{y}",
            "https://t{n}.tiles.example/{z}/{x}/{y}",
            "https://tiles.example/{s}/{z}/{x}/{y}",
            "https://*.tiles.example/{z}/{x}/{y}",
            "https://tiles.example;script-src/{z}/{x}/{y}",
            "https://me@tiles.example/{z}/{x}/{y}",
            "https://tiles.example/{z}/{x}/{y}\"",
            "https://tiles.example/图/{z}/{x}/{y}",
        ];
        for text in table {
            assert_eq!(TileAddress::of(text), None, "{text}");
        }
    }

    #[test]
    fn what_would_show_the_wrong_street_or_no_source_is_refused_by_its_key() {
        let without = |word: &str| {
            let lines = AMAP_LIKE.lines().filter(|line| !line.starts_with(word));
            lines.collect::<Vec<_>>().join("\n")
        };
        let with = |line: &str| format!("{AMAP_LIKE}{line}\n");
        let over_tls = AMAP_LIKE.replace("https", "http")
            + "tls_certificate = \"chain.pem\"\ntls_key = \"key.pem\"";
        let table = [
            (with("map_tiles = \"city.pmtiles\""), "map_provider", "not both"),
            (AMAP_LIKE.replace("{x}", ""), "map_provider", "{z}, {x} and {y}"),
            (over_tls, "map_provider", "https://"),
            (without("map_coordinates"), "map_coordinates", "half a kilometre"),
            (AMAP_LIKE.replace("gcj02", "bd09"), "map_coordinates", "Baidu"),
            (AMAP_LIKE.replace("gcj02", "utm"), "map_coordinates", "wgs84 or gcj02"),
            (without("map_attribution"), "map_attribution", "whose map"),
            (without("map_approval_number"), "map_approval_number", "审图号"),
            (with("map_max_zoom = 23"), "map_max_zoom", "1 to 22"),
            (with("map_tile_size = 1024"), "map_tile_size", "256 or 512"),
            (with("map_subdomains = \"a,b\""), "map_subdomains", "{s} in the host's name"),
            (AMAP_LIKE.replace("tiles.", "t{s}."), "map_subdomains", "a,b,c"),
            (
                AMAP_LIKE.replace("tiles.", "t{s}.") + "map_subdomains = \"a,b.evil\"",
                "map_subdomains",
                "letters, digits and hyphens",
            ),
            ("map_tile_size = 512".to_owned(), "map_tile_size", "map_tiles"),
            ("map_tiles = \"x\"\nmap_subdomains = \"a\"".to_owned(), "map_subdomains", "no hosts"),
            ("map_coordinates = \"gcj02\"".to_owned(), "map_coordinates", "map_tiles"),
            ("map_max_zoom = 17".to_owned(), "map_max_zoom", "map_provider"),
            ("map_tiles = \"x\"\nmap_max_zoom = 17".to_owned(), "map_max_zoom", "file says itself"),
            (
                "map_tiles = \"x\"\nmap_coordinates = \"gcj02\"".to_owned(),
                "map_approval_number",
                "审图号",
            ),
        ];
        for (text, key, cure) in table {
            match map(&text) {
                Err(ConfigError::Value { key: found, allowed, .. }) => {
                    assert_eq!(found, key, "{text}");
                    assert!(allowed.starts_with("give ") && allowed.contains(cure), "{allowed}");
                }
                other => panic!("{text}: {other:?}"),
            }
        }
    }
}
