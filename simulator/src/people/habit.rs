//! A person in trouble and the same person at peace.

use std::cell::Cell;
use std::ops::Deref;
use std::rc::Rc;

/// What everybody of a run looks at: whether anything may still go wrong.
#[derive(Debug, Clone, Default)]
pub struct Peace(Rc<Cell<bool>>);

impl Peace {
    /// From now on everybody answers, comes and finds a network. Nobody goes back to trouble.
    pub fn begin(&self) {
        self.0.set(true);
    }

    pub fn reigns(&self) -> bool {
        self.0.get()
    }
}

/// One person's behaviour, with its troubles until there is [`Peace`], and without them from then on.
#[derive(Debug)]
pub struct Habit<B> {
    usual: B,
    at_peace: B,
    peace: Peace,
}

impl<B> Habit<B> {
    pub fn new(usual: B, at_peace: B, peace: Peace) -> Self {
        Self { usual, at_peace, peace }
    }
}

impl<B> Deref for Habit<B> {
    type Target = B;

    fn deref(&self) -> &B {
        if self.peace.reigns() { &self.at_peace } else { &self.usual }
    }
}
