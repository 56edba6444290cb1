//! What happens to processes and locks, for the logger of the host (feature `log`).

/// How much an event matters.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Weight {
    /// It is as it should be.
    Usual,
    /// Somebody may have to do something about it.
    Warning,
}

/// Passes an event to the logger of the host, under the target `procscript`. `text` is only asked if there is one that wants it.
#[cfg(feature = "log")]
pub(crate) fn event(weight: Weight, text: impl FnOnce() -> String) {
    let level = match weight {
        Weight::Usual => log::Level::Debug,
        Weight::Warning => log::Level::Warn,
    };
    if log::log_enabled!(target: "procscript", level) {
        log::log!(target: "procscript", level, "{}", text());
    }
}

/// Does nothing: the feature `log` is off.
#[cfg(not(feature = "log"))]
pub(crate) fn event(_: Weight, _: impl FnOnce() -> String) {}
