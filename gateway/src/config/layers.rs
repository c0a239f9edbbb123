//! File, environment and flags as texts by key, the later over the earlier.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Args;

use super::{ConfigError, DEFAULT_FILE};

/// Every key, with what it is for.
pub const KEYS: &[&str] = &[
    "listen",
    "data",
    "database",
    "role",
    "redis",
    "core",
    "core_token_file",
    "advertise",
    "city",
    "center",
    "more_cities",
    "time_scale",
    "catch_up_s",
    "origins",
    "log",
    "log_filter",
    "io_threads",
    "requests_per_s",
    "person_requests_per_s",
    "in_flight",
    "request_timeout_s",
    "intake",
    "sockets",
    "connections",
    "header_timeout_s",
    "tls_certificate",
    "tls_key",
    "roads",
    "map_attribution",
    "code_sender",
    "code_sender_secret_file",
    "codes_per_minute",
    "map_tiles",
    "map_provider",
    "map_coordinates",
    "map_max_zoom",
    "map_approval_number",
    "map_tile_size",
    "map_subdomains",
];

/// The same keys as flags.
#[derive(Debug, Clone, Default, Args)]
pub struct Flags {
    /// Configuration file (TOML); `paidan.toml` when it is there
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Address to listen on [default: 127.0.0.1:7878]
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub listen: Option<String>,
    /// Data folder: journal, keys and the HQ token [default: ./data]
    #[arg(long, value_name = "FOLDER")]
    pub data: Option<String>,
    /// Database [default: sqlite:<data>/paidan.db]
    #[arg(long, value_name = "URL")]
    pub database: Option<String>,
    /// What this process does: all, core (no pages and no sockets of its own) or gateway [default: all]
    #[arg(long, value_name = "ROLE")]
    pub role: Option<String>,
    /// Redis, for hints between processes: redis://host:port, or some nodes of a cluster,
    /// redis-cluster://host:port,host:port [default: none]
    #[arg(long, value_name = "URL")]
    pub redis: Option<String>,
    /// Of a gateway: the server of the city behind it
    #[arg(long, value_name = "URL")]
    pub core: Option<String>,
    /// Of a gateway: file with its own token, of the role gateway
    #[arg(long, value_name = "FILE")]
    pub core_token_file: Option<String>,
    /// Where other servers and their clients find this one [default: http://<listen>]
    #[arg(long, value_name = "URL")]
    pub advertise: Option<String>,
    /// Number of the city [default: 1]
    #[arg(long, value_name = "NUMBER")]
    pub city: Option<String>,
    /// Centre of the city in WGS-84 [default: 30.6,114.3]
    #[arg(long, value_name = "LAT,LON")]
    pub center: Option<String>,
    /// Further cities of this process: number@lat,lon;... [default: none]
    #[arg(long, value_name = "CITIES")]
    pub more_cities: Option<String>,
    /// How many times faster than the wall time passes [default: 1]
    #[arg(long, value_name = "FACTOR")]
    pub time_scale: Option<String>,
    /// Start this many seconds behind the wall and run fast until caught up [default: 0]
    #[arg(long, value_name = "SECONDS", alias = "catch-up")]
    pub catch_up_s: Option<String>,
    /// Origins of web pages that may connect, separated by commas [default: none]
    #[arg(long, value_name = "ORIGINS")]
    pub origins: Option<String>,
    /// Form of the log: text or json [default: text]
    #[arg(long, value_name = "FORM")]
    pub log: Option<String>,
    /// Which log lines, such as info or warn,gateway=debug [default: info]
    #[arg(long, value_name = "FILTER")]
    pub log_filter: Option<String>,
    /// Threads for HTTP and sockets [default: 1]
    #[arg(long, value_name = "COUNT")]
    pub io_threads: Option<String>,
    /// Requests a second of one staff member or channel [default: 50000]
    #[arg(long, value_name = "COUNT")]
    pub requests_per_s: Option<String>,
    /// Requests a second of one courier, shopper or device [default: 50]
    #[arg(long, value_name = "COUNT")]
    pub person_requests_per_s: Option<String>,
    /// Requests carried out at the same time [default: 4096]
    #[arg(long, value_name = "COUNT")]
    pub in_flight: Option<String>,
    /// After this long a request is given up [default: 30]
    #[arg(long, value_name = "SECONDS")]
    pub request_timeout_s: Option<String>,
    /// Commands that may wait at the city's border [default: 2048]
    #[arg(long, value_name = "COUNT")]
    pub intake: Option<String>,
    /// Sockets that may be open [default: 20000]
    #[arg(long, value_name = "COUNT")]
    pub sockets: Option<String>,
    /// HTTP connections that may be open [default: 16384]
    #[arg(long, value_name = "COUNT")]
    pub connections: Option<String>,
    /// After this long without a whole request head a connection is closed [default: 30]
    #[arg(long, value_name = "SECONDS")]
    pub header_timeout_s: Option<String>,
    /// PEM file of the server's certificate and its chain: TLS is spoken on the address
    #[arg(long, value_name = "FILE")]
    pub tls_certificate: Option<String>,
    /// PEM file of the certificate's private key
    #[arg(long, value_name = "FILE")]
    pub tls_key: Option<String>,
    /// Road file, OSM PBF or GeoJSON: for maps and travel times [default: none]
    #[arg(long, value_name = "FILE")]
    pub roads: Option<String>,
    /// Whose map it is, shown on every map [default: what the map's source says of itself]
    #[arg(long, value_name = "TEXT")]
    pub map_attribution: Option<String>,
    /// Where log-in codes of members are sent: URL of a gateway of messages, or sandbox [default: none]
    #[arg(long, value_name = "URL")]
    pub code_sender: Option<String>,
    /// File with the secret that requests to that gateway are signed with
    #[arg(long, value_name = "FILE")]
    pub code_sender_secret_file: Option<String>,
    /// Log-in codes a minute of the whole server [default: 600]
    #[arg(long, value_name = "COUNT")]
    pub codes_per_minute: Option<String>,
    /// PMTiles file under everything that maps draw [default: streets]
    #[arg(long, value_name = "FILE")]
    pub map_tiles: Option<String>,
    /// Addresses of a provider's pictures instead, such as https://tiles.example/{z}/{x}/{y}.png
    #[arg(long, value_name = "URLS")]
    pub map_provider: Option<String>,
    /// System in which those tiles are drawn: wgs84 or gcj02 [default: wgs84; of a provider, none]
    #[arg(long, value_name = "SYSTEM")]
    pub map_coordinates: Option<String>,
    /// How near a provider's tiles go [default: 18]
    #[arg(long, value_name = "ZOOM")]
    pub map_max_zoom: Option<String>,
    /// The map's approval number (审图号), shown on every map [default: none]
    #[arg(long, value_name = "TEXT")]
    pub map_approval_number: Option<String>,
    /// Pixels that the map's pictures are meant to be wide: 256 or 512 [default: 256]
    #[arg(long, value_name = "PIXELS")]
    pub map_tile_size: Option<String>,
    /// What stands for {s} in a provider's host name, such as a,b,c [default: none]
    #[arg(long, value_name = "NAMES")]
    pub map_subdomains: Option<String>,
}

