//! Where Redis is: one server, or the nodes of a cluster, where each channel has a node of its own.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::future::try_join_all;
use redis::aio::{ConnectionLike, MultiplexedConnection, PubSubSink, PubSubStream};
use redis::cluster::{ClusterClient, ClusterClientBuilder};
use redis::cluster_async::ClusterConnection;
use redis::{Client, Cmd, ProtocolVersion, PushInfo, PushKind, RedisError, Value};
use tokio::sync::mpsc;

/// How an address of a cluster begins.
const OF_A_CLUSTER: &str = "redis-cluster://";
/// A node that does not answer for so long is asked no more; the whole step has its own patience.
const OF_A_NODE: Duration = Duration::from_millis(700);
/// Pushes of a cluster that may wait to be looked at; the ones beyond are left out.
const WAITING: usize = 8_192;

#[derive(Clone)]
pub(super) enum Place {
    Server(Client),
    /// The nodes to ask first: they name the others.
    Cluster(Vec<String>),
}

impl Place {
    /// `redis://host:port`, or `redis-cluster://user:password@host:port,host:port`.
    pub fn at(url: &str) -> Result<Self, RedisError> {
        let Some(rest) = url.strip_prefix(OF_A_CLUSTER) else {
            return Client::open(url).map(Self::Server);
        };
        let (user, hosts) = rest.rsplit_once('@').unwrap_or(("", rest));
        let at = if user.is_empty() { "" } else { "@" };
        let nodes: Vec<String> =
            hosts.split(',').map(|host| format!("redis://{user}{at}{host}")).collect();
        // What is no address is refused now, not when it is first asked.
        ClusterClient::new(nodes.clone())?;
        Ok(Self::Cluster(nodes))
    }
}

fn cluster(nodes: &[String]) -> ClusterClientBuilder {
    ClusterClient::builder(nodes.to_vec())
        .use_protocol(ProtocolVersion::RESP3)
        .retries(1)
        .connection_timeout(OF_A_NODE)
        .response_timeout(OF_A_NODE)
}

/// What is said to Redis.
pub(super) enum Word {
    Tell { channel: String, message: String },
    Remember { name: String, field: String, value: String },
}

/// A connection to say things by.
pub(super) enum Mouth {
    Server(MultiplexedConnection),
    Cluster(ClusterConnection),
}

impl Mouth {
    pub async fn open(place: &Place) -> Result<Self, RedisError> {
        match place {
            Place::Server(client) => {
                client.get_multiplexed_async_connection().await.map(Self::Server)
            }
            Place::Cluster(nodes) => {
                cluster(nodes).build()?.get_async_connection().await.map(Self::Cluster)
            }
        }
    }

    pub async fn say(&mut self, words: Vec<Word>) -> Result<(), RedisError> {
        match self {
            Self::Server(connection) => {
                let mut pipe = redis::pipe();
                for word in words {
                    pipe.add_command(command(word, "PUBLISH")).ignore();
                }
                pipe.query_async(connection).await
            }
            // A pipeline would go to one node only.
            Self::Cluster(connection) => {
                let each = words.into_iter().map(|word| {
                    let mut connection = connection.clone();
                    async move { command(word, "SPUBLISH").exec_async(&mut connection).await }
                });
                try_join_all(each).await.map(drop)
            }
        }
    }

    pub async fn recall(&mut self, name: &str) -> Result<Vec<(String, String)>, RedisError> {
        match self {
            Self::Server(connection) => fields(connection, name).await,
            Self::Cluster(connection) => fields(connection, name).await,
        }
    }
}

fn command(word: Word, tell: &str) -> Cmd {
    match word {
        Word::Tell { channel, message } => {
            let mut command = redis::cmd(tell);
            command.arg(channel).arg(message);
            command
        }
        Word::Remember { name, field, value } => {
            let mut command = redis::cmd("HSET");
            command.arg(name).arg(field).arg(value);
            command
        }
    }
}

async fn fields(
    connection: &mut impl ConnectionLike,
    name: &str,
) -> Result<Vec<(String, String)>, RedisError> {
    redis::cmd("HGETALL").arg(name).query_async(connection).await
}

/// A connection to follow channels on.
pub(super) enum Ears {
    Server {
        sink: PubSubSink,
        messages: PubSubStream,
    },
    Cluster {
        connection: ClusterConnection,
        pushes: mpsc::Receiver<PushInfo>,
        /// How often a channel was left and Redis has not said yet that it is.
        leaving: BTreeMap<String, usize>,
    },
}

impl Ears {
    pub async fn open(place: &Place) -> Result<Self, RedisError> {
        match place {
            Place::Server(client) => {
                let (sink, messages) = client.get_async_pubsub().await?.split();
                Ok(Self::Server { sink, messages })
            }
            Place::Cluster(nodes) => {
                let (taker, pushes) = mpsc::channel(WAITING);
                let client =
                    cluster(nodes).push_sender(move |push| taker.try_send(push)).build()?;
                let connection = client.get_async_connection().await?;
                Ok(Self::Cluster { connection, pushes, leaving: BTreeMap::new() })
            }
        }
    }

    pub async fn follow(&mut self, channel: &str) -> Result<(), RedisError> {
        match self {
            Self::Server { sink, .. } => sink.subscribe(channel).await,
            Self::Cluster { connection, .. } => connection.ssubscribe(channel).await,
        }
    }

    pub async fn leave(&mut self, channel: &str) -> Result<(), RedisError> {
        match self {
            Self::Server { sink, .. } => sink.unsubscribe(channel).await,
            Self::Cluster { connection, leaving, .. } => {
                *leaving.entry(channel.to_owned()).or_default() += 1;
                connection.sunsubscribe(channel).await
            }
        }
    }

    /// The next message, by its channel; `None` when something may have been missed from now on.
    /// Nothing is lost when this is dropped while it waits.
    pub async fn next(&mut self) -> Option<(String, Vec<u8>)> {
        match self {
            Self::Server { messages, .. } => {
                let message = messages.next().await?;
                Some((message.get_channel_name().to_owned(), message.get_payload_bytes().to_vec()))
            }
            Self::Cluster { pushes, leaving, .. } => loop {
                let push = pushes.recv().await?;
                match (push.kind, push.data.as_slice()) {
                    (
                        PushKind::SMessage,
                        [Value::BulkString(channel), Value::BulkString(message)],
                    ) => {
                        return Some((text(channel), message.clone()));
                    }
                    // A node went away; or the channel went to another node, which is told the
                    // same way as leaving it.
                    (PushKind::Disconnection, _) => return None,
                    (PushKind::SUnsubscribe, [Value::BulkString(channel), ..]) => {
                        let channel = text(channel);
                        let known = leaving.get_mut(&channel)?;
                        *known -= 1;
                        if *known == 0 {
                            leaving.remove(&channel);
                        }
                    }
                    _ => {}
                }
            },
        }
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
