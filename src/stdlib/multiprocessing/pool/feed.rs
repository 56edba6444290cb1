//! Items of a call on their way to the workers.

use std::sync::Arc;

use rhai::{Dynamic, ImmutableString};

use super::items::Items;
use super::parcel::Errand;
use crate::pool::chunks::Chunks;
use crate::pool::letter::Head;
use crate::pool::{JobId, Rules};
use crate::script::Number;

/// How many bytes of long items are sent before it is looked for outcomes, when somebody waits for them: memory that the workers have
/// given back is used again, which is faster than memory that nobody has touched yet.
const AT_ONCE: usize = 1 << 20;

/// The items of a call that have not been sent.
#[derive(Debug)]
pub(super) struct Feed {
    pub job: JobId,
    pub errand: Arc<Errand>,
    pub items: Items,
    pub chunks: Chunks,
    /// Somebody waits, and sends the next items when outcomes come: batches are as long as the outcomes so far advise.
    pub is_watched: bool,
}

/// Returns what goes before a batch.
pub(super) fn head(errand: &Errand, rules: Rules, count: usize) -> Head {
    Head {
        spreads: errand.spreads,
        limit: rules.limit,
        count: u32::try_from(count).unwrap_or(u32::MAX),
    }
}

impl Feed {
    /// Takes the next items, as many as should travel together.
    pub(super) fn next_items(&mut self, each: Option<std::time::Duration>) -> Items {
        let left = self.items.len();
        let size = match self.is_watched {
            true => self.chunks.next(left, each),
            false => self.chunks.next_unseen(left),
        };
        let most = if self.is_watched { AT_ONCE } else { usize::MAX };
        let mut bytes = 0;
        let fits = |item: &&Dynamic| {
            let before = bytes;
            bytes += length_of(item);
            before < most
        };
        let next = self.items.rest().iter().take(size);
        let count = next.take_while(fits).count();
        self.items.take(count)
    }
}

/// Returns about how many bytes a long item has; 0 for other items.
fn length_of(item: &Dynamic) -> usize {
    if Number::of(item).is_some() {
        return 0;
    }
    let blob = item.read_lock::<rhai::Blob>().map(|blob| blob.len());
    let text = || item.read_lock::<ImmutableString>().map(|text| text.len());
    blob.or_else(text).unwrap_or(0)
}
