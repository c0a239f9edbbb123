//! What others hand in beside the bodies of requests, by name: what a test or a fuzzer reads without
//! a door in front.
//!
//! Where a signature stands before what is read, it is made here: what lies behind it must be read
//! with the same care.

mod journal;

use std::sync::OnceLock;

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::value::RawValue;
use vocabulary::{Place, Timestamp};

pub use journal::{EVENTS, ROWS, WRITTEN, event};

use crate::access::{Keys, SHOPPER, Tokens};
use crate::actions::{catalog_sheet, sales};
use crate::config::Config;
use crate::gate::behind;
use crate::http::{cookie, reconciliation, relay::Sitting};
use crate::hub::relay::Mirrored;
use crate::images::{Images, Kind};
use crate::members::{code, member_of_code};
use crate::payments::{PaymentPort, SIGNATURE_HEADER, Sandbox, Signature};
use crate::relay::NewsKey;
use crate::sheets::{self, Form, Sheet};
use crate::tls::validity::validity;
use crate::wire::relay::{ActView, AnswersView, HelloView, News, SeatView, SeenText};
use crate::{quotes, trace};

/// Reads one; nothing where it is refused.
pub type Reads = fn(&[u8]) -> Option<()>;

/// One kind of them.
pub struct Paper {
    pub name: &'static str,
    pub reads: Reads,
    /// One that is read.
    pub example: &'static [u8],
}

macro_rules! papers {
    ($($reads:ident = $example:expr),+ $(,)?) => {
        /// All that do not come from the journal.
        pub const PAPERS: &[Paper] = &[$(Paper {
            name: stringify!($reads), reads: $reads, example: $example,
        }),+];
    };
}

papers! {
    quote = include_bytes!("quote.json"),
    quote_text = include_bytes!("quote.txt"),
    seat = include_bytes!("seat.json"),
    shopper_token = b"\x01\xa1\xed\x7c\xe0\x00\x70\x00\x80\x00\x00\x00\x00\x00\x00\x01",
    member_code = b"0123456789abcdef\x00\x00\x01\xa2\x00\x00\x00\x00",
    webhook = include_bytes!("webhook.json"),
    signature = b"t=1795000000,v1=00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
    news = include_bytes!("news.json"),
    seen = br#"{"courier":"019ab3c0-0000-7000-8000-000000000001","lat":30.6,"lon":114.3,"at":1795000000000}"#,
    answers = include_bytes!("answers.json"),
    hello = include_bytes!("hello.json"),
    seat_given = br#"{"seat":"as it was given","token":null,"topics":[{"kind":"operations"}]}"#,
    act_answered = br#"{"masked":true,"at_work":false,"seq":9}"#,
    fault = br#"{"code":"busy","message":"too much at once","retry_after_ms":200,"trace":""}"#,
    headers = include_bytes!("headers.txt"),
    picture = b"RIFF\x01\x02\x03\x04WEBPVP8 ",
    certificate = include_bytes!("certificate.der"),
    config = include_bytes!("paidan.toml"),
    statement = b"order,amount,fee,date\nMT-20261118-1,40.00,2.00,2026-11-18\n",
    sales_of_a_till = b"till,receipt,line,sku,units,sold_at\n1,1001,1,6901234567892,2,2026-11-23T10:30:00+08:00\n",
    skus = include_bytes!("skus.csv"),
}

/// When all of them are read.
const NOW: Timestamp = Timestamp::from_millis(1_795_000_000_000);
const SECRET: [u8; 32] = [7; 32];

fn keys() -> Option<&'static Keys> {
    static KEYS: OnceLock<Option<Keys>> = OnceLock::new();
    KEYS.get_or_init(|| Keys::from_secret(&SECRET).ok()).as_ref()
}

fn text(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
}

fn json<'b, T: serde::Deserialize<'b>>(bytes: &'b [u8]) -> Option<T> {
    serde_json::from_slice(bytes).ok()
}

fn quote(bytes: &[u8]) -> Option<()> {
    quotes::open(keys()?, &quotes::signed(keys()?, bytes)).ok().map(drop)
}

fn quote_text(bytes: &[u8]) -> Option<()> {
    quotes::open(keys()?, text(bytes)?).ok().map(drop)
}

fn seat(bytes: &[u8]) -> Option<()> {
    let as_it_is = text(bytes).and_then(|text| Sitting::read(keys()?, text));
    as_it_is.or_else(|| Sitting::read(keys()?, &Sitting::signed(keys()?, bytes))).map(drop)
}

fn shopper_token(bytes: &[u8]) -> Option<()> {
    let keys = keys()?;
    let token = match bytes.try_into() {
        Ok(id) => Tokens::signed_for_shopper(keys, id),
        Err(_) => text(bytes)?.to_owned(),
    };
    Tokens::shopper(keys, token.strip_prefix(SHOPPER)?, NOW).ok().map(drop)
}

fn member_code(bytes: &[u8]) -> Option<()> {
    let keys = keys()?;
    let code = match bytes.try_into() {
        Ok(head) => code::signed(keys, head),
        Err(_) => text(bytes)?.to_owned(),
    };
    member_of_code(keys, &code, NOW).map(drop)
}

