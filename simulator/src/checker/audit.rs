//! Documents of headquarters: versions without a hole, each signed, each in the chain.

use std::collections::BTreeMap;

use super::chain::{Anchors, Chain};
use super::findings::Findings;
use super::people::Canaries;
use super::rows::{Question, Row, RowsError, Snapshot};

const VERSIONS: Question = Question {
    sqlite: "SELECT kind, id, CAST(version AS TEXT), principal, CAST(at AS TEXT), body, \
             CAST(effective AS TEXT), lower(hex(chain)), CAST(revision AS TEXT) \
             FROM reference ORDER BY reference.revision",
    postgres: "SELECT kind::text, id::text, version::text, principal::text, at::text, body::text, \
               effective::text, encode(chain, 'hex'), revision::text \
               FROM reference ORDER BY reference.revision",
};

pub async fn check(
    snapshot: &mut Snapshot,
    canaries: &mut Canaries,
    anchors: &mut Anchors,
    findings: &mut Findings,
) -> Result<(), RowsError> {
    let mut versions: BTreeMap<(String, String), i64> = BTreeMap::new();
    let mut chain = Chain::default();
    snapshot
        .each(&VERSIONS, |row| {
            let (kind, id, version) = (row.text(0), row.text(1), row.number(2));
            let key = || format!("{kind} {id}, version {version}");
            canaries.search("reference", key, row.text(5));
            let before = versions.entry((kind.to_owned(), id.to_owned())).or_default();
            let expected = *before + 1;
            *before = version;
            findings.check(
                version == expected,
                "versions_without_a_hole",
                "reference",
                key,
                || format!("expected version {expected}"),
            );
            let is_signed = !row.text(3).is_empty() && row.number(4) > 0;
            findings.check(is_signed, "version_names_its_author", "reference", key, || {
                format!("by {:?} at {}", row.text(3), row.text(4))
            });
            let follows = chain.follow(&[&columns(&row)], row.text(7));
            findings.check(follows.is_ok(), "version_follows_its_chain", "reference", key, || {
                let expected = follows.as_ref().err().cloned().unwrap_or_default();
                format!("changed, or not after the version before it: {expected} would follow")
            });
            anchors.pass(None, row.seq(8), row.text(7), findings);
        })
        .await
}

/// What the chain goes over: kind, id, version, body, author, when, from when on.
fn columns(row: &Row) -> Vec<u8> {
    let effective = row.text(6).parse::<i64>().ok();
    let columns = (
        row.text(0),
        row.text(1),
        row.number(2),
        row.text(5),
        row.text(3),
        row.number(4),
        effective,
    );
    // Plain data always encodes.
    serde_json::to_vec(&columns).unwrap_or_default()
}
