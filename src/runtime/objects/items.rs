//! Iterating over a queue.

use serde::de::DeserializeOwned;

use super::errors::GetError;
use super::queue::Queue;
use crate::sync::Deadline;

/// The items of a [`Queue`], each waited for; see [`Queue::iter`].
///
/// An item that is no `T` is an error, and the next one comes after it. The end comes when the runtime is stopped or gone.
#[derive(Debug)]
pub struct Items<'q, T>(&'q Queue<T>);

impl<'q, T> Items<'q, T> {
    pub(super) fn of(queue: &'q Queue<T>) -> Self {
        Self(queue)
    }
}

impl<T: DeserializeOwned> Iterator for Items<'_, T> {
    type Item = Result<T, GetError>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.0.get_until(Deadline::NEVER) {
            Err(GetError::Stopped | GetError::Ended | GetError::Closed) => None,
            item => Some(item),
        }
    }
}

impl<'q, T: DeserializeOwned> IntoIterator for &'q Queue<T> {
    type Item = Result<T, GetError>;
    type IntoIter = Items<'q, T>;

    fn into_iter(self) -> Items<'q, T> {
        self.iter()
    }
}
