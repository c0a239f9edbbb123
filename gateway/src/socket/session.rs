//! What one socket may say, and what follows from each frame. Frame in, act out: no I/O here.

use std::time::Duration;

use actors::{Ping, Topic};

use crate::access::rate;
use crate::call::check_key;
use crate::wire::courier::PositionsBody;
use crate::wire::fault::{Code, Fault};
use crate::wire::socket::{self, ClientFrame, CloseCode, CommandBody, ResumePoint, ServerFrame};

/// What one socket may ask for.
#[derive(Debug, Clone, Copy)]
pub struct SessionLimits {
    /// Topics listened to at once.
    pub topics: usize,
    pub frames_per_s: u32,
    /// Frames that may come at once after a silence.
    pub burst: u32,
    /// Frames in a row that cannot be read before the socket is closed.
    pub bad_frames: u32,
    /// Frames above the rate, less those within it, before the socket is closed.
    pub frames_over_rate: u32,
}

impl Default for SessionLimits {
    fn default() -> Self {
        Self { topics: 64, frames_per_s: 50, burst: 100, bad_frames: 5, frames_over_rate: 200 }
    }
}

/// What the connection does about a frame.
#[derive(Debug, Clone)]
pub(crate) enum Act {
    Nothing,
    Say(ServerFrame),
    /// Ask whether the topic may be listened to, and then listen.
    Listen {
        topic: Topic,
        resume: Option<ResumePoint>,
    },
    Leave {
        topic: Topic,
    },
    Locate {
        pings: Vec<Ping>,
    },
    Carry {
        id: Box<str>,
        command: CommandBody,
    },
    Close(CloseCode),
}

/// The state of one socket's conversation.
#[derive(Debug)]
pub(crate) struct Session {
    limits: SessionLimits,
    /// Asked for, and not refused or left since.
    topics: Vec<Topic>,
    /// Microseconds since the socket opened at which its frame budget is whole again.
    full_at: u64,
    bad_frames: u32,
    frames_over_rate: u32,
}

impl Session {
    pub fn new(limits: SessionLimits) -> Self {
        Self { limits, topics: Vec::new(), full_at: 0, bad_frames: 0, frames_over_rate: 0 }
    }

    pub fn topics(&self) -> &[Topic] {
        &self.topics
    }

    /// The topic was refused or has ended.
    pub fn forget(&mut self, topic: Topic) {
        self.topics.retain(|known| *known != topic);
    }

    /// A text frame, `now` since the socket opened. A city in fast time is asked `pace` times as
    /// often.
    pub fn text(&mut self, text: &str, now: Duration, pace: f64) -> Act {
        if let Err(wait) = self.spend(now, pace) {
            return self.over_rate(refuse(too_many_frames(wait)));
        }
        match socket::read(text) {
            Ok(frame) => {
                self.bad_frames = 0;
                self.frame(frame)
            }
            Err(fault) => {
                self.bad_frames += 1;
                if self.bad_frames >= self.limits.bad_frames {
                    return Act::Close(CloseCode::BadFrame);
                }
                refuse(fault)
            }
        }
    }

    /// Nothing here is said in bytes.
    pub fn binary(&mut self) -> Act {
        Act::Close(CloseCode::BadFrame)
    }

    /// A ping or a pong of the protocol's own. The library has answered it, so all that is left to
    /// do about too many is to end the socket.
    pub fn heartbeat(&mut self, now: Duration, pace: f64) -> Act {
        match self.spend(now, pace) {
            Ok(()) => Act::Nothing,
            Err(_) => self.over_rate(Act::Nothing),
        }
    }

    fn over_rate(&mut self, act: Act) -> Act {
        self.frames_over_rate += 1;
        match self.frames_over_rate >= self.limits.frames_over_rate {
            true => Act::Close(CloseCode::TryAgain),
            false => act,
        }
    }

    fn spend(&mut self, now: Duration, pace: f64) -> Result<(), Duration> {
        let pace = pace.max(1.0);
        let now = u64::try_from(now.as_micros()).unwrap_or(u64::MAX);
        let per_second = f64::from(self.limits.frames_per_s) * pace;
        let burst = (f64::from(self.limits.burst) * pace) as u32;
        rate::take(&mut self.full_at, now, per_second, burst)?;
        // One by one: a flood in which now and then a frame is within the rate stays a flood.
        self.frames_over_rate = self.frames_over_rate.saturating_sub(1);
        Ok(())
    }

