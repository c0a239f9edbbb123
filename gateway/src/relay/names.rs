//! Every name that is used in Redis.

use actors::Topic;

/// The names of one installation: several may share a Redis.
#[derive(Debug, Clone)]
pub(crate) struct Names {
    prefix: String,
}

impl Names {
    /// In braces, so that a cluster keeps an installation's hints on one shard each.
    pub fn of(chain: &str) -> Self {
        Self { prefix: format!("paidan:{{{chain}}}") }
    }

    /// The channel of a topic.
    pub fn topic(&self, topic: Topic) -> String {
        let prefix = &self.prefix;
        match topic {
            Topic::Order(order) => format!("{prefix}:order:{order}"),
            Topic::Board(store) => format!("{prefix}:board:{store}"),
            Topic::Courier(courier) => format!("{prefix}:courier:{courier}"),
            Topic::Operations => format!("{prefix}:operations"),
            Topic::Reports => format!("{prefix}:reports"),
            Topic::StoreReports(store) => format!("{prefix}:reports:{store}"),
        }
    }

    /// The channel of what concerns every gateway.
    pub fn house(&self) -> String {
        format!("{}:house", self.prefix)
    }

    /// The hash of couriers and where they were last seen.
    pub fn positions(&self) -> String {
        format!("{}:positions", self.prefix)
    }
}
