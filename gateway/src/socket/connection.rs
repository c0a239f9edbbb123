//! One socket from the first frame to the last: the only task that reads or writes it.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use actors::Topic;
use axum::extract::ws::{Message, Utf8Bytes};

use super::heartbeat::{Beat, Heartbeat};
use super::house::House;
use super::line::{End, Line};
use super::session::{Act, Session};
use crate::hub::{Listening, Note, Outbox};
use crate::wire::fault::{Code, Fault};
use crate::wire::socket::{CloseCode, ResumePoint, ServerFrame};

/// How long one write may wait for its client.
const LONGEST_WRITE: Duration = Duration::from_secs(45);
/// Every how many heartbeats it is asked again whether the topics are still allowed.
const BEATS_BETWEEN_CHECKS: u32 = 3;

/// One connection's place in the house, given back when it is dropped.
pub(crate) struct Seat<H: House> {
    house: Arc<H>,
    who: H::Guest,
    outbox: Arc<Outbox>,
    session: Session,
}

impl<H: House> Seat<H> {
    pub fn new(house: Arc<H>, who: H::Guest, outbox: Arc<Outbox>) -> Self {
        let session = Session::new(house.session_limits());
        Self { house, who, outbox, session }
    }
}

impl<H: House> Drop for Seat<H> {
    fn drop(&mut self) {
        self.house.hub().close(&self.outbox, self.session.topics());
    }
}

/// What one socket asks of the house, one thing at a time and in order.
enum Errand {
    Listen {
        topic: Topic,
        resume: Option<ResumePoint>,
    },
    /// Is a topic that is listened to still allowed?
    Check {
        topic: Topic,
    },
}

/// What came of it.
enum Done {
    Listen { topic: Topic, resume: Option<ResumePoint>, listening: Result<Listening, Fault> },
    Check { topic: Topic, listening: Result<Listening, Fault> },
    Carried { id: Box<str>, outcome: Result<u64, Fault> },
}

/// Boxed: most of the time there is none, and a quiet socket should cost little.
type Job = Pin<Box<dyn Future<Output = Done> + Send>>;

struct Connection<H: House> {
    seat: Seat<H>,
    line: Line,
    began: Instant,
    heartbeat: Heartbeat,
    beat_count: u32,
    job: Option<Job>,
    errands: VecDeque<Errand>,
}

/// Serves a socket until it ends.
pub(crate) async fn serve<H: House>(seat: Seat<H>, line: Line, topics: Vec<Topic>) {
    let heartbeat = Heartbeat::new(seat.house.heartbeat());
    let connection = Connection {
        seat,
        line,
        began: Instant::now(),
        heartbeat,
        beat_count: 0,
        job: None,
        errands: VecDeque::new(),
    };
    connection.run(topics).await;
}

impl<H: House> Connection<H> {
    async fn run(mut self, topics: Vec<Topic>) {
        self.say(&self.hello());
        for topic in topics {
            let act = self.seat.session.subscribe(topic, None);
            if self.act(act).is_err() {
                return;
            }
        }
        let end = self.converse().await;
        self.line.end(end).await;
    }

    fn hello(&self) -> ServerFrame {
        ServerFrame::Hello {
            connection: self.seat.outbox.id,
            server_now: self.seat.house.now(),
            heartbeat_s: self.seat.house.heartbeat().as_secs(),
            epoch: self.seat.house.hub().epoch(),
        }
    }

    async fn converse(&mut self) -> End {
        let beat = tokio::time::sleep(self.heartbeat.due());
        tokio::pin!(beat);
        loop {
            if let Err(end) = self.write_what_waits().await {
                return end;
            }
            self.next_errand();
            let is_free = self.job.is_none();
            let step = tokio::select! {
                biased;
                done = until_done(&mut self.job), if !is_free => {
                    self.job = None;
                    self.done(done);
                    self.still_known()
                }
                // Commands are carried out in the order they are said: none is read before the
                // one before it is recorded.
                message = self.line.hear(), if is_free => self.heard(message),
                () = &mut beat => {
                    let step = self.beat().await;
                    beat.as_mut().reset((self.began + self.heartbeat.due()).into());
                    step
                }
                () = self.seat.outbox.ready() => Ok(()),
            };
            if let Err(end) = step {
                return end;
            }
        }
    }

    // --- writing ---

    /// Drains the queue into one flush. Nobody else waits for this client.
    async fn write_what_waits(&mut self) -> Result<(), End> {
        let mut taken = self.seat.outbox.take();
        if taken.is_empty() {
            return Ok(());
        }
        if let Some(code) = taken.closing {
            return Err(End::Close(code));
        }
        let notes = std::mem::take(&mut taken.notes);
        self.write(taken.into_frames()).await?;
        for note in notes {
            match note {
                Note::CatchUp(topic) => {
                    self.seat.house.hub().catch_up(&self.seat.outbox, topic);
                }
                Note::Ended(topic) => self.seat.session.forget(topic),
            }
        }
        Ok(())
    }