    fn frame(&mut self, frame: ClientFrame) -> Act {
        match frame {
            ClientFrame::Subscribe { topic, resume } => self.subscribe(topic, resume),
            ClientFrame::Unsubscribe { topic } => self.unsubscribe(topic),
            ClientFrame::Positions { pings } => match (PositionsBody { pings }).pings() {
                Ok(pings) => Act::Locate { pings },
                Err(fault) => refuse(fault),
            },
            ClientFrame::Command { id, command } => match check_key(&id) {
                Ok(id) => Act::Carry { id, command },
                Err(fault) => Act::Say(ServerFrame::refused(id, fault)),
            },
            ClientFrame::Ping {} => Act::Say(ServerFrame::Pong {}),
        }
    }

    /// Also for the topics that the ticket names.
    pub fn subscribe(&mut self, topic: Topic, resume: Option<ResumePoint>) -> Act {
        if self.topics.contains(&topic) {
            let message = "you listen to this topic already: unsubscribe first";
            return refuse_topic(topic, Fault::invalid("topic", message));
        }
        if self.topics.len() >= self.limits.topics {
            let most = self.limits.topics;
            let message = format!("a socket listens to {most} topics at most: open another");
            return refuse_topic(topic, Fault::invalid("topic", message));
        }
        self.topics.push(topic);
        Act::Listen { topic, resume }
    }

    fn unsubscribe(&mut self, topic: Topic) -> Act {
        // Left twice, or it ended in between: both are fine.
        if !self.topics.contains(&topic) {
            return Act::Nothing;
        }
        self.forget(topic);
        Act::Leave { topic }
    }
}

fn refuse(fault: Fault) -> Act {
    Act::Say(ServerFrame::error(None, fault))
}

fn refuse_topic(topic: Topic, fault: Fault) -> Act {
    Act::Say(ServerFrame::error(Some(topic), fault))
}

fn too_many_frames(wait: Duration) -> Fault {
    let message = "too many frames: this one was not read; wait as long as retry_after_ms says";
    let wait = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
    Fault::new(Code::RateLimited, message).after(wait.saturating_add(1))
}

#[cfg(test)]
mod tests {
    use vocabulary::StoreId;

    use super::*;

    const NOW: Duration = Duration::ZERO;
    const OPERATIONS: &str = r#"{"type":"subscribe","topic":{"kind":"operations"}}"#;

    fn session() -> Session {
        Session::new(SessionLimits::default())
    }

    fn said(act: &Act) -> String {
        match act {
            Act::Say(frame) => frame.encode().as_str().to_owned(),
            other => panic!("{other:?}"),
        }
    }

