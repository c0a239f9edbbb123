//! From texts to the checked set-up.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use axum::http::Uri;
use vocabulary::{Place, Seconds};

use crate::cities::LAST_CITY;
use crate::tls::TlsFiles;

use super::layers::Given;
use super::{
    Behind, CodeGateway, CodeSending, Config, ConfigError, Database, Layers, Limits, LogFormat,
    Role, default_database,
};

/// How fast a clock runs that has to catch up, when nobody says.
const CATCHING_UP_SCALE: f64 = 60.0;

impl Layers {
    pub(super) fn config(&self) -> Result<Config, ConfigError> {
        let data = self.text("data").map_or_else(|| PathBuf::from("data"), PathBuf::from);
        let database = self.database()?.unwrap_or_else(|| default_database(&data));
        let tls = self.tls()?;
        let map = self.map(tls.is_some())?;
        let listen = self.parsed(
            "listen",
            "127.0.0.1:7878",
            "give an address and a port, such as 127.0.0.1:7878",
        )?;
        Ok(Config {
            listen,
            database,
            role: self.role()?,
            redis: self.redis()?,
            advertise: self.advertise(listen, tls.is_some())?,
            city: self.number("city", 1, 1..=LAST_CITY)?,
            center: self.center()?,
            more_cities: self.more_cities()?,
            time_scale: self.time_scale()?,
            catch_up: Seconds(self.number("catch_up_s", 0, 0..=31 * 86_400)?),
            origins: self.origins()?,
            log: self.log()?,
            log_filter: self.log_filter()?,
            io_threads: self.number("io_threads", 1, 1..=64)?,
            limits: Limits {
                requests_per_s: self.number("requests_per_s", 50_000, 1..=10_000_000)?,
                person_requests_per_s: self.number("person_requests_per_s", 50, 1..=1_000_000)?,
                in_flight: self.number("in_flight", 4_096, 1..=1_000_000)?,
                request_timeout: Duration::from_secs(self.number(
                    "request_timeout_s",
                    30,
                    1..=600,
                )?),
                intake: self.number("intake", 2_048, 16..=1_000_000)?,
                sockets: self.number("sockets", 20_000, 1..=1_000_000)?,
                connections: self.number("connections", 16_384, 1..=1_000_000)?,
                header_timeout: Duration::from_secs(self.number(
                    "header_timeout_s",
                    30,
                    1..=600,
                )?),
                codes_per_minute: self.number("codes_per_minute", 600, 1..=1_000_000)?,
            },
            tls,
            code_sender: self.code_sender()?,
            roads: self.text("roads").map(PathBuf::from),
            map,
            data,
        })
    }

    pub(super) fn text(&self, key: &str) -> Option<&str> {
        self.get(key).map(|given| given.text.as_str())
    }

    fn parsed<T: FromStr>(
        &self,
        key: &'static str,
        default: &str,
        allowed: &str,
    ) -> Result<T, ConfigError> {
        let text = self.text(key).unwrap_or(default);
        text.trim().parse().map_err(|_| self.bad(key, allowed))
    }

    pub(super) fn number<T>(
        &self,
        key: &'static str,
        default: T,
        range: RangeInclusive<T>,
    ) -> Result<T, ConfigError>
    where
        T: FromStr + PartialOrd + std::fmt::Display + Copy,
    {
        let Some(text) = self.text(key) else { return Ok(default) };
        let number = text.trim().parse().ok().filter(|number| range.contains(number));
        let allowed = format!("give a whole number from {} to {}", range.start(), range.end());
        number.ok_or_else(|| self.bad(key, &allowed))
    }

    fn database(&self) -> Result<Option<Database>, ConfigError> {
        let Some(url) = self.text("database") else { return Ok(None) };
        let is_file = url.starts_with("sqlite:") && !url.contains('?') && url.len() > 7;
        let schemes = ["postgres://", "postgresql://"];
        let is_server =
            schemes.iter().any(|scheme| url.len() > scheme.len() && url.starts_with(scheme));
        if is_file || is_server || url == "memory:" {
            return Ok(Some(Database(url.to_owned())));
        }
        let allowed = "give sqlite:<path> without options, postgres://user@host/name, or memory: \
                       to keep nothing";
        Err(self.bad("database", allowed))
    }

    fn role(&self) -> Result<Role, ConfigError> {
        match self.text("role").unwrap_or("all") {
            "all" => Ok(Role::All),
            "core" => Ok(Role::Core),
            "gateway" => {
                Ok(Role::Gateway(Behind { url: self.core()?, token_file: self.core_token_file()? }))
            }
            _ => Err(self.bad("role", "give all, core or gateway")),
        }
    }

