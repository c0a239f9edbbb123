//! What maps draw under everything else: streets, a file of tiles, a provider's tiles.

use std::io::Write;
use std::path::{Path, PathBuf};

use axum::body::Bytes;
use axum::http::{Method, Request, header, response::Parts};
use flate2::Compression;
use flate2::write::GzEncoder;
use gateway::Config;
use gateway::serve::House;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::given::Given;

const MVT: u8 = 1;
const PNG: u8 = 2;
const PLAIN: u8 = 1;
const GZIP: u8 = 2;
const BROTLI: u8 = 3;
const SOURCE: &str = r#"{"attribution": "<a href='https://example.org'>© 某市测绘院</a>"}"#;

/// A whole file in the form of version 3: one directory of tiles by their numbers, nothing packed
/// but what the tiles are said to be.
fn pmtiles(kind: u8, packing: u8, about: &str, tiles: &[(u64, &[u8])]) -> Vec<u8> {
    let mut directory = Vec::new();
    let mut number = |mut value: u64| {
        while value >= 0x80 {
            directory.push(value as u8 | 0x80);
            value >>= 7;
        }
        directory.push(value as u8);
    };
    number(tiles.len() as u64);
    let before = [0].into_iter().chain(tiles.iter().map(|(id, _)| *id));
    tiles.iter().zip(before).for_each(|((id, _), before)| number(id - before));
    tiles.iter().for_each(|_| number(1));
    tiles.iter().for_each(|(_, bytes)| number(bytes.len() as u64));
    let mut begin = 0;
    for (_, bytes) in tiles {
        number(begin + 1);
        begin += bytes.len() as u64;
    }
    let (about_at, data_at) =
        (127 + directory.len() as u64, 127 + (directory.len() + about.len()) as u64);
    let mut file = b"PMTiles\x03".to_vec();
    let places =
        [127, directory.len() as u64, about_at, about.len() as u64, 0, 0, data_at, begin, 0, 0, 0];
    places.iter().for_each(|place| file.extend(place.to_le_bytes()));
    file.extend([1, PLAIN, packing, kind, 0, 1]);
    let degrees = |value: f64| ((value * 1e7_f64).round() as i32).to_le_bytes();
    [114.0, 30.4, 114.6, 30.8].iter().for_each(|corner| file.extend(degrees(*corner)));
    file.push(0);
    [114.3, 30.6].iter().for_each(|middle| file.extend(degrees(*middle)));
    file.extend(directory);
    file.extend(about.as_bytes());
    tiles.iter().for_each(|(_, bytes)| file.extend(*bytes));
    file
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut packing = GzEncoder::new(Vec::new(), Compression::default());
    packing.write_all(bytes).unwrap();
    packing.finish().unwrap()
}

fn written(folder: &Path, file: &[u8]) -> PathBuf {
    let path = folder.join("city.pmtiles");
    std::fs::write(&path, file).unwrap();
    path
}

async fn get(given: &Given, path: &str) -> (Parts, Bytes) {
    given.whole(Request::get("/"), path, String::new()).await
}

async fn map(given: &Given) -> Value {
    given.ask(Method::GET, "/v1/map", None, None, String::new()).await.ok()
}

#[tokio::test]
async fn streets_are_the_ground_where_nobody_says_otherwise() {
    let given = Given::empty("").await;
    assert_eq!(map(&given).await, json!({}));
    let tile = given.ask(Method::GET, "/v1/map/0/0/0", None, None, String::new()).await;
    tile.refused(404, "not_found");
}

#[tokio::test]
async fn pictures_of_a_file_are_handed_out_as_they_lie_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = written(folder.path(), &pmtiles(PNG, PLAIN, SOURCE, &[(0, b"whole"), (4, b"ne")]));
    let approved = "map_approval_number = \"GS(2024)1234号\"";
    let given = Given::empty(&format!("map_tiles = \"{}\"\n{approved}", path.display())).await;
    let shown = json!({
        "tiles": {
            "kind": "raster",
            "layers": ["/v1/map/{z}/{x}/{y}"],
            "coordinates": "wgs84",
            "min_zoom": 0,
            "max_zoom": 1,
            "bounds": [[114.0, 30.4], [114.6, 30.8]],
        },
        "attribution": "© 某市测绘院",
        "approval_number": "GS(2024)1234号",
    });
    assert_eq!(map(&given).await, shown);

    let (head, bytes) = get(&given, "/v1/map/0/0/0").await;
    assert_eq!((head.status.as_u16(), bytes.as_ref()), (200, b"whole".as_slice()));
    assert_eq!(head.headers[header::CONTENT_TYPE], "image/png");
    assert!(head.headers.get(header::CONTENT_ENCODING).is_none());
    let known = Request::get("/").header("if-none-match", &head.headers[header::ETAG]);
    let (head, _) = given.whole(known, "/v1/map/0/0/0", String::new()).await;
    assert_eq!(head.status.as_u16(), 304);
    // The fourth of the curve through the second zoom is the one to the north-east.
    let (_, bytes) = get(&given, "/v1/map/1/1/0").await;
    assert_eq!(bytes.as_ref(), b"ne");
    for nowhere in ["/v1/map/1/0/0", "/v1/map/1/2/0", "/v1/map/9/0/0", "/v1/map/200/0/0"] {
        let (head, bytes) = get(&given, nowhere).await;
        assert_eq!((head.status.as_u16(), bytes.len()), (204, 0), "{nowhere}");
    }
    std::fs::write(&path, "cut short").unwrap();
    let (head, _) = get(&given, "/v1/map/0/0/0").await;
    assert_eq!(head.status.as_u16(), 500, "the file was cut while it served");
    assert_eq!(map(&given).await, shown);
}

