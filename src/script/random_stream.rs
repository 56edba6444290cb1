//! The stream of random numbers of a process.

use std::cell::Cell;
use std::convert::Infallible;
use std::sync::Mutex;

use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng, TryRng};

use crate::script::State;
use crate::sys;
use crate::sys::lock::locked;

/// The stream, begun when it is first drawn from.
#[derive(Debug, Default)]
pub(crate) struct Stream(Mutex<Option<Words>>);

/// The words of a stream: first those that were taken back.
#[derive(Debug)]
pub(crate) struct Words {
    /// The first one is last.
    returned: Vec<u64>,
    rest: SmallRng,
}

thread_local! {
    /// How often this thread has drawn.
    static DRAWN: Cell<u64> = const { Cell::new(0) };
}

/// Returns a number that is another one after this thread has drawn from a stream, or begun one anew.
#[cfg(feature = "compile")]
pub(crate) fn drawn() -> u64 {
    DRAWN.get()
}

impl State for Stream {
    /// Two processes must not draw the same numbers.
    fn begin_process(&self) {
        *locked(&self.0) = None;
    }
}

impl Stream {
    /// Draws from the stream.
    pub(crate) fn draw<T>(&self, draw: impl FnOnce(&mut Words) -> T) -> T {
        DRAWN.set(DRAWN.get() + 1);
        draw(locked(&self.0).get_or_insert_with(|| Words::new(fresh())))
    }

    /// Begins the stream anew, with this seed or none that could be foreseen.
    pub(crate) fn seed(&self, seed: Option<u64>) {
        DRAWN.set(DRAWN.get() + 1);
        let seeded = seed.map(|seed| Words::new(SmallRng::seed_from_u64(seed)));
        *locked(&self.0) = seeded;
    }

    /// Fills `words` with the next words.
    #[cfg(feature = "compile")]
    pub(crate) fn draw_words(&self, words: &mut [u64]) {
        self.draw(|stream| words.fill_with(|| stream.next_u64()));
    }

    /// Takes back words that were drawn last, so that they are drawn again.
    #[cfg(feature = "compile")]
    pub(crate) fn put_back(&self, words: &[u64]) {
        self.draw(|stream| stream.returned.extend(words.iter().rev()));
    }
}

impl Words {
    fn new(rest: SmallRng) -> Self {
        let returned = Vec::new();
        Self { returned, rest }
    }
}

fn fresh() -> SmallRng {
    // The kernel's own numbers: nothing in this process's memory decides them, so a fork cannot repeat them.
    let mut seed = <SmallRng as SeedableRng>::Seed::default();
    match sys::random::fill(&mut seed) {
        Ok(()) => SmallRng::from_seed(seed),
        Err(_) => SmallRng::seed_from_u64(sys::clock::now_ns()),
    }
}

/// As `SmallRng` makes smaller numbers of its words.
impl TryRng for Words {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok((self.next_u64() >> 32) as u32)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        match self.returned.pop() {
            Some(word) => Ok(word),
            None => self.rest.try_next_u64(),
        }
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for part in bytes.chunks_mut(size_of::<u64>()) {
            let word = self.next_u64().to_le_bytes();
            part.copy_from_slice(&word[..part.len()]);
        }
        Ok(())
    }
}

#[cfg(all(test, feature = "compile"))]
mod tests {
    use super::*;
    use rand::RngExt;

    #[test]
    fn numbers_are_those_of_the_generator() {
        let stream = Stream::default();
        stream.seed(Some(7));
        let mut plain = SmallRng::seed_from_u64(7);
        let mut bytes = ([0; 13], [0; 13]);
        stream.draw(|words| words.fill(&mut bytes.0));
        plain.fill(&mut bytes.1);
        assert_eq!(bytes.0, bytes.1);
        let drawn: (f64, u32, i64) =
            stream.draw(|words| (words.random(), words.random(), words.random_range(0..99)));
        assert_eq!(
            drawn,
            (plain.random(), plain.random(), plain.random_range(0..99))
        );
    }

    #[test]
    fn words_that_were_put_back_come_first() {
        let stream = Stream::default();
        stream.seed(Some(1));
        let mut words = [0; 5];
        stream.draw_words(&mut words);
        stream.put_back(&words[4..]);
        stream.put_back(&words[2..4]);
        let mut again = [0; 3];
        stream.draw_words(&mut again);
        assert_eq!(again, words[2..]);
    }
}
