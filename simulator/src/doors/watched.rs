//! A picture on a screen: always the latest, never a queue.

use std::cell::{Cell, Ref, RefCell};
use std::rc::Rc;

use tokio::sync::Notify;

/// One viewer's hold on a picture that a door keeps up to date. Dropping the last one ends the
/// subscription behind it.
pub struct Watched<T> {
    picture: Rc<Picture<T>>,
    seen: u64,
    /// Ends the subscription when the last viewer goes.
    _hold: Rc<dyn std::any::Any>,
}

/// The door's side of a picture.
pub(super) struct Picture<T> {
    latest: RefCell<Option<T>>,
    version: Cell<u64>,
    changed: Notify,
}

impl<T> Clone for Watched<T> {
    fn clone(&self) -> Self {
        Self { picture: Rc::clone(&self.picture), seen: self.seen, _hold: Rc::clone(&self._hold) }
    }
}

impl<T> Watched<T> {
    pub(super) fn new(picture: Rc<Picture<T>>, hold: Rc<dyn std::any::Any>) -> Self {
        Self { picture, seen: 0, _hold: hold }
    }

    /// The latest picture; `None` before the first frame came.
    pub fn latest(&self) -> Ref<'_, Option<T>> {
        self.picture.latest.borrow()
    }

    /// Reads from the latest picture, if there is one.
    pub fn read<V>(&self, read: impl FnOnce(&T) -> V) -> Option<V> {
        self.picture.latest.borrow().as_ref().map(read)
    }

    /// Waits for a picture that this viewer has not seen, at once when there is one already.
    pub async fn changed(&mut self) {
        while self.picture.version.get() == self.seen {
            self.picture.changed.notified().await;
        }
        self.seen = self.picture.version.get();
    }

    /// What is there now counts as seen.
    pub fn mark_seen(&mut self) {
        self.seen = self.picture.version.get();
    }
}

impl<T> Picture<T> {
    pub fn blank() -> Rc<Self> {
        Rc::new(Self { latest: RefCell::new(None), version: Cell::new(0), changed: Notify::new() })
    }

    pub fn show(&self, picture: T) {
        *self.latest.borrow_mut() = Some(picture);
        self.tell();
    }

    /// Changes the picture that is there; nothing when there is none.
    pub fn change(&self, change: impl FnOnce(&mut T)) {
        if let Some(latest) = self.latest.borrow_mut().as_mut() {
            change(latest);
        }
        self.tell();
    }

    fn tell(&self) {
        self.version.set(self.version.get() + 1);
        self.changed.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_viewer_sees_the_latest_and_waits_for_the_next() {
        let picture = Picture::blank();
        let mut viewer = Watched::new(Rc::clone(&picture), Rc::new(()));
        assert!(viewer.latest().is_none());
        picture.show(1);
        picture.change(|value| *value += 1);
        viewer.changed().await;
        assert_eq!(*viewer.latest(), Some(2));
        let late = viewer.clone();
        let wait = async { viewer.changed().await };
        let change = async { picture.show(3) };
        tokio::join!(wait, change);
        assert_eq!(late.read(|value| *value), Some(3));
    }
}
