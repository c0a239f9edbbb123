//! A whole Paidan in a process of its own, on a database file and a port of its own.

use std::net::SocketAddr;

use gateway::serve::House;
use gateway::{App, Config};
use tempfile::TempDir;

use crate::role::{self, Other};
use crate::{folder, must, resident_bytes_of};

/// The role of a process that serves.
pub const ROLE: &str = "server";

/// A running server, ended and removed with this value.
pub struct Server {
    other: Other,
    pub address: SocketAddr,
    /// Headquarters' token.
    pub token: String,
    _folder: TempDir,
}

impl Server {
    pub fn start() -> Self {
        Self::start_as(ROLE)
    }

    /// A server that the bench has given more to do.
    pub fn start_as(role: &str) -> Self {
        let folder = folder();
        let other = Other::start(role, folder.path());
        let address = must("the server's address", other.said.parse());
        let token = must(
            "headquarters' token",
            std::fs::read_to_string(folder.path().join("data").join("hq.token")),
        );
        Self { other, address, token: token.trim().to_owned(), _folder: folder }
    }

    pub fn resident_bytes(&self) -> u64 {
        resident_bytes_of(&self.other.process().to_string())
    }

    pub fn orders(&mut self) -> std::process::ChildStdin {
        self.other.orders()
    }
}

/// Serves as the program itself does by default, until the parent is gone. `besides` is started
/// with the open house.
pub fn serve(besides: impl FnOnce(&std::sync::Arc<App>) + Send + 'static) {
    let config = config();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(config.io_threads as usize)
        .thread_name("io")
        .enable_all()
        .build();
    must("a runtime", runtime).block_on(async {
        let house = must("the house opens", House::open(config).await);
        besides(&house.app);
        role::ready(&house.address.to_string());
        std::future::pending::<()>().await;
    });
}

/// Serves and does nothing besides; ends with the parent's pipe.
pub fn serve_only() {
    serve(|_| {
        std::thread::spawn(|| {
            role::orders_of_the_parent().for_each(drop);
            std::process::exit(0);
        });
    });
}

fn config() -> Config {
    let data = role::folder_of_this_process().join("data");
    let text = format!("listen = \"127.0.0.1:0\"\ndata = \"{}\"\n", data.display());
    must("the configuration", Config::from_toml(&text))
}
