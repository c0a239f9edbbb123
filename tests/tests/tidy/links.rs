//! Links between the pages of this repository lead to files that exist.

use crate::Complaint;

/// One page; `exists` answers for a path relative to the root.
pub fn check(path: &str, page: &str, exists: &dyn Fn(&str) -> bool) -> Vec<Complaint> {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let is_broken =
        |target: &str| is_local(target) && !resolve(folder, target).is_some_and(|at| exists(&at));
    let broken = targets(page).filter(|(_, target)| is_broken(target));
    let complain = |(line, target)| {
        format!("{path}:{line}: the link to {target} leads nowhere. Cure: correct or remove it")
    };
    broken.map(complain).collect()
}

/// Every target with its line, outside fenced code: `[x](target)`, `src="target"`, `[x]: target`.
fn targets(page: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut is_fenced = false;
    let prose = page.lines().enumerate().filter(move |(_, line)| {
        let is_fence = line.trim_start().starts_with("```");
        is_fenced ^= is_fence;
        !is_fenced && !is_fence
    });
    prose.flat_map(|(index, line)| targets_of_line(line).map(move |target| (index + 1, target)))
}

fn targets_of_line(line: &str) -> impl Iterator<Item = &str> {
    let openings = [("](", ')'), ("src=\"", '"'), ("href=\"", '"')];
    let inline = openings.into_iter().flat_map(move |(opening, closing)| {
        line.split(opening).skip(1).filter_map(move |rest| rest.split(closing).next())
    });
    let reference = line.strip_prefix('[').and_then(|rest| rest.split_once("]: "));
    let found = inline.chain(reference.map(|(_, target)| target));
    // A title may follow the target: `(page.md "the page")`.
    found.filter_map(|target| target.split_whitespace().next())
}

/// A link into the page itself, to another site or to a person is not this rule's business.
fn is_local(target: &str) -> bool {
    !target.starts_with('#') && !target.contains("://") && !target.starts_with("mailto:")
}

/// The target as a path from the root; nothing when it leaves the repository.
fn resolve(folder: &str, target: &str) -> Option<String> {
    let target = target.split(['#', '?']).next().unwrap_or(target);
    let mut steps: Vec<&str> = folder.split('/').filter(|step| !step.is_empty()).collect();
    for step in target.split('/') {
        match step {
            "" | "." => {}
            ".." => drop(steps.pop()?),
            step => steps.push(step),
        }
    }
    Some(steps.join("/"))
}

#[cfg(test)]
mod self_tests {
    use super::*;

    fn complaints(page: &str) -> Vec<Complaint> {
        let exists = |path: &str| ["README.md", "docs/faults.md"].contains(&path);
        check("docs/operations.md", page, &exists)
    }

    #[test]
    fn links_that_lead_somewhere_pass() {
        let page = "[a](faults.md#busy) [b](../README.md \"first\") [c](https://example.com/x)\n\
                    [d](#below) <img src=\"../README.md\">\n[e]: ./faults.md\n\
                    ```\n[not](a-link.md)\n```\n";
        assert_eq!(complaints(page), Vec::<Complaint>::new());
    }

    #[test]
    fn links_that_lead_nowhere_are_refused() {
        let planted = ["[a](gone.md)", "[b](../../out.md)", "<a href=\"gone\">", "[c]: gone.md"];
        for page in planted {
            assert_eq!(complaints(page).len(), 1, "{page}");
        }
        assert_eq!(complaints("```\n```\n[a](gone.md) and [b](gone.md)").len(), 2);
    }
}
