//! From when until when a certificate holds: the two dates of X.509 (RFC 5280, 4.1), read from its
//! DER without reading the rest.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

const INTEGER: u8 = 0x02;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const SEQUENCE: u8 = 0x30;
/// The version stands in a tag of its own, and only where it is not the first.
const VERSION: u8 = 0xa0;

/// The first and the last moment. Nothing where the bytes are no certificate.
pub(crate) fn validity(certificate: &[u8]) -> Option<(Timestamp, Timestamp)> {
    let (signed, _) = expect(SEQUENCE, certificate)?;
    let (body, _) = expect(SEQUENCE, signed)?;
    let after_version = expect(VERSION, body).map_or(body, |(_, rest)| rest);
    let (_serial, rest) = expect(INTEGER, after_version)?;
    let (_algorithm, rest) = expect(SEQUENCE, rest)?;
    let (_issuer, rest) = expect(SEQUENCE, rest)?;
    let (dates, _) = expect(SEQUENCE, rest)?;
    let (from, rest) = date(dates)?;
    let (until, _) = date(rest)?;
    Some((from, until))
}

fn date(bytes: &[u8]) -> Option<(Timestamp, &[u8])> {
    let (tag, content, rest) = element(bytes)?;
    let text = std::str::from_utf8(content).ok()?;
    let text = match tag {
        // Two digits of the year: 50 and more are of the last century.
        UTC_TIME if text.get(..2)? >= "50" => format!("19{text}"),
        UTC_TIME => format!("20{text}"),
        GENERALIZED_TIME => text.to_owned(),
        _ => return None,
    };
    let moment = DateTime::strptime("%Y%m%d%H%M%SZ", text).ok()?;
    Some((TimeZone::UTC.to_timestamp(moment).ok()?, rest))
}

/// The content of an element of this tag, and what follows it.
fn expect(wanted: u8, bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (tag, content, rest) = element(bytes)?;
    (tag == wanted).then_some((content, rest))
}

/// One element: its tag, its content, and what follows it.
fn element(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = bytes.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        // The length itself is so many bytes long; four are more than any file has.
        0x81..=0x84 => {
            let (octets, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            (octets.iter().fold(0, |sum, &octet| (sum << 8) | usize::from(octet)), rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((tag, content, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cut_of_a_certificate_is_no_certificate() {
        let key = rcgen::KeyPair::generate().unwrap();
        let mut wanted = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        wanted.not_before = rcgen::date_time_ymd(1999, 12, 31);
        wanted.not_after = rcgen::date_time_ymd(2049, 2, 3);
        let whole = wanted.self_signed(&key).unwrap().der().to_vec();
        let (from, until) = validity(&whole).unwrap();
        assert_eq!(from.to_string(), "1999-12-31T00:00:00Z");
        assert_eq!(until.to_string(), "2049-02-03T00:00:00Z");
        for length in 0..whole.len() {
            assert_eq!(validity(&whole[..length]), None, "{length}");
        }
    }
}