/// A text and where it stood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    pub text: String,
    pub place: String,
}

/// The last word about each key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Layers(BTreeMap<String, Given>);

impl Layers {
    pub(super) fn of_process(flags: Flags) -> Result<Self, ConfigError> {
        let mut layers = Self::default();
        let named =
            flags.config.clone().or_else(|| std::env::var_os("PAIDAN_CONFIG").map(Into::into));
        match named {
            Some(path) => layers.add_file(&path)?,
            None if Path::new(DEFAULT_FILE).exists() => layers.add_file(Path::new(DEFAULT_FILE))?,
            None => {}
        }
        layers.add_environment(std::env::vars())?;
        layers.add_flags(flags);
        Ok(layers)
    }

    fn add_file(&mut self, path: &Path) -> Result<(), ConfigError> {
        let failed = |reason: String| ConfigError::File { path: path.into(), reason };
        let text = std::fs::read_to_string(path).map_err(|error| failed(error.to_string()))?;
        self.add_toml(&text, &path.display().to_string()).map_err(|error| match error {
            ConfigError::File { reason, .. } => failed(reason),
            ConfigError::Value { .. } | ConfigError::UnknownKey { .. } => error,
        })
    }

    pub(super) fn add_toml(&mut self, text: &str, place: &str) -> Result<(), ConfigError> {
        let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
            ConfigError::File { path: place.into(), reason: error.to_string() }
        })?;
        for (key, value) in table {
            let text = match value {
                toml::Value::String(text) => text,
                toml::Value::Array(values) => {
                    let texts = values.iter().map(plain);
                    texts.collect::<Vec<_>>().join(",")
                }
                value => plain(&value),
            };
            self.add(&key, text, place.to_owned())?;
        }
        Ok(())
    }

    pub(super) fn add_environment(
        &mut self,
        variables: impl Iterator<Item = (String, String)>,
    ) -> Result<(), ConfigError> {
        for (name, text) in variables {
            let Some(key) = name.strip_prefix("PAIDAN_") else { continue };
            // What scripts and tests of this program are told by the same prefix is not for it.
            if KEYS.contains(&key.to_lowercase().as_str()) {
                self.add(&key.to_lowercase(), text, name.clone())?;
            }
        }
        Ok(())
    }

    fn add_flags(&mut self, flags: Flags) {
        let given = [
            ("listen", flags.listen),
            ("data", flags.data),
            ("database", flags.database),
            ("advertise", flags.advertise),
            ("city", flags.city),
            ("center", flags.center),
            ("more_cities", flags.more_cities),
            ("time_scale", flags.time_scale),
            ("catch_up_s", flags.catch_up_s),
            ("origins", flags.origins),
            ("log", flags.log),
            ("role", flags.role),
            ("redis", flags.redis),
            ("core", flags.core),
            ("core_token_file", flags.core_token_file),
            ("log_filter", flags.log_filter),
            ("io_threads", flags.io_threads),
            ("requests_per_s", flags.requests_per_s),
            ("person_requests_per_s", flags.person_requests_per_s),
            ("in_flight", flags.in_flight),
            ("request_timeout_s", flags.request_timeout_s),
            ("intake", flags.intake),
            ("sockets", flags.sockets),
            ("connections", flags.connections),
            ("header_timeout_s", flags.header_timeout_s),
            ("tls_certificate", flags.tls_certificate),
            ("tls_key", flags.tls_key),
            ("roads", flags.roads),
            ("map_attribution", flags.map_attribution),
            ("code_sender", flags.code_sender),
            ("code_sender_secret_file", flags.code_sender_secret_file),
            ("codes_per_minute", flags.codes_per_minute),
            ("map_tiles", flags.map_tiles),
            ("map_provider", flags.map_provider),
            ("map_coordinates", flags.map_coordinates),
            ("map_max_zoom", flags.map_max_zoom),
            ("map_approval_number", flags.map_approval_number),
            ("map_tile_size", flags.map_tile_size),
            ("map_subdomains", flags.map_subdomains),
        ];
        for (key, text) in given {
            if let Some(text) = text {
                let place = format!("--{}", key.replace('_', "-"));
                self.0.insert(key.to_owned(), Given { text, place });
            }
        }
    }

    fn add(&mut self, key: &str, text: String, place: String) -> Result<(), ConfigError> {
        if !KEYS.contains(&key) {
            let (key, known) = (key.to_owned(), KEYS.join(", "));
            return Err(ConfigError::UnknownKey { key, place, known });
        }
        self.0.insert(key.to_owned(), Given { text, place });
        Ok(())
    }

    pub(super) fn get(&self, key: &str) -> Option<&Given> {
        self.0.get(key)
    }
}

