//! Documents of headquarters: versions without a hole, each signed.

use std::collections::BTreeMap;

use super::findings::Findings;
use super::people::Canaries;
use super::rows::{Question, RowsError, Snapshot};

const VERSIONS: Question = Question {
    sqlite: "SELECT kind, id, CAST(version AS TEXT), principal, CAST(at AS TEXT), body \
             FROM reference ORDER BY kind, id, version",
    postgres: "SELECT kind::text, id::text, version::text, principal::text, at::text, body::text \
               FROM reference ORDER BY reference.kind, reference.id, reference.version",
};

pub async fn check(
    snapshot: &mut Snapshot,
    canaries: &mut Canaries,
    findings: &mut Findings,
) -> Result<(), RowsError> {
    let mut versions: BTreeMap<(String, String), i64> = BTreeMap::new();
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
        })
        .await
}
