//! Opening and closing the house, in order.
//!
//! Up: journal, reference data, city, doors. Down: doors, core, journal; each step says so.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use actors::{Above, Output, Partition, PartitionConfig, Road, Submission};
use dispatch::courier::CourierCommand;
use dispatch::store::StoreCommand;
use dispatch::{By, Message};
use persistence::{ErasedList, Hints, Journal, PartitionId, ReferenceDraft, Vault};
use tokio::net::TcpListener;
use tokio::sync::{Notify, mpsc, watch};
use vocabulary::{
    Chance, Clock, IdSource, OrderId, Place, PrincipalId, ScaledClock, Seconds, Slot, Timestamp,
};

use crate::access::{
    Keys, Passwords, Principal, PrincipalKind, RateLimiter, Scope, TokenDraft, Tokens, random,
    tickets::Tickets, write_secret,
};
use crate::actions;
use crate::app::App;
use crate::boards;
use crate::books::{Books, Topics};
use crate::cities::{Cities, City, Hosted, MEMBERS};
use crate::config::Config;
use crate::entrance;
use crate::error::Error;
use crate::ground::Ground;
use crate::hub::{Hub, HubLimits};
use crate::images::Images;
use crate::members::{self, CodeSender, LogInCodes, Openings};
use crate::metrics::DoorMetrics;
use crate::payments::Sandbox;
use crate::reference::Reference;
use crate::relay::{self, Relay};
use crate::replenishment::Replenishment;
use crate::roads::{RoadTravel, Roads};
use crate::search::Search;
use crate::standby;
use crate::streets::Streets;
use crate::tls::{self, Tls};
use crate::upkeep;

/// Batches of pushes that may wait for the hub; when it is behind, the city waits.
const OUTLET: usize = 256;
/// For how long an idempotency key and its answer are known.
const KEYS_FOR: Seconds = Seconds(3 * 86_400);
/// Whose road files are where nobody says otherwise.
const ROADS_BY: &str = "© OpenStreetMap contributors";
/// How long open requests may take once the doors close.
const CLOSING_TIME: Duration = Duration::from_secs(10);

/// An open house.
pub struct House {
    pub app: Arc<App>,
    pub address: SocketAddr,
    closing: watch::Sender<bool>,
    doors: tokio::task::JoinHandle<()>,
    upkeep: Vec<tokio::task::JoinHandle<()>>,
    _certificate: Option<tls::Watch>,
}

impl House {
    /// Opens everything; returns when the city serves and the doors are open.
    pub async fn open(config: Config) -> Result<Self, Error> {
        let roads = config.roads.as_deref().map(Roads::open).transpose()?;
        let ground = Ground::open(&config.map).await?;
        let tls = config.tls.clone().map(Tls::open).transpose()?;
        let certificate = tls.as_ref().map(Tls::watch);
        if config.database.keeps() {
            make_folder(&config)?;
        }
        let journal = Journal::open(config.database.address()).await?;
        let address = config.listen;
        let ahead = if journal.is_shared() {
            let listener = listen(address).await?;
            standby::wait_for_turn(&config, &journal, &listener, tls.clone()).await?;
            Some(listener)
        } else {
            None
        };
        let app = furnish(config, journal, roads, ground).await?;
        let listener = match ahead {
            Some(listener) => listener,
            None => listen(address).await?,
        };
        let address = listener.local_addr().map_err(|source| Error::Listen { address, source })?;
        let (closing, closed) = watch::channel(false);
        let doors = tokio::spawn(entrance::stand_open(Arc::clone(&app), listener, tls, closed));
        let clock = Arc::clone(&app.clock) as Arc<dyn Clock>;
        let partitions = app.cities.all().chain([app.cities.members()]);
        let forgetting = partitions
            .map(|known| upkeep::forget_answers(Arc::clone(&clock), known.clone(), KEYS_FOR));
        let mut upkeep: Vec<_> = forgetting.map(tokio::spawn).collect();
        upkeep.extend([
            tokio::spawn(upkeep::look_at_demand(Arc::clone(&app))),
            tokio::spawn(upkeep::look_after_tokens(Arc::clone(&app), KEYS_FOR)),
            tokio::spawn(boards::watch(Arc::clone(&app))),
            tokio::spawn(upkeep::publish(Arc::clone(&app))),
            tokio::spawn(Arc::clone(&app.books).follow(Arc::clone(&app))),
            tokio::spawn(Arc::clone(&app.books).tell(Arc::clone(&app))),
            tokio::spawn(relay::run(Arc::clone(&app))),
        ]);
        Ok(Self { app, address, closing, doors, upkeep, _certificate: certificate })
    }

