//! The arguments of one call of a native, where they cost least: a call has few of them.

use rhai::{Dynamic, Map};

use crate::script::bind::Signature;

/// The arguments by parameter, as far as they were given and not taken. Few need no memory of their own.
#[derive(Default)]
pub(super) struct Values {
    few: [Option<Dynamic>; FEW],
    /// All of them, when they are more.
    many: Vec<Option<Dynamic>>,
    pub(super) len: usize,
}

/// Most natives take no more arguments.
const FEW: usize = 3;

impl Values {
    #[inline]
    pub(super) fn all(&mut self) -> &mut [Option<Dynamic>] {
        match self.len <= FEW {
            true => &mut self.few[..self.len],
            false => &mut self.many,
        }
    }

    #[inline]
    pub(super) fn get(&self, index: usize) -> Option<&Dynamic> {
        match self.len <= FEW {
            true => self.few.get(index)?.as_ref(),
            false => self.many.get(index)?.as_ref(),
        }
    }

    #[inline]
    pub(super) fn push(&mut self, value: Dynamic) {
        if self.len < FEW {
            self.few[self.len] = Some(value);
            self.len += 1;
            return;
        }
        self.extend_to(self.len + 1);
        if let Some(last) = self.all().last_mut() {
            *last = Some(value);
        }
    }

    /// Returns whether the last one is an object map.
    #[inline]
    pub(super) fn ends_with_map(&self) -> bool {
        let last = self.len.checked_sub(1).and_then(|last| self.get(last));
        last.is_some_and(Dynamic::is_map)
    }

    /// Adds parameters that were not given, up to this number of them.
    pub(super) fn extend_to(&mut self, len: usize) {
        if len > FEW {
            if self.len <= FEW {
                self.many = self.few[..self.len].iter_mut().map(Option::take).collect();
            }
            self.many.resize(len, None);
        }
        self.len = self.len.max(len);
    }

    /// Removes the object map at the end when it holds keywords.
    pub(super) fn take_keywords(&mut self, signature: &Signature) -> Option<Map> {
        let before = self.len.saturating_sub(1);
        let optional = signature.variadic || signature.params.len() > signature.required;
        let last = self.get(before);
        let are_parameters = || {
            let map = last.and_then(|value| value.read_lock::<Map>());
            map.is_some_and(|map| map.keys().all(|key| signature.parameter(key).is_some()))
        };
        let complete = before >= signature.required
            || (signature.keywords_alone && (before == 0 || are_parameters()));
        let takes_keywords = optional || signature.keywords_alone;
        let is_map = last.is_some_and(Dynamic::is_map);
        if signature.positional_only || !is_map || !takes_keywords || !complete {
            return None;
        }
        if signature.variadic && before == 0 {
            return None;
        }
        self.pop().and_then(Dynamic::try_cast::<Map>)
    }

    /// Removes the last one.
    fn pop(&mut self) -> Option<Dynamic> {
        let last = self.all().last_mut()?.take();
        self.len -= 1;
        self.many.truncate(self.len);
        if self.len == FEW {
            let left = self.many.drain(..);
            self.few
                .iter_mut()
                .zip(left)
                .for_each(|(to, from)| *to = from);
        }
        last
    }
}