fn webhook(bytes: &[u8]) -> Option<()> {
    let header = Signature::new(keys()?, bytes, NOW).header();
    let headers = HeaderMap::from_iter([(
        HeaderName::from_static(SIGNATURE_HEADER),
        HeaderValue::try_from(header).ok()?,
    )]);
    Sandbox::new(keys()?.clone()).verify(&headers, bytes, NOW).ok().map(drop)
}

/// Of nothing: what is refused for its form never comes to be compared.
fn signature(bytes: &[u8]) -> Option<()> {
    let header = HeaderValue::from_bytes(bytes).ok()?;
    let headers = HeaderMap::from_iter([(HeaderName::from_static(SIGNATURE_HEADER), header)]);
    let refused = Signature::check(keys()?, &headers, b"", NOW).err()?;
    refused.message.contains("does not fit").then_some(())
}

/// What is heard on a channel, with the signature that it needs.
fn heard<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    let key = NewsKey::of(&SECRET)?;
    let unsigned = text(bytes).and_then(|text| key.open("channel", text));
    unsigned.or_else(|| key.open("channel", &key.sign("channel", &json::<&RawValue>(bytes)?)?))
}

fn news(bytes: &[u8]) -> Option<()> {
    heard::<News>(bytes).map(|news| drop(news.told()))
}

fn seen(bytes: &[u8]) -> Option<()> {
    let SeenText { lat, lon, .. } = heard(bytes)?;
    Place::new(lat, lon).ok().map(drop)
}

fn answers(bytes: &[u8]) -> Option<()> {
    let AnswersView { answers } = json(bytes)?;
    answers.into_iter().map(Mirrored::from).for_each(drop);
    Some(())
}

fn hello(bytes: &[u8]) -> Option<()> {
    NewsKey::read(&json::<HelloView>(bytes)?.key).map(drop)
}

fn seat_given(bytes: &[u8]) -> Option<()> {
    json::<SeatView>(bytes).map(drop)
}

fn act_answered(bytes: &[u8]) -> Option<()> {
    json::<ActView>(bytes).map(drop)
}

fn fault(bytes: &[u8]) -> Option<()> {
    (behind::fault_of(bytes).message.as_ref() == "too much at once").then_some(())
}

fn headers(bytes: &[u8]) -> Option<()> {
    let pairs = bytes.split(|byte| *byte == b'\n').filter_map(|line| {
        let colon = line.iter().position(|byte| *byte == b':')?;
        let (name, value) = line.split_at_checked(colon)?;
        let name = HeaderName::from_bytes(name).ok()?;
        Some((name, HeaderValue::from_bytes(value.get(1..)?.trim_ascii()).ok()?))
    });
    let headers = HeaderMap::from_iter(pairs);
    let trace =
        headers.get("traceparent").and_then(|value| trace::of_traceparent(value.to_str().ok()?));
    let is_sheet = Form::of_body(&headers).is_ok();
    (cookie::session(&headers).is_some() && trace.is_some() && is_sheet).then_some(())
}

fn picture(bytes: &[u8]) -> Option<()> {
    let kind = Kind::of(bytes)?;
    let images = Images::open(None).ok()?;
    let name = images.keep(Bytes::copy_from_slice(bytes), kind).ok()?;
    images.find(&name).map(drop)
}

fn certificate(bytes: &[u8]) -> Option<()> {
    validity(bytes).map(drop)
}

fn config(bytes: &[u8]) -> Option<()> {
    Config::from_toml(text(bytes)?).ok().map(drop)
}

fn sheet(bytes: &[u8]) -> Option<Sheet> {
    sheets::read(bytes, Form::Csv).ok()
}

fn statement(bytes: &[u8]) -> Option<()> {
    reconciliation::claims(&sheet(bytes)?).ok().map(drop)
}

fn sales_of_a_till(bytes: &[u8]) -> Option<()> {
    sales::told_rows(&sheet(bytes)?).ok().map(drop)
}

fn skus(bytes: &[u8]) -> Option<()> {
    catalog_sheet::drafts(&sheet(bytes)?).ok().map(drop)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use proptest::prelude::*;

    use super::*;
    use crate::damage::{damaged, edits};

    /// A build for tests on a busy machine; in a release everything takes microseconds.
    const LONGEST: Duration = Duration::from_secs(2);

    fn is_read_in_time(paper: &Paper, bytes: &[u8]) {
        let began = Instant::now();
        let _ = (paper.reads)(bytes);
        assert!(began.elapsed() < LONGEST, "{} took {:?}", paper.name, began.elapsed());
    }

    #[test]
    fn every_example_is_read() {
        for paper in PAPERS {
            assert_eq!((paper.reads)(paper.example), Some(()), "{}", paper.name);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn one_that_is_almost_right_is_read_or_refused_and_never_for_long(
            edits in edits(1..6),
        ) {
            for paper in PAPERS {
                is_read_in_time(paper, &damaged(paper.example, &edits));
            }
        }

        #[test]
        fn nor_is_noise(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            for paper in PAPERS {
                is_read_in_time(paper, &bytes);
            }
        }
    }
}
