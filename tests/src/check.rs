//! `simulator check` at the end of a test: whatever the test itself looked at, no rule is broken.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::server::{Server, binary};

/// The file of a server that keeps its own.
pub fn file_of(server: &Server) -> String {
    format!("sqlite:{}", server.data().join("paidan.db").display())
}

/// Fails with the checker's own words where a rule is broken, and where one of these invariants was
/// never looked at. `pace` is the server's time scale.
#[track_caller]
pub fn expect_sound(database: &str, clients: Option<&Path>, pace: u32, looked_at: &[&str]) {
    let mut command = Command::new(binary("simulator"));
    command.args(["check", "--json", "--database", database, "--pace", &pace.to_string()]);
    if let Some(clients) = clients {
        command.arg("--clients").arg(clients);
    }
    let output = command.output().unwrap();
    let (said, complained) = (&output.stdout, String::from_utf8_lossy(&output.stderr));
    let words = String::from_utf8_lossy(said);
    assert!(output.status.success(), "{:?}\n{words}\n{complained}", output.status);
    let told: Value = serde_json::from_slice(said).unwrap();
    for row in told["invariants"].as_array().unwrap() {
        let name = row["invariant"].as_str().unwrap();
        let looks = row["looked_at"].as_u64().unwrap();
        assert!(looks > 0 || !looked_at.contains(&name), "nothing was looked at for {row}");
    }
}
