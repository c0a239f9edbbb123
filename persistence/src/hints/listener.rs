//! Hears what other processes tell on the channels that somebody here follows.

use std::collections::BTreeSet;
use std::pin::pin;
use std::time::Duration;

use redis::RedisError;
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};

use super::place::Ears;
use super::{Hints, PATIENCE, Standing};

/// Messages that may wait for their reader; the ones beyond are left out.
const WAITING: usize = 8_192;

enum Order {
    Follow(String),
    Leave(String),
}

/// What arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    Message {
        channel: String,
        text: String,
    },
    /// Redis was away, or is from now on: anything may have been missed.
    Gap,
}

/// The end that says what to follow; the task ends with it.
pub struct Listener {
    orders: mpsc::UnboundedSender<Order>,
}

impl Listener {
    pub fn open(hints: &Hints) -> (Self, mpsc::Receiver<Heard>) {
        let (orders, given) = mpsc::unbounded_channel();
        let (heard, messages) = mpsc::channel(WAITING);
        let standing = Standing::new(hints.shown.clone());
        let ear = Ear { hints: hints.clone(), channels: BTreeSet::new(), given, heard, standing };
        tokio::spawn(ear.listen());
        (Self { orders }, messages)
    }

    pub fn follow(&self, channel: String) {
        // The task ends only after this end: there is always somebody to tell.
        let _ = self.orders.send(Order::Follow(channel));
    }

    pub fn leave(&self, channel: String) {
        let _ = self.orders.send(Order::Leave(channel));
    }
}

struct Ear {
    hints: Hints,
    channels: BTreeSet<String>,
    given: mpsc::UnboundedReceiver<Order>,
    heard: mpsc::Sender<Heard>,
    standing: Standing,
}

/// Why a connection is not used any more.
enum End {
    /// Nobody wants to hear anything.
    Unwanted,
    Lost(String),
}

impl Ear {
    async fn listen(mut self) {
        loop {
            let lost = match timeout(PATIENCE, Ears::open(&self.hints.place)).await {
                Ok(Ok(ears)) => match self.attend(ears).await {
                    End::Unwanted => return,
                    End::Lost(why) => why,
                },
                Ok(Err(error)) => error.to_string(),
                Err(late) => late.to_string(),
            };
            let pause = self.standing.failed(&lost);
            if self.rest(pause).await.is_none() {
                return;
            }
        }
    }

    /// `None` when nobody is left who could give an order.
    async fn rest(&mut self, pause: Duration) -> Option<()> {
        let mut end = pin!(sleep(pause));
        loop {
            tokio::select! {
                () = &mut end => return Some(()),
                order = self.given.recv() => match order? {
                    Order::Follow(channel) => { self.channels.insert(channel); }
                    Order::Leave(channel) => { self.channels.remove(&channel); }
                },
            }
        }
    }

    async fn attend(&mut self, mut ears: Ears) -> End {
        for channel in &self.channels {
            if let Err(why) = step(ears.follow(channel)).await {
                return End::Lost(why);
            }
        }
        // Whatever was told before these were followed is not heard any more.
        if self.standing.is_away() {
            self.pass(Heard::Gap);
        }
        self.standing.well();
        loop {
            tokio::select! {
                order = self.given.recv() => {
                    let Some(order) = order else { return End::Unwanted };
                    if let Err(why) = self.carry_out(&mut ears, order).await {
                        return End::Lost(why);
                    }
                }
                message = ears.next() => {
                    let Some((channel, message)) = message else {
                        self.pass(Heard::Gap);
                        return End::Lost("the connection ended".to_owned());
                    };
                    // What is no text was not told by us.
                    if let Ok(text) = String::from_utf8(message) {
                        self.pass(Heard::Message { channel, text });
                    }
                }
            }
        }
    }

    async fn carry_out(&mut self, ears: &mut Ears, order: Order) -> Result<(), String> {
        match order {
            Order::Follow(channel) => {
                let followed = step(ears.follow(&channel)).await;
                self.channels.insert(channel);
                followed
            }
            Order::Leave(channel) => {
                let left = step(ears.leave(&channel)).await;
                self.channels.remove(&channel);
                left
            }
        }
    }

    /// A reader that is behind misses some: it asks the owner anyway.
    fn pass(&self, heard: Heard) {
        let _ = self.heard.try_send(heard);
    }
}

async fn step(done: impl Future<Output = Result<(), RedisError>>) -> Result<(), String> {
    match timeout(PATIENCE, done).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(error.to_string()),
        Err(late) => Err(late.to_string()),
    }
}
