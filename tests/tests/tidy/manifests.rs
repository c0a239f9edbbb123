//! Members inherit what they share: versions, edition, licence and lints stand in the root once.

use crate::Complaint;
use crate::arrows::tables;
use crate::repository::parsed;

const INHERITED: &[&str] = &["version", "edition", "rust-version", "license", "publish"];

/// One member's manifest.
pub fn check(path: &str, manifest: &str) -> Vec<Complaint> {
    let table = parsed(path, manifest);
    let package = table.get("package");
    let fields = INHERITED
        .iter()
        .filter(|field| !inherits(package.and_then(|package| package.get(**field))));
    let fields = fields.map(|field| {
        format!("{path}: package.{field} is not inherited. Cure: write `{field}.workspace = true`")
    });
    let lints = (!inherits(table.get("lints"))).then(|| {
        format!("{path}: lints are not inherited. Cure: add `[lints]` with `workspace = true`")
    });
    let versions = tables(&table).flatten().filter(|(_, source)| !inherits(Some(source)));
    let versions = versions.map(|(name, _)| {
        format!(
            "{path}: {name} is not inherited. Cure: give its version in the root's \
             [workspace.dependencies] and write `{name}.workspace = true` here"
        )
    });
    fields.chain(lints).chain(versions).collect()
}

/// A member's clippy.toml replaces the root's instead of adding to it, so it repeats its lines.
pub fn check_clippy(path: &str, member: &str, root: &str) -> Vec<Complaint> {
    let (member, root) = (parsed(path, member), parsed("clippy.toml", root));
    let missing = root.into_iter().filter(|(key, value)| member.get(key) != Some(value));
    let complain = |(key, value)| {
        format!("{path}: it replaces the root's clippy.toml. Cure: repeat `{key} = {value}`")
    };
    missing.map(complain).collect()
}

fn inherits(value: Option<&toml::Value>) -> bool {
    let workspace = value.and_then(|value| value.get("workspace"));
    workspace.and_then(|workspace| workspace.as_bool()) == Some(true)
}

#[cfg(test)]
mod self_tests {
    use super::*;

    const GOOD: &str = "
        lints.workspace = true
        [package]
        name = 'store'
        version.workspace = true
        edition.workspace = true
        rust-version.workspace = true
        license.workspace = true
        publish.workspace = true
        [dependencies]
        serde.workspace = true
        tokio = { workspace = true, optional = true }
    ";

    #[test]
    fn a_member_that_inherits_everything_passes() {
        assert_eq!(check("store/Cargo.toml", GOOD), Vec::<Complaint>::new());
    }

    #[test]
    fn a_version_of_its_own_is_refused_wherever_it_stands() {
        for planted in [
            GOOD.replace("serde.workspace = true", "serde = '1'"),
            GOOD.replace("workspace = true, optional", "version = '1', optional"),
            GOOD.replace("edition.workspace = true", "edition = '2024'"),
            GOOD.replace("lints.workspace = true", ""),
            format!("{GOOD}\n[dev-dependencies]\nproptest = '1'"),
            format!("{GOOD}\n[target.'cfg(unix)'.build-dependencies]\ncc = '1'"),
        ] {
            assert_eq!(check("store/Cargo.toml", &planted).len(), 1, "{planted}");
        }
    }

    #[test]
    fn a_clippy_file_that_forgets_a_line_of_the_root_is_refused() {
        let root = "allow-unwrap-in-tests = true\nallow-expect-in-tests = true";
        let planted = "allow-unwrap-in-tests = true\nallow-expect-in-tests = false";
        assert_eq!(check_clippy("store/clippy.toml", planted, root).len(), 1);
        assert_eq!(check_clippy("store/clippy.toml", root, root).len(), 0);
    }
}
