//! Today's figures for those who watch them: whole, and at most once a second.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use actors::{Change, CommandError, Output, PartitionHandle, Publication, TodaysFigures, Topic};
use commerce::report::DayBook;
use jiff::civil::Date;
use vocabulary::StoreId;

use super::{Books, Days, Span, local_today};
use crate::app::App;
use crate::hub::Source;

/// Between two looks: whoever watches sees figures that are about so old.
const EVERY: Duration = Duration::from_secs(1);

/// Where topics come from: the city tells of orders and people, the books of figures.
pub struct Topics {
    pub city: PartitionHandle,
    pub books: Arc<Books>,
}

impl Source for Topics {
    fn watch(&self, ask: u64, topic: Topic) -> Result<(), CommandError> {
        match topic {
            Topic::Reports | Topic::StoreReports(_) => {
                self.books.watch_figures(ask, topic);
                Ok(())
            }
            Topic::Order(_) | Topic::Board(_) | Topic::Courier(_) | Topic::Operations => {
                self.city.watch(ask, topic)
            }
        }
    }

    fn unwatch(&self, topic: Topic) -> Result<(), CommandError> {
        match topic {
            Topic::Reports | Topic::StoreReports(_) => {
                self.books.unwatch_figures(topic);
                Ok(())
            }
            Topic::Order(_) | Topic::Board(_) | Topic::Courier(_) | Topic::Operations => {
                Source::unwatch(&self.city, topic)
            }
        }
    }
}

/// Who watches what.
#[derive(Debug, Default)]
pub(super) struct Watched {
    asks: Vec<(u64, Topic)>,
    /// With what was told last.
    topics: BTreeMap<Topic, Arc<TodaysFigures>>,
}

impl Books {
    /// Begins to tell a topic of figures; the first frame comes with the next look.
    fn watch_figures(&self, ask: u64, topic: Topic) {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner).asks.push((ask, topic));
        self.woken.notify_one();
    }

    fn unwatch_figures(&self, topic: Topic) {
        let mut watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
        watched.topics.remove(&topic);
    }

    /// Tells whoever watches until the task is dropped.
    pub async fn tell(self: Arc<Self>, app: Arc<App>) {
        let mut read_to = self.watch();
        loop {
            tokio::select! {
                () = self.woken.notified() => {}
                changed = read_to.changed() => {
                    if changed.is_err() {
                        return;
                    }
                }
            }
            let outputs = self.outputs(&app).await;
            if !outputs.is_empty() {
                app.hub.hand_out(outputs, std::time::Instant::now());
            }
            tokio::time::sleep(EVERY).await;
        }
    }

    /// First frames for those who asked, changes for those who watch.
    async fn outputs(&self, app: &App) -> Vec<Output> {
        let (asks, topics) = {
            let mut watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
            let asks = std::mem::take(&mut watched.asks);
            (asks, watched.topics.keys().copied().collect::<BTreeSet<_>>())
        };
        let mut outputs = Vec::new();
        for topic in topics {
            let Some(figures) = self.todays(app, topic).await else { continue };
            let mut watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
            let Some(told) = watched.topics.get_mut(&topic) else { continue };
            if **told != *figures {
                *told = Arc::clone(&figures);
                let change = Change::Figures { figures };
                outputs.push(Output::Publish(Publication { topic, change }));
            }
        }
        for (subscription, topic) in asks {
            outputs.push(match self.todays(app, topic).await {
                Some(figures) => {
                    let mut watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
                    watched.topics.insert(topic, Arc::clone(&figures));
                    Output::Snapshot { subscription, topic, change: Change::Figures { figures } }
                }
                None => Output::NoSuchTopic { subscription, topic },
            });
        }
        outputs
    }

    async fn todays(&self, app: &App, topic: Topic) -> Option<Arc<TodaysFigures>> {
        let stores = match topic {
            Topic::Reports => None,
            Topic::StoreReports(store) => Some(BTreeSet::from([store])),
            Topic::Order(_) | Topic::Board(_) | Topic::Courier(_) | Topic::Operations => {
                return None;
            }
        };
        let day = today(app, stores.as_ref())?;
        let Days { read_to, books } =
            self.day_books(&Span { from: day, to: day, stores }).await.ok()?;
        let mut sum = DayBook::default();
        books.iter().for_each(|(_, book)| sum.merge(book));
        Some(Arc::new(TodaysFigures {
            day,
            read_to: read_to.seq,
            all: sum.all,
            by_hour: sum.by_hour,
            by_store: books.iter().map(|((_, store), book)| (*store, book.all)).collect(),
            service: sum.service,
        }))
    }
}

/// The newest date of the stores meant; `None` where there are none.
fn today(app: &App, stores: Option<&BTreeSet<StoreId>>) -> Option<Date> {
    let now = app.now();
    let all = app.reference.directory().stores();
    let meant = all.iter().filter(|known| stores.is_none_or(|stores| stores.contains(&known.id)));
    meant.map(|known| local_today(known, now)).max()
}