    fn board(number: u128) -> String {
        let store = StoreId::from_bits(number);
        format!(r#"{{"type":"subscribe","topic":{{"kind":"board","id":"{store}"}}}}"#)
    }

    #[test]
    fn a_topic_is_listened_to_once_until_it_is_left() {
        let mut session = session();
        assert!(matches!(session.text(OPERATIONS, NOW, 1.0), Act::Listen { .. }));
        assert!(said(&session.text(OPERATIONS, NOW, 1.0)).contains("invalid_value"));
        let leave = OPERATIONS.replace("subscribe", "unsubscribe");
        assert!(matches!(session.text(&leave, NOW, 1.0), Act::Leave { .. }));
        assert!(matches!(session.text(&leave, NOW, 1.0), Act::Nothing));
        assert!(matches!(session.text(OPERATIONS, NOW, 1.0), Act::Listen { .. }));
        session.forget(Topic::Operations);
        assert!(session.topics().is_empty(), "refused");
    }

    #[test]
    fn topics_are_counted() {
        let mut session = session();
        for number in 0..64 {
            assert!(matches!(session.text(&board(number), NOW, 1.0), Act::Listen { .. }));
        }
        assert!(said(&session.text(&board(64), NOW, 1.0)).contains("64 topics at most"));
    }

    #[test]
    fn unreadable_frames_are_answered_and_then_end_the_socket() {
        let mut session = session();
        for _ in 0..4 {
            assert!(said(&session.text("{", NOW, 1.0)).contains("malformed_json"));
        }
        assert!(said(&session.text(r#"{"type":"ping"}"#, NOW, 1.0)).contains("pong"));
        for _ in 0..4 {
            assert!(said(&session.text(r#"{"type":"x"}"#, NOW, 1.0)).contains("invalid_value"));
        }
        assert!(matches!(session.text("{", NOW, 1.0), Act::Close(CloseCode::BadFrame)));
        assert!(matches!(session.binary(), Act::Close(CloseCode::BadFrame)));
    }

    #[test]
    fn a_flood_is_refused_and_then_ends_the_socket() {
        let mut session = session();
        let ping = r#"{"type":"ping"}"#;
        for _ in 0..100 {
            assert!(said(&session.text(ping, NOW, 1.0)).contains("pong"));
        }
        assert!(said(&session.text(ping, NOW, 1.0)).contains("rate_limited"));
        assert!(said(&session.text(ping, Duration::from_millis(20), 1.0)).contains("pong"));
        for _ in 0..199 {
            assert!(said(&session.text(ping, Duration::from_millis(20), 1.0)).contains("rate"));
        }
        let last = session.text(ping, Duration::from_millis(20), 1.0);
        assert!(matches!(last, Act::Close(CloseCode::TryAgain)));
    }

    #[test]
    fn a_flood_ends_although_some_of_it_is_within_the_rate() {
        let mut session = session();
        let ping = r#"{"type":"ping"}"#;
        // A thousand a second, of which fifty are read.
        let ended = (0..2_000_u64).find(|number| {
            let act = session.text(ping, Duration::from_millis(*number), 1.0);
            matches!(act, Act::Close(CloseCode::TryAgain))
        });
        assert!(ended.is_some_and(|number| number < 400), "{ended:?}");
        // One that is a little too quick is only held back.
        let mut session = Session::new(SessionLimits::default());
        for number in 0..10_000_u64 {
            let act = session.text(ping, Duration::from_millis(number * 12), 1.0);
            assert!(!matches!(act, Act::Close(_)), "{number}");
        }
    }

    #[test]
    fn pings_of_the_protocol_are_counted_too() {
        let mut session = session();
        for _ in 0..299 {
            assert!(matches!(session.heartbeat(NOW, 1.0), Act::Nothing));
        }
        let frame = session.text(r#"{"type":"ping"}"#, NOW, 1.0);
        assert!(matches!(frame, Act::Close(CloseCode::TryAgain)), "one budget for all");
        let later = Duration::from_secs(1);
        assert!(matches!(session.heartbeat(later, 1.0), Act::Nothing));
    }

    #[test]
    fn a_fast_city_is_asked_more_often() {
        let mut session = session();
        let ping = r#"{"type":"ping"}"#;
        for _ in 0..6_000 {
            assert!(said(&session.text(ping, NOW, 60.0)).contains("pong"));
        }
        assert!(said(&session.text(ping, NOW, 60.0)).contains("rate_limited"));
    }

    #[test]
    fn a_command_needs_a_key_of_its_own() {
        let mut session = session();
        let command = |id: &str| {
            format!(r#"{{"type":"command","id":"{id}","command":{{"name":"pack","x":1}}}}"#)
        };
        let Act::Carry { id, command: body } = session.text(&command("k1"), NOW, 1.0) else {
            panic!()
        };
        assert_eq!((&*id, &*body.name, body.rest.len()), ("k1", "pack", 1));
        assert!(said(&session.text(&command(""), NOW, 1.0)).contains("idempotency_key_invalid"));
    }

    #[test]
    fn positions_are_checked_before_they_are_handed_on() {
        let mut session = session();
        let at = |lat: f64| {
            format!(r#"{{"type":"positions","pings":[{{"lat":{lat},"lon":114.3,"at":1}}]}}"#)
        };
        let Act::Locate { pings } = session.text(&at(30.6), NOW, 1.0) else { panic!() };
        assert_eq!(pings.len(), 1);
        assert!(said(&session.text(&at(91.0), NOW, 1.0)).contains("pings[0].lat"));
    }
}
