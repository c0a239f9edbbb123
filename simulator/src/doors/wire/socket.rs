//! Screens over WebSockets: one socket a screen, opened with a ticket, resumed after every break.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::sync::{Notify, mpsc};
use tokio::task::AbortHandle;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;
use vocabulary::{Clock, CourierId, OrderId, StoreId, Timestamp};

use super::http::{Ask, Http};
use super::identity::Identity;
use super::read;
use crate::doors::watched::Picture;
use crate::doors::{BoardView, CourierView, Failure, Heard, OrderView, Ping, Seat, Watched};
use crate::feed::{number, text};
use crate::referee::{Frame, FrameKind};

/// Frames that may wait to be sent; positions beyond are dropped, the next one is newer.
const OUTGOING: usize = 64;
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// Said in between, so that the house does not take us for gone.
const PING_EVERY: Duration = Duration::from_secs(10);

/// All sockets of a run.
pub(super) struct Lines {
    http: Rc<Http>,
    identity: Rc<Identity>,
    clock: Arc<dyn Clock>,
    heard: Rc<RefCell<Heard>>,
    links: Rc<Links>,
}

type Links = RefCell<BTreeMap<Seat, Rc<Link>>>;

/// A seat's connection to the network.
struct Link {
    cut_until: Cell<Timestamp>,
    changed: Notify,
    say: mpsc::Sender<String>,
    said: RefCell<Option<mpsc::Receiver<String>>>,
}

/// What a screen shows, who looks at it, and how its frames change it.
pub(super) struct Subscription<T> {
    seat: Seat,
    topic: Value,
    /// Whether a snapshot starts from a blank picture.
    show: fn(&Picture<T>, &Value, FrameKind),
}

/// Closes the socket when the last viewer has gone.
struct Hold {
    task: AbortHandle,
    /// A shopper's token and link are forgotten with the last look: there are as many as orders.
    shopper: Option<(Rc<Identity>, Rc<Links>, OrderId)>,
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.task.abort();
        if let Some((identity, links, order)) = &self.shopper {
            identity.forget_shopper(*order);
            links.borrow_mut().remove(&Seat::Shopper(*order));
        }
    }
}

impl Subscription<OrderView> {
    pub fn order(order: OrderId) -> Self {
        Self {
            seat: Seat::Shopper(order),
            topic: json!({"kind": "order", "id": order}),
            show: |picture, body, _| {
                if let Some(view) = body.get("order").and_then(read::order) {
                    picture.show(view);
                }
            },
        }
    }
}

impl Subscription<BoardView> {
    pub fn board(store: StoreId) -> Self {
        Self {
            seat: Seat::Store(store),
            topic: json!({"kind": "board", "id": store}),
            show: |picture, body, kind| {
                if kind == FrameKind::Snapshot {
                    picture.show(BoardView::default());
                }
                picture.change(|board| read::put_cards(board, body));
            },
        }
    }
}

impl Subscription<CourierView> {
    pub fn courier(courier: CourierId) -> Self {
        Self {
            seat: Seat::Courier(courier),
            topic: json!({"kind": "courier", "id": courier}),
            show: |picture, body, _| {
                if let Some(view) = read::courier(body) {
                    picture.show(view);
                }
            },
        }
    }
}

impl Lines {
    pub fn new(http: Rc<Http>, identity: Rc<Identity>, clock: Arc<dyn Clock>) -> Self {
        Self { http, identity, clock, heard: Rc::default(), links: Rc::default() }
    }

    pub fn watch<T: 'static>(&self, subscription: Subscription<T>) -> Watched<T> {
        let picture = Picture::blank();
        let seat = subscription.seat;
        let screen = Screen {
            http: Rc::clone(&self.http),
            identity: Rc::clone(&self.identity),
            clock: Arc::clone(&self.clock),
            heard: Rc::clone(&self.heard),
            link: self.link(seat),
            name: subscription.topic.to_string(),
            subscription,
            picture: Rc::clone(&picture),
            resume: Cell::new(None),
        };
        let task = tokio::task::spawn_local(screen.live()).abort_handle();
        let shopper = match seat {
            Seat::Shopper(order) => {
                Some((Rc::clone(&self.identity), Rc::clone(&self.links), order))
            }
            Seat::Headquarters | Seat::Store(_) | Seat::Courier(_) | Seat::Provider => None,
        };
        Watched::new(picture, Rc::new(Hold { task, shopper }))
    }

    fn link(&self, seat: Seat) -> Rc<Link> {
        let link = || {
            let (say, said) = mpsc::channel(OUTGOING);
            let said = RefCell::new(Some(said));
            let (cut_until, changed) = (Cell::new(Timestamp::default()), Notify::new());
            Rc::new(Link { cut_until, changed, say, said })
        };
        Rc::clone(self.links.borrow_mut().entry(seat).or_insert_with(link))
    }

    /// The seat's socket breaks and stays away until then.
    pub fn cut(&self, seat: Seat, until: Timestamp) {
        if let Some(link) = self.links.borrow().get(&seat) {
            link.cut_until.set(until);
            link.changed.notify_waiters();
        }
    }

    pub fn say_positions(&self, courier: CourierId, pings: &[Ping]) {
        let links = self.links.borrow();
        let Some(link) = links.get(&Seat::Courier(courier)) else { return };
        let ping = |ping: &Ping| {
            let (lat, lon) = (ping.place.latitude(), ping.place.longitude());
            json!({"lat": lat, "lon": lon, "at": ping.at.as_millis()})
        };
        let pings: Vec<Value> = pings.iter().map(ping).collect();
        let frame = json!({"type": "positions", "pings": pings});
        // A full line drops it: a newer one follows.
        let _ = link.say.try_send(frame.to_string());
    }

    /// What came in since the last call.
    pub fn heard(&self) -> Heard {
        std::mem::take(&mut self.heard.borrow_mut())
    }
}