    fn redis(&self) -> Result<Option<Database>, ConfigError> {
        let Some(url) = self.text("redis") else { return Ok(None) };
        match persistence::Hints::open(url) {
            Ok(_) => Ok(Some(Database(url.to_owned()))),
            Err(_) => Err(self.bad(
                "redis",
                "give an address such as redis://127.0.0.1:6379, or of some nodes of a cluster, \
                 such as redis-cluster://10.0.0.5:6379,10.0.0.6:6379",
            )),
        }
    }

    fn core(&self) -> Result<String, ConfigError> {
        let url = self.text("core").unwrap_or_default();
        let authority = url.strip_prefix("http://").unwrap_or_default().trim_end_matches('/');
        if authority.is_empty() || authority.contains(['/', ' ', '?', '#']) {
            let allowed = "a gateway needs the address of its core, such as http://10.0.0.7:7878";
            return Err(self.bad("core", allowed));
        }
        Ok(url.trim_end_matches('/').to_owned())
    }

    fn core_token_file(&self) -> Result<PathBuf, ConfigError> {
        let allowed = "a gateway needs a file with its token: paidan token --kind device \
                       --role gateway --name <name> --scope '\"all\"'";
        let path = self.text("core_token_file").filter(|path| !path.is_empty());
        path.map(PathBuf::from).ok_or_else(|| self.bad("core_token_file", allowed))
    }

    /// Both files or none.
    fn tls(&self) -> Result<Option<TlsFiles>, ConfigError> {
        match (self.text("tls_certificate"), self.text("tls_key")) {
            (None, None) => Ok(None),
            (Some(certificate), Some(key)) => {
                Ok(Some(TlsFiles { certificate: certificate.into(), key: key.into() }))
            }
            (Some(_), None) => {
                let allowed = "give tls_key beside it: the PEM file of its private key";
                Err(self.bad("tls_certificate", allowed))
            }
            (None, Some(_)) => {
                let allowed = "give tls_certificate beside it: the PEM file of the chain";
                Err(self.bad("tls_key", allowed))
            }
        }
    }

    fn code_sender(&self) -> Result<CodeSending, ConfigError> {
        let secret = self.text("code_sender_secret_file").filter(|path| !path.is_empty());
        let url = match self.text("code_sender").map(str::trim) {
            None | Some("" | "sandbox") if secret.is_some() => {
                let allowed = "give code_sender beside it: the address of the gateway of messages";
                return Err(self.bad("code_sender_secret_file", allowed));
            }
            None | Some("") => return Ok(CodeSending::Nobody),
            Some("sandbox") => return Ok(CodeSending::Sandbox),
            Some(url) => url,
        };
        let allowed = "give the address of a gateway of messages without a user and without a \
                       query, such as https://sms.example/codes, or sandbox to show codes to \
                       whoever asks";
        let url = url.parse::<Uri>().ok().filter(is_gateway);
        let url = url.ok_or_else(|| self.bad("code_sender", allowed))?;
        let allowed = "give code_sender_secret_file beside it: a file with the secret that both \
                       sides know";
        let secret_file = secret.ok_or_else(|| self.bad("code_sender", allowed))?.into();
        Ok(CodeSending::Gateway(CodeGateway { url, secret_file }))
    }

    fn advertise(&self, listen: SocketAddr, is_tls: bool) -> Result<String, ConfigError> {
        let Some(url) = self.text("advertise") else {
            let scheme = if is_tls { "https" } else { "http" };
            return Ok(format!("{scheme}://{listen}"));
        };
        let is_web = ["http://", "https://"].iter().any(|scheme| url.starts_with(scheme));
        if is_web && !url.contains([' ', '?', '#']) {
            return Ok(url.trim_end_matches('/').to_owned());
        }
        Err(self.bad("advertise", "give an address such as http://10.0.0.7:7878"))
    }

    fn center(&self) -> Result<Place, ConfigError> {
        let text = self.text("center").unwrap_or("30.6,114.3");
        let allowed = "give latitude,longitude in degrees, such as 30.6,114.3";
        place(text).ok_or_else(|| self.bad("center", allowed))
    }

