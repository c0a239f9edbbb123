//! The program's verbs: serve, migrate, backup, restore, token, user, check-config.

use std::path::PathBuf;
use std::pin::pin;
use std::process::ExitCode;

use axum::http::Method;
use clap::{Args, Parser, Subcommand};
use persistence::{CopySummary, ErasedList, Journal};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

use crate::client::{self, Server};
use crate::config::{Config, Flags, LogFormat, Role};
use crate::error::Error;
use crate::gate::Gate;
use crate::ground::Ground;
use crate::roads::Roads;
use crate::serve::House;
use crate::tls::Tls;

/// Paidan (派单): real-time order dispatch for chains with many stores.
#[derive(Debug, Parser)]
#[command(name = "paidan", version)]
struct Program {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Run the server until it is told to stop
    Serve(Flags),
    /// Bring the database up to this version, then stop
    Migrate(Flags),
    /// Copy the SQLite database to a new file, while a server runs or not
    Backup(CopyArguments),
    /// Make the SQLite database from such a copy
    Restore(CopyArguments),
    /// Get a token from a running server
    Token(TokenArguments),
    /// Write people who log in to the pages
    #[command(subcommand)]
    User(UserVerb),
    /// Check the configuration and print what it comes to
    CheckConfig(Flags),
}

#[derive(Debug, Args)]
struct CopyArguments {
    /// The copy
    file: PathBuf,
    #[command(flatten)]
    flags: Flags,
}

#[derive(Debug, Args)]
struct ServerArguments {
    /// Address of the server, http:// or https://
    #[arg(long, default_value = "http://127.0.0.1:7878")]
    server: String,
    /// PEM file of the authority, or of the server's own certificate, that is trusted over https://
    /// [default: what the system trusts]
    #[arg(long, value_name = "FILE")]
    trust: Option<PathBuf>,
}

impl ServerArguments {
    fn server(&self) -> Server {
        Server { address: self.server.clone(), trusted: self.trust.clone() }
    }
}

#[derive(Debug, Args)]
struct TokenArguments {
    #[command(flatten)]
    server: ServerArguments,
    /// File with headquarters' token
    #[arg(long, default_value = "data/hq.token")]
    token_file: PathBuf,
    /// Kind of principal: staff, courier, channel or device
    #[arg(long)]
    kind: String,
    /// Name of a role
    #[arg(long)]
    role: String,
    /// A job or a device; of a channel, its name
    #[arg(long)]
    name: String,
    /// Scope as JSON: "all", "channel", {"stores":[..]}, {"courier":".."} and so on
    #[arg(long)]
    scope: String,
    /// Seconds until it expires; never when left out
    #[arg(long)]
    expires_in_s: Option<u32>,
}

#[derive(Debug, Subcommand)]
enum UserVerb {
    /// Add somebody, or replace who has the name; the password is read from standard input
    Add(UserArguments),
}

#[derive(Debug, Args)]
struct UserArguments {
    /// What they log in with
    name: String,
    #[command(flatten)]
    server: ServerArguments,
    /// File with headquarters' token
    #[arg(long, default_value = "data/hq.token")]
    token_file: PathBuf,
    /// Kind of principal: staff or courier
    #[arg(long, default_value = "staff")]
    kind: String,
    /// Name of a role, such as hq_admin, store_manager or courier
    #[arg(long)]
    role: String,
    /// Scope as JSON: "all", {"stores":[..]}, {"courier":".."} and so on
    #[arg(long)]
    scope: String,
    /// File with the password, instead of standard input
    #[arg(long)]
    password_file: Option<PathBuf>,
}

/// Runs the program with the arguments of this process.
pub fn run() -> ExitCode {
    let outcome = match Program::parse().verb {
        Verb::Serve(flags) => serve(flags),
        Verb::Migrate(flags) => migrate(flags),
        Verb::Backup(arguments) => backup(arguments),
        Verb::Restore(arguments) => restore(arguments),
        Verb::Token(arguments) => token(&arguments),
        Verb::User(UserVerb::Add(arguments)) => add_user(&arguments),
        Verb::CheckConfig(flags) => check(flags),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("paidan: {error}");
            let mut source = std::error::Error::source(&error);
            while let Some(cause) = source {
                eprintln!("  because {cause}");
                source = cause.source();
            }
            ExitCode::FAILURE
        }
    }
}

fn runtime(threads: usize) -> Result<tokio::runtime::Runtime, Error> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(threads)
        .thread_name("io")
        .enable_all()
        .build()
        .map_err(|source| Error::Runtime { source })
}

fn serve(flags: Flags) -> Result<(), Error> {
    let config = Config::of_process(flags)?;
    begin_log(&config);
    runtime(config.io_threads as usize)?.block_on(async {
        let mut stop = pin!(told_to_stop());
        if let Role::Gateway(behind) = &config.role {
            let gate = Gate::open(&config, behind).await?;
            println!("paidan is ready at http://{}", gate.address);
            stop.await;
            gate.close().await;
            return Ok(());
        }
        loop {
            let house = tokio::select! {
                house = House::open(config.clone()) => house?,
                () = &mut stop => return Ok(()),
            };
            println!("paidan is ready at {}://{}", config.scheme(), house.address);
            tokio::select! {
                () = &mut stop => return house.close().await,
                () = house.deposed() => {
                    tracing::warn!("another server runs the city: this one begins again behind it");
                    house.close().await?;
                }
            }
        }
    })
}

