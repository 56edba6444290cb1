//! Many items at once: cheaper where there are many small ones.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::errors::{Conversion, GetError, PutError};
use super::queue::Queue;
use super::{convert, home};
use crate::stdlib::multiprocessing::messages::with_messages;
use crate::sync::{self, Deadline};
use crate::wire::Message;

impl<T: Serialize> Queue<T> {
    /// Puts items one after the other, waiting for room; other items may come in between. All of them are converted before the first
    /// is put.
    ///
    /// # Errors
    /// How many were put, and why the next one was not. See [`PutError`]; never `Full`.
    ///
    /// # Example
    /// ```
    /// let runtime = procscript::Runtime::builder().build().unwrap();
    /// let numbers = runtime.queue::<i64>(0).unwrap();
    /// numbers.put_many(&[1, 2, 3]).unwrap();
    /// assert_eq!(numbers.len(), 3);
    /// ```
    pub fn put_many(&self, items: &[T]) -> Result<(), (usize, PutError)> {
        self.check_open().map_err(|away| (0, away))?;
        let messages = self.messages(items);
        let messages = messages.map_err(|why| (0, PutError::Conversion(why)))?;
        let put = with_messages(&messages, |messages| {
            let put = || self.shared().put_many(messages, Deadline::NEVER);
            self.session().noticing_stops(put)
        });
        put.map_err(|(put, why)| (put, self.not_put(why)))
    }

    fn messages(&self, items: &[T]) -> Result<Vec<Message>, Box<Conversion>> {
        let message =
            |(index, item)| convert::message(self.session(), item, &format!("items[{index}]"));
        items.iter().enumerate().map(message).collect()
    }
}

impl<T: DeserializeOwned> Queue<T> {
    /// Waits for an item and takes it, and with it what else is there, up to `most` in all.
    ///
    /// An item that is no `T` is an error in its place, which holds it.
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
    pub fn get_many(&self, most: usize) -> Result<Vec<Result<T, Box<Conversion>>>, GetError> {
        let interp = self.open_for_getting()?;
        let session = self.session();
        let mut items = Vec::new();
        let read =
            |message: sync::Message<'_>| items.push(convert::read(session, &interp, message));
        home::wait(session, || {
            self.shared().get_many_with(most, Deadline::NEVER, read)
        })?;
        Ok(items)
    }
}