    fn more_cities(&self) -> Result<Vec<(u16, Place)>, ConfigError> {
        let text = self.text("more_cities").unwrap_or_default();
        let texts = text.split(';').map(str::trim).filter(|text| !text.is_empty());
        let mut cities: Vec<(u16, Place)> = Vec::new();
        let first = self.number("city", 1, 1..=LAST_CITY)?;
        for text in texts {
            let city = text.split_once('@').and_then(|(number, center)| {
                let number = number.trim().parse().ok();
                number.filter(|number| (1..=LAST_CITY).contains(number)).zip(place(center))
            });
            let is_new =
                |number| number != first && cities.iter().all(|(known, _)| *known != number);
            match city.filter(|(number, _)| is_new(*number)) {
                Some(city) => cities.push(city),
                None => {
                    let allowed = "give number@latitude,longitude of each, separated by ;, each \
                                   number once, such as 2@31.2,121.5";
                    return Err(self.bad("more_cities", allowed));
                }
            }
        }
        Ok(cities)
    }

    fn time_scale(&self) -> Result<f64, ConfigError> {
        let catches_up = self.text("catch_up_s").is_some_and(|text| text.trim() != "0");
        let Some(text) = self.text("time_scale") else {
            return Ok(if catches_up { CATCHING_UP_SCALE } else { 1.0 });
        };
        let scale = text.trim().parse().ok().filter(|scale| (0.001..=10_000.0).contains(scale));
        let scale = scale.ok_or_else(|| self.bad("time_scale", "give 0.001 to 10000"))?;
        if catches_up && scale <= 1.0 {
            return Err(self.bad("time_scale", "give more than 1 to catch up (catch_up_s is set)"));
        }
        Ok(scale)
    }

    fn origins(&self) -> Result<BTreeSet<String>, ConfigError> {
        let text = self.text("origins").unwrap_or_default();
        let origins = text.split(',').map(str::trim).filter(|origin| !origin.is_empty());
        let checked = origins.map(|origin| {
            let is_origin = ["http://", "https://"].iter().any(|scheme| {
                origin.strip_prefix(scheme).is_some_and(|rest| {
                    !rest.is_empty() && !rest.contains(['/', '*', ' ', '?', '#'])
                })
            });
            let allowed = "give origins such as https://shop.example, without path or star";
            is_origin.then(|| origin.to_owned()).ok_or_else(|| self.bad("origins", allowed))
        });
        checked.collect()
    }

    fn log(&self) -> Result<LogFormat, ConfigError> {
        match self.text("log") {
            None | Some("text") => Ok(LogFormat::Text),
            Some("json") => Ok(LogFormat::Json),
            Some(_) => Err(self.bad("log", "give text or json")),
        }
    }

    fn log_filter(&self) -> Result<String, ConfigError> {
        let text = self.text("log_filter").unwrap_or("info,sqlx=warn");
        match text.parse::<tracing_subscriber::filter::Targets>() {
            Ok(_) => Ok(text.to_owned()),
            Err(_) => Err(self.bad("log_filter", "give levels such as info or warn,gateway=debug")),
        }
    }

    pub(super) fn bad(&self, key: &'static str, allowed: &str) -> ConfigError {
        let missing = || Given { text: String::new(), place: "default".to_owned() };
        let Given { text, place } = self.get(key).cloned().unwrap_or_else(missing);
        let given = persistence::without_secrets(&text);
        ConfigError::Value { key: key.to_owned(), place, given, allowed: allowed.to_owned() }
    }
}

/// Whether a program can be asked there, and the address may be shown.
fn is_gateway(url: &Uri) -> bool {
    let is_web = matches!(url.scheme_str(), Some("http" | "https"));
    let host = url.authority().map_or("", |authority| authority.as_str());
    is_web && !host.is_empty() && !host.contains('@') && url.query().is_none()
}

