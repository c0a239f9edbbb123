//! Tidy: the rules of the house that no compiler checks, read from the files themselves.
//!
//! Each module holds one kind of rule as functions from text to complaints, and plants bad text
//! to show that the rule can fail. The tests below put them to the repository. A complaint names
//! the file, the line, what is wrong and the cure. Nothing here builds, runs or changes anything.

mod arrows;
mod code;
mod faults;
mod links;
mod manifests;
mod repository;
mod rooms;
mod scripts;
mod sources;

use repository::Repository;

/// One sentence for the person who has to repair it: where, what, and the cure.
pub type Complaint = String;

/// Fails with all complaints at once: nobody likes to repair one line per run.
#[track_caller]
fn settle(complaints: Vec<Complaint>) {
    let count = complaints.len();
    assert!(complaints.is_empty(), "{count} complaint(s):\n  {}\n", complaints.join("\n  "));
}

#[test]
fn dependencies_follow_the_arrows() {
    let repository = Repository::open();
    let members = repository.members();
    let mut complaints = arrows::check_members(&members);
    for member in &members {
        complaints.extend(arrows::check(member, &repository.read(&member.manifest)));
    }
    settle(complaints);
}

#[test]
fn members_inherit_versions_and_lints() {
    let repository = Repository::open();
    let root_clippy = repository.read("clippy.toml");
    let mut complaints = Vec::new();
    for member in repository.members() {
        complaints.extend(manifests::check(&member.manifest, &repository.read(&member.manifest)));
        let clippy = format!("{}/clippy.toml", member.folder);
        if repository.has(&clippy) {
            complaints.extend(manifests::check_clippy(
                &clippy,
                &repository.read(&clippy),
                &root_clippy,
            ));
        }
    }
    settle(complaints);
}

#[test]
fn rooms_name_only_what_is_theirs() {
    let repository = Repository::open();
    let sources = repository.paths_ending(&[".rs"]);
    settle(sources.flat_map(|path| rooms::check(path, &repository.read(path))).collect());
}

#[test]
fn sources_are_finished_short_and_introduced() {
    let repository = Repository::open();
    let sources = repository.paths_ending(sources::ENDINGS);
    settle(sources.flat_map(|path| sources::check(path, &repository.read(path))).collect());
}

#[test]
fn no_file_knows_the_machine_it_was_written_on() {
    let repository = Repository::open();
    let texts = repository.paths().filter_map(|path| Some((path, repository.text(path)?)));
    settle(texts.flat_map(|(path, text)| sources::check_machine_paths(path, &text)).collect());
}

#[test]
fn every_fault_is_explained() {
    let repository = Repository::open();
    // Faults are the gateway's: until it has a wire there is no list to compare with.
    if repository.has_folder("gateway/src/wire/") {
        let list = repository.read("gateway/src/wire/fault.rs");
        settle(faults::check(&list, &repository.read("docs/faults.md")));
    }
}

#[test]
fn links_between_pages_lead_somewhere() {
    let repository = Repository::open();
    let pages = repository.paths_ending(&[".md"]);
    let exists = |path: &str| repository.exists(path);
    settle(pages.flat_map(|path| links::check(path, &repository.read(path), &exists)).collect());
}

#[test]
fn scripts_fail_loudly_and_are_used() {
    let repository = Repository::open();
    settle(scripts::check(&repository.scripts()));
}

#[test]
fn the_makefile_offers_and_explains_its_targets() {
    let repository = Repository::open();
    settle(scripts::check_makefile(&repository.read("Makefile"), &repository.make_help()));
}
