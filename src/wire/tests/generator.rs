//! Random nested values from a seed, the same ones each run.

use rhai::{Array, Blob, Dynamic, Map};

use super::world::{Lock, Point, World};

/// `SplitMix64`: <https://prng.di.unimi.it/splitmix64.c>.
pub(super) struct Generator {
    state: u64,
}

impl Generator {
    pub(super) fn new(seed: u64) -> Self {
        Generator { state: seed }
    }

    pub(super) fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.state;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    pub(super) fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    fn flip(&mut self) -> bool {
        self.next() & 1 == 0
    }

    /// Any value that can cross, at most `depth` levels deep.
    pub(super) fn value(&mut self, world: &World, depth: usize) -> Dynamic {
        let kinds = if depth == 0 { 10 } else { 15 };
        match self.below(kinds) {
            0 => Dynamic::UNIT,
            1 => self.flip().into(),
            2 | 3 => self.int().into(),
            4 => self.float().into(),
            5 => self.text().into(),
            6 => Dynamic::from_blob(self.blob()),
            7 => self.char().into(),
            8 if self.flip() => Dynamic::from(self.int()..self.int()),
            8 => Dynamic::from(self.int()..=self.int()),
            9 => Dynamic::from(Lock(self.next())),
            10 => Dynamic::from(Point(self.value(world, depth - 1))),
            11 => {
                let captured = self.array(world, depth - 1);
                world.work(captured.into_iter().map(|value| {
                    if value.is_int() {
                        value.into_shared()
                    } else {
                        value
                    }
                }))
            }
            12 | 13 => self.array(world, depth - 1).into(),
            _ => self.map(world, depth - 1).into(),
        }
    }

    fn array(&mut self, world: &World, depth: usize) -> Array {
        (0..self.below(6))
            .map(|_| self.value(world, depth))
            .collect()
    }

    fn map(&mut self, world: &World, depth: usize) -> Map {
        (0..self.below(6))
            .map(|_| (self.text().into(), self.value(world, depth)))
            .collect()
    }

    fn int(&mut self) -> i64 {
        let bits = self.next() as i64;
        bits >> self.below(64)
    }

    fn float(&mut self) -> f64 {
        let special = [
            0.0,
            -0.0,
            1.0,
            f64::NAN,
            f64::INFINITY,
            f64::NEG_INFINITY,
            f64::MIN_POSITIVE,
            f64::MAX,
        ];
        match self.below(3) {
            0 => special[self.below(special.len())],
            1 => self.int() as f64,
            _ => f64::from_bits(self.next()),
        }
    }

    fn char(&mut self) -> char {
        let scalar = (self.next() as u32 & 0x1f_ffff) >> self.below(21);
        char::from_u32(scalar).unwrap_or('\u{fffd}')
    }

    fn text(&mut self) -> String {
        (0..self.length()).map(|_| self.char()).collect()
    }

    fn blob(&mut self) -> Blob {
        (0..self.length()).map(|_| self.next() as u8).collect()
    }

    /// Mostly short, now and then past a length field of one byte.
    fn length(&mut self) -> usize {
        match self.below(50) {
            0 => 200 + self.below(200),
            _ => self.below(20),
        }
    }
}
