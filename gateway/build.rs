//! Notices when the pages were built anew. It never builds them itself: a build of Rust needs no
//! node, and a server without pages says how to get them.

fn main() {
    // The folder is ignored by git; without it this script would run at every build.
    let folder = "web/dist";
    if let Err(error) = std::fs::create_dir_all(folder) {
        println!("cargo::warning={folder} cannot be made: {error}");
    }
    println!("cargo::rerun-if-changed={folder}");
}