    /// Waits until another process runs the city. This house knows the world as it was before that,
    /// and is of no more use.
    pub async fn deposed(&self) {
        self.app.cities.elsewhere().await;
    }

    /// Closes the doors, lets the city record what it took in, and lets go of the journal.
    pub async fn close(mut self) -> Result<(), Error> {
        tracing::info!("closing the doors");
        self.closing.send_replace(true);
        self.app.hub.close_all();
        match tokio::time::timeout(CLOSING_TIME, &mut self.doors).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) => tracing::error!("the doors broke while closing"),
            Err(_) => {
                tracing::warn!("some requests were still open and are cut off");
                self.doors.abort();
            }
        }
        if self.app.books.write_down().await.is_err() {
            tracing::warn!("the books are not written down: they are read again at the next start");
        }
        self.upkeep.iter().for_each(tokio::task::JoinHandle::abort);
        tracing::info!("draining the cities");
        for city in self.app.cities.all() {
            city.drain().await;
        }
        self.app.cities.members().drain().await;
        self.app.road.close();
        tracing::info!("closing the journal");
        self.app.journal.close().await?;
        tracing::info!("closed");
        Ok(())
    }
}

async fn listen(address: SocketAddr) -> Result<TcpListener, Error> {
    TcpListener::bind(address).await.map_err(|source| Error::Listen { address, source })
}

fn make_folder(config: &Config) -> Result<(), Error> {
    std::fs::create_dir_all(&config.data)
        .map_err(|source| Error::File { path: config.data.clone(), source })
}

/// Reads what is recorded, starts the city and tells it headquarters' word.
async fn furnish(
    config: Config,
    journal: Journal,
    roads: Option<Roads>,
    ground: Ground,
) -> Result<Arc<App>, Error> {
    let keeps = config.database.keeps();
    let (keys, vault) = if keeps {
        let vault = Vault::open(&config.data)?;
        know_vault(&journal, &vault).await?;
        (Keys::open(&config.data)?, vault)
    } else {
        (Keys::from_secret(&random()?)?, Vault::ephemeral()?)
    };
    let erased = keeps.then(|| ErasedList::of(&config.data));
    forget_again(&journal, erased.as_ref()).await?;
    let mut streets = Streets::open(keeps.then_some(config.data.as_path()))?;
    if let Some(roads) = &roads {
        streets.follow(roads.streets(config.map.attribution.as_deref().unwrap_or(ROADS_BY)));
    }
    let travel = roads.map(Roads::prepare).unwrap_or_default();
    let images = Images::open(keeps.then_some(config.data.as_path()))?;
    let clock = Arc::new(clock(&config, &journal).await?);
    let reference = Reference::load(journal.clone()).await?;
    let above = Above {
        member_policy: commerce::member::MemberPolicy::clone(&reference.member_policy()),
        road: Road::default(),
    };
    let road = above.road.clone();
    let set_up = partition_config(&config, &reference, above, Arc::clone(&clock), travel);
    let (first, outputs) = start(set_up.clone(), config.city, config.center, &journal).await?;
    let handle = first.hosted.handle.clone();
    let mut others = Vec::new();
    for (number, center) in &config.more_cities {
        let (city, outputs) = start(set_up.clone(), *number, *center, &journal).await?;
        // Screens listen to the first city; nobody is pushed to from the others.
        tokio::spawn(drain(outputs));
        others.push(city);
    }
    let (members, words) = start(set_up, MEMBERS, config.center, &journal).await?;
    tokio::spawn(drain(words));
    let cities = Cities::new(first, others, members.hosted);
    cities.all().chain([cities.members()]).for_each(|known| road.open(known.clone()));
    let sockets = config.limits.sockets as usize;
    let limits = HubLimits { most_connections: sockets, ..HubLimits::default() };
    let books = Books::new(journal.clone(), handle.partition());
    let topics = Topics { city: handle.clone(), books: Arc::clone(&books) };
    let hub = Hub::new(topics, limits);
    let hints = config.redis.as_ref().map(|redis| Hints::open(redis.address())).transpose()?;
    tokio::spawn(Arc::clone(&hub).run(outputs));
    let seed = random()?.iter().take(8).fold(0u64, |sum, byte| (sum << 8) | u64::from(*byte));
    let metrics = DoorMetrics::default();
    let app = Arc::new(App {
        books,
        cities,
        road,
        ids: Mutex::new(IdSource::new(Slot(config.city), Chance::from_seed(seed))),
        log_in_codes: LogInCodes::new(config.limits.codes_per_minute),
        code_sender: CodeSender::open(&config.code_sender, &metrics)?,
        config: Arc::new(config),
        tokens: Tokens::new(journal.clone(), keys.clone()),
        payments: Box::new(Sandbox::new(keys.clone())),
        openings: Openings::default(),
        tickets: Tickets::default(),
        passwords: Passwords::default(),
        streets,
        ground,
        rate: RateLimiter::new(),
        metrics,
        replenishment: Replenishment::default(),
        images,
        publications: Notify::new(),
        search: Search::default(),
        clock,
        journal,
        reference,
        relay: Relay::open(&keys, hints).ok_or(Error::Key)?,
        keys,
        vault,
        erased,
        hub,
    });
    if !app.cities.served().await {
        return Err(Error::NotServing("it stopped while recovering".to_owned()));
    }
    tell_city(&app).await?;
    relay::recall_positions(&app).await;
    members::tell_all_budgets(&app)
        .await
        .map_err(|fault| Error::NotServing(fault.message.into()))?;
    if keeps {
        first_token(&app).await?;
    }
    Ok(app)
}