    async fn write(&mut self, frames: impl Iterator<Item = Utf8Bytes> + Send) -> Result<(), End> {
        let (line, outbox) = (&mut self.line, &self.seat.outbox);
        let closed = async {
            while outbox.closing().is_none() {
                outbox.ready().await;
            }
        };
        let count = tokio::select! {
            biased;
            written = line.say(frames.map(Message::Text)) => written?,
            // The hub gave up on it, or the house closes.
            () = closed => return Err(End::Close(outbox.closing().unwrap_or(CloseCode::Idle))),
            () = tokio::time::sleep(LONGEST_WRITE) => return Err(End::Gone),
        };
        self.seat.house.hub().sent(count);
        Ok(())
    }

    fn say(&self, frame: &ServerFrame) {
        self.seat.outbox.say(frame.encode());
    }

    // --- hearing ---

    fn heard(&mut self, message: Result<Message, End>) -> Result<(), End> {
        let message = message?;
        self.heartbeat.heard();
        let (now, pace) = (self.began.elapsed(), self.seat.house.pace());
        let act = match message {
            Message::Text(text) => self.seat.session.text(text.as_str(), now, pace),
            Message::Binary(_) => self.seat.session.binary(),
            Message::Ping(_) | Message::Pong(_) => self.seat.session.heartbeat(now, pace),
            // A goodbye is the line's end.
            Message::Close(_) => Act::Nothing,
        };
        self.act(act)
    }

    fn act(&mut self, act: Act) -> Result<(), End> {
        match act {
            Act::Nothing => {}
            Act::Say(frame) => self.say(&frame),
            Act::Listen { topic, resume } => {
                self.errands.push_back(Errand::Listen { topic, resume });
            }
            Act::Leave { topic } => self.seat.house.hub().leave(&self.seat.outbox, topic),
            Act::Locate { pings } => {
                if let Err(fault) = self.seat.house.locate(&self.seat.who, pings) {
                    self.say(&ServerFrame::error(None, fault));
                }
            }
            Act::Carry { id, command } => {
                let (house, who) = (Arc::clone(&self.seat.house), self.seat.who.clone());
                self.job = Some(Box::pin(async move {
                    let outcome = house.carry_out(&who, &id, command).await;
                    Done::Carried { id, outcome }
                }));
            }
            Act::Close(code) => return Err(End::Close(code)),
        }
        Ok(())
    }

    // --- asking the house ---

    fn next_errand(&mut self) {
        if self.job.is_some() {
            return;
        }
        let Some(errand) = self.errands.pop_front() else {
            self.errands = VecDeque::new();
            return;
        };
        let (house, who) = (Arc::clone(&self.seat.house), self.seat.who.clone());
        self.job = Some(Box::pin(async move {
            match errand {
                Errand::Listen { topic, resume } => {
                    let listening = house.may_listen(&who, topic).await;
                    Done::Listen { topic, resume, listening }
                }
                Errand::Check { topic } => {
                    let listening = house.may_listen(&who, topic).await;
                    Done::Check { topic, listening }
                }
            }
        }));
    }

    fn done(&mut self, done: Done) {
        match done {
            Done::Listen { topic, resume, listening } => match listening {
                Ok(listening) => {
                    self.seat.house.hub().join(&self.seat.outbox, topic, listening, resume);
                }
                Err(fault) => self.refuse(topic, fault),
            },
            Done::Check { topic, listening } => {
                if let Some(fault) = listening.err().filter(is_lasting) {
                    self.seat.house.hub().leave(&self.seat.outbox, topic);
                    self.refuse(topic, fault);
                }
            }
            Done::Carried { id, outcome } => {
                let id = String::from(id);
                self.say(&match outcome {
                    Ok(seq) => ServerFrame::Done { id, seq },
                    Err(fault) => ServerFrame::refused(id, fault),
                });
            }
        }
    }

    fn refuse(&mut self, topic: Topic, fault: Fault) {
        self.seat.session.forget(topic);
        self.say(&ServerFrame::error(Some(topic), fault));
    }

    // --- staying and ending ---

    fn still_known(&self) -> Result<(), End> {
        self.seat.house.still_knows(&self.seat.who).map_err(End::Close)
    }

    async fn beat(&mut self) -> Result<(), End> {
        match self.heartbeat.beat(self.began.elapsed()) {
            Beat::Dead => return Err(End::Close(CloseCode::Idle)),
            Beat::Ping => {}
        }
        self.still_known()?;
        self.beat_count += 1;
        if self.beat_count.is_multiple_of(BEATS_BETWEEN_CHECKS) {
            let topics = self.seat.session.topics().iter();
            self.errands.extend(topics.map(|topic| Errand::Check { topic: *topic }));
        }
        let ping = std::iter::once(Message::Ping(axum::body::Bytes::new()));
        match tokio::time::timeout(LONGEST_WRITE, self.line.say(ping)).await {
            Ok(written) => written.map(|_| ()),
            Err(_) => Err(End::Gone),
        }
    }
}

async fn until_done(job: &mut Option<Job>) -> Done {
    match job {
        Some(job) => job.as_mut().await,
        None => std::future::pending().await,
    }
}

/// A permission is lost by a plain no, not by a city that is busy.
fn is_lasting(fault: &Fault) -> bool {
    matches!(fault.code, Code::Forbidden | Code::NotFound | Code::OverLimit)
}