/// Ctrl-C, or a polite kill.
async fn told_to_stop() {
    let mut terminate = match signal(SignalKind::terminate()) {
        Ok(terminate) => terminate,
        Err(error) => {
            tracing::error!(%error, "SIGTERM cannot be heard: only Ctrl-C stops this server");
            let _ = tokio::signal::ctrl_c().await;
            return;
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}

fn migrate(flags: Flags) -> Result<(), Error> {
    let config = Config::of_process(flags)?;
    make_folder(&config)?;
    runtime(1)?.block_on(async {
        Journal::open(config.database.address()).await?.close().await?;
        println!("{} is up to date", config.database);
        Ok(())
    })
}

fn backup(CopyArguments { file, flags }: CopyArguments) -> Result<(), Error> {
    let config = Config::of_process(flags)?;
    let Some(database) = config.database.file() else { return Err(Error::NoFile) };
    let copied = runtime(1)?.block_on(Journal::backup(config.database.address(), &file))?;
    println!("{} is copied to {}: {}", database.display(), file.display(), told(&copied));
    Ok(())
}

fn restore(CopyArguments { file, flags }: CopyArguments) -> Result<(), Error> {
    let config = Config::of_process(flags)?;
    let Some(database) = config.database.file() else { return Err(Error::NoFile) };
    make_folder(&config)?;
    let erased = ErasedList::of(&config.data).all()?;
    let restored = Journal::restore(config.database.address(), &file, &erased);
    let restored = runtime(1)?.block_on(restored)?;
    println!("{} is made from {}: {}", database.display(), file.display(), told(&restored));
    if restored.forgotten > 0 {
        println!("{} people who were forgotten since are forgotten again", restored.forgotten);
    }
    Ok(())
}

fn told(copy: &CopySummary) -> String {
    let cities = copy.partitions.iter().map(|(id, seq)| format!("city {id} up to event {seq}"));
    let cities: Vec<_> = cities.collect();
    format!("{} bytes, {}", copy.bytes, cities.join(", "))
}

fn make_folder(config: &Config) -> Result<(), Error> {
    std::fs::create_dir_all(&config.data)
        .map_err(|source| Error::File { path: config.data.clone(), source })
}

fn token(arguments: &TokenArguments) -> Result<(), Error> {
    let hq = client::read_token(&arguments.token_file)?;
    let scope = scope(&arguments.scope);
    let body = serde_json::json!({
        "principal": {
            "kind": arguments.kind,
            "role": arguments.role,
            "name": arguments.name,
            "scope": scope,
        },
        "expires_in_s": arguments.expires_in_s,
    });
    let server = arguments.server.server();
    let asked = server.ask(&hq, Method::POST, "/v1/tokens", body.to_string());
    let answer = runtime(1)?.block_on(asked)?;
    println!("{answer}");
    Ok(())
}

/// A word that is no JSON is meant as a text: --scope all.
fn scope(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap_or_else(|_| serde_json::Value::String(text.to_owned()))
}

fn add_user(arguments: &UserArguments) -> Result<(), Error> {
    let hq = client::read_token(&arguments.token_file)?;
    let password = match &arguments.password_file {
        Some(path) => client::read_token(path)?,
        None => {
            eprintln!("password of {}, and Enter:", arguments.name);
            let mut line = String::new();
            let read = std::io::stdin().read_line(&mut line);
            read.map_err(|source| Error::File { path: "standard input".into(), source })?;
            line.trim_end_matches(['\r', '\n']).to_owned()
        }
    };
    let body = serde_json::json!({
        "password": password,
        "kind": arguments.kind,
        "role": arguments.role,
        "scope": scope(&arguments.scope),
    });
    let path = format!("/v1/users/{}", path_segment(&arguments.name));
    let server = arguments.server.server();
    let asked = server.ask(&hq, Method::PUT, &path, body.to_string());
    let answer = runtime(1)?.block_on(asked)?;
    println!("{answer}");
    Ok(())
}

/// A name as it stands in an address.
fn path_segment(name: &str) -> String {
    name.bytes().fold(String::new(), |mut text, byte| {
        if byte.is_ascii_alphanumeric() || b"-_.".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
        text
    })
}

/// Opens every file that a start opens before it makes any.
fn check(flags: Flags) -> Result<(), Error> {
    let config = Config::of_process(flags)?;
    config.roads.as_deref().map(Roads::open).transpose()?;
    runtime(1)?.block_on(async {
        Ground::open(&config.map).await?;
        config.tls.clone().map(Tls::open).transpose()?;
        Ok::<_, Error>(())
    })?;
    println!("{config:#?}");
    Ok(())
}

fn begin_log(config: &Config) {
    let info = || Targets::new().with_default(LevelFilter::INFO);
    let filter = config.log_filter.parse::<Targets>().unwrap_or_else(|_| info());
    let log = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    match config.log {
        LogFormat::Text => tracing_subscriber::registry().with(log.with_filter(filter)).init(),
        LogFormat::Json => {
            tracing_subscriber::registry().with(log.json().with_filter(filter)).init();
        }
    }
}