/// A database that was restored may know people again who were forgotten since.
async fn forget_again(journal: &Journal, erased: Option<&ErasedList>) -> Result<(), Error> {
    let Some(erased) = erased else { return Ok(()) };
    let again = journal.erase_persons(erased.all()?).await?;
    if again > 0 {
        tracing::warn!(
            again,
            "people who were forgotten were in the database, and are not any more"
        );
    }
    Ok(())
}

/// People were sealed with the key of one vault. A server with another could read none of them, and
/// would seal those to come so that the others could not.
async fn know_vault(journal: &Journal, vault: &Vault) -> Result<(), Error> {
    let fingerprint = vault.fingerprint();
    let (kind, id) = ("installation", "vault");
    let body = serde_json::json!({ "fingerprint": fingerprint }).to_string();
    match journal.reference(kind, id).await? {
        Some(known) if known.body == body => Ok(()),
        Some(_) => Err(Error::OtherVault),
        None => {
            let at = ScaledClock::new(1.0).now();
            let (kind, id, by) = (kind.to_owned(), id.to_owned(), "start".to_owned());
            let draft = ReferenceDraft {
                kind,
                id,
                body,
                by,
                at,
                effective: None,
                expected_version: Some(0),
            };
            journal.put_reference(draft).await?;
            Ok(())
        }
    }
}

/// The clock of this house. It never starts before what is recorded: a city in fast time may have
/// run ahead of the wall before it was stopped.
async fn clock(config: &Config, journal: &Journal) -> Result<ScaledClock, Error> {
    let cities = config.more_cities.iter().map(|(number, _)| *number);
    let mut last = None;
    for partition in [config.city, MEMBERS].into_iter().chain(cities) {
        let event = journal.last_event(PartitionId(partition)).await?;
        last = last.max(event.map(|event| event.at));
    }
    Ok(clock_after(config, last, ScaledClock::new(1.0).now()))
}

fn clock_after(config: &Config, last: Option<Timestamp>, wall: Timestamp) -> ScaledClock {
    let begin = last.unwrap_or_default().max(wall.before(config.catch_up));
    let behind = wall.since(begin);
    match (config.catch_up > Seconds::ZERO, behind > Seconds::ZERO) {
        (true, true) => ScaledClock::catching_up(behind, config.time_scale),
        // Caught up: from here on it keeps the wall's pace.
        (true, false) => ScaledClock::starting_at(begin, 1.0),
        (false, _) => ScaledClock::starting_at(begin, config.time_scale),
    }
}

/// Starts one partition on a thread of its own, like the first but for its number and centre.
async fn start(
    set_up: PartitionConfig,
    number: u16,
    center: Place,
    journal: &Journal,
) -> Result<(City, mpsc::Receiver<Vec<Output>>), Error> {
    let (outlet, outputs) = mpsc::channel(OUTLET);
    let set_up = PartitionConfig { id: PartitionId(number), center, ..set_up };
    let partition = actors::start_thread(set_up, journal.clone(), outlet).await?;
    let Partition { handle, state } = partition;
    Ok((City { hosted: Hosted { handle, state }, center }, outputs))
}