/// `latitude,longitude` in degrees.
fn place(text: &str) -> Option<Place> {
    let (latitude, longitude) = text.split_once(',')?;
    Place::new(latitude.trim().parse().ok()?, longitude.trim().parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> Result<Config, ConfigError> {
        let mut layers = Layers::default();
        layers.add_toml(text, "paidan.toml")?;
        layers.config()
    }

    #[test]
    fn nothing_given_is_a_complete_set_up() {
        let config = file("").unwrap();
        assert_eq!(config.listen.to_string(), "127.0.0.1:7878");
        assert_eq!(config.database.to_string(), "sqlite:data/paidan.db");
        assert_eq!(config.advertise, "http://127.0.0.1:7878");
        assert_eq!(config.time_scale, 1.0);
        assert_eq!(file("catch_up_s = 60").unwrap().time_scale, CATCHING_UP_SCALE);
        assert_eq!(config.tls, None);
        let config = file("tls_certificate = \"chain.pem\"\ntls_key = \"key.pem\"").unwrap();
        assert_eq!(config.advertise, "https://127.0.0.1:7878");
    }

    #[test]
    fn the_environment_is_over_the_file() {
        let mut layers = Layers::default();
        layers.add_toml("time_scale = 5\ncity = 3", "paidan.toml").unwrap();
        let variables = [("PAIDAN_TIME_SCALE", "60"), ("PAIDAN_TRIAL_DATA", "x"), ("HOME", "y")];
        let variables = variables.map(|(name, text)| (name.to_owned(), text.to_owned()));
        layers.add_environment(variables.into_iter()).unwrap();
        let config = layers.config().unwrap();
        assert_eq!((config.time_scale, config.city), (60.0, 3));
    }

    #[test]
    fn every_bad_value_names_its_key_and_what_is_allowed() {
        let table = [
            ("listen = \"here\"", "listen"),
            ("database = \"mysql:x\"", "database"),
            ("database = \"sqlite:x?mode=off\"", "database"),
            ("database = \"postgres://\"", "database"),
            ("advertise = \"10.0.0.7\"", "advertise"),
            ("city = 0", "city"),
            ("center = \"91,0\"", "center"),
            ("city = 60001", "city"),
            ("more_cities = \"1@31,121\"", "more_cities"),
            ("more_cities = \"2@31,121;2@32,121\"", "more_cities"),
            ("more_cities = \"2\"", "more_cities"),
            ("time_scale = 0", "time_scale"),
            ("catch_up_s = 60\ntime_scale = 1", "time_scale"),
            ("catch_up_s = -1\ntime_scale = 9", "catch_up_s"),
            ("origins = \"https://*\"", "origins"),
            ("origins = [\"shop.example\"]", "origins"),
            ("log = \"xml\"", "log"),
            ("log_filter = \"gateway=loud\"", "log_filter"),
            ("io_threads = 0", "io_threads"),
            ("in_flight = \"many\"", "in_flight"),
            ("connections = 0", "connections"),
            ("header_timeout_s = 0", "header_timeout_s"),
            ("tls_certificate = \"chain.pem\"", "tls_certificate"),
            ("tls_key = \"key.pem\"", "tls_key"),
            ("codes_per_minute = 0", "codes_per_minute"),
            ("code_sender = \"sms.example\"", "code_sender"),
            ("code_sender = \"ftp://sms.example\"", "code_sender"),
            ("code_sender = \"https://sms.example\"", "code_sender"),
            ("code_sender_secret_file = \"sms.secret\"", "code_sender_secret_file"),
            (
                "code_sender = \"sandbox\"\ncode_sender_secret_file = \"sms.secret\"",
                "code_sender_secret_file",
            ),
        ];
        for (text, key) in table {
            match file(text) {
                Err(ConfigError::Value { key: found, allowed, .. }) => {
                    assert_eq!(found, key, "{text}");
                    assert!(allowed.starts_with("give "), "{allowed}");
                }
                other => panic!("{text}: {other:?}"),
            }
        }
    }

    #[test]
    fn codes_are_shown_only_where_somebody_says_so() {
        assert_eq!(file("").unwrap().code_sender, CodeSending::Nobody);
        let sandbox = file("code_sender = \"sandbox\"").unwrap();
        assert_eq!(sandbox.code_sender, CodeSending::Sandbox);
        let with_secret = |url: &str| {
            file(&format!("code_sender = \"{url}\"\ncode_sender_secret_file = \"sms.secret\""))
        };
        let gateway = with_secret("https://sms.example/codes").unwrap().code_sender;
        let CodeSending::Gateway(gateway) = gateway else { panic!("{gateway:?}") };
        assert_eq!(gateway.url.to_string(), "https://sms.example/codes");
        for url in ["https://me:word@sms.example", "https://sms.example/?key=word"] {
            let error = with_secret(url).unwrap_err();
            assert!(matches!(error, ConfigError::Value { .. }), "{error}");
        }
    }

    #[test]
    fn a_password_is_not_shown_with_the_rest_of_the_set_up() {
        let config = file("database = \"postgres://shop:s3cret@db/shop\"").unwrap();
        assert_eq!(config.database.address(), "postgres://shop:s3cret@db/shop");
        assert!(!format!("{config:#?} {}", config.database).contains("s3cret"));
        let error = file("database = \"mysql://shop:s3cret@db/shop\"").unwrap_err();
        assert!(!format!("{error} {error:?}").contains("s3cret"), "{error}");
    }

    #[test]
    fn an_unknown_key_is_refused_with_the_known_ones() {
        let error = file("tiem_scale = 1").unwrap_err();
        assert!(error.to_string().contains("time_scale"), "{error}");
        assert!(file("time_scale = ").is_err());
    }
}