fn plain(value: &toml::Value) -> String {
    match value {
        toml::Value::String(text) => text.clone(),
        toml::Value::Integer(number) => number.to_string(),
        toml::Value::Float(number) => number.to_string(),
        toml::Value::Boolean(flag) => flag.to_string(),
        value @ (toml::Value::Datetime(_) | toml::Value::Array(_) | toml::Value::Table(_)) => {
            value.to_string()
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use clap::{Args, Command};

    use super::*;

    #[test]
    fn every_key_stands_on_the_operators_page_and_no_other() {
        let page = include_str!("../../../docs/operations.md");
        let settings = page.split("## ").find(|part| part.contains("| `listen` |")).unwrap();
        let named: BTreeSet<_> = settings
            .lines()
            .filter_map(|line| line.strip_prefix("| `")?.split('`').next())
            .collect();
        assert_eq!(named, KEYS.iter().copied().collect());
    }

    #[test]
    fn every_key_is_a_flag() {
        let command = Flags::augment_args(Command::new("paidan"));
        let flags: BTreeSet<_> =
            command.get_arguments().map(|flag| flag.get_id().as_str()).collect();
        let keys: BTreeSet<_> = KEYS.iter().copied().chain(["config"]).collect();
        assert_eq!(flags, keys);
    }
}
