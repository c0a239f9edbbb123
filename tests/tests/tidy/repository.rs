//! The files of this repository, and nothing but reading them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::arrows::Member;
use crate::scripts::Script;

/// Paths are relative to the root, with `/` between folders.
pub struct Repository {
    root: PathBuf,
    paths: Vec<String>,
}

impl Repository {
    pub fn open() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut paths = listed_by_git(&root).unwrap_or_else(|| walked(&root));
        // git still lists what was deleted and not yet committed.
        paths.retain(|path| root.join(path).is_file());
        paths.sort();
        Self { root, paths }
    }

    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.paths.iter().map(String::as_str)
    }

    pub fn paths_ending<'a>(&'a self, endings: &'a [&str]) -> impl Iterator<Item = &'a str> {
        self.paths().filter(|path| endings.iter().any(|ending| path.ends_with(ending)))
    }

    pub fn has(&self, path: &str) -> bool {
        self.paths.iter().any(|known| known == path)
    }

    pub fn has_folder(&self, folder: &str) -> bool {
        self.paths().any(|path| path.starts_with(folder))
    }

    pub fn exists(&self, path: &str) -> bool {
        self.root.join(path).exists()
    }

    /// The file's text; a file that a rule needs and cannot read fails that rule.
    #[track_caller]
    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.root.join(path))
            .unwrap_or_else(|error| panic!("{path}: {error}. Cure: tidy needs this file, add it"))
    }

    /// The file's text, or nothing for pictures and other bytes.
    pub fn text(&self, path: &str) -> Option<String> {
        String::from_utf8(fs::read(self.root.join(path)).ok()?).ok()
    }

    /// Every package of the workspace, as the root manifest lists them.
    pub fn members(&self) -> Vec<Member> {
        let root: toml::Table = parsed("Cargo.toml", &self.read("Cargo.toml"));
        let folders = root.get("workspace").and_then(|workspace| workspace.get("members"));
        let folders = folders.and_then(|folders| folders.as_array());
        let folders = folders.into_iter().flatten().filter_map(|folder| folder.as_str());
        folders.map(|folder| self.member(folder)).collect()
    }

    pub fn scripts(&self) -> Vec<Script> {
        let callers = ["Makefile", ".ci/run"].map(|path| (path.to_owned(), self.read(path)));
        let names = self.paths_ending(&[".sh"]).filter(|path| path.starts_with("scripts/"));
        let texts: Vec<_> = names.map(|path| (path.to_owned(), self.read(path))).collect();
        let is_called = |path: &str| {
            let name = path.rsplit('/').next().unwrap_or(path);
            let others = callers.iter().chain(&texts).filter(|(caller, _)| caller != path);
            others.into_iter().any(|(_, text)| text.contains(name))
        };
        let script = |(path, text): &(String, String)| Script {
            path: path.clone(),
            text: text.clone(),
            is_executable: self.is_executable(path),
            is_called: is_called(path),
        };
        texts.iter().map(script).collect()
    }

    /// What `make help` prints.
    pub fn make_help(&self) -> String {
        let mut help = Command::new("make");
        help.args(["--no-print-directory", "help"]).current_dir(&self.root);
        let output = help.output().unwrap_or_else(|error| panic!("make help: {error}"));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    fn member(&self, folder: &str) -> Member {
        let manifest = format!("{folder}/Cargo.toml");
        let table: toml::Table = parsed(&manifest, &self.read(&manifest));
        let name = table.get("package").and_then(|package| package.get("name"));
        let name = name.and_then(|name| name.as_str()).unwrap_or(folder).to_owned();
        Member { name, folder: folder.to_owned(), manifest }
    }

    #[cfg(unix)]
    fn is_executable(&self, path: &str) -> bool {
        use std::os::unix::fs::PermissionsExt;
        let metadata = fs::metadata(self.root.join(path));
        metadata.is_ok_and(|metadata| metadata.permissions().mode() & 0o111 == 0o111)
    }

    #[cfg(not(unix))]
    fn is_executable(&self, _path: &str) -> bool {
        true
    }
}

/// A manifest as a table; one that is no TOML fails whatever rule asked.
pub fn parsed(path: &str, text: &str) -> toml::Table {
    text.parse().unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Tracked files, and new ones that git would not ignore: tidy answers before the commit.
fn listed_by_git(root: &Path) -> Option<Vec<String>> {
    let arguments = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
    let output = Command::new("git").arg("-C").arg(root).args(arguments).output().ok()?;
    let listing = String::from_utf8(output.stdout).ok()?;
    let paths: Vec<_> = listing.split_terminator('\0').map(str::to_owned).collect();
    (output.status.success() && !paths.is_empty()).then_some(paths)
}

/// Without git (an unpacked archive): every file outside the folders that builds and runs fill.
fn walked(root: &Path) -> Vec<String> {
    let mut paths = Vec::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let name = entry.file_name();
            let is_made = [".git", "target", "var", "node_modules", "dist", "pictures"]
                .iter()
                .any(|made| name == *made);
            if path.is_dir() && !is_made {
                folders.push(path);
            } else if let Ok(relative) = path.strip_prefix(root)
                && path.is_file()
            {
                paths.push(relative.to_string_lossy().replace('\\', "/"));
            }
        }
    }
    paths
}

#[cfg(test)]
mod self_tests {
    use super::*;

    #[test]
    fn walking_finds_what_git_lists_here() {
        let repository = Repository::open();
        let walked = walked(&repository.root);
        for path in ["Cargo.toml", "tests/tests/tidy/repository.rs"] {
            assert!(repository.has(path) && walked.iter().any(|found| found == path), "{path}");
        }
        assert!(!walked.iter().any(|path| path.starts_with("target/")));
    }
}
