//! What the gateway's hub knows: hints as they come, and answers where hints leave a hole.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use actors::{CommandError, Output, Topic};
use persistence::{Heard, Hints, Listener};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

use super::house::GateHouse;
use crate::config::Database;
use crate::error::Error;
use crate::hub::{SWEEP, Source};
use crate::relay::{Names, NewsKey};
use crate::wire::relay::{AnswersView, HelloView, News, QuestionBody, QuestionsBody};

/// How often everything that is shown is asked for: the longest that a lost hint stays unseen.
const ASKING: Duration = Duration::from_secs(1);
/// Topics of one request.
const AT_ONCE: usize = 256;

/// Where the gateway's hub takes its topics from.
pub(super) struct Behind {
    asked: mpsc::UnboundedSender<Topic>,
    followed: Arc<Followed>,
}

/// The channels that are listened to, once the server behind has said how they are called.
struct Followed {
    listener: Option<Listener>,
    known: Mutex<(Option<Names>, BTreeSet<Topic>)>,
}

/// Hints, where there is a Redis.
pub(super) struct Road {
    followed: Arc<Followed>,
    heard: Option<mpsc::Receiver<Heard>>,
}

pub(super) fn open(
    redis: Option<&Database>,
    asked: mpsc::UnboundedSender<Topic>,
) -> Result<(Behind, Road), Error> {
    let ear = match redis {
        Some(redis) => Some(Listener::open(&Hints::open(redis.address())?)),
        None => None,
    };
    let (listener, heard) = ear.unzip();
    let followed = Arc::new(Followed { listener, known: Mutex::default() });
    let source = Behind { asked, followed: Arc::clone(&followed) };
    Ok((source, Road { followed, heard }))
}

impl Source for Behind {
    fn watch(&self, _ask: u64, topic: Topic) -> Result<(), CommandError> {
        // Listened to before it is asked for: nothing is told in between.
        self.followed.follow(topic);
        self.asked.send(topic).map_err(|_| CommandError::Unavailable)
    }

    fn unwatch(&self, topic: Topic) -> Result<(), CommandError> {
        self.followed.leave(topic);
        Ok(())
    }
}

impl Followed {
    fn follow(&self, topic: Topic) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let (names, topics) = &mut *known;
        if topics.insert(topic)
            && let (Some(listener), Some(names)) = (&self.listener, names)
        {
            listener.follow(names.topic(topic));
        }
    }

    fn leave(&self, topic: Topic) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let (names, topics) = &mut *known;
        if topics.remove(&topic)
            && let (Some(listener), Some(names)) = (&self.listener, names)
        {
            listener.leave(names.topic(topic));
        }
    }

    /// The server behind has said how its channels are called.
    fn name(&self, names: &Names) {
        let Some(listener) = &self.listener else { return };
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.0 = Some(names.clone());
        listener.follow(names.house());
        known.1.iter().for_each(|topic| listener.follow(names.topic(*topic)));
    }
}

/// What is needed to read hints.
struct Tongue {
    key: NewsKey,
    chain: String,
}

/// Keeps the hub true to the city, for as long as it is let. Questions are on their way while hints
/// are read: a server that does not answer holds up nothing but its answers.
pub(super) async fn follow(
    house: Arc<GateHouse>,
    mut asks: mpsc::UnboundedReceiver<Topic>,
    mut road: Road,
) {
    let mut tongue: Option<Tongue> = None;
    let mut asking = interval(ASKING);
    asking.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut sweep = interval(SWEEP);
    sweep.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut topics = Vec::new();
    // Of everything that is shown, one round at a time; of what was just opened, as it comes.
    let (mut round, mut questions) = (JoinSet::new(), JoinSet::new());
    loop {
        tokio::select! {
            _ = asking.tick(), if round.is_empty() => {
                let (house, is_known) = (Arc::clone(&house), tongue.is_some());
                round.spawn(async move {
                    let hello = greet(&house, is_known).await;
                    ask(&house, house.hub.topics()).await;
                    hello
                });
            }
            Some(Ok(Some(hello))) = round.join_next() => learn(&road, &hello, &mut tongue),
            _ = sweep.tick() => house.hub.sweep(),
            _ = asks.recv_many(&mut topics, AT_ONCE) => {
                let (house, topics) = (Arc::clone(&house), std::mem::take(&mut topics));
                questions.spawn(async move { ask(&house, topics).await });
            }
            Some(_) = questions.join_next() => {}
            heard = next(&mut road.heard) => match heard {
                Heard::Message { channel, text } => {
                    if let Some(tongue) = &tongue {
                        hear(&house, tongue, &channel, &text);
                    }
                }
                // Whatever was told meanwhile is asked for.
                Heard::Gap => asking.reset_immediately(),
            },
        }
    }
}

async fn next(heard: &mut Option<mpsc::Receiver<Heard>>) -> Heard {
    let next = match heard {
        Some(heard) => heard.recv().await,
        None => None,
    };
    match next {
        Some(next) => next,
        None => std::future::pending().await,
    }
}

/// What time it is behind, and whether it serves.
async fn greet(house: &GateHouse, is_known: bool) -> Option<HelloView> {
    let hello: Option<HelloView> = match house.core.get("/v1/relay").await {
        Ok(hello) => Some(hello),
        Err(fault) => {
            if house.is_ready() || !is_known {
                let (code, why) = (fault.code.text(), &fault.message);
                tracing::warn!(code, %why, "the server of the city does not let this gateway in");
            }
            None
        }
    };
    house.heard(hello.as_ref());
    if let Some(hello) = &hello
        && house.hub.epoch() == 0
        && hello.epoch > 0
    {
        let recovered = Output::Recovered { epoch: hello.epoch };
        house.hub.hand_out(vec![recovered], std::time::Instant::now());
    }
    hello
}

/// How its hints are read.
fn learn(road: &Road, hello: &HelloView, tongue: &mut Option<Tongue>) {
    if tongue.as_ref().is_none_or(|known| known.chain != hello.chain)
        && let Some(key) = NewsKey::read(&hello.key)
    {
        road.followed.name(&Names::of(&hello.chain));
        *tongue = Some(Tongue { key, chain: hello.chain.clone() });
    }
}

/// Asks behind about topics, and shows what is answered.
async fn ask(house: &GateHouse, topics: Vec<Topic>) {
    let topics: BTreeSet<Topic> = topics.into_iter().collect();
    let questions = topics.iter().filter_map(|topic| house.hub.question(*topic));
    let questions: Vec<QuestionBody> = questions.map(QuestionBody::from).collect();
    for questions in questions.chunks(AT_ONCE) {
        let body = QuestionsBody { questions: questions.to_vec() };
        let answers: Result<AnswersView, _> = house.core.post("/v1/relay/questions", &body).await;
        match answers {
            Ok(view) => view.answers.into_iter().for_each(|answer| house.hub.mirror(answer.into())),
            Err(_) => questions.iter().for_each(|asked| house.hub.unanswered(asked.topic)),
        }
    }
}

/// A hint that is not ours, or not for the channel that it came by, is nothing.
fn hear(house: &GateHouse, tongue: &Tongue, channel: &str, text: &str) {
    match tongue.key.open::<News>(channel, text) {
        Some(news) => house.hub.hear(news.told()),
        None => house.hub.counters().hints_strange.add(1),
    }
}