struct Screen<T> {
    http: Rc<Http>,
    identity: Rc<Identity>,
    clock: Arc<dyn Clock>,
    heard: Rc<RefCell<Heard>>,
    link: Rc<Link>,
    name: String,
    subscription: Subscription<T>,
    picture: Rc<Picture<T>>,
    /// Epoch and sequence of the last frame.
    resume: Cell<Option<(i64, i64)>>,
}

impl<T> Screen<T> {
    /// Opens the socket again and again, until the task is dropped.
    async fn live(self) {
        let mut said = self.link.said.borrow_mut().take();
        let mut pause = FIRST_PAUSE;
        loop {
            self.wait_for_network().await;
            match self.open_and_listen(&mut said).await {
                Ok(()) => pause = FIRST_PAUSE,
                Err(failure) => {
                    tracing::debug!(screen = %self.name, %failure, "the socket did not open");
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
            }
        }
    }

    async fn wait_for_network(&self) {
        let until = self.link.cut_until.get();
        if until > self.clock.now() {
            tokio::time::sleep(self.clock.wait_until(until)).await;
        }
    }

    async fn open_and_listen(
        &self,
        said: &mut Option<mpsc::Receiver<String>>,
    ) -> Result<(), Failure> {
        let token = self.identity.token(self.subscription.seat);
        let token = token.ok_or_else(|| Failure::new("no_seat", "no token for this screen"))?;
        let ask = Ask::post("/v1/tickets", json!({}));
        let answer = self.http.ask(ask, &token).await?;
        let address = self.http.target().socket(read::field(&answer, "ticket")?);
        let opened = connect_async(address).await;
        let (mut socket, _) =
            opened.map_err(|error| Failure::retryable("socket", error.to_string()))?;
        self.heard.borrow_mut().sockets_opened += 1;
        let subscribe = self.subscribe();
        let broken = |_| Failure::retryable("socket", "broken");
        socket.send(Message::text(subscribe)).await.map_err(broken)?;
        let mut heartbeat = tokio::time::interval(PING_EVERY);
        loop {
            tokio::select! {
                biased;
                () = self.link.changed.notified() => return Ok(()),
                frame = socket.next() => match frame {
                    Some(Ok(Message::Text(frame))) => self.take(&frame),
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return Ok(()),
                    Some(Ok(
                        Message::Binary(_) | Message::Ping(_) | Message::Pong(_) | Message::Frame(_),
                    )) => {}
                },
                frame = next_said(said) => {
                    socket.send(Message::text(frame)).await.map_err(broken)?;
                }
                _ = heartbeat.tick() => {
                    socket.send(Message::text(r#"{"type":"ping"}"#)).await.map_err(broken)?;
                }
            }
        }
    }

    fn subscribe(&self) -> String {
        let topic = &self.subscription.topic;
        match self.resume.get() {
            Some((epoch, seq)) => {
                let resume = json!({"epoch": epoch, "seq": seq});
                json!({"type": "subscribe", "topic": topic, "resume": resume}).to_string()
            }
            None => json!({"type": "subscribe", "topic": topic}).to_string(),
        }
    }

    fn take(&self, frame: &str) {
        let Ok(frame) = serde_json::from_str::<Value>(frame) else { return };
        let (kind, body) = match text(&frame, "type") {
            "snapshot" => (FrameKind::Snapshot, frame.get("state")),
            "delta" => (FrameKind::Delta, frame.get("change")),
            "reset" => {
                self.heard.borrow_mut().resets += 1;
                self.resume.set(None);
                return;
            }
            "error" => {
                tracing::debug!(screen = %self.name, %frame, "the house complains");
                return;
            }
            _ => return,
        };
        let (epoch, seq) = (number(&frame, "epoch"), number(&frame, "seq"));
        self.resume.set(Some((epoch, seq)));
        {
            let mut heard = self.heard.borrow_mut();
            heard.frame_count += 1;
            heard.frames.push(Frame { screen: self.name.clone(), epoch, seq, kind });
        }
        if let Some(log) = self.http.log() {
            log.frame(self.subscription.seat, &frame);
        }
        if let Some(body) = body {
            (self.subscription.show)(&self.picture, body, kind);
        }
    }
}

async fn next_said(said: &mut Option<mpsc::Receiver<String>>) -> String {
    match said {
        Some(said) => match said.recv().await {
            Some(frame) => frame,
            None => std::future::pending().await,
        },
        None => std::future::pending().await,
    }
}
