//! Fans what leaves the partition out to the screens that show it.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::{Rc, Weak};

use actors::{Change, Output, PartitionHandle, Publication, Topic};
use dispatch::store::FulfillmentOrder;
use tokio::sync::mpsc;
use vocabulary::FulfillmentOrderId;

use super::views;
use crate::doors::watched::Picture;
use crate::doors::{BoardView, CourierView, OrderView, Watched};

/// Every picture somebody looks at. Two viewers of one topic share the picture.
pub(super) struct Screens {
    handle: PartitionHandle,
    orders: Wall<OrderView>,
    boards: Wall<BoardView>,
    couriers: Wall<CourierView>,
}

/// The pictures of one kind, by topic.
struct Wall<T>(RefCell<BTreeMap<Topic, Shown<T>>>);

/// Held by its viewers only: the last one takes it down.
type Shown<T> = (Weak<Picture<T>>, Weak<Hold>);

/// Ends the topic's subscription when the last viewer has gone.
struct Hold {
    topic: Topic,
    screens: Weak<Screens>,
}

impl Drop for Hold {
    fn drop(&mut self) {
        let Some(screens) = self.screens.upgrade() else { return };
        match self.topic {
            Topic::Order(_) => screens.orders.take_down(self.topic),
            Topic::Board(_) => screens.boards.take_down(self.topic),
            Topic::Courier(_) => screens.couriers.take_down(self.topic),
            Topic::Operations | Topic::Reports | Topic::StoreReports(_) => {}
        }
        // A partition that has ended has no listeners to forget.
        let _ = screens.handle.unwatch(self.topic);
    }
}

impl<T> Wall<T> {
    fn new() -> Self {
        Self(RefCell::new(BTreeMap::new()))
    }

    fn picture(&self, topic: Topic) -> Option<Rc<Picture<T>>> {
        self.0.borrow().get(&topic).and_then(|(picture, _)| picture.upgrade())
    }

    fn watched(&self, topic: Topic) -> Option<Watched<T>> {
        let shown = self.0.borrow();
        let (picture, hold) = shown.get(&topic)?;
        Some(Watched::new(picture.upgrade()?, hold.upgrade()?))
    }

    fn hang_up(&self, topic: Topic, picture: &Rc<Picture<T>>, hold: &Rc<Hold>) {
        self.0.borrow_mut().insert(topic, (Rc::downgrade(picture), Rc::downgrade(hold)));
    }

    fn take_down(&self, topic: Topic) {
        self.0.borrow_mut().remove(&topic);
    }
}

impl Screens {
    pub fn new(handle: PartitionHandle) -> Self {
        Self { handle, orders: Wall::new(), boards: Wall::new(), couriers: Wall::new() }
    }

    pub fn order(self: &Rc<Self>, topic: Topic) -> Watched<OrderView> {
        self.watch(&self.orders, topic)
    }

    pub fn board(self: &Rc<Self>, topic: Topic) -> Watched<BoardView> {
        self.watch(&self.boards, topic)
    }

    pub fn courier(self: &Rc<Self>, topic: Topic) -> Watched<CourierView> {
        self.watch(&self.couriers, topic)
    }

    fn watch<T>(self: &Rc<Self>, wall: &Wall<T>, topic: Topic) -> Watched<T> {
        if let Some(watched) = wall.watched(topic) {
            return watched;
        }
        let picture = Picture::blank();
        let hold = Rc::new(Hold { topic, screens: Rc::downgrade(self) });
        wall.hang_up(topic, &picture, &hold);
        // The intake holds the whole town; where it is full, the run is over anyway.
        let _ = self.handle.subscribe(0, topic);
        Watched::new(picture, hold)
    }

    /// Shows what comes out until the partition ends.
    pub async fn follow(self: Rc<Self>, mut outputs: mpsc::Receiver<Vec<Output>>) {
        while let Some(batch) = outputs.recv().await {
            for output in batch {
                match output {
                    Output::Publish(Publication { topic, change }) => {
                        self.apply(topic, change, false);
                    }
                    Output::Snapshot { topic, change, .. } => self.apply(topic, change, true),
                    Output::Recovered { .. } | Output::NoSuchTopic { .. } => {}
                }
            }
        }
    }

    fn apply(&self, topic: Topic, change: Change, is_snapshot: bool) {
        match change {
            Change::Order { order, .. } => {
                if let Some(picture) = self.orders.picture(topic) {
                    picture.show(views::order(&order));
                }
            }
            Change::Courier { courier } => {
                if let Some(picture) = self.couriers.picture(topic) {
                    picture.show(views::courier(&courier));
                }
            }
            Change::Board { fulfillment_orders, .. } => {
                if let Some(picture) = self.boards.picture(topic) {
                    show_cards(&picture, &fulfillment_orders, is_snapshot);
                }
            }
            Change::Operations { .. } | Change::Position { .. } | Change::Figures { .. } => {}
        }
    }
}

fn show_cards(
    picture: &Picture<BoardView>,
    shares: &[(FulfillmentOrderId, FulfillmentOrder)],
    is_snapshot: bool,
) {
    if is_snapshot {
        picture.show(BoardView::default());
    }
    picture.change(|board| {
        for (id, share) in shares {
            let card = views::card(share);
            if card.status.is_over() {
                board.cards.remove(id);
            } else {
                board.cards.insert(*id, card);
            }
        }
    });
}