/// Takes what a partition publishes where nobody listens, so that it never waits.
async fn drain(mut outputs: mpsc::Receiver<Vec<Output>>) {
    while outputs.recv().await.is_some() {}
}

fn partition_config(
    config: &Config,
    reference: &Reference,
    above: Above,
    clock: Arc<ScaledClock>,
    travel: RoadTravel,
) -> PartitionConfig {
    // A trip by road costs more than a straight line, so that rounds of some size are planned on a
    // thread of their own: how much more is for the bench `roads` to say.
    let pairs_in_place = match &config.roads {
        Some(_) => actors::PAIRS_A_MILLISECOND / 16,
        None => actors::PAIRS_A_MILLISECOND,
    };
    PartitionConfig {
        id: PartitionId(config.city),
        owner: standby::owner(),
        url: config.advertise.clone(),
        center: config.center,
        travel: Arc::new(move || Box::new(travel.clone())),
        policy: dispatch::Policy::clone(&reference.policy()),
        above,
        clock,
        intake_capacity: config.limits.intake as usize,
        keys_for: KEYS_FOR,
        pairs_in_place,
    }
}

/// Tells the city every store and courier; a version it knows already changes nothing.
async fn tell_city(app: &App) -> Result<(), Error> {
    let directory = app.reference.directory();
    let stores = directory.stores().into_iter().map(|record| {
        let command = StoreCommand::Configure(Box::new(record.settings.clone()));
        Message::Store(record.id, Box::new(command))
    });
    let couriers = directory.couriers().into_iter().map(|record| {
        let command = CourierCommand::Configure(Box::new(record.settings.clone()));
        Message::Courier(record.id, Box::new(command))
    });
    let messages: Vec<Message> = stores.chain(couriers).collect();
    let unsold = actions::listing::unsold(&app.reference.book(), directory);
    let messages: Vec<Message> = messages.into_iter().chain(unsold).collect();
    for wave in messages.chunks(256) {
        let told = wave.iter().map(|message| {
            let command: OrderId = app.id();
            let submission = Submission {
                by: By::Partition,
                command: command.bits(),
                trace: 0,
                keys: Vec::new(),
            };
            app.cities.of_message(message).command(submission, message.clone())
        });
        for outcome in futures_util::future::join_all(told).await {
            outcome.map_err(|error| Error::NotServing(error.to_string()))?;
        }
    }
    Ok(())
}

/// On the first start, headquarters' token goes to the data folder, readable by its owner only.
async fn first_token(app: &App) -> Result<(), Error> {
    let path = app.config.hq_token_file();
    if path.exists() {
        return Ok(());
    }
    let principal = Principal {
        id: app.id::<PrincipalId>(),
        kind: PrincipalKind::Staff,
        role: "hq_admin".into(),
        name: "headquarters".into(),
        scope: Scope::All,
    };
    let draft = TokenDraft { id: app.id(), principal, expires_at: None };
    let granted = app.tokens.grant(vec![draft], None, app.clock.now()).await?;
    let Some(token) = granted.first() else { return Ok(()) };
    write_secret(&path, format!("{}\n", token.secret).as_bytes())?;
    tracing::info!(path = %path.display(), "headquarters' token is written here");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const WALL: Timestamp = Timestamp::from_millis(1_795_000_000_000);

    fn begins(text: &str, last: Option<Timestamp>) -> (i64, f64) {
        let config = Config::from_toml(text).unwrap();
        let clock = clock_after(&config, last, WALL);
        // Whole seconds: the clock has already begun to run.
        (clock.now().since(Timestamp::default()).as_millis() / 1_000, clock.scale().round())
    }

    #[test]
    fn the_clock_never_turns_back_over_what_is_recorded() {
        let wall = WALL.as_millis() / 1_000;
        let ahead = Some(WALL.after(Seconds(500)));
        let behind = Some(WALL.before(Seconds(500)));
        assert_eq!(begins("", None), (wall, 1.0));
        assert_eq!(begins("time_scale = 60", behind), (wall, 60.0));
        assert_eq!(begins("time_scale = 60", ahead), (wall + 500, 60.0));
    }

    #[test]
    fn a_city_that_has_caught_up_goes_on_at_the_walls_pace() {
        let fast = "catch_up_s = 3600";
        assert!(begins(fast, None).1 > 1.0);
        assert_eq!(begins(fast, Some(WALL.after(Seconds(1)))).1, 1.0);
    }
}
