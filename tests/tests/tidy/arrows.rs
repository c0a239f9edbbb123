//! Which room may name which: the one table, read against every manifest.

use crate::Complaint;
use crate::repository::parsed;

/// A package of the workspace.
pub struct Member {
    pub name: String,
    pub folder: String,
    pub manifest: String,
}

/// Each package and the packages of this workspace it may name. What is not here is forbidden.
///
/// `dispatch` and `commerce` never name each other: a checkout, in actors and gateway, joins them
/// by turning a quote into the priced lines of an order.
const ARROWS: &[(&str, &[&str])] = &[
    ("vocabulary", &[]),
    ("geo-index", &["vocabulary"]),
    ("dispatch", &["vocabulary", "geo-index"]),
    ("commerce", &["vocabulary"]),
    ("persistence", &["vocabulary", "geo-index", "dispatch", "commerce"]),
    ("actors", &["vocabulary", "geo-index", "dispatch", "commerce", "persistence"]),
    ("gateway", &["vocabulary", "geo-index", "dispatch", "commerce", "persistence", "actors"]),
    ("simulator", BELOW_SIMULATOR),
    ("paidan-tests", PRODUCT),
    ("paidan-benches", PRODUCT),
];

const BELOW_SIMULATOR: &[&str] =
    &["vocabulary", "geo-index", "dispatch", "commerce", "persistence", "actors", "gateway"];

const PRODUCT: &[&str] = &[
    "vocabulary",
    "geo-index",
    "dispatch",
    "commerce",
    "persistence",
    "actors",
    "gateway",
    "simulator",
];

/// Packages from outside that have a home: nobody else may depend on them, nor on what their
/// authors publish beside them under the same first word (`actix`, `actix-rt`).
const HOMES: &[(&str, &[&str])] = &[
    // The checker of the simulator reads rows as anybody with a database could.
    ("sqlx", &["persistence", "simulator"]),
    ("actix", &["actors", "simulator"]),
    ("axum", &["gateway", "paidan-benches"]),
];

const KINDS: &[&str] = &["dependencies", "dev-dependencies", "build-dependencies"];

/// The table and the workspace know the same packages.
pub fn check_members(members: &[Member]) -> Vec<Complaint> {
    let is_member = |name: &str| members.iter().any(|member| member.name == name);
    let strangers = members.iter().filter(|member| allowed(&member.name).is_none()).map(|member| {
        let Member { name, manifest, .. } = member;
        format!("{manifest}: {name} is not in the table of arrows. Cure: add its row to ARROWS")
    });
    let ghosts = ARROWS.iter().filter(|(name, _)| !is_member(name)).map(|(name, _)| {
        format!("ARROWS has a row for {name}, which is no member. Cure: remove the row")
    });
    strangers.chain(ghosts).collect()
}

/// Reads all dependencies of one manifest, whatever their kind or platform.
pub fn check(member: &Member, manifest: &str) -> Vec<Complaint> {
    let table = parsed(&member.manifest, manifest);
    dependencies(&table).filter_map(|dependency| judge(member, &dependency)).collect()
}

/// The names in every table of dependencies of a manifest.
pub fn dependencies(manifest: &toml::Table) -> impl Iterator<Item = String> {
    tables(manifest).flat_map(|table| table.keys().cloned())
}

/// The tables of dependencies themselves, those of a platform (`target.'cfg(unix)'`) too.
pub fn tables(manifest: &toml::Table) -> impl Iterator<Item = &toml::Table> {
    let platforms = manifest.get("target").and_then(|target| target.as_table());
    let platforms = platforms.into_iter().flat_map(|target| target.values());
    let homes = platforms.filter_map(|platform| platform.as_table()).chain([manifest]);
    homes.flat_map(|home| KINDS.iter().filter_map(|kind| home.get(*kind)?.as_table()))
}

fn judge(member: &Member, dependency: &str) -> Option<Complaint> {
    let Member { name, manifest, .. } = member;
    let is_ours = ARROWS.iter().any(|(ours, _)| ours == &dependency);
    if is_ours && !allowed(name).unwrap_or_default().contains(&dependency) {
        return Some(format!(
            "{manifest}: {name} must not name {dependency}. Cure: move the code to a room that may, \
             or argue for the arrow in docs/decisions and add it to ARROWS"
        ));
    }
    let (_, rooms) = HOMES.iter().find(|(package, _)| is_of(dependency, package))?;
    (!rooms.contains(&name.as_str())).then(|| {
        let rooms = rooms.join(" and ");
        format!("{manifest}: only {rooms} may depend on {dependency}. Cure: ask that room")
    })
}

fn allowed(name: &str) -> Option<&'static [&'static str]> {
    ARROWS.iter().find(|(from, _)| *from == name).map(|(_, to)| *to)
}

fn is_of(dependency: &str, package: &str) -> bool {
    let rest = dependency.strip_prefix(package);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}

#[cfg(test)]
mod self_tests {
    use super::*;

    fn member(name: &str) -> Member {
        let manifest = format!("{name}/Cargo.toml");
        Member { name: name.to_owned(), folder: name.to_owned(), manifest }
    }

    fn complaints(name: &str, manifest: &str) -> usize {
        check(&member(name), manifest).len()
    }

    #[test]
    fn an_arrow_of_any_kind_against_the_table_is_refused() {
        for kind in KINDS {
            let manifest = format!("[{kind}]\ncommerce.workspace = true\n");
            assert_eq!(complaints("dispatch", &manifest), 1, "{kind}");
            let manifest = format!("[target.'cfg(unix)'.{kind}]\ncommerce.workspace = true\n");
            assert_eq!(complaints("dispatch", &manifest), 1, "{kind} of a platform");
        }
    }

    #[test]
    fn dispatch_and_commerce_never_name_each_other() {
        assert_eq!(complaints("commerce", "[dependencies]\ndispatch.workspace = true"), 1);
        assert_eq!(complaints("dispatch", "[dependencies]\ncommerce.workspace = true"), 1);
    }

    #[test]
    fn allowed_arrows_and_foreign_packages_pass() {
        let manifest = "[dependencies]\nvocabulary.workspace = true\nserde.workspace = true";
        assert_eq!(complaints("dispatch", manifest), 0);
        assert_eq!(complaints("persistence", "[dependencies]\nsqlx.workspace = true"), 0);
    }

    #[test]
    fn packages_stay_in_their_homes() {
        assert_eq!(complaints("gateway", "[dependencies]\nsqlx.workspace = true"), 1);
        assert_eq!(complaints("gateway", "[dependencies]\nactix-rt.workspace = true"), 1);
    }

    #[test]
    fn the_table_and_the_workspace_agree() {
        let all: Vec<_> = ARROWS.iter().map(|(name, _)| member(name)).collect();
        assert_eq!(check_members(&all), Vec::<Complaint>::new());
        let extra = all.into_iter().skip(1).chain([member("shed")]).collect::<Vec<_>>();
        assert_eq!(check_members(&extra).len(), 2);
    }

    #[test]
    fn no_two_rooms_may_name_each_other() {
        for (from, to) in ARROWS {
            for target in *to {
                let back = allowed(target).unwrap();
                assert!(!back.contains(from), "{from} and {target}");
            }
        }
    }
}