#[tokio::test]
async fn vector_tiles_come_packed_to_whoever_reads_that() {
    let folder = tempfile::tempdir().unwrap();
    let tile = packed(b"streets");
    let path = written(folder.path(), &pmtiles(MVT, GZIP, "{}", &[(0, &tile)]));
    let settings = format!("map_tiles = \"{}\"\nmap_attribution = \"© 某图\"", path.display());
    let given = Given::empty(&settings).await;
    assert_eq!(map(&given).await["tiles"]["kind"], "vector");
    let (head, bytes) = get(&given, "/v1/map/0/0/0").await;
    assert_eq!(bytes.as_ref(), b"streets");
    assert_eq!(head.headers[header::CONTENT_TYPE], "application/vnd.mapbox-vector-tile");
    let packed = Request::get("/").header("accept-encoding", "gzip");
    let (head, bytes) = given.whole(packed, "/v1/map/0/0/0", String::new()).await;
    assert_eq!(head.headers[header::CONTENT_ENCODING], "gzip");
    assert_eq!(bytes, tile);
}

#[tokio::test]
async fn a_map_file_that_cannot_be_used_stops_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let path = folder.path().join("city.pmtiles");
    let refusal = async || {
        let (data, path) = (data.display(), path.display());
        let text = format!("listen = \"127.0.0.1:0\"\ndata = \"{data}\"\nmap_tiles = \"{path}\"");
        let opened = House::open(Config::from_toml(&text).unwrap()).await.map(|_| ());
        opened.unwrap_err().to_string()
    };
    let refused = refusal().await;
    assert!(refused.contains("city.pmtiles") && refused.contains("No such file"), "{refused}");
    let table: [(&[u8], &str); 6] = [
        (b"no map at all", "no PMTiles file"),
        (b"", "cannot be read as PMTiles"),
        (b"PM\x02\0 and so on", "old version"),
        (&pmtiles(PNG, BROTLI, SOURCE, &[(0, b"whole")]), "brotli"),
        (&pmtiles(6, PLAIN, SOURCE, &[(0, b"whole")]), "neither pictures nor Mapbox"),
        (&pmtiles(PNG, PLAIN, "{}", &[(0, b"whole")]), "map_attribution"),
    ];
    for (file, reason) in table {
        written(folder.path(), file);
        let refused = refusal().await;
        assert!(refused.contains("the map file") && refused.contains(reason), "{refused}");
    }
    assert!(!data.exists());
}

#[tokio::test]
async fn a_providers_origin_is_all_that_pages_may_show_beside_their_own() {
    let provider = "map_provider = \"https://tiles.example/v?x={x}&y={y}&z={z}\"\n\
        map_coordinates = \"gcj02\"\nmap_attribution = \"© 某图\"\n\
        map_approval_number = \"GS(2024)1234号\"\nmap_max_zoom = 17";
    let given = Given::empty(provider).await;
    let shown = map(&given).await;
    assert_eq!(shown["tiles"]["layers"], json!(["https://tiles.example/v?x={x}&y={y}&z={z}"]));
    assert_eq!(shown["tiles"]["coordinates"], "gcj02");
    assert_eq!(
        (&shown["tiles"]["max_zoom"], &shown["tiles"]["bounds"]),
        (&json!(17), &Value::Null)
    );
    let tile = given.ask(Method::GET, "/v1/map/0/0/0", None, None, String::new()).await;
    tile.refused(404, "not_found");
    let (head, _) = get(&given, "/hq").await;
    // A binary without pages has no policy to say.
    if head.status.as_u16() == 200 {
        let policy = head.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        let pictures = policy.split("; ").find(|part| part.starts_with("img-src")).unwrap();
        assert_eq!(pictures, "img-src 'self' data: blob: https://tiles.example");
        assert_eq!(policy.matches("tiles.example").count(), 1, "{policy}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn a_broken_map_file_is_refused_or_read_and_never_for_long(
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), any::<u8>()), 1..12),
    ) {
        let tiles: [(u64, &[u8]); 3] = [(0, b"whole"), (1, b"sw"), (4, b"ne")];
        let mut bytes = pmtiles(PNG, PLAIN, SOURCE, &tiles);
        for (place, kind, byte) in edits {
            let at = place.index(bytes.len());
            match kind % 3 {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                _ => bytes.truncate(at.max(1)),
            }
        }
        let folder = tempfile::tempdir().unwrap();
        let path = written(folder.path(), &bytes);
        let began = std::time::Instant::now();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let Ok(file) = gateway::ground::TileFile::open(&path).await else { return };
            for (zoom, x, y) in [(0, 0, 0), (1, 0, 0), (1, 1, 1), (12, 3_000, 1_600), (31, 7, 7)] {
                let _ = file.tile(zoom, x, y).await;
            }
        });
        prop_assert!(began.elapsed().as_secs() < 5, "{:?}", began.elapsed());
    }
}
