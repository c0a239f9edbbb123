//! Scripts stop at the first error and are reached from the Makefile, which explains its targets.

use crate::Complaint;

/// A file of `scripts/`.
#[derive(Clone)]
pub struct Script {
    pub path: String,
    pub text: String,
    pub is_executable: bool,
    /// Whether the Makefile, `.ci/run` or another script names it.
    pub is_called: bool,
}

const TARGETS: &[&str] = &["help", "demo", "serve", "test", "check", "bench", "crash"];

pub fn check(scripts: &[Script]) -> Vec<Complaint> {
    if scripts.is_empty() {
        return vec!["scripts/: no script was found. Cure: run tidy in the repository".to_owned()];
    }
    scripts.iter().flat_map(check_one).collect()
}

/// The targets exist, and `make help` names each with a word of explanation.
pub fn check_makefile(makefile: &str, help: &str) -> Vec<Complaint> {
    let is_target = |target: &str| {
        let mut rules = makefile.lines().filter_map(|line| line.strip_prefix(target));
        rules.any(|rest| rest.trim_start().starts_with(':'))
    };
    let is_listed = |target: &str| {
        help.lines().any(|line| {
            let mut words = line.split_whitespace();
            words.any(|word| word == target) && words.next().is_some()
        })
    };
    let missing = TARGETS.iter().filter(|target| !is_target(target));
    let missing = missing.map(|target| format!("Makefile: no target {target}. Cure: add it"));
    let unlisted = TARGETS.iter().filter(|target| !is_listed(target)).map(|target| {
        format!("Makefile: help does not list {target}. Cure: write `{target}: ## what it does`")
    });
    missing.chain(unlisted).collect()
}

fn check_one(script: &Script) -> Vec<Complaint> {
    let Script { path, text, is_executable, is_called } = script;
    let is_strict = text.lines().any(|line| line.trim() == "set -euo pipefail");
    let rules = [
        (*is_executable, "is not executable. Cure: chmod +x"),
        (is_strict, "goes on after errors. Cure: begin with `set -euo pipefail`"),
        (*is_called, "is called by nobody. Cure: call it from the Makefile, or remove it"),
    ];
    let broken = rules.into_iter().filter(|(is_kept, _)| !is_kept);
    broken.map(|(_, complaint)| format!("{path}: {complaint}")).collect()
}

#[cfg(test)]
mod self_tests {
    use super::*;

    fn good() -> Script {
        Script {
            path: "scripts/demo.sh".to_owned(),
            text: "#!/usr/bin/env bash\nset -euo pipefail\n".to_owned(),
            is_executable: true,
            is_called: true,
        }
    }

    #[test]
    fn each_rule_of_a_script_can_fail() {
        assert_eq!(check(&[good()]), Vec::<Complaint>::new());
        let quiet = Script { text: "# set -euo pipefail".to_owned(), ..good() };
        let planted = [
            Script { is_executable: false, ..good() },
            quiet,
            Script { is_called: false, ..good() },
        ];
        for script in planted {
            assert_eq!(check(&[good(), script]).len(), 1);
        }
        assert_eq!(check(&[]).len(), 1, "an empty listing must not pass for a clean one");
    }

    #[test]
    fn targets_must_exist_and_be_explained() {
        let makefile = TARGETS.map_lines(|target| format!("{target}: ## does it"));
        let help = TARGETS.map_lines(|target| format!("  make {target}   does it"));
        assert_eq!(check_makefile(&makefile, &help), Vec::<Complaint>::new());
        assert_eq!(check_makefile(&makefile.replace("crash:", "crush:"), &help).len(), 1);
        assert_eq!(check_makefile(&makefile, &help.replace("crash   does it", "crash")).len(), 1);
    }

    trait MapLines {
        fn map_lines(&self, line: impl Fn(&str) -> String) -> String;
    }

    impl MapLines for &[&str] {
        fn map_lines(&self, line: impl Fn(&str) -> String) -> String {
            self.iter().map(|target| line(target)).collect::<Vec<_>>().join("\n")
        }
    }
}
