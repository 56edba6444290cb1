//! Putting and taking many items at once, which is cheaper for small items.

use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::conversion::Conversion;
use super::errors::{GetError, PutError, PutManyError};
use super::queue::Queue;
use super::{convert, home};
use crate::sync::{self, Deadline};

impl<T: Serialize> Queue<T> {
    /// Puts items in order, waiting while the queue is full. Items of other threads and processes may come in between. All items are converted
    /// before the first one is put.
    ///
    /// # Errors
    /// See [`PutManyError`]; its error is never `Full`.
    ///
    /// # Example
    /// ```
    /// let runtime = procscript::Runtime::builder().build().unwrap();
    /// let numbers = runtime.queue::<i64>(0).unwrap();
    /// numbers.put_many(&[1, 2, 3]).unwrap();
    /// assert_eq!(numbers.len(), 3);
    /// ```
    pub fn put_many(&self, items: &[T]) -> Result<(), PutManyError> {
        let failed = |sent, error| PutManyError { sent, error };
        let interp = self.open(PutError::Closed);
        let interp = interp.map_err(|error| failed(0, error))?;
        let put = convert::with_batch((self.session(), &interp), items, |messages| {
            let put = || self.shared().put_many(messages, Deadline::NEVER);
            self.session().noticing_stops(put)
        });
        let put = put.map_err(|why| failed(0, PutError::Conversion(why)))?;
        put.map_err(|(sent, why)| failed(sent, self.not_put(why)))
    }
}

impl<T: DeserializeOwned + 'static> Queue<T> {
    /// Waits for an item, and takes all items that are in the queue by then, `most` at most.
    ///
    /// For an item that is not a `T`, the list has an error that contains the item.
    ///
    /// # Errors
    /// See [`GetError`]; never `Empty` and `Conversion`.
    ///
    /// # Example
    /// ```
    /// let runtime = procscript::Runtime::builder().build().unwrap();
    /// let numbers = runtime.queue::<i64>(0).unwrap();
    /// numbers.put_many(&[1, 2, 3]).unwrap();
    /// let two: Result<Vec<_>, _> = numbers.get_many(2).unwrap().into_iter().collect();
    /// assert_eq!(two.unwrap(), [1, 2]);
    /// ```
    pub fn get_many(&self, most: usize) -> Result<Vec<Result<T, Conversion>>, GetError> {
        self.get_many_until(most, Deadline::NEVER)
    }

    /// Like [`get_many`](Self::get_many), but waits no longer than `timeout` for the first item.
    ///
    /// # Errors
    /// See [`GetError`]; never `Conversion`.
    pub fn get_many_timeout(
        &self,
        most: usize,
        timeout: Duration,
    ) -> Result<Vec<Result<T, Conversion>>, GetError> {
        self.get_many_until(most, home::after(timeout))
    }

    /// Takes all items that are in the queue now, `most` at most.
    ///
    /// # Errors
    /// See [`GetError`]; never `Conversion`.
    pub fn try_get_many(&self, most: usize) -> Result<Vec<Result<T, Conversion>>, GetError> {
        self.get_many_until(most, Deadline::NOW)
    }

    fn get_many_until(
        &self,
        most: usize,
        deadline: Deadline,
    ) -> Result<Vec<Result<T, Conversion>>, GetError> {
        let interp = self.open(GetError::Closed)?;
        let session = self.session();
        let mut items = Vec::new();
        let read =
            |message: sync::Message<'_>| items.push(convert::read(session, &interp, message));
        let got = home::wait(session, || {
            self.shared().get_many_with(most, deadline, read)
        })?;
        got.map(|_| items).ok_or(GetError::Empty)
    }
}
