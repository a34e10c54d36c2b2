//! A cheap handle on data that never changes once made: equal when it is the very same data. Components compare
//! their properties on every change of the page; a window of rows must not be compared value by value.

use std::{ops::Deref, rc::Rc};

/// Shared, immutable data, compared by identity.
#[derive(Debug, Default)]
pub(crate) struct Shared<T>(Rc<T>);

impl<T> Shared<T> {
    pub(crate) fn new(data: T) -> Shared<T> {
        Shared(Rc::new(data))
    }
}

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Shared(self.0.clone())
    }
}

impl<T> PartialEq for Shared<T> {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl<T> Deref for Shared<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}
