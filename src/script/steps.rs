//! A range with a step: `range(start, stop, step)`.

/// `range(start, stop, step)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Steps {
    pub next: i64,
    pub stop: i64,
    pub step: i64,
}

impl Iterator for Steps {
    type Item = i64;

    fn next(&mut self) -> Option<i64> {
        let item = self.next;
        let inside = if self.step > 0 {
            item < self.stop
        } else {
            item > self.stop
        };
        if !inside {
            return None;
        }
        // Beyond the last number there is nothing more.
        self.next = item.checked_add(self.step).unwrap_or(self.stop);
        Some(item)
    }
}

impl Steps {
    pub(crate) fn len(self) -> usize {
        let distance = i128::from(self.stop) - i128::from(self.next);
        let step = i128::from(self.step);
        let count = (distance + step - step.signum()) / step;
        usize::try_from(count).unwrap_or(0)
    }

    pub(crate) fn has(self, value: i64) -> bool {
        let place = i128::from(value) - i128::from(self.next);
        let step = i128::from(self.step);
        place % step == 0 && (0..self.len() as i128).contains(&(place / step))
    }

    pub(crate) fn repr(self) -> String {
        format!("range({}, {}, {})", self.next, self.stop, self.step)
    }

    pub(crate) fn get(self, index: i64) -> Option<i64> {
        let from_the_end = i64::try_from(self.len()).ok()?;
        let place = if index < 0 {
            index.checked_add(from_the_end)?
        } else {
            index
        };
        let place = usize::try_from(place)
            .ok()
            .filter(|place| *place < self.len())?;
        let item = i128::from(self.next) + place as i128 * i128::from(self.step);
        i64::try_from(item).ok()
    }
}
